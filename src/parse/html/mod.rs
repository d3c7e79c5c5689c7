//! HTML.

/// The element tree of a page, with the place of every node in the decoded source.
#[derive(Debug)]
pub struct Dom {
    /// The tree.
    pub html: scraper::Html,
}

impl Dom {
    /// Source ranges of the elements a selector selects, in document order.
    pub fn select(&self, _selector: &scraper::Selector) -> Vec<crate::span::Span> {
        Vec::new()
    }
}
