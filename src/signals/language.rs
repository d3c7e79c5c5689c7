//! Languages and scripts that do not belong.

use crate::page::Zone;
use crate::signals::hidden::advertising_blocks;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::{Script, ScriptCounts, UNKNOWN, language};

/// Fewest letters of a block whose language can be told; an ideograph stands for two.
const MIN_ISLAND: usize = 60;

/// Blocks at the edges or in hidden elements that speak another language than the page and
/// advertise in it.
pub(super) fn islands(facts: &Facts<'_>) -> Measure {
    if facts.language == UNKNOWN {
        return Measure::of(0.0);
    }
    let base = |language: &'static str| language.split('-').next().unwrap_or(language);
    let spots = advertising_blocks(facts)
        .filter(|block| {
            let zone = facts.zone_of_block(block);
            matches!(zone, Zone::Head | Zone::Tail | Zone::Hidden | Zone::Footer)
        })
        .filter_map(|block| {
            let text = facts.slice(block.span);
            let letters = ScriptCounts::of(text);
            if letters.total() + letters.ideographic() < MIN_ISLAND {
                return None;
            }
            let told = language(text);
            // Where the language cannot be told, a script the page does not use will do.
            let script = letters.main().filter(|script| *script != Script::Latin);
            let foreign = if told == UNKNOWN {
                script.is_some_and(|script| {
                    facts.scripts.get(script) < letters.get(script) * 2
                        && facts.scripts.main() != Some(script)
                })
            } else {
                base(told) != base(facts.language)
            };
            foreign.then(|| Spot::new(block.span, 1.0).noted(format!("in {told}")))
        })
        .collect();
    Measure::count(spots)
}

/// A single letter between two letters of another script that it is never mixed with. Latin and
/// Greek letters stand inside words of all scripts, and Chinese, Japanese and Korean mix.
pub(super) fn stray_chars(facts: &Facts<'_>) -> Measure {
    /// Scripts whose letters are strays inside words of another of these; Chinese, Japanese and
    /// Korean count as one.
    const FAMILIES: &[&[Script]] = &[
        &[Script::Han, Script::Kana, Script::Hangul],
        &[Script::Cyrillic],
        &[Script::Thai],
        &[Script::Arabic],
        &[Script::Hebrew],
        &[Script::Devanagari],
        &[Script::Bengali],
    ];
    let on_page = |family: &&&[Script]| family.iter().any(|script| facts.scripts.get(*script) > 0);
    if FAMILIES.iter().filter(on_page).count() < 2 {
        return Measure::of(0.0);
    }
    let family = |c: char| {
        Script::of(c).map(|script| match script {
            Script::Han | Script::Kana | Script::Hangul => Script::Han,
            other => other,
        })
    };
    let mut spots = Vec::new();
    let chars = facts.page.visible().char_indices();
    let mut before: [(usize, Option<Script>); 2] = [(0, None), (0, None)];
    for (at, c) in chars {
        let now = family(c);
        if let [(_, Some(left)), (middle_at, Some(middle))] = before
            && now == Some(left)
            && left != middle
            && ![left, middle]
                .iter()
                .any(|s| matches!(s, Script::Latin | Script::Greek | Script::Other))
        {
            spots.push(Spot::new(Span::new(middle_at, at), 1.0));
        }
        before = [before[1], (at, now)];
    }
    Measure::count(spots)
}
