//! Letters in no order: words whose letters were shuffled.

use std::collections::BTreeMap;

use crate::signals::words::readable;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::{Gap, Marks, Script, for_each_lower, is_alphabetic};

/// Shortest word whose letters are compared: shufflers leave shorter ones alone.
const MIN_WORD: usize = 4;
/// Letter pairs after which a longer text says nothing new.
const ENOUGH_LETTER_PAIRS: f64 = 12_000.0;
/// Fewest letter pairs for a statement.
const MIN_LETTER_PAIRS: f64 = 400.0;

/// How far the letters of words are from having an order. Languages write `th` far more often
/// than `ht`; where letters were shuffled, both are equally frequent. The value is
/// `1 − Σ((x−y)² − (x+y)) / Σ((x+y)² − (x+y))` over the counts x and y of each pair and its
/// reverse, which corrects for chance: about 1 for shuffled letters, below 0.8 for language.
pub(super) fn letter_disorder(facts: &Facts<'_>) -> Measure {
    let words = facts.words();
    // Only a page of many letters may hold enough pairs before its end.
    let long = f64::from(facts.survey.letters) >= ENOUGH_LETTER_PAIRS;
    let pairs_of: Vec<u32> = if long { words.texts().map(pairs_in).collect() } else { Vec::new() };
    let mut counts = vec![0u32; words.distinct()];
    let (mut pairs, mut met) = (Pairs::default(), 0);
    let mut whole: Option<Span> = None;
    for (index, line) in readable(facts) {
        if line.survey.longest as usize >= MIN_WORD {
            let row = words.line(index);
            let dotted = words.tail(index).has(Gap::DOT) || row.iter().any(|w| w.gap.has(Gap::DOT));
            if dotted || line.has(Marks::UNSPACED) {
                pairs.read(facts.slice(line.span));
            } else {
                for word in row {
                    counts[word.id as usize] += 1;
                    met += pairs_of.get(word.id as usize).copied().unwrap_or(0);
                }
            }
        }
        whole = Some(whole.map_or(line.span, |span| span.cover(line.span)));
        if f64::from(pairs.all + met) >= ENOUGH_LETTER_PAIRS {
            break;
        }
    }
    for (word, times) in words.texts().zip(counts).filter(|(_, times)| *times > 0) {
        pairs.read_word(word, times);
    }
    if f64::from(pairs.all) < MIN_LETTER_PAIRS {
        return Measure::of(0.0);
    }
    let (mut apart, mut together) = (0.0, 0.0);
    pairs.each(|x, y| {
        let (x, y) = (f64::from(x), f64::from(y));
        apart += (x - y) * (x - y) - (x + y);
        together += (x + y) * (x + y) - (x + y);
    });
    if together <= 0.0 {
        return Measure::of(0.0);
    }
    let value = (1.0 - apart / together).clamp(0.0, 2.0);
    Measure { value, spots: whole.map(|span| Spot::new(span, value)).into_iter().collect() }
}

/// Distinct letters that are counted in a table; pairs with any other are rare.
const TABLED: usize = 128;

/// Calls `then` with the letters of each word of a text that is long enough and of scripts that are
/// written in words; `run` is room for them.
fn each_run(text: &str, run: &mut Vec<char>, mut then: impl FnMut(&[char])) {
    // Letters are in lower case, and `len` counts them as they stand.
    let (mut len, mut spaced) = (0, true);
    for c in text.chars().chain([' ']) {
        if is_alphabetic(c) {
            let of = |s: Script| !s.is_unspaced() && s != Script::Hangul;
            spaced &= c.is_ascii() || Script::of(c).is_some_and(of);
            len += 1;
            for_each_lower(c, |c| run.push(c));
        } else if len > 0 {
            if spaced && len >= MIN_WORD {
                then(run);
            }
            run.clear();
            (len, spaced) = (0, true);
        }
    }
}

/// How many pairs of different letters a word in lower case holds.
fn pairs_in(word: &str) -> u32 {
    if word.is_ascii() {
        let runs = word.as_bytes().split(|byte| !byte.is_ascii_alphabetic());
        let pairs = runs.filter(|run| run.len() >= MIN_WORD).flat_map(<[u8]>::array_windows);
        return pairs.map(|[a, b]| u32::from(a != b)).sum();
    }
    let mut pairs = 0;
    each_run(word, &mut Vec::new(), |run| {
        pairs += run.array_windows().filter(|[a, b]| a != b).count() as u32;
    });
    pairs
}

/// How often one letter follows another in words of four letters or more.
struct Pairs {
    /// Number of each character below U+0700, from 1, in the order they are met.
    numbers: Vec<u8>,
    met: u8,
    table: Vec<u32>,
    rest: BTreeMap<(char, char), u32>,
    all: u32,
    word: Vec<char>,
}

impl Default for Pairs {
    fn default() -> Self {
        let (mut numbers, table) = (vec![0; 0x700], vec![0; TABLED * TABLED]);
        // Letters of ASCII come first, in their order.
        for (letter, number) in (b'a'..=b'z').zip(1..) {
            numbers[usize::from(letter)] = number;
        }
        Self { numbers, met: 26, table, rest: BTreeMap::new(), all: 0, word: Vec::new() }
    }
}

impl Pairs {
    /// Counts the pairs of a word in lower case that stands some times.
    fn read_word(&mut self, word: &str, times: u32) {
        if word.len() < MIN_WORD {
            return;
        }
        if !word.is_ascii() {
            let mut run = std::mem::take(&mut self.word);
            each_run(word, &mut run, |run| self.count(run, times));
            self.word = run;
            return;
        }
        let (table, mut all) = (self.table.as_mut_slice(), 0);
        let runs = word.as_bytes().split(|byte| !byte.is_ascii_alphabetic());
        for run in runs.filter(|run| run.len() >= MIN_WORD) {
            for &[a, b] in run.array_windows() {
                let times = times * u32::from(a != b);
                table[usize::from(a - b'a') * TABLED + usize::from(b - b'a')] += times;
                all += times;
            }
        }
        self.all += all;
    }

    /// Counts the pairs of a text.
    fn read(&mut self, text: &str) {
        let mut run = std::mem::take(&mut self.word);
        each_run(text, &mut run, |run| self.count(run, 1));
        self.word = run;
    }

    fn count(&mut self, run: &[char], times: u32) {
        for &[a, b] in run.array_windows().filter(|[a, b]| a != b) {
            self.all += times;
            match (self.number(a), self.number(b)) {
                (Some(a), Some(b)) => self.table[a * TABLED + b] += times,
                _ => *self.rest.entry((a, b)).or_default() += times,
            }
        }
    }

    fn number(&mut self, letter: char) -> Option<usize> {
        let number = self.numbers.get_mut(letter as usize)?;
        if *number == 0 && usize::from(self.met) < TABLED {
            self.met += 1;
            *number = self.met;
        }
        (*number > 0).then(|| usize::from(*number) - 1)
    }

    /// Calls `then` with the counts of each pair and its reverse, once for the two.
    fn each(&self, mut then: impl FnMut(u32, u32)) {
        for a in 0..usize::from(self.met) {
            for b in 0..a {
                let (x, y) = (self.table[a * TABLED + b], self.table[b * TABLED + a]);
                if x + y > 0 {
                    then(x, y);
                }
            }
        }
        for (&(a, b), &x) in &self.rest {
            let reverse = self.rest.get(&(b, a)).copied();
            // Where both stand in the table, the first of them speaks for both.
            if a < b || reverse.is_none() {
                then(x, reverse.unwrap_or(0));
            }
        }
    }
}
