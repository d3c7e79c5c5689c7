#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::parse::simple_html;

fn page(source: &str) -> Page {
    parse(source, &simple_html::parse)
}

/// The blocks of a text are these, in order of the page's text.
#[track_caller]
fn check(source: &str, expected: &[(&str, BlockKind, Zone)]) -> Page {
    let page = page(source);
    let found: Vec<(&str, BlockKind, Zone)> =
        page.blocks.iter().map(|b| (page.slice(b.span), b.kind, b.zone)).collect();
    assert_eq!(found, expected);
    page
}

/// Where `part` of the page's text comes from.
#[track_caller]
fn source_of<'a>(page: &Page, source: &'a str, part: &str) -> &'a str {
    let at = page.text.find(part).unwrap();
    &source[page.source_map.to_source(Span::new(at, at + part.len())).range()]
}

use BlockKind::{Attribute, Code, Comment, Heading, ListItem, Paragraph, Quote, TableRow};

#[test]
fn blocks_lose_their_markup() {
    let source = "# Tea\n\nGreen *tea* is `hot`.\n\n- one\n- two **b**\n  1. deep\n\n> said\n\nTitle\n---\n\n```sh\nls -l\n```\n\n    indented\n";
    let page = check(
        source,
        &[
            ("Tea", Heading(1), Zone::H1),
            ("Green tea is hot.", Paragraph, Zone::Body),
            ("one", ListItem, Zone::Body),
            ("two b", ListItem, Zone::Body),
            ("deep", ListItem, Zone::Body),
            ("said", Quote, Zone::Quote),
            ("Title", Heading(2), Zone::Body),
            ("ls -l", Code, Zone::Code),
            ("indented", Code, Zone::Code),
        ],
    );
    assert_eq!(source_of(&page, source, "tea is hot"), "tea* is `hot");
    assert_eq!(source_of(&page, source, "hot"), "hot");
    assert_eq!(source_of(&page, source, "ls -l"), "ls -l");
}

#[test]
fn escapes_and_entities_are_mapped_as_a_whole() {
    let source = "a \\* b &amp; c &copy; d";
    let page = check(source, &[("a * b & c © d", Paragraph, Zone::Body)]);
    assert_eq!(source_of(&page, source, "&"), "&amp;");
    assert_eq!(source_of(&page, source, "©"), "&copy;");
    assert_eq!(source_of(&page, source, " d"), " d");
}

#[test]
fn code_spans_are_mapped_without_their_fences() {
    let source = "run `` a`b `` or `ls\n-l` now";
    let page = check(source, &[("run a`b or ls -l now", Paragraph, Zone::Body)]);
    assert_eq!(source_of(&page, source, "a`b"), "a`b");
    assert_eq!(source_of(&page, source, "-l"), "-l");
}

#[test]
fn links_and_images_are_kept_apart_from_the_text() {
    let source = "See [the *shop*](https://shop.example/?a&amp;b \"Best shop\") and ![a red cup](cup.png) or https://tea.example/x_y_z.\n\n[![logo](l.png)](/home)";
    let page = check(
        source,
        &[
            ("See the shop and  or https://tea.example/x_y_z.", Paragraph, Zone::Body),
            ("Best shop", Attribute, Zone::Alt),
            ("a red cup", Attribute, Zone::Alt),
            ("logo", Attribute, Zone::Alt),
        ],
    );
    let links: Vec<_> =
        page.links.iter().map(|l| (page.slice(l.text), l.href.as_str(), l.pictured)).collect();
    assert_eq!(
        links,
        [
            ("the shop", "https://shop.example/?a&b", false),
            ("https://tea.example/x_y_z", "https://tea.example/x_y_z", false),
            ("", "/home", true),
        ]
    );
    assert!(source[page.links[0].source.range()].starts_with("[the *shop*]("));
    assert_eq!(page.links[0].host.as_deref(), Some("shop.example"));
    assert!(!page.links[2].offsite);
    assert_eq!(source_of(&page, source, "a red cup"), "a red cup");
    assert_eq!(source_of(&page, source, "Best shop"), "Best shop");
}

#[test]
fn tables_are_rows() {
    check(
        "| a | b |\n|---|---|\n| c | *d* |\n| f <br />g ||\n|  | e |",
        &[
            ("a | b", TableRow, Zone::Body),
            ("c | d", TableRow, Zone::Body),
            ("f \ng", TableRow, Zone::Body),
            ("e", TableRow, Zone::Body),
        ],
    );
}

#[test]
fn wrapped_lines_are_joined_and_short_lines_are_not() {
    let long = "These words fill a line that was wrapped at a column";
    let page = page(&format!("{long}\nand go on.\nshort\nlines  \nhere"));
    assert_eq!(page.visible(), format!("{long} and go on.\nshort\nlines\nhere"));
}

