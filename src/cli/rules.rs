//! `crawlint rules list` and `crawlint rules check`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crawlint::report::terminal::{self, escape};
use crawlint::rules::{LexiconInfo, Rule};

use crate::cli::args::{CheckArgs, ListArgs};
use crate::cli::words::count;
use crate::cli::{Exit, look_of, packs, print, say};

/// Bound on the size of records nobody scans here.
const NO_RECORDS: u64 = 1 << 20;

pub(crate) fn list(options: &ListArgs) -> anyhow::Result<Exit> {
    let scanner = packs::scanner(&options.rules, &options.paths, NO_RECORDS)?;
    let look = look_of(&std::io::stdout());
    let rules = scanner.rules();
    let mut out = String::new();
    for pack in rules.packs() {
        let _ = writeln!(
            out,
            "{}  {}, {}, {}",
            look.bold(escape(&pack.name)),
            count(pack.rules, "rule"),
            count(pack.terms, "term"),
            look.dim(escape(&pack.origin)),
        );
        for line in terminal::wrap(&escape(&pack.summary), look.width.saturating_sub(2)) {
            let _ = writeln!(out, "  {line}");
        }
        let of_pack = |rule: &&Rule| rule.pack == pack.name;
        out.push_str(&table(rules.rules().iter().filter(of_pack), look));
        out.push('\n');
    }
    out.push_str(&lexicons(rules.lexicons(), look));
    let (packs, rules) = (rules.packs().len(), rules.rules().len());
    let _ = writeln!(out, "{}, {}", count(packs, "pack"), count(rules, "rule"));
    print(&out)?;
    Ok(Exit::Passed)
}

/// Rules with id, detector and summary, one per line.
pub(crate) fn table<'a>(
    rules: impl Iterator<Item = &'a Rule> + Clone,
    look: terminal::Look,
) -> String {
    let widest = |of: fn(&Rule) -> &str| {
        rules.clone().map(|rule| terminal::width(&escape(of(rule)))).max().unwrap_or(0)
    };
    let (id_width, detector_width) =
        (widest(|rule| &rule.definition.id), widest(|rule| &rule.definition.detector));
    let room = look.width.saturating_sub(id_width + detector_width + 6).max(20);
    let mut out = String::new();
    for rule in rules {
        let definition = &rule.definition;
        let _ = writeln!(
            out,
            "  {}  {}  {}",
            terminal::pad(&escape(&definition.id), id_width),
            look.dim(terminal::pad(&escape(&definition.detector), detector_width)),
            terminal::cut(&escape(&definition.summary), room),
        );
    }
    out
}

/// Topics with the number of terms per language.
fn lexicons(lexicons: &[LexiconInfo], look: terminal::Look) -> String {
    let mut topics: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for lexicon in lexicons {
        let terms = lexicon.strong + lexicon.medium + lexicon.weak;
        *topics.entry(&lexicon.topic).or_default().entry(&lexicon.language).or_default() += terms;
    }
    if topics.is_empty() {
        return String::new();
    }
    let mut out = format!("{}\n", look.bold("terms by topic and language"));
    let widest = topics.keys().map(|topic| terminal::width(&escape(topic))).max().unwrap_or(0);
    for (topic, languages) in topics {
        let total: usize = languages.values().sum();
        let languages: Vec<String> =
            languages.iter().map(|(language, terms)| format!("{language} {terms}")).collect();
        let languages = languages.join(" · ");
        let room = look.width.saturating_sub(widest + 10);
        for (at, line) in terminal::wrap(&escape(&languages), room).iter().enumerate() {
            let (topic, total) = if at == 0 {
                (escape(topic), total.to_string())
            } else {
                ("".into(), String::new())
            };
            let _ =
                writeln!(out, "  {}  {total:>5} {}", terminal::pad(&topic, widest), look.dim(line));
        }
    }
    out.push('\n');
    out
}

pub(crate) fn check(options: &CheckArgs) -> anyhow::Result<Exit> {
    let packs = packs::load(&options.rules, &options.paths)?;
    let report = crawlint::check::check(&packs, !options.rules.no_default_rules);
    let (rules, examples) = (count(report.rules, "rule"), count(report.examples, "example"));
    if report.problems.is_empty() {
        print(&format!("{rules} and {examples} checked, no faults\n"))?;
        return Ok(Exit::Passed);
    }
    print(&packs::problems(&report.problems, look_of(&std::io::stdout())))?;
    let faults = count(report.problems.len(), "fault");
    say(&format!("{rules} and {examples} checked, {faults}\n"));
    Ok(Exit::Failed)
}
