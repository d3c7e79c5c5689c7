//! The walk over the element tree: one pass, without recursion, that turns it into blocks, links
//! and hidden elements.

use crate::page::{
    BlockKind, Format, HiddenElement, Link, LinkStart, Note, NoteKind, Page, PageBuilder, Zone,
};
use crate::parse::html::flow::{Flow, Place};
use crate::parse::html::hidden::{Look, benign_reason, technique_of};
use crate::parse::html::links::{host_of, is_same_site};
use crate::parse::html::metadata::{
    Facts, json_ld_strings, meta_zone, numeric_references, text_of,
};
use crate::parse::html::regions::zone_of;
use crate::parse::html::style::{Display, Style, parse_attribute};
use crate::parse::html::{Dom, Limits};
use crate::span::{OffsetMap, Span};
use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;

/// Longest comment kept, in bytes.
const MAX_COMMENT: usize = 20_000;
/// Documents inside documents (`noscript`, `srcdoc`) are read to this depth.
const MAX_EMBEDDING: usize = 2;
/// Text outside the document that is worth a note, in bytes.
const OUTSIDE_TEXT: usize = 100;
/// Words that make a title or label a text of its own.
const LABEL_WORDS: usize = 3;
/// Share of numeric character references that makes a title encoded.
const ENCODED_SHARE: f64 = 0.6;
/// Fewest numeric character references that make one.
const MIN_ENCODED: usize = 4;

/// How to read a page.
#[derive(Clone, Debug, Default)]
pub struct HtmlOptions {
    /// Address of the page, if known: decides which links are off-site.
    pub url: Option<String>,
    /// Bounds of the element tree.
    pub limits: Limits,
}

/// Reads an HTML document.
pub fn parse(text: &str, options: &HtmlOptions) -> Page {
    let (dom, notes) = Dom::parse(text, &options.limits);
    let facts = Facts::collect(&dom.html);
    let mut builder = PageBuilder::new(Format::Html);
    let page = builder.page_mut();
    page.notes = notes;
    page.declared_language.clone_from(&facts.language);
    page.host = options.url.as_deref().and_then(host_of).or(facts.host().map(str::to_owned));
    let mut walker = Walker {
        host: page.host.clone(),
        limits: &options.limits,
        facts: &facts,
        flow: Flow::new(builder),
        frames: Vec::new(),
        hideouts: Vec::new(),
        written: None,
        outside: None,
        links: 0,
        link_frames: Vec::new(),
        embedding: 0,
    };
    let document = Document { dom: &dom, source: text };
    let look = Look::of_page(facts.external_styles);
    walker.walk(document, Frame::root(document.dom.html.tree.root().id(), Zone::Body, look));
    walker.end_outside();
    let mut page = walker.flow.builder.finish();
    page.dom = Some(dom);
    page
}

#[derive(Clone, Copy)]
struct Document<'a> {
    dom: &'a Dom,
    source: &'a str,
}

/// An element that hides what it holds; announced when the first text comes.
#[derive(Debug)]
struct Hideout {
    technique: &'static str,
    benign: Option<&'static str>,
    element: String,
    source: Span,
    announced: Option<u32>,
}

/// What holds inside an open element.
#[derive(Debug)]
struct Frame {
    node: NodeId,
    zone: Zone,
    kind: BlockKind,
    /// Begins and ends a block.
    block: bool,
    /// Keeps white space.
    preformatted: bool,
    look: Look,
    /// The hideout that takes this element away, whatever its children say.
    taken: Option<usize>,
    /// The hideout by an inherited property, and whether it hides images too.
    faint: Option<(usize, bool)>,
    link: Option<Box<OpenLink>>,
}

impl Frame {
    fn root(node: NodeId, zone: Zone, look: Look) -> Self {
        Self {
            node,
            zone,
            kind: BlockKind::Paragraph,
            block: true,
            preformatted: false,
            look,
            taken: None,
            faint: None,
            link: None,
        }
    }

