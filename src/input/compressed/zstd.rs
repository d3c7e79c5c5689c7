//! Zstandard frames, and the dictionary that WARC files compressed so begin with: a skippable
//! frame, whose content may be compressed itself
//! (<https://iipc.github.io/warc-specifications/specifications/warc-zstd/>).

use std::io::{self, Read};

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use crate::input::ReadError;
use crate::input::compressed::{corrupt, seek_to, truncated};
use crate::input::feed::Feed;

const MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

/// The skippable frame of a dictionary.
const DICTIONARY: &[u8] = b"\x5d\x2a\x4d\x18";

/// Largest dictionary, in bytes; usual ones have 100 KiB.
const MAX_DICTIONARY: usize = 16 << 20;

pub(super) struct Codec {
    /// Made with the first frame; keeps the dictionary from frame to frame.
    decoder: Option<Decoder<'static>>,
    ended: bool,
    broken: Option<String>,
}

impl Codec {
    pub(super) fn new() -> Self {
        Self { decoder: None, ended: false, broken: None }
    }

    /// A skippable frame: the dictionary where it comes first, otherwise of no interest.
    fn skippable(&mut self, raw: &mut Feed) -> io::Result<()> {
        let Some([kind @ .., l0, l1, l2, l3]) = raw.need(8)?.first_chunk::<8>().copied() else {
            return Err(truncated("the file ends in the header of a zstd frame"));
        };
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        raw.take_bytes(8);
        if kind == DICTIONARY && self.decoder.is_none() && length <= MAX_DICTIONARY {
            let content = raw.need(length)?.get(..length);
            let content = content.ok_or_else(|| truncated("the file ends in its dictionary"))?;
            self.decoder = Some(Decoder::with_dictionary(&dictionary(content)?)?);
            raw.take_bytes(length);
            return Ok(());
        }
        let mut left = length;
        while left > 0 {
            let ready = raw.need(1)?.len().min(left);
            if ready == 0 {
                return Err(truncated("the file ends in a skippable zstd frame"));
            }
            raw.take_bytes(ready);
            left -= ready;
        }
        Ok(())
    }
}

fn dictionary(content: &[u8]) -> io::Result<Vec<u8>> {
    if !content.starts_with(MAGIC) {
        return Ok(content.to_vec());
    }
    let mut out = Vec::new();
    let limit = MAX_DICTIONARY as u64 + 1;
    zstd::Decoder::with_buffer(content)?
        .take(limit)
        .read_to_end(&mut out)
        .map_err(|_| corrupt("the zstd dictionary is damaged"))?;
    if out.len() > MAX_DICTIONARY {
        return Err(ReadError::Unsupported("a zstd dictionary of more than 16 MiB".into()).into());
    }
    Ok(out)
}

impl super::Codec for Codec {
    fn begin(&mut self, raw: &mut Feed) -> io::Result<bool> {
        let head = raw.need(4)?;
        if matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]) {
            self.skippable(raw)?;
            return Ok(false);
        }
        if head.len() < 4 || !head.starts_with(MAGIC) {
            return Err(corrupt("bytes that are no zstd frame"));
        }
        match &mut self.decoder {
            Some(decoder) => decoder.reinit()?,
            none => *none = Some(Decoder::new()?),
        }
        (self.ended, self.broken) = (false, None);
        Ok(true)
    }

    fn decode(&mut self, raw: &mut Feed, into: &mut [u8]) -> io::Result<Option<usize>> {
        if let Some(message) = self.broken.take() {
            return Err(corrupt(&format!("a zstd frame: {message}")));
        }
        let Some(decoder) = self.decoder.as_mut().filter(|_| !self.ended) else { return Ok(None) };
        let ready = raw.need(1)?;
        let at_end = ready.is_empty();
        let mut input = InBuffer::around(ready);
        let mut output = OutBuffer::around(into);
        let hint = decoder.run(&mut input, &mut output);
        let (taken, count) = (input.pos(), output.pos());
        match hint {
            // The input stays where it is but for the frame's magic: the next frame may begin in it.
            Err(error) => {
                raw.take_bytes(1);
                self.broken = Some(error.to_string());
            }
            Ok(hint) => {
                raw.take_bytes(taken);
                self.ended = hint == 0;
                if at_end && count == 0 && !self.ended {
                    return Err(truncated("the file ends in the middle of a zstd frame"));
                }
            }
        }
        Ok(Some(count))
    }

    fn seek(&mut self, raw: &mut Feed) -> io::Result<bool> {
        seek_to(raw, MAGIC)
    }
}
