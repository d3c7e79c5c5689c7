//! Letters in no order: words whose letters were shuffled.

use std::collections::BTreeMap;

use crate::signals::words::readable;
use crate::signals::{Facts, Line, Measure, Spot};
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
    let (pairs, whole) = counted(facts);
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

/// The pairs of letters of the lines that are read, and the place of these.
fn counted(facts: &Facts<'_>) -> (Pairs, Option<Span>) {
    let (words, mut pairs) = (facts.words(), Pairs::default());
    let cover = |whole: Option<Span>, line: Span| Some(whole.map_or(line, |all| all.cover(line)));
    // Only a page of many letters may hold enough pairs before its end; on others it matters how
    // often a word stands, not where, unless what stands around it matters.
    let long = f64::from(facts.survey.letters) >= ENOUGH_LETTER_PAIRS;
    if !long && !facts.survey.marks.has(Marks::UNSPACED) && !words.is_dotted() {
        for (word, times) in words.texts().zip(words.counts()) {
            pairs.read_word(word, times);
        }
        return (pairs, readable(facts).map(|(_, line)| line.span).fold(None, cover));
    }
    let pairs_of: Vec<u32> = if long { words.texts().map(pairs_in).collect() } else { Vec::new() };
    let mut counts = vec![0u32; words.distinct()];
    let mut met = 0;
    let mut whole: Option<Span> = None;
    for (index, line) in readable(facts) {
        if line.survey.longest as usize >= MIN_WORD {
            let row = words.line(index);
            let dotted =
                || words.tail(index).has(Gap::DOT) || row.iter().any(|w| w.gap.has(Gap::DOT));
            if words.is_dotted() && dotted() {
                pairs.read(facts.slice(line.span));
            } else {
                for word in row.iter().filter(|word| word.span.len() >= MIN_WORD) {
                    if let Some(text) = joined(&facts.page.text, line, word.span) {
                        pairs.read(text);
                    } else {
                        counts[word.id as usize] += 1;
                        met += pairs_of.get(word.id as usize).copied().unwrap_or(0);
                    }
                }
            }
        }
        whole = cover(whole, line.span);
        if f64::from(pairs.all + met) >= ENOUGH_LETTER_PAIRS {
            break;
        }
    }
    for (word, times) in words.texts().zip(counts).filter(|(_, times)| *times > 0) {
        pairs.read_word(word, times);
    }
    (pairs, whole)
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
        let runs = word.as_bytes().split(|byte| !byte.is_ascii_lowercase());
        let pairs = runs.filter(|run| run.len() >= MIN_WORD).flat_map(<[u8]>::array_windows);
        return pairs.map(|[a, b]| u32::from(a != b)).sum();
    }
    let mut pairs = 0;
    each_run(word, &mut Vec::new(), |run| {
        pairs += run.array_windows().filter(|[a, b]| a != b).count() as u32;
    });
    pairs
}

/// The text of a word of a line with the letters that stand right before and behind it, where there
/// are any: letters of scripts without spaces are words of their own in the table, but part of the
/// run here.
fn joined<'t>(text: &'t str, line: &Line, word: Span) -> Option<&'t str> {
    if !line.has(Marks::UNSPACED) {
        return None;
    }
    let (line, letter) = (line.span, |c: &char| is_alphabetic(*c));
    let before = text[Span { start: line.start, end: word.start }.range()].chars().next_back();
    let behind = text[Span { start: word.end, end: line.end }.range()].chars().next();
    let (before, behind) = (before.filter(letter), behind.filter(letter));
    let len = |c: Option<char>| c.map_or(0, |c| c.len_utf8() as u32);
    let all = Span { start: word.start - len(before), end: word.end + len(behind) };
    (all != word).then(|| &text[all.range()])
}

/// Letters of ASCII, with room for the size to be a power of two.
const ASCII: usize = 32;

/// How often one letter follows another in words of four letters or more.
struct Pairs {
    /// Of letters of ASCII.
    ascii: [[u32; ASCII]; ASCII],
    /// Of others; nothing until there is one.
    wide: Option<WidePairs>,
    all: u32,
    word: Vec<char>,
}

/// Pairs with a letter outside ASCII.
struct WidePairs {
    /// Number of each character below U+0700, from 1, in the order they are met.
    numbers: Vec<u8>,
    met: u8,
    table: Vec<u32>,
    rest: BTreeMap<(char, char), u32>,
}

impl Default for WidePairs {
    fn default() -> Self {
        let (mut numbers, table) = (vec![0; 0x700], vec![0; TABLED * TABLED]);
        // Letters of ASCII come first, in their order.
        for (letter, number) in (b'a'..=b'z').zip(1..) {
            numbers[usize::from(letter)] = number;
        }
        Self { numbers, met: 26, table, rest: BTreeMap::new() }
    }
}

impl WidePairs {
    fn add(&mut self, a: char, b: char, times: u32) {
        match (self.number(a), self.number(b)) {
            (Some(a), Some(b)) => self.table[a * TABLED + b] += times,
            _ => *self.rest.entry((a, b)).or_default() += times,
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
                then(self.table[a * TABLED + b], self.table[b * TABLED + a]);
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

/// The place of a letter in lower case in the table of ASCII.
#[inline]
fn place(letter: u8) -> usize {
    usize::from(letter.wrapping_sub(b'a')) % ASCII
}

impl Default for Pairs {
    fn default() -> Self {
        Self { ascii: [[0; ASCII]; ASCII], wide: None, all: 0, word: Vec::new() }
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
        // Few words hold digits.
        let bytes = word.as_bytes();
        if bytes.iter().all(u8::is_ascii_lowercase) {
            return self.count_ascii(bytes, times);
        }
        let runs = bytes.split(|byte| !byte.is_ascii_lowercase());
        for run in runs.filter(|run| run.len() >= MIN_WORD) {
            self.count_ascii(run, times);
        }
    }

    /// Counts the pairs of a text.
    fn read(&mut self, text: &str) {
        let mut run = std::mem::take(&mut self.word);
        each_run(text, &mut run, |run| self.count(run, 1));
        self.word = run;
    }

    /// Counts the pairs of letters of ASCII in lower case.
    fn count_ascii(&mut self, run: &[u8], times: u32) {
        let mut all = 0;
        for &[a, b] in run.array_windows() {
            let times = times * u32::from(a != b);
            self.ascii[place(a)][place(b)] += times;
            all += times;
        }
        self.all += all;
    }

    fn count(&mut self, run: &[char], times: u32) {
        for &[a, b] in run.array_windows().filter(|[a, b]| a != b) {
            self.all += times;
            match (u8::try_from(a), u8::try_from(b)) {
                (Ok(a @ b'a'..=b'z'), Ok(b @ b'a'..=b'z')) => {
                    self.ascii[place(a)][place(b)] += times;
                }
                _ => self.wide.get_or_insert_default().add(a, b, times),
            }
        }
    }

    /// Calls `then` with the counts of each pair and its reverse, once for the two.
    fn each(&self, mut then: impl FnMut(u32, u32)) {
        for a in 0..ASCII {
            for b in 0..a {
                then(self.ascii[a][b], self.ascii[b][a]);
            }
        }
        if let Some(wide) = &self.wide {
            wide.each(then);
        }
    }
}
