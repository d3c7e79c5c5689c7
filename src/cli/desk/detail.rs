//! What is shown of one page when it is opened.

use crawlint::report::tenth;
use crawlint::{Inspection, Step};
use serde::Serialize;

use crate::cli::desk::excerpt::{Piece, pieces};
use crate::cli::desk::{Judged, JudgedFinding, clip};

/// Findings listed of a page, the weightiest; the results hold all of them.
const FINDINGS: usize = 120;

/// Lines of the waterfall before small ones are put together.
const STEPS: usize = 48;

/// Bytes kept of any one text.
const TEXT: usize = 1200;

/// A page, opened. Keys are spelt out where there are few of them.
#[derive(Serialize)]
pub(crate) struct Details {
    format: String,
    charset: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    declared: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    findings: Vec<Listed>,
    /// Findings that are not listed.
    more: usize,
    /// Label, decibans, how they came about.
    waterfall: Vec<(String, f64, String)>,
    why_not: Vec<String>,
    text: Vec<Piece>,
    /// Why the text is not shown, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    rule: String,
    family: String,
    db: f64,
    damage: u8,
    junk: u8,
    zone: String,
    line: u32,
    column: u32,
    text: String,
    message: String,
}

impl Details {
    /// A page with its text.
    pub(crate) fn seen(judged: &Judged, inspection: &Inspection) -> Self {
        let listed = listed(&judged.findings);
        Self {
            text: pieces(&inspection.page, &inspection.block_zones, &listed),
            waterfall: waterfall(&inspection.waterfall),
            why_not: inspection.why_not.iter().map(|line| clip(line, TEXT)).collect(),
            ..Self::unseen(judged, None)
        }
    }

    /// A page whose text is not at hand, and why.
    pub(crate) fn unseen(judged: &Judged, note: Option<String>) -> Self {
        let listed = listed(&judged.findings);
        Self {
            format: judged.format.clone(),
            charset: judged.charset.clone(),
            declared: judged.language.declared.as_deref().map(|it| clip(it, 40)),
            date: judged.source.date.as_deref().map(|it| clip(it, 40)),
            more: judged.findings.len() - listed.len(),
            findings: listed.into_iter().map(line).collect(),
            waterfall: Vec::new(),
            why_not: Vec::new(),
            text: Vec::new(),
            note,
        }
    }

    /// The details as JSON on one line, without a line break.
    ///
    /// # Panics
    /// Never: details can be written as JSON.
    pub(crate) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("details hold no map")
    }
}

/// The weightiest findings, in the order of their places.
fn listed(findings: &[JudgedFinding]) -> Vec<&JudgedFinding> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|&a, &b| findings[b].weight().total_cmp(&findings[a].weight()));
    order.truncate(FINDINGS);
    order.sort_unstable();
    order.into_iter().map(|at| &findings[at]).collect()
}

fn line(finding: &JudgedFinding) -> Listed {
    Listed {
        rule: finding.rule.clone(),
        family: finding.family.clone(),
        db: finding.db,
        damage: finding.damage,
        junk: finding.junk,
        zone: finding.zone.clone(),
        line: finding.source_span.line,
        column: finding.source_span.column,
        text: clip(&finding.text, TEXT),
        message: clip(&finding.message, TEXT),
    }
}

/// The steps, small ones put together where there are many. The sum stays.
fn waterfall(steps: &[Step]) -> Vec<(String, f64, String)> {
    let mut weights: Vec<f64> = steps.iter().map(|step| step.db.abs()).collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    let least = weights.get(STEPS).copied().unwrap_or(-1.0);
    let (kept, small): (Vec<&Step>, Vec<&Step>) =
        steps.iter().partition(|step| step.db.abs() > least);
    let mut lines: Vec<_> = kept
        .into_iter()
        .map(|step| (clip(&step.label, 200), tenth(step.db), clip(&step.detail, TEXT)))
        .collect();
    if !small.is_empty() {
        let sum: f64 = small.iter().map(|step| step.db).sum();
        let label = format!("{} smaller findings", small.len());
        lines.push((label, tenth(sum), "together".to_owned()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_waterfall_keeps_its_sum() {
        let step = |at: u32| Step { label: "a/b".into(), db: f64::from(at), detail: "x".into() };
        let steps: Vec<Step> = (0..200).map(step).collect();
        let lines = waterfall(&steps);
        assert_eq!(lines.len(), STEPS + 1);
        assert!((lines.iter().map(|line| line.1).sum::<f64>() - 19900.0).abs() < 0.1);
        assert_eq!(waterfall(&steps[..3]).len(), 3);
    }
}
