//! What the user wants to happen to pages about a topic.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::rules::RuleSet;
use crate::rules::definition::TopicMeasure;
use crate::score::{Adjustment, Thresholds, Weighed, rule_of, weights};

/// What happens to pages about a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// The topic's terms are not looked at: neither evidence nor label.
    Ignore,
    /// The terms are evidence like any other.
    #[default]
    Label,
    /// A page about the topic is at least suspicious.
    Suspicious,
    /// A page about the topic is spam, also where nothing but its words says so.
    Spam,
}

impl Policy {
    /// All policies.
    pub const ALL: [Policy; 4] = [Self::Ignore, Self::Label, Self::Suspicious, Self::Spam];

    /// Name used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Label => "label",
            Self::Suspicious => "suspicious",
            Self::Spam => "spam",
        }
    }

    /// The risk a page about the topic has at least, in decibans.
    fn floor(self, thresholds: &Thresholds) -> Option<f64> {
        match self {
            Self::Ignore | Self::Label => None,
            Self::Suspicious => Some(thresholds.suspicious),
            Self::Spam => Some(thresholds.convicted),
        }
    }
}

/// Policies by topic; `label` where none is set.
pub type Policies = BTreeMap<String, Policy>;

/// The topics with a policy that a page is about, with the risk it has at least: their clusters
/// and coverage bring 5 dB or more where they stand, before other evidence at the same place and
/// words of discussion are counted against them.
pub(super) fn unwanted<'a>(
    rules: &'a RuleSet,
    findings: &[Weighed],
    policies: &Policies,
    thresholds: &Thresholds,
) -> BTreeMap<&'a str, f64> {
    let mut weights: BTreeMap<&str, f64> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.db > 0.0) {
        let definition = &rule_of(rules, &finding.evidence).definition;
        let single = definition.db.is_some() && definition.measure != Some(TopicMeasure::Coverage);
        let topic = finding.evidence.topic.filter(|_| !single);
        if let Some(topic) = topic.and_then(|topic| rules.terms().topics().get(topic as usize)) {
            *weights.entry(topic).or_default() += finding.db;
        }
    }
    weights
        .into_iter()
        .filter(|(_, db)| *db >= weights::FAMILY_SAYS_DB)
        .filter_map(|(topic, _)| Some((topic, policies.get(topic)?.floor(thresholds)?)))
        .collect()
}

/// What a page lacks to the floor of its unwanted topics.
pub(super) fn raise(
    unwanted: &BTreeMap<&str, f64>,
    sum: f64,
    thresholds: &Thresholds,
) -> Option<Adjustment> {
    let floor = unwanted.values().copied().fold(f64::NEG_INFINITY, f64::max);
    let topics: Vec<&str> =
        unwanted.iter().filter(|(_, least)| **least >= floor).map(|(topic, _)| *topic).collect();
    (sum < floor).then(|| Adjustment {
        label: "policy".to_owned(),
        db: ((floor - sum) * 10.0).round() / 10.0,
        detail: format!(
            "pages about {} are to be {} at least",
            topics.join(", "),
            if floor >= thresholds.convicted { "spam" } else { "suspicious" }
        ),
    })
}

/// The labels of the topics a page is raised for.
pub(super) fn labels(unwanted: &BTreeMap<&str, f64>) -> BTreeSet<String> {
    unwanted.keys().map(|topic| format!("policy:{topic}")).collect()
}
