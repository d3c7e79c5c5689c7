//! The edges of a page against its middle: what injected blocks look like.

use std::collections::{BTreeSet, HashMap};

use crate::page::Zone;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::{Span, merged, overlapping};
use crate::terms::Strength;
use crate::text::{Script, is_alphabetic};

/// Lines at each end that are compared with the middle.
const EDGE: usize = 6;
/// Content n-grams a line needs to be compared.
const MIN_LINE_NGRAMS: usize = 5;
/// Distinct content n-grams the middle needs to be compared with.
const MIN_MIDDLE_NGRAMS: usize = 150;
/// Share of n-grams below which a line is an orphan.
const MAX_OVERLAP: f64 = 0.10;

/// Lines of the title kind and the visible edge lines: first four and last eight; signals take
/// them from [`Facts::edge_lines`].
pub(super) fn edge_lines(facts: &Facts<'_>) -> Vec<Span> {
    let titles = facts
        .page
        .blocks
        .iter()
        .filter(|block| matches!(block.zone, Zone::Title | Zone::OpenGraph | Zone::MetaDescription))
        .map(|block| block.span);
    let content: Vec<&Line> = facts.content().collect();
    let head = content.iter().take(4);
    let tail = content.iter().skip(content.len().saturating_sub(8).max(4));
    titles.chain(head.chain(tail).map(|line| line.span)).collect()
}

/// A segment that reads as a search phrase: a term of a spam topic, or two genre stems of which
/// one is a strong one.
fn is_hot(facts: &Facts<'_>, segment: Span) -> bool {
    let mut stems: Vec<(u32, Strength)> =
        facts.topic_in(segment, "genre").map(|hit| (hit.term, hit.strength)).collect();
    stems.sort_unstable();
    stems.dedup();
    facts.spam_in(segment, Strength::Medium).next().is_some()
        || stems.len() >= 2 && stems.iter().any(|stem| stem.1 == Strength::Strong)
}

/// Segments of a line between one kind of separator; the kind that gives most wins.
fn segments(text: &str, span: Span) -> Vec<Span> {
    const SEPARATORS: &[char] = &['_', ',', '，', '-', '|', '、', '—', '｜', '/', '·'];
    let best = SEPARATORS.iter().max_by_key(|&&c| text.matches(c).count()).copied().unwrap_or('_');
    let mut start = span.start as usize;
    let mut segments = Vec::new();
    for piece in text.split(best) {
        let lead = piece.len() - piece.trim_start().len();
        let len = piece.trim().len();
        if len > 0 {
            segments.push(Span::new(start + lead, start + lead + len));
        }
        start += piece.len() + best.len_utf8();
    }
    segments
}

pub(super) fn separator_lists(facts: &Facts<'_>) -> Measure {
    let spots = facts.edge_lines().iter().filter_map(|&span| {
        facts.spam_in(span, Strength::Medium).next()?;
        let text = facts.slice(span);
        if text.chars().count() > 400
            || text.ends_with(['。', '！', '？', '：', ':', '.', '!', '?'])
        {
            return None;
        }
        let segments = segments(text, span);
        let hot = segments.iter().filter(|segment| is_hot(facts, **segment)).count();
        let least = 2.max((segments.len() * 2).div_ceil(5));
        (segments.len() >= 4 && hot >= least)
            .then(|| Spot::new(span, hot as f64 / segments.len() as f64))
    });
    Measure::count(spots.collect())
}

/// A line of words between spaces, three quarters of which belong to terms of spam topics with at
/// least half of their letters, one of them to a strong one.
pub(super) fn term_lines(facts: &Facts<'_>) -> Measure {
    let spots = facts.edge_lines().iter().filter_map(|&span| {
        facts.spam_in(span, Strength::Strong).next()?;
        let text = facts.slice(span);
        let covered = merged(facts.spam_in(span, Strength::Medium).map(|hit| hit.span).collect());
        let mut at = span.start as usize;
        let (mut tokens, mut hot) = (0usize, 0usize);
        for token in text.split(' ') {
            let place = Span::new(at, at + token.len());
            at += token.len() + 1;
            if token.is_empty() {
                continue;
            }
            tokens += 1;
            // Where words are not written apart, what stands between spaces may be a sentence.
            let own: usize = overlapping(&covered, place).map(Span::len).sum();
            hot += usize::from(own * 2 >= token.len());
        }
        // Alphabetic terms span several tokens; several distinct ones are asked for.
        let distinct: BTreeSet<u32> =
            facts.spam_in(span, Strength::Medium).map(|hit| hit.term).collect();
        (tokens >= 3 && hot * 4 >= tokens * 3 && distinct.len() >= 3)
            .then(|| Spot::new(span, hot as f64 / tokens as f64))
    });
    Measure::count(spots.collect())
}

