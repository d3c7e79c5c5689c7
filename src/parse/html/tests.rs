//! The front end against its oracles: html5ever's own tokenizer, scraper's own parse, and what
//! places promise.

#![expect(clippy::format_collect, reason = "pages are built once")]

use std::cell::RefCell;
use std::time::Instant;

use ego_tree::iter::Edge;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, State as OracleState};
use html5ever::tokenizer::{
    Doctype, Token, TokenSink, TokenSinkResult, Tokenizer as Oracle, TokenizerOpts,
};
use proptest::prelude::*;
use scraper::{Html, Node};

use super::store::{Store, Str};
use super::tokenizer::{Next, Receiver, State, Tag};
use super::*;

fn parse(text: &str) -> (Dom, Vec<Note>) {
    Dom::parse(text, &Limits::default())
}

/// Every node with its depth, written out.
fn outline(html: &Html) -> Vec<String> {
    let mut depth = 0;
    let mut lines = Vec::new();
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => {
                let name = match node.value() {
                    Node::Element(element) => {
                        let attrs: Vec<_> = element
                            .attrs
                            .iter()
                            .map(|(name, value)| (name, value.to_string()))
                            .collect();
                        format!("{:?} {attrs:?}", element.name)
                    }
                    other => format!("{other:?}"),
                };
                lines.push(format!("{depth} {name}"));
                depth += 1;
            }
            Edge::Close(_) => depth -= 1,
        }
    }
    lines
}

fn assert_same_tree(text: &str) {
    let (dom, _) = parse(text);
    let expected = Html::parse_document(text);
    assert_eq!(outline(dom.html()), outline(&expected), "{text:?}");
    assert_eq!(dom.html().html(), expected.html(), "{text:?}");
    assert_eq!(dom.html().quirks_mode, expected.quirks_mode, "{text:?}");
}

/// Collects tokens, switching to raw text as a tree builder would for the usual elements.
#[derive(Default)]
struct Collected {
    tokens: RefCell<Vec<Token>>,
}

impl Collected {
    fn take(&self, token: Token) -> Option<OracleState> {
        let mut tokens = self.tokens.borrow_mut();
        match (&token, tokens.last_mut()) {
            (Token::ParseError(_), _) => return None,
            (Token::CharacterTokens(text), _) if text.is_empty() => return None,
            (Token::CharacterTokens(text), Some(Token::CharacterTokens(last))) => {
                last.push_tendril(text);
                return None;
            }
            _ => {}
        }
        let next = match &token {
            Token::TagToken(tag) if tag.kind == html5ever::tokenizer::StartTag => {
                match &*tag.name {
                    "title" | "textarea" => Some(OracleState::RawData(RawKind::Rcdata)),
                    "style" | "xmp" => Some(OracleState::RawData(RawKind::Rawtext)),
                    "script" => Some(OracleState::RawData(RawKind::ScriptData)),
                    "plaintext" => Some(OracleState::Plaintext),
                    _ => None,
                }
            }
            _ => None,
        };
        tokens.push(token);
        next
    }
}

impl TokenSink for Collected {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match self.take(token) {
            Some(OracleState::RawData(kind)) => TokenSinkResult::RawData(kind),
            Some(_) => TokenSinkResult::Plaintext,
            None => TokenSinkResult::Continue,
        }
    }
}

/// The same for our tokens.
struct Ours {
    tokens: tokens::Collected,
    merged: Collected,
}

impl Ours {
    /// Hands the token that has just been collected on.
    fn hand_on(&mut self) -> Next {
        let token = self.tokens.tokens.pop().expect("a token has been collected");
        match self.merged.take(token) {
            Some(OracleState::RawData(kind)) => Next::Raw(kind),
            Some(_) => Next::Plaintext,
            None => Next::Continue,
        }
    }
}

impl Receiver for Ours {
    fn store(&mut self) -> &mut Store {
        self.tokens.store()
    }

    fn tag(&mut self, tag: &Tag, at: Span) -> Next {
        self.tokens.tag(tag, at);
        self.hand_on()
    }

    fn comment(&mut self, text: Str, at: Span) {
        self.tokens.comment(text, at);
        self.hand_on();
    }

