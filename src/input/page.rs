//! Files that are one page each.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::input::ReadError;
use crate::input::walk::kind_name;

/// Opens a regular file and tells its size in bytes. Never waits on a pipe or device.
pub(super) fn open(path: &Path) -> Result<(File, u64), ReadError> {
    // Opening a pipe for reading already waits, so its kind is asked first.
    let kind = std::fs::metadata(path)?.file_type();
    if !kind.is_file() {
        return Err(ReadError::NotAFile(kind_name(kind)));
    }
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

/// Reads a file of at most `max_bytes` bytes, whatever it is.
///
/// # Errors
/// When the file is larger, is no regular file, or cannot be read. Never reads more than one
/// byte beyond `max_bytes`, and never waits on a pipe or device.
pub fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    let (file, size) = open(path)?;
    if size > max_bytes {
        return Err(ReadError::TooLarge { size: Some(size), max_bytes });
    }
    bounded(file, size, max_bytes)
}

/// Reads standard input up to `max_bytes` bytes, whatever it is.
///
/// # Errors
/// When there is more than that, or it cannot be read.
pub fn read_stdin(max_bytes: u64) -> Result<Vec<u8>, ReadError> {
    bounded(io::stdin().lock(), 0, max_bytes)
}

/// Reads to the end, but at most one byte more than allowed: a file may grow while it is read.
pub(super) fn bounded(
    source: impl Read,
    expected: u64,
    max_bytes: u64,
) -> Result<Vec<u8>, ReadError> {
    // One byte more than expected spares `read_to_end` from growing only to see the end.
    let capacity = usize::try_from(expected.min(max_bytes)).unwrap_or(0).saturating_add(1);
    let mut bytes = Vec::with_capacity(capacity);
    source.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(ReadError::TooLarge { size: None, max_bytes });
    }
    Ok(bytes)
}
