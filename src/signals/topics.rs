//! How much a page speaks of what pages are spammed with, and how.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::page::Zone;
use crate::signals::hidden::advertising_blocks;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::terms::{Hit, Strength, TopicId};
use crate::text::{Drawn, Script, ScriptCounts, UNKNOWN, count_words};

/// Fewest words for a statement on density.
const MIN_WORDS: usize = 80;

/// Words of a text, two ideographs to a word.
fn words(text: &str) -> usize {
    count_words(text) + ScriptCounts::of(text).ideographic() / 2
}

/// Lines in which the page speaks for itself: what it shows as code or quotes is not its own.
fn spoken<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Line> {
    facts.lines.iter().filter(|line| is_spoken(line))
}

fn is_spoken(line: &Line) -> bool {
    !matches!(line.zone, Zone::Code | Zone::Quote)
}

/// Hits of spam topics in those lines, in text order; without those of honest trade.
fn said<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Hit> {
    let hits = spoken(facts).flat_map(|line| facts.hits_in(line.span));
    hits.filter(|hit| facts.is_spam(hit.topic) && !facts.is_trade(hit.topic))
}

/// Words in those lines.
fn spoken_words(facts: &Facts<'_>) -> usize {
    let words = |line: &Line| line.survey.words as usize + line.survey.ideographic as usize / 2;
    spoken(facts).map(words).sum()
}

