//! HTML: the element tree of a page, with the place of every node in the source.
//!
//! Our [tokenizer](tokenizer) feeds our [tree builder](tree_builder) through [limits](builder);
//! the [tree](tree) keeps the [places](places) of its nodes. What comes out is node for node what
//! scraper makes of the page, and a [`scraper::Html`] where a [selector](select) asks for one.
//!
//! From the tree to the page: [facts](metadata) that the text depends on are collected first, then
//! one [walk](walk) lets the text [flow](flow) into blocks.

#[macro_use]
mod elements;

mod anchors;
mod attribute;
mod beside;
mod builder;
mod cut;
mod declarations;
mod doctype;
mod entities;
mod flow;
mod hidden;
mod metadata;
mod names;
mod node;
#[cfg(test)]
mod page_tests;
mod places;
mod regions;
mod script;
mod scripting;
mod select;
mod selector;
mod shape;
mod sheet;
mod skim;
mod spacing;
mod store;
mod style;
mod tokenizer;
mod tokens;
mod traits;
mod tree;
mod tree_builder;
mod walk;

pub use cut::Cut;
#[doc(hidden)]
pub use tokens::tokens;
pub use tree::NodeId;
pub use walk::{HtmlOptions, parse};

use std::cell::OnceCell;

use crate::page::{Note, NoteKind};
use crate::span::{OffsetMap, Span};
use html5ever::local_name;

use builder::Builder;
use entities::References;
use node::{Element, NodeRef};
use select::Selectable;
use tokenizer::{Part, TagReader, Tokenizer};
use tree::{Data, Tree};

/// How large a tree may grow. Beyond a limit markup is dropped and its text kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Open elements, including formatting elements that wait to be reopened. Browsers stop at
    /// 512 as well.
    pub depth: usize,
    /// Attributes of an element.
    pub attributes: usize,
    /// Elements, attributes and comments that every page may have.
    pub nodes_base: usize,
    /// The same, in addition, for each byte of source. Markup cannot reach one in two bytes but
    /// by making the parser repeat formatting elements.
    pub nodes_per_byte: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 512, attributes: 256, nodes_base: 64 * 1024, nodes_per_byte: 0.5 }
    }
}

/// A part of a text node and what it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRun {
    /// Byte offset in the node's text.
    pub at: u32,
    /// Length in the node's text, in bytes.
    pub len: u32,
    /// What it was read from. Where that is as long as the text, both are the same byte for
    /// byte, but for a lone carriage return, which reads as a line feed.
    pub source: Span,
}

impl TextRun {
    fn is_linear(self) -> bool {
        self.len as usize == self.source.len()
    }

    /// Takes `next` in if both are linear and adjoin; false if not.
    fn absorb(&mut self, next: TextRun) -> bool {
        let joins = self.is_linear()
            && next.is_linear()
            && self.at + self.len == next.at
            && self.source.end == next.source.start;
        if joins {
            self.len += next.len;
            self.source.end = next.source.end;
        }
        joins
    }

    /// The part that covers `from..to` of the text. A run that is not linear keeps its source.
    fn part(self, from: usize, to: usize) -> TextRun {
        let (at, len) = (from as u32, (to - from) as u32);
        if !self.is_linear() {
            return TextRun { at, len, source: self.source };
        }
        let start = self.source.start + (at - self.at);
        TextRun { at, len, source: Span { start, end: start + len } }
    }
}

/// The element tree of a page, with the place of every node in the decoded source.
#[derive(Debug)]
pub struct Dom {
    tree: Tree,
    document_start: u32,
    /// The same tree for selectors, once they asked for it.
    selectable: OnceCell<Selectable>,
}

impl Dom {
    /// Parses a page. Takes linear time and never fails; the notes tell which limits it met.
    /// Of a page beyond 1 GiB, which no record is, only that much is read, since places are 32
    /// bits wide.
    pub fn parse(text: &str, limits: &Limits) -> (Dom, Vec<Note>) {
        const LONGEST: usize = 1 << 30;
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let mut tokenizer = Tokenizer::new(text, limits.attributes, Builder::new(text, limits));
        tokenizer.run();
        let attribute_overflow = tokenizer.attribute_overflow;
        let builder = tokenizer.receiver;
        let notes = [
            (NoteKind::DepthLimit, builder.depth_overflow),
            (NoteKind::AttributeLimit, attribute_overflow),
            (NoteKind::NodeLimit, builder.node_overflow),
        ];
        let notes =
            notes.into_iter().filter_map(|(kind, at)| Some(Note { kind, source: at? })).collect();
        let document_start = builder.document_start;
        let tree = builder.finish(text.len());
        (Dom { tree, document_start, selectable: OnceCell::new() }, notes)
    }

