//! Results as the page that people look through in a browser, written whole.

use std::path::Path;

use anyhow::Context as _;
use crawlint::rules::RuleSet;

use crate::cli::desk::Writer;
use crate::cli::output::{Marks, Page, Sink, Whole};

/// A card per page.
pub(super) struct Desk {
    writer: Writer,
    file: Whole,
}

impl Desk {
    pub(super) fn open(path: &Path) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { writer: Writer::default(), file: Whole::create(path)? }))
    }
}

impl Sink for Desk {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        self.writer.add(&mut self.file, page.card).context("cannot write the HTML page")
    }

    fn cut(&mut self, _: &mut Marks) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>, rules: &RuleSet) -> anyhow::Result<()> {
        self.writer.finish(&mut self.file, rules).context("cannot write the HTML page")?;
        self.file.finish()
    }
}
