//! Repetition: filler, duplicates, density.

use std::collections::HashSet;

use crate::page::Zone;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::tokens as tokens_of;
use crate::text::{HASH_SEED, Script, for_each_lower, hash_step, is_alphanumeric};

/// Longest token that can be filler, in characters.
const MAX_FILLER_TOKEN: usize = 12;
/// Shortest run worth pointing at.
const MIN_FILLER_RUN: usize = 8;

/// Runs of one token in visible text outside code and tables.
pub(super) fn filler_run(facts: &Facts<'_>) -> Measure {
    let mut spots: Vec<Spot> = Vec::new();
    for block in &facts.page.blocks {
        let table = block.kind == crate::page::BlockKind::TableRow;
        let short = block.span.len() < 2 * MIN_FILLER_RUN - 1;
        if short || !block.zone.is_visible() || block.zone == Zone::Code || table {
            continue;
        }
        let text = facts.slice(block.span);
        let mut run: Option<(&str, Span, usize)> = None;
        let mut close = |run: Option<(&str, Span, usize)>| {
            if let Some((token, span, count)) = run
                && count >= MIN_FILLER_RUN
                && token.contains(is_alphanumeric)
                && token.chars().count() <= MAX_FILLER_TOKEN
            {
                spots.push(Spot::new(span, count as f64).noted(format!("“{token}” {count} times")));
            }
        };
        for token in tokens_of(text) {
            let start =
                token.as_ptr() as usize - text.as_ptr() as usize + block.span.start as usize;
            let span = Span::new(start, start + token.len());
            match &mut run {
                Some((same, whole, count)) if is_same(same, token) => {
                    *whole = whole.cover(span);
                    *count += 1;
                }
                _ => {
                    close(run.take());
                    run = Some((token, span, 1));
                }
            }
        }
        close(run);
    }
    Measure::max(spots)
}

/// Whether two tokens are equal: nearly all differ in their first byte.
fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().first() == b.as_bytes().first() && a == b
}

/// Lines shorter than this repeat on any page: buttons, labels.
const MIN_LINE_CHARS: usize = 4;

pub(super) fn duplicate_lines(facts: &Facts<'_>) -> Measure {
    let mut seen = HashSet::new();
    let (mut duplicate, mut all) = (0, 0);
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let text = facts.slice(line.span);
        let chars = line.survey.chars as usize;
        all += chars;
        if chars >= MIN_LINE_CHARS && !seen.insert(text) {
            duplicate += chars;
        }
    }
    Measure::share(duplicate, all)
}

/// Most words whose runs are compared; a page this long has shown how it repeats itself.
const MAX_TOKENS: usize = 400_000;

/// Words of the visible content in text order, as hashes, with their length in characters:
/// words of alphabetic scripts, single characters of the others.
fn tokens(facts: &Facts<'_>) -> Vec<(u64, u32)> {
    let mut tokens = Vec::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        each_token(facts.slice(line.span), |hash, len| tokens.push((hash, len)));
        if tokens.len() >= MAX_TOKENS {
            break;
        }
    }
    tokens.truncate(MAX_TOKENS);
    tokens
}

/// Calls `then` with the hash and the length of every token of a text.
fn each_token(text: &str, mut then: impl FnMut(u64, u32)) {
    let (mut hash, mut len) = (HASH_SEED, 0);
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        at += 1;
        if byte.is_ascii_alphanumeric() {
            (hash, len) = (hash_step(hash, byte.to_ascii_lowercase()), len + 1);
        } else if byte.is_ascii() {
            if len > 0 {
                then(hash, len);
                (hash, len) = (HASH_SEED, 0);
            }
        } else {
            let Some(c) = text[at - 1..].chars().next() else { break };
            at += c.len_utf8() - 1;
            for_each_lower(c, |c| {
                let unspaced = Script::of(c).is_some_and(Script::is_unspaced);
                let letter = is_alphanumeric(c);
                if (unspaced || !letter) && len > 0 {
                    then(hash, len);
                    (hash, len) = (HASH_SEED, 0);
                }
                if letter {
                    (hash, len) = (hash_step(hash, c), len + 1);
                }
                if unspaced && len > 0 {
                    then(hash, len);
                    (hash, len) = (HASH_SEED, 0);
                }
            });
        }
    }
    if len > 0 {
        then(hash, len);
    }
}

/// Fewest tokens for a statement on n-grams.
const MIN_TOKENS: usize = 100;

/// Shares of the visible characters in repeated runs of words.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// In the most frequent 2-, 3- or 4-gram.
    top: f64,
    /// In 5-grams that occurred before.
    duplicate: f64,
}

