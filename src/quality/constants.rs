//! Thresholds, by language.
//!
//! English, and every language not named here, has those of Gopher (Rae et al. 2021, table A1),
//! C4 (Raffel et al. 2020) and FineWeb (Penedo et al. 2024). Chinese, Japanese and Korean have
//! those of FineWeb-2's settings for `cmn_Hani`, `jpn_Jpan` and `kor_Hang`, which switch the
//! shares of characters in repeated lines, of paragraphs and of short lines off.

use std::ops::RangeInclusive;

/// What the filters compare with.
#[derive(Debug)]
pub(super) struct Constants {
    /// Words that are no bare symbols.
    pub words: RangeInclusive<usize>,
    /// Characters of a word, on average.
    pub word_length: RangeInclusive<f64>,
    /// Most `#`, and most ellipses, per word.
    pub symbols_per_word: f64,
    /// Most lines that begin with a bullet.
    pub bullet_lines: f64,
    /// Most lines that end in an ellipsis.
    pub ellipsis_lines: f64,
    /// Fewest words with a letter.
    pub alphabetic_words: f64,
    /// Fewest different words of `rules/required-words.txt`, where the language has a list.
    pub required_words: usize,
    /// Most repeated lines.
    pub dup_lines: f64,
    /// Most repeated paragraphs.
    pub dup_paragraphs: Option<f64>,
    /// Most characters in repeated lines.
    pub dup_line_chars: Option<f64>,
    /// Most characters in repeated paragraphs.
    pub dup_paragraph_chars: Option<f64>,
    /// Most characters in the top 2-, 3- and 4-gram.
    pub top: [f64; 3],
    /// Most characters in repeated 5- to 10-grams.
    pub dup: [f64; 6],
    /// FineWeb: fewest lines that end a sentence.
    pub line_ends: f64,
    /// FineWeb: most lines of at most 30 characters.
    pub short_lines: Option<f64>,
    /// FineWeb: most characters in repeated lines.
    pub line_dup_chars: f64,
    /// FineWeb: most line breaks per word.
    pub breaks_per_word: f64,
}

/// C4: fewest sentences of a page.
pub(super) const C4_SENTENCES: usize = 5;
/// C4: fewest words of a line.
pub(super) const C4_LINE_WORDS: usize = 3;
/// C4: longest word of a line, in characters.
pub(super) const C4_WORD_CHARS: usize = 1_000;
/// FineWeb: longest short line, in characters.
pub(super) const SHORT_LINE: usize = 30;

/// The constants of a language code.
pub(super) fn of(language: &str) -> &'static Constants {
    match language.split('-').next() {
        Some("zh") => &CHINESE,
        Some("ja") => &JAPANESE,
        Some("ko") => &KOREAN,
        _ => &GENERAL,
    }
}

/// The words of which some are required, where the language has a list, and whether they are
/// looked for inside words.
pub(super) fn required_words(language: &str) -> Option<(Vec<&'static str>, bool)> {
    static TABLE: &str = include_str!("../../rules/required-words.txt");
    let base = language.split('-').next().unwrap_or(language);
    let mut rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let list = rows.find_map(|row| row.strip_prefix(base)?.strip_prefix(' '))?;
    Some((list.split(' ').collect(), base != "en"))
}

const GENERAL: Constants = Constants {
    words: 50..=100_000,
    word_length: 3.0..=10.0,
    symbols_per_word: 0.1,
    bullet_lines: 0.9,
    ellipsis_lines: 0.3,
    alphabetic_words: 0.8,
    required_words: 2,
    dup_lines: 0.3,
    dup_paragraphs: Some(0.3),
    dup_line_chars: Some(0.2),
    dup_paragraph_chars: Some(0.2),
    top: [0.2, 0.18, 0.16],
    dup: [0.15, 0.14, 0.13, 0.12, 0.11, 0.10],
    line_ends: 0.12,
    short_lines: Some(0.67),
    line_dup_chars: 0.01,
    breaks_per_word: 0.3,
};

/// What the settings of FineWeb-2 have in common.
const FINEWEB2: Constants = Constants {
    dup_paragraphs: None,
    dup_line_chars: None,
    dup_paragraph_chars: None,
    short_lines: None,
    line_dup_chars: 0.1,
    ..GENERAL
};

const CHINESE: Constants = Constants {
    word_length: 1.0..=5.0,
    alphabetic_words: 0.735,
    dup_lines: 0.287,
    top: [0.256, 0.201, 0.171],
    dup: [0.198, 0.182, 0.167, 0.154, 0.140, 0.127],
    line_ends: 0.106,
    breaks_per_word: 0.178,
    ..FINEWEB2
};

const JAPANESE: Constants = Constants {
    word_length: 1.0..=6.0,
    alphabetic_words: 0.759,
    dup_lines: 0.328,
    top: [0.239, 0.196, 0.172],
    dup: [0.243, 0.225, 0.207, 0.190, 0.175, 0.159],
    line_ends: 0.096,
    breaks_per_word: 0.130,
    ..FINEWEB2
};

const KOREAN: Constants = Constants {
    word_length: 1.0..=6.0,
    alphabetic_words: 0.791,
    dup_lines: 0.374,
    top: [0.282, 0.228, 0.185],
    dup: [0.201, 0.184, 0.168, 0.154, 0.140, 0.127],
    line_ends: 0.062,
    breaks_per_word: 0.196,
    ..FINEWEB2
};
