//! Reports as a table: RFC 4180, UTF-8, one row to a page, with its most telling finding.
//!
//! Spreadsheets run what begins like a formula, so such a cell gets an apostrophe in front. All
//! text is escaped as for a terminal, so that a row is one line.

use std::io;
use std::io::Write;

use crate::report::escape::escape;
use crate::report::writer::{Writer, telling};
use crate::report::{Report, SourceSpan};
use crate::rules::RuleSet;

const HEADER: &str = "path,record,offset,url,date,format,charset,language,verdict,risk,damage,junk,topics,labels,\
     headline,reason,findings,suppressed,rule,line,column,text\r\n";

/// Writes rows as they come.
#[derive(Debug, Default)]
pub struct Csv {
    begun: bool,
}

impl Csv {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        out.write_all(HEADER.as_bytes())
    }
}

impl Writer for Csv {
    fn page(&mut self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        self.begin(out)?;
        let source = &report.source;
        let findings = telling(report);
        let first = findings.first();
        let place: Option<SourceSpan> = first.map(|finding| finding.source_span);
        let optional = |text: &Option<String>| text.as_deref().map_or_else(String::new, cell);
        let number = |number: Option<u32>| number.map_or_else(String::new, |n| n.to_string());
        let format = serde_json::to_value(report.format).map_err(io::Error::other)?;
        let row = [
            cell(&source.path),
            optional(&source.record),
            source.offset.map_or_else(String::new, |offset| offset.to_string()),
            optional(&source.url),
            optional(&source.date),
            cell(format.as_str().unwrap_or_default()),
            cell(&report.charset),
            cell(&report.language.main),
            report.verdict.name().to_owned(),
            report.risk.to_string(),
            report.damage.to_string(),
            report.junk.to_string(),
            cell(&report.topics.join(" ")),
            cell(&report.labels.join(" ")),
            cell(&report.headline),
            report.reason.as_ref().map_or_else(String::new, |reason| cell(&reason.code)),
            findings.len().to_string(),
            (report.findings.len() - findings.len()).to_string(),
            first.map_or_else(String::new, |finding| cell(&finding.rule)),
            number(place.map(|place| place.line)),
            number(place.map(|place| place.column)),
            first.map_or_else(String::new, |finding| cell(&finding.text)),
        ];
        write!(out, "{}\r\n", row.join(","))
    }

    fn finish(&mut self, out: &mut dyn Write, _: &RuleSet) -> io::Result<()> {
        self.begin(out)
    }
}

/// A text as a cell.
fn cell(text: &str) -> String {
    // As it stands: a tab or line break in front is a space once it is escaped.
    let formula = |char: char| {
        matches!(char, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    };
    let guarded = text.starts_with(formula) || text.trim_start().starts_with(formula);
    let text = format!("{}{}", if guarded { "'" } else { "" }, escape(text));
    // Semicolons part cells in spreadsheets of half the world.
    if text.contains([',', ';', '"', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_more_than_one_cell() {
        assert_eq!(cell("tea"), "tea");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell(" \u{a0}@SUM(A1)"), "\"' \u{a0}@SUM(A1)\"");
        assert_eq!(cell("\t=x"), "\"' =x\"");
        assert_eq!(cell("\rx"), "\"'␍x\"");
        assert_eq!(cell("＝1"), "\"'＝1\"");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\" c\"");
        assert_eq!(cell("a-b=c"), "a-b=c");
    }
}
