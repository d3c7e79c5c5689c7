//! `eval`: figures on labelled pages, against values worked out by hand.

use std::fmt::Write as _;

use assert_cmd::assert::Assert;
use crawlint::eval::{average_precision, curve, raised_at, wilson};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};

use crate::{ARTICLE, BINARY, Folder, crawlint};

/// Two rules that find a name each. From a prior of −16 dB the first leads to 8 dB, which is
/// suspicious; the second alone changes no verdict.
const RULES: &str = r#"
[pack]
name = "tea"
summary = "Finds the made-up advertisers of the tests."

[[rule]]
id = "tea/zorblax"
detector = "INJ-90"
tier = "A"
summary = "advertisement for Zorblax teapots"
why = "Zorblax does not exist, so no good page names it."
guard = "Only the whole name counts."
keywords = ["zorblax teapots"]
db = 24.0
bad = ["Buy zorblax teapots today"]
good = ["Buy teapots today"]

[[rule]]
id = "tea/quuxly"
detector = "INJ-91"
summary = "mention of Quuxly kettles"
why = "Quuxly does not exist, so no good page names it."
guard = "Only the whole name counts."
keywords = ["quuxly kettles"]
db = 2.0
bad = ["Buy quuxly kettles today"]
good = ["Buy kettles today"]
"#;

/// An article with a line more.
fn with(line: &str) -> Vec<u8> {
    let mut page = line.as_bytes().to_vec();
    page.extend_from_slice(b"\n\n");
    page.extend_from_slice(ARTICLE);
    page
}

/// Eight pages: of four bad ones two are raised, of three clean ones one is.
fn corpus() -> Folder {
    let lure = with("Buy zorblax teapots today");
    let both = with("Buy zorblax teapots and quuxly kettles today");
    let weak = with("Buy quuxly kettles today");
    let pages: [(&str, &[u8], Value); 8] = [
        ("clean/plain.txt", ARTICLE, json!({"label": "clean", "language": "en", "group": "a"})),
        ("clean/law.txt", &lure, json!({"label": "clean", "hard": true, "category": "law<b>"})),
        ("clean/weak.txt", &weak, json!({"label": "clean", "language": "en", "group": "d"})),
        ("spam/one.txt", &lure, json!({"label": "spam", "language": "en", "category": "shop"})),
        ("spam/two.txt", &both, json!({"label": "injected", "synthetic": true, "why": "unused"})),
        ("spam/miss.txt", ARTICLE, json!({"label": "spam", "language": "en", "group": "d"})),
        ("junk/miss.txt", BINARY, json!({"label": "junk", "synthetic": false})),
        ("odd.txt", &lure, json!({"label": "ambiguous", "language": null})),
    ];
    let folder = Folder::new(&[]);
    let mut manifest = String::from("\n");
    for (file, bytes, mut entry) in pages {
        folder.add(file, bytes);
        entry["file"] = file.into();
        writeln!(manifest, "{entry}").unwrap();
    }
    folder.add("manifest.jsonl", manifest.as_bytes());
    folder.add("rules/tea.toml", RULES.as_bytes());
    folder
}

fn eval(folder: &Folder, args: &[&str]) -> Assert {
    crawlint()
        .current_dir(folder.path())
        .args(["eval", ".", "--no-default-rules", "--rules", "rules"])
        .args(args)
        .assert()
}

fn figures(folder: &Folder, args: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(args);
    let run = eval(folder, &all).code(0);
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

fn named<'a>(rows: &'a Value, key: &str, name: &str) -> &'a Value {
    let rows = rows.as_array().unwrap();
    rows.iter().find(|row| row[key] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}"))
}

fn close(is: f64, wanted: f64) {
    assert!((is - wanted).abs() < 5e-5, "{is} is not {wanted}");
}

#[test]
fn wilson_bounds_are_those_of_the_formula() {
    // z² = 3.84146. With 0 of n the upper end is z² / (n + z²), with n of n the lower n / (n + z²).
    close(wilson(0, 10).1, 0.277_53);
    close(wilson(0, 10).0, 0.0);
    close(wilson(10, 10).0, 0.722_47);
    close(wilson(10, 10).1, 1.0);
    // 1 of 2: centre 1/2, reach z · √(1/8 + z²/16) / (1 + z²/2) = 1.95996 · 0.60387 / 2.92073.
    close(wilson(1, 2).0, 0.094_53);
    close(wilson(1, 2).1, 0.905_47);
    // 3 of 426, the size of a set of hard clean pages.
    close(wilson(3, 426).1, 0.020_49);
    let (lower, upper) = wilson(0, 0);
    assert_eq!((lower, upper), (0.0, 1.0), "no page says nothing");
}

