//! The filters of Gopher, C4 and FineWeb: what they measure, and in which order they test it.
//!
//! Denominators are those of the filters: shares of characters are of the whole text, spaces
//! included.

use std::collections::{BTreeMap, BTreeSet};

use crate::quality::constants::{self, C4_LINE_WORDS, C4_SENTENCES, C4_WORD_CHARS, SHORT_LINE};
use crate::quality::grams::{Numbered, duplicates};
use crate::quality::words::{is_symbol, is_terminal, sentences};
use crate::quality::{Text, lines, share};

type Signals = BTreeMap<&'static str, f64>;

/// Gopher's filter of words and symbols.
pub(super) struct Gopher {
    words: usize,
    mean_length: f64,
    hashes: f64,
    ellipses: f64,
    bullet_lines: f64,
    ellipsis_lines: f64,
    alphabetic: f64,
    /// Different required words; none where the language has no list.
    required: Option<usize>,
}

impl Gopher {
    pub(super) fn of(text: &Text<'_>) -> Self {
        let all = text.words.len();
        let real = text.words.iter().filter(|word| word.chars().any(|c| !is_symbol(c)));
        let (mut words, mut chars) = (0, 0);
        for word in real {
            words += 1;
            chars += word.chars().count();
        }
        let lines = lines(text.text);
        let lines_that = |test: fn(&str) -> bool| {
            share(lines.iter().filter(|line| test(line)).count(), lines.len())
        };
        let alphabetic = text.words.iter().filter(|word| word.chars().any(char::is_alphabetic));
        Self {
            words,
            mean_length: share(chars, words),
            hashes: share(text.text.matches('#').count(), all),
            ellipses: share(count_ellipses(text.text), all),
            bullet_lines: lines_that(|line| line.trim_start().starts_with(['•', '-'])),
            ellipsis_lines: lines_that(ends_in_ellipsis),
            alphabetic: share(alphabetic.count(), all),
            required: required(text),
        }
    }

