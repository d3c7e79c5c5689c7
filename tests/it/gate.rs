//! Baselines, changed files, and what ships for CI.

use std::path::Path;
use std::process::Command;

use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::contains;
use serde_json::Value;

use crate::{ARTICLE, Folder, PACK, advertised, crawlint};

fn site() -> Folder {
    Folder::new(&[
        ("crawlint.toml", b"packs = [\"tea.toml\"]\n[gate]\nfail_on = [\"damaged\"]\n"),
        ("tea.toml", PACK.as_bytes()),
        ("pages/a.txt", &advertised()),
        ("pages/b.txt", ARTICLE),
    ])
}

fn scan(folder: &Folder, args: &[&str]) -> assert_cmd::assert::Assert {
    let mut scan = crawlint();
    scan.current_dir(folder.path()).args(["scan", "pages"]).args(args).assert()
}

#[test]
fn only_new_trouble_trips_the_gate() {
    let folder = site();
    scan(&folder, &[]).code(1);
    scan(&folder, &["--write-baseline", "known.json"])
        .code(0)
        .stderr(contains("baseline written to `known.json`: 1 finding"));
    scan(&folder, &["--baseline", "known.json"])
        .code(0)
        .stderr(contains("findings suppressed: baseline 1"))
        .stderr(contains("0 findings not in the baseline"));

    // Moved lines, another case and white space, a renamed file.
    let text = String::from_utf8(advertised()).unwrap();
    let moved = text.replace("zorblax teapots", "Zorblax  TEAPOTS");
    folder.add("pages/renamed.txt", format!("Tea\n\n\n{moved}").as_bytes());
    std::fs::remove_file(folder.file("pages/a.txt")).unwrap();
    let seen = scan(&folder, &["--baseline", "known.json", "-f", "jsonl"]).code(0);
    let seen = String::from_utf8(seen.get_output().stdout.clone()).unwrap();
    let report = seen.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let report = report.into_iter().find(|r| r["source"]["path"] == "pages/renamed.txt").unwrap();
    assert_eq!(report["findings"][0]["baseline_state"], "unchanged");
    assert_eq!(report["findings"][0]["suppressed"]["by"], "baseline");

    // A finding of another rule is new.
    let other = PACK.replace("teapots", "kettles").replace("\"tea", "\"kettle");
    folder.add("kettle.toml", other.as_bytes());
    folder.add("pages/c.txt", &[ARTICLE, b"\nBuy zorblax kettles\n"].concat());
    scan(&folder, &["--baseline", "known.json", "--rules", "kettle.toml"])
        .code(1)
        .stderr(contains("1 finding not in the baseline"));
}

