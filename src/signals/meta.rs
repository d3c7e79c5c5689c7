//! Titles and metas against the text they stand for.

use crate::page::{Block, NoteKind, Zone};
use crate::signals::{Facts, Measure, Spot};
use crate::terms::Strength;
use crate::text::{Script, ScriptCounts, content_ngrams, count_words};

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
