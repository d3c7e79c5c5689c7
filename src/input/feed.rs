//! Bytes in order, with a look ahead and the place in the stored file they come from.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes asked of the source at a time.
const CHUNK: usize = 1 << 16;

/// Memory kept from record to record, in bytes.
const SPARE: usize = 4 << 20;

/// A decompressor, as a [`Feed`] sees it.
pub(super) trait Stored: Read + Send {
    /// The unit of compression that gave the last bytes read. One `read` never gives bytes of two.
    fn unit(&self) -> Unit;
}

/// A unit of compression: a gzip member, a zstd frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its number in the stream; none is the first.
    pub(super) serial: u64,
    /// Where it begins in the outermost file as stored, where it has such a place.
    pub(super) place: Option<u64>,
}

/// Where the bytes of a feed come from.
enum Source {
    /// The file itself, or a part of it that begins here.
    Plain(Box<dyn Read + Send>, Option<u64>),
    Compressed(Box<dyn Stored>),
}

/// A buffered source that can be looked into without taking from it.
///
/// An error of the source is told once, when reading reaches its place; what comes after it is
/// then read on. Whoever cannot go on after an error stops there.
pub(super) struct Feed {
    source: Source,
    buffer: Vec<u8>,
    /// First byte of `buffer` that has not been taken.
    start: usize,
    /// Bytes taken so far.
    taken: u64,
    /// Units of compression that begin at or after the last one begun: their first byte, counted
    /// as `taken` is, and their place in the file.
    units: VecDeque<(u64, Unit)>,
    error: Option<io::Error>,
    ended: bool,
}

impl Feed {
    /// Bytes as they are stored.
    pub(super) fn plain(source: impl Read + Send + 'static) -> Self {
        Self::part(source, Some(0))
    }

    /// Bytes as they are stored in the outermost file, from `first` on; `None` where they have no
    /// place there.
    pub(super) fn part(source: impl Read + Send + 'static, first: Option<u64>) -> Self {
        Self::new(Source::Plain(Box::new(source), first))
    }

    /// Bytes that were compressed.
    pub(super) fn compressed(source: impl Stored + 'static) -> Self {
        Self::new(Source::Compressed(Box::new(source)))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            taken: 0,
            units: VecDeque::new(),
            error: None,
            ended: false,
        }
    }

    /// The next bytes, at least `wanted` of them unless the feed or its intact part ends before.
    pub(super) fn peek(&mut self, wanted: usize) -> &[u8] {
        while self.buffer.len() - self.start < wanted && !self.ended && self.error.is_none() {
            self.more();
        }
        &self.buffer[self.start..]
    }

    /// Like [`peek`](Self::peek), but an error that lies right here, or before `wanted` bytes, is
    /// told.
    ///
    /// # Errors
    /// Those of the source, once each.
    pub(super) fn need(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.peek(wanted).len() < wanted
            && let Some(error) = self.error.take()
        {
            return Err(error);
        }
        Ok(&self.buffer[self.start..])
    }

    /// Whether the unit of compression of the last bytes looked at breaks where they end.
    pub(super) fn is_broken(&self) -> bool {
        let end = self.taken + (self.buffer.len() - self.start) as u64;
        self.error.is_some() && self.units.back().is_some_and(|(first, _)| *first < end)
    }

    /// Takes bytes that were looked at before.
    pub(super) fn take_bytes(&mut self, count: usize) {
        let count = count.min(self.buffer.len() - self.start);
        self.start += count;
        self.taken += count as u64;
        self.drop_units();
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        }
    }

    /// Bytes taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Where the next byte is found in the file as stored; in compressed files only the first
    /// byte of a gzip member or frame has such a place.
    pub(super) fn offset(&self) -> Option<u64> {
        match self.source {
            Source::Plain(_, first) => Some(first? + self.taken),
            Source::Compressed(_) => self.unit_here()?.place,
        }
    }

    /// The unit of compression that begins with the next byte.
    pub(super) fn unit_here(&self) -> Option<Unit> {
        let (first, unit) = self.units.front()?;
        (*first == self.taken).then_some(*unit)
    }

    /// Bytes up to the next beginning of a unit of compression that has been looked at.
    pub(super) fn unit_after(&self) -> Option<usize> {
        let after = self.units.iter().find(|(first, _)| *first > self.taken);
        after.map(|(first, _)| (first - self.taken) as usize)
    }

    fn more(&mut self) {
        if self.start > 0 && self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
            // What one giant record needed is not kept.
            if self.buffer.capacity() > SPARE && self.buffer.len() < CHUNK {
                self.buffer.shrink_to(CHUNK * 2);
            }
        }
        let filled = self.buffer.len();
        self.buffer.resize(filled + CHUNK, 0);
        let read = match &mut self.source {
            Source::Plain(source, _) => source.read(&mut self.buffer[filled..]),
            Source::Compressed(source) => source.read(&mut self.buffer[filled..]),
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.ended = true,
            Ok(_) => self.note_unit(filled),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                self.note_unit(filled);
                self.error = Some(error);
            }
        }
    }

    /// Keeps the unit that the bytes from `filled` on in the buffer belong to, if it is a new one.
    fn note_unit(&mut self, filled: usize) {
        let Source::Compressed(source) = &self.source else { return };
        let unit = source.unit();
        if unit.serial > 0 && self.units.back().is_none_or(|(_, last)| *last != unit) {
            self.units.push_back((self.taken + (filled - self.start) as u64, unit));
            self.drop_units();
        }
    }

    /// Units without a byte left to take are of no interest; the one at hand stays.
    fn drop_units(&mut self) {
        while self.units.get(1).is_some_and(|(first, _)| *first <= self.taken) {
            self.units.pop_front();
        }
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.take_bytes(count);
        Ok(count)
    }
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.need(1)
    }

    fn consume(&mut self, count: usize) {
        self.take_bytes(count);
    }
}

/// Counts the bytes read of all inputs, as they are stored, for whoever watches.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A source whose bytes are counted.
    pub(super) fn on<R: Read>(&self, source: R) -> Metered<R> {
        Metered { source, meter: self.clone() }
    }
}

/// A source whose bytes are counted.
pub(super) struct Metered<R> {
    source: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.meter.add(count as u64);
        Ok(count)
    }
}
