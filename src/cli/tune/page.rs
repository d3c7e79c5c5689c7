//! Labelled pages, judged as tuning needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crawlint::report::{Report, Verdict};
use crawlint::{Origin, Scanner, input};

use crate::cli::eval::manifest::{Entry, Label};
use crate::cli::eval::outcome::Call;

/// Whether the risk of a page tells how well rules are weighed: spam and injections, which should
/// be raised, and clean pages, which should not. Comments and orders to machines are told by a
/// label of the result instead.
pub(crate) fn counts(entry: &Entry) -> bool {
    let by_label = entry.label.is_risky() && entry.telling_label().is_some();
    (entry.label.is_risky() || entry.label == Label::Clean) && !by_label
}

/// What a judgement came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judged {
    pub(crate) risk_db: f64,
    pub(crate) call: Call,
}

impl Judged {
    fn of(entry: &Entry, report: &Report) -> Self {
        let call = Call::of(entry, report.verdict, &report.labels);
        Self { risk_db: report.risk_db, call }
    }
}

/// A page under the present weights.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) judged: Judged,
    /// Decibans that each rule adds; none where the sum does not make the risk.
    pub(crate) evidence: BTreeMap<String, f64>,
    /// Rules whose findings count.
    pub(crate) rules: BTreeSet<String>,
    /// Of these, the ones whose weight is more than risk.
    pub(crate) other_axes: BTreeSet<String>,
}

/// Reads and judges a page; the error says why it cannot be read.
pub(crate) fn look(
    scanner: &Scanner,
    folder: &Path,
    entry: &Entry,
    max_bytes: u64,
) -> Result<Page, String> {
    let Some(bytes) = read(folder, entry, max_bytes)? else {
        let reason = crawlint::report::Reason { code: "too-large".into(), message: String::new() };
        let report = Scanner::unreadable(&origin(entry), reason);
        return Ok(Page::of(entry, &report, true));
    };
    let seen = scanner.inspect(&bytes, &origin(entry));
    // A gate or a policy says what the risk is, whatever the weights: nothing is learnt there.
    let set = seen.waterfall.iter().any(|step| matches!(step.label.as_str(), "gate" | "policy"));
    Ok(Page::of(entry, &seen.report, set))
}

/// The same page under other weights.
pub(crate) fn again(
    scanner: &Scanner,
    folder: &Path,
    entry: &Entry,
    max_bytes: u64,
) -> Result<Judged, String> {
    let bytes = read(folder, entry, max_bytes)?.unwrap_or_default();
    Ok(Judged::of(entry, &scanner.scan(&bytes, &origin(entry))))
}

fn origin(entry: &Entry) -> Origin {
    Origin { url: entry.url.clone(), ..Origin::path(&entry.file) }
}

/// The bytes, unless there are too many.
fn read(folder: &Path, entry: &Entry, max_bytes: u64) -> Result<Option<Vec<u8>>, String> {
    match input::read(&folder.join(&entry.file), max_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.code() == "io" => Err(error.to_string()),
        Err(_) => Ok(None),
    }
}

impl Page {
    fn of(entry: &Entry, report: &Report, set: bool) -> Self {
        let mut page = Self {
            judged: Judged::of(entry, report),
            evidence: BTreeMap::new(),
            rules: BTreeSet::new(),
            other_axes: BTreeSet::new(),
        };
        for found in report.findings.iter().filter(|found| found.suppressed.is_none()) {
            page.rules.insert(found.rule.clone());
            if found.damage > 0 || found.junk > 0 {
                page.other_axes.insert(found.rule.clone());
            }
            if found.db > 0.0 && !set && report.verdict != Verdict::Unreadable {
                *page.evidence.entry(found.rule.clone()).or_default() += found.db;
            }
        }
        page
    }
}
