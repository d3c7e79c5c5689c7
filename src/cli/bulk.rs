//! What a scan writes beside its standard output, what it counts for that, and how it goes on
//! after it was interrupted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use crawlint::Inspection;
use crawlint::Origin;
use crawlint::input::{self, Start, WalkOptions};
use crawlint::report::terminal::escape;
use crawlint::report::{Report, Verdict, json};
use crawlint::rules::RuleSet;
use serde_json::Value;

use crate::cli::args::{Gate, ScanArgs};
use crate::cli::desk::Card;
use crate::cli::hosts::{self, Hosts, Sighting};
use crate::cli::output::{Command, Marks, Need, Outputs, Packer, Page, Plan, SplitFormat, Stamp};
use crate::cli::sources::Inputs;
use crate::cli::summary::Summary;
use crate::cli::words;

/// Hosts named in the summary.
const TOP_HOSTS: usize = 3;

/// What the workers make of a page for the outputs.
#[derive(Default)]
pub(crate) struct Filed {
    report: Option<Report>,
    line: Vec<u8>,
    card: Card,
    copy: Vec<u8>,
    sighting: Option<Sighting>,
}

/// How the workers make it.
#[derive(Clone)]
pub(crate) struct Filer {
    /// Whether any output takes results.
    reports: bool,
    lines: bool,
    cards: bool,
    packer: Option<Packer>,
    only: Option<Gate>,
}

impl Filer {
    /// Whether a page of this verdict is written anywhere.
    pub(crate) fn takes(&self, verdict: Verdict) -> bool {
        self.only.as_ref().is_none_or(|only| only.0.contains(&verdict))
    }

    /// What of a page the outputs need. `look` takes a second look at it.
    pub(crate) fn file(
        &self,
        report: Report,
        origin: &Origin,
        bytes: &[u8],
        look: impl FnOnce() -> Inspection,
    ) -> Filed {
        let mut filed = Filed { sighting: Sighting::of(&report), ..Filed::default() };
        if !self.takes(report.verdict) || !self.reports && self.packer.is_none() {
            return filed;
        }
        if self.lines {
            filed.line = json::line(&report);
        }
        if self.cards {
            filed.card = Card::of(&report, look);
        }
        if let Some(packer) = self.packer {
            filed.copy = packer.pack(origin, bytes, &report);
        }
        filed.report = Some(report);
        filed
    }
}

/// The outputs of a run, and what goes with them.
pub(crate) struct Bulk {
    plan: Plan,
    outputs: Outputs,
    hosts: Hosts,
    hosts_file: Option<PathBuf>,
    started: Instant,
    /// Time that interrupted runs took.
    earlier: Duration,
}

impl Bulk {
    /// Opens what the arguments ask for. The summary has the counts of an interrupted run.
    pub(crate) fn open(
        options: &ScanArgs,
        inputs: &Inputs,
    ) -> anyhow::Result<(Self, Summary, Filer)> {
        if options.resume && options.format.is_some() {
            bail!("--resume goes on with files: what went to standard output is gone");
        }
        let split = match (options.split.as_deref(), options.split_format) {
            (None, _) => None,
            (Some(folder), Some(format)) => Some((folder, format)),
            (Some(folder), None) => Some((folder, SplitFormat::suits(inputs.beforehand()?))),
        };
        let only = options.only.as_ref().map(|only| only.0.as_slice());
        let plan = Plan::new(&options.output, split, options.writer_gate())?;
        let most = match &options.hosts {
            Some(path) => {
                hosts::check(path)?;
                hosts::IN_FILE
            }
            None => hosts::IN_SUMMARY,
        };
        let (outputs, resumed) =
            plan.open(options.resume, &command(options), || stamp(options, inputs))?;
        let mut hosts = Hosts::new(most);
        resumed.hosts.iter().for_each(|cut| hosts.restore(cut));
        let cut = resumed.cut;
        let (counts, earlier) = if cut.counts.is_null() {
            (Summary::default(), Duration::ZERO)
        } else {
            serde_json::from_value(cut.counts).context("the journal's counts are damaged")?
        };
        let summary = counts.open(options.summary.as_deref(), &cut.marks)?;
        let filer = Filer {
            reports: !options.output.is_empty(),
            lines: plan.needs(Need::Line),
            cards: plan.needs(Need::Card),
            packer: split.map(|(_, format)| Packer::new(format, options.scanner.max_bytes)),
            only: only.map(|only| Gate(only.to_vec())),
        };
        let hosts_file = options.hosts.clone();
        let bulk = Self { plan, outputs, hosts, hosts_file, started: Instant::now(), earlier };
        Ok((bulk, summary, filer))
    }

    /// Items that interrupted runs have done already.
    pub(crate) fn done_before(&self) -> u64 {
        self.outputs.items()
    }

    /// Time that the run took, with the interrupted runs before it.
    pub(crate) fn elapsed(&self) -> Duration {
        self.earlier + self.started.elapsed()
    }

    /// Takes a page.
    pub(crate) fn page(&mut self, filed: &Filed) -> anyhow::Result<()> {
        if let Some(sighting) = &filed.sighting {
            self.hosts.add(sighting);
        }
        if let Some(report) = &filed.report {
            let (line, card, copy) = (&filed.line, &filed.card, &filed.copy);
            self.outputs.page(&Page { report, line, card, copy })?;
        }
        Ok(())
    }

    /// Notes that an item is done and counted.
    pub(crate) fn done(&mut self, summary: &mut Summary) -> anyhow::Result<()> {
        if self.outputs.done() {
            self.cut(summary)?;
        } else if !self.outputs.resumes() && self.hosts.is_due() {
            self.hosts.settle();
        }
        Ok(())
    }

