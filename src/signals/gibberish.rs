//! Letters that no language writes in such a row.

use crate::page::Zone;
use crate::signals::words::join;
use crate::signals::{Facts, Measure, Spot};
use crate::text::{Marks, Script, is_alphabetic, tokens};

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

/// Share of the words of four to sixteen Latin letters, in lower case but for the first, that hold
/// a pair no language writes. 0 to 1; 0 below twenty-five words.
pub(super) fn improbable_words(facts: &Facts<'_>) -> Measure {
    let (mut improbable, mut all) = (0usize, 0usize);
    let mut spots: Vec<Spot> = Vec::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let before = improbable;
        for word in tokens(facts.slice(line.span)) {
            let word = word.as_bytes();
            let mark = |byte: &u8| !byte.is_ascii_punctuation();
            let (Some(from), Some(last)) =
                (word.iter().position(mark), word.iter().rposition(mark))
            else {
                continue;
            };
            let word = &word[from..=last];
            if !(4..=16).contains(&word.len())
                || !word[0].is_ascii()
                || !word[1..].iter().all(u8::is_ascii_lowercase)
            {
                continue;
            }
            all += 1;
            improbable += usize::from(is_improbable(word));
        }
        if improbable > before {
            join(&mut spots, line.span, (improbable - before) as f64);
        }
    }
    if all < MIN_WORDS {
        return Measure::of(0.0);
    }
    Measure { value: improbable as f64 / all as f64, spots }
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
    word.windows(2).any(|pair| {
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

    #[test]
    fn rows_are_sorted() {
        assert!(IMPROBABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
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
