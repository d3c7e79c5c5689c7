//! Crawl archives, WARC and ARC, read so that damage costs the damaged record and no other.
//!
//! Libraries for these formats stop at the first record that is broken. This reader takes every
//! length with a grain of salt: what follows a record must be the next one or the end, and where
//! it is not, the next record is looked for. Nothing is allocated on the word of a header.

mod arc;
mod body;
mod head;
mod http;
mod media;

use std::collections::VecDeque;
use std::io;

pub(super) use arc::Arc;
pub(super) use head::Warc;
pub(super) use media::by_magic;

use crate::input::feed::Feed;
use crate::input::open::Input;
use crate::input::{Item, Limits, Place, ReadError, Record};

/// Longest header of a record, and of the HTTP answer in it, in bytes.
const MAX_HEAD: usize = 1 << 16;

/// Bytes that tell whether a record begins.
const SIGN: usize = 2048;

/// Bytes looked through at a time for the next record.
const STRIDE: usize = 1 << 16;

/// How records follow one another in a file.
pub(super) trait Framing: Send {
    /// What the file is called in messages.
    const NAME: &'static str;

    /// Whether a record begins with these bytes.
    fn begins(ahead: &[u8]) -> bool;

    /// The first line feed after which a record begins.
    fn find(ahead: &[u8]) -> Option<usize>;

    /// Reads the header of the record that begins with these bytes; none where they are not all
    /// of it.
    fn head(&mut self, ahead: &[u8]) -> Option<Head>;
}

/// What the header of a record says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Bytes of the header itself.
    size: usize,
    /// Bytes of the block behind it, as declared; nothing where that makes no sense.
    length: Option<u64>,
    content: Content,
    id: Option<String>,
    url: Option<String>,
    content_type: Option<String>,
    date: Option<String>,
}

/// What the block of a record is.
#[derive(Debug, Default, PartialEq, Eq)]
enum Content {
    /// A page, with the headers of HTTP where it begins with them.
    #[default]
    Page,
    /// Something that is no page, by the word that the summary has for it.
    Other(&'static str),
}

/// The records of a file.
pub(super) struct Reader<F> {
    framing: F,
    feed: Feed,
    /// The file.
    at: Place,
    limits: Limits,
    waiting: VecDeque<Item>,
    /// Damage was told, and no record has been found since.
    lost: bool,
    done: bool,
}

/// What a record's block came to.
struct Block {
    bytes: Vec<u8>,
    /// What is wrong with it, where anything is.
    fault: Option<ReadError>,
}

impl<F: Framing> Reader<F> {
    pub(super) fn new(framing: F, input: Input, limits: Limits) -> Self {
        let Input { at, feed, .. } = input;
        let waiting = VecDeque::new();
        Self { framing, feed, at, limits, waiting, lost: false, done: false }
    }

    /// Where the next record begins.
    fn here(&self) -> Place {
        Place { offset: self.feed.offset(), ..self.at.clone() }
    }

    fn fault(&mut self, at: Place, error: impl Into<ReadError>) {
        let error = error.into();
        // What the system refuses once it refuses again.
        self.done |= matches!(error, ReadError::Io(_));
        self.waiting.push_back(Item::Fault { at, error });
        self.lost = true;
    }

    /// Reads one record, or passes what stands in its place.
    fn step(&mut self) -> Result<(), (Place, ReadError)> {
        let at = self.here();
        let told = |error: io::Error| (at.clone(), error.into());
        let ahead = self.feed.need(1).map_err(told)?;
        if ahead.is_empty() {
            self.done = true;
            return Ok(());
        }
        let breaks = ahead.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        if breaks > 0 {
            self.feed.take_bytes(breaks);
            return Ok(());
        }
        if !F::begins(self.feed.peek(SIGN)) {
            if !self.lost {
                let error = ReadError::Corrupt(format!("no {} record begins here", F::NAME));
                self.fault(at, error);
            }
            return self.seek();
        }
        self.lost = false;
        let head = match self.head() {
            Ok(head) => head,
            Err(error) => {
                // The record that follows is looked for behind this beginning.
                self.feed.take_bytes(1);
                return Err((at, error));
            }
        };
        let at = Place { member: head.id.clone(), url: head.url.clone(), ..at };
        self.feed.take_bytes(head.size);
        let Some(length) = head.length else {
            let error = ReadError::Corrupt("the length of a record is missing or no number".into());
            return Err((at, error));
        };
        self.record(at, head, length);
        Ok(())
    }

