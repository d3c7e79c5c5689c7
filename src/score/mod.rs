//! Evidence to score and verdict.
//!
//! Evidence is additive in log-odds, in decibans (dB): +10 dB multiplies the odds by ten. Three
//! axes never mix: *risk* (spam and injection), *damage* (readability), *junk* (is there content
//! at all). The sum is built so that a reader can redo it by hand from the waterfall:
//!
//! 1. a finding's weight times the factor of its zone (lexicon and stuffing families only);
//! 2. times a factor where a heavier finding already covers the same place;
//! 3. the second and third finding of a detector count half and a quarter; a rule that counts its
//!    places itself shares its sum out among them;
//! 4. the n-th heaviest detector of a family counts 0.6ⁿ⁻¹;
//! 5. a family is capped;
//! 6. prior, damper, corroboration, gates and policy are separate lines.

mod axes;
mod gates;
mod policy;
mod thresholds;
mod weights;

use crate::rules::{Evidence, Rule, RuleSet};
use crate::signals::Signals;
use crate::span::Span;

pub use gates::Verdict;
pub use policy::{Policies, Policy};
pub use thresholds::Thresholds;
pub use weights::{INJECTED_DB, PRIOR_DB, SUSPICIOUS_DB};

/// A finding with what it adds to the score.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Weighed {
    /// The evidence.
    pub evidence: Evidence,
    /// Decibans it adds, rounded to a tenth so that sums can be redone from the output.
    pub db: f64,
    /// How `db` came about.
    pub detail: String,
}

/// An amount that belongs to no single finding.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adjustment {
    /// What it is.
    pub label: String,
    /// Decibans.
    pub db: f64,
    /// Why.
    pub detail: String,
}

/// The score of a page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// All findings, in the order the rules gave them.
    pub findings: Vec<Weighed>,
    /// The prior, the damper, the corroboration bonus, the gates, the policy, in this order.
    pub adjustments: Vec<Adjustment>,
    /// The sum of all, in decibans.
    pub risk_db: f64,
    /// Damage, 0 to 100.
    pub damage: f64,
    /// Junk, 0 to 100.
    pub junk: f64,
    /// The judgement.
    pub verdict: Verdict,
    /// Labels, sorted.
    pub labels: Vec<String>,
    /// Topics, sorted.
    pub topics: Vec<String>,
    /// What stood between the page and a worse verdict.
    pub why_not: Vec<String>,
}

impl Score {
    /// Risk as a probability in percent, 0 to 100.
    pub fn risk(&self) -> u8 {
        percent(self.risk_db)
    }
}

/// Probability of a log-odds in decibans, in percent.
pub fn percent(db: f64) -> u8 {
    (100.0 / (1.0 + 10f64.powf(-db / 10.0))).round() as u8
}

/// Scores a page.
pub fn score(
    rules: &RuleSet,
    evidence: Vec<Evidence>,
    signals: &Signals<'_>,
    policies: &Policies,
    thresholds: &Thresholds,
) -> Score {
    let mut findings = weigh(rules, evidence, signals);
    let unwanted = policy::unwanted(rules, &findings, policies, thresholds);
    share_causes(rules, &mut findings);
    let mut adjustments = vec![Adjustment {
        label: "prior".to_owned(),
        db: PRIOR_DB,
        detail: "one page in forty is bad before anything is known".to_owned(),
    }];
    let families = families(rules, &mut findings);
    adjustments.extend(axes::damper(&families, &findings, rules, signals));
    adjustments.extend(axes::corroboration(&families));
    let sum = |findings: &[Weighed], adjustments: &[Adjustment]| {
        let db = findings.iter().map(|f| f.db).sum::<f64>()
            + adjustments.iter().map(|a| a.db).sum::<f64>();
        (db * 10.0).round() / 10.0
    };
    let before = sum(&findings, &adjustments);
    let gated = gates::gates(rules, &findings, &families, before, signals, thresholds);
    adjustments.extend(gated.adjustment);
    let raised = policy::raise(&unwanted, sum(&findings, &adjustments), thresholds);
    let by_policy = raised.is_some();
    adjustments.extend(raised);
    let risk_db = sum(&findings, &adjustments);
    let damage = axes::damage(rules, &findings);
    let junk = axes::junk(rules, &findings, signals);
    let axes = gates::Axes { risk_db, damage, junk: &junk };
    let own = gates::verdict(rules, &findings, axes, signals, thresholds);
    // Only evidence of its own makes a page a host; what a policy convicts is spam as a whole.
    let verdict = if by_policy && own == Verdict::Injected { Verdict::Spam } else { own };
    let mut why_not = if by_policy { Vec::new() } else { gated.why_not };
    why_not.extend(gates::distance(verdict, risk_db, &junk, thresholds));
    let mut labels = axes::labels(rules, &findings, gated.copy);
    labels.extend(policy::labels(&unwanted));
    labels.sort();
    let topics = axes::topics(rules, &findings);
    Score {
        findings,
        adjustments,
        risk_db,
        damage,
        junk: junk.value,
        verdict,
        labels,
        topics,
        why_not,
    }
}

