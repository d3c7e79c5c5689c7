//! `tune`: weights that are planted wrong are put right, and nothing else is touched.

use std::fmt::Write as _;
use std::fs;

use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};

use crate::{ARTICLE, Folder, crawlint};

/// A rule that convicts, at 8 dB, and one that speaks too softly, at -2 dB.
fn rules(soft: f64) -> String {
    let rule = |id: &str, detector: &str, name: &str, db: f64| {
        format!(
            "[[rule]]\nid = \"tea/{id}\"\ndetector = \"{detector}\"\nsummary = \"{name}\"\n\
             why = \"They do not exist, so no good page names them.\"\n\
             guard = \"Only the whole name counts.\"\nkeywords = [\"{name}\"]\ndb = {db:.1}\n\
             bad = [\"Buy {name} today\"]\ngood = [\"Buy kettles today\"]\n\n"
        )
    };
    format!(
        "[pack]\nname = \"tea\"\nsummary = \"Finds the made-up advertisers of the tests.\"\n\n{}{}",
        rule("zorblax", "INJ-90", "zorblax teapots", 24.0),
        rule("quuxly", "INJ-91", "quuxly kettles", soft)
    )
}

struct Corpus {
    folder: Folder,
    manifest: String,
    pages: usize,
}

impl Corpus {
    /// Forty pages of spam that are found, of nine groups, too few to move the weight that finds
    /// them; and 120 clean pages, each of a group of its own.
    fn new(soft: f64) -> Self {
        let mut corpus = Self { folder: Folder::new(&[]), manifest: String::new(), pages: 0 };
        corpus.folder.add("rules/tea.toml", rules(soft).as_bytes());
        corpus.add(
            40,
            "spam",
            "Buy zorblax teapots today",
            |number| json!({"group": format!("zorblax-{}", number % 9)}),
        );
        corpus.add(120, "clean", "Buy kettles today", |_| json!({}));
        corpus
    }

    /// Adds pages that name Quuxly, which its rule finds.
    fn quuxly(mut self, pages: usize, label: &str, more: impl Fn(usize) -> Value) -> Self {
        self.add(pages, label, "Buy quuxly kettles today", more);
        self
    }

    fn add(&mut self, pages: usize, label: &str, line: &str, more: impl Fn(usize) -> Value) {
        for number in 0..pages {
            let file = format!("page-{:03}.txt", self.pages);
            self.pages += 1;
            let mut page = format!("{line}\n\n").into_bytes();
            page.extend_from_slice(ARTICLE);
            self.folder.add(&file, &page);
            let mut entry = more(number);
            entry["file"] = file.into();
            entry["label"] = label.into();
            writeln!(self.manifest, "{entry}").unwrap();
        }
        self.folder.add("manifest.jsonl", self.manifest.as_bytes());
    }

    fn tune(&self, args: &[&str]) -> Assert {
        crawlint()
            .current_dir(self.folder.path())
            .args(["tune", ".", "--no-default-rules", "--rules", "rules"])
            .args(args)
            .assert()
    }

    /// The verdict on the last page under a settings file.
    fn verdict(&self, settings: &str) -> String {
        let file = format!("page-{:03}.txt", self.pages - 1);
        let run = crawlint()
            .current_dir(self.folder.path())
            .args(["scan", &file, "--no-default-rules", "--rules", "rules", "-f", "json"])
            .args(["--fail-on", "never", "--config", settings])
            .assert()
            .code(0);
        let results: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
        results[0]["verdict"].as_str().unwrap().to_owned()
    }

    fn weight(&self, file: &str) -> f64 {
        let text = fs::read_to_string(self.folder.path().join(file)).unwrap();
        let settings = crawlint::settings::SettingsFile::read(file, &text).unwrap().settings;
        assert_eq!(settings.rules.len(), 1, "{text}");
        settings.rules["tea/quuxly"].factor()
    }
}

