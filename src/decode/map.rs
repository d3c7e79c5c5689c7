//! From decoded text back to bytes.

use encoding_rs::{DecoderResult, Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

use crate::decode::transcode::utf32_units;
use crate::span::{OffsetMap, Span};

/// The map of damaged UTF-8.
pub(super) fn utf8(bytes: &[u8], bom: usize) -> OffsetMap {
    let mut map = OffsetMap::default();
    let (mut derived, mut source) = (0, bom);
    for chunk in bytes[bom..].utf8_chunks() {
        let (valid, bad) = (chunk.valid().len(), chunk.invalid().len());
        map.push(derived, valid, Span::new(source, source + valid));
        derived += valid;
        source += valid;
        if bad > 0 {
            map.push(derived, REPLACEMENT, Span::new(source, source + bad));
            derived += REPLACEMENT;
            source += bad;
        }
    }
    map
}

/// The map of UTF-32.
pub(super) fn utf32(bytes: &[u8], bom: usize, big_endian: bool) -> OffsetMap {
    let mut map = OffsetMap::default();
    let mut derived = 0;
    for (place, char) in utf32_units(bytes, bom, big_endian) {
        let len = char.map_or(REPLACEMENT, char::len_utf8);
        map.push(derived, len, place);
        derived += len;
    }
    map
}

/// The map of any other encoding, found by decoding again in the smallest steps.
pub(super) fn standard(encoding: &'static Encoding, bytes: &[u8], bom: usize) -> OffsetMap {
    // In these an ASCII byte need not stand for itself.
    let stateful = [ISO_2022_JP, UTF_16LE, UTF_16BE].contains(&encoding);
    let mut walk = Walk { bytes, map: OffsetMap::default(), derived: 0, pending: bom };
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut at = bom;
    let mut out = [0u8; 32];
    loop {
        if !stateful && walk.pending == at {
            let ascii = bytes[at..].iter().take_while(|byte| byte.is_ascii()).count();
            walk.emit_linear(ascii);
            at += ascii;
        }
        let last = at == bytes.len();
        let step = if last { &[][..] } else { &bytes[at..=at] };
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(step, &mut out, last);
        at += read;
        walk.emit(std::str::from_utf8(&out[..written]).unwrap_or_default(), at);
        match result {
            DecoderResult::InputEmpty if last => break,
            DecoderResult::Malformed(length, after) => {
                let end = at.saturating_sub(usize::from(after));
                walk.emit_bad(end.saturating_sub(usize::from(length)), end);
            }
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
    }
    walk.map
}

/// Length of U+FFFD.
const REPLACEMENT: usize = '\u{FFFD}'.len_utf8();

/// Where the second decoding stands.
struct Walk<'a> {
    bytes: &'a [u8],
    map: OffsetMap,
    /// Length of the text so far.
    derived: usize,
    /// First byte that no character was made of yet.
    pending: usize,
}

impl Walk<'_> {
    fn emit_linear(&mut self, len: usize) {
        self.map.push(self.derived, len, Span::new(self.pending, self.pending + len));
        self.derived += len;
        self.pending += len;
    }

    /// `text` came out after the byte before `at` was read. Ordinarily that is one character,
    /// made of all pending bytes; after an error the decoder also gives back ASCII bytes that it
    /// had taken for the trail of a character.
    fn emit(&mut self, text: &str, at: usize) {
        let mut rest = text;
        while let Some(first) = rest.as_bytes().first()
            && first.is_ascii()
            && self.pending + 1 < at
            && self.bytes[self.pending] == *first
        {
            self.emit_linear(1);
            rest = &rest[1..];
        }
        if !rest.is_empty() {
            self.map.push(self.derived, rest.len(), Span::new(self.pending, at));
            self.derived += rest.len();
            self.pending = at;
        }
    }

    fn emit_bad(&mut self, start: usize, end: usize) {
        let start = start.max(self.pending).min(end);
        self.map.push(self.derived, REPLACEMENT, Span::new(start, end));
        self.derived += REPLACEMENT;
        self.pending = end;
    }
}
