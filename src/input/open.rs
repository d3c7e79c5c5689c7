//! From an opened source to its pages: looks at the first bytes and calls the reader for them.

use std::path::PathBuf;

use crate::input::archive::{open_tar, open_zip, passed_over};
use crate::input::compressed::decompressed;
use crate::input::feed::Feed;
use crate::input::format::{HEAD, compression, sniff};
use crate::input::page::bounded;
use crate::input::rows::{open_jsonl, open_parquet};
use crate::input::warc::{Arc, Reader, Warc};
use crate::input::{Container, InputFormat, Item, Limits, Options, Place, ReadError, Record};

/// Something to read, with what is known of it.
pub(super) struct Input {
    /// Its name, and for a member of a container the container's path and the member's offset.
    pub(super) at: Place,
    pub(super) feed: Feed,
    /// The file itself, for formats that are read from their end; none for a pipe, a member or
    /// what was compressed.
    pub(super) file: Option<PathBuf>,
    /// Size in bytes, where known.
    pub(super) size: Option<u64>,
    /// Containers around it.
    pub(super) depth: usize,
}

/// What an input turns out to be.
pub(super) enum Opened {
    Page(Box<Page>),
    Container(Container),
}

/// A page that has not been read yet.
pub(super) struct Page {
    input: Input,
    max_bytes: u64,
}

impl Page {
    /// Reads it.
    pub(super) fn read(self) -> Item {
        let Input { at, mut feed, size, .. } = self.input;
        // A file that somebody names is a page; of an archive's members some are pictures.
        if let Some(member) = &at.member
            && let Some(kind) = passed_over(member, feed.peek(HEAD))
        {
            return Item::Skipped { at, kind: kind.to_owned() };
        }
        let max_bytes = self.max_bytes;
        match bounded(feed, size.unwrap_or(0), max_bytes) {
            Ok(bytes) => Item::Page(Record {
                path: at.path,
                member: at.member,
                offset: at.offset,
                url: at.url,
                bytes,
                ..Record::default()
            }),
            Err(error) => Item::Fault { at, error },
        }
    }
}

/// Takes compression off and tells what is inside: compression still, where there is more of it than
/// the limits allow.
pub(super) fn unpacked(mut input: Input, options: &Options) -> (Input, InputFormat) {
    loop {
        let name = input.at.member.as_deref().unwrap_or(&input.at.path);
        // What compresses is told by its bytes whatever the format inside.
        let format = match options.format {
            Some(format) => compression(&mut input.feed).unwrap_or(format),
            None => sniff(&mut input.feed, name),
        };
        if !format.is_compression() || input.depth >= options.limits.max_depth {
            return (input, format);
        }
        input.depth += 1;
        input.feed = decompressed(input.feed, format, &options.limits);
        (input.file, input.size) = (None, None);
    }
}

/// Looks at the first bytes and finds the reader for them.
pub(super) fn open(input: Input, options: &Options) -> Opened {
    let (input, format) = unpacked(input, options);
    let limits = options.limits;
    let container: Container = match format {
        InputFormat::Page => {
            let max_bytes = limits.max_bytes;
            return Opened::Page(Box::new(Page { input, max_bytes }));
        }
        InputFormat::Gzip | InputFormat::Zstd | InputFormat::Lz4 => too_deep(input.at, limits),
        _ if input.depth > limits.max_depth => too_deep(input.at, limits),
        InputFormat::Warc => Box::new(Reader::new(Warc, input, limits)),
        InputFormat::Arc => Box::new(Reader::new(Arc, input, limits)),
        InputFormat::Zip => open_zip(input, options),
        InputFormat::Tar => open_tar(input, options),
        InputFormat::Jsonl => open_jsonl(input, options),
        InputFormat::Parquet => open_parquet(input, options),
    };
    Opened::Container(container)
}

fn too_deep(at: Place, limits: Limits) -> Container {
    let error = ReadError::TooDeep { max_depth: limits.max_depth };
    Box::new(std::iter::once(Item::Fault { at, error }))
}
