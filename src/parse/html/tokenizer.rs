//! HTML text to tokens, with the place of each in the source.
//!
//! The tokenization stage of the WHATWG standard (13.2.5), written over whole spans instead of
//! single characters: `memchr` finds the ends, and text without references or line ends to
//! normalise is handed on as a slice of the page. Every input takes linear time.

use std::ops::Range;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, TagKind};

use crate::span::Span;

use super::TextRun;
use super::doctype;
use super::entities::{self, References, next_special};
use super::names::NameId;
use super::script;
use super::store::{Attribute, AttributeRange, Store, Str};

/// What takes the tokens.
pub(super) trait Receiver {
    /// Where names, attributes and decoded text of the tokens go.
    fn store(&mut self) -> &mut Store;
    /// Takes a tag. `at` is its range in the source.
    fn tag(&mut self, tag: &Tag, at: Span) -> Next;
    /// Takes a comment.
    fn comment(&mut self, text: Str, at: Span);
    /// Takes a document type declaration.
    fn doctype(&mut self, doctype: Doctype, at: Span);
    /// Takes a NUL in running text.
    fn null(&mut self, at: Span);
    /// Takes text without NUL. `runs` cover all of it, in order.
    fn text(&mut self, text: Str, runs: &[TextRun]);
    /// Takes the end of the page.
    fn end(&mut self, at: Span);
    /// What the standard calls no token, but html5ever does: a line break that follows is not the
    /// first thing after `<pre>` any more.
    fn interrupt(&mut self) {}
    /// Whether the current node is an SVG or `MathML` element, where `<![CDATA[` is read.
    fn in_foreign_content(&self) -> bool;
}

/// A tag as it stands in the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) kind: TagKind,
    pub(super) name: NameId,
    pub(super) attributes: AttributeRange,
    pub(super) self_closing: bool,
    /// Whether attributes were left out as their names came before.
    pub(super) had_duplicates: bool,
}

/// How the tokenizer goes on after a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// As before.
    Continue,
    /// With text up to the end tag of the element just opened.
    Raw(RawKind),
    /// With text up to the end of the page.
    Plaintext,
    /// As before, after what html5ever treats as a pause (end of a script, `<meta charset>`).
    Resumed,
}

/// What the text at hand is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Markup.
    Data,
    /// The content of `title`, `textarea`, `style`, `script` …
    Raw(RawKind),
    /// The rest of the page after `<plaintext>`.
    Plaintext,
    /// The inside of `<![CDATA[`.
    Cdata,
}

/// Reads a page.
pub(super) struct Tokenizer<'a, R> {
    /// Where the tokens go.
    pub(super) receiver: R,
    /// First start tag with more attributes than the limit.
    pub(super) attribute_overflow: Option<Span>,
    source: &'a str,
    pos: usize,
    state: State,
    /// Name of the last start tag: raw text ends at the end tag of the same name.
    last_start: Option<NameId>,
    attribute_limit: usize,
    runs: Vec<TextRun>,
    /// A stretch of the source that stands for itself up to its end, where something else is.
    plain: Range<usize>,
}

impl<'a, R: Receiver> Tokenizer<'a, R> {
    /// A tokenizer at the start of `source`.
    pub(super) fn new(source: &'a str, attribute_limit: usize, receiver: R) -> Self {
        Self {
            receiver,
            attribute_overflow: None,
            source,
            pos: 0,
            state: State::Data,
            last_start: None,
            attribute_limit,
            runs: Vec::new(),
            plain: 0..0,
        }
    }

    /// Starts elsewhere than in markup, as after a start tag named `last_start`.
    pub(super) fn starting_in(mut self, state: State, last_start: Option<&str>) -> Self {
        self.state = state;
        let names = &mut self.receiver.store().names;
        self.last_start = last_start.map(|name| names.intern(name));
        self
    }

    /// Reads to the end.
    pub(super) fn run(&mut self) {
        self.skip_byte_order_mark();
        while self.pos < self.source.len() {
            match self.state {
                State::Data => self.data(),
                State::Raw(kind) => self.raw(kind),
                State::Plaintext => {
                    self.text(self.pos, self.source.len(), References::Ignored);
                    self.pos = self.source.len();
                }
                State::Cdata => self.cdata(),
            }
        }
        let end = self.source.len();
        self.receiver.end(Span::new(end, end));
    }

