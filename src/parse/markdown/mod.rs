//! Markdown: front matter, `CommonMark` with tables and footnotes, and the raw HTML in it.
//!
//! The events of pulldown-cmark carry their source ranges, from which the map is made: text that
//! equals its source is mapped byte for byte, anything else (escapes, entities) as a whole.

mod front_matter;
mod raw_html;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::page::{BlockKind, Format, HiddenElement, Link, LinkStart, Page, PageBuilder, Zone};
use crate::parse::HtmlParser;
use crate::parse::entity;
use crate::parse::reference;
use crate::parse::text::push_linked;
use crate::span::{OffsetMap, Span};

use raw_html::{Change, OpenElements};

pub(crate) use front_matter::length as front_matter_length;

/// Lines of a paragraph that are shorter, in bytes, are lines of their own; longer ones were
/// wrapped at a column and belong together.
const WRAPPED: usize = 50;

/// Parses Markdown. `html` reads the raw HTML blocks in it.
pub fn parse(text: &str, html: HtmlParser) -> Page {
    let mut builder = PageBuilder::new(Format::Markdown);
    let base = front_matter::length(text);
    front_matter::read(&mut builder, text, base);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut walk = Walk {
        body: &text[base..],
        base,
        html,
        builder,
        quotes: 0,
        items: 0,
        leaf: Leaf::Plain,
        is_next_cell: false,
        run: Piece::default(),
        link: None,
        images: 0,
        alt: Piece::default(),
        asides: Vec::new(),
        raw: Piece::default(),
        is_raw: false,
        elements: OpenElements::default(),
        line: 0,
    };
    for (event, range) in Parser::new_ext(&text[base..], options).into_offset_iter() {
        walk.read(event, range);
    }
    walk.close();
    walk.builder.finish()
}

/// Text with the map that leads from it to the decoded source.
#[derive(Debug, Default)]
struct Piece {
    text: String,
    map: OffsetMap,
}

impl Piece {
    fn push(&mut self, text: &str, source: Span) {
        self.map.push(self.text.len(), text.len(), source);
        self.text.push_str(text);
    }

    fn trim_start(self) -> Piece {
        let start = self.text.len() - self.text.trim_start().len();
        if start == 0 {
            return self;
        }
        let map = self.map.slice(Span::new(start, self.text.len()));
        Piece { text: self.text[start..].to_owned(), map }
    }

    fn take(&mut self) -> Piece {
        std::mem::take(self)
    }
}

/// What the text of the innermost block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaf {
    Plain,
    Heading(u8),
    Code,
    Row,
}

struct Walk<'a> {
    /// The file below the front matter, and where it begins.
    body: &'a str,
    base: usize,
    html: HtmlParser<'a>,
    builder: PageBuilder,
    quotes: usize,
    items: usize,
    leaf: Leaf,
    /// Whether text that comes belongs to another cell than the text before.
    is_next_cell: bool,
    /// Text not pushed yet: an address in it may be split over events.
    run: Piece,
    link: Option<(LinkStart, Link)>,
    /// Depth of images; their text is `alt`.
    images: usize,
    alt: Piece,
    /// Blocks to put in once the open one is closed.
    asides: Vec<(BlockKind, Zone, Piece)>,
    /// The raw HTML block so far.
    raw: Piece,
    is_raw: bool,
    elements: OpenElements,
    /// Where the current line of the source begins.
    line: usize,
}

