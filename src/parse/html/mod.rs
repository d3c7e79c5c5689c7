//! HTML.

/// The element tree of a page, with the place of every node in the decoded source.
#[derive(Debug)]
pub struct Dom {
    /// The tree.
    pub html: scraper::Html,
}
