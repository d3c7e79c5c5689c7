//! The list of active formatting elements: `<b>`, `<a>` and their like, which the standard opens
//! anew after a block has cut them short.

use std::hash::Hasher;

use crate::parse::html::names::NameId;
use crate::parse::html::store::{Attribute, AttributeRange};
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::Traits;
use crate::parse::html::tree::NodeId;
use crate::span::Span;

use super::stack::Open;
use super::{Step, TreeBuilder};

/// An entry of the list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    Marker,
    Element(Active),
}

/// A formatting element, and how to make it again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Active {
    id: NodeId,
    name: NameId,
    attributes: AttributeRange,
    /// Of the attributes, in any order; made once there is another of that name and as many.
    hash: Option<u64>,
    /// The start tag.
    tag: Span,
}

impl Entry {
    pub(super) fn element(&self) -> Option<&Active> {
        match self {
            Self::Element(active) => Some(active),
            Self::Marker => None,
        }
    }
}

/// How often the adoption agency goes round.
const ROUNDS: usize = 8;
/// Elements that the adoption agency keeps between a formatting element and a block.
const KEPT: usize = 3;
/// Equal elements that may wait to be opened again ("Noah's Ark clause").
const EQUAL: usize = 3;

impl TreeBuilder {
    /// Entries after the last marker, the last one first, with their positions.
    fn recent(&self) -> impl Iterator<Item = (usize, &Active)> {
        let all = self.formatting.iter().enumerate().rev();
        all.map_while(|(position, entry)| Some((position, entry.element()?)))
    }

    fn position_in_formatting(&self, id: NodeId) -> Option<usize> {
        self.formatting.iter().rposition(|entry| entry.element().is_some_and(|own| own.id == id))
    }

    pub(super) fn clear_formatting_to_marker(&mut self) {
        while let Some(Entry::Element(_)) = self.formatting.pop() {}
    }

    /// Whether a position of the list ends what is to be reconstructed.
    fn is_marker_or_open(&self, position: usize) -> bool {
        match &self.formatting[position] {
            Entry::Marker => true,
            Entry::Element(active) => self.stack.position(active.id).is_some(),
        }
    }

    /// "Reconstruct the active formatting elements".
    pub(super) fn reconstruct_formatting(&mut self) {
        let len = self.formatting.len();
        let mut first = len;
        while first > 0 && !self.is_marker_or_open(first - 1) {
            first -= 1;
        }
        for position in first..len {
            let Entry::Element(active) = self.formatting[position] else { continue };
            let traits = self.tree.store.names.get(active.name).traits;
            let id = self.insert_closed(active.name, traits, active.attributes);
            self.stack.push(Open { id, name: active.name, traits });
            self.repeats(id, active, position);
        }
    }

    /// Puts an element that repeats another in its place in the list.
    fn repeats(&mut self, id: NodeId, active: Active, position: usize) {
        self.tree.copies.push((id, active.tag));
        self.formatting[position] = Entry::Element(Active { id, ..active });
    }

    /// "Insert an HTML element" and "push onto the list of active formatting elements".
    pub(super) fn insert_formatting(&mut self, tag: &Tag) -> Step {
        let hash = self.hash_where_alike(tag);
        let equal = |active: &Active| {
            active.hash == hash
                && active.name == tag.name
                && self.are_equal(active.attributes, tag.attributes)
        };
        if hash.is_some() {
            let equals = self.recent().filter(|(_, active)| equal(active)).skip(EQUAL - 1);
            if let Some(earliest) = equals.last().map(|(position, _)| position) {
                self.formatting.remove(earliest);
            }
        }
        let id = self.insert(tag);
        self.formatting.push(Entry::Element(Active {
            id,
            name: tag.name,
            attributes: tag.attributes,
            hash,
            tag: self.places.token,
        }));
        Step::Done
    }

    /// Whether two elements have the same attributes, in any order.
    fn are_equal(&self, some: AttributeRange, others: AttributeRange) -> bool {
        let store = &self.tree.store;
        let same = |one: &Attribute, other: &Attribute| {
            one.name == other.name && store.get(one.value) == store.get(other.value)
        };
        let (some, others) = (store.attributes(some), store.attributes(others));
        some.len() == others.len()
            && some.iter().enumerate().all(|(position, one)| {
                same(one, &others[position]) || others.iter().any(|other| same(one, other))
            })
    }

    /// The hash of a tag's attributes, if recent entries have its name and as many; these have
    /// theirs, too, from then on.
    fn hash_where_alike(&mut self, tag: &Tag) -> Option<u64> {
        let mut hash = None;
        for position in (0..self.formatting.len()).rev() {
            let Entry::Element(active) = &self.formatting[position] else { break };
            if active.name != tag.name || active.attributes.len() != tag.attributes.len() {
                continue;
            }
            if active.hash.is_none() {
                let made = self.hash(active.attributes);
                if let Entry::Element(active) = &mut self.formatting[position] {
                    active.hash = Some(made);
                }
            }
            hash = hash.or_else(|| Some(self.hash(tag.attributes)));
        }
        hash
    }