    /// Range of an element, from its start tag to its end tag or to where it was closed without
    /// one. For elements without a start tag: where they were implied, or what they hold.
    pub fn element_span(&self, id: NodeId) -> Span {
        let place = self.tree.node(id).place;
        Span { start: place.start, end: place.end.max(place.tag_end) }
    }

    /// Range of an element's start tag; `None` for elements that are implied or repeated.
    pub fn start_tag_span(&self, id: NodeId) -> Option<Span> {
        let place = self.tree.node(id).place;
        (place.tag_end > place.start).then_some(Span { start: place.start, end: place.tag_end })
    }

    /// What a text node was read from: runs that cover its text, in order.
    pub fn text_runs(&self, id: NodeId) -> &[TextRun] {
        self.tree.runs(id)
    }

    /// Range of a comment, with its marks; `None` for other nodes.
    pub fn comment_span(&self, id: NodeId) -> Option<Span> {
        let node = self.tree.node(id);
        let is_comment = matches!(node.data, Data::Comment(_));
        is_comment.then_some(Span { start: node.place.start, end: node.place.end })
    }

    /// Where the value of an attribute stands in the source, if it stands there as it is.
    fn attribute_place(&self, id: NodeId, name: &str) -> Option<Span> {
        let place = self.tree.get(id).element()?.value_place(name)?;
        let tag = self.start_tag_span(id).or_else(|| self.copied_tag(id))?;
        tag.contains(place).then_some(place)
    }

    /// Leads from the value of an attribute to the source; where it does not stand there as it is,
    /// reads the start tag anew. For an element that repeats an earlier one, the place is in that
    /// one's start tag.
    pub fn attribute_map(&self, source: &str, id: NodeId, name: &str) -> Option<OffsetMap> {
        let element = self.tree.get(id).element()?;
        let prefixed = || element.attributes().find(|(given, _)| given.text() == name);
        let expected = element.attribute_named(name).or_else(|| Some(prefixed()?.1))?;
        let tag = self.start_tag_span(id).or_else(|| self.copied_tag(id))?;
        if let Some(place) = self.attribute_place(id, name) {
            return Some(OffsetMap::identity(place.len(), place.start as usize));
        }
        let tag_source = source.get(..tag.end as usize)?;
        let mut reader = TagReader::new(tag_source, tag.start as usize + 1);
        reader.name();
        loop {
            match reader.next() {
                Part::Attribute { name: written, value: (start, end) } => {
                    let written = source[written.0..written.1].replace('\0', "\u{fffd}");
                    // The parser takes the prefix off `xlink:href` and the like.
                    let local = written.split_once(':').map_or(&*written, |(_, local)| local);
                    if !written.eq_ignore_ascii_case(name) && !local.eq_ignore_ascii_case(name) {
                        continue;
                    }
                    let (mut value, mut runs) = (String::new(), Vec::new());
                    let references = References::InAttribute;
                    entities::decode(source, start, end, references, &mut value, &mut runs);
                    if value == expected {
                        let mut map = OffsetMap::default();
                        for run in runs {
                            map.push(run.at as usize, run.len as usize, run.source);
                        }
                        return Some(map);
                    }
                }
                Part::End { .. } | Part::CutOff => return None,
            }
        }
    }

    /// The first element in the body.
    fn first_of_body(&self) -> Option<Element<'_>> {
        let html = self.tree.root().children().find(|node| node.element().is_some())?;
        let body = html.children().find(|node| {
            node.element().is_some_and(|element| *element.local() == local_name!("body"))
        })?;
        body.children().find_map(NodeRef::element)
    }

    /// The start tag that an element repeats.
    fn copied_tag(&self, id: NodeId) -> Option<Span> {
        let copies = &self.tree.copies;
        let position = copies.binary_search_by_key(&id, |(copy, _)| *copy).ok()?;
        Some(copies[position].1)
    }

    /// Whether an element's start tag stands outside of the document: after `</html>`, or before
    /// the `<html>` tag or document type that opens it.
    pub fn after_document(&self, id: NodeId) -> bool {
        let place = self.tree.node(id).place;
        place.after_end || (place.tag_end > place.start && place.start < self.document_start)
    }
}

#[cfg(test)]
mod tests;
