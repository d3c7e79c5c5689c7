//! `crawlint scan`.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::time::Instant;

use anstream::AutoStream;
use anyhow::bail;
use crawlint::input::{self, Item, Pull, Start};
use crawlint::report::csv::Csv;
use crawlint::report::github::Github;
use crawlint::report::junit::Junit;
use crawlint::report::markdown::Markdown;
use crawlint::report::sarif::Sarif;
use crawlint::report::terminal::Look;
use crawlint::report::writer::{Gate, Writer};
use crawlint::report::{Reason, Report, Verdict, human, json};
use crawlint::{Origin, Scanner, ScannerBuilder};

use crate::cli::args::{Format, ScanArgs};
use crate::cli::desk::{self, Card};
use crate::cli::ledger::Ledger;
use crate::cli::progress::{Progress, Shown};
use crate::cli::summary::Summary;
use crate::cli::{Exit, batch, changed, look_of, packs, say, sources};

/// Bytes gathered before they are written, where the output is no terminal.
const BUFFER: usize = 1 << 16;

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
        /// The page as it goes to the output; empty where it is not shown.
        text: Vec<u8>,
        /// The page as it goes to the desk; empty in other formats.
        card: Card,
        /// The page as it goes to the writer of a format that has one.
        report: Option<Box<Report>>,
    },
    Skipped {
        file: String,
        kind: String,
    },
}

#[expect(clippy::too_many_lines, reason = "one run, from its arguments to its exit status")]
pub(crate) fn run(options: &ScanArgs) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let json = matches!(options.format, Format::Json | Format::Jsonl);
    if !json && (options.signals || options.profile.is_some()) {
        bail!(
            "--signals and --profile add to JSON: give --format jsonl or json, or use `crawlint inspect`"
        );
    }
    let ledger = Ledger::open(options)?;
    let scanner =
        packs::set_up(&options.rules, &options.settings, options.limits.max_bytes, |builder| {
            let builder = builder.quality(options.signals).profile(options.profile);
            ledger.baseline().into_iter().fold(builder, ScannerBuilder::baseline)
        })?;
    let named = changed::starts(options)?;
    let list = options.files_from.as_deref();
    let from_stdin = |path: &Path| path.as_os_str() == "-";
    if list.is_some_and(from_stdin) && named.contains(&Start::Stdin) {
        bail!("standard input (`-`) can be read only once");
    }
    let starts = || -> anyhow::Result<_> {
        Ok(named
            .clone()
            .into_iter()
            .chain(list.map(sources::listed).transpose()?.into_iter().flatten()))
    };
    let one_file = matches!(named.as_slice(), [Start::Stdin])
        || options.paths[..].iter().all(|path| !path.is_dir()) && named.len() == 1;
    if options.url.is_some() && (!one_file || list.is_some()) {
        bail!("--url names the address of one page: give one file");
    }
    let reading = input::Options {
        limits: input::Limits { max_bytes: options.limits.max_bytes, ..input::Limits::default() },
        fields: options.fields.clone().unwrap_or_default(),
        format: options.input_format,
        walk: input::WalkOptions { respect_ignore: options.respect_ignore },
        ..input::Options::default()
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(processors, usize::from);

    let stdout = io::stdout();
    let look = look_of(&stdout);
    let interactive = stdout.is_terminal();
    let mut out: Box<dyn Write> = match options.format {
        Format::Human => Box::new(BufWriter::new(AutoStream::auto(stdout.lock()))),
        _ => Box::new(BufWriter::with_capacity(BUFFER, stdout.lock())),
    };
    let mut array = json::Array::default();
    let mut desk = desk::Writer::default();
    let mut writer = writer(options);
    let mut summary = Summary::new(options.summary.as_deref())?;
    let at_terminal = io::stderr().is_terminal();
    let wanted = !options.quiet && !options.no_progress;
    let shown = Shown::new(wanted, at_terminal, options.stats_every);
    let sized = if list.is_some_and(from_stdin) { None } else { Some(starts()?) };
    let mut progress = Progress::bytes(reading.meter.clone(), sized, reading.walk.clone(), shown);

    let work = |pull: Pull| judge(&scanner, pull.item(), options, &ledger, look);
    // Text on its way to a terminal, which the progress bar must make room for.
    let mut waiting = Vec::new();
    batch::in_order(input::items(starts()?, &reading), jobs, work, |outcome| {
        match outcome {
            Outcome::Seen { file, verdict, reason, rules, bytes, text, card, report } => {
                progress.step(options.gate.fail_on.0.contains(&verdict));
                summary.add(file, verdict, reason.as_deref(), rules, bytes)?;
                if let (Some(writer), Some(report)) = (&mut writer, report) {
                    writer.page(&mut waiting, &report)?;
                }
                match options.format {
                    Format::Json => array.push(&mut waiting, &text)?,
                    Format::Html => desk.add(&mut waiting, &card)?,
                    _ => waiting.extend_from_slice(&text),
                }
            }
            Outcome::Skipped { file, kind } => {
                progress.skip();
                summary.skip(file, &kind)?;
            }
        }
        if !interactive {
            out.write_all(&waiting)?;
            waiting.clear();
        } else if !waiting.is_empty() {
            progress.write(|| {
                out.write_all(&waiting)?;
                waiting.clear();
                out.flush()
            })?;
        }
        Ok(())
    })?;
    progress.finish();
    out.write_all(&waiting)?;
    if options.format == Format::Json {
        array.finish(&mut out)?;
    }
    if options.format == Format::Html {
        desk.finish(&mut out, scanner.rules())?;
    }
    if let Some(writer) = &mut writer {
        writer.finish(&mut out, scanner.rules())?;
    }
    out.flush()?;
    drop(out);
    let account = ledger.close(&scanner, summary.is_complete())?;
    summary.finish(account.json())?;
    if summary.is_empty() && options.changed_since.is_none() {
        let paths = options.paths.iter().chain(&options.files_from);
        let names: Vec<String> = paths.map(|path| sources::shown(path)).collect();
        bail!("nothing to scan: no file in {}", names.join(", "));
    }
    if !options.quiet {
        say(&summary.render(options, started.elapsed(), look_of(&io::stderr())));
        say(&account.render());
    }
    Ok(summary.exit(options))
}

