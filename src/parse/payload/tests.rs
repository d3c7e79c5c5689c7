#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::parse::simple_html;

/// A paragraph that is long enough to be text under any key.
const ARTICLE: &str = "The kettle whistles, the leaves unfold, and the cup is warm in both hands. \
    Nobody speaks before the second pour of the evening. Later the lamps are lit along the river, \
    and the last boat brings the post, two crates of pears and the doctor.";

fn page(source: &str) -> Page {
    parse(source, &simple_html::parse)
}

/// The blocks of the page, in order of its text.
#[track_caller]
fn check(source: &str, expected: &[(&str, Zone)]) -> Page {
    let page = page(source);
    let found: Vec<(&str, Zone)> =
        page.blocks.iter().map(|b| (page.slice(b.span), b.zone)).collect();
    assert_eq!(found, expected);
    page
}

#[track_caller]
fn source_of<'a>(page: &Page, source: &'a str, part: &str) -> &'a str {
    let at = page.text.find(part).unwrap();
    &source[page.source_map.to_source(Span::new(at, at + part.len())).range()]
}

#[test]
fn wordpress_answers_are_read() {
    let html = format!("\\u003Cp\\u003EHot\\u003C\\/p\\u003E\\n<p>{ARTICLE}</p>");
    let source = format!(
        r#"{{"id":7,"link":"https://tea.example/hot","title":{{"rendered":"Tea &#8211; hot"}},"content":{{"rendered":"{html}","protected":false}},"excerpt":{{"rendered":"About tea"}}}}"#
    );
    let page = check(
        &source,
        &[
            ("Hot", Zone::Body),
            (ARTICLE, Zone::Body),
            ("Tea – hot", Zone::Title),
            ("About tea", Zone::MetaDescription),
        ],
    );
    assert_eq!(source_of(&page, &source, "Hot"), "Hot");
    assert_eq!(source_of(&page, &source, "–"), "&#8211;");
    assert_eq!(source_of(&page, &source, "whistles"), "whistles");
    assert_eq!(page.host.as_deref(), Some("tea.example"));
}

#[test]
fn next_pages_take_the_article_and_leave_the_menu() {
    let source = format!(
        r#"{{"props":{{"pageProps":{{"post":{{"title":"Tea","tags":["green",{{"name":"black"}}],"body":"Tea\n\n{ARTICLE}"}},"related":[{{"title":"Ten shoes for the summer","url":"/a"}},{{"title":"Best hats of all time","description":"{ARTICLE}"}}],"seo":{{"title":"Tea | Shop","description":"All tea"}}}},"locale":"en"}},"buildId":"x1"}}"#
    );
    let page = check(
        &source,
        &[
            ("Tea", Zone::Body),
            (ARTICLE, Zone::Body),
            ("Tea", Zone::Title),
            ("green, black", Zone::MetaKeywords),
            ("All tea", Zone::MetaDescription),
        ],
    );
    assert_eq!(page.declared_language.as_deref(), Some("en"));
}

#[test]
fn flat_state_of_nuxt_is_followed_and_repeats_are_dropped() {
    let markdown = format!("# Tea\\n\\n{ARTICLE}\\n\\n```\\nls\\n```");
    let source = format!(
        r#"[{{"data":1,"state":7}},["ShallowReactive",2],{{"post":3,"more":9}},{{"title":4,"content":5,"content_html":6,"description":8}},"About tea","{markdown}","<h1>Tea</h1><p>{ARTICLE}</p>",["Reactive",11],"In short",[10],{{"title":12}},{{}},"Other article about hats and shoes"]"#
    );
    let page = check(
        &source,
        &[
            ("Tea", Zone::H1),
            (ARTICLE, Zone::Body),
            ("ls", Zone::Code),
            ("About tea", Zone::Title),
            ("In short", Zone::MetaDescription),
        ],
    );
    assert_eq!(source_of(&page, &source, "ls"), "ls");
}

