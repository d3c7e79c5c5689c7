//! Patterns of packs as syntax trees.

use regex_syntax::hir::Hir;

/// The syntax tree of a pattern. Unless `unicode_classes` is set, `\b \d \w \s` and their
/// negations take their ASCII meaning: the Unicode forms make a regular expression leave its fast
/// path on every non-ASCII text, measured at 460 times the cost.
///
/// # Errors
/// What is wrong with the pattern.
pub(super) fn parse(
    pattern: &str,
    case_sensitive: bool,
    unicode_classes: bool,
) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut builder = regex_syntax::ParserBuilder::new();
    let mut parser = builder.case_insensitive(!case_sensitive).build();
    parser.parse(&spelled(pattern, unicode_classes)).map_err(Box::new)
}

/// A pattern as the regex crate is to read it.
pub(super) fn spelled(pattern: &str, unicode_classes: bool) -> String {
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
        let hir = parse(r"\bab\d", false, false).expect("the pattern is one");
        let regex = regex_automata::meta::Regex::builder().build_from_hir(&hir).expect("compiles");
        assert!(regex.is_match("é AB1") && !regex.is_match("ab٣"));
    }
}
