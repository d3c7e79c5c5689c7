//! The documents say what is so: generated ones equal what the types give, commands run, tables
//! have a row for everything. `UPDATE=1 cargo test docs` writes what can be written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crawlint::Scanner;
use crawlint::report::{Verdict, schema};
use crawlint::rules::definition::{RuleDefinition, TopicMeasure};
use crawlint::rules::{Rule, RuleSet, builtin_packs};
use crawlint::signals::SIGNALS;
use serde_json::Value;

use crate::{ARTICLE, Folder, crawlint};

/// Documents whose commands, links and transcripts are tried.
const DOCUMENTS: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "docs/ci.md",
    "docs/config.md",
    "docs/desk.md",
    "docs/eval.md",
    "docs/inputs.md",
    "docs/outputs.md",
    "docs/packs.md",
    "docs/performance.md",
    "docs/policy.md",
    "docs/python.md",
    "docs/quality.md",
    "docs/report.md",
    "docs/rules.md",
    "docs/scale.md",
    "docs/serve.md",
    "docs/signals.md",
    "docs/tune.md",
    "fuzz/README.md",
    "python/README.md",
    "samples/README.md",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.replace("\r\n", "\n")
}

/// Whether the run writes documents instead of only comparing them.
fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Fails when a committed document is not the generated one.
fn keep(path: &str, generated: &str) {
    if updating() {
        fs::write(root().join(path), generated).unwrap();
    }
    // No `assert_eq`: two whole documents are no message.
    assert!(read(path) == generated, "{path} is out of date: run `UPDATE=1 cargo test docs`");
}

// Generated documents.

#[test]
fn rules_md_is_what_the_packs_say() {
    keep("docs/rules.md", &rules_md(Scanner::new().unwrap().rules()));
}

#[test]
fn signals_md_is_the_table_of_signals() {
    let mut out = String::from(
        "# Signals\n\n\
        What is measured on a page. Rules use a signal by name, as `signal = \"edge.orphan_lines\"`\n\
        or in a condition, `when = \"page.links > 3\"`; `crawlint inspect` prints the value of each.\n\
        “own” in the last column is a measure of this project.\n\n\
        This file is generated from the table in `src/signals/mod.rs`:\n\
        `UPDATE=1 cargo test docs`.\n\n\
        | signal | unit | what it measures | source |\n| --- | --- | --- | --- |\n",
    );
    for signal in SIGNALS {
        let (summary, source) = (markdown(signal.summary), markdown(signal.source));
        writeln!(out, "| `{}` | {} | {summary} | {source} |", signal.name, signal.unit).unwrap();
    }
    keep("docs/signals.md", &out);
}

fn rules_md(rules: &RuleSet) -> String {
    let packs: Vec<_> = rules.packs().iter().filter(|pack| pack.rules > 0).collect();
    let mut out = format!(
        "# Rules\n\n\
        The {} built-in rules, by pack. `crawlint explain RULE` prints the same with examples of\n\
        what a rule finds and what it leaves alone. Decibans (dB) are evidence of spam: +10 dB\n\
        multiplies the odds by ten. [packs.md](packs.md) explains tiers and steps.\n\n\
        This file is generated from the packs in `rules/`: `UPDATE=1 cargo test docs`.\n",
        rules.rules().len()
    );
    for pack in packs {
        write!(out, "\n## {}\n\n{}\n", pack.name, markdown(&pack.summary)).unwrap();
        for rule in rules.rules().iter().filter(|rule| rule.pack == pack.name) {
            out.push_str(&rule_md(rule));
        }
    }
    out.push_str(
        "\n## Lexicons\n\nNumber of terms of each topic, by language; `mul` are brands and other \
        words of no\nlanguage.\n\n| topic | terms | by language |\n| --- | --- | --- |\n",
    );
    let mut topics: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for lexicon in rules.lexicons() {
        let terms = lexicon.strong + lexicon.medium + lexicon.weak;
        *topics.entry(&lexicon.topic).or_default().entry(&lexicon.language).or_default() += terms;
    }
    for (topic, languages) in topics {
        let total: usize = languages.values().sum();
        let languages: Vec<String> =
            languages.iter().map(|(language, terms)| format!("{language} {terms}")).collect();
        writeln!(out, "| `{topic}` | {total} | {} |", languages.join(", ")).unwrap();
    }
    out
}

