//! Damper, corroboration, damage, junk, labels and topics.

use std::collections::{BTreeMap, BTreeSet};

use crate::page::Zone;
use crate::rules::RuleSet;
use crate::score::{Adjustment, Family, Weighed, rule_of, weights};
use crate::signals::Signals;
use crate::span::{Span, SpanSet};

/// How far around topic terms words of discussion are looked for, in bytes.
const DISCUSSION_REACH: u32 = 600;

/// A page that *discusses* a topic (police, courts, studies, word lists) is not advertising it:
/// takes 6 to 10 dB off the lexicon family, never off structure.
pub(super) fn damper(
    families: &[Family],
    findings: &[Weighed],
    rules: &RuleSet,
    signals: &Signals<'_>,
) -> Option<Adjustment> {
    let lexicon = families.iter().find(|family| family.name == "LEX")?;
    let facts = signals.facts();
    let mut words: BTreeSet<u32> = BTreeSet::new();
    let mut lists: BTreeSet<u32> = BTreeSet::new();
    for finding in findings.iter().filter(|f| f.db > 0.0) {
        if rule_of(rules, &finding.evidence).family != "LEX" {
            continue;
        }
        let span = finding.evidence.span;
        let around = Span {
            start: span.start.saturating_sub(DISCUSSION_REACH),
            end: span.end.saturating_add(DISCUSSION_REACH),
        };
        words.extend(facts.topic_in(around, "discussion").map(|hit| hit.term));
        lists.extend(facts.topic_in(around, "blocklist").map(|hit| hit.term));
    }
    let news =
        facts.page.zone(Zone::JsonLd).any(|block| facts.slice(block.span).contains("NewsArticle"));
    let listed = usize::from(signals.value("topic.word_list") > 0.0);
    let db = match (words.len(), lists.len() + listed) {
        (5.., _) | (3.., 1..) => 10.0,
        (3.., _) | (_, 1..) => 8.0,
        (2, _) if news => 6.0,
        _ => return None,
    };
    let db: f64 = f64::min(db, lexicon.db);
    (db > 0.0).then(|| Adjustment {
        label: "discussed, not advertised".to_owned(),
        db: -(db * 10.0).round() / 10.0,
        detail: format!(
            "{} words of reporting and {} of word lists stand beside the terms",
            words.len(),
            lists.len()
        ),
    })
}

/// Families that can corroborate each other.
const CORROBORATING: &[&str] = &["INJ", "LEX", "STF", "MET", "HID", "LNK", "JSR", "CNV", "CLU"];

/// Three families that agree, from different places, are more than their sum.
pub(super) fn corroboration(families: &[Family]) -> Option<Adjustment> {
    let agreeing: Vec<&Family> = families
        .iter()
        .filter(|f| CORROBORATING.contains(&f.name.as_str()) && f.db >= weights::FAMILY_SAYS_DB)
        .collect();
    let apart = agreeing.iter().enumerate().all(|(index, family)| {
        agreeing[..index].iter().all(|other| different_places(family, other))
    });
    (agreeing.len() >= 3 && apart).then(|| Adjustment {
        label: "corroboration".to_owned(),
        db: weights::CORROBORATION_DB,
        detail: agreeing.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", "),
    })
}

/// Whether one of two families has a place the other lacks.
pub(super) fn different_places(a: &Family, b: &Family) -> bool {
    let lone = |span: &Span, others: &[Span]| !others.iter().any(|other| other.overlaps(*span));
    a.spans.iter().any(|span| lone(span, &b.spans))
        || b.spans.iter().any(|span| lone(span, &a.spans))
}

/// `100·(1 − Π(1 − group/100))` over groups of damage that does not add up within itself.
pub(super) fn damage(rules: &RuleSet, findings: &[Weighed]) -> f64 {
    let mut groups: BTreeMap<&str, f64> = BTreeMap::new();
    for finding in findings.iter().filter(|f| f.evidence.damage > 0.0) {
        let definition = &rule_of(rules, &finding.evidence).definition;
        let group =
            definition.damage_group.as_deref().unwrap_or_else(|| group(&definition.detector));
        let points = groups.entry(group).or_default();
        *points = points.max(finding.evidence.damage);
    }
    100.0 * (1.0 - groups.values().map(|points| 1.0 - points / 100.0).product::<f64>())
}

/// The group of a detector; a detector of no group is a group of its own.
fn group(detector: &str) -> &str {
    match detector {
        "DMG-02" | "DMG-03" | "DMG-04" | "DMG-08" | "DMG-09" => "code",
        "DMG-01" | "DMG-07" => "numbering",
        "DMG-05" | "DMG-06" | "DMG-17" => "punctuation",
        "CNV-02" | "CNV-03" | "CNV-05" | "CNV-08" | "CNV-09" | "DMG-12" => "conversion",
        "INJ-10" | "INJ-11" | "INJ-13" | "DMG-11" | "DMG-18" => "noise",
        "DMG-15" | "DMG-16" | "DMG-19" => "layout",
        other if other.starts_with("ENC") => "encoding",
        other => other,
    }
}

