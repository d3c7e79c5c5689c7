//! The page as every later stage reads it: one text, cut into blocks that know their zone,
//! their visibility and their place in the source.
//!
//! # Layout of the text
//! [`Page::text`] holds *all* text of the page in three parts, one block per run, blocks
//! separated by a line break:
//!
//! 1. `0..visible_len`: what a reader sees, in document order;
//! 2. `visible_len..aside_len`: what a reader does not see but a search engine does: title,
//!    metas, JSON-LD strings, alt texts, hidden elements, noscript, comments;
//! 3. `aside_len..`: scripts, as raw source, for the rules that read code.
//!
//! So an offset below `visible_len` is an offset in the page's visible text. Offsets always are
//! bytes and lie on character boundaries.

mod builder;
mod zone;

pub use builder::{LinkStart, PageBuilder};
pub use zone::Zone;

use crate::span::{OffsetMap, Span};

/// A decoded and parsed record.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// What the record was parsed as.
    pub format: Format,
    /// All text of the page; see the module's text on its layout.
    pub text: String,
    /// Length of the visible part of `text`, in bytes.
    pub visible_len: usize,
    /// End of the part that holds titles, metas, alt texts and hidden text; scripts follow.
    pub aside_len: usize,
    /// The runs `text` is made of, in ascending order of their spans, without overlap.
    pub blocks: Vec<Block>,
    /// Links, in document order.
    pub links: Vec<Link>,
    /// Outermost elements that are hidden from readers, in document order.
    pub hidden: Vec<HiddenElement>,
    /// From `text` to the decoded text of the record.
    pub source_map: OffsetMap,
    /// Language the page declares (`lang` attribute, front matter), as written.
    pub declared_language: Option<String>,
    /// Host the page says it belongs to (record URL, canonical link, `og:url`), lower case.
    pub host: Option<String>,
    /// What the parser met that a rule may want to know.
    pub notes: Vec<Note>,
    /// The element tree, for rules that select elements; HTML only.
    pub dom: Option<crate::parse::Dom>,
}

impl Page {
    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The block that holds the byte at `offset`, if any.
    pub fn block_at(&self, offset: u32) -> Option<&Block> {
        let index = self.blocks.partition_point(|block| block.span.end <= offset);
        self.blocks.get(index).filter(|block| block.span.start <= offset)
    }

    /// The visible text.
    pub fn visible(&self) -> &str {
        &self.text[..self.visible_len]
    }

    /// Blocks of one zone.
    pub fn zone(&self, zone: Zone) -> impl Iterator<Item = &Block> {
        // What is not visible stands behind all that is.
        let visible = |block: &Block| (block.span.start as usize) < self.visible_len;
        let from = if zone.is_visible() { 0 } else { self.blocks.partition_point(visible) };
        self.blocks[from..].iter().filter(move |block| block.zone == zone)
    }

    /// The text of the first title block, if the page has one.
    pub fn title(&self) -> Option<&str> {
        self.zone(Zone::Title).next().map(|block| self.slice(block.span))
    }
}

/// What a record was parsed as.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// HTML or XHTML.
    Html,
    /// Markdown, with or without front matter.
    Markdown,
    /// Plain text.
    #[default]
    Text,
    /// JSON: a page payload or an API answer.
    Json,
    /// RSS, Atom or another XML document that is not XHTML.
    Xml,
}

impl Format {
    /// Name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

/// A run of text with one role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block {
    /// Where the block lies in [`Page::text`].
    pub span: Span,
    /// What the markup says the block is.
    pub kind: BlockKind,
    /// Where on the page the block stands. Parsers set structural zones; visible text without
    /// one is [`Zone::Body`] until the edges are found.
    pub zone: Zone,
    /// Index into [`Page::hidden`] of the outermost hidden element around the block.
    pub hidden: Option<u32>,
}

/// The role of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// A heading, 1 to 6.
    Heading(u8),
    /// An item of a list.
    ListItem,
    /// Cells of a table row.
    TableRow,
    /// Preformatted text or code.
    Code,
    /// Quoted text.
    Quote,
    /// The text of a button or form control.
    Control,
    /// An attribute or head element: title, meta, alt, JSON-LD string.
    Attribute,
    /// A comment.
    Comment,
    /// The source of a script or style sheet.
    Script,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The anchor text in [`Page::text`]; empty where the anchor holds no text.
    pub text: Span,
    /// Target as written, entities decoded, white space trimmed.
    pub href: String,
    /// Host of the target, lower case, where the target is absolute.
    pub host: Option<String>,
    /// Whether the target lies on another registrable domain than the page. Where the page's
    /// own host is not known, every absolute target counts as off-site.
    pub offsite: bool,
    /// Value of `rel`, lower case.
    pub rel: String,
    /// Zone of the block that holds the link.
    pub zone: Zone,
    /// Index into [`Page::hidden`] where the link is hidden.
    pub hidden: Option<u32>,
    /// Whether the anchor holds an image, icon or label that a reader can see or hear.
    pub pictured: bool,
    /// Range of the whole element in the decoded source.
    pub source: Span,
}

/// An outermost element that readers do not see.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HiddenElement {
    /// How it is hidden, as a fixed name such as `display-none` or `off-screen`.
    pub technique: &'static str,
    /// Why hiding is ordinary here (`menu`, `dialog`, `screen-reader`, `scripted` …), if it is.
    pub benign: Option<&'static str>,
    /// Name of the element.
    pub element: String,
    /// Its text in [`Page::text`], from the first to the last block; empty where it holds none.
    pub text: Span,
    /// Range of the element in the decoded source.
    pub source: Span,
}

/// Something the parser met on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// Where, in the decoded source.
    pub source: Span,
}

/// What a parser can report beside the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoteKind {
    /// Elements were nested deeper than the limit; deeper tags were read as text only.
    DepthLimit,
    /// An element had more attributes than the limit; the rest were dropped.
    AttributeLimit,
    /// The tree grew beyond the node budget; the rest of the page was read as text.
    NodeLimit,
    /// An element stands after the end of the document, or before its beginning.
    OutsideDocument,
    /// A JSON payload ended early or was broken; what could be read was kept.
    BrokenPayload,
    /// The title or a meta content is written in numeric character references.
    EntityEncoded,
}

impl NoteKind {
    /// Name used in reports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::DepthLimit => "depth-limit",
            Self::AttributeLimit => "attribute-limit",
            Self::NodeLimit => "node-limit",
            Self::OutsideDocument => "outside-document",
            Self::BrokenPayload => "broken-payload",
            Self::EntityEncoded => "entity-encoded",
        }
    }
}
