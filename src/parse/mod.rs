//! Text to [`Page`]. Parsing never fails: a page and notes come out of anything.
//!
//! The only module that knows HTML.

mod address;
mod entity;
mod html;
#[cfg(test)]
mod invariants;
pub mod markdown;
pub mod payload;
#[cfg(test)]
mod simple_html;
mod sniff;
pub mod text;
pub mod xml;

use crate::page::Page;

pub use html::Dom;
pub use sniff::sniff;

/// Parses a piece of HTML inside another format: raw HTML of a Markdown file, an article's body
/// in a payload, a feed's description.
pub type HtmlParser<'a> = &'a dyn Fn(&str) -> Page;
