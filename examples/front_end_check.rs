//! Checks crawlint's HTML front end against html5ever's, on files.
//!
//! ```text
//! front_end_check corpus DIR     trees of every HTML file below DIR, against scraper's parse, and
//!                                the places of their nodes, against the source
//! front_end_check html5lib DIR   the html5lib tests below DIR: trees of `tree-construction/*.dat`,
//!                                tokens of `tokenizer/*.test`, both against html5ever's
//! front_end_check time DIR       parse time on the HTML files below DIR, as a ratio to scraper's
//! front_end_check hostile [NAME] time and tree size on pages made to exhaust a parser
//! ```
//!
//! Prints every difference, then `equal/total`; exits with 1 if anything differs.
#![allow(clippy::print_stdout, reason = "a program that reports on standard output")]

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crawlint::parse::{Dom, Limits, tokens};
use ego_tree::iter::Edge;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use scraper::{Html, Node};
use serde_json::Value;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let all_equal = match words.as_slice() {
        ["corpus", dir] => corpus(Path::new(dir)),
        ["html5lib", dir] => html5lib(Path::new(dir)),
        ["time", dir] => time(Path::new(dir)),
        ["hostile"] => hostile(None),
        ["hostile", name] => hostile(Some(name)),
        _ => {
            println!("usage: front_end_check corpus|html5lib|time DIR | hostile [NAME]");
            return ExitCode::from(2);
        }
    };
    if all_equal { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Counts and prints comparisons.
#[derive(Default)]
struct Tally {
    equal: usize,
    total: usize,
}

impl Tally {
    fn add(&mut self, what: &str, difference: Option<String>) {
        self.total += 1;
        match difference {
            None => self.equal += 1,
            Some(difference) => println!("differs: {what}: {difference}"),
        }
    }

    fn print(&self, kind: &str) -> bool {
        println!("{kind}: {}/{} equal", self.equal, self.total);
        self.equal == self.total
    }
}

fn corpus(dir: &Path) -> bool {
    let (mut trees, mut places) = (Tally::default(), Tally::default());
    for (path, text) in html_files(dir) {
        let name = path.display().to_string();
        trees.add(&name, tree_difference(&text));
        places.add(&name, place_fault(&text));
    }
    let trees_equal = trees.print("trees");
    places.print("places") && trees_equal
}

/// First node whose place does not show what the node holds.
fn place_fault(text: &str) -> Option<String> {
    let (dom, _) = Dom::parse(text, &Limits::default());
    for (id, node) in dom.nodes() {
        let fits = match node {
            Node::Text(node_text) => {
                let runs = dom.text_runs(id);
                let equal = runs.iter().all(|run| {
                    let derived = &node_text[run.at as usize..(run.at + run.len) as usize];
                    run.len as usize != run.source.len()
                        || derived == text[run.source.range()].replace('\r', "\n")
                });
                equal && runs.iter().map(|run| run.len as usize).sum::<usize>() == node_text.len()
            }
            Node::Element(element) => dom.start_tag_span(id).is_none_or(|tag| {
                let whole = dom.element_span(id);
                let name = text.get(tag.start as usize + 1..tag.end as usize);
                let starts = name.is_some_and(|name| {
                    element.name() == "img"
                        || name
                            .get(..element.name().len())
                            .is_some_and(|name| name.eq_ignore_ascii_case(element.name()))
                });
                starts && whole.contains(tag) && text.get(whole.range()).is_some()
            }),
            Node::Comment(_) => dom.comment_span(id).is_some_and(|place| {
                text.get(place.range()).is_some_and(|source| source.starts_with('<'))
            }),
            _ => true,
        };
        if !fits {
            return Some(format!("{node:?}"));
        }
    }
    None
}

fn html5lib(dir: &Path) -> bool {
    let (mut trees, mut token_lists) = (Tally::default(), Tally::default());
    for path in files(dir) {
        let name = path.display().to_string();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("dat") if name.contains("tree-construction") => {
                let Ok(text) = fs::read_to_string(&path) else {
                    println!("not text: {name}");
                    continue;
                };
                for document in tree_documents(&text) {
                    let what = format!("{name} {document:?}");
                    trees.add(&what, tree_difference(&document));
                }
            }
            Some("test") if name.contains("tokenizer") => {
                let tests =
                    fs::read(&path).ok().and_then(|json| serde_json::from_slice(&json).ok());
                let Some(tests) = tests else {
                    println!("not JSON: {name}");
                    continue;
                };
                tokenizer_tests(&name, &tests, &mut token_lists);
            }
            _ => {}
        }
    }
    let trees_equal = trees.print("trees");
    token_lists.print("tokens") && trees_equal
}