    fn doctype(&mut self, doctype: Doctype, at: Span) {
        self.tokens.doctype(doctype, at);
        self.hand_on();
    }

    fn null(&mut self, at: Span) {
        self.tokens.null(at);
        self.hand_on();
    }

    fn text(&mut self, text: Str, runs: &[TextRun]) {
        self.tokens.text(text, runs);
        self.hand_on();
    }

    fn end(&mut self, at: Span) {
        self.tokens.end(at);
        self.hand_on();
    }

    fn in_foreign_content(&self) -> bool {
        false
    }
}

fn assert_same_tokens(text: &str, states: (State, OracleState), last_start: Option<&str>) {
    let options = TokenizerOpts {
        initial_state: Some(states.1),
        last_start_tag_name: last_start.map(str::to_owned),
        ..TokenizerOpts::default()
    };
    let oracle = Oracle::new(Collected::default(), options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    assert!(matches!(oracle.feed(&input), TokenizerResult::Done));
    oracle.end();
    let ours = Ours { tokens: tokens::Collected::new(text), merged: Collected::default() };
    let mut ours = Tokenizer::new(text, usize::MAX, ours).starting_in(states.0, last_start);
    ours.run();
    assert_eq!(
        ours.receiver.merged.tokens.into_inner(),
        oracle.sink.tokens.into_inner(),
        "{text:?} in {:?} after {last_start:?}",
        states.0
    );
}

/// What places promise of any page.
fn assert_places_hold(text: &str, limits: &Limits) {
    let (dom, notes) = Dom::parse(text, limits);
    let check = |span: Span| {
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?} {text:?}");
        assert!(text.is_char_boundary(span.start as usize), "{span:?} {text:?}");
        assert!(text.is_char_boundary(span.end as usize), "{span:?} {text:?}");
    };
    for note in &notes {
        check(note.source);
    }
    for (id, node) in dom.nodes() {
        match node {
            Node::Text(node_text) => {
                let mut at = 0;
                for run in dom.text_runs(id) {
                    check(run.source);
                    assert_eq!(run.at, at, "runs leave no gap in {node_text:?} of {text:?}");
                    at += run.len;
                    let derived = &node_text[run.at as usize..at as usize];
                    if run.is_linear() {
                        let source = text[run.source.range()].replace('\r', "\n");
                        assert_eq!(derived, source, "{text:?}");
                    }
                }
                assert_eq!(at as usize, node_text.len(), "runs cover {node_text:?} of {text:?}");
            }
            Node::Element(element) => {
                let span = dom.element_span(id);
                check(span);
                if let Some(tag) = dom.start_tag_span(id) {
                    assert!(span.contains(tag), "{text:?}");
                    let source = &text[tag.range()];
                    assert!(source.starts_with('<') && source.ends_with('>'), "{source:?}");
                    for (name, value) in element.attrs().filter(|(_, value)| !value.is_empty()) {
                        let map = dom.attribute_map(text, id, name);
                        // `<html>` and `<body>` collect attributes from later tags.
                        if matches!(element.name(), "html" | "body") && map.is_none() {
                            continue;
                        }
                        let map = map.unwrap_or_else(|| panic!("no map of {name} in {text:?}"));
                        let place = map.to_source(Span::new(0, value.len()));
                        check(place);
                        assert!(tag.contains(place), "{text:?}");
                    }
                }
            }
            Node::Comment(_) => {
                let span = dom.comment_span(id).expect("a comment has a place");
                check(span);
                assert!(text[span.range()].starts_with('<'), "{text:?}");
            }
            _ => {}
        }
    }
}

