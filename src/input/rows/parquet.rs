//! Parquet: a table in groups of rows, which threads read ahead of whoever wants the pages.

use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length};

use crate::input::archive::RandomAccess;
use crate::input::open::Input;
use crate::input::rows::columns::{Column, columns, views};
use crate::input::rows::fields::{Role, Row};
use crate::input::{Container, Item, Limits, Options, Place, ReadError};

/// Groups that are read at a time, at most.
const AT_A_TIME: usize = 4;
/// Bytes that a batch of rows is meant to have. Each group at hand has up to three batches: one
/// being read, one waiting, one being given out.
const BATCH: u64 = 2 << 20;
const MAX_ROWS: u64 = 1024;
/// Bytes that no limit on the ratio is asked for.
const UNSUSPECTED: u64 = 10 << 20;

/// Reads the rows of a file.
pub(in crate::input) fn open(mut input: Input, options: &Options) -> Container {
    let at = input.at.clone();
    // A file that is written to throw the parser off may do so.
    let plan = catch_unwind(AssertUnwindSafe(|| {
        let file = RandomAccess::new(&mut input, &options.meter)?;
        Plan::new(at.clone(), file, options)
    }));
    match plan.unwrap_or_else(|_| Err(ReadError::Corrupt("the Parquet footer".to_owned()))) {
        Ok(plan) => Box::new(Groups::new(plan)),
        Err(error) => Box::new(std::iter::once(Item::Fault { at, error })),
    }
}

/// What is to be read of a file.
struct Plan {
    at: Place,
    file: RandomAccess,
    metadata: ArrowReaderMetadata,
    columns: Vec<Column>,
    limits: Limits,
}

impl Plan {
    fn new(at: Place, file: RandomAccess, options: &Options) -> Result<Self, ReadError> {
        if file.exact(0, 4)? == b"PARE" {
            return Err(ReadError::Encrypted);
        }
        if file.len() < 12 || file.exact(file.len() - 4, 4)? != b"PAR1" {
            return Err(ReadError::Truncated("the Parquet footer is missing".to_owned()));
        }
        let reading = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&file, reading).map_err(in_own_words)?;
        let columns = columns(metadata.parquet_schema(), &options.fields);
        if !columns.iter().any(|column| matches!(column.role, Role::Html | Role::Text)) {
            let wanted = options.fields.of_pages();
            let why = format!("a Parquet file without a text column {wanted}");
            return Err(ReadError::Unsupported(why));
        }
        // Views share the bytes of a page or dictionary: a value that a million rows have in
        // common is there once.
        let reading = ArrowReaderOptions::new().with_schema(views(metadata.schema()));
        let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), reading)
            .map_err(in_own_words)?;
        let file_limits = options.limits;
        Ok(Self { at, file, metadata, columns, limits: file_limits })
    }

    fn group(&self, group: usize) -> &RowGroupMetaData {
        self.metadata.metadata().row_group(group)
    }

    fn rows(&self, group: usize) -> u64 {
        u64::try_from(self.group(group).num_rows()).unwrap_or(0)
    }

    /// Reads a group batch by batch; false from `give` ends it.
    fn read(
        &self,
        group: usize,
        first: u64,
        give: &mut dyn FnMut(Vec<Item>) -> bool,
    ) -> Result<(), ReadError> {
        let (mut packed, mut size) = (0_u64, 0_u64);
        for column in &self.columns {
            let column = self.group(group).column(column.leaf);
            packed = packed.saturating_add(column.compressed_size().try_into().unwrap_or(0));
            size = size.saturating_add(column.uncompressed_size().try_into().unwrap_or(0));
        }
        if size > UNSUSPECTED.max(packed.saturating_mul(self.limits.max_ratio)) {
            return Err(ReadError::Bomb { max_ratio: self.limits.max_ratio });
        }
        let rows = (BATCH / (size / self.rows(group).max(1)).max(1)).clamp(1, MAX_ROWS);
        let leaves = self.columns.iter().map(|column| column.leaf);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.file.clone(),
            self.metadata.clone(),
        )
        .with_projection(ProjectionMask::leaves(self.metadata.parquet_schema(), leaves))
        .with_row_groups(vec![group])
        .with_batch_size(rows as usize)
        .build()
        .map_err(in_own_words)?;
        let mut number = first;
        for batch in reader {
            let batch = batch.map_err(|error| ReadError::Corrupt(error.to_string()))?;
            let items =
                (0..batch.num_rows()).map(|row| self.item(&batch, row, number + row as u64));
            if !give(items.collect()) {
                return Ok(());
            }
            number += batch.num_rows() as u64;
        }
        if number - first < self.rows(group) {
            let (given, rows) = (number - first, self.rows(group));
            return Err(ReadError::Truncated(format!("{given} rows of {rows}")));
        }
        Ok(())
    }

    fn item(&self, batch: &RecordBatch, index: usize, number: u64) -> Item {
        let mut row = Row::default();
        for column in &self.columns {
            let Some(value) = column.value(batch, index) else { continue };
            if value.len() as u64 > self.limits.max_bytes {
                let (size, max_bytes) = (Some(value.len() as u64), self.limits.max_bytes);
                let at = self.place(format!("row {number}"));
                return Item::Fault { at, error: ReadError::TooLarge { size, max_bytes } };
            }
            row.put(column.role, 0, value.into_owned());
        }
        match row.record(&self.at, format!("row {number}")) {
            Ok(record) => Item::Page(record),
            Err(at) => Item::Skipped { at, kind: "no-text".to_owned() },
        }
    }

    fn place(&self, name: String) -> Place {
        let member = match &self.at.member {
            Some(own) => format!("{own}!{name}"),
            None => name,
        };
        Place { member: Some(member), ..self.at.clone() }
    }
}

