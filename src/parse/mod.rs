//! Text to [`Page`]. Parsing never fails: a page and notes come out of anything.
//!
//! The only module that knows HTML.

pub(crate) mod entity;
mod html;
#[cfg(test)]
mod invariants;
pub mod markdown;
pub mod payload;
mod reference;
#[cfg(test)]
mod simple_html;
mod sniff;
pub mod text;
pub mod xml;

#[doc(hidden)]
pub use html::tokens;
pub use html::{Cut, Dom, HtmlOptions, Limits, NodeId, TextRun, parse as parse_html};
pub use sniff::sniff;

use crate::page::{Format, Page};

/// Parses a piece of HTML inside another format: raw HTML of a Markdown file, an article's body
/// in a payload, a feed's description.
pub type HtmlParser<'a> = &'a dyn Fn(&str) -> Page;

/// What the caller knows about a text beside the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Ending of the file name, without the dot.
    pub extension: Option<&'a str>,
    /// `Content-Type` of an HTTP answer.
    pub content_type: Option<&'a str>,
    /// Address of the page.
    pub url: Option<&'a str>,
}

/// Parses a decoded text as what it is.
pub fn parse(text: &str, hints: &Hints<'_>) -> Page {
    let options = HtmlOptions { url: hints.url.map(str::to_owned), ..HtmlOptions::default() };
    let html = |text: &str| html::parse(text, &options);
    match sniff(text, hints.extension, hints.content_type) {
        Format::Html => html(text),
        Format::Markdown => markdown::parse(text, &html),
        Format::Json => payload::parse(text, &html),
        Format::Xml => xml::parse(text, &html),
        Format::Text => text::parse(text),
    }
}
