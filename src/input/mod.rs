//! Where bytes come from: files, folders, standard input, and the containers that crawlers write.
//!
//! Takes paths as a user gives them and gives [`Item`]s, one after the other and in constant
//! memory: pages, each with the name it is reported by; what was seen and passed over; and what
//! cannot be read, so that nothing is lost in silence.
//!
//! ```no_run
//! use crawlint::input::{Item, Options, Start, items};
//!
//! let starts = [Start::Path("crawl.warc.gz".into())];
//! for pull in items(starts, &Options::default()) {
//!     match pull.item() {
//!         Item::Page(record) => println!("{:?}: {} bytes", record.url, record.bytes.len()),
//!         Item::Skipped { kind, .. } => println!("passed over: {kind}"),
//!         Item::Fault { error, .. } => println!("unreadable: {error}"),
//!     }
//! }
//! ```

mod archive;
mod compressed;
mod error;
mod feed;
mod format;
mod open;
mod page;
mod rows;
mod source;
mod walk;
mod warc;

pub use error::ReadError;
pub use feed::Meter;
pub use format::InputFormat;
pub use page::{read, read_stdin};
pub use rows::{Fields, FieldsError};
pub use source::{Items, Pull, Start, items, record_at, records, size};
pub use walk::{Entry, InputError, WalkOptions, walk};

/// One page on its way to the scanner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Path as given or found; `-` for standard input. Bytes of a path that are not UTF-8 show
    /// as U+FFFD.
    pub path: String,
    /// Name inside the container: the id of a WARC record, the name of an archive's member.
    pub member: Option<String>,
    /// Where the record begins in the outermost file as stored, in bytes.
    pub offset: Option<u64>,
    /// Address of the page.
    pub url: Option<String>,
    /// `Content-Type` of the HTTP answer, with its charset.
    pub content_type: Option<String>,
    /// When the page was fetched, as recorded; RFC 3339 where the container has it.
    pub date: Option<String>,
    /// The content.
    pub bytes: Vec<u8>,
}

/// What a source gives, one after the other.
#[derive(Debug)]
pub enum Item {
    /// A page to judge.
    Page(Record),
    /// Seen and rightly passed over.
    Skipped {
        /// Where.
        at: Place,
        /// What it is, in a short stable word: `request`, `revisit`, `image`, `folder`.
        kind: String,
    },
    /// Trouble with one record, or with the rest of its container.
    Fault {
        /// Where.
        at: Place,
        /// What is wrong.
        error: ReadError,
    },
}

/// A record by its name, without its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// As [`Record::path`].
    pub path: String,
    /// As [`Record::member`].
    pub member: Option<String>,
    /// As [`Record::offset`].
    pub offset: Option<u64>,
    /// As [`Record::url`].
    pub url: Option<String>,
}

impl Place {
    /// A place that is a whole file.
    pub fn path(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

/// The records of a container, in their order.
pub type Container = Box<dyn Iterator<Item = Item> + Send>;

/// What bounds the memory and time of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest record, decompressed, in bytes. Default: 32 MiB.
    pub max_bytes: u64,
    /// Most bytes that one compressed byte may give, once a record is above 10 MiB. Default: 1000.
    pub max_ratio: u64,
    /// Containers in containers. Default: 3.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 32 << 20, max_ratio: 1000, max_depth: 3 }
    }
}

/// How inputs are read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What bounds each read.
    pub limits: Limits,
    /// What every file is, compression aside. Default: told by its content.
    pub format: Option<InputFormat>,
    /// Names of the fields of JSON lines and Parquet files.
    pub fields: Fields,
    /// How folders are searched.
    pub walk: WalkOptions,
    /// Counts the bytes read, as stored.
    pub meter: Meter,
}

#[cfg(test)]
mod tests;
