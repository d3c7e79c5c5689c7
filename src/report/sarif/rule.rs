//! What SARIF says of a rule.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::report::writer::{Gate, Level};
use crate::report::{Finding, Verdict};
use crate::rules::RuleSet;
use crate::rules::definition::{RuleDefinition, Tier};

/// Decibans that convict alone, and those that are strong: as the tiers of the score.
const STRONG: [f64; 2] = [20.0, 10.0];

/// Points of damage or junk that are worth a warning.
const POINTS: f64 = 50.0;

/// Beginning of the rules that stand for verdicts.
const VERDICT: &str = "verdict/";

pub(super) fn of_verdict(verdict: Verdict) -> String {
    format!("{VERDICT}{}", verdict.name())
}

pub(super) fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// The level of a finding, by what it weighs on its page.
pub(super) fn level_of(finding: &Finding) -> Level {
    by_weight(finding.db, f64::from(finding.damage.max(finding.junk)))
}

fn by_weight(db: f64, points: f64) -> Level {
    let [decides, strong] = STRONG;
    if db >= decides {
        Level::Error
    } else if db >= strong || points >= POINTS {
        Level::Warning
    } else {
        Level::Note
    }
}

/// The level of a rule: by its tier, else by the most one finding may weigh.
fn default_level(rule: &RuleDefinition) -> Level {
    let most = |one: Option<f64>, steps: &[(f64, f64)]| {
        steps.iter().map(|step| step.1).fold(one.unwrap_or(0.0), f64::max)
    };
    match rule.tier {
        Some(Tier::A) => Level::Error,
        Some(Tier::B) => Level::Warning,
        Some(Tier::C | Tier::D) => Level::Note,
        // The weight of a cluster is that of its terms.
        None if rule.topic.is_some() && rule.db.is_none() && rule.steps.is_empty() => {
            Level::Warning
        }
        None => {
            let points = most(rule.damage, &rule.damage_steps).max(rule.junk.unwrap_or(0.0));
            by_weight(most(rule.db, &rule.steps), points)
        }
    }
}

/// The descriptor of a rule or verdict.
pub(super) fn describe(id: &str, rules: &RuleSet, gate: &Gate) -> Value {
    let verdict = id.strip_prefix(VERDICT);
    if let Some(verdict) = Verdict::ALL.into_iter().find(|v| Some(v.name()) == verdict) {
        return describe_verdict(id, verdict, gate);
    }
    let Some(rule) = rules.rule(id) else { return json!({ "id": id }) };
    let it = &rule.definition;
    let mut text = format!("Found {}. {}", it.summary, it.why);
    let mut markdown = format!("Found {}.\n\n**Why it matters.** {}", it.summary, it.why);
    for (title, paragraph) in
        [("What to do", &it.advice), ("What keeps it off good pages", &it.guard)]
    {
        if let Some(paragraph) = paragraph {
            let _ = write!(text, " {title}: {paragraph}");
            let _ = write!(markdown, "\n\n**{title}.** {paragraph}");
        }
    }
    let _ = write!(markdown, "\n\n`crawlint explain {id}` says more.");
    let mut tags = vec![rule.family.clone(), rule.pack.clone()];
    tags.extend(it.topic.clone());
    tags.dedup();
    json!({
        "id": id,
        "name": it.detector,
        "shortDescription": { "text": it.summary },
        "fullDescription": { "text": it.why },
        "help": { "text": text, "markdown": markdown },
        "defaultConfiguration": { "level": level_name(default_level(it)) },
        "properties": { "tags": tags },
    })
}

fn describe_verdict(id: &str, verdict: Verdict, gate: &Gate) -> Value {
    let means = match verdict {
        Verdict::Clean => "good content",
        Verdict::Damaged => "content whose text was damaged on its way here",
        Verdict::Suspicious => "some evidence, not enough to convict: have a look",
        Verdict::Injected => {
            "good content that carries foreign spam: strip the findings, keep the rest"
        }
        Verdict::Spam => "the page as a whole is spam",
        Verdict::Junk => "no content: error page, bot wall, parked domain, filler",
        Verdict::Unreadable => "could not be judged",
    };
    let text = format!("The judgement on a page, from all findings that count: {means}.");
    let markdown = format!("{text}\n\n`crawlint inspect FILE` shows how it came about.");
    json!({
        "id": id,
        "shortDescription": { "text": means },
        "fullDescription": { "text": text },
        "help": { "text": text, "markdown": markdown },
        "defaultConfiguration": { "level": gate.level(verdict).map_or("none", level_name) },
        "properties": { "tags": ["verdict"] },
    })
}
