//! Rich text as trees: Nuxt Content's minimark and hast, `ProseMirror` and `TipTap`, Lexical, Slate,
//! Contentful and their kin. They differ in names only: elements with a name, children, text.

use crate::page::{BlockKind, PageBuilder, Zone};
use crate::parse::payload::scan::{Kind, unescape};
use crate::parse::payload::tree::Tree;
use crate::parse::reference;
use crate::span::{OffsetMap, Span};

/// What comes next in a document's text.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// A block begins.
    Block(BlockKind),
    /// A string.
    Text(u32),
    /// A link begins; its target.
    Link(u32),
    /// The link ends.
    EndLink,
    /// A line break.
    Break,
}

/// A rich text: its pieces in order.
#[derive(Debug, Default)]
pub(super) struct RichText {
    pieces: Vec<Piece>,
    /// Length of its strings, in bytes.
    pub(super) weight: usize,
    /// The strings it is made of.
    pub(super) strings: Vec<u32>,
}

/// The rich text whose root is this value, if it is one. `budget` is the number of steps that
/// all rich texts of a payload may take together: references can lead to one value many times.
pub(super) fn read(tree: &Tree<'_>, root: u32, budget: &mut usize) -> Option<RichText> {
    let children = children_of_root(tree, root)?;
    let mut rich = RichText::default();
    // The pieces still to do, last first.
    let mut todo = vec![Step::Value(children)];
    while let Some(step) = todo.pop() {
        if *budget == 0 {
            break;
        }
        *budget -= 1;
        match step {
            Step::Piece(piece) => rich.pieces.push(piece),
            Step::Value(index) => rich.value(tree, index, &mut todo),
        }
    }
    (rich.weight > 0).then_some(rich)
}

/// Work to do.
enum Step {
    Value(u32),
    Piece(Piece),
}

/// The value that holds the document's blocks, if `root` is a document.
fn children_of_root(tree: &Tree<'_>, root: u32) -> Option<u32> {
    if tree.kind(root) != Kind::Object {
        return None;
    }
    let name = name(tree, root)?;
    let field = match name {
        "minimark" | "minimal" => "value",
        "root" => "children",
        "doc" | "document" => "content",
        _ => return None,
    };
    tree.field(root, field).filter(|value| tree.kind(*value) == Kind::Array)
}

fn name<'a>(tree: &Tree<'a>, object: u32) -> Option<&'a str> {
    ["tag", "tagName", "type", "nodeType"]
        .into_iter()
        .filter_map(|key| tree.field(object, key))
        .map(|value| tree.raw(value))
        .find(|name| !name.is_empty() && *name != "element")
}

impl RichText {
    fn value(&mut self, tree: &Tree<'_>, index: u32, todo: &mut Vec<Step>) {
        match tree.kind(index) {
            Kind::String => self.text(tree, index),
            Kind::Array => {
                let items: Vec<u32> = tree.items(index).map(|item| tree.resolve(item)).collect();
                // `[name, attributes, child …]` is an element; any other array a list of nodes.
                match items.as_slice() {
                    [tag, attributes, children @ ..]
                        if tree.kind(*tag) == Kind::String
                            && tree.kind(*attributes) == Kind::Object =>
                    {
                        let href = tree.field(*attributes, "href");
                        element(tree, tree.raw(*tag), href, children, todo);
                    }
                    items => todo.extend(items.iter().rev().map(|item| Step::Value(*item))),
                }
            }
            Kind::Object => {
                let text = ["text", "value"]
                    .into_iter()
                    .filter_map(|key| tree.field(index, key))
                    .find(|value| tree.kind(*value) == Kind::String);
                if let Some(text) = text {
                    self.text(tree, text);
                }
                let children: Vec<u32> = ["children", "content"]
                    .into_iter()
                    .filter_map(|key| tree.field(index, key))
                    .collect();
                let href = ["props", "properties", "attrs", "data", "fields"]
                    .into_iter()
                    .filter_map(|key| tree.field(index, key))
                    .find_map(|attributes| {
                        tree.field(attributes, "href").or(tree.field(attributes, "uri"))
                    })
                    .or_else(|| tree.field(index, "url"));
                element(tree, name(tree, index).unwrap_or_default(), href, &children, todo);
            }
            _ => {}
        }
    }

