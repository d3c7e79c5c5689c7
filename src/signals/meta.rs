//! Titles and metas against the text they stand for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::address::{host_of, registrable_domain};
use crate::page::{Block, NoteKind, Zone};
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::terms::{Strength, TopicId};
use crate::text::{Script, ScriptCounts, content_ngrams, count_words, normalise};

fn title<'a>(facts: &Facts<'a>) -> Option<&'a Block> {
    facts.page.blocks.iter().find(|block| block.zone == Zone::Title)
}

pub(super) fn title_words(facts: &Facts<'_>) -> Measure {
    let words =
        |text: &str| count_words(text) as f64 + ScriptCounts::of(text).ideographic() as f64 / 2.0;
    let Some(block) = title(facts) else { return Measure::of(0.0) };
    let value = words(facts.slice(block.span));
    Measure { value, spots: vec![Spot::new(block.span, value)] }
}

pub(super) fn spam_title(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .page
        .zone(Zone::Title)
        .filter(|block| facts.spam_terms(block.span) > 0)
        .map(|block| Spot::new(block.span, facts.spam_terms(block.span) as f64))
        .collect();
    Measure::max(spots)
}

/// The same without the topics of honest trade.
pub(super) fn advertising_title(facts: &Facts<'_>) -> Measure {
    let mut spots = Vec::new();
    for block in facts.page.zone(Zone::Title) {
        let mut terms: BTreeMap<TopicId, BTreeSet<u32>> = BTreeMap::new();
        let hits = facts.spam_in(block.span, Strength::Medium);
        for hit in hits.filter(|hit| !facts.is_trade(hit.topic)) {
            terms.entry(hit.topic).or_default().insert(hit.term);
        }
        let most = terms.into_values().map(|terms| terms.len()).max().unwrap_or(0);
        if most > 0 {
            spots.push(Spot::new(block.span, most as f64));
        }
    }
    Measure::max(spots)
}

pub(super) fn title_encoded(facts: &Facts<'_>) -> Measure {
    let notes = facts.page.notes.iter().filter(|note| note.kind == NoteKind::EntityEncoded);
    let spots = notes
        .filter_map(|note| {
            let block = title(facts)?;
            Some(Spot { source: Some(note.source), ..Spot::new(block.span, 1.0) })
        })
        .take(1)
        .collect();
    Measure::count(spots)
}

/// Letters a text needs before its script says anything about the page.
const MIN_LETTERS: usize = 150;

pub(super) fn title_foreign_script(facts: &Facts<'_>) -> Measure {
    let Some(block) = title(facts) else { return Measure::of(0.0) };
    let counts = ScriptCounts::of(facts.slice(block.span));
    let main = facts.scripts.main();
    let foreign = facts.scripts.total() >= MIN_LETTERS
        && counts.total() >= 6
        && counts.main().is_some_and(|script| {
            // A Latin title over other text is a brand; Han over Kana is Japanese.
            Some(script) != main
                && script != Script::Latin
                && facts.scripts.get(script) * 20 < facts.scripts.total()
        });
    Measure::count(if foreign { vec![Spot::new(block.span, 1.0)] } else { Vec::new() })
}

/// Spam terms in a title none of whose content words the visible text repeats.
pub(super) fn title_mismatch(facts: &Facts<'_>) -> Measure {
    mismatch(facts, &[Zone::Title])
}

pub(super) fn foreign_description(facts: &Facts<'_>) -> Measure {
    mismatch(facts, &[Zone::MetaDescription, Zone::OpenGraph])
}

/// Share of a title's n-grams that the text may repeat before it counts as its title.
const MAX_OVERLAP: f64 = 0.15;

fn mismatch(facts: &Facts<'_>, zones: &[Zone]) -> Measure {
    let candidates: Vec<&Block> = facts
        .page
        .blocks
        .iter()
        .filter(|block| zones.contains(&block.zone))
        .filter(|block| facts.spam_in(block.span, Strength::Medium).next().is_some())
        .collect();
    if candidates.is_empty() || facts.scripts.total() < MIN_LETTERS {
        return Measure::of(0.0);
    }
    let body = content_ngrams_of_visible(facts);
    let spots = candidates
        .into_iter()
        .filter(|block| {
            let grams = content_ngrams(facts.norm_slice(block.span));
            let shared = grams.iter().filter(|gram| body.binary_search(gram).is_ok()).count();
            grams.len() >= 2 && (shared as f64) < MAX_OVERLAP * grams.len() as f64
        })
        .map(|block| Spot::new(block.span, facts.spam_terms(block.span) as f64))
        .collect();
    Measure::max(spots)
}

