//! Text to [`Page`]. Parsing never fails: a page and notes come out of anything.
//!
//! The only module that knows HTML.

mod html;

pub use html::{Dom, HtmlOptions, parse as parse_html};
