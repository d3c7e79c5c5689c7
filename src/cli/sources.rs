//! From paths to records.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use crawlint::Origin;
use crawlint::input::{self, Place, Record, Start, WalkOptions};
use crawlint::report::terminal::escape;

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

/// The one page that `command` works on, as it is stored.
pub(crate) fn one(path: &PathBuf, max_bytes: u64, command: &str) -> anyhow::Result<Record> {
    let starts = starts(std::slice::from_ref(path))?;
    let (path, read) = if starts == [Start::Stdin] {
        ("-".to_owned(), input::read_stdin(max_bytes))
    } else {
        let files: Vec<_> =
            input::walk(std::slice::from_ref(path), &WalkOptions::default()).collect();
        match files.as_slice() {
            [] => bail!("no file in {}", shown(path)),
            [Ok(file)] => (file.path.display().to_string(), input::read(&file.path, max_bytes)),
            [Err(error)] => bail!("cannot read {}: {}", shown(&error.path), error.message),
            more => bail!(
                "{command} takes one page, but {} holds {}; name one of them",
                shown(path),
                more.len()
            ),
        }
    };
    let read = read.map_err(|error| anyhow!("cannot read {}: {error}", escape(&path)))?;
    Ok(Record { path, bytes: read, ..Record::default() })
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
