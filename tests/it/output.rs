//! Results in files, pages copied out, hosts, and runs that are interrupted.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use flate2::read::MultiGzDecoder;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::{ARTICLE, BINARY, Folder, PACK, crawlint};

/// Pages enough for several cuts.
const MANY: usize = 3500;

fn json(bytes: &[u8]) -> Vec<Value> {
    std::str::from_utf8(bytes)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn gunzip(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

/// A clean page, a damaged one by the rules of `PACK`, and one that is no text.
fn pages() -> Folder {
    let folder = Folder::new(&[("in/tea.txt", ARTICLE), ("in/x.bin", BINARY)]);
    let damaged = [ARTICLE, b"\nBuy zorblax teapots today.\n"].concat();
    folder.add("in/teapots.txt", &damaged);
    folder.add("tea.toml", PACK.as_bytes());
    folder
}

/// A scan of `pages` in their folder, so that paths are short.
fn scan(folder: &Folder, args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = crawlint();
    command.current_dir(folder.path()).args(["scan", "in", "--rules", "tea.toml"]);
    command.args(["--no-default-rules", "--allow-unreadable"]).args(args).assert()
}

#[test]
fn every_format_holds_the_same_results() {
    let folder = pages();
    let plain = scan(&folder, &["-f", "jsonl"]);
    let expected = &plain.get_output().stdout;
    scan(&folder, &["-o", "r.jsonl", "-o", "r.jsonl.gz", "-o", "r.jsonl.zst", "-o", "r.json"])
        .code(0)
        .stdout("")
        .stderr(contains("3 pages seen"));
    assert_eq!(&fs::read(folder.file("r.jsonl")).unwrap(), expected);
    assert_eq!(&gunzip(&folder.file("r.jsonl.gz")), expected);
    let zst = fs::File::open(folder.file("r.jsonl.zst")).unwrap();
    assert_eq!(&zstd::decode_all(zst).unwrap(), expected);
    let array: Value = serde_json::from_slice(&fs::read(folder.file("r.json")).unwrap()).unwrap();
    assert_eq!(array, Value::from(json(expected)));
    // Nothing is left lying about.
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["in", "r.json", "r.jsonl", "r.jsonl.gz", "r.jsonl.zst", "tea.toml"]);
    // Standard output is for who asks.
    let both = scan(&folder, &["-o", "again.jsonl", "-f", "jsonl"]);
    assert_eq!(&both.get_output().stdout, expected);
}

#[cfg(feature = "parquet")]
fn parquet_rows(path: &Path) -> Vec<String> {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    let file = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    file.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_file_holds_findings_as_a_nested_list() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    let folder = pages();
    scan(&folder, &["-o", "r.parquet", "-o", "parts.parquet/", "--hosts", "hosts.parquet"]).code(0);
    for name in ["r.parquet", "parts.parquet/part-00000.parquet"] {
        let rows = parquet_rows(&folder.file(name));
        assert_eq!(rows.len(), 3);
        assert!(rows[0].contains("verdict: \"clean\"") && rows[0].contains("findings: []"));
        let start = ARTICLE.len() + "\nBuy ".len();
        let place =
            format!("source_start: {start}, source_end: {}", start + "zorblax teapots".len());
        assert!(rows[1].contains("findings: [{rule: \"tea/zorblax-teapots\""), "{}", rows[1]);
        assert!(rows[1].contains(&place), "{}", rows[1]);
        assert!(rows[2].contains("reason_code: \"binary\""), "{}", rows[2]);
    }
    let hosts = fs::File::open(folder.file("hosts.parquet")).unwrap();
    assert_eq!(SerializedFileReader::new(hosts).unwrap().metadata().file_metadata().num_rows(), 0);
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_file_tells_which_findings_do_not_count() {
    let folder = pages();
    let allow = r#"
[[allow]]
rule = "tea/zorblax-teapots"
paths = ["teapots.txt"]
reason = "tea is fine"
"#;
    folder.add("crawlint.toml", allow.as_bytes());
    scan(&folder, &["-o", "allowed.parquet"]).code(0);
    fs::remove_file(folder.file("crawlint.toml")).unwrap();
    scan(&folder, &["--write-baseline", "known.json"]).code(0);
    scan(&folder, &["--baseline", "known.json", "-o", "known.parquet"]).code(0);
    let teapots = fs::read(folder.file("in/teapots.txt")).unwrap();
    fs::remove_file(folder.file("in/teapots.txt")).unwrap();
    scan(&folder, &["--write-baseline", "none.json"]).code(0);
    folder.add("in/teapots.txt", &teapots);
    scan(&folder, &["--baseline", "none.json", "-o", "new.parquet", "-o", "new.jsonl"]);
    let findings = |name: &str| -> String {
        let rows = parquet_rows(&folder.file(name));
        rows.into_iter().filter(|row| row.contains("tea/zorblax-teapots")).collect()
    };
    let allowed = findings("allowed.parquet");
    assert!(allowed.contains("suppressed_by: \"allow\""), "{allowed}");
    assert!(allowed.contains("suppressed_reason: \"tea is fine\""), "{allowed}");
    assert!(allowed.contains("baseline_state: null"), "{allowed}");
    let known = findings("known.parquet");
    assert!(known.contains("suppressed_by: \"baseline\", suppressed_reason: null"), "{known}");
    assert!(known.contains("baseline_state: \"unchanged\""), "{known}");
    let new = findings("new.parquet");
    assert!(new.contains("suppressed_by: null"), "{new}");
    assert!(new.contains("baseline_state: \"new\""), "{new}");
    let pages = json(&fs::read(folder.file("new.jsonl")).unwrap());
    let finding = pages.iter().find_map(|page| page["findings"].get(0)).unwrap();
    let fingerprint = format!("fingerprint: {}", finding["fingerprint"]);
    assert!(new.contains(&fingerprint), "{fingerprint} in {new}");
}

#[test]
fn only_some_verdicts_are_written_and_all_are_counted() {
    let folder = pages();
    scan(&folder, &["-o", "r.jsonl", "--only", "damaged", "-f", "jsonl", "--split", "s"])
        .code(0)
        .stdout(contains("teapots.txt").and(contains("tea.txt\"").not()))
        .stderr(contains("3 pages seen").and(contains("clean 1 · damaged 1")));
    let results = json(&fs::read(folder.file("r.jsonl")).unwrap());
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["verdict"], "damaged");
    assert!(!folder.file("s/clean.jsonl.gz").exists());
    scan(&folder, &["--only", "dirty"]).code(2).stderr(contains("no verdict `dirty`"));
}

#[test]
fn pages_are_copied_out_by_verdict() {
    let folder = pages();
    // What an earlier run left there does not mix with the pages of this one.
    folder.add("s/spam.jsonl.gz", b"old");
    scan(&folder, &["--split", "s"]).code(0).stdout("");
    assert!(!folder.file("s/spam.jsonl.gz").exists());
    let clean = json(&gunzip(&folder.file("s/clean.jsonl.gz")));
    assert_eq!(clean[0]["content"].as_str().unwrap().as_bytes(), ARTICLE);
    assert_eq!(clean[0]["verdict"], "clean");
    assert!(folder.file("s/damaged.jsonl.gz").exists());

    scan(&folder, &["--split", "w", "--split-format", "warc"]).code(0);
    let text = String::from_utf8(gunzip(&folder.file("w/clean.warc.gz"))).unwrap();
    assert!(text.starts_with("WARC/1.1\r\nWARC-Type: resource\r\n"), "{text}");
    assert!(text.contains("WARC-Target-URI: file:in/tea.txt\r\n"));
    assert!(text.contains(std::str::from_utf8(ARTICLE).unwrap()));
    assert!(gunzip(&folder.file("w/unreadable.warc.gz")).len() > BINARY.len());
}

/// A WARC file with one record per page, plain.
fn warc(pages: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, (url, body)) in pages.iter().enumerate() {
        let http = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", &body[..]].concat();
        let head = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:test:{at}>\r\n\
             WARC-Target-URI: {url}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
            http.len()
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(&http);
        out.extend_from_slice(b"\r\n\r\n");
    }
    out
}

