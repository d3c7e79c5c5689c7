//! Tests of the walk as a whole: markup in, page out.

use crate::page::{Page, Zone};
use crate::parse::html::{HtmlOptions, parse};
use std::fmt::Write as _;

fn page(html: &str) -> Page {
    parse(html, &HtmlOptions { url: Some("https://tea.example/x".into()), ..Default::default() })
}

/// Blocks as `zone: text`, one a line; line breaks in a block as `⏎`.
fn outline(page: &Page) -> String {
    let mut lines = String::new();
    for block in &page.blocks {
        let text = page.slice(block.span).replace('\n', "⏎");
        writeln!(lines, "{}: {text}", block.zone.name()).expect("strings take all text");
    }
    lines
}

#[track_caller]
fn check(html: &str, expected: &[&str]) {
    let page = page(html);
    assert_eq!(outline(&page).lines().collect::<Vec<_>>(), expected, "{html}");
    for block in &page.blocks {
        let place = page.source_map.to_source(block.span);
        assert!(html.get(place.range()).is_some_and(|s| !s.is_empty()), "{block:?} {html}");
    }
    consistent(&page, html);
}

/// What must hold of every page.
#[track_caller]
fn consistent(page: &Page, html: &str) {
    let mut at = 0;
    for block in &page.blocks {
        assert!(block.span.start >= at && !block.span.is_empty(), "blocks in order: {html}");
        at = block.span.end;
        assert!(block.hidden.is_none() || !block.zone.is_visible(), "{block:?} {html}");
        assert_eq!(block.zone.is_visible(), block.span.end as usize <= page.visible_len);
    }
    for link in &page.links {
        assert!(page.text.get(link.text.range()).is_some(), "{link:?} {html}");
    }
}

#[test]
fn text_that_is_moved_out_of_a_table_keeps_its_place() {
    // Found by fuzzing: the block's last run lies before its first in the source.
    check("<pre><e><table><th>f<tr>g", &["code: g | f"]);
    let page = page("<pre><table><th>cell<tr>late");
    let place = page.source_map.to_source(page.blocks[0].span);
    assert_eq!(place, crate::span::Span::new(16, 28));
}

#[test]
fn blocks_and_white_space() {
    for (html, expected) in [
        ("<p>Tea \n and <b> cake</b> .</p>", &["body: Tea and cake ."][..]),
        ("<p>one<p>two", &["body: one", "body: two"]),
        ("one<div>two</div>three", &["body: one", "body: two", "body: three"]),
        ("<p>one <br> two<br></p>", &["body: one⏎two"]),
        ("<h1>Tea</h1><h2>Cake</h2>", &["h1: Tea", "body: Cake"]),
        ("<ul><li>a<li>b</ul>", &["body: a", "body: b"]),
        ("<table><tr><th>a<th>b<tr><td>1<td></td><td>3</table>", &["body: a | b", "body: 1 | 3"]),
        ("<table><tr><td><p>a</p><p>b</p><td>c</table>", &["body: a", "body: b", "body: c"]),
        ("<pre>a\n  b\n</pre>", &["code: a⏎  b"]),
        ("<pre><div>a</div><div>b</div></pre>", &["code: a⏎b"]),
        ("<p>use <code>a  b</code> now", &["body: use a b now"]),
        ("<div><code>a\n  b</code></div>", &["code: a⏎  b"]),
        ("<blockquote><p>said</p></blockquote>", &["quote: said"]),
        ("<p>he <q>said</q> so", &["body: he said so"]),
        (
            "<button>Go</button><select><option>a<option>b</select>",
            &["body: Go", "body: a", "body: b"],
        ),
        ("<textarea>a\nb</textarea>", &["body: a⏎b"]),
        ("<p>a&nbsp;b &amp; c", &["body: a\u{a0}b & c"]),
        ("<p> &nbsp; </p>", &[]),
        ("", &[]),
    ] {
        check(html, expected);
    }
}

