//! Results in a format that has a [`Writer`], written whole.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use crawlint::report::writer::Writer;
use crawlint::rules::RuleSet;

use crate::cli::output::{Marks, Page, Sink, Whole};

/// A file in such a format.
pub(super) struct Pages<W> {
    path: PathBuf,
    writer: W,
    file: Whole,
}

impl<W: Writer + 'static> Pages<W> {
    pub(super) fn open(path: &Path, writer: W) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { path: path.to_owned(), writer, file: Whole::create(path)? }))
    }

    fn context(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

impl<W: Writer + 'static> Sink for Pages<W> {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        self.writer.page(&mut self.file, page.report).with_context(|| self.context())
    }

    fn cut(&mut self, _: &mut Marks) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>, rules: &RuleSet) -> anyhow::Result<()> {
        self.writer.finish(&mut self.file, rules).with_context(|| self.context())?;
        self.file.finish()
    }
}
