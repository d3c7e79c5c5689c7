//! What is left of a page when its content is gone: titles, menus, dumps, filler.

use std::collections::HashSet;

use crate::page::{BlockKind, Zone};
use crate::signals::words::join;
use crate::signals::{Facts, Line, Measure, Spot};
use crate::span::{Span, SpanSet, merged, overlapping};
use crate::text::{Drawn, Marks, Script, is_alphanumeric};

/// Letters and digits of a text, lower case: what two titles are compared by.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// 1 where the visible text outside links is the page's title and nothing else, else 0.
pub(super) fn title_only(facts: &Facts<'_>) -> Measure {
    let Some(title) = facts.page.title().map(letters).filter(|title| !title.is_empty()) else {
        return Measure::of(0.0);
    };
    let links: SpanSet = facts.page.links.iter().map(|link| link.text).collect();
    let mut spots = Vec::new();
    for line in &facts.lines {
        if links.contains(line.span) || matches!(line.zone, Zone::Nav | Zone::Footer) {
            continue;
        }
        let text = letters(facts.slice(line.span));
        let part = !text.is_empty() && (title.contains(&text) || text.contains(&title));
        if !part || text.chars().count() > title.chars().count() + 12 {
            return Measure::of(0.0);
        }
        spots.push(Spot::new(line.span, 1.0));
    }
    // A picture, a form or a script may be the content of a page with one line of text.
    let busy = spots.is_empty() || spots.len() > 3 || shows_more(facts);
    if busy { Measure::of(0.0) } else { Measure { value: 1.0, spots } }
}

/// Whether elements show what is no text: pictures, films, frames, forms, an application.
fn shows_more(facts: &Facts<'_>) -> bool {
    const ELEMENTS: &[&str] = &[
        "<img",
        "<video",
        "<audio",
        "<iframe",
        "<canvas",
        "<svg",
        "<object",
        "<embed",
        "<form",
        "<input",
        "<textarea",
        "<frame",
    ];
    let source = facts.source.as_bytes();
    let tags = source.iter().enumerate().filter(|(_, b)| **b == b'<').map(|(at, _)| &source[at..]);
    let mut scripts = 0;
    for tag in tags {
        let begins = |name: &&str| {
            tag.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
        };
        if ELEMENTS.iter().any(begins) {
            return true;
        }
        if begins(&"<script") {
            // A script of the site's own fills what is empty here; those of other sites count.
            if loads_own_script(tag) {
                return true;
            }
            scripts += 1;
        }
    }
    scripts > 2
}

/// Whether a `<script>` tag loads a file by an address without a host.
fn loads_own_script(tag: &[u8]) -> bool {
    /// Longest tag that is read.
    const MAX_TAG: usize = 200;
    let tag = &tag[..tag.len().min(MAX_TAG)];
    let end = tag.iter().position(|b| *b == b'>').unwrap_or(tag.len());
    let tag = String::from_utf8_lossy(&tag[..end]).to_lowercase();
    tag.split_once("src=").is_some_and(|(_, address)| {
        let address = address.trim_start_matches(['"', '\'']);
        !address.is_empty() && !address.starts_with("http") && !address.starts_with("//")
    })
}

/// Fewest lines of a list of filters.
const MIN_FACETS: usize = 20;

/// Share of the visible lines that are a name and a count in brackets, as the filters of a
/// search have them: `Zoology (634)`. Years are no counts. 0 to 1; 0 below twenty such lines.
pub(super) fn facet_lines(facts: &Facts<'_>) -> Measure {
    let mut counted = 0;
    let mut spots: Vec<Spot> = Vec::new();
    for line in &facts.lines {
        if is_facet(facts.slice(line.span)) {
            counted += 1;
            join(&mut spots, line.span, 1.0);
        }
    }
    if counted < MIN_FACETS {
        return Measure::of(0.0);
    }
    Measure { value: counted as f64 / facts.lines.len() as f64, spots }
}

fn is_facet(line: &str) -> bool {
    let Some(inner) = line.strip_suffix([')', '）']) else { return false };
    let name = inner.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',');
    let count = &inner[name.len()..];
    let year = count.len() == 4 && (count.starts_with("19") || count.starts_with("20"));
    let named = name.strip_suffix(['(', '（']);
    !count.is_empty()
        && !year
        && named
            .is_some_and(|name| name.chars().count() <= 80 && name.chars().any(char::is_alphabetic))
}

