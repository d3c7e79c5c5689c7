//! How much a page speaks of what pages are spammed with, and how.

use std::collections::{BTreeMap, BTreeSet};

use crate::page::Zone;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::terms::{Hit, Strength, TopicId};
use crate::text::{Script, ScriptCounts, UNKNOWN, count_words};

/// Fewest words for a statement on density.
const MIN_WORDS: usize = 80;

/// Words of a text, two ideographs to a word.
fn words(text: &str) -> usize {
    count_words(text) + ScriptCounts::of(text).ideographic() / 2
}

/// Lines in which the page speaks for itself: what it shows as code or quotes is not its own.
fn spoken<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Line> {
    facts.lines.iter().filter(|line| !matches!(line.zone, Zone::Code | Zone::Quote))
}

/// Hits of spam topics in those lines, in text order; without those of honest trade.
fn said<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Hit> {
    let hits = spoken(facts).flat_map(|line| facts.hits_in(line.span));
    hits.filter(|hit| facts.is_spam(hit.topic) && !facts.is_trade(hit.topic))
}

/// Words in those lines.
fn spoken_words(facts: &Facts<'_>) -> usize {
    spoken(facts).map(|line| words(facts.slice(line.span))).sum()
}

/// The spam topic with most distinct strong and medium terms, if any is strong.
fn main_topic(facts: &Facts<'_>) -> Option<TopicId> {
    let mut terms: BTreeMap<TopicId, (BTreeSet<u32>, bool)> = BTreeMap::new();
    for hit in said(facts).filter(|hit| hit.strength >= Strength::Medium) {
        let entry = terms.entry(hit.topic).or_default();
        entry.0.insert(hit.term);
        entry.1 |= hit.strength == Strength::Strong;
    }
    let telling = terms.into_iter().filter(|(_, (terms, strong))| *strong && terms.len() >= 2);
    telling.max_by_key(|(_, (terms, _))| terms.len()).map(|(topic, _)| topic)
}

/// The share of the page's words that belong to its most repeated spam term: repetition is what
/// doorways do, whatever the language.
pub(super) fn repeated_term(facts: &Facts<'_>) -> Measure {
    let Some(topic) = main_topic(facts) else { return Measure::of(0.0) };
    let all = spoken_words(facts);
    if all < MIN_WORDS {
        return Measure::of(0.0);
    }
    let mut counts: BTreeMap<u32, (usize, Span)> = BTreeMap::new();
    for hit in said(facts).filter(|hit| hit.topic == topic) {
        let entry = counts.entry(hit.term).or_insert((0, hit.span));
        entry.0 += 1;
    }
    let share =
        |count: usize, span: Span| (count * words(facts.slice(span)).max(1)) as f64 / all as f64;
    let top = counts.into_values().max_by(|a, b| share(a.0, a.1).total_cmp(&share(b.0, b.1)));
    let Some((count, span)) = top else { return Measure::of(0.0) };
    let value = share(count, span);
    let note = format!("“{}” {count} times in {all} words", facts.slice(span));
    Measure { value, spots: vec![Spot::new(span, value).noted(note)] }
}

/// Terms of the page's main spam topic per hundred words, all strengths.
pub(super) fn density(facts: &Facts<'_>) -> Measure {
    let Some(topic) = main_topic(facts) else { return Measure::of(0.0) };
    let all = spoken_words(facts);
    if all < MIN_WORDS {
        return Measure::of(0.0);
    }
    let hits = said(facts).filter(|hit| hit.topic == topic).count();
    Measure::of(hits as f64 * 100.0 / all as f64)
}

/// Most spam topics that one line advertises: each with a strong term, and with two
/// terms or the same twice.
pub(super) fn dump(facts: &Facts<'_>) -> Measure {
    let mut spots = Vec::new();
    for line in spoken(facts) {
        let mut topics: BTreeMap<TopicId, (usize, bool)> = BTreeMap::new();
        for hit in facts.spam_in(line.span, Strength::Medium) {
            let entry = topics.entry(hit.topic).or_default();
            entry.0 += 1;
            entry.1 |= hit.strength == Strength::Strong;
        }
        let advertised = topics.values().filter(|(hits, strong)| *strong && *hits >= 2).count();
        if advertised >= 2 {
            spots.push(Spot::new(line.span, advertised as f64));
        }
    }
    let value = spots.iter().map(|spot| spot.value).fold(0.0, f64::max);
    Measure { value, spots }
}