fn rule_md(rule: &Rule) -> String {
    let definition = &rule.definition;
    let mut out = format!("\n### {}\n\nFound: {}.\n", definition.id, markdown(&definition.summary));
    writeln!(out, "{}\n", markdown(&definition.why)).unwrap();
    let mut line = |title: &str, text: &str| writeln!(out, "- {title}: {text}").unwrap();
    line("Detector", &definition.detector);
    line("Looks for", &looks_for(definition));
    if let Some(guard) = &definition.guard {
        line("Guard", &markdown(guard));
    }
    if let Some(advice) = &definition.advice {
        line("Advice", &markdown(advice));
    }
    line("Worth", &worth(definition));
    out
}

fn looks_for(rule: &RuleDefinition) -> String {
    let mut text = if let Some(topic) = &rule.topic {
        match rule.measure {
            Some(TopicMeasure::Coverage) => {
                format!("the share of letters that terms of `{topic}` cover")
            }
            None if rule.db.is_some() => format!("terms of `{topic}`"),
            _ => format!("clusters of terms of `{topic}`"),
        }
    } else if let Some(keywords) = &rule.keywords {
        format!("{} phrases", keywords.len())
    } else if let Some(signal) = &rule.signal {
        format!("the signal [`{signal}`](signals.md)")
    } else if let Some(selector) = &rule.selector {
        format!("elements that match `{selector}`")
    } else {
        "a pattern".to_owned()
    };
    let mut add = |words: &str| text.push_str(words);
    if let Some(min) = rule.min {
        add(&format!(", at least {min} different"));
    }
    if let Some(near) = &rule.near {
        add(&format!(", within {} characters of `{}`", near.within, near.topic));
    }
    for (words, names) in
        [("zones", &rule.zones), ("languages", &rule.languages), ("formats", &rule.formats)]
    {
        if !names.is_empty() {
            add(&format!("; {words} {}", names.join(", ")));
        }
    }
    if let Some(when) = &rule.when {
        add(&format!("; when `{when}`"));
    }
    text
}