/// Content n-grams of the visible content, sorted, each once.
fn content_ngrams_of_visible(facts: &Facts<'_>) -> Vec<u64> {
    let content = (0..facts.lines.len()).filter(|&index| facts.lines[index].is_content());
    let mut grams: Vec<u64> = content.flat_map(|index| facts.line_grams(index)).copied().collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

pub(super) fn keywords(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .page
        .zone(Zone::MetaKeywords)
        .map(|block| {
            let entries = facts.slice(block.span).split([',', '，', '、', ';', '|']);
            Spot::new(block.span, entries.filter(|entry| !entry.trim().is_empty()).count() as f64)
        })
        .collect();
    Measure::max(spots)
}

pub(super) fn keyword_terms(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .page
        .zone(Zone::MetaKeywords)
        .map(|block| Spot::new(block.span, facts.spam_terms(block.span) as f64))
        .filter(|spot| spot.value > 0.0)
        .collect();
    Measure::max(spots)
}

/// Zones that speak for the page where its body does not.
const SPEAKING: &[Zone] = &[
    Zone::Title,
    Zone::H1,
    Zone::MetaDescription,
    Zone::MetaKeywords,
    Zone::OpenGraph,
    Zone::JsonLd,
    Zone::Alt,
];

/// The same pitch in title, metas, structured data and picture texts. Texts that repeat one
/// another count once: a title is copied to several metas by any theme.
pub(super) fn spam_zones(facts: &Facts<'_>) -> Measure {
    let mut texts: BTreeMap<TopicId, (HashSet<String>, Vec<Span>)> = BTreeMap::new();
    for block in facts.page.blocks.iter().filter(|block| SPEAKING.contains(&block.zone)) {
        let mut terms: Vec<(TopicId, u32, Strength)> = facts
            .spam_in(block.span, Strength::Medium)
            .filter(|hit| !facts.is_trade(hit.topic))
            .map(|hit| (hit.topic, hit.term, hit.strength))
            .collect();
        terms.sort_unstable();
        terms.dedup();
        for of_topic in terms.chunk_by(|a, b| a.0 == b.0) {
            if of_topic.len() >= 2 && of_topic.iter().any(|term| term.2 == Strength::Strong) {
                let (known, spans) = texts.entry(of_topic[0].0).or_default();
                // The beginning tells texts apart: copies are cut at different lengths.
                let text = normalise(facts.slice(block.span)).text;
                if known.insert(text.chars().take(40).collect()) {
                    spans.push(block.span);
                }
            }
        }
    }
    let most = texts.into_values().map(|(_, spans)| spans).max_by_key(Vec::len);
    Measure::count(most.into_iter().flatten().map(|span| Spot::new(span, 1.0)).collect())
}

pub(super) fn discussion(facts: &Facts<'_>) -> Measure {
    let whole = Span::new(0, facts.page.aside_len);
    let terms: BTreeSet<u32> = facts.topic_in(whole, "discussion").map(|hit| hit.term).collect();
    Measure::of(terms.len() as f64)
}

/// A page has one name: where title, first heading and the title for sharing have no word in
/// common and one of them advertises, one was swapped.
pub(super) fn headline_conflict(facts: &Facts<'_>) -> Measure {
    let first = |zone: Zone| facts.page.zone(zone).next();
    let names: Vec<&Block> =
        [Zone::Title, Zone::H1, Zone::OpenGraph].into_iter().filter_map(first).collect();
    let grams = |block: &Block| content_ngrams(&normalise(facts.slice(block.span)).text);
    let spots = names
        .iter()
        .filter(|block| facts.spam_terms(block.span) > 0)
        .filter(|block| {
            let own = grams(block);
            own.len() >= 2
                && names.iter().any(|other| {
                    let theirs = grams(other);
                    let apart = !theirs.iter().any(|gram| own.contains(gram));
                    theirs.len() >= 2 && apart && facts.spam_terms(other.span) == 0
                })
        })
        .map(|block| Spot::new(block.span, 1.0))
        .collect();
    Measure::count(spots)
}

pub(super) fn rating(facts: &Facts<'_>) -> Measure {
    let name = "aggregateRating";
    let spots = memchr::memmem::find_iter(facts.source.as_bytes(), name).take(8).map(|at| Spot {
        source: Some(Span::new(at, at + name.len())),
        ..Spot::new(Span::default(), 1.0)
    });
    Measure::count(spots.collect())
}

pub(super) fn language_lie(facts: &Facts<'_>) -> Measure {
    let Some(declared) = facts.page.declared_language.as_deref() else { return Measure::of(0.0) };
    let declared = declared.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let told = facts.language.split('-').next().unwrap_or_default();
    let lies = declared.len() == 2 && told != crate::text::UNKNOWN && declared != told;
    Measure::of(f64::from(u8::from(lies)))
}

/// Canonical and base addresses on another site than the one the record came from.
pub(super) fn canonical_elsewhere(facts: &Facts<'_>) -> Measure {
    let own = facts.url.and_then(host_of);
    let (Some(own), Some(dom)) = (own, facts.page.dom.as_ref()) else { return Measure::of(0.0) };
    let spots = dom
        .own_addresses()
        .into_iter()
        .filter_map(|(address, place)| {
            let host = host_of(address)?;
            let source = Some(place);
            let foreign = registrable_domain(&host) != registrable_domain(&own);
            foreign.then(|| {
                Spot { source, ..Spot::new(Span::default(), 1.0) }.noted(format!("to {host}"))
            })
        })
        .collect();
    Measure::count(spots)
}

/// Lengths and counts beyond which hosts are made by machines (Fetterly et al. 2004).
const LONG_HOST: usize = 45;
const MANY_DOTS: usize = 6;
const MANY_DASHES: usize = 5;
const MANY_DIGITS: usize = 10;

pub(super) fn url_oddities(facts: &Facts<'_>) -> Measure {
    let Some(url) = facts.url else { return Measure::of(0.0) };
    let Some(host) = host_of(url) else { return Measure::of(0.0) };
    // International names are long and full of dashes in their ASCII form.
    if host.contains("xn--") {
        return Measure::of(0.0);
    }
    let count = |test: fn(char) -> bool| host.chars().filter(|c| test(*c)).count();
    let bare = host.split('.').all(|part| part.parse::<u8>().is_ok());
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |p| p.1);
    let slug = path.split(['?', '#']).next().unwrap_or("").rsplit('/').find(|s| !s.is_empty());
    // A keyword broken up so that filters do not see it: `cas-a-de-apost-a`.
    let broken = slug.is_some_and(|slug| {
        let parts: Vec<&str> = slug.split('-').collect();
        parts.len() >= 4
            && parts
                .iter()
                .filter(|p| p.len() == 1 && p.bytes().all(|b| b.is_ascii_alphabetic()))
                .count()
                >= 2
    });
    let features = [
        host.len() >= LONG_HOST,
        count(|c| c == '.') >= MANY_DOTS,
        count(|c| c == '-') >= MANY_DASHES,
        count(|c| c.is_ascii_digit()) >= MANY_DIGITS && !bare,
        bare,
        broken,
    ];
    Measure::of(features.into_iter().filter(|feature| *feature).count() as f64)
}

/// Endings under which governments, schools and universities have their names.
const PUBLIC_LABELS: &[&str] = &["ac", "edu", "go", "gob", "gov", "gouv", "govt", "mil", "sch"];

pub(super) fn url_public_body(facts: &Facts<'_>) -> Measure {
    let host = facts.url.and_then(host_of).or_else(|| facts.page.host.clone());
    let public = host.is_some_and(|host| {
        let mut labels = host.rsplit('.');
        let last = labels.next().unwrap_or_default();
        let second = labels.next().unwrap_or_default();
        let below = labels.next().is_some();
        PUBLIC_LABELS.contains(&last) && last.len() > 2
            || last.len() == 2 && below && PUBLIC_LABELS.contains(&second)
    });
    Measure::of(f64::from(u8::from(public)))
}
