//! Page by page: what a change did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use crawlint::report::Verdict;
use crawlint::report::terminal::escape;
use serde::{Deserialize, Serialize};

use crate::cli::eval::manifest::Label;
use crate::cli::eval::outcome::{Call, Outcome};

/// Pages judged otherwise than before.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// Where the older judgements are from.
    pub(crate) with: String,
    pub(crate) changes: Vec<Change>,
    /// Pages judged as before.
    pub(crate) same: usize,
    /// Pages only this run has.
    pub(crate) new: usize,
    /// Pages only the older run has.
    pub(crate) gone: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) file: String,
    pub(crate) group: String,
    pub(crate) direction: Direction,
    pub(crate) was: String,
    pub(crate) is: Verdict,
    pub(crate) was_db: f64,
    pub(crate) is_db: f64,
    pub(crate) headline: String,
}

/// In order of what a reader wants to see first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    Worse,
    Better,
    /// Another verdict, no more and no less right.
    Other,
}

impl Direction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Other => "other",
        }
    }
}

/// What is read back of an older output.
#[derive(Deserialize)]
struct Old {
    pages: Vec<OldPage>,
}

#[derive(Deserialize)]
struct OldPage {
    file: String,
    verdict: String,
    raised: bool,
    flagged: bool,
    risk_db: f64,
}

/// Compares judged pages with an older output of `--format json`.
pub(crate) fn compare(path: &Path, pages: &[Outcome]) -> anyhow::Result<Comparison> {
    let shown = escape(&path.display().to_string()).into_owned();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the older figures in {shown}"))?;
    let old: Old = serde_json::from_str(&text)
        .with_context(|| format!("{shown} is no output of `crawlint eval --format json`"))?;
    let mut old: BTreeMap<&str, &OldPage> =
        old.pages.iter().map(|page| (page.file.as_str(), page)).collect();
    let mut comparison = Comparison {
        with: path.display().to_string(),
        changes: Vec::new(),
        same: 0,
        new: 0,
        gone: 0,
    };
    for page in pages {
        let Some(old) = old.remove(page.file.as_str()) else {
            comparison.new += 1;
            continue;
        };
        let was = Call { raised: old.raised, flagged: old.flagged };
        if was == page.call && old.verdict == page.verdict.name() {
            comparison.same += 1;
            continue;
        }
        let before = merit(page.label, was, &old.verdict);
        let after = merit(page.label, page.call, page.verdict.name());
        comparison.changes.push(Change {
            file: page.file.clone(),
            group: page.group.clone(),
            direction: match after.cmp(&before) {
                std::cmp::Ordering::Less => Direction::Worse,
                std::cmp::Ordering::Equal => Direction::Other,
                std::cmp::Ordering::Greater => Direction::Better,
            },
            was: old.verdict.clone(),
            is: page.verdict,
            was_db: old.risk_db,
            is_db: page.risk_db,
            headline: page.headline.clone(),
        });
    }
    comparison.gone = old.len();
    comparison
        .changes
        .sort_by(|a, b| (a.direction, &a.group, &a.file).cmp(&(b.direction, &b.group, &b.file)));
    Ok(comparison)
}

/// How right a judgement is: more is better. Comparable between judgements on one page.
fn merit(label: Label, call: Call, verdict: &str) -> i8 {
    let raised = i8::from(call.raised) * 2 + i8::from(call.flagged) * 2;
    match label {
        Label::Ambiguous => 0,
        Label::Clean => -raised - i8::from(verdict == "damaged" || verdict == "unreadable"),
        label => raised + i8::from(call.raised && verdict == label.name()),
    }
}
