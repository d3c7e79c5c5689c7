//! Literals of the built-in patterns, kept so that they need not be worked out at every start.
//!
//! `UPDATE=1 cargo test literals` writes `literals.json`; an entry counts only for the very pattern it was
//! made from, so that a stale file costs time and nothing else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::rules::Rule;
use crate::rules::compile::Matcher;
use crate::rules::pattern::Pattern;

/// The literals of one pattern.
#[derive(Debug, Deserialize, Serialize)]
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

/// What `literals.json` should hold for these rules.
pub(super) fn fresh(rules: &[Rule]) -> String {
    let patterns = rules.iter().filter_map(|rule| match &rule.matcher {
        Matcher::Pattern { pattern, full, .. } => {
            let (of, literals) = (pattern.fingerprint(*full), pattern.literals(*full));
            Some((rule.definition.id.as_str(), Derived { of, literals }))
        }
        _ => None,
    });
    let fresh: BTreeMap<&str, Derived> = patterns.collect();
    let json = serde_json::to_string_pretty(&fresh);
    json.expect("text and numbers become JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_another_pattern_do_not_count() {
        let (rule, _) = KNOWN.iter().next().expect("some are known");
        assert_eq!(literals(rule, &Pattern::new("quite another", false, false), false), None);
    }
}
