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

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

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
    /// Where each ends.
    ends: Vec<u32>,
    /// The first eight bytes of each.
    heads: Vec<u64>,
    /// Whether each may end right before an ASCII letter or digit.
    ends_inside: Vec<bool>,
    /// Those that share their first [`LONG`] bytes.
    long: HashMap<u64, Range<u32>, BuildHasherDefault<Spread>>,
    /// Which beginnings of these there may be.
    long_filter: Filter,
    /// Those of fewer bytes that share the first [`SHORT`].
    short: HashMap<u64, Vec<u32>, BuildHasherDefault<Spread>>,
    /// Those of even fewer; one of a single byte stands under all pairs that begin with it.
    tiny: HashMap<u64, Vec<u32>, BuildHasherDefault<Spread>>,
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
const INSIDE: u32 = 4;

/// Where a pattern may stand, as far as ASCII letters and digits around it tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fit {
    /// Whether it may begin right after one of them.
    pub(super) begins_inside: bool,
    /// Whether it may end right before one of them.
    pub(super) ends_inside: bool,
}

/// A set of numbers that may hold more than was put in.
struct Filter {
    words: Vec<u64>,
    shift: u32,
}

impl Filter {
    fn new(bits: u32) -> Self {
        Self { words: vec![0; 1 << (bits - 6)], shift: 64 - bits }
    }

    fn insert(&mut self, key: u64) {
        let bit = spread(key) >> self.shift;
        self.words[(bit >> 6) as usize] |= 1 << (bit & 63);
    }

    #[inline]
    fn may_hold(&self, key: u64) -> bool {
        let bit = spread(key) >> self.shift;
        self.words[(bit >> 6) as usize] & (1 << (bit & 63)) != 0
    }
}

/// The place of the first three of eight bytes in their table.
#[inline]
fn triple(eight: u64) -> usize {
    (spread(first_bytes(eight, SHORT)) >> (64 - TRIPLE_BITS)) as usize
}

/// Mixes a key so that its upper bits depend on all of it. Keys come from packs, so that nobody
/// can choose them to collide.
#[inline]
fn spread(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A quick hash for keys from packs.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for at in (0..bytes.len()).step_by(8) {
            self.write_u64(eight_at(bytes, at));
        }
    }
    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }
    #[inline]
    fn write_u64(&mut self, key: u64) {
        self.0 = spread(self.0.rotate_left(23) ^ key);
    }
}

/// The first `len` bytes of eight, at least one.
#[inline]
fn first_bytes(eight: u64, len: usize) -> u64 {
    eight & (u64::MAX >> (64 - 8 * len))
}

