//! Lines and columns.

use crate::report::SourceSpan;
use crate::span::{OffsetMap, Span};
use crate::text::{count_bytes, count_pairs};

/// From spans in the decoded text to places in the record.
pub(crate) struct Places<'a> {
    text: &'a str,
    to_bytes: OffsetMap,
    /// What lies before every [`Places::STRIDE`]th byte: lines and columns are counted from there.
    marks: Vec<Mark>,
}

/// What lies before a place of the text.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// Line ends.
    lines: u32,
    /// Where the line begins that the place is in.
    line_start: u32,
    /// Characters that begin.
    chars: u32,
}

impl<'a> Places<'a> {
    const STRIDE: usize = 1 << 10;

    /// Places in a decoded text, and the way from there to the bytes.
    pub(crate) fn new(text: &'a str, to_bytes: OffsetMap) -> Self {
        let mut places = Self { text, to_bytes, marks: vec![Mark::default()] };
        for piece in 1..=text.len() / Self::STRIDE {
            places.marks.push(places.mark(piece * Self::STRIDE));
        }
        places
    }

    pub(crate) fn locate(&self, in_text: Span) -> SourceSpan {
        let (line, column) = self.line_and_column(in_text.start);
        let (end_line, end_column) = self.line_and_column(in_text.end);
        let span = self.to_bytes.to_source(in_text);
        SourceSpan { start: span.start, end: span.end, line, column, end_line, end_column }
    }

    /// Both from 1.
    fn line_and_column(&self, at: u32) -> (u32, u32) {
        let here = self.mark((at as usize).min(self.text.len()));
        let line_start = self.mark(here.line_start as usize);
        (here.lines + 1, here.chars - line_start.chars + 1)
    }

    /// What lies before a place, counted from the last mark before it.
    #[expect(clippy::needless_bitwise_bool, reason = "no branch between bytes")]
    fn mark(&self, at: usize) -> Mark {
        let known = (at / Self::STRIDE).min(self.marks.len() - 1);
        let mut mark = self.marks[known];
        let raw = self.text.as_bytes();
        let from = known * Self::STRIDE;
        let piece = &raw[from..at];
        mark.chars += count_bytes(piece, |byte| byte as i8 >= -0x40);
        let Some(&last) = piece.last() else { return mark };
        // A line feed ends a line, and so does a carriage return that none follows.
        let ends = |byte: u8, next: u8| (byte == b'\n') | (byte == b'\r') & (next != b'\n');
        let last_ends = ends(last, raw.get(at).copied().unwrap_or(0));
        let inner = count_pairs(piece, ends);
        mark.lines += inner + u32::from(last_ends);
        if last_ends {
            mark.line_start = at as u32;
        } else if inner > 0 {
            let inner = piece.windows(2).rposition(|pair| ends(pair[0], pair[1]));
            mark.line_start = (from + inner.map_or(0, |place| place + 1)) as u32;
        }
        mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_line_and_column() {
        for piece in ["ab\ncd\r\né\r中\n\n", "one long line, ж ", "\r\n", "x", ""] {
            for times in [1, 90, 700] {
                let text = piece.repeat(times);
                let places = Places::new(&text, OffsetMap::identity(text.len(), 0));
                let (mut line, mut column) = (1, 1);
                for (at, c) in text.char_indices().chain([(text.len(), 'x')]) {
                    assert_eq!(places.line_and_column(at as u32), (line, column), "{piece:?} {at}");
                    let ends = c == '\n' || c == '\r' && !text[at..].starts_with("\r\n");
                    (line, column) = if ends { (line + 1, 1) } else { (line, column + 1) };
                }
            }
        }
    }
}