#[test]
fn front_matter_is_read() {
    let source = "---\ntitle: \"Tea: a guide\"\nlang: en-GB\ndescription: >\n  All about\n  tea.\ntags: [green, 'black tea']\nkeywords:\n  - cup\n  - pot\ndate: 2024-01-01\n---\n\n# Tea\n";
    let page = check(
        source,
        &[
            ("Tea", Heading(1), Zone::H1),
            ("Tea: a guide", Attribute, Zone::Title),
            ("All about, tea.", Attribute, Zone::MetaDescription),
            ("green, black tea", Attribute, Zone::MetaKeywords),
            ("cup, pot", Attribute, Zone::MetaKeywords),
        ],
    );
    assert_eq!(page.declared_language.as_deref(), Some("en-GB"));
    assert_eq!(page.title(), Some("Tea: a guide"));
    assert_eq!(source_of(&page, source, "black tea"), "black tea");
    let toml = "+++\ntitle = \"Tea\"\n+++\nText.";
    assert_eq!(page_title(toml).as_deref(), Some("Tea"));
    // A rule and a setext heading are no front matter.
    check("---\nProse here: yes.\n\n---\n", &[("Prose here: yes.", Paragraph, Zone::Body)]);
}

fn page_title(source: &str) -> Option<String> {
    page(source).title().map(str::to_owned)
}

#[test]
fn raw_html_is_read_by_the_html_parser() {
    let source = "Before <b>bold</b> <a href=\"https://a.example/?x&amp;y\" rel=\"NoFollow\">there</a><br>next\n\n<p>\nraw <a href=/x>here</a></p>\n\nAfter <!-- aside --> it.\n\n<!-- block -->\n";
    let page = check(
        source,
        &[
            ("Before bold there\nnext", Paragraph, Zone::Body),
            ("raw here", Paragraph, Zone::Body),
            ("After  it.", Paragraph, Zone::Body),
            ("aside", Comment, Zone::Comment),
            ("block", Comment, Zone::Comment),
        ],
    );
    let links: Vec<_> = page.links.iter().map(|l| (page.slice(l.text), l.href.as_str())).collect();
    assert_eq!(links, [("there", "https://a.example/?x&y"), ("here", "/x")]);
    assert_eq!(page.links[0].rel, "nofollow");
    assert!(source[page.links[0].source.range()].ends_with("</a>"));
    assert_eq!(source_of(&page, source, "raw here"), "raw <a href=/x>here");
}

#[test]
fn attributes_without_a_value_are_empty() {
    check(
        "a <img alt src=x> b <img alt=\"cup\">",
        &[("a  b", Paragraph, Zone::Body), ("cup", Attribute, Zone::Alt)],
    );
}

#[test]
fn raw_elements_hide_the_markdown_in_them() {
    let source = "Seen.\n\n<div style=\"display:none\">\n\nbuy [pills](https://p.example)\n\n<p>and more</p>\n\n</div>\n\nSeen too <span style='display:none'>not this</span> again.\n";
    let page = check(
        source,
        &[
            ("Seen.", Paragraph, Zone::Body),
            ("Seen too", Paragraph, Zone::Body),
            ("again.", Paragraph, Zone::Body),
            ("buy pills", Paragraph, Zone::Hidden),
            ("and more", Paragraph, Zone::Hidden),
            ("not this", Paragraph, Zone::Hidden),
        ],
    );
    let hidden: Vec<_> =
        page.hidden.iter().map(|h| (h.technique, &*h.element, page.slice(h.text))).collect();
    assert_eq!(
        hidden,
        [("display-none", "div", "buy pills\nand more"), ("display-none", "span", "not this"),]
    );
    assert!(
        source[page.hidden[0].source.range()].ends_with("</div>\n")
            || source[page.hidden[0].source.range()].ends_with("</div>")
    );
    assert_eq!(
        &source[page.hidden[1].source.range()],
        "<span style='display:none'>not this</span>"
    );
    assert_eq!(page.links[0].hidden, Some(0));
}

#[test]
fn hostile_input_stays_linear() {
    let begin = std::time::Instant::now();
    for unit in [
        "> ",
        "- ",
        "[",
        "*a ",
        "![",
        "<div style='display:none'>\n\n",
        "`",
        "<a ",
        "|a",
        "\\",
        "&",
        "(((",
    ] {
        let page = page(&unit.repeat(50_000 / unit.len() * 4));
        assert!(page.source_map.to_source(Span::new(0, page.text.len())).end <= 250_000);
    }
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}
