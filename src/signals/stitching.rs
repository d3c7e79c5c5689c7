//! Text put together from pieces: repeated sentences, cut snippets, lists from one frame.

use std::collections::{HashMap, HashSet};

use crate::page::{BlockKind, Zone};
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::Span;
use crate::text::{Script, content_ngrams, hash_chars};

/// Words a heading needs to be a sentence of its own.
const MIN_HEADING_WORDS: usize = 4;
/// Headings from which a page starts again and again.
const MIN_RESTARTS: usize = 3;

/// Main headings (of the highest level that has several) that say the title's telling words again,
/// each with other words around: articles on one search phrase, put one under the other.
pub(super) fn restarts(facts: &Facts<'_>) -> Measure {
    let headings = |level: u8| {
        facts.page.blocks.iter().filter(move |block| {
            block.kind == BlockKind::Heading(level)
                && (block.span.start as usize) < facts.page.visible_len
                && !matches!(block.zone, Zone::Nav | Zone::Footer | Zone::Ugc)
        })
    };
    let Some(level) = (1..=2).find(|&level| headings(level).count() >= MIN_RESTARTS) else {
        return Measure::of(0.0);
    };
    let Some(title) = facts.page.blocks.iter().find(|block| block.zone == Zone::Title) else {
        return Measure::of(0.0);
    };
    let telling = |span: Span| -> HashSet<String> {
        let text = facts.slice(span);
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() >= 4);
        words.map(str::to_lowercase).collect()
    };
    let title = telling(title.span);
    let mut seen: HashSet<u64> = HashSet::new();
    let spots: Vec<Spot> = headings(level)
        .filter(|block| {
            let text = facts.slice(block.span);
            let shared = telling(block.span).intersection(&title).count();
            text.split_whitespace().count() >= MIN_HEADING_WORDS
                && shared >= 2
                && shared * 2 >= title.len()
                && seen.insert(key(text))
        })
        .map(|block| Spot::new(block.span, 1.0))
        .collect();
    if spots.len() < MIN_RESTARTS { Measure::of(0.0) } else { Measure::count(spots) }
}

/// Occurrences from which a sentence is repeated: twice may be a teaser and its article.
const REPEATED: usize = 3;
/// Letters a sentence needs, an ideograph counting as three: `Read more.` repeats on any page.
const MIN_SENTENCE: usize = 24;
/// Sentences a page needs for a statement.
const MIN_SENTENCES: usize = 8;

/// Lines of content outside code and tables, with quotes and comments of readers.
fn text_lines<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Line> {
    facts.lines.iter().filter(|line| {
        !matches!(line.zone, Zone::Code | Zone::Nav | Zone::Footer)
            && facts.page.blocks[line.block].kind != BlockKind::TableRow
    })
}

/// Sentences of a line, with their weight in letters.
fn sentences(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.split_inclusive(['.', '!', '?', '…', '。', '！', '？', '।', '؟']).filter_map(|sentence| {
        let weight = sentence
            .chars()
            .filter_map(Script::of)
            .map(|script| if script.is_unspaced() { 3 } else { 1 })
            .sum();
        (weight >= MIN_SENTENCE).then_some((sentence, weight))
    })
}

/// A sentence without case, digits, punctuation and space, as a hash.
fn key(sentence: &str) -> u64 {
    hash_chars(sentence.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase))
}

/// Share of the sentences' letters in sentences that stand three or more times on the page; its
/// place reaches from the first line that mostly consists of them to the last.
pub(super) fn repeated_sentences(facts: &Facts<'_>) -> Measure {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    let mut all = 0usize;
    let mut number = 0;
    for line in text_lines(facts) {
        for (sentence, weight) in sentences(facts.slice(line.span)) {
            *counts.entry(key(sentence)).or_default() += 1;
            all += weight;
            number += 1;
        }
    }
    if number < MIN_SENTENCES || counts.values().all(|&count| count < REPEATED) {
        return Measure::of(0.0);
    }
    let mut repeated = 0;
    let mut found: Option<Span> = None;
    for line in text_lines(facts) {
        let (mut here, mut own) = (0, 0);
        for (sentence, weight) in sentences(facts.slice(line.span)) {
            if counts[&key(sentence)] >= REPEATED {
                here += weight;
            } else {
                own += weight;
            }
        }
        repeated += here;
        if here > own {
            found = Some(found.map_or(line.span, |span| span.cover(line.span)));
        }
    }
    let value = repeated as f64 / all.max(1) as f64;
    Measure { value, spots: found.map(|span| Spot::new(span, value)).into_iter().collect() }
}

/// Snippets that were cut off in the middle: a sentence that ends in ` .` or in dots after a word
/// that cannot end it, as search results show them. From 0.
pub(super) fn cut_snippets(facts: &Facts<'_>) -> Measure {
    let mut spots = Vec::new();
    for line in text_lines(facts) {
        let text = facts.slice(line.span);
        let mut cuts = 0;
        for (at, _) in text.match_indices(" .") {
            let after = text[at + 2..].chars().next();
            let before = text[..at].chars().next_back();
            // `.NET` and ` ...` are no ends of snippets.
            let ends = after.is_none_or(char::is_whitespace);
            cuts += usize::from(ends && before.is_some_and(char::is_alphanumeric));
        }
        for mark in [" ... ", " … ", "... ", "… "] {
            cuts += text
                .match_indices(mark)
                .filter(|(at, m)| {
                    let next = text[at + m.len()..].chars().next();
                    next.is_some_and(|c| c.is_uppercase() || c.is_numeric())
                        && text[..*at].chars().next_back().is_some_and(char::is_lowercase)
                })
                .count();
        }
        if cuts > 0 {
            spots.push(Spot::new(line.span, cuts as f64));
        }
    }
    Measure { value: spots.iter().map(|spot| spot.value).sum(), spots }
}

