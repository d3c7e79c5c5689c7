//! The element tree of a page, in one list of nodes, with the place of each in the source.
//!
//! A page has thousands of nodes and is read once, so nodes are small, point to each other by
//! number, and own nothing: names, attributes and text lie in the [`Store`].

use std::borrow::Cow;
use std::num::NonZeroU32;

use html5ever::interface::QuirksMode;
use html5ever::tokenizer::Doctype;

use crate::span::Span;

use super::TextRun;
use super::names::NameId;
use super::node::NodeRef;
use super::store::{AttributeRange, Store, Str};
use super::traits::Traits;

/// A node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(NonZeroU32);

impl NodeId {
    pub(super) const ROOT: Self = Self(NonZeroU32::MIN);

    /// Nodes are numbered from zero, the root, in the order in which they are made.
    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    pub(super) fn from_index(index: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index as u32))
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Data {
    Document,
    /// The content of a `template`.
    Fragment,
    Doctype,
    Comment(Str),
    Text {
        text: Str,
        /// Where its runs begin.
        first_run: u32,
        /// One past its last run.
        end_run: u32,
        /// Whether there is more of it in [`Tree::late`].
        goes_on: bool,
    },
    Element(Made),
}

/// What an element is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) name: NameId,
    pub(super) traits: Traits,
    pub(super) attributes: AttributeRange,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) parent: Option<NodeId>,
    pub(super) first_child: Option<NodeId>,
    pub(super) last_child: Option<NodeId>,
    pub(super) previous: Option<NodeId>,
    pub(super) next: Option<NodeId>,
    pub(super) place: Place,
    pub(super) data: Data,
}

/// Where an element or comment stands in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// First byte of the start tag; for implied elements of the token that made it.
    pub(super) start: u32,
    /// One past the start tag; `start` for implied elements.
    pub(super) tag_end: u32,
    /// One past the element.
    pub(super) end: u32,
    /// Whether the element counts as open where places are kept.
    pub(super) open: bool,
    /// Whether it stands after `</html>`.
    pub(super) after_end: bool,
}

/// A tree under construction or finished.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) store: Store,
    nodes: Vec<Node>,
    pub(super) doctype: Option<Doctype>,
    pub(super) quirks: QuirksMode,
    runs: Vec<TextRun>,
    /// Text that was appended to a node after other text was written: node, text, runs.
    late: Vec<(NodeId, Str, u32, u32)>,
    /// Elements that repeat an earlier start tag, ascending, and that tag.
    pub(super) copies: Vec<(NodeId, Span)>,
    /// Properties of all elements together.
    traits: Traits,
    /// Elements with [`Traits::FACTS`], as they were made.
    facts: Vec<NodeId>,
    /// Whether nodes may stand in another order than that in which they were made, or nowhere.
    moved: bool,
}

impl Tree {
    /// A tree that holds nothing but its root, for a page of at most 1 GiB.
    pub(super) fn new(page: &str) -> Self {
        // Real pages have a node for every 20 to 60 bytes.
        let mut nodes = Vec::with_capacity(page.len().min(1 << 24) / 30 + 8);
        nodes.push(Node::new(Data::Document, Place::default()));
        Self {
            store: Store::new(page),
            nodes,
            doctype: None,
            quirks: QuirksMode::NoQuirks,
            runs: Vec::with_capacity(page.len().min(1 << 24) / 80 + 8),
            late: Vec::new(),
            copies: Vec::new(),
            traits: Traits::default(),
            facts: Vec::new(),
            moved: false,
        }
    }

    /// Adds an element that hangs nowhere yet.
    pub(super) fn add_element(&mut self, made: Made, place: Place) -> NodeId {
        let id = self.add(Data::Element(made), place);
        self.traits = self.traits | made.traits;
        if made.traits.has(Traits::FACTS) {
            self.facts.push(id);
        }
        id
    }

    /// Whether an element has one of these properties.
    pub(super) fn holds(&self, any: Traits) -> bool {
        self.traits.has(any)
    }

