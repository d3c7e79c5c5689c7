//! The journal of an unfinished run, from which the same command goes on.
//!
//! A file of JSON lines beside the first output. The first line says what is being done: the
//! command and a stamp of its inputs. Each further line is a cut: the number of items done, where
//! the outputs end, and what has been counted. A line counts only with its line break, so a
//! process that is killed while it writes one leaves the cut before it in force.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, bail};
use crawlint::text::{HASH_SEED, hash_step};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::output::Marks;

/// Version of the format of journals.
const VERSION: u32 = 1;

/// Inputs that are remembered one by one, so that a changed one can be named.
const NAMED: usize = 1000;

/// What decides what a run writes, by the names of the arguments.
pub(crate) type Command = BTreeMap<&'static str, String>;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    journal: u32,
    crawlint: String,
    command: BTreeMap<String, String>,
    inputs: Stamp,
}

/// What the inputs looked like: enough to see that they have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    files: u64,
    bytes: u64,
    /// Over path, size and time of change of all files, in order.
    hash: u64,
    /// The same of the first files, in words.
    named: Vec<(String, String)>,
}

impl Stamp {
    /// Adds a file in its place.
    pub(crate) fn add(&mut self, path: &Path) {
        let (size, changed) = std::fs::metadata(path).map_or((0, 0), |data| {
            let time = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            (data.len(), time.map_or(0, |time| time.as_nanos() as u64))
        });
        self.files += 1;
        self.bytes += size;
        for byte in path.as_os_str().as_encoded_bytes() {
            self.step(u64::from(*byte));
        }
        self.step(size);
        self.step(changed);
        if self.named.len() < NAMED {
            self.named.push((path.display().to_string(), format!("{size} bytes, {changed}")));
        }
    }

    fn step(&mut self, unit: u64) {
        self.hash = hash_step(if self.hash == 0 { HASH_SEED } else { self.hash }, unit);
    }

    /// What differs, as a clause.
    fn changed(&self, then: &Self) -> Option<String> {
        if self == then {
            return None;
        }
        let first = self.named.iter().zip(&then.named).find(|(now, then)| now != then);
        Some(match first {
            Some((now, then)) if now.0 == then.0 => {
                format!("`{}` has another size or time of change", now.0)
            }
            _ => format!(
                "there are {} files of {} bytes, and there were {} of {} bytes",
                self.files, self.bytes, then.files, then.bytes
            ),
        })
    }
}

/// A state from which a run can go on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cut {
    /// Items of the inputs that are done.
    pub(crate) items: u64,
    pub(crate) marks: Marks,
    /// All that has been counted so far.
    pub(crate) counts: Value,
    /// What has been counted by host since the cut before.
    pub(crate) hosts: Value,
}

/// The journal of the run at hand.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

/// What a journal says.
#[derive(Default)]
pub(crate) struct Resumed {
    /// The cut to go on from; the beginning where there is none.
    pub(crate) cut: Cut,
    /// What was counted by host, in order, up to that cut.
    pub(crate) hosts: Vec<Value>,
}

impl Journal {
    /// Begins the journal of a new run.
    ///
    /// # Errors
    /// When there is one already: an unfinished run is not thrown away unasked.
    pub(crate) fn begin(path: &Path, command: &Command, inputs: Stamp) -> anyhow::Result<Self> {
        if path.exists() {
            bail!(
                "an earlier run was not finished: add --resume to go on with it, \
                 or remove {} to begin anew",
                path.display()
            );
        }
        let mut journal = Self::open(path)?;
        let command = command.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        journal.line(&Head {
            journal: VERSION,
            crawlint: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.collect(),
            inputs,
        })?;
        Ok(journal)
    }

    /// Takes up the journal of an unfinished run, and goes back to its last cut that all outputs
    /// reach.
    ///
    /// # Errors
    /// When the command or its inputs are not what they were.
    pub(crate) fn resume(
        path: &Path,
        command: &Command,
        inputs: &Stamp,
        reached: impl Fn(&Marks) -> bool,
    ) -> anyhow::Result<(Self, Resumed)> {
        let mut journal = Self::open(path)?;
        let context = || format!("cannot read {}", path.display());
        let mut reader = BufReader::new(&journal.file);
        let mut line = Vec::new();
        let mut whole = |line: &mut Vec<u8>| {
            line.clear();
            let length = reader.read_until(b'\n', line)?;
            Ok::<_, std::io::Error>((line.last() == Some(&b'\n')).then_some(length as u64))
        };
        let mut end = 0;
        let mut resumed = Resumed::default();
        if let Some(length) = whole(&mut line).with_context(context)? {
            let head: Head = serde_json::from_slice(&line).with_context(context)?;
            same(&head, command, inputs, path)?;
            end = length;
            while let Some(length) = whole(&mut line).with_context(context)? {
                let Ok(mut cut) = serde_json::from_slice::<Cut>(&line) else { break };
                // After a crash of the machine a file may hold less than was written.
                if !reached(&cut.marks) {
                    break;
                }
                resumed.hosts.push(cut.hosts.take());
                resumed.cut = cut;
                end += length;
            }
        }
        if end == 0 {
            // Killed before its first line was whole: nothing had been written.
            drop(journal);
            std::fs::remove_file(path).with_context(context)?;
            return Ok((Self::begin(path, command, inputs.clone())?, resumed));
        }
        journal.file.set_len(end).with_context(context)?;
        journal.file.seek(SeekFrom::Start(end)).with_context(context)?;
        Ok((journal, resumed))
    }

