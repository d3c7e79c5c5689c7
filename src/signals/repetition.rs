//! Repetition: filler, duplicates, density.

use crate::page::{BlockKind, Zone};
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::text::tokens as tokens_of;
use crate::text::{Gap, HASH_SEED, Word, hash_step, is_alphanumeric};

/// Longest token that can be filler, in characters.
const MAX_FILLER_TOKEN: usize = 12;
/// Shortest run worth pointing at.
const MIN_FILLER_RUN: usize = 8;

/// Runs of one token in visible text outside code and tables.
pub(super) fn filler_run(facts: &Facts<'_>) -> Measure {
    let mut spots: Vec<Spot> = Vec::new();
    for index in monotonous_blocks(facts) {
        let block = &facts.page.blocks[index as usize];
        if block.kind == BlockKind::TableRow {
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

/// The visible blocks outside code, as indices in order, with so many tokens in a row that begin with
/// the same word; a run of one token is such a row.
fn monotonous_blocks(facts: &Facts<'_>) -> Vec<u32> {
    let words = facts.words();
    let mut blocks = Vec::new();
    if !may_be_monotonous(facts) {
        return blocks;
    }
    let (mut same, mut count, mut block) = (None, 0, 0);
    for (index, line) in facts.lines.iter().enumerate() {
        if line.block != block {
            (same, block) = (None, line.block);
        }
        let row = words.line(index).iter().enumerate();
        for (_, word) in row.filter(|(at, word)| *at == 0 || word.gap.has(Gap::SPACE)) {
            count = if same == Some(word.id) { count + 1 } else { 1 };
            same = Some(word.id);
            if count == MIN_FILLER_RUN {
                blocks.push(block);
            }
        }
    }
    blocks.dedup();
    blocks
}

/// Whether as many tokens in a row begin with the same word, wherever lines and blocks end: on most
/// pages none do.
fn may_be_monotonous(facts: &Facts<'_>) -> bool {
    let words = facts.words();
    let (mut same, mut count, mut most) = (u32::MAX, 0, 0);
    let mut take = |id: u32, begins: bool| {
        // No branch: where tokens begin is as good as random.
        let again = if same == id { count + 1 } else { 1 };
        (same, count) = if begins { (id, again) } else { (same, count) };
        most = count.max(most);
    };
    for line in 0..facts.lines.len() {
        if let Some((first, rest)) = words.line(line).split_first() {
            take(first.id, true);
            for word in rest {
                take(word.id, word.gap.has(Gap::SPACE));
            }
        }
    }
    most >= MIN_FILLER_RUN
}

/// Whether two tokens are equal: nearly all differ in their first byte.
fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().first() == b.as_bytes().first() && a == b
}

/// Lines shorter than this repeat on any page: buttons, labels.
const MIN_LINE_CHARS: usize = 4;

pub(super) fn duplicate_lines(facts: &Facts<'_>) -> Measure {
    let lines = || facts.lines.iter().filter(|line| line.zone != Zone::Code);
    let long = lines().filter(|line| line.survey.chars as usize >= MIN_LINE_CHARS);
    // Lines that may be equal come to stand together by their length and end.
    let key = |text: &str| {
        let end = text.as_bytes().last_chunk().map_or(0, |end| u32::from_le_bytes(*end));
        (text.len() as u64) << 32 | u64::from(end)
    };
    let mut keys: Vec<(u64, &Line)> =
        long.map(|line| (key(facts.slice(line.span)), line)).collect();
    // Most lines stand once; they need no sorting.
    let mut seen = Seen::new(keys.len());
    let spread = |key: u64| key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    seen.keep_repeated(&mut keys, |(key, _)| spread(*key));
    keys.sort_unstable_by_key(|(key, _)| *key);
    let mut duplicate = 0;
    for alike in keys.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        let mut texts: Vec<(&str, u32)> =
            alike.iter().map(|(_, line)| (facts.slice(line.span), line.survey.chars)).collect();
        texts.sort_unstable();
        let equal = texts.array_windows().filter(|[a, b]| a == b);
        duplicate += equal.map(|[_, (_, chars)]| *chars as usize).sum::<usize>();
    }
    Measure::share(duplicate, lines().map(|line| line.survey.chars as usize).sum())
}

/// Most words whose runs are compared; a page this long has shown how it repeats itself.
const MAX_TOKENS: usize = 400_000;

/// Words of the visible content in text order, by number.
fn tokens<'a>(facts: &'a Facts<'_>) -> &'a [Word] {
    let words = facts.words().words();
    &words[..words.len().min(MAX_TOKENS)]
}

/// Length of a word, in characters.
fn length(word: &str) -> u32 {
    (if word.is_ascii() { word.len() } else { word.chars().count() }) as u32
}

/// Length of each distinct word, in characters.
pub(super) fn lengths(facts: &Facts<'_>) -> Vec<u32> {
    facts.words().texts().map(length).collect()
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
    let lengths = lengths(facts);
    let chars = |tokens: &[Word]| {
        tokens.iter().map(|word| lengths[word.id as usize] as usize).sum::<usize>()
    };
    let all = chars(tokens);
    let mut places: Vec<u32> = (0..tokens.len() as u32).collect();
    let mut grams: Vec<(u64, u32)> = Vec::new();
    let mut seen = Seen::new(tokens.len());
    let mut top = 0;
    for n in 2..=5 {
        let here = places.drain(..).filter(|at| *at as usize + n <= tokens.len());
        grams.clear();
        grams.extend(here.map(|at| {
            let gram = &tokens[at as usize..at as usize + n];
            (gram.iter().fold(HASH_SEED, |state, token| hash_step(state, token.id)), at)
        }));
        // Most runs stand once; they need no sorting.
        seen.keep_repeated(&mut grams, |(hash, _)| *hash);
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
    fn keep_repeated<T>(&mut self, all: &mut Vec<T>, hash: impl Fn(&T) -> u64) {
        let mask = self.once.len() - 1;
        // The upper bits: of FNV, the lower ones see less of the text.
        let place = |hash: u64| ((hash >> 38) as usize & mask, 1u64 << (hash >> 32 & 63));
        for one in &*all {
            let (word, bit) = place(hash(one));
            self.again[word] |= self.once[word] & bit;
            self.once[word] |= bit;
        }
        all.retain(|one| {
            let (word, bit) = place(hash(one));
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
    let words = facts.words();
    let count = words.words().len();
    if count >= MAX_TOKENS {
        return 1.0;
    }
    if count < MIN_TOKENS {
        return 0.0;
    }
    let chars = words.texts().zip(words.counts()).map(|(word, count)| length(word) * count);
    let (most, all) = chars.fold((0, 0), |(most, all), chars| (chars.max(most), all + chars));
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
