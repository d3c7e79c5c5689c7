//! Places in text, and the way back from derived text to its source.
//!
//! Every stage turns one text into another (bytes into characters, markup into visible text,
//! visible text into its normalised view). Each such step keeps an [`OffsetMap`], and maps
//! compose, so that a finding in the last text leads back to bytes of the first.

use serde::Serialize;

/// A half-open range of bytes, `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`.
    ///
    /// # Panics
    /// In debug builds when `start > end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} runs backwards");
        Self { start: start as u32, end: end as u32 }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The span as a range, to index text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span moved right by `by` bytes.
    #[must_use]
    pub fn shifted(self, by: usize) -> Span {
        Span { start: self.start + by as u32, end: self.end + by as u32 }
    }
}

/// Sorts spans and joins those that overlap or touch; empty ones are dropped.
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// The parts of `within` that `spans`, ascending and apart, cover.
pub fn overlapping(spans: &[Span], within: Span) -> impl Iterator<Item = Span> {
    let first = spans.partition_point(|span| span.end <= within.start);
    spans[first..].iter().take_while(move |span| span.start < within.end).map(move |span| Span {
        start: span.start.max(within.start),
        end: span.end.min(within.end),
    })
}

/// Spans to ask for overlaps, each question in logarithmic time.
#[derive(Clone, Debug, Default)]
pub struct SpanSet {
    /// Start of each span, and the furthest end of it and all before it; ascending.
    reach: Vec<(u32, u32)>,
}

impl FromIterator<Span> for SpanSet {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut reach: Vec<(u32, u32)> = spans.into_iter().map(|s| (s.start, s.end)).collect();
        reach.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut reach {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self { reach }
    }
}

impl SpanSet {
    /// Whether a span of the set overlaps this one; see [`Span::overlaps`].
    pub fn overlaps(&self, span: Span) -> bool {
        let before = self.reach.partition_point(|(start, _)| *start < span.end);
        before > 0 && self.reach[before - 1].1 > span.start
    }

    /// Whether a span of the set contains this one.
    pub fn contains(&self, span: Span) -> bool {
        let before = self.reach.partition_point(|(start, _)| *start <= span.start);
        before > 0 && self.reach[before - 1].1 >= span.end
    }
}

/// Maps byte offsets of a derived text back to the text it was made from.
///
/// The map is a list of runs. In a *linear* run derived and source bytes correspond one to one;
/// any other run stands for its source as a whole (an entity, folded white space, a transcoded
/// character). Derived bytes that no run covers (separators a parser puts in) map to the end of
/// the run before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    runs: Vec<Run>,
    /// Whether a run's source lies before that of the run before it, as where a parser moves text
    /// out of a table.
    moved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    derived: u32,
    derived_len: u32,
    source: u32,
    source_len: u32,
    linear: bool,
}

impl Run {
    fn is_linear(self) -> bool {
        self.linear
    }
    fn source_span(self) -> Span {
        Span { start: self.source, end: self.source_end() }
    }
    fn derived_end(self) -> u32 {
        self.derived + self.derived_len
    }
    fn source_end(self) -> u32 {
        self.source + self.source_len
    }
}

impl OffsetMap {
    /// A map for text that equals its source, `len` bytes from `source_start` on.
    pub fn identity(len: usize, source_start: usize) -> Self {
        let mut map = Self::default();
        map.push(0, len, Span::new(source_start, source_start + len));
        map
    }

    /// Makes room for a number of runs.
    pub(crate) fn reserve(&mut self, runs: usize) {
        self.runs.reserve(runs);
    }

    /// Adds a run: `len` derived bytes from `derived` on stand for `source`. Runs come in
    /// ascending order of `derived`. Equal lengths mean byte-for-byte correspondence; a run that
    /// continues the linear run before it is merged into it.
    pub fn push(&mut self, derived: usize, len: usize, source: Span) {
        self.add(derived, len, source, len == source.len());
    }

    /// Adds a run that stands for `source` only as a whole, whatever its length.
    pub fn push_whole(&mut self, derived: usize, len: usize, source: Span) {
        self.add(derived, len, source, false);
    }

