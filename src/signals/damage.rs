//! What bad scrapers do to text.

use crate::page::{Format, Zone};
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::{Marks, Script};

/// A scraper that splits text at `3.` or `3)` leaves an open bracket before a paragraph break, a
/// closing one at the beginning of the next paragraph, or `Python⏎⏎4 标准库`. Fires only where
/// both sides of the cut are seen.
pub(super) fn eaten_numbers(facts: &Facts<'_>) -> Measure {
    if !facts.survey.marks.has(Marks::BRACKET) {
        return Measure::of(0.0);
    }
    let lines: Vec<_> = facts.content().collect();
    let (mut opened, mut closed, mut cut) = (Vec::new(), Vec::new(), Vec::new());
    for pair in lines.windows(2) {
        let (before, after) = (facts.slice(pair[0].span), facts.slice(pair[1].span));
        let opens = before.ends_with(['(', '（', '[']);
        let begins = after.starts_with([')', ',', '，', '）']);
        let letter = before.chars().next_back().is_some_and(|c| c.is_ascii_alphabetic());
        let cuts = letter && starts_with_cut_number(after);
        if !(opens || begins || cuts) || !paragraph_break(facts, pair[0].span, pair[1].span) {
            continue;
        }
        let edge = |span: Span| Spot::new(span, 1.0);
        if opens {
            opened.push(edge(last_chars(facts, pair[0].span, 12)));
        }
        if begins {
            closed.push(edge(first_chars(facts, pair[1].span, 12)));
        }
        if cuts {
            cut.push(edge(last_chars(facts, pair[0].span, 12).cover(first_chars(
                facts,
                pair[1].span,
                8,
            ))));
        }
    }
    if opened.len() < 2 || closed.is_empty() && cut.is_empty() {
        return Measure::of(0.0);
    }
    let mut spots = [opened, closed, cut].concat();
    spots.sort_by_key(|spot| spot.span);
    Measure::count(spots)
}

/// `4 标准库`: a number of up to three digits, a space, a Han character.
fn starts_with_cut_number(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = line[digits..].chars();
    (1..=3).contains(&digits)
        && rest.next() == Some(' ')
        && rest.next().and_then(Script::of) == Some(Script::Han)
}

/// Whether a blank line lies between two lines of a text format; in other formats every block is
/// a paragraph.
fn paragraph_break(facts: &Facts<'_>, before: Span, after: Span) -> bool {
    if !matches!(facts.page.format, Format::Text | Format::Markdown) {
        return true;
    }
    let map = &facts.page.source_map;
    let (from, to) = (map.to_source(before).end as usize, map.to_source(after).start as usize);
    let gap = facts.source.get(from..to).unwrap_or("");
    gap.matches('\n').count() >= 2 || gap.matches('\r').count() >= 2
}

fn last_chars(facts: &Facts<'_>, span: Span, chars: usize) -> Span {
    let text = facts.slice(span);
    let at = text.char_indices().rev().nth(chars - 1).map_or(0, |(at, _)| at);
    Span::new(span.start as usize + at, span.end as usize)
}

fn first_chars(facts: &Facts<'_>, span: Span, chars: usize) -> Span {
    let text = facts.slice(span);
    let len = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    Span::new(span.start as usize, span.start as usize + len)
}

/// Words of common programming languages that stand beside operators and quotes.
const CODE_WORDS: &[&str] = &[
    "return", "import ", "import", "async", "await", "def ", "class ", "print(", "while",
    "function", "const ", "public ", "static ", "void ", "self", "None", "null", "except", "raise",
];

/// Code words that make a text hold code.
const MIN_CODE_WORDS: usize = 20;

/// By first byte, the second bytes of [`CODE_WORDS`] that begin with it, as bits.
static BEGINNINGS: [u128; 128] = {
    let mut table = [0; 128];
    let mut at = 0;
    while at < CODE_WORDS.len() {
        let word = CODE_WORDS[at].as_bytes();
        table[word[0] as usize] |= 1 << word[1];
        at += 1;
    }
    table
};

