//! The result contract: the committed schema is the one of the types, and results keep to it.

use std::path::Path;

use serde_json::Value;

use crate::{ARTICLE, BINARY, Folder, PACK, crawlint};

fn generated(of: &str) -> String {
    let schema = crawlint().args(["schema", of]).assert().code(0);
    String::from_utf8(schema.get_output().stdout.clone()).unwrap()
}

/// Fails when a type changed and the file did not; `UPDATE=1 cargo test schema` writes it.
#[test]
fn committed_schemas_are_those_of_the_types() {
    for of in ["result", "pack", "config"] {
        let file = format!("{of}.schema.json");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(&file);
        let generated = generated(of);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed.replace("\r\n", "\n") == generated,
            "docs/{file} is out of date: run `UPDATE=1 cargo test schema`"
        );
    }
}

#[test]
fn results_keep_to_the_schema() {
    let schema: Value = serde_json::from_str(&generated("result")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut advertised = ARTICLE.to_vec();
    advertised.extend(b"\nBuy zorblax teapots\n");
    let folder = Folder::new(&[
        ("pages/clean.txt", ARTICLE),
        ("pages/binary.txt", BINARY),
        ("pages/advertised.txt", &advertised),
        ("pages/broken.html", b"<title>\xff\xfe</title><p>\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
        ("tea.toml", PACK.as_bytes()),
    ]);
    let scan = crawlint()
        .args(["scan", "--format", "jsonl", "--rules"])
        .arg(folder.file("tea.toml"))
        .arg(folder.file("pages"))
        .assert()
        .code(2);
    let text = String::from_utf8(scan.get_output().stdout.clone()).unwrap();
    let reports: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.len(), 4);
    for report in &reports {
        let errors: Vec<String> =
            validator.iter_errors(report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {report}");
    }
    let with_findings =
        reports.iter().filter(|report| !report["findings"].as_array().unwrap().is_empty());
    assert!(with_findings.count() >= 1, "no report with findings was tried: {text}");

    // The schema is not so loose that anything passes.
    let mut wrong = reports[0].clone();
    wrong["risk"] = 101.into();
    assert!(!validator.is_valid(&wrong));
    wrong = reports[0].clone();
    wrong.as_object_mut().unwrap().remove("verdict");
    assert!(!validator.is_valid(&wrong));
}
