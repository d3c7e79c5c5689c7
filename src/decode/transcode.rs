//! The decoding itself, with the places of undecodable bytes.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

use crate::decode::Invalid;
use crate::span::Span;

/// Decodes UTF-8 from `bom` on. What is `clean`, which are all bytes where they are UTF-8, is
/// borrowed.
pub(super) fn utf8<'a>(
    bytes: &'a [u8],
    bom: usize,
    clean: Option<&'a str>,
) -> (Cow<'a, str>, Invalid) {
    match clean {
        Some(text) => (Cow::Borrowed(&text[bom..]), Invalid::default()),
        None => damaged_utf8(&bytes[bom..], bom),
    }
}

/// Decodes `bytes` from `bom` on from another encoding than UTF-8.
pub(super) fn standard<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
    bom: usize,
) -> (Cow<'a, str>, Invalid) {
    let input = &bytes[bom..];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(input.len() + input.len() / 2 + 16);
    let mut invalid = Invalid::default();
    let mut at = 0;
    loop {
        let (result, read) =
            decoder.decode_to_string_without_replacement(&input[at..], &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.reserve(input.len() - at + 64),
            DecoderResult::Malformed(length, after) => {
                let end = at.saturating_sub(usize::from(after));
                let start = end.saturating_sub(usize::from(length));
                invalid.add(Span::new(bom + start, bom + end));
                text.push('\u{FFFD}');
            }
        }
    }
    (Cow::Owned(text), invalid)
}

fn damaged_utf8(input: &[u8], bom: usize) -> (Cow<'_, str>, Invalid) {
    let mut text = String::with_capacity(input.len() + 64);
    let mut invalid = Invalid::default();
    let mut at = bom;
    for chunk in input.utf8_chunks() {
        text.push_str(chunk.valid());
        at += chunk.valid().len();
        let bad = chunk.invalid().len();
        if bad > 0 {
            text.push('\u{FFFD}');
            invalid.add(Span::new(at, at + bad));
            at += bad;
        }
    }
    (Cow::Owned(text), invalid)
}

/// Decodes UTF-32.
pub(super) fn utf32(bytes: &[u8], bom: usize, big_endian: bool) -> (Cow<'_, str>, Invalid) {
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut invalid = Invalid::default();
    for (place, char) in utf32_units(bytes, bom, big_endian) {
        if char.is_none() {
            invalid.add(place);
        }
        text.push(char.unwrap_or('\u{FFFD}'));
    }
    (Cow::Owned(text), invalid)
}

/// The units of UTF-32 with their places; `None` for a unit that is no character.
pub(super) fn utf32_units(
    bytes: &[u8],
    bom: usize,
    big_endian: bool,
) -> impl Iterator<Item = (Span, Option<char>)> {
    bytes[bom..].chunks(4).enumerate().map(move |(index, unit)| {
        let start = bom + index * 4;
        let value = <[u8; 4]>::try_from(unit).ok().map(|unit| {
            if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) }
        });
        (Span::new(start, start + unit.len()), value.and_then(char::from_u32))
    })
}
