//! Results on standard output.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::AutoStream;
use crawlint::report::csv::Csv;
use crawlint::report::github::Github;
use crawlint::report::junit::Junit;
use crawlint::report::markdown::Markdown;
use crawlint::report::sarif::Sarif;
use crawlint::report::terminal::Look;
use crawlint::report::writer;
use crawlint::report::{Report, json};
use crawlint::rules::RuleSet;

use crate::cli::args::{Format, ScanArgs};
use crate::cli::desk::{Card, Writer};
use crate::cli::look_of;
use crate::cli::progress::Progress;

/// Bytes gathered before they are written, where the output is no terminal.
const BUFFER: usize = 1 << 16;

/// Standard output, as the place of results.
pub(crate) struct Standard {
    /// None where results go to files only.
    format: Option<Format>,
    look: Look,
    interactive: bool,
    out: Box<dyn Write>,
    array: json::Array,
    desk: Writer,
    /// What writes the formats that need the pages in their order.
    writer: Option<Box<dyn writer::Writer>>,
    /// Text on its way to a terminal, which the progress bar must make room for.
    waiting: Vec<u8>,
}

impl Standard {
    pub(crate) fn new(format: Option<Format>, options: &ScanArgs) -> Self {
        let stdout = io::stdout();
        let look = look_of(&stdout);
        let interactive = stdout.is_terminal();
        let out: Box<dyn Write> = match format {
            Some(Format::Human) => Box::new(BufWriter::new(AutoStream::auto(stdout.lock()))),
            _ => Box::new(BufWriter::with_capacity(BUFFER, stdout.lock())),
        };
        let array = json::Array::default();
        let desk = Writer::default();
        let writer = format.and_then(|format| writer_of(format, options));
        Self { format, look, interactive, out, array, desk, writer, waiting: Vec::new() }
    }

    /// How text looks there.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// Takes a page, rendered.
    pub(crate) fn push(
        &mut self,
        text: &[u8],
        card: &Card,
        report: Option<&Report>,
    ) -> io::Result<()> {
        if let (Some(writer), Some(report)) = (&mut self.writer, report) {
            return writer.page(&mut self.waiting, report);
        }
        match self.format {
            Some(Format::Html) => self.desk.add(&mut self.waiting, card),
            Some(Format::Json) => self.array.push(&mut self.waiting, text),
            _ => self.waiting.write_all(text),
        }
    }

    /// Writes what was taken; on a terminal this may be put off.
    pub(crate) fn write(&mut self, progress: &mut Progress) -> io::Result<()> {
        if !self.interactive {
            self.out.write_all(&self.waiting)?;
            self.waiting.clear();
        } else if !self.waiting.is_empty() {
            progress.write(|| {
                self.out.write_all(&self.waiting)?;
                self.waiting.clear();
                self.out.flush()
            })?;
        }
        Ok(())
    }

    /// Nothing more comes.
    pub(crate) fn finish(mut self, rules: &RuleSet) -> io::Result<()> {
        self.out.write_all(&self.waiting)?;
        if self.format == Some(Format::Json) {
            self.array.finish(&mut self.out)?;
        }
        if let Some(writer) = &mut self.writer {
            writer.finish(&mut self.out, rules)?;
        }
        if self.format == Some(Format::Html) {
            self.desk.finish(&mut self.out, rules)?;
        }
        self.out.flush()
    }
}

/// What writes a format that has a writer.
fn writer_of(format: Format, options: &ScanArgs) -> Option<Box<dyn writer::Writer>> {
    let gate = options.writer_gate();
    match format {
        Format::Human | Format::Json | Format::Jsonl | Format::Html => None,
        Format::Sarif => Some(Box::new(Sarif::new(gate))),
        Format::Github => Some(Box::new(Github::new(gate))),
        Format::Junit => Some(Box::new(Junit::new(gate))),
        Format::Csv => Some(Box::new(Csv::default())),
        Format::Markdown => Some(Box::new(Markdown::new(gate))),
    }
}
