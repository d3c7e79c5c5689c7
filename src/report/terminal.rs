//! Text from pages, made fit for a terminal: nothing that could move the cursor, change colours,
//! turn the reading direction or hide itself gets through, and lengths are counted in columns.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::report::Verdict;

/// How to write for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour.
    pub colour: bool,
    /// Columns to fill.
    pub width: usize,
}

impl Look {
    /// `text` in a style, where colours are on. The text is written as it stands: escape first.
    pub fn paint(self, style: Style, text: impl std::fmt::Display) -> String {
        let text = text.to_string();
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text }
    }

    /// Less important text.
    pub fn dim(self, text: impl std::fmt::Display) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Important text.
    pub fn bold(self, text: impl std::fmt::Display) -> String {
        self.paint(Style::new().bold(), text)
    }
}

/// The style of a verdict.
pub fn verdict_style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Clean => AnsiColor::Green,
        Verdict::Damaged => AnsiColor::Blue,
        Verdict::Suspicious => AnsiColor::Yellow,
        Verdict::Injected | Verdict::Spam => AnsiColor::Red,
        Verdict::Junk => AnsiColor::Magenta,
        Verdict::Unreadable => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

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
        | '\u{e0000}'..='\u{e0fff}') // tags, further selectors
}

/// Columns an escaped text takes on a terminal: two for most East Asian characters.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The longest beginning of `text` that takes at most `columns`.
fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, char) in text.char_indices() {
        used += char.width().unwrap_or(0);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// The longest end of `text` that takes at most `columns`.
fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, char) in text.char_indices().rev() {
        used += char.width().unwrap_or(0);
        if used > columns {
            return &text[at + char.len_utf8()..];
        }
    }
    text
}

/// An escaped text cut at its end to at most `columns`, with `…` where something was cut.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    // `width` of a whole text may be below the sum of its characters (emoji sequences), never
    // above, so what fits here fits on the terminal.
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", head(text, columns.saturating_sub(1))))
}

/// The same, cut at its beginning: for paths, which differ at their ends.
pub fn cut_start(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("…{}", tail(text, columns.saturating_sub(1))))
}

/// An escaped text, filled with spaces to `columns` on its right.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks an escaped text into lines of at most `columns`, at spaces where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            // A word that fits no line (scripts without spaces) begins where we are.
            if width(word) > columns && width(&line) + 3 <= columns {
                let first = head(word, columns - width(&line) - 1);
                line.push(' ');
                line.push_str(first);
                word = &word[first.len()..];
            }
            lines.push(std::mem::take(&mut line));
        }
        while width(word) > columns {
            let first = head(word, columns);
            lines.push(first.to_owned());
            word = &word[first.len()..];
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A hit with the text around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Text before the hit on its line.
    pub before: String,
    /// The hit.
    pub hit: String,
    /// Text after the hit on its line.
    pub after: String,
}

impl Excerpt {
    /// The excerpt escaped and trimmed to `columns`, the hit marked by colour, or by `»hit«`
    /// where colours are off. The hit is kept before its surroundings.
    pub fn render(&self, look: Look, columns: usize) -> String {
        let (before, hit, after) = (escape(&self.before), escape(&self.hit), escape(&self.after));
        let marks = if look.colour { 0 } else { 2 };
        let room = columns.saturating_sub(marks);
        let hit = cut(hit.trim(), room);
        let (before, after) = (before.trim_start(), after.trim_end());
        let left = room.saturating_sub(width(&hit));
        // Half of the room each, and what one side leaves over goes to the other.
        let half = left / 2;
        let before_room = half.max(left.saturating_sub(width(after)));
        let before = if before_room < 4 { "".into() } else { cut_start(before, before_room) };
        let after_room = left.saturating_sub(width(&before));
        let after = if after_room < 4 { "".into() } else { cut(after, after_room) };
        let hit = if look.colour {
            look.paint(AnsiColor::Red.on_default().bold().underline(), hit)
        } else {
            format!("»{hit}«")
        };
        format!("{}{hit}{}", look.dim(before), look.dim(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { colour: false, width: 80 };

    #[test]
    fn nothing_that_acts_on_a_terminal_gets_through() {
        assert_eq!(escape("\u{1b}[31mred\u{7}\r\u{8}"), "␛[31mred␇␍␈");
        assert_eq!(escape("a\u{9b}31mb\u{7f}\0"), "a\\u{9b}31mb␡␀");
        assert_eq!(escape("x\u{202e}exe\u{2069}\u{200f}"), "x\\u{202e}exe\\u{2069}\\u{200f}");
        assert_eq!(escape("a\u{200b}b\u{feff}c\u{e0041}"), "a\\u{200b}b\\u{feff}c\\u{e0041}");
        assert_eq!(escape("one\ntwo\tthree"), "one two three");
        assert_eq!(escape("茶 ☕\u{fe0f} é"), "茶 ☕\u{fe0f} é");
        for char in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let shown = escape(char.encode_utf8(&mut [0; 4])).into_owned();
            assert!(!shown.chars().any(char::is_control), "U+{:04X}", char as u32);
        }
    }

    #[test]
    fn columns_count_wide_characters_twice() {
        assert_eq!(cut("茶馆茶馆", 8), "茶馆茶馆");
        assert_eq!(cut("茶馆茶馆", 7), "茶馆茶…");
        assert_eq!(cut("茶馆茶馆", 6), "茶馆…");
        assert_eq!(cut_start("a/long/path.html", 10), "…path.html");
        assert_eq!(pad("茶", 4), "茶  ");
        assert_eq!(cut("abc", 0), "…");
    }

    #[test]
    fn text_wraps_at_spaces_and_within_words_that_fit_no_line() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("茶馆茶馆茶馆", 8), ["茶馆茶馆", "茶馆"]);
        assert_eq!(wrap("", 9), [""]);
    }

    #[test]
    fn an_excerpt_keeps_the_hit_and_shares_the_room() {
        let excerpt = Excerpt {
            before: "a long line before the ".into(),
            hit: "lucky otter".into(),
            after: " and a long line after it".into(),
        };
        assert_eq!(excerpt.render(PLAIN, 31), "…ore the »lucky otter« and a l…");
        assert_eq!(excerpt.render(PLAIN, 13), "»lucky otter«");
        assert_eq!(excerpt.render(PLAIN, 9), "»lucky …«");
        let coloured = excerpt.render(Look { colour: true, width: 80 }, 80);
        assert!(!coloured.contains('»') && coloured.contains("\u{1b}["), "{coloured:?}");
    }
}
