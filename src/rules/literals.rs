//! Literals a regular expression cannot match without.

use regex_syntax::hir::{Hir, HirKind};

use crate::text::normalise_term;

/// Fewest bytes of a useful literal.
const MIN_BYTES: usize = 3;

/// Literals, in normalised form, of which every match of the pattern holds at least one; `None`
/// where the pattern implies none of three bytes or more.
///
/// The pattern is read as case-sensitive: the normalised text is lower case anyway.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::ParserBuilder::new().build().parse(pattern).ok()?;
    let mut literals = of(&hir)?;
    literals.sort();
    literals.dedup();
    Some(literals)
}

fn of(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = normalise_term(std::str::from_utf8(&literal.0).ok()?);
            (text.len() >= MIN_BYTES).then(|| vec![text])
        }
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of(&repetition.sub),
        HirKind::Concat(parts) => {
            // Any part will do: take the one whose shortest literal is longest.
            parts.iter().filter_map(of).max_by_key(|set| set.iter().map(String::len).min())
        }
        HirKind::Alternation(branches) => {
            let sets: Option<Vec<Vec<String>>> = branches.iter().map(of).collect();
            sets.map(|sets| sets.concat())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_must_have_one() {
        let check = |pattern: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|set| set.iter().map(ToString::to_string).collect());
            assert_eq!(required(pattern), expected, "{pattern}");
        };
        check("ignore (all )?previous instructions", Some(&["previous instructions"]));
        check("锟斤拷|烫烫烫", Some(&["烫烫烫", "锟斤拷"]));
        check("^.{2,24}[:：].{0,14}(解锁|探索)", Some(&["探索", "解锁"]));
        check("foo|.", None);
        check("[a-z]+", None);
        check("(?:Word count)+: \\d", Some(&["word count"]));
    }
}