/// The `#data` parts of a tree construction file.
fn tree_documents(text: &str) -> Vec<String> {
    format!("\n{text}")
        .split("\n#data\n")
        .skip(1)
        .filter_map(|test| Some(test.split_once("\n#errors")?.0.to_owned()))
        .collect()
}

fn tokenizer_tests(file: &str, tests: &Value, tally: &mut Tally) {
    let lists = ["tests", "xmlViolationTests"].into_iter().filter_map(|key| tests[key].as_array());
    for test in lists.flatten() {
        let double_escaped = test["doubleEscaped"].as_bool() == Some(true);
        let input = test["input"].as_str().unwrap_or_default();
        let Some(input) = (if double_escaped { unescape(input) } else { Some(input.to_owned()) })
        else {
            println!("skipped: {file}: {input:?} holds half a character");
            continue;
        };
        let last = test["lastStartTag"].as_str();
        let default = [Value::from("Data state")];
        let states = test["initialStates"].as_array().map_or(&default[..], Vec::as_slice);
        for state in states {
            let initial = match state.as_str() {
                Some("Data state") => State::Data,
                Some("PLAINTEXT state") => State::Plaintext,
                Some("RCDATA state") => State::RawData(RawKind::Rcdata),
                Some("RAWTEXT state") => State::RawData(RawKind::Rawtext),
                Some("Script data state") => State::RawData(RawKind::ScriptData),
                Some("CDATA section state") => State::CdataSection,
                other => {
                    tally.add(file, Some(format!("unknown state {other:?}")));
                    continue;
                }
            };
            let what = format!("{file} {} {initial:?} {input:?}", test["description"]);
            let ours = merged(tokens(&input, initial, last));
            let theirs = merged(html5ever_tokens(&input, initial, last));
            let difference =
                (ours != theirs).then(|| format!("\n  ours   {ours:?}\n  theirs {theirs:?}"));
            tally.add(&what, difference);
        }
    }
}

/// Resolves `\uXXXX`; `None` for half a surrogate pair, which no text can hold.
fn unescape(text: &str) -> Option<String> {
    serde_json::from_str(&format!("\"{}\"", text.replace('"', "\\\""))).ok()
}

/// Joins adjacent characters and leaves out errors.
fn merged(tokens: Vec<Token>) -> Vec<Token> {
    let mut merged: Vec<Token> = Vec::new();
    for token in tokens {
        match (&token, merged.last_mut()) {
            (Token::ParseError(_), _) => {}
            (Token::CharacterTokens(text), _) if text.is_empty() => {}
            (Token::CharacterTokens(text), Some(Token::CharacterTokens(last))) => {
                last.push_tendril(text);
            }
            _ => merged.push(token),
        }
    }
    merged
}