pub(super) fn shared_prefix_lists(facts: &Facts<'_>) -> Measure {
    let spots = facts.edge_lines().iter().filter_map(|&span| {
        let text = facts.slice(span);
        if text.chars().count() > 400 {
            return None;
        }
        let segments = segments(text, span);
        let mut prefixes: HashMap<String, Vec<usize>> = HashMap::new();
        for segment in &segments {
            let text = facts.slice(*segment);
            let han = text.chars().next().and_then(Script::of) == Some(Script::Han);
            let prefix: String = text.chars().take(if han { 2 } else { 4 }).collect();
            prefixes.entry(prefix).or_default().push(text.chars().count());
        }
        let lengths = prefixes.into_values().max_by_key(Vec::len)?;
        let growing = lengths.windows(2).filter(|pair| pair[0] <= pair[1]).count();
        (lengths.len() >= 4
            && growing + 1 >= lengths.len()
            && lengths[0] < lengths[lengths.len() - 1])
            .then(|| Spot::new(span, lengths.len() as f64))
    });
    Measure::count(spots.collect())
}

/// Lines of the form `X-X` or `X-X something`, X of 4 to 20 characters with letters.
pub(super) fn echo_lines(facts: &Facts<'_>) -> Measure {
    let spots = facts.edge_lines().iter().filter(|span| is_echo(facts.slice(**span)));
    Measure::count(spots.map(|span| Spot::new(*span, 1.0)).collect())
}

fn is_echo(line: &str) -> bool {
    if line.chars().count() > 60 {
        return false;
    }
    line.char_indices().filter(|(_, c)| matches!(c, '-' | '_' | '—' | '|' | '｜')).any(|(at, c)| {
        let (before, after) = (line[..at].trim(), line[at + c.len_utf8()..].trim());
        let letters = before.chars().filter(|c| is_alphabetic(*c)).count();
        let len = before.chars().count();
        (4..=20).contains(&len)
            && letters >= 2
            && after.strip_prefix(before).is_some_and(|rest| rest.chars().count() <= 8)
    })
}

pub(super) fn orphan_lines(facts: &Facts<'_>) -> Measure {
    Measure::count(facts.orphans().iter().map(|(spot, _)| spot.clone()).collect())
}

pub(super) fn orphan_lures(facts: &Facts<'_>) -> Measure {
    let lures = facts.orphans().iter().filter(|(_, lure)| *lure);
    Measure::count(lures.map(|(spot, _)| spot.clone()).collect())
}

/// Edge lines that do not belong to the middle, and whether each is also a lure; signals take it
/// from [`Facts::orphans`].
pub(super) fn orphans(facts: &Facts<'_>) -> Vec<(Spot, bool)> {
    let (edges, middle) = sides(facts);
    if edges_apart(facts, &edges, &middle, 1) == 0 {
        return Vec::new();
    }
    let middle = middle.iter();
    let mut middle: Vec<u64> = middle.flat_map(|&index| facts.line_grams(index)).copied().collect();
    middle.sort_unstable();
    middle.dedup();
    if middle.len() < MIN_MIDDLE_NGRAMS {
        return Vec::new();
    }
    edges
        .into_iter()
        .filter_map(|index| {
            let (line, grams) = (&facts.lines[index], facts.line_grams(index));
            let shared = grams.iter().filter(|gram| middle.binary_search(gram).is_ok()).count();
            if shared as f64 >= MAX_OVERLAP * grams.len() as f64 {
                return None;
            }
            let lure = is_echo(facts.slice(line.span))
                || is_hot(facts, line.span)
                || facts.spam_in(line.span, Strength::Medium).next().is_some();
            // Portals end in lists of links to anything: links say something only as lures.
            (lure || !is_linked(facts, line))
                .then(|| (Spot::new(line.span, 1.0 - shared as f64 / grams.len() as f64), lure))
        })
        .collect()
}

