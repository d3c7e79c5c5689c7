//! Text put together from pieces: repeated sentences, cut snippets, lists from one frame.

use std::collections::{BTreeSet, HashMap, HashSet};

use memchr::memmem::Finder;

use crate::page::{Block, BlockKind, Zone};
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::text::{
    Gap, Marks, Script, Word, content_ngrams, hash_chars, is_alphanumeric, longest_word, lowercase,
};

/// Words a heading needs to be a sentence of its own.
const MIN_HEADING_WORDS: usize = 4;
/// Headings from which a page starts again and again.
const MIN_RESTARTS: usize = 3;

/// Main headings (of the highest level that has several) that say the title's telling words again,
/// each with other words around: articles on one search phrase, put one under the other.
pub(super) fn restarts(facts: &Facts<'_>) -> Measure {
    let visible = |block: &Block| (block.span.start as usize) < facts.page.visible_len;
    let visible = &facts.page.blocks[..facts.page.blocks.partition_point(visible)];
    let heading = |block: &&Block| matches!(block.kind, BlockKind::Heading(1 | 2));
    let shown = |block: &&Block| !matches!(block.zone, Zone::Nav | Zone::Footer | Zone::Ugc);
    let headings: Vec<&Block> = visible.iter().filter(heading).filter(shown).collect();
    let of = |level: u8| {
        headings.iter().copied().filter(move |block| block.kind == BlockKind::Heading(level))
    };
    let Some(level) = (1..=2).find(|&level| of(level).count() >= MIN_RESTARTS) else {
        return Measure::of(0.0);
    };
    let Some(title) = facts.page.title() else { return Measure::of(0.0) };
    let title: BTreeSet<String> = telling(title).map(str::to_lowercase).collect();
    let same = |word: &str, known: &str| {
        if word.is_ascii() {
            known.eq_ignore_ascii_case(word)
        } else {
            known == word.to_lowercase()
        }
    };
    let mut seen: HashSet<u64> = HashSet::new();
    let spots: Vec<Spot> = of(level)
        .filter(|block| {
            let text = facts.slice(block.span);
            let said = |known: &&String| telling(text).any(|word| same(word, known));
            let shared = || title.iter().filter(said).count();
            title.len() >= 2
                && text.split_whitespace().nth(MIN_HEADING_WORDS - 1).is_some()
                && shared() >= 2.max(title.len().div_ceil(2))
                && seen.insert(key(text))
        })
        .map(|block| Spot::new(block.span, 1.0))
        .collect();
    if spots.len() < MIN_RESTARTS { Measure::of(0.0) } else { Measure::count(spots) }
}

/// Words that say what a title or heading is about.
fn telling(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_alphanumeric(c)).filter(|word| word.chars().nth(3).is_some())
}

/// Occurrences from which a sentence is repeated: twice may be a teaser and its article.
const REPEATED: usize = 3;
/// Letters a sentence needs, an ideograph counting as three: `Read more.` repeats on any page.
const MIN_SENTENCE: usize = 24;
/// Sentences a page needs for a statement.
const MIN_SENTENCES: usize = 8;

/// Whether a mark ends a sentence.
fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟')
}

/// Lines of content outside code and tables, with quotes and comments of readers, and their
/// indices.
fn text_lines<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = (usize, &'a Line)> {
    facts.lines.iter().enumerate().filter(|(_, line)| {
        !matches!(line.zone, Zone::Code | Zone::Nav | Zone::Footer)
            && facts.kind_of(line) != BlockKind::TableRow
    })
}

/// Sentences of a line that are long enough to be told apart.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(is_stop).filter(|sentence| weight(sentence) >= MIN_SENTENCE)
}

/// Letters of a text, an ideograph counting as three.
fn weight(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(u8::is_ascii_alphabetic).count();
    }
    let unspaced = |script: Script| if script.is_unspaced() { 3 } else { 1 };
    text.chars().filter_map(Script::of).map(unspaced).sum()
}

/// A sentence as far as it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sentence {
    /// The hash of its letters and digits, whatever their case and what stands between them.
    key: u64,
    /// Its letters, an ideograph counting as three.
    weight: usize,
    /// Index of its line.
    line: usize,
}

/// What a word adds to a sentence.
struct Part {
    /// What the key is multiplied by before the word's own is added, so that it does not matter
    /// where one word ends and the next begins.
    factor: u64,
    key: u64,
    weight: usize,
}

/// Powers of an odd number that are spread over all bits.
static POWERS: [u64; 32] = {
    let mut powers = [1u64; 32];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1].wrapping_mul(0x9e37_79b9_7f4a_7c15);
        at += 1;
    }
    powers
};

