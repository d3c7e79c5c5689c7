//! Arrow batches: pages are read where they lie in the buffers, results are columns.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::types::{
    BinaryType, BinaryViewType, ByteArrayType, ByteViewType, LargeBinaryType, LargeUtf8Type,
    StringViewType, Utf8Type,
};
use arrow_array::{
    Array, ArrayRef, GenericByteArray, GenericByteViewArray, RecordBatch, UInt32Array,
};
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use crawlint::report::Report;
use crawlint::report::columns::{Columns, schema};
use crawlint::{Origin, Scanner};
use pyo3::prelude::*;

use crate::content::of_text;
use crate::errors;
use crate::run::on_threads;

/// Names of the columns a page is made of.
pub(crate) struct Roles<'a> {
    pub(crate) content: &'a str,
    pub(crate) url: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) path: Option<&'a str>,
}

/// Rows whose results are gathered before they become columns.
const ROWS: usize = 4096;

/// One row of results for each row of `data`, which is a batch or a stream of them.
pub(crate) fn scan<'py>(
    scanner: &Scanner,
    data: &Bound<'py, PyAny>,
    roles: &Roles<'_>,
    threads: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let py = data.py();
    let mut batches = Vec::new();
    if data.hasattr("__arrow_c_stream__")? {
        for batch in RecordBatchStreamReader::from_pyarrow_bound(data)? {
            rows(scanner, py, &batch.map_err(of_arrow)?, roles, threads, &mut batches)?;
        }
    } else if data.hasattr("__arrow_c_array__")? {
        let batch = RecordBatch::from_pyarrow_bound(data)?;
        rows(scanner, py, &batch, roles, threads, &mut batches)?;
    } else {
        let kind = data.get_type();
        let kind = kind.fully_qualified_name()?;
        return Err(errors::input(format!("no Arrow data: a {kind} has no `__arrow_c_stream__`")));
    }
    let schema = result_schema();
    let whole = arrow_select::concat::concat_batches(&schema, &batches).map_err(of_arrow)?;
    whole.to_pyarrow(py)
}

/// Appends the results of a batch, in parts.
fn rows(
    scanner: &Scanner,
    py: Python<'_>,
    batch: &RecordBatch,
    roles: &Roles<'_>,
    threads: usize,
    results: &mut Vec<RecordBatch>,
) -> PyResult<()> {
    let pages = Pages::of(batch, roles)?;
    let starts = (0..batch.num_rows()).step_by(ROWS);
    for start in starts {
        let part = start..batch.num_rows().min(start + ROWS);
        let next = AtomicUsize::new(0);
        let reports = on_threads(py, threads.min(part.len()), || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let row = part.clone().nth(index)?;
            Some((index, pages.report(scanner, row)))
        })?;
        results.push(as_columns(&reports).map_err(of_arrow)?);
    }
    Ok(())
}

/// The columns of results; rows without a page have nothing in any.
fn as_columns(reports: &[Option<Report>]) -> Result<RecordBatch, ArrowError> {
    let mut columns = Columns::default();
    let mut number = 0;
    let places = reports.iter().map(|report| {
        report.as_ref().map(|report| {
            columns.push(report);
            number += 1;
            number - 1
        })
    });
    let places: UInt32Array = places.collect();
    let dense = columns.take()?;
    let columns: Vec<ArrayRef> = if places.null_count() == 0 {
        dense.columns().to_vec()
    } else {
        let take = |column| arrow_select::take::take(column, &places, None);
        dense.columns().iter().map(|column| take(column.as_ref())).collect::<Result<_, _>>()?
    };
    RecordBatch::try_new(result_schema(), columns)
}

/// That of Parquet files of results, where every column may be without a value.
fn result_schema() -> Arc<Schema> {
    let may = |field: &Arc<Field>| Field::clone(field).with_nullable(true);
    Arc::new(Schema::new(schema().fields().iter().map(may).collect::<Vec<_>>()))
}

/// The pages of a batch.
struct Pages<'a> {
    content: Texts<'a>,
    is_text: bool,
    url: Option<Texts<'a>>,
    content_type: Option<Texts<'a>>,
    path: Option<Texts<'a>>,
}

