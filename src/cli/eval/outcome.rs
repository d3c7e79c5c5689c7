//! A page, judged, and whether the judgement is right.

use std::path::Path;
use std::time::Instant;

use crawlint::report::terminal::Excerpt;
use crawlint::report::{Report, Verdict, human, tenth};
use crawlint::{Origin, Scanner, input};
use serde::Serialize;

use crate::cli::eval::manifest::{Entry, Label};

/// Characters shown of a bad page on which nothing was found.
const BEGINNING: usize = 600;

/// A judged page.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) file: String,
    pub(crate) label: Label,
    /// The group of the first table.
    pub(crate) group: String,
    pub(crate) category: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) synthetic: bool,
    pub(crate) hard: bool,
    pub(crate) verdict: Verdict,
    #[serde(flatten)]
    pub(crate) call: Call,
    pub(crate) risk_db: f64,
    pub(crate) damage: u8,
    pub(crate) junk: u8,
    pub(crate) labels: Vec<String>,
    pub(crate) headline: String,
    /// Rules that found something, each once, sorted.
    pub(crate) rules: Vec<String>,
    /// Of these, the ones without which the page would not be raised.
    pub(crate) decided_by: Vec<String>,
    /// The report and the text around its findings, where they are to be shown.
    #[serde(skip)]
    pub(crate) shown: Option<Shown>,
    #[serde(skip)]
    pub(crate) bytes: u64,
    /// Time taken, in microseconds, re-scoring included.
    #[serde(skip)]
    pub(crate) micros: u64,
    /// Why the file could not be read at all.
    #[serde(skip)]
    pub(crate) lost: Option<String>,
}

/// What a page needs to be looked at.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) report: Report,
    /// Beside the findings of the report.
    pub(crate) excerpts: Vec<Excerpt>,
    /// Beginning of the visible text.
    pub(crate) beginning: String,
}

/// How a judgement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Call {
    /// The page is worth a look: flagged, or suspicious.
    pub(crate) raised: bool,
    /// The page is called bad.
    pub(crate) flagged: bool,
}

impl Call {
    /// Ruined text is no spam: for junk and damaged pages the verdict `damaged` raises. Spam of
    /// visitors and orders to machines are labels, not verdicts: on pages of these categories the
    /// label counts like a verdict.
    pub(crate) fn of(entry: &Entry, verdict: Verdict, labels: &[String]) -> Self {
        let flagged = matches!(verdict, Verdict::Injected | Verdict::Spam | Verdict::Junk);
        let mut call = Self { raised: flagged || verdict == Verdict::Suspicious, flagged };
        if verdict == Verdict::Damaged && matches!(entry.label, Label::Junk | Label::Damaged) {
            call.raised = true;
            call.flagged |= entry.label == Label::Damaged;
        }
        let Some(wanted) = entry.telling_label() else { return call };
        if entry.label != Label::Clean && labels.iter().any(|label| label == wanted) {
            call = Self { raised: true, flagged: true };
        }
        call
    }
}

impl Outcome {
    /// A bad page that is not raised.
    pub(crate) fn is_miss(&self) -> bool {
        self.label.is_bad() && !self.call.raised
    }

    /// A clean page that is raised.
    pub(crate) fn is_alarm(&self) -> bool {
        self.label == Label::Clean && self.call.raised
    }

    /// Risk to rank by: what could not be judged comes last.
    pub(crate) fn rank(&self) -> f64 {
        if self.verdict == Verdict::Unreadable { f64::NEG_INFINITY } else { self.risk_db }
    }
}

/// Reads and judges a page; with `show` keeps of a wrong one what a reader needs.
pub(crate) fn judge(
    scanner: &Scanner,
    folder: &Path,
    entry: &Entry,
    max_bytes: u64,
    show: bool,
) -> Outcome {
    let origin = Origin { url: entry.url.clone(), ..Origin::path(&entry.file) };
    let read = input::read(&folder.join(&entry.file), max_bytes);
    let started = Instant::now();
    let (bytes, lost, (report, without)) = match read {
        Ok(bytes) => {
            let judged = scanner.ablate(&bytes, &origin);
            (bytes, None, judged)
        }
        Err(error) => {
            let message = error.to_string();
            let lost = (error.code() == "io").then(|| message.clone());
            let reason = crawlint::report::Reason { code: error.code().to_owned(), message };
            (Vec::new(), lost, (Scanner::unreadable(&origin, reason), Vec::new()))
        }
    };
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let call = Call::of(entry, report.verdict, &report.labels);
    let mut rules: Vec<String> = report.findings.iter().map(|found| found.rule.clone()).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut decided_by: Vec<String> = without
        .into_iter()
        .filter(|w| call.raised && !Call::of(entry, w.verdict, &w.labels).raised)
        .map(|without| without.rule)
        .collect();
    decided_by.sort_unstable();
    let mut outcome = Outcome {
        file: entry.file.clone(),
        label: entry.label,
        group: entry.counted_in(),
        category: entry.category.clone(),
        language: entry.language.clone(),
        synthetic: entry.is_synthetic(),
        hard: entry.is_hard(),
        verdict: report.verdict,
        call,
        risk_db: tenth(report.risk_db),
        damage: report.damage,
        junk: report.junk,
        labels: report.labels.clone(),
        headline: report.headline.clone(),
        rules,
        decided_by,
        shown: None,
        bytes: bytes.len() as u64,
        micros,
        lost,
    };
    if show && (outcome.is_miss() || outcome.is_alarm()) {
        let page = scanner.page(&bytes, &origin);
        outcome.shown = Some(Shown {
            excerpts: human::excerpts(&report, &page),
            beginning: page.visible().chars().take(BEGINNING).collect(),
            report,
        });
    }
    outcome
}