    /// The elements that may say something about the page as a whole, in document order.
    pub(super) fn facts(&self) -> Cow<'_, [NodeId]> {
        let root = self.root();
        let all = || std::iter::successors(Some(root), |node| node.following(root, true));
        let in_order = || all().filter(|node| node.may_hold_facts()).map(NodeRef::id).collect();
        if self.moved {
            return Cow::Owned(in_order());
        }
        debug_assert_eq!(self.facts, in_order(), "made in document order");
        Cow::Borrowed(&self.facts)
    }

    /// Adds a node that hangs nowhere yet.
    pub(super) fn add(&mut self, data: Data, place: Place) -> NodeId {
        let id = NodeId::from_index(self.nodes.len());
        self.nodes.push(Node::new(data, place));
        id
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Hangs a node below `parent`, last.
    pub(super) fn append(&mut self, parent: NodeId, child: NodeId) {
        self.detach(child);
        let last = self.node_mut(parent).last_child.replace(child);
        let node = self.node_mut(child);
        node.parent = Some(parent);
        node.previous = last;
        match last {
            Some(last) => self.node_mut(last).next = Some(child),
            None => self.node_mut(parent).first_child = Some(child),
        }
    }

    /// Hangs a node in front of `sibling`, which has a parent.
    pub(super) fn insert_before(&mut self, sibling: NodeId, child: NodeId) {
        self.moved = true;
        self.detach(child);
        let Some(parent) = self.node(sibling).parent else { return };
        let previous = self.node_mut(sibling).previous.replace(child);
        let node = self.node_mut(child);
        node.parent = Some(parent);
        node.previous = previous;
        node.next = Some(sibling);
        match previous {
            Some(previous) => self.node_mut(previous).next = Some(child),
            None => self.node_mut(parent).first_child = Some(child),
        }
    }

    /// Takes a node, with all it holds, off the tree.
    pub(super) fn detach(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let (previous, next) = (node.previous.take(), node.next.take());
        let Some(parent) = node.parent.take() else { return };
        self.moved = true;
        match previous {
            Some(previous) => self.node_mut(previous).next = next,
            None => self.node_mut(parent).first_child = next,
        }
        match next {
            Some(next) => self.node_mut(next).previous = previous,
            None => self.node_mut(parent).last_child = previous,
        }
    }

    /// Moves all children of a node to another that has none.
    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        self.moved = true;
        let node = self.node_mut(from);
        let (first, last) = (node.first_child.take(), node.last_child.take());
        let node = self.node_mut(to);
        (node.first_child, node.last_child) = (first, last);
        let mut next = first;
        while let Some(child) = next {
            let node = self.node_mut(child);
            node.parent = Some(to);
            next = node.next;
        }
    }

    /// Appends text to the node before `before`, or to the last child of `parent`; to a new node
    /// if that is no text.
    pub(super) fn append_text(
        &mut self,
        parent: NodeId,
        before: Option<NodeId>,
        text: Str,
        runs: &[TextRun],
    ) {
        let last = match before {
            Some(sibling) => self.node(sibling).previous,
            None => self.node(parent).last_child,
        };
        if let Some(last) = last
            && let Data::Text { .. } = self.node(last).data
        {
            self.extend_text(last, text, runs);
            return;
        }
        let first_run = self.runs.len() as u32;
        match runs {
            // Nearly always.
            [run] => self.runs.push(*run),
            _ => self.runs.extend_from_slice(runs),
        }
        let end_run = self.runs.len() as u32;
        let data = Data::Text { text, first_run, end_run, goes_on: false };
        let node = self.add(data, Place::default());
        match before {
            Some(sibling) => self.insert_before(sibling, node),
            None => self.append(parent, node),
        }
    }

    /// Appends text to a text node. Where that would take more than linear time it is put off.
    fn extend_text(&mut self, id: NodeId, more: Str, more_runs: &[TextRun]) {
        let Data::Text { text, first_run, end_run, goes_on } = self.node(id).data else { return };
        let is_last = end_run as usize == self.runs.len() && !goes_on;
        let joined = if is_last { self.store.join(text, more) } else { None };
        let start = self.runs.len() as u32;
        let Some(joined) = joined else {
            self.runs.extend_from_slice(more_runs);
            self.late.push((id, more, start, self.runs.len() as u32));
            self.node_mut(id).data = Data::Text { text, first_run, end_run, goes_on: true };
            return;
        };
        append_runs(&mut self.runs, more_runs, text.len() as u32);
        let end_run = self.runs.len() as u32;
        self.node_mut(id).data = Data::Text { text: joined, first_run, end_run, goes_on };
    }

    /// Puts text that was put off where it belongs.
    pub(super) fn finish(&mut self) {
        let mut late = std::mem::take(&mut self.late);
        // Stable: the parts of a node stay in order.
        late.sort_by_key(|(node, ..)| *node);
        for parts in late.chunk_by(|a, b| a.0 == b.0) {
            let id = parts[0].0;
            let Data::Text { text, first_run, end_run, .. } = self.node(id).data else { continue };
            let start = self.runs.len();
            self.runs.extend_from_within(first_run as usize..end_run as usize);
            let mut len = text.len() as u32;
            for (_, part, from, to) in parts {
                let more = self.runs[*from as usize..*to as usize].to_vec();
                append_runs(&mut self.runs, &more, len);
                len += part.len() as u32;
            }
            let all = std::iter::once(text).chain(parts.iter().map(|(_, part, ..)| *part));
            let text = self.store.concat(all);
            let (first_run, end_run) = (start as u32, self.runs.len() as u32);
            self.node_mut(id).data = Data::Text { text, first_run, end_run, goes_on: false };
        }
    }

    /// What a text node was read from.
    pub(super) fn runs(&self, id: NodeId) -> &[TextRun] {
        match self.node(id).data {
            Data::Text { first_run, end_run, .. } => {
                &self.runs[first_run as usize..end_run as usize]
            }
            _ => &[],
        }
    }

    /// Name and traits of an element.
    pub(super) fn element(&self, id: NodeId) -> Option<(NameId, Traits)> {
        match self.node(id).data {
            Data::Element(Made { name, traits, .. }) => Some((name, traits)),
            _ => None,
        }
    }
}

/// Adds the runs of a text that is appended at byte `at` of a node; one that goes on from the last
/// is merged into it.
fn append_runs(runs: &mut Vec<TextRun>, more: &[TextRun], at: u32) {
    for run in more {
        let run = TextRun { at: run.at + at, ..*run };
        if !runs.last_mut().is_some_and(|last| last.absorb(run)) {
            runs.push(run);
        }
    }
}

impl Node {
    fn new(data: Data, place: Place) -> Self {
        Self {
            parent: None,
            first_child: None,
            last_child: None,
            previous: None,
            next: None,
            place,
            data,
        }
    }
}
