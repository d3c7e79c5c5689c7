//! The linter for scraped pages: which pages are clean, damaged, suspicious, injected with spam,
//! spam or junk, and where and why.
//!
//! A [`Scanner`] is built once from rule packs and shared by all threads; [`Scanner::scan`] turns
//! the bytes of a record into a [`report::Report`] with a verdict and findings that have addresses
//! in those bytes.
//!
//! ```
//! use crawlint::{Origin, Scanner};
//!
//! let scanner = Scanner::new()?;
//! let html = "<title>Bakery</title><p>Fresh bread every morning from six, except on Mondays.";
//! let report = scanner.scan(html.as_bytes(), &Origin::path("bakery.html"));
//! println!("{}: {}", report.verdict.name(), report.headline);
//! # Ok::<(), crawlint::rules::RulesError>(())
//! ```
//!
//! [`Scanner`] is `Send + Sync`: share it by reference or in an `Arc`, and call [`Scanner::scan`]
//! from as many threads as there are, or [`Scanner::scan_all`], which does so. No call panics on
//! any input, reads a file or asks the network or the clock.
//!
//! # What may change
//!
//! Versions are [semantic](https://semver.org/spec/v2.0.0.html), and cover what these pages show:
//! the crate's root, [`report`], [`rules`], [`settings`], [`baseline`], [`input`], [`score`],
//! [`page`], [`quality`], [`signals`], [`check`], [`address`] and [`span`].
//!
//! - Structs that are `#[non_exhaustive]` may gain fields and enums variants. Structs that callers
//!   build ([`Origin`], [`input::Options`] …) may gain fields, too: end them with
//!   `..Default::default()`.
//! - Ids of rules, names of signals, the format of packs and settings, and the fields of a result
//!   are part of it; results carry their own version in `schema`.
//! - Verdicts and scores are not: every better rule changes some.
//! - A higher `rust-version` is a minor version. Features are only added.
//!
//! Before 1.0 a minor version may break what a major one may break later.
//!
//! The modules stand in the order a page goes through them.

// Places in text, and addresses of the web; used by every stage.
pub mod address;
pub mod span;

// 1. Where bytes come from.
#[cfg(feature = "input")]
pub mod input;

// 2. Bytes to text.
#[doc(hidden)]
pub mod decode;

// 3. Text to page.
#[doc(hidden)]
pub mod parse;

// 4. The page, which every later stage reads.
pub mod page;

// Pure functions over text.
#[doc(hidden)]
pub mod text;

// 5. Terms of all packs, found in one pass.
#[doc(hidden)]
pub mod terms;

// 6. What is measured.
pub mod signals;

// Known measures of quality, beside the score.
pub mod quality;

// 7. Packs to rules to evidence.
pub mod rules;

// 8. Evidence to score and verdict.
pub mod score;

// 9. Results and their formats.
pub mod report;

// What the user wants to happen, and what does not count.
pub mod baseline;
pub mod settings;
mod suppress;

// The stages put together, and what each costs.
mod pipeline;
mod timings;

// Findings out of the page.
mod strip;

// Packs on trial: every rule on its own examples, and all of them on labelled pages.
pub mod check;
#[doc(hidden)]
pub mod eval;

pub use pipeline::{DEFAULT_MAX_BYTES, Inspection, Origin, Scanner, ScannerBuilder, Step, Without};
pub use strip::{Removed, Stripped};
pub use suppress::AllowState;
pub use timings::Timings;

// The examples of the README are tests, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