    pub(super) fn fails(&self, text: &Text<'_>) -> Option<&'static str> {
        let than = constants::of(text.language);
        first(&[
            (self.words < *than.words.start(), "gopher_short_doc"),
            (self.words > *than.words.end(), "gopher_long_doc"),
            (self.mean_length < *than.word_length.start(), "gopher_below_avg_threshold"),
            (self.mean_length > *than.word_length.end(), "gopher_above_avg_threshold"),
            (self.hashes > than.symbols_per_word, "gopher_too_many_hashes"),
            (self.ellipses > than.symbols_per_word, "gopher_too_many_ellipsis"),
            (self.bullet_lines > than.bullet_lines, "gopher_too_many_bullets"),
            (self.ellipsis_lines > than.ellipsis_lines, "gopher_too_many_end_ellipsis"),
            (self.alphabetic < than.alphabetic_words, "gopher_below_alpha_threshold"),
            (self.required.is_some_and(|n| n < than.required_words), "gopher_enough_stop_words"),
        ])
    }

    pub(super) fn tell(&self, signals: &mut Signals) {
        signals.extend([
            ("gopher_word_count", self.words as f64),
            ("gopher_mean_word_length", self.mean_length),
            ("gopher_hash_to_word_ratio", self.hashes),
            ("gopher_ellipsis_to_word_ratio", self.ellipses),
            ("gopher_bullet_line_ratio", self.bullet_lines),
            ("gopher_end_ellipsis_line_ratio", self.ellipsis_lines),
            ("gopher_alpha_word_ratio", self.alphabetic),
        ]);
        if let Some(required) = self.required {
            signals.insert("gopher_stop_word_count", required as f64);
        }
    }
}

/// Different required words on the page.
fn required(text: &Text<'_>) -> Option<usize> {
    let (list, inside) = constants::required_words(text.language)?;
    let list: BTreeSet<&str> = list.into_iter().collect();
    if inside {
        return Some(list.iter().filter(|word| text.text.contains(**word)).count());
    }
    let found: BTreeSet<&str> =
        text.words.iter().copied().filter(|word| list.contains(word)).collect();
    Some(found.len())
}

/// Number of ellipses: three dots, or the character.
pub(super) fn count_ellipses(text: &str) -> usize {
    text.matches("...").count() + text.matches('…').count()
}

/// Whether a line ends in an ellipsis.
pub(super) fn ends_in_ellipsis(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with("...") || line.ends_with('…')
}

/// The reason of the first test that fails.
fn first(tests: &[(bool, &'static str)]) -> Option<&'static str> {
    tests.iter().find(|test| test.0).map(|test| test.1)
}

const TOP: [(usize, &str, &str); 3] = [
    (2, "top_2_gram", "gopher_top_2_gram"),
    (3, "top_3_gram", "gopher_top_3_gram"),
    (4, "top_4_gram", "gopher_top_4_gram"),
];
const DUPLICATED: [(usize, &str, &str); 6] = [
    (5, "duplicated_5_n_grams", "gopher_duplicated_5_n_grams"),
    (6, "duplicated_6_n_grams", "gopher_duplicated_6_n_grams"),
    (7, "duplicated_7_n_grams", "gopher_duplicated_7_n_grams"),
    (8, "duplicated_8_n_grams", "gopher_duplicated_8_n_grams"),
    (9, "duplicated_9_n_grams", "gopher_duplicated_9_n_grams"),
    (10, "duplicated_10_n_grams", "gopher_duplicated_10_n_grams"),
];

/// Gopher's filter of repetition.
pub(super) struct Repetition {
    paragraphs: f64,
    paragraph_chars: f64,
    lines: f64,
    line_chars: f64,
    top: [f64; 3],
    duplicated: [f64; 6],
}

impl Repetition {
    pub(super) fn of(text: &Text<'_>) -> Self {
        let paragraphs = paragraphs(text.text.trim());
        let (paragraph_copies, paragraph_chars) = duplicates(paragraphs.iter().copied());
        // An empty piece before the first and after the last break counts as a line.
        let mut lines: Vec<&str> = text.text.split('\n').collect();
        let last = lines.len() - 1;
        let mut at = 0;
        lines.retain(|line| {
            at += 1;
            !line.is_empty() || at == 1 || at == last + 1
        });
        let (line_copies, line_chars) = duplicates(lines.iter().copied());
        let words = Numbered::new(text.words.iter().copied());
        let of_text = |chars| share(chars, text.chars);
        Self {
            paragraphs: share(paragraph_copies, paragraphs.len()),
            paragraph_chars: of_text(paragraph_chars),
            lines: share(line_copies, lines.len()),
            line_chars: of_text(line_chars),
            // With the spaces between the words.
            top: TOP.map(|(n, ..)| {
                of_text(words.top(n).map_or(0, |(chars, count)| (chars + n - 1) * count))
            }),
            duplicated: DUPLICATED.map(|(n, ..)| of_text(words.repeated_later(n))),
        }
    }

    pub(super) fn fails(&self, text: &Text<'_>) -> Option<&'static str> {
        let than = constants::of(text.language);
        let over = |value: f64, most: Option<f64>| most.is_some_and(|most| value > most);
        let mut tests = vec![
            (text.text.is_empty(), "empty"),
            (over(self.paragraphs, than.dup_paragraphs), "dup_para_frac"),
            (over(self.paragraph_chars, than.dup_paragraph_chars), "dup_para_char_frac"),
            (self.lines > than.dup_lines, "dup_line_frac"),
            (over(self.line_chars, than.dup_line_chars), "dup_line_char_frac"),
        ];
        let top = TOP.iter().zip(self.top).zip(than.top);
        tests.extend(top.map(|(((_, reason, _), value), most)| (value > most, *reason)));
        let duplicated = DUPLICATED.iter().zip(self.duplicated).zip(than.dup);
        tests.extend(duplicated.map(|(((_, reason, _), value), most)| (value > most, *reason)));
        first(&tests)
    }

    pub(super) fn tell(&self, signals: &mut Signals) {
        signals.extend([
            ("gopher_dup_para_frac", self.paragraphs),
            ("gopher_dup_para_char_frac", self.paragraph_chars),
            ("gopher_dup_line_frac", self.lines),
            ("gopher_dup_line_char_frac", self.line_chars),
        ]);
        signals.extend(TOP.iter().map(|row| row.2).zip(self.top));
        signals.extend(DUPLICATED.iter().map(|row| row.2).zip(self.duplicated));
    }
}

/// Pieces between two or more line breaks.
fn paragraphs(text: &str) -> Vec<&str> {
    let mut paragraphs = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\n\n") {
        paragraphs.push(&rest[..at]);
        rest = rest[at..].trim_start_matches('\n');
    }
    paragraphs.push(rest);
    paragraphs
}

/// C4's filter, which looks at lines and keeps those that are sentences.
pub(super) struct C4 {
    lines: usize,
    kept: usize,
    sentences: usize,
    /// Whether a line that would be kept holds the filler text, or a curly bracket; the first of
    /// them ends the matter.
    fault: Option<&'static str>,
}

impl C4 {
    /// Lines that speak of these are left out.
    const POLICY: [&str; 6] = [
        "terms of use",
        "privacy policy",
        "cookie policy",
        "uses cookies",
        "use of cookies",
        "use cookies",
    ];

    pub(super) fn of(text: &Text<'_>) -> Self {
        let lines = lines(text.text);
        let mut found = Self { lines: lines.len(), kept: 0, sentences: 0, fault: None };
        for line in lines {
            let line = line.trim();
            let long =
                |word: &str| word.len() > C4_WORD_CHARS && word.chars().count() > C4_WORD_CHARS;
            if line.split_whitespace().any(long) || line.split_whitespace().count() < C4_LINE_WORDS
            {
                continue;
            }
            let line = without_citations(line);
            if !line.ends_with(['.', '?', '!', '"', '\'']) || line.ends_with("...") {
                continue;
            }
            let lower = line.to_lowercase();
            if lower.contains("lorem ipsum") {
                found.fault = found.fault.or(Some("lorem_ipsum"));
            }
            if lower.contains("javascript") {
                continue;
            }
            if line.contains('{') {
                found.fault = found.fault.or(Some("curly_bracket"));
            }
            if Self::POLICY.iter().any(|phrase| lower.contains(phrase)) {
                continue;
            }
            found.kept += 1;
            found.sentences += sentences(&line);
        }
        found
    }

    pub(super) fn fails(&self) -> Option<&'static str> {
        self.fault.or((self.sentences < C4_SENTENCES).then_some("too_few_sentences"))
    }

    pub(super) fn tell(&self, signals: &mut Signals) {
        signals.extend([
            ("c4_kept_line_ratio", share(self.kept, self.lines)),
            ("c4_num_sentences", self.sentences as f64),
        ]);
    }
}

/// A line without the marks of citations: `[1]`, `[]`, `[edit]`, `[citation needed]`.
fn without_citations(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let inner = rest[1..].trim_start_matches(char::is_numeric);
        let mark = if let Some(after) = inner.strip_prefix(']') {
            rest.len() - after.len()
        } else {
            ["[edit]", "[citation needed]"]
                .into_iter()
                .find(|mark| rest.starts_with(mark))
                .map_or(0, str::len)
        };
        if mark == 0 {
            // Digits after the bracket are not looked at again.
            let end = rest.len() - inner.len();
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            rest = &rest[mark..];
        }
    }
    out.push_str(rest);
    out
}

/// FineWeb's own filter.
pub(super) struct FineWeb {
    lines: usize,
    line_ends: f64,
    short_lines: f64,
    repeated: f64,
    breaks: f64,
}

impl FineWeb {
    pub(super) fn of(text: &Text<'_>) -> Self {
        let all = text.text.split('\n');
        let lines: Vec<&str> = all.filter(|line| !line.trim().is_empty()).collect();
        let lines_that = |test: fn(&str) -> bool| {
            share(lines.iter().filter(|line| test(line)).count(), lines.len())
        };
        let breaks = text.text.matches('\n').count();
        Self {
            lines: lines.len(),
            line_ends: lines_that(|line| line.ends_with(is_terminal)),
            short_lines: lines_that(|line| line.chars().nth(SHORT_LINE).is_none()),
            repeated: share(duplicates(lines.iter().copied()).1, text.chars - breaks),
            breaks: share(breaks, text.words.len()),
        }
    }

    pub(super) fn fails(&self, text: &Text<'_>) -> Option<&'static str> {
        let than = constants::of(text.language);
        let short = than.short_lines.is_some_and(|most| self.short_lines > most);
        first(&[
            (self.lines == 0, "empty"),
            (self.line_ends < than.line_ends, "line_punct_ratio"),
            (short, "short_line_ratio"),
            (self.repeated > than.line_dup_chars, "char_dup_ratio"),
            (self.breaks > than.breaks_per_word, "list_ratio"),
        ])
    }

    pub(super) fn tell(&self, signals: &mut Signals) {
        signals.extend([
            ("fineweb_line_punct_ratio", self.line_ends),
            ("fineweb_short_line_ratio", self.short_lines),
            ("fineweb_char_dup_ratio", self.repeated),
            ("fineweb_new_line_ratio", self.breaks),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_taken_out() {
        assert_eq!(without_citations("a[1] b[] c[edit] d[12x [citation needed]."), "a b c d[12x .");
    }

    #[test]
    fn paragraphs_stand_between_empty_lines() {
        assert_eq!(paragraphs("a\nb\n\n\nc"), ["a\nb", "c"]);
    }

    #[test]
    fn lines_of_policy_and_script_do_not_count_for_c4() {
        let text = "We use cookies here. A. B. C. D.\nYou need JavaScript now. A. B. C. D.";
        let c4 = C4::of(&Text::new(text, "en"));
        assert_eq!((c4.lines, c4.kept, c4.sentences), (2, 0, 0));
    }
}
