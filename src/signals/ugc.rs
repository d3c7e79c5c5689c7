//! Spam that visitors left.

use crate::page::Zone;
use crate::signals::{Facts, Measure, Spot};
use crate::terms::Strength;

/// Comments that advertise: a spam term in the text of an off-site link, a telling one on a line
/// with an off-site link or address, or two of a topic of which one is telling.
pub(super) fn spam_lines(facts: &Facts<'_>) -> Measure {
    // Without a telling term, none advertises.
    let spots = facts
        .spam_lines(Strength::Medium)
        .filter(|line| line.zone == Zone::Ugc)
        .filter(|line| {
            let links = || facts.offsite_links().filter(|link| line.span.contains(link.text));
            let linked = links().next().is_some() || facts.slice(line.span).contains("://");
            let anchor =
                links().any(|link| facts.spam_in(link.text, Strength::Medium).next().is_some());
            let telling = facts.spam_in(line.span, Strength::Strong).next().is_some();
            anchor || telling && linked || facts.spam_pair(line.span)
        })
        .map(|line| Spot::new(line.span, 1.0))
        .collect();
    Measure::count(spots)
}
