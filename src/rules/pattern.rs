//! Patterns of packs to regular expressions.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_automata::meta;

use crate::rules::literals;
use crate::rules::loose;
use crate::rules::needs;
use crate::text::Chars;

/// Largest compiled size of one pattern, in bytes.
const SIZE_LIMIT: usize = 10 << 20;

/// A pattern of a pack, compiled when a page first needs it: most pages need few, and compiling
/// all of them costs longer than a page.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    case_sensitive: bool,
    unicode_classes: bool,
    regex: OnceLock<Regex>,
    loose: OnceLock<Option<meta::Regex>>,
}

impl Pattern {
    pub(super) fn new(text: &str, case_sensitive: bool, unicode_classes: bool) -> Self {
        Self {
            text: text.to_owned(),
            case_sensitive,
            unicode_classes,
            regex: OnceLock::new(),
            loose: OnceLock::new(),
        }
    }

    /// Literals of which every match holds at least one; see [`literals::required`].
    pub(super) fn literals(&self, signs: bool) -> Option<Vec<String>> {
        literals::required(&spelled(&self.text, self.unicode_classes), signs)
    }

    /// A number that changes with the pattern, its classes and the kind of literals asked for.
    pub(super) fn fingerprint(&self, signs: bool) -> u64 {
        // FNV-1a: it need not withstand anybody but chance.
        let flags = [u8::from(self.unicode_classes), u8::from(signs)];
        self.text.bytes().chain(flags).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// Characters of which every match holds at least one; see [`needs::needed`].
    pub(super) fn needed(&self) -> Option<Chars> {
        needs::needed(&spelled(&self.text, self.unicode_classes), self.case_sensitive)
    }

    /// Compiles the pattern now.
    ///
    /// # Errors
    /// What is wrong with it, in the words of the regex crate.
    pub(super) fn verify(&self) -> Result<(), String> {
        let regex = compile(&self.text, self.case_sensitive, self.unicode_classes)?;
        self.regex.get_or_init(|| regex);
        Ok(())
    }

    /// Whether the pattern may match in a text. One with the classes of Unicode is first tried
    /// without its edges of words: these make it leave its fast path on text outside ASCII.
    pub(super) fn may_match(&self, text: &str) -> bool {
        let loose = self.loose.get_or_init(|| {
            let wanted = self.unicode_classes && self.text.contains("\\b");
            wanted.then(|| loose::compile(&self.text, self.case_sensitive)).flatten()
        });
        loose.as_ref().is_none_or(|loose| loose.is_match(text))
    }

    /// The regular expression. One that does not compile, which only a pack that was never
    /// checked can hold, matches nothing.
    pub(super) fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| {
            compile(&self.text, self.case_sensitive, self.unicode_classes).unwrap_or_else(|_| {
                Regex::new("[^\\s\\S]").expect("the empty class is a regular expression")
            })
        })
    }
}

/// Compiles a pattern. Unless `unicode_classes` is set, `\b \d \w \s` and their negations take
/// their ASCII meaning: the Unicode forms make a regular expression leave its fast path on every
/// non-ASCII text, measured at 460 times the cost.
///
/// # Errors
/// What is wrong with the pattern, in the words of the regex crate.
fn compile(pattern: &str, case_sensitive: bool, unicode_classes: bool) -> Result<Regex, String> {
    let pattern = spelled(pattern, unicode_classes);
    RegexBuilder::new(&pattern)
        .case_insensitive(!case_sensitive)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|error| error.to_string())
}

fn spelled(pattern: &str, unicode_classes: bool) -> String {
    if unicode_classes { pattern.to_owned() } else { ascii_classes(pattern) }
}

/// Writes the Perl classes of a pattern out in ASCII.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut depth = 0usize; // of bracketed classes
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let Some(class) = chars.next() else {
                    out.push('\\');
                    break;
                };
                match (class, depth > 0) {
                    ('d', true) => out.push_str("0-9"),
                    ('d', false) => out.push_str("[0-9]"),
                    ('D', false) => out.push_str("[^0-9]"),
                    ('w', true) => out.push_str("0-9A-Za-z_"),
                    ('w', false) => out.push_str("[0-9A-Za-z_]"),
                    ('W', false) => out.push_str("[^0-9A-Za-z_]"),
                    ('s', true) => out.push_str(r"\t\n\v\f\r "),
                    ('s', false) => out.push_str(r"[\t\n\v\f\r ]"),
                    ('S', false) => out.push_str(r"[^\t\n\v\f\r ]"),
                    ('b', false) => out.push_str(r"(?-u:\b)"),
                    (other, _) => {
                        out.push('\\');
                        out.push(other);
                    }
                }
            }
            '[' => {
                depth += 1;
                out.push(c);
            }
            ']' => {
                depth = depth.saturating_sub(1);
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perl_classes_are_ascii() {
        assert_eq!(
            ascii_classes(r"\d+[\w-]\b\\d[^\s]"),
            r"[0-9]+[0-9A-Za-z_-](?-u:\b)\\d[^\t\n\v\f\r ]"
        );
        let regex = compile(r"\bab\d", false, false).expect("compiles");
        assert!(regex.is_match("é AB1") && !regex.is_match("ab٣"));
    }
}