impl Part {
    fn of(word: &str) -> Self {
        let (mut factor, mut key, mut letters) = (1u64, 0u64, 0);
        // No step waits for the one before within a piece.
        for piece in word.as_bytes().chunks(POWERS.len() - 1) {
            let mut own = 0u64;
            for (&byte, power) in piece.iter().rev().zip(&POWERS) {
                own = own.wrapping_add((u64::from(byte) + 1).wrapping_mul(*power));
                letters += usize::from(byte.is_ascii_lowercase());
            }
            let power = POWERS[piece.len()];
            key = key.wrapping_mul(power).wrapping_add(own);
            factor = factor.wrapping_mul(power);
        }
        // Most words are letters of ASCII.
        let weight = if letters == word.len() { letters } else { weight(word) };
        Self { factor, key, weight }
    }
}

/// Sentences of lines that are read word by word.
#[derive(Default)]
struct Said {
    all: Vec<Sentence>,
    now: Sentence,
}

impl Said {
    /// Reads a line of a text: its words and what stands behind the last.
    fn line(&mut self, text: &str, line: Span, (row, tail): (&[Word], Gap), parts: &[Part]) {
        let mut start = line.start;
        for word in row {
            self.gap(word.gap, || &text[Span { start, end: word.span.start }.range()]);
            let part = &parts[word.id as usize];
            self.now.key = self.now.key.wrapping_mul(part.factor).wrapping_add(part.key);
            self.now.weight += part.weight;
            start = word.span.end;
        }
        self.gap(tail, || &text[Span { start, end: line.end }.range()]);
        self.end();
    }

    /// What stands between two words.
    fn gap<'t>(&mut self, gap: Gap, between: impl Fn() -> &'t str) {
        // Vowel signs of Indian scripts and of Thai are no part of words, but have weight.
        if gap.has(Gap::VOWEL) {
            let text = between();
            let first = text.find(is_stop).unwrap_or(text.len());
            let last = text.rfind(is_stop).unwrap_or(text.len());
            self.now.weight += weight(&text[..first]);
            if gap.has(Gap::STOP) {
                self.end();
            }
            self.now.weight += weight(&text[last..]);
        } else if gap.has(Gap::STOP) {
            self.end();
        }
    }

    fn end(&mut self) {
        if self.now.weight >= MIN_SENTENCE {
            self.all.push(self.now);
        }
        self.now = Sentence { line: self.now.line, ..Sentence::default() };
    }
}

/// All sentences of the lines of text that are long enough to be told apart, in order; signals
/// take them from [`Facts::sentences`].
pub(super) fn said(facts: &Facts<'_>) -> Vec<Sentence> {
    let words = facts.words();
    let parts: Vec<Part> = words.texts().map(Part::of).collect();
    let mut said = Said::default();
    for (index, line) in text_lines(facts) {
        said.now.line = index;
        let row = (words.line(index), words.tail(index));
        said.line(&facts.page.text, line.span, row, &parts);
    }
    said.all
}

/// A heading without case, punctuation and space, as a hash.
fn key(heading: &str) -> u64 {
    hash_chars(heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase))
}

/// Share of the sentences' letters in sentences that stand three or more times on the page; its
/// place reaches from the first line that mostly consists of them to the last.
pub(super) fn repeated_sentences(facts: &Facts<'_>) -> Measure {
    let said = facts.sentences();
    let all: usize = said.iter().map(|sentence| sentence.weight).sum();
    let mut keys: Vec<u64> = said.iter().map(|sentence| sentence.key).collect();
    keys.sort_unstable();
    let same = keys.chunk_by(|a, b| a == b).filter(|same| same.len() >= REPEATED);
    let again: Vec<u64> = same.map(|same| same[0]).collect();
    if said.len() < MIN_SENTENCES || again.is_empty() {
        return Measure::of(0.0);
    }
    let mut repeated = 0;
    let mut found: Option<Span> = None;
    for of_line in said.chunk_by(|a, b| a.line == b.line) {
        let (mut here, mut own) = (0, 0);
        for sentence in of_line {
            if again.binary_search(&sentence.key).is_ok() {
                here += sentence.weight;
            } else {
                own += sentence.weight;
            }
        }
        repeated += here;
        if here > own {
            let span = facts.lines[of_line[0].line].span;
            found = Some(found.map_or(span, |found| found.cover(span)));
        }
    }
    let value = repeated as f64 / all.max(1) as f64;
    Measure { value, spots: found.map(|span| Spot::new(span, value)).into_iter().collect() }
}

