//! Formats for CI: each keeps to its standard, and nothing a page says becomes part of it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use serde_sarif::sarif::Sarif;

use crate::{ARTICLE, BINARY, Folder, PACK, advertised, crawlint};

/// A page whose file name, text and finding try to break out of every format.
const HOSTILE: &str = "::error::x,%0A ]]></failure><script>alert(1)</script> | `[a](https://b.example)` \
     =cmd \"q\" \u{1b}[2J\u{202e}\u{ffff}\u{1} @user";

/// A pack that finds the whole line.
const LINE: &str = r#"
[pack]
name = "line"
summary = "Finds the hostile line of the tests."

[[rule]]
id = "line/zorblax"
detector = "LEX-91"
summary = "line that names Zorblax"
why = "Zorblax does not exist, so no good page names it."
pattern = '.*zorblax teapots.*'
db = 6.0
damage = 60.0
bad = ["Buy zorblax teapots today"]
good = ["Buy teapots today"]
"#;

fn site() -> Folder {
    let hostile =
        format!("{}\n{HOSTILE} zorblax teapots {HOSTILE}\n", String::from_utf8_lossy(ARTICLE));
    Folder::new(&[
        ("crawlint.toml", b"packs = [\"line.toml\"]\n[gate]\nfail_on = [\"damaged\"]\n"),
        ("line.toml", LINE.as_bytes()),
        ("pages/a b.txt", &advertised()),
        ("pages/clean.txt", ARTICLE),
        ("pages/binary.txt", BINARY),
        ("pages/in/=x,y%3A&.txt", hostile.as_bytes()),
        (
            "pages/records.jsonl",
            format!(
                "{}\n{}\n",
                serde_json::json!({ "url": "https://a.example/", "text": String::from_utf8(advertised()).unwrap() }),
                serde_json::json!({ "id": "../../<x>", "text": hostile }),
            )
            .as_bytes(),
        ),
    ])
}

fn scan(folder: &Folder, format: &str, args: &[&str]) -> String {
    let mut scan = crawlint();
    let scan = scan.current_dir(folder.path()).args(["scan", "pages", "-f", format, "-q"]);
    let output = scan.args(args).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 3));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r')), "{text:?}");
    assert!(!text.contains('\u{202e}') && !text.contains('\u{ffff}'), "{text:?}");
    text
}

/// The schema of the standard, as the dev-dependency carries it.
fn sarif_schema() -> Value {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let version = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--offline", "--manifest-path"]);
    // Crates of other platforms need not be there.
    let metadata = cargo.arg(manifest).args(["--filter-platform", host]).output().unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = std::fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    serde_json::from_slice(&schema).unwrap()
}

/// A log that keeps to the schema, and that another reader gives back as it was.
fn sarif(text: &str) -> Value {
    let log: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&log)
        .map(|error| format!("{} at {}", error, error.instance_path))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let read: Sarif = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), log);
    log
}

fn results<'a>(log: &'a Value, uri: &str) -> Vec<&'a Value> {
    let place = |result: &Value| {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
    };
    let results = log["runs"][0]["results"].as_array().unwrap();
    results.iter().filter(|result| place(result)).collect()
}

