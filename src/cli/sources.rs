//! From paths to records.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use crawlint::Origin;
use crawlint::input::{self, Item, Place, Record, Start, WalkOptions};
use crawlint::report::terminal::escape;

use crate::cli::args::PageArgs;

/// All that a scan is told to read.
pub(crate) struct Inputs {
    named: Vec<Start>,
    list: Option<PathBuf>,
}

impl Inputs {
    /// What the arguments name, and a list of more.
    ///
    /// # Errors
    /// When standard input is named twice.
    pub(crate) fn new(named: Vec<Start>, list: Option<&Path>) -> anyhow::Result<Self> {
        let inputs = Self { named, list: list.map(Path::to_owned) };
        if inputs.list_from_stdin() && inputs.named.contains(&Start::Stdin) {
            bail!("standard input (`-`) can be read only once");
        }
        Ok(inputs)
    }

    fn list_from_stdin(&self) -> bool {
        self.list.as_ref().is_some_and(|list| list.as_os_str() == "-")
    }

    /// Whether it is one file, or what comes on standard input.
    pub(crate) fn is_one_file(&self) -> bool {
        match (self.named.as_slice(), &self.list) {
            ([Start::Path(path)], None) => !path.is_dir(),
            ([_], None) => true,
            _ => false,
        }
    }

    /// All of it, in order.
    ///
    /// # Errors
    /// When the list cannot be opened.
    pub(crate) fn starts(&self) -> anyhow::Result<impl Iterator<Item = Start> + Send + use<>> {
        let listed = self.list.as_deref().map(listed).transpose()?;
        Ok(self.named.clone().into_iter().chain(listed.into_iter().flatten()))
    }

    /// The same for who wants to know beforehand; none where the list can be read only once.
    pub(crate) fn beforehand(
        &self,
    ) -> anyhow::Result<Option<impl Iterator<Item = Start> + Send + use<>>> {
        if self.list_from_stdin() { Ok(None) } else { self.starts().map(Some) }
    }

    /// What the user named, for messages.
    pub(crate) fn shown(&self) -> String {
        let path = |start: &Start| match start {
            Start::Path(path) | Start::Broken { path, .. } => shown(path),
            Start::Stdin => "`-`".to_owned(),
        };
        let names = self.named.iter().map(path).chain(self.list.as_deref().map(shown));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// What the paths name, in order. A path that does not exist fails the run at once: it is more
/// likely mistyped than unreadable.
pub(crate) fn starts(paths: &[PathBuf]) -> anyhow::Result<Vec<Start>> {
    let starts: Vec<Start> = paths.iter().map(|path| start(path)).collect();
    if starts.iter().filter(|start| **start == Start::Stdin).count() > 1 {
        bail!("standard input (`-`) can be read only once");
    }
    for start in &starts {
        if let Start::Path(path) = start
            && std::fs::symlink_metadata(path)
                .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        {
            bail!("{} does not exist; give files, folders, or `-` for standard input", shown(path));
        }
    }
    Ok(starts)
}

fn start(path: &Path) -> Start {
    if path.as_os_str() == "-" { Start::Stdin } else { Start::Path(path.to_owned()) }
}

/// The paths that a list names, one to a line, taken from it as their turn comes. What is wrong
/// with one of them is an item like any other: a list may be of millions.
fn listed(list: &Path) -> anyhow::Result<Box<dyn Iterator<Item = Start> + Send>> {
    let name = list.to_owned();
    let source: Box<dyn BufRead + Send> = if list.as_os_str() == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = File::open(list).with_context(|| format!("cannot read {}", shown(list)))?;
        Box::new(BufReader::new(file))
    };
    let mut broken = false;
    let lines = source.split(b'\n').take_while(move |line| {
        // A list that cannot be read on is told once.
        !std::mem::replace(&mut broken, line.is_err())
    });
    Ok(Box::new(lines.filter_map(move |line| match line {
        Ok(line) => {
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            (!line.is_empty()).then(|| Start::Path(path_of(line)))
        }
        Err(error) => Some(Start::Broken {
            path: name.clone(),
            message: format!("the list breaks off: {error}"),
        }),
    })))
}

/// A path as lists and other programs write it.
fn path_of(bytes: &[u8]) -> PathBuf {
    as_path(bytes).into_owned()
}

#[cfg(unix)]
pub(crate) fn as_path(bytes: &[u8]) -> std::borrow::Cow<'_, Path> {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(bytes)).into()
}

