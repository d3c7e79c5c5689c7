//! Puts a [`Page`] together from what a parser finds, keeping text, blocks and map in step.

use crate::page::{Block, BlockKind, Format, HiddenElement, Link, Note, Page, Zone};
use crate::span::{OffsetMap, Span};

/// The part of [`Page::text`] a block goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Visible,
    Aside,
    Script,
}

impl Part {
    fn of(zone: Zone) -> Self {
        match zone {
            Zone::Script => Self::Script,
            zone if zone.is_visible() => Self::Visible,
            _ => Self::Aside,
        }
    }
}

#[derive(Debug, Default)]
struct Stream {
    text: String,
    map: OffsetMap,
    blocks: Vec<Block>,
    /// End of the last text that is not white space.
    solid: usize,
}

impl Stream {
    /// Notes where the text ends that was appended from `from` on.
    fn settle(&mut self, from: usize) {
        if self.text.as_bytes().last().is_some_and(u8::is_ascii_graphic) {
            self.solid = self.text.len().max(from);
            return;
        }
        let len = self.text[from..].trim_end().len();
        if len > 0 {
            self.solid = from + len;
        }
    }
}

/// An open link: remember it and give it back to [`PageBuilder::end_link`].
#[derive(Clone, Copy, Debug)]
pub struct LinkStart(Part, usize);

/// Builds a page block by block.
///
/// ```
/// use crawlint::page::{BlockKind, Format, PageBuilder, Zone};
/// use crawlint::span::Span;
///
/// let source = "# Tea &amp; cake";
/// let mut builder = PageBuilder::new(Format::Markdown);
/// builder.open(BlockKind::Heading(1), Zone::H1, None);
/// builder.push("Tea ", Span::new(2, 6));
/// builder.push("&", Span::new(6, 11));
/// builder.push(" cake", Span::new(11, 16));
/// builder.close();
/// let page = builder.finish();
/// assert_eq!(page.visible(), "Tea & cake");
/// assert_eq!(page.source_map.to_source(Span::new(4, 5)), Span::new(6, 11));
/// # let _ = source;
/// ```
#[derive(Debug)]
pub struct PageBuilder {
    page: Page,
    streams: [Stream; 3],
    /// Where a block is open: the last one there. The end of its span is not yet told.
    open: Option<Part>,
    /// Where one waits, the last one there as well.
    waiting: Option<Part>,
    link_parts: Vec<Part>,
    hidden_parts: Vec<Part>,
}

impl PageBuilder {
    /// An empty page of a format.
    pub fn new(format: Format) -> Self {
        Self {
            page: Page { format, ..Page::default() },
            streams: Default::default(),
            open: None,
            waiting: None,
            link_parts: Vec::new(),
            hidden_parts: Vec::new(),
        }
    }

    /// Makes room for so many bytes of visible text and so many blocks.
    pub(crate) fn reserve(&mut self, len: usize, blocks: usize) {
        let visible = &mut self.streams[Part::Visible as usize];
        visible.text.reserve(len);
        visible.blocks.reserve(blocks);
    }

    /// The same for what a page of so many bytes of HTML shows, as a rule.
    pub(crate) fn reserve_for_html(&mut self, source_len: usize) {
        self.reserve(source_len / 8, source_len / 800);
        self.streams[Part::Visible as usize].map.reserve(source_len / 400);
        self.page.links.reserve(source_len / 1_600);
    }

    /// Opens a block, closing the one before. The zone decides which part of the text it goes
    /// to; `hidden` is an index from [`PageBuilder::begin_hidden`] and asks for a zone that is
    /// not visible.
    pub fn open(&mut self, kind: BlockKind, zone: Zone, hidden: Option<u32>) {
        self.close();
        let part = Part::of(zone);
        if self.waiting == Some(part) {
            self.resume();
            self.close();
        }
        let stream = &mut self.streams[part as usize];
        if !stream.text.is_empty() {
            stream.text.push('\n');
        }
        let at = stream.text.len();
        stream.blocks.push(Block { span: Span::new(at, at), kind, zone, hidden });
        self.open = Some(part);
    }

