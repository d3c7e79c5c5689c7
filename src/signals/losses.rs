//! Numbers, spaces and punctuation that are gone from prose.

use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::text::{Marks, Script, any_byte, any_pair, is_alphabetic, is_clause_mark, tokens};

/// Traces of numbers that are gone: a currency sign before a word, `-year-old` without a number,
/// a comma after a space, empty brackets, `年月日`. 0 unless there are at least four, or three (in
/// Chinese two) on a long page without any number, and two for each number that is left: pages whose numbers are
/// there have such places too.
pub(super) fn lost_numbers(facts: &Facts<'_>) -> Measure {
    /// Visible bytes from which a page without any number is odd.
    const LONG: usize = 2_000;
    let mut spots = Vec::new();
    for line in facts.content_with(Marks::LONE_COUNT) {
        let text = facts.slice(line.span);
        if !may_lack_number(text, line.prose) {
            continue;
        }
        let traces = traces(text, line.prose);
        if traces > 0 {
            spots.push(Spot::new(line.span, traces as f64));
        }
    }
    let traces: f64 = spots.iter().map(|spot: &Spot| spot.value).sum();
    if traces < 2.0 {
        return Measure::of(0.0);
    }
    let numbers: u32 = facts.content().map(|line| standalone_numbers(facts.slice(line.span))).sum();
    // Chinese dates and counts leave fewer traces of other kinds.
    let few = if facts.language.starts_with("zh") { 2.0 } else { 3.0 };
    let bare = numbers == 0 && traces >= few && facts.page.visible_len >= LONG;
    if traces < 4.0 && !bare || traces < 2.0 * f64::from(numbers) {
        return Measure::of(0.0);
    }
    Measure { value: traces, spots }
}

/// Places of a text where a number was cut out.
fn traces(text: &str, prose: bool) -> usize {
    let sign = |c: char| {
        matches!(c, '$' | '€' | '£' | '¥' | '₹' | '-' | ',' | '.' | '%' | '(' | '#')
            || matches!(c, '第' | '年' | '月')
    };
    text.match_indices(sign).filter(|(at, sign)| is_trace(text, *at, sign, prose)).count()
}

/// Whether a number was cut out at a sign of a text.
fn is_trace(text: &str, at: usize, sign: &str, prose: bool) -> bool {
    let (mut back, mut on) = (text[..at].chars(), text[at + sign.len()..].chars());
    let (before, earlier) = (back.next_back().unwrap_or(' '), back.next_back().unwrap_or(' '));
    let behind = on.clone();
    let (next, then) = (on.next().unwrap_or(' '), on.next().unwrap_or(' '));
    let han = |c: char| Script::of(c) == Some(Script::Han);
    match sign.chars().next().unwrap_or(' ') {
        '$' | '€' | '£' | '¥' | '₹' => {
            !before.is_numeric()
                && (next == ' ' && then.is_lowercase() || matches!(next, '.' | ',' | ')'))
        }
        '-' => before == ' ' && prose && next.is_lowercase() && then.is_lowercase(),
        ',' => before == ' ' && (earlier.is_alphanumeric() || earlier == ','),
        '.' => before == ' ' && prose && earlier.is_lowercase() && matches!(next, ' '),
        '%' => {
            before == ' ' && is_alphabetic(earlier)
                || han(before) && !"一二三四五六七八九十百千万零半分".contains(before)
        }
        '(' => prose && before == ' ' && next == ')',
        '第' => {
            // Spaces stood around the number.
            let counter = behind.clone().find(|c| *c != ' ').unwrap_or(' ');
            "章条集回页期届次位名年个篇部步周天".contains(counter)
        }
        // A date without its numbers, as `，年月日` or `于年月`; forms ask for `出生年月`.
        '年' => {
            next == '月' && !"出生逝卒岁何前".contains(before) && (then == '日' || !han(before))
        }
        '月' => next == '日' && !han(before) && before != '/' && !before.is_numeric(),
        '#' => before == ' ' && next == ' ' && prose && then.is_lowercase(),
        _ => false,
    }
}

/// Whether a line has any of the signs that traces of lost numbers are made of: most have none.
#[expect(clippy::needless_bitwise_bool, reason = "no branch between bytes")]
fn may_lack_number(text: &str, prose: bool) -> bool {
    let bytes = text.as_bytes();
    // Some signs are traces in prose only.
    let in_prose = |b: u8| prose & ((b == b'-') | (b == b'.') | (b == b'#'));
    let mark = |b: u8| (b == b',') | (b == b'%') | in_prose(b);
    bytes.first().is_some_and(|&first| first != b'.' && mark(first))
        || any_pair(bytes, |a, b| {
            (b == b'$') | (a == b' ') & mark(b) | prose & (a == b'(') & (b == b')')
        })
        || bytes.first() == Some(&b'$')
        || !text.is_ascii() && has_wide_sign(text)
}

