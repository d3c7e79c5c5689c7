//! `crawlint scan`.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::time::Instant;

use anstream::AutoStream;
use anyhow::bail;
use crawlint::report::terminal::Look;
use crawlint::report::{Report, Verdict, human, json};
use crawlint::{Origin, Scanner};

use crate::cli::args::{Format, ScanArgs};
use crate::cli::progress::Progress;
use crate::cli::sources::{self, Source};
use crate::cli::summary::Summary;
use crate::cli::{Exit, batch, look_of, packs, say};

/// Bytes gathered before they are written, where the output is no terminal.
const BUFFER: usize = 1 << 16;

/// What a worker hands to the writer.
struct Outcome {
    verdict: Verdict,
    /// Rules that found something, each once.
    rules: Vec<String>,
    /// Bytes read.
    bytes: u64,
    /// The page as it goes to the output; empty where it is not shown.
    text: Vec<u8>,
}

pub(crate) fn run(options: &ScanArgs) -> anyhow::Result<Exit> {
    let started = Instant::now();
    if options.format == Format::Human && (options.signals || options.profile.is_some()) {
        bail!(
            "--signals and --profile add to JSON: give --format jsonl or json, or use `crawlint inspect`"
        );
    }
    let scanner =
        packs::set_up(&options.rules, &options.settings, options.limits.max_bytes, |builder| {
            builder.quality(options.signals).profile(options.profile)
        })?;
    let sources = sources::collect(&options.paths, options.respect_ignore)?;
    if options.url.is_some() && sources.len() != 1 {
        bail!("--url names the address of one page, but there are {}", sources.len());
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(processors, usize::from).min(sources.len());

    let stdout = io::stdout();
    let look = look_of(&stdout);
    let interactive = stdout.is_terminal();
    let mut out: Box<dyn Write> = match options.format {
        Format::Human => Box::new(BufWriter::new(AutoStream::auto(stdout.lock()))),
        Format::Json | Format::Jsonl => Box::new(BufWriter::with_capacity(BUFFER, stdout.lock())),
    };
    let mut array = json::Array::default();
    let mut summary = Summary::default();
    let bar = !options.quiet && !options.no_progress && io::stderr().is_terminal();
    let mut progress = Progress::new(sources.len(), bar);

    let work = |source: &Source| judge(&scanner, source, options, look);
    // Text on its way to a terminal, which the progress bar must make room for.
    let mut waiting = Vec::new();
    batch::in_order(&sources, jobs, work, |outcome| {
        summary.add(outcome.verdict, outcome.rules, outcome.bytes);
        match options.format {
            Format::Json => array.push(&mut waiting, &outcome.text)?,
            Format::Jsonl | Format::Human => waiting.extend_from_slice(&outcome.text),
        }
        progress.step();
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
    out.flush()?;
    drop(out);
    if !options.quiet {
        say(&summary.render(options, started.elapsed(), look_of(&io::stderr())));
    }
    Ok(summary.exit(options))
}

/// Reads, scans and renders a record; runs on the workers.
fn judge(scanner: &Scanner, source: &Source, options: &ScanArgs, look: Look) -> Outcome {
    let origin = source.origin(options.url.as_deref());
    let (report, bytes) = match source.read(options.limits.max_bytes) {
        Ok(bytes) => (scanner.scan(&bytes, &origin), bytes),
        Err(reason) => (Scanner::unreadable(&origin, reason), Vec::new()),
    };
    let text = match options.format {
        Format::Jsonl => json::line(&report),
        Format::Json => json::object(&report),
        Format::Human => for_people(scanner, &report, &bytes, &origin, options, look).into_bytes(),
    };
    let rules: BTreeSet<&str> =
        report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    Outcome {
        verdict: report.verdict,
        rules: rules.into_iter().map(str::to_owned).collect(),
        bytes: bytes.len() as u64,
        text,
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