/// Places where one of [`CODE_WORDS`] stands; none can overlap with itself.
fn code_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    // Bytes outside ASCII pass for others here.
    let begins = |pair: &[u8]| BEGINNINGS[usize::from(pair[0] & 0x7f)] >> (pair[1] & 0x7f) & 1 == 1;
    let places = bytes.windows(2).enumerate().filter(|(_, pair)| begins(pair));
    let words_at = |at: usize| {
        let rest = &bytes[at..];
        CODE_WORDS.iter().filter(|word| rest.starts_with(word.as_bytes())).count()
    };
    places.map(|(at, _)| words_at(at)).sum()
}

/// Operators and quotes eaten: hardly one `=`, quote or backtick to twenty code words.
pub(super) fn eaten_operators(facts: &Facts<'_>) -> Measure {
    let (mut words, mut operators) = (0, 0);
    let mut whole: Option<Span> = None;
    for line in facts.lines_with(Marks::CODE).filter(|line| line.has(Marks::PARENTHESIS)) {
        let text = facts.slice(line.span);
        let here = code_words(text);
        if here >= 3 {
            words += here;
            operators += text.matches(['=', '"', '\'', '`']).count();
            whole = Some(whole.map_or(line.span, |span| span.cover(line.span)));
        }
    }
    match whole {
        Some(span) if words >= MIN_CODE_WORDS && operators * 20 < words * 3 => {
            Measure::count(vec![Spot::new(span, 1.0)])
        }
        _ => Measure::of(0.0),
    }
}

/// Fewest lines that lost their indentation.
const MIN_OPENERS: usize = 5;

/// Lines that open a block in Python, YAML or a language with braces and are not followed by an
/// indented line. 0 unless at least five, and four fifths of all; at most seven unless it is all
/// but one in twenty.
pub(super) fn lost_indentation(facts: &Facts<'_>) -> Measure {
    const OPENERS: &[&str] = &[
        "def ",
        "async def ",
        "class ",
        "if ",
        "elif ",
        "else:",
        "for ",
        "while ",
        "with ",
        "try:",
        "except",
        "finally:",
        "async with ",
        "async for ",
    ];
    /// Most lines that say little where some indentation is left.
    const MOST_MIXED: usize = 7;
    let text = if facts.page.format == Format::Html { &facts.page.text } else { facts.source };
    let ends = memchr::memchr2_iter(b':', b'{', text.as_bytes());
    if ends.take(MIN_OPENERS).count() < MIN_OPENERS {
        return Measure::of(0.0);
    }
    let code: Vec<&str> = match facts.page.format {
        Format::Json | Format::Xml => return Measure::of(0.0),
        Format::Html => {
            let blocks = facts.page.blocks.iter().filter(|block| block.zone == Zone::Code);
            blocks.flat_map(|block| facts.slice(block.span).lines()).collect()
        }
        _ => facts.source.lines().collect(),
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut lost, mut openers) = (0usize, 0usize);
    let mut opened: Option<usize> = None; // indentation of the opener before
    for line in code.into_iter().filter(|line| !line.trim().is_empty()) {
        let code = line.trim_start();
        if let Some(outer) = opened.take()
            && !code.starts_with(['}', '{'])
        {
            openers += 1;
            lost += usize::from(indent(line) <= outer);
        }
        let colon = line.trim_end().ends_with(':') && OPENERS.iter().any(|w| code.starts_with(w));
        if colon || line.trim_end().ends_with('{') {
            opened = Some(indent(line));
        }
    }
    let fires = lost >= MIN_OPENERS && lost * 5 >= openers * 4;
    let all = lost * 20 >= openers * 19;
    let value = if all { lost } else { lost.min(MOST_MIXED) };
    Measure::of(if fires { value as f64 } else { 0.0 })
}

/// Ratio where there is too little text to tell.
const NO_RATIO: f64 = 9.0;

