//! Structural zones, by element, role, and the words of ids and classes.

use crate::page::Zone;
use crate::parse::html::attribute::{Attributes, Common};
use crate::parse::html::node::{Element, NodeRef, Value};
use html5ever::local_name;

/// Most nodes looked at to see whether an element named like a menu is one.
const MAX_LOOK: usize = 400;
/// Running text of this length, in characters, outside links is not a menu.
const MENU_PROSE: usize = 300;

/// The words of an id or class, lower case: cut at `-`, `_`, and where capitals begin.
fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word_of(name, |word| words.push(word.to_owned()));
    words
}

/// Gives each of them.
pub(super) fn each_word_of(name: &str, mut give: impl FnMut(&str)) {
    let mut word = String::new();
    let mut after_lower = false;
    for c in name.chars().take(80) {
        if (!c.is_alphanumeric() || (after_lower && c.is_uppercase())) && !word.is_empty() {
            give(&word);
            word.clear();
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        give(&word);
    }
}

/// The zone that begins at this element, where it stands in visible text of zone `around`.
pub(super) fn zone_of(
    node: NodeRef<'_>,
    element: Element<'_>,
    attributes: &Attributes<'_>,
    around: Zone,
) -> Zone {
    // Code is code anywhere; the innermost of the other zones is what the outermost says, so
    // that a menu in a footer or a quotation in a comment stays part of it.
    match *element.local() {
        names!["pre", "xmp", "listing", "plaintext"] => return Zone::Code,
        local_name!("h1") if matches!(around, Zone::Body | Zone::Nav) => return Zone::H1,
        _ if around != Zone::Body => return around,
        local_name!("nav") | local_name!("menu") => return Zone::Nav,
        local_name!("footer") => return if in_article(node) { around } else { Zone::Footer },
        local_name!("blockquote") => return Zone::Quote,
        _ => {}
    }
    match attributes.get(Common::Role).map(str::trim) {
        Some("navigation" | "menubar" | "menu") => return Zone::Nav,
        Some("contentinfo") => return Zone::Footer,
        _ => {}
    }
    if attributes.get(Common::Itemprop).is_some_and(|value| value.eq_ignore_ascii_case("comment")) {
        return Zone::Ugc;
    }
    let names_count = matches!(
        *element.local(),
        names![
            "div", "ul", "ol", "dl", "li", "section", "header", "aside", "table", "td", "p",
            "form", "article"
        ]
    );
    if !names_count {
        return around;
    }
    // Of several classes that name a zone the first in alphabetical order counts, then the id.
    let zone = |name: &str| {
        if may_name_zone(name) { zone_of_name(element, name) } else { None }
    };
    let by_class = || {
        let named = attributes.classes().filter_map(|name| Some((name, zone(name)?)));
        named.min_by_key(|(name, _)| *name).map(|(_, zone)| zone)
    };
    let classes = attributes.get(Common::Class).unwrap_or_default();
    let by_class = if may_name_zone(classes) { by_class() } else { None };
    match by_class.or_else(|| attributes.get(Common::Id).and_then(zone)) {
        Some(Zone::Nav) if is_prose(node) => around,
        Some(Zone::Footer) if holds_main_text(node) => around,
        Some(zone) => zone,
        None => around,
    }
}

/// Whether a name, or one of several, may hold one of the words that [`zone_of_name`] looks for:
/// nearly all names hold none of them, and need not be cut into words.
fn may_name_zone(names: &str) -> bool {
    let step = |(open, found): (u64, u64), byte: u8| {
        let open = (open << 1 | Letters::FIRST) & Letters::ALL.0[usize::from(byte)];
        (open, found | open)
    };
    let (_, found) = names.bytes().fold((0, 0), step);
    found & Letters::LAST != 0
}

/// Which letters of [`Letters::WORDS`], written one after the other, a byte may be: a bit for each.
/// Words are followed through a name by a bit for each of their letters, without a branch.
struct Letters([u64; 256]);

impl Letters {
    const WORDS: [&str; 9] = [
        "comment",
        "colophon",
        "crumb",
        "disqus",
        "footer",
        "menu",
        "nav",
        "pagination",
        "respond",
    ];
    /// A letter that any byte beyond ASCII is.
    const BEYOND: u64 = 1 << 63;
    const ALL: Self = Self::all().0;
    const FIRST: u64 = Self::all().1;
    const LAST: u64 = Self::all().2;

    /// The letters, which of them begin and which end a word.
    const fn all() -> (Self, u64, u64) {
        let (mut letters, mut first, mut last) = ([0; 256], Self::BEYOND, Self::BEYOND);
        let mut bit = 1;
        let mut word = 0;
        while word < Self::WORDS.len() {
            let bytes = Self::WORDS[word].as_bytes();
            first |= bit;
            let mut at = 0;
            while at < bytes.len() {
                letters[bytes[at] as usize] |= bit;
                letters[bytes[at].to_ascii_uppercase() as usize] |= bit;
                last |= if at + 1 == bytes.len() { bit } else { 0 };
                bit <<= 1;
                at += 1;
            }
            word += 1;
        }
        assert!(bit <= Self::BEYOND, "every letter has a bit");
        let mut byte = 128;
        while byte < 256 {
            letters[byte] |= Self::BEYOND;
            byte += 1;
        }
        (Self(letters), first, last)
    }
}

fn in_article(node: NodeRef<'_>) -> bool {
    node.ancestors().take(8).any(|ancestor| {
        ancestor.element().is_some_and(|element| {
            matches!(*element.local(), names!["article", "blockquote", "figure"])
        })
    })
}

fn zone_of_name(element: Element<'_>, name: &str) -> Option<Zone> {
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
    let is_item = matches!(*element.local(), names!["p", "td", "article", "li"]);
    if has(&["comments", "commentlist", "disqus", "respond"])
        || (has(&["comment"]) && !has(&["post", "icon", "button"]))
        || name.eq_ignore_ascii_case("comment-list")
    {
        return (*element.local() != local_name!("td")).then_some(Zone::Ugc);
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
fn is_prose(node: NodeRef<'_>) -> bool {
    let mut outside = 0;
    let mut next = node.first_child();
    for _ in 0..MAX_LOOK {
        let Some(current) = next else { break };
        let mut descend = true;
        match current.value() {
            Value::Text(text) => outside += text.trim().chars().count(),
            Value::Element(element) => match *element.local() {
                names!["a", "script", "style", "form", "button", "template", "noscript"] => {
                    descend = false;
                }
                local_name!("article") | local_name!("main") => return true,
                _ => {}
            },
            _ => {}
        }
        if outside > MENU_PROSE {
            return true;
        }
        next = current.following(node, descend);
    }
    false
}

/// Whether the page's main text stands inside.
fn holds_main_text(node: NodeRef<'_>) -> bool {
    let mut next = node.first_child();
    for _ in 0..MAX_LOOK {
        let Some(current) = next else { break };
        if let Value::Element(element) = current.value()
            && matches!(*element.local(), names!["article", "main", "h1"])
        {
            return true;
        }
        next = current.following(node, true);
    }
    false
}

/// Bytes of text inside a node, scripts and styles aside.
pub(super) fn text_len(node: NodeRef<'_>) -> usize {
    let mut len = 0;
    let mut next = node.first_child();
    while let Some(current) = next {
        let mut descend = true;
        match current.value() {
            Value::Text(text) => len += text.trim().len(),
            Value::Element(element) => {
                descend =
                    !matches!(*element.local(), names!["script", "style", "noscript", "template"]);
            }
            _ => {}
        }
        next = current.following(node, descend);
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::html::{Dom, Limits};

    #[test]
    fn no_name_of_a_zone_is_passed_over() {
        let (dom, _) = Dom::parse("<body><div>", &Limits::default());
        let element = dom.first_of_body().expect("an element");
        let mut named = 0;
        for name in [
            "site-footer",
            "Colophon",
            "commentList",
            "disqus_thread",
            "respond",
            "post_comment-x",
            "topNav",
            "mainmenu",
            "SubMenu",
            "breadcrumbs",
            "bread-crumb",
            "crumbs",
            "pagination",
            "mainnav2",
            "sidenav",
            "\u{212a}-nav",
            "hero",
            "card-body",
            "",
            "row",
            "content",
        ] {
            let zone = zone_of_name(element, name);
            assert!(zone.is_none() || may_name_zone(name), "{name:?}: {zone:?}");
            named += usize::from(zone.is_some());
        }
        assert!(named >= 12, "{named}");
    }

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
