//! The linter for scraped pages.
pub mod decode;
#[cfg(feature = "input")]
pub mod input;
pub mod page;
pub mod parse;
mod pipeline;
pub mod report;
pub mod rules;
pub mod span;
pub use pipeline::{Inspection, Origin, Scanner, Step};
