//! Words in no order and letters in no order: text that only looks like language.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use crate::page::Zone;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::text::{Script, for_each_lower, is_alphabetic, is_alphanumeric};

/// Function words by language: what must be followed by content, and what cannot follow it.
static TABLE: &str = include_str!("../../rules/function-words.txt");

/// Words that open a phrase and words that cannot follow them, of one language.
#[derive(Default)]
struct Grammar {
    open: Words,
    bar: Words,
}

/// A set of words that is mostly asked for others.
struct Words {
    words: HashSet<&'static str>,
    /// A bit for the length of each word, at its first byte.
    lengths: [u32; 256],
}

impl Default for Words {
    fn default() -> Self {
        Self { words: HashSet::new(), lengths: [0; 256] }
    }
}

impl Words {
    fn add(&mut self, word: &'static str) {
        self.lengths[usize::from(word.as_bytes()[0])] |= 1 << word.len().min(31);
        self.words.insert(word);
    }

    fn contains(&self, word: &str) -> bool {
        let lengths = word.bytes().next().map_or(0, |first| self.lengths[usize::from(first)]);
        lengths >> word.len().min(31) & 1 == 1 && self.words.contains(word)
    }
}

fn grammar(language: &str) -> Option<&'static Grammar> {
    static GRAMMARS: LazyLock<HashMap<&'static str, Grammar>> = LazyLock::new(|| {
        let mut grammars: HashMap<&'static str, Grammar> = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let (Some(languages), Some(role)) = (words.next(), words.next()) else { continue };
            let words: Vec<&'static str> = words.collect();
            for language in languages.split(',') {
                let grammar = grammars.entry(language).or_default();
                let set = if role == "open" { &mut grammar.open } else { &mut grammar.bar };
                for word in &words {
                    set.add(word);
                }
            }
        }
        grammars
    });
    GRAMMARS.get(language)
}

/// Fewest impossible pairs for a statement: a quoted sentence of nonsense has fewer.
const MIN_PAIRS: usize = 5;

/// Share of phrase openers (articles, prepositions) that a word follows which cannot: `the of`,
/// `a is`, `im und`. Below 0.02 in text by people, 0.2 to 0.4 where words were shuffled.
pub(super) fn salad(facts: &Facts<'_>) -> Measure {
    let Some(grammar) = grammar(facts.language) else { return Measure::of(0.0) };
    let (mut open, mut barred) = (0, 0);
    let mut found: Option<Span> = None;
    let mut lower = String::new();
    for line in readable(facts) {
        let text = facts.slice(line.span);
        lower.clear();
        if line.survey.is_ascii() {
            lower.push_str(text);
            lower.make_ascii_lowercase();
        } else {
            lower.push_str(&text.to_lowercase());
        }
        let mut here = 0;
        // Punctuation ends a phrase; apostrophes and hyphens do not.
        let mut before = "";
        let mut rest = lower.as_str();
        while !rest.is_empty() {
            let (word, gap) = rest.split_at(end_of_word(rest));
            if !word.is_empty() {
                if grammar.open.contains(before) {
                    open += 1;
                    here += usize::from(grammar.bar.contains(word) && word != before);
                }
                before = word;
            }
            let Some(c) = gap.chars().next() else { break };
            if !c.is_whitespace() {
                before = "";
            }
            rest = &gap[c.len_utf8()..];
        }
        barred += here;
        if here >= 1 {
            found = Some(found.map_or(line.span, |span: Span| span.cover(line.span)));
        }
    }
    if barred < MIN_PAIRS {
        return Measure::of(0.0);
    }
    // Lines between two that were shuffled were shuffled too, if only too short to show it.
    let value = f64::from(barred as u32) / f64::from(open.max(1));
    Measure { value, spots: found.map(|span| Spot::new(span, value)).into_iter().collect() }
}

/// Where the word ends that a text begins with.
fn end_of_word(text: &str) -> usize {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'\'' | b'-');
    let ascii = text.bytes().take_while(|&byte| inner(byte)).count();
    match text.as_bytes().get(ascii) {
        Some(byte) if !byte.is_ascii() => {
            let wide = |c: char| is_alphanumeric(c) || matches!(c, '\'' | '’' | '-');
            text[ascii..].find(|c| !wide(c)).map_or(text.len(), |len| ascii + len)
        }
        _ => ascii,
    }
}

/// Lines that are read as language.
fn readable<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Line> {
    facts.lines.iter().filter(|line| line.zone != Zone::Code)
}

/// Adds a place, or lengthens the last one where it follows on the line before.
pub(super) fn join(spots: &mut Vec<Spot>, span: Span, value: f64) {
    match spots.last_mut() {
        Some(last) if span.start.saturating_sub(last.span.end) <= 2 => {
            last.span = last.span.cover(span);
            last.value += value;
        }
        _ => spots.push(Spot::new(span, value)),
    }
}

/// Words of a slug or title after which repetition is a matter of length.
const MAX_KEY_WORDS: usize = 16;

