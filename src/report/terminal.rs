//! Text from pages, made fit for a terminal: nothing that could move the cursor, change colours,
//! turn the reading direction or hide itself gets through, and lengths are counted in columns.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::report::Verdict;
pub use crate::report::escape::escape;

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
