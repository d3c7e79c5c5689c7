//! What the formats that are written page by page have in common.

use std::cmp::Reverse;
use std::io;
use std::io::Write;

use crate::report::{Finding, Report, Source, Verdict};
use crate::rules::RuleSet;

/// A format that is written page by page, so that a crawl need not fit in memory. The writer of
/// the bytes comes with each call: they can go anywhere.
pub trait Writer {
    /// Writes a page, or keeps what of it belongs at the end.
    ///
    /// # Errors
    /// Those of `out`.
    fn page(&mut self, out: &mut dyn Write, report: &Report) -> io::Result<()>;

    /// Writes what is left; nothing may be written afterwards. The rules are those that judged.
    ///
    /// # Errors
    /// Those of `out`.
    fn finish(&mut self, out: &mut dyn Write, rules: &RuleSet) -> io::Result<()>;
}

/// What lets a run fail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Verdicts that fail it.
    pub fail_on: Vec<Verdict>,
    /// Whether records that could not be read may pass.
    pub allow_unreadable: bool,
}

/// How much a page matters to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// To be looked at; the run does not fail for it.
    Warning,
    /// The run fails for it.
    Error,
}

impl Gate {
    /// How much a verdict matters; nothing where it is `clean` and not at the gate.
    pub fn level(&self, verdict: Verdict) -> Option<Level> {
        match verdict {
            _ if self.fail_on.contains(&verdict) => Some(Level::Error),
            Verdict::Clean => None,
            Verdict::Damaged => Some(Level::Note),
            Verdict::Unreadable if !self.allow_unreadable => Some(Level::Error),
            Verdict::Suspicious
            | Verdict::Injected
            | Verdict::Spam
            | Verdict::Junk
            | Verdict::Unreadable => Some(Level::Warning),
        }
    }
}

/// The findings that count, the most telling first.
pub(crate) fn telling(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.suppressed.is_none()).collect();
    findings.sort_by(|a, b| {
        let other = |finding: &Finding| Reverse(finding.damage.max(finding.junk));
        b.db.total_cmp(&a.db).then_with(|| other(a).cmp(&other(b)))
    });
    findings
}

/// The record inside its file, where the file holds more than one: its name, else its place.
pub(crate) fn record(source: &Source) -> Option<String> {
    let place = || source.offset.map(|offset| format!("@{offset}"));
    source.record.clone().or_else(place)
}

/// The page by file and record.
pub(crate) fn name(source: &Source) -> String {
    match record(source) {
        Some(record) => format!("{} {record}", source.path),
        None => source.path.clone(),
    }
}

/// The verdict, with the score that speaks for it.
pub(crate) fn judged(report: &Report) -> String {
    let verdict = report.verdict.name();
    match report.verdict {
        Verdict::Unreadable => verdict.to_owned(),
        Verdict::Damaged => format!("{verdict}, damage {}", report.damage),
        Verdict::Junk => format!("{verdict}, junk {}", report.junk),
        Verdict::Clean | Verdict::Suspicious | Verdict::Injected | Verdict::Spam => {
            format!("{verdict}, risk {} %", report.risk)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_the_gate_is_an_error() {
        let gate = Gate { fail_on: vec![Verdict::Damaged], allow_unreadable: true };
        assert_eq!(gate.level(Verdict::Damaged), Some(Level::Error));
        assert_eq!(gate.level(Verdict::Spam), Some(Level::Warning));
        assert_eq!(gate.level(Verdict::Unreadable), Some(Level::Warning));
        assert_eq!(gate.level(Verdict::Clean), None);
        assert_eq!(Gate::default().level(Verdict::Unreadable), Some(Level::Error));
        assert_eq!(Gate::default().level(Verdict::Damaged), Some(Level::Note));
    }
}
