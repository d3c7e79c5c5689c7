//! Zip files, and among them WACZ: a crawl's WARC files with their indexes.
//!
//! Members are read by their local headers as the table of contents lists them, also those of
//! the same name; decompression is bounded for each member and for all of them together.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::input::archive::directory::{Directory, Entry, u16_at};
use crate::input::archive::member::{Archive, Member, check_name};
use crate::input::archive::random_access::RandomAccess;
use crate::input::feed::Feed;
use crate::input::open::Input;
use crate::input::{Container, Item, Options, Place, ReadError};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_LEN: usize = 30;
/// Bytes that no limit on the ratio is asked for.
const UNSUSPECTED: u64 = 10 << 20;
const ENCRYPTED: u16 = 1;
/// What kind of file a Unix mode tells.
const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

/// Reads the members of a zip file.
pub(in crate::input) fn open(mut input: Input, options: &Options) -> Container {
    let archive = Archive::new(&input, options);
    let opened = RandomAccess::new(&mut input, &options.meter).and_then(|file| {
        let is_wacz = is_wacz(Directory::find(&file)?);
        Ok((Directory::find(&file)?, file, is_wacz))
    });
    match opened {
        Ok((directory, file, is_wacz)) => {
            Box::new(Zip { archive, directory, file, is_wacz, inner: None, given: Arc::default() })
        }
        Err(error) => Box::new(std::iter::once(Item::Fault { at: input.at, error })),
    }
}

struct Zip {
    archive: Archive,
    directory: Directory,
    file: RandomAccess,
    is_wacz: bool,
    /// The container that is being read, if a member is one.
    inner: Option<Container>,
    /// Bytes of content that all members gave so far: of overlapping ones each looks harmless.
    given: Arc<AtomicU64>,
}

impl Iterator for Zip {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(inner) = &mut self.inner {
                if let Some(item) = inner.next() {
                    return Some(item);
                }
                self.inner = None;
            }
            let entry = match self.directory.next()? {
                Ok(entry) => entry,
                Err(error) => return Some(Item::Fault { at: self.archive.at.clone(), error }),
            };
            // An entry may name any place; one beyond the file is none.
            let offset = Some(entry.offset).filter(|&offset| offset < self.file.len());
            let at = self.archive.place(&entry.name, offset);
            if let Some(kind) = self.skipped(&entry) {
                return Some(Item::Skipped { at, kind: kind.to_owned() });
            }
            match self.member(at.clone(), &entry) {
                Ok(Member::Item(item)) => return Some(item),
                Ok(Member::Container(inner)) => self.inner = Some(inner),
                Err(error) => return Some(Item::Fault { at, error }),
            }
        }
    }
}

impl Zip {
    /// What is no page by its entry alone.
    fn skipped(&self, entry: &Entry) -> Option<&'static str> {
        if entry.name.ends_with('/') {
            return Some("folder");
        }
        if entry.mode & KIND == LINK {
            return Some("link");
        }
        if !self.is_wacz {
            return None;
        }
        // The pages of a WACZ file are in its WARC files; all else tells about them.
        match entry.name.split_once('/') {
            Some(("archive", _)) => None,
            Some(("pages", _)) => Some("wacz-pages"),
            Some(("indexes", _)) => Some("wacz-index"),
            _ => Some("wacz-metadata"),
        }
    }

    fn member(&mut self, at: Place, entry: &Entry) -> Result<Member, ReadError> {
        check_name(&entry.name)?;
        if entry.flags & ENCRYPTED != 0 {
            return Err(ReadError::Encrypted);
        }
        let packed = self.packed(entry)?;
        let content: Box<dyn Read + Send> = match entry.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(BufReader::new(packed))),
            93 => Box::new(zstd::stream::read::Decoder::new(packed)?),
            other => {
                return Err(ReadError::Unsupported(format!(
                    "zip compression method {other}{}",
                    method_name(other)
                )));
            }
        };
        let max_ratio = self.archive.options().limits.max_ratio;
        let allowed = |stored: u64| UNSUSPECTED.max(stored.saturating_mul(max_ratio));
        let feed = Feed::plain(Checked {
            content,
            crc: Crc::new(),
            expected_crc: entry.crc,
            size: entry.size,
            given: 0,
            allowed: allowed(entry.packed),
            all_given: Arc::clone(&self.given),
            all_allowed: allowed(self.file.len()),
            max_ratio,
            ended: false,
        });
        Ok(self.archive.open(at, feed, Some(entry.size)))
    }

    /// The bytes of a member as they are stored.
    fn packed(&self, entry: &Entry) -> Result<impl Read + Send + use<>, ReadError> {
        let header = self.file.exact(entry.offset, LOCAL_LEN)?;
        if !header.starts_with(&LOCAL) {
            return Err(ReadError::Corrupt("the member is not where the zip file says".to_owned()));
        }
        let names = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        let start = entry.offset + LOCAL_LEN as u64 + names;
        if start.saturating_add(entry.packed) > self.file.len() {
            return Err(ReadError::Truncated("the member ends after the file".to_owned()));
        }
        Ok(self.file.from(start).take(entry.packed))
    }
}

fn is_wacz(directory: Directory) -> bool {
    let (mut described, mut warc) = (false, false);
    for entry in directory.map_while(Result::ok) {
        described |= entry.name == "datapackage.json";
        warc |= entry.name.starts_with("archive/") && entry.name.contains(".warc");
        if described && warc {
            return true;
        }
    }
    false
}

fn method_name(method: u16) -> &'static str {
    match method {
        9 => " (deflate64)",
        12 => " (bzip2)",
        14 => " (lzma)",
        95 => " (xz)",
        98 => " (ppmd)",
        _ => "",
    }
}

/// The content of a member, held to what its entry says of it.
struct Checked {
    content: Box<dyn Read + Send>,
    crc: Crc,
    expected_crc: u32,
    size: u64,
    given: u64,
    /// Most bytes it may give.
    allowed: u64,
    /// The same of all members.
    all_given: Arc<AtomicU64>,
    all_allowed: u64,
    max_ratio: u64,
    ended: bool,
}

impl Checked {
    fn at_end(&self) -> Result<(), ReadError> {
        if self.given < self.size {
            let (given, size) = (self.given, self.size);
            return Err(ReadError::Truncated(format!("{given} bytes of {size}")));
        }
        if self.crc.sum() != self.expected_crc {
            return Err(ReadError::Corrupt("the checksum is wrong".to_owned()));
        }
        Ok(())
    }
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ended || into.is_empty() {
            return Ok(0);
        }
        let count = self.content.read(into).inspect_err(|_| self.ended = true);
        let count = count.map_err(in_own_words)?;
        self.crc.update(&into[..count]);
        self.given += count as u64;
        let all = self.all_given.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        let verdict = if self.given > self.allowed || all > self.all_allowed {
            Err(ReadError::Bomb { max_ratio: self.max_ratio })
        } else if self.given > self.size {
            Err(ReadError::Corrupt("more content than the zip file says".to_owned()))
        } else if count == 0 {
            self.at_end()
        } else {
            Ok(())
        };
        self.ended = count == 0 || verdict.is_err();
        verdict?;
        Ok(count)
    }
}

/// Decoders tell bad data by the kind of the error.
fn in_own_words(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            ReadError::Corrupt(error.to_string()).into()
        }
        _ => error,
    }
}
