//! From paths to records.

use std::path::{Path, PathBuf};

use anyhow::bail;
use crawlint::Origin;
use crawlint::input::{self, Entry, WalkOptions};
use crawlint::report::Reason;
use crawlint::report::terminal::escape;

/// Where a record is read from.
#[derive(Debug)]
pub(crate) enum Source {
    Stdin,
    File(Entry),
    /// Something below a path that could not be listed.
    Broken {
        path: String,
        message: String,
    },
}

/// The records below paths, in order. A path that does not exist fails the run at once: it is
/// more likely mistyped than unreadable.
pub(crate) fn collect(paths: &[PathBuf], respect_ignore: bool) -> anyhow::Result<Vec<Source>> {
    let stdin = |path: &PathBuf| path.as_os_str() == "-";
    if paths.iter().filter(|path| stdin(path)).count() > 1 {
        bail!("standard input (`-`) can be read only once");
    }
    for path in paths.iter().filter(|path| !stdin(path)) {
        if std::fs::symlink_metadata(path)
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        {
            bail!("{} does not exist; give files, folders, or `-` for standard input", shown(path));
        }
    }
    let options = WalkOptions { respect_ignore };
    let mut sources = Vec::new();
    for group in paths.chunk_by(|a, b| !stdin(a) && !stdin(b)) {
        if group.iter().any(stdin) {
            sources.push(Source::Stdin);
            continue;
        }
        sources.extend(input::walk(group, &options).map(|entry| match entry {
            Ok(entry) => Source::File(entry),
            Err(error) => Source::Broken {
                path: Path::new(&error.path).display().to_string(),
                message: error.message,
            },
        }));
    }
    if sources.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        bail!("nothing to scan: no file in {}", names.join(", "));
    }
    Ok(sources)
}

fn shown(path: &Path) -> String {
    format!("`{}`", escape(&path.display().to_string()))
}

impl Source {
    /// What to call the record.
    pub(crate) fn origin(&self, url: Option<&str>) -> Origin {
        let path = match self {
            Self::Stdin => "-".to_owned(),
            Self::File(entry) => entry.path.display().to_string(),
            Self::Broken { path, .. } => path.clone(),
        };
        Origin { path, url: url.map(str::to_owned), ..Origin::default() }
    }

    /// The bytes of the record.
    pub(crate) fn read(&self, max_bytes: u64) -> Result<Vec<u8>, Reason> {
        let read = match self {
            Self::Stdin => input::read_stdin(max_bytes),
            Self::File(entry) => input::read(&entry.path, max_bytes),
            Self::Broken { message, .. } => {
                return Err(Reason { code: "io".to_owned(), message: message.clone() });
            }
        };
        read.map_err(|error| Reason { code: error.code().to_owned(), message: error.to_string() })
    }
}
