//! Paths to files.

use std::fs::FileType;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::input::{ReadError, Record, read};

/// How folders are searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkOptions {
    /// Leave out hidden files and what `.gitignore` and `.ignore` files name. Default: no, since
    /// a crawl's output often lies in an ignored folder. A path given by name is always taken.
    pub respect_ignore: bool,
}

/// A file to scan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Path as given, or as found below a given folder.
    pub path: PathBuf,
}

impl Entry {
    /// Reads the file.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, max_bytes: u64) -> Result<Record, ReadError> {
        let bytes = read(&self.path, max_bytes)?;
        let path = self.path.to_string_lossy().into_owned();
        Ok(Record { path, bytes, ..Record::default() })
    }
}

/// A path that leads to no file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
#[non_exhaustive]
pub struct InputError {
    /// The path.
    pub path: PathBuf,
    /// What is wrong, as a clause: `no such file or folder`.
    pub message: String,
}

/// The files at and below the given paths: one given path after the other, below each in order
/// of the paths' bytes. A file that is reached twice is listed twice.
///
/// Symbolic links are followed. A folder that contains itself, a dead link, a folder that may
/// not be read, a pipe, socket or device is an error entry in its place, and the rest goes on.
pub fn walk(
    paths: &[PathBuf],
    options: &WalkOptions,
) -> impl Iterator<Item = Result<Entry, InputError>> {
    paths.iter().flat_map(move |path| below(path, options))
}

fn below(root: &Path, options: &WalkOptions) -> Vec<Result<Entry, InputError>> {
    let mut found: Vec<Result<Entry, InputError>> = WalkBuilder::new(root)
        .standard_filters(options.respect_ignore)
        // Ignore files also apply where no repository is.
        .require_git(false)
        .follow_links(true)
        .build()
        .filter_map(|item| match item {
            Ok(item) => file(item.into_path()),
            Err(error) => Some(Err(failure(&error, root))),
        })
        .collect();
    found.sort_by(|a, b| path_of(a).cmp(path_of(b)));
    found
}

/// What a regular path is; `None` for a folder, whose content comes by itself.
fn file(path: PathBuf) -> Option<Result<Entry, InputError>> {
    match std::fs::metadata(&path) {
        Ok(data) if data.is_dir() => None,
        Ok(data) if data.is_file() => Some(Ok(Entry { path })),
        Ok(data) => {
            let message = format!("{} cannot be read as a page", kind_name(data.file_type()));
            Some(Err(InputError { path, message }))
        }
        Err(error) => Some(Err(InputError { path, message: in_words(&error) })),
    }
}

fn path_of(item: &Result<Entry, InputError>) -> &[u8] {
    let path = match item {
        Ok(entry) => &entry.path,
        Err(error) => &error.path,
    };
    path.as_os_str().as_encoded_bytes()
}

fn failure(error: &ignore::Error, root: &Path) -> InputError {
    let mut path = root;
    let mut inner = error;
    loop {
        match inner {
            ignore::Error::WithPath { path: at, err } => (path, inner) = (at, err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                inner = err;
            }
            ignore::Error::Loop { ancestor, child } => {
                let message = format!("leads back to {}, which contains it", ancestor.display());
                return InputError { path: child.clone(), message };
            }
            ignore::Error::Io(error) => {
                return InputError { path: path.to_owned(), message: in_words(error) };
            }
            other => {
                return InputError { path: path.to_owned(), message: other.to_string() };
            }
        }
    }
}

fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    }
}

/// What something other than a regular file is, with its article.
pub(super) fn kind_name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "a special file" }
}
