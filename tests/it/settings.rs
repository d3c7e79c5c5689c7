//! `crawlint.toml`: where it is found, what it changes, how it is shown and begun.

use crawlint::Scanner;
use crawlint::settings::SettingsFile;
use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::contains;
use serde_json::Value;

use crate::{ARTICLE, Folder, PACK, advertised, crawlint};

/// Pages with a rule of their own, and settings.
fn site(settings: &str) -> Folder {
    Folder::new(&[
        ("site/crawlint.toml", format!("packs = [\"tea.toml\"]\n{settings}").as_bytes()),
        ("site/tea.toml", PACK.as_bytes()),
        ("site/pages/good.txt", ARTICLE),
        ("site/pages/forum/bad.txt", &advertised()),
    ])
}

/// The report of the bad page, of a scan in a folder of the site.
fn scan(folder: &Folder, below: &str, path: &str) -> Value {
    let mut scan = crawlint();
    scan.current_dir(folder.file("site").join(below)).args(["scan", path, "-f", "json", "-q"]);
    let output = scan.output().unwrap();
    let reports: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let reports = reports.as_array().unwrap();
    let bad = |report: &&Value| report["source"]["path"].as_str().unwrap().contains("bad");
    reports.iter().find(bad).unwrap().clone()
}

#[test]
fn the_nearest_file_upward_counts_and_flags_win() {
    let folder = site("[gate]\nfail_on = [\"damaged\"]\n");
    for below in ["", "pages", "pages/forum"] {
        let mut scan = crawlint();
        scan.current_dir(folder.file("site").join(below)).args(["scan", "."]).assert().code(1);
    }
    let run = |args: &[&str]| {
        let mut scan = crawlint();
        scan.current_dir(folder.file("site/pages")).args(["scan", "."]).args(args).assert()
    };
    run(&["--fail-on", "spam"]).code(0).stdout(contains("damaged"));
    run(&["--no-config"]).code(0).stdout(contains("damaged").not());
    folder.add("site/pages/crawlint.toml", b"# nothing\n");
    run(&[]).code(0).stdout(contains("damaged").not());
}

#[test]
fn rules_are_switched_off_and_weighed() {
    assert_eq!(scan(&site(""), "", ".")["damage"], 60);
    for off in ["\"tea/zorblax-teapots\" = \"off\"", "\"tea/\" = 0", "LEX = \"off\""] {
        let report = scan(&site(&format!("[rules]\n{off}\n")), "", ".");
        assert_eq!(
            (&report["verdict"], &report["findings"]),
            (&"clean".into(), &Value::Array(vec![]))
        );
    }
    let half = scan(&site("[rules]\nLEX = \"off\"\n\"tea/\" = 0.5\n"), "", ".");
    assert_eq!((&half["damage"], &half["verdict"]), (&30.into(), &"clean".into()));
}

#[test]
fn thresholds_move_verdicts() {
    let report = scan(&site("[thresholds]\ndamaged = 61\n"), "", ".");
    assert_eq!((&report["damage"], &report["verdict"]), (&60.into(), &"clean".into()));
    let report = scan(&site("[thresholds]\nsuspicious = -15\nconvicted = 20\n"), "", ".");
    assert_eq!(report["verdict"], "suspicious", "{report}");
}

#[test]
fn another_language_is_a_label_and_no_offence() {
    let labels = |settings: &str| scan(&site(settings), "", ".")["labels"].to_string();
    assert_eq!(labels("languages = [\"zh\", \"de\"]\n"), "[\"unexpected_language\"]");
    assert_eq!(labels("languages = [\"en\"]\n"), "[]");
    assert_eq!(scan(&site("languages = [\"zh\"]\n"), "", ".")["verdict"], "damaged");
}

#[test]
fn overrides_hold_for_their_paths_wherever_the_scan_starts() {
    let folder = site("[[override]]\npaths = [\"pages/forum/**\"]\nrules = { LEX = \"off\" }\n");
    for (below, path) in [
        ("", "."),
        ("", "pages"),
        ("pages", "."),
        ("pages/forum", "bad.txt"),
        ("pages/forum", ".."),
    ] {
        assert_eq!(scan(&folder, below, path)["verdict"], "clean", "{below} {path}");
    }
    folder.add("site/pages/bad.txt", &advertised());
    assert_eq!(scan(&folder, "", "pages/bad.txt")["verdict"], "damaged");
}