fn html5ever_tokens(text: &str, initial: State, last_start_tag: Option<&str>) -> Vec<Token> {
    struct Collected(RefCell<Vec<Token>>);
    impl TokenSink for Collected {
        type Handle = ();
        fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
            self.0.borrow_mut().push(token);
            TokenSinkResult::Continue
        }
    }
    let options = TokenizerOpts {
        initial_state: Some(initial),
        last_start_tag_name: last_start_tag.map(str::to_owned),
        ..TokenizerOpts::default()
    };
    let tokenizer = Tokenizer::new(Collected(RefCell::default()), options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// First difference between our tree and scraper's.
fn tree_difference(text: &str) -> Option<String> {
    let (ours, notes) = Dom::parse(text, &Limits::default());
    let theirs = Html::parse_document(text);
    let (our_lines, their_lines) = (outline(ours.html()), outline(&theirs));
    let first = (0..our_lines.len().max(their_lines.len()))
        .find(|line| our_lines.get(*line) != their_lines.get(*line));
    if let Some(line) = first {
        return Some(format!(
            "node {line}\n  ours   {:?}\n  theirs {:?}\n  notes {notes:?}",
            our_lines.get(line),
            their_lines.get(line)
        ));
    }
    if ours.html().quirks_mode != theirs.quirks_mode {
        return Some("quirks mode".to_owned());
    }
    (ours.html().html() != theirs.html()).then(|| "serialised text".to_owned())
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
                        let name = &element.name;
                        let attrs: Vec<_> = element
                            .attrs
                            .iter()
                            .map(|(name, value)| (&name.prefix, &*name.ns, &*name.local, &**value))
                            .collect();
                        format!("{:?} {} {} {attrs:?}", name.prefix, &*name.ns, &*name.local)
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

fn time(dir: &Path) -> bool {
    let pages: Vec<String> = html_files(dir).map(|(_, text)| text).collect();
    let bytes: usize = pages.iter().map(String::len).sum();
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
        for page in &pages {
            let start = Instant::now();
            let parsed = Dom::parse(page, &Limits::default());
            ours += start.elapsed();
            drop(parsed);
            let start = Instant::now();
            let html = Html::parse_document(page);
            theirs += start.elapsed();
            drop(html);
        }
        let megabytes = bytes as f64 / 1e6;
        println!(
            "ours {:.0} MB/s, scraper {:.0} MB/s, ratio {:.3}",
            megabytes / ours.as_secs_f64(),
            megabytes / theirs.as_secs_f64(),
            ours.as_secs_f64() / theirs.as_secs_f64()
        );
        ratios.push(ours.as_secs_f64() / theirs.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    println!("{} pages, {bytes} bytes, median ratio {:.3}", pages.len(), ratios[ratios.len() / 2]);
    true
}

fn hostile(only: Option<&str>) -> bool {
    let numbered =
        |count: usize, item: &dyn Fn(usize) -> String| -> String { (0..count).map(item).collect() };
    let cases: [(&str, &dyn Fn() -> String); 24] = [
        ("div", &|| "<div>".repeat(1_000_000)),
        ("attributes", &|| format!("<p{}>", numbered(100_000, &|i| format!(" a{i}=1")))),
        ("long-attribute", &|| format!("<p a=\"{}\">", "x&amp;".repeat(1_700_000))),
        ("less-than", &|| "<".repeat(5_000_000)),
        ("comment", &|| format!("<!--{}", "x-".repeat(2_500_000))),
        ("script", &|| format!("<script>{}", "<!--<script></s".repeat(333_000))),
        ("end-tags", &|| format!("x{}", "</p>".repeat(500_000))),
        ("nul", &|| "\0".repeat(2_000_000)),
        ("one-line", &|| "word &amp; <i>word</i> ".repeat(870_000)),
        ("b", &|| "<b>".repeat(200_000)),
        ("table", &|| "<table>".repeat(100_000)),
        ("table-cell", &|| "<table><td>".repeat(100_000)),
        ("svg", &|| "<svg>".repeat(100_000)),
        ("math", &|| "<math>".repeat(100_000)),
        ("a", &|| "<a>".repeat(100_000)),
        ("a-div", &|| "<a><div>".repeat(100_000)),
        ("select", &|| "<select>".repeat(100_000)),
        ("template", &|| "<template>".repeat(100_000)),
        ("font", &|| {
            format!("{}{}", numbered(2_000, &|i| format!("<font size={i}>")), "<p>".repeat(2_000))
        }),
        ("font-large", &|| {
            format!(
                "{}{}",
                numbered(400, &|i| format!("<font size={i}>")),
                "<p>x".repeat(1_250_000)
            )
        }),
        ("font-attributes", &|| {
            let attributes = numbered(250, &|i| format!(" a{i}=1"));
            format!(
                "{}{}",
                numbered(400, &|i| format!("<font size={i}{attributes}>")),
                "<p>x".repeat(250_000)
            )
        }),
        ("font-pairs", &|| {
            let open = numbered(500, &|i| format!("<font size={i}>"));
            format!("{open}{}", "<font></font>".repeat(380_000))
        }),
        ("font-attribute-pairs", &|| {
            let attributes = numbered(250, &|i| format!(" a{i}"));
            let open = numbered(500, &|i| format!("<font size={i}{attributes}>"));
            format!("{open}{}", format!("<font{attributes}></font>").repeat(3_500))
        }),
        ("body-attributes", &|| numbered(300_000, &|i| format!("<body a{i}>"))),
    ];
    for (name, make) in cases.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let source = make();
        let start = Instant::now();
        let (dom, notes) = Dom::parse(&source, &Limits::default());
        let seconds = start.elapsed().as_secs_f64();
        let size = dom.nodes().count();
        let notes: Vec<&str> = notes.iter().map(|note| note.kind.name()).collect();
        println!("{name:16} {:9} bytes {seconds:6.3} s {size:8} nodes {notes:?}", source.len());
    }
    true
}

/// HTML files below a directory, decoded lossily.
fn html_files(dir: &Path) -> impl Iterator<Item = (PathBuf, String)> {
    files(dir).into_iter().filter_map(|path| {
        let extension = path.extension()?.to_str()?;
        if !matches!(extension, "html" | "htm" | "xhtml") {
            return None;
        }
        let bytes = fs::read(&path).ok()?;
        Some((path, String::from_utf8_lossy(&bytes).into_owned()))
    })
}

/// All files below a directory, sorted.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(dir) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&dir) else {
            println!("cannot read {}", dir.display());
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