#[test]
fn sarif_is_valid_and_points_at_the_finding() {
    let folder = site();
    let log = sarif(&scan(&folder, "sarif", &[]));
    let run = &log["runs"][0];
    let [page, finding] = results(&log, "pages/a%20b.txt")[..] else { panic!("{log:#}") };
    assert_eq!(page["ruleId"], "verdict/damaged");
    assert_eq!(page["level"], "error");
    assert_eq!(finding["ruleId"], "line/zorblax");
    assert_eq!(finding["level"], "warning");
    assert_eq!(finding["partialFingerprints"]["crawlint/v1"].as_str().unwrap().len(), 32);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["help"]["markdown"].is_string());
    }

    let text = advertised();
    let region = &finding["locations"][0]["physicalLocation"]["region"];
    let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let bytes = &text[number("byteOffset")..][..number("byteLength")];
    assert_eq!(bytes, b"Buy zorblax teapots");
    let lines: Vec<&str> = std::str::from_utf8(&text).unwrap().lines().collect();
    assert_eq!(number("startLine"), number("endLine"));
    let columns = number("startColumn") - 1..number("endColumn") - 1;
    assert_eq!(&lines[number("startLine") - 1][columns], "Buy zorblax teapots");

    assert!(results(&log, "pages/clean.txt").is_empty());
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "unreadable/binary");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);

    // Records are artifacts inside their file, and a name leads nowhere else.
    let record = results(&log, "pages/records.jsonl!..%2F..%2F%3Cx%3E")[0];
    let index = record["locations"][0]["physicalLocation"]["artifactLocation"]["index"].clone();
    let artifact = &run["artifacts"][usize::try_from(index.as_u64().unwrap()).unwrap()];
    let parent = usize::try_from(artifact["parentIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["artifacts"][parent]["location"]["uri"], "pages/records.jsonl");
    assert!(artifact["offset"].as_u64().unwrap() > 0);

    // Text of pages makes no links.
    let hostile = results(&log, "pages/in/%3Dx%2Cy%253A%26.txt")[1]["message"]["text"].clone();
    assert!(hostile.as_str().unwrap().contains("\\[a\\](https"), "{hostile}");
}

#[test]
fn sarif_says_what_is_suppressed_and_what_is_new() {
    let folder = site();
    scan(&folder, "sarif", &["--write-baseline", "known.json"]);
    folder.add("tea.toml", PACK.as_bytes());
    let log = sarif(&scan(&folder, "sarif", &["--baseline", "known.json", "--rules", "tea.toml"]));
    let seen = results(&log, "pages/a%20b.txt");
    let find = |rule: &str| *seen.iter().find(|result| result["ruleId"] == rule).unwrap();
    let known = find("line/zorblax");
    assert_eq!(known["baselineState"], "unchanged");
    assert_eq!(known["suppressions"][0]["kind"], "external");
    assert!(known["suppressions"][0]["justification"].is_string());
    let new = find("tea/zorblax-teapots");
    assert_eq!(new["baselineState"], "new");
    assert_eq!(new["suppressions"], serde_json::json!([]));
    assert_eq!(find("verdict/damaged")["baselineState"], "new");

    // With all of it known the page is clean; what was known is still told.
    let log = sarif(&scan(&folder, "sarif", &["--baseline", "known.json"]));
    let seen = results(&log, "pages/a%20b.txt");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["baselineState"], "unchanged");
}

#[test]
fn sarif_of_nothing_is_valid() {
    let folder = Folder::new(&[("pages/clean.txt", ARTICLE)]);
    let log = sarif(&scan(&folder, "sarif", &[]));
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn annotations_stand_at_the_finding_and_are_one_command_each() {
    let folder = site();
    let text = scan(&folder, "github", &[]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines.iter().all(|line| line.starts_with("::error ")), "{text}");
    let line = String::from_utf8_lossy(ARTICLE).lines().count() + 2;
    let place = format!(
        "::error file=pages/a b.txt,line={line},endLine={line},col=1,endColumn=20,title=damaged%2C damage "
    );
    assert!(lines[0].starts_with(&place), "{text}");
    let hostile = lines.iter().find(|line| line.contains("/in/")).unwrap();
    assert!(hostile.starts_with("::error file=pages/in/=x%2Cy%253A&.txt,line="), "{hostile}");
    assert!(hostile.contains("x,%250A ]]>"), "{hostile}");
    // Lines of a record are not those of its file.
    let records =
        lines.iter().filter(|line| line.starts_with("::error file=pages/records.jsonl,title="));
    assert_eq!(records.count(), 2, "{text}");
    assert!(
        scan(&folder, "github", &["--fail-on", "never"]).contains("::notice file=pages/a b.txt")
    );

    for number in 0..20 {
        folder.add(&format!("pages/more/{number}.txt"), &advertised());
    }
    let text = scan(&folder, "github", &[]);
    assert_eq!(text.lines().count(), 11, "{text}");
    let last = text.lines().last().unwrap();
    assert_eq!(last, "::notice title=crawlint::Pages without an annotation: 15 at the gate");
}

#[test]
fn junit_has_a_case_for_each_page() {
    let folder = site();
    let text = scan(&folder, "junit", &[]);
    // A strict reader: unescaped markup or a stray end tag is an error.
    let tree = roxml(&text);
    assert_eq!(tree.iter().filter(|name| *name == "testsuite").count(), 3, "{text}");
    assert_eq!(tree.iter().filter(|name| *name == "testcase").count(), 6, "{text}");
    assert_eq!(tree.iter().filter(|name| *name == "failure").count(), 4, "{text}");
    assert!(!tree.contains(&"script".to_owned()));
    assert!(
        text.contains(
            "<testsuite name=\"pages\" tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"0\">"
        ),
        "{text}"
    );
    assert!(text.contains("<testcase classname=\"pages\" name=\"clean.txt\"/>"), "{text}");
    assert!(text.contains("<error type=\"binary\""), "{text}");
    assert!(!text.contains("time"), "times differ from run to run");
    let text = scan(&folder, "junit", &["--fail-on", "never", "--allow-unreadable"]);
    let tree = roxml(&text);
    assert!(!tree.iter().any(|name| name == "failure" || name == "error"), "{text}");
    assert!(tree.contains(&"skipped".to_owned()), "{text}");
}

/// Names of the elements of a document, which must be well-formed as far as tags and entities go.
fn roxml(text: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut names = Vec::new();
    let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    for piece in body.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').unwrap();
        assert!(!content.contains('>'), "{piece}");
        for (at, _) in piece.match_indices('&') {
            let entity = piece[at + 1..].split_once(';').unwrap().0;
            assert!(["amp", "lt", "gt", "quot", "#39"].contains(&entity), "{piece}");
        }
        if let Some(end) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(end), "{piece}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        assert_eq!(tag.matches('"').count() % 2, 0, "{piece}");
        names.push(name.to_owned());
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    names
}

#[test]
fn a_table_has_one_line_for_each_page_and_no_formula() {
    let folder = site();
    let text = scan(&folder, "csv", &[]);
    let rows: Vec<Vec<String>> = text.split_terminator("\r\n").map(cells).collect();
    assert_eq!(rows.len(), 7, "{text}");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{text}");
    let column = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
    let advertised = &rows[1];
    assert_eq!(advertised[column("path")], "pages/a b.txt");
    assert_eq!(advertised[column("verdict")], "damaged");
    assert_eq!(advertised[column("text")], "Buy zorblax teapots");
    for row in &rows {
        assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
    }
    let mut stdin = crawlint();
    let stdin = stdin.args(["scan", "-", "-f", "csv", "--no-config"]).write_stdin(ARTICLE);
    let output = stdin.output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("\r\n\"'-\","));
}

