//! Corroboration gates and verdicts: one ambiguous fact never flags.

use crate::page::Zone;
use crate::rules::RuleSet;
use crate::rules::definition::{Tier, TopicMeasure};
use crate::score::axes::{Junk, different_places, prose_limit};
use crate::score::{Adjustment, Family, Thresholds, Weighed, rule_of, weights};
use crate::signals::{Line, Signals};
use crate::span::SpanSet;
use crate::terms::Strength;

/// The judgement on a page that could be read, in order of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Good content.
    Clean,
    /// Damaged on its way.
    Damaged,
    /// Not enough to convict.
    Suspicious,
    /// A page with foreign spam in it.
    Injected,
    /// Spam as a whole.
    Spam,
    /// No content.
    Junk,
}

/// What the gates decided.
pub(super) struct Gated {
    /// What they take off the sum.
    pub adjustment: Option<Adjustment>,
    /// Which evidence is missing.
    pub why_not: Vec<String>,
    /// Whether the page looks like a copy and nothing worse.
    pub copy: bool,
}

/// Weight class of a finding: what its rule says, else by its weight.
fn tier(rules: &RuleSet, finding: &Weighed) -> Tier {
    // By what the rule gives it: sharing a place with others makes evidence no weaker.
    rule_of(rules, &finding.evidence).definition.tier.unwrap_or(match finding.evidence.db {
        db if db >= 20.0 => Tier::A,
        db if db >= 10.0 => Tier::B,
        db if db >= 4.0 => Tier::C,
        _ => Tier::D,
    })
}

/// Families that support others but convict nobody.
const WEAK_FAMILIES: &[&str] = &["GEN", "LNG", "DMG", "ENC"];

pub(super) fn gates(
    rules: &RuleSet,
    findings: &[Weighed],
    families: &[Family],
    sum: f64,
    signals: &Signals<'_>,
    thresholds: &Thresholds,
) -> Gated {
    let mut gated = Gated { adjustment: None, why_not: Vec::new(), copy: false };
    let risky: Vec<&Weighed> = findings.iter().filter(|f| f.db > 0.0).collect();
    let detector = |f: &Weighed| rule_of(rules, &f.evidence).definition.detector.as_str();
    let family = |f: &Weighed| rule_of(rules, &f.evidence).family.as_str();

    let copied =
        |f: &&Weighed| matches!(detector(f), "CNV-02" | "CNV-03" | "CNV-08") || family(f) == "DMG";
    gated.copy = risky.iter().any(|f| detector(f).starts_with("CNV")) && risky.iter().all(copied);
    let decides = risky.iter().any(|f| tier(rules, f) == Tier::A);
    let mut ceiling = f64::INFINITY;
    let mut close = |limit: f64, why: &str| {
        if sum >= limit && limit - 0.1 < ceiling {
            ceiling = limit - 0.1;
            gated.why_not.push(why.to_owned());
        }
    };

    if !risky.is_empty() && risky.iter().all(copied) {
        close(thresholds.suspicious, "conversion and damage alone make a copy, not spam");
    }
    let bare = |f: &&Weighed| family(f) == "LEX" && f.evidence.zone == Zone::Body;
    if !risky.iter().any(|f| tier(rules, f) >= Tier::C && !bare(f)) {
        close(thresholds.suspicious, "words in running prose alone do not make a page suspicious");
    }
    let coverage = risky.iter().any(|f| matches!(detector(f), "LEX-19" | "STF-13"));
    if risky.iter().all(|f| family(f) == "LEX") && !coverage {
        close(
            thresholds.convicted,
            "words alone, without structure, do not convict: no other family speaks",
        );
    }
    // How often words come is no fact of another kind: law, help and lessons repeat their subject.
    let worded = |f: &&Weighed| family(f) == "LEX" || matches!(detector(f), "STF-02" | "STF-13");
    let quiet = signals.value("topic.calls") < 2.0
        && signals.value("topic.discussion") >= 1.0
        && signals.value("topic.density") < weights::DOORWAY_DENSITY;
    if quiet && risky.iter().all(worded) {
        close(
            thresholds.convicted,
            "words alone, however often, do not convict a page that calls to nothing and reports",
        );
    }
    let saying: Vec<&Family> =
        families.iter().filter(|f| f.db >= weights::FAMILY_SAYS_DB).collect();
    let corroborated = saying.iter().enumerate().any(|(index, a)| {
        saying[..index].iter().any(|b| {
            different_places(a, b)
                && (!WEAK_FAMILIES.contains(&a.name.as_str())
                    || !WEAK_FAMILIES.contains(&b.name.as_str()))
        })
    });
    // Terms that cover the page are all of it: what another family says beside them is said of it.
    let backed = coverage
        && saying.iter().any(|f| f.name != "LEX" && !WEAK_FAMILIES.contains(&f.name.as_str()));
    if !decides && !corroborated && !backed {
        close(
            thresholds.convicted,
            "a second family of evidence from another place, or one that decides alone, is missing",
        );
    }
    let long = signals.value("page.visible_chars") > weights::LONG_PAGE_CHARS;
    if long && !decides && single_place(&risky) {
        close(thresholds.suspicious, "a single line does not convict a page this long");
    }
    if ceiling < sum {
        gated.adjustment = Some(Adjustment {
            label: "gate".to_owned(),
            db: ((ceiling - sum) * 10.0).round() / 10.0,
            detail: gated.why_not.last().cloned().unwrap_or_default(),
        });
    }
    gated
}

fn single_place(risky: &[&Weighed]) -> bool {
    risky
        .iter()
        .all(|f| f.evidence.span.is_empty() || f.evidence.span.overlaps(risky[0].evidence.span))
}

