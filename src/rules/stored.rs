//! What the build script worked out of the built-in patterns.

use std::ops::Range;

use regex_automata::nfa::thompson::NFA;

use crate::rules::packed::unpack;

/// The automata of a pattern, [loosened](super::loose), [packed](super::packed).
pub(super) struct Stored {
    /// The pattern, and whether it tells cases apart and its classes are those of Unicode.
    of: (&'static str, bool, bool),
    line: Range<usize>,
    text: Range<usize>,
    beginnings: &'static [&'static [u8]],
}

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/automata"));

include!(concat!(env!("OUT_DIR"), "/stored.rs"));

impl Stored {
    /// That of a pattern, if the build script met it.
    pub(super) fn of(
        pattern: &str,
        case_sensitive: bool,
        unicode_classes: bool,
    ) -> Option<&'static Self> {
        let of = (pattern, case_sensitive, unicode_classes);
        let index = STORED.binary_search_by(|stored| stored.of.cmp(&of)).ok()?;
        STORED.get(index)
    }

    /// The automaton for single lines.
    pub(super) fn line(&self) -> Option<NFA> {
        unpack(&PACKED[self.line.clone()])
    }

    /// The automaton for long texts.
    pub(super) fn text(&self) -> Option<NFA> {
        unpack(&PACKED[self.text.clone()])
    }

    /// What a match in a long text begins with; see [`beginnings`](super::loose::beginnings).
    pub(super) fn beginnings(&self) -> &'static [&'static [u8]] {
        self.beginnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::compile::Matcher;
    use crate::rules::{RuleSet, loose, syntax};

    #[test]
    fn all_patterns_are_stored_as_they_would_be_compiled() {
        let rules = RuleSet::compile(&[], true).expect("the packs are valid");
        let mut checked = 0;
        for rule in rules.rules() {
            let definition = &rule.definition;
            let Matcher::Pattern { .. } = rule.matcher else { continue };
            let pattern = definition.pattern.as_deref().expect("the rule has a pattern");
            let (sensitive, unicode) = (definition.case_sensitive, definition.unicode_classes);
            let hir = syntax::parse(pattern, sensitive, unicode).expect("the pattern is one");
            let stored = Stored::of(pattern, sensitive, unicode).expect("it is stored");
            let compiled = |ends| loose::automaton(&loose::loosened(&hir, ends));
            let id = &definition.id;
            assert_eq!(format!("{:?}", stored.line()), format!("{:?}", compiled(true)), "{id}");
            assert_eq!(format!("{:?}", stored.text()), format!("{:?}", compiled(false)), "{id}");
            let beginnings = loose::beginnings(&loose::loosened(&hir, false));
            assert_eq!(stored.beginnings(), beginnings, "{id}");
            checked += 1;
        }
        assert!(checked > 50, "{checked} patterns are too few");
        assert!(Stored::of("quite another", false, false).is_none());
    }
}
