//! From tokens to the tree, within limits.
//!
//! The standard's tree construction takes time in proportion to its stack of open elements for
//! many tags, and can make hundreds of elements out of one tag. [`Builder`] stands between
//! tokenizer and tree builder and drops tags once the stack or the tree has grown beyond the
//! limits. It knows, too, which part of the page is the document.

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, TagKind};
use html5ever::{LocalName, local_name};

use crate::span::Span;

use super::names::NameId;
use super::places::Stage;
use super::store::{Store, Str};
use super::tokenizer::{Next, Receiver, Tag};
use super::traits::Traits;
use super::tree::Tree;
use super::tree_builder::{Size, TreeBuilder};
use super::{Limits, TextRun};

/// Feeds the tree builder.
pub(super) struct Builder {
    construction: TreeBuilder,
    max_depth: usize,
    max_nodes: usize,
    /// The tree builder's stack when last measured.
    size: Size,
    /// Comparisons of formatting elements so far, and how many there may be.
    comparisons: usize,
    max_comparisons: usize,
    /// Whether tags have gone to the tree builder since.
    size_is_stale: bool,
    /// Names of start tags dropped for depth, so that their end tags go too.
    dropped: Vec<NameId>,
    /// The raw text at hand belongs to a dropped element.
    discarding: bool,
    /// First tag dropped for depth.
    pub(super) depth_overflow: Option<Span>,
    /// First token after the tree was full.
    pub(super) node_overflow: Option<Span>,
    /// Where the first `</html>` begins.
    end_tag: Option<u32>,
    /// Where the document begins: the first `<html>`, or the document type before it.
    pub(super) document_start: u32,
    seen: Seen,
    /// A `</body>` has been read.
    body_ended: bool,
}

/// How far into a document the tags have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Doctype,
    Html,
}

impl Builder {
    /// A builder for a page.
    pub(super) fn new(source: &str, limits: &Limits) -> Self {
        let per_source = (source.len() as f64 * limits.nodes_per_byte) as usize;
        Self {
            construction: TreeBuilder::new(Tree::new(source), limits.attributes),
            max_depth: limits.depth,
            max_nodes: limits.nodes_base.saturating_add(per_source),
            size: Size::default(),
            comparisons: 0,
            max_comparisons: (1 << 20) + source.len(),
            size_is_stale: false,
            dropped: Vec::new(),
            discarding: false,
            depth_overflow: None,
            node_overflow: None,
            end_tag: None,
            document_start: 0,
            seen: Seen::Nothing,
            body_ended: false,
        }
    }

    /// The finished tree.
    pub(super) fn finish(mut self, source_len: usize) -> Tree {
        let TreeBuilder { tree, places, .. } = &mut self.construction;
        places.close_all(tree, source_len as u32);
        tree.finish();
        self.construction.tree
    }

    fn start_tag(&mut self, tag: &Tag, at: Span) -> Next {
        if self.is_full(at) {
            return self.drop_raw_text(tag.name);
        }
        if self.is_too_deep(tag) || self.is_too_costly(tag) {
            self.depth_overflow.get_or_insert(at);
            self.dropped.push(tag.name);
            return Next::Continue;
        }
        if tag.name == NameId::HTML && self.seen < Seen::Html {
            if self.seen == Seen::Nothing || self.document_start < at.start {
                self.document_start = at.start;
            }
            self.seen = Seen::Html;
        } else if tag.name == NameId::HEAD || tag.name == NameId::BODY {
            // An `<html>` further down belongs to a document within this one.
            self.seen = Seen::Html;
        }
        self.construction.places.begin(Stage::StartTag, at);
        let next = self.construction.start_tag(tag);
        self.size_is_stale = true;
        self.place_element(tag);
        next
    }

    /// Gives the start tag just processed to the element it made, if it made one.
    fn place_element(&mut self, tag: &Tag) {
        let TreeBuilder { tree, places, .. } = &mut self.construction;
        let Some(id) = places.last_element else { return };
        let Some((name, traits)) = tree.element(id) else { return };
        let names = &tree.store.names;
        let own = name == tag.name
            || (tag.name, name) == (NameId::IMAGE, NameId::IMG)
            || names.are_alike(name, tag.name);
        if !own {
            return;
        }
        let token = places.token;
        if !places.fostered
            && let Some(parent) = tree.node(id).parent
        {
            places.insert_below(tree, parent);
        }
        let place = &mut tree.node_mut(id).place;
        place.tag_end = token.end;
        place.end = token.end;
        place.after_end = self.end_tag.is_some_and(|end| end <= token.start);
        let is_html = traits.foreign().is_none();
        if !(if is_html { traits.has(Traits::VOID) } else { tag.self_closing }) {
            places.push_open(tree, id);
        }
    }

    fn end_tag(&mut self, tag: &Tag, at: Span) -> Next {
        if std::mem::take(&mut self.discarding) {
            return Next::Continue;
        }
        if !self.construction.is_in_raw_text() && self.is_full(at) {
            return Next::Continue;
        }
        if let Some(position) = self.position_in_dropped(tag.name) {
            self.dropped.truncate(position);
            return Next::Continue;
        }
        self.dropped.clear();
        if tag.name == NameId::HTML {
            self.end_tag.get_or_insert(at.start);
        }
        self.body_ended |= tag.name == NameId::BODY;
        let TreeBuilder { tree, places, .. } = &mut self.construction;
        places.begin(Stage::Other, at);
        places.close_elements(tree, tag.name);
        self.size_is_stale = true;
        self.construction.end_tag(tag)
    }