#[test]
fn structural_zones() {
    for (html, expected) in [
        ("<nav><a href=/>Home</a></nav>x", &["nav: Home", "body: x"][..]),
        ("<div role=navigation>Home</div>", &["nav: Home"]),
        ("<ul class=main-menu><li>Home</ul>", &["nav: Home"]),
        ("<div id=breadcrumbs>Home › Tea</div>", &["nav: Home › Tea"]),
        ("<footer>© Tea<nav>Terms</nav></footer>", &["footer: © Tea", "footer: Terms"]),
        ("<div class=siteFooter>© Tea</div>", &["footer: © Tea"]),
        ("<article><footer>by Ann</footer></article>", &["body: by Ann"]),
        ("<div id=comments><p>Nice<blockquote>x</blockquote></div>", &["ugc: Nice", "ugc: x"]),
        ("<li itemprop=comment>Nice", &["ugc: Nice"]),
        ("<div class=no-comments>text</div>", &["body: text"]),
        ("<div class=has-nav>text</div>", &["body: text"]),
        ("<div class=footer><h1>Tea</h1></div>", &["h1: Tea"]),
        ("<nav><h1>Tea</h1></nav>", &["h1: Tea"]),
        ("<footer><pre>x</pre></footer>", &["code: x"]),
    ] {
        check(html, expected);
    }
    let prose = "Tea is a drink that is made of leaves and hot water. ".repeat(10);
    let page = page(&format!("<div class=menu><p>{prose}</p></div>"));
    assert_eq!(page.blocks[0].zone, Zone::Body, "prose is no menu, whatever its class says");
}

#[test]
fn text_beside_the_page() {
    for (html, expected) in [
        ("<title> Tea </title>", &["title: Tea"][..]),
        ("<svg><title>Cup of tea</title></svg><p>x", &["body: x", "alt: Cup of tea"]),
        ("<meta name=Description content=' Tea '>", &["meta.desc: Tea"]),
        (
            "<meta name=keywords content=tea><meta property=og:title content=T>",
            &["meta.kw: tea", "og: T"],
        ),
        ("<p>a<img alt='A cup'>b", &["body: ab", "alt: A cup"]),
        ("<a href=/ title='All about tea'>x</a>", &["body: x", "alt: All about tea"]),
        ("<a href=/ title=Tea>x</a>", &["body: x"]),
        ("<p>a<!-- note -->b<!-- --></p>", &["body: ab", "comment: note"]),
        (
            "<p>a<noscript><p>Turn on <a href=//x.example>it</a></noscript>b",
            &["body: ab", "noscript: Turn on it"],
        ),
        ("<script>f()</script><p>x", &["body: x", "script: f()"]),
        ("<p>a<script src=/a.js></script>b", &["body: ab", "script: /a.js"]),
        ("<meta http-equiv=refresh content='0;url=//x.example'>", &["script: 0;url=//x.example"]),
        ("<style>p{color:red}</style>x", &["body: x"]),
        (
            r#"<script type="application/ld+json">{"@type":"X","name":"Tea","url":"u"}</script>"#,
            &["json-ld: Tea"],
        ),
        ("<iframe srcdoc='<p>in</p>'></iframe>", &["body: in"]),
        ("<template><p>x</p></template>", &["hidden: x"]),
        ("<input type=submit value=Send><input type=hidden value=x>", &["body: Send"]),
    ] {
        check(html, expected);
    }
}

const LINKS: &str = "<a href='https://casino.example/'>Best casino</a> here";

/// The technique by which the links in `html` are hidden, if they are.
fn technique(html: &str) -> Option<&'static str> {
    let page = page(html);
    consistent(&page, html);
    let link = page.links.first().expect("a link");
    let hidden = link.hidden.map(|index| &page.hidden[index as usize]);
    if let Some(hidden) = hidden {
        assert_eq!(link.zone, Zone::Hidden, "{html}");
        assert!(page.slice(hidden.text).contains("casino"), "{html}");
        assert!(!page.visible().contains("casino"), "{html}");
    } else {
        assert!(page.visible().contains("casino"), "{html}");
    }
    hidden.map(|hidden| hidden.technique)
}

