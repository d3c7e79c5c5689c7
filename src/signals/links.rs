//! Links as evidence.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::address::registrable_domain;
use crate::page::{Link, NoteKind, Zone};
use crate::signals::addresses::spam_in_addresses;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::{Span, SpanSet};
use crate::terms::{Strength, TopicId};
use crate::text::{Drawn, ScriptCounts, is_alphanumeric, normalise};

pub(super) fn offsite(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.offsite_links().count() as f64)
}

pub(super) fn offsite_hosts(facts: &Facts<'_>) -> Measure {
    let hosts = facts.offsite_links().filter_map(|link| link.host.as_deref());
    let hosts: HashSet<&str, Drawn> = hosts.collect();
    Measure::of(hosts.len() as f64)
}

pub(super) fn anchor_share(facts: &Facts<'_>) -> Measure {
    let len = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let visible = |link: &&Link| (link.text.end as usize) <= facts.page.visible_len;
    let anchors = facts.page.links.iter().filter(visible);
    let anchor_chars: usize = anchors.map(|link| len(facts.slice(link.text))).sum();
    Measure::share(anchor_chars, (facts.survey.solid as usize).max(anchor_chars))
}

pub(super) fn commercial_anchors(facts: &Facts<'_>) -> Measure {
    let mut targets = BTreeSet::new();
    let spots = facts
        .offsite_links()
        .filter(|link| !matches!(link.zone, Zone::Code | Zone::Quote))
        .filter(|link| facts.spam_in(link.text, Strength::Medium).next().is_some())
        .filter(|link| targets.insert((link.href.as_str(), facts.slice(link.text))))
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?"))))
        .collect::<Vec<_>>();
    let strong = |spot: &Spot| facts.spam_in(spot.span, Strength::Strong).next().is_some();
    if !spots.iter().any(strong) {
        return Measure::of(0.0);
    }
    Measure::count(spots)
}

/// Off-site links in prose with a spam term in their text, on a page that says nothing else about
/// the topic: what stands in the same line is their own advert. A link with no telling term counts
/// where its text holds a second term.
pub(super) fn wedged(facts: &Facts<'_>) -> Measure {
    let shown = |link: &&Link| {
        link.hidden.is_none() && !matches!(link.zone, Zone::Code | Zone::Quote | Zone::Ugc)
    };
    let line_of = |at: u32| facts.lines.partition_point(|line| line.span.end <= at);
    let mut candidates = Vec::new();
    for link in facts.offsite_links().filter(shown) {
        let telling = facts.spam_in(link.text, Strength::Medium).max_by_key(|hit| hit.strength);
        let Some(hit) = telling else { continue };
        let line = facts.lines.get(line_of(link.text.start));
        if !line.is_some_and(|line| line.prose && line.span.contains(link.text)) {
            continue;
        }
        let terms = facts.hits_in(link.text).iter().filter(|other| other.topic == hit.topic);
        if hit.strength == Strength::Strong || terms.count() >= 2 {
            candidates.push((link, hit.topic));
        }
    }
    if candidates.is_empty() {
        return Measure::of(0.0);
    }
    let own: BTreeSet<usize> =
        candidates.iter().map(|(link, _)| line_of(link.text.start)).collect();
    let elsewhere: BTreeSet<TopicId> = facts
        .spam_in(Span::new(0, facts.page.aside_len), Strength::Medium)
        .filter(|hit| {
            hit.span.start as usize >= facts.page.visible_len
                || !own.contains(&line_of(hit.span.start))
        })
        .map(|hit| hit.topic)
        .collect();
    let mut targets = BTreeSet::new();
    let spots = candidates
        .into_iter()
        .filter(|(_, topic)| !elsewhere.contains(topic))
        .filter(|(link, _)| targets.insert((link.href.as_str(), facts.slice(link.text))))
        .map(|(link, _)| {
            spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?")))
        })
        .collect();
    Measure::count(spots)
}