    fn cut(&mut self, summary: &mut Summary) -> anyhow::Result<()> {
        let mut marks = Marks::new();
        summary.cut(&mut marks)?;
        let counts = serde_json::to_value((summary, self.elapsed()))?;
        let hosts = self.hosts.cut();
        self.outputs.cut(marks, counts, hosts)
    }

    /// What to say of files that are cut short by an error; nothing where there are none.
    pub(crate) fn unfinished(&self) -> Option<&'static str> {
        if self.outputs.resumes() {
            Some("the run did not end; the same command with --resume goes on")
        } else if self.plan.is_empty() {
            None
        } else {
            Some("the run did not end")
        }
    }

    /// Ends all files; or, where the run was stopped, leaves them in a state from which another
    /// can go on, and says how, as whole lines. `told` goes into the last line of the summary.
    pub(crate) fn end(
        mut self,
        summary: &mut Summary,
        told: Value,
        rules: &RuleSet,
        stopped: bool,
    ) -> anyhow::Result<String> {
        if stopped {
            let text = self.interrupt(summary)?;
            summary.finish(told)?;
            return Ok(text);
        }
        summary.finish(told)?;
        if let Some(path) = &self.hosts_file {
            hosts::write(path, &self.hosts.rows())?;
        }
        self.outputs.finish(rules)?;
        Ok(String::new())
    }

    fn interrupt(&mut self, summary: &mut Summary) -> anyhow::Result<String> {
        let records = usize::try_from(self.outputs.items()).unwrap_or(usize::MAX);
        let mut text = format!("stopped after {}", words::count(records, "record"));
        if self.outputs.resumes() {
            self.cut(summary)?;
            text.push_str("; the same command with --resume goes on from there\n");
        } else if self.plan.is_empty() {
            text.push_str("; there is no output to go on with\n");
        } else {
            text.push_str("; the same command begins anew\n");
        }
        for path in self.plan.whole().chain(self.hosts_file.as_deref()) {
            let path = path.display().to_string();
            let path = escape(&path);
            let _ = writeln!(text, "  {path} is written at the end only, so it was not written");
        }
        Ok(text)
    }

    /// The hosts that moderators should look at, as lines of the summary; empty where no page
    /// has an address or no host carries spam.
    pub(crate) fn hosts_lines(&mut self) -> String {
        let rows = self.hosts.rows();
        let bad: Vec<_> = rows.iter().filter(|row| row.host.bad() > 0).collect();
        if bad.is_empty() {
            return String::new();
        }
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &bad {
            *kinds.entry(row.host.kind()).or_default() += 1;
        }
        let kinds: Vec<String> = kinds
            .iter()
            .map(|(kind, hosts)| format!("{kind} {}", words::thousands(*hosts as u64)))
            .collect();
        let mut text = format!(
            "  {} of {} with spam: {}\n",
            words::thousands(bad.len() as u64),
            words::count(rows.len(), "host"),
            kinds.join(" · ")
        );
        for row in bad.iter().take(TOP_HOSTS) {
            let causes: Vec<String> =
                row.top(2).iter().map(|(cause, _)| escape(cause).into_owned()).collect();
            let _ = writeln!(
                text,
                "    {}: {}, {} of {} ({})",
                escape(row.name),
                row.host.kind(),
                words::thousands(row.host.bad().into()),
                words::count(row.host.pages() as usize, "page"),
                causes.join(", ")
            );
        }
        text
    }
}

/// The arguments that decide what is written.
fn command(options: &ScanArgs) -> Command {
    let list = |paths: &[PathBuf]| {
        let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        Value::from(names).to_string()
    };
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let flag = |set: bool| set.then(|| "yes".to_owned());
    let only = options.only.as_ref().map(|only| {
        let names: Vec<&str> = only.0.iter().map(|verdict| verdict.name()).collect();
        names.join(",")
    });
    let arguments = [
        ("PATH", Some(list(&options.paths))),
        ("--files-from", path(&options.files_from)),
        ("--input-format", options.reading.input_format.map(|format| format.name().to_owned())),
        ("--fields", options.reading.fields.as_ref().map(|fields| format!("{fields:?}"))),
        ("--output", Some(list(&options.output))),
        ("--split", path(&options.split)),
        ("--split-format", options.split_format.map(|format| format!("{format:?}"))),
        ("--only", only),
        ("--hosts", path(&options.hosts)),
        ("--summary", path(&options.summary)),
        ("--url", options.reading.url.clone()),
        ("--respect-ignore", flag(options.respect_ignore)),
        ("--signals", flag(options.signals)),
        ("--profile", options.profile.map(|profile| profile.name().to_owned())),
        ("--max-bytes", Some(options.scanner.max_bytes.to_string())),
        ("--config", path(&options.scanner.settings.config)),
        ("--rules", Some(list(&options.scanner.rules.rules))),
        ("--no-default-rules", flag(options.scanner.rules.no_default_rules)),
    ];
    arguments.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What packs, settings and inputs look like now. What comes on standard input has no stamp.
fn stamp(options: &ScanArgs, inputs: &Inputs) -> anyhow::Result<Stamp> {
    let mut stamp = Stamp::default();
    let mut add = |path: &Path, respect_ignore| {
        for entry in input::walk(&[path.to_owned()], &WalkOptions { respect_ignore }) {
            match entry {
                Ok(entry) => stamp.add(&entry.path),
                Err(error) => stamp.add(&error.path),
            }
        }
    };
    let packs = options.scanner.rules.rules.iter().chain(&options.scanner.settings.config);
    packs.for_each(|path| add(path, false));
    for start in inputs.beforehand()?.into_iter().flatten() {
        if let Start::Path(path) = start {
            add(&path, options.respect_ignore);
        }
    }
    Ok(stamp)
}
