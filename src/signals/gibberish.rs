//! Letters that no language writes in such a row.

use crate::page::Zone;
use crate::signals::words::join;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::{Gap, Marks, Script, Word, is_alphabetic, tokens};

/// Letters that follow a letter in hardly any language of the Latin script: of a hundred thousand
/// pairs in the words of each of twenty languages, fewer than three.
const IMPROBABLE: &[(char, &str)] = &[
    ('b', "qv"),
    ('c', "gvwx"),
    ('d', "qx"),
    ('f', "qx"),
    ('g', "qx"),
    ('h', "qx"),
    ('j', "bcjxy"),
    ('k', "x"),
    ('l', "x"),
    ('m', "qx"),
    ('p', "qvx"),
    ('q', "bdfghjkmnpstvyz"),
    ('s', "x"),
    ('v', "fhpqwx"),
    ('w', "jpqvx"),
    ('x', "fgjkqrswxz"),
    ('y', "qx"),
    ('z', "x"),
];
/// Fewest words for a statement.
const MIN_WORDS: usize = 25;

/// What a word is for [`improbable_words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Too short, too long, or no word.
    Other,
    Probable,
    Improbable,
}

impl Kind {
    /// Of a word whose letters but the first are in lower case.
    fn of(word: &[u8]) -> Self {
        match word.len() {
            4..=16 if is_improbable(word) => Self::Improbable,
            4..=16 => Self::Probable,
            _ => Self::Other,
        }
    }

    /// Of what stands between white space.
    fn of_token(token: &[u8]) -> Self {
        let mark = |byte: &u8| !byte.is_ascii_punctuation();
        let (Some(from), Some(last)) = (token.iter().position(mark), token.iter().rposition(mark))
        else {
            return Self::Other;
        };
        let word = &token[from..=last];
        let plain = word[0].is_ascii() && word[1..].iter().all(u8::is_ascii_lowercase);
        if plain { Self::of(word) } else { Self::Other }
    }
}

/// Share of the words of four to sixteen Latin letters, in lower case but for the first, that hold
/// a pair no language writes. 0 to 1; 0 below twenty-five words.
pub(super) fn improbable_words(facts: &Facts<'_>) -> Measure {
    let words = facts.words();
    let kinds: Vec<Kind> = words.texts().map(|word| Kind::of(word.as_bytes())).collect();
    let (mut improbable, mut all) = (0usize, 0usize);
    let mut spots: Vec<Spot> = Vec::new();
    for (index, line) in facts.lines.iter().enumerate().filter(|(_, l)| l.zone != Zone::Code) {
        let mut here = 0usize;
        let mut add = |kind| {
            all += usize::from(kind != Kind::Other);
            here += usize::from(kind == Kind::Improbable);
        };
        if line.has(Marks::CONTROL) {
            // Control characters part words of the table, but not these.
            tokens(facts.slice(line.span)).for_each(|token| add(Kind::of_token(token.as_bytes())));
        } else {
            each_plain(&facts.page.text, line.span, words.line(index), words.tail(index), |word| {
                add(kinds[word.id as usize]);
            });
        }
        if here > 0 {
            join(&mut spots, line.span, here as f64);
        }
        improbable += here;
    }
    if all < MIN_WORDS {
        return Measure::of(0.0);
    }
    Measure { value: improbable as f64 / all as f64, spots }
}

/// At least [`improbable_words`]: as if there were no other words than needed for a statement.
pub(super) fn improbable_bound(facts: &Facts<'_>) -> f64 {
    // Control characters part words of the table only.
    if facts.survey.marks.has(Marks::CONTROL) {
        return 1.0;
    }
    let words = facts.words();
    let improbable = |(word, _): &(&str, u32)| Kind::of(word.as_bytes()) == Kind::Improbable;
    let counts = words.texts().zip(words.counts()).filter(improbable).map(|(_, count)| count);
    f64::from(counts.sum::<u32>()) / MIN_WORDS as f64
}

/// Calls `then` with each word of a line that is in lower case but for its first letter and has
/// nothing but ASCII punctuation between it and the white space around.
fn each_plain(text: &str, line: Span, row: &[Word], tail: Gap, mut then: impl FnMut(&Word)) {
    // Whether a gap parts the word before it, and the word behind it, so from others.
    let apart = |gap: Gap, start, end| {
        let between = || &text[Span { start, end }.range()];
        let clean = |piece: Option<&str>| piece.is_some_and(str::is_ascii);
        match gap.has(Gap::SPACE) {
            apart if !gap.has(Gap::WIDE) => (apart, apart),
            false => (false, false),
            true => (
                clean(between().split(char::is_whitespace).next()),
                clean(between().rsplit(char::is_whitespace).next()),
            ),
        }
    };
    let mut at = line.start;
    let mut begun = None;
    for word in row {
        let (ends, begins) = apart(word.gap, at, word.span.start);
        if ends && let Some(word) = begun {
            then(word);
        }
        let first = at == line.start && !word.gap.has(Gap::WIDE);
        begun = Some(word).filter(|word| word.plain && (begins || first));
        at = word.span.end;
    }
    if let Some(word) = begun
        && (!tail.has(Gap::WIDE) || apart(tail, at, line.end).0)
    {
        then(word);
    }
}

