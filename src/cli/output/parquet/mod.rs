//! Results as Parquet: one row per page, the findings as a nested list.
//!
//! A Parquet file is readable only with its footer, so a single file is written whole. A folder
//! of part files is what a run can go on with: each part is closed at a cut.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};
use crawlint::report::columns::{self, Columns};
use crawlint::rules::RuleSet;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::cli::output::{Marks, Page, Sink, Whole, mark_of};

/// Rows handed to the writer at a time.
const BATCH: usize = 1024;

/// Rows of a row group: what a reader takes up at once.
const GROUP: usize = 65_536;

/// Bytes of a row group at which it is closed early.
const GROUP_BYTES: usize = 32 << 20;

/// Rows of a part file.
pub(super) const PART: u64 = 20_000;

/// Rows on their way into a Parquet file.
pub(crate) struct Rows<W: Write + Send> {
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> Rows<W> {
    /// Begins a file of this schema.
    pub(crate) fn new(out: W, schema: &Arc<Schema>) -> anyhow::Result<Self> {
        let version =
            KeyValue::new("crawlint.schema".to_owned(), crawlint::report::SCHEMA.to_owned());
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP))
            .set_key_value_metadata(Some(vec![version]))
            .build();
        Ok(Self { writer: ArrowWriter::try_new(out, Arc::clone(schema), Some(properties))? })
    }

    /// Appends rows.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.writer.write(batch)?;
        // What waits for its group to be full is held in memory.
        if self.writer.in_progress_size() > GROUP_BYTES {
            self.writer.flush()?;
        }
        Ok(())
    }

    /// Writes the footer and gives the file back.
    pub(crate) fn finish(self) -> anyhow::Result<W> {
        Ok(self.writer.into_inner()?)
    }
}

/// Results on their way into one file.
struct Table<W: Write + Send> {
    columns: Columns,
    rows: Rows<W>,
}

impl<W: Write + Send> Table<W> {
    fn new(out: W) -> anyhow::Result<Self> {
        Ok(Self { columns: Columns::default(), rows: Rows::new(out, &columns::schema())? })
    }

    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        self.columns.push(page.report);
        if self.columns.len() == BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let batch: Result<RecordBatch, ArrowError> = self.columns.take();
        self.rows.write(&batch?)
    }

    fn finish(mut self) -> anyhow::Result<W> {
        self.flush()?;
        self.rows.finish()
    }
}

/// One file.
struct Single {
    path: PathBuf,
    table: Table<Whole>,
}

/// Begins a single file of results.
pub(super) fn results(path: &Path) -> anyhow::Result<Box<dyn Sink>> {
    Ok(Box::new(Single { path: path.to_owned(), table: Table::new(Whole::create(path)?)? }))
}

impl Sink for Single {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        self.table.page(page).with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn cut(&mut self, _: &mut Marks) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, _: &RuleSet) -> anyhow::Result<()> {
        let context = format!("cannot write {}", self.path.display());
        self.table.finish().context(context)?.finish()
    }
}

/// A folder of part files.
struct Parts {
    folder: PathBuf,
    /// Parts that are closed.
    closed: u64,
    open: Option<Table<File>>,
}

/// Opens a folder of part files; parts that the marks do not know are taken away.
pub(super) fn parts(folder: &Path, marks: &Marks) -> anyhow::Result<Box<dyn Sink>> {
    let context = || format!("cannot write to {}", folder.display());
    let closed = marks.get(&mark_of(folder)).copied().unwrap_or(0);
    fs::create_dir_all(folder).with_context(context)?;
    for entry in fs::read_dir(folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| {
            name.strip_prefix("part-")?.strip_suffix(".parquet")?.parse::<u64>().ok()
        });
        if number.is_some_and(|number| number >= closed) {
            fs::remove_file(entry.path()).with_context(context)?;
        }
    }
    Ok(Box::new(Parts { folder: folder.to_owned(), closed, open: None }))
}

impl Parts {
    fn context(&self) -> String {
        format!("cannot write to {}", self.folder.display())
    }

    /// Where the part at hand grows. Readers pass over files whose names begin with a dot.
    fn growing(&self) -> PathBuf {
        self.folder.join(".part.growing")
    }

    fn begin(&mut self) -> anyhow::Result<&mut Table<File>> {
        let context = self.context();
        let table = match self.open.take() {
            Some(table) => table,
            None => Table::new(File::create(self.growing()).context(context)?)?,
        };
        Ok(self.open.insert(table))
    }

    fn close(&mut self) -> anyhow::Result<()> {
        let Some(table) = self.open.take() else { return Ok(()) };
        let file = table.finish().with_context(|| self.context())?;
        file.sync_all().with_context(|| self.context())?;
        let path = self.folder.join(format!("part-{:05}.parquet", self.closed));
        fs::rename(self.growing(), path).with_context(|| self.context())?;
        self.closed += 1;
        Ok(())
    }
}

impl Sink for Parts {
    fn page(&mut self, page: &Page<'_>) -> anyhow::Result<()> {
        let context = self.context();
        self.begin()?.page(page).context(context)
    }

    fn cut(&mut self, marks: &mut Marks) -> anyhow::Result<()> {
        self.close()?;
        marks.insert(mark_of(&self.folder), self.closed);
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &RuleSet) -> anyhow::Result<()> {
        // A folder without any part has no schema, so readers would refuse it.
        if self.closed == 0 {
            self.begin()?;
        }
        self.close()
    }
}
