//! Where bytes come from: files, folders, standard input.
//!
//! Takes paths as a user gives them and gives records, each with the name it is reported by.
//! What cannot be read is an entry too, so that nothing is passed over in silence.

mod walk;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use walk::{Entry, InputError, WalkOptions, walk};

/// One item of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Path as given or found; `-` for standard input. Bytes of a path that are not UTF-8 show
    /// as U+FFFD.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Why a record's bytes could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The record is larger than the caller allows.
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge {
        /// Size in bytes, where it is known without reading on.
        size: Option<u64>,
        /// What the caller allows, in bytes.
        max_bytes: u64,
    },
    /// The path names something that is no regular file: reading it might never end.
    #[error("{0} cannot be read as a page")]
    NotAFile(&'static str),
    /// The system refused.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads a file of at most `max_bytes` bytes.
///
/// # Errors
/// When the file is larger, is no regular file, or cannot be read. Never reads more than one
/// byte beyond `max_bytes`, and never waits on a pipe or device.
pub fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    // Opening a pipe for reading already waits, so its kind is asked first.
    let kind = std::fs::metadata(path)?.file_type();
    if !kind.is_file() {
        return Err(ReadError::NotAFile(walk::kind_name(kind)));
    }
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > max_bytes {
        return Err(ReadError::TooLarge { size: Some(size), max_bytes });
    }
    bounded(file, size, max_bytes)
}

/// Reads standard input up to `max_bytes` bytes.
///
/// # Errors
/// When there is more than that, or it cannot be read.
pub fn read_stdin(max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    bounded(io::stdin().lock(), 0, max_bytes)
}

/// Reads to the end, but at most one byte more than allowed: a file may grow while it is read.
fn bounded(source: impl Read, expected: u64, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    // One byte more than expected spares `read_to_end` from growing only to see the end.
    let capacity = usize::try_from(expected.min(max_bytes)).unwrap_or(0).saturating_add(1);
    let mut bytes = Vec::with_capacity(capacity);
    source.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(ReadError::TooLarge { size: None, max_bytes });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
