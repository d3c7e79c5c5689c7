//! Pages of files, folders and dumps, some at a time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crawlint::input::{
    Fields, InputFormat, Item, Items, Limits, Options, Place, Record, Start, WalkOptions, items,
};
use crawlint::report::{Reason, Report, json};
use crawlint::{Origin, Scanner};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Deserialize;

use crate::errors;
use crate::run::on_threads;

/// How files are read, as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    fields: Option<String>,
    input_format: Option<String>,
    respect_ignore: bool,
    url: Option<String>,
}

/// What a record came to.
enum Seen {
    /// The result, as JSON.
    Line(Vec<u8>),
    /// Passed over, and what it is.
    Skipped(String),
}

/// See `_native.pyi`.
#[pyclass(frozen, module = "crawlint._native")]
pub(crate) struct Files {
    scanner: Arc<Scanner>,
    url: Option<String>,
    left: Mutex<Left>,
}

/// What is left to read.
enum Left {
    Items(Box<Items<std::vec::IntoIter<Start>>>),
    /// A call is reading.
    Taken,
    /// The end, or a signal: what was pulled then is lost, so nothing more comes.
    Nothing,
}

impl Files {
    pub(crate) fn new(scanner: Arc<Scanner>, paths: Vec<PathBuf>, options: &str) -> PyResult<Self> {
        let asked: Asked = serde_json::from_str(options)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let fields = asked.fields.as_deref().map(str::parse::<Fields>).transpose();
        let fields = fields.map_err(|error| errors::setting(error.to_string()))?;
        let options = Options {
            limits: Limits { max_bytes: scanner.max_bytes() as u64, ..Limits::default() },
            fields: fields.unwrap_or_default(),
            format: asked.input_format.as_deref().map(format).transpose()?,
            walk: WalkOptions { respect_ignore: asked.respect_ignore },
            ..Options::default()
        };
        let starts: Vec<Start> = paths.into_iter().map(Start::Path).collect();
        let left = Mutex::new(Left::Items(Box::new(items(starts, &options))));
        Ok(Self { scanner, url: asked.url, left })
    }

    fn seen(&self, item: Item) -> Seen {
        let report = match item {
            Item::Page(record) => {
                let (origin, bytes) = self.origin(record);
                self.scanner.scan(&bytes, &origin)
            }
            Item::Fault { at, error } => {
                let reason = Reason { code: error.code().to_owned(), message: error.to_string() };
                self.unreadable(at, reason)
            }
            Item::Skipped { kind, .. } => return Seen::Skipped(kind),
        };
        Seen::Line(json::object(&report))
    }

    fn origin(&self, record: Record) -> (Origin, Vec<u8>) {
        let origin = Origin {
            path: record.path,
            url: record.url.or_else(|| self.url.clone()),
            content_type: record.content_type,
            record: record.member,
            offset: record.offset,
            date: record.date,
        };
        (origin, record.bytes)
    }

    fn unreadable(&self, at: Place, reason: Reason) -> Report {
        let Place { path, member, offset, url } = at;
        let record = Record { path, member, offset, url, ..Record::default() };
        Scanner::unreadable(&self.origin(record).0, reason)
    }
}

#[pymethods]
impl Files {
    /// The next results and the kinds of what was passed over; nothing after the last.
    fn next<'py>(
        &self,
        py: Python<'py>,
        most: usize,
        threads: usize,
    ) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
        let leave = |left| {
            let mut place = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, left)
        };
        let items = match leave(Left::Taken) {
            Left::Items(items) => items,
            Left::Taken => {
                return Err(PyValueError::new_err("another thread is reading this scan"));
            }
            Left::Nothing => {
                leave(Left::Nothing);
                return Ok(None);
            }
        };
        let source = Mutex::new((0, items, false));
        let pull = || {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            let (index, items, ended) = &mut *source;
            if *index == most || *ended {
                return None;
            }
            let Some(pull) = items.next() else {
                *ended = true;
                return None;
            };
            *index += 1;
            Some((*index - 1, pull))
        };
        let seen = on_threads(py, threads, || {
            let (index, pull) = pull()?;
            Some((index, self.seen(pull.item())))
        });
        let (_, items, ended) = source.into_inner().unwrap_or_else(PoisonError::into_inner);
        leave(if ended || seen.is_err() { Left::Nothing } else { Left::Items(items) });
        let seen = seen?;
        if ended && seen.is_empty() {
            return Ok(None);
        }
        let given = seen.into_iter().map(|seen| match seen {
            Seen::Line(line) => Ok(PyBytes::new(py, &line).into_any()),
            Seen::Skipped(kind) => Ok(kind.into_pyobject(py)?.into_any()),
        });
        given.collect::<PyResult<_>>().map(Some)
    }
}

fn format(name: &str) -> PyResult<InputFormat> {
    let known = InputFormat::NAMED.into_iter().find(|format| format.name() == name);
    known.ok_or_else(|| {
        let names = InputFormat::NAMED.map(InputFormat::name).join(", ");
        errors::setting(format!("there is no format `{name}`; there are {names}"))
    })
}