/// How often an address or title turns the same words around: a word that stands three times,
/// never beside itself, or two words in both orders (`spoons-old-old-spoons`). 0 to 2: in one of
/// the two, or in both.
pub(super) fn permuted_keys(facts: &Facts<'_>) -> Measure {
    let slug = facts.url.map(|url| url.split(['?', '#']).next().unwrap_or(url));
    let slug = slug.and_then(|url| url.trim_end_matches('/').rsplit('/').next());
    let in_slug = slug.is_some_and(|slug| permutes(&slug.to_lowercase()));
    let headings = facts.page.blocks.iter();
    let mut headings = headings.filter(|block| matches!(block.zone, Zone::Title | Zone::H1));
    let in_title = headings.find(|block| permutes(&facts.slice(block.span).to_lowercase()));
    let spots = in_title.map(|block| Spot::new(block.span, 1.0)).into_iter().collect();
    Measure { value: f64::from(u8::from(in_slug) + u8::from(in_title.is_some())), spots }
}

fn permutes(text: &str) -> bool {
    /// Shortest word that is told from articles and the like, in letters.
    const MIN_KEY: usize = 4;
    let words: Vec<&str> =
        text.split(|c: char| !is_alphabetic(c)).filter(|w| !w.is_empty()).collect();
    if words.len() > MAX_KEY_WORDS {
        return false;
    }
    let long = |word: &str| word.chars().count() >= MIN_KEY;
    let apart = |word: &str| {
        let places = words.iter().enumerate().filter(|(_, other)| **other == word);
        let places: Vec<usize> = places.map(|(place, _)| place).collect();
        places.len() >= 3 && places.windows(2).all(|pair| pair[1] - pair[0] > 1)
    };
    let turned = |pair: &[&str]| {
        pair[0] != pair[1]
            && long(pair[0])
            && long(pair[1])
            && words.windows(2).any(|other| other[0] == pair[1] && other[1] == pair[0])
    };
    words.iter().any(|word| long(word) && apart(word)) || words.windows(2).any(turned)
}

/// Fewest words of each language in a sentence that goes over from one into the other.
const MIN_SWITCH_WORDS: usize = 8;

/// Sentences that begin in one script and end in another, eight words or more each: what is left
/// of a text that a machine translated in part. Quotations, brackets and lists of names hold
/// such text by right and end the count. From 0.
pub(super) fn script_switches(facts: &Facts<'_>) -> Measure {
    const SPACED: &[Script] = &[
        Script::Latin,
        Script::Cyrillic,
        Script::Greek,
        Script::Arabic,
        Script::Hebrew,
        Script::Devanagari,
        Script::Bengali,
        Script::Hangul,
    ];
    /// Letters of a script without which no sentence can be written in it.
    const MIN_LETTERS: usize = 60;
    if SPACED.iter().filter(|script| facts.scripts.get(**script) >= MIN_LETTERS).count() < 2 {
        return Measure::of(0.0);
    }
    let mut spots = Vec::new();
    for line in facts.content().filter(|line| line.prose) {
        let text = facts.slice(line.span);
        // Words in a row of the script before and of the present one.
        let (mut before, mut now, mut script) = (0, 0, None);
        for word in text.split_whitespace() {
            let of = word.chars().find_map(Script::of).filter(|script| SPACED.contains(script));
            if of.is_some() && of == script {
                now += 1;
            } else if of.is_some() {
                (before, now, script) = (now, 1, of);
            }
            if now == MIN_SWITCH_WORDS && before >= MIN_SWITCH_WORDS {
                spots.push(Spot::new(line.span, 1.0));
                break;
            }
            if word.contains(|c: char| ".!?;:()[]/|\"“”«»„؟।—–".contains(c)) {
                (before, now, script) = (0, 0, None);
            }
        }
    }
    Measure::count(spots)
}

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
    let mut pairs = Pairs::default();
    let mut whole: Option<Span> = None;
    for line in readable(facts) {
        if line.survey.letters as usize >= MIN_WORD {
            let text = facts.slice(line.span);
            if line.survey.is_ascii() { pairs.read_ascii(text) } else { pairs.read(text) }
        }
        whole = Some(whole.map_or(line.span, |span| span.cover(line.span)));
        if f64::from(pairs.all) >= ENOUGH_LETTER_PAIRS {
            break;
        }
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
    fn read_ascii(&mut self, text: &str) {
        let letter = |byte: u8| usize::from((byte | 0x20) - b'a');
        for word in text.as_bytes().split(|byte| !byte.is_ascii_alphabetic()) {
            if word.len() < MIN_WORD {
                continue;
            }
            for pair in word.windows(2) {
                let (a, b) = (letter(pair[0]), letter(pair[1]));
                let apart = u32::from(a != b);
                self.table[a * TABLED + b] += apart;
                self.all += apart;
            }
        }
    }

    fn read(&mut self, text: &str) {
        // Letters of the word, in lower case, and how many there are of them as they stand.
        let mut word = std::mem::take(&mut self.word);
        let (mut len, mut spaced) = (0, true);
        for c in text.chars().chain([' ']) {
            if is_alphabetic(c) {
                let of = |s: Script| !s.is_unspaced() && s != Script::Hangul;
                spaced &= c.is_ascii() || Script::of(c).is_some_and(of);
                len += 1;
                for_each_lower(c, |c| word.push(c));
            } else if len > 0 {
                if spaced && len >= MIN_WORD {
                    self.count(&word);
                }
                word.clear();
                (len, spaced) = (0, true);
            }
        }
        self.word = word;
    }

    fn count(&mut self, word: &[char]) {
        for pair in word.windows(2).filter(|pair| pair[0] != pair[1]) {
            self.all += 1;
            match (self.number(pair[0]), self.number(pair[1])) {
                (Some(a), Some(b)) => self.table[a * TABLED + b] += 1,
                _ => *self.rest.entry((pair[0], pair[1])).or_default() += 1,
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
