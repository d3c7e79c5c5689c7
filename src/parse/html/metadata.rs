//! What the page says about itself: facts collected before the walk, metas, JSON-LD.

use crate::address::host_of;
use crate::page::Zone;
use crate::parse::html::Dom;
use crate::parse::html::node::Element;
use crate::parse::html::node::NodeRef;
use crate::parse::html::scripting::{Addressed, hides_element, sheets_in, written_by};
use crate::parse::html::sheet::Sheet;
use crate::parse::html::tree::NodeId;
use crate::span::{OffsetMap, Span};
use html5ever::local_name;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Longest script read for the names it looks up and the markup it writes, in bytes.
const MAX_SCRIPT: usize = 256 * 1024;

/// Facts about a document that text before them already depends on.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) sheet: Sheet,
    /// Whether backgrounds may be painted by rules that we do not see: linked or imported sheets,
    /// or selectors we cannot apply.
    pub(super) external_styles: bool,
    pub(super) addressed: Addressed,
    /// Ids of elements that a script of one statement hides.
    pub(super) hidden_by_script: HashSet<String>,
    pub(super) language: Option<String>,
    /// Hosts by what names them, best first: canonical link, `og:url`, base.
    hosts: [Option<String>; 3],
    /// The element that gives the page its title.
    pub(super) title: Option<NodeId>,
    /// Scripts that write the beginning of a hidden element, and those that write its end.
    pub(super) written: HashMap<NodeId, NodeId>,
}

impl Facts {
    /// Reads what a tree holds of them from top to bottom.
    pub(super) fn collect(dom: &Dom) -> Self {
        let mut facts = Self::default();
        let mut open_wrapper = None;
        for id in dom.tree.facts().iter() {
            let node = dom.tree.get(*id);
            let Some(element) = node.element() else { continue };
            let own = |name| element.attribute(&name);
            match *element.local() {
                local_name!("html") if facts.language.is_none() => {
                    let language =
                        own(local_name!("lang")).or_else(|| own(local_name!("xml:lang")));
                    facts.language =
                        language.map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned);
                }
                local_name!("title") if facts.title.is_none() && element.is_html() => {
                    facts.title = Some(node.id());
                }
                local_name!("style") => {
                    let css = text_of(node);
                    facts.external_styles |= css.contains("@import");
                    facts.sheet.add(&css);
                }
                local_name!("link") => facts.read_link(element),
                local_name!("meta") => {
                    let name = own(local_name!("property")).or_else(|| own(local_name!("name")));
                    if name.is_some_and(|name| name.eq_ignore_ascii_case("og:url")) {
                        facts.hosts[1] = own(local_name!("content")).and_then(host_of);
                    }
                }
                local_name!("base") => facts.hosts[2] = own(local_name!("href")).and_then(host_of),
                local_name!("script")
                    if is_program(element) && own(local_name!("src")).is_none() =>
                {
                    facts.read_script(node, &mut open_wrapper);
                }
                _ => {}
            }
        }
        facts.external_styles = facts.external_styles || facts.sheet.paints_unseen();
        facts
    }

    fn read_link(&mut self, element: Element<'_>) {
        let rel = element.attribute(&local_name!("rel")).unwrap_or_default();
        let is =
            |wanted: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(wanted));
        if is("stylesheet") {
            self.external_styles = true;
        }
        if is("canonical") && self.hosts[0].is_none() {
            self.hosts[0] = element.attribute(&local_name!("href")).and_then(host_of);
        }
    }

    fn read_script(&mut self, node: NodeRef<'_>, open_wrapper: &mut Option<NodeId>) {
        let script = text_of(node);
        if script.len() > MAX_SCRIPT {
            return;
        }
        self.addressed.add(&script);
        for css in sheets_in(&script) {
            self.sheet.add_by_script(css);
        }
        if let Some(id) = hides_element(&script) {
            self.hidden_by_script.insert(id.to_owned());
        }
        let written = written_by(&script);
        match (written.opens, open_wrapper.take()) {
            (Some(_), _) => *open_wrapper = Some(node.id()),
            (None, Some(opener)) if written.closes => {
                self.written.insert(opener, node.id());
            }
            (None, before) => *open_wrapper = before,
        }
    }

    /// The host the page itself names.
    pub(super) fn host(&self) -> Option<&str> {
        self.hosts.iter().flatten().next().map(String::as_str)
    }
}

