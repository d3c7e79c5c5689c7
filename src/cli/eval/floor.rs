//! The floor: figures that must not get worse.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use crawlint::report::terminal::escape;
use serde::{Deserialize, Serialize};

use crate::cli::args::Part;
use crate::cli::eval::figures::Evaluation;
use crate::cli::eval::manifest::Label;

/// The figures of a floor, as its file holds them.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floor {
    /// The part they hold for.
    part: Option<Part>,
    /// Average precision over risk, at least.
    average_precision: Option<f64>,
    /// Shares by group and figure: at least so much of bad pages, at most of clean ones.
    groups: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Floor {
    /// The figures of an evaluation, in ten-thousandths.
    pub(crate) fn of(evaluation: &Evaluation<'_>) -> Self {
        let counted =
            evaluation.groups.iter().filter(|group| group.name != Label::Ambiguous.name());
        let groups = counted.map(|group| {
            let mut figures = vec![("raised", group.raised), ("flagged", group.flagged)];
            if group.is_clean {
                figures.push(("damaged", group.damaged));
            }
            let figures =
                figures.into_iter().map(|(name, rate)| (name.to_owned(), round(rate.share)));
            (group.name.clone(), figures.collect())
        });
        Self {
            part: evaluation.part,
            average_precision: evaluation.risk.average_precision.map(round),
            groups: groups.collect(),
        }
    }

    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = escape(&path.display().to_string()).into_owned();
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the floor in {shown}"))?;
        serde_json::from_str(&text).with_context(|| format!("{shown} is no floor"))
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = format!("{}\n", serde_json::to_string_pretty(self)?);
        std::fs::write(path, text).with_context(|| {
            format!("cannot write the floor to {}", escape(&path.display().to_string()))
        })
    }

    /// What is worse than this floor, one sentence each.
    pub(crate) fn undercut(&self, now: &Floor) -> anyhow::Result<Vec<String>> {
        if self.part != now.part {
            bail!("the floor was written for other pages: give --part as it was given there");
        }
        let mut worse = Vec::new();
        for (group, figures) in &self.groups {
            let at_most = group.starts_with(Label::Clean.name());
            for (figure, &limit) in figures {
                let bound = if at_most { "most" } else { "least" };
                match now.groups.get(group).and_then(|figures| figures.get(figure)) {
                    None => worse.push(format!("{group}: no pages to take {figure} of")),
                    Some(&is) if (at_most && is > limit) || (!at_most && is < limit) => worse.push(
                        format!("{group}: {figure} is {is:.4}, must be at {bound} {limit:.4}"),
                    ),
                    Some(_) => {}
                }
            }
        }
        if let Some(limit) = self.average_precision {
            let is = now.average_precision.unwrap_or(0.0);
            if is < limit {
                worse.push(format!("average precision is {is:.4}, must be at least {limit:.4}"));
            }
        }
        Ok(worse)
    }
}

fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}