/// Snippets that were cut off in the middle: a sentence that ends in ` .` or in dots after a word
/// that cannot end it, as search results show them. From 0.
pub(super) fn cut_snippets(facts: &Facts<'_>) -> Measure {
    let mut spots = Vec::new();
    for (_, line) in text_lines(facts).filter(|(_, line)| line.has(Marks::STOP)) {
        let text = facts.slice(line.span);
        let mut cuts = 0;
        for (at, _) in text.match_indices('.').filter(|(at, _)| text[..*at].ends_with(' ')) {
            let after = text[at + 1..].chars().next();
            let before = text[..at - 1].chars().next_back();
            // `.NET` and ` ...` are no ends of snippets.
            let ends = after.is_none_or(char::is_whitespace);
            cuts += usize::from(ends && before.is_some_and(char::is_alphanumeric));
        }
        if text.contains("...") || text.contains('…') {
            cuts += cut_by_dots(text);
        }
        if cuts > 0 {
            spots.push(Spot::new(line.span, cuts as f64));
        }
    }
    Measure { value: spots.iter().map(|spot| spot.value).sum(), spots }
}

/// Places where a word that cannot end a sentence is followed by dots and a new one.
fn cut_by_dots(text: &str) -> usize {
    let cuts = |mark: &str| {
        let cut = text.match_indices(mark).filter(|(at, m)| {
            let next = text[at + m.len()..].chars().next();
            next.is_some_and(|c| c.is_uppercase() || c.is_numeric())
                && text[..*at].chars().next_back().is_some_and(char::is_lowercase)
        });
        cut.count()
    };
    [" ... ", " … ", "... ", "… "].map(cuts).iter().sum()
}

/// Sentences fewer than this have no cohesion to measure.
const MIN_COHESION: usize = 12;

/// Mean Jaccard similarity of the content of neighbouring sentences, 0 to 1; 1 where there are
/// fewer than twelve. Places: none, it speaks of the whole.
pub(super) fn cohesion(facts: &Facts<'_>) -> Measure {
    let grams: Vec<HashSet<u64>> = text_lines(facts)
        .filter(|(_, line)| line.prose)
        .flat_map(|(_, line)| sentences(facts.slice(line.span)))
        .map(|sentence| content_ngrams(&lowercase(sentence)).into_iter().collect())
        .collect();
    if grams.len() < MIN_COHESION {
        return Measure::of(1.0);
    }
    let mean: f64 = grams
        .windows(2)
        .map(|pair| {
            let common = pair[0].intersection(&pair[1]).count() as f64;
            common / (pair[0].len() + pair[1].len()).max(1) as f64 * 2.0
        })
        .sum::<f64>()
        / (grams.len() - 1) as f64;
    Measure::of(mean)
}

/// Share of prose sentences that hold the title's words in a row, 0 to 1. Titles of one word are
/// subjects, so two words are asked for.
pub(super) fn title_insertion(facts: &Facts<'_>) -> Measure {
    let Some(title) = facts.page.title() else { return Measure::of(0.0) };
    let head = title.split(['|', '–', '—', '_', ':', '：']).next().unwrap_or("").trim();
    let head = lowercase(head);
    if head.split_whitespace().count() < 2 && head.chars().count() < 6 {
        return Measure::of(0.0);
    }
    let prose = || text_lines(facts).filter(|(_, line)| line.prose);
    // Only lines with a word that holds the longest word of the title may hold the title. A sigma
    // is lowered by what stands around it: it may be another in a line than in a word.
    let longest = longest_word(&head).filter(|_| !head.contains(['σ', 'ς']));
    let words = facts.words();
    let holding = longest.map(|word| words.holding(word));
    if holding == Some(None) {
        return Measure::of(0.0);
    }
    let holding = holding.flatten();
    let may_hold = |index: usize| {
        let holds = |holding: &Vec<bool>| words.line(index).iter().any(|w| holding[w.id as usize]);
        holding.as_ref().is_none_or(holds)
    };
    let mut held = 0;
    let whole = Finder::new(&head);
    let mut lower = String::new();
    for (_, line) in prose().filter(|(index, _)| may_hold(*index)) {
        // Most lines with one word of the title do not hold the others.
        if !line.has(Marks::WIDE) {
            lower.clear();
            lower.push_str(facts.slice(line.span));
            lower.make_ascii_lowercase();
            if whole.find(lower.as_bytes()).is_none() {
                continue;
            }
        }
        let holds = |sentence: &&str| whole.find(lowercase(sentence).as_bytes()).is_some();
        held += sentences(facts.slice(line.span)).filter(holds).count();
    }
    if held == 0 {
        return Measure::of(0.0);
    }
    let all = facts.sentences().iter().filter(|sentence| facts.lines[sentence.line].prose);
    Measure::share(held, all.count())
}

