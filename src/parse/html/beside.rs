//! What stands beside the text of elements: attributes, metas, scripts, and documents inside the
//! document.

use crate::page::{BlockKind, Note, NoteKind, Zone};
use crate::parse::html::Dom;
use crate::parse::html::attribute::{Attributes, Common};
use crate::parse::html::flow::Place;
use crate::parse::html::metadata::{json_ld_strings, meta_zone, numeric_references, text_of};
use crate::parse::html::node::{Element, NodeRef, Value};
use crate::parse::html::tree::NodeId;
use crate::parse::html::walk::{Document, Frame, Hideout, Walker};
use crate::span::{OffsetMap, Span};
use html5ever::{LocalName, local_name};

/// Longest comment kept, in bytes.
const MAX_COMMENT: usize = 20_000;
/// Documents inside documents (`noscript`, `srcdoc`) are read to this depth.
const MAX_EMBEDDING: usize = 2;
/// Words that make a title or label a text of its own.
const LABEL_WORDS: usize = 3;
/// Share of numeric character references that makes a title encoded.
const ENCODED_SHARE: f64 = 0.6;
/// Fewest numeric character references that make one.
const MIN_ENCODED: usize = 4;

impl Walker<'_> {
    pub(super) fn comment(&mut self, document: Document<'_>, id: NodeId, comment: &str) {
        let text = comment.trim();
        if text.is_empty() {
            return;
        }
        let lead = comment.len() - comment.trim_start().len();
        let mut len = text.len().min(MAX_COMMENT);
        while !text.is_char_boundary(len) {
            len -= 1;
        }
        let text = &text[..len];
        let whole = document.dom.comment_span(id).unwrap_or_default();
        let start = whole.start as usize + "<!--".len() + lead;
        let written = document.source.get(start..start + text.len());
        let source =
            if written == Some(text) { Span::new(start, start + text.len()) } else { whole };
        self.flow.end_block(false);
        self.flow.prepare(Place { kind: BlockKind::Comment, zone: Zone::Comment, hidden: None });
        self.flow.put(text, source);
        self.flow.end_block(false);
    }

    /// Writes a block of its own.
    fn aside_mapped(&mut self, place: Place, text: &str, map: &OffsetMap) {
        self.flow.end_block(false);
        self.flow.prepare(place);
        self.flow.put_mapped(text, map);
        self.flow.end_block(place.zone.is_visible());
    }

    /// Writes the value of an attribute, which is not white space alone, as a block of its own.
    fn aside_attribute(
        &mut self,
        document: Document<'_>,
        id: NodeId,
        name: &LocalName,
        value: &str,
        place: Place,
    ) {
        let Some(whole) = document.dom.attribute_place(id, name) else {
            let (text, map) = mapped_attribute(document, id, name, value);
            return self.aside_mapped(place, text, &map);
        };
        let text = value.trim();
        let start = whole.start as usize + value.len() - value.trim_start().len();
        self.flow.end_block(false);
        self.flow.prepare(place);
        self.flow.put(text, Span::new(start, start + text.len()));
        self.flow.end_block(place.zone.is_visible());
    }

    pub(super) fn attributes(
        &mut self,
        document: Document<'_>,
        id: NodeId,
        element: Element<'_>,
        attributes: &Attributes<'_>,
        frame: &Frame,
    ) {
        match *element.local() {
            local_name!("meta") => return self.meta(document, id, element),
            names!["img", "svg", "picture", "video", "canvas", "object", "embed"] => {
                self.picture(element, frame);
            }
            local_name!("i") if attributes.has(Common::Class) => self.picture(element, frame),
            local_name!("span") if attributes.get(Common::Class).is_some_and(is_icon) => {
                self.picture(element, frame);
            }
            local_name!("input") => {
                let kind = element.attribute(&local_name!("type")).unwrap_or_default();
                let is = |wanted: &[&str]| wanted.iter().any(|w| kind.eq_ignore_ascii_case(w));
                if is(&["submit", "button", "reset"]) {
                    let frame = Frame { kind: BlockKind::Control, ..frame.inside(id) };
                    self.attribute(document, id, element, &local_name!("value"), &frame, false);
                } else if is(&["image"]) {
                    self.picture(element, frame);
                } else if is(&["hidden"]) {
                    return self.hidden_value(document, id, element);
                }
            }
            _ => {}
        }
        let all = [Common::Alt, Common::Title, Common::AriaLabel, Common::Placeholder];
        if !all.iter().any(|one| attributes.has(*one)) {
            return;
        }
        let label = attributes.get(Common::AriaLabel);
        if label.is_some_and(|label| !label.trim().is_empty()) {
            self.picture(element, frame);
        }
        let texts = [
            (attributes.get(Common::Alt), local_name!("alt")),
            (attributes.get(Common::Title), local_name!("title")),
            (label, local_name!("aria-label")),
            (attributes.get(Common::Placeholder), local_name!("placeholder")),
        ];
        for (value, name) in texts {
            let Some(value) = value else { continue };
            let always = name != local_name!("placeholder") && is_image(element);
            if always || is_text_of_its_own(value) {
                let zone = if frame.zone == Zone::Noscript { frame.zone } else { Zone::Alt };
                // Font and colour hide no image, and no label of one.
                let faint = frame.faint.filter(|(_, images)| *images);
                let frame = Frame { zone, faint, kind: BlockKind::Attribute, ..frame.inside(id) };
                self.attribute(document, id, element, &name, &frame, true);
            }
        }
    }

    fn attribute(
        &mut self,
        document: Document<'_>,
        id: NodeId,
        element: Element<'_>,
        name: &LocalName,
        frame: &Frame,
        aside: bool,
    ) {
        let value = element.attribute(name).unwrap_or_default();
        if value.trim().is_empty() {
            return;
        }
        let place = self.place(frame);
        if !aside {
            self.flow.end_block(place.zone.is_visible());
        }
        self.aside_attribute(document, id, name, value, place);
    }

    /// What a form sends without showing it: a text of its own only, no token and no data.
    fn hidden_value(&mut self, document: Document<'_>, id: NodeId, element: Element<'_>) {
        let value = element.attribute(&local_name!("value")).unwrap_or_default();
        if is_text_of_its_own(value) && !value.contains(['{', '<', '=']) {
            let place = Place { kind: BlockKind::Attribute, zone: Zone::Hidden, hidden: None };
            self.aside_attribute(document, id, &local_name!("value"), value, place);
        }
    }

    fn meta(&mut self, document: Document<'_>, id: NodeId, element: Element<'_>) {
        let Some(content) = element.attribute(&local_name!("content")) else { return };
        let refresh = element
            .attribute(&local_name!("http-equiv"))
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("refresh"));
        let name = element
            .attribute(&local_name!("name"))
            .or_else(|| element.attribute(&local_name!("property")));
        let (kind, zone) = if refresh {
            (BlockKind::Script, Zone::Script)
        } else if let Some(zone) = name.and_then(meta_zone) {
            (BlockKind::Attribute, zone)
        } else {
            return;
        };
        if content.trim().is_empty() {
            return;
        }
        let place = Place { kind, zone, hidden: None };
        self.aside_attribute(document, id, &local_name!("content"), content, place);
        // The first only: looking costs a look at the whole page.
        if zone == Zone::MetaDescription && self.embedding == 0 && !self.described {
            self.described = true;
            let (text, map) = mapped_attribute(document, id, &local_name!("content"), content);
            let span = map.to_source(Span::new(0, text.len()));
            self.note_if_encoded(document, span);
        }
    }

    /// Notes a text written in numeric character references on a page that does without them.
    pub(super) fn note_if_encoded(&mut self, document: Document<'_>, span: Span) {
        let Some(raw) = document.source.get(span.range()) else { return };
        let (share, count) = numeric_references(raw);
        if share < ENCODED_SHARE || count < MIN_ENCODED {
            return;
        }
        let rest = [&document.source[..span.start as usize], &document.source[span.end as usize..]];
        let elsewhere: usize = rest.iter().map(|part| part.matches("&#").count()).sum();
        // Metas repeat the title, so a handful more is expected even where only the head is
        // encoded.
        if elsewhere <= 400 + document.source.len() / 200 {
            self.flow.builder.note(Note { kind: NoteKind::EntityEncoded, source: span });
        }
    }

    pub(super) fn script(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_>,
        element: Element<'_>,
    ) {
        if self.embedding == 0 {
            self.follow_wrapper(document, node.id());
        }
        let place = Place { kind: BlockKind::Script, zone: Zone::Script, hidden: None };
        if element.attribute(&local_name!("src")).is_some_and(|src| !src.trim().is_empty()) {
            let src = element.attribute(&local_name!("src")).unwrap_or_default();
            self.aside_attribute(document, node.id(), &local_name!("src"), src, place);
        }
        let kind = element.attribute(&local_name!("type")).unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/ld+json") {
            self.json_ld(document, node);
            return;
        }
        let source = text_of(node);
        if source.trim().is_empty() {
            return;
        }
        self.flow.end_block(false);
        self.flow.prepare(place);
        for child in node.children() {
            if let Value::Text(text) = child.value() {
                self.raw_text(document, child.id(), text);
            }
        }
        self.flow.end_block(false);
    }

    /// Begins or ends a hidden element that scripts write around what stands between them.
    fn follow_wrapper(&mut self, document: Document<'_>, script: NodeId) {
        let source = document.dom.element_span(script);
        if let Some((hideout, ..)) = self.written.take_if(|(_, closer, _)| *closer == script) {
            let hideout = &mut self.hideouts[hideout];
            hideout.source = hideout.source.cover(source);
            if let Some(index) = hideout.announced {
                self.flow.builder.hidden_mut(index).source = hideout.source;
            }
        }
        if let Some(closer) = self.facts.written.get(&script) {
            self.hideouts.push(Hideout {
                technique: "script-written",
                benign: None,
                element: "script".to_owned(),
                source,
                announced: None,
            });
            self.written = Some((self.hideouts.len() - 1, *closer, self.frames.len()));
        }
    }

    /// Writes a text node as it is.
    fn raw_text(&mut self, document: Document<'_>, id: NodeId, text: &str) {
        for run in document.dom.text_runs(id) {
            if let Some(piece) = text.get(run.at as usize..(run.at + run.len) as usize) {
                self.flow.put(piece, run.source);
            }
        }
    }

    fn json_ld(&mut self, document: Document<'_>, node: NodeRef<'_>) {
        let place = Place { kind: BlockKind::Attribute, zone: Zone::JsonLd, hidden: None };
        for child in node.children() {
            let Value::Text(text) = child.value() else { continue };
            let map = map_of_runs(document, child.id());
            for string in json_ld_strings(text, 0) {
                let lead = string.text.len() - string.text.trim_start().len();
                let trimmed = string.text.trim();
                let map =
                    OffsetMap::identity(trimmed.len(), lead).through(&string.map).through(&map);
                self.aside_mapped(place, trimmed, &map);
            }
        }
    }

    /// Reads the raw text of an element such as `noscript` as markup.
    pub(super) fn embed_text(&mut self, document: Document<'_>, node: NodeRef<'_>, frame: &Frame) {
        let mut text = String::new();
        let mut map = OffsetMap::default();
        for child in node.children() {
            if let Value::Text(piece) = child.value() {
                map.append(&map_of_runs(document, child.id()), text.len());
                text.push_str(piece);
            }
        }
        self.embed(&text, Some(map), frame);
    }

    /// Walks a document inside the document; `map` leads from `text` to the source around.
    pub(super) fn embed(&mut self, text: &str, map: Option<OffsetMap>, frame: &Frame) {
        if text.trim().is_empty() || self.embedding >= MAX_EMBEDDING {
            return;
        }
        let map = map.unwrap_or_else(|| {
            let mut whole = OffsetMap::default();
            whole.push(0, text.len(), Span::default());
            whole
        });
        // Notes about limits inside say nothing a rule asks for.
        let (dom, _) = Dom::parse(text, self.limits);
        let before = self.flow.enter_embedded(&map);
        self.embedding += 1;
        let document = Document { dom: &dom, source: text };
        let root = Frame { block: true, ..frame.inside(NodeId::ROOT) };
        self.walk(document, root);
        self.embedding -= 1;
        self.flow.leave_embedded(before);
    }
}

