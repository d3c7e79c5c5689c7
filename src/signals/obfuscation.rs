//! Words written so that readers see them and filters do not.

use std::collections::BTreeSet;

use crate::page::Zone;
use crate::signals::{Facts, Measure, Spot, words};
use crate::span::Span;
use crate::terms::Strength;
use crate::text::{Script, is_look_alike, normalise};

/// Fewest letters of a word in two scripts: shorter ones are units and symbols.
const MIN_WORD: usize = 4;
/// Fewest letters of a text that is spelled out: shorter ones are initials.
const MIN_SPELLED: usize = 10;
/// Most characters between two letters of a text that is spelled out.
const MAX_GAP: usize = 3;

/// Distinct words that mix Latin letters with such Cyrillic or Greek ones as look like Latin
/// letters, and with no others: slips of the keyboard hold letters that do not.
pub(super) fn look_alike_words(facts: &Facts<'_>) -> Measure {
    let mut distinct = BTreeSet::new();
    let mut spots = Vec::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let text = facts.slice(line.span);
        if text.is_ascii() {
            continue;
        }
        let mut at = 0;
        for word in text.split(|c: char| !c.is_alphabetic()) {
            let start = line.span.start as usize + at;
            at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
            if is_disguised(word) && distinct.insert(word) {
                words::join(&mut spots, Span::new(start, start + word.len()), 1.0);
            }
        }
    }
    Measure { value: distinct.len() as f64, spots }
}

/// Whether at least two letters of a word, and a third of them, only look like Latin ones while
/// another is Latin.
fn is_disguised(word: &str) -> bool {
    if word.is_ascii() {
        return false;
    }
    let (mut latin, mut alike) = (0, 0);
    for c in word.chars() {
        match Script::of(c) {
            Some(Script::Latin) => latin += 1,
            Some(Script::Cyrillic | Script::Greek) if is_look_alike(c) => alike += 1,
            _ => return false,
        }
    }
    latin > 0 && alike >= 2 && latin + alike >= MIN_WORD && alike * 3 >= latin
}

/// A run of single letters.
#[derive(Default)]
struct Run {
    letters: String,
    count: usize,
    ascending: usize,
    last: Option<char>,
    mark: Option<char>,
    start: usize,
    end: usize,
}

/// Texts spelled out in lower case with a mark after each letter, `b.u.y. .n.o.w`; the value of
/// a place is 2 where it hides a spam term, else 1, and that of the page the highest. Alphabets
/// in order and initials are none.
pub(super) fn spelled(facts: &Facts<'_>) -> Measure {
    let mut spots = Vec::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let text = facts.slice(line.span);
        let mut run = Run::default();
        for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
            if c.is_alphabetic() && run.take(text, at, c) {
                continue;
            }
            if c.is_alphabetic() || c == '\n' || at.saturating_sub(run.end) > MAX_GAP {
                spots.extend(run.spot(facts, line.span));
                run = Run::default();
                if c.is_lowercase() {
                    run.take(text, at, c);
                }
            }
        }
    }
    let value = spots.iter().map(|spot: &Spot| spot.value).fold(0.0, f64::max);
    Measure { value, spots }
}

impl Run {
    /// Takes the letter at `at` into the run, if it belongs there.
    fn take(&mut self, text: &str, at: usize, c: char) -> bool {
        if !c.is_lowercase() {
            return false;
        }
        if let Some(last) = self.last {
            let gap = &text[self.end..at];
            let mut marks = gap.chars().filter(|c| !c.is_whitespace());
            // Words are told apart by a blank alone, or by one between marks.
            let Some(mark) = marks.next().or(self.mark.filter(|_| gap == " ")) else {
                return false;
            };
            if mark.is_alphanumeric()
                || marks.any(|other| other != mark)
                || self.mark.is_some_and(|known| known != mark)
                || gap.chars().count() > MAX_GAP
            {
                return false;
            }
            self.mark = Some(mark);
            if gap.contains(char::is_whitespace) {
                self.letters.push(' ');
            }
            self.ascending += usize::from(u32::from(c) == u32::from(last) + 1);
        } else {
            self.start = at;
        }
        self.letters.push(c);
        self.count += 1;
        self.last = Some(c);
        self.end = at + c.len_utf8();
        true
    }

    fn spot(&self, facts: &Facts<'_>, line: Span) -> Option<Spot> {
        if self.count < MIN_SPELLED || self.ascending * 3 > self.count {
            return None;
        }
        let view = normalise(&self.letters);
        let found = facts.terms.find(&view.text, &view.map);
        let spam =
            |hit: &crate::terms::Hit| facts.is_spam(hit.topic) && hit.strength >= Strength::Medium;
        let value = if found.hits.iter().any(spam) { 2.0 } else { 1.0 };
        let start = line.start as usize;
        let span = Span::new(start + self.start, start + self.end);
        Some(Spot::new(span, value).noted(self.letters.clone()))
    }
}