/// Lines that differ in one or two words only, most of one frame: `Plumber in A`, `Plumber in B`.
/// Words in capitals and numbers are what differs. From 0.
pub(super) fn frame_lines(facts: &Facts<'_>) -> Measure {
    let mut frames: HashMap<String, Vec<Span>> = HashMap::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        // Lines with numbers are tables, addresses and dates.
        if !(3..=9).contains(&line.survey.tokens) || line.survey.digits > 0 {
            continue;
        }
        let text = facts.slice(line.span);
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut masked = 0;
        let frame: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(index, word)| {
                let varies = index > 0 && word.chars().next().is_some_and(char::is_uppercase);
                masked += usize::from(varies);
                if varies { "*".to_owned() } else { word.to_lowercase() }
            })
            .collect();
        let kept = frame.iter().filter(|word| *word != "*" && word.chars().count() >= 2).count();
        if (1..=3).contains(&masked) && kept >= 2 {
            frames.entry(frame.join(" ")).or_default().push(line.span);
        }
    }
    // Equal lines are no frame; the most frequent one, and the first among equals, counts.
    let best = frames
        .into_values()
        .map(|mut spans| {
            let mut seen = HashSet::new();
            spans.retain(|span| seen.insert(facts.slice(*span)));
            spans
        })
        .max_by_key(|spans| (spans.len(), std::cmp::Reverse(spans.first().copied())));
    let spots: Vec<Spot> =
        best.unwrap_or_default().into_iter().map(|span| Spot::new(span, 1.0)).collect();
    if spots.len() < 8 { Measure::of(0.0) } else { Measure::count(spots) }
}

/// Numbers in a row that make a sequence.
const MIN_SEQUENCE: usize = 20;

/// Longest run of numbers that each follow on the last, outside tables and lists, from 0.
pub(super) fn number_sequence(facts: &Facts<'_>) -> Measure {
    let mut spots: Vec<Spot> = Vec::new();
    // Every number has a digit.
    let numbered = |(_, line): &(usize, &Line)| line.survey.digits as usize >= MIN_SEQUENCE - 1;
    for (_, line) in text_lines(facts).filter(numbered) {
        if matches!(facts.kind_of(line), BlockKind::ListItem | BlockKind::Control) {
            continue;
        }
        let text = facts.slice(line.span);
        let mut run: (usize, usize, usize) = (0, 0, 0);
        let mut last: Option<u64> = None;
        for token in text.split_whitespace() {
            let start = token.as_ptr() as usize - text.as_ptr() as usize;
            let number = token.trim_matches([',', ';']).parse::<u64>().ok();
            let follows = number.is_some() && last.and_then(|n| n.checked_add(1)) == number;
            if !follows {
                keep(&mut spots, line.span, run);
                run = (start, start, 0);
            }
            run = (run.0, start + token.len(), run.2 + 1);
            last = number;
        }
        keep(&mut spots, line.span, run);
    }
    Measure::max(spots)
}

fn keep(spots: &mut Vec<Spot>, line: Span, run: (usize, usize, usize)) {
    if run.2 >= MIN_SEQUENCE {
        let base = line.start as usize;
        spots.push(Spot::new(Span::new(base + run.0, base + run.1), run.2 as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::WordTable;

    #[test]
    fn sentences_are_weighed_by_script() {
        let found: Vec<usize> =
            sentences("The baker opens the shop every morning. Yes. 协程适合网络请求。")
                .map(weight)
                .collect();
        assert_eq!(found, [32, 24]);
        assert_eq!(key("The Baker, opens."), key("the baker opens"));
    }

    /// Sentences of a line, read by its words.
    fn by_words(line: &str) -> Vec<Sentence> {
        let whole = Span::new(0, line.len());
        let table = WordTable::read(line, 0, std::iter::once(whole));
        let parts: Vec<Part> = table.texts().map(Part::of).collect();
        let mut said = Said::default();
        said.line(line, whole, (table.line(0), table.tail(0)), &parts);
        said.all
    }

    #[test]
    fn sentences_are_equal_whatever_their_case_and_signs() {
        let key = |line: &str| by_words(line)[0].key;
        let plain = key("the baker opens the shop every morning");
        assert_eq!(key("The Baker opens: the shop, every — MORNING!"), plain);
        assert_eq!(key("the bak er opens the shop everymorning."), plain);
        assert!(key("the baker opens a shop every morning") != plain);
        assert!(key("baker the opens the shop every morning") != plain);
    }

    proptest::proptest! {
        #[test]
        fn sentences_by_words_are_those_of_the_text(line in "([a-zA-Z4é中ไé्の’'(. ]{10,40}[.!。…]?){0,3}") {
            let weights: Vec<usize> = by_words(&line).iter().map(|said| said.weight).collect();
            let expected: Vec<usize> = sentences(&line).map(weight).collect();
            proptest::prop_assert_eq!(weights, expected);
        }
    }
}