    /// html5ever drops a byte order mark wherever it resumes, not only at the start of the page.
    /// Scraped pages do have them after a script; dropping them alike keeps trees comparable.
    fn skip_byte_order_mark(&mut self) {
        if self.source[self.pos..].starts_with('\u{feff}') {
            self.pos += '\u{feff}'.len_utf8();
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.source.as_bytes()
    }

    /// Text up to the next markup, then that markup.
    fn data(&mut self) {
        let bytes = self.bytes();
        let start = self.pos;
        let mut from = start;
        // Many tags follow each other without text.
        let next = |from: usize| match bytes.get(from) {
            Some(b'<') => Some(from),
            _ => memchr::memchr(b'<', &bytes[from..]).map(|offset| from + offset),
        };
        while let Some(at) = next(from) {
            let opens = match bytes.get(at + 1) {
                Some(b'!' | b'?') => true,
                Some(b'/') => at + 2 < bytes.len(),
                Some(byte) => byte.is_ascii_alphabetic(),
                None => false,
            };
            if opens {
                self.data_text(start, at);
                self.markup(at);
                return;
            }
            from = at + 1;
        }
        self.data_text(start, bytes.len());
        self.pos = bytes.len();
    }

    /// Running text: here NUL is a token of its own.
    fn data_text(&mut self, start: usize, end: usize) {
        if start == end {
            return;
        }
        if self.is_plain(start, end, References::InText) {
            self.plain_text(start, end);
            return;
        }
        let mut from = start;
        while let Some(offset) = memchr::memchr(0, &self.bytes()[from..end]) {
            let at = from + offset;
            self.text(from, at, References::InText);
            self.receiver.null(Span::new(at, at + 1));
            from = at + 1;
        }
        self.text(from, end, References::InText);
    }

    /// The markup that begins with the `<` at `at`.
    fn markup(&mut self, at: usize) {
        match self.bytes()[at + 1] {
            b'/' => match self.bytes()[at + 2] {
                b'>' => {
                    // No token for the page, but html5ever counts it as one.
                    self.receiver.interrupt();
                    self.pos = at + 3;
                }
                byte if byte.is_ascii_alphabetic() => self.tag(at, at + 2, TagKind::EndTag),
                _ => self.bogus_comment(at, at + 2),
            },
            b'!' => self.declaration(at),
            b'?' => self.bogus_comment(at, at + 1),
            _ => self.tag(at, at + 1, TagKind::StartTag),
        }
    }

    /// What begins with the `<!` at `at`.
    fn declaration(&mut self, at: usize) {
        let rest = &self.bytes()[at + 2..];
        if rest.starts_with(b"--") {
            self.comment(at);
        } else if rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
            let (doctype, end) = doctype::read(self.source, at + 9);
            self.pos = end;
            self.receiver.doctype(doctype, Span::new(at, end));
        } else if rest.starts_with(b"[CDATA[") && self.receiver.in_foreign_content() {
            self.pos = at + 9;
            self.state = State::Cdata;
        } else {
            self.bogus_comment(at, at + 2);
        }
    }

    fn comment(&mut self, at: usize) {
        let bytes = self.bytes();
        let start = at + 4;
        let (content_end, end) = if bytes[start..].starts_with(b">") {
            (start, start + 1)
        } else if bytes[start..].starts_with(b"->") {
            (start, start + 2)
        } else {
            comment_end(bytes, start)
        };
        self.emit_comment(at, start, content_end, end);
    }

    /// A comment from `start` to the next `>`: `<?…>`, `<!…>`, `</…>`.
    fn bogus_comment(&mut self, at: usize, start: usize) {
        let (content_end, end) = match memchr::memchr(b'>', &self.bytes()[start..]) {
            Some(offset) => (start + offset, start + offset + 1),
            None => (self.source.len(), self.source.len()),
        };
        self.emit_comment(at, start, content_end, end);
    }

    fn emit_comment(&mut self, at: usize, start: usize, content_end: usize, end: usize) {
        let text = self.value(start, content_end, References::Ignored);
        self.pos = end;
        self.receiver.comment(text, Span::new(at, end));
    }

    fn cdata(&mut self) {
        let start = self.pos;
        let end = memchr::memmem::find(&self.bytes()[start..], b"]]>");
        let text_end = end.map_or(self.source.len(), |offset| start + offset);
        let mut from = start;
        while let Some(offset) = memchr::memchr(0, &self.bytes()[from..text_end]) {
            let at = from + offset;
            self.text(from, at, References::Ignored);
            self.receiver.null(Span::new(at, at + 1));
            from = at + 1;
        }
        self.text(from, text_end, References::Ignored);
        self.pos = if end.is_some() { text_end + 3 } else { text_end };
        self.state = State::Data;
    }

