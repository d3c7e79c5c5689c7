//! Who may name whom: the way of a page is the direction of the dependencies. ARCHITECTURE.md
//! says why; the tables here are exact, so a row that allows more than is used fails, too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules in pipeline order, each with the modules it names.
const MODULES: &[(&str, &[&str])] = &[
    ("address", &[]),
    ("span", &[]),
    ("decode", &["span"]),
    // What is no text is no page.
    ("input", &["decode"]),
    ("page", &["parse", "span"]),
    ("parse", &["address", "page", "span"]),
    ("text", &["span"]),
    ("terms", &["span", "text"]),
    ("signals", &["address", "page", "span", "terms", "text"]),
    ("quality", &["text"]),
    ("rules", &["page", "signals", "span", "terms", "text"]),
    ("score", &["page", "rules", "signals", "span", "terms"]),
    ("report", &["page", "rules", "span"]),
    ("baseline", &["report"]),
    ("settings", &["report", "rules", "score", "text"]),
    ("suppress", &["address", "baseline", "page", "report", "rules", "settings", "text"]),
    ("timings", &[]),
    (
        "pipeline",
        &[
            "baseline", "decode", "page", "parse", "quality", "report", "rules", "score",
            "settings", "signals", "span", "suppress", "terms", "text", "timings",
        ],
    ),
    (
        "strip",
        &[
            "page", "parse", "pipeline", "report", "rules", "score", "signals", "span", "terms",
            "text", "timings",
        ],
    ),
    ("check", &["pipeline", "rules", "text"]),
    ("eval", &[]),
];

/// The one arrow that points up: `Page::dom` holds the parser's tree, for rules that select
/// elements.
const UPWARD: &[(&str, &str)] = &[("page", "parse")];

