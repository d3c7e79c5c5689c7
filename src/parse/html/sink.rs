//! The tree under construction, and where each of its nodes stands in the source.
//!
//! [`PlacingSink`] hands every change on to scraper's own sink and notes the places: of an
//! element the token that made it, of text the runs of the character tokens it came from.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hash, Hasher};

use ego_tree::{NodeId, NodeRef, Tree};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, local_name};
use scraper::{Html, HtmlTreeSink, Node};

use crate::span::Span;

use super::TextRun;

/// Where a node stands in the source. For text nodes `start..end` are indices of text runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// First byte of the start tag; for implied elements of the token that made it.
    pub(super) start: u32,
    /// One past the start tag; `start` for implied elements.
    pub(super) tag_end: u32,
    /// One past the element.
    pub(super) end: u32,
    /// Whether the element is on [`Places::open`].
    pub(super) open: bool,
    /// Whether it stands after `</html>`.
    pub(super) after_end: bool,
    /// Whether the tree builder reopens it after a block cut it short.
    pub(super) formatting: bool,
}

/// Index of a node in its tree.
///
/// Trees number their nodes from 1 in order of creation, but show the number only to a hasher.
pub(super) fn index(id: NodeId) -> usize {
    let mut number = Number::default();
    id.hash(&mut number);
    (number.0 as usize).saturating_sub(1)
}

/// Keeps the last number it is given, as its hash.
#[derive(Default)]
pub(super) struct Number(u64);

impl Hasher for Number {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        let mut number = [0; 8];
        let len = bytes.len().min(8);
        number[..len].copy_from_slice(&bytes[..len]);
        self.0 = u64::from_ne_bytes(number);
    }
    fn write_usize(&mut self, number: usize) {
        self.0 = number as u64;
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A quick hash for keys that need not withstand an attack: a collision costs a place, and
/// places are checked against the text before use.
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut number = [0; 8];
            number[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(number));
        }
    }
    fn write_u64(&mut self, number: u64) {
        // The multiplier of MurmurHash3's finaliser.
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

/// What kind of token is being processed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Other,
    Text,
    Null,
    StartTag,
    EndTag,
}

/// Text handed to the tree builder that has not come back as part of the tree.
struct Piece {
    text: StrTendril,
    /// Bytes of `text` that have come back or were passed over.
    used: usize,
    /// The first run; nearly all text has only that one.
    first: TextRun,
    others: Vec<TextRun>,
    /// First run that ends after `used`.
    next_run: usize,
}

/// All places, and what it takes to find them.
#[derive(Default)]
pub(super) struct Places {
    /// By node index.
    pub(super) of_node: Vec<Place>,
    /// Index of the text node and run, in order of arrival.
    pub(super) text_runs: Vec<(u32, TextRun)>,
    /// Elements the tree builder made anew from an earlier start tag: node index, that tag.
    pub(super) copies: Vec<(u32, Span)>,
    /// Nodes and attributes made so far.
    pub(super) nodes: usize,
    /// Elements made since the tree builder's stack was last measured.
    pub(super) made: usize,
    /// Formatting elements among them.
    pub(super) made_formatting: usize,
    /// The token being processed.
    pub(super) token: Span,
    pub(super) stage: Stage,
    /// Last element made by the current token.
    pub(super) last_element: Option<NodeId>,
    /// Key of that element, if the tree builder may repeat it.
    last_key: Option<u64>,
    /// Whether the current token's last node went in front of a table.
    pub(super) fostered: bool,
    /// Parent of the last text the current token appended.
    pub(super) text_parent: Option<NodeId>,
    /// Open elements as far as seen, outermost first. Where this differs from the tree builder's
    /// stack (it closes elements silently), the next insertion sets it right.
    pub(super) open: Vec<NodeId>,
    /// The text token at hand, if it is one run: nearly always it comes back as a whole.
    single: Option<(StrTendril, TextRun)>,
    /// Other text on its way, in order.
    pieces: VecDeque<Piece>,
    /// Start tags of formatting elements by name and attributes.
    origins: HashMap<u64, Span, BuildHasherDefault<Number>>,
    /// Most attributes an element may collect from repeated `<html>` and `<body>` tags.
    pub(super) attribute_limit: usize,
}

impl Places {
    /// No places yet; elements may collect `attribute_limit` attributes from repeated tags.
    pub(super) fn new(attribute_limit: usize) -> Self {
        Self { attribute_limit, ..Self::default() }
    }

    fn node_made(&mut self, id: NodeId, weight: usize) {
        let token = self.token;
        let end = if self.stage == Stage::StartTag { token.start } else { token.end };
        let place = Place { start: token.start, tag_end: token.start, end, ..Place::default() };
        self.nodes += weight;
        if index(id) == self.of_node.len() {
            self.of_node.push(place);
        } else {
            *self.of_mut(id) = place;
        }
    }

    pub(super) fn of(&self, id: NodeId) -> Place {
        self.of_node.get(index(id)).copied().unwrap_or_default()
    }

