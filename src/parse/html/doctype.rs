//! The document type declaration.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Doctype;

use super::entities::{References, decode};
use super::tokenizer::is_space;

/// Reads the declaration whose keyword ends at `start`; gives it and the place after it.
pub(super) fn read(source: &str, start: usize) -> (Doctype, usize) {
    let bytes = source.as_bytes();
    let mut reader = Reader { source, bytes, pos: start, doctype: Doctype::default() };
    let complete = reader.parts();
    if !complete {
        reader.doctype.force_quirks = true;
    }
    // What follows the part that could not be read runs up to `>`, whatever it holds.
    let end = memchr::memchr(b'>', &bytes[reader.pos..])
        .map_or(bytes.len(), |offset| reader.pos + offset + 1);
    (reader.doctype, end)
}

struct Reader<'a> {
    source: &'a str,
    bytes: &'a [u8],
    pos: usize,
    doctype: Doctype,
}

impl Reader<'_> {
    /// Reads name and identifiers; false where the document falls into quirks mode.
    fn parts(&mut self) -> bool {
        self.skip_space();
        let start = self.pos;
        while self.peek().is_some_and(|byte| !is_space(byte) && byte != b'>') {
            self.pos += 1;
        }
        if start == self.pos {
            return false;
        }
        let name = self.decoded(start, self.pos).to_ascii_lowercase();
        self.doctype.name = Some(StrTendril::from_slice(&name));
        self.skip_space();
        if self.eat("public") {
            self.skip_space();
            let Some((id, closed)) = self.quoted() else {
                return false;
            };
            self.doctype.public_id = Some(id);
            if !closed {
                return false;
            }
            self.skip_space();
            match self.peek() {
                Some(b'>') => return true,
                Some(b'"' | b'\'') => {}
                _ => return false,
            }
        } else if self.eat("system") {
            self.skip_space();
        } else {
            return self.peek() == Some(b'>');
        }
        let Some((id, closed)) = self.quoted() else {
            return false;
        };
        self.doctype.system_id = Some(id);
        if !closed {
            return false;
        }
        self.skip_space();
        // Anything but the page's end may follow the system identifier.
        self.peek().is_some()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.pos += 1;
        }
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.bytes[self.pos..]
            .get(..word.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(word.as_bytes()));
        if found {
            self.pos += word.len();
        }
        found
    }

    /// A quoted identifier, and whether its closing quote came before `>` and the page's end.
    fn quoted(&mut self) -> Option<(StrTendril, bool)> {
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let start = self.pos + 1;
        let end = memchr::memchr2(quote, b'>', &self.bytes[start..])
            .map_or(self.bytes.len(), |offset| start + offset);
        self.pos = end;
        let closed = self.peek() == Some(quote);
        if closed {
            self.pos += 1;
        }
        Some((StrTendril::from_slice(&self.decoded(start, end)), closed))
    }

    fn decoded(&self, start: usize, end: usize) -> String {
        let (mut text, mut runs) = (String::new(), Vec::new());
        decode(self.source, start, end, References::Ignored, &mut text, &mut runs);
        text
    }
}