    fn inside(&self, node: NodeId) -> Self {
        Self {
            node,
            block: false,
            link: None,
            zone: self.zone,
            kind: self.kind,
            preformatted: self.preformatted,
            look: self.look,
            taken: self.taken,
            faint: self.faint,
        }
    }
}

#[derive(Debug)]
struct OpenLink {
    start: Option<LinkStart>,
    zone: Zone,
    pictured: bool,
    /// The anchor holds text that readers see.
    seen: bool,
    /// The hidden element that holds its text.
    hidden: Option<u32>,
}

struct Walker<'a> {
    facts: &'a Facts,
    limits: &'a Limits,
    host: Option<String>,
    flow: Flow,
    frames: Vec<Frame>,
    hideouts: Vec<Hideout>,
    /// A wrapper a script wrote: its hideout, the script that closes it, and the number of
    /// frames at which it ends at the latest.
    written: Option<(usize, NodeId, usize)>,
    /// Elements after the end of the document: their range, and text and links before them.
    outside: Option<(Span, usize, usize)>,
    links: usize,
    /// Indices of the frames that hold an open link.
    link_frames: Vec<usize>,
    embedding: usize,
}

impl Walker<'_> {
    /// Walks a document from the node of `root` down.
    fn walk(&mut self, document: Document<'_>, root: Frame) {
        let base = self.frames.len();
        let Some(top) = document.dom.html.tree.get(root.node) else { return };
        self.frames.push(root);
        let mut next = top.first_child();
        while let Some(node) = next {
            let down = self.enter(document, node);
            next = node.first_child().filter(|_| down);
            let mut at = node;
            while next.is_none() && at != top {
                if self.frames.len() > base + 1 && self.frame().node == at.id() {
                    self.leave(document, at);
                }
                next = at.next_sibling();
                at = at.parent().unwrap_or(top);
            }
        }
        if self.frame().zone.is_visible() {
            self.flow.end_block(true);
        }
        self.flow.end_block(false);
        self.frames.truncate(base);
    }

    fn frame(&self) -> &Frame {
        self.frames.last().expect("the root frame stays while the walk lasts")
    }

    /// Meets a node; true where its children are to be walked.
    fn enter(&mut self, document: Document<'_>, node: NodeRef<'_, Node>) -> bool {
        if self.embedding == 0 && self.frames.len() <= 3 {
            self.watch_outside(document, node);
        }
        match node.value() {
            Node::Element(element) => self.enter_element(document, node, element),
            Node::Text(text) => {
                self.text(document, node.id(), text);
                false
            }
            Node::Comment(comment) => {
                self.comment(document, node.id(), comment);
                false
            }
            Node::Document | Node::Fragment => true,
            _ => false,
        }
    }

    fn enter_element(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_, Node>,
        element: &Element,
    ) -> bool {
        let frame = self.element_frame(document, node, element);
        self.attributes(document, node.id(), element, &frame);
        match element.name() {
            "script" => {
                self.script(document, node, element);
                return false;
            }
            "style" | "input" | "meta" | "link" | "base" | "param" | "source" | "track" | "col"
            | "img" | "embed" => return false,
            "br" => {
                self.line_break(&frame, document.dom.element_span(node.id()));
                return false;
            }
            "hr" => {
                self.flow.end_block(frame.zone.is_visible());
                return false;
            }
            "noscript" | "noframes" | "noembed" if is_raw(node) => {
                self.embed_text(document, node, frame);
                return false;
            }
            "iframe" => {
                if element.attr("srcdoc").is_some() {
                    let map = document.dom.attribute_map(document.source, node.id(), "srcdoc");
                    let shown = Frame { zone: self.frame().zone, ..frame.inside(node.id()) };
                    self.embed(element.attr("srcdoc").unwrap_or_default(), map, &shown);
                }
            }
            "td" | "th" if !frame.block => {
                if let Some(place) = self.known_place(&frame) {
                    self.flow.cell(place);
                }
            }
            _ => {}
        }
        if self.is_line_of_code(&frame) {
            self.line(&frame);
        } else if frame.block {
            self.end_blocks_around(&frame);
        }
        if frame.link.is_some() {
            self.link_frames.push(self.frames.len());
        }
        self.frames.push(frame);
        true
    }

    fn leave(&mut self, document: Document<'_>, node: NodeRef<'_, Node>) {
        let Some(mut frame) = self.frames.pop() else { return };
        if self.written.is_some_and(|(_, _, frames)| self.frames.len() < frames) {
            self.written = None;
        }
        if let Some(link) = frame.link.take() {
            self.link_frames.pop();
            self.end_link(document, node, &frame, *link);
        }
        if self.is_line_of_code(&frame) {
            self.line(&frame);
        } else if frame.block {
            self.end_blocks_around(&frame);
        }
        if self.facts.title == Some(node.id()) && self.embedding == 0 {
            let runs = node.children().flat_map(|child| document.dom.text_runs(child.id()));
            if let Some(written) = runs.map(|run| run.source).reduce(Span::cover) {
                self.note_if_encoded(document, written);
            }
        }
    }

    /// Whether an element is a block inside preformatted text, which stays one block.
    fn is_line_of_code(&self, frame: &Frame) -> bool {
        frame.block && frame.preformatted && self.frame().preformatted
    }

    fn line(&mut self, frame: &Frame) {
        if let Some(place) = self.known_place(frame) {
            self.flow.line(place);
        }
    }

    fn line_break(&mut self, frame: &Frame, source: Span) {
        if let Some(place) = self.known_place(frame) {
            self.flow.line_break(place, source);
        }
    }

    fn end_blocks_around(&mut self, frame: &Frame) {
        let visible = self.hideout(frame).is_none() && frame.zone.is_visible();
        self.flow.end_block(visible);
    }

    /// What holds inside an element.
    fn element_frame(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_, Node>,
        element: &Element,
    ) -> Frame {
        let declared = element.attr("style").map(parse_attribute).unwrap_or_default();
        let style = self.facts.sheet.style_of(element, &declared);
        let around = self.frame();
        let mut frame = around.inside(node.id());
        if frame.zone.is_visible() {
            frame.zone = zone_of(node, element, frame.zone);
        }
        frame.zone = aside_zone(node, element, self.facts).unwrap_or(frame.zone);
        let around_kind = frame.kind;
        shape(node, element, style.as_ref(), &mut frame);
        if around_kind == BlockKind::Code && frame.zone == Zone::Code {
            frame.kind = BlockKind::Code;
        }
        frame.look = frame.look.inside(element, style.as_ref(), self.facts.external_styles);

        let technique = match element.name() {
            _ if frame.taken.is_some() => None,
            _ if element.id().is_some_and(|id| self.facts.hidden_by_script.contains(id)) => {
                Some("script-hidden")
            }
            _ => technique_of(element, style.as_ref()),
        };
        let faint = frame.look.technique();
        if let Some(technique) = technique {
            frame.taken = Some(self.hide(document, node, element, style.as_ref(), technique));
        }
        frame.faint = match (faint, frame.faint) {
            (Some(_), Some(before)) => Some((before.0, frame.look.hides_images())),
            (Some(technique), None) if frame.taken.is_none() => {
                let hideout = self.hide(document, node, element, style.as_ref(), technique);
                Some((hideout, frame.look.hides_images()))
            }
            _ => None,
        };
        if matches!(element.name(), "a" | "area") && element.attr("href").is_some() {
            frame.link = Some(Box::new(OpenLink {
                start: None,
                zone: frame.zone,
                pictured: false,
                seen: false,
                hidden: None,
            }));
        }
        frame
    }

    fn hide(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_, Node>,
        element: &Element,
        style: Option<&Style>,
        technique: &'static str,
    ) -> usize {
        let in_menu = self.frame().zone == Zone::Nav;
        let scripted = technique != "script-hidden" && self.facts.addressed.contains(element);
        self.hideouts.push(Hideout {
            technique,
            benign: benign_reason(element, style, in_menu, scripted),
            element: element.name().to_owned(),
            source: self.flow.source(document.dom.element_span(node.id())),
            announced: None,
        });
        self.hideouts.len() - 1
    }

    /// The hideout that text of a frame lies in.
    fn hideout(&self, frame: &Frame) -> Option<usize> {
        let written = self.written.map(|(hideout, ..)| hideout);
        frame.taken.or(written).or(frame.faint.map(|(hideout, _)| hideout))
    }

    /// Where text of a frame goes.
    fn place(&mut self, frame: &Frame) -> Place {
        let hideout = self.hideout(frame);
        let hidden = hideout.map(|hideout| self.announce(hideout));
        place_in(frame, hidden)
    }

    /// The same for the innermost open element.
    fn current_place(&mut self) -> Place {
        let hideout = self.hideout(self.frame());
        let hidden = hideout.map(|hideout| self.announce(hideout));
        place_in(self.frame(), hidden)
    }

    /// The same, unless it lies in a hideout that holds no text so far.
    fn known_place(&self, frame: &Frame) -> Option<Place> {
        match self.hideout(frame) {
            Some(hideout) => {
                let hidden = self.hideouts[hideout].announced?;
                Some(place_in(frame, Some(hidden)))
            }
            None => Some(place_in(frame, None)),
        }
    }

    fn announce(&mut self, hideout: usize) -> u32 {
        let hideout = &mut self.hideouts[hideout];
        *hideout.announced.get_or_insert_with(|| {
            self.flow.builder.begin_hidden(HiddenElement {
                technique: hideout.technique,
                benign: hideout.benign,
                element: std::mem::take(&mut hideout.element),
                text: Span::default(),
                source: hideout.source,
            })
        })
    }
}