    /// Opens a block of the body or a quotation on the line below the block before: `source` is
    /// where the line break between them stands in the source. Where nothing else stands between,
    /// the map goes on in one run, which keeps it small on texts of many short lines.
    pub fn open_below(&mut self, kind: BlockKind, zone: Zone, source: usize) {
        self.open(kind, zone, None);
        let stream = &mut self.streams[Part::of(zone) as usize];
        if let Some(at) = stream.text.len().checked_sub(1) {
            stream.map.extend(at, source);
        }
    }

    /// Appends text to the open block. `source` is its range in the decoded source; where the
    /// lengths are equal the text must equal the source byte for byte. Without an open block a
    /// body paragraph is opened.
    pub fn push(&mut self, text: &str, source: Span) {
        let part = self.part();
        let stream = &mut self.streams[part as usize];
        let from = stream.text.len();
        stream.map.push(from, text.len(), source);
        stream.text.push_str(text);
        stream.settle(from);
    }

    /// Appends text that has no source of its own (a separator between table cells).
    pub fn push_unmapped(&mut self, text: &str) {
        let part = self.part();
        let stream = &mut self.streams[part as usize];
        let from = stream.text.len();
        stream.text.push_str(text);
        stream.settle(from);
    }

    /// Appends text with the map that leads from it to the decoded source.
    pub fn push_mapped(&mut self, text: &str, map: &OffsetMap) {
        let part = self.part();
        let stream = &mut self.streams[part as usize];
        let from = stream.text.len();
        stream.map.append(map, from);
        stream.text.push_str(text);
        stream.settle(from);
    }

    fn part(&mut self) -> Part {
        if self.open.is_none() {
            self.open(BlockKind::Paragraph, Zone::Body, None);
        }
        self.open.unwrap_or(Part::Visible)
    }

    /// Whether a block is open, and its text so far ends with white space or is empty.
    pub fn at_space(&self) -> bool {
        self.open.is_none_or(|part| {
            let Stream { text, blocks, .. } = &self.streams[part as usize];
            let start = blocks.last().map_or(0, |block| block.span.start as usize);
            text[start..].chars().next_back().is_none_or(char::is_whitespace)
        })
    }

    /// Lets the open block wait while blocks of other parts of the text are written, as a hidden
    /// element or a script in the middle of a paragraph asks for. One block can wait; a block
    /// that goes to its part ends it.
    pub fn park(&mut self) {
        if self.waiting.is_some() {
            self.close();
        } else {
            self.waiting = self.open.take();
        }
    }

    /// Closes the open block and goes on with the one that waits, if any.
    pub fn resume(&mut self) {
        self.close();
        self.open = self.waiting.take();
    }

    /// Characters of visible text so far other than white space, counted up to a limit.
    pub fn visible_chars(&self, limit: usize) -> usize {
        let text = &self.streams[Part::Visible as usize].text;
        text.chars().filter(|c| !c.is_whitespace()).take(limit).count()
    }

    /// Whether a block is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes the open block. White space at its end is cut off; a block without text is dropped.
    pub fn close(&mut self) {
        let Some(part) = self.open.take() else { return };
        let stream = &mut self.streams[part as usize];
        let Some(block) = stream.blocks.last_mut() else { return };
        let start = block.span.start as usize;
        let end = stream.solid.max(start);
        if end == start {
            // Drop the block and the separator before it, unless a link or hidden element
            // already points behind it: an offset may then stand at the cut, never beyond.
            stream.blocks.pop();
            stream.text.truncate(start);
            if stream.text.ends_with('\n') {
                stream.text.pop();
            }
            stream.map.truncate(stream.text.len());
            return;
        }
        stream.text.truncate(end);
        stream.map.truncate(end);
        block.span = Span::new(start, end);
    }

    /// Marks the beginning of a link's text.
    pub fn begin_link(&mut self) -> LinkStart {
        let part = self.open.unwrap_or(Part::Visible);
        LinkStart(part, self.streams[part as usize].text.len())
    }