#[test]
fn average_precision_is_the_sum_over_recall_gained() {
    // bad, clean, bad, clean: (1/1 + 2/3) / 2.
    let pages = [(4.0, true), (3.0, false), (2.0, true), (1.0, false)];
    close(average_precision(&curve(&pages)).unwrap(), 5.0 / 6.0);
    // A tie comes as one: 1/2 of the bad at precision 1, then the rest at 2/4.
    let tied = [(9.0, true), (5.0, false), (5.0, true), (5.0, false)];
    close(average_precision(&curve(&tied)).unwrap(), 0.5 + 0.25);
    let points = curve(&tied);
    assert_eq!(points.len(), 2);
    assert_eq!((points[1].found, points[1].alarms, points[1].threshold), (2, 2, 5.0));
    // All scores equal: the share of bad pages.
    close(average_precision(&curve(&[(0.0, true), (0.0, false)])).unwrap(), 0.5);
    assert_eq!(average_precision(&curve(&[(1.0, false)])), None);
    assert_eq!(raised_at(&tied, 5.0), (2, 2));
    assert_eq!(raised_at(&tied, 5.1), (1, 0));
    // What could not be judged ranks last and is raised nowhere.
    assert_eq!(raised_at(&[(f64::NEG_INFINITY, true)], -1e9), (0, 0));
}

#[test]
fn pages_are_counted_by_label_and_kind() {
    let figures = figures(&corpus(), &[]);
    assert_eq!(figures["schema"], "crawlint-eval/1");
    assert_eq!((&figures["counted"], &figures["left_out"]), (&json!(7), &json!(1)));
    let group = |name: &str| {
        let group = named(&figures["groups"], "name", name);
        (group["pages"].as_u64().unwrap(), group["raised"]["pages"].as_u64().unwrap())
    };
    assert_eq!(group("clean, ordinary"), (2, 0));
    assert_eq!(group("clean, hard"), (1, 1));
    assert_eq!(group("real spam"), (2, 1));
    assert_eq!(group("synthetic injected"), (1, 1));
    assert_eq!(group("real junk"), (1, 0));
    assert_eq!(group("ambiguous"), (1, 1));
    let ordinary = &named(&figures["groups"], "name", "clean, ordinary")["raised"];
    close(ordinary["upper"].as_f64().unwrap(), wilson(0, 2).1);

    let junk = &named(&figures["confusion"], "label", "junk")["verdicts"];
    assert_eq!((&junk["unreadable"], &junk["clean"]), (&json!(1), &json!(0)));
    // Ranked: two, which both rules hit; law and one, tied; weak; miss and plain, tied.
    let risk = &figures["risk"];
    assert_eq!((&risk["bad"], &risk["clean"]), (&json!(3), &json!(3)));
    let at = |db: f64| {
        let row = risk["at"].as_array().unwrap().iter().find(|at| at["risk_db"] == db).unwrap();
        (row["found"].as_u64().unwrap(), row["alarms"].as_u64().unwrap(), row["recall"].as_f64())
    };
    assert_eq!(at(0.0), (2, 1, Some(2.0 / 3.0)));
    // two: 1/1; one and law tied: 2/3; miss and plain last: 3/6. A third of the recall each.
    close(risk["average_precision"].as_f64().unwrap(), (1.0 + 2.0 / 3.0 + 0.5) / 3.0);
    let english = named(&figures["languages"], "name", "en");
    assert_eq!((&english["bad"], &english["clean"]), (&json!(2), &json!(2)));
    assert_eq!(named(&figures["bad_categories"], "name", "shop")["raised"]["pages"], 1);
}

#[test]
fn rules_show_what_they_decide() {
    let figures = figures(&corpus(), &[]);
    let zorblax = named(&figures["rules"], "rule", "tea/zorblax");
    assert_eq!((&zorblax["bad_real"], &zorblax["bad_synthetic"]), (&json!(1), &json!(1)));
    assert_eq!((&zorblax["clean"], &zorblax["clean_hard"]), (&json!(0), &json!(1)));
    assert_eq!((&zorblax["decides_bad"], &zorblax["decides_clean"]), (&json!(2), &json!(1)));
    close(zorblax["precision"].as_f64().unwrap(), 2.0 / 3.0);
    let quuxly = named(&figures["rules"], "rule", "tea/quuxly");
    assert_eq!((&quuxly["clean"], &quuxly["bad_synthetic"]), (&json!(1), &json!(1)));
    assert_eq!((&quuxly["decides_bad"], &quuxly["decides_clean"]), (&json!(0), &json!(0)));
    let page = named(&figures["pages"], "file", "spam/two.txt");
    assert_eq!(page["decided_by"], json!(["tea/zorblax"]));
    assert_eq!(page["rules"], json!(["tea/quuxly", "tea/zorblax"]));
}