    /// A hash of attributes that spares most comparisons.
    fn hash(&self, attributes: AttributeRange) -> u64 {
        let store = &self.tree.store;
        let all = store.attributes(attributes).iter();
        let sum = all.map(|attribute| {
            let mut hash = Mix(0);
            hash.write_u32(attribute.name.number());
            hash.write(store.get(attribute.value).as_bytes());
            hash.finish()
        });
        sum.fold(0, u64::wrapping_add)
    }

    /// "Adoption agency algorithm" for an end tag of that name.
    pub(super) fn adopt(&mut self, subject: NameId) {
        let Some(current) = self.stack.last() else { return };
        if current.is(subject) && self.position_in_formatting(current.id).is_none() {
            self.stack.pop();
            return;
        }
        for _ in 0..ROUNDS {
            let found = self.recent().find(|(_, active)| active.name == subject);
            let Some((position, formatting)) = found.map(|(at, active)| (at, *active)) else {
                self.end_any_other(subject);
                return;
            };
            let Some(on_stack) = self.stack.position(formatting.id) else {
                self.formatting.remove(position);
                return;
            };
            if !self.stack.in_scope(Traits::SCOPE, |open| open.id == formatting.id) {
                return;
            }
            let inside = self.stack.all().iter().skip(on_stack);
            let block =
                inside.copied().enumerate().find(|(_, open)| open.traits.has(Traits::SPECIAL));
            let Some((offset, block)) = block else {
                self.stack.truncate(on_stack);
                self.formatting.remove(position);
                return;
            };
            self.move_block(formatting, on_stack, block, on_stack + offset);
        }
    }

    /// One round of the adoption agency: the furthest block leaves the formatting element, and
    /// what it holds goes into a new one.
    fn move_block(
        &mut self,
        formatting: Active,
        on_stack: usize,
        block: Open,
        block_on_stack: usize,
    ) {
        let Some(ancestor) = on_stack.checked_sub(1).map(|at| self.stack.all()[at]) else { return };
        // After which element of the list the new one goes; `None`: in place of the old one.
        let mut bookmark = None;
        let mut last = block.id;
        for (round, at) in (on_stack + 1..block_on_stack).rev().enumerate() {
            let node = self.stack.all()[at];
            let listed = self.position_in_formatting(node.id);
            let (Some(position), true) = (listed, round < KEPT) else {
                if let Some(position) = listed {
                    self.formatting.remove(position);
                }
                self.stack.remove(at);
                continue;
            };
            let Entry::Element(active) = self.formatting[position] else { continue };
            let id = self.create(active.name, node.traits, active.attributes);
            self.stack.replace(at, Open { id, name: active.name, traits: node.traits });
            self.repeats(id, active, position);
            if last == block.id {
                bookmark = Some(id);
            }
            self.tree.append(id, last);
            last = id;
        }
        self.tree.detach(last);
        let spot = self.spot_in(ancestor);
        self.insert_at(spot, last);

        let traits = self.tree.store.names.get(formatting.name).traits;
        let id = self.create(formatting.name, traits, formatting.attributes);
        self.tree.move_children(block.id, id);
        self.tree.append(block.id, id);
        self.tree.copies.push((id, formatting.tag));
        let entry = Entry::Element(Active { id, ..formatting });
        match bookmark.and_then(|at| self.position_in_formatting(at)) {
            Some(after) => {
                self.formatting.insert(after + 1, entry);
                if let Some(old) = self.position_in_formatting(formatting.id) {
                    self.formatting.remove(old);
                }
            }
            None => {
                if let Some(old) = self.position_in_formatting(formatting.id) {
                    self.formatting[old] = entry;
                }
            }
        }
        self.stack.remove_element(formatting.id);
        if let Some(position) = self.stack.position(block.id) {
            self.stack.insert(position + 1, Open { id, name: formatting.name, traits });
        }
    }

    /// What `<a>` does to an `<a>` that is still to be reopened.
    pub(super) fn end_misnested_anchor(&mut self) {
        let found = self.recent().find(|(_, active)| active.name == NameId::A);
        let Some(id) = found.map(|(_, active)| active.id) else { return };
        self.adopt(NameId::A);
        if let Some(position) = self.position_in_formatting(id) {
            self.formatting.remove(position);
        }
        self.stack.remove_element(id);
    }
}

/// A quick hash: what is equal by it is compared.
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let last = rest.iter().fold(bytes.len() as u64, |word, byte| word << 8 | u64::from(*byte));
        self.write_u64(last);
    }
    fn write_u64(&mut self, number: u64) {
        // The multiplier of MurmurHash3's finaliser.
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0xff51_afd7_ed55_8ccd);
    }
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }
}