/// Finds repeated runs of words. A run of n words can only repeat where its first n − 1 do, so
/// each length looks only at the places the one before left.
pub(super) fn repeats(facts: &Facts<'_>) -> Repeats {
    let tokens = tokens(facts);
    if tokens.len() < MIN_TOKENS {
        return Repeats::default();
    }
    let chars = |tokens: &[(u64, u32)]| tokens.iter().map(|token| token.1 as usize).sum::<usize>();
    let all = chars(&tokens);
    let mut places: Vec<u32> = (0..tokens.len() as u32).collect();
    let mut grams: Vec<(u64, u32)> = Vec::new();
    let mut seen = Seen::new(tokens.len());
    let mut top = 0;
    for n in 2..=5 {
        let here = places.drain(..).filter(|at| *at as usize + n <= tokens.len());
        grams.clear();
        grams.extend(here.map(|at| {
            let gram = &tokens[at as usize..at as usize + n];
            (gram.iter().fold(HASH_SEED, |state, token| hash_step(state, token.0)), at)
        }));
        // Most runs stand once; they need no sorting.
        seen.keep_repeated(&mut grams);
        grams.sort_unstable();
        for same in grams.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            if n < 5 {
                let first = same[0].1 as usize;
                top = top.max(same.len() * chars(&tokens[first..first + n]));
            }
            places.extend(same.iter().map(|(_, at)| at).skip(usize::from(n == 5)));
        }
    }
    places.sort_unstable();
    let (mut duplicate, mut covered) = (0, 0);
    for at in places {
        let end = at as usize + 5;
        duplicate += chars(&tokens[covered.max(at as usize)..end]);
        covered = end;
    }
    let share = |part: usize| part as f64 / all.max(1) as f64;
    Repeats { top: share(top).min(1.0), duplicate: share(duplicate) }
}

/// How often hashes occurred, by some of their bits: once or more than once.
struct Seen {
    once: Vec<u64>,
    again: Vec<u64>,
}

impl Seen {
    /// Room to tell most of `count` hashes apart: eight bits for each.
    fn new(count: usize) -> Self {
        let words = (count / 8).next_power_of_two();
        Self { once: vec![0; words], again: vec![0; words] }
    }

    /// Drops hashes that surely occur once; a few others of that kind stay.
    fn keep_repeated(&mut self, grams: &mut Vec<(u64, u32)>) {
        let mask = self.once.len() - 1;
        // The upper bits: of FNV, the lower ones see less of the text.
        let place = |hash: u64| ((hash >> 38) as usize & mask, 1u64 << (hash >> 32 & 63));
        for (hash, _) in &*grams {
            let (word, bit) = place(*hash);
            self.again[word] |= self.once[word] & bit;
            self.once[word] |= bit;
        }
        grams.retain(|(hash, _)| {
            let (word, bit) = place(*hash);
            self.again[word] & bit != 0
        });
        self.once.fill(0);
        self.again.fill(0);
    }
}

pub(super) fn top_ngram(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.repeats().top)
}

/// At least [`top_ngram`]: of an n-gram of up to four tokens, one holds a fourth of its characters
/// or more and stands as often.
pub(super) fn top_ngram_bound(facts: &Facts<'_>) -> f64 {
    /// Tokens are told apart by some bits of their hash: two that share them count as one, which
    /// only makes the bound higher.
    const PLACES: usize = 1 << 12;
    let mut chars = [0u32; PLACES];
    let (mut all, mut count) = (0u32, 0);
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        each_token(facts.slice(line.span), |hash, len| {
            chars[(hash >> 32) as usize % PLACES] += len;
            all += len;
            count += 1;
        });
        if count >= MAX_TOKENS {
            return 1.0;
        }
    }
    if count < MIN_TOKENS {
        return 0.0;
    }
    let most = chars.into_iter().max().unwrap_or(0);
    f64::from(most) * 4.0 / f64::from(all.max(1))
}

pub(super) fn duplicate_ngrams(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.repeats().duplicate)
}

/// Fewest content n-grams for a statement on density.
const MIN_CONTENT: usize = 150;

pub(super) fn top_term(facts: &Facts<'_>) -> Measure {
    let content = (0..facts.lines.len()).filter(|&index| facts.lines[index].is_content());
    let mut grams: Vec<u64> = content.flat_map(|index| facts.line_grams(index)).copied().collect();
    if grams.len() < MIN_CONTENT {
        return Measure::of(0.0);
    }
    grams.sort_unstable();
    let most = grams.chunk_by(|a, b| a == b).map(<[u64]>::len).max();
    Measure::share(most.unwrap_or(0), grams.len())
}

