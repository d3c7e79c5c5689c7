//! Access to the tree for rules that select elements.

use crate::parse::html::Dom;
use ego_tree::NodeId;

impl Dom {
    /// The elements a selector matches, in document order.
    pub fn select(&self, selector: &scraper::Selector) -> Vec<NodeId> {
        self.html.select(selector).map(|element| element.id()).collect()
    }

    /// The element of a node; `None` for text, comments and ids of another tree.
    pub fn element(&self, id: NodeId) -> Option<&scraper::node::Element> {
        self.html.tree.get(id)?.value().as_element()
    }
}