/// Share of the lines that are links or menu entries and nothing else, 0 to 1; 0 where fewer
/// than eight are.
pub(super) fn link_lines(facts: &Facts<'_>) -> Measure {
    // Links that were never ended hold others.
    let links = merged(facts.page.links.iter().map(|link| link.text).collect());
    let (mut linked, mut all) = (0, 0);
    let mut spots: Vec<Spot> = Vec::new();
    for line in &facts.lines {
        all += 1;
        let covered: usize = overlapping(&links, line.span).map(Span::len).sum();
        if covered * 10 >= line.span.len() * 8 {
            linked += 1;
            join(&mut spots, line.span, 1.0);
        }
    }
    if linked < 8 {
        return Measure::of(0.0);
    }
    Measure { value: f64::from(linked as u32) / f64::from(all.max(1) as u32), spots }
}

/// Share of the visible words that belong to filler text, 0 to 1, by the terms of the topic
/// `filler`; its places are the lines that mostly consist of them.
pub(super) fn filler_share(facts: &Facts<'_>) -> Measure {
    covered_share(facts, "filler")
}

/// The same of entries that menus and footers of all sites have, by the terms of the topic `menu`.
pub(super) fn menu_share(facts: &Facts<'_>) -> Measure {
    covered_share(facts, "menu")
}

fn covered_share(facts: &Facts<'_>, topic: &str) -> Measure {
    let visible = Span::new(0, facts.page.visible_len);
    let mut hits = facts.topic_in(visible, topic).peekable();
    if hits.peek().is_none() {
        return Measure::of(0.0);
    }
    let (mut filler, mut all) = (0usize, 0usize);
    let mut spots: Vec<Spot> = Vec::new();
    for line in &facts.lines {
        let chars = line.survey.alphanumeric as usize;
        let mut end = 0;
        let mut here = 0usize;
        // Lines and hits ascend; a hit between two lines belongs to none.
        while let Some(hit) = hits.next_if(|hit| hit.span.start < line.span.end) {
            if hit.span.start < line.span.start {
                continue;
            }
            let fresh = Span { start: hit.span.start.max(end), end: hit.span.end.max(end) };
            here += facts.slice(fresh).chars().filter(|&c| is_alphanumeric(c)).count();
            end = end.max(hit.span.end);
        }
        filler += here;
        all += chars;
        if here > 0 && here * 5 >= chars * 2 {
            join(&mut spots, line.span, here as f64);
        }
    }
    let value = filler as f64 / all.max(1) as f64;
    Measure { value, spots }
}

/// Fewest characters of a block of encoded data.
const MIN_BLOB: usize = 400;

/// Share of the visible characters in tokens no reader reads: 400 or more letters and digits
/// without a space, as base64 and minified sources have them. 0 to 1.
pub(super) fn blob_share(facts: &Facts<'_>) -> Measure {
    let (mut blob, mut all) = (0usize, 0usize);
    let mut spots = Vec::new();
    for line in facts.lines.iter().filter(|line| line.zone != Zone::Code) {
        all += line.survey.solid as usize;
        let text = facts.slice(line.span);
        if !may_hold_blob(text.as_bytes()) {
            continue;
        }
        for token in text.split_whitespace() {
            if token.len() >= MIN_BLOB && token.is_ascii() {
                blob += token.len();
                let start =
                    line.span.start as usize + token.as_ptr() as usize - text.as_ptr() as usize;
                spots.push(Spot::new(Span::new(start, start + token.len()), token.len() as f64));
            }
        }
    }
    Measure { value: blob as f64 / all.max(1) as f64, spots }
}

/// Whether so many bytes of ASCII stand together without white space: they do around one of the
/// places that are as far apart.
fn may_hold_blob(text: &[u8]) -> bool {
    let solid = |byte: &&u8| byte.is_ascii() && !matches!(byte, b'\t'..=b'\r' | b' ');
    (MIN_BLOB - 1..text.len()).step_by(MIN_BLOB).any(|at| {
        let before = text[..at].iter().rev().take(MIN_BLOB).take_while(solid).count();
        let from_here = text[at..].iter().take(MIN_BLOB).take_while(solid).count();
        before + from_here >= MIN_BLOB
    })
}

/// Share of short lines among at least thirty, 0 to 1: what menus and tables leave of a page.
pub(super) fn short_lines(facts: &Facts<'_>) -> Measure {
    let lines: Vec<_> = facts.lines.iter().filter(|line| line.zone != Zone::Code).collect();
    if lines.len() < 30 {
        return Measure::of(0.0);
    }
    let short = lines.iter().filter(|line| line.survey.chars <= 12).count();
    Measure::share(short, lines.len())
}

/// Fewest lines of content for a statement on halves.
const MIN_HALVES: usize = 8;

