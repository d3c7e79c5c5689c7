//! HTML text to tokens, with the place of each in the source.
//!
//! The tokenization stage of the WHATWG standard (13.2.5), written over whole spans instead of
//! single characters: `memchr` finds the ends, and text without references or line ends to
//! normalise is handed on as a slice of one shared page buffer. Tokens are html5ever's, so that
//! its tree builder takes them. Every input takes linear time.

use std::ops::Range;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use crate::span::Span;

use super::TextRun;
use super::doctype;
use super::entities::{self, References, decode, next_special};
use super::script;

/// What takes the tokens.
pub(super) trait Receiver {
    /// Takes a token other than text. `at` is its range in the source.
    fn token(&mut self, token: Token, at: Span) -> Next;
    /// Takes text without NUL. `runs` cover all of it, in order.
    fn text(&mut self, text: StrTendril, runs: &[TextRun]);
    /// Whether the current node is an SVG or `MathML` element, where `<![CDATA[` is read.
    fn in_foreign_content(&self) -> bool;
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
    /// The same text, for tokens to share.
    page: StrTendril,
    pos: usize,
    state: State,
    /// Name of the last start tag: raw text ends at the end tag of the same name.
    last_start: Option<LocalName>,
    names: NameCache,
    attribute_limit: usize,
    /// The last token may make the tree builder drop a line break that follows (`<pre>`).
    drops_line_break: bool,
    decoded: String,
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
            page: StrTendril::from_slice(source),
            pos: 0,
            state: State::Data,
            last_start: None,
            names: NameCache::default(),
            attribute_limit,
            drops_line_break: false,
            decoded: String::new(),
            runs: Vec::new(),
            plain: 0..0,
        }
    }

    /// Starts elsewhere than in markup, as after a start tag named `last_start`.
    pub(super) fn starting_in(mut self, state: State, last_start: Option<&str>) -> Self {
        self.state = state;
        self.last_start = last_start.map(LocalName::from);
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
        self.emit(Token::EOFToken, Span::new(end, end));
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
        while let Some(offset) = memchr::memchr(b'<', &bytes[from..]) {
            let at = from + offset;
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
        if self.is_plain(start, end, References::InText) {
            self.plain_text(start, end);
            return;
        }
        let mut from = start;
        while let Some(offset) = memchr::memchr(0, &self.bytes()[from..end]) {
            let at = from + offset;
            self.text(from, at, References::InText);
            self.emit(Token::NullCharacterToken, Span::new(at, at + 1));
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
                    self.emit(Token::ParseError("empty end tag".into()), Span::new(at, at + 3));
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
            self.emit(Token::DoctypeToken(doctype), Span::new(at, end));
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
        self.emit(Token::CommentToken(text), Span::new(at, end));
    }

    fn cdata(&mut self) {
        let start = self.pos;
        let end = memchr::memmem::find(&self.bytes()[start..], b"]]>");
        let text_end = end.map_or(self.source.len(), |offset| start + offset);
        let mut from = start;
        while let Some(offset) = memchr::memchr(0, &self.bytes()[from..text_end]) {
            let at = from + offset;
            self.text(from, at, References::Ignored);
            self.emit(Token::NullCharacterToken, Span::new(at, at + 1));
            from = at + 1;
        }
        self.text(from, text_end, References::Ignored);
        self.pos = if end.is_some() { text_end + 3 } else { text_end };
        self.state = State::Data;
    }

    /// Text up to the end tag that matches the last start tag, then that end tag.
    fn raw(&mut self, kind: RawKind) {
        let start = self.pos;
        let name = self.last_start.as_deref().unwrap_or_default();
        let (end, references) = match kind {
            RawKind::Rcdata => (script::raw_end(self.bytes(), start, name), References::InText),
            RawKind::Rawtext => (script::raw_end(self.bytes(), start, name), References::Ignored),
            RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => {
                (script::script_end(self.bytes(), start, name), References::Ignored)
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
        let name = self.names.get(self.source, name_span);
        let mut attrs: Vec<Attribute> = Vec::new();
        let mut had_duplicate_attributes = false;
        let mut overflow = false;
        let self_closing = loop {
            match reader.next() {
                Part::Attribute { name, value } => {
                    if attrs.len() >= self.attribute_limit {
                        overflow = true;
                        continue;
                    }
                    let name = self.names.get(self.source, name);
                    if attrs.iter().any(|attr| attr.name.local == name) {
                        had_duplicate_attributes = true;
                        continue;
                    }
                    let value = self.value(value.0, value.1, References::InAttribute);
                    attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
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
        if overflow && kind == TagKind::StartTag {
            self.attribute_overflow.get_or_insert(span);
        }
        let drops_line_break = kind == TagKind::StartTag
            && matches!(
                name,
                local_name!("pre") | local_name!("listing") | local_name!("textarea")
            );
        if kind == TagKind::StartTag {
            self.last_start = Some(name.clone());
        }
        self.emit(
            Token::TagToken(Tag { kind, name, self_closing, attrs, had_duplicate_attributes }),
            span,
        );
        self.drops_line_break = drops_line_break;
    }

    fn emit(&mut self, token: Token, at: Span) {
        self.drops_line_break = false;
        match self.receiver.token(token, at) {
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
    fn value(&mut self, start: usize, end: usize, references: References) -> StrTendril {
        if self.is_plain(start, end, references) {
            return self.page.subtendril(start as u32, (end - start) as u32);
        }
        self.decoded.clear();
        self.runs.clear();
        decode(self.source, start, end, references, &mut self.decoded, &mut self.runs);
        StrTendril::from_slice(&self.decoded)
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
        self.runs.clear();
        self.decoded.clear();
        decode(self.source, start, end, references, &mut self.decoded, &mut self.runs);
        let text = StrTendril::from_slice(&self.decoded);
        self.send(text, start, references);
    }

    /// Hands on text that stands for itself.
    fn plain_text(&mut self, start: usize, end: usize) {
        if start == end {
            return;
        }
        self.runs.clear();
        entities::push(&mut self.runs, 0, end - start, Span::new(start, end));
        let text = self.page.subtendril(start as u32, (end - start) as u32);
        self.send(text, start, References::Ignored);
    }

    /// Hands on text whose runs are set.
    fn send(&mut self, text: StrTendril, start: usize, references: References) {
        if std::mem::take(&mut self.drops_line_break) && text.starts_with('\n') {
            self.text_after_line_break(&text, start, references);
        } else {
            self.receiver.text(text, &self.runs);
        }
    }

    /// Text whose first line break the tree builder may drop: the break goes as a token of its
    /// own, so that what the tree builder appends is always a whole token or a run of it.
    fn text_after_line_break(&mut self, text: &StrTendril, start: usize, references: References) {
        if self.bytes()[start] == b'&' && references == References::InText {
            let reference = entities::Reference::read(&self.bytes()[start..], false);
            if reference.is_some_and(|reference| !reference.closed) {
                // html5ever keeps the line break of an unclosed `&#10`: its error message comes
                // between the tag and the text.
                self.emit(Token::ParseError("unclosed reference".into()), Span::new(start, start));
            }
        }
        let first = self.runs[0];
        let linear = first.len as usize == first.source.len();
        let unit = if linear { Span::new(start, start + 1) } else { first.source };
        self.receiver.text(text.subtendril(0, 1), &[TextRun { at: 0, len: 1, source: unit }]);
        if text.len() == 1 {
            return;
        }
        if first.len == 1 {
            self.runs.remove(0);
        } else {
            self.runs[0].at += 1;
            self.runs[0].len -= 1;
            self.runs[0].source.start += 1;
        }
        for run in &mut self.runs {
            run.at -= 1;
        }
        self.receiver.text(text.subtendril(1, text.len32() - 1), &self.runs);
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
        self.pos = self.find(start, |byte| is_space(byte) || matches!(byte, b'/' | b'>'));
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
        let end = self.find(start + 1, |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
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

/// White space of the standard; CR counts, being a line end.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// Interned names by their source text: interning hashes each name anew, and a page has few.
struct NameCache {
    slots: Vec<Option<LocalName>>,
    lowered: String,
}

impl Default for NameCache {
    fn default() -> Self {
        Self { slots: vec![None; Self::SLOTS], lowered: String::new() }
    }
}

impl NameCache {
    const SLOTS: usize = 512;

    /// The name at `start..end` of `source`, ASCII letters lowered and NUL replaced.
    fn get(&mut self, source: &str, (start, end): (usize, usize)) -> LocalName {
        let text = &source[start..end];
        // What is found as it is written needs no lowering.
        match &self.slots[Self::slot(text)] {
            Some(name) if **name == *text => return name.clone(),
            _ => {}
        }
        self.lowered.clear();
        self.lowered.extend(text.chars().map(|c| match c {
            '\0' => '\u{fffd}',
            c => c.to_ascii_lowercase(),
        }));
        let slot = &mut self.slots[Self::slot(&self.lowered)];
        match slot {
            Some(name) if **name == *self.lowered => name.clone(),
            _ => slot.insert(LocalName::from(&*self.lowered)).clone(),
        }
    }

    fn slot(text: &str) -> usize {
        let byte = |at: usize| usize::from(text.as_bytes().get(at).copied().unwrap_or(0));
        let (middle, last) = (text.len() / 2, text.len().saturating_sub(1));
        (text.len() + byte(0) * 7 + byte(middle) * 37 + byte(last) * 131) % Self::SLOTS
    }
}
