//! Files that are read from their end: a zip's table of contents and a Parquet file's footer
//! lie there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use crate::input::ReadError;
use crate::input::feed::{Feed, Meter};
use crate::input::open::Input;

/// Bytes of a pipe or an archive's member that are kept in memory before they go to a temporary
/// file.
const IN_MEMORY: usize = 8 << 20;

/// Reads at any place. Clones share the file, each with a place of its own.
#[derive(Clone)]
pub(in crate::input) struct RandomAccess {
    file: Arc<Mutex<Box<dyn Seekable>>>,
    len: u64,
    at: u64,
    /// None where the bytes were counted on their way to the temporary file.
    meter: Option<Meter>,
}

trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

impl RandomAccess {
    /// The file of an input; what has no file is read to its end and kept in a temporary one.
    pub(in crate::input) fn new(input: &mut Input, meter: &Meter) -> Result<Self, ReadError> {
        match &input.file {
            Some(path) => {
                let file = File::open(path)?;
                let len = file.metadata()?.len();
                Ok(Self::of(file, len, Some(meter.clone())))
            }
            None => Self::spooled(&mut input.feed),
        }
    }

    fn spooled(feed: &mut Feed) -> Result<Self, ReadError> {
        let mut file = tempfile::spooled_tempfile(IN_MEMORY);
        let len = io::copy(feed, &mut file)?;
        Ok(Self::of(file, len, None))
    }

    fn of(file: impl Seekable + 'static, len: u64, meter: Option<Meter>) -> Self {
        Self { file: Arc::new(Mutex::new(Box::new(file))), len, at: 0, meter }
    }

    /// Size in bytes.
    pub(in crate::input) fn len(&self) -> u64 {
        self.len
    }

    /// The same file, to be read from `at`.
    pub(in crate::input) fn from(&self, at: u64) -> Self {
        Self { at, ..self.clone() }
    }

    /// Exactly `count` bytes from `at`.
    pub(in crate::input) fn exact(&self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        // What a damaged file declares is no reason to ask for memory.
        if at.checked_add(count as u64).is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; count];
        self.from(at).read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for RandomAccess {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // A panic cannot leave a file in a state that seeking does not repair.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(into)?;
        self.at += count as u64;
        if let Some(meter) = &self.meter {
            meter.add(count as u64);
        }
        Ok(count)
    }
}