/// The cells of a row.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = row.chars().peekable();
    while let Some(char) = chars.next() {
        let cell = cells.last_mut().unwrap();
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            char => cell.push(char),
        }
    }
    assert!(!quoted, "{row}");
    cells
}

#[test]
fn the_summary_of_a_job_shows_totals_and_the_worst_pages() {
    let folder = site();
    let text = scan(&folder, "markdown", &[]);
    assert!(text.contains("**5 of 6 pages at the gate.**"), "{text}");
    assert!(text.contains("| damaged | 4 | fails |"), "{text}");
    assert!(text.contains("| **total** | **6** | |"), "{text}");
    assert!(text.contains("` pages/a b.txt `"), "{text}");
    // Read as Markdown, pages bring no markup and no links.
    for event in pulldown_cmark::Parser::new(&text) {
        use pulldown_cmark::{Event, Tag};
        let foreign = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. })
        );
        assert!(!foreign, "{event:?}");
    }

    for number in 0..60 {
        folder.add(&format!("pages/more/{number}.txt"), &advertised());
    }
    let text = scan(&folder, "markdown", &[]);
    assert_eq!(text.matches("\n- **").count(), 50);
    assert!(text.contains("Left out: 15 more pages that are not clean."), "{text}");
}

#[test]
fn files_hold_what_standard_output_would() {
    let folder = site();
    let files = [
        ("sarif", "sarif"),
        ("junit", "junit.xml"),
        ("csv", "csv"),
        ("markdown", "md"),
        ("html", "html"),
    ];
    let mut all = crawlint();
    all.current_dir(folder.path()).args(["scan", "pages", "--allow-unreadable"]);
    for (_, ending) in files {
        all.arg("-o").arg(format!("r.{ending}"));
    }
    all.assert().code(1).stdout("");
    for (format, ending) in files {
        let file = std::fs::read_to_string(folder.file(&format!("r.{ending}"))).unwrap();
        assert!(file == scan(&folder, format, &["--allow-unreadable"]), "{format}");
    }
    // A file is there whole or not at all, and an old one stays where the run fails.
    std::fs::write(folder.file("old.sarif"), "old").unwrap();
    let mut fails = crawlint();
    fails.current_dir(folder.path()).args(["scan", "pages/none", "-o", "old.sarif"]);
    fails.args(["-o", "new.md"]).assert().code(2);
    assert_eq!(std::fs::read(folder.file("old.sarif")).unwrap(), b"old");
    assert!(!folder.file("new.md").exists());
}

#[test]
fn formats_do_not_depend_on_the_number_of_threads() {
    let folder = site();
    for format in ["sarif", "github", "junit", "csv", "markdown"] {
        assert_eq!(scan(&folder, format, &["-j", "1"]), scan(&folder, format, &["-j", "4"]));
    }
    let mut scan = crawlint();
    let scan = scan.current_dir(folder.path()).args(["scan", "pages", "-f", "csv", "--signals"]);
    assert_eq!(scan.output().unwrap().status.code(), Some(2));
}
