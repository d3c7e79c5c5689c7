//! Access to the tree for rules that select elements.
//!
//! The selectors are scraper's, and so is the tree they are matched on: it is built from ours when
//! first asked for, which few pages ever do.

use ego_tree::Tree as ScraperTree;
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, local_name};
use scraper::node::{Comment, Doctype, Element, Text};
use scraper::{Html, Node};

use crate::parse::html::Dom;
use crate::parse::html::node::NodeRef;
use crate::parse::html::tree::{Data, NodeId, Tree};
use crate::span::Span;

/// A tree as scraper has it.
#[derive(Debug)]
pub(super) struct Selectable {
    html: Html,
    /// Its nodes by the indices of ours, ascending.
    nodes: Vec<ego_tree::NodeId>,
}

impl Selectable {
    fn new(tree: &Tree) -> Self {
        let mut html = Html::new_document();
        html.quirks_mode = tree.quirks;
        html.tree = ScraperTree::with_capacity(Node::Document, tree.nodes().len());
        let mut nodes = vec![html.tree.root().id()];
        for node in tree.all().skip(1) {
            nodes.push(html.tree.orphan(value(tree, node)).id());
        }
        for parent in tree.all() {
            for child in parent.children() {
                if let Some(mut node) = html.tree.get_mut(nodes[parent.id().index()]) {
                    node.append_id(nodes[child.id().index()]);
                }
            }
        }
        Self { html, nodes }
    }

    fn ours(&self, id: ego_tree::NodeId) -> Option<NodeId> {
        self.nodes.binary_search(&id).ok().map(NodeId::from_index)
    }
}

/// A node as scraper has it.
fn value(tree: &Tree, node: NodeRef<'_>) -> Node {
    let text = StrTendril::from_slice;
    match tree.node(node.id()).data {
        Data::Document => Node::Document,
        Data::Fragment => Node::Fragment,
        Data::Doctype => {
            let doctype = tree.doctype.clone().unwrap_or_default();
            Node::Doctype(Doctype {
                name: doctype.name.unwrap_or_default(),
                public_id: doctype.public_id.unwrap_or_default(),
                system_id: doctype.system_id.unwrap_or_default(),
            })
        }
        Data::Comment(comment) => Node::Comment(Comment { comment: text(tree.store.get(comment)) }),
        Data::Text { text: own, .. } => Node::Text(Text { text: text(tree.store.get(own)) }),
        Data::Element(_) => match node.element() {
            Some(element) => {
                let all = element.attributes();
                let attributes = all
                    .map(|(name, value)| Attribute { name: name.qualified(), value: text(value) });
                Node::Element(Element::new(element.qualified(), attributes.collect()))
            }
            None => Node::Fragment,
        },
    }
}

impl Dom {
    /// The tree as [`scraper::Html::parse_document`] has it.
    pub fn html(&self) -> &Html {
        &self.selectable().html
    }

    /// All nodes of [`Dom::html`] with their ids here, in the order in which they were made.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        let Selectable { html, nodes } = self.selectable();
        let values = nodes.iter().enumerate();
        values.filter_map(|(index, id)| {
            Some((NodeId::from_index(index), html.tree.get(*id)?.value()))
        })
    }

    fn selectable(&self) -> &Selectable {
        self.selectable.get_or_init(|| Selectable::new(&self.tree))
    }

    /// The elements a selector matches, in the order in which they were made: that of the
    /// document, but where broken markup was repaired.
    pub fn select(&self, selector: &scraper::Selector) -> Vec<NodeId> {
        let selectable = self.selectable();
        let found = selectable.html.select(selector);
        found.filter_map(|element| selectable.ours(element.id())).collect()
    }

    /// The addresses by which the page names itself (`link[rel=canonical]` and `base`), and the
    /// ranges of the elements.
    pub fn own_addresses(&self) -> Vec<(&str, Span)> {
        let mut found = Vec::new();
        for node in self.tree.all().filter(|node| node.parent().is_some()) {
            let Some(element) = node.element() else { continue };
            let names_page = match *element.local() {
                local_name!("base") => true,
                local_name!("link") => element
                    .attribute(&local_name!("rel"))
                    .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")),
                _ => false,
            };
            if names_page && let Some(href) = element.attribute(&local_name!("href")) {
                found.push((href, self.element_span(node.id())));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Limits;

    #[test]
    fn what_a_selector_finds_leads_back_to_the_source() {
        let page = "<table><a>1</a><tr><td><b>2<p>3</b></p></td></tr></table><p class=x>4</p>";
        let (dom, _) = Dom::parse(page, &Limits::default());
        let sources = |selector: &str| -> Vec<&str> {
            let selector = scraper::Selector::parse(selector).expect("a selector");
            let found = dom.select(&selector).into_iter();
            found.map(|id| &page[dom.element_span(id).range()]).collect()
        };
        assert_eq!(sources("p.x"), ["<p class=x>4</p>"]);
        assert_eq!(sources("td > p"), ["<p>3</b></p>"]);
        assert_eq!(sources("a"), ["<a>1</a>"]);
        assert!(sources("i").is_empty());
    }

    #[test]
    fn addresses_of_the_page_itself_are_found() {
        let page = "<link rel=Canonical href=/a><link rel=icon href=/b><base href=/c><base>\
                    <svg><link rel=canonical href=/d>";
        let (dom, _) = Dom::parse(page, &Limits::default());
        let found: Vec<&str> = dom.own_addresses().into_iter().map(|(href, _)| href).collect();
        let selector = scraper::Selector::parse("link[rel=canonical], base[href]");
        let selected = dom.select(&selector.expect("a selector")).len();
        assert_eq!(found, ["/a", "/c", "/d"]);
        assert_eq!(found.len(), selected);
    }
}