    /// The header that begins here.
    fn head(&mut self) -> Result<Head, ReadError> {
        let mut wanted = SIGN;
        loop {
            let ahead = self.feed.peek(wanted);
            let cut = ahead.len() < wanted;
            if let Some(head) = self.framing.head(&ahead[..ahead.len().min(MAX_HEAD)]) {
                return Ok(head);
            }
            if cut {
                self.feed.need(wanted)?;
                let message = "the file ends in the header of a record";
                return Err(ReadError::Truncated(message.to_owned()));
            }
            if wanted >= MAX_HEAD {
                return Err(ReadError::Corrupt("the header of a record does not end".to_owned()));
            }
            wanted = (wanted * 4).min(MAX_HEAD);
        }
    }

    fn record(&mut self, at: Place, head: Head, length: u64) {
        let most = self.limits.max_bytes.saturating_add(MAX_HEAD as u64);
        if length > most {
            return self.giant(at, &head, length);
        }
        let Block { bytes, fault } = self.block(length as usize);
        let skipped = match head.content {
            Content::Other(kind) => Some(kind),
            Content::Page => None,
        };
        let mut faults: Vec<ReadError> = fault.into_iter().collect();
        if let Some(kind) = skipped {
            self.waiting.push_back(Item::Skipped { at: at.clone(), kind: kind.to_owned() });
        } else if faults.is_empty() || !bytes.is_empty() && !is_bomb(&faults) {
            // What could be had of a damaged record is judged, too.
            match self.page(&at, head, bytes) {
                Ok((item, fault)) => {
                    self.waiting.push_back(item);
                    faults.extend(fault);
                }
                Err(error) => faults.push(error),
            }
        }
        let lost = self.lost;
        for error in faults {
            self.fault(at.clone(), error);
        }
        self.lost = lost;
    }

    /// The page in a block, or what it is instead, and what is wrong with its transfer.
    fn page(
        &self,
        at: &Place,
        head: Head,
        block: Vec<u8>,
    ) -> Result<(Item, Option<ReadError>), ReadError> {
        let (body, content_type) = match http::parse(&block) {
            Some(answer) => {
                let body = body::decode(&answer, &self.limits)?;
                (body, answer.content_type)
            }
            None => (body::Body { bytes: block, fault: None }, head.content_type),
        };
        let body::Body { bytes, fault } = body;
        if let Some(kind) = media::passed_over(content_type.as_deref(), &bytes) {
            return Ok((Item::Skipped { at: at.clone(), kind: kind.to_owned() }, fault));
        }
        if bytes.len() as u64 > self.limits.max_bytes {
            let size = Some(bytes.len() as u64);
            return Err(ReadError::TooLarge { size, max_bytes: self.limits.max_bytes });
        }
        let Place { path, member, offset, url } = at.clone();
        let date = head.date;
        Ok((Item::Page(Record { path, member, offset, url, content_type, date, bytes }), fault))
    }

