//! LZ4 in its frame format.

use std::io::{self, Read};

use lz4_flex::frame::FrameDecoder;

use crate::input::ReadError;
use crate::input::compressed::{corrupt, seek_to, truncated};
use crate::input::feed::{Feed, Stored, Unit};

const MAGIC: &[u8] = b"\x04\x22\x4d\x18";

/// Frames one after the other. After damage it goes on with the next frame.
pub(super) struct Frames {
    state: State,
    unit: Unit,
}

enum State {
    Between(Feed),
    Inside(Box<FrameDecoder<Whole>>),
    /// After damage, which has been told.
    Lost(Feed),
    Ended,
}

/// A source that ends too early when it ends within a frame.
struct Whole(Feed);

impl Read for Whole {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 if !into.is_empty() => Err(truncated("the file ends in the middle of an lz4 frame")),
            count => Ok(count),
        }
    }
}

impl Frames {
    pub(super) fn new(raw: Feed) -> Self {
        Self { state: State::Between(raw), unit: Unit::default() }
    }
}

impl Read for Frames {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Between(mut raw) => {
                    let head = raw.need(4)?;
                    if head.is_empty() {
                        return Ok(0);
                    }
                    if !head.starts_with(MAGIC) {
                        self.state = State::Lost(raw);
                        return Err(corrupt("bytes that are no lz4 frame"));
                    }
                    self.unit = Unit { serial: self.unit.serial + 1, place: raw.offset() };
                    self.state = State::Inside(Box::new(FrameDecoder::new(Whole(raw))));
                }
                State::Inside(mut decoder) => match decoder.read(into) {
                    Ok(0) => self.state = State::Between(decoder.into_inner().0),
                    Ok(count) => {
                        self.state = State::Inside(decoder);
                        return Ok(count);
                    }
                    Err(error) => {
                        self.state = State::Lost(decoder.into_inner().0);
                        return Err(match error.downcast::<ReadError>() {
                            Ok(own) => own.into(),
                            Err(error) => corrupt(&format!("an lz4 frame: {error}")),
                        });
                    }
                },
                State::Lost(mut raw) => {
                    if !seek_to(&mut raw, MAGIC)? {
                        return Ok(0);
                    }
                    self.state = State::Between(raw);
                }
                State::Ended => return Ok(0),
            }
        }
    }
}

impl Stored for Frames {
    fn unit(&self) -> Unit {
        self.unit
    }
}
