//! Applies rules to a page.

use std::collections::BTreeSet;

use crate::page::Zone;
use crate::rules::compile::Matcher;
use crate::rules::definition::RuleDefinition;
use crate::rules::search;
use crate::rules::{Rule, RuleSet};
use crate::signals::{Facts, Signals, Spot};
use crate::span::Span;
use crate::terms::{Hit, Strength, TopicId, is_cluster};
use crate::text::is_alphanumeric;

/// Most pieces of evidence kept of one rule; what they are worth is counted before.
const MAX_EVIDENCE: usize = 64;
/// Window in which terms make a cluster, in bytes: about 200 Han characters or 60 Latin words.
const CLUSTER_WINDOW: u32 = 600;
/// Most clusters of one topic that count.
const MAX_CLUSTERS: usize = 8;
/// Fewest letters a text needs for a share of them to mean something.
const MIN_COVERED_LETTERS: usize = 12;

/// A place where a rule applies, and what it is worth there.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// Index of the rule in the rule set.
    pub rule: usize,
    /// Where, in the page's text.
    pub span: Span,
    /// Where in the decoded source, if not simply the source of `span`.
    pub source: Option<Span>,
    /// Zone of the place.
    pub zone: Zone,
    /// Decibans before zones, repetition and caps.
    pub db: f64,
    /// Whether `db` is a share of a sum that already counts all places of the rule.
    pub shared: bool,
    /// Damage points.
    pub damage: f64,
    /// Junk points.
    pub junk: f64,
    /// What is there, to complete the rule's summary.
    pub note: Option<String>,
    /// Topic the evidence speaks of.
    pub topic: Option<TopicId>,
}

impl RuleSet {
    /// All evidence on a page, in order of rules, and of places within a rule. `done` is called
    /// after each rule.
    pub fn find(&self, signals: &Signals<'_>, done: impl Fn(&Rule)) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        let mut hits_of = vec![0u32; self.terms.topics().len()];
        for hit in &signals.facts().found.hits {
            hits_of[usize::from(hit.topic)] += 1;
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let finder = Finder { rule, index, signals, facts: signals.facts() };
            let lacks = |topic: TopicId| hits_of[usize::from(topic)] == 0;
            if finder.applies() && !rule.matcher.topic().is_some_and(lacks) {
                evidence.extend(finder.find());
            }
            done(rule);
        }
        evidence
    }
}

struct Finder<'a> {
    rule: &'a Rule,
    index: usize,
    signals: &'a Signals<'a>,
    facts: &'a Facts<'a>,
}

/// A place before it is weighed.
struct Candidate {
    spot: Spot,
    zone: Zone,
    /// What makes the place different from others: equal keys count once towards `min`.
    key: u64,
    db: Option<f64>,
    topic: Option<TopicId>,
}

