//! What readers do not see.

use crate::page::{HiddenElement, Link};
use crate::signals::{Facts, Measure, Spot};
use crate::text::{Script, ScriptCounts};

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
    let spots = runs(facts, |c| {
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
    });
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
