//! Results on standard output.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::AutoStream;
use crawlint::report::json;
use crawlint::report::terminal::Look;
use crawlint::rules::RuleSet;

use crate::cli::args::Format;
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
    /// Text on its way to a terminal, which the progress bar must make room for.
    waiting: Vec<u8>,
}

impl Standard {
    pub(crate) fn new(format: Option<Format>) -> Self {
        let stdout = io::stdout();
        let look = look_of(&stdout);
        let interactive = stdout.is_terminal();
        let out: Box<dyn Write> = match format {
            Some(Format::Human) => Box::new(BufWriter::new(AutoStream::auto(stdout.lock()))),
            _ => Box::new(BufWriter::with_capacity(BUFFER, stdout.lock())),
        };
        let array = json::Array::default();
        let desk = Writer::default();
        Self { format, look, interactive, out, array, desk, waiting: Vec::new() }
    }

    /// How text looks there.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// Takes a page, rendered.
    pub(crate) fn push(&mut self, text: &[u8], card: &Card) -> io::Result<()> {
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
        if self.format == Some(Format::Html) {
            self.desk.finish(&mut self.out, rules)?;
        }
        self.out.flush()
    }
}