#[test]
fn tables_and_lists_are_for_people() {
    let folder = corpus();
    eval(&folder, &[]).code(0).stdout(
        contains("Recall and false alarms")
            .and(contains("left out as ambiguous"))
            .and(contains("tea/zorblax"))
            .and(contains("\u{1b}").not()),
    );
    let listed = |group: &str| {
        let run = eval(&folder, &["--list", group]).code(0);
        let out = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        let listed = out.rsplit("\n\n").next().unwrap();
        listed.lines().map(|line| line.split_whitespace().nth(3).unwrap().to_owned()).collect()
    };
    let (misses, alarms): (Vec<String>, Vec<String>) = (listed("misses"), listed("alarms"));
    assert_eq!(misses, ["spam/miss.txt", "junk/miss.txt"]);
    assert_eq!(alarms, ["clean/law.txt"]);
    assert_eq!(listed("real spam"), ["spam/miss.txt"]);
    eval(&folder, &["--list", "clean, ordinary"]).code(0).stdout(contains("none judged wrong"));
    eval(&folder, &["--list", "nonsense"])
        .code(2)
        .stderr(contains("no group `nonsense`").and(contains("clean, hard")));
}

#[test]
fn jobs_change_nothing_but_the_time() {
    let folder = corpus();
    let without_time = |jobs: &str| {
        let mut figures = figures(&folder, &["-j", jobs]);
        figures["time"] = Value::Null;
        figures
    };
    assert_eq!(without_time("1"), without_time("4"));
}