impl Finder<'_> {
    fn applies(&self) -> bool {
        let format = self.facts.page.format;
        self.rule.formats.is_empty() || self.rule.formats.contains(&format)
    }

    fn find(&self) -> Vec<Evidence> {
        let when = self.rule.when.as_ref();
        let fails = || when.is_some_and(|when| !when.holds(self.signals));
        // A condition often rules a page out before the rule's own signal has to be measured; the
        // places of other matchers are rarer than what conditions ask for.
        let by_signal = matches!(self.rule.matcher, Matcher::Signal(_));
        if let Matcher::Signal(index) = self.rule.matcher
            && (!self.signals.may_reach(index, self.rule.least) || fails())
        {
            return Vec::new();
        }
        let mut candidates = match &self.rule.matcher {
            Matcher::Cluster(topic) => self.clusters(*topic),
            Matcher::Coverage(topic) => self.coverage(*topic),
            Matcher::Terms(topic) => self.single_terms(*topic),
            Matcher::Keywords(number) => self.keywords(*number),
            Matcher::Pattern { .. } => self.pattern(),
            Matcher::Signal(index) => self.spots(*index),
            Matcher::Selector(selector) => self.elements(selector),
        };
        candidates.retain(|candidate| self.in_place(candidate));
        let mut distinct: Vec<u64> = candidates.iter().map(|candidate| candidate.key).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if candidates.is_empty() || distinct.len() < self.least() {
            return Vec::new();
        }
        if self.rule.unless.is_some_and(|(topic, min)| self.distinct_terms(topic) >= min) {
            return Vec::new();
        }
        if !by_signal && fails() {
            return Vec::new();
        }
        self.weigh(candidates, distinct.len())
    }

    /// How many places must differ.
    fn least(&self) -> usize {
        self.rule.definition.min.unwrap_or(1)
    }

    /// Distinct terms of a topic on the whole page.
    fn distinct_terms(&self, topic: TopicId) -> usize {
        let hits = self.facts.found.hits.iter().filter(|hit| hit.topic == topic);
        hits.map(|hit| hit.term).collect::<BTreeSet<_>>().len()
    }

    /// Zone, language and neighbourhood.
    fn in_place(&self, candidate: &Candidate) -> bool {
        let span = candidate.spot.span;
        self.rule.zones.contains(candidate.zone)
            && self.speaks(span)
            && self.rule.near.is_none_or(|(topic, within)| {
                // A character is at most three bytes in the scripts terms are written in.
                let reach = (within * 3) as u32;
                let around = Span {
                    start: span.start.saturating_sub(reach),
                    end: span.end.saturating_add(reach),
                };
                let beside = |hit: &Hit| hit.topic == topic && !span.contains(hit.span);
                self.facts.hits_in(around).iter().any(beside)
            })
    }

    fn speaks(&self, span: Span) -> bool {
        let languages = &self.rule.definition.languages;
        let among = |language: &str| {
            let base = language.split('-').next().unwrap_or(language);
            languages.iter().any(|l| l == language || l == base)
        };
        languages.is_empty()
            || among(self.facts.language)
            || self.facts.language_at(span.start).is_some_and(among)
    }

    fn candidate(&self, span: Span, key: u64) -> Candidate {
        Candidate {
            spot: Spot::new(span, 1.0),
            zone: self.facts.zone_at(span.start),
            key,
            db: None,
            topic: None,
        }
    }

    /// Windows in which distinct terms of a topic stand close together, best first, as long as
    /// they do not overlap.
    fn clusters(&self, topic: TopicId) -> Vec<Candidate> {
        let hits: Vec<&Hit> = self
            .facts
            .found
            .hits
            .iter()
            .filter(|hit| {
                hit.topic == topic && self.rule.zones.contains(self.facts.zone_at(hit.span.start))
            })
            .collect();
        let mut windows: Vec<(f64, usize, usize)> = Vec::new();
        let mut to = 0;
        for from in 0..hits.len() {
            while to < hits.len() && hits[to].span.end <= hits[from].span.start + CLUSTER_WINDOW {
                to += 1;
            }
            // A window that begins inside the one before and reaches no further is part of it.
            if windows.last().is_none_or(|last| last.2 < to)
                && let Some(db) = cluster_db(&hits[from..to.max(from + 1)])
            {
                windows.push((db, from, to.max(from + 1)));
            }
        }
        windows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut chosen: Vec<(f64, usize, usize)> = Vec::new();
        for window in windows {
            if chosen.len() < MAX_CLUSTERS
                && chosen.iter().all(|other| window.2 <= other.1 || other.2 <= window.1)
            {
                chosen.push(window);
            }
        }
        chosen.sort_by_key(|window| window.1);
        chosen.into_iter().map(|(db, from, to)| self.cluster(topic, db, &hits[from..to])).collect()
    }

    fn cluster(&self, topic: TopicId, db: f64, hits: &[&Hit]) -> Candidate {
        // The zone is that of most telling terms, the first among equals.
        let mut zones: Vec<(Zone, usize)> = Vec::new();
        for hit in hits.iter().filter(|hit| hit.strength >= Strength::Medium) {
            let zone = self.facts.zone_at(hit.span.start);
            match zones.iter_mut().find(|(known, _)| *known == zone) {
                Some((_, count)) => *count += 1,
                None => zones.push((zone, 1)),
            }
        }
        let most = zones.iter().map(|zone| zone.1).max().unwrap_or(0);
        let zone = zones.iter().find(|zone| zone.1 == most).map_or(Zone::Body, |zone| zone.0);
        let span = hits.iter().map(|hit| hit.span).reduce(Span::cover).unwrap_or_default();
        let mut words: Vec<&str> = Vec::new();
        for hit in hits.iter().filter(|hit| hit.strength >= Strength::Medium) {
            let word = self.facts.slice(hit.span);
            if !words.contains(&word) && words.len() < 4 {
                words.push(word);
            }
        }
        Candidate {
            spot: Spot::new(span, db).noted(words.join(", ")),
            zone,
            key: u64::from(span.start),
            db: Some(db),
            topic: Some(topic),
        }
    }

    /// The share of the page's letters that terms cover: of the visible text, or of title and
    /// metas where nothing is visible.
    fn coverage(&self, topic: TopicId) -> Vec<Candidate> {
        let facts = self.facts;
        let telling = |hit: &Hit| hit.topic == topic && hit.strength >= Strength::Medium;
        if !facts.found.hits.iter().any(telling) {
            return Vec::new();
        }
        let visible = Span::new(0, facts.page.visible_len);
        let aside =
            facts.page.blocks.iter().filter(|block| {
                matches!(block.zone, Zone::Title | Zone::MetaDescription | Zone::H1)
            });
        let letters = |span| facts.slice(span).chars().filter(|&c| is_alphanumeric(c)).count();
        let (spans, all): (Vec<Span>, usize) = if facts.visible_letters() >= MIN_COVERED_LETTERS {
            (vec![visible], facts.visible_letters())
        } else {
            let spans: Vec<Span> = aside.map(|block| block.span).collect();
            let all = spans.iter().copied().map(letters).sum();
            (spans, all)
        };
        let (mut covered, mut terms, mut end) = (0usize, BTreeSet::new(), 0u32);
        let mut whole: Option<Span> = None;
        for hit in spans.iter().flat_map(|span| facts.hits_in(*span)) {
            if hit.topic != topic {
                continue;
            }
            let fresh = Span { start: hit.span.start.max(end), end: hit.span.end.max(end) };
            covered += letters(fresh);
            end = end.max(hit.span.end);
            // Weak terms fill the gaps between telling ones, but are none themselves.
            if hit.strength >= Strength::Medium {
                terms.insert(hit.term);
            }
            whole = Some(whole.map_or(hit.span, |span| span.cover(hit.span)));
        }
        let Some(span) = whole else { return Vec::new() };
        if all < MIN_COVERED_LETTERS || terms.len() < 3 {
            return Vec::new();
        }
        let share = covered as f64 / all as f64;
        let mut candidate = self.candidate(span, 0);
        candidate.spot =
            Spot::new(span, share).noted(format!("{:.0} % of the letters", share * 100.0));
        candidate.topic = Some(topic);
        vec![candidate]
    }

    fn single_terms(&self, topic: TopicId) -> Vec<Candidate> {
        let hits = self.facts.found.hits.iter().filter(|hit| hit.topic == topic);
        hits.map(|hit| Candidate {
            topic: Some(topic),
            ..self.candidate(hit.span, u64::from(hit.term))
        })
        .collect()
    }

    fn keywords(&self, number: u32) -> Vec<Candidate> {
        let places = self.facts.found.places_of(number);
        if places.len() < self.least() {
            return Vec::new();
        }
        places.iter().map(|place| self.candidate(place.span, u64::from(place.term))).collect()
    }

    fn pattern(&self) -> Vec<Candidate> {
        let matches = search::matches(self.rule, self.facts).into_iter();
        matches.map(|(span, key)| self.candidate(span, key)).collect()
    }

    fn spots(&self, index: usize) -> Vec<Candidate> {
        let measure = self.signals.get(index);
        if measure.value <= 0.0 {
            return Vec::new();
        }
        if measure.spots.is_empty() {
            let mut candidate = self.candidate(Span::default(), 0);
            candidate.zone = self.rule.zones.default;
            candidate.spot.value = measure.value;
            return vec![candidate];
        }
        let spots = measure.spots.iter().enumerate();
        spots
            .map(|(number, spot)| Candidate {
                spot: spot.clone(),
                ..self.candidate(spot.span, number as u64)
            })
            .collect()
    }

    fn elements(&self, selector: &scraper::Selector) -> Vec<Candidate> {
        let Some(dom) = &self.facts.page.dom else { return Vec::new() };
        let page = self.facts.page;
        let elements = dom.select(selector).into_iter().take(MAX_EVIDENCE);
        elements
            .enumerate()
            .map(|(number, id)| {
                let source = dom.element_span(id);
                // The element's text: the blocks whose source lies inside it.
                let inside = page
                    .blocks
                    .iter()
                    .filter(|block| source.contains(page.source_map.to_source(block.span)));
                let span = inside.map(|block| block.span).reduce(Span::cover);
                let mut candidate = self.candidate(span.unwrap_or_default(), number as u64);
                candidate.spot.source = Some(source);
                if span.is_none() {
                    candidate.zone = self.rule.zones.default;
                }
                candidate
            })
            .collect()
    }

    /// What each place is worth. A value looked up for the whole is shared out among the places.
    fn weigh(&self, candidates: Vec<Candidate>, distinct: usize) -> Vec<Evidence> {
        let definition = &self.rule.definition;
        let measured = match &self.rule.matcher {
            Matcher::Signal(index) => self.signals.get(*index).value,
            Matcher::Coverage(_) => candidates.iter().map(|c| c.spot.value).fold(0.0, f64::max),
            _ => distinct as f64,
        };
        let shared = !definition.steps.is_empty() && !definition.each;
        let total = step(&definition.steps, measured);
        let count = candidates.len().min(MAX_EVIDENCE) as f64;
        let damage = if definition.damage_steps.is_empty() {
            definition.damage.unwrap_or(0.0)
        } else {
            step(&definition.damage_steps, measured)
        };
        let junk = definition.junk.unwrap_or(0.0);
        let cap = definition.cap.unwrap_or(f64::INFINITY);
        let mut evidence: Vec<Evidence> = candidates
            .into_iter()
            .take(MAX_EVIDENCE)
            .map(|candidate| {
                let db = if shared {
                    total / count
                } else if definition.each {
                    step(&definition.steps, candidate.spot.value)
                } else {
                    candidate.db.or(definition.db).unwrap_or(0.0).min(cap)
                };
                Evidence {
                    rule: self.index,
                    span: candidate.spot.span,
                    source: candidate.spot.source,
                    zone: candidate.zone,
                    db,
                    shared,
                    damage,
                    junk,
                    note: candidate.spot.note,
                    topic: candidate.topic,
                }
            })
            .collect();
        // A rule whose value reaches no step found nothing worth telling.
        let labelled = definition.label.is_some() && definition.steps.is_empty();
        let told = labelled || damage > 0.0 || junk > 0.0;
        evidence.retain(|evidence| told || evidence.db != 0.0);
        evidence
    }
}