    fn open(path: &Path) -> anyhow::Result<Self> {
        let context = || format!("cannot write {}", path.display());
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(context)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                bail!("another run is writing these outputs ({} is in use)", path.display())
            }
            // Where the file system has no locks there is nothing to be held.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        Ok(Self { path: path.to_owned(), file })
    }

    /// Notes a cut.
    pub(crate) fn cut(&mut self, cut: &Cut) -> anyhow::Result<()> {
        self.line(cut)
    }

    fn line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.file.write_all(&line).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Removes the journal of a run that is finished.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        std::fs::remove_file(&self.path)
            .with_context(|| format!("cannot remove {}", self.path.display()))
    }
}

/// Fails with what differs when a run is not the one of the journal.
fn same(head: &Head, command: &Command, inputs: &Stamp, path: &Path) -> anyhow::Result<()> {
    let way_out = format!("remove {} to begin anew", path.display());
    let version = env!("CARGO_PKG_VERSION");
    if head.journal != VERSION || head.crawlint != version {
        bail!(
            "the unfinished run was one of crawlint {}, and this is {version}: \
             results of both would be mixed; {way_out}",
            head.crawlint
        );
    }
    let names = head.command.keys().map(String::as_str).chain(command.keys().copied());
    for name in names {
        let (then, now) = (head.command.get(name), command.get(name));
        if then != now {
            let told = |value: Option<&String>| {
                value.map_or("not given".to_owned(), |value| format!("`{value}`"))
            };
            bail!(
                "--resume goes on with the same command only, and {name} was {} and is {}; {way_out}",
                told(then),
                told(now)
            );
        }
    }
    if let Some(changed) = inputs.changed(&head.inputs) {
        bail!(
            "the inputs have changed since the run began: {changed}. Going on would leave out or \
             repeat pages; {way_out}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(items: u64) -> Cut {
        Cut { items, hosts: items.into(), ..Cut::default() }
    }

    #[test]
    fn a_torn_line_leaves_the_cut_before_it_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let command = Command::from([("PATH", "a".to_owned())]);
        let mut journal = Journal::begin(&path, &command, Stamp::default()).unwrap();
        journal.cut(&cut(1)).unwrap();
        journal.cut(&cut(2)).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        let head = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let resume = Journal::resume(&path, &command, &Stamp::default(), |_| true);
            let (mut journal, resumed) = resume.unwrap();
            let lines = whole[..length].split(|byte| *byte == b'\n').count() as u64 - 1;
            assert_eq!(resumed.cut.items, lines.saturating_sub(1), "{length}");
            assert_eq!(resumed.hosts.len() as u64, resumed.cut.items);
            // What comes next stands behind it.
            journal.cut(&cut(7)).unwrap();
            drop(journal);
            let now = std::fs::read(&path).unwrap();
            assert_eq!(now[..head], whole[..head]);
            assert!(now.ends_with(b"\"hosts\":7}\n"));
            assert_eq!(now.split(|byte| *byte == b'\n').count() as u64 - 1, lines.max(1) + 1);
        }
    }

    #[test]
    fn a_cut_that_an_output_does_not_reach_is_not_gone_on_from() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::begin(&path, &Command::new(), Stamp::default()).unwrap();
        for items in [1, 2] {
            let marks = Marks::from([("a".to_owned(), items * 10)]);
            journal.cut(&Cut { marks, ..cut(items) }).unwrap();
        }
        drop(journal);
        let reached = |marks: &Marks| marks["a"] <= 15;
        let (_, resumed) =
            Journal::resume(&path, &Command::new(), &Stamp::default(), reached).unwrap();
        assert_eq!(resumed.cut.items, 1);
    }

    #[test]
    fn only_one_run_at_a_time_and_only_the_same_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let command = Command::from([("--max-bytes", "1000".to_owned())]);
        let input = folder.path().join("input");
        std::fs::write(&input, "1").unwrap();
        let stamp = || {
            let mut stamp = Stamp::default();
            stamp.add(&input);
            stamp
        };
        let journal = Journal::begin(&path, &command, stamp()).unwrap();
        let resume = |command: &Command| {
            let resumed = Journal::resume(&path, command, &stamp(), |_| true);
            resumed.err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert!(resume(&command).contains("another run"));
        drop(journal);
        assert!(Journal::begin(&path, &command, stamp()).is_err());
        let other = Command::from([("--max-bytes", "2000".to_owned())]);
        assert!(resume(&other).contains("--max-bytes was `1000` and is `2000`"));
        assert!(resume(&Command::new()).contains("is not given"));
        assert_eq!(resume(&command), "");
        std::fs::write(&input, "12").unwrap();
        assert!(resume(&command).contains("has another size"));
    }
}
