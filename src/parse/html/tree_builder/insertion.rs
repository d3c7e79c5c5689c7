//! "Creating and inserting nodes".

use html5ever::tokenizer::states::RawKind;

use crate::parse::html::TextRun;
use crate::parse::html::names::NameId;
use crate::parse::html::store::{AttributeRange, Str};
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::Traits;
use crate::parse::html::tree::{Data, Made, NodeId, Place};

use super::stack::Open;
use super::{Mode, Step, Text, TreeBuilder};

/// Where a node goes: below `parent`, in front of `before` or last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    parent: NodeId,
    before: Option<NodeId>,
}

impl TreeBuilder {
    /// "Appropriate place for inserting a node"; `target` is the current node.
    fn spot(&self) -> Spot {
        match self.stack.last() {
            Some(open) => self.spot_in(open),
            None => Spot { parent: NodeId::ROOT, before: None },
        }
    }

    /// The same with an override target.
    pub(super) fn spot_in(&self, target: Open) -> Spot {
        if self.fostering && target.traits.has(Traits::FOSTERING) {
            return self.spot_by_table();
        }
        Spot { parent: self.inside(target), before: None }
    }

    /// Where children of an element go.
    fn inside(&self, open: Open) -> NodeId {
        if open.traits.has(Traits::TEMPLATE) {
            // Its content is its first child.
            return self.tree.node(open.id).first_child.unwrap_or(open.id);
        }
        open.id
    }

    /// In front of the innermost table, if it still hangs somewhere.
    fn spot_by_table(&self) -> Spot {
        let all = self.stack.all();
        for (position, open) in all.iter().enumerate().rev() {
            if open.traits.has(Traits::TEMPLATE) {
                return Spot { parent: self.inside(*open), before: None };
            }
            if open.is(NameId::TABLE) {
                if let Some(parent) = self.tree.node(open.id).parent {
                    return Spot { parent, before: Some(open.id) };
                }
                let around = position.checked_sub(1).map_or(NodeId::ROOT, |at| all[at].id);
                return Spot { parent: around, before: None };
            }
        }
        Spot { parent: all.first().map_or(NodeId::ROOT, |open| open.id), before: None }
    }

    pub(super) fn insert_at(&mut self, spot: Spot, node: NodeId) {
        match spot.before {
            Some(table) => {
                self.tree.insert_before(table, node);
                self.places.fostered = true;
            }
            None => self.tree.append(spot.parent, node),
        }
    }

    /// "Create an element for the token".
    pub(super) fn create(
        &mut self,
        name: NameId,
        traits: Traits,
        attributes: AttributeRange,
    ) -> NodeId {
        let place = self.places.of_new(1 + attributes.len());
        let id = self.tree.add_element(Made { name, traits, attributes }, place);
        if traits.has(Traits::TEMPLATE) {
            let content = self.tree.add(Data::Fragment, Place::default());
            self.tree.append(id, content);
        }
        self.places.made += 1;
        self.places.made_formatting += usize::from(traits.has(Traits::FORMATTING));
        self.places.last_element = Some(id);
        self.places.fostered = false;
        id
    }

    /// Creates and inserts an element that is not left open.
    pub(super) fn insert_closed(
        &mut self,
        name: NameId,
        traits: Traits,
        attributes: AttributeRange,
    ) -> NodeId {
        let spot = self.spot();
        let id = self.create(name, traits, attributes);
        self.insert_at(spot, id);
        id
    }

    fn traits(&self, name: NameId) -> Traits {
        self.tree.store.names.get(name).traits
    }

    /// "Insert an HTML element".
    pub(super) fn insert(&mut self, tag: &Tag) -> NodeId {
        self.insert_open(tag.name, tag.attributes)
    }

    /// The same, "immediately popped off the stack".
    pub(super) fn insert_void(&mut self, tag: &Tag) -> NodeId {
        self.insert_closed(tag.name, self.traits(tag.name), tag.attributes)
    }

    /// The same for an element without a tag.
    pub(super) fn insert_implied(&mut self, name: NameId) -> NodeId {
        self.insert_open(name, AttributeRange::default())
    }

    fn insert_open(&mut self, name: NameId, attributes: AttributeRange) -> NodeId {
        let traits = self.traits(name);
        let id = self.insert_closed(name, traits, attributes);
        self.stack.push(Open { id, name, traits });
        id
    }

    /// "Generic raw text element parsing algorithm", or that for RCDATA.
    pub(super) fn insert_raw(&mut self, tag: &Tag, kind: RawKind) -> Step {
        self.insert(tag);
        self.original_mode = self.mode;
        self.mode = Mode::Text;
        Step::Raw(kind)
    }

    /// "Insert a comment".
    pub(super) fn insert_comment(&mut self, text: Str) -> Step {
        self.insert_comment_at(self.spot(), text)
    }

    /// The same, as the last child of the document.
    pub(super) fn comment_of_document(&mut self, text: Str) -> Step {
        self.insert_comment_at(Spot { parent: NodeId::ROOT, before: None }, text)
    }

    /// The same, as the last child of the `html` element.
    pub(super) fn comment_of_html(&mut self, text: Str) -> Step {
        let parent = self.stack.all().first().map_or(NodeId::ROOT, |html| html.id);
        self.insert_comment_at(Spot { parent, before: None }, text)
    }

    fn insert_comment_at(&mut self, spot: Spot, text: Str) -> Step {
        let place = self.places.of_new(1);
        let node = self.tree.add(Data::Comment(text), place);
        self.insert_at(spot, node);
        Step::Done
    }

    /// "Insert a character", for a text.
    pub(super) fn insert_text(&mut self, text: &Text<'_>) -> Step {
        if (text.from, text.to) == (0, text.whole.len()) {
            self.insert_str(text.whole, text.runs);
            return Step::Done;
        }
        let mut cut = std::mem::take(&mut self.cut_runs);
        cut.clear();
        cut_runs(text, &mut cut);
        self.insert_str(text.str(), &cut);
        self.cut_runs = cut;
        Step::Done
    }

    pub(super) fn insert_str(&mut self, text: Str, runs: &[TextRun]) {
        let Spot { parent, before } = self.spot();
        self.tree.append_text(parent, before, text, runs);
        self.places.text_parent = before.is_none().then_some(parent);
    }

    /// Gives an element the attributes of a tag that it lacks.
    pub(super) fn add_attributes(&mut self, id: NodeId, more: AttributeRange) {
        let Data::Element(made) = self.tree.node(id).data else { return };
        if more.is_empty() || made.attributes.len() + more.len() > self.attribute_limit {
            return;
        }
        let attributes = self.tree.store.with_missing(made.attributes, more);
        self.tree.node_mut(id).data = Data::Element(Made { attributes, ..made });
    }
}

/// The runs of a part of a text, with offsets in that part.
pub(super) fn cut_runs(text: &Text<'_>, cut: &mut Vec<TextRun>) {
    for run in text.runs {
        let (start, end) = (run.at as usize, (run.at + run.len) as usize);
        if start < text.to && end > text.from {
            let part = run.part(text.from.max(start), text.to.min(end));
            cut.push(TextRun { at: part.at - text.from as u32, ..part });
        }
    }
}