    fn add(&mut self, derived: usize, len: usize, source: Span, linear: bool) {
        if len == 0 {
            return;
        }
        let run = Run {
            derived: derived as u32,
            derived_len: len as u32,
            source: source.start,
            source_len: source.len() as u32,
            linear,
        };
        if let Some(last) = self.runs.last_mut() {
            debug_assert!(last.derived_end() <= run.derived, "runs out of order");
            self.moved |= run.source < last.source;
            if last.is_linear()
                && run.is_linear()
                && last.derived_end() == run.derived
                && last.source_end() == run.source
            {
                last.derived_len += run.derived_len;
                last.source_len += run.source_len;
                return;
            }
        }
        self.runs.push(run);
    }

    /// Lengthens the last run by a byte, if it is linear and both the derived byte at `derived`
    /// and the source byte at `source` continue it.
    pub fn extend(&mut self, derived: usize, source: usize) {
        if let Some(last) = self.runs.last_mut()
            && last.is_linear()
            && last.derived_end() as usize == derived
            && last.source_end() as usize == source
        {
            last.derived_len += 1;
            last.source_len += 1;
        }
    }

    /// Drops what stands for derived bytes from `len` on. A linear run is cut, any other run is
    /// shortened on its derived side only.
    pub fn truncate(&mut self, len: usize) {
        let len = len as u32;
        while let Some(last) = self.runs.last_mut() {
            if last.derived >= len {
                self.runs.pop();
            } else {
                if last.derived_end() > len {
                    if last.is_linear() {
                        last.source_len = len - last.derived;
                    }
                    last.derived_len = len - last.derived;
                }
                break;
            }
        }
    }

    /// Appends the runs of `other`, whose derived text begins at `derived` in this one.
    pub fn append(&mut self, other: &OffsetMap, derived: usize) {
        for run in &other.runs {
            self.add(
                run.derived as usize + derived,
                run.derived_len as usize,
                run.source_span(),
                run.linear,
            );
        }
    }

    /// The map of a part of the derived text, whose offsets then count from the part's beginning.
    #[must_use]
    pub fn slice(&self, part: Span) -> OffsetMap {
        let mut sliced = OffsetMap::default();
        for run in self.runs_of(part) {
            let at = (run.derived - part.start) as usize;
            sliced.add(at, run.derived_len as usize, run.source_span(), run.linear);
        }
        sliced
    }

    /// The runs of a part of the derived text, cut to it where they are linear.
    fn runs_of(&self, part: Span) -> impl Iterator<Item = Run> {
        let first = self.runs.partition_point(|run| run.derived_end() <= part.start);
        let touched = self.runs[first..].iter().take_while(move |run| run.derived < part.end);
        touched.map(move |run| {
            let start = run.derived.max(part.start);
            let derived_len = run.derived_end().min(part.end) - start;
            let own = Run { derived: start, derived_len, ..*run };
            if run.is_linear() {
                Run { source: run.source + (start - run.derived), source_len: derived_len, ..own }
            } else {
                own
            }
        })
    }

    /// The source of a derived span: the smallest source range that covers every run it touches.
    /// An empty span maps to an empty span.
    pub fn to_source(&self, span: Span) -> Span {
        let next = self.runs.partition_point(|run| run.derived_end() <= span.start);
        // Most spans lie in one run.
        if let Some(run) = self.runs.get(next)
            && run.is_linear()
            && run.derived <= span.start
            && span.end <= run.derived_end()
            && !self.moved
        {
            let start = run.source + (span.start - run.derived);
            return Span { start, end: start + (span.end - span.start) };
        }
        let start = self.start_to_source(span.start);
        if span.is_empty() {
            return Span { start, end: start };
        }
        if self.moved
            && let Some(cover) = self.runs_of(span).map(Run::source_span).reduce(Span::cover)
        {
            return cover;
        }
        let end = self.end_to_source(span.end);
        Span { start, end: end.max(start) }
    }