    /// Text up to the end tag that matches the last start tag, then that end tag.
    fn raw(&mut self, kind: RawKind) {
        let start = self.pos;
        let bytes = self.bytes();
        let names = &self.receiver.store().names;
        let name = self.last_start.map_or("", |name| names.get(name).text());
        let (end, references) = match kind {
            RawKind::Rcdata => (script::raw_end(bytes, start, name), References::InText),
            RawKind::Rawtext => (script::raw_end(bytes, start, name), References::Ignored),
            RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => {
                (script::script_end(bytes, start, name), References::Ignored)
            }
        };
        self.text(start, end, references);
        if end < self.source.len() {
            self.state = State::Data;
            self.tag(end, end + 2, TagKind::EndTag);
        } else {
            self.pos = end;
        }
    }

    /// The tag that begins at `at` and whose name begins at `name_start`. A tag that the page's
    /// end cuts off is dropped.
    fn tag(&mut self, at: usize, name_start: usize, kind: TagKind) {
        let mut reader = TagReader::new(self.source, name_start);
        let name_span = reader.name();
        let store = self.receiver.store();
        let name = store.names.read(self.source, name_span);
        let start = store.mark();
        let mut had_duplicates = false;
        let mut overflow = false;
        let self_closing = loop {
            match reader.next() {
                Part::Attribute { name, value } => {
                    let store = self.receiver.store();
                    let all = AttributeRange { start, end: store.mark() };
                    if all.len() >= self.attribute_limit {
                        overflow = true;
                        continue;
                    }
                    let name = store.names.read(self.source, name);
                    if store.attributes(all).iter().any(|attribute| attribute.name == name) {
                        had_duplicates = true;
                        continue;
                    }
                    let value = self.value(value.0, value.1, References::InAttribute);
                    self.receiver.store().push_attribute(Attribute { name, value });
                }
                Part::End { self_closing } => break self_closing,
                Part::CutOff => {
                    self.pos = self.source.len();
                    return;
                }
            }
        };
        self.pos = reader.pos;
        let span = Span::new(at, reader.pos);
        let attributes = AttributeRange { start, end: self.receiver.store().mark() };
        if kind == TagKind::StartTag {
            if overflow {
                self.attribute_overflow.get_or_insert(span);
            }
            self.last_start = Some(name);
        }
        let tag = Tag { kind, name, attributes, self_closing, had_duplicates };
        match self.receiver.tag(&tag, span) {
            Next::Continue => {}
            Next::Raw(kind) => self.state = State::Raw(kind),
            Next::Plaintext => self.state = State::Plaintext,
            Next::Resumed => self.skip_byte_order_mark(),
        }
    }

    /// Whether a slice of the source stands for itself. What ends the stretch that does is
    /// remembered, so that the many short slices before it need not be searched.
    fn is_plain(&mut self, start: usize, end: usize, references: References) -> bool {
        if start < self.plain.start || self.plain.end <= start {
            let special = next_special(&self.bytes()[start..], References::InText);
            self.plain = start..special.map_or(self.source.len(), |offset| start + offset);
        }
        end <= self.plain.end
            || (references == References::Ignored
                && next_special(&self.bytes()[start..end], references).is_none())
    }

    /// A slice of the source with references and line ends decoded.
    fn value(&mut self, start: usize, end: usize, references: References) -> Str {
        if self.is_plain(start, end, references) {
            return Str::of_page(start, end);
        }
        self.runs.clear();
        self.receiver.store().decode(self.source, start, end, references, &mut self.runs)
    }

    /// Hands a slice of the source on as text.
    fn text(&mut self, start: usize, end: usize, references: References) {
        if start == end {
            return;
        }
        if self.is_plain(start, end, references) {
            self.plain_text(start, end);
            return;
        }
        let text = self.value(start, end, references);
        if self.bytes()[start] == b'&' && references == References::InText {
            let reference = entities::Reference::read(&self.bytes()[start..], false);
            if reference.is_some_and(|reference| !reference.closed) {
                // html5ever keeps the line break of an unclosed `&#10` after `<pre>`: its error
                // message comes between the tag and the text.
                self.receiver.interrupt();
            }
        }
        self.receiver.text(text, &self.runs);
    }

