//! Columns of a Parquet file by their names, and their values as bytes.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{
    timestamp_ms_to_datetime, timestamp_ns_to_datetime, timestamp_s_to_datetime,
    timestamp_us_to_datetime,
};
use arrow_array::types::{
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields as Columns, Schema, SchemaRef, TimeUnit};
use parquet::basic::Type;
use parquet::schema::types::SchemaDescriptor;

use crate::input::rows::fields::{Fields, Role};

/// A column that is read.
pub(super) struct Column {
    pub(super) role: Role,
    /// Its place among the columns of the file.
    pub(super) leaf: usize,
    path: Vec<String>,
}

/// The column for each role, by the best of its names that the file has.
pub(super) fn columns(schema: &SchemaDescriptor, fields: &Fields) -> Vec<Column> {
    let mut found: Vec<Column> = Vec::new();
    for (role, _, name) in fields.all() {
        if found.iter().any(|column| column.role == role) {
            continue;
        }
        let column = schema.columns().iter().position(|column| {
            let is_text = column.physical_type() == Type::BYTE_ARRAY;
            let fits = is_text || !matches!(role, Role::Html | Role::Text);
            // Below a list a row would have many values.
            fits && column.max_rep_level() == 0 && column.path().string() == name
        });
        if let Some(leaf) = column {
            let path = schema.column(leaf).path().parts().to_vec();
            found.push(Column { role, leaf, path });
        }
    }
    found
}

/// A schema with views in the place of strings.
pub(super) fn views(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new_with_metadata(viewed(schema.fields()), schema.metadata().clone()))
}

fn viewed(fields: &Columns) -> Columns {
    fields
        .iter()
        .map(|field| {
            let kind = match field.data_type() {
                DataType::Utf8 => DataType::Utf8View,
                DataType::Binary => DataType::BinaryView,
                DataType::Struct(fields) => DataType::Struct(viewed(fields)),
                other => other.clone(),
            };
            Field::clone(field).with_data_type(kind)
        })
        .collect()
}

impl Column {
    /// The value of a row; none if it is null, or neither text nor a number nor a time.
    pub(super) fn value<'a>(&self, batch: &'a RecordBatch, row: usize) -> Option<Cow<'a, [u8]>> {
        let (first, rest) = self.path.split_first()?;
        let mut array: &ArrayRef = batch.column_by_name(first)?;
        for part in rest {
            if array.is_null(row) {
                return None;
            }
            array = array.as_struct_opt()?.column_by_name(part)?;
        }
        if array.is_null(row) {
            return None;
        }
        scalar(array, row)
    }
}

fn scalar(array: &ArrayRef, row: usize) -> Option<Cow<'_, [u8]>> {
    let bytes = match array.data_type() {
        DataType::Utf8View => array.as_string_view().value(row).as_bytes(),
        DataType::BinaryView => array.as_binary_view().value(row),
        DataType::Utf8 => array.as_string::<i32>().value(row).as_bytes(),
        DataType::Binary => array.as_binary::<i32>().value(row),
        _ => return number(array, row).map(|text| Cow::Owned(text.into_bytes())),
    };
    Some(Cow::Borrowed(bytes))
}

fn number(array: &ArrayRef, row: usize) -> Option<String> {
    let time = match array.data_type() {
        DataType::Int32 => return Some(array.as_primitive::<Int32Type>().value(row).to_string()),
        DataType::Int64 => return Some(array.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::UInt32 => return Some(array.as_primitive::<UInt32Type>().value(row).to_string()),
        DataType::UInt64 => return Some(array.as_primitive::<UInt64Type>().value(row).to_string()),
        DataType::Timestamp(TimeUnit::Second, _) => {
            timestamp_s_to_datetime(array.as_primitive::<TimestampSecondType>().value(row))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            timestamp_ms_to_datetime(array.as_primitive::<TimestampMillisecondType>().value(row))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            timestamp_us_to_datetime(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            timestamp_ns_to_datetime(array.as_primitive::<TimestampNanosecondType>().value(row))
        }
        _ => return None,
    };
    // Without a zone it is UTC, as everywhere in crawls.
    time.map(|time| format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S")))
}
