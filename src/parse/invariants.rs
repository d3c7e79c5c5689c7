//! What holds for every page that comes out of a parser, tried on pieces of markup put together
//! at random.

use proptest::prelude::*;

use crate::page::Page;
use crate::parse::{markdown, payload, simple_html, sniff, text, xml};

/// Spans lie on character boundaries and in order, and lead to places in the source.
fn check(page: &Page, source: &str) {
    assert!(page.visible_len <= page.aside_len && page.aside_len <= page.text.len());
    let mut last = 0;
    for block in &page.blocks {
        assert!(block.span.start >= last && !block.span.is_empty(), "{block:?}");
        last = block.span.end;
        assert!(!page.text[block.span.range()].ends_with(char::is_whitespace));
        let is_visible = block.span.end as usize <= page.visible_len;
        assert_eq!(block.zone.is_visible(), is_visible, "{block:?}");
        let place = page.source_map.to_source(block.span);
        assert!(source.get(place.range()).is_some_and(|s| !s.is_empty()), "{block:?} {place:?}");
        assert!(block.hidden.is_none_or(|index| (index as usize) < page.hidden.len()));
    }
    for link in &page.links {
        assert!(page.text.get(link.text.range()).is_some(), "{link:?}");
        assert!(source.get(link.source.range()).is_some(), "{link:?}");
    }
    for hidden in &page.hidden {
        assert!(page.text.get(hidden.text.range()).is_some(), "{hidden:?}");
        assert!(source.get(hidden.source.range()).is_some(), "{hidden:?}");
    }
    for note in &page.notes {
        assert!(source.get(note.source.range()).is_some(), "{note:?}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "# ",
        "- ",
        "> ",
        "\n",
        "\n\n",
        "    ",
        "```",
        "`",
        "**",
        "*",
        "_",
        "[",
        "](",
        ")",
        "![",
        "| a | b |\n|--|--|\n",
        "---\n",
        "title: x\n",
        "\\",
        "&amp;",
        "&#x4e2d;",
        "&",
        "<div>",
        "</div>",
        "<div style=\"display:none\">",
        "<span style='display:none'>",
        "</span>",
        "<br>",
        "<a href=\"https://a.example\">",
        "</a>",
        "<img alt=\"cup\">",
        "<!--",
        "-->",
        "<p>",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\":",
        ",",
        "\"title\":\"Tea\"",
        "\"content\":\"",
        "\\n",
        "\\u4e2d",
        "\\ud83d\\ude00",
        "[{\"a\":1},[2],",
        "{\"type\":\"minimark\",\"value\":[",
        "1",
        "<rss>",
        "<item>",
        "<title>",
        "</title>",
        "<description>",
        "</item>",
        "<![CDATA[",
        "]]>",
        "<?xml?>",
        "<content type=\"xhtml\">",
        "word ",
        "中文字符",
        "é",
        "\r\n",
        "\t",
        " ",
        "http://b.example/x",
        "\u{FEFF}",
        "😀",
        "+++\n",
        "===\n",
        "[^1]",
        "[^1]: note",
        "\u{3000}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_hold_together(source in pieces()) {
        check(&text::parse(&source), &source);
        check(&markdown::parse(&source, &simple_html::parse), &source);
        check(&payload::parse(&source, &simple_html::parse), &source);
        check(&xml::parse(&source, &simple_html::parse), &source);
        sniff(&source, None, None);
    }

    #[test]
    fn payloads_hold_together(inner in pieces()) {
        // Make what is inside a proper string, so that the reader gets that far.
        let string = serde_json::to_string(&inner).unwrap_or_default();
        let source = format!("{{\"title\":{string},\"content\":{string},\"x\":[{string}]}}");
        check(&payload::parse(&source, &simple_html::parse), &source);
    }
}
