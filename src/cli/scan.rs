//! `crawlint scan`.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{anyhow, bail};
use crawlint::input::{self, Item, Pull};
use crawlint::report::terminal::Look;
use crawlint::report::{Reason, Report, Verdict, human, json};
use crawlint::{Origin, Scanner, ScannerBuilder, Timings};
use serde_json::Value;

use crate::cli::args::{Format, ScanArgs};
use crate::cli::bulk::{Bulk, Filed, Filer};
use crate::cli::desk::Card;
use crate::cli::interrupt::Interrupt;
use crate::cli::ledger::{Account, Ledger};
use crate::cli::progress::{Progress, Shown};
use crate::cli::sources::{self, Inputs};
use crate::cli::standard::Standard;
use crate::cli::timings::Times;
use crate::cli::{Exit, batch, changed, look_of, packs, say};

/// What a worker hands to the writer.
enum Outcome {
    /// A page that was judged, or a record that could not be.
    Seen {
        /// The file, and whether it holds more than this record.
        file: (String, bool),
        verdict: Verdict,
        /// Why it is unreadable, in one word.
        reason: Option<String>,
        /// Rules that found something, each once.
        rules: Vec<String>,
        /// Bytes of the page.
        bytes: u64,
        /// The page as it goes to standard output; none where it is not shown.
        text: Option<Vec<u8>>,
        /// The page as it goes to the desk; empty in other formats.
        card: Card,
        /// The page as it goes to the writer of a format that has one.
        report: Option<Box<Report>>,
        /// The page as it goes to files.
        filed: Box<Filed>,
    },
    Skipped {
        file: String,
        kind: String,
    },
}

#[expect(clippy::too_many_lines, reason = "one run, from its arguments to its exit status")]
pub(crate) fn run(options: &ScanArgs) -> anyhow::Result<Exit> {
    let to_files = !options.output.is_empty() || options.split.is_some();
    let format = options.format.or((!to_files).then_some(Format::Human));
    let json = matches!(format, None | Some(Format::Json | Format::Jsonl));
    if !json && options.output.is_empty() && (options.signals || options.profile.is_some()) {
        bail!(
            "--signals and --profile add to JSON: give --format jsonl or json, or -o FILE, or use `crawlint inspect`"
        );
    }
    let ledger = Ledger::open(options)?;
    let scanner = packs::set_up(&options.scanner, |builder| {
        let builder = builder.quality(options.signals).profile(options.profile);
        ledger.baseline().into_iter().fold(builder, ScannerBuilder::baseline)
    })?;
    // The system takes the memory back at once; to free it piece by piece takes 5 ms.
    let scanner = ManuallyDrop::new(scanner);
    let inputs = Inputs::new(changed::starts(options)?, options.files_from.as_deref())?;
    if options.reading.url.is_some() && !inputs.is_one_file() {
        bail!("--url names the address of one page: give one file");
    }
    let reading = input::Options {
        walk: input::WalkOptions { respect_ignore: options.respect_ignore },
        ..options.reading.options(options.scanner.max_bytes)
    };
    let starts = inputs.starts()?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(processors, usize::from);

    let (mut bulk, mut summary, filer) = Bulk::open(options, &inputs)?;
    let interrupt = Interrupt::listen()?;
    // Whether the run stopped before the end of its inputs.
    let stopped = AtomicBool::new(false);
    let unfinished = bulk.unfinished();
    let mut done = bulk.done_before();
    let mut pulls = input::items(starts, &reading);
    let pulls = std::iter::from_fn(|| {
        loop {
            if interrupt.asked() {
                stopped.store(true, Ordering::SeqCst);
                return None;
            }
            let pull = pulls.next()?;
            if done == 0 {
                return Some(pull);
            }
            done -= 1;
        }
    });

    let mut standard = Standard::new(format, options);
    let wanted = !options.quiet && !options.no_progress;
    let shown = Shown::new(wanted, io::stderr().is_terminal(), options.stats_every);
    let mut progress =
        Progress::bytes(reading.meter.clone(), inputs.beforehand()?, reading.walk.clone(), shown);
    let judge = Judge {
        scanner: &scanner,
        options,
        ledger: &ledger,
        format,
        look: standard.look(),
        filer,
        times: options.timings.then(Times::default),
    };
    batch::in_order(
        pulls,
        jobs,
        |pull: Pull| judge.outcome(pull),
        |outcome| {
            match outcome {
                Outcome::Seen {
                    file,
                    verdict,
                    reason,
                    rules,
                    bytes,
                    text,
                    card,
                    report,
                    filed,
                } => {
                    progress.step(options.gate.fail_on.0.contains(&verdict));
                    summary.add(file, verdict, reason.as_deref(), rules, bytes)?;
                    if let Some(text) = text {
                        standard.push(&text, &card, report.as_deref())?;
                    }
                    bulk.page(&filed)?;
                }
                Outcome::Skipped { file, kind } => {
                    progress.skip();
                    summary.skip(file, &kind)?;
                }
            }
            bulk.done(&mut summary)?;
            Ok(standard.write(&mut progress)?)
        },
    )
    .map_err(|error| match unfinished {
        // Flat, since results in files are cut short even where the reader of others had enough.
        Some(note) => anyhow!("{note}: {error:#}"),
        None => error,
    })?;
    let times = judge.times;
    progress.finish();
    standard.finish(scanner.rules())?;
    let stopped = stopped.load(Ordering::SeqCst);
    // A run that did not see all its pages must not change what is known of them.
    let account = if stopped { None } else { Some(ledger.close(&scanner, summary.is_complete())?) };
    let told = account.as_ref().map_or(Value::Null, Account::json);
    let (elapsed, hosts) = (bulk.elapsed(), bulk.hosts_lines());
    let farewell = bulk.end(&mut summary, told, scanner.rules(), stopped)?;
    if summary.is_empty() && !stopped && options.changed_since.is_none() {
        bail!("nothing to scan: no file in {}", inputs.shown());
    }
    let exit = if stopped { Exit::Interrupted } else { summary.exit(options) };
    if !options.quiet {
        say(&summary.render(options, exit, elapsed, &hosts, look_of(&io::stderr())));
        if let Some(account) = &account {
            say(&account.render());
        }
    }
    // Also when quiet: it was asked for, and how to go on is no pleasantry.
    say(&times.map(Times::render).unwrap_or_default());
    say(&farewell);
    Ok(exit)
}