/// [`IMPROBABLE`] as a bit for each second letter.
static FOLLOWERS: [u32; 26] = {
    let mut table = [0; 26];
    let mut row = 0;
    while row < IMPROBABLE.len() {
        let (first, seconds) = IMPROBABLE[row];
        let mut at = 0;
        while at < seconds.len() {
            table[(first as u8 - b'a') as usize] |= 1 << (seconds.as_bytes()[at] - b'a');
            at += 1;
        }
        row += 1;
    }
    table
};

/// Whether two letters in a row, all but the first in lower case, are improbable.
fn is_improbable(word: &[u8]) -> bool {
    // Other bytes pass for letters here, and letters for themselves.
    let may_be = |[a, b]: [u8; 2]| {
        let place = usize::from(a.wrapping_sub(b'a') % 32);
        FOLLOWERS.get(place).copied().unwrap_or(0) >> (b.wrapping_sub(b'a') % 32) & 1
    };
    word.array_windows().map(|pair| may_be(*pair)).fold(0, std::ops::BitOr::bitor) == 1
        && word.windows(2).any(|pair| {
            let first = pair[0].to_ascii_lowercase().wrapping_sub(b'a');
            let followers = FOLLOWERS.get(usize::from(first)).copied().unwrap_or(0);
            pair[1].is_ascii_lowercase() && followers >> (pair[1] - b'a') & 1 == 1
        })
}

/// Fewest Cyrillic letters for a statement.
const MIN_CYRILLIC: usize = 200;

/// Share of the ten most frequent Slavic letters among the Cyrillic letters and the signs that
/// stand in their place in code pages, 0 to 1; 1 below two hundred or where other scripts
/// prevail. Languages stay above 0.5, texts read in the wrong Cyrillic code page below 0.45.
pub(super) fn common_cyrillic(facts: &Facts<'_>) -> Measure {
    const COMMON: &str = "оеаинтсрвлОЕАИНТСРВЛ";
    let (mut common, mut all) = (0usize, 0usize);
    let cyrillic = facts.scripts.get(Script::Cyrillic);
    // Drawings and symbols of other texts are no letters that went wrong.
    if cyrillic < MIN_CYRILLIC || cyrillic * 2 < facts.scripts.total() {
        return Measure::of(1.0);
    }
    for c in facts.page.visible().chars().filter(|c| !c.is_ascii()) {
        let cyrillic = Script::of(c) == Some(Script::Cyrillic);
        let drawn = matches!(c, '\u{2500}'..='\u{259f}');
        all += usize::from(cyrillic || drawn);
        common += usize::from(cyrillic && COMMON.contains(c));
    }
    Measure::share(common, all)
}

/// Box-drawing signs between letters and single half-width Kana between Han characters, per hundred
/// letters: what code page 437 and `Shift_JIS` make of UTF-8. From 0.
pub(super) fn drawn_letters(facts: &Facts<'_>) -> Measure {
    let text = facts.page.visible();
    if !facts.survey.marks.has(Marks::DRAWN) {
        return Measure::of(0.0);
    }
    let drawn = |c: char| matches!(c, '\u{2500}'..='\u{259f}');
    let narrow = |c: char| matches!(c, '\u{ff61}'..='\u{ff9f}');
    let (mut odd, mut letters) = (0usize, 0usize);
    let mut around = [' '; 3];
    for c in text.chars().chain([' ']) {
        around = [around[1], around[2], c];
        let [before, middle, after] = around;
        letters += usize::from(is_alphabetic(middle));
        // Frames of tables stand beside each other and beside spaces.
        let between = drawn(middle)
            && (is_alphabetic(before) && !after.is_whitespace()
                || is_alphabetic(after) && !before.is_whitespace());
        let han = Script::of(before) == Some(Script::Han) || Script::of(after) == Some(Script::Han);
        let alone = narrow(middle) && !narrow(before) && !narrow(after) && han;
        odd += usize::from(between || alone);
    }
    Measure::of(odd as f64 * 100.0 / letters.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::WordTable;

    #[test]
    fn rows_are_sorted() {
        assert!(IMPROBABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    proptest::proptest! {
        #[test]
        fn words_of_the_table_are_tokens_without_punctuation(line in "[a-zA-Z4é中’'“(.… \u{a0}]{0,40}|[a-z ,—]{0,80}") {
            let whole = Span::new(0, line.len());
            let table = WordTable::read(&line, 0, std::iter::once(whole));
            let mut found = Vec::new();
            each_plain(&line, whole, table.line(0), table.tail(0), |word| {
                found.push(Kind::of(line[word.span.range()].as_bytes()));
            });
            found.retain(|kind| *kind != Kind::Other);
            let expected = tokens(&line).map(|token| Kind::of_token(token.as_bytes()));
            let expected: Vec<Kind> = expected.filter(|kind| *kind != Kind::Other).collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn only_what_no_language_writes_is_improbable() {
        for word in ["baker", "strength", "schlecht", "szczęście", "nghiêng", "qatar", "jazz"] {
            assert!(!is_improbable(word.as_bytes()), "{word}");
        }
        for word in ["zxmv", "bvqow", "hjqkf"] {
            assert!(is_improbable(word.as_bytes()), "{word}");
        }
    }
}