/// Share of the content's characters in the first half whose lines come again, in order, in the
/// second: 1 where the body stands twice. 0 to 1.
pub(super) fn doubled_body(facts: &Facts<'_>) -> Measure {
    let prose = || facts.content().filter(|line| line.prose);
    if prose().count() < MIN_HALVES {
        return Measure::of(0.0);
    }
    let lines: Vec<&Line> = prose().collect();
    let (head, tail) = lines.split_at(lines.len() / 2);
    let text = |line: &&Line| facts.slice(line.span);
    let first: HashSet<&str, Drawn> = head.iter().map(text).collect();
    if first.len() < head.len() {
        return Measure::of(0.0);
    }
    let weight = |line: &&Line| line.survey.chars as usize;
    let all: usize = tail.iter().map(weight).sum();
    let again = tail.iter().filter(|line| first.contains(text(line))).map(weight).sum();
    Measure::share(again, all)
}

/// Private-use characters per 100 letters: glyphs of a font made against copying.
pub(super) fn private_glyphs(facts: &Facts<'_>) -> Measure {
    let mut spots: Vec<Spot> = Vec::new();
    let mut count = 0usize;
    // Icon fonts put a private character in front of labels; text has it between ideographs.
    for line in facts.content_with(Marks::PRIVATE) {
        let text: Vec<(usize, char)> = facts.slice(line.span).char_indices().collect();
        for (index, &(at, c)) in text.iter().enumerate() {
            let private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}');
            let letter = |c: char| Script::of(c).is_some() || c.is_ascii_digit() || private(c);
            let beside =
                |i: Option<usize>| i.and_then(|i| text.get(i)).is_some_and(|p| letter(p.1));
            if private(c) && (beside(index.checked_sub(1)) && beside(Some(index + 1))) {
                count += 1;
                let start = line.span.start as usize + at;
                join(&mut spots, Span::new(start, start + c.len_utf8()), 1.0);
            }
        }
    }
    let letters = facts.scripts.total().max(1);
    Measure { value: count as f64 * 100.0 / letters as f64, spots }
}

/// Visible lines that are the text of a table cut into bars: `a | | | b`.
pub(super) fn empty_cells(facts: &Facts<'_>) -> Measure {
    let is_text = |line: &&Line| line.zone != Zone::Code;
    let is_cut = |line: &&Line| {
        let text = facts.slice(line.span);
        facts.kind_of(line) != BlockKind::TableRow && (text.contains("| |") || text.contains("||"))
    };
    let barred = facts.lines_with(Marks::BAR).filter(is_text).filter(is_cut).count();
    if barred == 0 {
        return Measure::of(0.0);
    }
    Measure::share(barred, facts.lines.iter().filter(is_text).count().max(15))
}

/// 1 where the whole record is one small JSON object that says how a request ended and nothing
/// else, else 0: at most twelve keys, a code and a message among them, no long string, no data.
pub(super) fn api_status(facts: &Facts<'_>) -> Measure {
    const CODES: &[&str] = &[
        "code",
        "errcode",
        "errno",
        "error",
        "error_code",
        "errorcode",
        "ret",
        "retcode",
        "resultcode",
        "status",
        "statuscode",
        "status_code",
        "success",
        "ok",
    ];
    const MESSAGES: &[&str] = &[
        "msg",
        "message",
        "errmsg",
        "errormessage",
        "error_message",
        "error_description",
        "detail",
        "details",
        "info",
        "desc",
        "description",
        "reason",
        "title",
    ];
    /// Longest record that is an answer without content, in bytes.
    const MAX_BYTES: usize = 4_096;
    /// Longest message, in characters.
    const MAX_MESSAGE: usize = 200;
    let source = facts.source.trim();
    if source.len() > MAX_BYTES || !source.starts_with('{') {
        return Measure::of(0.0);
    }
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(source) else {
        return Measure::of(0.0);
    };
    let holds = |names: &[&str]| object.keys().any(|k| names.contains(&k.to_lowercase().as_str()));
    let bare = object.values().all(|value| match value {
        serde_json::Value::String(text) => text.chars().count() <= MAX_MESSAGE,
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(fields) => {
            fields.len() <= 4
                && fields.values().all(|field| match field {
                    serde_json::Value::String(text) => text.chars().count() <= MAX_MESSAGE,
                    other => !other.is_array() && !other.is_object(),
                })
        }
        _ => true,
    });
    let status = object.len() <= 12 && bare && holds(CODES) && holds(MESSAGES);
    let whole = Span::new(0, facts.page.visible_len);
    let spot = Spot::new(whole, 1.0);
    if status { Measure::count(vec![spot]) } else { Measure::of(0.0) }
}
