//! Tables: made once, written as text or as HTML.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use crawlint::report::terminal::{self, Look};

/// A table with its heading.
pub(crate) struct Table {
    pub(crate) title: &'static str,
    /// How to read it, in a sentence or two.
    pub(crate) note: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A column: its name, and whether it holds words rather than numbers.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) words: bool,
}

/// A cell of a table.
#[derive(Clone)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) tone: Tone,
}

/// How a cell is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// Nothing to see.
    Quiet,
    Good,
    Bad,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }

    /// A count, quiet where it is nothing.
    pub(crate) fn count(number: usize) -> Self {
        Self::count_as(number, Tone::Plain)
    }

    /// A count that is good or bad news where it is more than nothing.
    pub(crate) fn count_as(number: usize, tone: Tone) -> Self {
        match number {
            0 => Self::new("·", Tone::Quiet),
            _ => Self::new(crate::cli::words::thousands(number as u64), tone),
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// A column of words.
pub(crate) fn words(name: &str) -> Column {
    Column { name: name.to_owned(), words: true }
}

/// A column of numbers.
pub(crate) fn numbers(name: impl Into<String>) -> Column {
    Column { name: name.into(), words: false }
}

impl Table {
    /// The table as text.
    pub(crate) fn render(&self, look: Look) -> String {
        let mut out = format!("{}\n", look.bold(self.title));
        for line in terminal::wrap(&terminal::escape(&self.note), look.width.saturating_sub(2)) {
            if !line.is_empty() {
                let _ = writeln!(out, "  {}", look.dim(line));
            }
        }
        let escaped: Vec<Vec<(String, Tone)>> = self
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|cell| (terminal::escape(&cell.text).into_owned(), cell.tone))
                    .collect()
            })
            .collect();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let cells = escaped.iter().filter_map(|row| row.get(at));
                cells
                    .map(|(text, _)| terminal::width(text))
                    .chain([terminal::width(&column.name)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let line = |cells: Vec<(String, Style)>| {
            let mut line = String::from(" ");
            for ((text, style), (column, width)) in
                cells.into_iter().zip(self.columns.iter().zip(&widths))
            {
                let fill = " ".repeat(width.saturating_sub(terminal::width(&text)));
                let shown = look.paint(style, &text);
                let cell = if column.words {
                    format!(" {shown}{fill} ")
                } else {
                    format!(" {fill}{shown} ")
                };
                line.push_str(&cell);
            }
            format!("{}\n", line.trim_end())
        };
        let head = Style::new().dimmed();
        out.push_str(&line(self.columns.iter().map(|c| (c.name.clone(), head)).collect()));
        for row in escaped {
            out.push_str(&line(row.into_iter().map(|(text, tone)| (text, style(tone))).collect()));
        }
        out.push('\n');
        out
    }
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Quiet => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
    }
}