/// What workers need.
struct Judge<'run> {
    scanner: &'run Scanner,
    options: &'run ScanArgs,
    ledger: &'run Ledger,
    /// How pages are shown on standard output; none where they are not.
    format: Option<Format>,
    look: Look,
    filer: Filer,
    /// Where the time goes, if anybody asks.
    times: Option<Times>,
}

impl Judge<'_> {
    fn outcome(&self, pull: Pull) -> Outcome {
        let Some(times) = &self.times else { return self.judge(pull.item()).0 };
        let begun = Instant::now();
        let item = pull.item();
        let read = begun.elapsed();
        let begun = Instant::now();
        let (outcome, taken) = self.judge(item);
        if let (Outcome::Seen { bytes, .. }, Some((name, timings))) = (&outcome, taken) {
            let render = begun.elapsed().saturating_sub(timings.total());
            times.add(&name, *bytes as usize, read, &timings, render);
        }
        outcome
    }

    /// Scans and renders an item; with its name and the time of the scan where that is taken.
    fn judge(&self, item: Item) -> (Outcome, Option<(String, Timings)>) {
        let url = self.options.reading.url.as_deref();
        let mut timings = None;
        let (report, bytes, origin) = match item {
            Item::Page(record) => {
                let (origin, bytes) = sources::origin(record, url);
                let report = if self.times.is_some() {
                    let (report, taken) = self.scanner.timed(&bytes, &origin);
                    timings = Some((name_of(&origin), taken));
                    report
                } else {
                    self.scanner.scan(&bytes, &origin)
                };
                (report, bytes, origin)
            }
            Item::Fault { at, error } => {
                let origin = sources::origin_of(at, url);
                let reason = Reason { code: error.code().to_owned(), message: error.to_string() };
                (Scanner::unreadable(&origin, reason), Vec::new(), origin)
            }
            Item::Skipped { at, kind } => {
                return (Outcome::Skipped { file: at.path, kind }, None);
            }
        };
        self.ledger.note(&report);
        let format = self.format.filter(|_| self.filer.takes(report.verdict));
        let text = format.map(|format| match format {
            Format::Jsonl => json::line(&report),
            Format::Json => json::object(&report),
            Format::Human => self.for_people(&report, &bytes, &origin).into_bytes(),
            _ => Vec::new(),
        });
        let written = format.filter(|format| {
            !matches!(format, Format::Human | Format::Json | Format::Jsonl | Format::Html)
        });
        let look = || self.scanner.inspect(&bytes, &origin);
        let card = match format {
            Some(Format::Html) => Card::of(&report, look),
            _ => Card::default(),
        };
        let counted = report.findings.iter().filter(|finding| finding.suppressed.is_none());
        let rules: BTreeSet<&str> = counted.map(|finding| finding.rule.as_str()).collect();
        let outcome = Outcome::Seen {
            file: (origin.path.clone(), origin.record.is_some() || origin.offset.is_some()),
            verdict: report.verdict,
            reason: report.reason.as_ref().map(|reason| reason.code.clone()),
            rules: rules.into_iter().map(str::to_owned).collect(),
            bytes: bytes.len() as u64,
            text,
            card,
            report: written.map(|_| Box::new(report.clone())),
            filed: Box::new(self.filer.file(report, &origin, &bytes, look)),
        };
        (outcome, timings)
    }

    /// A page as text. The text around the findings comes from reading the page again, which only
    /// those are that are shown.
    fn for_people(&self, report: &Report, bytes: &[u8], origin: &Origin) -> String {
        if report.verdict == Verdict::Clean {
            let shown = self.options.all && !self.options.quiet;
            return if shown { human::clean_line(report, self.look) } else { String::new() };
        }
        let excerpts = if report.findings.is_empty() {
            Vec::new()
        } else {
            human::excerpts(report, &self.scanner.page(bytes, origin))
        };
        format!("{}\n", human::render(report, &excerpts, self.look))
    }
}

/// The page by file and record.
fn name_of(origin: &Origin) -> String {
    match (&origin.record, origin.offset) {
        (Some(record), _) => format!("{} {record}", origin.path),
        (None, Some(offset)) => format!("{} @{offset}", origin.path),
        (None, None) => origin.path.clone(),
    }
}