/// Whether one of several classes says that the element shows an icon.
fn is_icon(classes: &str) -> bool {
    classes.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"icon"))
}

/// Whether an element is a picture, whose label is shown in its place.
fn is_image(element: Element<'_>) -> bool {
    matches!(*element.local(), names!["img", "area", "input", "svg", "image", "embed"])
}

/// Whether a title or label is more than a name.
fn is_text_of_its_own(value: &str) -> bool {
    value.split_whitespace().nth(LABEL_WORDS - 1).is_some()
        || value.chars().filter(|c| *c >= '\u{2E80}').nth(5).is_some()
}

/// An attribute's value without white space around it, and its map to the document.
fn mapped_attribute<'v>(
    document: Document<'_>,
    id: NodeId,
    name: &LocalName,
    value: &'v str,
) -> (&'v str, OffsetMap) {
    let text = value.trim();
    let lead = value.len() - value.trim_start().len();
    let map = document.dom.attribute_map(document.source, id, name);
    let map = map.unwrap_or_else(|| {
        let mut whole = OffsetMap::default();
        let tag = document.dom.start_tag_span(id);
        whole.push(0, value.len(), tag.unwrap_or_else(|| document.dom.element_span(id)));
        whole
    });
    (text, OffsetMap::identity(text.len(), lead).through(&map))
}

/// The map of a text node to the document.
fn map_of_runs(document: Document<'_>, id: NodeId) -> OffsetMap {
    let mut map = OffsetMap::default();
    for run in document.dom.text_runs(id) {
        map.push(run.at as usize, run.len as usize, run.source);
    }
    map
}
