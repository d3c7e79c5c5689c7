//! Reading a finished tree.

use html5ever::{LocalName, Namespace, Prefix as XmlPrefix, QualName, namespace_prefix, ns};

use crate::span::Span;

use super::attribute::Common;
use super::names::{Name, Prefix};
use super::store::Attribute;
use super::traits::{Foreign, Traits};
use super::tree::{Data, Made, Node, NodeId, Tree};

/// A node and its tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeRef<'a> {
    tree: &'a Tree,
    id: NodeId,
    node: &'a Node,
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// What a node holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Element(Element<'a>),
    Text(&'a str),
    Comment(&'a str),
    /// The document, or the content of a `template`.
    Root,
    Doctype,
}

/// An element and its tree: small, as it is handed to whatever asks about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    tree: &'a Tree,
    made: &'a Made,
}

impl Tree {
    pub(super) fn root(&self) -> NodeRef<'_> {
        self.get(NodeId::ROOT)
    }

    pub(super) fn get(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id, node: self.node(id) }
    }

    /// All nodes in the order in which they were made, also those taken off the tree again.
    pub(super) fn all(&self) -> impl Iterator<Item = NodeRef<'_>> {
        let all = self.nodes().iter().enumerate();
        all.map(|(index, node)| NodeRef { tree: self, id: NodeId::from_index(index), node })
    }
}

impl<'a> NodeRef<'a> {
    pub(super) fn id(self) -> NodeId {
        self.id
    }

    #[inline]
    pub(super) fn value(self) -> Value<'a> {
        match &self.node.data {
            Data::Document | Data::Fragment => Value::Root,
            Data::Doctype => Value::Doctype,
            Data::Comment(text) => Value::Comment(self.tree.store.get(*text)),
            Data::Text { text, .. } => Value::Text(self.tree.store.get(*text)),
            Data::Element(made) => Value::Element(Element { tree: self.tree, made }),
        }
    }

    pub(super) fn element(self) -> Option<Element<'a>> {
        match self.value() {
            Value::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<&'a str> {
        match self.value() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is an element that may say something about the page as a whole.
    pub(super) fn may_hold_facts(self) -> bool {
        matches!(self.node.data, Data::Element(made) if made.traits.has(Traits::FACTS))
    }

    /// Whether an element of its tree has one of these properties.
    pub(super) fn tree_holds(self, any: Traits) -> bool {
        self.tree.holds(any)
    }

    fn at(self, id: Option<NodeId>) -> Option<Self> {
        id.map(|id| self.tree.get(id))
    }

    pub(super) fn parent(self) -> Option<Self> {
        self.at(self.node.parent)
    }

    pub(super) fn first_child(self) -> Option<Self> {
        self.at(self.node.first_child)
    }

    pub(super) fn next_sibling(self) -> Option<Self> {
        self.at(self.node.next)
    }

    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.first_child(), |child| child.next_sibling())
    }

    pub(super) fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// The node after this one in document order inside `top`.
    pub(super) fn following(self, top: Self, descend: bool) -> Option<Self> {
        if descend && let Some(child) = self.first_child() {
            return Some(child);
        }
        let mut at = self;
        while at != top {
            if let Some(sibling) = at.next_sibling() {
                return Some(sibling);
            }
            at = at.parent()?;
        }
        None
    }
}

impl<'a> Element<'a> {
    /// The local name, to be matched.
    pub(super) fn local(self) -> &'a LocalName {
        self.tree.store.names.local(self.made.name)
    }

    /// The local name.
    pub(super) fn name(self) -> &'a str {
        self.tree.store.names.get(self.made.name).text()
    }

    pub(super) fn is_html(self) -> bool {
        self.made.traits.foreign().is_none()
    }

    fn written(self) -> &'a [Attribute] {
        self.tree.store.attributes(self.made.attributes)
    }

    /// The attributes, in the order of the start tag.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'a Name, &'a str)> {
        let store = &self.tree.store;
        self.written()
            .iter()
            .map(|attribute| (store.names.get(attribute.name), store.get(attribute.value)))
    }

    /// Which of the attributes, in the order of the start tag, may matter on any element.
    pub(super) fn common_attributes(self) -> impl Iterator<Item = Option<Common>> {
        self.written().iter().map(|attribute| self.tree.store.names.get(attribute.name).common)
    }

    /// The value of the attribute of a number, counted from zero.
    pub(super) fn value(self, index: usize) -> Option<&'a str> {
        Some(self.tree.store.get(self.written().get(index)?.value))
    }

    /// Where the value of an attribute stands, if it stands there as it is.
    pub(super) fn value_place(self, name: &str) -> Option<Span> {
        let store = &self.tree.store;
        let plain = |given: &Name| given.prefix == Prefix::None && given.text() == name;
        let mut all = self.written().iter();
        let found = all.find(|attribute| plain(store.names.get(attribute.name)))?;
        found.value.place()
    }

    /// The value of an attribute without a namespace, of a name that HTML has.
    pub(super) fn attribute(self, name: &LocalName) -> Option<&'a str> {
        let store = &self.tree.store;
        let found = self.written().iter().find(|attribute| {
            let given = store.names.get(attribute.name);
            given.local == *name && given.prefix == Prefix::None
        });
        found.map(|attribute| store.get(attribute.value))
    }

    /// The same for any name.
    pub(super) fn attribute_named(self, name: &str) -> Option<&'a str> {
        let mut all = self.attributes();
        let plain = |(given, _): &(&Name, _)| given.prefix == Prefix::None && given.text() == name;
        all.find(plain).map(|(_, value)| value)
    }

    /// The name as scraper has it.
    pub(super) fn qualified(self) -> QualName {
        let namespace = match self.made.traits.foreign() {
            None => ns!(html),
            Some(Foreign::Svg) => ns!(svg),
            Some(Foreign::MathMl) => ns!(mathml),
        };
        QualName::new(None, namespace, LocalName::from(self.name()))
    }
}

impl Name {
    /// The name of an attribute as scraper has it.
    pub(super) fn qualified(&self) -> QualName {
        let (prefix, namespace): (Option<XmlPrefix>, Namespace) = match self.prefix {
            Prefix::None => (None, ns!()),
            Prefix::Xlink => (Some(namespace_prefix!("xlink")), ns!(xlink)),
            Prefix::Xml => (Some(namespace_prefix!("xml")), ns!(xml)),
            Prefix::Xmlns => (Some(namespace_prefix!("")), ns!(xmlns)),
            Prefix::XmlnsPrefixed => (Some(namespace_prefix!("xmlns")), ns!(xmlns)),
        };
        QualName::new(prefix, namespace, LocalName::from(self.text()))
    }
}
