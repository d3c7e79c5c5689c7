//! Tar files, read as a stream: the headers by the tar crate, the way from one to the next here,
//! where a damaged header does not end it and no long name is read without bound.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tar::{EntryType, GnuExtSparseHeader, Header, PaxExtensions};

use crate::input::archive::member::{Archive, Member, check_name};
use crate::input::feed::Feed;
use crate::input::open::Input;
use crate::input::{Container, Item, Options, ReadError};

const BLOCK: usize = 512;
/// Largest header of extensions or long name, in bytes; real ones have a few hundred.
const MAX_EXTENSION: u64 = 1 << 20;

/// Whether bytes begin with the header of a tar file: its checksum is right.
pub(in crate::input) fn is_tar(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(is_header)
}

/// Reads the members of a tar file.
pub(in crate::input) fn open(input: Input, options: &Options) -> Container {
    let archive = Archive::new(&input, options);
    let source = Source(Arc::new(Mutex::new(input.feed)));
    Box::new(Tar { archive, source, body: Body::default(), inner: None, ended: false })
}

struct Tar {
    archive: Archive,
    source: Source,
    /// What is left of the last member.
    body: Body,
    /// The container that is being read, if a member is one.
    inner: Option<Container>,
    ended: bool,
}

/// What headers before a member's own say of it.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Iterator for Tar {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(inner) = &mut self.inner {
                if let Some(item) = inner.next() {
                    return Some(item);
                }
                self.inner = None;
            }
            if self.ended {
                return None;
            }
            match self.member() {
                Ok(None) => self.ended = true,
                Ok(Some(Member::Item(item))) => return Some(item),
                Ok(Some(Member::Container(inner))) => self.inner = Some(inner),
                Err(error) => {
                    // A damaged header is stepped over; of a source that fails nothing is left.
                    self.ended = !matches!(error, ReadError::Corrupt(_));
                    return Some(Item::Fault { at: self.archive.at.clone(), error });
                }
            }
        }
    }
}

impl Tar {
    /// The next member; none at the end. An error is one of the archive.
    fn member(&mut self) -> Result<Option<Member>, ReadError> {
        self.body.skip(&self.source)?;
        let mut extensions = Extensions::default();
        let mut start = None;
        loop {
            let offset = self.source.lock().offset();
            let Some(block) = self.source.block()? else { return Ok(None) };
            // Blocks of zeros end an archive, and another may follow.
            if block.iter().all(|&byte| byte == 0) {
                continue;
            }
            if !is_header(&block) {
                let skipped = self.source.resynchronise()?;
                return Err(ReadError::Corrupt(format!(
                    "a tar header; the next one is {} bytes on",
                    BLOCK as u64 + skipped
                )));
            }
            let offset = *start.get_or_insert(offset);
            let header = Header::from_byte_slice(&block);
            let kind = header.entry_type();
            let size = header.entry_size().map_err(|error| corrupt(&error))?;
            match kind {
                EntryType::GNULongName => extensions.name = Some(self.source.extension(size)?),
                EntryType::GNULongLink | EntryType::XGlobalHeader => {
                    self.source.extension(size)?;
                }
                EntryType::XHeader => extensions.read(&self.source.extension(size)?),
                _ => return self.entry(header, extensions, offset).map(Some),
            }
        }
    }

    fn entry(
        &mut self,
        header: &Header,
        extensions: Extensions,
        offset: Option<u64>,
    ) -> Result<Member, ReadError> {
        let kind = header.entry_type();
        let name = extensions.name.unwrap_or_else(|| header.path_bytes().into_owned());
        let name = String::from_utf8_lossy(&name);
        let name = name.trim_end_matches('\0');
        let at = self.archive.place(name, offset);
        if header.as_gnu().is_some_and(|gnu| kind == EntryType::GNUSparse && gnu.is_extended()) {
            self.source.sparse_headers()?;
        }
        let size = match extensions.size {
            Some(size) => size,
            None => header.entry_size().map_err(|error| corrupt(&error))?,
        };
        let skipped = match kind {
            EntryType::Directory => Some("folder"),
            EntryType::Regular | EntryType::Continuous if name.ends_with('/') => Some("folder"),
            EntryType::Symlink | EntryType::Link => Some("link"),
            EntryType::Char | EntryType::Block | EntryType::Fifo => Some("device"),
            EntryType::GNUSparse => Some("sparse"),
            _ if extensions.sparse => Some("sparse"),
            EntryType::Regular | EntryType::Continuous => None,
            _ => Some("other"),
        };
        // Links and devices have no content, whatever size they name.
        let has_body = !matches!(skipped, Some("link" | "device"));
        self.body = Body::new(if has_body { size } else { 0 });
        if let Some(kind) = skipped {
            return Ok(Member::Item(Item::Skipped { at, kind: kind.to_owned() }));
        }
        if let Err(error) = check_name(name) {
            return Ok(Member::Item(Item::Fault { at, error }));
        }
        let content = Content { source: self.source.clone(), body: self.body.clone() };
        Ok(self.archive.open(at, Feed::plain(content), Some(size)))
    }
}