    /// The block of a record that may be held in memory. Its length is believed where the next
    /// record or the end follows; otherwise the next record is looked for.
    fn block(&mut self, length: usize) -> Block {
        let ahead_len = self.feed.peek(length + 8).len();
        // A member of its own for every record: the next one begins where the next member does.
        let cut = self.feed.unit_after().filter(|cut| *cut < length.min(ahead_len));
        let ahead = self.feed.peek(0);
        if let Some(cut) = cut.filter(|cut| F::begins(&ahead[*cut..])) {
            return self.lying(length, cut);
        }
        if ahead.len() < length {
            return match F::find(ahead) {
                Some(next) => self.lying(length, next),
                None => self.cut_short(length),
            };
        }
        if self.is_followed(length) {
            let bytes = ahead_bytes(&mut self.feed, length);
            self.feed.take_bytes(length);
            return Block { bytes, fault: self.broken_end() };
        }
        // Too short or too long: the next record is within, or not far behind.
        let most = usize::try_from(self.limits.max_bytes).unwrap_or(usize::MAX);
        let mut wanted = length + STRIDE;
        loop {
            let ahead = self.feed.peek(wanted);
            if let Some(next) = F::find(ahead) {
                return self.lying(length, next);
            }
            if ahead.len() < wanted || wanted >= most {
                let bytes = ahead_bytes(&mut self.feed, length);
                self.feed.take_bytes(length);
                self.lost = true;
                let message = "what follows the record is neither another one nor the end";
                return Block { bytes, fault: Some(ReadError::Corrupt(message.to_owned())) };
            }
            wanted = wanted.saturating_mul(2).min(most.max(length + STRIDE));
        }
    }

    /// What is wrong with the unit of compression that held the record just taken, where that shows
    /// only at its end: a checksum.
    fn broken_end(&mut self) -> Option<ReadError> {
        if !self.feed.is_broken() {
            return None;
        }
        let rest = self.feed.peek(0);
        let breaks = rest.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        let left = rest.len();
        let error = breaks.then(|| self.feed.need(left + 1).err())??;
        self.feed.take_bytes(left);
        self.lost = true;
        Some(error.into())
    }

    /// Whether the next record, or the end, comes after a block of this length.
    fn is_followed(&mut self, length: usize) -> bool {
        let mut wanted = length + 8;
        loop {
            let ahead = self.feed.peek(wanted);
            let after = &ahead[length..];
            let breaks = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let enough = breaks + SIGN;
            if after.len() > breaks && F::begins(&after[breaks..]) {
                return true;
            }
            // What a writer puts behind a block speaks for its length, whatever comes then.
            if after.starts_with(b"\r\n\r\n") {
                return true;
            }
            // The end, or a place where the data breaks, which is told when its turn comes.
            if after.len() == breaks && ahead.len() < wanted {
                return true;
            }
            if after.len() >= enough || ahead.len() < wanted {
                return false;
            }
            wanted = length + enough.max(after.len() + 1);
        }
    }

    /// A block whose real end is where the next record begins, `next` bytes from here.
    fn lying(&mut self, length: usize, next: usize) -> Block {
        let ahead = self.feed.peek(next);
        let mut end = next.min(ahead.len());
        // Two line breaks separate records; `find` gives the last line feed.
        for _ in 0..2 {
            let text = &ahead[..end];
            end = text
                .strip_suffix(b"\r\n")
                .or(text.strip_suffix(b"\r"))
                .or(text.strip_suffix(b"\n"))
                .map_or(end, <[u8]>::len);
        }
        let bytes = ahead[..end].to_vec();
        self.feed.take_bytes(next);
        Block { fault: Some(lie(length as u64, end as u64)), bytes }
    }

    /// A block that the file does not hold to its end.
    fn cut_short(&mut self, length: usize) -> Block {
        let bytes = self.feed.peek(length).to_vec();
        let fault = match self.feed.need(length) {
            Err(error) => error.into(),
            Ok(_) => ReadError::Truncated(format!(
                "the file ends {} bytes into a record of {length}",
                bytes.len()
            )),
        };
        self.feed.take_bytes(bytes.len());
        self.lost = true;
        self.done |= matches!(fault, ReadError::Io(_));
        Block { bytes, fault: Some(fault) }
    }

