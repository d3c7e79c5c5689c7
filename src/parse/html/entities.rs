//! Character references and line ends: source text to the text a reader gets.
//!
//! Follows the WHATWG standard, "Character reference state" and "Preprocessing the input stream".

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

use crate::span::Span;

use super::TextRun;

/// Which character references are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum References {
    /// None: scripts, styles, comments.
    Ignored,
    /// Those of running text.
    InText,
    /// Those of attribute values, where `&copy=1` and `&copyright` stay as written.
    InAttribute,
}

/// Appends the decoded form of `source[start..end]` to `out` and its runs to `runs`; the first
/// run continues at the end of `out`. NUL becomes U+FFFD and CR, CRLF become LF.
pub(super) fn decode(
    source: &str,
    start: usize,
    end: usize,
    references: References,
    out: &mut String,
    runs: &mut Vec<TextRun>,
) {
    let bytes = &source.as_bytes()[..end];
    let mut at = start;
    while at < end {
        let found = next_special(&bytes[at..], references).map_or(end, |offset| at + offset);
        if found > at {
            push(runs, out.len(), found - at, Span::new(at, found));
            out.push_str(&source[at..found]);
        }
        if found == end {
            break;
        }
        at = found;
        match bytes[at] {
            b'\r' => {
                let len = if bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
                push(runs, out.len(), 1, Span::new(at, at + len));
                out.push('\n');
                at += len;
            }
            0 => {
                push(runs, out.len(), 3, Span::new(at, at + 1));
                out.push('\u{fffd}');
                at += 1;
            }
            _ => at = decode_reference(source, at, end, references, out, runs),
        }
    }
}

/// Offset of the first byte that does not stand for itself.
pub(super) fn next_special(bytes: &[u8], references: References) -> Option<usize> {
    match references {
        References::Ignored => memchr::memchr2(b'\r', 0, bytes),
        _ => memchr::memchr3(b'&', b'\r', 0, bytes),
    }
}

/// Decodes what begins with the `&` at `at`; gives the offset to go on from.
fn decode_reference(
    source: &str,
    at: usize,
    end: usize,
    references: References,
    out: &mut String,
    runs: &mut Vec<TextRun>,
) -> usize {
    let bytes = &source.as_bytes()[at..end];
    let Some(reference) = Reference::read(bytes, references == References::InAttribute) else {
        push(runs, out.len(), 1, Span::new(at, at + 1));
        out.push('&');
        return at + 1;
    };
    let after = at + reference.len;
    let first = reference.first.len_utf8();
    let second = reference.second.map_or(0, char::len_utf8);
    if first + second == reference.len {
        // Equal lengths promise equal bytes, so a reference as long as its two characters
        // (`&acE;`) is recorded as two runs of unequal lengths.
        push(runs, out.len(), first, Span::new(at, after));
        push(runs, out.len() + first, second, Span::new(after, after));
    } else {
        push(runs, out.len(), first + second, Span::new(at, after));
    }
    out.push(reference.first);
    out.extend(reference.second);
    after
}

/// Adds a run; one that continues a linear run is merged into it.
pub(super) fn push(runs: &mut Vec<TextRun>, at: usize, len: usize, source: Span) {
    let run = TextRun { at: at as u32, len: len as u32, source };
    if len == 0 || runs.last_mut().is_some_and(|last| last.absorb(run)) {
        return;
    }
    runs.push(run);
}

/// A character reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The character it stands for.
    pub(super) first: char,
    /// The second one, where a name stands for two.
    pub(super) second: Option<char>,
    /// Length in the source, `&` included.
    pub(super) len: usize,
    /// Whether it ends in a semicolon.
    pub(super) closed: bool,
}

impl Reference {
    /// Reads the reference at the start of `bytes`, whose first byte is `&`.
    pub(super) fn read(bytes: &[u8], in_attribute: bool) -> Option<Self> {
        match bytes.get(1)? {
            b'#' => Self::numeric(bytes),
            byte if byte.is_ascii_alphanumeric() => Self::named(bytes, in_attribute),
            _ => None,
        }
    }

