//! Tables with one page to a row: JSON lines and Parquet files, with the same names of fields.

#[cfg(feature = "parquet")]
mod columns;
mod fields;
mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;

pub use fields::{Fields, FieldsError};
pub(super) use jsonl::{is_jsonl, open as open_jsonl};
#[cfg(feature = "parquet")]
pub(super) use parquet::open as open_parquet;

/// Stands in for the reader of Parquet in a build without it.
#[cfg(not(feature = "parquet"))]
pub(super) fn open_parquet(
    input: crate::input::open::Input,
    _: &crate::input::Options,
) -> crate::input::Container {
    let error = crate::input::ReadError::Unsupported("this build does not read Parquet".to_owned());
    Box::new(std::iter::once(crate::input::Item::Fault { at: input.at, error }))
}