    /// A record that may not be held in memory: passed, or told.
    fn giant(&mut self, at: Place, head: &Head, length: u64) {
        let begin = self.feed.peek(MAX_HEAD);
        let begin = &begin[..begin.len().min(MAX_HEAD)];
        let kind = match (&head.content, http::parse(begin)) {
            (Content::Other(kind), _) => Some(*kind),
            (Content::Page, Some(answer)) => {
                media::passed_over(answer.content_type.as_deref(), answer.body)
            }
            (Content::Page, None) => media::passed_over(head.content_type.as_deref(), begin),
        };
        if let Some(kind) = kind {
            self.waiting.push_back(Item::Skipped { at: at.clone(), kind: kind.to_owned() });
        }
        let too_large =
            ReadError::TooLarge { size: Some(length), max_bytes: self.limits.max_bytes };
        match self.pass(length) {
            Err(error) => self.fault(at, error),
            Ok(()) if kind.is_none() => {
                self.fault(at, too_large);
                self.lost = false;
            }
            Ok(()) => {}
        }
    }

    /// Passes a block of a length that cannot be checked in advance: the first thing in it that
    /// looks like a record ends it.
    fn pass(&mut self, length: u64) -> Result<(), ReadError> {
        let mut passed = 0;
        while passed < length {
            let ahead = self.feed.peek(STRIDE);
            if let Some(next) = F::find(ahead) {
                let next_at = passed + next as u64;
                if next_at < length {
                    self.feed.take_bytes(next);
                    return Err(lie(length, next_at));
                }
            }
            // The beginning of a record may lie across two strides.
            let safe = if ahead.len() < STRIDE { ahead.len() } else { ahead.len() - SIGN };
            let safe = safe.min(usize::try_from(length - passed).unwrap_or(usize::MAX));
            if safe == 0 {
                self.feed.need(1)?;
                return Err(ReadError::Truncated(format!(
                    "the file ends {passed} bytes into a record of {length}"
                )));
            }
            self.feed.take_bytes(safe);
            passed += safe as u64;
        }
        Ok(())
    }

    /// Goes to the next record.
    fn seek(&mut self) -> Result<(), (Place, ReadError)> {
        // A unit of compression may begin with a record without a line break before.
        if self.feed.unit_here().is_some() && F::begins(self.feed.peek(SIGN)) {
            return Ok(());
        }
        loop {
            let unit = self.feed.unit_after();
            let here = self.here();
            let ahead = self.feed.need(1).map_err(|error| (here, error.into()))?;
            if ahead.is_empty() {
                self.done = true;
                return Ok(());
            }
            let ahead = self.feed.peek(STRIDE);
            let unit = unit.filter(|at| *at < ahead.len() && F::begins(&ahead[*at..]));
            let line = F::find(ahead).map(|at| at + 1);
            if let Some(next) = [unit, line].into_iter().flatten().min() {
                self.feed.take_bytes(next);
                return Ok(());
            }
            let passed = if ahead.len() < STRIDE { ahead.len() } else { ahead.len() - SIGN };
            // The line break before a record stays.
            self.feed.take_bytes(passed.max(1));
        }
    }
}

fn is_bomb(faults: &[ReadError]) -> bool {
    matches!(faults, [ReadError::Bomb { .. }, ..])
}

fn ahead_bytes(feed: &mut Feed, length: usize) -> Vec<u8> {
    feed.peek(length)[..length].to_vec()
}

fn lie(declared: u64, found: u64) -> ReadError {
    ReadError::Corrupt(format!("a record of {found} bytes is declared to have {declared}"))
}

impl<F: Framing> Iterator for Reader<F> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(item);
            }
            if self.done {
                return None;
            }
            if let Err((at, error)) = self.step() {
                // Between damage and the next record all is damage, and told already.
                if self.lost && !matches!(error, ReadError::Io(_)) {
                    continue;
                }
                self.fault(at, error);
            }
        }
    }
}
