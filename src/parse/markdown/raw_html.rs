//! Tags of raw HTML in Markdown, as far as they reach over Markdown text: a `<div>` that one
//! HTML block opens and a later one closes hides what stands between if it is hidden.

use crate::parse::HtmlParser;

/// Deepest nesting of raw tags that is followed.
const DEPTH: usize = 128;
/// Longest tag that is looked into, in bytes.
const LONGEST_TAG: usize = 4096;

/// A raw tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    /// The whole tag, from `<` to `>`.
    pub(super) text: &'a str,
    /// Where it begins in the text it was found in.
    pub(super) start: usize,
    /// Its name as written.
    pub(super) name: &'a str,
    /// Whether it is an end tag.
    pub(super) is_end: bool,
}

impl<'a> Tag<'a> {
    /// Whether the tag has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, as written.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.text.get(1 + self.name.len()..)?.strip_suffix('>')?;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '=' | '/'))
                .unwrap_or(rest.len());
            let key = &rest[..end];
            rest = rest[end..].trim_start();
            // An empty part of the tag, so that every value has a place in it.
            let mut value = &rest[..0];
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let (begin, end) = match after.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        (1, after[1..].find(quote).map_or(after.len(), |end| end + 1))
                    }
                    _ => (0, after.find(char::is_whitespace).unwrap_or(after.len())),
                };
                value = &after[begin..end];
                rest = after.get(end + begin..).unwrap_or_default();
            }
            if key.is_empty() && rest.is_empty() {
                return None;
            }
            if key.eq_ignore_ascii_case(name) {
                return Some(value);
            }
        }
    }
}

/// The tags of a piece of HTML. Comments and the inside of scripts and styles hold none.
pub(super) fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memchr::memchr(b'<', html.as_bytes().get(at..)?)?;
            let rest = &html[start..];
            if let Some(inside) = rest.strip_prefix("<!--") {
                at = inside.find("-->").map_or(html.len(), |end| start + 4 + end + 3);
                continue;
            }
            at = start + 1;
            let is_end = rest.starts_with("</");
            let from = if is_end { 2 } else { 1 };
            let name_len = rest[from..]
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
                .count();
            if name_len == 0 || !rest.as_bytes()[from].is_ascii_alphabetic() {
                continue;
            }
            let name = &rest[from..from + name_len];
            let Some(len) = tag_len(rest) else { continue };
            at = start + len;
            if !is_end
                && (name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style"))
            {
                at += memchr::memmem::find(&html.as_bytes()[at..], b"</").unwrap_or(0);
            }
            return Some(Tag { text: &rest[..len], start, name, is_end });
        }
    })
}

/// Length of the tag that `rest` begins with: up to the first `>` outside of quotes.
fn tag_len(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in rest.bytes().enumerate().take(LONGEST_TAG) {
        match (quote, byte) {
            (None, b'>') => return Some(index + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The raw elements that are open, and which of them hides what it holds.
#[derive(Debug, Default)]
pub(super) struct OpenElements {
    names: Vec<String>,
    /// Depth of the hidden element, and its index in the page.
    hidden: Option<(usize, u32)>,
}

/// What a tag did to the open elements.
#[derive(Debug)]
pub(super) enum Change {
    /// Nothing that matters.
    None,
    /// It opened an element that hides what follows; the technique and the element's name.
    Hides(&'static str, String),
    /// It closed the hidden element of this index.
    Shows(u32),
}

impl OpenElements {
    /// The hidden element around what follows.
    pub(super) fn hidden(&self) -> Option<u32> {
        self.hidden.map(|(_, index)| index)
    }

    /// Remembers the index of the element that [`Change::Hides`] announced.
    pub(super) fn set_hidden(&mut self, index: u32) {
        self.hidden = Some((self.names.len(), index));
    }

    /// Reads a tag. `html` is asked whether an element with such a start tag is hidden.
    pub(super) fn read(&mut self, tag: Tag<'_>, html: HtmlParser) -> Change {
        if tag.is_end {
            return match self.names.iter().rposition(|name| tag.is(name)) {
                Some(depth) => self.close_to(depth),
                None => Change::None,
            };
        }
        let is_void = VOID.iter().any(|name| tag.is(name)) || tag.text.ends_with("/>");
        if is_void || self.names.len() >= DEPTH {
            return Change::None;
        }
        self.names.push(tag.name.to_owned());
        let suspicious = ["style", "hidden"].iter().any(|name| tag.attribute(name).is_some());
        if self.hidden.is_some() || !suspicious {
            return Change::None;
        }
        let probe = html(&format!("{}probe</{}>", tag.text, tag.name));
        match probe.hidden.first() {
            Some(element) if probe.visible().is_empty() => {
                Change::Hides(element.technique, element.element.clone())
            }
            _ => Change::None,
        }
    }

    /// A Markdown block begins, which closes an open `<p>` as it does in HTML.
    pub(super) fn begin_block(&mut self) -> Change {
        match self.names.last() {
            Some(name) if name.eq_ignore_ascii_case("p") => self.close_to(self.names.len() - 1),
            _ => Change::None,
        }
    }

    fn close_to(&mut self, depth: usize) -> Change {
        self.names.truncate(depth);
        match self.hidden {
            Some((at, index)) if at > depth => {
                self.hidden = None;
                Change::Shows(index)
            }
            _ => Change::None,
        }
    }
}

/// Elements without an end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
