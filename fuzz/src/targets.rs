//! What every target does with its bytes, and what must hold then. Also compiled into the tests,
//! which replay the kept inputs.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};

use crawlint::decode::{INVALID_KEPT, decode};
use crawlint::input::{InputFormat, Item, Limits, Options, ReadError, Start, items};
use crawlint::page::Page;
use crawlint::parse::{Hints, HtmlOptions, parse, parse_html, payload, tokens};
use crawlint::report::{Report, SourceSpan, Verdict, json};
use crawlint::rules::RuleSet;
use crawlint::span::Span;
use crawlint::{Origin, Scanner};
use html5ever::tokenizer::states;
use tempfile::TempDir;

/// Content types that go with the bytes: the first byte of an input chooses.
const TYPES: &[Option<&str>] = &[
    None,
    Some("text/html"),
    Some("text/html; charset=utf-8"),
    Some("text/html; charset=gbk"),
    Some("text/html; charset=\"gb18030\""),
    Some("text/html; charset=big5"),
    Some("text/html; charset=shift_jis"),
    Some("text/html; charset=euc-jp"),
    Some("text/html; charset=iso-2022-jp"),
    Some("text/html; charset=euc-kr"),
    Some("text/html; charset=windows-1251"),
    Some("text/html; charset=utf-16le"),
    Some("text/html; charset=utf-32"),
    Some("text/html; charset=x-user-defined"),
    Some("text/html; charset=iso-2022-kr"),
    Some("text/plain; charset=latin1"),
    Some("application/json"),
    Some("text/markdown"),
    Some("application/xhtml+xml"),
    Some("application/rss+xml"),
];

/// Names that go with the bytes: the second byte of an input of [`scan`] chooses.
const NAMES: &[&str] = &["page", "page.html", "page.md", "page.txt", "page.json", "page.xml"];

/// Bytes to text: the text has the way back, in range and in order.
pub fn charset(bytes: &[u8]) {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let decoded = decode(bytes, TYPES[usize::from(choice) % TYPES.len()]);
    let map = decoded.source_map(bytes);
    let invalid = &decoded.invalid;
    assert!(invalid.first.len() <= INVALID_KEPT && invalid.first.len() <= invalid.count as usize);
    for place in &invalid.first {
        assert!(place.start <= place.end && place.end as usize <= bytes.len(), "{place:?}");
    }
    let mut last = Span::default();
    // Every character of a short text, some of a long one.
    let step = (decoded.text.len() / 4096).max(1);
    for (at, character) in decoded.text.char_indices().step_by(step) {
        let place = map.to_source(Span::new(at, at + character.len_utf8()));
        assert!(place.start <= place.end && place.end as usize <= bytes.len(), "{at}: {place:?}");
        assert!(place.start >= last.start && place.end >= last.end, "{last:?} then {place:?}");
        last = place;
    }
    let whole = map.to_source(Span::new(0, decoded.text.len()));
    assert!(whole.end as usize <= bytes.len());
}

/// HTML: tokens, and the page.
pub fn html(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (initial, last_start_tag) in [
        (states::State::Data, None),
        (states::State::RawData(states::RawKind::Rcdata), Some("title")),
        (states::State::RawData(states::RawKind::ScriptData), Some("script")),
    ] {
        // The end is a token, too, and a token that is not one byte is a parse error at most.
        let count = tokens(&text, initial, last_start_tag).len();
        assert!(count <= 2 * text.len() + 2, "{count} tokens in {} bytes", text.len());
    }
    check_page(&parse_html(&text, &HtmlOptions::default()), &text);
}

/// Page payloads and answers in JSON.
pub fn json(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let html = |text: &str| parse_html(text, &HtmlOptions::default());
    check_page(&payload::parse(&text, &html), &text);
    // As what it is taken for: JSON that breaks early, Markdown, a feed.
    check_page(&parse(&text, &Hints::default()), &text);
}