#[test]
fn records_of_a_warc_are_copied_as_they_are() {
    let page = |host: &str, body: &[u8]| (format!("https://{host}/a"), body.to_vec());
    let pages = [page("a.example", ARTICLE), page("b.example", ARTICLE)];
    let bytes = warc(&pages);
    let folder = Folder::new(&[("in.warc", &bytes)]);
    let mut command = crawlint();
    command.current_dir(folder.path()).args(["scan", "in.warc", "--split", "s"]);
    command.args(["--hosts", "hosts.csv"]).assert().code(0);
    assert_eq!(gunzip(&folder.file("s/clean.warc.gz")), bytes);
    let hosts = fs::read_to_string(folder.file("hosts.csv")).unwrap();
    assert!(hosts.starts_with("host,kind,pages,clean,clean_share,"), "{hosts}");
    assert!(hosts.contains("\na.example,clean,1,1,1,0,0,"), "{hosts}");
}

#[test]
fn names_that_tell_no_format_are_refused_before_the_scan() {
    let folder = pages();
    scan(&folder, &["-o", "r.xlsx"]).code(2).stderr(contains("r.xlsx").and(contains(".jsonl.gz")));
    scan(&folder, &["--hosts", "h.doc"]).code(2).stderr(contains(".csv"));
    scan(&folder, &["-o", "a.jsonl", "-o", "a.jsonl"]).code(2).stderr(contains("twice"));
    scan(&folder, &["-o", "no/such/r.json"]).code(2).stderr(contains("no/such"));
    scan(&folder, &["-o", "r.json", "--resume"]).code(2).stderr(contains("written whole"));
    scan(&folder, &["--resume"]).code(2).stderr(contains("needs an output"));
    scan(&folder, &["-o", "r.jsonl", "-f", "jsonl", "--resume"]).code(2);
}