#[test]
fn every_technique_is_seen() {
    for (style, expected) in [
        ("display:none", "display-none"),
        ("DISPLAY : none !important", "display-none"),
        ("visibility:hidden", "visibility-hidden"),
        ("position:absolute;left:-9999px", "off-screen"),
        ("position:fixed;top:-200em", "off-screen"),
        ("position:absolute;right:6000px", "off-screen"),
        ("text-indent:-9999px", "off-screen"),
        ("margin-left:-5000px", "off-screen"),
        ("margin:0 0 0 -5000px", "off-screen"),
        ("transform:translateX(-9999px)", "off-screen"),
        ("font-size:0", "zero-font"),
        ("font-size:1px", "zero-font"),
        ("font:1px/1 serif", "zero-font"),
        ("height:0;overflow:hidden", "zero-box"),
        ("width:1px;height:1px;overflow:hidden", "zero-box"),
        ("max-height:0;overflow-y:hidden", "zero-box"),
        ("line-height:0;overflow:hidden", "zero-box"),
        ("position:absolute;clip:rect(0,0,0,0)", "clip"),
        ("position:absolute;clip:rect(1px 1px 1px 1px)", "clip"),
        ("clip-path:inset(50%)", "clip"),
        ("clip-path:polygon(0 0,0 0,0 0)", "clip"),
        ("color:transparent", "transparent"),
        ("color:rgba(0,0,0,.01)", "transparent"),
        ("color:#fff", "same-colour"),
        ("color:#fefefe;background:rgb(255 255 255)", "same-colour"),
        ("background:url(x.png);background:#123;color:#112233", "same-colour"),
        ("color:hsl(0 100% 50%);background:red", "same-colour"),
        ("opacity:0", "opacity-zero"),
        ("filter:alpha(opacity=0)", "filter-opacity"),
        ("filter:opacity(0%)", "filter-opacity"),
        ("transform:scale(0)", "scale-zero"),
        ("position:absolute;z-index:-1", "z-index-buried"),
        ("content-visibility:hidden", "content-visibility"),
        ("letter-spacing:-2em", "collapsed-letters"),
    ] {
        let html = format!("<p>Tea</p><div style='{style}'>{LINKS}</div>");
        assert_eq!(technique(&html), Some(expected), "{style}");
    }
    for (html, expected) in [
        (format!("<div hidden>{LINKS}</div>"), "hidden-attribute"),
        (format!("<marquee height=1 width=4 scrollamount=3000>{LINKS}</marquee>"), "marquee"),
        (format!("<dialog>{LINKS}</dialog>"), "dialog-closed"),
        (format!("<template>{LINKS}</template>"), "template"),
        (format!("<body bgcolor=white><font color=#FFFFFF>{LINKS}</font>"), "same-colour"),
        (
            format!("<table bgcolor=ffffff><tr><td><font color=white>{LINKS}</font></table>"),
            "same-colour",
        ),
        (
            format!("<style>.q1{{position:absolute;top:-3000px}}</style><p class=q1>{LINKS}"),
            "off-screen",
        ),
        (format!("<style>#q,p.x{{display:none}}</style><div id=q>{LINKS}</div>"), "display-none"),
        (format!("<p>Tea <span style='display:none'>{LINKS}</span> time"), "display-none"),
        ("<p>Tea <a style='font-size:0' href='//casino.example'>casino</a>".into(), "zero-font"),
        (
            "<p>Tea <a href='//casino.example'><b style='display:none'>casino</b></a>".into(),
            "display-none",
        ),
        (
            format!(
                "<p>x</p><script>document.write('<div style=\"display:none\">')</script>{LINKS}<script>document.write('</div>')</script><p>Tea"
            ),
            "script-written",
        ),
        (
            format!("<div id=q>{LINKS}</div><script>s.innerHTML='#q{{display:none}}'</script>"),
            "script-written",
        ),
        (
            format!(
                "<div id=q>{LINKS}</div><script>document.getElementById('q').style.display='none'</script>"
            ),
            "script-hidden",
        ),
        (
            "<iframe width=0 height=0 srcdoc=\"<a href='//casino.example'>casino</a>\"></iframe>"
                .to_string(),
            "zero-box",
        ),
    ] {
        assert_eq!(technique(&html), Some(expected), "{html}");
    }
}

