//! `crawlint.toml`: found, laid under the arguments, shown, begun.

mod show;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ArgMatches;
use clap::parser::ValueSource;
use crawlint::rules::RulesError;
use crawlint::settings::{self, SettingsFile};

use crate::cli::args::{
    Command, ConfigCommand, EvalArgs, Gate, GateArgs, InspectArgs, RuleArgs, RulesCommand,
    ScannerArgs, SettingArgs, StripArgs, TuneArgs,
};
use crate::cli::sources::shown;
use crate::cli::{Exit, atomic, packs, print};

pub(crate) use show::{show, toml};

/// Name of the file.
const NAME: &str = "crawlint.toml";
/// Name of the schema that `init` writes beside it.
const SCHEMA_NAME: &str = "crawlint.schema.json";
const TEMPLATE: &str = include_str!("template.toml");

/// The flags that were given, as against those at their defaults.
#[derive(Clone, Copy)]
struct Given<'a>(&'a ArgMatches);

impl<'a> Given<'a> {
    /// Of the innermost command.
    fn new(matches: &'a ArgMatches) -> Self {
        let mut matches = matches;
        while let Some((_, below)) = matches.subcommand() {
            matches = below;
        }
        Self(matches)
    }

    fn has(self, name: &str) -> bool {
        self.0.value_source(name) == Some(ValueSource::CommandLine)
    }
}

/// Finds the settings of a command and puts them where no flag says otherwise.
pub(crate) fn lay_under(command: &mut Command, matches: &ArgMatches) -> anyhow::Result<()> {
    let given = Given::new(matches);
    match command {
        Command::Scan(options) => {
            if let Some(under) = Under::scanner(&mut options.scanner, given)? {
                under.gate(&mut options.gate);
                if options.jobs.is_none() {
                    options.jobs = under.jobs()?;
                }
            }
            if options.write_baseline.is_some() {
                // What is accepted now cannot trip the gate.
                options.gate.fail_on = Gate(Vec::new());
            }
            if options.changed_since.is_some() && options.paths.is_empty() {
                options.paths.push(PathBuf::from("."));
            }
        }
        Command::Inspect(InspectArgs { scanner, .. })
        | Command::Strip(StripArgs { scanner, .. })
        | Command::Eval(EvalArgs { scanner, .. })
        | Command::Tune(TuneArgs { scanner, .. }) => {
            Under::scanner(scanner, given)?;
        }
        #[cfg(feature = "review")]
        Command::Review(options) => {
            Under::scanner(&mut options.scanner, given)?;
        }
        #[cfg(feature = "serve")]
        Command::Serve(options) => {
            Under::scanner(&mut options.scanner, given)?;
        }
        Command::Explain(options) => {
            if let Some(under) = Under::find(&mut options.settings, given)? {
                under.rules(&mut options.rules);
            }
        }
        Command::Rules(RulesCommand::List(options)) => {
            if let Some(under) = Under::find(&mut options.settings, given)? {
                under.rules(&mut options.rules);
            }
        }
        Command::Config(ConfigCommand::Show(options)) => {
            if let Some(under) = Under::scanner(&mut options.scanner, given)? {
                under.gate(&mut options.gate);
                under.jobs()?;
            }
        }
        Command::Rules(RulesCommand::Check(_))
        | Command::Init { .. }
        | Command::Schema { .. }
        | Command::Completions { .. }
        | Command::Man { .. } => {}
    }
    Ok(())
}

/// A settings file, to be laid under arguments.
struct Under<'a> {
    file: SettingsFile,
    given: Given<'a>,
}

impl<'a> Under<'a> {
    /// Finds and reads the file that the arguments name, or the nearest one.
    fn find(options: &mut SettingArgs, given: Given<'a>) -> anyhow::Result<Option<Self>> {
        let found = match &options.config {
            Some(path) => Some((path.clone(), String::new())),
            None if options.no_config => None,
            None => nearest()?,
        };
        let Some((path, here)) = found else { return Ok(None) };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read the settings in {}", shown(&path)))?;
        let file = SettingsFile::read(&name, &text).map_err(|error| packs::faults(&error))?;
        let file = file.seen_from(&here);
        options.config = Some(path);
        options.file = Some(Box::new(file.clone()));
        Ok(Some(Self { file, given }))
    }