#[test]
fn accepted_findings_stay_in_the_results_and_do_not_count() {
    let all = scan(&site(""), "", ".");
    let finding = &all["findings"][0];
    assert!(finding.get("suppressed").is_none() && finding.get("baseline_state").is_none());
    let fingerprint = finding["fingerprint"].as_str().unwrap();
    let entry =
        |keys: &str| format!("[[allow]]\nrule = \"tea/\"\nreason = \"we sell tea\"\n{keys}\n");
    for keys in [
        "paths = [\"forum/*\"]".to_owned(),
        format!("fingerprint = \"{fingerprint}\""),
        "paths = [\"forum/*\"]\nexpires = 2999-01-01".to_owned(),
    ] {
        let report = scan(&site(&entry(&keys)), "", ".");
        assert_eq!(report["verdict"], "clean", "{keys}");
        assert_eq!(report["damage"], 0);
        let finding = &report["findings"][0];
        assert_eq!(finding["suppressed"]["by"], "allow");
        assert_eq!(finding["suppressed"]["reason"], "we sell tea");
        assert_eq!((&finding["db"], finding.get("damage")), (&0.0.into(), None));
    }
    for keys in [
        "paths = [\"blog/*\"]",
        "hosts = [\"tea.example\"]",
        "fingerprint = \"00000000000000000000000000000000\"",
        "paths = [\"forum/*\"]\nexpires = 2020-01-01",
    ] {
        assert_eq!(scan(&site(&entry(keys)), "", ".")["verdict"], "damaged", "{keys}");
    }
}

#[test]
fn hosts_are_accepted_with_those_below_them() {
    let folder = site("[[allow]]\nrule = \"LEX\"\nhosts = [\"Tea.example\"]\nreason = \"ours\"\n");
    let verdict = |url: &str| {
        let mut scan = crawlint();
        scan.current_dir(folder.file("site")).args(["scan", "pages/forum/bad.txt", "-f", "jsonl"]);
        let output = scan.args(["--url", url]).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("https://tea.example/a"), "clean");
    assert_eq!(verdict("https://shop.TEA.example/a"), "clean");
    assert_eq!(verdict("https://nottea.example/a"), "damaged");
}

