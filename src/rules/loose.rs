//! Regular expressions without their edges of words, which match wherever the whole ones do.

use regex_automata::meta::Regex;
use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};

/// Compiles a pattern without its edges of words; `None` where it is no regular expression.
pub(super) fn compile(pattern: &str, case_sensitive: bool) -> Option<Regex> {
    let mut parser = regex_syntax::ParserBuilder::new().case_insensitive(!case_sensitive).build();
    let hir = parser.parse(pattern).ok()?;
    Regex::builder().build_from_hir(&loosened(hir)).ok()
}

fn loosened(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) if is_edge(look) => Hir::empty(),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            let sub = Box::new(loosened(*sub));
            Hir::repetition(Repetition { min, max, greedy, sub })
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index, name, sub: Box::new(loosened(*sub)) })
        }
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(loosened).collect()),
        HirKind::Alternation(branches) => {
            Hir::alternation(branches.into_iter().map(loosened).collect())
        }
    }
}

/// Whether a look-around asks for the edge of a word, or for none.
fn is_edge(look: Look) -> bool {
    !matches!(look, Look::Start | Look::End | Look::StartLF | Look::EndLF)
        && !matches!(look, Look::StartCRLF | Look::EndCRLF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_edges_of_words_are_dropped() {
        let matches = |pattern: &str, text: &str| {
            compile(pattern, false).expect("the pattern compiles").is_match(text)
        };
        assert!(matches(r"\bслово\b", "этоСловосочетание"));
        assert!(!matches(r"^слово\w+ (?:да|нет){2}$", "одно слово данет"));
        assert!(matches(r"^слово\w+ (?:да|нет){2}$", "словом данет"));
    }
}