#[cfg(not(unix))]
pub(crate) fn as_path(bytes: &[u8]) -> std::borrow::Cow<'_, Path> {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned()).into()
}

/// Records told to choose from.
const CHOICE: usize = 3;

/// The one page that `command` works on, as it is stored: a file, or a record of a container.
///
/// # Errors
/// When there is no such page, or more than one.
pub(crate) fn one(page: &PageArgs, max_bytes: u64, command: &str) -> anyhow::Result<Record> {
    let start = match starts(std::slice::from_ref(&page.file))?.pop() {
        Some(Start::Path(path)) => Start::Path(single(&path, command)?),
        other => other.context("no file is named")?,
    };
    let options = page.reading.options(max_bytes);
    let (file, wanted) = (shown(&page.file), page.record.as_deref());
    let offset: Option<u64> = wanted.and_then(|name| name.strip_prefix('@')?.parse().ok());
    if let (Some(offset), Start::Path(path)) = (offset, &start)
        && let Some(record) = input::record_at(path, offset, &options)
    {
        return Ok(record);
    }
    let is_wanted = |member: &Option<String>, at: Option<u64>| {
        let Some(name) = wanted else { return true };
        member.as_deref() == Some(name) || offset.is_some() && offset == at
    };
    let (mut pages, mut others, mut trouble) = (Vec::new(), Vec::new(), None);
    for pull in input::items([start], &options) {
        match pull.item() {
            Item::Page(record) if is_wanted(&record.member, record.offset) => pages.push(record),
            Item::Page(record) if others.len() < CHOICE => others.extend(name_of(&record)),
            Item::Fault { at, error } if is_wanted(&at.member, at.offset) => {
                trouble = trouble.or(Some(error.to_string()));
            }
            Item::Skipped { at, kind } if is_wanted(&at.member, at.offset) => {
                trouble = trouble.or(Some(format!("it is no page but {kind}")));
            }
            _ => {}
        }
        if pages.len() == if wanted.is_some() { 1 } else { CHOICE } {
            break;
        }
    }
    if pages.len() > 1 {
        let choice: Vec<String> = pages.iter().filter_map(name_of).collect();
        let choice = choice.join("\n  ");
        bail!(
            "{command} takes one page, but {file} holds more; name one with --record:\n  {choice}"
        );
    }
    if let Some(page) = pages.pop() {
        return Ok(page);
    }
    let place = match wanted {
        Some(name) => format!("{} in {file}", escape(name)),
        None => file,
    };
    match trouble {
        Some(trouble) => bail!("cannot read {place}: {trouble}"),
        None if others.is_empty() => bail!("there is no page {place}"),
        None => bail!("there is no {place}; some that there are:\n  {}", others.join("\n  ")),
    }
}

/// The file at a path, or the only one below it.
fn single(path: &Path, command: &str) -> anyhow::Result<PathBuf> {
    let mut files: Vec<_> = input::walk(&[path.to_owned()], &WalkOptions::default()).collect();
    match (files.len(), files.pop()) {
        (1, Some(Ok(file))) => Ok(file.path),
        (1, Some(Err(error))) => bail!("cannot read {}: {}", shown(&error.path), error.message),
        (0, _) => bail!("no file in {}", shown(path)),
        (more, _) => {
            bail!("{command} takes one page, but {} holds {more}; name one of them", shown(path))
        }
    }
}

/// What `--record` takes for a record; nothing for a file that is a page.
fn name_of(record: &Record) -> Option<String> {
    let place = || record.offset.map(|offset| format!("@{offset}"));
    let name = record.member.clone().or_else(place)?;
    Some(escape(&name).into_owned())
}

pub(crate) fn shown(path: &Path) -> String {
    format!("`{}`", escape(&path.display().to_string()))
}

/// What reports call a page, and its bytes. `url` is its address where the record has none.
pub(crate) fn origin(record: Record, url: Option<&str>) -> (Origin, Vec<u8>) {
    let origin = Origin {
        path: record.path,
        url: record.url.or_else(|| url.map(str::to_owned)),
        content_type: record.content_type,
        record: record.member,
        offset: record.offset,
        date: record.date,
    };
    (origin, record.bytes)
}

/// What reports call a record without content.
pub(crate) fn origin_of(at: Place, url: Option<&str>) -> Origin {
    let Place { path, member, offset, url: own } = at;
    origin(Record { path, member, offset, url: own, ..Record::default() }, url).0
}