/// Times a paragraph says the text of its link before it is written around the link.
const MIN_SAID: usize = 3;
/// Longest paragraph written around a link, in bytes.
const MAX_ADVERT: usize = 1_500;

pub(super) fn keyword_paragraphs(facts: &Facts<'_>) -> Measure {
    Measure::count(facts.keyword_spots().to_vec())
}

pub(super) fn keyword_adverts(facts: &Facts<'_>) -> Measure {
    let mut spots = facts.keyword_spots().to_vec();
    spots.retain(|spot| facts.spam_in(spot.span, Strength::Medium).next().is_some());
    Measure::count(spots)
}

/// Paragraphs that say the text of a link to another site again and again: adverts made from a
/// frame into which the bought phrase is put. One word or a name repeats in honest text as well;
/// a phrase of two words or four ideographs hardly does, and the subject of an honest paragraph
/// comes up elsewhere on its page. Signals take them from [`Facts::keyword_spots`].
pub(super) fn keyword_spots(facts: &Facts<'_>) -> Vec<Spot> {
    let mut seen = BTreeSet::new();
    let page = facts.norm_slice(Span::new(0, facts.page.visible_len));
    let shown = |link: &&Link| {
        link.hidden.is_none()
            && !matches!(link.zone, Zone::Code | Zone::Quote | Zone::Nav | Zone::Footer)
    };
    let mut spots = Vec::new();
    for link in facts.offsite_links().filter(shown) {
        let line = facts.lines.partition_point(|line| line.span.end <= link.text.start);
        // A link that is its whole line says its text once.
        let around = |line: &&Line| line.span.contains(link.text) && line.span != link.text;
        let Some(line) = facts.lines.get(line).filter(around) else { continue };
        if line.span.len() > MAX_ADVERT {
            continue;
        }
        let anchor = facts.norm_slice(link.text).trim();
        let text = facts.norm_slice(line.span);
        // A list of the same link is no sentence.
        let sentence = |said: usize| text.len() * 2 >= said * anchor.len() * 3;
        if !sentence(MIN_SAID) {
            continue;
        }
        let words = anchor.split_whitespace().count();
        let ideographs = ScriptCounts::of(anchor).ideographic();
        if words < 2 && ideographs < MIN_ANCHOR_LETTERS || words > MAX_PHRASE_WORDS {
            continue;
        }
        let said = text.matches(anchor).count();
        let only_here = || page.matches(anchor).count() == said;
        if said >= MIN_SAID && sentence(said) && only_here() && seen.insert(line.span) {
            let note = format!("“{}” {said} times", facts.slice(link.text));
            spots.push(Spot::new(line.span, said as f64).noted(note));
        }
    }
    spots
}

/// Longest phrase that is bought, in words.
const MAX_PHRASE_WORDS: usize = 8;

/// Links with an anchor that a reader cannot see although nothing hides it: no text or only
/// punctuation, and no picture, icon or label.
pub(super) fn empty_anchors(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .offsite_links()
        .filter(|link| link.hidden.is_none() && !link.pictured)
        .filter(|link| !facts.slice(link.text).contains(is_alphanumeric))
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?"))))
        .collect();
    Measure::count(spots)
}

pub(super) fn raw_hosts(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .offsite_links()
        .filter(|link| !matches!(link.zone, Zone::Code | Zone::Quote))
        .filter(|link| link.host.as_deref().is_some_and(is_throwaway))
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?"))))
        .collect();
    Measure::count(spots)
}

