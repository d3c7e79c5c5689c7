//! Reports as `JUnit` XML: a test suite for each folder or container, a test case for each page.
//! A page at the gate fails, a record that could not be read is an error; there are no times.

use std::fmt::Write as _;
use std::io;
use std::io::Write;

use crate::report::escape::{escape, shorten};
use crate::report::writer::{Gate, Level, Writer, name, record, telling};
use crate::report::{Report, Verdict};
use crate::rules::RuleSet;

/// Bytes of a suite kept until its counts are known; a longer suite goes on in another of the
/// same name.
const SUITE: usize = 4 << 20;

/// Findings told of a page.
const FINDINGS: usize = 20;

/// Characters of a text found.
const TEXT: usize = 240;

/// Writes suite by suite.
#[derive(Debug)]
pub struct Junit {
    gate: Gate,
    begun: bool,
    suite: Suite,
}

/// The suite that pages are added to.
#[derive(Debug, Default)]
struct Suite {
    name: String,
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
    cases: String,
}

impl Junit {
    /// Test cases for a run with this gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate, begun: false, suite: Suite::default() }
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        out.write_all(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"crawlint\">\n",
        )
    }

    fn flush(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Suite { name, tests, failures, errors, skipped, cases } =
            std::mem::take(&mut self.suite);
        if tests == 0 {
            return Ok(());
        }
        self.begin(out)?;
        write!(
            out,
            "<testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" \
             errors=\"{errors}\" skipped=\"{skipped}\">\n{cases}</testsuite>\n",
            xml(&name)
        )
    }
}

impl Writer for Junit {
    fn page(&mut self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        let (suite, case) = names(report);
        if suite != self.suite.name || self.suite.cases.len() > SUITE {
            self.flush(out)?;
            suite.clone_into(&mut self.suite.name);
        }
        let open = &mut self.suite;
        open.tests += 1;
        let _ =
            write!(open.cases, "<testcase classname=\"{}\" name=\"{}\"", xml(&suite), xml(&case));
        let headline = xml(&report.headline);
        let verdict = report.verdict.name();
        let code = report.reason.as_ref().map_or_else(String::new, |reason| xml(&reason.code));
        let _ = match (self.gate.level(report.verdict), report.verdict) {
            (None, _) => writeln!(open.cases, "/>"),
            (Some(Level::Error), Verdict::Unreadable) => {
                open.errors += 1;
                writeln!(open.cases, "><error type=\"{code}\" message=\"{headline}\"/></testcase>")
            }
            (Some(_), Verdict::Unreadable) => {
                open.skipped += 1;
                writeln!(open.cases, "><skipped message=\"{headline}\"/></testcase>")
            }
            (Some(Level::Error), _) => {
                open.failures += 1;
                writeln!(
                    open.cases,
                    "><failure type=\"{verdict}\" message=\"{headline}\">{}</failure></testcase>",
                    xml_lines(&details(report))
                )
            }
            (Some(Level::Warning | Level::Note), _) => writeln!(
                open.cases,
                "><system-out>{verdict}: {headline}\n{}</system-out></testcase>",
                xml_lines(&details(report))
            ),
        };
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _: &RuleSet) -> io::Result<()> {
        self.flush(out)?;
        self.begin(out)?;
        out.write_all(b"</testsuites>\n")
    }
}

/// Suite and test case of a page: folder and file, or container and record.
fn names(report: &Report) -> (String, String) {
    let source = &report.source;
    if let Some(record) = record(source) {
        return (source.path.clone(), record);
    }
    match source.path.rsplit_once(['/', std::path::MAIN_SEPARATOR]) {
        Some((folder, file)) if !folder.is_empty() => (folder.to_owned(), file.to_owned()),
        _ => (".".to_owned(), source.path.clone()),
    }
}

/// Place, rule and text of the findings, one to a line.
fn details(report: &Report) -> String {
    let findings = telling(report);
    let mut out = String::new();
    for finding in findings.iter().take(FINDINGS) {
        let place = finding.source_span;
        let text = escape(&finding.text);
        let _ = writeln!(
            out,
            "{}:{}:{}: {} {} {}",
            escape(&name(&report.source)),
            place.line,
            place.column,
            escape(&finding.rule),
            escape(&finding.message),
            shorten(&text, TEXT)
        );
    }
    if findings.len() > FINDINGS {
        let _ = writeln!(out, "and {} more findings", findings.len() - FINDINGS);
    }
    out
}

/// One line of text inside an element or an attribute.
fn xml(text: &str) -> String {
    xml_lines(&escape(text))
}

/// Text without the characters that XML cannot hold, markup escaped.
fn xml_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup_and_only_what_xml_can_hold() {
        assert_eq!(xml("]]></failure>&\"'"), "]]&gt;&lt;/failure&gt;&amp;&quot;&#39;");
        assert_eq!(xml("a\u{ffff}b\u{0}\n\u{1b}"), "a\\u{ffff}b␀ ␛");
        assert_eq!(xml_lines("a\u{1}\n\u{fffe}b\u{ffff}"), "a\nb");
    }
}
