//! `explain`, `rules list`, `rules check` and `--rules`.

use predicates::prelude::*;
use predicates::str::contains;

use crate::{ARTICLE, Folder, PACK, crawlint};

/// Fails when a pattern changed and the file did not; `UPDATE=1 cargo test literals` writes it.
#[test]
fn known_literals_are_those_of_the_patterns() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/literals.json");
    let fresh = crawlint::rules::literals_of_builtin_patterns();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed.replace("\r\n", "\n") == fresh,
        "src/rules/literals.json is out of date: run `UPDATE=1 cargo test literals`"
    );
}

#[test]
fn explain_shows_what_a_rule_says_of_itself() {
    let folder = Folder::new(&[("tea.toml", PACK.as_bytes())]);
    let explain = |asked: &str| {
        crawlint().args(["explain", asked, "--rules"]).arg(folder.file("tea.toml")).assert()
    };
    explain("tea/zorblax-teapots").code(0).stdout(
        contains("advertisement for Zorblax teapots")
            .and(contains("Zorblax does not exist"))
            .and(contains("Only the whole name counts."))
            .and(contains("Buy zorblax teapots today"))
            .and(contains("+6.0 dB"))
            .and(contains("LEX-90")),
    );
    // Groups: a pack, a family.
    explain("tea/").code(0).stdout(contains("tea/zorblax-teapots"));
    explain("lex-90").code(0).stdout(contains("tea/zorblax-teapots"));
    // Slips of the keyboard.
    explain("tea/zorblax-taepots").code(2).stderr(contains("tea/zorblax-teapots"));
    explain("tee/zorblax-teapots").code(2).stderr(contains("tea/zorblax-teapots"));
    explain("q7q7q7q7q7q7q7q7q7q7").code(2).stderr(contains("rules list"));
}

#[test]
fn list_names_packs_and_rules_in_force() {
    let folder = Folder::new(&[("packs/deep/tea.toml", PACK.as_bytes())]);
    crawlint()
        .args(["rules", "list", "--no-default-rules"])
        .arg(folder.path())
        .assert()
        .code(0)
        .stdout(contains("made-up advertiser").and(contains("1 pack, 1 rule")));
    crawlint().args(["rules", "list"]).assert().code(0).stdout(contains("rules"));
}

#[test]
fn the_built_in_rules_pass_their_own_check() {
    crawlint().args(["rules", "check"]).assert().code(0).stdout(contains("no faults"));
}

#[test]
fn check_counts_the_rules_of_a_sound_pack() {
    let folder = Folder::new(&[("tea.toml", PACK.as_bytes())]);
    crawlint()
        .args(["rules", "check", "--no-default-rules"])
        .arg(folder.path())
        .assert()
        .code(0)
        .stdout(contains("1 rule and 2 examples checked, no faults"));
}

#[test]
fn a_fault_is_named_with_its_place_and_a_caret() {
    let faulty = PACK.replace("keywords =", "keywrods =");
    let line = faulty.lines().position(|line| line.starts_with("keywrods")).unwrap() + 1;
    let folder = Folder::new(&[("tea.toml", faulty.as_bytes()), ("tea.txt", ARTICLE)]);
    let place = format!("tea.toml:{line}:");
    let named = || {
        contains(place.clone())
            .and(contains("keywrods = ["))
            .and(contains(" | "))
            .and(contains("^"))
    };
    let pack = folder.file("tea.toml");
    crawlint().args(["rules", "check"]).arg(&pack).assert().code(2).stdout(named());
    // No page is judged by half the rules.
    let scan =
        crawlint().arg("scan").arg(folder.file("tea.txt")).arg("--rules").arg(&pack).assert();
    scan.code(2).stdout("").stderr(named());
}

#[test]
fn an_example_that_fails_is_a_fault() {
    let faulty = PACK.replace("Buy teapots today", "We never sold zorblax teapots");
    let folder = Folder::new(&[("tea.toml", faulty.as_bytes())]);
    crawlint()
        .args(["rules", "check"])
        .arg(folder.path())
        .assert()
        .code(2)
        .stdout(contains("tea/zorblax-teapots"));
}

#[test]
fn packs_that_are_not_there_are_named() {
    let folder = Folder::new(&[("tea.txt", ARTICLE)]);
    let scan = |rules: &str| {
        let page = folder.file("tea.txt");
        crawlint().arg("scan").arg(page).arg("--rules").arg(folder.file(rules)).assert().code(2)
    };
    scan("none.toml").stderr(contains("none.toml"));
    scan(".").stderr(contains("holds no pack"));
    crawlint()
        .args(["scan", "--no-default-rules"])
        .arg(folder.path())
        .assert()
        .code(2)
        .stderr(contains("--rules"));
}

#[test]
fn a_rule_may_select_elements() {
    let pack = r#"
[pack]
name = "mine"
summary = "Frames of an advertiser."

[[rule]]
id = "mine/frames"
detector = "LNK-90"
summary = "frames of an advertiser"
why = "They are no content."
selector = 'iframe[src^="https://ads."]'
db = 5.0
bad = [{ html = '<p>Bread</p><iframe src="https://ads.example/1"></iframe>' }]
good = [{ html = '<p>Bread</p><iframe src="/map"></iframe>' }]
"#;
    let page = "<p>Bread</p>\n<iframe src=\"https://ads.example/1\"></iframe>\n";
    let scanner = crawlint::Scanner::builder().default_rules(false).pack("mine.toml", pack);
    let scanner = scanner.build().unwrap();
    let report = scanner.scan(page.as_bytes(), &crawlint::Origin::path("page.html"));
    let [finding] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
    let place = finding.source_span;
    assert_eq!((place.line, place.column), (2, 1));
    assert!(page[place.start as usize..place.end as usize].starts_with("<iframe"));
    assert_eq!(finding.zone, crawlint::page::Zone::Body);
}
