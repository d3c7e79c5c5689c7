//! HTML.

mod flow;
mod hidden;
mod links;
mod metadata;
mod regions;
mod script;
mod select;
mod sheet;
mod style;
#[cfg(test)]
mod tests;
mod walk;

pub use walk::{HtmlOptions, parse};

use crate::page::Note;
use crate::span::{OffsetMap, Span};
use ego_tree::NodeId;
use scraper::Node;
use std::collections::HashMap;

/// The element tree of a page, with the place of every node in the decoded source.
#[derive(Debug)]
pub struct Dom {
    /// The tree.
    pub html: scraper::Html,
    runs: HashMap<NodeId, Vec<TextRun>>,
}

/// A piece of a text node.
#[derive(Debug)]
pub struct TextRun {
    pub at: u32,
    pub len: u32,
    pub source: Span,
}

/// Limits.
#[derive(Clone, Debug, Default)]
pub struct Limits {}

impl Dom {
    pub fn parse(text: &str, _limits: &Limits) -> (Dom, Vec<Note>) {
        let html = scraper::Html::parse_document(text);
        let mut runs = HashMap::new();
        let mut from = 0;
        for node in html.tree.nodes() {
            if let Node::Text(t) = node.value() {
                let found = text[from..].find(&**t).map(|at| at + from);
                let source = found.map_or(Span::default(), |at| Span::new(at, at + t.len()));
                if let Some(at) = found {
                    from = at;
                }
                runs.insert(node.id(), vec![TextRun { at: 0, len: t.len() as u32, source }]);
            }
        }
        (Dom { html, runs }, Vec::new())
    }
    pub fn element_span(&self, _id: NodeId) -> Span {
        Span::default()
    }
    pub fn start_tag_span(&self, _id: NodeId) -> Option<Span> {
        None
    }
    pub fn text_runs(&self, id: NodeId) -> &[TextRun] {
        self.runs.get(&id).map_or(&[], |r| r)
    }
    pub fn comment_span(&self, _id: NodeId) -> Option<Span> {
        None
    }
    pub fn attribute_map(&self, _source: &str, _id: NodeId, _name: &str) -> Option<OffsetMap> {
        None
    }
    pub fn after_document(&self, _id: NodeId) -> bool {
        false
    }
}
