//! The text of a page's nodes and attributes: slices of the page where it stands for itself, and
//! of one text beside it where not.

use crate::span::Span;

use super::TextRun;
use super::entities::{References, decode};
use super::names::{NameId, Names};

/// A slice of a [`Store`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Str {
    /// Offset in the page, or, with the highest bit set, in the text beside it.
    at: u32,
    len: u32,
}

const BESIDE: u32 = 1 << 31;

impl Str {
    /// A slice of the page.
    pub(super) fn of_page(start: usize, end: usize) -> Self {
        Self { at: start as u32, len: (end - start) as u32 }
    }

    pub(super) fn len(self) -> usize {
        self.len as usize
    }

    /// Where it stands on the page, if it stands there as it is.
    pub(super) fn place(self) -> Option<Span> {
        (self.at < BESIDE).then_some(Span { start: self.at, end: self.at + self.len })
    }

    /// The part from byte `from` to byte `to`.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        Self { at: self.at + from as u32, len: (to - from) as u32 }
    }
}

/// An attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    pub(super) name: NameId,
    pub(super) value: Str,
}

/// Attributes that lie one after the other in a [`Store`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AttributeRange {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl AttributeRange {
    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// What nodes are made of.
#[derive(Debug, Default)]
pub(super) struct Store {
    page: String,
    beside: String,
    attributes: Vec<Attribute>,
    pub(super) names: Names,
}

impl Store {
    /// For a page of at most 1 GiB.
    pub(super) fn new(page: &str) -> Self {
        // Real pages have an attribute for every 40 to 80 bytes.
        let attributes = Vec::with_capacity(page.len().min(1 << 24) / 40);
        Self { page: page.to_owned(), attributes, ..Self::default() }
    }

    pub(super) fn get(&self, text: Str) -> &str {
        let (whole, at) = match text.at.checked_sub(BESIDE) {
            Some(at) => (&self.beside, at as usize),
            None => (&self.page, text.at as usize),
        };
        &whole[at..at + text.len()]
    }

    /// A slice of the page with references and line ends decoded; its runs are put into `runs`.
    pub(super) fn decode(
        &mut self,
        source: &str,
        start: usize,
        end: usize,
        references: References,
        runs: &mut Vec<TextRun>,
    ) -> Str {
        let at = self.beside.len();
        // Room for characters that are replaced by longer ones.
        if !self.has_room(3 * (end - start)) {
            runs.push(TextRun { at: 0, len: (end - start) as u32, source: Span::new(start, end) });
            return Str::of_page(start, end);
        }
        decode(source, start, end, references, &mut self.beside, runs);
        for run in runs {
            run.at -= at as u32;
        }
        Str { at: at as u32 + BESIDE, len: (self.beside.len() - at) as u32 }
    }

    fn has_room(&self, len: usize) -> bool {
        self.beside.len() + len < BESIDE as usize
    }

    /// A text that is not on the page.
    pub(super) fn add(&mut self, text: &str) -> Str {
        let at = self.beside.len();
        self.beside.push_str(text);
        Str { at: at as u32 + BESIDE, len: text.len() as u32 }
    }

    /// Two texts joined, if that takes no more than copying `next`, or `first` once from the page;
    /// `None` if it takes more.
    pub(super) fn join(&mut self, first: Str, next: Str) -> Option<Str> {
        let len = first.len + next.len;
        if first.at < BESIDE {
            if first.at + first.len == next.at {
                return Some(Str { at: first.at, len });
            }
            let whole = self.copy(first)?;
            self.copy(next)?;
            return Some(Str { at: whole.at, len });
        }
        if first.at + first.len == next.at {
            return Some(Str { at: first.at, len });
        }
        let ends_last = (first.at - BESIDE + first.len) as usize == self.beside.len();
        (ends_last && self.copy(next).is_some()).then_some(Str { at: first.at, len })
    }

    /// All of some texts as one.
    pub(super) fn concat(&mut self, texts: impl Iterator<Item = Str>) -> Str {
        let at = self.beside.len();
        for text in texts {
            self.copy(text);
        }
        Str { at: at as u32 + BESIDE, len: (self.beside.len() - at) as u32 }
    }

    /// Copies a text to the end of the text beside the page; `None` if there is no room.
    fn copy(&mut self, text: Str) -> Option<Str> {
        if !self.has_room(text.len()) {
            return None;
        }
        let at = self.beside.len();
        match text.at.checked_sub(BESIDE) {
            Some(from) => self.beside.extend_from_within(from as usize..from as usize + text.len()),
            None => self.beside.push_str(&self.page[text.at as usize..][..text.len()]),
        }
        Some(Str { at: at as u32 + BESIDE, len: text.len })
    }

    pub(super) fn attributes(&self, of: AttributeRange) -> &[Attribute] {
        &self.attributes[of.start as usize..of.end as usize]
    }

    pub(super) fn attributes_mut(&mut self, of: AttributeRange) -> (&mut [Attribute], &mut Names) {
        (&mut self.attributes[of.start as usize..of.end as usize], &mut self.names)
    }

    /// Number of attributes so far: where the next ones begin.
    pub(super) fn mark(&self) -> u32 {
        self.attributes.len() as u32
    }

    pub(super) fn push_attribute(&mut self, attribute: Attribute) {
        self.attributes.push(attribute);
    }

    /// Forgets all attributes from `mark` on.
    pub(super) fn forget_attributes(&mut self, mark: u32) {
        self.attributes.truncate(mark as usize);
    }

    /// Attributes with those of `more` that they lack by name.
    pub(super) fn with_missing(
        &mut self,
        of: AttributeRange,
        more: AttributeRange,
    ) -> AttributeRange {
        let lacks = |all: &[Attribute], own: AttributeRange, one: &Attribute| {
            all[own.start as usize..own.end as usize].iter().all(|has| has.name != one.name)
        };
        let missing: Vec<Attribute> = self
            .attributes(more)
            .iter()
            .filter(|one| lacks(&self.attributes, of, one))
            .copied()
            .collect();
        if missing.is_empty() {
            return of;
        }
        let start = self.mark();
        self.attributes.extend_from_within(of.start as usize..of.end as usize);
        self.attributes.extend(missing);
        AttributeRange { start, end: self.mark() }
    }
}