#[test]
fn rich_text_trees_are_read() {
    let source = r#"{"title":"Tea","body":{"type":"minimark","value":[["h2",{"id":"a"},"How to"],["p",{},"Boil ",["a",{"href":"https://w.example/"},"water"]," first.",["br",{}],"Then wait."],["pre",{"code":"x"},["code",{},"x = 1"]],["ul",{},["li",{},"one"],["li",{},"two"]]]}}"#;
    let page = check(
        source,
        &[
            ("How to", Zone::Body),
            ("Boil water first.\nThen wait.", Zone::Body),
            ("x = 1", Zone::Code),
            ("one", Zone::Body),
            ("two", Zone::Body),
            ("Tea", Zone::Title),
        ],
    );
    assert_eq!(page.slice(page.links[0].text), "water");
    assert_eq!(page.links[0].host.as_deref(), Some("w.example"));
    let tree = r#"{"doc":{"type":"doc","content":[{"type":"heading","content":[{"type":"text","text":"How to"}]},{"type":"paragraph","content":[{"type":"text","text":"Boil "},{"type":"text","text":"water"}]}]}}"#;
    check(tree, &[("How to", Zone::Body), ("Boil water", Zone::Body)]);
}

#[test]
fn errors_of_an_api_keep_their_message() {
    check(r#"{"code":404,"msg":"Page not found","data":null}"#, &[("Page not found", Zone::Body)]);
    check(r#"{"error":{"code":500,"message":"服务异常"}}"#, &[("服务异常", Zone::Body)]);
    check(r#"{"a":1,"url":"https://a.example/b/c/d","id":"ab12"}"#, &[]);
}

#[test]
fn listings_are_text_where_nothing_else_is() {
    check(
        r#"{"items":[{"title":"Ten shoes for summer","slug":"a-b-c"},{"title":"Best hats of all"}]}"#,
        &[("Ten shoes for summer", Zone::Body), ("Best hats of all", Zone::Body)],
    );
}

#[test]
fn broken_payloads_keep_what_could_be_read() {
    let source = format!(r#"{{"title":"Tea","content":"{ARTICLE} and th"#);
    let page = check(&source, &[(&format!("{ARTICLE} and th"), Zone::Body), ("Tea", Zone::Title)]);
    assert_eq!(page.notes[0].kind, NoteKind::BrokenPayload);
    let lines = format!("{{\"text\":\"{ARTICLE}\"}}\n{{\"text\":\"One more line of text\"}}\n");
    check(&lines, &[(ARTICLE, Zone::Body), ("One more line of text", Zone::Body)]);
}

#[test]
fn json_in_a_string_is_read_and_mapped() {
    let source = format!(r#"{{"data":"{{\"text\":\"{ARTICLE}\"}}"}}"#);
    let page = check(&source, &[(ARTICLE, Zone::Body)]);
    assert_eq!(source_of(&page, &source, "second pour"), "second pour");
}

#[test]
fn an_embedded_payload_has_its_places_in_the_page() {
    let json = format!(r#"{{"title":"Tea","content":"{ARTICLE}"}}"#);
    let source = format!("<div id=app></div><script id=__NEXT_DATA__>{json}</script>");
    let start = source.find('{').unwrap();
    let mut builder = PageBuilder::new(Format::Html);
    parse_embedded(
        &source,
        Span::new(start, start + json.len()),
        &simple_html::parse,
        &mut builder,
    );
    let page = builder.finish();
    assert_eq!(page.visible(), ARTICLE);
    assert_eq!(source_of(&page, &source, "the doctor"), "the doctor");
    assert_eq!(page.title(), Some("Tea"));
}

#[test]
fn hostile_payloads_stay_linear() {
    let begin = std::time::Instant::now();
    let many = "{\"type\":\"minimark\",\"value\":1},".repeat(20_000);
    for source in [
        "[".repeat(200_000),
        "{\"a\":".repeat(100_000),
        format!("[{{\"a\":1}},[{}2],{many}{{}}]", "2,".repeat(20_000)),
        format!("[[1],[2],[0],[{}0]]", "1,".repeat(50_000)),
        format!(
            "[{}1]",
            "{\"title\":\"a b c\",\"content\":\"some words here and there\"},".repeat(10_000)
        ),
        "\"\\".repeat(100_000),
    ] {
        let page = page(&source);
        assert!(page.text.len() <= source.len() * 2);
    }
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}