fn worth(rule: &RuleDefinition) -> String {
    let steps = |steps: &[(f64, f64)], unit: &str| -> Option<String> {
        let steps: Vec<String> =
            steps.iter().map(|(from, worth)| format!("{worth} {unit} from {from}")).collect();
        (!steps.is_empty()).then(|| steps.join(", "))
    };
    let cluster = rule.topic.is_some()
        && rule.measure.unwrap_or(TopicMeasure::Cluster) == TopicMeasure::Cluster
        && rule.db.is_none();
    let parts: Vec<String> = [
        cluster.then(|| "dB by number and strength of the terms".to_owned()),
        rule.db.map(|db| format!("{db} dB a finding")),
        steps(&rule.steps, "dB"),
        rule.cap.map(|cap| format!("at most {cap} dB")),
        rule.damage.map(|points| format!("{points} points of damage")),
        steps(&rule.damage_steps, "points of damage"),
        rule.junk.map(|points| format!("{points} points of junk")),
        rule.tier.map(|tier| format!("tier {tier:?}")),
        rule.label.as_ref().map(|label| format!("label `{label}`")),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join("; ")
}

/// Text as Markdown that shows the same; parts between backticks are left as they are.
fn markdown(text: &str) -> String {
    let paired = text.matches('`').count().is_multiple_of(2);
    let mut out = String::new();
    let mut in_code = false;
    for c in text.chars() {
        match c {
            '`' if paired => in_code = !in_code,
            '|' => out.push('\\'),
            '`' | '*' | '_' | '<' | '>' | '[' | ']' | '\\' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    out
}

#[test]
fn markdown_shows_the_same_text() {
    assert_eq!(markdown("a_b | `c_d` <p>"), "a\\_b \\| `c_d` \\<p\\>");
    assert_eq!(markdown("one ` alone"), "one \\` alone");
}

#[test]
fn every_file_of_rules_is_built_in() {
    let mut files: Vec<String> = fs::read_dir(root().join("rules"))
        .unwrap()
        .map(|entry| format!("rules/{}", entry.unwrap().file_name().to_string_lossy()))
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let rows: Vec<&str> = builtin_packs().iter().map(|(file, _)| *file).collect();
    assert_eq!(files, rows, "rules/ and src/rules/builtin.rs");
}

// Tables that must be complete.

/// Names in the first column of the table under a heading.
fn rows(document: &str, heading: &str) -> BTreeSet<String> {
    let mut lines = document.lines().skip_while(|line| *line != heading);
    assert!(lines.next().is_some(), "there is no heading “{heading}”");
    lines
        .take_while(|line| !line.starts_with('#'))
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Names of an object's fields, or of a choice's values, in a schema.
fn names(schema: &Value) -> BTreeSet<String> {
    if let Some(fields) = schema["properties"].as_object() {
        return fields.keys().cloned().collect();
    }
    let choices = schema["oneOf"].as_array().unwrap();
    choices.iter().map(|choice| choice["const"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn report_md_has_every_field_and_value() {
    let schema = serde_json::to_value(schema::result()).unwrap();
    complete("docs/report.md", &schema, &[]);
}

#[test]
fn config_md_has_every_key() {
    let schema = serde_json::to_value(crawlint::settings::schema()).unwrap();
    let choices = ["Date", "Policy", "RuleSetting", "Size", "Switch", "Verdict"];
    complete("docs/config.md", &schema, &choices);
}

#[test]
fn packs_md_has_every_key_and_value() {
    let schema = serde_json::to_value(schema::pack()).unwrap();
    complete("docs/packs.md", &schema, &["Example"]);
}

/// Fails unless a document has a heading with the title of every type of a schema, and below it
/// a table with exactly its fields or values.
fn complete(path: &str, schema: &Value, left_out: &[&str]) {
    let document = read(path);
    let root = schema["title"].as_str().unwrap();
    let mut types: Vec<(&str, &Value)> = vec![(root, schema)];
    types.extend(schema["$defs"].as_object().unwrap().iter().map(|(name, s)| (name.as_str(), s)));
    for (name, schema) in types.into_iter().filter(|(name, _)| !left_out.contains(name)) {
        assert_eq!(rows(&document, &format!("## {name}")), names(schema), "{path}: ## {name}");
    }
}

#[test]
fn readme_and_help_name_every_verdict_and_exit_status() {
    let readme = read("README.md");
    let verdicts: BTreeSet<String> = Verdict::ALL.map(|v| v.name().to_owned()).into();
    assert_eq!(rows(&readme, "## Verdicts"), verdicts);
    let statuses: BTreeSet<String> = ["0", "1", "2", "130"].map(str::to_owned).into();
    assert_eq!(rows(&readme, "## Exit status"), statuses);
    let help = help(&[]);
    for name in verdicts.into_iter().chain(statuses) {
        let told = help.lines().any(|line| line.trim_start().starts_with(&format!("{name} ")));
        assert!(told, "`crawlint --help` does not tell of {name}:\n{help}");
    }
}

// Commands, transcripts, examples, links.

fn help(subcommand: &[&str]) -> String {
    let help = crawlint().args(subcommand).arg("--help").assert().code(0);
    String::from_utf8(help.get_output().stdout.clone()).unwrap()
}

/// The first TOML example of docs/packs.md.
fn example_pack() -> String {
    blocks(&read("docs/packs.md"), "toml").remove(0)
}

/// Contents of the fenced blocks of a language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in document.lines() {
        match &mut open {
            None if line.trim_start() == fence => open = Some(String::new()),
            Some(_) if line.trim_start() == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// Arguments of a line that runs crawlint, directly or through cargo or after a pipe.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let line = line.split(" # ").next()?.split(" > ").next()?;
    let command = line.rsplit(" | ").next()?.trim();
    let rest = ["crawlint ", "cargo run --release -- "]
        .into_iter()
        .find_map(|start| command.strip_prefix(start))?;
    Some(rest.split_whitespace().collect())
}

/// Runs a command as a document or the help gives it, with names of the reader's own files
/// replaced. A complaint where it ends in anything but a judgement.
fn try_command(line: &str, arguments: &[&str]) -> Option<String> {
    let folder = Folder::new(&[("mine.toml", example_pack().as_bytes())]);
    let pack = folder.file("mine.toml");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    write!(
        gzip,
        "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <NAME>\r\nContent-Type: text/plain\r\n\
         Content-Length: {}\r\n\r\n",
        ARTICLE.len()
    )
    .unwrap();
    gzip.write_all(&[ARTICLE, b"\r\n\r\n"].concat()).unwrap();
    let dump = folder.add("crawl.warc.gz", &gzip.finish().unwrap());
    let mut command = crawlint();
    let listed = arguments.contains(&"--files-from");
    command.current_dir(root()).write_stdin(if listed { &b"README.md\n"[..] } else { ARTICLE });
    for (index, argument) in arguments.iter().enumerate() {
        match *argument {
            file if index > 0 && arguments[index - 1] == "-o" => command.arg(folder.file(file)),
            "mine.toml" => command.arg(&pack),
            "crawl.warc.gz" => command.arg(&dump),
            "crawl/" => command.arg("samples/clean"),
            "page.html" => command.arg("samples/clean/soba-making.html"),
            "RULE" => command.arg(builtin_rule()),
            // Written by one example and read by the next, each in a folder of its own.
            "known.json" => {
                let text = crawlint::baseline::Baseline::default().to_string();
                command.arg(folder.add("known.json", text.as_bytes()))
            }
            "counts.jsonl" => command.arg(folder.file("counts.jsonl")),
            file if ["results.", "hosts.", "kept/"].iter().any(|start| file.starts_with(start)) => {
                command.arg(folder.file(file))
            }
            other => command.arg(other),
        };
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    (!matches!(output.status.code(), Some(0 | 1))).then(|| format!("{line}\n{said}"))
}

fn builtin_rule() -> String {
    Scanner::new().unwrap().rules().rules()[0].definition.id.clone()
}

#[test]
fn commands_in_documents_run() {
    let mut tried = BTreeSet::new();
    let mut faults = Vec::new();
    for path in DOCUMENTS {
        for line in blocks(&read(path), "sh").iter().flat_map(|block| block.lines()) {
            let first = line.split_whitespace().next().unwrap_or_default();
            if first.contains('/') {
                assert!(root().join(first).is_file(), "{path}: {first}");
            }
            if let Some(arguments) = arguments(line)
                && tried.insert(arguments.join(" "))
            {
                faults.extend(try_command(&format!("{path}: {line}"), &arguments));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried.contains("scan samples"), "{tried:?}");
}

#[test]
fn examples_in_the_help_run() {
    let mut tried = 0;
    let mut faults = Vec::new();
    for of in [&[] as &[&str], &["scan"]] {
        for line in help(of).lines() {
            let line = line.trim().split("  ").next().unwrap();
            if let Some(arguments) = arguments(line)
                && !line.starts_with("crawlint [")
            {
                faults.extend(try_command(line, &arguments));
                tried += 1;
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried >= 8, "{tried}");
}

/// A block of the language `console` is a command after `$` and all it writes to standard output.
#[test]
fn transcripts_are_real() {
    let before = read("README.md");
    let mut document = before.clone();
    let transcripts = blocks(&before, "console");
    assert!(!transcripts.is_empty());
    for transcript in transcripts {
        let (command, _) = transcript.split_once('\n').unwrap();
        let arguments = arguments(command.strip_prefix("$ ").unwrap()).unwrap();
        let run = crawlint().current_dir(root()).args(&arguments).output().unwrap();
        let said = String::from_utf8(run.stdout).unwrap();
        let now = format!("{command}\n{}\n", said.trim_end());
        document = document.replace(&transcript, &now);
    }
    keep("README.md", &document);
}

#[test]
fn the_example_pack_holds() {
    let pack = [("mine.toml".to_owned(), example_pack())];
    let report = crawlint::check::check(&pack, false);
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
    assert!(report.rules >= 2 && report.examples >= 4, "{report:?}");
}

#[test]
fn every_document_is_tried() {
    for folder in ["", "docs/"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = format!("{folder}{}", entry.unwrap().file_name().to_string_lossy());
            let document = Path::new(&name).extension().is_some_and(|extension| extension == "md");
            assert!(!document || DOCUMENTS.contains(&name.as_str()), "{name} is not in DOCUMENTS");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for path in DOCUMENTS {
        let document = read(path);
        let folder = root().join(path);
        for (at, _) in document.match_indices("](") {
            let target = document[at + 2..].split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                let file = folder.parent().unwrap().join(target);
                assert!(file.exists(), "{path}: {target} leads nowhere");
            }
        }
    }
}
