//! The arguments, and the help that teaches them.

#[cfg(feature = "serve")]
use std::net::SocketAddr;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use crawlint::input::{self, Fields, InputFormat};
use crawlint::quality::Profile;
use crawlint::report::Verdict;
use crawlint::report::writer;
use crawlint::settings::{SettingsFile, Size};

use crate::cli::output::SplitFormat;

/// Style of the word `error:`.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const HELP: &str = "\
Examples:
  crawlint scan crawl/                     judge every file below a folder
  crawlint scan page.html --url https://a.example/tea
  curl -s https://a.example/ | crawlint scan -
  crawlint scan crawl/ --format jsonl > results.jsonl
  crawlint scan crawl.warc.gz              the pages of a crawl dump
  crawlint inspect page.html               see one page as the scanner sees it
  crawlint strip page.html -o clean.html   write the page without its spam
  crawlint explain RULE                    what a rule finds, and why

Verdicts:
  clean       good content
  damaged     content whose text was damaged on its way here
  suspicious  some evidence, not enough to convict: have a look
  injected    good content that carries foreign spam: strip the findings, keep the rest
  spam        the page as a whole is spam
  junk        no content: error page, bot wall, parked domain, filler
  unreadable  could not be judged: empty, binary, too large, not readable

Exit status:
  0  no page has a verdict of --fail-on (default: injected, spam, junk)
  1  at least one has
  2  the run failed, or a record could not be read (see --allow-unreadable)
  130  the run was stopped by Ctrl-C or SIGTERM (see crawlint scan --help)";

/// The linter for scraped pages: finds spam, injected SEO text, scrape damage and junk, and shows
/// where and why.
#[derive(Debug, Parser)]
#[command(name = "crawlint", version, styles = STYLES, after_help = HELP, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours; `auto` heeds the terminal, `NO_COLOR` and `CLICOLOR_FORCE`.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColourWhen,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge pages: files, folders, crawl dumps, standard input
    #[command(after_help = SCAN_HELP)]
    Scan(Box<ScanArgs>),
    /// Show one page as the scanner sees it, and how its score came about
    #[command(after_help = INSPECT_HELP)]
    Inspect(InspectArgs),
    /// Say what a rule finds, why it matters and what keeps it off good pages
    Explain(ExplainArgs),
    /// Measure the rules on labelled pages: recall, false alarms, and what each rule brings
    #[command(after_help = EVAL_HELP)]
    Eval(EvalArgs),
    /// Fit the weights of rules to labelled pages; writes settings where that would help
    #[command(after_help = TUNE_HELP)]
    Tune(TuneArgs),
    /// Write a page without the parts that carry evidence of spam
    #[command(after_help = STRIP_HELP)]
    Strip(StripArgs),
    /// Decide about results in a browser: accept, reject, relabel, note
    #[cfg(feature = "review")]
    #[command(after_help = REVIEW_HELP)]
    Review(ReviewArgs),
    /// Judge pages sent over HTTP
    #[cfg(feature = "serve")]
    #[command(after_help = SERVE_HELP)]
    Serve(ServeArgs),
    /// List or check rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Show the settings in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write a commented crawlint.toml, and its schema beside it for editors
    Init {
        /// Folder to write them to; default: the working directory.
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print the JSON Schema of a result, a settings file or a pack
    Schema {
        /// What to describe.
        #[arg(default_value = "result")]
        of: SchemaOf,
    },
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual pages of all commands to a folder
    Man {
        /// The folder.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

const COMPLETIONS_HELP: &str = "\
Examples:
  crawlint completions bash > ~/.local/share/bash-completion/completions/crawlint
  crawlint completions zsh > ~/.zfunc/_crawlint
  crawlint completions fish > ~/.config/fish/completions/crawlint.fish";

const SCAN_HELP: &str = "\
Examples:
  crawlint scan crawl/                          pages with findings, most telling rules first
  crawlint scan crawl/ --format jsonl -j 8      one JSON object per page, in a fixed order
  crawlint scan crawl/ --format html > a.html   a report to look through in a browser
  crawlint scan crawl/ --format sarif > a.sarif  code scanning; CI: github, junit, markdown, csv
  crawlint scan crawl.warc.gz                   the pages of a dump; also ARC, WET, zstd, lz4
  find crawl/ -name '*.warc.gz' | crawlint scan --files-from -
  crawlint scan crawl/ --fail-on spam,injected  exit status 1 only for these
  crawlint scan crawl/ --fail-on never --quiet  look, do not judge
  crawlint scan crawl/ --rules mine.toml        built-in rules and your own
  crawlint scan crawl/ -f jsonl --profile c4    would C4 keep the page?
  crawlint scan crawl/ --write-baseline known.json   accept what is there now ...
  crawlint scan crawl/ --baseline known.json         ... and fail only for what is new
  crawlint scan crawl/ --changed-since HEAD          only files changed in git
  crawlint scan crawl/ -o results.jsonl.gz --hosts hosts.csv
  crawlint scan crawl/ -o results.jsonl.gz --hosts hosts.csv --resume
  crawlint scan crawl/ --only clean,damaged --split kept/

Ctrl-C stops after the pages in work; a second one stops at once.

Exit status: 0 nothing at the gate, 1 gate tripped, 2 failed or unreadable (wins over 1),
130 stopped by Ctrl-C or SIGTERM.";

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, clap::Args)]
pub(crate) struct ScanArgs {
    /// Files and folders (searched recursively); `-` is standard input. Each may be a page or a
    /// container of pages, compressed or not: docs/inputs.md lists them.
    #[arg(required_unless_present_any = ["files_from", "changed_since"], value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Scan also what this list names, one path to a line; `-` reads it from standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) reading: ReadingArgs,

