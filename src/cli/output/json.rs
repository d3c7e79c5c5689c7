//! Results as one JSON array, written whole.

use std::path::Path;

use anyhow::Context as _;
use crawlint::report::json;
use crawlint::rules::RuleSet;

use crate::cli::output::{Marks, Page, Sink, Whole};

/// An array with one element per page.
pub(super) struct Array {
    array: json::Array,
    file: Whole,
}

impl Array {
    pub(super) fn open(path: &Path) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { array: json::Array::default(), file: Whole::create(path)? }))
    }
}

impl Sink for Array {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        let element = page.line.trim_ascii_end();
        self.array.push(&mut self.file, element).context("cannot write the JSON array")
    }

    fn cut(&mut self, _: &mut Marks) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &RuleSet) -> anyhow::Result<()> {
        self.array.finish(&mut self.file).context("cannot write the JSON array")?;
        self.file.finish()
    }
}
