//! Patterns of packs to regular expressions.

use std::sync::OnceLock;

use regex::RegexBuilder;
use regex_automata::Span;
use regex_automata::meta::{Config, FindMatches, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_syntax::hir::Hir;

use crate::rules::ascii;
use crate::rules::literals;
use crate::rules::loose;
use crate::rules::needs;
use crate::rules::screen::Screen;
use crate::rules::stored::Stored;
use crate::rules::syntax::{self, spelled};
use crate::text::{Chars, HASH_SEED, hash_step};

/// Largest compiled size of one pattern, in bytes.
const SIZE_LIMIT: usize = 10 << 20;

/// A pattern of a pack. What a page needs of it is compiled when a page first needs it: most
/// pages need few patterns, and compiling all of them costs longer than a page.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    case_sensitive: bool,
    unicode_classes: bool,
    /// Parsed; none where it is no regular expression, which only a pack that was never checked
    /// can hold.
    parsed: OnceLock<Option<Hir>>,
    whole: OnceLock<Option<Regex>>,
    /// For texts of ASCII.
    ascii: OnceLock<Option<Regex>>,
    /// Asked first of a line.
    line: OnceLock<Option<Screen>>,
    /// Asked first of several lines.
    lines: OnceLock<Option<Screen>>,
}

impl Pattern {
    pub(super) fn new(text: &str, case_sensitive: bool, unicode_classes: bool) -> Self {
        Self {
            text: text.to_owned(),
            case_sensitive,
            unicode_classes,
            parsed: OnceLock::new(),
            whole: OnceLock::new(),
            ascii: OnceLock::new(),
            line: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    /// Literals of which every match holds at least one; see [`literals::required`].
    pub(super) fn literals(&self, signs: bool) -> Option<Vec<String>> {
        literals::required(&spelled(&self.text, self.unicode_classes), signs)
    }

    /// A number that changes with the pattern, its classes and the kind of literals asked for.
    pub(super) fn fingerprint(&self, signs: bool) -> u64 {
        // It need not withstand anybody but chance.
        let flags = [u8::from(self.unicode_classes), u8::from(signs)];
        self.text.bytes().chain(flags).fold(HASH_SEED, hash_step)
    }

    /// Characters of which every match holds at least one; see [`needs::needed`].
    pub(super) fn needed(&self) -> Option<Chars> {
        needs::needed(&spelled(&self.text, self.unicode_classes), self.case_sensitive)
    }

    /// Compiles the pattern now, to see whether it can be.
    ///
    /// # Errors
    /// What is wrong with it, in the words of the regex crate.
    pub(super) fn verify(&self) -> Result<(), String> {
        compile(&self.text, self.case_sensitive, self.unicode_classes).map(|_| ())
    }

    /// Where the pattern matches in a line, in order and without overlap. Where it cannot be
    /// compiled, nowhere.
    pub(super) fn matches<'t>(&self, line: &'t str) -> Option<FindMatches<'_, 't>> {
        let screen = self.line.get_or_init(|| self.line_screen());
        let all = Span { start: 0, end: line.len() };
        if screen.as_ref().is_some_and(|screen| screen.next_end(line, all).is_none()) {
            return None;
        }
        let regex = if line.is_ascii() {
            self.ascii.get_or_init(|| build(&ascii::narrowed(self.parsed()?)?))
        } else {
            self.whole.get_or_init(|| build(self.parsed()?))
        };
        Some(regex.as_ref()?.find_iter(line))
    }

    /// A place in a part of a text before which no line holds a match to its end; none where no
    /// line of the part holds any.
    pub(super) fn next_place(&self, text: &str, part: Span) -> Option<usize> {
        let screen = self.lines.get_or_init(|| self.text_screen());
        let Some(screen) = screen else { return Some(part.start) };
        Some(screen.next_end(text, part)?.max(part.start + 1) - 1)
    }

    fn line_screen(&self) -> Option<Screen> {
        if let Some(stored) = self.stored() {
            return Screen::of_line(stored.line()?);
        }
        let loose = loose::loosened(self.parsed()?, true);
        Screen::of_line(loose::automaton(&loose)?)
    }

    fn text_screen(&self) -> Option<Screen> {
        if let Some(stored) = self.stored() {
            return Screen::of_text(stored.text()?, stored.beginnings());
        }
        let loose = loose::loosened(self.parsed()?, false);
        Screen::of_text(loose::automaton(&loose)?, &loose::beginnings(&loose))
    }

    /// What the build script worked out, for a pattern that is part of the program.
    fn stored(&self) -> Option<&'static Stored> {
        Stored::of(&self.text, self.case_sensitive, self.unicode_classes)
    }