/// A public IPv4 address, or a label of digits (or of letters broken up by digits) under a
/// top-level domain that costs next to nothing.
fn is_throwaway(host: &str) -> bool {
    const CHEAP: &[&str] = &[
        "vip", "app", "top", "xyz", "cc", "cfd", "icu", "sbs", "bet", "casino", "win", "cyou",
        "click",
    ];
    if !host.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let octets: Vec<u8> = host.split('.').filter_map(|part| part.parse().ok()).collect();
    if octets.len() == 4 && host.split('.').count() == 4 {
        let private =
            matches!(octets[..2], [0 | 10 | 127, _] | [192, 168] | [169, 254] | [172, 16..=31]);
        let documentation = matches!(octets[..3], [192, 0, 2] | [198, 51, 100] | [203, 0, 113]);
        return !private && !documentation;
    }
    let mut labels = host.rsplit('.');
    let (Some(tld), Some(label)) = (labels.next(), labels.next()) else { return false };
    let digits = label.bytes().filter(u8::is_ascii_digit).count();
    CHEAP.contains(&tld) && digits >= 3 && digits * 3 >= label.len()
}

pub(super) fn outside_document(facts: &Facts<'_>) -> Measure {
    let notes = facts.page.notes.iter().filter(|note| note.kind == NoteKind::OutsideDocument);
    let outside: SpanSet = notes.map(|note| note.source).collect();
    let spots = facts
        .offsite_links()
        .filter(|link| outside.contains(link.source))
        .map(|link| spot(link, 1.0))
        .collect();
    Measure::count(spots)
}

/// Fewest pointing hands, arrows and hearts that shout.
const MIN_POINTERS: usize = 3;
/// Longest text of a link that shouts, in characters: a sentence is no call.
const MAX_SHOUT: usize = 60;

/// Off-site links whose text calls between pointing hands, arrows or hearts.
pub(super) fn shouted(facts: &Facts<'_>) -> Measure {
    const POINTERS: &[char] = &[
        '👉', '👈', '👇', '👆', '♥', '❤', '💋', '🔞', '🔥', '💦', '💕', '💖', '➤', '➡', '▶', '►',
        '◀', '☞', '✅', '⏩', '⏬', '💯', '🎁', '🎰', '🍑', '🍌',
    ];
    let spots = facts
        .offsite_links()
        .filter(|link| link.hidden.is_none() && !matches!(link.zone, Zone::Code | Zone::Quote))
        .filter(|link| {
            let text = facts.slice(link.text);
            text.chars().filter(|c| POINTERS.contains(c)).count() >= MIN_POINTERS
                && text.chars().count() <= MAX_SHOUT
                && text.contains(is_alphanumeric)
        })
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?"))))
        .collect();
    Measure::count(spots)
}

/// Longest text of a button, in characters.
const MAX_CALL: usize = 28;

/// Links that call and lead away: the buttons of a landing page.
pub(super) fn calls(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .offsite_links()
        .filter(|link| link.hidden.is_none() && !matches!(link.zone, Zone::Code | Zone::Quote))
        .filter(|link| {
            let text = facts.slice(link.text);
            let called: usize = facts.topic_in(link.text, "cta").map(|hit| hit.span.len()).sum();
            text.chars().count() <= MAX_CALL && called * 10 >= text.len() * 6 && called > 0
        })
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?"))))
        .collect();
    Measure::count(spots)
}

/// Links with fewer letters than this say nothing about a language.
const MIN_ANCHOR_LETTERS: usize = 4;

pub(super) fn foreign_script(facts: &Facts<'_>) -> Measure {
    let main = facts.scripts.main();
    let (mut all, mut spots) = (0usize, Vec::new());
    for link in facts.offsite_links().filter(|link| link.zone != Zone::Code) {
        let text = facts.slice(link.text);
        if text.is_ascii() {
            let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
            all += usize::from(letters >= MIN_ANCHOR_LETTERS);
            continue;
        }
        let counts = ScriptCounts::of(text);
        if counts.total() < MIN_ANCHOR_LETTERS {
            continue;
        }
        all += 1;
        let script = counts.main();
        // Brands and addresses are Latin on pages of any script.
        let foreign = script.is_some_and(|script| {
            script != crate::text::Script::Latin
                && facts.scripts.get(script) * 10 < facts.scripts.total()
        });
        if foreign && script != main {
            spots.push(spot(link, 1.0));
        }
    }
    if spots.len() < 5 || spots.len() * 10 < all * 6 {
        return Measure::of(0.0);
    }
    Measure::count(spots)
}

