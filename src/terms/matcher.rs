//! Finds every pattern of a large set in a text.
//!
//! Aho and Corasick's automaton of thirty thousand terms takes longer to build than a page to
//! scan, and its tables do not fit the cache. This keeps the patterns as a sorted list instead: at
//! each place of the text the next few bytes are looked up in tables that nearly always say that no
//! pattern begins so; where they do not, the patterns with that beginning are compared.
//!
//! Whether a place is worth a closer look is as good as random, and a branch on it would be
//! guessed wrong every other time. So the text is sieved a stretch at a time: each step writes down
//! all places and moves on only behind those that stay.

use std::ops::Range;

use crate::terms::tables::{Filter, Groups, Index, eight_at, first_bytes};

/// Bytes that a long pattern is looked up by: two Han characters, or most of a word.
const LONG: usize = 6;
/// Bytes that a shorter pattern is looked up by: one Han character.
const SHORT: usize = 3;
/// Bytes that the shortest are looked up by.
const TINY: usize = 2;
/// Matches kept back to be put in order.
const BATCH: usize = 1_024;
/// Places sieved together.
const STRETCH: usize = 512;

/// A pattern at a place of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    pub(super) end: u32,
    pub(super) start: u32,
    /// Number of the pattern.
    pub(super) pattern: u32,
}

/// The patterns, and where those with a common beginning stand among them.
pub(super) struct Matcher {
    /// All patterns, one after the other, in ascending order.
    text: String,
    /// What is known of each, in the same order.
    known: Vec<Known>,
    /// Those that share their first [`LONG`] bytes.
    long: Index,
    /// Which beginnings of these there may be.
    long_filter: Filter,
    /// Those of fewer bytes that share the first [`SHORT`].
    short: Groups,
    /// What these begin with, as far as one byte more, where they have one.
    short_filter: Filter,
    /// Those of even fewer; one of a single byte stands under all pairs that begin with it.
    tiny: Groups,
    /// Which of the shortest begin with a pair of bytes.
    pairs: Box<[Kinds; 1 << 16]>,
    /// Which of the others begin with three bytes, at their hash.
    triples: Box<[Kinds; 1 << TRIPLE_BITS]>,
}

/// Size of the table of three bytes, as a power of two.
const TRIPLE_BITS: u32 = 15;

/// Kinds of patterns, as bits: those that may begin anywhere, and after [`INSIDE`] those that may
/// begin inside a word.
type Kinds = u8;
/// Patterns of [`LONG`] bytes or more.
const IS_LONG: Kinds = 1;
/// Of at least [`SHORT`].
const IS_SHORT: Kinds = 1 << 1;
/// Of at most [`TINY`].
const IS_TINY: Kinds = 1 << 2;
/// How far the kinds stand that may begin inside a word.
const INSIDE: u8 = 4;

/// Where a pattern may stand, as far as ASCII letters and digits around it tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fit {
    /// Whether it may begin right after one of them.
    pub(super) begins_inside: bool,
    /// Whether it may end right before one of them.
    pub(super) ends_inside: bool,
}

/// What a pattern is compared by before its text is.
struct Known {
    /// Its first eight bytes.
    head: u64,
    /// Which of these it has.
    mask: u64,
    /// Where it ends in the text of all.
    end: u32,
    /// Whether it may end right before an ASCII letter or digit.
    ends_inside: bool,
}

/// The place of the first three of four bytes in their table.
#[inline]
fn triple(four: u32) -> usize {
    ((four << 8).wrapping_mul(0x9e37_79b1) >> (32 - TRIPLE_BITS)) as usize
}

/// A table of zeros that was never on the stack.
#[expect(clippy::unnecessary_box_returns, reason = "the point is where it lies")]
fn zeros<const N: usize>() -> Box<[u8; N]> {
    let zeros = vec![0; N].into_boxed_slice();
    zeros.try_into().expect("a slice of N bytes is an array of N")
}