    /// How to write results to standard output; default: human, and nothing with -o or --split.
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,

    /// Write results to this file, too; its name tells the format: .jsonl, .jsonl.gz, .jsonl.zst,
    /// .json, .parquet, .parquet/ for a folder of part files, .html, .sarif, .junit.xml, .csv or
    /// .md. May be repeated.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,

    /// Write only pages with these verdicts, separated by commas; all are counted.
    #[arg(long, value_name = "VERDICTS", value_parser = verdicts)]
    pub(crate) only: Option<Gate>,

    /// Copy the pages themselves into this folder, one file per verdict.
    #[arg(long, value_name = "DIR")]
    pub(crate) split: Option<PathBuf>,

    /// How to copy them; default: warc if all inputs are named .warc[.gz|.zst] or .wacz, else jsonl.
    #[arg(long, value_name = "FORMAT", requires = "split")]
    pub(crate) split_format: Option<SplitFormat>,

    /// Write what was found by host to this file: .jsonl, .csv or .parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) hosts: Option<PathBuf>,

    /// Go on with the same command where it was interrupted or killed; begins it where it was not
    /// begun.
    #[arg(long)]
    pub(crate) resume: bool,

    #[command(flatten)]
    pub(crate) gate: GateArgs,

    /// Write all findings to this file as a baseline; the gate stays open for this run.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "prune_baseline"])]
    pub(crate) write_baseline: Option<PathBuf>,

    /// Drop entries of the baseline whose findings are gone.
    #[arg(long)]
    pub(crate) prune_baseline: bool,

    /// Show at the end where the time went: by stage, by family of rules, and the slowest pages.
    #[arg(long)]
    pub(crate) timings: bool,

    /// Scan only files that differ from this git revision, or from where the branch left it:
    /// changed, added, renamed, not yet committed, untracked but not ignored. Default PATH: `.`.
    #[arg(long, value_name = "REV",
        conflicts_with_all = ["files_from", "prune_baseline", "write_baseline"])]
    pub(crate) changed_since: Option<String>,

    /// Pages judged at a time; default: one per processor.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    /// Leave out files that .gitignore and .ignore files name.
    #[arg(long)]
    pub(crate) respect_ignore: bool,

    /// Show clean pages, too (human format).
    #[arg(long)]
    pub(crate) all: bool,

    /// No summary and no clean pages.
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// No progress bar, and no lines of progress where there is no terminal.
    #[arg(long)]
    pub(crate) no_progress: bool,

    /// Write a line of progress to standard error every so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) stats_every: Option<u32>,

    /// Write the counts as JSON Lines to this file: one line for each container, then the total.
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,

    /// Add quality signals of public filters to each result (JSON formats only).
    #[arg(long)]
    pub(crate) signals: bool,

    /// Add whether this public filter keeps the page (JSON formats only).
    #[arg(long, value_name = "FILTER", value_parser = profile)]
    pub(crate) profile: Option<Profile>,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

impl ScanArgs {
    /// The gate as formats show it.
    pub(crate) fn writer_gate(&self) -> writer::Gate {
        writer::Gate {
            // A run that accepts what is there fails for nothing.
            fail_on: match self.write_baseline {
                Some(_) => Vec::new(),
                None => self.gate.fail_on.0.clone(),
            },
            allow_unreadable: self.gate.allow_unreadable,
        }
    }
}

