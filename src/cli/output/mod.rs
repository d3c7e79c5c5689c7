//! Results in files: one sink per format, all fed from one stream of pages, and the journal that
//! lets an interrupted run go on.
//!
//! A sink takes pages in order and can be *cut*: everything so far is then in its file, and the
//! file ends where another run may go on. The journal notes the ends of all files together with
//! the number of items that are done, so that a run that was killed at any moment goes on from
//! the last cut: what was written after it is taken back.

mod desk;
mod file;
mod formats;
mod journal;
mod json;
mod jsonl;
mod outputs;
mod pages;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
mod split;
mod whole;

use std::collections::BTreeMap;
use std::path::Path;

use crawlint::report::Report;
use crawlint::rules::RuleSet;

use crate::cli::desk::Card;

pub(crate) use file::{Growing, Packing};
pub(crate) use formats::{Need, named};
pub(crate) use journal::{Command, Stamp};
pub(crate) use outputs::{Outputs, Plan};
pub(crate) use split::{Packer, SplitFormat};
pub(crate) use whole::Whole;

/// Lengths of files at a cut, by path: bytes, or parts for a folder of parts.
pub(crate) type Marks = BTreeMap<String, u64>;

/// A page on its way to the outputs.
pub(crate) struct Page<'run> {
    /// The result.
    pub(crate) report: &'run Report,
    /// The result as one line of JSON with its line break; empty where no output asked for it.
    pub(crate) line: &'run [u8],
    /// The result as the desk shows it; empty where no output asked for it.
    pub(crate) card: &'run Card,
    /// The page itself as it goes to a file of `--split`; empty without it.
    pub(crate) copy: &'run [u8],
}

/// A file that results go to.
pub(crate) trait Sink {
    /// Takes the next page.
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()>;

    /// Brings everything so far to the file and notes where it ends. Sinks that write their file
    /// whole have nothing to do here.
    fn cut(&mut self, marks: &mut Marks) -> anyhow::Result<()>;

    /// Ends the file. A sink that is dropped without it leaves a file to go on from, or, where
    /// the file is written whole, no file at all. The rules are those that judged.
    fn finish(self: Box<Self>, rules: &RuleSet) -> anyhow::Result<()>;
}

/// Key of a file in [`Marks`].
pub(crate) fn mark_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