pub(super) fn commas_per_stop(facts: &Facts<'_>) -> Measure {
    if !facts.language.starts_with("zh") {
        return Measure::of(NO_RATIO);
    }
    let stops = memchr::memmem::find_iter(facts.page.visible().as_bytes(), "。").count();
    if stops < 15 {
        return Measure::of(NO_RATIO);
    }
    let text: Vec<char> = facts.page.visible().chars().collect();
    let han = |c: Option<&char>| c.is_some_and(|c| Script::of(*c) == Some(Script::Han));
    let commas = (0..text.len())
        .filter(|&i| matches!(text[i], '，' | ',' | '、'))
        .filter(|&i| i > 0 && han(text.get(i - 1)) || han(text.get(i + 1)))
        .count();
    // Never 0, which would mean that nothing was measured.
    Measure::of((commas as f64 / stops as f64).max(0.001))
}

pub(super) fn replacement_chars(facts: &Facts<'_>) -> Measure {
    if !facts.survey.marks.has(Marks::REPLACEMENT) {
        return Measure::of(0.0);
    }
    let spots: Vec<Spot> = facts
        .page
        .visible()
        .match_indices('\u{fffd}')
        .map(|(at, c)| Spot::new(Span::new(at, at + c.len()), 1.0))
        .collect();
    Measure::count(spots)
}

pub(super) fn replacement_rate(facts: &Facts<'_>) -> Measure {
    let chars = facts.survey.chars.max(1);
    let mut measure = replacement_chars(facts);
    measure.value = measure.value * 1_000.0 / f64::from(chars);
    measure
}

pub(super) fn invalid_bytes(facts: &Facts<'_>) -> Measure {
    Measure::of(f64::from(facts.invalid_bytes))
}

pub(super) fn debug_fill(facts: &Facts<'_>) -> Measure {
    let is_fill = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r' | '\u{c}' | '\u{85}');
    let mut spots: Vec<Spot> = Vec::new();
    for line in facts.lines_with(Marks::CONTROL).filter(|line| line.zone != Zone::Code) {
        for (at, c) in facts.slice(line.span).char_indices().filter(|(_, c)| is_fill(*c)) {
            let start = line.span.start as usize + at;
            spots.push(Spot::new(Span::new(start, start + c.len_utf8()), 1.0));
        }
    }
    Measure::count(spots)
}

/// Brackets that are not closed or not opened, as a share of those that are; 0 below sixty.
pub(super) fn unbalanced_brackets(facts: &Facts<'_>) -> Measure {
    let (mut open, mut close) = (0usize, 0usize);
    for line in facts.content_with(Marks::BRACKET) {
        for c in facts.slice(line.span).chars() {
            open += usize::from(matches!(c, '(' | '（' | '[' | '{' | '「' | '《'));
            close += usize::from(matches!(c, ')' | '）' | ']' | '}' | '」' | '》'));
        }
    }
    if open + close < 60 {
        return Measure::of(0.0);
    }
    Measure::share(open.abs_diff(close), open.max(close))
}

/// Formulas that were flattened: a letter three times in a row, once for the eye, once for the
/// machine, once for the source. From 0.
pub(super) fn tripled_letters(facts: &Facts<'_>) -> Measure {
    let mut spots = Vec::new();
    for line in facts.content().filter(|line| line.survey.singles >= 3) {
        let text = facts.slice(line.span);
        let mut three = [""; 3];
        for token in text.split_whitespace() {
            three = [three[1], three[2], token];
            let mut chars = token.chars();
            let single = chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none();
            if single && three[0] == three[1] && three[1] == three[2] {
                let start = three[0].as_ptr() as usize - text.as_ptr() as usize;
                let end = three[2].as_ptr() as usize - text.as_ptr() as usize + three[2].len();
                let base = line.span.start as usize;
                spots.push(Spot::new(Span::new(base + start, base + end), 1.0));
            }
        }
    }
    Measure::count(spots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_word_is_counted() {
        let text = CODE_WORDS.join("|") + "|returnimport self.self";
        let counted: usize = CODE_WORDS.iter().map(|word| text.matches(word).count()).sum();
        assert_eq!(code_words(&text), counted);
        assert_eq!(counted, CODE_WORDS.len() + 6);
    }

    #[test]
    fn a_cut_number_is_followed_by_han() {
        assert!(starts_with_cut_number("4 标准库"));
        assert!(!starts_with_cut_number("4 apples"));
        assert!(!starts_with_cut_number("2024 年"));
    }
}