impl<'a> Pages<'a> {
    fn of(batch: &'a RecordBatch, roles: &Roles<'_>) -> PyResult<Self> {
        let column = |name: &str| {
            let column = batch.column_by_name(name).ok_or_else(|| {
                let schema = batch.schema();
                let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
                let names = names.join(", ");
                errors::input(format!("there is no column `{name}`; there are {names}"))
            })?;
            Texts::of(column.as_ref()).ok_or_else(|| {
                let kind = column.data_type();
                errors::input(format!("column `{name}` is {kind}, not binary or string"))
            })
        };
        let (content, is_text) = column(roles.content)?;
        let other = |name: Option<&str>| {
            PyResult::Ok(name.map(column).transpose()?.map(|(texts, _)| texts))
        };
        Ok(Self {
            content,
            is_text,
            url: other(roles.url)?,
            content_type: other(roles.content_type)?,
            path: other(roles.path)?,
        })
    }

    /// The result of a row; none where it has no page.
    fn report(&self, scanner: &Scanner, row: usize) -> Option<Report> {
        let bytes = self.content.get(row)?;
        let word = |texts: &Option<Texts<'a>>| {
            let bytes = texts.as_ref()?.get(row)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        let content_type = word(&self.content_type);
        let origin = Origin {
            path: word(&self.path).unwrap_or_default(),
            url: word(&self.url),
            content_type: if self.is_text {
                Some(of_text(content_type.as_deref()))
            } else {
                content_type
            },
            ..Origin::default()
        };
        Some(scanner.scan(bytes, &origin))
    }
}

/// A column of bytes or text, whatever its layout.
enum Texts<'a> {
    Binary(&'a GenericByteArray<BinaryType>),
    LargeBinary(&'a GenericByteArray<LargeBinaryType>),
    BinaryView(&'a GenericByteViewArray<BinaryViewType>),
    Utf8(&'a GenericByteArray<Utf8Type>),
    LargeUtf8(&'a GenericByteArray<LargeUtf8Type>),
    Utf8View(&'a GenericByteViewArray<StringViewType>),
    /// The place of each row's value, and the values.
    Dictionary(&'a dyn Array, Vec<usize>, Box<Texts<'a>>),
}

impl<'a> Texts<'a> {
    /// The column, and whether it holds text; none where it is of another kind.
    fn of(column: &'a dyn Array) -> Option<(Self, bool)> {
        Some(match column.data_type() {
            DataType::Binary => (Self::Binary(column.as_binary()), false),
            DataType::LargeBinary => (Self::LargeBinary(column.as_binary()), false),
            DataType::BinaryView => (Self::BinaryView(column.as_binary_view()), false),
            DataType::Utf8 => (Self::Utf8(column.as_string()), true),
            DataType::LargeUtf8 => (Self::LargeUtf8(column.as_string()), true),
            DataType::Utf8View => (Self::Utf8View(column.as_string_view()), true),
            DataType::Dictionary(..) => {
                let dictionary = column.as_any_dictionary_opt()?;
                let (values, is_text) = Self::of(dictionary.values().as_ref())?;
                let places = match values.len() {
                    0 => Vec::new(),
                    _ => dictionary.normalized_keys(),
                };
                (Self::Dictionary(column, places, Box::new(values)), is_text)
            }
            _ => return None,
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Binary(column) => column.len(),
            Self::LargeBinary(column) => column.len(),
            Self::BinaryView(column) => column.len(),
            Self::Utf8(column) => column.len(),
            Self::LargeUtf8(column) => column.len(),
            Self::Utf8View(column) => column.len(),
            Self::Dictionary(column, ..) => column.len(),
        }
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Binary(column) => of_array(column, row),
            Self::LargeBinary(column) => of_array(column, row),
            Self::BinaryView(column) => of_views(column, row),
            Self::Utf8(column) => of_array(column, row),
            Self::LargeUtf8(column) => of_array(column, row),
            Self::Utf8View(column) => of_views(column, row),
            Self::Dictionary(column, places, values) => {
                if column.is_null(row) {
                    None
                } else {
                    values.get(*places.get(row)?)
                }
            }
        }
    }
}

fn of_array<T: ByteArrayType>(column: &GenericByteArray<T>, row: usize) -> Option<&[u8]> {
    (!column.is_null(row)).then(|| column.value(row).as_ref())
}

fn of_views<T: ByteViewType>(column: &GenericByteViewArray<T>, row: usize) -> Option<&[u8]> {
    (!column.is_null(row)).then(|| column.value(row).as_ref())
}

fn of_arrow(error: ArrowError) -> PyErr {
    errors::input(error.to_string())
}