/// Sentences fewer than this have no cohesion to measure.
const MIN_COHESION: usize = 12;

/// Mean Jaccard similarity of the content of neighbouring sentences, 0 to 1; 1 where there are
/// fewer than twelve. Places: none, it speaks of the whole.
pub(super) fn cohesion(facts: &Facts<'_>) -> Measure {
    let grams: Vec<HashSet<u64>> = text_lines(facts)
        .filter(|line| line.prose)
        .flat_map(|line| sentences(facts.slice(line.span)))
        .map(|(sentence, _)| content_ngrams(&sentence.to_lowercase()).into_iter().collect())
        .collect();
    if grams.len() < MIN_COHESION {
        return Measure::of(1.0);
    }
    let mean: f64 = grams
        .windows(2)
        .map(|pair| {
            let common = pair[0].intersection(&pair[1]).count() as f64;
            common / (pair[0].len() + pair[1].len()).max(1) as f64 * 2.0
        })
        .sum::<f64>()
        / (grams.len() - 1) as f64;
    Measure::of(mean)
}

/// Share of prose sentences that hold the title's words in a row, 0 to 1. Titles of one word are
/// subjects, so two words are asked for.
pub(super) fn title_insertion(facts: &Facts<'_>) -> Measure {
    let Some(title) = facts.page.title() else { return Measure::of(0.0) };
    let head =
        title.split(['|', '–', '—', '_', ':', '：']).next().unwrap_or("").trim().to_lowercase();
    if head.split_whitespace().count() < 2 && head.chars().count() < 6 {
        return Measure::of(0.0);
    }
    let (mut holding, mut all) = (0, 0);
    for line in text_lines(facts).filter(|line| line.prose) {
        for (sentence, _) in sentences(facts.slice(line.span)) {
            all += 1;
            holding += usize::from(sentence.to_lowercase().contains(&head));
        }
    }
    Measure::share(holding, all)
}

/// Lines that differ in one or two words only, most of one frame: `Plumber in A`, `Plumber in B`.
/// Words in capitals and numbers are what differs. From 0.
pub(super) fn frame_lines(facts: &Facts<'_>) -> Measure {
    let mut frames: HashMap<String, Vec<Span>> = HashMap::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        let text = facts.slice(line.span);
        let words: Vec<&str> = text.split_whitespace().collect();
        if !(3..=9).contains(&words.len()) {
            continue;
        }
        let mut masked = 0;
        let frame: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(index, word)| {
                let varies = index > 0 && word.chars().next().is_some_and(char::is_uppercase);
                masked += usize::from(varies);
                if varies { "*".to_owned() } else { word.to_lowercase() }
            })
            .collect();
        let kept = frame.iter().filter(|word| *word != "*" && word.chars().count() >= 2).count();
        // Lines with numbers are tables, addresses and dates.
        let numbered = text.contains(|c: char| c.is_ascii_digit());
        if (1..=3).contains(&masked) && kept >= 2 && !numbered {
            frames.entry(frame.join(" ")).or_default().push(line.span);
        }
    }
    // Equal lines are no frame; the most frequent one, and the first among equals, counts.
    let best = frames
        .into_values()
        .map(|mut spans| {
            let mut seen = HashSet::new();
            spans.retain(|span| seen.insert(facts.slice(*span)));
            spans
        })
        .max_by_key(|spans| (spans.len(), std::cmp::Reverse(spans.first().copied())));
    let spots: Vec<Spot> =
        best.unwrap_or_default().into_iter().map(|span| Spot::new(span, 1.0)).collect();
    if spots.len() < 8 { Measure::of(0.0) } else { Measure::count(spots) }
}

/// Longest run of numbers that each follow on the last, outside tables and lists, from 0.
pub(super) fn number_sequence(facts: &Facts<'_>) -> Measure {
    let mut spots: Vec<Spot> = Vec::new();
    for line in text_lines(facts) {
        if matches!(facts.page.blocks[line.block].kind, BlockKind::ListItem | BlockKind::Control) {
            continue;
        }
        let text = facts.slice(line.span);
        let mut run: (usize, usize, usize) = (0, 0, 0);
        let mut last: Option<u64> = None;
        for token in text.split_whitespace() {
            let start = token.as_ptr() as usize - text.as_ptr() as usize;
            let number = token.trim_matches([',', ';']).parse::<u64>().ok();
            let follows = number.is_some() && last.and_then(|n| n.checked_add(1)) == number;
            if !follows {
                keep(&mut spots, line.span, run);
                run = (start, start, 0);
            }
            run = (run.0, start + token.len(), run.2 + 1);
            last = number;
        }
        keep(&mut spots, line.span, run);
    }
    Measure::max(spots)
}

fn keep(spots: &mut Vec<Spot>, line: Span, run: (usize, usize, usize)) {
    if run.2 >= 20 {
        let base = line.start as usize;
        spots.push(Spot::new(Span::new(base + run.0, base + run.1), run.2 as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_weighed_by_script() {
        let found: Vec<usize> =
            sentences("The baker opens the shop every morning. Yes. 协程适合网络请求。")
                .map(|pair| pair.1)
                .collect();
        assert_eq!(found, [32, 24]);
        assert_eq!(key("The Baker, opens."), key("the baker opens"));
    }
}