    /// Where the start tag of that name was dropped, among the latest.
    fn position_in_dropped(&self, name: NameId) -> Option<usize> {
        const LOOK_BACK: usize = 32;
        let from = self.dropped.len().saturating_sub(LOOK_BACK);
        self.dropped[from..]
            .iter()
            .rposition(|other| *other == name)
            .map(|position| from + position)
    }

    /// Whether the tree has used up its budget; notes where.
    fn is_full(&mut self, at: Span) -> bool {
        if self.node_overflow.is_none() && self.construction.places.nodes >= self.max_nodes {
            self.node_overflow = Some(at);
        }
        self.node_overflow.is_some()
    }

    /// How to go on after a start tag that was dropped: what is no text must not become text.
    fn drop_raw_text(&mut self, name: NameId) -> Next {
        let kind = match *self.local(name) {
            local_name!("script") => RawKind::ScriptData,
            names!["style", "noframes", "noscript"] => RawKind::Rawtext,
            _ => return Next::Continue,
        };
        self.discarding = true;
        Next::Raw(kind)
    }

    fn local(&self, name: NameId) -> &LocalName {
        self.construction.tree.store.names.local(name)
    }

    /// Traits of an HTML element of that name.
    fn traits(&self, name: NameId) -> Traits {
        self.construction.tree.store.names.get(name).traits
    }

    /// Whether the start tag would nest too deep.
    ///
    /// The tree builder's stack is measured, not guessed: elements that close by themselves leave
    /// it without a tag. A measurement costs as much as the stack is deep, so it is taken only
    /// when the elements made since the last one could have reached the limit.
    fn is_too_deep(&mut self, tag: &Tag) -> bool {
        if self.size.depth + self.construction.places.made < self.max_depth {
            return false;
        }
        self.measure();
        if self.size.depth < self.max_depth {
            return false;
        }
        if self.construction.is_in_foreign_content() {
            return !tag.self_closing;
        }
        let traits = self.traits(tag.name);
        if traits.has(Traits::VOID) || traits.has(Traits::RAW_TEXT) {
            return false;
        }
        // Elements that close their like do not deepen the tree, as a rule.
        let hard_limit = self.max_depth + self.max_depth / 4;
        !traits.has(Traits::CLOSES_ITS_LIKE) || self.size.depth >= hard_limit
    }

    /// Whether a formatting element would be compared with too much.
    ///
    /// The tree builder compares each with all that are to be reopened, and hashes its attributes.
    /// The standard lets that list grow with the stack, so that 500 open `<font>` make every
    /// further one cost 500 comparisons.
    fn is_too_costly(&mut self, tag: &Tag) -> bool {
        const FREE: usize = 32;
        if !self.traits(tag.name).has(Traits::FORMATTING) {
            return false;
        }
        if self.size.formatting + self.construction.places.made_formatting > FREE {
            self.measure();
        }
        let others = self.size.formatting + self.construction.places.made_formatting;
        self.comparisons += others * (1 + tag.attributes.len());
        others > FREE && self.comparisons > self.max_comparisons
    }

    /// Measures the tree builder's stack, if tags have changed it since the last time.
    fn measure(&mut self) {
        if !self.size_is_stale {
            return;
        }
        self.size = self.construction.measure();
        self.size_is_stale = false;
        self.construction.places.made = 0;
        self.construction.places.made_formatting = 0;
    }
}

impl Receiver for Builder {
    fn store(&mut self) -> &mut Store {
        &mut self.construction.tree.store
    }

    fn tag(&mut self, tag: &Tag, at: Span) -> Next {
        match tag.kind {
            TagKind::StartTag => self.start_tag(tag, at),
            TagKind::EndTag => {
                let next = self.end_tag(tag, at);
                // End tags have none, whatever they say.
                self.store().forget_attributes(tag.attributes.start);
                next
            }
        }
    }

    fn comment(&mut self, text: Str, at: Span) {
        if !self.is_full(at) {
            self.construction.places.begin(Stage::Other, at);
            self.construction.comment(text);
        }
    }

    fn doctype(&mut self, doctype: Doctype, at: Span) {
        if self.seen == Seen::Nothing {
            self.seen = Seen::Doctype;
            self.document_start = at.start;
        }
        self.construction.places.begin(Stage::Other, at);
        self.construction.doctype(doctype);
    }

    fn null(&mut self, at: Span) {
        self.construction.places.begin(Stage::Other, at);
        self.construction.null();
    }

    fn text(&mut self, text: Str, runs: &[TextRun]) {
        if self.discarding {
            return;
        }
        let start = runs.first().map_or(0, |run| run.source.start);
        let end = runs.last().map_or(start, |run| run.source.end);
        self.construction.places.begin(Stage::Other, Span { start, end });
        self.construction.text(text, runs);
        let TreeBuilder { tree, places, .. } = &mut self.construction;
        let Some(parent) = places.text_parent else { return };
        // White space after `</body>` still goes into the body, but does not prolong it.
        let is_space = |text: &str| text.bytes().all(|byte| byte.is_ascii_whitespace());
        if !(self.body_ended && is_space(tree.store.get(text))) {
            places.insert_below(tree, parent);
        }
    }

    fn end(&mut self, at: Span) {
        self.construction.places.begin(Stage::Other, at);
        self.construction.end();
    }

    fn interrupt(&mut self) {
        self.construction.interrupt();
    }

    fn in_foreign_content(&self) -> bool {
        self.construction.is_in_foreign_content()
    }
}
