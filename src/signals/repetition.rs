//! Repetition: filler, duplicates, density.

use std::collections::{HashMap, HashSet};

use crate::page::Zone;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::content_ngrams;

/// Longest token that can be filler, in characters.
const MAX_FILLER_TOKEN: usize = 12;
/// Shortest run worth pointing at.
const MIN_FILLER_RUN: usize = 8;

/// Runs of one token in visible text outside code and tables.
pub(super) fn filler_run(facts: &Facts<'_>) -> Measure {
    let mut spots: Vec<Spot> = Vec::new();
    for block in &facts.page.blocks {
        let table = block.kind == crate::page::BlockKind::TableRow;
        if !block.zone.is_visible() || block.zone == Zone::Code || table {
            continue;
        }
        let text = facts.slice(block.span);
        let mut run: Option<(&str, Span, usize)> = None;
        let mut close = |run: Option<(&str, Span, usize)>| {
            if let Some((token, span, count)) = run
                && count >= MIN_FILLER_RUN
            {
                spots.push(Spot::new(span, count as f64).noted(format!("“{token}” {count} times")));
            }
        };
        for token in text.split_whitespace() {
            let start =
                token.as_ptr() as usize - text.as_ptr() as usize + block.span.start as usize;
            let span = Span::new(start, start + token.len());
            match &mut run {
                Some((same, whole, count)) if *same == token => {
                    *whole = whole.cover(span);
                    *count += 1;
                }
                _ => {
                    close(run.take());
                    let letters = token.contains(char::is_alphanumeric);
                    let short = token.chars().count() <= MAX_FILLER_TOKEN;
                    run = (letters && short).then_some((token, span, 1));
                }
            }
        }
        close(run);
    }
    Measure::max(spots)
}

/// Lines shorter than this repeat on any page: buttons, labels.
const MIN_LINE_CHARS: usize = 4;

pub(super) fn duplicate_lines(facts: &Facts<'_>) -> Measure {
    let mut seen = HashSet::new();
    let (mut duplicate, mut all) = (0, 0);
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let text = facts.slice(line.span);
        let chars = text.chars().count();
        all += chars;
        if chars >= MIN_LINE_CHARS && !seen.insert(text) {
            duplicate += chars;
        }
    }
    Measure::share(duplicate, all)
}

/// Most tokens n-grams are counted on: a share does not change beyond, time and memory do.
const MAX_TOKENS: usize = 200_000;

/// Words of the visible content in text order, as hashes, with their length in characters:
/// words of alphabetic scripts, single characters of the others. At most [`MAX_TOKENS`].
fn tokens(facts: &Facts<'_>) -> Vec<(u64, usize)> {
    let mut tokens = Vec::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let mut word: (u64, usize) = (FNV, 0);
        for c in facts.slice(line.span).chars().flat_map(char::to_lowercase) {
            if tokens.len() >= MAX_TOKENS {
                return tokens;
            }
            let unspaced = crate::text::Script::of(c).is_some_and(crate::text::Script::is_unspaced);
            if (unspaced || !c.is_alphanumeric()) && word.1 > 0 {
                tokens.push(std::mem::replace(&mut word, (FNV, 0)));
            }
            if c.is_alphanumeric() {
                word = (step(word.0, u64::from(c as u32)), word.1 + 1);
            }
            if unspaced && word.1 > 0 {
                tokens.push(std::mem::replace(&mut word, (FNV, 0)));
            }
        }
        if word.1 > 0 {
            tokens.push(word);
        }
    }
    tokens
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn step(state: u64, value: u64) -> u64 {
    (state ^ value).wrapping_mul(0x0100_0000_01b3)
}

/// Fewest tokens for a statement on n-grams.
const MIN_TOKENS: usize = 100;

pub(super) fn top_ngram(facts: &Facts<'_>) -> Measure {
    let tokens = tokens(facts);
    let all: usize = tokens.iter().map(|token| token.1).sum();
    if tokens.len() < MIN_TOKENS {
        return Measure::of(0.0);
    }
    let share = |n: usize| {
        let mut counts: HashMap<u64, (usize, usize)> = HashMap::new();
        for gram in tokens.windows(n) {
            let hash = gram.iter().fold(FNV, |state, token| step(state, token.0));
            let chars = gram.iter().map(|token| token.1).sum();
            let entry = counts.entry(hash).or_insert((0, chars));
            entry.0 += 1;
        }
        let top = counts.values().filter(|(n, _)| *n > 1).map(|(n, chars)| n * chars).max();
        top.unwrap_or(0) as f64 / all.max(1) as f64
    };
    Measure::of([2, 3, 4].map(share).into_iter().fold(0.0, f64::max).min(1.0))
}

pub(super) fn duplicate_ngrams(facts: &Facts<'_>) -> Measure {
    let tokens = tokens(facts);
    let all: usize = tokens.iter().map(|token| token.1).sum();
    if tokens.len() < MIN_TOKENS {
        return Measure::of(0.0);
    }
    let mut seen = HashSet::new();
    let (mut duplicate, mut covered) = (0, 0);
    for (at, gram) in tokens.windows(5).enumerate() {
        let hash = gram.iter().fold(FNV, |state, token| step(state, token.0));
        if !seen.insert(hash) {
            let from = at.max(covered);
            duplicate += tokens[from..at + 5].iter().map(|token| token.1).sum::<usize>();
            covered = at + 5;
        }
    }
    Measure::share(duplicate, all)
}

/// Fewest content n-grams for a statement on density.
const MIN_CONTENT: usize = 150;

pub(super) fn top_term(facts: &Facts<'_>) -> Measure {
    let content: Vec<&str> = facts.content().map(|line| facts.slice(line.span)).collect();
    let grams = content_ngrams(&crate::text::normalise(&content.join("\n")).text);
    if grams.len() < MIN_CONTENT {
        return Measure::of(0.0);
    }
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for gram in &grams {
        *counts.entry(*gram).or_default() += 1;
    }
    Measure::share(counts.values().copied().max().unwrap_or(0), grams.len())
}

/// Characters of the visible text that are compressed.
const COMPRESS_CHARS: usize = 65_536;
/// Fewest characters for a statement.
const MIN_COMPRESS_CHARS: usize = 2_000;

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
    let mut counts: HashMap<char, usize> = HashMap::new();
    for &c in &text {
        *counts.entry(c).or_default() += 1;
    }
    let mut ranked: Vec<(char, usize)> = counts.into_iter().collect();
    ranked.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let codes: HashMap<char, usize> =
        ranked.iter().enumerate().map(|(rank, (c, _))| (*c, rank)).collect();
    let mut bytes = Vec::with_capacity(text.len());
    for c in &text {
        let rank = codes[c];
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