/// Text.
impl Walker<'_> {
    fn text(&mut self, document: Document<'_>, id: NodeId, text: &str) {
        let frame = self.frame();
        let preformatted = frame.preformatted;
        // White space alone opens no block and announces no hidden element.
        if !preformatted && text.bytes().all(|b| b.is_ascii_whitespace()) {
            if let Some(place) = self.known_place(frame) {
                let runs = document.dom.text_runs(id);
                let source = runs.iter().map(|run| run.source).reduce(Span::cover);
                self.flow.space(place, source.unwrap_or_default());
            }
            return;
        }
        let place = self.current_place();
        let runs = document.dom.text_runs(id);
        if runs.is_empty() {
            let whole = document.dom.element_span(id);
            self.run(place, text, whole, preformatted);
        }
        for run in runs {
            let range = run.at as usize..(run.at + run.len) as usize;
            if let Some(piece) = text.get(range) {
                self.run(place, piece, run.source, preformatted);
            }
        }
    }

    /// Writes a run of a text node: `text` stands for `source`, byte for byte where the lengths
    /// are equal.
    fn run(&mut self, place: Place, text: &str, source: Span, preformatted: bool) {
        let linear = source.len() == text.len();
        let part = |from: usize, to: usize| {
            if linear {
                Span { start: source.start + from as u32, end: source.start + to as u32 }
            } else {
                source
            }
        };
        if preformatted {
            let seen = text.bytes().any(|b| !b.is_ascii_whitespace());
            if seen || self.flow.has_begun(place) {
                self.write(place, text, source, seen);
            }
            return;
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let space = bytes[at].is_ascii_whitespace();
            let len = bytes[at..].iter().position(|b| b.is_ascii_whitespace() != space);
            let end = len.map_or(bytes.len(), |len| at + len);
            if space {
                self.flow.space(place, part(at, end));
            } else {
                self.write(place, &text[at..end], part(at, end), true);
            }
            at = end;
        }
    }

    fn write(&mut self, place: Place, text: &str, source: Span, seen: bool) {
        self.flow.prepare(place);
        if seen {
            self.start_links(place);
        }
        self.flow.put(text, source);
    }

    /// Lets the open link begin at the first text it holds.
    fn start_links(&mut self, place: Place) {
        if let Some(link) = self.open_link() {
            let first = link.start.is_none();
            if first {
                link.zone = place.zone;
            }
            link.seen |= place.hidden.is_none();
            link.hidden = link.hidden.or(place.hidden);
            if first {
                let start = self.flow.builder.begin_link();
                if let Some(link) = self.open_link() {
                    link.start = Some(start);
                }
            }
        }
    }

    fn open_link(&mut self) -> Option<&mut OpenLink> {
        let index = *self.link_frames.last()?;
        self.frames.get_mut(index)?.link.as_deref_mut()
    }

    fn comment(&mut self, document: Document<'_>, id: NodeId, comment: &str) {
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
}