/// Crates and parts of the standard library that belong to one stage, and who names them.
const KEPT: &[(&str, &[&str])] = &[
    ("arrow_array", &["cli", "input", "report"]),
    ("arrow_schema", &["cli", "input", "report"]),
    ("axum", &["cli"]),
    ("brotli_decompressor", &["input"]),
    ("bytes", &["input"]),
    ("chardetng", &["decode"]),
    ("cssparser", &["parse"]),
    ("csv", &["cli"]),
    ("ctrlc", &["cli"]),
    ("ego_tree", &["parse"]),
    // Signals write mojibake back to bytes.
    ("encoding_rs", &["decode", "signals"]),
    ("flate2", &["cli", "input"]),
    ("futures_util", &["cli"]),
    // Tokens of a server.
    ("getrandom", &["cli"]),
    ("globset", &["settings"]),
    ("html5ever", &["parse"]),
    ("hyper", &["cli"]),
    ("hyper_util", &["cli"]),
    ("ignore", &["input"]),
    ("lz4_flex", &["input"]),
    ("miniz_oxide", &["signals"]),
    ("parquet", &["cli", "input"]),
    ("pulldown_cmark", &["parse"]),
    // Packs are read side by side, and records judged.
    ("rayon", &["cli", "pipeline", "rules"]),
    ("regex", &["rules"]),
    ("regex_syntax", &["rules"]),
    ("rusqlite", &["cli"]),
    ("scraper", &["parse", "rules"]),
    ("sha2", &["cli", "suppress"]),
    ("std::env", &["cli"]),
    ("std::fs", &["cli", "input"]),
    ("std::process", &["cli", "main"]),
    ("std::thread", &["cli", "input"]),
    ("tar", &["input"]),
    ("tempfile", &["cli", "input"]),
    ("tokio", &["cli"]),
    ("toml", &["check", "rules", "settings"]),
    ("unicode_normalization", &["text"]),
    ("whatlang", &["text"]),
    ("zstd", &["cli", "input"]),
];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Source files below a folder, with `/` in their paths, sorted.
fn sources() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src()).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The module a file belongs to: the first part of its path.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The lines of a source that are no comments, with their numbers.
fn code(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// What follows each `name::` of a line, where `name` is a word of its own.
fn after<'a>(line: &'a str, name: &str) -> Vec<&'a str> {
    let path = format!("{name}::");
    line.match_indices(&path)
        .filter(|(at, _)| {
            !line[..*at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '$'))
        })
        .map(|(at, _)| &line[at + path.len()..])
        .collect()
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[test]
fn modules_name_only_what_the_table_allows() {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut faults = Vec::new();
    let sources = sources();
    for (file, source) in &sources {
        let own = module(file);
        if matches!(own, "lib" | "main" | "cli") {
            continue;
        }
        let uses = named.entry(own).or_default();
        for (number, line) in code(source) {
            for path in after(line, "crate") {
                let other = word(path);
                if MODULES.iter().any(|(name, _)| *name == other) {
                    uses.insert(other);
                } else {
                    faults.push(format!("src/{file}:{number}: `{}` names no module", line.trim()));
                }
            }
        }
        uses.remove(own);
    }
    let table: BTreeMap<&str, BTreeSet<&str>> =
        MODULES.iter().map(|(name, others)| (*name, others.iter().copied().collect())).collect();
    for name in table.keys().chain(named.keys()).collect::<BTreeSet<_>>() {
        let (allowed, used) = (table.get(name), named.get(name));
        if allowed != used {
            faults.push(format!("{name}: the table says {allowed:?}, the source says {used:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_points_down() {
    let upward: Vec<(&str, &str)> = MODULES
        .iter()
        .enumerate()
        .flat_map(|(at, (name, others))| others.iter().map(move |other| (at, *name, *other)))
        .filter(|(at, _, other)| !MODULES[..*at].iter().any(|(below, _)| below == other))
        .map(|(_, name, other)| (name, other))
        .collect();
    assert_eq!(upward, UPWARD);
}

#[test]
fn the_table_has_every_module_of_the_library() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let declared: BTreeSet<&str> = code(&lib)
        .filter_map(|(_, line)| line.trim_start_matches("pub ").strip_prefix("mod "))
        .map(word)
        .collect();
    assert_eq!(declared, MODULES.iter().map(|(name, _)| *name).collect());
}

#[test]
fn no_path_leaves_its_module_by_super() {
    for (file, source) in sources() {
        let top =
            !file.contains('/') || file.matches('/').count() == 1 && file.ends_with("/mod.rs");
        if module(&file) == "cli" {
            continue;
        }
        // Inside the inline tests of a file, `super` is the file itself.
        let (own, _) = source.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&source, ""));
        for (number, line) in code(own) {
            let leaves = line.contains("super::super") || top && line.contains("super::");
            assert!(!leaves, "src/{file}:{number}: {}", line.trim());
        }
    }
}

#[test]
fn crates_stay_in_their_stage() {
    let sources = sources();
    for (name, owners) in KEPT {
        let mut used = BTreeSet::new();
        for (file, source) in &sources {
            if code(source).any(|(_, line)| !after(line, name).is_empty()) {
                used.insert(module(file));
            }
        }
        assert_eq!(used, owners.iter().copied().collect(), "who names `{name}`");
    }
}

#[test]
fn the_command_uses_the_public_face_only() {
    for (file, source) in sources() {
        if !matches!(module(&file), "cli" | "main") {
            continue;
        }
        for (number, line) in code(&source) {
            for path in after(line, "crate") {
                let place = format!("src/{file}:{number}");
                assert_eq!(word(path), "cli", "{place}: the command is a user like any other");
            }
        }
    }
}

#[test]
fn paths_are_read_as_rust_reads_them() {
    assert_eq!(after("use crate::page::Zone;", "crate"), ["page::Zone;"]);
    assert_eq!(after("a(crate::text::x, crate::span::Span)", "crate").len(), 2);
    assert!(after("$crate::page, mycrate::page, a::crate::b", "crate").is_empty());
    assert_eq!(word("page::Zone"), "page");
    assert_eq!(word("{page, span}"), "");
    assert_eq!(module("parse/html/mod.rs"), "parse");
    assert_eq!(module("span.rs"), "span");
    assert_eq!(code("// use crate::x;\nuse crate::y;").count(), 1);
}