/// The spam topic with most distinct strong and medium terms, if any is strong.
fn main_topic(facts: &Facts<'_>) -> Option<TopicId> {
    if !facts.has_spam(Strength::Strong) {
        return None;
    }
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

/// Fewest telling terms of a page that speaks of one trade.
const MIN_TELLING: usize = 3;
/// Fewest of its terms per hundred words.
const MIN_PER_HUNDRED: usize = 3;

/// Distinct terms, of all strengths, of the spam topic that the page has most of; 0 unless three of
/// them are telling and there are three for each hundred words. Those in links do not count: lists
/// of links are what parked names and directories are made of. Unlike the density it speaks of
/// short pages, too, and asks for no strong term: many middling ones say as much.
pub(super) fn vocabulary(facts: &Facts<'_>) -> Measure {
    if !facts.has_spam(Strength::Medium) {
        return Measure::of(0.0);
    }
    let mut topics: BTreeMap<TopicId, (BTreeSet<u32>, BTreeSet<u32>, usize)> = BTreeMap::new();
    let mut links: Vec<Span> = facts.page.links.iter().map(|link| link.text).collect();
    links.sort_unstable();
    let is_linked = |hit: &&Hit| {
        let before = links.partition_point(|link| link.start <= hit.span.start);
        links[..before].last().is_some_and(|link| link.end > hit.span.start)
    };
    for hit in said(facts).filter(|hit| !is_linked(hit)) {
        let (all, telling, hits) = topics.entry(hit.topic).or_default();
        all.insert(hit.term);
        if hit.strength >= Strength::Medium {
            telling.insert(hit.term);
        }
        *hits += 1;
    }
    let words = spoken_words(facts);
    let spoken = topics.into_values().filter(|(_, telling, hits)| {
        telling.len() >= MIN_TELLING && hits * 100 >= MIN_PER_HUNDRED * words
    });
    Measure::of(spoken.map(|(all, ..)| all.len()).max().unwrap_or(0) as f64)
}

/// Most spam topics that one line advertises: each with a strong term, and with two
/// terms or the same twice.
pub(super) fn dump(facts: &Facts<'_>) -> Measure {
    if !facts.has_spam(Strength::Strong) {
        return Measure::of(0.0);
    }
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
const MIN_OWN_LETTERS: usize = 200;

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
    let aside = advertising_blocks(facts).filter(|block| {
        let start = block.span.start as usize;
        (facts.page.visible_len..facts.page.aside_len).contains(&start)
            && !matches!(block.zone, Zone::Code | Zone::Comment)
    });
    let lines = facts.spam_lines(Strength::Medium).filter(|line| is_spoken(line));
    let places = lines.map(|line| line.span).chain(aside.map(|block| block.span));
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

/// Lines of prose without the topic that must stand around an advert.
const MIN_HOST_LINES: usize = 4;
/// Most lines of one advert.
const MAX_ADVERT_LINES: usize = 3;

/// Lines of prose that advertise a topic nothing else on the page is about: they hold two terms of
/// it, one of them strong, and say where to go or what there is to win.
pub(super) fn stray_adverts(facts: &Facts<'_>) -> Measure {
    if !facts.has_spam(Strength::Strong) {
        return Measure::of(0.0);
    }
    let mut topics: BTreeMap<TopicId, Vec<&Line>> = BTreeMap::new();
    let mut prose = 0usize;
    for line in spoken(facts).filter(|line| line.zone != Zone::Ugc) {
        prose += usize::from(line.prose);
        for hit in facts.spam_in(line.span, Strength::Medium) {
            let lines = topics.entry(hit.topic).or_default();
            if lines.last().is_none_or(|last| last.span != line.span) {
                lines.push(line);
            }
        }
    }
    let titles = Span::new(facts.page.visible_len, facts.page.aside_len);
    let aside: BTreeSet<TopicId> = facts
        .spam_in(titles, Strength::Medium)
        .filter(|hit| facts.block_at(hit.span.start).is_some_and(|block| block.zone == Zone::Title))
        .map(|hit| hit.topic)
        .collect();
    let mut spots = Vec::new();
    for (topic, lines) in topics {
        if lines.len() > MAX_ADVERT_LINES
            || prose < MIN_HOST_LINES + lines.len()
            || aside.contains(&topic)
            || facts.is_trade(topic)
        {
            continue;
        }
        for line in lines {
            let hits = || facts.hits_in(line.span).iter().filter(|hit| hit.topic == topic);
            let terms: BTreeSet<u32> =
                hits().filter(|hit| hit.strength >= Strength::Medium).map(|hit| hit.term).collect();
            let strong = hits().any(|hit| hit.strength == Strength::Strong);
            let reported = facts.topic_in(line.span, "discussion").next().is_some()
                || facts.topic_in(line.span, "blocklist").next().is_some();
            if strong && terms.len() >= 2 && !reported && promotes(facts, line) {
                spots.push(Spot::new(line.span, terms.len() as f64));
            }
        }
    }
    Measure::count(spots)
}

/// Whether a line says where to go or what there is to win: a link to another site, a call, a host
/// name, or an amount of money or percent.
fn promotes(facts: &Facts<'_>, line: &Line) -> bool {
    const AMOUNTS: &[char] =
        &['$', '€', '£', '₽', '₺', '₫', '¥', '฿', '₩', '₹', '%', '元', '円', '원'];
    let text = facts.slice(line.span);
    let linked = facts.offsite_links().any(|link| line.span.contains(link.text));
    let amount = text.contains(AMOUNTS) && text.contains(|c: char| c.is_ascii_digit());
    linked
        || amount
        || facts.topic_in(line.span, "cta").next().is_some()
        || crate::address::find(text).next().is_some()
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
    let lines = &facts.lines;
    let short =
        || lines.iter().filter(|line| line.survey.chars as usize <= MAX_ENTRY_CHARS).count();
    let half_distinct = || {
        let mut seen: HashSet<&str, Drawn> = HashSet::default();
        lines
            .iter()
            .any(|line| seen.insert(facts.slice(line.span)) && 2 * seen.len() >= lines.len())
    };
    let listed = lines.len() >= MIN_LIST_LINES
        && facts.page.links.is_empty()
        && short() * 20 >= lines.len() * 19
        && calls(facts).value < 1.0
        && !facts.lines.iter().any(|line| line.prose)
        && half_distinct();
    Measure::of(f64::from(u8::from(listed)))
}

/// Distinct calls to action.
pub(super) fn calls(facts: &Facts<'_>) -> Measure {
    let all = Span::new(0, facts.page.aside_len);
    let terms: BTreeSet<u32> = facts.topic_in(all, "cta").map(|hit| hit.term).collect();
    Measure::of(terms.len() as f64)
}