/// Whether a script element holds a program rather than data.
pub(super) fn is_program(element: Element<'_>) -> bool {
    let kind = element.attribute(&local_name!("type")).unwrap_or_default().trim();
    if kind.is_empty() {
        return true;
    }
    let kind = kind.to_ascii_lowercase();
    kind == "module" || kind.contains("javascript") || kind.contains("ecmascript")
}

/// The text directly inside an element: nearly always that of its only child.
pub(super) fn text_of(node: NodeRef<'_>) -> Cow<'_, str> {
    let mut texts = node.children().filter_map(NodeRef::text);
    let first = texts.next().unwrap_or_default();
    match texts.next() {
        None => Cow::Borrowed(first),
        Some(second) => Cow::Owned([first, second].into_iter().chain(texts).collect()),
    }
}

/// The zone of a meta element's content, by its name or property.
pub(super) fn meta_zone(name: &str) -> Option<Zone> {
    Some(match name.trim().to_ascii_lowercase().as_str() {
        "description" => Zone::MetaDescription,
        "keywords" | "news_keywords" => Zone::MetaKeywords,
        "og:title"
        | "og:description"
        | "og:site_name"
        | "twitter:title"
        | "twitter:description" => Zone::OpenGraph,
        _ => return None,
    })
}

/// Share of the characters of a piece of markup that are written as numeric character
/// references, 0 to 1, and their number.
pub(super) fn numeric_references(raw: &str) -> (f64, usize) {
    let (mut references, mut letters) = (0usize, 0usize);
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let after = rest.strip_prefix("&#").map(|after| {
            let digits = after.trim_start_matches(['x', 'X']);
            digits.trim_start_matches(|c: char| c.is_ascii_hexdigit())
        });
        match after {
            Some(after) if rest.len() - after.len() > 2 => {
                references += 1;
                rest = after.strip_prefix(';').unwrap_or(after);
            }
            _ => {
                letters += usize::from(c.is_alphanumeric());
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    let all = references + letters;
    (if all == 0 { 0.0 } else { references as f64 / all as f64 }, references)
}

/// Keys of JSON-LD whose strings are text for readers.
const TEXT_KEYS: &[&str] = &[
    "alternateName",
    "alternativeHeadline",
    "articleBody",
    "author",
    "brand",
    "description",
    "headline",
    "keywords",
    "name",
    "reviewBody",
    "text",
];
/// Longest part of one string that is kept, in bytes.
const MAX_STRING: usize = 600;
/// Most strings kept of one script.
const MAX_STRINGS: usize = 200;

/// A string of a JSON text, with the map to that text.
#[derive(Debug)]
pub(super) struct JsonString {
    pub(super) text: String,
    pub(super) map: OffsetMap,
}

/// The strings for readers in a JSON-LD script, in order. Only string tokens and the keys before
/// them are read, so that broken JSON gives what it can and every string keeps its place.
/// `start` is the place of `json` in the document.
pub(super) fn json_ld_strings(json: &str, start: usize) -> Vec<JsonString> {
    let mut strings = Vec::new();
    let mut key_counts = false;
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'"', &json.as_bytes()[at..]) {
        let inner = at + open + 1;
        let end = inner + string_end(&json.as_bytes()[inner..]);
        let raw = &json[inner..end];
        at = (end + 1).min(json.len());
        let rest = json[at..].trim_start_matches(|c: char| c.is_ascii_whitespace());
        if rest.starts_with(':') {
            key_counts = TEXT_KEYS.contains(&raw);
        } else if key_counts {
            let string = unescape(raw, start + inner);
            let is_address =
                string.text.starts_with("http://") || string.text.starts_with("https://");
            if !is_address && !string.text.trim().is_empty() {
                strings.push(string);
            }
            if strings.len() >= MAX_STRINGS {
                break;
            }
        }
    }
    strings
}

/// Length of a string up to its closing quote.
fn string_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        if bytes[at + next] == b'"' {
            return at + next;
        }
        at += next + 2;
        if at >= bytes.len() {
            break;
        }
    }
    bytes.len()
}

