//! `scan`, `inspect` and what all commands share.

use std::io::Read as _;
use std::process::Stdio;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::{ARTICLE, BINARY, Folder, PACK, advertised, crawlint};

fn reports(stdout: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_clean_page_is_status_0_and_silent() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let scan = crawlint().arg("scan").arg(folder.path()).assert();
    scan.code(0).stdout("").stderr(contains("1 page seen = 1 judged + 0 unreadable"));
}

#[test]
fn a_verdict_at_the_gate_is_status_1() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let gate =
        |gate: &str| crawlint().arg("scan").arg(folder.path()).args(["--fail-on", gate]).assert();
    gate("clean").code(1).stderr(contains("exit status 1"));
    gate("spam,clean").code(1);
    gate("spam").code(0);
    gate("never").code(0);
    gate("dirty").code(2).stderr(contains("no verdict `dirty`").and(contains("suspicious")));
}

#[test]
fn an_unreadable_record_is_status_2_and_wins_over_the_gate() {
    let folder = Folder::new(&[("tea.txt", ARTICLE), ("image.txt", BINARY)]);
    let scan = |args: &[&str]| crawlint().arg("scan").arg(folder.path()).args(args).assert();
    scan(&[]).code(2).stdout(contains("unreadable").and(contains("image.txt"))).stderr(
        contains("2 pages seen = 1 judged + 1 unreadable").and(contains("--allow-unreadable")),
    );
    scan(&["--fail-on", "clean"]).code(2);
    scan(&["--allow-unreadable"]).code(0);
    scan(&["--allow-unreadable", "--fail-on", "clean"]).code(1);
}

#[test]
fn an_empty_file_is_not_a_clean_page() {
    let folder = Folder::new(&[("empty.html", b"")]);
    let scan = crawlint().args(["scan", "--format", "jsonl"]).arg(folder.path()).assert().code(2);
    let report = &reports(&scan.get_output().stdout)[0];
    assert_eq!(report["verdict"], "unreadable");
    assert_eq!(report["reason"]["code"], "empty");
}

#[test]
fn a_record_over_the_limit_is_unreadable() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let scan = |size: &str| {
        crawlint().args(["scan", "-f", "jsonl", "--max-bytes", size]).arg(folder.path()).assert()
    };
    let small = scan("100").code(2);
    assert_eq!(reports(&small.get_output().stdout)[0]["reason"]["code"], "too-large");
    scan("1k").code(0);
    scan("2 parsecs").code(2).stderr(contains("500k"));
}

#[test]
fn a_path_that_does_not_exist_ends_the_run_with_a_sentence() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    crawlint()
        .args(["scan", "--allow-unreadable"])
        .arg(folder.path())
        .arg("no-such-folder")
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("`no-such-folder` does not exist"));
    crawlint().args(["inspect", "no-such-file"]).assert().code(2).stderr(contains("no-such-file"));
}

#[test]
fn a_folder_without_files_is_not_a_pass() {
    let folder = Folder::new(&[]);
    crawlint().arg("scan").arg(folder.path()).assert().code(2).stderr(contains("nothing to scan"));
}

#[test]
fn wrong_arguments_are_status_2() {
    crawlint().assert().code(2).stderr(contains("Usage"));
    crawlint().arg("scan").assert().code(2);
    crawlint().args(["scan", "--no-such-flag", "."]).assert().code(2);
    crawlint().args(["scan", "-j", "0", "."]).assert().code(2);
    crawlint().args(["scan", "-", "-"]).assert().code(2).stderr(contains("only once"));
}

#[test]
fn help_teaches_verdicts_and_statuses() {
    for argument in ["--help", "-h"] {
        crawlint().arg(argument).assert().code(0).stdout(
            contains("Exit status").and(contains("injected")).and(contains("crawlint explain")),
        );
    }
}

