//! gzip: members one after the other, as RFC 1952 has them.

use std::io;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::input::compressed::{corrupt, seek_to, truncated};
use crate::input::feed::Feed;

/// Longest header: ten bytes, an extra field of at most 64 KiB, a name and a comment.
const MAX_HEADER: usize = 1 << 18;

/// Compressed bytes that tell whether a member begins where it seems to.
const PROBE: usize = 4096;

/// Bytes of a member that are kept until its checksum has come out right: damage can make the data
/// run on into the members behind it, which must be found again.
const MAX_HELD: usize = 1 << 20;

const MAGIC: &[u8] = b"\x1f\x8b\x08";

pub(super) struct Codec {
    inflate: Decompress,
    crc: Crc,
    /// All data of the member has come out; its checksum is next.
    ended: bool,
    /// What broke after bytes that are handed out first.
    broken: bool,
    /// Bytes that have been inflated but not been taken.
    held: usize,
}

impl Codec {
    pub(super) fn new() -> Self {
        Self {
            inflate: Decompress::new(false),
            crc: Crc::new(),
            ended: false,
            broken: false,
            held: 0,
        }
    }

    /// The checksum and size behind the data.
    fn check(&mut self, raw: &mut Feed) -> io::Result<()> {
        let held = self.held;
        let trailer = raw.need(held + 8)?.get(held..).and_then(|after| after.first_chunk::<8>());
        let Some([c0, c1, c2, c3, s0, s1, s2, s3]) = trailer.copied() else {
            return Err(truncated("the file ends in the checksum of a gzip member"));
        };
        let same = u32::from_le_bytes([c0, c1, c2, c3]) == self.crc.sum()
            && u32::from_le_bytes([s0, s1, s2, s3]) == self.crc.amount();
        if !same {
            return Err(corrupt("the checksum of a gzip member is wrong"));
        }
        raw.take_bytes(held + 8);
        self.held = 0;
        Ok(())
    }
}

impl super::Codec for Codec {
    fn begin(&mut self, raw: &mut Feed) -> io::Result<bool> {
        let head = raw.need(10)?;
        // Tapes and disks are filled up with zeros.
        let zeros = head.iter().take_while(|&&byte| byte == 0).count();
        if zeros > 0 {
            raw.take_bytes(zeros);
            return Ok(false);
        }
        if !head.starts_with(&MAGIC[..head.len().min(3)]) {
            return Err(corrupt("bytes that are no gzip member"));
        }
        let simple = head.get(3) == Some(&0);
        let head = if simple { head } else { raw.need(MAX_HEADER)? };
        let Some(length) = header_len(head) else {
            return Err(truncated("the file ends in the header of a gzip member"));
        };
        raw.take_bytes(length);
        self.inflate.reset(false);
        self.crc.reset();
        (self.ended, self.broken, self.held) = (false, false, 0);
        Ok(true)
    }

    fn decode(&mut self, raw: &mut Feed, into: &mut [u8]) -> io::Result<Option<usize>> {
        if self.broken {
            return Err(corrupt("the data of a gzip member is damaged"));
        }
        if self.ended {
            self.check(raw)?;
            return Ok(None);
        }
        let input = &raw.need(self.held + 1)?[self.held..];
        if input.is_empty() {
            return Err(truncated("the file ends in the middle of a gzip member"));
        }
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, into, FlushDecompress::None);
        let count = (self.inflate.total_out() - before_out) as usize;
        let taken = (self.inflate.total_in() - before_in) as usize;
        match status {
            Err(_) => self.broken = true,
            Ok(status) => {
                self.held += taken;
                if self.held > MAX_HELD {
                    raw.take_bytes(self.held);
                    self.held = 0;
                }
                self.ended = status == Status::StreamEnd;
                self.broken = !self.ended && taken == 0 && count == 0;
            }
        }
        self.crc.update(&into[..count]);
        Ok(Some(count))
    }

    fn held(&self) -> usize {
        self.held
    }

    fn seek(&mut self, raw: &mut Feed) -> io::Result<bool> {
        while seek_to(raw, MAGIC)? {
            if begins_here(raw.peek(PROBE)) {
                return Ok(true);
            }
            raw.take_bytes(1);
        }
        Ok(false)
    }
}

/// Length of a member's header; none where it is not all there.
fn header_len(head: &[u8]) -> Option<usize> {
    const CHECKSUM: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let flags = *head.get(3)?;
    let mut length = 10;
    if flags & EXTRA != 0 {
        let size = head.get(length..length + 2)?;
        length += 2 + usize::from(u16::from_le_bytes([size[0], size[1]]));
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            length += memchr::memchr(0, head.get(length..)?)? + 1;
        }
    }
    if flags & CHECKSUM != 0 {
        length += 2;
    }
    (length <= head.len()).then_some(length)
}

/// Whether bytes that look like a member can be inflated.
fn begins_here(head: &[u8]) -> bool {
    if head.get(3).is_none_or(|flags| flags & 0xe0 != 0) {
        return false;
    }
    let Some(length) = header_len(head) else { return false };
    let mut out = [0; PROBE];
    Decompress::new(false).decompress(&head[length..], &mut out, FlushDecompress::None).is_ok()
}
