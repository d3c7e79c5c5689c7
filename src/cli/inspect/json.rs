//! An inspection as JSON.

use crawlint::page::{BlockKind, Link};
use crawlint::report::Report;
use crawlint::{Inspection, Step};
use serde::Serialize;

use crate::cli::inspect::place::{Place, Places};

/// What `inspect --format json` writes.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    report: &'a Report,
    page: PageView<'a>,
    signals: Vec<SignalView>,
    waterfall: Vec<StepView<'a>>,
    why_not: &'a [String],
}

#[derive(Serialize)]
struct PageView<'a> {
    bytes: usize,
    host: Option<&'a str>,
    visible_len: usize,
    aside_len: usize,
    blocks: Vec<BlockView<'a>>,
    links: Vec<LinkView<'a>>,
    hidden: Vec<HiddenView<'a>>,
    notes: Vec<NoteView>,
}

#[derive(Serialize)]
struct BlockView<'a> {
    #[serde(flatten)]
    place: Place,
    zone: &'static str,
    kind: String,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<&'static str>,
    span: crawlint::span::Span,
    text: &'a str,
}

#[derive(Serialize)]
struct LinkView<'a> {
    #[serde(flatten)]
    place: Place,
    zone: &'static str,
    href: &'a str,
    offsite: bool,
    rel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<&'static str>,
    text: &'a str,
}

#[derive(Serialize)]
struct HiddenView<'a> {
    #[serde(flatten)]
    place: Place,
    element: &'a str,
    technique: &'static str,
    benign: Option<&'static str>,
    text: &'a str,
}

#[derive(Serialize)]
struct NoteView {
    #[serde(flatten)]
    place: Place,
    kind: &'static str,
}

#[derive(Serialize)]
struct SignalView {
    name: &'static str,
    value: f64,
    unit: &'static str,
}

#[derive(Serialize)]
struct StepView<'a> {
    label: &'a str,
    db: f64,
    detail: &'a str,
}

/// The serializable view of an inspection.
pub(crate) fn view<'a>(inspection: &'a Inspection, bytes: usize, places: &Places<'_>) -> View<'a> {
    let page = &inspection.page;
    let place = |at| places.of(at);
    let blocks = page.blocks.iter().enumerate().map(|(index, block)| BlockView {
        place: place(page.source_map.to_source(block.span).start),
        zone: inspection.block_zones.get(index).unwrap_or(&block.zone).name(),
        kind: kind_name(block.kind),
        language: inspection.block_languages.get(index).copied().unwrap_or("und"),
        hidden: technique(inspection, block.hidden),
        span: block.span,
        text: page.slice(block.span),
    });
    let links = page.links.iter().map(|link: &Link| LinkView {
        place: place(link.source.start),
        zone: link.zone.name(),
        href: &link.href,
        offsite: link.offsite,
        rel: &link.rel,
        hidden: technique(inspection, link.hidden),
        text: page.slice(link.text),
    });
    let hidden = page.hidden.iter().map(|element| HiddenView {
        place: place(element.source.start),
        element: &element.element,
        technique: element.technique,
        benign: element.benign,
        text: page.slice(element.text),
    });
    let notes = page
        .notes
        .iter()
        .map(|note| NoteView { place: place(note.source.start), kind: note.kind.name() });
    let step = |step: &'a Step| StepView { label: &step.label, db: step.db, detail: &step.detail };
    View {
        report: &inspection.report,
        page: PageView {
            bytes,
            host: page.host.as_deref(),
            visible_len: page.visible_len,
            aside_len: page.aside_len,
            blocks: blocks.collect(),
            links: links.collect(),
            hidden: hidden.collect(),
            notes: notes.collect(),
        },
        signals: inspection
            .signals
            .iter()
            .map(|&(name, value, unit)| SignalView { name, value, unit })
            .collect(),
        waterfall: inspection.waterfall.iter().map(step).collect(),
        why_not: &inspection.why_not,
    }
}

/// How the element around a block or link is hidden.
pub(crate) fn technique(inspection: &Inspection, hidden: Option<u32>) -> Option<&'static str> {
    hidden.and_then(|index| inspection.page.hidden.get(index as usize)).map(|it| it.technique)
}

/// Name of the kind of a block.
pub(crate) fn kind_name(kind: BlockKind) -> String {
    let name = match kind {
        BlockKind::Heading(level) => return format!("heading-{level}"),
        BlockKind::Paragraph => "paragraph",
        BlockKind::ListItem => "list-item",
        BlockKind::TableRow => "table-row",
        BlockKind::Code => "code",
        BlockKind::Quote => "quote",
        BlockKind::Control => "control",
        BlockKind::Attribute => "attribute",
        BlockKind::Comment => "comment",
        BlockKind::Script => "script",
    };
    name.to_owned()
}