/// What a family adds to the risk.
#[derive(Clone, Debug)]
struct Family {
    name: String,
    db: f64,
    /// Places of its findings.
    spans: Vec<Span>,
}

fn rule_of<'a>(rules: &'a RuleSet, finding: &Evidence) -> &'a Rule {
    &rules.rules()[finding.rule]
}

/// Step 1: zones, and the length of prose.
fn weigh(rules: &RuleSet, evidence: Vec<Evidence>, signals: &Signals<'_>) -> Vec<Weighed> {
    let mut findings: Vec<Weighed> = evidence
        .into_iter()
        .map(|evidence| {
            let rule = rule_of(rules, &evidence);
            let mut db = evidence.db;
            let mut detail = format!("{:.1}", evidence.db);
            // What is measured on the whole page has no zone.
            let placed = !evidence.span.is_empty();
            if matches!(rule.family.as_str(), "LEX" | "STF") && db > 0.0 && placed {
                let zone = weights::zone_factor(evidence.zone, signals, evidence.span);
                if (zone - 1.0).abs() > f64::EPSILON {
                    detail = format!("{detail} × {zone} ({})", evidence.zone.name());
                }
                db *= zone;
            }
            Weighed { evidence, db, detail }
        })
        .collect();
    dilute_prose(rules, &mut findings, signals);
    findings
}

/// Clusters in the prose of a long page weigh less: a novel with one casino scene is no spam.
fn dilute_prose(rules: &RuleSet, findings: &mut [Weighed], signals: &Signals<'_>) {
    let chars = signals.value("page.visible_chars");
    let in_prose = |finding: &Weighed| {
        finding.evidence.zone == crate::page::Zone::Body
            && finding.evidence.topic.is_some()
            && !finding.evidence.shared
    };
    let windows = findings.iter().filter(|f| in_prose(f)).count();
    let factor = ((weights::PROSE_CHARS / chars.max(1.0)).sqrt() * windows as f64).min(1.0);
    if factor >= 1.0 {
        return;
    }
    for finding in findings.iter_mut().filter(|f| in_prose(f)) {
        if rule_of(rules, &finding.evidence).family == "LEX" {
            finding.db *= factor;
            finding.detail = format!("{} × {factor:.2} (length)", finding.detail);
        }
    }
}