    /// The derived span that stands for a part of the source, in a map whose sources ascend: from
    /// the first run that reaches into the part to the last.
    pub fn to_derived(&self, part: Span) -> Span {
        let first = self.runs.partition_point(|run| run.source_end() <= part.start);
        let after = self.runs.partition_point(|run| run.source < part.end);
        let Some(run) = self.runs.get(first).filter(|_| first < after) else {
            return Span::default();
        };
        let inside = if run.is_linear() { part.start.saturating_sub(run.source) } else { 0 };
        let last = self.runs[after - 1];
        let beyond = if last.is_linear() { last.source_end().saturating_sub(part.end) } else { 0 };
        Span { start: run.derived + inside, end: last.derived_end() - beyond }
    }

    fn start_to_source(&self, at: u32) -> u32 {
        let next = self.runs.partition_point(|run| run.derived_end() <= at);
        match self.runs.get(next) {
            Some(run) if run.derived > at => run.source,
            Some(run) if run.is_linear() => run.source + (at - run.derived),
            Some(run) => run.source,
            None => self.runs.last().map_or(0, |run| run.source_end()),
        }
    }

    fn end_to_source(&self, at: u32) -> u32 {
        let next = self.runs.partition_point(|run| run.derived < at);
        let Some(run) = next.checked_sub(1).map(|index| self.runs[index]) else {
            return self.runs.first().map_or(0, |run| run.source);
        };
        if run.is_linear() && at < run.derived_end() {
            run.source + (at - run.derived)
        } else {
            run.source_end()
        }
    }

    /// This map followed by `outer`: if `self` leads from C to B and `outer` from B to A, the
    /// result leads from C to A.
    #[must_use]
    pub fn through(&self, outer: &OffsetMap) -> OffsetMap {
        let mut composed = OffsetMap::default();
        for run in &self.runs {
            if run.is_linear() {
                outer.push_slice(&mut composed, *run);
            } else {
                let source = outer.to_source(run.source_span());
                composed.push_whole(run.derived as usize, run.derived_len as usize, source);
            }
        }
        composed
    }