    fn numeric(bytes: &[u8]) -> Option<Self> {
        let (radix, digits) = match bytes.get(2)? {
            b'x' | b'X' => (16, 3),
            _ => (10, 2),
        };
        let mut code = 0_u32;
        let mut len = digits;
        while let Some(digit) = bytes.get(len).and_then(|byte| char::from(*byte).to_digit(radix)) {
            // Beyond Unicode the value no longer matters, only that it stays beyond.
            code = code.saturating_mul(radix).saturating_add(digit);
            len += 1;
        }
        if len == digits {
            return None;
        }
        let closed = bytes.get(len) == Some(&b';');
        len += usize::from(closed);
        let first = match code {
            0 => '\u{fffd}',
            0x80..=0x9f => C1_REPLACEMENTS[(code - 0x80) as usize]
                .or(char::from_u32(code))
                .expect("C1 controls are characters"),
            _ => char::from_u32(code).unwrap_or('\u{fffd}'),
        };
        Some(Self { first, second: None, len, closed })
    }

    /// The longest name that the table holds wins.
    fn named(bytes: &[u8], in_attribute: bool) -> Option<Self> {
        let name_len = bytes[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let end = name_len + 1 + usize::from(bytes.get(name_len + 1) == Some(&b';'));
        let name = std::str::from_utf8(&bytes[1..end]).expect("letters, digits, semicolon");
        if let Some(first) = common(name) {
            return Some(Self { first, second: None, len: end, closed: true });
        }
        let mut longest = None;
        // The table also holds every prefix of a name, with code 0.
        for len in 1..=name.len() {
            match NAMED_ENTITIES.get(&name[..len]) {
                Some((0, _)) => {}
                Some(codes) => longest = Some((len, *codes)),
                None => break,
            }
        }
        let (len, (first, second)) = longest?;
        let closed = name.as_bytes()[len - 1] == b';';
        if in_attribute && !closed {
            let next = bytes.get(len + 1);
            if next.is_some_and(|byte| *byte == b'=' || byte.is_ascii_alphanumeric()) {
                return None;
            }
        }
        let second = if second == 0 { None } else { char::from_u32(second) };
        Some(Self { first: char::from_u32(first)?, second, len: len + 1, closed })
    }
}

/// The names that make up nearly all references on real pages, without a walk through the table.
fn common(name: &str) -> Option<char> {
    match name {
        "amp;" => Some('&'),
        "lt;" => Some('<'),
        "gt;" => Some('>'),
        "quot;" => Some('"'),
        "nbsp;" => Some('\u{a0}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(source: &str, references: References) -> String {
        let (mut out, mut runs) = (String::new(), Vec::new());
        decode(source, 0, source.len(), references, &mut out, &mut runs);
        let mut at = 0;
        for run in &runs {
            assert_eq!(run.at, at, "{source:?}: runs leave no gap");
            at += run.len;
            if run.len as usize == run.source.len() && !source.contains('\r') {
                let text = &out[run.at as usize..at as usize];
                assert_eq!(text, &source[run.source.range()], "{source:?}");
            }
        }
        assert_eq!(at as usize, out.len(), "{source:?}: runs cover the text");
        out
    }

    #[test]
    fn references_in_text() {
        for (source, expected) in [
            ("a&amp;b&lt;&#65;&#x42;", "a&b<AB"),
            ("&notit; &notin; &not", "\u{ac}it; \u{2209} \u{ac}"),
            (
                "&#0;&#x80;&#xD800;&#x110000;&#99999999999;",
                "\u{fffd}\u{20ac}\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("&#;&#x;&#xg&&;&unknown;&", "&#;&#x;&#xg&&;&unknown;&"),
            ("&acE;&NotEqualTilde;x", "\u{223e}\u{333}\u{2242}\u{338}x"),
            ("a\r\nb\rc\0", "a\nb\nc\u{fffd}"),
            ("&copy=1&copyright", "\u{a9}=1\u{a9}right"),
            ("&#65", "A"),
            ("&a\u{e9}", "&a\u{e9}"),
        ] {
            assert_eq!(decoded(source, References::InText), expected, "{source:?}");
        }
    }

    #[test]
    fn references_in_attributes_need_a_semicolon_before_letters() {
        for (source, expected) in [
            ("?a=1&copy=2&reg", "?a=1&copy=2\u{ae}"),
            ("&copyright&copy;right", "&copyright\u{a9}right"),
            ("&notit;&amp", "&notit;&"),
        ] {
            assert_eq!(decoded(source, References::InAttribute), expected, "{source:?}");
        }
    }

    #[test]
    fn scripts_have_no_references() {
        assert_eq!(decoded("a &amp; b\r\n", References::Ignored), "a &amp; b\n");
    }
}