    /// The same for all that a scanner is set up with, where no flag says otherwise.
    fn scanner(args: &mut ScannerArgs, given: Given<'a>) -> anyhow::Result<Option<Self>> {
        let found = Self::find(&mut args.settings, given)?;
        if let Some(under) = &found {
            under.rules(&mut args.rules);
            under.max_bytes(&mut args.max_bytes)?;
        }
        Ok(found)
    }

    /// A path as the file has it, from the working directory on.
    fn path(&self, path: &str) -> PathBuf {
        Path::new(&self.file.name).parent().unwrap_or(Path::new("")).join(path)
    }

    fn rules(&self, rules: &mut RuleArgs) {
        let packs = self.file.settings.packs.iter().flatten();
        let mut all: Vec<PathBuf> = packs.map(|pack| self.path(pack)).collect();
        all.append(&mut rules.rules);
        rules.rules = all;
        rules.no_default_rules |= self.file.settings.builtin == Some(false);
    }

    fn max_bytes(&self, max_bytes: &mut u64) -> anyhow::Result<()> {
        let Some(wanted) = &self.file.settings.limits.max_bytes else { return Ok(()) };
        let bytes = wanted.bytes().map_err(|why| self.fault(&["limits", "max_bytes"], why))?;
        if !self.given.has("max_bytes") {
            *max_bytes = bytes;
        }
        Ok(())
    }

    fn jobs(&self) -> anyhow::Result<Option<u16>> {
        match self.file.settings.limits.jobs {
            Some(jobs) if !(1..=1024).contains(&jobs) => {
                Err(self
                    .fault(&["limits", "jobs"], "the number of jobs is from 1 to 1024".to_owned()))
            }
            jobs => Ok(jobs),
        }
    }

    fn gate(&self, gate: &mut GateArgs) {
        let wanted = &self.file.settings.gate;
        if let Some(verdicts) = wanted.fail_on.clone().filter(|_| !self.given.has("fail_on")) {
            gate.fail_on = Gate(verdicts);
        }
        gate.allow_unreadable |= wanted.allow_unreadable.unwrap_or(false);
        if gate.baseline.is_none() {
            gate.baseline = wanted.baseline.as_deref().map(|path| self.path(path));
        }
    }

    fn fault(&self, keys: &[&str], message: String) -> anyhow::Error {
        packs::faults(&RulesError { problems: vec![self.file.problem(keys, message)] })
    }
}

/// The nearest settings file: in the working directory, else in the folders above it; and
/// the way from there to the working directory.
fn nearest() -> anyhow::Result<Option<(PathBuf, String)>> {
    let here = std::env::current_dir().context("the working directory is not there")?;
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(NAME).is_file() {
            let below = here.strip_prefix(folder).unwrap_or(Path::new(""));
            let below: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            return Ok(Some((up.join(NAME), below.join("/"))));
        }
        up.push("..");
    }
    Ok(None)
}

/// Writes a commented file, and its schema beside it.
pub(crate) fn init(dir: Option<&Path>) -> anyhow::Result<Exit> {
    let dir = dir.unwrap_or(Path::new(""));
    let path = dir.join(NAME);
    if std::fs::symlink_metadata(&path).is_ok() {
        bail!("{} is there already: it is left as it is", shown(&path));
    }
    let schema = dir.join(SCHEMA_NAME);
    let text = format!("{}\n", serde_json::to_string_pretty(&settings::schema())?);
    for (path, text) in [(&schema, text.as_str()), (&path, TEMPLATE)] {
        atomic::replace(path, text.as_bytes())
            .with_context(|| format!("cannot write {}", shown(path)))?;
    }
    print(&format!(
        "{} written, and {} for the completion of editors\n",
        shown(&path),
        shown(&schema)
    ))?;
    Ok(Exit::Passed)
}