/// Whether a text holds one of `€ £ ¥ ₹ 第 年 月 %`.
#[expect(clippy::needless_bitwise_bool, reason = "no branch between bytes")]
fn has_wide_sign(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = any_pair(bytes, |a, b| {
        (a == 0xe2) & (b == 0x82)
            | (a == 0xc2) & ((b == 0xa3) | (b == 0xa5))
            | (a == 0xe7) & (b == 0xac)
            | (a == 0xe5) & (b == 0xb9)
            | (a == 0xe6) & (b == 0x9c)
    });
    begins && text.contains(['€', '£', '¥', '₹', '第', '年', '月'])
        || any_byte(bytes, |byte| byte == b'%')
}

/// Numbers that are no part of a word: `12`, `1,200`, but not `H3` or `21st`.
fn standalone_numbers(text: &str) -> u32 {
    let alphabetic = |c: char| is_alphabetic(c) && Script::of(c) != Some(Script::Han);
    let tokens = text.split(|c: char| !(c.is_ascii_digit() || alphabetic(c)));
    tokens.filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit())).count()
        as u32
}

/// Fewest words for a statement on spaces or punctuation.
const MIN_WORDS: usize = 40;
/// Shortest line that is looked at: a sentence, in characters.
const MIN_LINE: usize = 60;

/// What the words of a page look like where spaces are counted.
struct Glue {
    /// Words with letters of a spaced script.
    words: usize,
    /// Letters of these.
    letters: usize,
    /// Letters in runs of twenty or more.
    glued: usize,
    /// Sentences or clauses joined without a space: `sein.Wozu`, `text,and`.
    joined: usize,
    spots: Vec<Spot>,
}

/// Bytes that no word run together with another holds.
static NO_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let marks = b"/@\\_=&%#<>|-*`~+(){}[]";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// Letters in a row that are rarely one word.
const LONG_RUN: usize = 20;

/// The words of a line, if it is looked at, but addresses, paths, code and compounds with hyphens,
/// which are no words run together.
fn glueable(text: &str) -> impl Iterator<Item = &str> {
    let line = if text.len() < MIN_LINE { "" } else { text };
    tokens(line).filter(|word| !word.bytes().any(|byte| NO_WORD[usize::from(byte)]))
}

fn glue(facts: &Facts<'_>) -> Glue {
    let mut glue = Glue { words: 0, letters: 0, glued: 0, joined: 0, spots: Vec::new() };
    for line in facts.content() {
        let text = facts.slice(line.span);
        for word in glueable(text) {
            let (letters, longest, joined) = runs(word);
            if letters == 0 {
                continue;
            }
            glue.words += 1;
            glue.letters += letters;
            glue.joined += joined;
            if longest >= LONG_RUN {
                glue.glued += longest;
                let start =
                    line.span.start as usize + word.as_ptr() as usize - text.as_ptr() as usize;
                glue.spots.push(Spot::new(Span::new(start, start + word.len()), longest as f64));
            }
        }
    }
    glue
}

/// Letters of spaced scripts in a word, the longest run of them, and how often a comma or a full
/// stop stands between two runs.
fn runs(word: &str) -> (usize, usize, usize) {
    let (mut letters, mut longest, mut joined, mut stops) = (0, 0, 0, 0);
    let mut run = 0usize;
    let mut mark = None;
    for c in word.chars() {
        let spaced = c.is_ascii_alphabetic()
            || !c.is_ascii()
                && Script::of(c).is_some_and(|s| !s.is_unspaced() && s != Script::Hangul);
        if spaced {
            letters += 1;
            run += 1;
            // The second letter after the mark: `z.B.` and `U.S.` are abbreviations.
            if run == 2 && mark.take().is_some() {
                joined += 1;
            }
            longest = longest.max(run);
        } else {
            if matches!(c, '.' | ',' | ';' | ':' | '!' | '?') {
                stops += usize::from(c == '.');
                mark = (run >= 2).then_some(c);
            } else {
                mark = None;
            }
            run = 0;
        }
    }
    // Names of hosts and files have several stops, or one before a short ending.
    (letters, longest, if stops > 1 { 0 } else { joined })
}

/// Share of the letters in runs of twenty or more, 0 to 1; 0 below forty words.
pub(super) fn glued_letters(facts: &Facts<'_>) -> Measure {
    let glue = glue(facts);
    if glue.words < MIN_WORDS {
        return Measure::of(0.0);
    }
    Measure { value: glue.glued as f64 / glue.letters.max(1) as f64, spots: glue.spots }
}

