//! The command: arguments in, public API of the library, text out. Nothing is judged here.

mod args;
mod batch;
mod desk;
mod eval;
mod explain;
mod inspect;
mod packs;
mod progress;
#[cfg(feature = "review")]
mod review;
mod rules;
mod scan;
mod sources;
mod strip;
mod summary;
mod words;

use std::io::{self, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::Parser as _;
use crawlint::report::schema;
use crawlint::report::terminal::Look;

use args::{Args, ColourWhen, Command, RulesCommand, SchemaOf};

/// How a run ended; the number is the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// No page tripped the gate.
    Passed = 0,
    /// A page has one of the verdicts of `--fail-on`, or a figure is below its floor.
    Gate = 1,
    /// The run failed, or a record could not be read.
    Failed = 2,
}

/// Columns written where the output is no terminal.
const DEFAULT_WIDTH: usize = 100;

/// Runs the command with the arguments of the process.
pub(crate) fn main() -> ExitCode {
    let args = Args::parse();
    args.color.apply();
    match run(&args) {
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

fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Scan(options) => scan::run(options),
        Command::Inspect(options) => inspect::run(options),
        Command::Explain(options) => explain::run(options),
        Command::Eval(options) => eval::run(options),
        Command::Strip(options) => strip::run(options),
        #[cfg(feature = "review")]
        Command::Review(options) => review::run(options),
        Command::Rules(RulesCommand::List(options)) => rules::list(options),
        Command::Rules(RulesCommand::Check(options)) => rules::check(options),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Result => schema::result(),
                SchemaOf::Pack => schema::pack(),
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
