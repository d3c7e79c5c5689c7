//! Literals of the built-in patterns, kept so that they need not be worked out at every start.
//!
//! `literals.json` is written by the test below; an entry counts only for the very pattern it was
//! made from, so that a stale file costs time and nothing else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::rules::pattern::Pattern;

/// The literals of one pattern.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Derived {
    /// [`Pattern::fingerprint`] of the pattern they were taken from.
    of: u64,
    /// `None` where it implies none.
    literals: Option<Vec<String>>,
}

/// By rule id.
static KNOWN: LazyLock<BTreeMap<String, Derived>> =
    LazyLock::new(|| serde_json::from_str(include_str!("literals.json")).unwrap_or_default());

/// The literals of a rule's pattern, if they are known: `Some(None)` where there are none.
#[expect(clippy::option_option, reason = "not known is not the same as none")]
pub(super) fn literals(rule: &str, pattern: &Pattern, signs: bool) -> Option<Option<Vec<String>>> {
    let derived = KNOWN.get(rule).filter(|derived| derived.of == pattern.fingerprint(signs))?;
    Some(derived.literals.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;
    use crate::rules::compile::Matcher;

    /// Fails when a pattern changed and the file did not; `UPDATE=1 cargo test derived` writes it.
    #[test]
    fn known_literals_are_those_of_the_patterns() {
        let rules = RuleSet::compile(&[], true).expect("the built-in packs compile");
        let mut fresh = BTreeMap::new();
        for rule in rules.rules() {
            let Matcher::Pattern { pattern, full, .. } = &rule.matcher else { continue };
            let literals = pattern.literals(*full);
            let derived = Derived { of: pattern.fingerprint(*full), literals };
            fresh.insert(rule.definition.id.clone(), derived);
        }
        if std::env::var_os("UPDATE").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/literals.json");
            let mut json = serde_json::to_string_pretty(&fresh).expect("strings become JSON");
            json.push('\n');
            std::fs::write(path, json).expect("the file can be written");
            return;
        }
        assert!(
            *KNOWN == fresh,
            "src/rules/literals.json is out of date: run `UPDATE=1 cargo test derived`"
        );
    }

    #[test]
    fn literals_of_another_pattern_do_not_count() {
        let (rule, _) = KNOWN.iter().next().expect("some are known");
        assert_eq!(literals(rule, &Pattern::new("quite another", false, false), false), None);
    }
}