impl Extensions {
    /// Takes what matters from a pax header. A record that breaks the rules is the end of it: what
    /// stands in the plain header still holds.
    fn read(&mut self, header: &[u8]) {
        for record in PaxExtensions::new(header).map_while(Result::ok) {
            match record.key_bytes() {
                b"path" => self.name = Some(record.value_bytes().to_vec()),
                b"size" => {
                    self.size = record.value().ok().and_then(|size| size.parse().ok());
                }
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
    }
}

/// The bytes of the tar file, which the reader of a member needs as well.
#[derive(Clone)]
struct Source(Arc<Mutex<Feed>>);

impl Source {
    fn lock(&self) -> MutexGuard<'_, Feed> {
        // Every use leaves the feed at a place of its own choice: nothing to be left half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next block; none at the end of the file.
    fn block(&self) -> Result<Option<[u8; BLOCK]>, ReadError> {
        let mut feed = self.lock();
        let ready = feed.need(BLOCK)?;
        match ready.first_chunk::<BLOCK>() {
            Some(&block) => {
                feed.take_bytes(BLOCK);
                Ok(Some(block))
            }
            None if ready.is_empty() => Ok(None),
            None => {
                let rest = ready.len();
                feed.take_bytes(rest);
                Err(ReadError::Truncated("in a tar header".to_owned()))
            }
        }
    }

    /// Skips to the next block that is a header, or to the end. Bytes skipped.
    fn resynchronise(&self) -> Result<u64, ReadError> {
        let mut feed = self.lock();
        let mut skipped = 0;
        loop {
            let ready = feed.need(BLOCK)?;
            let step = match ready.first_chunk() {
                Some(block) if is_header(block) => return Ok(skipped),
                Some(_) => BLOCK,
                None if ready.is_empty() => return Ok(skipped),
                None => ready.len(),
            };
            feed.take_bytes(step);
            skipped += step as u64;
        }
    }

    /// The content of a header that tells about the next one.
    fn extension(&self, size: u64) -> Result<Vec<u8>, ReadError> {
        let mut body = Body::new(size);
        if size > MAX_EXTENSION {
            body.skip(self)?;
            return Err(ReadError::Corrupt(format!("a tar header of {size} bytes")));
        }
        let mut bytes = vec![0; size as usize];
        self.lock().read_exact(&mut bytes)?;
        body.set(0);
        body.skip(self)?;
        Ok(bytes)
    }

    /// Skips the headers that list more holes of a sparse file.
    fn sparse_headers(&self) -> Result<(), ReadError> {
        let mut more = true;
        while more {
            let Some(block) = self.block()? else { return Ok(()) };
            let mut header = GnuExtSparseHeader::new();
            header.as_mut_bytes().copy_from_slice(&block);
            more = header.is_extended();
        }
        Ok(())
    }
}

/// What is left of a member: bytes of content, and the padding to a whole block after it.
#[derive(Clone, Default)]
struct Body(Arc<Mutex<(u64, u64)>>);

impl Body {
    fn new(size: u64) -> Self {
        let padding = size.wrapping_neg() % BLOCK as u64;
        Self(Arc::new(Mutex::new((size, padding))))
    }

    fn left(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn set(&self, left: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = left;
    }

    /// Reads what is left, padding and all.
    fn skip(&mut self, source: &Source) -> Result<(), ReadError> {
        let (left, padding) = std::mem::take(self).0.lock().map_or((0, 0), |rest| *rest);
        let mut feed = source.lock();
        let mut rest = left.saturating_add(padding);
        while rest > 0 {
            let ready = feed.need(1)?.len() as u64;
            if ready == 0 {
                // Some writers leave out the padding of the last member.
                return if rest <= padding { Ok(()) } else { Err(cut_short(rest - padding)) };
            }
            let step = ready.min(rest);
            feed.take_bytes(step as usize);
            rest -= step;
        }
        Ok(())
    }
}

/// The content of a member.
struct Content {
    source: Source,
    body: Body,
}

impl Read for Content {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.body.left();
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        let count = self.source.lock().read(&mut into[..room])?;
        if count == 0 && room > 0 {
            // Told here, where the member's name is known, and not again by the archive.
            self.body.set(0);
            return Err(cut_short(left).into());
        }
        self.body.set(left - count as u64);
        Ok(count)
    }
}

fn cut_short(missing: u64) -> ReadError {
    ReadError::Truncated(format!("the tar file ends {missing} bytes before its last member does"))
}

fn corrupt(error: &io::Error) -> ReadError {
    ReadError::Corrupt(format!("a tar header: {error}"))
}

/// Whether a block is a header: the sum of its bytes is the one it states.
fn is_header(block: &[u8; BLOCK]) -> bool {
    let header = Header::from_byte_slice(block);
    let field = 148..156;
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, &byte)| if field.contains(&at) { u32::from(b' ') } else { u32::from(byte) })
        .sum();
    block[0] != 0 && header.cksum().is_ok_and(|stated| stated == sum)
}
