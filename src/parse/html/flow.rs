//! Text as it flows into blocks: white space folded as a browser folds it, blocks opened when
//! their first text comes, and a visible block kept waiting while hidden text in the middle of it
//! is written.

use crate::page::{BlockKind, PageBuilder, Zone};
use crate::span::{OffsetMap, Span};

/// What a piece of text asks of the block it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: BlockKind,
    pub(super) zone: Zone,
    pub(super) hidden: Option<u32>,
}

impl Place {
    fn lane(self) -> usize {
        usize::from(!self.zone.is_visible())
    }
}

/// White space or a separator that is written only if text follows in the same block.
#[derive(Clone, Copy, Debug)]
enum Gap {
    Space(Span),
    Line,
    Cell,
}

#[derive(Debug)]
pub(super) struct Flow {
    pub(super) builder: PageBuilder,
    /// From the source of an embedded document to the decoded source.
    outer: Option<OffsetMap>,
    current: Option<Place>,
    parked: Option<Place>,
    /// One for visible text, one for the rest.
    gaps: [Option<Gap>; 2],
    /// Bytes of text written so far, scripts and comments aside.
    written: usize,
}

impl Flow {
    pub(super) fn new(builder: PageBuilder) -> Self {
        Self { builder, outer: None, current: None, parked: None, gaps: [None; 2], written: 0 }
    }

    /// Bytes of text written so far, scripts and comments aside.
    pub(super) fn written(&self) -> usize {
        self.written
    }

    /// Sets the map from the source of an embedded document to the one around it, and gives the
    /// map that was in force, to go back to with [`Flow::leave_embedded`].
    pub(super) fn enter_embedded(&mut self, map: &OffsetMap) -> Option<OffsetMap> {
        let composed = match &self.outer {
            Some(outer) => map.through(outer),
            None => map.clone(),
        };
        self.outer.replace(composed)
    }

    /// Ends an embedded document.
    pub(super) fn leave_embedded(&mut self, before: Option<OffsetMap>) {
        self.outer = before;
    }

    /// Whether the document being walked lies inside another.
    pub(super) fn is_embedded(&self) -> bool {
        self.outer.is_some()
    }

    /// The place in the decoded source of a span of the document being walked.
    pub(super) fn source(&self, span: Span) -> Span {
        self.outer.as_ref().map_or(span, |outer| outer.to_source(span))
    }

    /// Whether the block for this place has begun.
    pub(super) fn has_begun(&self, place: Place) -> bool {
        self.current == Some(place) || self.parked == Some(place)
    }

    /// Ends the block that text of this visibility flows into.
    pub(super) fn end_block(&mut self, visible: bool) {
        self.gaps[usize::from(!visible)] = None;
        let current_visible = self.current.is_some_and(|place| place.zone.is_visible());
        if visible {
            self.builder.close();
            self.current = None;
            if self.parked.take().is_some() {
                self.builder.resume();
                self.builder.close();
            }
        } else if self.current.is_some() && !current_visible {
            self.builder.close();
            self.current = None;
        }
    }

    /// White space between words: written as one space, if text follows in the block.
    pub(super) fn space(&mut self, place: Place, source: Span) {
        let gap = &mut self.gaps[place.lane()];
        if gap.is_none() && (self.current == Some(place) || self.parked == Some(place)) {
            *gap = Some(Gap::Space(source));
        }
    }

    /// A new cell of a table row.
    pub(super) fn cell(&mut self, place: Place) {
        if self.has_begun(place) {
            self.gaps[place.lane()] = Some(Gap::Cell);
        }
    }

    /// A line break inside a block.
    pub(super) fn line_break(&mut self, place: Place, source: Span) {
        if self.has_begun(place) {
            self.gaps[place.lane()] = None;
            self.make_ready(place);
            self.put("\n", source);
        }
    }

    /// A new line of preformatted text, unless one has just begun.
    pub(super) fn line(&mut self, place: Place) {
        if self.has_begun(place) {
            self.gaps[place.lane()] = Some(Gap::Line);
        }
    }

    /// Opens or resumes the block of a place, and writes the gap before the text that follows.
    pub(super) fn prepare(&mut self, place: Place) {
        self.make_ready(place);
        match self.gaps[place.lane()].take() {
            Some(Gap::Space(source)) if !self.builder.at_space() => self.put(" ", source),
            Some(Gap::Line) if !self.builder.at_space() => self.builder.push_unmapped("\n"),
            Some(Gap::Cell) => self.builder.push_unmapped(" | "),
            _ => {}
        }
    }

    fn make_ready(&mut self, place: Place) {
        if self.current == Some(place) {
            return;
        }
        if place.zone.is_visible() {
            if self.parked == Some(place) {
                self.builder.resume();
                self.current = self.parked.take();
                return;
            }
            self.parked = None;
        } else if self.current.is_some_and(|current| current.zone.is_visible()) {
            self.builder.park();
            self.parked = self.current.take();
        }
        self.builder.open(place.kind, place.zone, place.hidden);
        self.current = Some(place);
        self.gaps[place.lane()] = None;
    }

    /// Writes text to the prepared block; `source` lies in the document being walked.
    pub(super) fn put(&mut self, text: &str, source: Span) {
        self.count(text);
        match &self.outer {
            Some(outer) if source.len() == text.len() => {
                let map = OffsetMap::identity(text.len(), source.start as usize);
                self.builder.push_mapped(text, &map.through(outer));
            }
            Some(outer) => self.builder.push(text, outer.to_source(source)),
            None => self.builder.push(text, source),
        }
    }

    fn count(&mut self, text: &str) {
        let prose = |place: Place| !matches!(place.zone, Zone::Script | Zone::Comment);
        if self.current.is_some_and(prose) {
            self.written += text.len();
        }
    }

    /// Writes text with a map to the document being walked.
    pub(super) fn put_mapped(&mut self, text: &str, map: &OffsetMap) {
        self.count(text);
        match &self.outer {
            Some(outer) => self.builder.push_mapped(text, &map.through(outer)),
            None => self.builder.push_mapped(text, map),
        }
    }
}