/// Folder `in` of many pages, of some length: a run must last long enough to be cut short, however
/// busy the machine is.
fn many() -> Folder {
    let folder = Folder::new(&[("tea.toml", PACK.as_bytes())]);
    let body = "The kettle is filled again, and the guests go on about the weather.\n".repeat(60);
    for number in 0..MANY {
        let text = format!(
            "Page {number} on tea.\n{body}{}",
            if number % 5 == 0 { "zorblax teapots" } else { "" }
        );
        folder.add(&format!("in/{number:05}.txt"), text.as_bytes());
    }
    folder
}

/// The outputs of a run under a name.
fn outputs(name: &str) -> Vec<String> {
    let mut args = vec!["-o".to_owned(), format!("{name}/r.jsonl")];
    args.extend(["-o".to_owned(), format!("{name}/r.jsonl.gz")]);
    args.extend(["--split".to_owned(), format!("{name}/s"), "--hosts".to_owned()]);
    args.push(format!("{name}/h.csv"));
    args
}

fn start(folder: &Folder, name: &str, more: &[&str]) -> Child {
    fs::create_dir_all(folder.file(name)).unwrap();
    Command::new(assert_cmd::cargo::cargo_bin!("crawlint"))
        .current_dir(folder.path())
        .args(["scan", "in", "--rules", "tea.toml", "--no-default-rules", "-j", "2"])
        .args(outputs(name))
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the results are longer than this, or the run is over.
fn wait_for(folder: &Folder, child: &mut Child, length: u64) {
    let path = folder.file("hard/r.jsonl");
    while fs::metadata(&path).map_or(0, |data| data.len()) <= length
        && child.try_wait().unwrap().is_none()
    {
        std::thread::yield_now();
    }
}

fn told(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn same(folder: &Folder) {
    for name in ["r.jsonl", "r.jsonl.gz", "s/clean.jsonl.gz", "s/damaged.jsonl.gz", "h.csv"] {
        let read = |run: &str| fs::read(folder.file(run).join(name)).unwrap();
        assert!(read("calm") == read("hard"), "{name} differs");
    }
    assert!(!folder.file("hard/r.jsonl.journal").exists());
    let results = fs::read_to_string(folder.file("hard/r.jsonl")).unwrap();
    assert_eq!(results.lines().count(), MANY);
}

#[test]
fn a_killed_run_goes_on_and_ends_as_if_nothing_had_been() {
    let folder = many();
    assert_eq!(told(start(&folder, "calm", &[])).0, Some(0));
    let total = fs::metadata(folder.file("calm/r.jsonl")).unwrap().len();
    let mut kills = 0;
    for part in 0..6 {
        let mut child = start(&folder, "hard", &["--resume"]);
        wait_for(&folder, &mut child, total * part / 7);
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        // The journal is there as soon as results are.
        if part == 3 {
            let (status, text) = told(start(&folder, "hard", &[]));
            assert_eq!(status, Some(2));
            assert!(text.contains("add --resume"), "{text}");
        }
    }
    assert!(kills >= 4, "{kills}");
    // A torn line at the end, as a crash of the machine leaves it.
    let torn = fs::OpenOptions::new().append(true).open(folder.file("hard/r.jsonl"));
    std::io::Write::write_all(&mut torn.unwrap(), b"{\"schema\":\"craw").unwrap();
    let (status, text) = told(start(&folder, "hard", &["--resume"]));
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("3,500 pages seen"), "{text}");
    same(&folder);
    let (status, text) = told(start(&folder, "hard", &["--resume"]));
    assert_eq!(status, Some(2));
    assert!(text.contains("nothing to resume"), "{text}");
}

#[test]
fn another_command_or_other_inputs_are_not_gone_on_with() {
    let folder = many();
    let mut child = start(&folder, "hard", &[]);
    wait_for(&folder, &mut child, 1 << 18);
    child.kill().unwrap();
    child.wait().unwrap();
    let (status, text) = told(start(&folder, "hard", &["--resume", "--max-bytes", "1000"]));
    assert_eq!(status, Some(2));
    assert!(text.contains("--max-bytes was `33554432` and is `1000`"), "{text}");
    folder.add("in/00007.txt", b"another page");
    let (status, text) = told(start(&folder, "hard", &["--resume"]));
    assert_eq!(status, Some(2));
    assert!(text.contains("inputs have changed") && text.contains("00007.txt"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_polite_signal_stops_between_pages_and_says_how_to_go_on() {
    for signal in ["-INT", "-TERM"] {
        let folder = many();
        assert_eq!(told(start(&folder, "calm", &[])).0, Some(0));
        let mut child = start(&folder, "hard", &[]);
        wait_for(&folder, &mut child, 1 << 17);
        let pid = child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let (status, text) = told(child);
        assert_eq!(status, Some(130), "{text}");
        assert!(text.contains("stopped after") && text.contains("--resume"), "{text}");
        assert!(text.contains("h.csv is written at the end only"), "{text}");
        // What is there is whole: the summary counts as many pages as there are lines.
        let results = fs::read_to_string(folder.file("hard/r.jsonl")).unwrap();
        assert!(results.ends_with('\n'));
        let lines = results.lines().count();
        assert!((1..MANY).contains(&lines), "{lines}");
        assert_eq!(told(start(&folder, "hard", &["--resume"])).0, Some(0));
        // The gzip files may have members cut elsewhere; what they hold is the same.
        for name in ["r.jsonl.gz", "s/clean.jsonl.gz"] {
            let read = |run: &str| gunzip(&folder.file(run).join(name));
            assert!(read("calm") == read("hard"), "{name} differs");
        }
        assert!(
            fs::read(folder.file("calm/r.jsonl")).unwrap()
                == fs::read(folder.file("hard/r.jsonl")).unwrap()
        );
    }
}