    fn text(&mut self, tree: &Tree<'_>, index: u32) {
        self.weight += tree.raw(index).len();
        self.strings.push(index);
        self.pieces.push(Piece::Text(index));
    }

    /// Pushes the text. `map` leads from the payload to the decoded source.
    pub(super) fn push(&self, tree: &Tree<'_>, map: &OffsetMap, builder: &mut PageBuilder) {
        let mut link = None;
        builder.close();
        for piece in &self.pieces {
            match *piece {
                Piece::Block(kind) => {
                    let zone = match kind {
                        BlockKind::Heading(1) => Zone::H1,
                        BlockKind::Code => Zone::Code,
                        BlockKind::Quote => Zone::Quote,
                        _ => Zone::Body,
                    };
                    builder.open(kind, zone, None);
                }
                Piece::Text(index) => {
                    let start = tree.node(index).span.start as usize;
                    let (text, inner) = unescape(tree.raw(index));
                    let skip =
                        if builder.at_space() { text.len() - text.trim_start().len() } else { 0 };
                    let shift = OffsetMap::identity(tree.raw(index).len(), start);
                    let part = inner.slice(Span::new(skip, text.len()));
                    builder.push_mapped(&text[skip..], &part.through(&shift).through(map));
                }
                Piece::Link(href) => {
                    let target = unescape(tree.raw(href)).0;
                    let source = map.to_source(tree.node(href).span);
                    let target = reference::link(&target, Zone::Body, None, source);
                    link = Some((builder.begin_link(), target));
                }
                Piece::EndLink => {
                    if let Some((start, target)) = link.take() {
                        builder.end_link(start, target);
                    }
                }
                Piece::Break if builder.is_open() && !builder.at_space() => {
                    builder.push_unmapped("\n");
                }
                Piece::Break => {}
            }
        }
        builder.close();
    }
}

/// Puts an element's pieces and children on the list of what to do.
fn element(tree: &Tree<'_>, name: &str, href: Option<u32>, children: &[u32], todo: &mut Vec<Step>) {
    let href = href.filter(|href| tree.kind(*href) == Kind::String);
    let name = name.to_ascii_lowercase();
    let block = match name.as_str() {
        "h1" => Some(BlockKind::Heading(1)),
        "h3" => Some(BlockKind::Heading(3)),
        "h4" | "h5" | "h6" => Some(BlockKind::Heading(4)),
        "li" | "listitem" | "list_item" | "list-item" => Some(BlockKind::ListItem),
        "pre" | "codeblock" | "code_block" | "code-block" => Some(BlockKind::Code),
        "blockquote" | "quote" => Some(BlockKind::Quote),
        "tr" | "tablerow" | "table_row" | "table-row" => Some(BlockKind::TableRow),
        "h2" => Some(BlockKind::Heading(2)),
        name if name.starts_with("heading") => Some(BlockKind::Heading(2)),
        "p" | "paragraph" | "div" | "section" | "ul" | "ol" | "table" => Some(BlockKind::Paragraph),
        "br" | "hardbreak" | "hard_break" | "linebreak" => {
            todo.push(Step::Piece(Piece::Break));
            None
        }
        "script" | "style" => return,
        _ => None,
    };
    // A paragraph inside an item or quotation belongs to it, and a block that follows begins one
    // of its own; what follows a block without being one does too.
    if block.is_some() {
        todo.push(Step::Piece(Piece::Block(BlockKind::Paragraph)));
    }
    if href.is_some() {
        todo.push(Step::Piece(Piece::EndLink));
    }
    todo.extend(children.iter().rev().map(|child| Step::Value(*child)));
    if let Some(href) = href {
        todo.push(Step::Piece(Piece::Link(href)));
    }
    if let Some(kind) = block {
        todo.push(Step::Piece(Piece::Block(kind)));
    }
}
