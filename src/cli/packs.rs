//! Packs from files, and their faults as text.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anstyle::{AnsiColor, Style};
use anyhow::{Context as _, anyhow, bail};
use crawlint::report::terminal::{self, Look};
use crawlint::rules::{Problem, RulesError};
use crawlint::settings::{Date, SettingsFile};
use crawlint::{Scanner, ScannerBuilder};

use crate::cli::args::{RuleArgs, ScannerArgs};
use crate::cli::words::count;

const SECONDS_OF_DAY: u64 = 24 * 60 * 60;

/// A scanner with the rules the arguments ask for. Packs at `more` come beside those of `--rules`.
pub(crate) fn scanner(
    rules: &RuleArgs,
    more: &[PathBuf],
    max_bytes: u64,
) -> anyhow::Result<Scanner> {
    build(builder(rules, more, max_bytes)?)
}

/// A scanner with the rules and settings the arguments ask for, and `more`.
pub(crate) fn set_up(
    args: &ScannerArgs,
    more: impl FnOnce(ScannerBuilder) -> ScannerBuilder,
) -> anyhow::Result<Scanner> {
    let ScannerArgs { max_bytes, settings, rules } = args;
    let mut builder = builder(rules, &[], *max_bytes)?.trust_inline(settings.trust_inline);
    if let Some(file) = &settings.file {
        builder = builder.settings(SettingsFile::clone(file));
    }
    if let Ok(passed) = SystemTime::now().duration_since(UNIX_EPOCH) {
        let days = u32::try_from(passed.as_secs() / SECONDS_OF_DAY).unwrap_or(u32::MAX);
        builder = builder.today(Date::from_days(days));
    }
    build(more(builder))
}

fn builder(rules: &RuleArgs, more: &[PathBuf], max_bytes: u64) -> anyhow::Result<ScannerBuilder> {
    let mut builder = Scanner::builder()
        .default_rules(!rules.no_default_rules)
        .max_bytes(usize::try_from(max_bytes).unwrap_or(usize::MAX));
    let packs = load(rules, more)?;
    if rules.no_default_rules && packs.is_empty() {
        bail!("no rules are left: give a pack with --rules, or drop --no-default-rules");
    }
    for (name, source) in &packs {
        builder = builder.pack(name, source);
    }
    Ok(builder)
}

fn build(builder: ScannerBuilder) -> anyhow::Result<Scanner> {
    builder.build().map_err(|error| faults(&error))
}

/// All faults of packs or settings, as one error.
pub(crate) fn faults(error: &RulesError) -> anyhow::Error {
    let look = super::look_of(&std::io::stderr());
    let faults = count(error.problems.len(), "fault");
    anyhow!("the rules or settings have {faults}\n\n{}", problems(&error.problems, look).trim_end())
}

/// Names and sources of the packs at the paths of `--rules` and of `more`, folders searched for
/// `*.toml`, in the order of the paths and sorted within a folder.
pub(crate) fn load(rules: &RuleArgs, more: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    let mut packs = Vec::new();
    for path in rules.rules.iter().chain(more) {
        let shown = terminal::escape(&path.display().to_string()).into_owned();
        if path.is_dir() {
            let files = toml_files(path).with_context(|| format!("cannot list {shown}"))?;
            if files.is_empty() {
                bail!("{shown} holds no pack: packs are files named *.toml");
            }
            for file in &files {
                packs.push(read(file)?);
            }
        } else {
            packs.push(read(path)?);
        }
    }
    Ok(packs)
}

fn read(path: &Path) -> anyhow::Result<(String, String)> {
    let name = path.display().to_string();
    let source = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the rules in {}", terminal::escape(&name)))?;
    Ok((name, source))
}

fn toml_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            // Links to folders are not followed: they could lead back here.
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The faults one after another, each with its place, the line and a caret.
pub(crate) fn problems(problems: &[Problem], look: Look) -> String {
    problems.iter().map(|problem| self::problem(problem, look)).collect()
}

fn problem(problem: &Problem, look: Look) -> String {
    let blue: Style = AnsiColor::Blue.on_default().bold();
    let red: Style = AnsiColor::Red.on_default().bold();
    let mut out = String::new();
    let rule = problem.rule.as_deref().map_or_else(String::new, |rule| format!(" ({rule})"));
    let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
    let _ = writeln!(out, "{}{}", look.bold(terminal::escape(&place)), terminal::escape(&rule));
    if let Some(line) = &problem.excerpt {
        let number = problem.line.to_string();
        let gutter = number.len();
        let bar = look.paint(blue, "|");
        let (line, from, columns) =
            window(line, problem.caret, look.width.saturating_sub(gutter + 4));
        let _ = writeln!(out, "  {} {bar} {line}", look.paint(blue, &number));
        let caret = look.paint(red, "^".repeat(columns));
        let _ = writeln!(out, "  {:gutter$} {bar} {}{caret}", "", " ".repeat(from));
    }
    for line in problem.message.lines() {
        let _ = writeln!(out, "  {}", terminal::escape(line));
    }
    out.push('\n');
    out
}

/// The part of a line around its caret that fits, escaped; where the caret starts in it and how
/// wide it is, in columns. `caret` counts characters.
fn window(line: &str, caret: (u32, u32), columns: usize) -> (String, usize, usize) {
    let at = |char: u32| line.char_indices().nth(char as usize).map_or(line.len(), |(at, _)| at);
    let (start, end) = (at(caret.0), at(caret.1.max(caret.0)));
    let columns = columns.max(20);
    let before = terminal::escape(&line[..start]);
    let before = terminal::cut_start(&before, columns / 2).into_owned();
    let rest = terminal::escape(&line[start..]);
    let room = columns.saturating_sub(terminal::width(&before));
    let marked = terminal::width(&terminal::escape(&line[start..end])).clamp(1, room);
    let from = terminal::width(&before);
    (format!("{before}{}", terminal::cut(&rest, room)), from, marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_line_and_a_caret_below_the_right_columns() {
        let fault = Problem {
            file: "mine.toml".into(),
            line: 12,
            column: 5,
            rule: Some("tea/lure".into()),
            message: "unknown key `patern`".into(),
            excerpt: Some("茶\tx patern = 'a'".into()),
            caret: (4, 10),
        };
        let text = problems(&[fault], Look { colour: false, width: 60 });
        assert_eq!(
            text,
            "mine.toml:12:5 (tea/lure)\n  12 | 茶 x patern = 'a'\n     |      ^^^^^^\n  unknown key `patern`\n\n"
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let line = "x".repeat(200);
        let (shown, from, marked) = window(&line, (150, 160), 40);
        assert_eq!((terminal::width(&shown), from, marked), (40, 20, 10));
        let (_, from, marked) = window("ab", (9, 3), 40);
        assert_eq!((from, marked), (2, 1));
    }
}
