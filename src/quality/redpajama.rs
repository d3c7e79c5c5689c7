//! Signals of RedPajama-v2.
//!
//! Its words are of two kinds: *raw*, runs of letters and digits or runs of marks; *normalised*,
//! what stands between spaces in lower case without ASCII punctuation. Signals it gives per line
//! are averaged over lines here. Those that need a model or a list of its own are left out.

use std::collections::BTreeMap;

use crate::quality::filters::{count_ellipses, ends_in_ellipsis};
use crate::quality::grams::Numbered;
use crate::quality::{Text, share};

const TOP: [(usize, &str); 3] = [
    (2, "rps_doc_frac_chars_top_2gram"),
    (3, "rps_doc_frac_chars_top_3gram"),
    (4, "rps_doc_frac_chars_top_4gram"),
];
const DUPE: [(usize, &str); 6] = [
    (5, "rps_doc_frac_chars_dupe_5grams"),
    (6, "rps_doc_frac_chars_dupe_6grams"),
    (7, "rps_doc_frac_chars_dupe_7grams"),
    (8, "rps_doc_frac_chars_dupe_8grams"),
    (9, "rps_doc_frac_chars_dupe_9grams"),
    (10, "rps_doc_frac_chars_dupe_10grams"),
];

/// Marks that begin an item of a list.
const BULLETS: [char; 10] = ['•', '‣', '▶', '◀', '◦', '■', '□', '▪', '▫', '–'];

/// Adds the signals of a text.
pub(super) fn tell(text: &Text<'_>, signals: &mut BTreeMap<&'static str, f64>) {
    documents(text, signals);
    lines(text, signals);
}

fn documents(text: &Text<'_>, signals: &mut BTreeMap<&'static str, f64>) {
    let normal = normalised(text.text);
    let words = Numbered::new(normal.split_whitespace());
    let counts = words.counts();
    let total: usize = counts.iter().sum();
    let chars = words.chars();
    let entropy: f64 = counts
        .iter()
        .map(|&count| share(count, total))
        .map(|frequency| -frequency * frequency.ln())
        .sum();
    let raw = raw_words(text.text);
    let raw_that =
        |test: fn(&str) -> bool| share(raw.iter().filter(|word| test(word)).count(), raw.len());
    let hashes = text.text.matches('#').count();
    let brackets = text.text.matches(['{', '}']).count();
    let filler = normal.matches("lorem ipsum").count();
    let has_letter = |word: &str| word.bytes().any(|byte| byte.is_ascii_alphabetic());
    signals.extend([
        ("rps_doc_curly_bracket", share(brackets, text.chars)),
        ("rps_doc_frac_all_caps_words", raw_that(is_upper)),
        (
            "rps_doc_frac_no_alph_words",
            if raw.is_empty() { 0.0 } else { 1.0 - raw_that(has_letter) },
        ),
        ("rps_doc_frac_unique_words", share(counts.len(), total)),
        ("rps_doc_lorem_ipsum", share(filler, normal.chars().count())),
        ("rps_doc_mean_word_length", share(chars, total)),
        ("rps_doc_num_sentences", sentences(text.text) as f64),
        ("rps_doc_symbol_to_word_ratio", share(hashes + count_ellipses(text.text), raw.len())),
        // Adding nothing makes `-0` of a single word plain.
        ("rps_doc_unigram_entropy", entropy + 0.0),
        ("rps_doc_word_count", total as f64),
    ]);
    for (n, name) in TOP {
        let top = words.top(n).filter(|(_, count)| *count > 1);
        signals.insert(name, share(top.map_or(0, |(length, count)| length * count), chars));
    }
    for (n, name) in DUPE {
        signals.insert(name, share(words.repeated_all(n), chars));
    }
}

fn lines(text: &Text<'_>, signals: &mut BTreeMap<&'static str, f64>) {
    let lines: Vec<&str> = text.text.split_inclusive('\n').collect();
    let normal: Vec<String> = lines.iter().map(|line| normalised(line)).collect();
    let lines_that =
        |test: fn(&str) -> bool| share(lines.iter().filter(|line| test(line)).count(), lines.len());
    let mean = |sum: f64| if lines.is_empty() { 0.0 } else { sum / lines.len() as f64 };
    let of_chars = |line: &str, test: fn(char) -> bool, chars: usize| {
        share(line.chars().filter(|&c| test(c)).count(), chars)
    };
    let whole = |line: &str| line.chars().count();
    let capitals: f64 =
        lines.iter().map(|line| of_chars(line, char::is_uppercase, whole(line))).sum();
    let digits: f64 = normal.iter().map(|line| of_chars(line, char::is_numeric, whole(line))).sum();
    let words: usize = normal.iter().map(|line| line.split_whitespace().count()).sum();
    let scripts =
        |line: &String| line.split_whitespace().filter(|word| *word == "javascript").count();
    let scripts: usize = normal.iter().map(scripts).sum();
    signals.extend([
        ("rps_doc_frac_lines_end_with_ellipsis", lines_that(ends_in_ellipsis)),
        // The name is misspelt where it comes from.
        (
            "rps_lines_ending_with_terminal_punctution_mark",
            lines_that(|line| line.trim_end().ends_with(['.', '!', '?', '”'])),
        ),
        ("rps_lines_javascript_counts", mean(scripts as f64)),
        ("rps_lines_num_words", mean(words as f64)),
        ("rps_lines_numerical_chars_fraction", mean(digits)),
        (
            "rps_lines_start_with_bulletpoint",
            lines_that(|line| line.trim_start().starts_with(BULLETS)),
        ),
        ("rps_lines_uppercase_letter_fraction", mean(capitals)),
    ]);
}

/// Lower case, without ASCII punctuation, runs of spaces as one.
fn normalised(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_ascii_punctuation()).collect();
    kept.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Runs of letters, digits and `_`, and runs of marks.
fn raw_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for chunk in text.split_whitespace() {
        let mut start = 0;
        let mut last = None;
        for (at, c) in chunk.char_indices() {
            let letter = is_word_char(c);
            if last.is_some_and(|last| last != letter) {
                words.push(&chunk[start..at]);
                start = at;
            }
            last = Some(letter);
        }
        words.push(&chunk[start..]);
    }
    words
}

/// Whether a word has capitals and no small letter.
fn is_upper(word: &str) -> bool {
    word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase)
}

/// Pieces that begin at the edge of a word and reach to the next run of `.`, `!` and `?`.
fn sentences(text: &str) -> usize {
    text.split(['.', '!', '?']).filter(|piece| piece.contains(is_word_char)).count()
}