/// Characters of the visible text that are compressed.
const COMPRESS_CHARS: usize = 65_536;
/// Fewest characters for a statement.
const MIN_COMPRESS_CHARS: usize = 2_000;

/// Bytes of a run that is taken for a repeat.
const GRAM: usize = 8;
/// Least bits a byte outside such runs takes, whether as a letter or in a shorter run. With
/// [`RUN_BITS`] the bound is 1.7 times the value or more on all labelled pages that compress to a
/// fourth or better.
const BYTE_BITS: f64 = 3.0;
/// Least bits a run takes: its length and the way back to where it stood.
const RUN_BITS: f64 = 16.0;

/// At least [`compression`], where that is high enough to matter: what is in no run that stood
/// before cannot be packed well.
pub(super) fn compression_bound(facts: &Facts<'_>) -> f64 {
    let lines = || facts.lines.iter().filter(|line| line.zone != Zone::Code);
    let chars = lines().map(|line| line.survey.chars as usize + 1).sum::<usize>();
    if chars < MIN_COMPRESS_CHARS {
        return 0.0;
    }
    let mut text: Vec<u8> = Vec::with_capacity(COMPRESS_CHARS);
    let mut taken = 0;
    for line in lines() {
        text.extend(facts.slice(line.span).bytes());
        text.push(b'\n');
        taken += line.survey.chars as usize + 1;
        if taken >= COMPRESS_CHARS {
            break;
        }
    }
    // A bit for each run met, at its hash: two that share one make the bound higher.
    let places = (text.len() * GRAM).next_power_of_two();
    let mut met = vec![0u64; places / 64];
    let (mut repeated, mut runs, mut until) = (0, 0u32, 0);
    for (at, gram) in text.array_windows::<GRAM>().enumerate() {
        let hash = u64::from_le_bytes(*gram).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = (hash >> (64 - places.trailing_zeros())) as usize;
        let (word, bit) = (&mut met[place / 64], 1 << (place % 64));
        if *word & bit != 0 {
            runs += u32::from(at > until);
            repeated += at + GRAM - until.max(at);
            until = at + GRAM;
        }
        *word |= bit;
    }
    let bits = BYTE_BITS * (text.len() - repeated) as f64 + RUN_BITS * f64::from(runs);
    text.len() as f64 * 8.0 / bits.max(1.0)
}

/// Characters are first replaced by bytes in order of frequency: UTF-8 would make the same text
/// compress twice as well in Bengali as in Chinese.
pub(super) fn compression(facts: &Facts<'_>) -> Measure {
    let text: Vec<char> = facts
        .lines
        .iter()
        .filter(|line| line.zone != Zone::Code)
        .flat_map(|line| facts.slice(line.span).chars().chain(['\n']))
        .take(COMPRESS_CHARS)
        .collect();
    if text.len() < MIN_COMPRESS_CHARS {
        return Measure::of(0.0);
    }
    let mut counts = PerChar::default();
    for &c in &text {
        *counts.entry(c) += 1;
    }
    let mut ranked: Vec<(char, u32)> = counts.all().collect();
    ranked.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut codes = counts;
    for (rank, (c, _)) in ranked.iter().enumerate() {
        *codes.entry(*c) = rank as u32;
    }
    let mut bytes = Vec::with_capacity(text.len());
    for &c in &text {
        let rank = *codes.entry(c) as usize;
        if rank < 192 {
            bytes.push(rank as u8);
        } else {
            bytes.push(192 + ((rank - 192) / 256).min(63) as u8);
            bytes.push(((rank - 192) % 256) as u8);
        }
    }
    let packed = miniz_oxide::deflate::compress_to_vec(&bytes, 6);
    Measure::of(bytes.len() as f64 / packed.len().max(1) as f64)
}

/// A number for each character, in rows of 256 characters.
#[derive(Default)]
struct PerChar {
    rows: Vec<Option<Box<[u32; 256]>>>,
}

impl PerChar {
    fn entry(&mut self, c: char) -> &mut u32 {
        let (row, column) = (c as usize >> 8, c as usize & 0xff);
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, || None);
        }
        &mut self.rows[row].get_or_insert_with(|| Box::new([0; 256]))[column]
    }

    /// Characters whose number is not zero.
    fn all(&self) -> impl Iterator<Item = (char, u32)> {
        let rows = self.rows.iter().zip(0u32..);
        rows.filter_map(|(row, number)| Some((row.as_ref()?, number)))
            .flat_map(|(row, number)| row.iter().zip(number << 8..))
            .filter_map(|(&value, code)| Some((char::from_u32(code)?, value)))
            .filter(|(_, value)| *value > 0)
    }
}
