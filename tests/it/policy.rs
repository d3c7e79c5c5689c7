//! Policies by topic, quality signals and profiles, through the command and the library.

use crawlint::report::Verdict;
use crawlint::score::Policy;
use crawlint::{Origin, Scanner};
use predicates::str::contains;
use serde_json::Value;

use crate::{ARTICLE, Folder, crawlint};

/// A page of nothing but words on its topic.
const CASINO: &str = "Guide to online casino bonus offers\n\n\
    Every online casino gives a casino bonus to new players, often with free spins. We compare \
    slot games, live casino tables, sports betting odds and the no deposit bonus of each site.\n\n\
    Online slots pay out more often than roulette, and a good sportsbook shows its betting odds. \
    Read the wagering terms of a deposit bonus before you take free spins at a casino.\n";

fn scan(policy: Option<Policy>, page: &[u8]) -> crawlint::report::Report {
    let mut builder = Scanner::builder();
    if let Some(policy) = policy {
        builder = builder.policy("gambling", policy);
    }
    builder.build().unwrap().scan(page, &Origin::path("page.txt"))
}

#[test]
fn a_policy_decides_about_pages_on_its_topic() {
    let label = "policy:gambling".to_owned();
    let plain = scan(None, CASINO.as_bytes());
    assert!(plain.topics.contains(&"gambling".to_owned()), "{plain:?}");
    assert!(plain.risk_db < 7.0 && !plain.labels.contains(&label), "{plain:?}");
    assert_eq!(scan(Some(Policy::Label), CASINO.as_bytes()), plain);

    let ignored = scan(Some(Policy::Ignore), CASINO.as_bytes());
    assert_eq!(ignored.verdict, Verdict::Clean);
    assert!(ignored.topics.is_empty() && ignored.labels.is_empty(), "{ignored:?}");

    let suspicious = scan(Some(Policy::Suspicious), CASINO.as_bytes());
    assert_eq!(suspicious.verdict, Verdict::Suspicious);
    assert!(suspicious.risk_db >= 0.0 && suspicious.labels.contains(&label));

    let spam = scan(Some(Policy::Spam), CASINO.as_bytes());
    assert_eq!((spam.verdict, spam.risk_db), (Verdict::Spam, 7.0));
    assert!(spam.labels.contains(&label));

    // Other pages are left alone.
    for policy in Policy::ALL {
        assert_eq!(scan(Some(policy), ARTICLE), scan(None, ARTICLE));
    }
}

#[test]
fn the_policy_is_a_line_of_the_waterfall() {
    let scanner = Scanner::builder().policy("gambling", Policy::Spam).build().unwrap();
    let inspection = scanner.inspect(CASINO.as_bytes(), &Origin::path("page.txt"));
    let line = inspection.waterfall.iter().find(|step| step.label == "policy").unwrap();
    assert!(line.db > 0.0 && line.detail.contains("gambling"), "{line:?}");
    let sum: f64 = inspection.waterfall.iter().map(|step| step.db).sum();
    assert!((sum - inspection.report.risk_db).abs() < 0.05, "{sum}");
}

#[test]
fn a_settings_file_sets_policies_and_its_faults_end_the_run() {
    let folder = Folder::new(&[
        ("pages/casino.txt", CASINO.as_bytes()),
        ("right.toml", b"[policy]\ngambling = \"spam\"\n"),
        ("wrong.toml", b"[policy]\ngamblin = \"spam\"\n"),
    ]);
    let scan = |config: &str| {
        let mut scan = crawlint();
        scan.arg("scan").arg(folder.file("pages")).arg("--config").arg(folder.file(config));
        scan.assert()
    };
    scan("right.toml").code(1).stdout(contains("spam"));
    scan("wrong.toml").code(2).stderr(contains("did you mean `gambling`?"));
    scan("none.toml").code(2).stderr(contains("cannot read the settings"));
}

#[test]
fn signals_and_profiles_stand_at_the_end_where_asked_for() {
    let scan = |args: &[&str]| -> String {
        let mut scan = crawlint();
        let run = scan.args(["scan", "-", "-f", "jsonl"]).args(args).write_stdin(ARTICLE);
        String::from_utf8(run.assert().code(0).get_output().stdout.clone()).unwrap()
    };
    let plain: Value = serde_json::from_str(&scan(&[])).unwrap();
    assert!(plain.get("signals").is_none() && plain.get("profile").is_none());

    let line = scan(&["--signals", "--profile", "gopher"]);
    let report: Value = serde_json::from_str(&line).unwrap();
    assert!(report["signals"]["rps_doc_word_count"].as_f64().unwrap() > 50.0);
    assert_eq!(report["profile"]["name"], "gopher");
    assert_eq!(report["profile"]["keep"], report["profile"].get("reason").is_none());
    assert!(line.find("\"findings\"").unwrap() < line.find("\"signals\"").unwrap());
    // They change nothing else.
    for (key, value) in plain.as_object().unwrap() {
        assert_eq!(&report[key], value, "{key}");
    }
    crawlint().args(["scan", "-", "--signals"]).assert().code(2).stderr(contains("--format"));
    crawlint().args(["scan", "-", "--profile", "c5"]).assert().code(2).stderr(contains("fineweb"));
}