impl Matcher {
    /// A matcher of patterns that are distinct, not empty and in ascending order.
    pub(super) fn new<'p>(patterns: impl ExactSizeIterator<Item = (&'p str, Fit)>) -> Self {
        let (mut text, mut known) = (String::new(), Vec::with_capacity(patterns.len()));
        // The tables that every place is looked up in have 128 KiB together with the built-in terms,
        // of which a text in one script touches a part: they stay in the cache.
        let mut pairs = zeros::<{ 1 << 16 }>();
        let mut triples = zeros::<{ 1 << TRIPLE_BITS }>();
        let mut long_filter = Filter::new(patterns.len());
        let mut short_filter = Filter::new(patterns.len() / 4); // most are long
        let mut long = Vec::with_capacity(patterns.len());
        let (mut short, mut tiny) = (Vec::new(), Vec::new());
        for (number, (pattern, fit)) in (0..).zip(patterns) {
            text.push_str(pattern);
            let head = eight_at(pattern.as_bytes(), 0);
            let mask = first_bytes(u64::MAX, pattern.len().min(8));
            known.push(Known { head, mask, end: text.len() as u32, ends_inside: fit.ends_inside });
            let kind = match pattern.len() {
                0..=TINY => IS_TINY,
                SHORT..LONG => IS_SHORT,
                _ => IS_LONG,
            };
            let kinds = kind | if fit.begins_inside { kind << INSIDE } else { 0 };
            let key = (kind == IS_LONG).then(|| first_bytes(head, LONG));
            key.inspect(|key| long_filter.insert(*key));
            long.push(key);
            if kind == IS_TINY {
                let last = if pattern.len() < TINY { 0xFF } else { 0 };
                for second in 0..=last {
                    let pair = first_bytes(head, TINY) | second << 8;
                    pairs[pair as usize] |= kinds;
                    tiny.push((pair, number));
                }
            } else {
                triples[triple(head as u32)] |= kinds;
            }
            if kind == IS_SHORT {
                short.push((first_bytes(head, SHORT), number));
                short_filter.insert(first_bytes(head, pattern.len().min(SHORT + 1)));
            }
        }
        tiny.sort_unstable();
        let (short, tiny) = (Groups::new(&short), Groups::new(&tiny));
        let long = Index::new(&long);
        Self { text, known, long, long_filter, short, short_filter, tiny, pairs, triples }
    }

    /// Where a pattern begins in the text of all.
    #[inline]
    fn start(&self, number: u32) -> usize {
        number.checked_sub(1).map_or(0, |before| self.known[before as usize].end as usize)
    }

    fn pattern(&self, number: u32) -> &[u8] {
        &self.text.as_bytes()[self.start(number)..self.known[number as usize].end as usize]
    }

    /// Hands on the matches in the text in the order of their ends, the longest first. A pattern
    /// is left out where it does not [fit](Fit).
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(Match)) {
        let bytes = text.as_bytes();
        let mut waiting: Vec<Match> = Vec::new();
        let mut most = BATCH;
        let mut sieve = Sieve::default();
        for start in (0..bytes.len()).step_by(STRETCH) {
            let end = bytes.len().min(start + STRETCH);
            self.sieve(bytes, start..end, &mut sieve);
            for place in &sieve.long[..sieve.longs] {
                let at = start + unpacked(*place).0;
                let key = first_bytes(eight_at(bytes, at), LONG);
                self.compare(bytes, at, self.long.get(key), &mut waiting);
            }
            for place in &sieve.rest[..sieve.rests] {
                let (at, kinds) = unpacked(*place);
                let at = start + at;
                let eight = eight_at(bytes, at);
                let begins = |len| self.short_filter.may_hold(first_bytes(eight, len));
                if kinds & IS_SHORT != 0 && (begins(SHORT + 1) || begins(SHORT)) {
                    let numbers = self.short.get(first_bytes(eight, SHORT));
                    self.compare_each(bytes, at, numbers, &mut waiting);
                }
                if kinds & IS_TINY != 0 {
                    let numbers = self.tiny.get(first_bytes(eight, TINY));
                    self.compare_each(bytes, at, numbers, &mut waiting);
                }
            }
            if waiting.len() >= most {
                hand_on(&mut waiting, end as u32, &mut found);
                most = BATCH.max(2 * waiting.len());
            }
        }
        hand_on(&mut waiting, u32::MAX, &mut found);
    }

    /// Sorts out the places of a stretch where a pattern may begin.
    fn sieve(&self, text: &[u8], stretch: Range<usize>, sieve: &mut Sieve) {
        let Sieve { text: own, shifts, any, long, longs, rest, rests } = sieve;
        let len = stretch.len().min(STRETCH);
        // In a copy of fixed size, with zeros beyond the end of the text, no step asks for its end.
        let copied = (text.len() - stretch.start).min(own.len());
        own[..copied].copy_from_slice(&text[stretch.start..][..copied]);
        own[copied..].fill(0);
        // Where a place is inside a word, the kinds that may begin there are asked for.
        let shift = |byte: &u8| u8::from(byte.is_ascii_alphanumeric()) * INSIDE;
        shifts[0] = text[..stretch.start].last().map_or(0, shift);
        for (after, byte) in shifts[1..].iter_mut().zip(&*own) {
            *after = shift(byte);
        }
        let mut count = 0;
        for (at, shift) in shifts[..len].iter().enumerate() {
            let four = eight_in(own, at) as u32;
            let kinds = self.pairs[four as usize & 0xFFFF] | self.triples[triple(four)];
            let kinds = kinds >> shift & (IS_LONG | IS_SHORT | IS_TINY);
            any[count % STRETCH] = packed(at, kinds);
            count += usize::from(kinds != 0);
        }
        (*longs, *rests) = (0, 0);
        for &place in &any[..count] {
            let (at, kinds) = unpacked(place);
            let key = first_bytes(eight_in(own, at), LONG);
            long[*longs % STRETCH] = place;
            *longs += usize::from((kinds & IS_LONG != 0) & self.long_filter.may_hold(key));
            rest[*rests % STRETCH] = place;
            *rests += usize::from(kinds & (IS_SHORT | IS_TINY) != 0);
        }
    }

    fn compare_each(
        &self,
        text: &[u8],
        at: usize,
        numbers: impl Iterator<Item = u32>,
        waiting: &mut Vec<Match>,
    ) {
        let eight = eight_at(text, at);
        for number in numbers {
            let known = &self.known[number as usize];
            // Most differ in their first bytes.
            if (eight ^ known.head) & known.mask != 0 {
                continue;
            }
            let len = known.end as usize - self.start(number);
            let end = at + len;
            let next = text.get(end).is_some_and(u8::is_ascii_alphanumeric);
            if next && !known.ends_inside {
                continue;
            }
            if len <= 8 && end <= text.len() || text[at..].starts_with(self.pattern(number)) {
                waiting.push(Match { end: end as u32, start: at as u32, pattern: number });
            }
        }
    }

    /// Compares the patterns of a range, which share their first bytes, with the text.
    fn compare(&self, text: &[u8], at: usize, mut range: Range<u32>, waiting: &mut Vec<Match>) {
        /// So many patterns are compared one by one.
        const FEW: u32 = 24;
        let byte = |number: u32, depth: usize| self.pattern(number).get(depth).copied();
        let mut depth = LONG;
        // Of more, those that go on as the text does are a range again.
        while range.end - range.start > FEW {
            if byte(range.start, depth).is_none() {
                self.compare_each(text, at, std::iter::once(range.start), waiting);
                range.start += 1;
                continue;
            }
            let Some(next) = text.get(at + depth).copied() else { return };
            range.start = partition(range.clone(), |number| byte(number, depth) < Some(next));
            range.end = partition(range.clone(), |number| byte(number, depth) == Some(next));
            depth += 1;
        }
        self.compare_each(text, at, range, waiting);
    }
}

