//! What readers do not see.

use std::collections::{BTreeMap, BTreeSet};

use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memmem::FinderBuilder;

use crate::address::registrable_domain;
use crate::page::{Block, BlockKind, HiddenElement, Link, Zone};
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::terms::Strength;
use crate::text::{Marks, Script, ScriptCounts};

/// Hidden elements with the off-site links inside each.
fn elements<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (&'a HiddenElement, Vec<&'a Link>)> {
    let page = facts.page;
    let mut links: Vec<Vec<&Link>> = vec![Vec::new(); page.hidden.len()];
    for link in page.links.iter().filter(|link| link.offsite) {
        if let Some(of_element) = link.hidden.and_then(|index| links.get_mut(index as usize)) {
            of_element.push(link);
        }
    }
    page.hidden.iter().zip(links)
}

fn spot(element: &HiddenElement, value: f64) -> Spot {
    Spot { span: element.text, source: Some(element.source), value, note: None }
        .noted(format!("<{}> hidden by {}", element.element, element.technique))
}

/// Links in ordinary interface parts do not count: menus and dialogs hold off-site links too.
pub(super) fn offsite_links(facts: &Facts<'_>) -> Measure {
    let spots = elements(facts)
        .filter(|(element, links)| element.benign.is_none() && !links.is_empty())
        .map(|(element, links)| spot(element, links.len() as f64))
        .collect();
    Measure::max(spots)
}

/// Off-site links of a hidden element whose text advertises; honest trade hides menus as well, so
/// its words do not count.
pub(super) fn commercial_links(facts: &Facts<'_>) -> Measure {
    let advertises = |link: &&&Link| {
        facts.spam_in(link.text, Strength::Medium).any(|hit| !facts.is_trade(hit.topic))
    };
    let spots = elements(facts)
        .map(|(element, links)| (element, links.iter().filter(advertises).count()))
        .filter(|(_, count)| *count >= 2)
        .map(|(element, count)| spot(element, count as f64))
        .collect();
    Measure::max(spots)
}

/// A share widget links to a few sites of everybody, a block of sold links to many.
pub(super) fn offsite_sites(facts: &Facts<'_>) -> Measure {
    let spots = elements(facts)
        .filter(|(element, links)| element.benign.is_none() && !links.is_empty())
        .map(|(element, links)| {
            let hosts = links.iter().filter_map(|link| link.host.as_deref());
            let sites: BTreeSet<&str> = hosts.map(registrable_domain).collect();
            spot(element, sites.len() as f64)
        })
        .collect();
    Measure::max(spots)
}

/// Most elements whose names are looked up in the whole source.
const MAX_NAMED: usize = 50;

/// Classes and ids are words or abbreviations that return; one made up for a single element and
/// its rule is not.
pub(super) fn random_names(facts: &Facts<'_>) -> Measure {
    let spots = elements(facts)
        .filter(|(element, links)| element.benign.is_none() && links.len() >= 2)
        .take(MAX_NAMED)
        .filter(|(element, _)| {
            let source = facts.source.get(element.source.range()).unwrap_or_default();
            let tag = source.split('>').next().unwrap_or_default();
            ["class", "id"].iter().filter_map(|name| attribute(tag, name)).any(|name| {
                // Once in the markup, at most twice in rules and scripts.
                is_random(name) && facts.source.matches(name).take(4).count() <= 3
            })
        })
        .map(|(element, links)| spot(element, links.len() as f64))
        .collect();
    Measure::count(spots)
}

/// The value of an attribute of a tag, quoted or not.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.match_indices(name).find_map(|(at, _)| {
        let rest = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let end = rest.find(|c: char| c.is_whitespace() || "\"'>".contains(c));
        tag[..at].ends_with(char::is_whitespace).then(|| &rest[..end.unwrap_or(rest.len())])
    })
}

/// Whether a name of five to twelve letters and digits changes between the two often, or has no
/// vowel: `x7f3q9`, `qzwkd`.
fn is_random(name: &str) -> bool {
    if !(5..=12).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let bytes = name.as_bytes();
    let changes =
        bytes.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    let vowels = bytes.iter().filter(|b| b"aeiouyAEIOUY".contains(b)).count();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    changes >= 3 || (digits == 0 && vowels == 0)
}