const EVAL_HELP: &str = "\
Examples:
  crawlint eval pages/                                 tables on the terminal
  crawlint eval pages/ --format html -o report.html    the same as a page, with every miss shown
  crawlint eval pages/ --format json -o old.json       keep the figures ...
  crawlint eval pages/ --compare old.json              ... and see what a change does to each page
  crawlint eval pages/ --floor floor.json              exit status 1 when a figure gets worse
  crawlint eval pages/ --list misses

The folder holds `manifest.jsonl`, one JSON object per page; only the first two keys are needed:
  {\"file\": \"a/tea.html\", \"label\": \"clean\", \"language\": \"en\", \"category\": \"blog\", \"hard\": true}
Labels: clean, spam, injected, junk, damaged, suspicious, ambiguous (left out of all figures).

Exit status: 0 measured, 1 a figure is below the floor, 2 the run failed.";

#[derive(Debug, clap::Args)]
pub(crate) struct EvalArgs {
    /// Folder of the labelled pages and their `manifest.jsonl`.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,

    /// How to write the figures.
    #[arg(long, short, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: EvalFormat,

    /// Write them to this file; the tables for people still go to standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Only these pages: `aside` is a quarter of the groups, `open` the rest. Make rules looking
    /// at `open`, and see on `aside` whether they hold.
    #[arg(long, value_name = "PART")]
    pub(crate) part: Option<Part>,

    /// Compare with figures of `--write-floor`; a worse one makes the exit status 1.
    #[arg(long, value_name = "FILE")]
    pub(crate) floor: Option<PathBuf>,

    /// Write the figures that `--floor` compares with.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_floor: Option<PathBuf>,

    /// Show which pages are judged otherwise than in this output of `--format json`.
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    /// List the pages that are wrong: `misses`, `alarms`, or those of a group of the first table.
    #[arg(long, value_name = "GROUP")]
    pub(crate) list: Option<String>,

    /// Pages judged at a time; default: one per processor.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

const TUNE_HELP: &str = "\
Examples:
  crawlint tune pages/                       say what would be gained, print the weights
  crawlint tune pages/ -o overrides.toml     write them to a file
  crawlint tune pages/ --dry-run             only say
  crawlint scan crawl/ --config overrides.toml

The folder is one of `crawlint eval`: manifest.jsonl names the pages and their labels. What the
weights bring is measured on pages of groups that they were not fitted to. They are written only
where that is more than chance and no more clean pages are raised.

Exit status: 0 the weights help, 1 they would not (nothing is written), 2 the run failed.";

#[derive(Debug, clap::Args)]
pub(crate) struct TuneArgs {
    /// Folder of the labelled pages and their `manifest.jsonl`.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,

    /// Write the weights to this file, as settings; default: to standard output, and what is said
    /// about them to standard error.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Only say what would be gained.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Parts that the groups of pages are divided into; each is judged with weights fitted to the
    /// others.
    #[arg(long, value_name = "N", default_value_t = 5,
        value_parser = clap::value_parser!(u8).range(2..=20))]
    pub(crate) folds: u8,

    /// Groups of bad pages on which a rule must find something before its weight may rise, and
    /// groups of clean ones before it may fall. Also the number of pages that the present weight
    /// stands for.
    #[arg(long, value_name = "N", default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) min_examples: u32,

    /// Only these pages: with `open` a quarter of the groups is left for `crawlint eval --part
    /// aside`.
    #[arg(long, value_name = "PART")]
    pub(crate) part: Option<Part>,

    /// Pages judged at a time; default: one per processor.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

const INSPECT_HELP: &str = "\
Examples:
  crawlint inspect page.html
  crawlint inspect crawl.warc.gz --record NAME    a record of a dump, by the name that scan prints
  crawlint inspect crawl.warc.gz --record @0      the same by its offset, found at once

Exit status: 0 shown, 2 failed or unreadable.";

#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) page: PageArgs,

    /// How to write the inspection.
    #[arg(long, short, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: InspectFormat,

    /// Show all blocks, links and hidden elements, not only the first and last.
    #[arg(long)]
    pub(crate) all: bool,

    /// Add whether this public filter keeps the page.
    #[arg(long, value_name = "FILTER", value_parser = profile)]
    pub(crate) profile: Option<Profile>,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

const STRIP_HELP: &str = "\
Examples:
  crawlint strip page.html -o clean.html   write what is left to a file
  crawlint strip notes.md > clean.md       write it to standard output
  crawlint strip crawl.warc.gz --record NAME > clean.html    a record of a dump

Format and encoding stay as they are. What was removed, and the risk before and after, are told
on standard error.

Exit status: 0 what is left is clean or damaged, 1 it is still suspicious, worse, or nothing,
2 failed or unreadable.";

#[derive(Debug, clap::Args)]
pub(crate) struct StripArgs {
    #[command(flatten)]
    pub(crate) page: PageArgs,

    /// Where to write what is left; an existing file is replaced whole. Default: standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

#[cfg(feature = "serve")]
const SERVE_HELP: &str = "\
Examples:
  crawlint serve
  curl --data-binary @page.html 'http://127.0.0.1:8717/scan?url=https://a.example/tea'
  curl -T crawl.jsonl -X POST -H 'Content-Type: application/jsonl' http://127.0.0.1:8717/scan

docs/serve.md tells what is answered; GET /openapi.json describes it to programs.";

#[cfg(feature = "serve")]
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 takes a free one. Who can reach it can use it.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8717")]
    pub(crate) listen: SocketAddr,

    /// Pages judged at a time; default: one per processor.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,

    /// Requests that may wait for their turn; more are answered 429.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) queue: u16,

    /// Connections open at a time; more wait to be accepted.
    #[arg(long, value_name = "N", default_value_t = 1024,
        value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) connections: u16,

    /// Seconds a client may take to send a head or a page, or to go on with a stream, and a
    /// request may wait for its turn.
    #[arg(long, value_name = "SECONDS", default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) timeout: u16,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

#[cfg(feature = "review")]
const REVIEW_HELP: &str = "\
Examples:
  crawlint scan crawl/ --format jsonl > results.jsonl
  crawlint review results.jsonl                            open the address it prints
  crawlint review results.jsonl --source crawl/            the pages were moved there
  crawlint review results.jsonl --manifest crawl/manifest.jsonl    labels for `crawlint eval`
  crawlint review results.jsonl --allow allow.toml         what was rejected, for the settings

Keys: a accept, r reject (the page is clean), l relabel, m note, u undo, j and k next and previous
page, ? all others. Decisions are kept in RESULTS.review.sqlite as they are made.";

#[cfg(feature = "review")]
#[derive(Debug, clap::Args)]
pub(crate) struct ReviewArgs {
    /// Results of `crawlint scan --format jsonl` or `-o`: JSON Lines, plain or with gzip or Zstandard.
    #[arg(value_name = "RESULTS")]
    pub(crate) results: PathBuf,

    /// Folder of the pages that were scanned; their text is shown where it is found there.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) source: PathBuf,

    /// Port to listen on, at 127.0.0.1 only; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,

    /// Write the labels given so far as a manifest for `crawlint eval`, and end. Pages are named
    /// from the manifest's folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,

    /// Write the findings of pages that were called clean as `[[allow]]` entries, and end.
    #[arg(long, value_name = "FILE")]
    pub(crate) allow: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// Id of a rule, or the beginning of one (`edges/`), or a family (`INJ`) to list its rules.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,

    #[command(flatten)]
    pub(crate) settings: SettingArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting in force, and where it comes from
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) gate: GateArgs,

    #[command(flatten)]
    pub(crate) scanner: ScannerArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the packs and rules in force
    List(ListArgs),
    /// Compile packs and run every rule's examples; names every fault with its place
    Check(CheckArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Packs to list beside the built-in ones.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) settings: SettingArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Packs to check beside the built-in ones: TOML files, or folders of them.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// What a scanner is set up with.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ScannerArgs {
    /// Largest record to read: bytes, or with a unit such as 500k or 32MiB.
    #[arg(long, value_name = "SIZE", default_value = "32MiB", value_parser = size)]
    pub(crate) max_bytes: u64,

    #[command(flatten)]
    pub(crate) settings: SettingArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// What the user wants to happen.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct SettingArgs {
    /// Settings; default: the nearest crawlint.toml of the working directory and those above it.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Use no settings file.
    #[arg(long, conflicts_with = "config")]
    pub(crate) no_config: bool,

    /// Heed comments in pages that accept findings: `<!-- crawlint:allow RULE REASON -->`. Only
    /// for sources you trust: a page could hide its own spam.
    #[arg(long)]
    pub(crate) trust_inline: bool,

    /// The file, once it was read.
    #[arg(skip)]
    pub(crate) file: Option<Box<SettingsFile>>,
}