/// A pack from anybody: compiles and can be used, or its faults are told with their places.
pub fn rule_pack(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let packs = [("fuzz.toml".to_owned(), text.to_owned())];
    match RuleSet::compile(&packs, false) {
        Ok(rules) => {
            rules.verify();
            let scanner = Scanner::builder().default_rules(false).pack("fuzz.toml", text).build();
            let Ok(scanner) = scanner else { panic!("compiles alone, not in a scanner") };
            check_inspection(&scanner, ARTICLE.as_bytes(), &Origin::path("article.html"));
        }
        Err(error) => {
            assert!(!error.problems.is_empty());
            for problem in &error.problems {
                assert!(problem.line >= 1 && problem.column >= 1, "{problem:?}");
                assert!(problem.to_string().contains(&problem.message), "{problem:?}");
            }
        }
    }
    // The examples, too.
    crawlint::check::check(&packs, false);
}

/// WARC and ARC, compressed or not.
pub fn warc(bytes: &[u8]) {
    check_container(bytes, None);
}

/// Zip and tar: as a file, and as a stream.
pub fn archive(bytes: &[u8]) {
    check_container(bytes, None);
    check_container(&in_a_frame(bytes), None);
}

/// Rows of JSON.
pub fn jsonl(bytes: &[u8]) {
    check_container(bytes, Some(InputFormat::Jsonl));
}

/// A whole scan; of some also what `inspect` and `strip` make of them, which is as much work
/// several times over.
pub fn scan(bytes: &[u8]) {
    static SCANNER: LazyLock<Scanner> =
        LazyLock::new(|| Scanner::new().unwrap_or_else(|error| panic!("{error}")));
    let [choice, name, bytes @ ..] = bytes else { return };
    let origin = Origin {
        path: NAMES[usize::from(*name) % NAMES.len()].to_owned(),
        url: (choice & 0x80 != 0).then(|| "https://bread.example/page".to_owned()),
        content_type: TYPES[usize::from(*choice & 0x1f) % TYPES.len()].map(str::to_owned),
        ..Origin::default()
    };
    check_report(&SCANNER.scan(bytes, &origin), bytes);
    if choice & 0x20 != 0 {
        check_inspection(&SCANNER, bytes, &origin);
    }
    if choice & 0x40 != 0 {
        check_strip(&SCANNER, bytes, &origin);
    }
}

/// A page for packs to be tried on.
const ARTICLE: &str = "<title>Green tea</title><p>Green tea wants water that has cooled a little \
    after boiling.</p><div hidden><a href='https://a.example/'>casino bonus 100%</a></div>\
    <ul><li>tea<li>water</ul>";

/// Spans are in range, on the boundaries of characters and in order, and lead to the source.
fn check_page(page: &Page, source: &str) {
    assert!(page.visible_len <= page.aside_len && page.aside_len <= page.text.len());
    assert!(page.text.is_char_boundary(page.visible_len));
    assert!(page.text.is_char_boundary(page.aside_len));
    let mut last = 0;
    for block in &page.blocks {
        assert!(block.span.start >= last && !block.span.is_empty(), "{block:?} after {last}");
        last = block.span.end;
        assert!(page.text.get(block.span.range()).is_some(), "{block:?}");
        let is_visible = block.span.end as usize <= page.visible_len;
        assert_eq!(block.zone.is_visible(), is_visible, "{block:?}");
        let place = page.source_map.to_source(block.span);
        assert!(source.get(place.range()).is_some_and(|s| !s.is_empty()), "{block:?} {place:?}");
        assert!(block.hidden.is_none_or(|index| (index as usize) < page.hidden.len()));
    }
    for link in &page.links {
        assert!(page.text.get(link.text.range()).is_some(), "{link:?}");
        assert!(source.get(link.source.range()).is_some(), "{link:?}");
        assert!(link.hidden.is_none_or(|index| (index as usize) < page.hidden.len()));
    }
    for hidden in &page.hidden {
        assert!(page.text.get(hidden.text.range()).is_some(), "{hidden:?}");
        assert!(source.get(hidden.source.range()).is_some(), "{hidden:?}");
    }
    for note in &page.notes {
        assert!(source.get(note.source.range()).is_some(), "{note:?}");
    }
}