/// What writes the formats that need the pages in their order.
fn writer(options: &ScanArgs) -> Option<Box<dyn Writer>> {
    let gate = Gate {
        // A run that accepts what is there fails for nothing.
        fail_on: match options.write_baseline {
            Some(_) => Vec::new(),
            None => options.gate.fail_on.0.clone(),
        },
        allow_unreadable: options.gate.allow_unreadable,
    };
    match options.format {
        Format::Human | Format::Json | Format::Jsonl | Format::Html => None,
        Format::Sarif => Some(Box::new(Sarif::new(gate))),
        Format::Github => Some(Box::new(Github::new(gate))),
        Format::Junit => Some(Box::new(Junit::new(gate))),
        Format::Csv => Some(Box::new(Csv::default())),
        Format::Markdown => Some(Box::new(Markdown::new(gate))),
    }
}

/// Scans and renders a record; runs on the workers.
fn judge(
    scanner: &Scanner,
    item: Item,
    options: &ScanArgs,
    ledger: &Ledger,
    look: Look,
) -> Outcome {
    let url = options.url.as_deref();
    let (report, bytes, origin) = match item {
        Item::Page(record) => {
            let (origin, bytes) = sources::origin(record, url);
            (scanner.scan(&bytes, &origin), bytes, origin)
        }
        Item::Fault { at, error } => {
            let origin = sources::origin_of(at, url);
            let reason = Reason { code: error.code().to_owned(), message: error.to_string() };
            (Scanner::unreadable(&origin, reason), Vec::new(), origin)
        }
        Item::Skipped { at, kind } => return Outcome::Skipped { file: at.path, kind },
    };
    ledger.note(&report);
    let text = match options.format {
        Format::Jsonl => json::line(&report),
        Format::Json => json::object(&report),
        Format::Human => for_people(scanner, &report, &bytes, &origin, options, look).into_bytes(),
        _ => Vec::new(),
    };
    let card = match options.format {
        Format::Html => Card::of(&report, || scanner.inspect(&bytes, &origin)),
        _ => Card::default(),
    };
    let written =
        !matches!(options.format, Format::Human | Format::Json | Format::Jsonl | Format::Html);
    let counted = report.findings.iter().filter(|finding| finding.suppressed.is_none());
    let rules: BTreeSet<&str> = counted.map(|finding| finding.rule.as_str()).collect();
    let contained = origin.record.is_some() || origin.offset.is_some();
    Outcome::Seen {
        file: (origin.path, contained),
        verdict: report.verdict,
        reason: report.reason.as_ref().map(|reason| reason.code.clone()),
        rules: rules.into_iter().map(str::to_owned).collect(),
        bytes: bytes.len() as u64,
        text,
        card,
        report: written.then(|| Box::new(report)),
    }
}

/// A page as text. The text around the findings comes from a second look at the page, which only
/// pages that are shown take.
fn for_people(
    scanner: &Scanner,
    report: &Report,
    bytes: &[u8],
    origin: &Origin,
    options: &ScanArgs,
    look: Look,
) -> String {
    if report.verdict == Verdict::Clean {
        let shown = options.all && !options.quiet;
        return if shown { human::clean_line(report, look) } else { String::new() };
    }
    let excerpts = if report.findings.is_empty() {
        Vec::new()
    } else {
        human::excerpts(report, &scanner.inspect(bytes, origin).page)
    };
    format!("{}\n", human::render(report, &excerpts, look))
}