/// Attributes, scripts and documents inside the document.
impl Walker<'_> {
    fn attributes(&mut self, document: Document<'_>, id: NodeId, element: &Element, frame: &Frame) {
        match element.name() {
            "meta" => return self.meta(document, id, element),
            "img" | "svg" | "picture" | "video" | "canvas" | "object" | "embed" => {
                self.picture(element, frame);
            }
            "i" | "span" if element.attr("class").is_some() => {
                let icon = element.name() == "i"
                    || element.classes().any(|class| class.to_ascii_lowercase().contains("icon"));
                if icon {
                    self.picture(element, frame);
                }
            }
            "input" => {
                let kind = element.attr("type").unwrap_or_default().to_ascii_lowercase();
                if matches!(kind.as_str(), "submit" | "button" | "reset") {
                    let frame = Frame { kind: BlockKind::Control, ..frame.inside(id) };
                    self.attribute(document, id, element, "value", &frame, false);
                } else if kind == "image" {
                    self.picture(element, frame);
                } else if kind == "hidden" {
                    return;
                }
            }
            _ => {}
        }
        if element.attr("aria-label").is_some_and(|label| !label.trim().is_empty()) {
            self.picture(element, frame);
        }
        let image = matches!(element.name(), "img" | "area" | "input" | "svg" | "image" | "embed");
        for (name, always) in
            [("alt", image), ("title", image), ("aria-label", image), ("placeholder", false)]
        {
            let Some(value) = element.attr(name) else { continue };
            if always || is_text_of_its_own(value) {
                let zone = if frame.zone == Zone::Noscript { frame.zone } else { Zone::Alt };
                // Font and colour hide no image, and no label of one.
                let faint = frame.faint.filter(|(_, images)| *images);
                let frame = Frame { zone, faint, kind: BlockKind::Attribute, ..frame.inside(id) };
                self.attribute(document, id, element, name, &frame, true);
            }
        }
    }

    fn attribute(
        &mut self,
        document: Document<'_>,
        id: NodeId,
        element: &Element,
        name: &str,
        frame: &Frame,
        aside: bool,
    ) {
        let value = element.attr(name).unwrap_or_default();
        if value.trim().is_empty() {
            return;
        }
        let place = self.place(frame);
        if !aside {
            self.flow.end_block(place.zone.is_visible());
        }
        let (text, map) = mapped_attribute(document, id, name, value);
        self.aside_mapped(place, text, &map);
    }

    /// An image or icon: the links around it show something.
    fn picture(&mut self, element: &Element, frame: &Frame) {
        let tiny = ["width", "height"].iter().any(|name| {
            element
                .attr(name)
                .is_some_and(|value| matches!(value.trim(), "0" | "1" | "0px" | "1px"))
        });
        let written = self.written.is_some();
        let hidden = frame.taken.is_some() || written || frame.faint.is_some_and(|(_, all)| all);
        if tiny || hidden {
            return;
        }
        if let Some(link) = self.open_link() {
            link.pictured = true;
        }
    }

    fn meta(&mut self, document: Document<'_>, id: NodeId, element: &Element) {
        let Some(content) = element.attr("content") else { return };
        let refresh = element
            .attr("http-equiv")
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("refresh"));
        let name = element.attr("name").or_else(|| element.attr("property"));
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
        let (text, map) = mapped_attribute(document, id, "content", content);
        self.aside_mapped(Place { kind, zone, hidden: None }, text, &map);
        if zone == Zone::MetaDescription && self.embedding == 0 {
            let span = map.to_source(Span::new(0, text.len()));
            self.note_if_encoded(document, span);
        }
    }

    /// Notes a text written in numeric character references on a page that does without them.
    fn note_if_encoded(&mut self, document: Document<'_>, span: Span) {
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

    fn script(&mut self, document: Document<'_>, node: NodeRef<'_, Node>, element: &Element) {
        if self.written.is_some_and(|(_, closer, _)| closer == node.id()) {
            self.written = None;
        }
        if let Some((technique, closer)) = self.facts.written.get(&node.id()) {
            self.hideouts.push(Hideout {
                technique: "script-written",
                benign: None,
                element: (*technique).to_owned(),
                source: self.flow.source(document.dom.element_span(node.id())),
                announced: None,
            });
            self.written = Some((self.hideouts.len() - 1, *closer, self.frames.len()));
        }
        let place = Place { kind: BlockKind::Script, zone: Zone::Script, hidden: None };
        if element.attr("src").is_some_and(|src| !src.trim().is_empty()) {
            let src = element.attr("src").unwrap_or_default();
            let (text, map) = mapped_attribute(document, node.id(), "src", src);
            self.aside_mapped(place, text, &map);
        }
        let kind = element.attr("type").unwrap_or_default().trim();
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
            if let Node::Text(text) = child.value() {
                self.raw_text(document, child.id(), text);
            }
        }
        self.flow.end_block(false);
    }

    /// Writes a text node as it is.
    fn raw_text(&mut self, document: Document<'_>, id: NodeId, text: &str) {
        for run in document.dom.text_runs(id) {
            if let Some(piece) = text.get(run.at as usize..(run.at + run.len) as usize) {
                self.flow.put(piece, run.source);
            }
        }
    }

    fn json_ld(&mut self, document: Document<'_>, node: NodeRef<'_, Node>) {
        let place = Place { kind: BlockKind::Attribute, zone: Zone::JsonLd, hidden: None };
        for child in node.children() {
            let Node::Text(text) = child.value() else { continue };
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
    fn embed_text(&mut self, document: Document<'_>, node: NodeRef<'_, Node>, frame: Frame) {
        let mut text = String::new();
        let mut map = OffsetMap::default();
        for child in node.children() {
            if let Node::Text(piece) = child.value() {
                map.append(&map_of_runs(document, child.id()), text.len());
                text.push_str(piece);
            }
        }
        self.embed(&text, Some(map), &frame);
    }

    /// Walks a document inside the document; `map` leads from `text` to the source around.
    fn embed(&mut self, text: &str, map: Option<OffsetMap>, frame: &Frame) {
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
        let root = Frame { block: true, ..frame.inside(dom.html.tree.root().id()) };
        self.walk(document, root);
        self.embedding -= 1;
        self.flow.leave_embedded(before);
    }
}

/// Links, and elements outside the document.
impl Walker<'_> {
    fn end_link(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_, Node>,
        frame: &Frame,
        link: OpenLink,
    ) {
        let Some(element) = node.value().as_element() else { return };
        let href = element.attr("href").unwrap_or_default().trim();
        let host = host_of(href);
        let offsite = match (&host, &self.host) {
            (Some(host), Some(own)) => !is_same_site(host, own),
            (Some(_), None) => true,
            (None, _) => false,
        };
        let pictured =
            link.pictured || element.attr("aria-label").is_some_and(|l| !l.trim().is_empty());
        // An empty anchor in a hidden element is hidden too; a faint look does not hide images.
        let hideout = match (self.hideout(frame), frame.faint) {
            (Some(hideout), Some((faint, false))) if hideout == faint && pictured => None,
            (hideout, _) => hideout,
        };
        let hidden = if link.seen || (pictured && hideout.is_none()) {
            None
        } else {
            link.hidden.or_else(|| hideout.map(|hideout| self.announce(hideout)))
        };
        let zone = match hidden {
            Some(_) if link.zone.is_visible() => Zone::Hidden,
            _ => link.zone,
        };
        let start = link.start.unwrap_or_else(|| self.flow.builder.begin_link());
        self.links += 1;
        let source = self.flow.source(document.dom.element_span(node.id()));
        self.flow.builder.end_link(
            start,
            Link {
                text: Span::default(),
                href: href.to_owned(),
                host,
                offsite,
                rel: element.attr("rel").unwrap_or_default().trim().to_ascii_lowercase(),
                zone,
                hidden,
                pictured,
                source,
            },
        );
    }

    /// Follows which elements stand after the end of the document.
    fn watch_outside(&mut self, document: Document<'_>, node: NodeRef<'_, Node>) {
        if self.frames.len() > 1 && document.dom.after_document(self.frame().node) {
            return; // counted with the element around
        }
        let span = match node.value() {
            Node::Element(_) => document.dom.element_span(node.id()),
            Node::Text(text) if !text.trim().is_empty() => {
                let runs = document.dom.text_runs(node.id());
                runs.iter().map(|run| run.source).reduce(Span::cover).unwrap_or_default()
            }
            _ => return,
        };
        if !document.dom.after_document(node.id()) {
            return self.end_outside();
        }
        match &mut self.outside {
            Some((outside, ..)) => *outside = outside.cover(span),
            None => self.outside = Some((span, self.flow.written(), self.links)),
        }
    }

    /// Notes the elements after the end of the document, if they hold text or links.
    fn end_outside(&mut self) {
        let Some((source, written, links)) = self.outside.take() else { return };
        if self.links > links || self.flow.written() - written >= OUTSIDE_TEXT {
            self.flow.builder.note(Note { kind: NoteKind::OutsideDocument, source });
        }
    }
}