/// Blocks that hold a medium or strong spam term, in order: few blocks of few pages do.
pub(super) fn advertising_blocks<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Block> {
    let mut reached = 0;
    let whole = Span { start: 0, end: u32::MAX };
    facts.spam_in(whole, Strength::Medium).filter_map(move |hit| {
        let block = facts.block_at(hit.span.start).filter(|_| hit.span.start >= reached)?;
        reached = block.span.end;
        Some(block)
    })
}

/// Distinct spam terms of one topic over all blocks that pass a test, where they make a pair;
/// the places are the blocks that hold one.
fn terms_of(facts: &Facts<'_>, test: impl Fn(&Block) -> bool, what: &str) -> Measure {
    let mut topics: BTreeMap<u16, (BTreeSet<u32>, bool)> = BTreeMap::new();
    let mut spots = Vec::new();
    for block in advertising_blocks(facts).filter(|block| test(block)) {
        for hit in facts.spam_in(block.span, Strength::Medium) {
            let (terms, strong) = topics.entry(hit.topic).or_default();
            terms.insert(hit.term);
            *strong |= hit.strength == Strength::Strong;
        }
        spots.push(Spot::new(block.span, 1.0).noted(what));
    }
    let most = topics.values().filter(|(_, strong)| *strong).map(|(terms, _)| terms.len()).max();
    match most {
        Some(value) if value >= 2 => Measure { value: value as f64, spots },
        _ => Measure::of(0.0),
    }
}

/// Pictures have alternative texts for those who cannot see them, not for search engines.
pub(super) fn alt_terms(facts: &Facts<'_>) -> Measure {
    terms_of(facts, |block| block.zone == Zone::Alt, "in a picture's text")
}

/// How far before its text a tag begins, in bytes.
const MAX_TAG: usize = 300;

pub(super) fn control_terms(facts: &Facts<'_>) -> Measure {
    let control = |block: &Block| {
        let source = facts.page.source_map.to_source(block.span).start as usize;
        let before = &facts.source.as_bytes()[..source.min(facts.source.len())];
        let tag = before.iter().rev().take(MAX_TAG).position(|byte| *byte == b'<');
        let tag = tag.map_or(&[][..], |back| &before[before.len() - back..]);
        block.zone.is_visible()
            && ["option", "textarea"].iter().any(|name| {
                tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
            })
    };
    let kinds = |block: &Block| {
        matches!(block.kind, BlockKind::Control | BlockKind::ListItem | BlockKind::Paragraph)
    };
    let sent = |block: &Block| {
        block.kind == BlockKind::Attribute && block.zone == Zone::Hidden && block.hidden.is_none()
    };
    let field = |block: &Block| sent(block) || kinds(block) && control(block);
    terms_of(facts, field, "in a form field")
}

pub(super) fn comment_terms(facts: &Facts<'_>) -> Measure {
    let spots = facts
        .page
        .zone(Zone::Comment)
        .filter(|block| {
            let text = facts.slice(block.span);
            text.contains("href") && text.contains("://") && facts.spam_pair(block.span)
        })
        .map(|block| Spot::new(block.span, facts.spam_terms(block.span) as f64))
        .collect();
    Measure::max(spots)
}

pub(super) fn noscript_terms(facts: &Facts<'_>) -> Measure {
    terms_of(facts, |block| block.zone == Zone::Noscript, "for readers without scripts")
}

/// How common bytes are in markup, which is full of blanks, quotes and equals signs: a search looks
/// at the rarest bytes first.
struct MarkupRank;

impl HeuristicFrequencyRank for MarkupRank {
    fn rank(&self, byte: u8) -> u8 {
        match byte {
            b' ' | b'"' => 255,
            b'=' => 254,
            b'a'..=b'z' => 200,
            _ => 100,
        }
    }
}

/// Empty elements that share one short id although an id is to be unique: noise that keeps
/// copies of a text from being recognised, in the markup or shown as text.
pub(super) fn shared_empty_ids(facts: &Facts<'_>) -> Measure {
    let mut ids: BTreeMap<&str, (BTreeSet<&str>, Vec<Span>)> = BTreeMap::new();
    let source = facts.source;
    let mark = " id=\"";
    let finder = FinderBuilder::new().build_forward_with_ranker(MarkupRank, mark);
    for at in finder.find_iter(source.as_bytes()) {
        let Some((id, rest)) = source[at + mark.len()..].split_once('"') else { break };
        if !(4..=6).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            continue;
        }
        // A short look back: names of elements are no longer.
        let back = source.as_bytes()[..at].iter().rev().take(13).position(|b| *b == b'<');
        let Some(open) = back.map(|back| at - 1 - back) else { continue };
        let name = &source[open + 1..at];
        let plain =
            (1..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric());
        let close = rest.strip_prefix("></").and_then(|rest| rest.strip_prefix(name));
        if plain && close.is_some_and(|rest| rest.starts_with('>')) {
            let (names, spans) = ids.entry(id).or_default();
            names.insert(name);
            let end = at + mark.len() + id.len() + 5 + name.len();
            spans.push(Span::new(open, end));
        }
    }
    let spots =
        ids.into_iter().filter(|(_, (names, _))| names.len() >= 3).flat_map(|(id, (_, spans))| {
            spans.into_iter().map(move |span| Spot {
                span: Span::default(),
                source: Some(span),
                value: 1.0,
                note: Some(format!("id “{id}”")),
            })
        });
    Measure::count(spots.collect())
}

