//! Regular expressions for texts that are all ASCII: what only matches other characters is left
//! out, which is most of a pattern in many languages, and any character is any byte.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition};

use crate::rules::loose::ascii_part;

/// The part of a pattern that can match in ASCII, and matches there what the whole one does; none
/// where nothing can.
pub(super) fn narrowed(hir: &Hir) -> Option<Hir> {
    Some(match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0.clone()),
        HirKind::Literal(_) => return None,
        HirKind::Class(class) => {
            let bytes = match class {
                Class::Unicode(class) => ascii_part(class),
                Class::Bytes(class) => {
                    let mut bytes = class.clone();
                    bytes.intersect(&ClassBytes::new([ClassBytesRange::new(0, 0x7f)]));
                    bytes
                }
            };
            if bytes.ranges().is_empty() {
                return None;
            }
            Hir::class(Class::Bytes(bytes))
        }
        HirKind::Look(look) => Hir::look(in_ascii(*look)),
        HirKind::Repetition(repeat) => {
            let Some(sub) = narrowed(&repeat.sub) else {
                return (repeat.min == 0).then(Hir::empty);
            };
            let (min, max, greedy) = (repeat.min, repeat.max, repeat.greedy);
            Hir::repetition(Repetition { min, max, greedy, sub: Box::new(sub) })
        }
        HirKind::Capture(capture) => narrowed(&capture.sub)?,
        HirKind::Concat(parts) => {
            Hir::concat(parts.iter().map(narrowed).collect::<Option<Vec<Hir>>>()?)
        }
        HirKind::Alternation(branches) => {
            let branches: Vec<Hir> = branches.iter().filter_map(narrowed).collect();
            if branches.is_empty() {
                return None;
            }
            Hir::alternation(branches)
        }
    })
}

/// What a look-around comes to where all letters are ASCII.
fn in_ascii(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_in_other_letters_are_left_out() {
        let narrowed =
            |pattern: &str| narrowed(&regex_syntax::parse(pattern).expect("the pattern is one"));
        let same = |pattern: &str, ascii: &str| {
            assert_eq!(narrowed(pattern), narrowed(ascii), "{pattern}");
            assert!(narrowed(ascii).is_some(), "{ascii}");
        };
        same(r"(?:игрок|player|玩家)s?[！!]", "players?[!]");
        same(r"\w{2}é?", "[0-9A-Za-z_]{2}");
        assert_eq!(narrowed("по-русски|中文"), None);
    }
}