fn place_in(frame: &Frame, hidden: Option<u32>) -> Place {
    let hides = hidden.is_some() && frame.zone.is_visible();
    Place { kind: frame.kind, zone: if hides { Zone::Hidden } else { frame.zone }, hidden }
}

/// The zone of an element whose text readers do not see on the page, or only as a picture's.
fn aside_zone(node: NodeRef<'_, Node>, element: &Element, facts: &Facts) -> Option<Zone> {
    let parent = || node.parent().and_then(|parent| parent.value().as_element().map(Element::name));
    Some(match element.name() {
        "title" if facts.title == Some(node.id()) => Zone::Title,
        "title" if parent() == Some("head") => Zone::Title,
        "title" => Zone::Alt,
        "svg" => Zone::Alt,
        "object" if element.attr("data").is_some() || element.attr("classid").is_some() => {
            Zone::Alt
        }
        "video" | "audio" | "canvas" | "iframe" | "datalist" => Zone::Alt,
        "noscript" | "noframes" | "noembed" => Zone::Noscript,
        _ => return None,
    })
}

/// Kind of block, block or inline, and white space of an element.
fn shape(node: NodeRef<'_, Node>, element: &Element, style: Option<&Style>, frame: &mut Frame) {
    let (block, kind) = match element.name() {
        "h1" => (true, BlockKind::Heading(1)),
        "h2" => (true, BlockKind::Heading(2)),
        "h3" => (true, BlockKind::Heading(3)),
        "h4" => (true, BlockKind::Heading(4)),
        "h5" => (true, BlockKind::Heading(5)),
        "h6" => (true, BlockKind::Heading(6)),
        "li" | "dt" | "dd" => (true, BlockKind::ListItem),
        "tr" => (true, BlockKind::TableRow),
        "td" | "th" => {
            if holds_blocks(node) {
                (true, BlockKind::Paragraph)
            } else {
                (false, BlockKind::TableRow)
            }
        }
        "pre" | "xmp" | "listing" | "plaintext" => {
            frame.preformatted = true;
            (true, BlockKind::Code)
        }
        "blockquote" => (true, BlockKind::Quote),
        "button" | "option" | "label" | "legend" | "select" | "optgroup" => {
            (true, BlockKind::Control)
        }
        "textarea" => {
            frame.preformatted = true;
            (true, BlockKind::Control)
        }
        "title" => (true, BlockKind::Attribute),
        "svg" | "canvas" | "video" | "audio" | "object" | "datalist" | "text" | "desc" => (
            frame.zone == Zone::Alt,
            if frame.zone == Zone::Alt { BlockKind::Attribute } else { frame.kind },
        ),
        // A paragraph in a list item or quotation is still of that item.
        "p" | "div" | "section" if keeps_kind(frame.kind) => (true, frame.kind),
        "address" | "article" | "aside" | "body" | "caption" | "center" | "details" | "dialog"
        | "dir" | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form"
        | "frameset" | "head" | "header" | "hgroup" | "html" | "iframe" | "main" | "marquee"
        | "menu" | "nav" | "noscript" | "ol" | "p" | "search" | "summary" | "table" | "tbody"
        | "template" | "tfoot" | "thead" | "ul" => (true, BlockKind::Paragraph),
        "section" => (true, BlockKind::Paragraph),
        _ => (style.is_some_and(|style| style.display == Some(Display::Block)), frame.kind),
    };
    let lone_code = block && kind != BlockKind::Code && !frame.preformatted && is_lone_code(node);
    frame.block = block;
    frame.kind = kind;
    if lone_code {
        frame.kind = BlockKind::Code;
        frame.preformatted = true;
        if frame.zone.is_visible() {
            frame.zone = Zone::Code;
        }
    }
}