#[test]
fn a_baseline_is_the_same_whatever_the_order_and_number_of_threads() {
    let folder = site();
    folder.add("pages/c.txt", &advertised());
    folder.add("pages/d.html", b"<title>404 Not Found</title><h1>Not found</h1>");
    let write = |args: &[&str]| {
        scan(&folder, &[&["--write-baseline", "known.json"], args].concat());
        std::fs::read_to_string(folder.file("known.json")).unwrap()
    };
    let one = write(&["-j", "1"]);
    assert_eq!(one, write(&["-j", "4", "pages/d.html"]));
    let json: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(json["schema"], "crawlint-baseline/1");
    assert!(json["findings"].as_array().unwrap().len() >= 2, "{one}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap()).collect();
    assert_eq!(left.len(), 4, "a file was left beside: {left:?}");
}

#[test]
fn a_finding_about_a_whole_page_is_not_known_on_another() {
    let folder = site();
    folder.add("pages/x.html", b"<title>404 Not Found</title><p>The tea page was not found.");
    scan(&folder, &["--write-baseline", "known.json", "--no-config"]).code(0);
    folder.add("pages/y.html", b"<title>404 Not Found</title><p>The kettle page is gone for good.");
    let seen = scan(&folder, &["--baseline", "known.json", "--no-config", "-f", "jsonl"]);
    let seen = String::from_utf8(seen.get_output().stdout.clone()).unwrap();
    let verdict = |name: &str| {
        let line = seen.lines().find(|line| line.contains(name)).unwrap();
        serde_json::from_str::<Value>(line).unwrap()["verdict"].clone()
    };
    assert_eq!(verdict("x.html"), "clean");
    assert!(seen.contains("\"baseline_state\":\"unchanged\""));
}

#[test]
fn fixed_findings_are_stale_and_pruned_on_request() {
    let folder = site();
    scan(&folder, &["--write-baseline", "known.json"]).code(0);
    folder.add("pages/a.txt", ARTICLE);
    let before = std::fs::read_to_string(folder.file("known.json")).unwrap();
    scan(&folder, &["--baseline", "known.json", "--summary", "s.jsonl"])
        .code(0)
        .stderr(contains("stale: 1 finding").and(contains("tea/zorblax-teapots")));
    assert_eq!(std::fs::read_to_string(folder.file("known.json")).unwrap(), before);
    let total = std::fs::read_to_string(folder.file("s.jsonl")).unwrap();
    assert!(total.contains("\"stale\":[{\"rule\":\"tea/zorblax-teapots\""), "{total}");

    folder.add("pages/binary.txt", crate::BINARY);
    let prune = ["--baseline", "known.json", "--prune-baseline"];
    scan(&folder, &prune).code(2).stderr(contains("baseline not pruned"));
    assert_eq!(std::fs::read_to_string(folder.file("known.json")).unwrap(), before);
    std::fs::remove_file(folder.file("pages/binary.txt")).unwrap();
    scan(&folder, &prune).code(0).stderr(contains("1 stale finding dropped"));
    scan(&folder, &prune).code(0).stderr(contains("stale: ").not());
    scan(&folder, &["--prune-baseline"]).code(2).stderr(contains("give it with --baseline"));
    folder.add("known.json", b"{}");
    scan(&folder, &["--baseline", "known.json"]).code(2).stderr(contains("no baseline"));
}

/// Runs git in a folder, away from the settings of the user.
fn git(folder: &Path, args: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@t.example"]).args(args);
    let output = git.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn only_changed_files_are_scanned() {
    let folder = site();
    let root = folder.path();
    for name in ["same", "edited", "old-name", "gone", "staged"] {
        folder.add(&format!("pages/{name}.txt"), ARTICLE);
    }
    folder.add(".gitignore", b"ignored.txt\n");
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "first"]);
    git(root, &["checkout", "-q", "-b", "branch"]);
    folder.add("pages/committed.txt", ARTICLE);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "second"]);
    // The other branch goes on: what it changes is none of ours.
    git(root, &["checkout", "-q", "main"]);
    folder.add("pages/same.txt", b"other\n");
    git(root, &["commit", "-q", "-a", "-m", "third"]);
    git(root, &["checkout", "-q", "branch"]);
    folder.add("pages/edited.txt", &advertised());
    folder.add("pages/staged.txt", &advertised());
    git(root, &["add", "pages/staged.txt"]);
    git(root, &["mv", "pages/old-name.txt", "pages/new \u{e9}name.txt"]);
    git(root, &["rm", "-q", "pages/gone.txt"]);
    folder.add("pages/untracked.txt", ARTICLE);
    folder.add("pages/ignored.txt", ARTICLE);

    let changed = |below: &str, args: &[&str]| {
        let mut scan = crawlint();
        scan.current_dir(root.join(below)).args(["scan", "-f", "jsonl", "--changed-since", "main"]);
        let output = scan.args(args).output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let paths = lines.lines().map(|line| {
            let report: Value = serde_json::from_str(line).unwrap();
            report["source"]["path"].as_str().unwrap().to_owned()
        });
        paths.collect::<Vec<_>>()
    };
    let names = ["committed", "edited", "new \u{e9}name", "staged", "untracked"];
    assert_eq!(changed("", &["pages"]), names.map(|name| format!("pages/{name}.txt")));
    assert_eq!(changed("pages", &[]), names.map(|name| format!("{name}.txt")));
    assert_eq!(changed("", &["pages/edited.txt", "pages/same.txt"]), ["pages/edited.txt"]);

    git(root, &["stash", "-q", "-u"]);
    scan(&folder, &["--changed-since", "HEAD"]).code(0).stderr(contains("0 pages seen"));
    scan(&folder, &["--changed-since", "--output=x"]).code(2);
    scan(&folder, &["--changed-since", "nowhere"])
        .code(2)
        .stderr(contains("git knows no revision `nowhere`"));
    assert!(!folder.file("x").exists());
    let bare = site();
    let mut scan = crawlint();
    scan.current_dir(bare.path()).env("GIT_CEILING_DIRECTORIES", bare.path().parent().unwrap());
    scan.args(["scan", "--changed-since", "HEAD"]);
    scan.assert().code(2).stderr(contains("this is no work tree"));
}

