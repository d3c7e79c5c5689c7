//! The body of an HTTP answer without its transfer: chunks joined, encodings taken off.
//!
//! Headers of stored answers often tell of a transfer that the crawler has already undone. So
//! each step first looks whether the bytes are what the header says, and leaves them alone where
//! they are not. Where they are and break off, what was had before stands, and the break is told.

use std::borrow::Cow;
use std::io::Read;

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, ZlibDecoder};

use crate::input::compressed::{self, RATIO_FROM};
use crate::input::warc::http::Answer;
use crate::input::{InputFormat, Limits, ReadError};

/// Most encodings one on top of the other; a server uses one.
const MAX_ENCODINGS: usize = 3;

pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// What is wrong with what was had.
    pub(super) fault: Option<ReadError>,
}

/// The content of an answer.
///
/// # Errors
/// When nothing can be had of it: it is too large, a bomb, or of an unknown encoding.
pub(super) fn decode(answer: &Answer, limits: &Limits) -> Result<Body, ReadError> {
    let mut fault = None;
    let mut bytes = Cow::Borrowed(answer.body);
    if answer.chunked
        && let Some(joined) = dechunked(&bytes)
    {
        if let Some(at) = joined.broken_at {
            fault = Some(ReadError::Corrupt(format!("the chunks of the body break at byte {at}")));
        }
        bytes = Cow::Owned(joined.bytes);
    }
    let encodings = answer.encodings.iter().filter(|name| *name != "identity");
    for encoding in encodings.rev().take(MAX_ENCODINGS) {
        if let Some((decoded, error)) = decoded(&bytes, encoding, limits)? {
            bytes = Cow::Owned(decoded);
            fault = fault.or(error);
        }
    }
    Ok(Body { bytes: bytes.into_owned(), fault })
}

struct Joined {
    bytes: Vec<u8>,
    broken_at: Option<usize>,
}

/// Joins chunks. Nothing where the first one has no size: the body is not chunked. After a chunk
/// without a sound end the rest stays as it is.
fn dechunked(body: &[u8]) -> Option<Joined> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut at = 0;
    loop {
        let Some((size, start)) = chunk_size(&body[at..]) else {
            if at == 0 {
                return None;
            }
            bytes.extend_from_slice(&body[at..]);
            return Some(Joined { bytes, broken_at: Some(at) });
        };
        if size == 0 {
            return Some(Joined { bytes, broken_at: None });
        }
        let start = at + start;
        let Some(chunk) = start.checked_add(size).and_then(|end| body.get(start..end)) else {
            bytes.extend_from_slice(&body[start..]);
            return Some(Joined { bytes, broken_at: Some(at) });
        };
        bytes.extend_from_slice(chunk);
        let end = start + size;
        let rest = &body[end..];
        let breaks =
            if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        at = end + breaks;
    }
}

/// The size of a chunk and the length of the line that tells it.
fn chunk_size(text: &[u8]) -> Option<(usize, usize)> {
    let end = memchr::memchr(b'\n', &text[..text.len().min(256)])?;
    let line = std::str::from_utf8(&text[..end]).ok()?;
    let digits = line.split(';').next()?.trim();
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((usize::from_str_radix(digits, 16).ok().filter(|_| is_hex)?, end + 1))
}

/// Bytes, and what is wrong with them.
type Decoded = (Vec<u8>, Option<ReadError>);

/// Takes an encoding off; nothing where the bytes are not encoded so.
fn decoded(body: &[u8], encoding: &str, limits: &Limits) -> Result<Option<Decoded>, ReadError> {
    let decoded = match encoding {
        "gzip" | "x-gzip" if body.starts_with(b"\x1f\x8b") => {
            whole(compressed::body(body, InputFormat::Gzip, limits))
        }
        "zstd" if body.starts_with(b"\x28\xb5\x2f\xfd") => {
            whole(compressed::body(body, InputFormat::Zstd, limits))
        }
        "deflate" if is_zlib(body) => bounded(ZlibDecoder::new(body), body, limits),
        // Many servers leave out what makes the format recognisable.
        "deflate" => match bounded(DeflateDecoder::new(body), body, limits) {
            sound @ (_, None) => sound,
            bomb @ (_, Some(ReadError::Bomb { .. })) => bomb,
            _ => return Ok(None),
        },
        // Brotli has no sign to know it by: what cannot be read at all was not encoded.
        "br" => match bounded(Decompressor::new(body, 1 << 14), body, limits) {
            (bytes, Some(ReadError::Corrupt(_) | ReadError::Truncated(_))) if bytes.is_empty() => {
                return Ok(None);
            }
            other => other,
        },
        _ => return Ok(None),
    };
    match decoded {
        (_, Some(error @ (ReadError::Bomb { .. } | ReadError::TooLarge { .. }))) => Err(error),
        (bytes, _) if bytes.len() as u64 > limits.max_bytes => {
            Err(ReadError::TooLarge { size: None, max_bytes: limits.max_bytes })
        }
        decoded => Ok(Some(decoded)),
    }
}

fn whole((bytes, read): (Vec<u8>, std::io::Result<()>)) -> Decoded {
    (bytes, read.err().map(ReadError::from))
}

/// The header of zlib: its method, and a checksum over two bytes.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [a, b, ..] if a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0)
}

fn bounded(source: impl Read, body: &[u8], limits: &Limits) -> Decoded {
    let mut bytes = Vec::new();
    let read = source.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes);
    let (out, stored) = (bytes.len() as u64, body.len() as u64);
    if out > RATIO_FROM && out / limits.max_ratio > stored {
        return (Vec::new(), Some(ReadError::Bomb { max_ratio: limits.max_ratio }));
    }
    let fault = read.err().map(|error| match ReadError::from(error) {
        ReadError::Io(error) => ReadError::Corrupt(format!("the encoded body: {error}")),
        other => other,
    });
    (bytes, fault)
}
