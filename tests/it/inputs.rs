//! Crawl dumps as inputs: what is read of them, what is passed over, and what becomes of damage.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use predicates::str::contains;
use serde_json::Value;

use crate::{ARTICLE, Folder, crawlint};

/// A record with a block of any declared length.
fn declared(kind: &str, number: usize, content_type: &str, length: u64, block: &[u8]) -> Vec<u8> {
    let mut head =
        format!("WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:test:{number}>\r\n");
    write!(
        head,
        "WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: http://a.example/{number}\r\n"
    )
    .unwrap();
    write!(head, "Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n").unwrap();
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn record(kind: &str, number: usize, content_type: &str, block: &[u8]) -> Vec<u8> {
    declared(kind, number, content_type, block.len() as u64, block)
}

const HTTP: &str = "application/http; msgtype=response";

/// A response with these HTTP headers.
fn response(number: usize, headers: &str, body: &[u8]) -> Vec<u8> {
    let answer = [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat();
    record("response", number, HTTP, &answer)
}

/// A response that is fine.
fn page(number: usize) -> Vec<u8> {
    response(number, "Content-Type: text/plain; charset=utf-8\r\n", ARTICLE)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    // Without a checksum damage to the text would not show.
    let info = lz4_flex::frame::FrameInfo::new().content_checksum(true);
    let mut out = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// What a scan of some files came to.
struct Scan {
    code: i32,
    results: Vec<Value>,
    stderr: String,
    /// The last line of `--summary`.
    total: Value,
    /// The lines before it.
    files: Vec<Value>,
}

impl Scan {
    /// `clean a.example/1` or `corrupt a.example/1`, in order.
    fn pages(&self) -> Vec<String> {
        let name = |result: &Value| {
            let verdict = result["reason"]["code"].as_str().or(result["verdict"].as_str()).unwrap();
            format!("{verdict} {}", result["source"]["record"].as_str().unwrap_or("-"))
        };
        self.results.iter().map(name).collect()
    }

    fn offsets(&self) -> Vec<Option<u64>> {
        self.results.iter().map(|result| result["source"]["offset"].as_u64()).collect()
    }
}

fn scan_with(folder: &Folder, arguments: &[&str], stdin: &[u8]) -> Scan {
    let summary = folder.file("summary.jsonl");
    let output = crawlint()
        .current_dir(folder.path())
        .args(["scan", "--format", "jsonl", "--summary"])
        .arg(&summary)
        .args(arguments)
        .write_stdin(stdin)
        .output()
        .unwrap();
    let lines = |text: &[u8]| -> Vec<Value> {
        String::from_utf8_lossy(text)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut files = lines(&std::fs::read(&summary).unwrap_or_else(|_| panic!("{stderr}")));
    let total = files.pop().unwrap();
    for line in files.iter().chain([&total]) {
        let sum = |key: &str| {
            line[key].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum::<u64>()
        };
        let parts = line["judged"].as_u64().unwrap() + sum("skipped") + sum("unreadable");
        assert_eq!(line["seen"].as_u64().unwrap(), parts, "{line}");
        assert_eq!(line["judged"].as_u64().unwrap() + sum("unreadable"), sum("verdicts"), "{line}");
    }
    let results = lines(&output.stdout);
    assert_eq!(
        results.len() as u64,
        total["judged"].as_u64().unwrap()
            + total["unreadable"]
                .as_object()
                .unwrap()
                .values()
                .map(|n| n.as_u64().unwrap())
                .sum::<u64>()
    );
    Scan { code: output.status.code().unwrap(), results, stderr, total, files }
}

/// A scan of one file with this content.
fn scan(name: &str, bytes: &[u8]) -> Scan {
    let folder = Folder::new(&[(name, bytes)]);
    scan_with(&folder, &[name], b"")
}

#[test]
fn a_dump_is_the_same_pages_however_it_is_compressed() {
    let records = [
        record("warcinfo", 0, "application/warc-fields", b"software: test\r\n"),
        page(1),
        record("request", 2, "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
        record("revisit", 3, HTTP, b"HTTP/1.1 200 OK\r\n\r\n"),
        response(4, "Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\nrest"),
        record("conversion", 5, "text/plain", ARTICLE),
        record("resource", 6, "text/plain", ARTICLE),
        response(7, "Content-Type: text/html\r\n", b""),
    ];
    let plain = records.concat();
    let place = |packed: &[Vec<u8>]| -> Vec<Option<u64>> {
        let before = |n: usize| packed[..n].iter().map(|bytes| bytes.len() as u64).sum();
        [1, 5, 6].map(|n| Some(before(n))).to_vec()
    };
    let members: Vec<Vec<u8>> = records.iter().map(|bytes| gzip(bytes)).collect();
    let frames: Vec<Vec<u8>> =
        records.iter().map(|bytes| zstd::encode_all(bytes.as_slice(), 3).unwrap()).collect();
    let blocks: Vec<Vec<u8>> = records.iter().map(|bytes| lz4(bytes)).collect();
    for (name, bytes, offsets) in [
        ("plain", plain.clone(), place(&records)),
        ("members", members.concat(), place(&members)),
        ("frames", frames.concat(), place(&frames)),
        ("lz4", blocks.concat(), place(&blocks)),
        // Records inside of one stream have no place in the file.
        ("stream", gzip(&plain), vec![None; 3]),
        ("zstd stream", zstd::encode_all(plain.as_slice(), 3).unwrap(), vec![None; 3]),
    ] {
        let scan = scan("crawl", &bytes);
        assert_eq!(scan.code, 0, "{name}: {}", scan.stderr);
        assert_eq!(
            scan.pages(),
            ["clean urn:test:1", "clean urn:test:5", "clean urn:test:6"],
            "{name}"
        );
        assert_eq!(scan.offsets(), offsets, "{name}");
        let skipped =
            serde_json::json!({"empty": 1, "image": 1, "request": 1, "revisit": 1, "warcinfo": 1});
        assert_eq!(scan.total["skipped"], skipped, "{name}");
        assert_eq!(scan.files.len(), 1);
        assert_eq!(scan.files[0]["path"], "crawl");
        let source = &scan.results[0]["source"];
        assert_eq!(source["url"], "http://a.example/1");
        assert_eq!(source["date"], "2026-01-02T03:04:05Z");
        assert!(
            scan.stderr.contains("8 records seen = 3 judged + 5 skipped + 0 unreadable"),
            "{}",
            scan.stderr
        );

        let folder = Folder::new(&[]);
        let piped = scan_with(&folder, &["-"], &bytes);
        assert_eq!(piped.pages(), scan.pages(), "{name}");
        assert_eq!(piped.offsets(), offsets, "{name}");
    }
}

#[test]
fn a_record_is_read_from_its_place_alone() {
    use crawlint::input::{Item, Options, Record, Start, items, record_at};

    let records: Vec<Vec<u8>> = (1..=3).map(page).collect();
    let lines: Vec<String> =
        (1..=3).map(|n| format!("{{\"id\": \"{n}\", \"text\": \"Page {n}.\"}}\n")).collect();
    let options = Options::default();
    for (name, bytes, places) in [
        ("crawl.warc", records.concat(), 3),
        ("crawl.warc.gz", records.iter().flat_map(|bytes| gzip(bytes)).collect(), 3),
        ("pages.jsonl", lines.concat().into_bytes(), 3),
        // Of several records in one member only the first has a place.
        ("stream.warc.gz", gzip(&records.concat()), 1),
        ("page.txt", ARTICLE.to_vec(), 0),
    ] {
        let folder = Folder::new(&[(name, &bytes)]);
        let path = folder.file(name);
        let all: Vec<Record> = items([Start::Path(path.clone())], &options)
            .map(|pull| match pull.item() {
                Item::Page(record) => record,
                other => panic!("{name}: {other:?}"),
            })
            .collect();
        let at: Vec<u64> = all.iter().filter_map(|record| record.offset).collect();
        assert_eq!(at.len(), places, "{name}");
        for (offset, record) in at.iter().zip(&all) {
            assert_eq!(record_at(&path, *offset, &options).as_ref(), Some(record), "{name}");
            assert_eq!(record_at(&path, offset + 1, &options), None, "{name}");
        }
        assert_eq!(record_at(&path, bytes.len() as u64, &options), None, "{name}");
    }
}

#[test]
fn frames_may_share_a_dictionary() {
    let dictionary = [ARTICLE, b" and some more words for the dictionary of this test"].concat();
    let mut frames = Vec::new();
    for compress in [false, true] {
        frames.clear();
        let content = if compress {
            zstd::encode_all(dictionary.as_slice(), 3).unwrap()
        } else {
            dictionary.clone()
        };
        frames.extend(b"\x5d\x2a\x4d\x18");
        frames.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        frames.extend(content);
        let mut packer = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
        for number in 1..=3 {
            let frame = packer.compress(&page(number)).unwrap();
            // Without the dictionary the text would not fit.
            assert!(frame.len() < ARTICLE.len());
            frames.extend(frame);
        }
        let scan = scan("crawl.warc.zst", &frames);
        assert_eq!(scan.pages(), ["clean urn:test:1", "clean urn:test:2", "clean urn:test:3"]);
        assert_eq!(scan.code, 0);
    }
}

#[test]
fn arc_files_are_read() {
    let version = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n";
    let answer = [b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n", ARTICLE].concat();
    let entry = |url: &str, kind: &str, block: &[u8]| {
        let head = format!("{url} 192.0.2.1 20140216050221 {kind} {}\n", block.len());
        [head.as_bytes(), block, b"\n"].concat()
    };
    let records = [
        entry("filedesc://a.arc", "text/plain", version),
        entry("http://a.example/tea leaves", "text/plain", &answer),
        entry("dns:a.example", "text/dns", b"20140216050221\na.example. 1 IN A 192.0.2.1\n"),
        entry("http://b.example/", "text/plain", &answer),
    ];
    for packed in [records.to_vec(), records.iter().map(|record| gzip(record)).collect()] {
        let scan = scan("a.arc", &packed.concat());
        assert_eq!(scan.code, 0, "{}", scan.stderr);
        assert_eq!(scan.pages(), ["clean -", "clean -"]);
        assert_eq!(
            scan.offsets(),
            [Some(packed[0].len() as u64), Some(packed[..3].concat().len() as u64)]
        );
        assert_eq!(scan.results[0]["source"]["url"], "http://a.example/tea leaves");
        assert_eq!(scan.results[0]["source"]["date"], "2014-02-16T05:02:21Z");
        assert_eq!(scan.total["skipped"], serde_json::json!({"arc-header": 1, "dns": 1}));
    }
}

#[test]
fn damage_costs_the_damaged_record_only() {
    let cut = |bytes: Vec<u8>, from_end: usize| bytes[..bytes.len() - from_end].to_vec();
    let flipped = |mut bytes: Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 40].fill(0xaa);
        bytes
    };
    let long = declared("response", 2, HTTP, 100_000, &page(2)[..300]);
    let short = declared(
        "response",
        2,
        HTTP,
        40,
        b"HTTP/1.1 200 OK\r\n\r\nA text of more than the bytes that are told.",
    );
    let huge = declared("response", 2, HTTP, 1 << 40, b"HTTP/1.1 200 OK\r\n\r\nA text.");
    let word = declared("response", 2, HTTP, 7, b"HTTP/1.1 200 OK\r\n\r\nText.");
    let word = String::from_utf8(word).unwrap().replace("Length: 7", "Length: seven").into_bytes();
    let (one, two, three) = (page(1), page(2), page(3));
    for (name, parts, code, gzipped) in [
        ("a length too long", [one.clone(), long, three.clone()], "corrupt", true),
        ("a length too short", [one.clone(), short, three.clone()], "corrupt", true),
        ("a terabyte", [one.clone(), huge, three.clone()], "corrupt", true),
        ("no number", [one.clone(), word, three.clone()], "corrupt", true),
        (
            "rubbish between",
            [one.clone(), b"no record, but some text\r\n".to_vec(), three.clone()],
            "corrupt",
            true,
        ),
        ("a damaged member", [gzip(&one), flipped(gzip(&two)), gzip(&three)], "corrupt", false),
        ("a cut member", [gzip(&one), cut(gzip(&two), 60), gzip(&three)], "corrupt", false),
        (
            "rubbish between members",
            [gzip(&one), b"no member".to_vec(), gzip(&three)],
            "corrupt",
            false,
        ),
        ("a damaged frame", [lz4(&one), flipped(lz4(&two)), lz4(&three)], "corrupt", false),
    ] {
        let mut files = vec![parts.concat()];
        if gzipped {
            files.push(parts.iter().map(|part| gzip(part)).collect::<Vec<_>>().concat());
            files.push(gzip(&parts.concat()));
        }
        for (at, bytes) in files.iter().enumerate() {
            let scan = scan("crawl", bytes);
            let pages = scan.pages();
            assert!(
                pages.first().is_some_and(|page| page == "clean urn:test:1"),
                "{name} {at}: {pages:?}"
            );
            assert!(
                pages.last().is_some_and(|page| page == "clean urn:test:3"),
                "{name} {at}: {pages:?}"
            );
            assert_eq!(
                scan.total["unreadable"],
                serde_json::json!({ code: 1 }),
                "{name} {at}: {pages:?}"
            );
            assert_eq!(scan.code, 2, "{name}");
            assert!(scan.stderr.contains("--allow-unreadable"), "{name}: {}", scan.stderr);
        }
    }
}

#[test]
fn what_is_there_of_a_file_cut_short_is_judged() {
    let cut = |bytes: &[u8]| bytes[..bytes.len() - 150].to_vec();
    let both = [page(1), page(2)].concat();
    let members = [gzip(&page(1)), cut(&gzip(&page(2)))].concat();
    for (name, bytes) in [
        ("plain", cut(&both)),
        ("member", members),
        ("stream", cut(&gzip(&[&*both, &page(3)].concat()))),
    ] {
        let folder = Folder::new(&[("crawl", &bytes)]);
        let scan = scan_with(&folder, &["crawl", "--allow-unreadable", "--fail-on", "never"], b"");
        let pages = scan.pages();
        assert_eq!(pages[0], "clean urn:test:1", "{name}");
        assert!(pages.last().unwrap().starts_with("truncated "), "{name}: {pages:?}");
        assert_eq!(
            scan.total["unreadable"],
            serde_json::json!({"truncated": 1}),
            "{name}: {pages:?}"
        );
        assert_eq!(scan.code, 0, "{name}: {}", scan.stderr);
    }
}

#[test]
fn bodies_come_without_their_transfer() {
    let chunk =
        |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let chunked = [chunk(&ARTICLE[..100]), chunk(&ARTICLE[100..]), b"0\r\n\r\n".to_vec()].concat();
    let zlib = {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(ARTICLE).unwrap();
        out.finish().unwrap()
    };
    let deflate = {
        let mut out =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(ARTICLE).unwrap();
        out.finish().unwrap()
    };
    let zstd = zstd::encode_all(ARTICLE, 3).unwrap();
    let both = [chunk(&gzip(ARTICLE)), b"0\r\n\r\n".to_vec()].concat();
    let plain = scan("page", ARTICLE).results[0]["findings"].clone();
    for (name, headers, body) in [
        ("chunked", "Transfer-Encoding: chunked\r\n", chunked.clone()),
        ("gzip", "Content-Encoding: gzip\r\n", gzip(ARTICLE)),
        ("chunked gzip", "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", both),
        ("zlib", "Content-Encoding: deflate\r\n", zlib),
        ("deflate", "Content-Encoding: deflate\r\n", deflate),
        ("zstd", "Content-Encoding: zstd\r\n", zstd),
        // Headers that lie: the crawler has undone the transfer already.
        ("not chunked", "Transfer-Encoding: chunked\r\n", ARTICLE.to_vec()),
        ("not gzip", "Content-Encoding: gzip\r\n", ARTICLE.to_vec()),
        ("not deflate", "Content-Encoding: deflate\r\n", ARTICLE.to_vec()),
        ("not brotli", "Content-Encoding: br\r\n", ARTICLE.to_vec()),
    ] {
        let headers = format!("Content-Type: text/plain\r\n{headers}");
        let scan = scan("crawl.warc", &response(1, &headers, &body));
        assert_eq!(scan.pages(), ["clean urn:test:1"], "{name}");
        assert_eq!(scan.results[0]["findings"], plain, "{name}");
        assert_eq!(scan.code, 0, "{name}");
    }
    // A chunk that lies is told, and what can be had is judged.
    let bad = [chunk(ARTICLE), b"zz\r\nrest".to_vec()].concat();
    let scan = scan("crawl.warc", &response(1, "Transfer-Encoding: chunked\r\n", &bad));
    assert_eq!(scan.pages(), ["clean urn:test:1", "corrupt urn:test:1"]);
}

#[test]
fn bombs_are_named_and_the_rest_is_scanned() {
    let zeros = vec![0; 30 << 20];
    let bomb = response(2, "Content-Type: text/html\r\nContent-Encoding: gzip\r\n", &gzip(&zeros));
    let scan = scan("crawl.warc", &[page(1), bomb, page(3)].concat());
    assert_eq!(scan.pages(), ["clean urn:test:1", "bomb urn:test:2", "clean urn:test:3"]);

    let member = gzip(&record("resource", 2, "text/plain", &zeros));
    let scan = self::scan("crawl.warc.gz", &[gzip(&page(1)), member, gzip(&page(3))].concat());
    assert_eq!(scan.pages(), ["clean urn:test:1", "bomb urn:test:2", "clean urn:test:3"]);

    let scan = self::scan("page.html.gz", &gzip(&zeros));
    assert_eq!(scan.pages(), ["bomb -"]);

    let mut nested = ARTICLE.to_vec();
    for _ in 0..3 {
        nested = gzip(&nested);
    }
    assert_eq!(self::scan("page.gz", &nested).pages(), ["clean -"]);
    assert_eq!(self::scan("page.gz", &gzip(&nested)).pages(), ["too-deep -"]);
}

#[test]
fn types_are_told_by_content_before_name() {
    let html =
        b"<!DOCTYPE html><title>Tea</title><p>Green tea wants water that has cooled a little.";
    let cases: [(&str, &[u8], &str); 6] = [
        ("image/png", html, "page"),
        ("text/html", b"\xff\xd8\xff\xe0 and the rest of it", "image"),
        ("application/pdf", b"%PDF-1.7 and so on", "pdf"),
        ("text/css", b"p { color: red }", "style"),
        ("application/javascript", b"let a = 1;", "script"),
        ("application/javascript", html, "page"),
    ];
    for (declared, body, expected) in cases {
        let headers = format!("Content-Type: {declared}\r\n");
        let scan = scan("crawl.warc", &response(1, &headers, body));
        let found = scan.total["skipped"].as_object().unwrap().keys().next().cloned();
        assert_eq!(found.as_deref().unwrap_or("page"), expected, "{declared}");
    }
}

#[test]
fn a_page_about_dumps_is_a_page() {
    let text =
        b"WARC/1.0 is how the header of a record begins, and this page tells about it at length.";
    assert_eq!(scan("page.txt", text).pages(), ["clean -"]);
    // Unless the user knows better.
    let folder = Folder::new(&[("page.txt", text), ("crawl", &page(1))]);
    let scan = scan_with(&folder, &["page.txt", "--input-format", "warc"], b"");
    assert_eq!(scan.pages(), ["corrupt -"]);
    let scan = scan_with(&folder, &["crawl", "--input-format", "page"], b"");
    assert_eq!(scan.results[0]["source"]["record"], Value::Null);
    crawlint()
        .args(["scan", "--input-format", "pdf", "-"])
        .assert()
        .code(2)
        .stderr(contains("page, warc, arc"));
}

#[test]
fn lists_name_files() {
    let folder = Folder::new(&[
        ("a.txt", ARTICLE),
        ("b.warc", &page(1)),
        ("list", b"a.txt\r\n\nb.warc\nnone.txt\n"),
    ]);
    let from_file = scan_with(&folder, &["--files-from", "list"], b"");
    assert_eq!(from_file.pages(), ["clean -", "clean urn:test:1", "io -"]);
    assert_eq!(from_file.code, 2);
    let list = std::fs::read(folder.file("list")).unwrap();
    let piped = scan_with(&folder, &["--files-from", "-"], &list);
    assert_eq!(piped.results, from_file.results);
    let refuses = |arguments: &[&str], message: &str| {
        crawlint()
            .current_dir(folder.path())
            .arg("scan")
            .args(arguments)
            .assert()
            .code(2)
            .stderr(contains(message));
    };
    refuses(&["-", "--files-from", "-"], "only once");
    refuses(&["--files-from", "nowhere"], "cannot read `nowhere`");
    refuses(&[], "PATH");
}

#[test]
fn progress_is_told_where_there_is_no_terminal() {
    let pages: Vec<u8> = (0..3000).flat_map(page).collect();
    let folder = Folder::new(&[("crawl.warc", &pages)]);
    let mut scan = crawlint();
    scan.current_dir(folder.path()).args(["scan", "-j", "1", "--stats-every", "1", "crawl.warc"]);
    // Fast machines are through before the first line is due; then there is none to look at.
    let stderr = String::from_utf8(scan.output().unwrap().stderr).unwrap();
    for line in stderr.lines().filter(|line| line.contains("pages/s, ") && line.contains("flagged"))
    {
        assert!(line.contains(" MB of ") && line.contains(" left"), "{line}");
    }
    assert!(stderr.contains("3,000 pages seen"), "{stderr}");
}

/// Memory that a scan of a file takes at most, in bytes.
#[cfg(target_os = "linux")]
fn peak(path: &Path) -> u64 {
    let mut scan = std::process::Command::new(assert_cmd::cargo::cargo_bin!("crawlint"))
        .args(["scan", "-j", "2", "--quiet", "--fail-on", "never"])
        .arg(path)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", scan.id());
    let mut peak = 0;
    while scan.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) * 1024);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    peak
}

/// Records that are passed over cost no judging, so files of some size are read in a moment.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_file() {
    let folder = Folder::new(&[]);
    let block = vec![b'x'; 1 << 20];
    let member = gzip(&record("metadata", 1, "text/plain", &block));
    let peaks = [20, 400].map(|megabytes| {
        let bytes: Vec<u8> =
            (0..megabytes).flat_map(|_| member.clone()).chain(gzip(&page(1))).collect();
        let plain: Vec<u8> = [
            declared("response", 1, HTTP, megabytes << 20, b"HTTP/1.1 200 OK\r\n\r\n"),
            block.repeat(megabytes as usize),
        ]
        .concat();
        [peak(&folder.add("crawl.warc.gz", &bytes)), peak(&folder.add("giant.warc", &plain))]
    });
    for (small, large) in peaks[0].iter().zip(peaks[1]) {
        assert!(large < small + (24 << 20), "{small} bytes, then {large}");
    }
}
