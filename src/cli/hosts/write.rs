//! The hosts as a file: one flat row per host, the same columns in every format.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, bail};
use crawlint::report::Verdict;
use crawlint::report::terminal::escape;
use serde_json::{Map, Value};

use crate::cli::hosts::Row;
use crate::cli::output::Whole;

/// Causes written per host.
const CAUSES: usize = 5;

type Writer = fn(&mut Whole, &[Row<'_>]) -> anyhow::Result<()>;

/// The formats by the ending of the name.
const FORMATS: &[(&str, Writer)] = &[
    (".jsonl", jsonl),
    (".csv", csv),
    #[cfg(feature = "parquet")]
    (".parquet", parquet),
];

fn writer(path: &Path) -> Option<Writer> {
    let name = path.to_string_lossy().to_lowercase();
    FORMATS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, writer)| *writer)
}

/// Fails when the file cannot be written: before a long run rather than after it.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    if writer(path).is_none() {
        let endings: Vec<&str> = FORMATS.iter().map(|(ending, _)| *ending).collect();
        bail!(
            "the name of `{}` tells no format for --hosts; names end in {}",
            escape(&path.display().to_string()),
            endings.join(", ")
        );
    }
    Whole::create(path).map(|_| ())
}

/// Writes the file, whole.
pub(crate) fn write(path: &Path, rows: &[Row<'_>]) -> anyhow::Result<()> {
    let Some(write) = writer(path) else { return check(path) };
    let mut file = Whole::create(path)?;
    write(&mut file, rows).with_context(|| format!("cannot write {}", path.display()))?;
    file.finish()
}

/// Verdicts with the names of their two columns.
fn columns() -> impl Iterator<Item = (Verdict, &'static str, String)> {
    Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict, verdict.name(), format!("{}_share", verdict.name())))
}

/// Part of all pages of the host, to four digits.
fn share(row: &Row<'_>, verdict: Verdict) -> f64 {
    let share = f64::from(row.host.of(verdict)) / f64::from(row.host.pages().max(1));
    (share * 10_000.0).round() / 10_000.0
}

fn jsonl(out: &mut Whole, rows: &[Row<'_>]) -> anyhow::Result<()> {
    for row in rows {
        let mut object = Map::new();
        object.insert("host".to_owned(), row.name.into());
        object.insert("kind".to_owned(), row.host.kind().into());
        object.insert("pages".to_owned(), row.host.pages().into());
        for (verdict, pages_name, share_name) in columns() {
            object.insert(pages_name.to_owned(), row.host.of(verdict).into());
            object.insert(share_name, share(row, verdict).into());
        }
        let causes: Vec<Value> = row
            .top(CAUSES)
            .into_iter()
            .map(|(cause, pages)| serde_json::json!({"cause": cause, "pages": pages}))
            .collect();
        object.insert("causes".to_owned(), causes.into());
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn csv(out: &mut Whole, rows: &[Row<'_>]) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    let mut head = vec!["host".to_owned(), "kind".to_owned(), "pages".to_owned()];
    for (_, pages_name, share_name) in columns() {
        head.extend([pages_name.to_owned(), share_name]);
    }
    head.push("causes".to_owned());
    table.write_record(&head)?;
    for row in rows {
        let mut cells =
            vec![row.name.to_owned(), row.host.kind().to_owned(), row.host.pages().to_string()];
        for verdict in Verdict::ALL {
            cells.extend([row.host.of(verdict).to_string(), share(row, verdict).to_string()]);
        }
        let causes: Vec<String> =
            row.top(CAUSES).iter().map(|(cause, pages)| format!("{cause} {pages}")).collect();
        cells.push(causes.join("; "));
        table.write_record(&cells)?;
    }
    table.flush()?;
    Ok(())
}

#[cfg(feature = "parquet")]
fn parquet(out: &mut Whole, rows: &[Row<'_>]) -> anyhow::Result<()> {
    use std::sync::Arc;

    use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder, StructBuilder};
    use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
    use arrow_schema::{DataType, Field, Fields, Schema};

    let cause = Fields::from(vec![
        Field::new("cause", DataType::Utf8, false),
        Field::new("pages", DataType::Int64, false),
    ]);
    let element = Arc::new(Field::new("element", DataType::Struct(cause.clone()), false));
    let mut fields = vec![
        Field::new("host", DataType::Utf8, false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("pages", DataType::Int64, false),
    ];
    for (_, pages_name, share_name) in columns() {
        fields.push(Field::new(pages_name, DataType::Int64, false));
        fields.push(Field::new(share_name, DataType::Float64, false));
    }
    fields.push(Field::new("causes", DataType::List(Arc::clone(&element)), false));
    let schema = Arc::new(Schema::new(fields));
    let mut file = crate::cli::output::parquet::Rows::new(out, &schema)?;
    for rows in rows.chunks(65_536) {
        let numbers = |count: &dyn Fn(&Row<'_>) -> u32| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(count(row)))))
        };
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.name))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.host.kind()))),
            numbers(&|row| row.host.pages()),
        ];
        for verdict in Verdict::ALL {
            columns.push(numbers(&|row| row.host.of(verdict)));
            let shares = rows.iter().map(|row| share(row, verdict));
            columns.push(Arc::new(Float64Array::from_iter_values(shares)));
        }
        let mut causes = ListBuilder::new(StructBuilder::from_fields(cause.clone(), 0))
            .with_field(Arc::clone(&element));
        for row in rows {
            for (name, pages) in row.top(CAUSES) {
                if let Some(names) = causes.values().field_builder::<StringBuilder>(0) {
                    names.append_value(name);
                }
                if let Some(counts) = causes.values().field_builder::<Int64Builder>(1) {
                    counts.append_value(pages.into());
                }
                causes.values().append(true);
            }
            causes.append(true);
        }
        columns.push(Arc::new(causes.finish()));
        file.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
    }
    file.finish().map(|_| ())
}