/// Fewest letters of a page before its language is held against a line.
const MIN_OWN_LETTERS: usize = 300;

/// Languages that share so many words that the terms of one say nothing on a page of the other.
fn kin(language: &str) -> &str {
    match language.split('-').next().unwrap_or(language) {
        "pt" | "gl" | "ca" => "es",
        "uk" | "be" | "bg" | "mk" => "ru",
        "ms" => "id",
        "sk" => "cs",
        "hr" | "bs" | "sl" => "sr",
        "nb" | "nn" | "no" | "sv" => "da",
        "mr" | "ne" => "hi",
        "fa" | "ur" => "ar",
        // Both write the same words in Chinese characters.
        "zh" => "ja",
        base => base,
    }
}

/// Spam terms of languages that the page is not written in, in lines that hold two of them or a
/// strong one. English words are at home on any page in Latin letters; among others they count
/// where a whole line is English and advertises.
pub(super) fn foreign_terms(facts: &Facts<'_>) -> Measure {
    if facts.language == UNKNOWN
        || facts.visible_letters() < MIN_OWN_LETTERS
        || !facts.has_spam(Strength::Medium)
    {
        return Measure::of(0.0);
    }
    let own = kin(facts.language);
    let script = facts.scripts.main();
    let code = |hit: &Hit| facts.terms.languages().get(hit.language as usize).map(String::as_str);
    let aside = facts.page.blocks.iter().filter(|block| {
        let start = block.span.start as usize;
        (facts.page.visible_len..facts.page.aside_len).contains(&start)
            && !matches!(block.zone, Zone::Code | Zone::Comment)
    });
    let places = spoken(facts).map(|line| line.span).chain(aside.map(|block| block.span));
    let mut distinct: BTreeSet<u32> = BTreeSet::new();
    let mut spots = Vec::new();
    for span in places {
        let english = script != Some(Script::Latin) && facts.spam_pair(span) && {
            let letters = ScriptCounts::of(facts.slice(span));
            script.is_none_or(|script| letters.get(script) * 10 <= letters.total())
        };
        let foreign: Vec<&Hit> = facts
            .spam_in(span, Strength::Medium)
            .filter(|hit| match code(hit) {
                None | Some("mul") => false,
                Some("en") => english && own != "en",
                Some(code) => kin(code) != own,
            })
            .collect();
        let terms: BTreeSet<u32> = foreign.iter().map(|hit| hit.term).collect();
        let strong = foreign.iter().any(|hit| hit.strength == Strength::Strong);
        if strong || terms.len() >= 2 {
            spots.push(Spot::new(span, terms.len() as f64));
            distinct.extend(terms);
        }
    }
    Measure { value: distinct.len() as f64, spots }
}

/// Distinct words of reporting, law, medicine and filtering on the page, per distinct spam term.
pub(super) fn discussion(facts: &Facts<'_>) -> Measure {
    let all = Span::new(0, facts.page.aside_len);
    let distinct =
        |topic: &str| facts.topic_in(all, topic).map(|hit| hit.term).collect::<BTreeSet<_>>().len();
    Measure::of((distinct("discussion") + 2 * distinct("blocklist")) as f64)
}

/// Lines of a word list, at least.
const MIN_LIST_LINES: usize = 60;
/// Longest entry of a word list, in characters.
const MAX_ENTRY_CHARS: usize = 24;

/// Whether the page is a word list: many short lines, most of them distinct, without links, calls
/// to action and sentences. Filters are fed with such lists; advertisers say where to go.
pub(super) fn word_list(facts: &Facts<'_>) -> Measure {
    let lines: Vec<&str> = facts.lines.iter().map(|line| facts.slice(line.span)).collect();
    let short = lines.iter().filter(|line| line.chars().count() <= MAX_ENTRY_CHARS).count();
    let distinct: BTreeSet<&str> = lines.iter().copied().collect();
    let listed = lines.len() >= MIN_LIST_LINES
        && facts.page.links.is_empty()
        && short * 20 >= lines.len() * 19
        && distinct.len() * 2 >= lines.len()
        && calls(facts).value < 1.0
        && !facts.lines.iter().any(|line| line.prose);
    Measure::of(f64::from(u8::from(listed)))
}

/// Distinct calls to action.
pub(super) fn calls(facts: &Facts<'_>) -> Measure {
    let all = Span::new(0, facts.page.aside_len);
    let terms: BTreeSet<u32> = facts.topic_in(all, "cta").map(|hit| hit.term).collect();
    Measure::of(terms.len() as f64)
}