/// Those of the links whose words, told by `words`, advertise: two terms of a topic, one of them
/// strong.
fn advertising<'a>(
    facts: &Facts<'_>,
    links: &[&'a Link],
    words: impl Fn(&'a Link) -> &'a str,
) -> Vec<&'a Link> {
    /// Addresses read at once: hits are bounded for each text.
    const MANY: usize = 256;
    let mut advertising = Vec::new();
    for links in links.chunks(MANY) {
        let addresses: Vec<&str> = links.iter().map(|link| words(link)).collect();
        let spam = spam_in_addresses(facts, &addresses);
        let named = links.iter().zip(spam).filter(|(_, (terms, strong))| *strong && *terms >= 2);
        advertising.extend(named.map(|(link, _)| *link));
    }
    advertising
}

/// Most links whose addresses are read for words.
const MAX_READ: usize = 2_000;

/// Searches of other sites that repeat what was asked, and redirects, with an advert in the
/// question.
pub(super) fn reflected(facts: &Facts<'_>) -> Measure {
    let query = |link: &Link| link.href.find('?').map_or(link.href.len(), |at| at + 1);
    let links: Vec<&Link> = facts
        .offsite_links()
        .take(MAX_READ)
        .filter(|link| !matches!(link.zone, Zone::Code | Zone::Quote))
        .filter(|link| query(link) < link.href.len())
        .collect();
    let spots = advertising(facts, &links, |link| &link.href[query(link)..])
        .into_iter()
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.host.as_deref().unwrap_or("?"))))
        .collect();
    Measure::count(spots)
}

/// Pages of the same site that are named after what is advertised, while the text is not about
/// it.
pub(super) fn spam_slugs(facts: &Facts<'_>) -> Measure {
    let about = |line: &Line| line.prose && facts.spam_pair(line.span);
    if facts.has_spam(Strength::Strong) && facts.content().any(about) {
        return Measure::of(0.0);
    }
    let mut seen: HashSet<&str, Drawn> = HashSet::default();
    let links: Vec<&Link> = facts
        .page
        .links
        .iter()
        .filter(|link| !link.offsite && !link.href.starts_with('#'))
        .filter(|link| seen.insert(link.href.as_str()))
        .take(MAX_READ)
        .collect();
    let spots = advertising(facts, &links, |link| &link.href)
        .into_iter()
        .map(|link| spot(link, 1.0).noted(format!("to {}", link.href)))
        .collect();
    Measure::count(spots)
}

/// One anchor text that leads to many sites is a keyword, not a name.
pub(super) fn same_anchor_sites(facts: &Facts<'_>) -> Measure {
    let mut anchors: BTreeMap<String, (BTreeSet<&str>, Vec<&Link>)> = BTreeMap::new();
    for link in facts.offsite_links().filter(|link| link.zone != Zone::Code) {
        let text = facts.slice(link.text);
        let long = text.split_whitespace().count() >= 2
            || ScriptCounts::of(text).ideographic() >= MIN_ANCHOR_LETTERS;
        if let (true, Some(host)) = (long, link.host.as_deref()) {
            let (sites, links) = anchors.entry(normalise(text).text).or_default();
            sites.insert(registrable_domain(host));
            links.push(link);
        }
    }
    let most = anchors.into_values().max_by_key(|(sites, _)| sites.len());
    most.map_or(Measure::of(0.0), |(sites, links)| Measure {
        value: sites.len() as f64,
        spots: links.into_iter().map(|link| spot(link, 1.0)).collect(),
    })
}

fn spot(link: &Link, value: f64) -> Spot {
    Spot { span: link.text, source: Some(link.source), value, note: None }
}