    /// Pushes onto `composed` the part of this map that the linear run `inner` reads, cut at this
    /// map's own run borders so that linear pieces stay linear.
    fn push_slice(&self, composed: &mut OffsetMap, inner: Run) {
        let (mut at, end) = (inner.source, inner.source_end());
        let mut index = self.runs.partition_point(|run| run.derived_end() <= at);
        while at < end {
            let (piece_end, linear) = match self.runs.get(index) {
                Some(run) if run.derived > at => (run.derived.min(end), false),
                Some(run) => {
                    index += 1;
                    (run.derived_end().min(end), run.linear)
                }
                None => (end, false),
            };
            let source = self.to_source(Span { start: at, end: piece_end });
            composed.add(
                (inner.derived + (at - inner.source)) as usize,
                (piece_end - at) as usize,
                source,
                linear,
            );
            at = piece_end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_runs_map_byte_for_byte_and_others_as_a_whole() {
        // source: `a&amp;b  c` -> derived: `a&b c`
        let mut map = OffsetMap::default();
        map.push(0, 1, Span::new(0, 1));
        map.push(1, 1, Span::new(1, 6));
        map.push(2, 1, Span::new(6, 7));
        map.push(3, 1, Span::new(7, 9));
        map.push(4, 1, Span::new(9, 10));
        assert_eq!(map.to_source(Span::new(0, 5)), Span::new(0, 10));
        assert_eq!(map.to_source(Span::new(1, 2)), Span::new(1, 6));
        assert_eq!(map.to_source(Span::new(2, 5)), Span::new(6, 10));
        assert_eq!(map.to_source(Span::new(4, 4)), Span::new(9, 9));
    }

    #[test]
    fn moved_text_has_a_source_that_covers_all_of_it() {
        // source: `<table>cell<tr>late` -> derived: `late cell`, as text in a table comes before it
        let mut map = OffsetMap::default();
        map.push(0, 4, Span::new(15, 19));
        map.push(5, 4, Span::new(7, 11));
        assert_eq!(map.to_source(Span::new(0, 4)), Span::new(15, 19));
        assert_eq!(map.to_source(Span::new(5, 9)), Span::new(7, 11));
        assert_eq!(map.to_source(Span::new(2, 7)), Span::new(7, 19));
        assert_eq!(map.to_source(Span::new(2, 2)), Span::new(17, 17));
        // What is not moved stays where it is.
        assert_eq!(map.slice(Span::new(5, 9)).to_source(Span::new(1, 3)), Span::new(8, 10));
    }

    #[test]
    fn merged_spans_are_apart() {
        let spans = [(5, 7), (0, 2), (2, 4), (6, 9), (3, 3)].map(|(a, b)| Span::new(a, b));
        let merged = merged(spans.to_vec());
        assert_eq!(merged, [Span::new(0, 4), Span::new(5, 9)]);
        let parts: Vec<Span> = overlapping(&merged, Span::new(3, 6)).collect();
        assert_eq!(parts, [Span::new(3, 4), Span::new(5, 6)]);
        assert_eq!(overlapping(&merged, Span::new(4, 5)).count(), 0);
    }

    #[test]
    fn sources_lead_to_what_was_derived_from_them() {
        // source: `A\u{301}b  c` -> derived: `Áb c`
        let mut map = OffsetMap::default();
        map.push_whole(0, 2, Span::new(0, 3));
        map.push(2, 1, Span::new(3, 4));
        map.push_whole(3, 1, Span::new(4, 6));
        map.push(4, 3, Span::new(6, 9));
        assert_eq!(map.to_derived(Span::new(0, 4)), Span::new(0, 3));
        assert_eq!(map.to_derived(Span::new(7, 8)), Span::new(5, 6));
        assert_eq!(map.to_derived(Span::new(3, 7)), Span::new(2, 5));
        assert_eq!(map.to_derived(Span::new(20, 21)), Span::default());
    }

    #[test]
    fn sets_answer_like_a_look_at_every_span() {
        let spans = [(8, 9), (0, 10), (12, 12), (20, 30), (25, 26)].map(|(a, b)| Span::new(a, b));
        let set: SpanSet = spans.into_iter().collect();
        for start in 0..35 {
            for end in start..35 {
                let asked = Span::new(start, end);
                assert_eq!(
                    set.overlaps(asked),
                    spans.iter().any(|s| s.overlaps(asked)),
                    "{asked:?}"
                );
                assert_eq!(
                    set.contains(asked),
                    spans.iter().any(|s| s.contains(asked)),
                    "{asked:?}"
                );
            }
        }
    }

    #[test]
    fn slices_count_from_their_beginning() {
        let mut map = OffsetMap::identity(4, 10);
        map.push(4, 2, Span::new(14, 20));
        map.push(7, 3, Span::new(30, 33));
        let slice = map.slice(Span::new(2, 9));
        assert_eq!(slice.to_source(Span::new(0, 2)), Span::new(12, 14));
        assert_eq!(slice.to_source(Span::new(1, 3)), Span::new(13, 20));
        assert_eq!(slice.to_source(Span::new(5, 7)), Span::new(30, 32));
        assert_eq!(map.slice(Span::new(6, 7)), OffsetMap::default());
    }

    #[test]
    fn maps_compose() {
        // outer: derived 0..10 is source 100..110, then 10..12 is one unit 110..120.
        let mut outer = OffsetMap::identity(10, 100);
        outer.push(10, 2, Span::new(110, 120));
        let inner = OffsetMap::identity(6, 6); // derived 0..6 is middle 6..12
        let both = inner.through(&outer);
        assert_eq!(both.to_source(Span::new(0, 4)), Span::new(106, 110));
        assert_eq!(both.to_source(Span::new(4, 5)), Span::new(110, 120));
        assert_eq!(both.to_source(Span::new(1, 6)), Span::new(107, 120));
    }

    #[test]
    fn text_between_runs_maps_to_the_gap() {
        let mut map = OffsetMap::default();
        map.push(0, 3, Span::new(10, 13));
        map.push(4, 3, Span::new(20, 23)); // derived byte 3 is a separator we put in
        assert_eq!(map.to_source(Span::new(0, 7)), Span::new(10, 23));
        assert_eq!(map.to_source(Span::new(3, 5)), Span::new(20, 21));
        assert_eq!(map.to_source(Span::new(2, 4)), Span::new(12, 13));
    }
}
