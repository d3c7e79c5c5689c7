//! Words in no order: text that only looks like language.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::page::Zone;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::text::{Drawn, Gap, Script, Word, is_alphabetic};

/// Function words by language: what must be followed by content, and what cannot follow it.
static TABLE: &str = include_str!("../../rules/function-words.txt");

/// Words that open a phrase and words that cannot follow them, of one language: mostly asked for
/// others.
struct Grammar {
    roles: HashMap<&'static str, Role, Drawn>,
    /// A bit for the length of each word, at its first byte.
    lengths: [u32; 256],
}

impl Default for Grammar {
    fn default() -> Self {
        Self { roles: HashMap::default(), lengths: [0; 256] }
    }
}

impl Grammar {
    fn add(&mut self, word: &'static str, role: Role) {
        self.lengths[usize::from(word.as_bytes()[0])] |= 1 << word.len().min(31);
        let known = self.roles.entry(word).or_default();
        *known = Role { open: known.open || role.open, bar: known.bar || role.bar };
    }

    fn role(&self, word: &str) -> Role {
        let lengths = word.bytes().next().map_or(0, |first| self.lengths[usize::from(first)]);
        let may_be = lengths >> word.len().min(31) & 1 == 1;
        may_be.then(|| self.roles.get(word).copied()).flatten().unwrap_or_default()
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
                for word in &words {
                    grammar.add(word, Role { open: role == "open", bar: role != "open" });
                }
            }
        }
        grammars
    });
    GRAMMARS.get(language)
}

/// Fewest impossible pairs for a statement: a quoted sentence of nonsense has fewer.
const MIN_PAIRS: usize = 5;

/// Words that stand right behind one which opens a phrase and that cannot stand there: no fewer
/// than [`Phrases`] finds.
fn barred_at_most(words: &[Word], roles: &[Role]) -> usize {
    let role = |word: &Word| roles.get(word.id as usize).copied().unwrap_or_default();
    words.array_windows().filter(|[a, b]| role(a).open && role(b).bar && a.id != b.id).count()
}

/// What a word is in a grammar.
#[derive(Clone, Copy, Default)]
struct Role {
    open: bool,
    bar: bool,
}

/// Pairs of words in a line, counted word by word.
struct Phrases<'a> {
    roles: &'a [Role],
    /// The word before, unless punctuation stands behind it.
    before: Option<u32>,
    /// The word that was read last and may go on behind an apostrophe or hyphen.
    pending: Option<u32>,
    /// Words behind one that opens a phrase.
    open: usize,
    /// Those of them that cannot stand there.
    barred: usize,
}

/// The number of words with apostrophes and hyphens, which have no role.
const JOINED: u32 = u32::MAX;

impl<'a> Phrases<'a> {
    fn of(roles: &'a [Role]) -> Self {
        Self { roles, before: None, pending: None, open: 0, barred: 0 }
    }

    fn role(&self, word: u32) -> Role {
        self.roles.get(word as usize).copied().unwrap_or_default()
    }

    /// Reads a line of a text: its words and what stands behind the last.
    fn line(&mut self, text: &str, line: Span, (row, tail): (&[Word], Gap)) {
        let mut start = line.start;
        for word in row {
            self.gap(word.gap, || &text[Span { start, end: word.span.start }.range()]);
            self.pending = Some(if self.pending.is_some() { JOINED } else { word.id });
            start = word.span.end;
        }
        self.gap(tail, || &text[Span { start, end: line.end }.range()]);
        self.end_word();
        self.before = None;
    }

    /// What stands between two words. Punctuation ends a phrase; apostrophes and hyphens do not.
    fn gap<'t>(&mut self, gap: Gap, between: impl Fn() -> &'t str) {
        if gap.has(Gap::INNER) {
            for c in between().chars() {
                if matches!(c, '\'' | '’' | '-') {
                    self.pending = Some(JOINED);
                } else {
                    self.end_word();
                    self.before = self.before.filter(|_| c.is_whitespace());
                }
            }
        } else if !gap.is_empty() {
            self.end_word();
            self.before = self.before.filter(|_| gap == Gap::SPACE);
        }
    }

    fn end_word(&mut self) {
        let Some(word) = self.pending.take() else { return };
        if self.before.is_some_and(|before| self.role(before).open) {
            self.open += 1;
            self.barred += usize::from(self.role(word).bar && self.before != Some(word));
        }
        self.before = Some(word);
    }
}

/// Share of phrase openers (articles, prepositions) that a word follows which cannot: `the of`,
/// `a is`, `im und`. Below 0.02 in text by people, 0.2 to 0.4 where words were shuffled.
pub(super) fn salad(facts: &Facts<'_>) -> Measure {
    let Some(grammar) = grammar(facts.language) else { return Measure::of(0.0) };
    let words = facts.words();
    let roles: Vec<Role> = words.texts().map(|word| grammar.role(word)).collect();
    if barred_at_most(words.words(), &roles) < MIN_PAIRS {
        return Measure::of(0.0);
    }
    let mut phrases = Phrases::of(&roles);
    let mut found: Option<Span> = None;
    for (index, line) in readable(facts) {
        let before = phrases.barred;
        phrases.line(&facts.page.text, line.span, (words.line(index), words.tail(index)));
        if phrases.barred > before {
            found = Some(found.map_or(line.span, |span: Span| span.cover(line.span)));
        }
    }
    if phrases.barred < MIN_PAIRS {
        return Measure::of(0.0);
    }
    // Lines between two that were shuffled were shuffled too, if only too short to show it.
    let value = phrases.barred as f64 / phrases.open.max(1) as f64;
    Measure { value, spots: found.map(|span| Spot::new(span, value)).into_iter().collect() }
}

/// Lines that are read as language.
pub(super) fn readable<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = (usize, &'a Line)> {
    facts.lines.iter().enumerate().filter(|(_, line)| line.zone != Zone::Code)
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
    // Whatever is turned around stands twice.
    let again = || (1..words.len()).any(|at| words[..at].contains(&words[at]));
    if words.len() > MAX_KEY_WORDS || !again() {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::WordTable;

    /// Words behind an opener of a line of English, and those of them that cannot stand there.
    fn pairs(line: &str) -> (usize, usize) {
        let whole = Span::new(0, line.len());
        let table = WordTable::read(line, 0, std::iter::once(whole));
        let grammar = grammar("en").expect("in the table");
        let roles: Vec<Role> = table.texts().map(|word| grammar.role(word)).collect();
        let mut phrases = Phrases::of(&roles);
        phrases.line(line, whole, (table.line(0), table.tail(0)));
        (phrases.open, phrases.barred)
    }

    #[test]
    fn punctuation_parts_a_phrase_and_apostrophes_do_not() {
        assert_eq!(pairs("The of a is"), (2, 2));
        assert_eq!(pairs("the, of (a) is"), (0, 0));
        assert_eq!(pairs("the 'of a of-"), (2, 0));
        assert_eq!(pairs("my the’s my - of my"), (2, 0));
        assert_eq!(pairs("every every the中 of"), (2, 0));
    }
}
