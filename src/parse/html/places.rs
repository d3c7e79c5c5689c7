//! Where elements begin and end in the source.
//!
//! The tree builder closes many elements without a tag; where they end is noticed when something
//! is inserted outside of them.

use crate::span::Span;

use super::names::NameId;
use super::traits::Traits;
use super::tree::{NodeId, Place, Tree};

/// What kind of token is being processed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Other,
    StartTag,
}

/// What it takes to find places.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Nodes and attributes made so far.
    pub(super) nodes: usize,
    /// Elements made since the stack was last measured.
    pub(super) made: usize,
    /// Formatting elements among them.
    pub(super) made_formatting: usize,
    /// The token being processed.
    pub(super) token: Span,
    stage: Stage,
    /// Last element made by the current token.
    pub(super) last_element: Option<NodeId>,
    /// Whether the current token's last node went in front of a table.
    pub(super) fostered: bool,
    /// Parent of the last text the current token appended.
    pub(super) text_parent: Option<NodeId>,
    /// Open elements as far as seen, outermost first. Where this differs from the tree builder's
    /// stack (it closes elements silently), the next insertion sets it right.
    open: Vec<NodeId>,
    /// Room for [`Places::insert_below`].
    path: Vec<NodeId>,
}

impl Places {
    /// A token comes.
    pub(super) fn begin(&mut self, stage: Stage, at: Span) {
        self.token = at;
        self.stage = stage;
        self.last_element = None;
        self.text_parent = None;
        self.fostered = false;
    }

    /// The place of a node that the current token makes; `weight` counts it and its attributes.
    pub(super) fn of_new(&mut self, weight: usize) -> Place {
        let Span { start, end } = self.token;
        self.nodes += weight;
        let end = if self.stage == Stage::StartTag { start } else { end };
        Place { start, tag_end: start, end, ..Place::default() }
    }

    /// Brings the open elements in line with an insertion below `parent`: what is open inside of
    /// it ends at the current token.
    pub(super) fn insert_below(&mut self, tree: &mut Tree, parent: NodeId) {
        // From the parent up to an element known to be open.
        let mut at = Some(parent);
        while let Some(id) = at
            && !tree.node(id).place.open
        {
            self.path.push(id);
            at = tree.node(id).parent;
        }
        while let Some(last) = self.open.last().copied()
            && Some(last) != at
        {
            self.open.pop();
            close(tree, last, self.token.start);
        }
        while let Some(id) = self.path.pop() {
            self.push_open(tree, id);
        }
    }

    pub(super) fn push_open(&mut self, tree: &mut Tree, id: NodeId) {
        tree.node_mut(id).place.open = true;
        self.open.push(id);
    }

    /// Ends the element that the end tag closes, and those inside of it.
    ///
    /// This reads the standard's rules in short: the innermost open element of that name, but
    /// not beyond a table cell and the like. If the tree builder keeps an element open after
    /// all, the next insertion opens it again.
    pub(super) fn close_elements(&mut self, tree: &mut Tree, name: NameId) {
        let traits = tree.store.names.get(name).traits;
        let mut block_inside = false;
        let mut found = None;
        for (position, id) in self.open.iter().enumerate().rev() {
            let Some((open, of_open)) = tree.element(*id) else { continue };
            let headings = traits.has(Traits::HEADING_NAME) && of_open.has(Traits::HEADING_NAME);
            if open == name || headings {
                found = Some(position);
                break;
            }
            if of_open.has(Traits::BOUNDS) && !traits.has(Traits::TABLE_PART) {
                break;
            }
            block_inside |= of_open.has(Traits::BLOCK);
        }
        let Some(position) = found else { return };
        let token = self.token;
        if block_inside && traits.has(Traits::FORMATTING) {
            // The blocks inside stay open; the tree builder moves them out.
            let id = self.open.remove(position);
            close(tree, id, token.end);
            return;
        }
        while self.open.len() > position {
            let Some(id) = self.open.pop() else { break };
            let end = if self.open.len() == position { token.end } else { token.start };
            close(tree, id, end);
        }
    }

    /// Ends all elements at the end of the page.
    pub(super) fn close_all(&mut self, tree: &mut Tree, end: u32) {
        for id in std::mem::take(&mut self.open) {
            close(tree, id, end);
        }
    }
}

fn close(tree: &mut Tree, id: NodeId, end: u32) {
    let place = &mut tree.node_mut(id).place;
    place.open = false;
    place.end = place.end.max(end);
}
