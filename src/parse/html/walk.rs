//! The walk over the element tree: one pass, without recursion, that turns it into blocks, links
//! and hidden elements.

use crate::address::host_of;
use crate::page::{BlockKind, Format, HiddenElement, Page, PageBuilder, Zone};
use crate::parse::html::anchors::OpenLink;
use crate::parse::html::attribute::{Attributes, Common};
use crate::parse::html::declarations::parse_attribute;
use crate::parse::html::flow::{Flow, Place};
use crate::parse::html::hidden::{Look, benign_reason, technique_of};
use crate::parse::html::metadata::Facts;
use crate::parse::html::node::{Element, NodeRef, Value};
use crate::parse::html::regions::{text_len, zone_of};
use crate::parse::html::shape::{aside_zone, shape};
use crate::parse::html::spacing::{run_end, words_end};
use crate::parse::html::style::Style;
use crate::parse::html::tree::NodeId;
use crate::parse::html::{Dom, Limits};
use crate::parse::payload;
use crate::span::Span;
use html5ever::local_name;

/// Most elements measured to see whether they hold the page. Those that do come early.
const MAX_MEASURED: usize = 32;
/// A page that shows fewer characters is a shell for its payload.
const SHELL_CHARS: usize = 200;

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
    let facts = Facts::collect(&dom);
    let mut builder = PageBuilder::new(Format::Html);
    builder.reserve_for_html(text.len());
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
        open_links: Vec::new(),
        measured: 0,
        text_len: None,
        described: false,
        embedding: 0,
    };
    let document = Document { dom: &dom, source: text };
    let look = Look::of_page(facts.external_styles);
    walker.walk(document, Frame::root(NodeId::ROOT, Zone::Body, look));
    walker.end_outside();
    let mut builder = walker.flow.builder;
    if builder.visible_chars(SHELL_CHARS) < SHELL_CHARS {
        for place in payloads(&dom) {
            payload::parse_embedded(text, place, &|inner| parse(inner, options), &mut builder);
        }
    }
    let mut page = builder.finish();
    page.dom = Some(dom);
    page
}

/// Insides of the scripts that hold the page as data, for a page that shows next to nothing until
/// a script renders it.
fn payloads(dom: &Dom) -> Vec<Span> {
    let is_state = |node: &NodeRef<'_>| {
        node.element().is_some_and(|element| {
            let id = element.attribute(&local_name!("id"));
            let kind = element.attribute(&local_name!("type")).unwrap_or_default();
            *element.local() == local_name!("script")
                && id.is_some_and(|id| {
                    matches!(id, "__NUXT_DATA__" | "__NEXT_DATA__")
                        || kind.eq_ignore_ascii_case("application/json")
                })
        })
    };
    let scripts = dom.tree.all().filter(|node| node.parent().is_some()).filter(is_state);
    let texts = scripts.filter_map(NodeRef::first_child).map(NodeRef::id);
    let inside = |id| dom.text_runs(id).iter().map(|run| run.source).reduce(Span::cover);
    texts.filter_map(inside).collect()
}

#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) dom: &'a Dom,
    pub(super) source: &'a str,
}

/// An element that hides what it holds; announced when the first text comes.
#[derive(Debug)]
pub(super) struct Hideout {
    pub(super) technique: &'static str,
    pub(super) benign: Option<&'static str>,
    pub(super) element: String,
    pub(super) source: Span,
    pub(super) announced: Option<u32>,
}

/// What holds inside an open element.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) node: NodeId,
    pub(super) zone: Zone,
    pub(super) kind: BlockKind,
    /// Begins and ends a block.
    pub(super) block: bool,
    /// Keeps white space.
    pub(super) preformatted: bool,
    pub(super) look: Look,
    /// The hideout that takes this element away, whatever its children say.
    pub(super) taken: Option<usize>,
    /// The hideout by an inherited property, and whether it hides images too.
    pub(super) faint: Option<(usize, bool)>,
    /// A link begins here: the last of [`Walker::open_links`], while its element is the innermost.
    pub(super) is_link: bool,
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
            is_link: false,
        }
    }

    pub(super) fn inside(&self, node: NodeId) -> Self {
        Self {
            node,
            block: false,
            is_link: false,
            zone: self.zone,
            kind: self.kind,
            preformatted: self.preformatted,
            look: self.look,
            taken: self.taken,
            faint: self.faint,
        }
    }
}