    /// Adds a link whose text runs from `start` to here; `link.text` is filled in. Where the
    /// text went on into another part of the page, the link's text is what lies in the first.
    pub fn end_link(&mut self, start: LinkStart, mut link: Link) {
        let LinkStart(part, at) = start;
        let Stream { text, solid, .. } = &self.streams[part as usize];
        let at = at.min(text.len());
        let inner = &text[at..];
        let lead = inner.len() - inner.trim_start().len();
        let len = inner.trim().len();
        // White space at the end of a block is cut off later, so an empty text stands before it.
        let start = if len == 0 { at.min(*solid) } else { at + lead };
        link.text = Span::new(start, start + len);
        self.page.links.push(link);
        self.link_parts.push(part);
    }

    /// Announces a hidden element; its `text` is filled in when the page is finished, from the
    /// blocks that carry the returned index.
    pub fn begin_hidden(&mut self, element: HiddenElement) -> u32 {
        self.page.hidden.push(element);
        self.hidden_parts.push(Part::Aside);
        self.page.hidden.len() as u32 - 1
    }

    /// The hidden element of an index, to complete its source range.
    pub fn hidden_mut(&mut self, index: u32) -> &mut HiddenElement {
        &mut self.page.hidden[index as usize]
    }

    /// Appends a page that was parsed from a part of this one's source; `map` leads from the
    /// inner page's source to this one's. With `within`, everything a reader would see of it
    /// lies in that hidden element.
    pub fn splice(&mut self, inner: &Page, map: &OffsetMap, within: Option<u32>) {
        self.close();
        let text_map = inner.source_map.through(map);
        let first_hidden = self.page.hidden.len() as u32;
        for hidden in &inner.hidden {
            let source = map.to_source(hidden.source);
            self.begin_hidden(HiddenElement { text: Span::default(), source, ..hidden.clone() });
        }
        let place = |zone: Zone, hidden: Option<u32>| match (hidden, within) {
            (Some(index), _) => (zone, Some(first_hidden + index)),
            (None, Some(_)) if zone.is_visible() => (Zone::Hidden, within),
            (None, _) => (zone, None),
        };
        // Links come in document order, but of each part apart; so do blocks. Where a link's text
        // lies is known once the block around it is in place.
        let mut begins: Vec<(Part, usize)> = Vec::with_capacity(inner.blocks.len());
        for block in &inner.blocks {
            let (zone, hidden) = place(block.zone, block.hidden);
            self.open(block.kind, zone, hidden);
            let part = Part::of(zone);
            begins.push((part, self.streams[part as usize].text.len()));
            self.push_mapped(inner.slice(block.span), &text_map.slice(block.span));
            self.close();
        }
        for link in &inner.links {
            let index = inner.blocks.partition_point(|block| block.span.end < link.text.end);
            let inside = inner.blocks.get(index).filter(|b| b.span.start <= link.text.start);
            let (part, text) = if let Some(block) = inside {
                let (part, begin) = begins[index];
                let start = begin + (link.text.start - block.span.start) as usize;
                (part, Span::new(start, start + link.text.len()))
            } else {
                let at = self.streams[Part::Visible as usize].text.len();
                (Part::Visible, Span::new(at, at))
            };
            let (zone, hidden) = place(link.zone, link.hidden);
            let source = map.to_source(link.source);
            self.page.links.push(Link { text, zone, hidden, source, ..link.clone() });
            self.link_parts.push(part);
        }
        for note in &inner.notes {
            self.note(Note { source: map.to_source(note.source), ..note.clone() });
        }
        if self.page.declared_language.is_none() {
            self.page.declared_language.clone_from(&inner.declared_language);
        }
        if self.page.host.is_none() {
            self.page.host.clone_from(&inner.host);
        }
    }

    /// Adds a note.
    pub fn note(&mut self, note: Note) {
        self.page.notes.push(note);
    }

    /// The page so far, for fields that have no method here (`host`, `declared_language`, `dom`).
    pub fn page_mut(&mut self) -> &mut Page {
        &mut self.page
    }