#[test]
fn what_readers_see_is_not_hidden() {
    for html in [
        LINKS.to_owned(),
        format!("<div aria-hidden=true>{LINKS}</div>"),
        format!("<details><summary>More</summary>{LINKS}</details>"),
        // Inline-block gap trick: children restore the size.
        format!("<div style='font-size:0'><p style='font-size:14px'>{LINKS}</p></div>"),
        format!("<div style='font-size:0'><p style='font-size:1rem'>{LINKS}</p></div>"),
        format!("<div style='visibility:hidden'><p style='visibility:visible'>{LINKS}</p></div>"),
        format!("<div style='color:#fff'><p style='color:#333'>{LINKS}</p></div>"),
        format!("<div style='color:#fff;background:#000'>{LINKS}</div>"),
        format!("<div style='color:#fff;background:url(x.png)'>{LINKS}</div>"),
        format!("<div style='color:#fff;background:linear-gradient(#fff,#000)'>{LINKS}</div>"),
        format!("<div style='color:#fff;text-shadow:0 0 2px #000'>{LINKS}</div>"),
        format!(
            "<div style='color:transparent;background:linear-gradient(red,blue);-webkit-background-clip:text'>{LINKS}</div>"
        ),
        // A style sheet we do not see may paint the button.
        format!("<link rel=stylesheet href=a.css><div class=hero style='color:#fff'>{LINKS}</div>"),
        format!("<div style='height:0;overflow:hidden;padding-bottom:56%'>{LINKS}</div>"),
        format!("<div style='margin-left:-9999px;padding-left:9999px'>{LINKS}</div>"),
        format!("<div style='left:-9999px'>{LINKS}</div>"),
        format!("<div style='position:absolute;left:-9999'>{LINKS}</div>"),
        format!("<div style='width:0'>{LINKS}</div>"),
        format!("<div style='z-index:-1'>{LINKS}</div>"),
        format!("<div style='opacity:.5'>{LINKS}</div>"),
        format!("<html style='font-size:1px'><body><p>{LINKS}"),
        format!("<style>@media print{{.n{{display:none}}}}</style><div class=n>{LINKS}</div>"),
        format!("<script>document.write('<div style=\"display:none\">x</div>')</script>{LINKS}"),
        format!(
            "<div><script>document.write('<div style=\"display:none\">')</script></div>{LINKS}"
        ),
        format!("<body style='opacity:0'>{LINKS}"),
        format!("<html style='visibility:hidden'><body><p>{LINKS}"),
        format!("<div class=loading style='visibility:hidden'><p>{LINKS}</div>"),
        format!("<link rel=stylesheet href=a.css><ul style='font-size:0'><li class=i>{LINKS}</ul>"),
        format!("<dialog open>{LINKS}</dialog>"),
        format!("<marquee>{LINKS}</marquee>"),
    ] {
        assert_eq!(technique(&html), None, "{html}");
    }
}

#[test]
fn ordinary_hiding_is_told_apart() {
    for (html, reason) in [
        ("<ul class=dropdown-menu style='display:none'><li>LINKS</ul>", Some("menu")),
        ("<nav><ul style='display:none'><li>LINKS</ul></nav>", Some("menu")),
        ("<div class='modal fade' style='display:none'>LINKS</div>", Some("dialog")),
        ("<div role=tabpanel style='display:none'>LINKS</div>", Some("tabs")),
        (
            "<span class=sr-only style='position:absolute;clip:rect(0,0,0,0)'>LINKS</span>",
            Some("screen-reader"),
        ),
        (
            "<a class=screen_reader_text style='position:absolute;left:-9999px' href=#c>casino</a>",
            Some("screen-reader"),
        ),
        (
            "<div id=box style='display:none'>LINKS</div><script>$('#box').show()</script>",
            Some("scripted"),
        ),
        (
            "<style>.f{opacity:0;transition:opacity 1s}</style><p>Tea is made of leaves and hot water.<p class=f>LINKS",
            Some("animated"),
        ),
        (
            "<p>Tea is made of leaves and hot water.</p><p class=loading style='opacity:0'>LINKS",
            Some("loading"),
        ),
        ("<div hidden>LINKS</div>", Some("hidden-attribute")),
        ("<div style='display:none'>LINKS</div>", None),
        ("<div class=xq17 style='position:absolute;left:-9999px'>LINKS</div>", None),
    ] {
        let html = html.replace("LINKS", LINKS);
        let page = page(&html);
        assert_eq!(page.hidden.len(), 1, "{html}");
        assert_eq!(page.hidden[0].benign, reason, "{html}");
    }
}

