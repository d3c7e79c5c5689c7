//! What kind of block an element makes, and the zone of those whose text is not on the page.

use crate::page::{BlockKind, Zone};
use crate::parse::html::metadata::text_of;
use crate::parse::html::style::{Display, Style};
use crate::parse::html::walk::Frame;
use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;

/// The zone of an element whose text readers do not see on the page, or only as a picture's.
/// `title` is the element that gives the page its title.
pub(super) fn aside_zone(
    node: NodeRef<'_, Node>,
    element: &Element,
    title: Option<NodeId>,
) -> Option<Zone> {
    let parent = || node.parent().and_then(|parent| parent.value().as_element().map(Element::name));
    let is_title = || title == Some(node.id()) || parent() == Some("head");
    Some(match element.name() {
        "title" if is_title() => Zone::Title,
        "object" if element.attr("data").is_none() && element.attr("classid").is_none() => {
            return None;
        }
        "title" | "svg" | "object" | "video" | "audio" | "canvas" | "iframe" | "datalist" => {
            Zone::Alt
        }
        "noscript" | "noframes" | "noembed" => Zone::Noscript,
        _ => return None,
    })
}

/// Kind of block, block or inline, and white space of an element.
pub(super) fn shape(
    node: NodeRef<'_, Node>,
    element: &Element,
    style: Option<&Style>,
    frame: &mut Frame,
) {
    let (block, kind) = match element.name() {
        "h1" => (true, BlockKind::Heading(1)),
        "h2" => (true, BlockKind::Heading(2)),
        "h3" => (true, BlockKind::Heading(3)),
        "h4" => (true, BlockKind::Heading(4)),
        "h5" => (true, BlockKind::Heading(5)),
        "h6" => (true, BlockKind::Heading(6)),
        "li" | "dt" | "dd" => (true, BlockKind::ListItem),
        "tr" => (true, BlockKind::TableRow),
        "td" | "th" => {
            if holds_blocks(node) {
                (true, BlockKind::Paragraph)
            } else {
                (false, BlockKind::TableRow)
            }
        }
        "pre" | "xmp" | "listing" | "plaintext" => {
            frame.preformatted = true;
            (true, BlockKind::Code)
        }
        "blockquote" => (true, BlockKind::Quote),
        "button" | "option" | "label" | "legend" | "select" | "optgroup" => {
            (true, BlockKind::Control)
        }
        "textarea" => {
            frame.preformatted = true;
            (true, BlockKind::Control)
        }
        "title" => (true, BlockKind::Attribute),
        "svg" | "canvas" | "video" | "audio" | "object" | "datalist" | "text" | "desc" => (
            frame.zone == Zone::Alt,
            if frame.zone == Zone::Alt { BlockKind::Attribute } else { frame.kind },
        ),
        // A paragraph in a list item or quotation is still of that item.
        "p" | "div" | "section" if keeps_kind(frame.kind) => (true, frame.kind),
        "address" | "article" | "aside" | "body" | "caption" | "center" | "details" | "dialog"
        | "dir" | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form"
        | "frameset" | "head" | "header" | "hgroup" | "html" | "iframe" | "main" | "marquee"
        | "menu" | "nav" | "noscript" | "ol" | "p" | "search" | "section" | "summary" | "table"
        | "tbody" | "template" | "tfoot" | "thead" | "ul" => (true, BlockKind::Paragraph),
        _ => (style.is_some_and(|style| style.display == Some(Display::Block)), frame.kind),
    };
    let lone_code = block && kind != BlockKind::Code && !frame.preformatted && is_lone_code(node);
    frame.block = block;
    frame.kind = kind;
    if lone_code {
        frame.kind = BlockKind::Code;
        frame.preformatted = true;
        if frame.zone.is_visible() {
            frame.zone = Zone::Code;
        }
    }
}

fn keeps_kind(kind: BlockKind) -> bool {
    matches!(
        kind,
        BlockKind::ListItem | BlockKind::Quote | BlockKind::Heading(_) | BlockKind::Control
    )
}

/// Whether a table cell is a container of layout.
fn holds_blocks(cell: NodeRef<'_, Node>) -> bool {
    cell.children().filter_map(|child| child.value().as_element()).any(|child| {
        matches!(
            child.name(),
            "p" | "div"
                | "table"
                | "ul"
                | "ol"
                | "dl"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "pre"
                | "blockquote"
                | "form"
                | "center"
                | "section"
                | "article"
                | "hr"
        )
    })
}

/// Whether all an element holds is code of several lines.
fn is_lone_code(node: NodeRef<'_, Node>) -> bool {
    let mut code = None;
    for child in node.children() {
        match child.value() {
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Comment(_) => {}
            Node::Element(element) if element.name() == "code" && code.is_none() => {
                code = Some(child);
            }
            _ => return false,
        }
    }
    code.is_some_and(|code| text_of(code).trim().contains('\n'))
}