    fn parsed(&self) -> Option<&Hir> {
        let parse = || syntax::parse(&self.text, self.case_sensitive, self.unicode_classes).ok();
        self.parsed.get_or_init(parse).as_ref()
    }
}

/// Compiles a form of a pattern; none where it is too large. It will see few lines, all of which
/// have passed a screen: what finds literals or compiles all states beforehand would cost more
/// than it spares.
fn build(hir: &Hir) -> Option<Regex> {
    let config = Config::new()
        .nfa_size_limit(Some(SIZE_LIMIT))
        .which_captures(WhichCaptures::Implicit)
        .auto_prefilter(false)
        .dfa(false)
        .onepass(false);
    Regex::builder().configure(config).build_from_hir(hir).ok()
}

/// Compiles a pattern.
///
/// # Errors
/// What is wrong with the pattern, in the words of the regex crate.
fn compile(
    pattern: &str,
    case_sensitive: bool,
    unicode_classes: bool,
) -> Result<regex::Regex, String> {
    let pattern = spelled(pattern, unicode_classes);
    RegexBuilder::new(&pattern)
        .case_insensitive(!case_sensitive)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_find_what_the_pattern_finds() {
        const PATTERNS: &[&str] = &[
            r"^\W{0,4}(?:sure|好的)[!！]? .{2,9}(?:text|текст)\b",
            r"\{[\pL][\pL '-]{1,9}(?:\|[^{}|\n]{1,5}){1,3}\}",
            r"\b[a-z]{2,5}(?:77|88)\b|[äå][\x{80}-\x{BF}€]{2}",
            r"(?:\bтекст\w+ )?.{0,3}sure$",
        ];
        const PIECES: &[&str] = &[
            "sure",
            "好的",
            "Text",
            "текст",
            "!",
            "！ ",
            " ",
            "\n",
            "{ab|",
            "c d|",
            "é}",
            "77",
            "abc",
            "å\u{80}€",
            "\u{17f}",
            "x y z ",
            "слово",
        ];
        // Any order will do, as long as it is the same each time.
        let mut state = 1u64;
        let mut any = |len: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % len
        };
        let mut found = 0;
        for (text, unicode) in PATTERNS.iter().flat_map(|text| [(text, false), (text, true)]) {
            let whole = compile(text, false, unicode).expect("the pattern compiles");
            let pattern = Pattern::new(text, false, unicode);
            for _ in 0..3_000 {
                let page: String = (0..=any(8)).map(|_| PIECES[any(PIECES.len())]).collect();
                let part = Span { start: 0, end: page.len() };
                let next = pattern.next_place(&page, part).unwrap_or(page.len());
                let mut start = 0;
                for line in page.split('\n') {
                    let expected: Vec<_> = whole.find_iter(line).map(|m| m.range()).collect();
                    let matches = pattern.matches(line).into_iter().flatten();
                    assert_eq!(matches.map(|m| m.range()).collect::<Vec<_>>(), expected, "{line}");
                    assert!(expected.iter().all(|m| next < start + m.end), "{page:?} {text}");
                    found += expected.len();
                    start += line.len() + 1;
                }
            }
        }
        assert!(found > 1_000, "{found} matches say little");
    }
}
