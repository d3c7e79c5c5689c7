//! Text from pages, made fit to be shown: nothing that could move a cursor, change colours, turn
//! the reading direction or hide itself gets through.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text on one line, with every character that acts on a terminal or hides from the reader
/// replaced by a visible sign: control characters by their Unicode pictures (`␛`, `␇`) or code,
/// direction controls, zero-width and tag characters by code (`\u{202e}`). Tabs and line breaks
/// become spaces.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\n' | '\t' => out.push(' '),
            '\0'..='\u{1f}' => {
                out.push(char::from_u32(0x2400 + char as u32).unwrap_or('\u{fffd}'));
            }
            '\u{7f}' => out.push('␡'),
            char if is_unsafe(char) => {
                let _ = write!(out, "\\u{{{:x}}}", char as u32);
            }
            char => out.push(char),
        }
    }
    Cow::Owned(out)
}

/// Characters beyond ASCII that control, reorder or cannot be seen. The two variation selectors
/// that choose between text and emoji (U+FE0E, U+FE0F) are ordinary and stay.
fn is_unsafe(char: char) -> bool {
    matches!(char,
        '\u{80}'..='\u{9f}'                         // C1 controls
        | '\u{ad}' | '\u{34f}' | '\u{61c}'          // soft hyphen, grapheme joiner, Arabic mark
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' // fillers
        | '\u{180b}'..='\u{180f}'                   // Mongolian selectors and separator
        | '\u{200b}'..='\u{200f}'                   // zero width, direction marks
        | '\u{2028}'..='\u{202e}'                   // separators, embeddings, overrides
        | '\u{2060}'..='\u{206f}'                   // joiners, invisible operators, isolates
        | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'                   // annotations
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' // tags, further selectors
        | '\u{fdd0}'..='\u{fdef}') // no characters, as are the last two of each plane
        || char as u32 & 0xfffe == 0xfffe
}

/// The first characters of a text, with `…` where something was cut.
pub fn shorten(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_gets_through() {
        assert_eq!(escape("\u{1b}[31mred\u{7}\r\u{8}"), "␛[31mred␇␍␈");
        assert_eq!(escape("a\u{9b}31mb\u{7f}\0"), "a\\u{9b}31mb␡␀");
        assert_eq!(escape("x\u{202e}exe\u{2069}\u{200f}"), "x\\u{202e}exe\\u{2069}\\u{200f}");
        assert_eq!(escape("a\u{200b}b\u{feff}c\u{e0041}"), "a\\u{200b}b\\u{feff}c\\u{e0041}");
        assert_eq!(escape("a\u{ffff}\u{1fffe}"), "a\\u{ffff}\\u{1fffe}");
        assert_eq!(escape("one\ntwo\tthree"), "one two three");
        assert_eq!(escape("茶 ☕\u{fe0f} é"), "茶 ☕\u{fe0f} é");
        for char in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let shown = escape(char.encode_utf8(&mut [0; 4])).into_owned();
            assert!(!shown.chars().any(char::is_control), "U+{:04X}", char as u32);
        }
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shorten("茶馆茶", 2), "茶馆…");
        assert_eq!(shorten("茶馆", 2), "茶馆");
    }
}
