//! Pages copied out again, into one file per verdict.

mod pack;
mod warc;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ValueEnum;
use crawlint::input::Start;
use crawlint::report::Verdict;
use crawlint::rules::RuleSet;

use crate::cli::output::file::{Growing, Packing};
use crate::cli::output::{Marks, Page, Sink, mark_of};

pub(crate) use pack::Packer;

/// How copied pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SplitFormat {
    /// One JSON object per page with its text: VERDICT.jsonl.gz
    Jsonl,
    /// The bytes of each page; records from WARC files as they are: VERDICT.warc.gz
    Warc,
}

impl SplitFormat {
    /// What suits the inputs: WARC where all are WARC by their names, else JSON Lines. So it is
    /// where they cannot be known beforehand.
    pub(crate) fn suits(inputs: Option<impl Iterator<Item = Start>>) -> Self {
        let is_warc = |start: Start| {
            let Start::Path(path) = start else { return false };
            let name = path.to_string_lossy().to_lowercase();
            [".warc", ".warc.gz", ".warc.zst", ".wacz"].iter().any(|end| name.ends_with(end))
        };
        let mut some = inputs.into_iter().flatten().peekable();
        if some.peek().is_some() && some.all(is_warc) { Self::Warc } else { Self::Jsonl }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl.gz",
            Self::Warc => "warc.gz",
        }
    }

    /// How the file is packed. Each WARC record is compressed by itself, so that readers can jump
    /// to any of them; the workers have done that.
    fn packing(self) -> Packing {
        match self {
            Self::Jsonl => Packing::Gzip,
            Self::Warc => Packing::Plain,
        }
    }
}

/// At most one open file per verdict.
pub(crate) struct Split {
    folder: PathBuf,
    format: SplitFormat,
    files: [Option<Growing>; Verdict::ALL.len()],
}

impl Split {
    /// Opens the files that the marks know, and takes away those of an earlier run.
    pub(crate) fn open(folder: &Path, format: SplitFormat, marks: &Marks) -> anyhow::Result<Self> {
        let mut split =
            Self { folder: folder.to_owned(), format, files: std::array::from_fn(|_| None) };
        for (at, verdict) in Verdict::ALL.into_iter().enumerate() {
            let path = split.path(verdict);
            if let Some(length) = marks.get(&mark_of(&path)) {
                split.files[at] = Some(split.grow(verdict, *length)?);
            } else if path.exists() {
                fs::remove_file(&path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
        Ok(split)
    }

    fn path(&self, verdict: Verdict) -> PathBuf {
        self.folder.join(format!("{}.{}", verdict.name(), self.format.ending()))
    }

    fn grow(&self, verdict: Verdict, length: u64) -> anyhow::Result<Growing> {
        let path = self.path(verdict);
        Growing::open(&path, self.format.packing(), length)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Sink for Split {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        if page.copy.is_empty() {
            return Ok(());
        }
        let verdict = page.report.verdict;
        let Some(at) = Verdict::ALL.iter().position(|other| *other == verdict) else {
            return Ok(());
        };
        let file = match self.files[at].take() {
            Some(file) => file,
            None => self.grow(verdict, 0)?,
        };
        let written = self.files[at].insert(file).write(page.copy);
        written.with_context(|| format!("cannot write {}", self.path(verdict).display()))
    }

    fn cut(&mut self, marks: &mut Marks) -> anyhow::Result<()> {
        for (at, verdict) in Verdict::ALL.into_iter().enumerate() {
            let path = self.path(verdict);
            if let Some(file) = &mut self.files[at] {
                let length =
                    file.cut().with_context(|| format!("cannot write {}", path.display()))?;
                marks.insert(mark_of(&path), length);
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &RuleSet) -> anyhow::Result<()> {
        let context = format!("cannot write to {}", self.folder.display());
        self.files.into_iter().flatten().try_for_each(Growing::finish).context(context)
    }
}
