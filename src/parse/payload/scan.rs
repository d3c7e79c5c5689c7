//! A scanner for JSON that keeps the place of every value and stops, rather than fails, where
//! the text breaks off.

use crate::span::{OffsetMap, Span};

/// Values kept, at most; what follows is left out and noted.
pub(super) const NODE_LIMIT: usize = 1 << 20;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    /// A string; its span lies between the quotes.
    String,
    /// A number that is a whole one, as far as it fits; JSON's other numbers are literals.
    Integer(i32),
    /// Any other number, `true`, `false`, `null`.
    Literal,
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Place of the key in the object, between the quotes; empty in arrays.
    pub(super) key: Span,
    /// The object or array that holds the value; its own index for the root.
    pub(super) parent: u32,
    /// One past the last value inside, in the order of the list.
    pub(super) end: u32,
}

/// Why scanning stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the end of a whole value.
    Complete,
    /// The text ended inside a value.
    Truncated,
    /// Something that is not JSON stands at this offset.
    Broken(usize),
    /// There were more than [`NODE_LIMIT`] values.
    TooMany(usize),
}

/// The values of a JSON text, each before what it holds.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) nodes: Vec<Node>,
    pub(super) stop: Stop,
    /// End of what was read.
    pub(super) end: usize,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value or the end of the array that was just opened.
    ValueOrEnd,
    KeyOrEnd,
    CommaOrEnd,
}

/// Scans the value that begins at `start`, keeping at most `limit` values.
pub(super) fn scan(text: &str, start: usize, limit: usize) -> Scan {
    let bytes = text.as_bytes();
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<u32> = Vec::new();
    let mut key = Span::default();
    let mut expect = Expect::Value;
    let mut at = start;
    let stop = loop {
        at = skip_space(bytes, at);
        if nodes.len() >= limit {
            break Stop::TooMany(at);
        }
        let Some(&byte) = bytes.get(at) else { break Stop::Truncated };
        match (expect, byte) {
            (Expect::CommaOrEnd, b',') => {
                at += 1;
                expect = match open.last() {
                    // A comma before the end is tolerated, as configuration files have it.
                    Some(index) if nodes[*index as usize].kind == Kind::Object => Expect::KeyOrEnd,
                    _ => Expect::ValueOrEnd,
                };
            }
            (Expect::CommaOrEnd | Expect::KeyOrEnd, b'}')
            | (Expect::CommaOrEnd | Expect::ValueOrEnd, b']') => {
                let Some(index) = open.pop() else { break Stop::Broken(at) };
                let closes = if byte == b'}' { Kind::Object } else { Kind::Array };
                if nodes[index as usize].kind != closes {
                    open.push(index);
                    break Stop::Broken(at);
                }
                at += 1;
                let count = nodes.len() as u32;
                let node = &mut nodes[index as usize];
                node.span.end = at as u32;
                node.end = count;
                expect = Expect::CommaOrEnd;
            }
            (Expect::KeyOrEnd, b'"') => {
                let Some(end) = string_end(bytes, at) else {
                    at = bytes.len();
                    break Stop::Truncated;
                };
                key = Span::new(at + 1, end);
                at = end + 1;
                at = skip_space(bytes, at);
                match bytes.get(at) {
                    Some(b':') => at += 1,
                    Some(_) => break Stop::Broken(at),
                    None => break Stop::Truncated,
                }
                expect = Expect::Value;
            }
            (Expect::Value | Expect::ValueOrEnd, _) => {
                let index = nodes.len() as u32;
                let parent = open.last().copied().unwrap_or(index);
                let (kind, span, next) = match byte {
                    b'{' => (Kind::Object, Span::new(at, bytes.len()), Some(at + 1)),
                    b'[' => (Kind::Array, Span::new(at, bytes.len()), Some(at + 1)),
                    b'"' => match string_end(bytes, at) {
                        Some(end) => (Kind::String, Span::new(at + 1, end), Some(end + 1)),
                        None => (Kind::String, Span::new(at + 1, bytes.len()), None),
                    },
                    _ => match literal(&text[at..]) {
                        Some((kind, len)) => (kind, Span::new(at, at + len), Some(at + len)),
                        None => break Stop::Broken(at),
                    },
                };
                nodes.push(Node { kind, span, key, parent, end: index + 1 });
                key = Span::default();
                let Some(next) = next else {
                    at = bytes.len();
                    break Stop::Truncated;
                };
                at = next;
                expect = match kind {
                    Kind::Object => Expect::KeyOrEnd,
                    Kind::Array => Expect::ValueOrEnd,
                    _ => Expect::CommaOrEnd,
                };
                if matches!(kind, Kind::Object | Kind::Array) {
                    open.push(index);
                }
            }
            _ => break Stop::Broken(at),
        }
        if open.is_empty() && expect == Expect::CommaOrEnd {
            break Stop::Complete;
        }
    };
    let count = nodes.len() as u32;
    for index in open {
        nodes[index as usize].end = count;
        nodes[index as usize].span.end = at as u32;
    }
    Scan { nodes, stop, end: at }
}

/// Skips white space, and comments as configuration files have them.
fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let rest = &bytes[at..];
        let comment = if rest.starts_with(b"//") {
            memchr::memchr(b'\n', rest)
        } else if rest.starts_with(b"/*") {
            memchr::memmem::find(&rest[2..], b"*/").map(|end| end + 4)
        } else {
            return at;
        };
        at = comment.map_or(bytes.len(), |len| at + len);
    }
}