#[test]
fn expired_and_unused_entries_are_told() {
    let folder = site(
        "[[allow]]\nrule = \"tea/\"\npaths = [\"forum/*\"]\nreason = \"a\"\n\
        [[allow]]\nrule = \"tea/\"\npaths = [\"forum/*\"]\nreason = \"b\"\nexpires = 2020-01-01\n\
        [[allow]]\nrule = \"tea/\"\npaths = [\"blog/*\"]\nreason = \"c\"\n",
    );
    let mut scan = crawlint();
    scan.current_dir(folder.file("site")).args(["scan", "pages", "--summary", "s.jsonl"]);
    scan.assert()
        .stderr(contains("findings suppressed: allow 1"))
        .stderr(contains("crawlint.toml:6: allow tea/ expired on 2020-01-01"))
        .stderr(contains("crawlint.toml:11: allow tea/ matched no finding"))
        .stderr(contains("crawlint.toml:2:").not());
    let summary = std::fs::read_to_string(folder.file("site/s.jsonl")).unwrap();
    let total: Value = serde_json::from_str(summary.lines().last().unwrap()).unwrap();
    let states: Vec<&str> =
        total["allow"].as_array().unwrap().iter().map(|e| e["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["used", "expired", "unused"]);
    assert_eq!(total["suppressed"]["allow"], 1);
}

#[test]
fn comments_in_pages_are_heeded_only_where_asked_for() {
    let folder = site("");
    let mut page = advertised();
    page.extend(b"<!-- crawlint:allow tea/ we sell tea -->\n<!-- crawlint:allow te/ typo -->\n");
    folder.add("site/pages/forum/bad.txt", &page);
    assert_eq!(scan(&folder, "", ".")["verdict"], "damaged");
    let mut scan = crawlint();
    scan.current_dir(folder.file("site")).args(["scan", "pages/forum", "-f", "jsonl"]);
    let output = scan.arg("--trust-inline").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let suppressed = &report["findings"][0]["suppressed"];
    assert_eq!(
        (&suppressed["by"], &suppressed["reason"]),
        (&"inline".into(), &"we sell tea".into())
    );
    assert_eq!(report["verdict"], "clean");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("comments allow te/, but no rule is called that"), "{said}");
    assert!(!said.contains("allow tea/"), "{said}");
}

#[test]
fn faults_end_the_run_with_their_place() {
    for (settings, said) in [
        ("[gate]\nfail_onn = []\n", "crawlint.toml:3:1"),
        ("[gate]\nfail_onn = []\n", "did you mean `fail_on`?"),
        ("[limits]\nmax_bytes = \"3 parsecs\"\n", "crawlint.toml:3:1"),
        ("[limits]\njobs = 0\n", "from 1 to 1024"),
        ("[rules]\n\"tea/zorblax-teapot\" = \"off\"\n", "did you mean `tea/zorblax-teapots`?"),
        ("[gate]\nbaseline = \"none.json\"\n", "--write-baseline makes one"),
    ] {
        let folder = site(settings);
        let mut scan = crawlint();
        scan.current_dir(folder.file("site")).args(["scan", "pages"]);
        scan.assert().code(2).stderr(contains(said));
    }
}

#[test]
fn config_show_tells_the_origin_of_every_value() {
    let folder = site("languages = [\"en\"]\n[policy]\nloan = \"spam\"\n[rules]\n\"tea/\" = 0.5\n");
    let mut show = crawlint();
    show.current_dir(folder.file("site/pages")).args(["config", "show", "--fail-on", "junk"]);
    let shown = show.assert().code(0);
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    for line in [
        "packs = [\"../tea.toml\"]  # ../crawlint.toml:1",
        "languages = [\"en\"]  # ../crawlint.toml:2",
        "loan = \"spam\"  # ../crawlint.toml:4",
        "gambling = \"label\"  # default",
        "\"tea/\" = 0.5  # ../crawlint.toml:6",
        "fail_on = [\"junk\"]  # --fail-on",
        "max_bytes = 33554432  # default",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    // What is shown is a settings file itself.
    SettingsFile::read("shown", &shown).unwrap();
}

#[test]
fn init_writes_a_file_that_is_right_and_never_twice() {
    let folder = Folder::new(&[]);
    let init = || {
        let mut init = crawlint();
        init.arg("init").arg(folder.path()).assert()
    };
    init().code(0);
    let text = std::fs::read_to_string(folder.file("crawlint.toml")).unwrap();
    assert!(text.starts_with("#:schema ./crawlint.schema.json\n"), "{text}");
    assert!(folder.file("crawlint.schema.json").is_file());
    init().code(2).stderr(contains("is there already"));
    assert_eq!(std::fs::read_to_string(folder.file("crawlint.toml")).unwrap(), text);
    // What stands in comments can be used as it is.
    let used: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with([' ', ':']) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(used.lines().filter(|line| !line.starts_with('#')).count() > 25, "{used}");
    for text in [&text, &used] {
        let file = SettingsFile::read("crawlint.toml", text).unwrap();
        Scanner::builder().settings(file).build().unwrap();
    }
}

#[test]
fn settings_keep_to_their_schema() {
    let schema = serde_json::to_value(crawlint::settings::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let right = serde_json::json!({
        "policy": { "loan": "spam" }, "rules": { "LEX": "off", "LNK": 0.5 },
        "limits": { "max_bytes": "32MiB" }, "override": [{ "paths": ["a"] }],
    });
    assert!(validator.is_valid(&right));
    for wrong in [
        serde_json::json!({ "polisy": {} }),
        serde_json::json!({ "rules": { "LEX": "of" } }),
        serde_json::json!({ "gate": { "fail_on": ["span"] } }),
        serde_json::json!({ "allow": [{ "rule": "LEX" }] }),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}