    /// Closes the open block and joins the parts into one page.
    pub fn finish(mut self) -> Page {
        self.resume();
        self.close();
        let mut starts = [0usize; 3];
        let mut page = self.page;
        for (part, stream) in self.streams.iter_mut().enumerate() {
            // The visible part is nearly all of most pages: it is taken as it is.
            if part == Part::Visible as usize {
                page.text = std::mem::take(&mut stream.text);
                page.source_map = std::mem::take(&mut stream.map);
                page.blocks = std::mem::take(&mut stream.blocks);
                page.visible_len = page.text.len();
                continue;
            }
            if !page.text.is_empty() && !stream.text.is_empty() {
                page.text.push('\n');
            }
            starts[part] = page.text.len();
            page.source_map.append(&stream.map, starts[part]);
            page.text.push_str(&stream.text);
            if part == Part::Aside as usize {
                page.aside_len = page.text.len();
            }
        }
        page.blocks.shrink_to_fit();
        for (stream, start) in self.streams.into_iter().zip(starts) {
            page.blocks.extend(
                stream.blocks.into_iter().map(|b| Block { span: b.span.shifted(start), ..b }),
            );
        }
        let len = page.text.len() as u32;
        for (link, part) in page.links.iter_mut().zip(self.link_parts) {
            let text = link.text.shifted(starts[part as usize]);
            link.text = Span { start: text.start.min(len), end: text.end.min(len) };
        }
        for block in &page.blocks {
            if let Some(hidden) = block.hidden.and_then(|i| page.hidden.get_mut(i as usize)) {
                hidden.text =
                    if hidden.text.is_empty() { block.span } else { hidden.text.cover(block.span) };
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(href: &str) -> Link {
        Link {
            text: Span::default(),
            href: href.to_owned(),
            host: None,
            offsite: false,
            rel: String::new(),
            zone: Zone::Body,
            hidden: None,
            pictured: false,
            source: Span::new(2, 5),
        }
    }

    /// Source `one two six`: a paragraph, a link over `two`, a hidden `six`.
    fn inner() -> Page {
        let mut builder = PageBuilder::new(Format::Html);
        builder.push("one ", Span::new(0, 4));
        let start = builder.begin_link();
        builder.push("two", Span::new(4, 7));
        builder.end_link(start, link("/two"));
        let hidden = builder.begin_hidden(HiddenElement {
            technique: "display-none",
            benign: None,
            element: "div".to_owned(),
            text: Span::default(),
            source: Span::new(8, 11),
        });
        builder.open(BlockKind::Paragraph, Zone::Hidden, Some(hidden));
        builder.push("six", Span::new(8, 11));
        builder.finish()
    }

    #[test]
    fn a_spliced_page_keeps_texts_links_and_places() {
        let mut builder = PageBuilder::new(Format::Json);
        builder.push("before", Span::new(0, 6));
        builder.splice(&inner(), &OffsetMap::identity(11, 100), None);
        builder.push("after", Span::new(200, 205));
        let page = builder.finish();
        assert_eq!(page.visible(), "before\none two\nafter");
        assert_eq!(page.slice(page.links[0].text), "two");
        assert_eq!(page.links[0].source, Span::new(102, 105));
        assert_eq!(page.source_map.to_source(page.links[0].text), Span::new(104, 107));
        assert_eq!(page.slice(page.hidden[0].text), "six");
        assert_eq!(page.hidden[0].source, Span::new(108, 111));
    }

    #[test]
    fn a_page_spliced_into_a_hidden_element_is_hidden() {
        let mut builder = PageBuilder::new(Format::Markdown);
        let hidden = builder.begin_hidden(HiddenElement {
            technique: "off-screen",
            benign: None,
            element: "div".to_owned(),
            text: Span::default(),
            source: Span::new(90, 120),
        });
        builder.splice(&inner(), &OffsetMap::identity(11, 100), Some(hidden));
        let page = builder.finish();
        assert_eq!(page.visible(), "");
        assert_eq!(page.slice(page.hidden[0].text), "one two");
        assert_eq!(page.slice(page.hidden[1].text), "six");
        assert_eq!(page.slice(page.links[0].text), "two");
        assert_eq!(page.links[0].hidden, Some(0));
    }
}