impl Walk<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text, range);
            }
            Event::Code(code) => {
                let range = code_range(self.body, range, &code);
                self.text(&code, range);
            }
            Event::Html(text) if self.is_raw => self.raw.push(&text, self.span(&range)),
            Event::Html(text) | Event::InlineHtml(text) => self.inline_html(&text, &range),
            Event::SoftBreak => {
                let is_wrapped = range.start.saturating_sub(self.line) >= WRAPPED;
                self.separator(if is_wrapped { " " } else { "\n" }, &range);
                self.line = range.end;
            }
            Event::HardBreak => {
                self.separator("\n", &range);
                self.line = range.end;
            }
            Event::Rule => self.close(),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.begin_block();
                self.line = range.start;
            }
            Tag::Heading { level, .. } => {
                self.begin_block();
                self.leaf = Leaf::Heading(level as u8);
            }
            Tag::BlockQuote(_) => {
                self.begin_block();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.begin_block();
                self.leaf = Leaf::Code;
            }
            Tag::HtmlBlock => {
                self.close();
                self.is_raw = true;
            }
            Tag::List(_) | Tag::FootnoteDefinition(_) | Tag::Table(_) => self.begin_block(),
            Tag::Item => {
                self.close();
                self.items += 1;
                self.line = range.start;
            }
            Tag::TableHead | Tag::TableRow => {
                self.close();
                self.leaf = Leaf::Row;
            }
            Tag::TableCell => {
                self.flush();
                self.is_next_cell = self.builder.is_open();
            }
            Tag::Link { dest_url, title, .. } => {
                self.title(&title, &range);
                self.begin_link(&dest_url, &range);
            }
            Tag::Image { title, .. } => {
                self.flush();
                self.title(&title, &range);
                self.images += 1;
                if let Some((_, link)) = &mut self.link {
                    link.pictured = true;
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::List(_) | TagEnd::FootnoteDefinition | TagEnd::Table => {
                self.close();
            }
            TagEnd::BlockQuote(_) => {
                self.close();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::HtmlBlock => {
                self.is_raw = false;
                self.html_block();
            }
            TagEnd::Item => {
                self.close();
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::TableHead | TagEnd::TableRow => {
                self.close();
                self.leaf = Leaf::Plain;
            }
            TagEnd::Link => self.end_link(),
            TagEnd::Image => {
                self.images = self.images.saturating_sub(1);
                if self.images == 0 {
                    let alt = self.alt.take();
                    self.asides.push((BlockKind::Attribute, Zone::Alt, alt));
                }
            }
            _ => {}
        }
    }

    /// The place in the decoded source of a range of the body.
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.base + range.start, self.base + range.end)
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        let source = self.span(&range);
        if self.images > 0 {
            self.alt.push(text, source);
        } else if self.leaf == Leaf::Code || self.link.is_some() {
            self.flush();
            self.ensure_open();
            self.builder.push(text, source);
        } else {
            self.run.push(text, source);
        }
    }

    fn separator(&mut self, text: &str, range: &Range<usize>) {
        let source = self.span(range);
        if self.images > 0 {
            self.alt.push(text, source);
            return;
        }
        self.flush();
        // A space before a line break does not make the break one.
        if self.builder.is_open() && (text == "\n" || !self.builder.at_space()) {
            self.builder.push(text, source);
        }
    }

    /// Pushes the text that was held back.
    fn flush(&mut self) {
        if self.run.text.is_empty() {
            return;
        }
        let mut run = self.run.take();
        if !self.builder.is_open() {
            run = run.trim_start();
            if run.text.is_empty() {
                return;
            }
        }
        self.ensure_open();
        let (zone, hidden) = (self.zone(), self.elements.hidden());
        push_linked(&mut self.builder, &run.text, &run.map, zone, hidden);
    }

    fn ensure_open(&mut self) {
        if !self.builder.is_open() {
            self.open();
        } else if self.is_next_cell {
            self.builder.push_unmapped(" | ");
        }
        self.is_next_cell = false;
    }

    fn open(&mut self) {
        let kind = match self.leaf {
            Leaf::Code => BlockKind::Code,
            Leaf::Heading(level) => BlockKind::Heading(level),
            Leaf::Row => BlockKind::TableRow,
            Leaf::Plain if self.items > 0 => BlockKind::ListItem,
            Leaf::Plain if self.quotes > 0 => BlockKind::Quote,
            Leaf::Plain => BlockKind::Paragraph,
        };
        self.builder.open(kind, self.zone(), self.elements.hidden());
    }

    fn zone(&self) -> Zone {
        if self.elements.hidden().is_some() {
            Zone::Hidden
        } else if self.leaf == Leaf::Code {
            Zone::Code
        } else if self.quotes > 0 {
            Zone::Quote
        } else if self.leaf == Leaf::Heading(1) {
            Zone::H1
        } else {
            Zone::Body
        }
    }

    fn begin_block(&mut self) {
        self.close();
        let change = self.elements.begin_block();
        self.apply(change, Span::default());
    }

    /// Closes the open block and puts in what waited for that.
    fn close(&mut self) {
        self.end_link();
        self.builder.close();
        for (kind, zone, piece) in std::mem::take(&mut self.asides) {
            let piece = piece.trim_start();
            self.builder.open(kind, zone, None);
            self.builder.push_mapped(&piece.text, &piece.map);
            self.builder.close();
        }
    }

    fn begin_link(&mut self, href: &str, range: &Range<usize>) {
        self.end_link();
        self.ensure_open();
        let (zone, hidden) = (self.zone(), self.elements.hidden());
        let link = reference::link(href, zone, hidden, self.span(range));
        self.link = Some((self.builder.begin_link(), link));
    }

    fn end_link(&mut self) {
        self.flush();
        if let Some((start, link)) = self.link.take() {
            self.builder.end_link(start, link);
        }
    }

    /// The title of a link or image, which shows when the pointer rests on it.
    fn title(&mut self, title: &str, range: &Range<usize>) {
        if title.is_empty() {
            return;
        }
        let source = match self.body[range.clone()].rfind(title) {
            Some(at) => Span::new(at, at + title.len()).shifted(self.base + range.start),
            None => self.span(range),
        };
        let mut piece = Piece::default();
        piece.push(title, source);
        self.asides.push((BlockKind::Attribute, Zone::Alt, piece));
    }

    /// A tag or comment inside a paragraph: it is no text, but it may be a link, an image, a line
    /// break, or hide what follows.
    fn inline_html(&mut self, text: &str, range: &Range<usize>) {
        self.flush();
        if let Some(comment) = text.strip_prefix("<!--") {
            let mut piece = Piece::default();
            let comment = comment.strip_suffix("-->").unwrap_or(comment);
            let start = range.start + 4;
            piece.push(comment, self.span(&(start..start + comment.len())));
            self.asides.push((BlockKind::Comment, Zone::Comment, piece));
            return;
        }
        let Some(tag) = raw_html::tags(text).next() else { return };
        if tag.is("a") && tag.is_end {
            if let Some((_, link)) = &mut self.link {
                link.source =
                    link.source.cover(Span::new(self.base + range.start, self.base + range.end));
            }
            self.end_link();
        } else if tag.is("a") {
            if let Some(href) = tag.attribute("href") {
                self.begin_link(&entity::decode(href).0, range);
                if let (Some((_, link)), Some(rel)) = (&mut self.link, tag.attribute("rel")) {
                    link.rel = rel.to_lowercase();
                }
            }
        } else if tag.is("br") {
            self.separator("\n", range);
        } else if tag.is("img") {
            if let Some((_, link)) = &mut self.link {
                link.pictured = true;
            }
            if let Some(alt) = tag.attribute("alt") {
                let start = range.start + (alt.as_ptr() as usize - text.as_ptr() as usize);
                let mut piece = Piece::default();
                piece.push(alt, self.span(&(start..start + alt.len())));
                self.asides.push((BlockKind::Attribute, Zone::Alt, piece));
            }
        }
        let change = self.elements.read(tag, self.html);
        if !matches!(change, Change::None) && self.builder.is_open() {
            self.apply(change, self.span(range));
            // What follows is the same block for the writer, but not for the reader.
            self.builder.close();
        } else {
            self.apply(change, self.span(range));
        }
    }

    /// Hands a block of raw HTML to the HTML parser.
    fn html_block(&mut self) {
        let raw = self.raw.take();
        let trimmed = raw.text.trim();
        if let Some(inside) = comment_only(trimmed) {
            let inside = inside.trim_start();
            let start = inside.as_ptr() as usize - raw.text.as_ptr() as usize;
            let span = Span::new(start, start + inside.len());
            self.builder.open(BlockKind::Comment, Zone::Comment, None);
            self.builder.push_mapped(inside, &raw.map.slice(span));
            self.builder.close();
            return;
        }
        let first_hidden = self.builder.page_mut().hidden.len();
        // An end tag alone holds nothing to read.
        if raw_html::tags(trimmed).any(|tag| !tag.is_end) || !trimmed.starts_with("</") {
            let inner = (self.html)(&raw.text);
            self.builder.splice(&inner, &raw.map, self.elements.hidden());
        }
        for tag in raw_html::tags(&raw.text) {
            let place = Span::new(tag.start, tag.start + tag.text.len());
            let source = raw.map.to_source(place);
            let change = self.elements.read(tag, self.html);
            if let Change::Hides(..) = change {
                // The HTML parser may have listed the element already.
                let known = self.builder.page_mut().hidden[first_hidden..]
                    .iter()
                    .position(|hidden| hidden.source.start == source.start);
                if let Some(index) = known {
                    self.elements.set_hidden((first_hidden + index) as u32);
                    continue;
                }
            }
            self.apply(change, source);
        }
    }

    /// Notes that a raw tag at `source` hides what follows, or shows it again.
    fn apply(&mut self, change: Change, source: Span) {
        match change {
            Change::None => {}
            Change::Hides(technique, element) => {
                let index = self.builder.begin_hidden(HiddenElement {
                    technique,
                    benign: None,
                    element,
                    text: Span::default(),
                    source,
                });
                self.elements.set_hidden(index);
            }
            Change::Shows(index) => {
                let hidden = self.builder.hidden_mut(index);
                hidden.source.end = hidden.source.end.max(source.end);
            }
        }
    }
}

/// Where the text of a code span lies in the span, fences and all, at `range`.
fn code_range(body: &str, range: Range<usize>, code: &str) -> Range<usize> {
    let fenced = &body[range.clone()];
    let fence = fenced.bytes().take_while(|byte| *byte == b'`').count();
    let inside = fenced.get(fence..fenced.len().saturating_sub(fence)).unwrap_or_default();
    // Line ends in it read as spaces, and one space at either end belongs to the fences.
    let padding = match inside.len().checked_sub(code.len()) {
        Some(0) => 0,
        Some(2) if inside.starts_with([' ', '\n']) => 1,
        _ => return range,
    };
    let start = range.start + fence + padding;
    start..start + code.len()
}

/// The inside of a text that is one comment and nothing else.
fn comment_only(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("<!--")?.strip_suffix("-->")?;
    (!inside.contains("-->")).then_some(inside)
}

#[cfg(test)]
mod tests;