/// One page.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PageArgs {
    /// The file: a page, or with --record a container of pages; `-` is standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The record of a dump, member of an archive or row of a table, by the name that results have
    /// for it, or by its place in the file: `@OFFSET`.
    #[arg(long, value_name = "NAME")]
    pub(crate) record: Option<String>,

    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How inputs are read.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReadingArgs {
    /// What every input is once compression is off. Default: told by its first bytes.
    #[arg(long, value_name = "FORMAT", value_parser = input_format)]
    pub(crate) input_format: Option<InputFormat>,

    /// Fields of JSON lines and Parquet files: `text=NAME,url=NAME.NAME`, for html, text, url, id
    /// and date; default: the names that public data sets use.
    #[arg(long, value_name = "FIELDS")]
    pub(crate) fields: Option<Fields>,

    /// Address of the page, where it is a single one that has none of its own.
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
}

impl ReadingArgs {
    /// The same for the reader.
    pub(crate) fn options(&self, max_bytes: u64) -> input::Options {
        input::Options {
            limits: input::Limits { max_bytes, ..input::Limits::default() },
            fields: self.fields.clone().unwrap_or_default(),
            format: self.input_format,
            ..input::Options::default()
        }
    }
}

/// What ends the run with which exit status.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct GateArgs {
    /// Verdicts that make the exit status 1, separated by commas, or `never`.
    #[arg(long, value_name = "VERDICTS", default_value = "injected,spam,junk", value_parser = gate)]
    pub(crate) fail_on: Gate,

    /// Let records that could not be read pass: without it they make the exit status 2.
    #[arg(long)]
    pub(crate) allow_unreadable: bool,

    /// Findings known before: they do not count. Written with --write-baseline.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

