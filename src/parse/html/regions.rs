//! Structural zones, by element, role, and the words of ids and classes.

use crate::page::Zone;
use crate::parse::html::attribute::attribute;
use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

/// Most nodes looked at to see whether an element named like a menu is one.
const MAX_LOOK: usize = 400;
/// Running text of this length, in characters, outside links is not a menu.
const MENU_PROSE: usize = 300;

/// The words of an id or class, lower case: cut at `-`, `_`, and where capitals begin.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_lower = false;
    for c in name.chars().take(80) {
        if (!c.is_alphanumeric() || (after_lower && c.is_uppercase())) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The zone that begins at this element, where it stands in visible text of zone `around`.
pub(super) fn zone_of(node: NodeRef<'_, Node>, element: &Element, around: Zone) -> Zone {
    // Code is code anywhere; the innermost of the other zones is what the outermost says, so
    // that a menu in a footer or a quotation in a comment stays part of it.
    match element.name() {
        "pre" | "xmp" | "listing" | "plaintext" => return Zone::Code,
        "h1" if matches!(around, Zone::Body | Zone::Nav) => return Zone::H1,
        _ if around != Zone::Body => return around,
        "nav" | "menu" => return Zone::Nav,
        "footer" => return if in_article(node) { around } else { Zone::Footer },
        "blockquote" => return Zone::Quote,
        _ => {}
    }
    match attribute(element, "role").map(str::trim) {
        Some("navigation" | "menubar" | "menu") => return Zone::Nav,
        Some("contentinfo") => return Zone::Footer,
        _ => {}
    }
    if attribute(element, "itemprop").is_some_and(|value| value.eq_ignore_ascii_case("comment")) {
        return Zone::Ugc;
    }
    let names_count = matches!(
        element.name(),
        "div"
            | "ul"
            | "ol"
            | "dl"
            | "li"
            | "section"
            | "header"
            | "aside"
            | "table"
            | "td"
            | "p"
            | "form"
            | "article"
    );
    if !names_count {
        return around;
    }
    let named = element.classes().chain(element.id()).find_map(|name| zone_of_name(element, name));
    match named {
        Some(Zone::Nav) if is_prose(node) => around,
        Some(Zone::Footer) if holds_main_text(node) => around,
        Some(zone) => zone,
        None => around,
    }
}

fn in_article(node: NodeRef<'_, Node>) -> bool {
    node.ancestors().take(8).any(|ancestor| {
        ancestor
            .value()
            .as_element()
            .is_some_and(|element| matches!(element.name(), "article" | "blockquote" | "figure"))
    })
}

fn zone_of_name(element: &Element, name: &str) -> Option<Zone> {
    let words = words_of(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    // `has-sidebar-nav`, `no-comments`, `main-content-menu-left` describe something around.
    if has(&["has", "no", "with", "without", "content", "page", "layout", "open", "count", "link"])
    {
        // … but `page-footer` and `content-footer` are what they say.
        return (words.len() == 2 && words[1] == "footer" && has(&["page", "content"]))
            .then_some(Zone::Footer);
    }
    if has(&["footer", "colophon"]) && !has(&["entry", "post", "article", "comment", "card"]) {
        return Some(Zone::Footer);
    }
    let is_item = matches!(element.name(), "p" | "td" | "article" | "li");
    if has(&["comments", "commentlist", "disqus", "respond"])
        || (has(&["comment"]) && !has(&["post", "icon", "button"]))
        || name.eq_ignore_ascii_case("comment-list")
    {
        return (element.name() != "td").then_some(Zone::Ugc);
    }
    if is_item && !has(&["breadcrumb", "breadcrumbs", "crumbs"]) {
        return None;
    }
    has(&[
        "nav",
        "navbar",
        "navigation",
        "menu",
        "menus",
        "submenu",
        "breadcrumb",
        "breadcrumbs",
        "crumbs",
        "topnav",
        "mainnav",
        "subnav",
        "sidenav",
        "navmenu",
        "mainmenu",
        "topmenu",
        "pagination",
    ])
    .then_some(Zone::Nav)
}

/// Whether much of an element's text stands outside links.
fn is_prose(node: NodeRef<'_, Node>) -> bool {
    let mut outside = 0;
    let mut next = node.first_child();
    for _ in 0..MAX_LOOK {
        let Some(current) = next else { break };
        let mut descend = true;
        match current.value() {
            Node::Text(text) => outside += text.trim().chars().count(),
            Node::Element(element) => match element.name() {
                "a" | "script" | "style" | "form" | "button" | "template" | "noscript" => {
                    descend = false;
                }
                "article" | "main" => return true,
                _ => {}
            },
            _ => {}
        }
        if outside > MENU_PROSE {
            return true;
        }
        next = following(current, node, descend);
    }
    false
}

/// Whether the page's main text stands inside.
fn holds_main_text(node: NodeRef<'_, Node>) -> bool {
    let mut next = node.first_child();
    for _ in 0..MAX_LOOK {
        let Some(current) = next else { break };
        if let Node::Element(element) = current.value()
            && matches!(element.name(), "article" | "main" | "h1")
        {
            return true;
        }
        next = following(current, node, true);
    }
    false
}

/// Bytes of text inside a node, scripts and styles aside.
pub(super) fn text_len(node: NodeRef<'_, Node>) -> usize {
    let mut len = 0;
    let mut next = node.first_child();
    while let Some(current) = next {
        let mut descend = true;
        match current.value() {
            Node::Text(text) => len += text.trim().len(),
            Node::Element(element) => {
                descend = !matches!(element.name(), "script" | "style" | "noscript" | "template");
            }
            _ => {}
        }
        next = following(current, node, descend);
    }
    len
}

/// The node after `node` in document order inside `top`.
fn following<'a>(
    node: NodeRef<'a, Node>,
    top: NodeRef<'a, Node>,
    descend: bool,
) -> Option<NodeRef<'a, Node>> {
    if descend && let Some(child) = node.first_child() {
        return Some(child);
    }
    let mut at = node;
    while at != top {
        if let Some(sibling) = at.next_sibling() {
            return Some(sibling);
        }
        at = at.parent()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, words) in [
            ("main-nav", vec!["main", "nav"]),
            ("siteFooter", vec!["site", "footer"]),
            ("NAV_top2", vec!["nav", "top2"]),
            ("--", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(words_of(name), words, "{name:?}");
        }
    }
}
