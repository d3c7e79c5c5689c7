//! Results as JSON Lines.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use crawlint::rules::RuleSet;

use crate::cli::output::file::{Growing, Packing};
use crate::cli::output::{Marks, Page, Sink, mark_of};

/// One line per page.
pub(super) struct Lines {
    path: PathBuf,
    file: Growing,
}

impl Lines {
    /// Opens the file, to go on where the marks say.
    pub(super) fn open(
        path: &Path,
        packing: Packing,
        marks: &Marks,
    ) -> anyhow::Result<Box<dyn Sink>> {
        let length = marks.get(&mark_of(path)).copied().unwrap_or(0);
        let file = Growing::open(path, packing, length)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Box::new(Self { path: path.to_owned(), file }))
    }

    fn context(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

impl Sink for Lines {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        self.file.write(page.line).with_context(|| self.context())
    }

    fn cut(&mut self, marks: &mut Marks) -> anyhow::Result<()> {
        let length = self.file.cut().with_context(|| self.context())?;
        marks.insert(mark_of(&self.path), length);
        Ok(())
    }

    fn finish(self: Box<Self>, _: &RuleSet) -> anyhow::Result<()> {
        let context = self.context();
        self.file.finish().context(context)
    }
}
