//! Records made to break a parser: each gives a verdict, in bounded time, with places in range.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crawlint::Origin;
use crawlint::report::Verdict;

use crate::samples::scanner;

/// Longest a record of these sizes may take in an unoptimised build on a busy machine. What
/// takes a second at these sizes is quadratic.
const BOUND: Duration = Duration::from_secs(30);

/// Scans a record and checks what every report promises.
pub(crate) fn check(name: &str, bytes: &[u8]) {
    let started = Instant::now();
    let inspection = scanner().inspect(bytes, &Origin::path(name));
    let took = started.elapsed();
    assert!(took < BOUND, "{name} took {took:?}");
    let report = &inspection.report;
    if report.verdict == Verdict::Unreadable {
        let reason = report.reason.as_ref().unwrap();
        assert_ne!(reason.code, "internal", "{name}: {}", reason.message);
        return;
    }
    let page = &inspection.page;
    let sound = |span: crawlint::span::Span| {
        span.start <= span.end && page.text.get(span.range()).is_some()
    };
    for block in &page.blocks {
        assert!(sound(block.span), "{name}: {block:?}");
    }
    for link in &page.links {
        assert!(sound(link.text), "{name}: {link:?}");
        assert!(inspection.text.get(link.source.range()).is_some(), "{name}: {link:?}");
    }
    for hidden in &page.hidden {
        assert!(sound(hidden.text), "{name}: {hidden:?}");
        assert!(inspection.text.get(hidden.source.range()).is_some(), "{name}: {hidden:?}");
    }
    for finding in &report.findings {
        assert!(sound(finding.span), "{name}: {finding:?}");
        let place = finding.source_span;
        assert!(
            place.start <= place.end && place.end as usize <= bytes.len(),
            "{name}: {finding:?} in {} bytes",
            bytes.len()
        );
        assert!(place.line >= 1 && place.column >= 1, "{name}: {finding:?}");
    }
}

fn html(inside: &str) -> String {
    let article = "Green tea wants water that has cooled a little after boiling. ".repeat(20);
    format!("<!DOCTYPE html><html><body>{inside}<p>{article}</body></html>")
}

#[test]
fn elements_nested_without_end() {
    check("div.html", html(&"<div>".repeat(100_000)).as_bytes());
    check("table.html", html(&"<table><tr><td>a".repeat(20_000)).as_bytes());
    check("formats.html", html(&"<b><i><a href=x>".repeat(20_000)).as_bytes());
    check("deep.xml", format!("<?xml version=\"1.0\"?><rss>{}", "<a>".repeat(100_000)).as_bytes());
}

#[test]
fn attributes_without_number_and_length() {
    let mut many = String::from("<p");
    for number in 0..100_000 {
        write!(many, " a{number}=\"{number}\"").unwrap();
    }
    check("many.html", html(&format!("{many}>")).as_bytes());
    check("long.html", html(&format!("<p title=\"{}\">", "x y".repeat(700_000))).as_bytes());
}

#[test]
fn marks_that_open_and_never_close() {
    check("brackets.html", "<".repeat(1_000_000).as_bytes());
    check("comment.html", html(&format!("<!--{}", "casino -- ".repeat(100_000))).as_bytes());
    check(
        "script.html",
        html(&format!("<script>{}", "var a='</scrip'; ".repeat(60_000))).as_bytes(),
    );
    check("ends.html", html(&"</p>".repeat(100_000)).as_bytes());
    check("parentheses.txt", "(".repeat(2_000_000).as_bytes());
}

#[test]
fn long_lines_many_lines_and_nuls() {
    check("nuls.html", html(&"<p>text\0".repeat(50_000)).as_bytes());
    check("nuls.txt", "text with a \0 in it ".repeat(20_000).as_bytes());
    check("line.txt", "green tea wants water, ".repeat(50_000).as_bytes());
    check("han.txt", "绿茶需要放凉的水".repeat(40_000).as_bytes());
    check("lines.txt", "one line of tea here\n".repeat(60_000).as_bytes());
    check("spaces.txt", format!("a{}b", " ".repeat(1_000_000)).as_bytes());
    check("accents.txt", format!("a{}", "\u{301}".repeat(300_000)).as_bytes());
    check("zero-width.txt", "a\u{200b}".repeat(100_000).as_bytes());
}

#[test]
fn nothing_but_terms() {
    check("words.txt", "casino ".repeat(100_000).as_bytes());
    check("lines.txt", "casino bonus\n".repeat(60_000).as_bytes());
    check("glued.txt", "澳门赌场".repeat(50_000).as_bytes());
    let link = "<a href=\"https://x.example/\">casino</a> ";
    check("links.html", html(&link.repeat(10_000)).as_bytes());
    check("outside.html", format!("{}{}", html(""), link.repeat(10_000)).as_bytes());
    let hidden = format!("<div style=\"display:none\">{link}</div>");
    check("hidden.html", html(&hidden.repeat(5_000)).as_bytes());
    check("titles.html", html(&"<title>casino bonus</title>".repeat(10_000)).as_bytes());
}

#[test]
fn payloads_and_markdown_nested_without_end() {
    check("arrays.json", "[".repeat(500_000).as_bytes());
    check(
        "objects.json",
        format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)).as_bytes(),
    );
    for (name, mark) in
        [("quote", ">"), ("spaced", "> "), ("bracket", "["), ("link", "[a]("), ("star", "*a ")]
    {
        check(&format!("{name}.md"), format!("# Tea\n\n{}\n", mark.repeat(100_000)).as_bytes());
    }
    let list = (0..500).map(|depth| "  ".repeat(depth)).collect::<Vec<_>>().join("- a\n");
    check("list.md", list.as_bytes());
}

/// A generator of bytes that are the same on every run: xorshift.
fn noise(mut seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len);
    for _ in 0..len {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        bytes.push((seed >> 32) as u8);
    }
    bytes
}

#[test]
fn noise_of_every_kind() {
    for seed in 1..=20 {
        let bytes = noise(seed * 7_919, 20_000);
        for name in ["noise.html", "noise.md", "noise.txt", "noise.json"] {
            check(name, &bytes);
            // Bytes that look like text of some encoding, and markup that is broken everywhere.
            let high: Vec<u8> = bytes.iter().map(|byte| (byte % 0xdd) + 0x21).collect();
            check(name, &high);
            let marks: Vec<u8> = bytes
                .iter()
                .map(|&byte| b"<>/='\"!-&;ab p[](){}*_`#\n\\\0"[usize::from(byte) % 27])
                .collect();
            check(name, &marks);
        }
    }
}

/// In a link that never ends, every line is a link, though others begin and end inside it.
#[test]
fn links_that_never_end_hold_others() {
    let mut page = "<title>Shops</title><nav><a href='https://one.example/'>one</nav>\n".to_owned();
    for n in 0..8 {
        let link = format!("<a href='https://s{n}.example/'>shop {n}</a>");
        let row = format!("<table><tr><td>shop</td><td>{link}</td></tr></table>");
        writeln!(page, "{row}<p>A line {n} of words.</p>").unwrap();
    }
    check("shops.html", page.as_bytes());
    let seen = scanner().inspect(page.as_bytes(), &Origin::path("shops.html"));
    let share = seen.signals.iter().find(|(name, _, _)| *name == "layout.link_lines");
    assert_eq!(share.map(|(_, value, _)| *value), Some(1.0));
}