#[test]
fn standard_input_is_a_page_named_by_a_dash() {
    let scan = crawlint()
        .args(["scan", "-", "--format", "jsonl", "--url", "https://tea.example/green"])
        .write_stdin(ARTICLE)
        .assert()
        .code(0);
    let reports = reports(&scan.get_output().stdout);
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["source"]["path"], "-");
    assert_eq!(reports[0]["source"]["url"], "https://tea.example/green");
    assert_eq!(reports[0]["schema"], "crawlint/1");
}

#[test]
fn an_address_belongs_to_a_single_page() {
    let folder = Folder::new(&[("a.txt", ARTICLE), ("b.txt", ARTICLE)]);
    let url = ["--url", "https://tea.example/"];
    crawlint().arg("scan").arg(folder.path()).args(url).assert().code(2).stderr(contains("--url"));
    crawlint().arg("scan").arg(folder.file("a.txt")).args(url).assert().code(0);
}

/// Pages of several kinds and sizes, with findings on every third.
fn crawl() -> Folder {
    let folder = Folder::new(&[("rules/tea.toml", PACK.as_bytes())]);
    for number in 0..90 {
        let mut text = ARTICLE.repeat(1 + number % 7);
        if number % 3 == 0 {
            text.extend(format!("\nBuy zorblax teapots, offer {number}\n").bytes());
        }
        if number % 20 == 0 {
            text = BINARY.to_vec();
        }
        folder.add(&format!("pages/{}/{number}.txt", number % 4), &text);
    }
    folder
}

#[test]
fn the_output_is_the_same_for_any_number_of_jobs() {
    let folder = crawl();
    for format in ["human", "jsonl", "json"] {
        let output = |jobs: &str| {
            let scan = crawlint()
                .args(["scan", "--all", "--format", format, "--jobs", jobs, "--rules"])
                .arg(folder.file("rules"))
                .arg(folder.file("pages"))
                .assert()
                .code(2);
            scan.get_output().stdout.clone()
        };
        let one = output("1");
        assert!(one.len() > 4_000, "{format}: {}", String::from_utf8_lossy(&one));
        assert!(one == output("8"), "{format} differs between one and eight jobs");
        assert!(one == output("3"), "{format} differs between one and three jobs");
    }
}

#[test]
fn json_is_an_array_of_the_same_reports() {
    let folder = crawl();
    let output = |format: &str| {
        let scan = crawlint().args(["scan", "-f", format]).arg(folder.file("pages")).assert();
        scan.get_output().stdout.clone()
    };
    let array: Vec<Value> = serde_json::from_slice(&output("json")).unwrap();
    assert_eq!(array.len(), 90);
    assert_eq!(array, reports(&output("jsonl")));
}

#[test]
fn a_summary_counts_every_file_once() {
    let folder = crawl();
    let scan = |args: &[&str]| crawlint().arg("scan").arg(folder.file("pages")).args(args).assert();
    scan(&[]).stderr(contains("90 pages seen = 85 judged + 5 unreadable"));
    scan(&["--quiet"]).stderr("").stdout(contains("unreadable"));
}

#[test]
fn quiet_shows_no_clean_pages() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let scan =
        |args: &[&str]| crawlint().arg("scan").arg(folder.path()).args(args).assert().code(0);
    scan(&["--all"]).stdout(contains("clean").and(contains("tea.txt")));
    scan(&["--all", "--quiet"]).stdout("").stderr("");
}

#[test]
fn ignore_files_are_heeded_when_asked() {
    let folder = Folder::new(&[
        (".ignore", b"skipped.txt\n"),
        ("kept.txt", ARTICLE),
        ("skipped.txt", ARTICLE),
    ]);
    let paths = |args: &[&str]| {
        let scan = crawlint().args(["scan", "-f", "jsonl"]).args(args).arg(folder.path()).assert();
        String::from_utf8(scan.get_output().stdout.clone()).unwrap()
    };
    let all = paths(&[]);
    assert!(all.contains("kept.txt") && all.contains("skipped.txt"));
    let heeded = paths(&["--respect-ignore"]);
    assert!(heeded.contains("kept.txt") && !heeded.contains("skipped.txt"));
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = crawlint();
        command.args(["scan", "--all"]).arg(folder.path()).args(args);
        let scan = command.envs(variables.iter().copied()).assert().code(0);
        scan.get_output().stdout.contains(&0x1b)
    };
    assert!(!coloured(&[], &[]), "a pipe is no terminal");
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

