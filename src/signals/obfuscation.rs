//! Words written so that readers see them and filters do not.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::page::Zone;
use crate::signals::{Facts, Line, Measure, Spot, words};
use crate::span::Span;
use crate::terms::Strength;
use crate::text::{Marks, Script, Survey, any_pair, is_alphabetic, is_look_alike, normalise};

/// Fewest letters of a word in two scripts: shorter ones are units and symbols.
const MIN_WORD: usize = 4;
/// Fewest letters of a text that is spelled out: shorter ones are initials.
const MIN_SPELLED: usize = 10;
/// Most characters between two letters of a text that is spelled out.
const MAX_GAP: usize = 3;

/// Lines outside code that hold a character of a kind.
fn readable_with<'a>(facts: &'a Facts<'_>, kind: Marks) -> impl Iterator<Item = &'a Line> {
    facts.lines_with(kind).filter(|line| line.zone != Zone::Code)
}

/// Distinct words that mix Latin letters with such Cyrillic or Greek ones as look like Latin
/// letters, and with no others: slips of the keyboard hold letters that do not.
pub(super) fn look_alike_words(facts: &Facts<'_>) -> Measure {
    let mut distinct = BTreeSet::new();
    let mut spots = Vec::new();
    for line in readable_with(facts, Marks::LOOK_ALIKE) {
        let text = facts.slice(line.span);
        let mut at = 0;
        for word in text.split(|c: char| !is_alphabetic(c)) {
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

/// Most disguised lines that are read again.
const MAX_REREAD: usize = 200;

/// Spam terms that only appear when digits and symbols are read as the letters they look like
/// (`c4s1n0`), when letters of one script are read as those of another, and when the marks
/// between single ideographs are dropped (`代.办.证.件`).
pub(super) fn disguised(facts: &Facts<'_>) -> Measure {
    let mut distinct = BTreeSet::new();
    let mut spots = Vec::new();
    let mut reread = 0;
    let latin = |line: &Line| line.has(Marks::LETTER_LIKE);
    let cyrillic = |line: &Line| line.has(Marks::CYRILLIC);
    let wedged = |line: &Line| line.has(Marks::UNSPACED) && line.has(Marks::WEDGE);
    let kinds = Marks::LETTER_LIKE | Marks::CYRILLIC | Marks::WEDGE;
    for line in readable_with(facts, kinds).filter(|line| line.survey.letters > 0) {
        let text = facts.slice(line.span);
        let readings = [
            latin(line).then(|| as_latin(text)),
            cyrillic(line).then(|| as_cyrillic(text)),
            wedged(line).then(|| without_marks(text)),
        ];
        for read in readings.into_iter().flatten().flatten() {
            reread += 1;
            if reread > MAX_REREAD {
                return Measure { value: distinct.len() as f64, spots };
            }
            let known: BTreeSet<u32> =
                facts.hits_in(line.span).iter().map(|hit| hit.term).collect();
            let view = normalise(&read);
            let hits = facts.terms.find_topics(&view.text, &view.map, |topic| facts.is_spam(topic));
            let before = distinct.len();
            distinct.extend(hits.iter().filter_map(|hit| {
                let telling = hit.strength >= Strength::Medium;
                (telling && !known.contains(&hit.term)).then_some(hit.term)
            }));
            if distinct.len() > before {
                spots.push(Spot::new(line.span, (distinct.len() - before) as f64).noted(read));
            }
        }
    }
    Measure { value: distinct.len() as f64, spots }
}

/// A text with the disguised words among its words read by `letter`; none where there are none. A
/// word is disguised where a digit or symbol stands between letters, or where scripts mix.
fn reread(text: &str, letter: fn(char) -> Option<char>, own: Script) -> Option<String> {
    let is_own = |c: char| Script::of(c) == Some(own);
    let disguised = |word: &str| {
        let (mut letters, mut read) = (0, 0);
        for c in word.chars() {
            if is_own(c) {
                letters += 1;
            } else if letter(c).is_some() {
                read += 1;
            } else {
                return false;
            }
        }
        read > 0 && letters > 0 && letters + read >= MIN_WORD
    };
    // All that is read as letters is ASCII.
    let reads = |word: &str| word.bytes().any(|byte| letter(char::from(byte)).is_some());
    if !text.split(' ').any(|word| reads(word) && disguised(core(word))) {
        return None;
    }
    let words: Vec<Cow<'_, str>> = text
        .split(' ')
        .map(|word| {
            let core = core(word);
            if !disguised(core) {
                return Cow::Borrowed(word);
            }
            Cow::Owned(
                core.chars().map(|c| if is_own(c) { c } else { letter(c).unwrap_or(c) }).collect(),
            )
        })
        .collect();
    Some(words.join(" "))
}

/// A word without the marks around it.
fn core(word: &str) -> &str {
    word.trim_matches(['.', ',', ':', ';', '?', '"', '(', ')'])
}

#[expect(clippy::needless_bitwise_bool, reason = "no branch between bytes")]
fn as_latin(text: &str) -> Option<String> {
    // In most lines no letter has such a neighbour.
    let letter = |b: u8| ((b | 0x20).wrapping_sub(b'a') < 26) | (b >= 0x80);
    let like =
        |b: u8| (b.wrapping_sub(b'0') < 8) | (b == b'!') | (b == b'|') | (b == b'@') | (b == b'$');
    if !any_pair(text.as_bytes(), |a, b| letter(a) & like(b) | like(a) & letter(b)) {
        return None;
    }
    reread(
        text,
        |c| {
            Some(match c {
                '0' => 'o',
                '1' | '!' | '|' => 'i',
                '3' => 'e',
                '4' | '@' => 'a',
                '5' | '$' => 's',
                '7' => 't',
                _ => return None,
            })
        },
        Script::Latin,
    )
}

fn as_cyrillic(text: &str) -> Option<String> {
    reread(
        text,
        |c| {
            Some(match c.to_ascii_lowercase() {
                'a' | '@' => 'а',
                'b' => 'в',
                'c' => 'с',
                'e' => 'е',
                'g' => 'д',
                'h' => 'н',
                'k' => 'к',
                'm' => 'м',
                'n' => 'п',
                'o' | '0' => 'о',
                'p' => 'р',
                'r' => 'г',
                't' => 'т',
                'u' => 'и',
                'x' => 'х',
                'y' => 'у',
                '3' => 'з',
                '4' => 'ч',
                '6' => 'б',
                _ => return None,
            })
        },
        Script::Cyrillic,
    )
}

/// A text without the marks between single ideographs; none where fewer than three stand in a row.
fn without_marks(text: &str) -> Option<String> {
    const MARKS: &[char] =
        &['.', '-', '_', '~', '*', '|', '+', '=', '^', '★', '☆', '·', '•', '●', '◆', '/', '\\'];
    if text.is_ascii() {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let wide =
        |at: usize| chars.get(at).and_then(|c| Script::of(*c)).is_some_and(Script::is_unspaced);
    let mut drop = vec![false; chars.len()];
    let mut run: Vec<usize> = Vec::new();
    let mut any = false;
    for (at, c) in chars.iter().enumerate().skip(1) {
        let between = MARKS.contains(c) && wide(at - 1) && wide(at + 1);
        let follows = run.last().is_some_and(|last| last + 2 == at);
        if between && (run.is_empty() || follows) {
            run.push(at);
        } else if between || !run.is_empty() && at > run[run.len() - 1] + 1 {
            run.clear();
            run.extend(between.then_some(at));
        }
        if run.len() >= 3 {
            any = true;
            for &mark in &run {
                drop[mark] = true;
            }
        }
    }
    any.then(|| chars.iter().zip(&drop).filter(|(_, drop)| !**drop).map(|(c, _)| *c).collect())
}

/// Words that invisible characters break up in two places or more.
pub(super) fn broken_words(facts: &Facts<'_>) -> Measure {
    let joined = |c: char| {
        matches!(
            Script::of(c),
            Some(
                Script::Latin
                    | Script::Cyrillic
                    | Script::Greek
                    | Script::Han
                    | Script::Hangul
                    | Script::Kana
            )
        )
    };
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    let mut spots = Vec::new();
    let mut broken = 0usize;
    for line in readable_with(facts, Marks::INVISIBLE) {
        let text = facts.slice(line.span);
        let mut at = line.span.start as usize;
        for word in text.split(' ') {
            let chars: Vec<char> = word.chars().collect();
            let breaks = chars
                .windows(3)
                .filter(|three| invisible(three[1]) && joined(three[0]) && joined(three[2]));
            if breaks.count() >= 2 {
                broken += 1;
                words::join(&mut spots, Span::new(at, at + word.len()), 1.0);
            }
            at += word.len() + 1;
        }
    }
    Measure { value: broken as f64, spots }
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
    // All letters of a run but the first and the last stand alone.
    let may_hold = |survey: &Survey| survey.singles as usize + 2 >= MIN_SPELLED;
    if !may_hold(&facts.survey) {
        return Measure::of(0.0);
    }
    for (_, line) in words::readable(facts).filter(|(_, line)| may_hold(&line.survey)) {
        let text = facts.slice(line.span);
        let mut run = Run::default();
        for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
            if is_alphabetic(c) && run.take(text, at, c) {
                continue;
            }
            if is_alphabetic(c) || c == '\n' || at.saturating_sub(run.end) > MAX_GAP {
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
        let hits = facts.terms.find_topics(&view.text, &view.map, |topic| facts.is_spam(topic));
        let telling = hits.iter().any(|hit| hit.strength >= Strength::Medium);
        let value = if telling { 2.0 } else { 1.0 };
        let start = line.start as usize;
        let span = Span::new(start + self.start, start + self.end);
        Some(Spot::new(span, value).noted(self.letters.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_letters_and_what_looks_like_them_are_read_again() {
        assert_eq!(as_latin("play c4s1no today"), Some("play casino today".to_owned()));
        assert_eq!(as_latin("été b0nus!"), Some("été bonusi".to_owned()));
        for text in ["in 2024, 30 of 50", "no digits here", "a@ b", "", "x86-64 costs $5.50"] {
            assert_eq!(as_latin(text), None, "{text}");
        }
    }
}
