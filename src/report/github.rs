//! Reports as workflow commands, which GitHub shows as annotations beside the files.
//!
//! A page is one annotation, at its most telling finding. GitHub shows ten of each level for a
//! step, so no more are written, and the last line says how many were left out.

use std::fmt::Write as _;
use std::io;
use std::io::Write;

use crate::report::Report;
use crate::report::escape::{escape, shorten};
use crate::report::writer::{Gate, Level, Writer, judged, name, telling};
use crate::rules::RuleSet;

/// Annotations of each level that GitHub keeps for a step.
const LIMIT: u64 = 10;

/// Findings named in an annotation.
const FINDINGS: usize = 3;

/// Characters of a text in an annotation.
const TEXT: usize = 120;

/// Writes annotations as pages come.
#[derive(Debug)]
pub struct Github {
    gate: Gate,
    /// Pages by level: error, warning, notice.
    seen: [u64; 3],
}

impl Github {
    /// Annotations for a run with this gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate, seen: [0; 3] }
    }
}

impl Writer for Github {
    fn page(&mut self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        let Some(level) = self.gate.level(report.verdict) else { return Ok(()) };
        // The notice that tells what was left out is the tenth.
        let (command, at, limit) = match level {
            Level::Error => ("error", 0, LIMIT),
            Level::Warning => ("warning", 1, LIMIT),
            Level::Note => ("notice", 2, LIMIT - 1),
        };
        self.seen[at] += 1;
        if self.seen[at] > limit {
            return Ok(());
        }
        writeln!(out, "::{command} {}::{}", properties(report), data(&message(report)))
    }

    fn finish(&mut self, out: &mut dyn Write, _: &RuleSet) -> io::Result<()> {
        let [errors, warnings, notices] = self.seen;
        let left = [
            (errors.saturating_sub(LIMIT), "at the gate"),
            (warnings.saturating_sub(LIMIT), "to look at"),
            (notices.saturating_sub(LIMIT - 1), "damaged"),
        ];
        let left: Vec<String> = left
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        writeln!(out, "::notice title=crawlint::Pages without an annotation: {}", left.join(", "))
    }
}

/// Where the annotation stands and what it is called.
fn properties(report: &Report) -> String {
    let mut out = String::new();
    let source = &report.source;
    if source.path != "-" {
        let _ = write!(out, "file={},", property(&escape(&source.path)));
    }
    // Lines count in the record: in a file of many they would point anywhere.
    let contained = source.record.is_some() || source.offset.is_some();
    if let Some(finding) = telling(report).first().filter(|_| !contained) {
        let place = finding.source_span;
        let _ = write!(out, "line={},endLine={},", place.line, place.end_line);
        // GitHub takes columns only within one line.
        if place.line == place.end_line {
            let _ = write!(out, "col={},endColumn={},", place.column, place.end_column);
        }
    }
    let _ = write!(out, "title={}", property(&judged(report)));
    out
}

fn message(report: &Report) -> String {
    let mut out = String::new();
    if report.source.record.is_some() || report.source.offset.is_some() {
        let _ = writeln!(out, "{}", shorten(&escape(&name(&report.source)), TEXT));
    }
    out.push_str(&escape(&report.headline));
    for finding in telling(report).into_iter().take(FINDINGS) {
        let text = escape(&finding.text);
        let place = finding.source_span;
        let _ = write!(
            out,
            "\n{}:{} {} {}",
            place.line,
            place.column,
            escape(&finding.rule),
            escape(&finding.message)
        );
        if !text.is_empty() {
            let _ = write!(out, ": {}", shorten(&text, TEXT));
        }
    }
    out
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        assert_eq!(data("100%0A\r\n::error::x"), "100%250A%0D%0A::error::x");
        assert_eq!(property("a,line=9::b%2C"), "a%2Cline=9%3A%3Ab%252C");
    }
}