/// Bytes a terminal would act on, and text that would hide or turn around.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\rzorblax teapots \u{9b}31m\u{202e}gnitseretni\u{2066}\u{200b}\u{8} end";

fn assert_harmless(output: &[u8]) {
    let text = std::str::from_utf8(output).unwrap();
    let acts = |char: &char| {
        (char.is_control() && *char != '\n')
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found: Vec<char> = text.chars().filter(acts).collect();
    assert!(found.is_empty(), "{found:?} in {text}");
}

#[test]
fn nothing_of_a_page_acts_on_the_terminal() {
    let mut page = ARTICLE.to_vec();
    page.extend(HOSTILE.bytes());
    let folder = Folder::new(&[("tea.toml", PACK.as_bytes()), ("page.txt", &page)]);
    let html =
        format!("<title>{HOSTILE}</title><a href='https://b.example/{HOSTILE}'>{HOSTILE}</a>");
    folder.add("page.html", html.as_bytes());
    for page in ["page.txt", "page.html"] {
        let run = |args: &[&str]| {
            let rules = folder.file("tea.toml");
            let run =
                crawlint().args(args).arg(folder.file(page)).arg("--rules").arg(rules).assert();
            run.get_output().clone()
        };
        let inspected = run(&["inspect", "--all"]);
        assert!(String::from_utf8_lossy(&inspected.stdout).contains("\\u{202e}"), "{page}");
        let scanned = run(&["scan", "--all"]);
        let shown = String::from_utf8_lossy(&scanned.stdout);
        assert!(shown.contains("tea/zorblax-teapots") && shown.contains('»'), "{page}: {shown}");
        for output in [inspected, scanned] {
            assert_harmless(&output.stdout);
            assert_harmless(&output.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn nothing_of_a_path_acts_on_the_terminal() {
    let folder = Folder::new(&[("a\u{1b}[31m\u{202e}b.txt", ARTICLE)]);
    let scan = crawlint().args(["scan", "--all"]).arg(folder.path()).assert().code(0);
    assert!(String::from_utf8_lossy(&scan.get_output().stdout).contains("a␛[31m\\u{202e}b.txt"));
    assert_harmless(&scan.get_output().stdout);
    let missing = crawlint().args(["scan", "\u{1b}[31mnone"]).assert().code(2);
    assert_harmless(&missing.get_output().stderr);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let folder = Folder::new(&[]);
    for number in 0..400 {
        folder.add(&format!("{}/{number}.txt", "long-folder-name-".repeat(12)), ARTICLE);
    }
    for format in ["jsonl", "json", "human"] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("crawlint"))
            .args(["scan", "--all", "--fail-on", "clean", "--no-progress", "--format", format])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_status_2() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let status = std::process::Command::new(assert_cmd::cargo::cargo_bin!("crawlint"))
        .args(["scan", "--format", "jsonl", "--quiet"])
        .arg(folder.path())
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn an_inspection_adds_up() {
    let mut page = ARTICLE.to_vec();
    page.extend(b"\nBuy zorblax teapots\n");
    let folder = Folder::new(&[("tea.toml", PACK.as_bytes()), ("page.txt", &page)]);
    let inspect = |format: &str| {
        let run = crawlint()
            .args(["inspect", "--format", format, "--rules"])
            .arg(folder.file("tea.toml"))
            .arg(folder.file("page.txt"))
            .assert()
            .code(0);
        run.get_output().stdout.clone()
    };
    let view: Value = serde_json::from_slice(&inspect("json")).unwrap();
    let steps = view["waterfall"].as_array().unwrap();
    let sum: f64 = steps.iter().map(|step| step["db"].as_f64().unwrap()).sum();
    let risk = view["report"]["risk_db"].as_f64().unwrap();
    assert!((sum - risk).abs() < 0.06, "steps add up to {sum}, the report says {risk}");
    let blocks = view["page"]["blocks"].as_array().unwrap();
    let block = blocks.iter().find(|block| block["text"].as_str().unwrap().contains("zorblax"));
    assert_eq!(block.unwrap()["line"], 9);

    let text = String::from_utf8(inspect("human")).unwrap();
    for part in ["Blocks", "Signals", "Risk", "total", "zorblax teapots"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn inspecting_what_cannot_be_judged_is_status_2() {
    let folder = Folder::new(&[("a.txt", ARTICLE), ("b.txt", BINARY)]);
    crawlint()
        .arg("inspect")
        .arg(folder.file("b.txt"))
        .assert()
        .code(2)
        .stdout(contains("unreadable"));
    crawlint().arg("inspect").arg(folder.path()).assert().code(2).stderr(contains("holds 2"));
}

#[test]
fn a_record_of_a_container_is_inspected_by_its_name_or_place() {
    let lines = "{\"id\": \"tea\", \"text\": \"Green tea from the hills.\"}\n\
                 {\"id\": \"bread\", \"text\": \"Fresh bread every morning.\"}\n\
                 {\"text\": \"No name at all.\"}\n";
    let one = "{\"id\": \"tea\", \"text\": \"Green tea from the hills.\"}\n";
    let folder = Folder::new(&[("pages.jsonl", lines.as_bytes()), ("one.jsonl", one.as_bytes())]);
    let inspect =
        |args: &[&str]| crawlint().current_dir(folder.path()).arg("inspect").args(args).assert();
    let offset = format!("@{}", lines.find('\n').unwrap() + 1);
    for name in ["bread", &offset] {
        inspect(&["pages.jsonl", "--record", name])
            .code(0)
            .stdout(contains("pages.jsonl » bread").and(contains("Fresh bread")));
    }
    inspect(&["pages.jsonl", "--record", "line 3"]).code(0).stdout(contains("No name"));
    inspect(&["one.jsonl"]).code(0).stdout(contains("one.jsonl » tea"));
    inspect(&["one.jsonl", "--input-format", "page"])
        .code(0)
        .stdout(contains("format     json").and(contains("one.jsonl »").not()));
    inspect(&["pages.jsonl"])
        .code(2)
        .stderr(contains("holds more; name one with --record").and(contains("bread\n  line 3")));
    inspect(&["pages.jsonl", "--record", "@3"]).code(2).stderr(contains("there is no @3"));
    crawlint()
        .current_dir(folder.path())
        .args(["strip", "pages.jsonl", "--record", "bread"])
        .assert()
        .code(0)
        .stdout("Fresh bread every morning.");
    crawlint()
        .args(["inspect", "-", "--record", "tea"])
        .write_stdin(lines)
        .assert()
        .code(0)
        .stdout(contains("Green tea"));
}

#[test]
fn timings_tell_stages_families_and_the_slowest_pages() {
    let folder = Folder::new(&[("a.txt", ARTICLE), ("b.txt", &advertised())]);
    let mut scan = crawlint();
    let plain = scan.current_dir(folder.path()).args(["scan", ".", "-q", "-f", "jsonl"]);
    let plain = plain.output().unwrap();
    let mut scan = crawlint();
    scan.current_dir(folder.path()).args(["scan", ".", "-q", "-f", "jsonl", "--timings"]);
    let timed = scan.output().unwrap();
    assert_eq!(timed.stdout, plain.stdout);
    let said = String::from_utf8(timed.stderr).unwrap();
    for part in ["time of 2 pages", "read", "parse", "terms", "rules", "LEX", "render", "a.txt"] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}