fn keeps_kind(kind: BlockKind) -> bool {
    matches!(
        kind,
        BlockKind::ListItem | BlockKind::Quote | BlockKind::Heading(_) | BlockKind::Control
    )
}

/// Whether a table cell is a container of layout.
fn holds_blocks(cell: NodeRef<'_, Node>) -> bool {
    cell.children().filter_map(|child| child.value().as_element()).any(|child| {
        matches!(
            child.name(),
            "p" | "div"
                | "table"
                | "ul"
                | "ol"
                | "dl"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "pre"
                | "blockquote"
                | "form"
                | "center"
                | "section"
                | "article"
                | "hr"
        )
    })
}

/// Whether all an element holds is code of several lines.
fn is_lone_code(node: NodeRef<'_, Node>) -> bool {
    let mut code = None;
    for child in node.children() {
        match child.value() {
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Comment(_) => {}
            Node::Element(element) if element.name() == "code" && code.is_none() => {
                code = Some(child)
            }
            _ => return false,
        }
    }
    code.is_some_and(|code| text_of(code).trim().contains('\n'))
}

/// Whether an element holds nothing but text.
fn is_raw(node: NodeRef<'_, Node>) -> bool {
    node.children().all(|child| child.value().is_text())
        && node.children().any(|child| child.value().as_text().is_some_and(|t| t.contains('<')))
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
    name: &str,
    value: &'v str,
) -> (&'v str, OffsetMap) {
    let text = value.trim();
    let lead = value.len() - value.trim_start().len();
    let map = document.dom.attribute_map(document.source, id, name);
    let map = map.map_or_else(
        || {
            let mut whole = OffsetMap::default();
            let tag = document.dom.start_tag_span(id);
            whole.push(0, value.len(), tag.unwrap_or_else(|| document.dom.element_span(id)));
            whole
        },
        |map| map,
    );
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
