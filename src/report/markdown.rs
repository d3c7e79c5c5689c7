//! Reports as a summary in Markdown, such as jobs show: totals, and the worst pages with their
//! first findings. Nothing a page says is markup, and the whole is less than 1 MB, which is what
//! GitHub takes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::io::Write;

use crate::report::escape::{escape, shorten};
use crate::report::writer::{Gate, Level, Writer, judged, name, telling};
use crate::report::{Report, Verdict};
use crate::rules::RuleSet;

/// Pages listed.
const PAGES: usize = 50;

/// Findings told of a page.
const FINDINGS: usize = 3;

/// Characters of a text, a name, a headline.
const TEXT: usize = 160;

/// Bytes of the list.
const LIMIT: usize = 900_000;

/// Counts pages and keeps the worst.
#[derive(Debug)]
pub struct Markdown {
    gate: Gate,
    verdicts: BTreeMap<Verdict, u64>,
    /// Worst first, at most [`PAGES`]: how bad, and the entry.
    worst: Vec<(Badness, String)>,
    /// Pages that are not clean.
    listed: u64,
}

/// How bad a page is: at the gate, then the highest score.
type Badness = (Level, u8);

impl Markdown {
    /// A summary of a run with this gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate, verdicts: BTreeMap::new(), worst: Vec::new(), listed: 0 }
    }
}

impl Writer for Markdown {
    fn page(&mut self, _: &mut dyn Write, report: &Report) -> io::Result<()> {
        *self.verdicts.entry(report.verdict).or_default() += 1;
        let Some(level) = self.gate.level(report.verdict) else { return Ok(()) };
        self.listed += 1;
        let badness = (level, report.risk.max(report.damage).max(report.junk));
        // Behind pages as bad: the first ones stay.
        let at = self.worst.partition_point(|(other, _)| Reverse(*other) <= Reverse(badness));
        if at < PAGES {
            self.worst.truncate(PAGES - 1);
            self.worst.insert(at, (badness, entry(report)));
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _: &RuleSet) -> io::Result<()> {
        let total: u64 = self.verdicts.values().sum();
        let failing: u64 = self
            .verdicts
            .iter()
            .filter(|(verdict, _)| self.gate.level(**verdict) == Some(Level::Error))
            .map(|(_, count)| count)
            .sum();
        writeln!(out, "## crawlint\n")?;
        if failing == 0 {
            writeln!(out, "Nothing at the gate, of {total} pages.\n")?;
        } else {
            writeln!(out, "**{failing} of {total} pages at the gate.**\n")?;
        }
        writeln!(out, "| verdict | pages | gate |\n| --- | ---: | --- |")?;
        for (verdict, count) in &self.verdicts {
            let fails = self.gate.level(*verdict) == Some(Level::Error);
            writeln!(
                out,
                "| {} | {count} | {} |",
                verdict.name(),
                if fails { "fails" } else { "" }
            )?;
        }
        writeln!(out, "| **total** | **{total}** | |")?;
        let mut room = LIMIT;
        let mut told = 0;
        for (_, entry) in &self.worst {
            if entry.len() > room {
                break;
            }
            if told == 0 {
                writeln!(out, "\n### Worst pages\n")?;
            }
            room -= entry.len();
            told += 1;
            out.write_all(entry.as_bytes())?;
        }
        if self.listed > told {
            writeln!(out, "\nLeft out: {} more pages that are not clean.", self.listed - told)?;
        }
        Ok(())
    }
}

/// A page as an item of a list, with its findings as items below.
fn entry(report: &Report) -> String {
    let source = code(&name(&report.source));
    let mut out = format!("- **{}**: {source}  \n  {}\n", judged(report), text(&report.headline));
    let findings = telling(report);
    for finding in findings.iter().take(FINDINGS) {
        let place = finding.source_span;
        let _ = write!(
            out,
            "  - {}:{} {} {}",
            place.line,
            place.column,
            code(&finding.rule),
            text(&finding.message)
        );
        let found = escape(&finding.text);
        let _ = if found.is_empty() { writeln!(out) } else { writeln!(out, ": {}", code(&found)) };
    }
    if findings.len() > FINDINGS {
        let _ = writeln!(out, "  - and {} more findings", findings.len() - FINDINGS);
    }
    out
}

/// A text as a code span, in which nothing is markup, a link or a mention.
fn code(text: &str) -> String {
    let text = escape(text);
    let text = shorten(&text, TEXT);
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Spaces inside belong to the fence; an empty span would be no span.
    format!("{fence} {text} {fence}")
}

/// A text in which nothing is markup: all ASCII punctuation by its number.
fn text(text: &str) -> String {
    let text = escape(text);
    let mut out = String::new();
    for char in shorten(&text, TEXT).chars() {
        if char.is_ascii_punctuation() && !matches!(char, ',' | ';' | '%') {
            let _ = write!(out, "&#{};", char as u32);
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_page_says_is_markup() {
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(code("a\n\n# b"), "` a  # b `");
        assert_eq!(text("<b>[x](y)\n| 5 %"), "&#60;b&#62;&#91;x&#93;&#40;y&#41; &#124; 5 %");
    }
}
