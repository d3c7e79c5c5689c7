//! Reports as JSON: one per line (JSON Lines), or as one array. Both are the same bytes for the
//! same reports: fields in the order of their declaration, no time stamps.

use std::io::{self, Write};

use crate::report::Report;

/// A report on one line, with its line break.
pub fn line(report: &Report) -> Vec<u8> {
    let mut line = object(report);
    line.push(b'\n');
    line
}

/// A report on one line, without a line break.
///
/// # Panics
/// Never: every field of a report can be written as JSON.
pub fn object(report: &Report) -> Vec<u8> {
    serde_json::to_vec(report).expect("a report holds no map with keys other than strings")
}

/// Writes an array one element at a time, so that a crawl need not fit in memory.
///
/// ```
/// let mut out = Vec::new();
/// let mut array = crawlint::report::json::Array::default();
/// array.push(&mut out, b"1")?;
/// array.push(&mut out, b"2")?;
/// array.finish(&mut out)?;
/// assert_eq!(out, b"[\n1,\n2\n]\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Array {
    opened: bool,
}

impl Array {
    /// Appends an element that is JSON already.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn push(&mut self, out: &mut dyn Write, element: &[u8]) -> io::Result<()> {
        out.write_all(if self.opened { b",\n" } else { b"[\n" })?;
        self.opened = true;
        out.write_all(element)
    }

    /// Closes the array.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.opened { b"\n]\n" } else { b"[]\n" })
    }
}
