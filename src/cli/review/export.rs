//! Decisions as files: a manifest for `crawlint eval`, and entries of an allow-list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use crawlint::report::Verdict;
use serde::Serialize;

use crate::cli::review::results::Results;
use crate::cli::review::store::State;

/// A line of a manifest.
#[derive(Serialize)]
struct Entry<'a> {
    file: &'a str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    /// Pages of one host are alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
}

/// Characters of a finding shown beside its fingerprint.
const SHOWN: usize = 80;

/// A file, and how many decisions it has no way to hold.
#[derive(Debug, Default)]
pub(super) struct Export {
    pub(super) text: String,
    pub(super) entries: usize,
    pub(super) left_out: usize,
}

/// Decided pages in the order of the results.
fn decided<'a>(results: &Results, states: &'a [State]) -> Vec<(usize, &'a State, &'a str)> {
    let mut decided: Vec<_> = states
        .iter()
        .filter_map(|state| Some((results.page(&state.page)?, state, state.label.as_deref()?)))
        .collect();
    decided.sort_by_key(|(page, ..)| *page);
    decided
}

/// The labels as a manifest in a folder. Pages that are no file below it are left out: records of
/// containers have no name there.
///
/// # Errors
/// When the results cannot be read.
pub(super) fn manifest(
    results: &Results,
    states: &[State],
    folder: &Path,
) -> anyhow::Result<Export> {
    let folder = std::fs::canonicalize(folder)?;
    let mut export = Export::default();
    let mut named: BTreeSet<PathBuf> = BTreeSet::new();
    for (page, state, label) in decided(results, states) {
        let judged = results.judged(page)?;
        let it = &judged.source;
        let file = match (&it.record, it.offset) {
            (None, None) => results.locate(&it.path),
            _ => None,
        };
        let below = file.as_ref().and_then(|file| file.strip_prefix(&folder).ok());
        let Some((below, file)) = below.and_then(|path| Some((path, path.to_str()?))) else {
            export.left_out += 1;
            continue;
        };
        if !named.insert(below.to_owned()) {
            export.left_out += 1;
            continue;
        }
        let language = Some(judged.language.main.as_str()).filter(|code| *code != "und");
        let host = it.url.as_deref().and_then(host);
        let file = file.replace('\\', "/");
        let url = it.url.as_deref();
        let entry = Entry { file: &file, label, language, url, group: host, note: &state.note };
        export.text.push_str(&serde_json::to_string(&entry)?);
        export.text.push('\n');
        export.entries += 1;
    }
    Ok(export)
}

/// What stands between the scheme and the path of an address.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())
}

/// Findings of pages that were raised and turned out to be good, as `[[allow]]` entries of the
/// settings: each fingerprint of each rule once for a page.
///
/// # Errors
/// When the results cannot be read.
pub(super) fn allow(results: &Results, states: &[State]) -> anyhow::Result<Export> {
    let mut export = Export {
        text: "# Findings on pages that a reviewer called clean, for the settings file.\n".into(),
        ..Export::default()
    };
    for (page, state, label) in decided(results, states) {
        let judged = results.judged(page)?;
        if label != Verdict::Clean.name() || judged.verdict == Verdict::Clean {
            continue;
        }
        let against =
            judged.findings.iter().filter(|it| it.db > 0.0 || it.damage > 0 || it.junk > 0);
        let findings: BTreeMap<(&str, &str), &str> = against
            .map(|it| ((it.rule.as_str(), it.fingerprint.as_str()), it.text.as_str()))
            .collect();
        let reason = if state.note.is_empty() { "reviewed: clean" } else { &state.note };
        let path = &judged.source.path;
        let by_path = names_one_file(path);
        for ((rule, fingerprint), text) in findings {
            if fingerprint.is_empty() && !by_path {
                export.left_out += 1;
                continue;
            }
            let _ = writeln!(export.text, "\n[[allow]]\nrule = {}", toml(rule));
            if by_path {
                let _ = writeln!(export.text, "paths = [{}]", toml(path));
            }
            if !fingerprint.is_empty() {
                let shown: String = text.chars().take(SHOWN).collect();
                let shown = toml(&shown);
                let _ = writeln!(export.text, "fingerprint = {} # {shown}", toml(fingerprint));
            }
            let _ = writeln!(export.text, "reason = {}", toml(reason));
            export.entries += 1;
        }
    }
    Ok(export)
}

/// Whether a path as a glob matches that file, wherever the settings file lies, and no other.
fn names_one_file(path: &str) -> bool {
    let plain = !path.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
    plain && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A basic string of TOML, on one line and with every control and direction sign by its code.
fn toml(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => {
                out.push('\\');
                out.push(char);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                let _ = write!(out, "\\u{:04X}", char as u32);
            }
            '\u{e0000}'..='\u{e0fff}' => {
                let _ = write!(out, "\\U{:08X}", char as u32);
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_one_string_of_toml() {
        assert_eq!(
            toml("a\"b\\c\nd\u{202e}\u{7f}\u{e0041}茶"),
            r#""a\"b\\c\nd\u202E\u007F\U000E0041茶""#
        );
    }

    #[test]
    fn a_path_names_one_file() {
        assert!(names_one_file("pages/a b.txt"));
        for path in ["pages/[a].txt", "../a.txt", "/pages/a.txt", "pages/*"] {
            assert!(!names_one_file(path), "{path}");
        }
    }

    #[test]
    fn hosts_of_addresses() {
        assert_eq!(host("https://a.example:80/x"), Some("a.example:80"));
        assert_eq!(host("https://a.example?x"), Some("a.example"));
        assert_eq!((host("a.example"), host("https:///")), (None, None));
    }
}