    /// Hands on text that stands for itself.
    fn plain_text(&mut self, start: usize, end: usize) {
        if start == end {
            return;
        }
        let text = Str::of_page(start, end);
        let run = TextRun { at: 0, len: text.len() as u32, source: Span::new(start, end) };
        self.receiver.text(text, &[run]);
    }
}

/// Where the comment whose content begins at `start` ends: content end, comment end.
fn comment_end(bytes: &[u8], start: usize) -> (usize, usize) {
    let mut from = start;
    while let Some(offset) = memchr::memchr(b'-', &bytes[from..]) {
        let at = from + offset;
        let rest = &bytes[at..];
        if rest.starts_with(b"-->") {
            return (at, at + 3);
        }
        if rest.starts_with(b"--!>") {
            return (at, at + 4);
        }
        from = at + 1;
    }
    // An end mark that the page's end cuts short is no content.
    let content = &bytes[start..];
    let mark = [&b"--!"[..], b"--", b"-"].into_iter().find(|mark| content.ends_with(mark));
    (bytes.len() - mark.map_or(0, <[u8]>::len), bytes.len())
}

/// Reads the parts of one tag.
pub(super) struct TagReader<'a> {
    bytes: &'a [u8],
    /// Where the next part begins; after [`Part::End`] the end of the tag.
    pub(super) pos: usize,
}

/// A part of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// An attribute as written: range of the name and of the value.
    Attribute {
        /// Name.
        name: (usize, usize),
        /// Value, without quotes; empty where there is none.
        value: (usize, usize),
    },
    /// The closing `>`.
    End {
        /// Whether it is `/>`.
        self_closing: bool,
    },
    /// The page ends inside the tag.
    CutOff,
}

impl<'a> TagReader<'a> {
    /// A reader of the tag whose name begins at `name_start`.
    pub(super) fn new(source: &'a str, name_start: usize) -> Self {
        Self { bytes: source.as_bytes(), pos: name_start }
    }

    /// Range of the tag's name, to be read first.
    pub(super) fn name(&mut self) -> (usize, usize) {
        let start = self.pos;
        self.pos = self.find(start, |byte| ENDS_NAME[usize::from(byte)] && byte != b'=');
        (start, self.pos)
    }

    /// The next part.
    pub(super) fn next(&mut self) -> Part {
        loop {
            match self.bytes.get(self.pos) {
                None => return Part::CutOff,
                Some(b'>') => {
                    self.pos += 1;
                    return Part::End { self_closing: false };
                }
                Some(b'/') => {
                    self.pos += 1;
                    if self.bytes.get(self.pos) == Some(&b'>') {
                        self.pos += 1;
                        return Part::End { self_closing: true };
                    }
                }
                Some(byte) if is_space(*byte) => self.pos += 1,
                Some(_) => return self.attribute(),
            }
        }
    }

    fn attribute(&mut self) -> Part {
        let start = self.pos;
        // A leading `=` belongs to the name.
        let end = self.find(start + 1, |byte| ENDS_NAME[usize::from(byte)]);
        let name = (start, end);
        self.pos = self.find(end, |byte| !is_space(byte));
        if self.bytes.get(self.pos) != Some(&b'=') {
            return Part::Attribute { name, value: (end, end) };
        }
        self.pos = self.find(self.pos + 1, |byte| !is_space(byte));
        let value = match self.bytes.get(self.pos) {
            Some(quote @ (b'"' | b'\'')) => {
                let start = self.pos + 1;
                let Some(offset) = memchr::memchr(*quote, &self.bytes[start..]) else {
                    return Part::CutOff;
                };
                self.pos = start + offset + 1;
                (start, start + offset)
            }
            Some(b'>') | None => (self.pos, self.pos),
            Some(_) => {
                let start = self.pos;
                self.pos = self.find(start, |byte| is_space(byte) || byte == b'>');
                (start, self.pos)
            }
        };
        Part::Attribute { name, value }
    }

    /// Place of the first byte from `from` on that fits, or the end.
    fn find(&self, from: usize, fits: impl Fn(u8) -> bool) -> usize {
        self.bytes
            .get(from..)
            .and_then(|rest| rest.iter().position(|byte| fits(*byte)))
            .map_or(self.bytes.len(), |offset| from + offset)
    }
}

/// Whether a byte ends the name of an attribute, and unless it is `=`, of a tag.
const ENDS_NAME: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        ends[byte] = is_space(byte as u8) || matches!(byte as u8, b'/' | b'>' | b'=');
        byte += 1;
    }
    ends
};

/// White space of the standard; CR counts, being a line end.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}
