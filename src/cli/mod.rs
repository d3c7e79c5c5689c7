//! The command: arguments in, public API of the library, text out. Nothing is judged here.

mod args;
mod atomic;
mod batch;
mod bulk;
mod changed;
mod config;
mod desk;
mod eval;
mod explain;
mod hosts;
mod inspect;
mod interrupt;
mod ledger;
mod output;
mod packs;
mod progress;
#[cfg(feature = "review")]
mod review;
mod rules;
mod scan;
#[cfg(feature = "serve")]
mod serve;
mod sources;
mod standard;
mod strip;
mod summary;
mod timings;
mod tune;
mod words;

use std::io::{self, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use crawlint::report::schema;
use crawlint::report::terminal::{self, Look};
use crawlint::settings;

use args::{Args, ColourWhen, Command, ConfigCommand, RulesCommand, SchemaOf};

/// How a run ended; the number is the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// No page tripped the gate.
    Passed = 0,
    /// A page has one of the verdicts of `--fail-on`, a figure is below its floor, or other weights
    /// would be no better.
    Gate = 1,
    /// The run failed, or a record could not be read.
    Failed = 2,
    /// The user stopped the run: what shells say of a program that Ctrl-C ended.
    Interrupted = 130,
}

/// Columns written where the output is no terminal.
const DEFAULT_WIDTH: usize = 100;

/// Runs the command with the arguments of the process.
pub(crate) fn main() -> ExitCode {
    let matches = Args::command().get_matches();
    let args = Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    args.color.apply();
    match run(args, &matches) {
        Ok(exit) => ExitCode::from(exit as u8),
        // The reader had enough (`crawlint … | head`): nothing is wrong.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let look = look_of(&io::stderr());
            say(&format!("{} {error:#}\n", look.paint(args::ERROR, "error:")));
            ExitCode::from(Exit::Failed as u8)
        }
    }
}

fn run(mut args: Args, matches: &ArgMatches) -> anyhow::Result<Exit> {
    config::lay_under(&mut args.command, matches)?;
    match &args.command {
        Command::Scan(options) => scan::run(options),
        Command::Inspect(options) => inspect::run(options),
        Command::Explain(options) => explain::run(options),
        Command::Eval(options) => eval::run(options),
        Command::Tune(options) => tune::run(options),
        Command::Strip(options) => strip::run(options),
        #[cfg(feature = "review")]
        Command::Review(options) => review::run(options),
        #[cfg(feature = "serve")]
        Command::Serve(options) => serve::run(options),
        Command::Rules(RulesCommand::List(options)) => rules::list(options),
        Command::Rules(RulesCommand::Check(options)) => rules::check(options),
        Command::Config(ConfigCommand::Show(options)) => config::show(options, matches),
        Command::Init { dir } => config::init(dir.as_deref()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "crawlint", &mut script);
            print(&String::from_utf8_lossy(&script))?;
            Ok(Exit::Passed)
        }
        Command::Man { dir } => {
            let name = dir.display().to_string();
            std::fs::create_dir_all(dir)
                .and_then(|()| clap_mangen::generate_to(Args::command(), dir))
                .with_context(|| format!("cannot write to {}", terminal::escape(&name)))?;
            Ok(Exit::Passed)
        }
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Result => schema::result(),
                SchemaOf::Pack => schema::pack(),
                SchemaOf::Config => settings::schema(),
            };
            print(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
            Ok(Exit::Passed)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Whether to colour what goes to a stream, and how wide it is.
fn look_of<S: anstream::stream::RawStream>(stream: &S) -> Look {
    let colour = AutoStream::choice(stream) != ColorChoice::Never;
    let size = stream.is_terminal().then(terminal_size::terminal_size).flatten();
    let width = size.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0).max(40));
    Look { colour, width }
}

/// Writes text to standard output.
fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes text to standard error. Where nobody can read it there is nothing to be done.
fn say(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

impl ColourWhen {
    fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => ColorChoice::Always.write_global(),
            Self::Never => ColorChoice::Never.write_global(),
        }
    }
}
