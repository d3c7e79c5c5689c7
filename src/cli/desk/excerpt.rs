//! The text of a page around its findings, within a bound.

use std::ops::Range;

use crawlint::page::{BlockKind, Page, Zone};
use serde::Serialize;

use crate::cli::desk::JudgedFinding;

/// Bytes of text shown of a page.
const BUDGET: usize = 8 << 10;

/// Bytes shown of the beginning of the visible text, so that one sees what the page is.
const INTRO: usize = 480;

/// Bytes shown on either side of a finding.
const CONTEXT: usize = 180;

/// Bytes shown of one finding.
const HIT: usize = 900;

/// Windows closer than this become one, in bytes.
const JOIN: usize = 48;

/// A piece of a block of the page.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    /// Zone.
    z: &'static str,
    /// Rank, where it is a heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<u8>,
    /// How it is hidden, and why that is ordinary, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    h: Option<(&'static str, Option<&'static str>)>,
    /// Text is left out before it.
    #[serde(skip_serializing_if = "is_false")]
    g: bool,
    /// The text.
    t: String,
    /// Findings: from, to in UTF-16 units as scripts count, index of the finding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    m: Vec<(usize, usize, usize)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The pieces of a page, in the order of its text. `zones` are those of its blocks.
pub(super) fn pieces(page: &Page, zones: &[Zone], findings: &[&JudgedFinding]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut shown_to = 0;
    for window in windows(page, findings) {
        let from = page.blocks.partition_point(|block| block.span.end as usize <= window.start);
        for (index, block) in page.blocks.iter().enumerate().skip(from) {
            let span = block.span.range();
            if span.start >= window.end {
                break;
            }
            let range = span.start.max(window.start)..span.end.min(window.end);
            let Some(text) = page.text.get(range.clone()) else { continue };
            if text.trim().is_empty() {
                continue;
            }
            let hidden = block.hidden.and_then(|at| page.hidden.get(at as usize));
            let cut_before = range.start > span.start;
            let cut_after = range.end < span.end;
            // One line break stands between two blocks.
            let gap = range.start > shown_to + 1 || cut_before;
            shown_to = range.end;
            let (mut text, mut marks) = (text.to_owned(), marks(page, &range, findings));
            if cut_before && pieces.last().is_none_or(|_: &Piece| gap) {
                text.insert(0, '…');
                for (from, to, _) in &mut marks {
                    *from += 1;
                    *to += 1;
                }
            }
            if cut_after {
                text.push('…');
            }
            pieces.push(Piece {
                z: zones.get(index).unwrap_or(&block.zone).name(),
                k: match block.kind {
                    BlockKind::Heading(rank) => Some(rank),
                    _ => None,
                },
                h: hidden.map(|element| (element.technique, element.benign)),
                g: gap && range.start > 0,
                t: text,
                m: marks,
            });
        }
    }
    pieces
}

/// What is shown of the text: the beginning, and the surroundings of the weightiest findings as
/// far as the budget goes; ascending, without overlap.
fn windows(page: &Page, findings: &[&JudgedFinding]) -> Vec<Range<usize>> {
    let around = |from: usize, to: usize| {
        let mut range = from.min(page.text.len())..to.min(page.text.len());
        while !page.text.is_char_boundary(range.start) {
            range.start -= 1;
        }
        while !page.text.is_char_boundary(range.end) {
            range.end -= 1;
        }
        range
    };
    let mut order: Vec<&&JudgedFinding> = findings.iter().collect();
    order.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    let mut windows = vec![around(0, INTRO.min(page.visible_len))];
    let mut left = BUDGET - INTRO;
    for finding in order {
        let span = finding.span;
        if span.end <= span.start || span.end > page.text.len() {
            continue;
        }
        let end = span.end.min(span.start + HIT);
        let window = around(span.start.saturating_sub(CONTEXT), end + CONTEXT);
        if windows.iter().any(|w| w.start <= span.start && end <= w.end) {
            continue;
        }
        // What others show already is counted twice: the bound holds either way.
        let Some(rest) = left.checked_sub(window.len()) else { break };
        left = rest;
        windows.push(window);
    }
    windows.sort_by_key(|window| window.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for window in windows {
        match joined.last_mut() {
            Some(last) if window.start <= last.end + JOIN => last.end = last.end.max(window.end),
            _ => joined.push(window),
        }
    }
    joined
}

/// Where findings lie in a part of the text.
fn marks(
    page: &Page,
    part: &Range<usize>,
    findings: &[&JudgedFinding],
) -> Vec<(usize, usize, usize)> {
    let units = |to: usize| {
        let text = page.text.get(part.start..to)?;
        Some(text.chars().map(char::len_utf16).sum::<usize>())
    };
    let mut marks = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let from = finding.span.start.max(part.start);
        let to = finding.span.end.min(part.end);
        if from < to
            && let (Some(from), Some(to)) = (units(from), units(to))
        {
            marks.push((from, to, index));
        }
    }
    marks
}
