//! A page as it is copied out. Runs on the workers, since it may compress.

use crawlint::Origin;
use crawlint::decode::decode;
use crawlint::report::{Report, Verdict};
use serde::Serialize;

use crate::cli::output::SplitFormat;
use crate::cli::output::split::warc;

/// Makes copies of pages.
#[derive(Clone, Copy)]
pub(crate) struct Packer {
    format: SplitFormat,
    /// Largest original record to look for, in bytes.
    max_bytes: u64,
}

/// A line of a file of pages. The names are those that readers of such files look for.
#[derive(Serialize)]
struct Line<'page> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'page str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'page str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'page str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'page str>,
    path: &'page str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    verdict: &'static str,
    risk: u8,
    content: &'page str,
}

impl Packer {
    pub(crate) fn new(format: SplitFormat, max_bytes: u64) -> Self {
        Self { format, max_bytes }
    }

    /// The copy of a page; empty where there is nothing to copy: a record without content, or,
    /// for JSON, one that is no text.
    pub(crate) fn pack(&self, origin: &Origin, bytes: &[u8], report: &Report) -> Vec<u8> {
        if bytes.is_empty() {
            return Vec::new();
        }
        match self.format {
            SplitFormat::Warc => warc::record(origin, bytes, report, self.max_bytes),
            SplitFormat::Jsonl if report.verdict == Verdict::Unreadable => Vec::new(),
            SplitFormat::Jsonl => {
                let text = decode(bytes, origin.content_type.as_deref()).text;
                let line = Line {
                    id: origin.record.as_deref(),
                    url: origin.url.as_deref(),
                    date: origin.date.as_deref(),
                    content_type: origin.content_type.as_deref(),
                    path: &origin.path,
                    offset: origin.offset,
                    verdict: report.verdict.name(),
                    risk: report.risk,
                    content: &text,
                };
                let mut line = serde_json::to_vec(&line).unwrap_or_default();
                line.push(b'\n');
                line
            }
        }
    }
}
