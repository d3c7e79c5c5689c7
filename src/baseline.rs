//! Baselines: findings that were there before, so that only new ones trip a gate. The text of the
//! file comes from the caller and goes to it; docs/ci.md describes the format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::report::{Report, SuppressedBy};

/// Version of the format.
const SCHEMA: &str = "crawlint-baseline/1";
/// Longest text kept of a finding, for people who look at the file, in characters.
const MAX_TEXT: usize = 80;

/// Findings known before.
///
/// ```
/// use crawlint::{Origin, Scanner, baseline::Baseline};
///
/// let page = b"<title>Online casino bonus</title><p>Free spins, casino bonus, online slots.";
/// let origin = Origin::path("page.html");
/// let mut baseline = Baseline::default();
/// baseline.add(&Scanner::new()?.scan(page, &origin));
///
/// let again = Baseline::read(&baseline.to_string())?;
/// let report = Scanner::builder().baseline(again).build()?.scan(page, &origin);
/// assert!(report.findings.iter().all(|finding| finding.suppressed.is_some()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<String, Entry>,
}

/// A finding, by its rule and text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    rule: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    findings: Vec<Entry>,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// It is no JSON of the right form.
    #[error("no baseline: {0}")]
    Form(#[from] serde_json::Error),
    /// It is of another version.
    #[error("the baseline is of format `{0}`, but this version reads `{SCHEMA}`")]
    Version(String),
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// Where the text is no baseline, or one of another version.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let file: File = serde_json::from_str(text)?;
        if file.schema != SCHEMA {
            return Err(BaselineError::Version(file.schema));
        }
        let keyed = |entry: Entry| (entry.fingerprint.clone(), entry);
        Ok(Self { entries: file.findings.into_iter().map(keyed).collect() })
    }

    /// Whether a finding with this fingerprint is known.
    pub fn holds(&self, fingerprint: &str) -> bool {
        self.entries.contains_key(fingerprint)
    }

    /// Takes in the findings of a page, those aside that are accepted in another way.
    pub fn add(&mut self, report: &Report) {
        for finding in &report.findings {
            let by = finding.suppressed.as_ref().map(|suppressed| suppressed.by);
            if matches!(by, Some(SuppressedBy::Allow | SuppressedBy::Inline)) {
                continue;
            }
            let entry = Entry {
                fingerprint: finding.fingerprint.clone(),
                rule: finding.rule.clone(),
                text: finding.text.chars().take(MAX_TEXT).collect(),
            };
            // Of texts that differ in white space and letter case only, the first by alphabet:
            // the order of pages does not matter.
            self.entries
                .entry(finding.fingerprint.clone())
                .and_modify(|known| {
                    if entry.text < known.text {
                        known.text.clone_from(&entry.text);
                    }
                })
                .or_insert(entry);
        }
    }

    /// Leaves only findings that another baseline knows, too; how many went.
    pub fn retain(&mut self, seen: &Baseline) -> usize {
        let before = self.len();
        self.entries.retain(|fingerprint, _| seen.holds(fingerprint));
        before - self.len()
    }

    /// Rules and texts of the findings that another baseline does not know, sorted.
    pub fn missing_in(&self, seen: &Baseline) -> Vec<(&str, &str)> {
        let gone = self.entries.values().filter(|entry| !seen.holds(&entry.fingerprint));
        let mut gone: Vec<(&str, &str)> =
            gone.map(|entry| (entry.rule.as_str(), entry.text.as_str())).collect();
        gone.sort_unstable();
        gone
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The text of the file: one finding to a line, sorted by rule, text and fingerprint, so that
/// differences are easy to read and the same findings give the same bytes.
impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort_by_key(|entry| (&entry.rule, &entry.text, &entry.fingerprint));
        let mut lines = String::new();
        for (at, entry) in entries.into_iter().enumerate() {
            let entry = serde_json::to_string(entry).map_err(|_| std::fmt::Error)?;
            write!(lines, "{}\n    {entry}", if at == 0 { "" } else { "," })?;
        }
        let end = if lines.is_empty() { "" } else { "\n  " };
        write!(f, "{{\n  \"schema\": \"{SCHEMA}\",\n  \"findings\": [{lines}{end}]\n}}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let entry = |fingerprint: &str, rule: &str| Entry {
            fingerprint: fingerprint.to_owned(),
            rule: rule.to_owned(),
            text: "“x”\n".to_owned(),
        };
        let mut baseline = Baseline::default();
        assert_eq!(Baseline::read(&baseline.to_string()).expect("empty"), baseline);
        baseline.entries.insert("1".to_owned(), entry("1", "b/x"));
        baseline.entries.insert("2".to_owned(), entry("2", "a/x"));
        let text = baseline.to_string();
        assert!(text.find("a/x") < text.find("b/x"), "{text}");
        assert_eq!(Baseline::read(&text).expect("two"), baseline);
        let mut other = Baseline::default();
        other.entries.insert("2".to_owned(), entry("2", "a/x"));
        assert_eq!(baseline.missing_in(&other), [("b/x", "“x”\n")]);
        assert_eq!((baseline.retain(&other), baseline.len()), (1, 1));
    }

    #[test]
    fn other_texts_are_no_baseline() {
        for text in ["", "[]", "{\"schema\":\"x\"}", "{\"schema\":\"x\",\"findings\":[]}"] {
            assert!(Baseline::read(text).is_err(), "{text}");
        }
    }
}
