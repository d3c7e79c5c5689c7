//! Compressed streams: units (gzip members, frames) one after the other.

mod gzip;
mod lz4;
mod zstd;

use std::io::{self, Read};

use crate::input::feed::{Feed, Stored, Unit};
use crate::input::{InputFormat, Limits, ReadError};

/// Below this size a record may be compressed as well as it likes, in bytes.
pub(super) const RATIO_FROM: u64 = 10 << 20;

/// Takes one layer of compression off.
pub(super) fn decompressed(raw: Feed, format: InputFormat, limits: &Limits) -> Feed {
    match format {
        InputFormat::Zstd => Feed::compressed(Units::new(raw, zstd::Codec::new(), limits)),
        InputFormat::Lz4 => Feed::compressed(lz4::Frames::new(raw)),
        _ => Feed::compressed(Units::new(raw, gzip::Codec::new(), limits)),
    }
}

/// A whole body in memory, compressed with gzip: what can be had of it, up to one byte more than
/// `limits` allow, and what is wrong with it.
pub(super) fn body(
    bytes: &[u8],
    format: InputFormat,
    limits: &Limits,
) -> (Vec<u8>, io::Result<()>) {
    let raw = Feed::plain(io::Cursor::new(bytes.to_vec()));
    let mut out = Vec::new();
    let read = decompressed(raw, format, limits)
        .take(limits.max_bytes.saturating_add(1))
        .read_to_end(&mut out);
    (out, read.map(|_| ()))
}

/// One format of compression.
trait Codec: Send {
    /// Begins the unit that starts at the next byte; false when it was something between units,
    /// and is passed.
    fn begin(&mut self, raw: &mut Feed) -> io::Result<bool>;

    /// The next bytes of the unit; `None` at its end.
    fn decode(&mut self, raw: &mut Feed, into: &mut [u8]) -> io::Result<Option<usize>>;

    /// Bytes decoded but not taken from `raw` yet.
    fn held(&self) -> usize {
        0
    }

    /// After damage: goes to the next byte at which a unit may begin; false at the end.
    fn seek(&mut self, raw: &mut Feed) -> io::Result<bool>;
}

/// Where a stream is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Inside,
    /// After damage, which has been told.
    Lost,
}

/// A stream of units of one format. After damage it goes on with the next sound unit.
struct Units<C> {
    raw: Feed,
    codec: C,
    state: State,
    unit: Unit,
    /// Bytes of the unit: where its compressed ones began in `raw`, and how many came out.
    began: u64,
    out: u64,
    max_ratio: u64,
}

impl<C: Codec> Units<C> {
    fn new(raw: Feed, codec: C, limits: &Limits) -> Self {
        let (state, unit) = (State::Between, Unit::default());
        Self { raw, codec, state, unit, began: 0, out: 0, max_ratio: limits.max_ratio }
    }

    fn step(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match self.state {
            State::Between => {
                if self.raw.need(1)?.is_empty() {
                    return Ok(Some(0));
                }
                let place = self.raw.offset();
                self.began = self.raw.taken();
                // Also what is no unit has a number and a place, for whoever tells of it.
                self.unit = Unit { serial: self.unit.serial + 1, place };
                if self.codec.begin(&mut self.raw)? {
                    self.state = State::Inside;
                    self.out = 0;
                }
            }
            State::Inside => match self.codec.decode(&mut self.raw, into)? {
                Some(count) => {
                    self.out += count as u64;
                    let taken = self.raw.taken() - self.began + self.codec.held() as u64;
                    if self.out > RATIO_FROM && self.out / self.max_ratio > taken {
                        return Err(ReadError::Bomb { max_ratio: self.max_ratio }.into());
                    }
                    return Ok((count > 0).then_some(count));
                }
                None => self.state = State::Between,
            },
            State::Lost => {
                if !self.codec.seek(&mut self.raw)? {
                    return Ok(Some(0));
                }
                self.state = State::Between;
            }
        }
        Ok(None)
    }
}

impl<C: Codec> Read for Units<C> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            match self.step(into) {
                Ok(None) => {}
                Ok(Some(count)) => return Ok(count),
                Err(error) => {
                    self.state = State::Lost;
                    return Err(error);
                }
            }
        }
    }
}

impl<C: Codec> Stored for Units<C> {
    fn unit(&self) -> Unit {
        self.unit
    }
}

/// Goes to the next occurrence of a sign; false when there is none.
fn seek_to(raw: &mut Feed, sign: &[u8]) -> io::Result<bool> {
    loop {
        let ahead = raw.need(sign.len())?;
        if ahead.len() < sign.len() {
            return Ok(false);
        }
        if let Some(at) = memchr::memmem::find(ahead, sign) {
            raw.take_bytes(at);
            return Ok(true);
        }
        let passed = ahead.len() + 1 - sign.len();
        raw.take_bytes(passed);
    }
}

fn corrupt(message: &str) -> io::Error {
    ReadError::Corrupt(message.to_owned()).into()
}

fn truncated(message: &str) -> io::Error {
    ReadError::Truncated(message.to_owned()).into()
}