/// Places of a stretch of the text where patterns may begin, each with its kinds, [`packed`].
struct Sieve {
    /// The stretch, and the bytes that what begins in it is looked up by.
    text: [u8; STRETCH + 8],
    /// How far the kinds of a place stand: for one inside a word, [`INSIDE`].
    shifts: [u8; STRETCH + 1],
    /// Where any kind may.
    any: [u16; STRETCH],
    /// Where a pattern of [`LONG`] bytes may, and how many such places there are.
    long: [u16; STRETCH],
    longs: usize,
    /// Where a shorter one may, and how many such places there are.
    rest: [u16; STRETCH],
    rests: usize,
}

impl Default for Sieve {
    fn default() -> Self {
        let none = [0; STRETCH];
        let (text, shifts) = ([0; STRETCH + 8], [0; STRETCH + 1]);
        Self { text, shifts, any: none, long: none, longs: 0, rest: none, rests: 0 }
    }
}

/// Eight bytes of a stretch from `at` on.
#[inline]
fn eight_in(text: &[u8; STRETCH + 8], at: usize) -> u64 {
    let from = text[at % STRETCH..].first_chunk();
    u64::from_le_bytes(*from.expect("eight bytes follow on every place"))
}

/// A place in a stretch and the kinds that may begin there as one number.
#[inline]
fn packed(at: usize, kinds: Kinds) -> u16 {
    (at as u16) << INSIDE | u16::from(kinds)
}

