//! All outputs of a run.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use crawlint::report::writer::Gate;
use crawlint::rules::RuleSet;
use serde_json::Value;

use crate::cli::output::formats::{Format, LINES};
use crate::cli::output::journal::{Cut, Journal, Resumed};
use crate::cli::output::split::{Split, SplitFormat};
use crate::cli::output::{Command, Marks, Need, Page, Sink, Stamp, named};

/// What outputs were asked for.
#[derive(Default)]
pub(crate) struct Plan {
    files: Vec<(PathBuf, &'static Format)>,
    split: Option<(PathBuf, SplitFormat)>,
    gate: Gate,
}

/// The outputs, open.
pub(crate) struct Outputs {
    sinks: Vec<Box<dyn Sink>>,
    journal: Option<Journal>,
    /// Items between two cuts.
    every: u64,
    /// Items done, those of interrupted runs included.
    items: u64,
}

impl Plan {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When a name tells no format, or stands twice.
    pub(crate) fn new(
        files: &[PathBuf],
        split: Option<(&Path, SplitFormat)>,
        gate: Gate,
    ) -> anyhow::Result<Self> {
        let mut plan = Self {
            split: split.map(|(folder, format)| (folder.to_owned(), format)),
            gate,
            ..Self::default()
        };
        for path in files {
            if plan.files.iter().any(|(other, _)| other == path) {
                bail!("{} is named twice", path.display());
            }
            plan.files.push((path.clone(), named(path)?));
        }
        Ok(plan)
    }

    /// Whether anything is written to files.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.split.is_none()
    }

    /// Whether an output needs this of each page.
    pub(crate) fn needs(&self, need: Need) -> bool {
        self.files.iter().any(|(_, format)| format.need == need)
    }

    /// Files that are written whole or not at all.
    pub(crate) fn whole(&self) -> impl Iterator<Item = &Path> {
        let whole = self.files.iter().filter(|(_, format)| format.every.is_none());
        whole.map(|(path, _)| path.as_path())
    }

    /// Where the journal lies; none where nothing can be gone on with.
    pub(crate) fn journal(&self) -> Option<PathBuf> {
        if self.files.iter().any(|(_, format)| format.every.is_none()) {
            return None;
        }
        match (self.files.first(), &self.split) {
            (Some((path, _)), _) => {
                // Also for a folder: `results.parquet/` has `results.parquet.journal` beside it.
                let plain: PathBuf = path.components().collect();
                let mut name = OsString::from(plain);
                name.push(".journal");
                Some(name.into())
            }
            (None, Some((folder, _))) => Some(folder.join("split.journal")),
            (None, None) => None,
        }
    }

    /// Why the run cannot be resumed, as a sentence.
    fn refusal(&self) -> String {
        match self.files.iter().find(|(_, format)| format.every.is_none()) {
            Some((path, format)) => {
                let other = if format.ending == ".parquet" {
                    "give a folder of part files instead, with a slash at the end"
                } else {
                    "use .jsonl, .jsonl.gz or .jsonl.zst"
                };
                format!("--resume: {} is written whole or not at all; {other}", path.display())
            }
            None => "--resume needs an output to go on with: -o FILE or --split DIR".to_owned(),
        }
    }

    /// Opens the outputs. With `resume`, gives also what an unfinished run had done; the inputs
    /// are looked at only where there is a journal.
    ///
    /// # Errors
    /// When they cannot be written, or there is no such run to go on with.
    pub(crate) fn open(
        &self,
        resume: bool,
        command: &Command,
        inputs: impl FnOnce() -> anyhow::Result<Stamp>,
    ) -> anyhow::Result<(Outputs, Resumed)> {
        if let Some((folder, _)) = &self.split {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot write to {}", folder.display()))?;
        }
        let (journal, resumed) = match (self.journal(), resume) {
            (None, true) => bail!("{}", self.refusal()),
            (None, false) => (None, Resumed::default()),
            (Some(path), false) => {
                (Some(Journal::begin(&path, command, inputs()?)?), Resumed::default())
            }
            (Some(path), true) if path.exists() => {
                let (journal, resumed) = Journal::resume(&path, command, &inputs()?, reached)?;
                (Some(journal), resumed)
            }
            // The first of several tries is the beginning of the run.
            (Some(path), true) => {
                if let Some((done, _)) = self.files.iter().find(|(file, _)| file.exists()) {
                    bail!(
                        "nothing to resume: {} has no journal beside it, so its run was finished; \
                         leave out --resume to write it anew",
                        done.display()
                    );
                }
                (Some(Journal::begin(&path, command, inputs()?)?), Resumed::default())
            }
        };
        let (sinks, journal) = match (self.sinks(&resumed.cut.marks), journal) {
            (Ok(sinks), journal) => (sinks, journal),
            // Nothing was begun, so there is nothing to go on with.
            (Err(error), Some(journal)) if resumed.cut.items == 0 => {
                journal.finish()?;
                return Err(error);
            }
            (Err(error), _) => return Err(error),
        };
        let every = self.files.iter().filter_map(|(_, format)| format.every).max();
        let outputs =
            Outputs { sinks, journal, every: every.unwrap_or(LINES), items: resumed.cut.items };
        Ok((outputs, resumed))
    }

    fn sinks(&self, marks: &Marks) -> anyhow::Result<Vec<Box<dyn Sink>>> {
        let mut sinks = Vec::new();
        for (path, format) in &self.files {
            sinks.push((format.open)(path, marks, &self.gate)?);
        }
        if let Some((folder, format)) = &self.split {
            sinks.push(Box::new(Split::open(folder, *format, marks)?));
        }
        Ok(sinks)
    }
}

/// Whether every file is at least as long as it was at a cut. Parts are there as a whole or not.
fn reached(marks: &Marks) -> bool {
    marks.iter().all(|(path, mark)| match fs::metadata(path) {
        Ok(data) if data.is_dir() => {
            (0..*mark).all(|part| Path::new(path).join(format!("part-{part:05}.parquet")).is_file())
        }
        Ok(data) => !data.is_file() || data.len() >= *mark,
        Err(_) => false,
    })
}

impl Outputs {
    /// Takes the next page.
    pub(crate) fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        self.sinks.iter_mut().try_for_each(|sink| sink.page(page))
    }

    /// Counts an item that is done, whether it was a page or not, and tells whether the outputs
    /// are to be cut now: at the same items in every run, so that compressed files are the same,
    /// too.
    pub(crate) fn done(&mut self) -> bool {
        self.items += 1;
        self.journal.is_some() && self.items.is_multiple_of(self.every)
    }

    /// Cuts the outputs. `counts` is all that has been counted, `hosts` what has been counted by
    /// host since the cut before. `marks` has the ends of files that are no outputs of results.
    pub(crate) fn cut(
        &mut self,
        mut marks: Marks,
        counts: Value,
        hosts: Value,
    ) -> anyhow::Result<()> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        for sink in &mut self.sinks {
            sink.cut(&mut marks)?;
        }
        journal.cut(&Cut { items: self.items, marks, counts, hosts })
    }

    /// Ends all files. The rules are those that judged.
    pub(crate) fn finish(self, rules: &RuleSet) -> anyhow::Result<()> {
        for sink in self.sinks {
            sink.finish(rules)?;
        }
        self.journal.map_or(Ok(()), Journal::finish)
    }

    /// Items done, those of interrupted runs included.
    pub(crate) fn items(&self) -> u64 {
        self.items
    }

    /// Whether the run can be gone on with when it ends here.
    pub(crate) fn resumes(&self) -> bool {
        self.journal.is_some()
    }
}
