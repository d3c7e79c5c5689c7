//! Character references, for the formats that no HTML parser reads.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

use crate::span::{OffsetMap, Span};

/// Longest reference that is looked for, in bytes.
const LONGEST: usize = 36;

/// Decodes character references. The map leads from the result to `text`.
pub(crate) fn decode(text: &str) -> (String, OffsetMap) {
    let mut decoded = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut at = 0;
    while at < text.len() {
        let next = memchr::memchr(b'&', &text.as_bytes()[at..]).map_or(text.len(), |i| at + i);
        map.push(decoded.len(), next - at, Span::new(at, next));
        decoded.push_str(&text[at..next]);
        at = next;
        if at == text.len() {
            break;
        }
        let (characters, len) = reference(&text[at..]).unwrap_or((['&', '\0'], 1));
        let start = decoded.len();
        decoded.extend(characters.into_iter().filter(|c| *c != '\0'));
        map.push(start, decoded.len() - start, Span::new(at, at + len));
        at += len;
    }
    (decoded, map)
}

/// The reference that `text` begins with: its one or two characters (the second is NUL where
/// there is one) and its length.
fn reference(text: &str) -> Option<([char; 2], usize)> {
    let bytes = text.as_bytes();
    let end = bytes.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let inside = text.get(1..end)?;
    if let Some(number) = inside.strip_prefix('#') {
        let value = match number.strip_prefix(['x', 'X']) {
            Some(digits) if is_digits(digits, 16) => u32::from_str_radix(digits, 16).ok(),
            None if is_digits(number, 10) => number.parse().ok(),
            _ => return None,
        };
        return Some(([character(value), '\0'], end + 1));
    }
    let (first, second) = NAMED_ENTITIES.get(&text[1..=end])?;
    Some(([char::from_u32(*first)?, char::from_u32(*second)?], end + 1))
}

fn is_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_digit(radix))
}

/// The character of a number, as browsers read it: windows-1252 for the C1 range, U+FFFD for
/// what is no character.
fn character(value: Option<u32>) -> char {
    match value {
        Some(value @ 0x80..=0x9F) => {
            C1_REPLACEMENTS[(value - 0x80) as usize].or(char::from_u32(value)).unwrap_or('\u{FFFD}')
        }
        Some(1..) => value.and_then(char::from_u32).unwrap_or('\u{FFFD}'),
        _ => '\u{FFFD}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_in_place() {
        let source = "a &amp; b&#20013;&#x6587; &nosuch; &#150; & &lt;b&gt; &#0;&#xFFFFFFFFFF;é";
        let (text, map) = decode(source);
        assert_eq!(text, "a & b中文 &nosuch; – & <b> \u{FFFD}\u{FFFD}é");
        let at = text.find('文').unwrap_or_default();
        assert_eq!(&source[map.to_source(Span::new(at, at + 3)).range()], "&#x6587;");
        let at = text.find("<b>").unwrap_or_default();
        assert_eq!(&source[map.to_source(Span::new(at, at + 3)).range()], "&lt;b&gt;");
        assert_eq!(decode("&").0, "&");
        assert_eq!(decode("&NotEqualTilde;").0.chars().count(), 2);
    }
}