    pub(super) fn of_mut(&mut self, id: NodeId) -> &mut Place {
        let index = index(id);
        if index >= self.of_node.len() {
            self.of_node.resize(index + 1, Place::default());
        }
        &mut self.of_node[index]
    }

    /// Notes text on its way into the tree builder.
    pub(super) fn expect_text(&mut self, text: StrTendril, runs: &[TextRun]) {
        match runs {
            [] => {}
            [run] if self.pieces.is_empty() => self.single = Some((text, *run)),
            [first, others @ ..] => {
                self.pieces.push_back(Piece::new(text, *first, others.to_vec()));
            }
        }
    }

    /// Keeps the text token at hand among the others, as it did not come back as a whole.
    pub(super) fn keep_text(&mut self) {
        if let Some((text, run)) = self.single.take() {
            self.pieces.push_back(Piece::new(text, run, Vec::new()));
        }
    }

    /// Forgets text the tree builder has dropped: every tag and comment makes it append what
    /// it held back.
    pub(super) fn forget_text(&mut self) {
        self.pieces.clear();
    }

    /// Notes that `text` was appended to a text node at byte `at`.
    ///
    /// Text comes back in order. The tree builder gives back a token's text whole or cut where
    /// white space begins or ends, and drops such parts in some modes; so the first place that
    /// fits is the right one.
    fn text_appended(&mut self, node: NodeId, at: usize, text: &str) {
        let node = index(node) as u32;
        let runs = &mut self.text_runs;
        if self.stage == Stage::Null {
            let run = TextRun { at: at as u32, len: text.len() as u32, source: self.token };
            add_run(runs, node, run);
            return;
        }
        match self.single.take() {
            Some((whole, run)) if whole.len() == text.len() => {
                add_run(runs, node, TextRun { at: at as u32, ..run });
                return;
            }
            Some((whole, run)) => self.pieces.push_back(Piece::new(whole, run, Vec::new())),
            None => {}
        }
        while let Some(piece) = self.pieces.front_mut() {
            let Some(from) = piece.find(text) else {
                self.pieces.pop_front();
                continue;
            };
            let to = from + text.len();
            while let Some(run) = piece.run(piece.next_run) {
                let (start, end) = (run.at as usize, (run.at + run.len) as usize);
                if start >= to {
                    break;
                }
                if end > from {
                    let cut = run.part(from.max(start), to.min(end));
                    let at = (at + cut.at as usize - from) as u32;
                    add_run(runs, node, TextRun { at, ..cut });
                }
                if end > to {
                    break;
                }
                piece.next_run += 1;
            }
            piece.used = to;
            if to == piece.text.len() {
                self.pieces.pop_front();
            }
            return;
        }
    }

    /// Brings `open` in line with an insertion below `parent`: what is open inside of it ends at
    /// the current token.
    pub(super) fn insert_below(&mut self, html: &Html, parent: NodeId) {
        // From the parent up to an element known to be open.
        let mut path = Vec::new();
        let mut at = Some(parent);
        while let Some(id) = at
            && !self.of_mut(id).open
        {
            path.push(id);
            at = html.tree.get(id).and_then(|node| node.parent()).map(|node| node.id());
        }
        while let Some(last) = self.open.last().copied()
            && Some(last) != at
        {
            self.open.pop();
            let now = self.token.start;
            self.close(last, now);
        }
        while let Some(id) = path.pop() {
            self.push_open(id);
        }
    }

    pub(super) fn push_open(&mut self, id: NodeId) {
        self.of_mut(id).open = true;
        self.open.push(id);
    }

    pub(super) fn close(&mut self, id: NodeId, end: u32) {
        let place = self.of_mut(id);
        place.open = false;
        place.end = place.end.max(end);
    }

    /// Remembers the start tag of the last element if it is one the tree builder may repeat.
    pub(super) fn remember_origin(&mut self) {
        if let Some(key) = self.last_key {
            self.origins.insert(key, self.token);
        }
    }
}

/// Adds a run of a text node; one that goes on from the last is merged into it.
fn add_run(runs: &mut Vec<(u32, TextRun)>, node: u32, run: TextRun) {
    if let Some((last_node, last)) = runs.last_mut()
        && *last_node == node
        && last.absorb(run)
    {
        return;
    }
    runs.push((node, run));
}

impl Piece {
    fn new(text: StrTendril, first: TextRun, others: Vec<TextRun>) -> Self {
        Self { text, used: 0, first, others, next_run: 0 }
    }

    fn run(&self, position: usize) -> Option<TextRun> {
        match position.checked_sub(1) {
            None => Some(self.first),
            Some(position) => self.others.get(position).copied(),
        }
    }

    /// Where `text` stands in what is left of the piece.
    fn find(&self, text: &str) -> Option<usize> {
        let mut from = self.used;
        // A line break after `<pre>` is dropped on its own; the tokenizer sends it apart, unless
        // a tag in between was dropped for a limit.
        let unbroken = self.text.strip_prefix('\n').filter(|_| from == 0);
        if unbroken == Some(text) {
            return Some(1);
        }
        loop {
            let rest = self.text.get(from..).filter(|rest| !rest.is_empty())?;
            // Text that went through untouched is the same slice of the page.
            if text.len() == rest.len() && (text.as_ptr() == rest.as_ptr() || rest == text) {
                return Some(from);
            }
            let run = same_kind(rest);
            if text.len() == run && rest.starts_with(text) {
                return Some(from);
            }
            from += run;
        }
    }
}