/// The least value of its signal at which a rule says anything.
pub(super) fn least_told(rule: &RuleDefinition) -> f64 {
    let always = rule.each
        || rule.junk.is_some_and(|junk| junk > 0.0)
        || rule.damage_steps.is_empty() && rule.damage.is_some_and(|damage| damage > 0.0)
        || rule.steps.is_empty() && (rule.db.is_some() || rule.label.is_some());
    let steps = [&rule.steps, &rule.damage_steps].into_iter().filter_map(|steps| steps.first());
    if always { f64::MIN_POSITIVE } else { steps.map(|step| step.0).fold(f64::INFINITY, f64::min) }
}

/// The last step whose threshold is reached.
fn step(steps: &[(f64, f64)], value: f64) -> f64 {
    steps.iter().rev().find(|step| value >= step.0).map_or(0.0, |step| step.1)
}

/// `4·log2(1+strong) + 1.5·medium + 0.3·min(weak, 6)` over distinct terms, where they are enough
/// to make a cluster: two strong, one strong and two medium, or three medium and two weak.
fn cluster_db(hits: &[&Hit]) -> Option<f64> {
    let mut distinct: Vec<(u32, Strength)> =
        hits.iter().map(|hit| (hit.term, hit.strength)).collect();
    distinct.sort_unstable();
    distinct.dedup_by_key(|hit| hit.0);
    let count = |strength| distinct.iter().filter(|hit| hit.1 == strength).count();
    let (strong, medium, weak) =
        (count(Strength::Strong), count(Strength::Medium), count(Strength::Weak));
    let enough = is_cluster(distinct.iter().map(|hit| hit.1));
    let db = 4.0 * (1.0 + strong as f64).log2() + 1.5 * medium as f64 + 0.3 * weak.min(6) as f64;
    enough.then_some(db)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_take_the_last_reached() {
        let steps = [(2.0, 3.0), (4.0, 12.0)];
        let looked_up = [1.0, 2.0, 3.9, 4.0, 90.0].map(|value| step(&steps, value).round() as i32);
        assert_eq!(looked_up, [0, 3, 3, 12, 12]);
    }
}
