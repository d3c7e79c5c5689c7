//! The labelled pages in `samples/`: the manifest is complete, and the scanner agrees with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crawlint::report::Report;
use crawlint::{Origin, Scanner};
use serde::Deserialize;

/// A line of the manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    pub(crate) file: String,
    pub(crate) label: String,
    pub(crate) language: String,
    pub(crate) format: String,
    pub(crate) encoding: String,
    pub(crate) hard: bool,
    pub(crate) shows: String,
}

impl Sample {
    pub(crate) fn path(&self) -> PathBuf {
        folder().join(&self.file)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin::path(self.file.clone())
    }

    pub(crate) fn scan(&self) -> Report {
        scanner().scan(&self.bytes(), &self.origin())
    }

    /// The text, without a byte order mark.
    pub(crate) fn text(&self) -> String {
        let encoding = encoding_rs::Encoding::for_label(self.encoding.as_bytes()).unwrap();
        let bytes = self.bytes();
        let (text, _, faulty) = encoding.decode(&bytes);
        assert!(!faulty, "{} is not {}", self.file, self.encoding);
        text.into_owned()
    }
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// The scanner with the built-in packs, built once for all tests.
pub(crate) fn scanner() -> &'static Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new().unwrap());
    &SCANNER
}

pub(crate) fn samples() -> Vec<Sample> {
    let manifest = std::fs::read_to_string(folder().join("manifest.jsonl")).unwrap();
    manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Fails with all complaints at once.
pub(crate) fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_manifest_lists_every_page_once() {
    let listed: Vec<String> = samples().into_iter().map(|sample| sample.file).collect();
    let distinct: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), distinct.len(), "a page is listed twice");
    let mut there = BTreeSet::new();
    for folder in std::fs::read_dir(folder()).unwrap().map(Result::unwrap) {
        if !folder.file_type().unwrap().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
            let (folder, file) = (folder.file_name(), file.file_name());
            there.insert(format!("{}/{}", folder.display(), file.display()));
        }
    }
    assert_eq!(distinct, there);
    for sample in samples() {
        assert_eq!(sample.file.split('/').next(), Some(&*sample.label), "{}", sample.file);
        assert!(!sample.shows.is_empty(), "{}", sample.file);
        assert!(
            !sample.hard || sample.label == "clean",
            "{}: only clean pages are hard",
            sample.file
        );
    }
}

#[test]
fn verdicts_are_the_labels() {
    let complaints = samples().into_iter().filter_map(|sample| {
        let report = sample.scan();
        let rules: BTreeSet<String> =
            report.findings.iter().map(|f| format!("{} {:+.1}", f.rule, f.db)).collect();
        (report.verdict.name() != sample.label).then(|| {
            format!(
                "{}: {} with {:.1} dB, damage {}, junk {}; {rules:?}",
                sample.file,
                report.verdict.name(),
                report.risk_db,
                report.damage,
                report.junk
            )
        })
    });
    none(&complaints.collect::<Vec<_>>());
}

#[test]
fn languages_formats_and_encodings_are_those_of_the_manifest() {
    let mut complaints = Vec::new();
    for sample in samples() {
        let report = sample.scan();
        let format = serde_json::to_value(report.format).unwrap();
        for (what, told, expected) in [
            ("language", report.language.main.as_str(), &sample.language),
            ("format", format.as_str().unwrap(), &sample.format),
            ("encoding", report.charset.as_str(), &sample.encoding),
        ] {
            // A page without a hundred letters of prose has no language that could be told.
            let untold = what == "language" && sample.label == "junk" && told == "und";
            if told != expected && !untold {
                complaints.push(format!("{}: {what} is {expected}, told is {told}", sample.file));
            }
        }
    }
    none(&complaints);
}