/// Which rules are in force.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RuleArgs {
    /// A pack, or a folder of packs, in force beside the built-in ones. May be repeated.
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) rules: Vec<PathBuf>,

    /// Leave the built-in packs out.
    #[arg(long)]
    pub(crate) no_default_rules: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// One JSON object per line and page
    Jsonl,
    /// One JSON array
    Json,
    /// One page that stands alone, to look through in a browser
    Html,
    /// SARIF 2.1.0, for code scanning and viewers
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// `JUnit` XML: a test case for each page
    Junit,
    /// A table with one row for each page
    Csv,
    /// Totals and the worst pages, as a summary of a job
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    /// Tables for people
    Human,
    /// One JSON object, with every page
    Json,
    /// One page that stands alone, with a chart and every page judged wrong
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// Three quarters of the groups, to look at
    Open,
    /// The others, to test with
    Aside,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people
    Human,
    /// One JSON object
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A result of `scan`
    Result,
    /// A file of rules
    Pack,
    /// A settings file, crawlint.toml
    Config,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColourWhen {
    /// On terminals, unless the environment says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Some verdicts: those that trip the gate, or those that are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gate(pub(crate) Vec<Verdict>);

fn profile(text: &str) -> Result<Profile, String> {
    Profile::ALL.into_iter().find(|profile| profile.name() == text).ok_or_else(|| {
        let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
        format!("there is no filter `{text}`; there are {}", names.join(", "))
    })
}

fn input_format(text: &str) -> Result<InputFormat, String> {
    InputFormat::NAMED.into_iter().find(|format| format.name() == text).ok_or_else(|| {
        let names: Vec<&str> = InputFormat::NAMED.iter().map(|format| format.name()).collect();
        format!("there is no format `{text}`; there are {}", names.join(", "))
    })
}

fn gate(text: &str) -> Result<Gate, String> {
    if text.trim() == "never" {
        return Ok(Gate(Vec::new()));
    }
    verdicts(text).map_err(|error| format!("{error}, and `never`"))
}

fn verdicts(text: &str) -> Result<Gate, String> {
    let verdict = |name: &str| {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.name()).collect();
            format!("there is no verdict `{name}`; there are {}", names.join(", "))
        })
    };
    text.split(',').map(|name| verdict(name.trim())).collect::<Result<_, _>>().map(Gate)
}

/// A number of bytes, as settings files have it.
fn size(text: &str) -> Result<u64, String> {
    Size::Text(text.to_owned()).bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn gates() {
        assert_eq!(gate("never"), Ok(Gate(vec![])));
        assert_eq!(gate("spam, junk"), Ok(Gate(vec![Verdict::Spam, Verdict::Junk])));
        assert!(gate("spam,never").is_err());
        assert!(gate("").is_err());
    }
}
