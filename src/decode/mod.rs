//! Bytes to text: which encoding, how certain, what was broken, and the way back to the bytes.
//!
//! Evidence is heard in this order: byte order mark, charset of the HTTP answer, validity as
//! UTF-8, the document's own declaration, statistics of the bytes, windows-1252. A declaration is
//! believed only where the bytes agree with it, because pages are often saved in another
//! encoding than the one they were written for.

mod binary;
mod declared;
mod detect;
mod map;
mod transcode;

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use crate::span::{OffsetMap, Span};

pub use binary::is_binary;

/// Places of undecodable bytes that are kept, at most.
pub const INVALID_KEPT: usize = 64;

/// Text read from bytes.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// Encoding the bytes were read with: its WHATWG name in lower case (or `utf-32le`, `utf-32be`).
    pub charset: &'static str,
    /// Encoding the HTTP answer or the document names, as written.
    pub declared: Option<String>,
    /// Whether the bytes contradict what is declared.
    pub declared_lies: bool,
    /// What decided the encoding.
    pub how: How,
    /// Bytes that mean nothing in this encoding; each place became U+FFFD.
    pub invalid: Invalid,
    form: Form,
    bom: usize,
}

/// What decided the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// A byte order mark.
    Bom,
    /// The charset of the HTTP answer.
    Header,
    /// The document's own declaration.
    Declared,
    /// The bytes are UTF-8, or damaged UTF-8.
    Utf8,
    /// Statistics of the bytes.
    Detected,
    /// Nothing was known.
    Fallback,
}

impl How {
    /// Name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bom => "bom",
            Self::Header => "header",
            Self::Declared => "declared",
            Self::Utf8 => "utf-8",
            Self::Detected => "detected",
            Self::Fallback => "fallback",
        }
    }
}

/// Undecodable bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid {
    /// Number of places.
    pub count: u32,
    /// The first of them, in bytes of the source; at most [`INVALID_KEPT`].
    pub first: Vec<Span>,
}

impl Invalid {
    fn add(&mut self, place: Span) {
        self.count += 1;
        if self.first.len() < INVALID_KEPT {
            self.first.push(place);
        }
    }
}

/// How code units are laid out in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An encoding of the WHATWG standard.
    Standard(&'static Encoding),
    /// UTF-32, which the standard leaves out but files contain.
    Utf32 { big_endian: bool },
}

/// Reads bytes as text. `content_type` is the value of the HTTP header, where there is one.
///
/// Never fails: bytes that mean nothing become U+FFFD and are counted. Ask [`is_binary`] first
/// whether the bytes are text at all.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    let header = content_type.and_then(declared::from_content_type);
    let document = declared::from_document(bytes);
    let declared = header.clone().or_else(|| document.clone());
    let clean = simdutf8::basic::from_utf8(bytes).ok();
    let (form, bom, how) = choose(bytes, clean, header.as_deref(), document.as_deref());
    let (text, invalid) = match form {
        Form::Standard(encoding) if encoding == UTF_8 => transcode::utf8(bytes, bom, clean),
        Form::Standard(encoding) => transcode::standard(encoding, bytes, bom),
        Form::Utf32 { big_endian } => transcode::utf32(bytes, bom, big_endian),
    };
    let declared_lies = declared.as_deref().is_some_and(|label| match form {
        Form::Standard(encoding) => {
            // ASCII text agrees with every encoding that extends ASCII.
            let ascii = encoding == UTF_8 && bytes.is_ascii();
            declared::encoding(label).is_some_and(|named| named != encoding && !ascii)
        }
        Form::Utf32 { .. } => !label.to_ascii_lowercase().starts_with("utf-32"),
    });
    Decoded { text, charset: form.name(), declared, declared_lies, how, invalid, form, bom }
}

impl Decoded<'_> {
    /// The way from `text` back to `bytes`, which must be the bytes it was decoded from.
    ///
    /// Made on demand: for other encodings than clean UTF-8 it costs another pass over the bytes.
    pub fn source_map(&self, bytes: &[u8]) -> OffsetMap {
        match (&self.text, self.form) {
            (Cow::Borrowed(text), _) => OffsetMap::identity(text.len(), self.bom),
            (_, Form::Standard(encoding)) if encoding == UTF_8 => map::utf8(bytes, self.bom),
            (_, Form::Standard(encoding)) => map::standard(encoding, bytes, self.bom),
            (_, Form::Utf32 { big_endian }) => map::utf32(bytes, self.bom, big_endian),
        }
    }
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Standard(encoding) => declared::lower_name(encoding),
            Self::Utf32 { big_endian: false } => "utf-32le",
            Self::Utf32 { big_endian: true } => "utf-32be",
        }
    }
}

/// The encoding, the length of the byte order mark, and what decided. `clean` are the bytes where
/// they are UTF-8.
fn choose(
    bytes: &[u8],
    clean: Option<&str>,
    header: Option<&str>,
    document: Option<&str>,
) -> (Form, usize, How) {
    if let Some((form, bom)) = mark(bytes) {
        return (form, bom, How::Bom);
    }
    if let Some(form) = detect::wide(bytes) {
        return (form, 0, How::Detected);
    }
    if bytes.is_ascii() {
        // Only ISO-2022-JP hides other characters in ASCII bytes.
        let labels = [(header, How::Header), (document, How::Declared)];
        let named = labels.into_iter().find(|(label, _)| {
            label.and_then(declared::encoding).is_some_and(|named| named == ISO_2022_JP)
        });
        return match named {
            Some((_, how)) => (Form::Standard(ISO_2022_JP), 0, how),
            None if detect::is_iso_2022_jp(bytes) => {
                (Form::Standard(ISO_2022_JP), 0, How::Detected)
            }
            None => (Form::Standard(UTF_8), 0, How::Utf8),
        };
    }
    if clean.is_some() || detect::is_damaged_utf8(bytes) {
        return (Form::Standard(UTF_8), 0, How::Utf8);
    }
    let sample = detect::Sample::of(bytes);
    for (label, how) in [(header, How::Header), (document, How::Declared)] {
        let named = label.and_then(declared::encoding);
        // UTF-8 and UTF-16 were tried above. `replacement` stands for encodings that browsers
        // refuse to read: it yields nothing.
        let named = named
            .filter(|named| ![UTF_8, UTF_16LE, UTF_16BE, encoding_rs::REPLACEMENT].contains(named));
        if let Some(encoding) = named.filter(|named| sample.agrees_with(named)) {
            return (Form::Standard(encoding), 0, how);
        }
    }
    match sample.guess() {
        Some(encoding) => (Form::Standard(encoding), 0, How::Detected),
        None => (Form::Standard(encoding_rs::WINDOWS_1252), 0, How::Fallback),
    }
}

fn mark(bytes: &[u8]) -> Option<(Form, usize)> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some((Form::Standard(UTF_8), 3)),
        // A UTF-16 text cannot begin with a mark and a NUL.
        [0xFF, 0xFE, 0, 0, ..] => Some((Form::Utf32 { big_endian: false }, 4)),
        [0, 0, 0xFE, 0xFF, ..] => Some((Form::Utf32 { big_endian: true }, 4)),
        [0xFF, 0xFE, ..] => Some((Form::Standard(UTF_16LE), 2)),
        [0xFE, 0xFF, ..] => Some((Form::Standard(UTF_16BE), 2)),
        // The mark as GB18030 writes it.
        [0x84, 0x31, 0x95, 0x33, ..] => Some((Form::Standard(encoding_rs::GB18030), 4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