#[test]
fn parts_are_disjoint_and_whole() {
    let folder = corpus();
    let files = |args: &[&str]| {
        let figures = figures(&folder, args);
        let pages = figures["pages"].as_array().unwrap().clone();
        pages.iter().map(|page| page["file"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (open, aside) = (files(&["--part", "open"]), files(&["--part", "aside"]));
    // `d` is a group of the part aside, `a` of the part open.
    assert!(open.contains(&"clean/plain.txt".to_owned()), "{open:?}");
    assert!(aside.contains(&"clean/weak.txt".to_owned()), "{aside:?}");
    assert!(aside.contains(&"spam/miss.txt".to_owned()), "{aside:?}");
    let mut both = [open, aside].concat();
    both.sort();
    let mut all = files(&[]);
    all.sort();
    assert_eq!(both, all);
}

#[test]
fn a_floor_fails_when_a_figure_gets_worse() {
    let folder = corpus();
    eval(&folder, &["--write-floor", "floor.json"]).code(0);
    eval(&folder, &["--floor", "floor.json"]).code(0).stderr("");
    let text = std::fs::read_to_string(folder.file("floor.json")).unwrap();
    let floor: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(floor["groups"]["real spam"], json!({"flagged": 0.5, "raised": 0.5}));
    assert_eq!(floor["groups"].get("ambiguous"), None);

    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = floor.clone();
        change(&mut changed);
        folder.add("changed.json", changed.to_string().as_bytes());
        eval(&folder, &["--floor", "changed.json"])
    };
    with(&|floor| floor["groups"]["real spam"]["raised"] = json!(0.51))
        .code(1)
        .stderr(contains("real spam: raised is 0.5000, must be at least 0.5100"));
    with(&|floor| floor["groups"]["clean, hard"]["raised"] = json!(0.9))
        .code(1)
        .stderr(contains("clean, hard: raised is 1.0000, must be at most 0.9000"));
    with(&|floor| floor["average_precision"] = json!(0.99)).code(1).stderr(contains("average"));
    with(&|floor| floor["groups"]["real tea"] = json!({"raised": 0.0})).code(1);
    with(&|floor| floor["groups"]["real spam"]["raised"] = json!(0.2)).code(0);
    with(&|floor| floor["part"] = json!("open")).code(2).stderr(contains("--part"));
    with(&|floor| floor["grops"] = json!({})).code(2).stderr(contains("grops"));
}

#[test]
fn a_comparison_names_pages_that_changed() {
    let folder = corpus();
    eval(&folder, &["--format", "json", "-o", "old.json"]).code(0).stdout(contains("Rules"));
    eval(&folder, &["--compare", "old.json"])
        .code(0)
        .stdout(contains("0 worse, 0 better, 0 with another verdict, 8 the same"));
    // Half the weight: nothing is raised any more.
    folder.add("rules/tea.toml", RULES.replace("db = 24.0", "db = 10.0").as_bytes());
    std::fs::remove_file(folder.file("odd.txt")).unwrap();
    let manifest = std::fs::read_to_string(folder.file("manifest.jsonl")).unwrap();
    let kept: Vec<&str> = manifest.lines().filter(|line| !line.contains("odd.txt")).collect();
    folder.add("manifest.jsonl", kept.join("\n").as_bytes());
    let now = figures(&folder, &["--compare", "old.json"]);
    let changes = now["compared"]["changes"].as_array().unwrap();
    let changes: Vec<(&str, &str)> = changes
        .iter()
        .map(|c| (c["direction"].as_str().unwrap(), c["file"].as_str().unwrap()))
        .collect();
    assert_eq!(
        changes,
        [("worse", "spam/one.txt"), ("worse", "spam/two.txt"), ("better", "clean/law.txt")]
    );
    assert_eq!((&now["compared"]["same"], &now["compared"]["gone"]), (&json!(4), &json!(1)));
}

#[test]
fn the_page_stands_alone_and_escapes_what_it_shows() {
    let folder = corpus();
    folder.add(
        "clean/law.txt",
        &with("Buy zorblax teapots <script>alert('x')</script> & \u{202e}more"),
    );
    eval(&folder, &["--format", "html", "-o", "report.html"]).code(0).stdout(contains("Rules"));
    let page = std::fs::read_to_string(folder.file("report.html")).unwrap();
    assert!(page.starts_with("<!doctype html>"), "{}", &page[..40]);
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; \\u{202e}more"));
    assert!(page.contains("law&lt;b&gt;") && !page.contains("law<b>"));
    assert!(page.contains("Would not be raised without tea/zorblax."));
    assert!(page.contains("<svg") && page.contains("class=\"all ring\""));
    for wanted in ["<script", "http://", "https://", "url(", "@import", "src=", "<link", "\u{202e}"]
    {
        assert!(!page.contains(wanted), "{wanted}");
    }
}

#[test]
fn faults_of_the_folder_are_named() {
    let folder = corpus();
    let with = |manifest: &str| {
        folder.add("manifest.jsonl", manifest.as_bytes());
        eval(&folder, &[]).code(2).stdout("")
    };
    with("").stderr(contains("names no page"));
    with("{\"file\": \"odd.txt\", \"label\": \"good\"}\n{\"label\": \"spam\"}")
        .stderr(contains("2 faults").and(contains("line 1")).and(contains("`clean`")));
    with("{\"file\": \"../odd.txt\", \"label\": \"spam\"}")
        .stderr(contains("not below the folder"));
    let twice = "{\"file\": \"odd.txt\", \"label\": \"spam\"}\n".repeat(2);
    with(&twice).stderr(contains("listed twice"));
    with("{\"file\": \"gone.txt\", \"label\": \"spam\"}").stderr(contains("gone.txt"));
    std::fs::remove_file(folder.file("manifest.jsonl")).unwrap();
    eval(&folder, &[]).code(2).stderr(contains("manifest.jsonl"));
}

#[test]
fn a_damaged_verdict_counts_for_junk_and_damaged_pages_only() {
    // A damaged verdict raises junk and damaged pages, and nothing else.
    let rules = RULES.replace("db = 24.0", "damage = 60.0");
    let folder = Folder::new(&[("rules/tea.toml", rules.as_bytes())]);
    let lure = with("Buy zorblax teapots today");
    let mut manifest = String::new();
    for label in ["clean", "spam", "junk", "damaged"] {
        folder.add(label, &lure);
        writeln!(manifest, r#"{{"file": "{label}", "label": "{label}"}}"#).unwrap();
    }
    folder.add("manifest.jsonl", manifest.as_bytes());
    let figures = figures(&folder, &[]);
    let call = |label: &str| {
        let page = named(&figures["pages"], "file", label);
        assert_eq!(page["verdict"], "damaged");
        (page["raised"].as_bool().unwrap(), page["flagged"].as_bool().unwrap())
    };
    assert_eq!(call("clean"), (false, false));
    assert_eq!(call("spam"), (false, false));
    assert_eq!(call("junk"), (true, false));
    assert_eq!(call("damaged"), (true, true));
    assert_eq!(named(&figures["groups"], "name", "clean, ordinary")["damaged"]["pages"], 1);
}