/// Where the string that begins at `at` has its closing quote.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}

/// The number or word that `text` begins with, and its length.
fn literal(text: &str) -> Option<(Kind, usize)> {
    let len = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
        .count();
    let word = &text[..len];
    match word {
        "true" | "false" | "null" | "NaN" | "Infinity" | "-Infinity" | "undefined" => {
            Some((Kind::Literal, len))
        }
        _ if word.parse::<f64>().is_ok() => {
            Some((word.parse().map_or(Kind::Literal, Kind::Integer), len))
        }
        _ => None,
    }
}

/// The text of a string literal whose inside is `raw`, and the map that leads from it to `raw`.
pub(super) fn unescape(raw: &str) -> (String, OffsetMap) {
    let bytes = raw.as_bytes();
    let mut text = String::with_capacity(raw.len());
    let mut map = OffsetMap::default();
    let mut at = 0;
    while at < raw.len() {
        let next = memchr::memchr(b'\\', &bytes[at..]).map_or(raw.len(), |i| at + i);
        map.push(text.len(), next - at, Span::new(at, next));
        text.push_str(&raw[at..next]);
        at = next;
        if at < raw.len() {
            let (char, len) = escape(&raw[at..]);
            map.push(text.len(), char.len_utf8(), Span::new(at, at + len));
            text.push(char);
            at += len;
        }
    }
    (text, map)
}

/// The character of the escape that `text` begins with, and the escape's length. What is no
/// escape stands for its first character.
fn escape(text: &str) -> (char, usize) {
    let simple = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'u') => return unicode_escape(text),
        Some(b'"') => '"',
        Some(b'/') => '/',
        Some(b'\\') => '\\',
        _ => return ('\\', 1),
    };
    (simple, 2)
}

fn unicode_escape(text: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let Some(first) = unit(0) else { return ('\\', 1) };
    let units = [Some(first), unit(6)];
    match char::decode_utf16(units.into_iter().flatten()).next() {
        Some(Ok(char)) => (char, if char.len_utf16() == 2 { 12 } else { 6 }),
        _ => ('\u{FFFD}', 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(text: &str) -> Stop {
        scan(text, 0, NODE_LIMIT).stop
    }

    #[test]
    fn values_keep_their_places() {
        let text = r#" {"a": [1, "b\"c", {"d": null}], "e": -2.5e3} tail"#;
        let scan = scan(text, 0, NODE_LIMIT);
        assert_eq!(scan.stop, Stop::Complete);
        assert_eq!(&text[scan.end..], " tail");
        let found: Vec<(&str, &str, u32)> = scan
            .nodes
            .iter()
            .map(|node| (&text[node.key.range()], &text[node.span.range()], node.parent))
            .collect();
        assert_eq!(
            found[1..],
            [
                ("a", r#"[1, "b\"c", {"d": null}]"#, 0),
                ("", "1", 1),
                ("", r#"b\"c"#, 1),
                ("", r#"{"d": null}"#, 1),
                ("d", "null", 4),
                ("e", "-2.5e3", 0),
            ]
        );
        assert_eq!(scan.nodes[1].end, 6);
    }

    #[test]
    fn broken_text_is_read_as_far_as_it_goes() {
        assert_eq!(stop("[1, 2"), Stop::Truncated);
        assert_eq!(stop(r#"{"a": "b"#), Stop::Truncated);
        assert_eq!(stop(r#"{"a"#), Stop::Truncated);
        assert_eq!(stop(r#"{"a\"#), Stop::Truncated);
        assert_eq!(stop("[link](x)"), Stop::Broken(1));
        assert_eq!(stop("[1}"), Stop::Broken(2));
        assert_eq!(stop("{a: 1}"), Stop::Broken(1));
        assert_eq!(stop(""), Stop::Truncated);
        assert_eq!(stop("{ // why\n \"a\": [1, /* x */ 2,], }"), Stop::Complete);
        assert_eq!(scan("[1,2,3]", 0, 3).stop, Stop::TooMany(4));
        let scan = scan(r#"{"a": {"b": "text"#, 0, NODE_LIMIT);
        assert_eq!(scan.nodes.len(), 3);
        assert_eq!(scan.nodes[0].end, 3);
        assert_eq!(stop(&"[".repeat(300_000)), Stop::Truncated);
    }

    #[test]
    fn escapes_are_mapped_as_a_whole() {
        let raw = r"a\nb\u4e2d\ud83d\ude00\ud800x\q\/";
        let (text, map) = unescape(raw);
        assert_eq!(text, "a\nb中😀\u{FFFD}x\\q/");
        for (part, source) in
            [("\n", r"\n"), ("中", r"\u4e2d"), ("😀", r"\ud83d\ude00"), ("\u{FFFD}x", r"\ud800x")]
        {
            let at = text.find(part).unwrap_or_default();
            let place = map.to_source(Span::new(at, at + part.len()));
            assert_eq!(&raw[place.range()], source);
        }
        assert_eq!(unescape("\\").0, "\\");
        assert_eq!(unescape("\\u12").0, "\\u12");
        assert_eq!(unescape("\\u中文").0, "\\u中文");
    }
}