/// Length of the white space, or of the other text, that `text` begins with.
fn same_kind(text: &str) -> usize {
    let bytes = text.as_bytes();
    let space = bytes[0].is_ascii_whitespace();
    bytes.iter().position(|byte| byte.is_ascii_whitespace() != space).unwrap_or(bytes.len())
}

/// Key of a formatting element, by name and attributes; `None` for other elements. Long values
/// count by length and ends only, since an element may be repeated often.
fn formatting_key(name: &LocalName, attrs: &[Attribute]) -> Option<u64> {
    if !is_formatting(name) {
        return None;
    }
    let mut hasher = Mix(0);
    name.hash(&mut hasher);
    for attr in attrs {
        attr.name.local.hash(&mut hasher);
        let value = attr.value.as_bytes();
        value.len().hash(&mut hasher);
        value[..value.len().min(16)].hash(&mut hasher);
        value[value.len().saturating_sub(16)..].hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// Whether the tree builder reopens elements of that name after a block cut them short.
pub(super) fn is_formatting(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u")
    )
}

/// scraper's sink, with places noted.
pub(super) struct PlacingSink {
    tree: HtmlTreeSink,
    pub(super) places: RefCell<Places>,
}

impl PlacingSink {
    /// An empty tree with room for `nodes`.
    pub(super) fn new(mut places: Places, nodes: usize) -> Self {
        let mut html = Html::new_document();
        html.tree = Tree::with_capacity(Node::Document, nodes);
        places.of_node.reserve(nodes);
        Self { tree: HtmlTreeSink::new(html), places: RefCell::new(places) }
    }

    pub(super) fn html(&self) -> Ref<'_, Html> {
        self.tree.0.borrow()
    }

    /// The finished tree and its places.
    pub(super) fn into_parts(self) -> (Html, Places) {
        (self.tree.finish(), self.places.into_inner())
    }

    /// Notes text of length `len` that now ends the text node.
    fn text_appended(&self, parent: Option<NodeId>, node: Option<NodeRef<'_, Node>>, len: usize) {
        let Some(node) = node else { return };
        let Some(text) = node.value().as_text() else { return };
        let mut places = self.places.borrow_mut();
        let at = text.len() - len;
        places.text_appended(node.id(), at, &text[at..]);
        places.text_parent = parent;
    }
}

impl TreeSink for PlacingSink {
    type Output = Self;
    type Handle = NodeId;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.tree.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let weight = 1 + attrs.len();
        let key = formatting_key(&name.local, &attrs);
        let id = self.tree.create_element(name, attrs, flags);
        let mut places = self.places.borrow_mut();
        places.node_made(id, weight);
        if let Some(key) = key {
            places.of_mut(id).formatting = true;
            places.made_formatting += 1;
            if let Some(tag) = places.origins.get(&key).copied() {
                places.copies.push((index(id) as u32, tag));
            }
        }
        places.last_key = key;
        places.made += 1;
        places.last_element = Some(id);
        places.fostered = false;
        id
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        let id = self.tree.create_comment(text);
        self.places.borrow_mut().node_made(id, 1);
        id
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        let id = self.tree.create_pi(target, data);
        self.places.borrow_mut().node_made(id, 1);
        id
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let len = match &child {
            NodeOrText::AppendText(text) => Some(text.len()),
            NodeOrText::AppendNode(_) => None,
        };
        self.tree.append(parent, child);
        if let Some(len) = len {
            let html = self.html();
            let text = html.tree.get(*parent).and_then(|node| node.last_child());
            self.text_appended(Some(*parent), text, len);
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev_element: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = self.html().tree.get(*element).is_some_and(|node| node.parent().is_some());
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(
        &self,
        name: StrTendril,
        public_id: StrTendril,
        system_id: StrTendril,
    ) {
        self.tree.append_doctype_to_document(name, public_id, system_id);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.get_template_contents(target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, new_node: NodeOrText<NodeId>) {
        let len = match &new_node {
            NodeOrText::AppendText(text) => Some(text.len()),
            NodeOrText::AppendNode(_) => None,
        };
        self.tree.append_before_sibling(sibling, new_node);
        match len {
            None => self.places.borrow_mut().fostered = true,
            Some(len) => {
                let html = self.html();
                let text = html.tree.get(*sibling).and_then(|node| node.prev_sibling());
                self.text_appended(None, text, len);
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        let has = self
            .html()
            .tree
            .get(*target)
            .and_then(|node| node.value().as_element())
            .map_or(0, |element| element.attrs.len());
        let limit = self.places.borrow().attribute_limit;
        if has + attrs.len() <= limit {
            self.tree.add_attrs_if_missing(target, attrs);
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.reparent_children(node, new_parent);
    }
}