/// Step 2: two detectors that read the same place share one cause: the heavier counts in full.
fn share_causes(rules: &RuleSet, findings: &mut [Weighed]) {
    // Detectors by what they bring in all, heaviest first.
    let mut detectors: Vec<(&str, f64)> = Vec::new();
    for finding in findings.iter().filter(|f| f.db > 0.0) {
        let name = rule_of(rules, &finding.evidence).definition.detector.as_str();
        match detectors.iter_mut().find(|(known, _)| *known == name) {
            Some((_, db)) => *db += finding.db,
            None => detectors.push((name, finding.db)),
        }
    }
    detectors.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let mut taken: Vec<(Span, &str, &str)> = Vec::new();
    for (detector, _) in detectors {
        let known = taken.len();
        for finding in findings.iter_mut().filter(|f| f.db > 0.0) {
            let rule = rule_of(rules, &finding.evidence);
            let span = finding.evidence.span;
            if rule.definition.detector != detector || span.is_empty() {
                continue;
            }
            let heavier = taken[..known].iter().find(|(other, _, _)| {
                let start = other.start.max(span.start);
                let end = other.end.min(span.end);
                end.saturating_sub(start) as usize * 2 >= span.len().min(other.len()).max(1)
            });
            if let Some((_, family, by)) = heavier {
                let wording = (rule.family == "LEX") != (*family == "LEX");
                let factor = if wording { weights::WORDING_SHARE } else { weights::CAUSE_SHARE };
                finding.db *= factor;
                finding.detail = format!("{} × {factor} (same place as {by})", finding.detail);
            }
            taken.push((span, rule.family.as_str(), rule.definition.id.as_str()));
        }
    }
}

/// Steps 3 to 5: repetition, rank in the family, cap. Rounds every finding to a tenth.
fn families(rules: &RuleSet, findings: &mut [Weighed]) -> Vec<Family> {
    let mut names: Vec<&str> = findings
        .iter()
        .filter(|f| f.db > 0.0)
        .map(|f| rule_of(rules, &f.evidence).family.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut families = Vec::new();
    for name in names {
        let mut detectors: Vec<(&str, Vec<usize>)> = Vec::new();
        for (index, finding) in findings.iter().enumerate() {
            let rule = rule_of(rules, &finding.evidence);
            if rule.family != name || finding.db <= 0.0 {
                continue;
            }
            let detector = rule.definition.detector.as_str();
            match detectors.iter_mut().find(|(known, _)| *known == detector) {
                Some((_, members)) => members.push(index),
                None => detectors.push((detector, vec![index])),
            }
        }
        for (_, members) in &mut detectors {
            repeat(findings, members);
        }
        let total = |findings: &[Weighed], members: &[usize]| -> f64 {
            members.iter().map(|&i| findings[i].db).sum()
        };
        detectors.sort_by(|a, b| {
            total(findings, &b.1).total_cmp(&total(findings, &a.1)).then(a.0.cmp(b.0))
        });
        for (rank, (_, members)) in detectors.iter().enumerate() {
            let factor = weights::FAMILY_DECAY.powi(rank as i32);
            for &index in members.iter().filter(|_| rank > 0) {
                findings[index].db *= factor;
                let detail =
                    format!("{} × {factor:.2} ({name} no. {})", findings[index].detail, rank + 1);
                findings[index].detail = detail;
            }
        }
        let members: Vec<usize> = detectors.into_iter().flat_map(|(_, members)| members).collect();
        let sum = total(findings, &members);
        let cap = weights::family_cap(name);
        for &index in &members {
            if sum > cap {
                findings[index].db *= cap / sum;
                let detail =
                    format!("{} × {:.2} (cap {name} {cap})", findings[index].detail, cap / sum);
                findings[index].detail = detail;
            }
            findings[index].db = (findings[index].db * 10.0).round() / 10.0;
        }
        families.push(Family {
            name: name.to_owned(),
            db: total(findings, &members),
            spans: members.iter().map(|&i| findings[i].evidence.span).collect(),
        });
    }
    families
}

/// The second and third finding of a detector count half and a quarter, the rest nothing; what a
/// rule shares out already counts all its places.
fn repeat(findings: &mut [Weighed], members: &mut [usize]) {
    members.sort_by(|&a, &b| findings[b].db.total_cmp(&findings[a].db).then(a.cmp(&b)));
    let single = members.iter().copied().filter(|&i| !findings[i].evidence.shared);
    for (nth, index) in single.collect::<Vec<_>>().into_iter().enumerate().skip(1) {
        let factor = weights::REPEATED.get(nth).copied().unwrap_or(0.0);
        findings[index].db *= factor;
        findings[index].detail = format!("{} × {factor} (no. {})", findings[index].detail, nth + 1);
    }
}
