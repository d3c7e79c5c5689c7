//! What kind of block an element makes, and the zone of those whose text is not on the page.

use crate::page::{BlockKind, Zone};
use crate::parse::html::metadata::text_of;
use crate::parse::html::node::{Element, NodeRef, Value};
use crate::parse::html::style::{Display, Style};
use crate::parse::html::traits::Traits;
use crate::parse::html::tree::NodeId;
use crate::parse::html::walk::Frame;
use html5ever::local_name;

/// The zone of an element whose text readers do not see on the page, or only as a picture's.
/// `title` is the element that gives the page its title.
pub(super) fn aside_zone(
    node: NodeRef<'_>,
    element: Element<'_>,
    title: Option<NodeId>,
) -> Option<Zone> {
    let parent = || node.parent().and_then(NodeRef::element);
    let in_head = || parent().is_some_and(|parent| *parent.local() == local_name!("head"));
    Some(match *element.local() {
        local_name!("title") if title == Some(node.id()) || in_head() => Zone::Title,
        local_name!("object")
            if element.attribute(&local_name!("data")).is_none()
                && element.attribute(&local_name!("classid")).is_none() =>
        {
            return None;
        }
        names!["title", "svg", "object", "video", "audio", "canvas", "iframe", "datalist"] => {
            Zone::Alt
        }
        names!["noscript", "noframes", "noembed"] => Zone::Noscript,
        _ => return None,
    })
}

/// Kind of block, block or inline, and white space of an element.
pub(super) fn shape(
    node: NodeRef<'_>,
    element: Element<'_>,
    style: Option<&Style>,
    frame: &mut Frame,
) {
    let (block, kind) = match *element.local() {
        local_name!("h1") => (true, BlockKind::Heading(1)),
        local_name!("h2") => (true, BlockKind::Heading(2)),
        local_name!("h3") => (true, BlockKind::Heading(3)),
        local_name!("h4") => (true, BlockKind::Heading(4)),
        local_name!("h5") => (true, BlockKind::Heading(5)),
        local_name!("h6") => (true, BlockKind::Heading(6)),
        items!() => (true, BlockKind::ListItem),
        local_name!("tr") => (true, BlockKind::TableRow),
        cells!() => {
            if holds_blocks(node) {
                (true, BlockKind::Paragraph)
            } else {
                (false, BlockKind::TableRow)
            }
        }
        names!["pre", "xmp", "listing", "plaintext"] => {
            frame.preformatted = true;
            (true, BlockKind::Code)
        }
        local_name!("blockquote") => (true, BlockKind::Quote),
        names!["button", "option", "label", "legend", "select", "optgroup"] => {
            (true, BlockKind::Control)
        }
        local_name!("textarea") => {
            frame.preformatted = true;
            (true, BlockKind::Control)
        }
        local_name!("title") => (true, BlockKind::Attribute),
        names!["svg", "canvas", "video", "audio", "object", "datalist", "text", "desc"] => (
            frame.zone == Zone::Alt,
            if frame.zone == Zone::Alt { BlockKind::Attribute } else { frame.kind },
        ),
        // A paragraph in a list item or quotation is still of that item.
        names!["p", "div", "section"] if keeps_kind(frame.kind) => (true, frame.kind),
        sections!()
        | plain_blocks!()
        | names![
            "body", "caption", "dialog", "form", "frameset", "head", "hgroup", "html", "iframe",
            "marquee", "noscript", "ol", "p", "search", "table", "template", "ul"
        ] => (true, BlockKind::Paragraph),
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
fn holds_blocks(cell: NodeRef<'_>) -> bool {
    cell.children().filter_map(NodeRef::element).any(|child| {
        matches!(
            *child.local(),
            headings!()
                | names![
                    "p",
                    "div",
                    "table",
                    "ul",
                    "ol",
                    "dl",
                    "pre",
                    "blockquote",
                    "form",
                    "center",
                    "section",
                    "article",
                    "hr"
                ]
        )
    })
}

/// Whether all an element holds is code of several lines.
fn is_lone_code(node: NodeRef<'_>) -> bool {
    // Few pages have any.
    if !node.tree_holds(Traits::CODE) {
        return false;
    }
    let mut code = None;
    for child in node.children() {
        match child.value() {
            Value::Text(text) if text.trim().is_empty() => {}
            Value::Comment(_) => {}
            Value::Element(element)
                if *element.local() == local_name!("code") && code.is_none() =>
            {
                code = Some(child);
            }
            _ => return false,
        }
    }
    code.is_some_and(|code| text_of(code).trim().contains('\n'))
}