/// Pages made of pieces that tokenizers and tree builders trip over.
#[expect(clippy::too_many_lines, reason = "a list")]
fn nasty() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "<",
        ">",
        "</",
        "/>",
        "/",
        "=",
        "\"",
        "'",
        "&",
        ";",
        "#",
        "!",
        "?",
        "-",
        "--",
        "-->",
        "--!>",
        "<!",
        "<!-",
        "<!--",
        "<!-->",
        "<!--->",
        "<?",
        "</>",
        "</ ",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\x0c",
        "\0",
        "a",
        "b",
        "x",
        "text",
        "é",
        "漢字",
        "\u{feff}",
        "&amp;",
        "&amp",
        "&ampx",
        "&lt",
        "&notit;",
        "&notin;",
        "&#65;",
        "&#x41",
        "&#0;",
        "&#x80;",
        "&#10",
        "&#10;",
        "&#13;",
        "&#xD800;",
        "&#x110000;",
        "&acE;",
        "&nbsp;",
        "&copy=",
        "&copy",
        "&#",
        "&#x",
        "<p>",
        "</p>",
        "<p",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href=1>",
        "<a>",
        "</a>",
        "<nobr>",
        "</nobr>",
        "<font size=1>",
        "<font color=red>",
        "</font>",
        "<div>",
        "</div>",
        "<DIV Class=X>",
        "<span id='s' id=t>",
        "<br>",
        "</br>",
        "<hr/>",
        "<img src=\"a&amp;b\" alt='&lt;'>",
        "<image>",
        "<input type=hidden>",
        "<input>",
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<th>",
        "<tbody>",
        "<caption>",
        "</caption>",
        "<col>",
        "<colgroup>",
        "<select>",
        "</select>",
        "<option>",
        "<optgroup>",
        "<template>",
        "</template>",
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea>",
        "<pre>",
        "<pre>\n",
        "</pre>",
        "<listing>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "</script ",
        "<script",
        "<script/>",
        "<noscript>",
        "</noscript>",
        "<iframe>",
        "</iframe>",
        "<xmp>",
        "</xmp>",
        "<svg>",
        "</svg>",
        "<math>",
        "</math>",
        "<mi>",
        "<annotation-xml encoding=text/html>",
        "<foreignObject>",
        "<desc>",
        "<svg viewBox=1 xlink:href=2>",
        "<![CDATA[",
        "]]>",
        "]",
        "<form>",
        "</form>",
        "<button>",
        "<li>",
        "<ul>",
        "</ul>",
        "<dd>",
        "<dt>",
        "<h1>",
        "</h2>",
        "<ruby>",
        "<rt>",
        "<object>",
        "</object>",
        "<marquee>",
        "<html>",
        "<html lang=a>",
        "</html>",
        "<head>",
        "</head>",
        "<body>",
        "<body class=b>",
        "</body>",
        "<frameset>",
        "<frame>",
        "</frameset>",
        "<noframes>",
        "</noframes>",
        "<meta charset=utf-8>",
        "<base>",
        "<!doctype html>",
        "<!DOCTYPE",
        "<!doctype a PUBLIC \"-//W3C//DTD HTML 4.01//EN\" 'x'>",
        "<!doctype html SYSTEM 'about:legacy-compat'>",
        "PUBLIC",
        "SYSTEM",
        "<plaintext>",
        "<b a b=1 c='2' d=\"3\"/e>",
        "<b =x>",
        "<b a=>",
        "<b a= \r\n b>",
        "<b \0=\0>",
        "<B\0>",
    ];
    let piece = prop_oneof![
        9 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => "[ a-z<>&/\r\n\0é]{0,6}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Elements closed in order, with text between.
fn well_formed() -> impl Strategy<Value = String> {
    let text = prop_oneof![Just("x"), Just(" y\n"), Just("&amp;"), Just("漢"), Just("<!--c-->")];
    text.prop_map(str::to_owned).prop_recursive(6, 60, 5, |inner| {
        let name = proptest::sample::select(vec![
            "div",
            "section",
            "span",
            "b",
            "em",
            "code",
            "ul",
            "blockquote",
            "custom-element",
            "svg",
            "article",
            "label",
            "center",
            "sub",
        ]);
        (name, proptest::collection::vec(inner, 0..5)).prop_map(|(name, content)| {
            // Blocks end SVG, so an SVG holds text only.
            let content = if name == "svg" { String::from("z") } else { content.concat() };
            // Formatting elements around blocks are made anew; these are closed around text.
            let inline = matches!(name, "b" | "em" | "code");
            if inline {
                format!("<{name}>t</{name}>{content}")
            } else {
                format!("<{name}>{content}</{name}>")
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn trees_equal_scrapers(text in nasty()) {
        assert_same_tree(&text);
    }

    #[test]
    fn tokens_equal_html5evers(text in nasty()) {
        use OracleState::{Data, Plaintext, RawData};
        for (states, last) in [
            ((State::Data, Data), None),
            ((State::Plaintext, Plaintext), None),
            ((State::Raw(RawKind::Rcdata), RawData(RawKind::Rcdata)), Some("title")),
            ((State::Raw(RawKind::Rawtext), RawData(RawKind::Rawtext)), Some("style")),
            ((State::Raw(RawKind::ScriptData), RawData(RawKind::ScriptData)), Some("script")),
            ((State::Cdata, OracleState::CdataSection), None),
        ] {
            assert_same_tokens(&text, states, last);
        }
    }

    #[test]
    fn places_hold(text in nasty()) {
        assert_places_hold(&text, &Limits::default());
    }

    #[test]
    fn places_hold_beyond_limits(
        text in nasty(),
        depth in 0_usize..16,
        attributes in 0_usize..4,
        nodes_base in 0_usize..30,
    ) {
        let limits = Limits { depth, attributes, nodes_base, nodes_per_byte: 0.0 };
        assert_places_hold(&text, &limits);
    }

    #[test]
    fn well_formed_elements_span_exactly(text in well_formed()) {
        let (dom, _) = parse(&text);
        for node in dom.tree.all() {
            let Some(element) = node.element() else { continue };
            if dom.start_tag_span(node.id()).is_none() {
                continue;
            }
            let span = dom.element_span(node.id());
            let source = &text[span.range()];
            let (start, end) = (format!("<{}>", element.name()), format!("</{}>", element.name()));
            prop_assert!(source.starts_with(&start) && source.ends_with(&end), "{source:?} in {text:?}");
            for child in node.children().filter(|child| child.element().is_some()) {
                let child = dom.element_span(child.id());
                prop_assert!(span.contains(child) || child.is_empty(), "{text:?}");
            }
        }
    }
}

/// Source of the first element of that name.
fn element_source<'a>(dom: &Dom, text: &'a str, name: &str) -> &'a str {
    let id = find(dom, name);
    &text[dom.element_span(id).range()]
}

fn find(dom: &Dom, name: &str) -> NodeId {
    dom.tree
        .all()
        .find(|node| node.element().is_some_and(|element| element.name() == name))
        .unwrap_or_else(|| panic!("no <{name}>"))
        .id()
}

#[test]
fn elements_span_from_tag_to_tag() {
    let text = "<!doctype html><html><body><div id=a><p>one<p>two <b>b</b></div>\n\
                <ul><li>x<li>y</ul><table><tr><td>1<td>2</table><br>z<i>un</body></html>\n";
    let (dom, _) = parse(text);
    for (name, expected) in [
        ("div", "<div id=a><p>one<p>two <b>b</b></div>"),
        ("p", "<p>one"),
        ("b", "<b>b</b>"),
        ("ul", "<ul><li>x<li>y</ul>"),
        ("li", "<li>x"),
        ("table", "<table><tr><td>1<td>2</table>"),
        ("tbody", "<tr><td>1<td>2"),
        ("tr", "<tr><td>1<td>2"),
        ("td", "<td>1"),
        ("br", "<br>"),
        ("i", "<i>un"),
    ] {
        assert_eq!(element_source(&dom, text, name), expected, "<{name}>");
    }
    assert!(element_source(&dom, text, "body").ends_with("</body>"));
    assert!(element_source(&dom, text, "html").ends_with("</html>"));
    assert_eq!(dom.start_tag_span(find(&dom, "tbody")), None);
    assert_eq!(dom.start_tag_span(find(&dom, "head")), None);
}

#[test]
fn misnested_formatting_keeps_places() {
    let text = "<b>1<p id=p>2</b>3</p>4<p><a href='x&amp;y'>5<p>6</a>";
    let (dom, _) = parse(text);
    assert_eq!(element_source(&dom, text, "p"), "<p id=p>2</b>3</p>");
    assert_eq!(element_source(&dom, text, "b"), "<b>1<p id=p>2</b>");
    // The second <a> repeats the first and leads back to its tag.
    let anchors: Vec<NodeId> = dom
        .tree
        .all()
        .filter(|node| node.element().is_some_and(|element| element.name() == "a"))
        .map(NodeRef::id)
        .collect();
    assert!(anchors.len() > 1);
    for id in anchors {
        let map = dom.attribute_map(text, id, "href").expect("the tag has a href");
        assert_eq!(&text[map.to_source(Span::new(0, 3)).range()], "x&amp;y");
        assert_eq!(&text[map.to_source(Span::new(2, 3)).range()], "y");
    }
}

#[test]
fn text_that_leaves_a_table_keeps_its_place() {
    let text = "<table> <tr>a&amp;b<td>cell</td> c \r\n</table>";
    let (dom, _) = parse(text);
    let runs: Vec<(String, &str)> = dom
        .tree
        .all()
        .filter_map(|node| {
            let value = node.text()?;
            let runs = dom.text_runs(node.id());
            let (start, end) = (runs.first()?.source.start, runs.last()?.source.end);
            Some((value.to_string(), &text[start as usize..end as usize]))
        })
        .collect();
    assert!(runs.contains(&("cell".to_owned(), "cell")), "{runs:?}");
    assert!(runs.contains(&("a&b c \n".to_owned(), "a&amp;b<td>cell</td> c \r\n")), "{runs:?}");
}

#[test]
fn attributes_lead_to_the_source() {
    let text = "<svg viewBox='0 0' xlink:href=#a></svg><p Title=\"a&quot;b\r\nc\">";
    let (dom, _) = parse(text);
    let place = |element: &str, name: &str, from: usize, to: usize| {
        let map = dom.attribute_map(text, find(&dom, element), name).expect("has the attribute");
        &text[map.to_source(Span::new(from, to)).range()]
    };
    assert_eq!(place("svg", "viewBox", 0, 3), "0 0");
    assert_eq!(place("svg", "href", 0, 2), "#a");
    assert_eq!(place("p", "title", 0, 5), "a&quot;b\r\nc");
    assert_eq!(place("p", "title", 1, 2), "&quot;");
    assert_eq!(place("p", "title", 4, 5), "c");
    assert!(dom.attribute_map(text, find(&dom, "p"), "lang").is_none());
}

#[test]
fn what_stands_outside_the_document_is_known() {
    let text = "<a>1</a><!doctype html><html><head></head><body><b>2</b></body></html><i>3</i>";
    let (dom, _) = parse(text);
    for (name, outside) in [("a", true), ("b", false), ("i", true), ("body", false)] {
        assert_eq!(dom.after_document(find(&dom, name)), outside, "<{name}>");
    }
}

#[test]
fn limits_drop_markup_and_keep_text() {
    let limits = Limits { depth: 20, attributes: 2, nodes_base: 60, nodes_per_byte: 0.0 };
    let text = format!("{}deep<a href=x>link</a>", "<div>".repeat(40));
    let (dom, notes) = Dom::parse(&text, &limits);
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].kind, NoteKind::DepthLimit);
    assert_eq!(&text[notes[0].source.range()], "<div>");
    let deepest = dom.tree.all().map(|node| node.ancestors().count()).max();
    assert!(deepest <= Some(24), "{deepest:?}");
    assert_eq!(dom.html().root_element().text().collect::<String>(), "deeplink");
    assert_eq!(element_source(&dom, &text, "a"), "<a href=x>link</a>");

    let (dom, notes) = Dom::parse("<p a=1 b=2 c=3 d=4>", &limits);
    assert_eq!(notes[0].kind, NoteKind::AttributeLimit);
    let id = find(&dom, "p");
    let element = dom.tree.get(id).element();
    assert_eq!(element.map(|element| element.attributes().count()), Some(2));

    let text = format!("{}<script>code</script>end", "x<br>".repeat(100));
    let (dom, notes) = Dom::parse(&text, &limits);
    assert_eq!(notes[0].kind, NoteKind::NodeLimit);
    let visible = dom.html().root_element().text().collect::<String>();
    assert_eq!(visible, format!("{}end", "x".repeat(100)));
    assert!(dom.tree.all().count() < 200);
}

#[test]
fn tags_beyond_the_depth_limit_take_their_end_tags_along() {
    let limits = Limits { depth: 10, ..Limits::default() };
    let open = "<div>".repeat(30);
    let close = "</div>".repeat(30);
    let text = format!("{open}in{close}<p>out</p>");
    let (dom, _) = Dom::parse(&text, &limits);
    let parent = dom.tree.get(find(&dom, "p")).parent().and_then(NodeRef::element);
    assert_eq!(parent.map(Element::name), Some("body"));
}

/// Pages made to exhaust a parser: each must stay within the budget even unoptimised.
#[test]
fn hostile_pages_stay_cheap() {
    let fonts: String = (0..3000).map(|i| format!("<font size={i}>")).collect();
    let attributes: String = (0..100_000).map(|i| format!(" a{i}=1")).collect();
    let pages = [
        ("nested div", "<div>".repeat(200_000)),
        ("nested b", "<b>".repeat(200_000)),
        ("div and p", "<div></p>".repeat(50_000)),
        ("attributes", format!("<p{attributes}>")),
        ("long attribute", format!("<p a=\"{}\">", "x&".repeat(1_000_000))),
        ("less-than", "<".repeat(1_000_000)),
        ("comment", format!("<!--{}", "--!".repeat(500_000))),
        ("script", format!("<script>{}", "<!--<script></script".repeat(50_000))),
        ("end tags", "</p>".repeat(100_000)),
        ("nul", "\0".repeat(500_000)),
        ("tables", "<table>".repeat(50_000)),
        ("cells", "<table><td>".repeat(30_000)),
        ("svg", "<svg>".repeat(100_000)),
        ("svg a", "<svg><desc>".repeat(50_000)),
        ("math", "<math>".repeat(100_000)),
        ("anchors", "<a>".repeat(100_000)),
        ("anchor blocks", "<a><div>".repeat(50_000)),
        ("select", "<select>".repeat(100_000)),
        ("template", "<template>".repeat(100_000)),
        ("ruby", "<rt>".repeat(100_000)),
        ("optgroup", "<optgroup>".repeat(100_000)),
        ("frameset", "<frameset>".repeat(100_000) + &"a b ".repeat(100_000)),
        ("fonts", format!("<p>{fonts}{}", "<p>x".repeat(3000))),
        ("body attributes", (0..50_000).map(|i| format!("<body a{i}>")).collect()),
        ("misnested", "<b><i><p></b>x</i>".repeat(20_000)),
        ("text before a table", "<table><tr>a&amp;<td>b&amp;</td>".repeat(20_000)),
        ("names", (0..100_000).map(|i| format!("<custom-{i} data-attribute-{i}>")).collect()),
        ("prefixes", format!("<svg>{}", "<a xlink:href=#x xml:lang=y />".repeat(20_000))),
    ];
    for (name, page) in pages {
        let start = Instant::now();
        let (dom, _) = parse(&page);
        let seconds = start.elapsed().as_secs_f64();
        let nodes = dom.tree.all().count();
        assert!(seconds < 8.0, "{name}: {seconds} s");
        assert!(nodes <= 70_000 + page.len() / 2, "{name}: {nodes} nodes");
    }
}

#[test]
fn paragraphs_and_links_go_on_beyond_the_depth_limit() {
    let limits = Limits { depth: 40, ..Limits::default() };
    let fonts: String = (0..30).map(|i| format!("<font size={i}>")).collect();
    let text = format!("{fonts}{}", "<p>x<a href=y>z</a>".repeat(100));
    let (dom, _) = Dom::parse(&text, &limits);
    let count = |name: &str| {
        let elements = dom.tree.all().filter_map(NodeRef::element);
        elements.filter(|element| element.name() == name).count()
    };
    assert_eq!((count("p"), count("a")), (100, 100));
}

#[test]
fn costly_formatting_is_dropped_beyond_its_budget() {
    let attributes: String = (0..250).map(|i| format!(" a{i}")).collect();
    let open: String = (0..200).map(|i| format!("<font size={i}{attributes}>")).collect();
    let text = format!("{open}{}", format!("<font{attributes}>x</font>").repeat(100));
    let (dom, notes) = parse(&text);
    assert_eq!(notes.first().map(|note| note.kind), Some(NoteKind::DepthLimit));
    assert_eq!(dom.html().root_element().text().collect::<String>(), "x".repeat(100));
}
