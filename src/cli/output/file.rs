//! A file that grows and may be cut: plain, or of compressed members that each end at a cut.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Level of Zstandard: its own default, named so that files do not change with the library.
const ZSTD_LEVEL: i32 = 3;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// A file written from front to back.
///
/// A cut ends the member (gzip) or frame (Zstandard) at hand; readers take any number of them
/// one after the other as one stream. So a file that is shortened to a cut is a whole file.
pub(crate) struct Growing {
    packing: Packing,
    /// Between two members; none only while a member is taken up.
    out: Option<Out>,
    /// Nothing has been written yet: not even an empty member, which an empty stream needs.
    untouched: bool,
}

enum Out {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Growing {
    /// Opens a file to go on after its first `length` bytes; what lies behind them is taken away.
    ///
    /// # Errors
    /// When it cannot be opened, or holds less.
    pub(crate) fn open(path: &Path, packing: Packing, length: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        // A device or pipe has no length, and nothing to be taken away.
        if file.metadata()?.is_file() {
            if file.metadata()?.len() < length {
                return Err(io::Error::other("the file is shorter than it was"));
            }
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
        }
        let out = Out::Plain(BufWriter::with_capacity(BUFFER, file));
        Ok(Self { packing, out: Some(out), untouched: length == 0 })
    }

    /// The stream, with a member begun where the packing has them.
    fn begun(&mut self) -> io::Result<&mut dyn Write> {
        self.untouched = false;
        let out = match (self.out.take(), self.packing) {
            (Some(Out::Plain(file)), Packing::Gzip) => {
                Out::Gzip(GzEncoder::new(file, Compression::default()))
            }
            (Some(Out::Plain(file)), Packing::Zstd) => {
                Out::Zstd(zstd::Encoder::new(file, ZSTD_LEVEL)?)
            }
            (Some(out), _) => out,
            (None, _) => return Err(broken()),
        };
        Ok(match self.out.insert(out) {
            Out::Plain(file) => file,
            Out::Gzip(member) => member,
            Out::Zstd(frame) => frame,
        })
    }

    /// Writes bytes that are to be compressed.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.begun()?.write_all(bytes)
    }

    /// Ends the member and brings everything to the file. Gives the length of the file in bytes.
    pub(crate) fn cut(&mut self) -> io::Result<u64> {
        let mut file = match self.out.take() {
            Some(Out::Plain(file)) => file,
            Some(Out::Gzip(member)) => member.finish()?,
            Some(Out::Zstd(frame)) => frame.finish()?,
            None => return Err(broken()),
        };
        file.flush()?;
        let length = file.stream_position().unwrap_or(0);
        self.out = Some(Out::Plain(file));
        Ok(length)
    }

    /// Ends the file. An empty one of a compressed kind holds one empty member.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.untouched {
            self.begun()?;
        }
        self.cut().map(|_| ())
    }
}

/// A member could not be ended or begun, and the caller went on.
fn broken() -> io::Error {
    io::Error::other("an earlier write failed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn unpacked(path: &Path, packing: Packing) -> String {
        let bytes = std::fs::read(path).unwrap();
        let mut text = String::new();
        match packing {
            Packing::Plain => text = String::from_utf8(bytes).unwrap(),
            Packing::Gzip => {
                flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            }
            Packing::Zstd => {
                zstd::Decoder::new(&bytes[..]).unwrap().read_to_string(&mut text).unwrap();
            }
        }
        text
    }

    #[test]
    fn what_was_written_after_a_cut_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
            let path = folder.path().join(format!("{packing:?}"));
            let mut file = Growing::open(&path, packing, 0).unwrap();
            file.write(b"one\n").unwrap();
            let cut = file.cut().unwrap();
            file.write(b"torn").unwrap();
            file.cut().unwrap();
            drop(file);
            let mut file = Growing::open(&path, packing, cut).unwrap();
            file.write(b"two\n").unwrap();
            file.finish().unwrap();
            assert_eq!(unpacked(&path, packing), "one\ntwo\n", "{packing:?}");
            assert!(Growing::open(&path, packing, 1 << 20).is_err());
        }
    }

    #[test]
    fn an_empty_stream_is_a_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
            let path = folder.path().join(format!("{packing:?}"));
            Growing::open(&path, packing, 0).unwrap().finish().unwrap();
            assert_eq!(unpacked(&path, packing), "");
            assert_eq!(std::fs::read(&path).unwrap().is_empty(), packing == Packing::Plain);
        }
    }
}