fn said(run: &Assert) -> String {
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

#[test]
fn a_weight_that_is_too_low_is_raised() {
    let corpus = Corpus::new(14.0).quuxly(40, "spam", |_| json!({}));
    corpus.folder.add("none.toml", b"");
    assert_eq!(corpus.verdict("none.toml"), "clean");
    let run = corpus.tune(&["-o", "overrides.toml"]).code(0);
    let told = said(&run);
    for part in ["40 of 80, 50.0 %", "80 of 80, 100.0 %", "0 of 120, 0.0 % (0.0–3.1)"] {
        assert!(told.contains(part), "no “{part}” in\n{told}");
    }
    assert!(told.contains("recall +50.0 ± ") && told.contains("the weights help"), "{told}");
    assert!((1.15..2.0).contains(&corpus.weight("overrides.toml")));
    assert_eq!(corpus.verdict("overrides.toml"), "suspicious");
}

#[test]
fn the_same_pages_give_the_same_file() {
    let corpus = Corpus::new(14.0).quuxly(40, "spam", |_| json!({}));
    corpus.tune(&["-j", "1", "-o", "one.toml"]).code(0);
    let four = corpus.tune(&["-j", "4"]).code(0).stderr(contains("the weights help"));
    let one = fs::read_to_string(corpus.folder.path().join("one.toml")).unwrap();
    // Without a file the weights alone go to standard output.
    assert_eq!(said(&four), one);
    corpus.tune(&["--dry-run", "-o", "two.toml"]).code(0).stdout(contains("the weights help"));
    assert!(!corpus.folder.path().join("two.toml").exists());
}

#[test]
fn too_few_examples_change_nothing() {
    let corpus = Corpus::new(14.0).quuxly(9, "spam", |_| json!({}));
    corpus.folder.add("overrides.toml", b"# mine\n");
    corpus
        .tune(&["-o", "overrides.toml", "--min-examples", "41"])
        .code(1)
        .stdout(contains("no rule counts on bad pages of 41 groups"));
    corpus.tune(&["-o", "overrides.toml"]).code(1).stdout(contains("bad pages of 10 groups"));
    let kept = fs::read_to_string(corpus.folder.path().join("overrides.toml")).unwrap();
    assert_eq!(kept, "# mine\n");
    corpus.tune(&["--folds", "20", "--part", "aside"]).code(1).stderr(contains("too few for 20"));
}

#[test]
fn pages_of_one_host_or_group_are_one_witness() {
    let host = |number: usize| json!({"url": format!("https://shop.example/{number}"), "group": number.to_string()});
    for more in [host as fn(usize) -> Value, |_| json!({"group": "shop"})] {
        let corpus = Corpus::new(14.0).quuxly(40, "spam", more);
        let told = said(&corpus.tune(&["--dry-run"]).code(1));
        assert!(told.contains("80 bad (of 10 groups)"), "{told}");
        assert!(!told.contains("tea/quuxly"), "{told}");
    }
    let hosts = |number: usize| json!({"url": format!("https://shop-{number}.example/"), "origin": format!("{number}:x")});
    Corpus::new(14.0).quuxly(40, "spam", hosts).tune(&["--dry-run"]).code(0);
}

#[test]
fn a_gain_that_costs_clean_pages_is_refused() {
    let corpus =
        Corpus::new(14.0).quuxly(6, "clean", |_| json!({})).quuxly(40, "spam", |_| json!({}));
    let told = said(&corpus.tune(&["-o", "overrides.toml"]).code(1));
    assert!(told.contains("6 of 126 clean ones would be raised instead of 0"), "{told}");
    assert!(!corpus.folder.path().join("overrides.toml").exists());
}

#[test]
fn noise_is_refused() {
    // Found on a fifth of the bad and of the clean pages that nothing else tells apart.
    let mut corpus =
        Corpus::new(3.0).quuxly(40, "clean", |_| json!({})).quuxly(10, "spam", |_| json!({}));
    corpus.add(30, "spam", "Buy kettles today", |_| json!({}));
    corpus
        .tune(&[])
        .code(1)
        .stdout(predicate::str::is_empty())
        .stderr(contains("the weights are not worth writing"));
}

#[test]
fn weights_are_on_top_of_those_in_force() {
    let corpus = Corpus::new(28.0).quuxly(40, "spam", |_| json!({}));
    corpus.folder.add("crawlint.toml", b"[rules]\n\"tea/quuxly\" = 0.5\n");
    corpus.tune(&["-o", "overrides.toml"]).code(0);
    assert!((0.55..1.0).contains(&corpus.weight("overrides.toml")));
    let text = fs::read_to_string(corpus.folder.path().join("overrides.toml")).unwrap();
    assert!(text.contains("was 0.5, in folds"), "{text}");
}

#[test]
fn faults_end_the_run() {
    let corpus = Corpus::new(14.0).quuxly(40, "spam", |_| json!({}));
    corpus.tune(&["-o", "no/such/folder.toml"]).code(2).stderr(contains("cannot write"));
    corpus.tune(&["--folds", "1"]).code(2);
    corpus.tune(&["--min-examples", "0"]).code(2);
    fs::remove_file(corpus.folder.path().join("page-003.txt")).unwrap();
    corpus.tune(&[]).code(2).stderr(contains("1 of 200 pages cannot be read, the first page-003"));
    let empty = Folder::new(&[("manifest.jsonl", b"{\"file\": \"a\", \"label\": \"junk\"}\n")]);
    let run = |folder: &Folder| crawlint().arg("tune").arg(folder.path()).assert();
    run(&empty).code(2).stderr(contains("no page labelled"));
    run(&Folder::new(&[])).code(2).stderr(contains("manifest.jsonl"));
}
