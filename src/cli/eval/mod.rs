//! `crawlint eval`: what the rules do on labelled pages.
//!
//! Manifest → judged pages → figures → tables, JSON or a page; beside them the floor and the
//! comparison with an older run.

mod compare;
mod figures;
mod floor;
mod html;
pub(crate) mod manifest;
pub(crate) mod outcome;
pub(crate) mod table;
mod tables;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, bail};
use crawlint::report::terminal::{self, Look};

use crate::cli::args::{EvalArgs, EvalFormat};
use crate::cli::progress::{Progress, Shown};
use crate::cli::{Exit, batch, look_of, packs, print, say};
use figures::{Evaluation, Run};
use floor::Floor;
use manifest::Label;
use outcome::Outcome;

pub(crate) fn run(options: &EvalArgs) -> anyhow::Result<Exit> {
    if options.list.is_some() && options.output.is_none() && options.format != EvalFormat::Human {
        bail!("--list goes with the tables: add -o FILE for the other format");
    }
    let mut entries = manifest::load(&options.dir)?;
    entries.retain(|entry| options.part.is_none_or(|part| part == entry.part()));
    if entries.is_empty() {
        bail!("the part holds no page");
    }
    let floor = options.floor.as_deref().map(Floor::read).transpose()?;
    let scanner = packs::set_up(&options.scanner, |builder| builder)?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(processors, usize::from).min(entries.len());

    let started = Instant::now();
    let pages = judge_all(&entries, jobs, |entry| {
        let show = options.format == EvalFormat::Html;
        outcome::judge(&scanner, &options.dir, entry, options.scanner.max_bytes, show)
    })?;
    let elapsed = started.elapsed();
    let lost: Vec<&Outcome> = pages.iter().filter(|page| page.lost.is_some()).collect();
    if let Some(first) = lost.first() {
        let why = first.lost.as_deref().unwrap_or_default();
        bail!(
            "{} of {} pages cannot be read, the first {}: {why}",
            lost.len(),
            pages.len(),
            terminal::escape(&first.file)
        );
    }

    let run = Run {
        folder: options.dir.display().to_string(),
        part: options.part,
        jobs,
        elapsed,
        rules: scanner.rules().rules().iter().map(|rule| rule.definition.id.as_str()).collect(),
    };
    let mut evaluation = figures::measure(&pages, &run);
    evaluation.compared =
        options.compare.as_deref().map(|old| compare::compare(old, &pages)).transpose()?;
    // Asked for in vain, a list should not look like one without a page.
    let listed = options.list.as_deref().map(|group| list(&evaluation, group)).transpose()?;
    write(options, &evaluation, listed.as_deref())?;

    let now = Floor::of(&evaluation);
    if let Some(path) = &options.write_floor {
        now.write(path)?;
    }
    let worse = floor.map_or(Ok(Vec::new()), |floor| floor.undercut(&now))?;
    if worse.is_empty() {
        return Ok(Exit::Passed);
    }
    let worse: Vec<_> = worse.iter().map(|line| terminal::escape(line)).collect();
    say(&format!("below the floor:\n  {}\n", worse.join("\n  ")));
    Ok(Exit::Gate)
}

/// Does the work on every page, in the order of the manifest, and shows how far it is.
pub(crate) fn judge_all<E: Sync, T: Send>(
    entries: &[E],
    jobs: usize,
    work: impl Fn(&E) -> T + Sync,
) -> anyhow::Result<Vec<T>> {
    let mut progress = Progress::records(
        entries.len() as u64,
        Shown { bar: io::stderr().is_terminal(), lines: None },
    );
    let mut pages = Vec::with_capacity(entries.len());
    batch::in_order(entries.iter(), jobs, work, |page| {
        pages.push(page);
        progress.step(false);
        Ok(())
    })?;
    progress.finish();
    Ok(pages)
}

/// Writes the figures where they are wanted. With a file for the other formats, the tables still
/// go to standard output.
fn write(
    options: &EvalArgs,
    evaluation: &Evaluation<'_>,
    listed: Option<&str>,
) -> anyhow::Result<()> {
    let human = |look: Look| {
        let tables = tables::tables(evaluation);
        let mut out: String = tables.iter().map(|table| table.render(look)).collect();
        out.push_str(listed.unwrap_or_default());
        out
    };
    let text = match options.format {
        EvalFormat::Human => None,
        EvalFormat::Json => Some(format!("{}\n", serde_json::to_string(evaluation)?)),
        EvalFormat::Html => Some(html::page(evaluation)),
    };
    let Some(path) = &options.output else {
        match text {
            // Other formats are data, which no stream may alter.
            Some(text) => io::stdout().lock().write_all(text.as_bytes())?,
            None => print(&human(look_of(&io::stdout())))?,
        }
        return Ok(());
    };
    let plain = Look { colour: false, width: crate::cli::DEFAULT_WIDTH };
    std::fs::write(path, text.unwrap_or_else(|| human(plain))).with_context(|| {
        format!("cannot write {}", terminal::escape(&path.display().to_string()))
    })?;
    print(&human(look_of(&io::stdout())))?;
    Ok(())
}

/// The pages of a group that are judged wrong; `misses` and `alarms` name all of either kind.
fn list(evaluation: &Evaluation<'_>, group: &str) -> anyhow::Result<String> {
    let known = |page: &&Outcome| match group {
        "misses" => page.is_miss(),
        "alarms" => page.is_alarm(),
        _ => page.group == group && (page.is_miss() || page.is_alarm()),
    };
    let names: Vec<&str> = evaluation
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .filter(|name| *name != Label::Ambiguous.name())
        .collect();
    if !names.contains(&group) && !["misses", "alarms"].contains(&group) {
        bail!("there is no group `{group}`; there are {}, `misses` and `alarms`", names.join("; "));
    }
    let mut out = String::new();
    for page in evaluation.pages.iter().filter(known) {
        let category = page.category.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "{:<11}{:>6.1} dB  {}  {}: {}",
            page.verdict.name(),
            page.risk_db,
            terminal::escape(&page.file),
            terminal::escape(category),
            terminal::escape(&page.headline)
        );
    }
    if out.is_empty() {
        out.push_str("none judged wrong\n");
    }
    Ok(out)
}