#[test]
fn a_hidden_span_leaves_its_paragraph_whole() {
    check(
        "<p>Tea <span style='display:none'>casino <a href=//x.example>now</a></span>is good.</p>",
        &["body: Tea is good.", "hidden: casino now"],
    );
    check(
        "<div style='font-size:0'>gap<p style='font-size:14px'>a</p>gap</div>",
        &["body: a", "hidden: gap", "hidden: gap"],
    );
    check(
        "<div style='display:none'><p>a</p><div style='display:none'>b</div></div><p>c",
        &["body: c", "hidden: a", "hidden: b"],
    );
    let page = page("<div style='display:none'><p>a</p><b style='opacity:0'>b</b></div>");
    assert_eq!(page.hidden.len(), 1, "only the outermost element is announced");
    assert_eq!(page.slice(page.hidden[0].text), "a\nb");
}

#[test]
fn links() {
    let page = page(
        "<p>See <a href=' HTTP://Shop.Tea.example/1 ' rel='NoFollow UGC'>the <b>shop</b></a>, \
         <a href=//cake.example>cake</a>, <a href=/local>here</a>, <a href=mailto:a@b.example>mail</a>\
         <a href=//x.example><img src=x></a><a href=//y.example><img src=x width=1></a>\
         <a href=//z.example aria-label=Z></a><a name=n>no link</a>\
         <footer><a href=//f.example>F</a></footer><noscript><a href=//n.example>N</a></noscript>",
    );
    let seen: Vec<_> = page
        .links
        .iter()
        .map(|l| {
            let zone = l.zone.name();
            (page.slice(l.text), l.host.as_deref(), l.offsite, l.pictured, zone)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("the shop", Some("shop.tea.example"), false, false, "body"),
            ("cake", Some("cake.example"), true, false, "body"),
            ("here", None, false, false, "body"),
            ("mail", None, false, false, "body"),
            ("", Some("x.example"), true, true, "body"),
            ("", Some("y.example"), true, false, "body"),
            ("", Some("z.example"), true, true, "body"),
            ("F", Some("f.example"), true, false, "footer"),
            ("N", Some("n.example"), true, false, "noscript"),
        ]
    );
    assert_eq!(page.links[0].rel, "nofollow ugc");
    assert_eq!(page.links[0].href, "HTTP://Shop.Tea.example/1");
}

#[test]
fn the_page_names_its_host_and_language() {
    for (html, host) in [
        ("<link rel=canonical href=https://A.example/x><base href=//b.example>", Some("a.example")),
        ("<meta property=og:url content=https://c.example>", Some("c.example")),
        ("<base href=https://b.example/>", Some("b.example")),
        ("<p>x", None),
    ] {
        assert_eq!(parse(html, &HtmlOptions::default()).host.as_deref(), host, "{html}");
    }
    assert_eq!(page("<html lang=' zh-CN '>").declared_language.as_deref(), Some("zh-CN"));
}

