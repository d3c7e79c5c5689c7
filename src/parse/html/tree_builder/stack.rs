//! The stack of open elements.

use crate::parse::html::names::NameId;
use crate::parse::html::traits::Traits;
use crate::parse::html::tree::NodeId;

/// An open element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) id: NodeId,
    pub(super) name: NameId,
    pub(super) traits: Traits,
}

impl Open {
    /// Whether it is the HTML element of that name.
    pub(super) fn is(self, name: NameId) -> bool {
        self.name == name && self.is_html()
    }

    pub(super) fn is_html(self) -> bool {
        !self.traits.has(Traits::FOREIGN)
    }
}

/// Open elements, outermost first.
#[derive(Debug, Default)]
pub(super) struct Stack {
    all: Vec<Open>,
    /// Paragraphs and templates among them: most tags ask for one, and mostly there is none.
    paragraphs: usize,
    templates: usize,
}

impl Stack {
    pub(super) fn all(&self) -> &[Open] {
        &self.all
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The current node.
    pub(super) fn last(&self) -> Option<Open> {
        self.all.last().copied()
    }

    pub(super) fn last_is(&self, name: NameId) -> bool {
        self.last().is_some_and(|open| open.is(name))
    }

    pub(super) fn last_has(&self, traits: Traits) -> bool {
        self.last().is_some_and(|open| open.traits.has(traits))
    }

    fn enters(&mut self, open: Open) {
        self.paragraphs += usize::from(open.traits.has(Traits::PARAGRAPH));
        self.templates += usize::from(open.traits.has(Traits::TEMPLATE));
    }

    fn leaves(&mut self, open: Open) {
        self.paragraphs -= usize::from(open.traits.has(Traits::PARAGRAPH));
        self.templates -= usize::from(open.traits.has(Traits::TEMPLATE));
    }

    pub(super) fn push(&mut self, open: Open) {
        self.enters(open);
        self.all.push(open);
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        let open = self.all.pop()?;
        self.leaves(open);
        Some(open)
    }

    pub(super) fn truncate(&mut self, len: usize) {
        while self.all.len() > len {
            self.pop();
        }
    }

    pub(super) fn remove(&mut self, position: usize) {
        let open = self.all.remove(position);
        self.leaves(open);
    }

    pub(super) fn insert(&mut self, position: usize, open: Open) {
        self.enters(open);
        self.all.insert(position, open);
    }

    pub(super) fn replace(&mut self, position: usize, open: Open) {
        self.leaves(self.all[position]);
        self.enters(open);
        self.all[position] = open;
    }

    /// Where an element stands.
    pub(super) fn position(&self, id: NodeId) -> Option<usize> {
        self.all.iter().rposition(|open| open.id == id)
    }

    /// Removes an element wherever it stands.
    pub(super) fn remove_element(&mut self, id: NodeId) {
        if let Some(position) = self.position(id) {
            self.remove(position);
        }
    }

    /// Whether an element that `fits` is in the scope that elements with `ends` end.
    pub(super) fn in_scope(&self, ends: Traits, fits: impl Fn(Open) -> bool) -> bool {
        for open in self.all.iter().rev() {
            if fits(*open) {
                return true;
            }
            if open.traits.has(ends) {
                return false;
            }
        }
        false
    }

    pub(super) fn has_in_scope(&self, ends: Traits, name: NameId) -> bool {
        self.in_scope(ends, |open| open.is(name))
    }

    pub(super) fn has_paragraph_in_button_scope(&self) -> bool {
        self.paragraphs > 0
            && self.in_scope(Traits::BUTTON_SCOPE, |open| open.traits.has(Traits::PARAGRAPH))
    }

    pub(super) fn has_template(&self) -> bool {
        self.templates > 0
    }

    /// Pops elements up to and including the innermost one of that name.
    pub(super) fn pop_through(&mut self, name: NameId) {
        while let Some(open) = self.pop() {
            if open.is(name) {
                return;
            }
        }
    }

    /// Pops elements up to and including the innermost one with one of these traits.
    pub(super) fn pop_through_any(&mut self, traits: Traits) {
        while let Some(open) = self.pop() {
            if open.traits.has(traits) {
                return;
            }
        }
    }

    /// Pops elements until the current node has one of these traits, as `<html>` has.
    pub(super) fn clear_to(&mut self, traits: Traits) {
        while self.all.len() > 1 && !self.last_has(traits) {
            self.pop();
        }
    }

    /// "Generate implied end tags", except for elements of that name.
    pub(super) fn close_implied(&mut self, implied: Traits, except: Option<NameId>) {
        while let Some(open) = self.last()
            && open.traits.has(implied)
            && except.is_none_or(|name| !open.is(name))
        {
            self.pop();
        }
    }
}