/// Eight bytes of the text from `at` on, zero beyond its end.
#[inline]
fn eight_at(text: &[u8], at: usize) -> u64 {
    if let Some(bytes) = text.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()) {
        return u64::from_le_bytes(bytes);
    }
    let mut bytes = [0; 8];
    let rest = &text[at..];
    bytes[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(bytes)
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
        // Together 128 KiB, of which a text in one script touches a part: they stay in the cache.
        let mut matcher = Self {
            text: String::new(),
            ends: Vec::with_capacity(patterns.len()),
            heads: Vec::with_capacity(patterns.len()),
            ends_inside: Vec::with_capacity(patterns.len()),
            long: HashMap::default(),
            long_filter: Filter::new(18),
            short: HashMap::default(),
            tiny: HashMap::default(),
            pairs: zeros(),
            triples: zeros(),
        };
        matcher.long.reserve(patterns.len());
        for (number, (pattern, fit)) in patterns.enumerate() {
            let number = number as u32;
            matcher.text.push_str(pattern);
            matcher.ends.push(matcher.text.len() as u32);
            let eight = eight_at(pattern.as_bytes(), 0);
            let kind = match pattern.len() {
                0..=TINY => IS_TINY,
                SHORT..LONG => IS_SHORT,
                _ => IS_LONG,
            };
            matcher.heads.push(eight);
            matcher.ends_inside.push(fit.ends_inside);
            let kinds = kind | if fit.begins_inside { kind << INSIDE } else { 0 };
            let last = if pattern.len() < TINY { 0xFF } else { 0 };
            for second in 0..=last {
                let pair = first_bytes(eight, TINY) | second << 8;
                if kind == IS_TINY {
                    matcher.pairs[pair as usize] |= kinds;
                    matcher.tiny.entry(pair).or_default().push(number);
                }
            }
            if kind != IS_TINY {
                matcher.triples[triple(eight)] |= kinds;
            }
            if kind == IS_SHORT {
                matcher.short.entry(first_bytes(eight, SHORT)).or_default().push(number);
            }
            if kind == IS_LONG {
                let key = first_bytes(eight, LONG);
                matcher.long_filter.insert(key);
                matcher.long.entry(key).or_insert(number..number).end = number + 1;
            }
        }
        matcher
    }

    /// Where a pattern begins in the text of all.
    #[inline]
    fn start(&self, number: u32) -> usize {
        number.checked_sub(1).map_or(0, |before| self.ends[before as usize] as usize)
    }

    #[inline]
    fn len(&self, number: u32) -> usize {
        self.ends[number as usize] as usize - self.start(number)
    }

    fn pattern(&self, number: u32) -> &[u8] {
        &self.text.as_bytes()[self.start(number)..self.ends[number as usize] as usize]
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
            for &at in &sieve.long[..sieve.longs] {
                let key = first_bytes(eight_at(bytes, at as usize), LONG);
                if let Some(range) = self.long.get(&key) {
                    self.compare(bytes, at as usize, range.clone(), &mut waiting);
                }
            }
            for &(at, kinds) in &sieve.rest[..sieve.rests] {
                let eight = eight_at(bytes, at as usize);
                let short = (kinds & IS_SHORT != 0).then(|| first_bytes(eight, SHORT));
                if let Some(numbers) = short.and_then(|key| self.short.get(&key)) {
                    self.compare_each(bytes, at as usize, numbers.iter().copied(), &mut waiting);
                }
                let tiny = (kinds & IS_TINY != 0).then(|| first_bytes(eight, TINY));
                if let Some(numbers) = tiny.and_then(|key| self.tiny.get(&key)) {
                    self.compare_each(bytes, at as usize, numbers.iter().copied(), &mut waiting);
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
        let before = stretch.start.checked_sub(1).map(|before| text[before]);
        let mut inside = before.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let mut count = 0;
        let mut look = |at: usize, eight: u64| {
            let kinds = self.pairs[eight as usize & 0xFFFF] | self.triples[triple(eight)];
            let kinds = kinds >> (u32::from(inside) * INSIDE) & (IS_LONG | IS_SHORT | IS_TINY);
            inside = (eight as u8).is_ascii_alphanumeric();
            sieve.any[count % STRETCH] = (at as u32, kinds);
            count += usize::from(kinds != 0);
        };
        let eights = text[stretch.start..].array_windows::<8>().take(stretch.len());
        let whole = eights.len();
        for (at, eight) in (stretch.start..).zip(eights) {
            look(at, u64::from_le_bytes(*eight));
        }
        for at in stretch.start + whole..stretch.end {
            look(at, eight_at(text, at));
        }
        let (mut longs, mut rests) = (0, 0);
        for &(at, kinds) in &sieve.any[..count] {
            let key = first_bytes(eight_at(text, at as usize), LONG);
            sieve.long[longs % STRETCH] = at;
            longs += usize::from((kinds & IS_LONG != 0) & self.long_filter.may_hold(key));
            sieve.rest[rests % STRETCH] = (at, kinds);
            rests += usize::from(kinds & (IS_SHORT | IS_TINY) != 0);
        }
        (sieve.longs, sieve.rests) = (longs, rests);
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
            let len = self.len(number);
            let end = at + len;
            // Most differ in their first bytes.
            if first_bytes(eight, len.min(8)) != self.heads[number as usize] {
                continue;
            }
            let next = text.get(end).is_some_and(u8::is_ascii_alphanumeric);
            if next && !self.ends_inside[number as usize] {
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
        const FEW: u32 = 8;
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

/// Places of a stretch of the text where patterns may begin.
struct Sieve {
    /// Where any kind may.
    any: [(u32, Kinds); STRETCH],
    /// Where a pattern of [`LONG`] bytes may, and how many such places there are.
    long: [u32; STRETCH],
    longs: usize,
    /// Where a shorter one may, and how many such places there are.
    rest: [(u32, Kinds); STRETCH],
    rests: usize,
}

impl Default for Sieve {
    fn default() -> Self {
        let (any, rest) = ([(0, 0); STRETCH], [(0, 0); STRETCH]);
        Self { any, long: [0; STRETCH], longs: 0, rest, rests: 0 }
    }
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