#[test]
fn hostile_markup_is_walked() {
    for html in [
        "<div>".repeat(20_000),
        "<b><i>".repeat(5_000),
        format!("{}x", "<span style='display:none'>".repeat(3_000)),
        "<a href=//x.example>".repeat(3_000),
        "<noscript>".repeat(2_000),
        format!("<table>{}", "<td>x".repeat(3_000)),
        "<svg><title><a href=x>y".to_owned(),
        "<frameset><noframes><p>x".to_owned(),
        format!("<p style='width:{}'>x", "calc(".repeat(4_000)),
        "<div class=loading style='opacity:0'>".repeat(2_000),
        format!("<style>a{{{}</style><p>x", "b{".repeat(20_000)),
        format!("<pre>x{}{}", " ".repeat(100_000), "<a href=x></a>".repeat(5_000)),
        "\u{0}\u{FEFF}<p\u{0}>x&#0;".to_owned(),
    ] {
        let page = page(&html);
        consistent(&page, &html[..html.len().min(40)]);
    }
}

#[test]
fn every_text_leads_back_to_its_source() {
    let html = "<title>Tea &amp; cake</title><p>One  <b>two</b>\n three&nbsp;<a href='//x.example' \
                title='what the &quot;label&quot; says'>four</a><!-- five --><noscript><p>six &amp; \
                <a href=//y.example>seven</a></noscript><iframe srcdoc='<p>ei&amp;ght</p>'></iframe>\
                <script>nine()</script><script type='application/ld+json'>{\"name\":\"t\\u0065n\"}</script>";
    let page = page(html);
    for (text, source) in [
        ("Tea & cake", "Tea &amp; cake"),
        ("One two three", "One  <b>two</b>\n three"),
        ("four", "four"),
        ("\"label\" says", "&quot;label&quot; says"),
        ("five", "five"),
        ("& seven", "&amp; <a href=//y.example>seven"),
        ("seven", "seven"),
        ("ght", "ght"),
        ("nine()", "nine()"),
        ("ten", "t\\u0065n"),
    ] {
        let at = page.text.find(text).expect(text);
        let span = page.source_map.to_source(crate::span::Span::new(at, at + text.len()));
        assert_eq!(&html[span.range()], source, "{text}");
    }
    let links: Vec<_> = page.links.iter().map(|link| &html[link.source.range()]).collect();
    assert!(links[0].starts_with("<a href='//x") && links[0].ends_with("four</a>"), "{links:?}");
    assert_eq!(links[1], "<a href=//y.example>seven</a>");
}

#[test]
fn hidden_elements_know_their_source() {
    let html = format!("<p>Tea</p><div style='display:none'><p>{LINKS}</p></div><p>x");
    let page = page(&html);
    let source = &html[page.hidden[0].source.range()];
    assert!(source.starts_with("<div style") && source.ends_with("</div>"), "{source}");
}

/// Kind and source of the notes.
fn notes(html: &str) -> Vec<(&'static str, String)> {
    let page = page(html);
    page.notes.iter().map(|n| (n.kind.name(), html[n.source.range()].to_owned())).collect()
}

#[test]
fn elements_outside_the_document_are_noted() {
    let body = "<html><body><p>Tea</p></body></html>";
    let added = "<a href=//casino.example>casino</a>";
    assert_eq!(notes(&format!("{body}\n{added}\n")), [("outside-document", added.to_owned())]);
    let div = format!("<div>{added}</div><div>{added}</div>");
    assert_eq!(notes(&format!("{body}{div}")), [("outside-document", div.clone())]);
    let page = page(&format!("{body}{div}"));
    assert_eq!(page.visible(), "Tea\ncasino\ncasino", "such text stays visible");
    assert_eq!(notes(&format!("{body}<div>served from cache</div>")), []);
    let long = "casino ".repeat(20);
    assert_eq!(notes(&format!("{body}<p>{long}</p>")).len(), 1);
    assert_eq!(notes(&format!("<html><body>{added}{long}</body></html>\n")), []);
}

#[test]
fn encoded_titles_are_noted() {
    let encoded = "&#33214;&#x5F69;&#31243;&#24207;&#19979;";
    let head = format!("<title>{encoded}</title><meta name=description content='{encoded}'>");
    assert_eq!(notes(&format!("{head}<p>Tea")).len(), 2);
    assert_eq!(notes("<title>Tea &#38; cake for two</title>"), []);
    let everywhere = format!("{head}<p>{}", encoded.repeat(500));
    assert_eq!(notes(&everywhere), [], "a page that is encoded throughout");
}