fn unescape(raw: &str, start: usize) -> JsonString {
    let mut text = String::new();
    let mut map = OffsetMap::default();
    let mut at = 0;
    while at < raw.len() && text.len() < MAX_STRING {
        let rest = &raw[at..];
        let (piece, len) = if let Some(escaped) = rest.strip_prefix('\\') {
            escape(escaped)
        } else {
            let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
            let mut plain = plain.min(MAX_STRING);
            while !rest.is_char_boundary(plain) {
                plain -= 1;
            }
            map.push(text.len(), plain, Span::new(start + at, start + at + plain));
            text.push_str(&rest[..plain]);
            at += plain;
            continue;
        };
        let mut buffer = [0; 4];
        let piece = piece.encode_utf8(&mut buffer);
        map.push(text.len(), piece.len(), Span::new(start + at, start + at + len));
        text.push_str(piece);
        at += len;
    }
    JsonString { text, map }
}

/// The character an escape stands for and the length of the escape, backslash included.
fn escape(after: &str) -> (char, usize) {
    let unit = |text: &str| text.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    match after.chars().next() {
        Some('u') => match unit(&after[1..]) {
            Some(high @ 0xD800..=0xDBFF) => {
                let low = after.get(5..).and_then(|rest| rest.strip_prefix("\\u")).and_then(unit);
                match low {
                    Some(low @ 0xDC00..=0xDFFF) => {
                        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                        (char::from_u32(code).unwrap_or('\u{FFFD}'), 12)
                    }
                    _ => ('\u{FFFD}', 6),
                }
            }
            Some(code) => (char::from_u32(code).unwrap_or('\u{FFFD}'), 6),
            None => ('\u{FFFD}', 2),
        },
        Some('n' | 'r' | 't' | 'b' | 'f') => (' ', 2),
        Some(c) => (c, 1 + c.len_utf8()),
        None => ('\u{FFFD}', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_ld_strings_keep_their_places() {
        let json = r#"{"@type":"Article","headline":"Tea \u0026 \"cake\"","url":"x","author":{"name":"Ann \ud83c\udf75"},"keywords":["a","b"],"name":"https://x.example"}"#;
        let strings = json_ld_strings(json, 100);
        let texts: Vec<_> = strings.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts, ["Tea & \"cake\"", "Ann 🍵", "a", "b"]);
        let amp = strings[0].map.to_source(Span::new(4, 5)).shifted(0);
        assert_eq!(&json[amp.start as usize - 100..amp.end as usize - 100], "\\u0026");
        for broken in [r#"{"name":"x"#, r#"{"name":"x\"#, r#"{"name":"\u12"#, "\"", r#"{"name":"\"#]
        {
            json_ld_strings(broken, 0);
        }
    }

    #[test]
    fn numeric_references_are_counted() {
        for (raw, share, count) in [
            ("&#33214;&#x5F69;", 1.0, 2),
            ("a&#98;", 0.5, 1),
            ("Tea &amp; cake", 0.0, 0),
            ("&#", 0.0, 0),
            ("", 0.0, 0),
        ] {
            let found = numeric_references(raw);
            assert!((found.0 - share).abs() < 1e-9 && found.1 == count, "{raw}: {found:?}");
        }
    }
}
