//! What a file is: told by its first bytes, not by its name.

use crate::input::archive::{is_tar, is_zip};
use crate::input::feed::Feed;
use crate::input::rows::is_jsonl;
use crate::input::warc::{Framing as _, Warc};

/// How a file holds its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InputFormat {
    /// The file is the page.
    Page,
    /// Compressed with gzip; what is inside is looked at again.
    Gzip,
    /// Compressed with Zstandard; what is inside is looked at again.
    Zstd,
    /// Compressed in the LZ4 frame format; what is inside is looked at again.
    Lz4,
    /// WARC 1.0 or 1.1: records of a crawl.
    Warc,
    /// ARC: the older format of the Internet Archive.
    Arc,
    /// Zip, and WACZ, which is a zip of WARC files.
    Zip,
    /// Tar.
    Tar,
    /// One JSON object to a line, one page to an object.
    Jsonl,
    /// Parquet: a table with one page to a row.
    Parquet,
}

impl InputFormat {
    /// Every format that can be asked for by name: what is left when compression is taken off.
    pub const NAMED: [Self; 7] =
        [Self::Page, Self::Warc, Self::Arc, Self::Zip, Self::Tar, Self::Jsonl, Self::Parquet];

    /// Whether what is inside has to be looked at again.
    pub(super) fn is_compression(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd | Self::Lz4)
    }

    /// The name users write.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Warc => "warc",
            Self::Arc => "arc",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }
}

/// Bytes looked at to tell a format.
pub(super) const HEAD: usize = 4096;

/// What the bytes to come are. `name` is the file's or member's name, for formats whose bytes
/// alone do not tell.
pub(super) fn sniff(feed: &mut Feed, name: &str) -> InputFormat {
    let found = of_head(feed.peek(HEAD));
    if found != InputFormat::Page || !starts_object(feed.peek(HEAD)) {
        return found;
    }
    // Lines are long: only a text that begins like an object is looked at this far.
    let head = feed.peek(LINES);
    if is_jsonl(head, head.len() < LINES, name) { InputFormat::Jsonl } else { found }
}

/// Bytes looked at to see whole lines.
const LINES: usize = 1 << 20;

fn starts_object(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    head.trim_ascii_start().starts_with(b"{")
}

/// How the bytes to come are compressed, if they are. Looks at no more of them than it must: who
/// sends a stream may wait for the answer to its first record.
pub(super) fn compression(feed: &mut Feed) -> Option<InputFormat> {
    compression_of(feed.peek(4))
}

fn compression_of(head: &[u8]) -> Option<InputFormat> {
    let is = |magic: &[u8]| head.starts_with(magic);
    if is(b"\x1f\x8b\x08") {
        Some(InputFormat::Gzip)
    } else if is(b"\x28\xb5\x2f\xfd") || is_skippable_frame(head) {
        Some(InputFormat::Zstd)
    } else if is(b"\x04\x22\x4d\x18") {
        Some(InputFormat::Lz4)
    } else {
        None
    }
}

fn of_head(head: &[u8]) -> InputFormat {
    let is = |magic: &[u8]| head.starts_with(magic);
    if let Some(format) = compression_of(head) {
        format
    } else if Warc::begins(head) {
        InputFormat::Warc
    } else if is(b"filedesc://") {
        InputFormat::Arc
    } else if is_zip(head) {
        InputFormat::Zip
    } else if is(b"PAR1") || is(b"PARE") {
        InputFormat::Parquet
    } else if is_tar(head) {
        InputFormat::Tar
    } else {
        InputFormat::Page
    }
}

/// Zstandard and LZ4 share the frames that decoders skip; WARC files compressed with Zstandard
/// begin with one that holds their dictionary.
fn is_skippable_frame(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}
