//! Characters a regular expression cannot match without.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::Chars;

/// Most characters of a set: what so many can stand for is on any page.
const MAX_CHARS: u32 = 400;

/// Characters of which every match of a pattern holds at least one. Where a page holds none of
/// them, the pattern need not run. `None` where they are letters and digits of ASCII, which all
/// pages hold.
pub(super) fn needed(pattern: &str, case_sensitive: bool) -> Option<Chars> {
    let mut parser = regex_syntax::ParserBuilder::new().case_insensitive(!case_sensitive).build();
    let needs = of(&parser.parse(pattern).ok()?)?;
    (!needs.chars.has_any(&plain())).then_some(needs.chars)
}

/// A set of characters and how common they are on pages, as a number to compare sets by.
struct Needs {
    chars: Chars,
    common: u32,
}

fn of(hir: &Hir) -> Option<Needs> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.chars().map(|c| set([(c, c)].into_iter())).min_by_key(|needs| needs.common)
        }
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = || class.ranges().iter().map(|range| (range.start(), range.end()));
            let len: u32 = ranges().map(|(from, to)| to as u32 - from as u32 + 1).sum();
            (len <= MAX_CHARS).then(|| set(ranges()))
        }
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of(&repetition.sub),
        // Any part will do: the rarest tells most.
        HirKind::Concat(parts) => parts.iter().filter_map(of).min_by_key(|needs| needs.common),
        HirKind::Alternation(branches) => {
            let sets: Option<Vec<Needs>> = branches.iter().map(of).collect();
            sets?.into_iter().reduce(|mut all, branch| {
                all.chars.add_all(&branch.chars);
                all.common = all.common.saturating_add(branch.common);
                all
            })
        }
        _ => None,
    }
}

fn set(ranges: impl Iterator<Item = (char, char)>) -> Needs {
    let (mut chars, mut common) = (Chars::default(), 0u32);
    for c in ranges.flat_map(|(from, to)| from..=to) {
        chars.add(c);
        common += match c {
            ' ' | 'a'..='z' | 'A'..='Z' => 10_000,
            '0'..='9' => 1_000,
            '\0'..='\x7f' => 100,
            '’' | '“' | '”' | '–' | '—' | '…' | '\u{a0}' => 50,
            _ => 1,
        };
    }
    Needs { chars, common }
}

/// What every page holds.
fn plain() -> Chars {
    let mut chars = Chars::default();
    let plain = (0..128u8).map(char::from).filter(|c| c.is_ascii_alphanumeric() || *c == ' ');
    plain.for_each(|c| chars.add(c));
    chars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_part_is_needed() {
        let needs = |pattern: &str, text: &str| {
            needed(pattern, true).map(|needs| needs.has_any(&Chars::of(text)))
        };
        assert_eq!(needs("Ã[\\x{80}-\\x{BF}]|â€", "déjà — vu"), Some(false));
        assert_eq!(needs("Ã[\\x{80}-\\x{BF}]|â€", "â la carte, 3 €"), Some(true));
        assert_eq!(needs("\\{\\{[a-z]+\\}\\}", "no braces"), Some(false));
        assert_eq!(needs("&(?:lt|gt);|[a-z]+", "text"), None);
        assert_eq!(needs("(?:ж)?x", "x"), None);
        let folded = needed("дом", false).map(|needs| needs.has_any(&Chars::of("ДОМ")));
        assert_eq!(folded, Some(true));
    }
}