/// The script of a step of the action.
fn step(name: &str) -> String {
    let action = std::fs::read_to_string(format!("{}/action.yml", env!("CARGO_MANIFEST_DIR")));
    let action = action.unwrap();
    let (_, step) = action.split_once(&format!("- name: {name}\n")).unwrap();
    let (_, script) = step.split_once("run: |\n").unwrap();
    let lines = script.lines().take_while(|line| line.is_empty() || line.starts_with("        "));
    lines.map(|line| line.get(8..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_steps_of_the_action_run() {
    let folder = site();
    let bin = Path::new(assert_cmd::cargo::cargo_bin!("crawlint")).parent().unwrap().to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let run = |name: &str, inputs: &[(&str, &str)]| {
        let mut bash = Command::new("bash");
        bash.current_dir(folder.path()).args(["--noprofile", "--norc", "-eo", "pipefail", "-c"]);
        bash.arg(step(name)).env("PATH", &path);
        for input in ["PATHS", "ARGS", "FAIL_ON", "CONFIG", "BASELINE", "CHANGED_SINCE", "SARIF"] {
            bash.env(format!("INPUT_{input}"), "");
        }
        bash.env("GITHUB_STEP_SUMMARY", folder.file("summary.md")).envs(inputs.iter().copied());
        let output = bash.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let log = |name: &str, inputs: &[(&str, &str)]| run(name, inputs).1;
    let run = |name: &str, inputs: &[(&str, &str)]| run(name, inputs).0;
    assert_eq!(run("Build crawlint", &[]), Some(0));
    assert_eq!(run("Scan", &[("INPUT_PATHS", "pages"), ("INPUT_SARIF", "found.sarif")]), Some(1));
    let summary = std::fs::read_to_string(folder.file("summary.md")).unwrap();
    assert!(summary.contains("damaged") && summary.contains("pages/"), "{summary}");
    let sarif = std::fs::read(folder.file("found.sarif")).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&sarif).unwrap()["version"], "2.1.0");
    let log = log("Scan", &[("INPUT_PATHS", "pages"), ("INPUT_FAIL_ON", "damaged")]);
    assert!(log.starts_with("::error file=pages/"), "{log}");
    // What the command says for people is no command to the runner.
    let (_, said) = log.split_once("::stop-commands::").unwrap();
    let (token, said) = said.split_once('\n').unwrap();
    assert!(said.contains("pages seen") && said.ends_with(&format!("::{token}::\n")), "{log}");
    let passes = [("INPUT_PATHS", "pages/b.txt\npages/a.txt\n"), ("INPUT_FAIL_ON", "spam")];
    assert_eq!(run("Scan", &passes), Some(0));
    assert_eq!(run("Scan", &[("INPUT_PATHS", "none"), ("INPUT_ARGS", "-j\n2")]), Some(2));
    // Inputs are data, not script.
    assert_eq!(run("Scan", &[("INPUT_PATHS", "$(touch hacked)")]), Some(2));
    assert!(!folder.file("hacked").exists());
}

#[test]
fn the_hook_calls_what_there_is() {
    let hooks = format!("{}/.pre-commit-hooks.yaml", env!("CARGO_MANIFEST_DIR"));
    let hooks = std::fs::read_to_string(hooks).unwrap();
    let entry = hooks.lines().find_map(|line| line.trim().strip_prefix("entry: crawlint "));
    let folder = site();
    let mut hook = crawlint();
    hook.current_dir(folder.path()).args(entry.unwrap().split(' '));
    hook.args(["pages/a.txt", "pages/b.txt"]).assert().code(1);
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = crawlint().args(["completions", shell]).assert().code(0);
        let script = String::from_utf8(script.get_output().stdout.clone()).unwrap();
        for word in ["inspect", "write-baseline", "config"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let folder = Folder::new(&[]);
    crawlint().arg("man").arg(folder.file("man/man1")).assert().code(0);
    let page = std::fs::read_to_string(folder.file("man/man1/crawlint-scan.1")).unwrap();
    assert!(page.contains("write\\-baseline"), "{page}");
    for name in ["crawlint", "crawlint-config-show", "crawlint-rules-check"] {
        assert!(folder.file(&format!("man/man1/{name}.1")).is_file(), "{name}");
    }
}