/// Where a page stands on the three axes.
#[derive(Clone, Copy)]
pub(super) struct Axes<'a> {
    pub risk_db: f64,
    pub damage: f64,
    pub junk: &'a Junk,
}

pub(super) fn verdict(
    rules: &RuleSet,
    findings: &[Weighed],
    axes: Axes<'_>,
    signals: &Signals<'_>,
    thresholds: &Thresholds,
) -> Verdict {
    let Axes { risk_db, damage, junk } = axes;
    if risk_db >= thresholds.convicted {
        if has_host_body(rules, findings, signals) { Verdict::Injected } else { Verdict::Spam }
    } else if junk.value >= thresholds.junk {
        Verdict::Junk
    } else if risk_db >= thresholds.suspicious {
        Verdict::Suspicious
    } else if damage >= thresholds.damaged {
        Verdict::Damaged
    } else {
        Verdict::Clean
    }
}

/// Whether a page of its own stands around the evidence: enough prose is left without the places
/// found, it is most of the prose, it holds no cluster itself, and most of the risk stands
/// outside it.
fn has_host_body(rules: &RuleSet, findings: &[Weighed], signals: &Signals<'_>) -> bool {
    let facts = signals.facts();
    let risky: Vec<&Weighed> =
        findings.iter().filter(|f| f.db > 0.0 && !f.evidence.span.is_empty()).collect();
    let spread = |f: &Weighed| {
        rule_of(rules, &f.evidence).definition.measure == Some(TopicMeasure::Coverage)
    };
    // Damage and conversion stand all over a stolen text without taking it away.
    let of_text = |f: &&&Weighed| {
        !matches!(rule_of(rules, &f.evidence).family.as_str(), "DMG" | "ENC" | "CNV" | "GEN")
    };
    let spam = risky.iter().filter(of_text).filter(|f| !spread(f));
    let places: SpanSet = spam.map(|f| f.evidence.span).collect();
    let coverage: Vec<_> = risky.iter().filter(|f| spread(f)).map(|f| f.evidence.topic).collect();
    // A share of the page spans from its first term to its last: of what lies between, only lines
    // with such terms are found.
    let found = |line: &Line| {
        let among = facts.hits_in(line.span);
        let holds = |topic: &Option<_>| among.iter().any(|hit| Some(hit.topic) == *topic);
        places.overlaps(line.span) || coverage.iter().any(holds)
    };
    let limit = prose_limit(signals);
    let stands =
        |text: &dyn Fn(&Line) -> bool, taken: &dyn Fn(&Line) -> bool, least: f64, share: usize| {
            let (mut left, mut all) = (0usize, 0usize);
            for line in facts.lines.iter().filter(|line| text(line)) {
                let chars = facts.slice(line.span).chars().count();
                all += chars;
                left += if taken(line) { 0 } else { chars };
            }
            left as f64 >= least && left * 10 >= all * share
        };
    let prose = |line: &Line| line.prose;
    // Notes and outlines are written in lists and code: more of these is asked for, and that none
    // of it advertises.
    let listed = |line: &Line| {
        (line.is_content() || line.zone == Zone::Code) && line.span.len() >= MIN_LISTED_BYTES
    };
    let advertises =
        |line: &Line| !found(line) && facts.spam_in(line.span, Strength::Medium).next().is_some();
    let outline = || {
        stands(&listed, &found, 4.0 * limit, 8)
            && !facts.lines.iter().any(|line| listed(line) && advertises(line))
    };
    let in_body = |f: &&Weighed| f.evidence.zone == Zone::Body;
    let total: f64 = risky.iter().map(|f| f.db).sum();
    let body: f64 = risky.iter().filter(|f| in_body(f)).map(|f| f.db).sum();
    let clusters = risky.iter().filter(|f| in_body(f) && f.evidence.topic.is_some()).count();
    // Adverts may fill a paragraph of the body: a text stands beside them where most prose is free
    // of their words.
    let advertised: Vec<_> = risky.iter().filter_map(|f| f.evidence.topic).collect();
    let free = |line: &Line| {
        !places.overlaps(line.span)
            && !facts.hits_in(line.span).iter().any(|hit| advertised.contains(&hit.topic))
    };
    body * 2.0 <= total && clusters < 2 && (stands(&prose, &found, limit, 6) || outline())
        || stands(&prose, &|line| !free(line), 2.0 * limit, 7)
}

/// Length of a list item or code line that says something, in bytes.
const MIN_LISTED_BYTES: usize = 12;

/// How far the page is from a worse verdict.
pub(super) fn distance(
    verdict: Verdict,
    risk_db: f64,
    junk: &Junk,
    thresholds: &Thresholds,
) -> Option<String> {
    let Thresholds { suspicious, convicted, .. } = thresholds;
    match verdict {
        Verdict::Clean | Verdict::Damaged if junk.raw >= thresholds.junk => Some(format!(
            "there are signs of junk ({:.0} points), but {:.0} characters of prose are left, of {:.0} that make content",
            junk.raw, junk.prose, junk.limit
        )),
        Verdict::Clean | Verdict::Damaged => Some(format!(
            "the evidence is {:.1} dB short of suspicious ({suspicious:.1} dB)",
            suspicious - risk_db
        )),
        Verdict::Suspicious => Some(format!(
            "the evidence is {:.1} dB short of a conviction ({convicted:.1} dB)",
            convicted - risk_db
        )),
        Verdict::Injected | Verdict::Spam | Verdict::Junk => None,
    }
}
