//! Text to [`Page`]. Parsing never fails: a page and notes come out of anything.
//!
//! The only module that knows HTML.

mod html;

#[doc(hidden)]
pub use html::tokens;
pub use html::{Dom, HtmlOptions, Limits, NodeId, TextRun, parse as parse_html};