/// At least [`orphan_lines`], where two or more would matter: how many lines may be orphans.
pub(super) fn orphan_bound(facts: &Facts<'_>) -> f64 {
    let (edges, middle) = sides(facts);
    if edges.len() < 2 { edges.len() as f64 } else { edges_apart(facts, &edges, &middle, 2) as f64 }
}

/// Edge lines that may be orphans, and the middle they are compared with; none where there is no
/// middle.
fn sides(facts: &Facts<'_>) -> (Vec<usize>, Vec<usize>) {
    let of_kind = |test: fn(&Line) -> bool| {
        (0..facts.lines.len()).filter(move |&index| test(&facts.lines[index]))
    };
    let mut content: Vec<usize> = of_kind(Line::is_content).collect();
    content.retain(|&index| !facts.is_boilerplate(&facts.lines[index]));
    if content.len() <= 2 * EDGE {
        return (Vec::new(), Vec::new());
    }
    let tail_start = content.len() - EDGE;
    let mut edges = [&content[..EDGE], &content[tail_start..]].concat();
    edges.retain(|&index| {
        let line = &facts.lines[index];
        facts.line_grams(index).len() >= MIN_LINE_NGRAMS && !is_boilerplate(facts, line)
    });
    let mut middle = content;
    middle.truncate(tail_start);
    middle.drain(..EDGE);
    middle.extend(of_kind(|line| matches!(line.zone, Zone::Code | Zone::Quote)));
    (edges, middle)
}

/// How many of the edge lines share less with the middle than its own lines share, or fewer than
/// `least`. Reads the middle no further than needed to say that: on most pages a few paragraphs
/// have said the words of every edge line.
fn edges_apart(facts: &Facts<'_>, edges: &[usize], middle: &[usize], least: usize) -> usize {
    // Each edge line with those of its n-grams that were not met yet, sorted.
    let mut apart: Vec<(usize, Vec<u64>)> = Vec::new();
    // Most n-grams of the middle are in no edge line: a bit for each that is.
    let mut bits = [0u64; 64];
    let place = |gram: u64| ((gram >> 46 & 63) as usize, 1u64 << (gram >> 40 & 63));
    for &edge in edges {
        let mut grams = facts.line_grams(edge).to_vec();
        grams.sort_unstable();
        for &gram in &grams {
            let (word, bit) = place(gram);
            bits[word] |= bit;
        }
        apart.push((grams.len(), grams));
    }
    for &index in middle {
        if apart.len() < least {
            break;
        }
        let known = |gram: &&u64| {
            let (word, bit) = place(**gram);
            bits[word] & bit != 0
        };
        for gram in facts.line_grams(index).iter().filter(known) {
            apart.retain_mut(|(all, unmet)| {
                let from = unmet.partition_point(|other| other < gram);
                let same = unmet[from..].iter().take_while(|other| *other == gram).count();
                unmet.drain(from..from + same);
                ((*all - unmet.len()) as f64) < MAX_OVERLAP * *all as f64
            });
        }
    }
    apart.len()
}

fn is_boilerplate(facts: &Facts<'_>, line: &Line) -> bool {
    facts.topic_in(line.span, "boilerplate").next().is_some()
}

/// Whether the line is mostly the text of links: related posts, tags, menus, partners.
fn is_linked(facts: &Facts<'_>, line: &Line) -> bool {
    let linked: usize = facts
        .page
        .links
        .iter()
        .filter(|link| link.text.overlaps(line.span))
        .map(|link| link.text.len())
        .sum();
    linked * 2 >= line.span.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_repeat_letters_not_rules() {
        assert!(is_echo("某果星空-某果星空应用"));
        assert!(is_echo("Lucky Fruit | Lucky Fruit app"));
        assert!(!is_echo("--------------------"));
        assert!(!is_echo("asyncio - Example Docs"));
        assert!(!is_echo("Home-Home page of our small library in the town"));
    }

    #[test]
    fn the_separator_with_most_segments_wins() {
        let text = "a-b_c_d _ e";
        let parts: Vec<&str> =
            segments(text, Span::new(0, text.len())).iter().map(|s| &text[s.range()]).collect();
        assert_eq!(parts, ["a-b", "c", "d", "e"]);
    }
}