/// The rows of all groups in their order. Each group has a thread, which waits when it is one
/// batch ahead and ends when nobody wants its rows.
struct Groups {
    plan: Arc<Plan>,
    ahead: usize,
    reading: VecDeque<Receiver<Vec<Item>>>,
    /// The next group to begin, and the number of its first row, from 1.
    next: usize,
    first: u64,
    batch: std::vec::IntoIter<Item>,
}

impl Groups {
    fn new(plan: Plan) -> Self {
        let ahead = std::thread::available_parallelism().map_or(1, usize::from).min(AT_A_TIME);
        Self {
            plan: Arc::new(plan),
            ahead,
            reading: VecDeque::new(),
            next: 0,
            first: 1,
            batch: Vec::new().into_iter(),
        }
    }

    fn begin(&mut self) {
        let (group, first) = (self.next, self.first);
        self.next += 1;
        self.first += self.plan.rows(group);
        let (send, receive) = sync_channel(1);
        let plan = Arc::clone(&self.plan);
        let thread = std::thread::Builder::new()
            .name(format!("rows-{group}"))
            .spawn(move || read_group(&plan, group, first, &send));
        if let Err(error) = thread {
            let at = self.plan.place(format!("row group {group}"));
            self.batch = vec![Item::Fault { at, error: error.into() }].into_iter();
        } else {
            self.reading.push_back(receive);
        }
    }
}

fn read_group(plan: &Plan, group: usize, first: u64, send: &SyncSender<Vec<Item>>) {
    let mut next = first;
    let read = catch_unwind(AssertUnwindSafe(|| {
        plan.read(group, first, &mut |items| {
            next += items.len() as u64;
            send.send(items).is_ok()
        })
    }));
    let read = read.unwrap_or_else(|_| Err(ReadError::Corrupt("the Parquet pages".to_owned())));
    if let Err(error) = read {
        let at = plan.place(format!("rows {next} to {}", first + plan.rows(group).max(1) - 1));
        // When nobody listens, nobody wants to know.
        let _ = send.send(vec![Item::Fault { at, error }]);
    }
}

impl Iterator for Groups {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.batch.next() {
                return Some(item);
            }
            let groups = self.plan.metadata.metadata().num_row_groups();
            while self.reading.len() < self.ahead && self.next < groups {
                self.begin();
            }
            match self.reading.front()?.recv() {
                Ok(batch) => self.batch = batch.into_iter(),
                Err(_) => {
                    self.reading.pop_front();
                }
            }
        }
    }
}

impl Length for RandomAccess {
    fn len(&self) -> u64 {
        self.len()
    }
}

impl ChunkReader for RandomAccess {
    type T = BufReader<std::io::Take<Self>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(self.from(start).take(u64::MAX)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        Ok(self.exact(start, length)?.into())
    }
}

fn in_own_words(error: ParquetError) -> ReadError {
    match error {
        ParquetError::NYI(what) => ReadError::Unsupported(what),
        ParquetError::EOF(what) => ReadError::Truncated(what),
        other => ReadError::Corrupt(other.to_string()),
    }
}