/// At least [`glued_letters`]. The share only sinks with each line that is read, so that most
/// pages need but a few.
pub(super) fn glued_bound(facts: &Facts<'_>) -> f64 {
    /// A share that no rule cares for.
    const LOW: f64 = 0.02;
    let lines = || facts.content().map(|line| (line, facts.slice(line.span)));
    let long = lines().filter(|(line, _)| line.survey.longest as usize >= LONG_RUN);
    let runs = long.flat_map(|(_, text)| glueable(text)).map(|word| runs(word).1);
    let glued: usize = runs.filter(|run| *run >= LONG_RUN).sum();
    let (mut share, mut letters) = (if glued > 0 { 1.0 } else { 0.0 }, 0);
    for word in lines().flat_map(|(_, text)| glueable(text)) {
        if share < LOW {
            break;
        }
        letters += self::runs(word).0;
        share = glued as f64 / letters.max(1) as f64;
    }
    share
}

/// Clauses that are joined without a space, per hundred words; 0 below forty words.
pub(super) fn joined_clauses(facts: &Facts<'_>) -> Measure {
    let glue = glue(facts);
    if glue.words < MIN_WORDS {
        return Measure::of(0.0);
    }
    Measure::of(glue.joined as f64 * 100.0 / glue.words as f64)
}

/// Words per mark of punctuation in lines of twelve words or more of spaced scripts. People
/// write a mark every five to fifteen words. 0 below a hundred words.
pub(super) fn words_per_mark(facts: &Facts<'_>) -> Measure {
    const MIN_LINE_WORDS: usize = 12;
    let (mut words, mut marks) = (0usize, 0usize);
    let mut spots = Vec::new();
    for line in facts.content() {
        let survey = &line.survey;
        if line.span.len() < MIN_LINE {
            continue;
        }
        let (here, ends, spaced) =
            (survey.tokens as usize, survey.marked as usize, survey.spaced as usize);
        // Tables, code and lists of numbers are no sentences.
        if here < MIN_LINE_WORDS || spaced * 10 < here * 8 {
            continue;
        }
        words += here;
        marks += ends;
        if ends * 30 < here {
            spots.push(Spot::new(line.span, here as f64));
        }
    }
    if words < 100 {
        return Measure::of(0.0);
    }
    Measure { value: words as f64 / (marks as f64).max(0.5), spots }
}

/// Han characters per mark of punctuation in lines of 25 or more. People write a mark every
/// seven to fifteen; a space between two such characters is one, too. 0 below a hundred.
pub(super) fn han_per_mark(facts: &Facts<'_>) -> Measure {
    const MIN_LINE_HAN: usize = 25;
    if facts.scripts.get(Script::Han) < 100 {
        return Measure::of(0.0);
    }
    let (mut all, mut marks) = (0usize, 0usize);
    let mut spots = Vec::new();
    let long = |line: &&Line| line.survey.ideographic as usize >= MIN_LINE_HAN;
    for line in facts.content().filter(long) {
        let text = facts.slice(line.span);
        let is_han = |c: char| Script::of(c) == Some(Script::Han);
        let (mut han, mut here) = (0, 0);
        let mut before = ' ';
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied().unwrap_or(' ');
            han += usize::from(is_han(c));
            let space = c.is_whitespace() && is_han(before) && is_han(next);
            here += usize::from(space || is_clause_mark(c) || Script::of(c) == Some(Script::Kana));
            before = c;
        }
        if han < MIN_LINE_HAN {
            continue;
        }
        all += han;
        marks += here;
        if here * 25 < han {
            spots.push(Spot::new(line.span, han as f64));
        }
    }
    if all < 100 {
        return Measure::of(0.0);
    }
    Measure { value: all as f64 / (marks as f64).max(0.5), spots }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_joins_are_counted() {
        assert_eq!(runs("sein.Wozu"), (8, 4, 1));
        assert_eq!(runs("z.B."), (2, 1, 0));
        assert_eq!(runs("www.shop.example"), (14, 7, 0));
        assert_eq!(runs("Wasserstoffgehörtzudenen"), (24, 24, 0));
        assert_eq!(runs("数据库"), (0, 0, 0));
    }

    #[test]
    fn signs_are_seen_wherever_they_stand() {
        for sign in
            ["€", "£", "¥", "₹", "第", "年", "月", "$", "é%", " -", " ,", " .", " %", " ()", " #"]
        {
            for text in [format!("{sign}ab"), format!("ab{sign}"), format!("是ab{sign}c")] {
                assert!(may_lack_number(&text, true), "{text}");
            }
        }
        assert!(!may_lack_number("a - b", false) && may_lack_number("a , b", false));
        assert!(may_lack_number("-year-old", true) && may_lack_number("%", false));
        for text in ["", ".", "a.b, c", "50% off", "中文。", "ab é – ¢ †", "e-mail (a)"] {
            assert!(!may_lack_number(text, true), "{text}");
        }
    }

    #[test]
    fn dates_without_numbers_are_traces() {
        let traces = |text: &str| traces(text, true);
        assert_eq!(traces("，年月日，他在第 期写道，约占%。"), 3);
        assert_eq!(traces("出生年月日：，第一期，百分之三十，50%"), 0);
        assert_eq!(traces("2007年1月9日，30%"), 0);
    }
}