pub(super) struct Walker<'a> {
    pub(super) facts: &'a Facts,
    pub(super) limits: &'a Limits,
    pub(super) host: Option<String>,
    pub(super) flow: Flow,
    pub(super) frames: Vec<Frame>,
    pub(super) hideouts: Vec<Hideout>,
    /// A wrapper a script wrote: its hideout, the script that closes it, and the number of
    /// frames at which it ends at the latest.
    pub(super) written: Option<(usize, NodeId, usize)>,
    /// Elements after the end of the document: their range, and text and links before them.
    pub(super) outside: Option<(Span, usize, usize)>,
    pub(super) links: usize,
    /// Links whose elements are open, outermost first.
    pub(super) open_links: Vec<OpenLink>,
    pub(super) embedding: usize,
    /// Elements measured to see whether they hold the page.
    pub(super) measured: usize,
    /// Bytes of text on the page, scripts and styles aside, once one of them asked for it.
    pub(super) text_len: Option<usize>,
    /// Whether a description has been met.
    pub(super) described: bool,
}

impl Walker<'_> {
    /// Walks a document from the node of `root` down.
    pub(super) fn walk(&mut self, document: Document<'_>, root: Frame) {
        let base = self.frames.len();
        let top = document.dom.tree.get(root.node);
        self.frames.push(root);
        let mut next = top.first_child();
        while let Some(node) = next {
            let down = self.enter(document, node);
            next = if down { node.first_child() } else { None };
            let mut at = node;
            while next.is_none() && at != top {
                if self.frames.len() > base + 1 && self.frame().node == at.id() {
                    self.leave(document, at);
                }
                next = at.next_sibling();
                if next.is_none() {
                    at = at.parent().unwrap_or(top);
                }
            }
        }
        if self.frame().zone.is_visible() {
            self.flow.end_block(true);
        }
        self.flow.end_block(false);
        self.frames.truncate(base);
    }

    pub(super) fn frame(&self) -> &Frame {
        self.frames.last().expect("the root frame stays while the walk lasts")
    }

    /// Meets a node; true where its children are to be walked.
    fn enter(&mut self, document: Document<'_>, node: NodeRef<'_>) -> bool {
        if self.embedding == 0 && self.frames.len() <= 3 {
            self.watch_outside(document, node);
        }
        match node.value() {
            Value::Element(element) => self.enter_element(document, node, element),
            Value::Text(text) => {
                self.text(document, node.id(), text);
                false
            }
            Value::Comment(comment) => {
                self.comment(document, node.id(), comment);
                false
            }
            Value::Root => true,
            Value::Doctype => false,
        }
    }

    fn enter_element(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_>,
        element: Element<'_>,
    ) -> bool {
        let attributes = Attributes::of(element);
        let frame = self.element_frame(document, node, element, &attributes);
        self.attributes(document, node.id(), element, &attributes, &frame);
        match *element.local() {
            local_name!("script") => {
                self.script(document, node, element);
                return false;
            }
            names![
                "style", "input", "meta", "link", "base", "param", "source", "track", "col", "img",
                "embed"
            ] => return false,
            local_name!("br") => {
                self.line_break(&frame, document.dom.element_span(node.id()));
                return false;
            }
            local_name!("hr") => {
                self.flow.end_block(frame.zone.is_visible());
                return false;
            }
            names!["noscript", "noframes", "noembed"] if is_raw(node) => {
                self.embed_text(document, node, &frame);
                return false;
            }
            local_name!("iframe") if element.attribute(&local_name!("srcdoc")).is_some() => {
                let map = document.dom.attribute_map(document.source, node.id(), "srcdoc");
                let shown = Frame { zone: self.frame().zone, ..frame.inside(node.id()) };
                self.embed(
                    element.attribute(&local_name!("srcdoc")).unwrap_or_default(),
                    map,
                    &shown,
                );
            }
            cells!() if !frame.block => {
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
        if frame.is_link {
            self.open_links.push(OpenLink::new(frame.zone));
        }
        self.frames.push(frame);
        true
    }

    fn leave(&mut self, document: Document<'_>, node: NodeRef<'_>) {
        let Some(frame) = self.frames.pop() else { return };
        if self.written.is_some_and(|(_, _, frames)| self.frames.len() < frames) {
            self.written = None;
        }
        if frame.is_link
            && let Some(link) = self.open_links.pop()
        {
            self.end_link(document, node, &frame, &link);
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
        node: NodeRef<'_>,
        element: Element<'_>,
        attributes: &Attributes<'_>,
    ) -> Frame {
        let title = self.facts.title.filter(|_| self.embedding == 0);
        let declared = attributes.get(Common::Style).map(parse_attribute).unwrap_or_default();
        let style = self.facts.sheet.style_of(element.name(), attributes, &declared);
        let around = self.frame();
        let mut frame = around.inside(node.id());
        if frame.zone.is_visible() {
            frame.zone = zone_of(node, element, attributes, frame.zone);
        }
        frame.zone = aside_zone(node, element, title).unwrap_or(frame.zone);
        let around_kind = frame.kind;
        shape(node, element, style.as_ref(), &mut frame);
        if around_kind == BlockKind::Code && frame.zone == Zone::Code {
            frame.kind = BlockKind::Code;
        }
        frame.look =
            frame.look.inside(element, attributes, style.as_ref(), self.facts.external_styles);

        let by_script = style.as_ref().is_some_and(|style| style.by_script);
        let named = |technique| if by_script { "script-written" } else { technique };
        let technique = if frame.taken.is_some() {
            None
        } else if attributes
            .get(Common::Id)
            .is_some_and(|id| self.facts.hidden_by_script.contains(id))
        {
            Some("script-hidden")
        } else {
            technique_of(element, attributes, style.as_ref()).map(named)
        };
        let faint = frame.look.technique().map(named);
        if let Some(technique) = technique {
            frame.taken = self.hide(document, node, element, style.as_ref(), technique);
        }
        frame.faint = match (faint, frame.faint) {
            (Some(_), Some(before)) => Some((before.0, frame.look.hides_images())),
            (Some(technique), None) if frame.taken.is_none() => {
                let hideout = self.hide(document, node, element, style.as_ref(), technique);
                if hideout.is_none() {
                    frame.look.show();
                }
                hideout.map(|hideout| (hideout, frame.look.hides_images()))
            }
            _ => None,
        };
        frame.is_link = matches!(*element.local(), local_name!("a") | local_name!("area"))
            && attributes.has(Common::Href);
        frame
    }

    /// Remembers an element that hides what it holds; `None` where that is the page, which waits
    /// to be shown when it has loaded.
    fn hide(
        &mut self,
        document: Document<'_>,
        node: NodeRef<'_>,
        element: Element<'_>,
        style: Option<&Style>,
        technique: &'static str,
    ) -> Option<usize> {
        let in_menu = self.frame().zone == Zone::Nav;
        let scripted = !technique.starts_with("script-") && self.facts.addressed.contains(element);
        let benign = benign_reason(element, style, in_menu, scripted);
        let waits = matches!(benign, Some("loading" | "animated"));
        if waits && self.embedding == 0 && self.measured < MAX_MEASURED {
            self.measured += 1;
            let all = *self.text_len.get_or_insert_with(|| text_len(document.dom.tree.root()));
            if 2 * text_len(node) > all {
                return None;
            }
        }
        self.hideouts.push(Hideout {
            technique,
            benign,
            element: element.name().to_owned(),
            source: self.flow.source(document.dom.element_span(node.id())),
            announced: None,
        });
        Some(self.hideouts.len() - 1)
    }

    /// The hideout that text of a frame lies in.
    pub(super) fn hideout(&self, frame: &Frame) -> Option<usize> {
        let written = self.written.map(|(hideout, ..)| hideout);
        frame.taken.or(written).or(frame.faint.map(|(hideout, _)| hideout))
    }

    /// Where text of a frame goes.
    pub(super) fn place(&mut self, frame: &Frame) -> Place {
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
    pub(super) fn known_place(&self, frame: &Frame) -> Option<Place> {
        match self.hideout(frame) {
            Some(hideout) => {
                let hidden = self.hideouts[hideout].announced?;
                Some(place_in(frame, Some(hidden)))
            }
            None => Some(place_in(frame, None)),
        }
    }

    pub(super) fn announce(&mut self, hideout: usize) -> u32 {
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
        let in_one_piece = linear && !self.flow.is_embedded();
        let mut at = 0;
        while at < bytes.len() {
            let space = bytes[at].is_ascii_whitespace();
            let end = if space {
                run_end(bytes, at, |byte| !byte.is_ascii_whitespace())
            } else if in_one_piece {
                words_end(bytes, at)
            } else {
                run_end(bytes, at, |byte| byte.is_ascii_whitespace())
            };
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
}

fn place_in(frame: &Frame, hidden: Option<u32>) -> Place {
    let hides = hidden.is_some() && frame.zone.is_visible();
    Place { kind: frame.kind, zone: if hides { Zone::Hidden } else { frame.zone }, hidden }
}

/// Whether an element holds nothing but text.
fn is_raw(node: NodeRef<'_>) -> bool {
    node.children().all(|child| child.text().is_some())
        && node.children().any(|child| child.text().is_some_and(|t| t.contains('<')))
}