/// The junk axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Junk {
    /// Points, 0 to 100, after dominance.
    pub value: f64,
    /// Points before dominance.
    pub raw: f64,
    /// Characters of prose that are left without the junk.
    pub prose: f64,
    /// Prose from which the page counts as content.
    pub limit: f64,
}

/// Junk decides only where it dominates: the more prose is left, the less it says.
pub(super) fn junk(rules: &RuleSet, findings: &[Weighed], signals: &Signals<'_>) -> Junk {
    let facts = signals.facts();
    let junk: Vec<&Weighed> = findings.iter().filter(|f| f.evidence.junk > 0.0).collect();
    let raw = junk.iter().map(|f| f.evidence.junk).fold(0.0, f64::max);
    let places: SpanSet = junk.iter().map(|f| f.evidence.span).collect();
    let raw = if raw > 0.0 && raw < weights::WALL_POINTS && is_wall(rules, &junk, signals) {
        weights::WALL_POINTS
    } else {
        raw
    };
    let prose: usize = facts
        .lines
        .iter()
        .filter(|line| line.prose && !places.overlaps(line.span))
        .map(|line| facts.slice(line.span).chars().count())
        .sum();
    // An error message that is the title or the heading says what the whole page is: it takes
    // twice the prose to outweigh it.
    let heads = junk.iter().any(|f| {
        matches!(f.evidence.zone, Zone::Title | Zone::H1) && f.evidence.junk >= weights::JUNK_POINTS
    });
    let limit = prose_limit(signals) * if heads { 2.0 } else { 1.0 };
    let left = prose as f64;
    let dominance = (1.0 - left / limit).clamp(0.0, 1.0);
    // A short rest does not save an error page: half of the limit still counts in full.
    let value = raw * (dominance * 2.0).min(1.0);
    Junk { value, raw, prose: left, limit }
}

/// Detectors of what stands before or instead of a page: walls, filler, templates, stubs.
const WALLS: &[&str] = &["JNK-03", "JNK-04", "JNK-07", "JNK-10"];
/// Longest page that a wall can be the whole of, as a multiple of the prose that makes content.
const LONGEST_WALL: f64 = 6.0;

/// Whether a wall is all there is: its phrases are title or heading, or the lines that hold them
/// are half of a short page.
fn is_wall(rules: &RuleSet, junk: &[&Weighed], signals: &Signals<'_>) -> bool {
    let (mut told, mut titled, mut places) = (false, false, Vec::new());
    for finding in junk {
        let detector = rule_of(rules, &finding.evidence).definition.detector.as_str();
        if WALLS.contains(&detector) {
            told |= finding.evidence.junk >= weights::WALL_PHRASE_POINTS;
            // A template keeps its variables in the title around text of its own.
            titled |=
                detector != "JNK-10" && matches!(finding.evidence.zone, Zone::Title | Zone::H1);
            places.push(finding.evidence.span);
        }
    }
    if !told {
        return false;
    }
    let places: SpanSet = places.into_iter().collect();
    let (mut covered, mut all) = (0usize, 0usize);
    let facts = signals.facts();
    for line in facts.lines.iter().filter(|l| !matches!(l.zone, Zone::Nav | Zone::Footer)) {
        let chars = facts.slice(line.span).chars().count();
        all += chars;
        covered += if places.overlaps(line.span) { chars } else { 0 };
    }
    (titled || covered * 2 >= all) && all as f64 <= LONGEST_WALL * prose_limit(signals)
}

/// Characters of prose that make content in the page's script.
pub(super) fn prose_limit(signals: &Signals<'_>) -> f64 {
    if signals.value("page.ideographic_share") >= 0.3 {
        weights::MIN_PROSE_IDEOGRAPHIC
    } else {
        weights::MIN_PROSE_ALPHABETIC
    }
}

pub(super) fn labels(rules: &RuleSet, findings: &[Weighed], copy: bool) -> Vec<String> {
    let mut labels: BTreeSet<String> = findings
        .iter()
        .filter_map(|finding| rule_of(rules, &finding.evidence).definition.label.clone())
        .collect();
    if copy {
        labels.insert("copy".to_owned());
    }
    labels.into_iter().collect()
}

pub(super) fn topics(rules: &RuleSet, findings: &[Weighed]) -> Vec<String> {
    let topics: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding.evidence.topic)
        .filter_map(|topic| rules.terms().topics().get(topic as usize))
        .map(String::as_str)
        .collect();
    topics.into_iter().map(str::to_owned).collect()
}