/// Spam words count in interface parts too, where there are off-site links beside them.
pub(super) fn spam_terms(facts: &Facts<'_>) -> Measure {
    let spots = elements(facts)
        .filter(|(element, links)| element.benign.is_none() || !links.is_empty())
        .filter(|(element, _)| facts.spam_pair(element.text))
        .map(|(element, _)| spot(element, facts.spam_terms(element.text) as f64))
        .collect();
    Measure::max(spots)
}

pub(super) fn foreign_language(facts: &Facts<'_>) -> Measure {
    let main = facts.scripts.main();
    let spots = elements(facts)
        .filter(|(element, links)| element.benign.is_none() && !links.is_empty())
        .filter(|(element, _)| {
            let counts = ScriptCounts::of(facts.slice(element.text));
            // Latin is everywhere: brands and links inside pages of any script.
            counts.total() >= 8 && counts.main() != main && counts.main() != Some(Script::Latin)
        })
        .map(|(element, links)| spot(element, links.len() as f64))
        .collect();
    Measure::count(spots)
}

/// Tag characters spell ASCII invisibly; after a black flag they are part of an emoji.
pub(super) fn tag_chars(facts: &Facts<'_>) -> Measure {
    // All of plane 14 begins with this byte.
    if memchr::memchr(0xf3, facts.page.visible().as_bytes()).is_none() {
        return Measure::of(0.0);
    }
    let mut in_flag = false;
    let is_tag = |c: char| ('\u{e0001}'..='\u{e007f}').contains(&c);
    let spots = runs(facts, |c| {
        in_flag = c == '\u{1f3f4}' || in_flag && is_tag(c);
        is_tag(c) && !in_flag
    });
    let decoded = |spot: Spot| {
        let text: String = facts
            .slice(spot.span)
            .chars()
            .filter_map(|c| char::from_u32((c as u32).wrapping_sub(0xe0000)))
            .filter(|c| (' '..='~').contains(c))
            .take(80)
            .collect();
        spot.noted(format!("they spell “{text}”"))
    };
    let spots: Vec<Spot> = spots.into_iter().map(decoded).collect();
    Measure { value: spots.iter().map(|spot| spot.value).sum(), spots }
}

/// Zero-width characters; joiners are part of Arabic, Indic and emoji writing.
pub(super) fn invisible_chars(facts: &Facts<'_>) -> Measure {
    let mut joins = false;
    let test = |c: char| {
        let invisible = matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}')
            || matches!(c, '\u{200c}' | '\u{200d}') && !joins;
        if !invisible {
            let latin_like = matches!(
                Script::of(c),
                Some(
                    Script::Latin
                        | Script::Cyrillic
                        | Script::Greek
                        | Script::Han
                        | Script::Kana
                        | Script::Hangul
                )
            );
            joins = !latin_like && !c.is_ascii();
        }
        invisible
    };
    let any = facts.survey.marks.has(Marks::INVISIBLE);
    let spots = if any { runs(facts, test) } else { Vec::new() };
    Measure { value: spots.iter().map(|spot| spot.value).sum(), spots }
}

/// Runs of visible characters that pass a test; a run's value is its length in characters.
fn runs(facts: &Facts<'_>, mut test: impl FnMut(char) -> bool) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for (at, c) in facts.page.visible().char_indices() {
        if !test(c) {
            continue;
        }
        let end = (at + c.len_utf8()) as u32;
        match spots.last_mut() {
            Some(spot) if spot.span.end as usize == at => {
                spot.span.end = end;
                spot.value += 1.0;
            }
            _ => spots.push(Spot::new(crate::span::Span { start: at as u32, end }, 1.0)),
        }
    }
    spots
}