fn check_inspection(scanner: &Scanner, bytes: &[u8], origin: &Origin) {
    let inspection = scanner.inspect(bytes, origin);
    let report = &inspection.report;
    check_report(report, bytes);
    if report.verdict == Verdict::Unreadable {
        return;
    }
    check_page(&inspection.page, &inspection.text);
    for finding in &report.findings {
        assert!(inspection.page.text.get(finding.span.range()).is_some(), "{finding:?}");
    }
}

fn check_strip(scanner: &Scanner, bytes: &[u8], origin: &Origin) {
    let stripped = scanner.strip(bytes, origin);
    check_report(&stripped.before, bytes);
    check_report(&stripped.after, &stripped.bytes);
    assert!(stripped.bytes.len() <= bytes.len());
    for removed in &stripped.removed {
        check_place(removed.source_span, bytes);
    }
}

/// A report has a reason or findings in the record, and is a line of JSON.
fn check_report(report: &Report, bytes: &[u8]) {
    if let Some(reason) = &report.reason {
        assert_ne!(reason.code, "internal", "{}", reason.message);
    }
    assert!(report.risk <= 100 && report.damage <= 100 && report.junk <= 100);
    assert!(report.risk_db.is_finite());
    for finding in &report.findings {
        check_place(finding.source_span, bytes);
    }
    let line = json::line(report);
    assert_eq!(line.iter().position(|&byte| byte == b'\n'), Some(line.len() - 1));
    let read: serde_json::Value =
        serde_json::from_slice(&line).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read["findings"].as_array().map(Vec::len), Some(report.findings.len()));
}

fn check_place(place: SourceSpan, bytes: &[u8]) {
    assert!(place.start <= place.end && place.end as usize <= bytes.len(), "{place:?}");
    assert!(place.line >= 1 && place.column >= 1, "{place:?}");
}

/// Largest page that the container targets read, in bytes: small, so that a bomb is one soon.
const MAX_PAGE: u64 = 1 << 20;

/// Everything in a file comes out as an item, in bounds.
fn check_container(bytes: &[u8], format: Option<InputFormat>) {
    let limits = Limits { max_bytes: MAX_PAGE, ..Limits::default() };
    let options = Options { limits, format, ..Options::default() };
    let mut shown = String::new();
    for pull in items([Start::Path(file_of(bytes))], &options) {
        let (at, offset) = match pull.item() {
            Item::Page(record) => {
                assert!(record.bytes.len() as u64 <= MAX_PAGE, "{} bytes", record.bytes.len());
                (record.path, record.offset)
            }
            Item::Skipped { at, kind } => {
                assert!(!kind.is_empty());
                (at.path, at.offset)
            }
            Item::Fault { at, error } => {
                assert!(!matches!(error, ReadError::Internal), "{error}");
                shown.clear();
                let _ = write!(shown, "{}: {error}", error.code());
                (at.path, at.offset)
            }
        };
        assert!(!at.is_empty());
        assert!(offset.is_none_or(|offset| offset <= bytes.len() as u64), "{offset:?}");
    }
}

/// A file with these bytes; it is the same one every time, and gone at the end of the process.
fn file_of(bytes: &[u8]) -> PathBuf {
    thread_local! {
        static FOLDER: OnceLock<TempDir> = const { OnceLock::new() };
    }
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| {
            tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"))
        });
        let path = folder.path().join("input");
        std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{error}"));
        path
    })
}

/// A Zstandard frame that holds bytes as they are: what is inside can only be read as a stream.
fn in_a_frame(bytes: &[u8]) -> Vec<u8> {
    /// Largest block of a frame, in bytes.
    const BLOCK: usize = 1 << 17;
    // Magic, no checksum nor size, a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let is_last = blocks.peek().is_none();
        // Size, two bits for the kind (raw), one for the last block.
        let head = u32::try_from(block.len()).unwrap_or_default() << 3 | u32::from(is_last);
        frame.extend_from_slice(&head.to_le_bytes()[..3]);
        frame.extend_from_slice(block);
    }
    frame
}
