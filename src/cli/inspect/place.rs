//! Lines and columns of places in the decoded source.

use serde::Serialize;

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// The decoded source of a record, for looking up places in it.
pub(crate) struct Places<'a> {
    text: &'a str,
    /// Where lines begin. Lines end with LF, CR LF or CR, as in reports.
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    /// Places in a decoded text.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut lines = vec![0];
        let bytes = text.as_bytes();
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                lines.push(at + 1);
            }
        }
        Self { text, lines }
    }

    /// The place of an offset.
    pub(crate) fn of(&self, offset: u32) -> Place {
        let offset = (offset as usize).min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        // Lossless for offsets on character boundaries, and no panic for others.
        let before = self.text.as_bytes().get(start..offset).unwrap_or_default();
        Place { line, column: before.iter().filter(|byte| (**byte & 0xc0) != 0x80).count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_of_every_kind_and_characters() {
        let places = Places::new("a\r\n茶b\rc\n");
        let of = |offset| places.of(offset).to_string();
        assert_eq!(
            [of(0), of(3), of(6), of(7), of(8), of(10), of(99)],
            ["1:1", "2:1", "2:2", "2:3", "3:1", "4:1", "4:1"]
        );
    }
}
