//! Links as evidence.

use std::collections::BTreeSet;

use crate::page::{Link, NoteKind, Zone};
use crate::signals::{Facts, Measure, Spot};
use crate::span::SpanSet;
use crate::terms::Strength;
use crate::text::is_alphanumeric;

pub(super) fn offsite(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.offsite_links().count() as f64)
}

pub(super) fn offsite_hosts(facts: &Facts<'_>) -> Measure {
    let hosts: BTreeSet<&str> = facts.offsite_links().filter_map(|l| l.host.as_deref()).collect();
    Measure::of(hosts.len() as f64)
}

pub(super) fn anchor_share(facts: &Facts<'_>) -> Measure {
    let len = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let visible = |link: &&Link| (link.text.end as usize) <= facts.page.visible_len;
    let anchors = facts.page.links.iter().filter(visible);
    let anchor_chars: usize = anchors.map(|link| len(facts.slice(link.text))).sum();
    Measure::share(anchor_chars, len(facts.page.visible()).max(anchor_chars))
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

fn spot(link: &Link, value: f64) -> Spot {
    Spot { span: link.text, source: Some(link.source), value, note: None }
}
