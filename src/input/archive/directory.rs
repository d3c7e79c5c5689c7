//! The table of contents at the end of a zip file, read entry by entry so that an archive of a
//! million members needs no more memory than one of ten.

use std::io::{BufReader, Read, Take};

use crate::input::ReadError;
use crate::input::archive::random_access::RandomAccess;

const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
/// Length of the end record without its comment, whose length has 16 bits.
const END_LEN: usize = 22;
const LOCATOR_64_LEN: u64 = 20;
const END_64_LEN: usize = 56;
const ENTRY_LEN: usize = 46;
/// Stands in a 32-bit field for a value in the zip64 extra field.
const IN_EXTRA: u64 = u32::MAX as u64;

/// Whether bytes begin like a zip file: with a member, or with the end of an empty one.
pub(in crate::input) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(&END)
}

/// A member, as the table of contents describes it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Bit 0: encrypted.
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// Bytes as stored.
    pub(super) packed: u64,
    /// Bytes of content.
    pub(super) size: u64,
    /// Where its local header begins.
    pub(super) offset: u64,
    /// Type and permissions of the Unix file it was.
    pub(super) mode: u32,
}

/// The entries, in their order.
pub(super) struct Directory {
    source: BufReader<Take<RandomAccess>>,
    left: u64,
    /// Bytes before the archive, as in a program that unpacks itself.
    prefix: u64,
}

impl Directory {
    /// Finds the table of contents.
    ///
    /// # Errors
    /// When there is none, as in a file cut short, or it contradicts itself.
    pub(super) fn find(file: &RandomAccess) -> Result<Self, ReadError> {
        let len = file.len();
        let tail_len = len.min((END_LEN + usize::from(u16::MAX)) as u64);
        let tail = file.exact(len - tail_len, tail_len as usize)?;
        let at = (0..tail.len().saturating_sub(END_LEN - 1))
            .rev()
            .find(|&at| {
                tail[at..].starts_with(&END) && {
                    let comment = usize::from(u16_at(&tail, at + 20));
                    at + END_LEN + comment <= tail.len()
                }
            })
            .ok_or_else(|| {
                ReadError::Truncated("the zip file's table of contents is missing".to_owned())
            })?;
        let end = &tail[at..];
        let mut end_at = len - tail_len + at as u64;
        let mut count = u64::from(u16_at(end, 10));
        let mut size = u64::from(u32_at(end, 12));
        let mut start = u64::from(u32_at(end, 16));
        let mut disks = u16_at(end, 4) != 0;
        if let Some(locator) = end_at.checked_sub(LOCATOR_64_LEN)
            && let Ok(bytes) = file.exact(locator, LOCATOR_64_LEN as usize)
            && bytes.starts_with(&LOCATOR_64)
        {
            // What comes before the archive is not counted in its offsets: the record lies where
            // it says, or right before its locator.
            let stated = u64_at(&bytes, 8);
            let before = locator.saturating_sub(END_64_LEN as u64);
            let (place, record) = [stated, before]
                .into_iter()
                .find_map(|place| {
                    let record = file.exact(place, END_64_LEN).ok()?;
                    record.starts_with(&END_64).then_some((place, record))
                })
                .ok_or_else(|| corrupt("its zip64 record is missing"))?;
            (count, size) = (u64_at(&record, 32), u64_at(&record, 40));
            start = u64_at(&record, 48);
            disks = u32_at(&record, 16) != 0;
            end_at = place;
        }
        if disks {
            return Err(ReadError::Unsupported("a zip file in several parts".to_owned()));
        }
        let actual =
            end_at.checked_sub(size).ok_or_else(|| corrupt("it is larger than the file"))?;
        let stated = file.exact(start, ENTRY.len()).is_ok_and(|bytes| bytes == ENTRY);
        let (start, prefix) = if stated || count == 0 {
            (start.min(end_at), 0)
        } else {
            (actual, actual.checked_sub(start).ok_or_else(|| corrupt("it is not where it says"))?)
        };
        let source = BufReader::with_capacity(1 << 16, file.from(start).take(end_at - start));
        Ok(Self { source, left: count, prefix })
    }

    fn entry(&mut self) -> Result<Entry, ReadError> {
        let mut head = [0; ENTRY_LEN];
        self.source.read_exact(&mut head)?;
        if !head.starts_with(&ENTRY) {
            return Err(corrupt("an entry has no mark"));
        }
        let mut read = |len: u16| {
            let mut bytes = vec![0; usize::from(len)];
            self.source.read_exact(&mut bytes).map(|()| bytes)
        };
        let name = read(u16_at(&head, 28))?;
        let extra = read(u16_at(&head, 30))?;
        read(u16_at(&head, 32))?;
        let mut wide = zip64(&extra).chunks_exact(8).map(|bytes| u64_at(bytes, 0));
        let mut value = |at: usize| match u64::from(u32_at(&head, at)) {
            IN_EXTRA => wide.next().unwrap_or(IN_EXTRA),
            value => value,
        };
        // In the order in which the extra field has them.
        let (size, packed, offset) = (value(24), value(20), value(42));
        Ok(Entry {
            name: String::from_utf8_lossy(&name).into_owned(),
            flags: u16_at(&head, 8),
            method: u16_at(&head, 10),
            crc: u32_at(&head, 16),
            packed,
            size,
            offset: offset.saturating_add(self.prefix),
            // Only meaningful from Unix, and zero elsewhere.
            mode: u32_at(&head, 38) >> 16,
        })
    }
}

impl Iterator for Directory {
    type Item = Result<Entry, ReadError>;

    /// After an error there is nothing more: entries follow each other without a way to find the
    /// next.
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let entry = self.entry();
        if let Err(error) = entry {
            let lost = std::mem::take(&mut self.left).saturating_add(1);
            let why =
                format!("the zip file's table of contents ({error}); {lost} entries are lost");
            return Some(Err(ReadError::Corrupt(why)));
        }
        Some(entry)
    }
}

/// The content of the zip64 extra field, empty if there is none.
fn zip64(mut extra: &[u8]) -> &[u8] {
    while let [a, b, c, d, rest @ ..] = extra {
        let len = usize::from(u16::from_le_bytes([*c, *d])).min(rest.len());
        if u16::from_le_bytes([*a, *b]) == 1 {
            return &rest[..len];
        }
        extra = &rest[len..];
    }
    &[]
}

fn corrupt(what: &str) -> ReadError {
    ReadError::Corrupt(format!("the zip file's table of contents: {what}"))
}

/// A number in little-endian order; zero where the bytes end before.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
}

/// As [`u16_at`].
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}
