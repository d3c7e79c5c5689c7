//! A stand-in for the HTML parser in the tests of formats that contain HTML: it knows tags,
//! `display:none`, links and nothing else.

use crate::page::{BlockKind, Format, HiddenElement, Page, PageBuilder, Zone};
use crate::parse::reference;
use crate::span::Span;

/// Parses simple, well-formed HTML.
pub(crate) fn parse(source: &str) -> Page {
    let mut builder = PageBuilder::new(Format::Html);
    let mut hidden = None;
    let mut link = None;
    let mut at = 0;
    for piece in source.split_inclusive(['<', '>']) {
        let (start, end) = (at, at + piece.len());
        at = end;
        if let Some(tag) = piece.strip_suffix('>') {
            if tag.contains("display:none") {
                let element = tag.split(' ').next().unwrap_or_default().to_owned();
                builder.close();
                hidden = Some(builder.begin_hidden(HiddenElement {
                    technique: "display-none",
                    benign: None,
                    element,
                    text: Span::default(),
                    source: Span::new(start.saturating_sub(1), end),
                }));
            } else if tag == "/div" || tag == "/span" {
                builder.close();
                hidden = None;
            } else if let Some(href) = tag.strip_prefix("a href=") {
                let target = reference::link(
                    href.trim_matches('"'),
                    Zone::Body,
                    None,
                    Span::new(start, end),
                );
                link = Some((builder.begin_link(), target));
            } else if tag == "/a" {
                if let Some((start, target)) = link.take() {
                    builder.end_link(start, target);
                }
            } else if matches!(tag, "p" | "/p" | "li" | "h1" | "/h1" | "br") {
                builder.close();
            }
            continue;
        }
        let text = piece.strip_suffix('<').unwrap_or(piece);
        let start =
            if builder.is_open() { start } else { start + text.len() - text.trim_start().len() };
        let text = if builder.is_open() { text } else { text.trim_start() };
        if text.trim().is_empty() && !builder.is_open() {
            continue;
        }
        if !builder.is_open() {
            let zone = if hidden.is_some() { Zone::Hidden } else { Zone::Body };
            builder.open(BlockKind::Paragraph, zone, hidden);
        }
        builder.push(text, Span::new(start, start + text.len()));
    }
    builder.finish()
}
