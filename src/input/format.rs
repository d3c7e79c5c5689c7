//! What a file is: told by its first bytes, not by its name.

use crate::input::feed::Feed;
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
}

impl InputFormat {
    /// Every format that can be asked for by name: what is left when compression is taken off.
    pub const NAMED: [Self; 3] = [Self::Page, Self::Warc, Self::Arc];

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
        }
    }
}

/// Bytes looked at to tell a format.
pub(super) const HEAD: usize = 4096;

/// What the bytes to come are. `name` is the file's or member's name, for formats whose bytes
/// alone do not tell.
pub(super) fn sniff(feed: &mut Feed, _name: &str) -> InputFormat {
    of_head(feed.peek(HEAD))
}

fn of_head(head: &[u8]) -> InputFormat {
    let is = |magic: &[u8]| head.starts_with(magic);
    if is(b"\x1f\x8b\x08") {
        InputFormat::Gzip
    } else if is(b"\x28\xb5\x2f\xfd") || is_skippable_frame(head) {
        InputFormat::Zstd
    } else if is(b"\x04\x22\x4d\x18") {
        InputFormat::Lz4
    } else if Warc::begins(head) {
        InputFormat::Warc
    } else if is(b"filedesc://") {
        InputFormat::Arc
    } else {
        InputFormat::Page
    }
}

/// Zstandard and LZ4 share the frames that decoders skip; WARC files compressed with Zstandard
/// begin with one that holds their dictionary.
fn is_skippable_frame(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}
