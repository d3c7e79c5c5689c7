//! Results as one file, written page by page.
//!
//! Rows and details are gathered into parts, compressed, and written as base64 into elements
//! that no browser runs. The script opens the rows at once and the details as they are asked for.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crawlint::Inspection;
use crawlint::report::Report;
use crawlint::rules::RuleSet;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::cli::desk::document::base64;
use crate::cli::desk::{Details, Document, Judged, row};

/// Bytes of rows put together before they are compressed.
const ROWS: usize = 512 << 10;

/// The same of details: little enough to be opened in a moment, enough to compress well.
const DETAILS: usize = 128 << 10;

/// A page made ready on a worker.
#[derive(Debug, Default)]
pub(crate) struct Card {
    row: Vec<u8>,
    /// Empty where there is nothing to show beside the row.
    details: Vec<u8>,
}

impl Card {
    /// A page and what the inspection of it showed.
    pub(crate) fn new(report: &Report, inspection: Option<&Inspection>) -> Self {
        let judged = Judged::of(report);
        let host = inspection.and_then(|seen| seen.page.host.as_deref());
        let details = match inspection {
            Some(seen) => Details::seen(&judged, seen).json(),
            None => Vec::new(),
        };
        Self { row: row(&judged, host), details }
    }

    /// The card of a record. Clean pages without findings are rows only; the others are looked
    /// at once more for their text.
    pub(crate) fn of(report: &Report, look: impl FnOnce() -> Inspection) -> Self {
        if report.findings.is_empty() {
            return Self::new(report, None);
        }
        Self::new(report, Some(&look()))
    }
}

/// Writes the file to a writer given with each call, so that it can go anywhere. Memory is
/// bounded by a part of each kind.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    rows: Vec<u8>,
    details: Vec<u8>,
    /// Index of the first page in `details`.
    first: u64,
    pages: u64,
    begun: bool,
}

impl Writer {
    /// Adds a page.
    ///
    /// # Errors
    /// Those of the writer.
    pub(crate) fn add(&mut self, out: &mut dyn Write, card: &Card) -> io::Result<()> {
        self.begin(out)?;
        self.rows.extend_from_slice(&card.row);
        self.details.extend_from_slice(&card.details);
        self.details.push(b'\n');
        self.pages += 1;
        if self.rows.len() >= ROWS {
            self.flush_rows(out)?;
        }
        if self.details.len() >= DETAILS {
            self.flush_details(out)?;
        }
        Ok(())
    }

    /// Ends the file; nothing may be added afterwards. The rules are those that judged.
    ///
    /// # Errors
    /// Those of the writer.
    pub(crate) fn finish(&mut self, out: &mut dyn Write, rules: &RuleSet) -> io::Result<()> {
        self.begin(out)?;
        self.flush_rows(out)?;
        self.flush_details(out)?;
        let about = about(rules, self.pages).to_string();
        out.write_all(Document::tail(&about).as_bytes())
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            out.write_all(Document::Report.head().as_bytes())?;
        }
        Ok(())
    }

    fn flush_rows(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let part = packed(&self.rows)?;
        self.rows.clear();
        writeln!(out, "<script type=\"text/plain\" class=\"rows\">{part}</script>")
    }

    fn flush_details(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let part = packed(&self.details)?;
        self.details.clear();
        let first = std::mem::replace(&mut self.first, self.pages);
        writeln!(
            out,
            "<script type=\"text/plain\" class=\"details\" data-first=\"{first}\">{part}</script>"
        )
    }
}

/// Gzip as base64.
fn packed(bytes: &[u8]) -> io::Result<String> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes)?;
    Ok(base64(&out.finish()?))
}

/// What the script needs to know of the whole: how many pages, and what the rules say.
pub(crate) fn about(rules: &RuleSet, pages: u64) -> Value {
    let known: BTreeMap<&str, Value> = rules
        .rules()
        .iter()
        .map(|rule| {
            let it = &rule.definition;
            let topic = it.topic.as_deref();
            let value = json!({ "summary": it.summary, "why": it.why, "advice": it.advice, "topic": topic });
            (it.id.as_str(), value)
        })
        .collect();
    json!({ "crawlint": env!("CARGO_PKG_VERSION"), "pages": pages, "rules": known })
}