#[inline]
fn unpacked(place: u16) -> (usize, Kinds) {
    (usize::from(place >> INSIDE), place as Kinds & ((1 << INSIDE) - 1))
}

/// The first number of a range that is not `before`.
fn partition(range: Range<u32>, before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Hands on the matches that end before or at `settled`: none that is yet to come ends before
/// them.
fn hand_on(waiting: &mut Vec<Match>, settled: u32, found: &mut impl FnMut(Match)) {
    // No two patterns have both their ends in common.
    waiting.sort_unstable_by_key(|found| u64::from(found.end) << 32 | u64::from(found.start));
    let ready = waiting.partition_point(|found| found.end <= settled);
    waiting.drain(..ready).for_each(found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(patterns: &[&str], text: &str) -> Vec<(usize, usize)> {
        let mut sorted = patterns.to_vec();
        sorted.sort_unstable();
        let anywhere = Fit { begins_inside: true, ends_inside: true };
        let matcher = Matcher::new(sorted.iter().map(|pattern| (*pattern, anywhere)));
        let mut found = Vec::new();
        matcher.find(text, |one| {
            let (start, end) = (one.start as usize, one.end as usize);
            assert_eq!(&text[start..end], sorted[one.pattern as usize]);
            found.push((start, end));
        });
        found
    }

    /// The same by comparing every pattern with every place.
    fn naive(patterns: &[&str], text: &str) -> Vec<(usize, usize)> {
        let places = patterns.iter().copied().flat_map(|pattern| {
            let starts = (0..text.len()).filter(|at| text.is_char_boundary(*at));
            let starts = starts.filter(move |at| text[*at..].starts_with(pattern));
            starts.map(move |start| (start, start + pattern.len()))
        });
        let mut places: Vec<(usize, usize)> = places.collect();
        places.sort_unstable_by_key(|(start, end)| (*end, *start));
        places
    }

    #[test]
    fn every_match_is_found_in_the_order_of_the_ends() {
        let many: Vec<String> = (0..40).map(|n| format!("common beginning {n}")).collect();
        let mut patterns: Vec<&str> = many.iter().map(String::as_str).collect();
        patterns.extend([
            "a",
            "ab",
            "abc",
            "abcd",
            "abcdefg",
            "bcd",
            "c",
            "common",
            "common beginning",
            "common beginning 1",
            "赌",
            "赌场",
            "赌场在线",
            "场",
            "é",
            "日本語の",
            "0 0 0 0",
        ]);
        patterns.sort_unstable();
        patterns.dedup();
        for text in [
            "",
            "a",
            "xabcdefgh",
            "abab abcd",
            "在线赌场在线赌场x赌",
            "common beginning 12 common",
            "common beginning 7",
            "common beginnin",
            "écaé日本語の",
            "abcdef",
        ] {
            assert_eq!(found(&patterns, text), naive(&patterns, text), "{text:?}");
        }
        let long = "0 ".repeat(3 * BATCH) + "abcd";
        assert_eq!(found(&patterns, &long), naive(&patterns, &long));
    }

    #[test]
    fn patterns_of_whole_words_are_passed_over_inside_words() {
        let begins_inside = Fit { begins_inside: true, ends_inside: false };
        let ends_inside = Fit { begins_inside: false, ends_inside: true };
        let patterns =
            [("casino", Fit::default()), ("gamble", ends_inside), ("sinister", begins_inside)];
        let matcher = Matcher::new(patterns.into_iter());
        let found = |text: &str| {
            let mut found = Vec::new();
            matcher.find(text, |one| found.push(one.start));
            found
        };
        assert_eq!(found("casino xcasino .casino xsinister"), [0, 16, 24]);
        assert_eq!(found("casinos casino赌 gambler xgamble sinisters"), [8, 18]);
    }
}
