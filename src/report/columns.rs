//! Results as columns of Arrow, the same that Parquet files have. docs/outputs.md lists them.
//!
//! ```
//! use crawlint::{Origin, Scanner, report::columns::Columns};
//!
//! let scanner = Scanner::new()?;
//! let mut columns = Columns::default();
//! columns.push(&scanner.scan(b"Fresh bread every morning.", &Origin::path("bread.txt")));
//! let batch = columns.take()?;
//! assert_eq!((batch.num_rows(), columns.len()), (1, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;

use crate::report::{BaselineState, Finding, Offsets, Report, tenth};
use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, ListBuilder, MapBuilder,
    StringBuilder, StructBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema};

/// A column that every row has.
fn must(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, false)
}

/// A column that is null where JSON leaves the field out.
fn may(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, true)
}

/// Numbers are signed throughout: Spark knows no other.
fn finding_fields() -> Fields {
    Fields::from(vec![
        must("rule", DataType::Utf8),
        must("family", DataType::Utf8),
        must("db", DataType::Float64),
        must("damage", DataType::Int32),
        must("junk", DataType::Int32),
        must("zone", DataType::Utf8),
        must("span_start", DataType::Int64),
        must("span_end", DataType::Int64),
        must("source_start", DataType::Int64),
        must("source_end", DataType::Int64),
        must("line", DataType::Int64),
        must("column", DataType::Int64),
        must("text", DataType::Utf8),
        must("message", DataType::Utf8),
        must("fingerprint", DataType::Utf8),
        may("suppressed_by", DataType::Utf8),
        may("suppressed_reason", DataType::Utf8),
        may("baseline_state", DataType::Utf8),
    ])
}

/// Element of a list, by the name the Parquet format gives it.
fn element(kind: DataType) -> FieldRef {
    Arc::new(must("element", kind))
}

fn signals_entry() -> (FieldRef, FieldRef) {
    (Arc::new(must("key", DataType::Utf8)), Arc::new(must("value", DataType::Float64)))
}

/// The schema of results.
pub fn schema() -> Arc<Schema> {
    let list = |kind| DataType::List(element(kind));
    let (key, value) = signals_entry();
    let entries = must("key_value", DataType::Struct(vec![key, value].into()));
    Arc::new(Schema::new(vec![
        must("path", DataType::Utf8),
        may("url", DataType::Utf8),
        may("record", DataType::Utf8),
        may("offset", DataType::Int64),
        may("date", DataType::Utf8),
        must("format", DataType::Utf8),
        must("charset", DataType::Utf8),
        must("language", DataType::Utf8),
        may("language_declared", DataType::Utf8),
        must("verdict", DataType::Utf8),
        must("risk", DataType::Int32),
        must("risk_db", DataType::Float64),
        must("damage", DataType::Int32),
        must("junk", DataType::Int32),
        must("topics", list(DataType::Utf8)),
        must("labels", list(DataType::Utf8)),
        may("reason_code", DataType::Utf8),
        may("reason_message", DataType::Utf8),
        must("headline", DataType::Utf8),
        must("offsets", DataType::Utf8),
        must("findings", list(DataType::Struct(finding_fields()))),
        may("signals", DataType::Map(Arc::new(entries), false)),
        may("profile", DataType::Utf8),
        may("profile_keep", DataType::Boolean),
        may("profile_reason", DataType::Utf8),
    ]))
}

/// Rows that are being gathered.
#[derive(Debug)]
pub struct Columns {
    rows: usize,
    path: StringBuilder,
    url: StringBuilder,
    record: StringBuilder,
    offset: Int64Builder,
    date: StringBuilder,
    format: StringBuilder,
    charset: StringBuilder,
    language: StringBuilder,
    declared: StringBuilder,
    verdict: StringBuilder,
    risk: Int32Builder,
    risk_db: Float64Builder,
    damage: Int32Builder,
    junk: Int32Builder,
    topics: ListBuilder<StringBuilder>,
    labels: ListBuilder<StringBuilder>,
    reason_code: StringBuilder,
    reason_message: StringBuilder,
    headline: StringBuilder,
    offsets: StringBuilder,
    findings: Findings,
    signals: MapBuilder<StringBuilder, Float64Builder>,
    profile: StringBuilder,
    profile_keep: BooleanBuilder,
    profile_reason: StringBuilder,
}

impl Default for Columns {
    fn default() -> Self {
        let words = || ListBuilder::new(StringBuilder::new()).with_field(element(DataType::Utf8));
        let (key, value) = signals_entry();
        let names = arrow_array::builder::MapFieldNames {
            entry: "key_value".to_owned(),
            key: "key".to_owned(),
            value: "value".to_owned(),
        };
        let signals = MapBuilder::new(Some(names), StringBuilder::new(), Float64Builder::new())
            .with_keys_field(key)
            .with_values_field(value);
        Self {
            rows: 0,
            path: StringBuilder::new(),
            url: StringBuilder::new(),
            record: StringBuilder::new(),
            offset: Int64Builder::new(),
            date: StringBuilder::new(),
            format: StringBuilder::new(),
            charset: StringBuilder::new(),
            language: StringBuilder::new(),
            declared: StringBuilder::new(),
            verdict: StringBuilder::new(),
            risk: Int32Builder::new(),
            risk_db: Float64Builder::new(),
            damage: Int32Builder::new(),
            junk: Int32Builder::new(),
            topics: words(),
            labels: words(),
            reason_code: StringBuilder::new(),
            reason_message: StringBuilder::new(),
            headline: StringBuilder::new(),
            offsets: StringBuilder::new(),
            findings: Findings::default(),
            signals,
            profile: StringBuilder::new(),
            profile_keep: BooleanBuilder::new(),
            profile_reason: StringBuilder::new(),
        }
    }
}

impl Columns {
    /// Number of rows gathered.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether no row is gathered.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Appends a result.
    pub fn push(&mut self, report: &Report) {
        self.rows += 1;
        let source = &report.source;
        self.path.append_value(&source.path);
        self.url.append_option(source.url.as_ref());
        self.record.append_option(source.record.as_ref());
        self.offset.append_option(source.offset.and_then(|offset| i64::try_from(offset).ok()));
        self.date.append_option(source.date.as_ref());
        self.format.append_value(report.format.name());
        self.charset.append_value(&report.charset);
        self.language.append_value(&report.language.main);
        self.declared.append_option(report.language.declared.as_ref());
        self.verdict.append_value(report.verdict.name());
        self.risk.append_value(report.risk.into());
        self.risk_db.append_value(tenth(report.risk_db));
        self.damage.append_value(report.damage.into());
        self.junk.append_value(report.junk.into());
        self.topics.append_value(report.topics.iter().map(Some));
        self.labels.append_value(report.labels.iter().map(Some));
        self.reason_code.append_option(report.reason.as_ref().map(|reason| &reason.code));
        self.reason_message.append_option(report.reason.as_ref().map(|reason| &reason.message));
        self.headline.append_value(&report.headline);
        self.offsets.append_value(match report.offsets {
            Offsets::Bytes => "bytes",
            Offsets::Decoded => "decoded",
        });
        self.findings.push(&report.findings);
        let profile = report.profile.as_ref();
        self.profile.append_option(profile.map(|profile| profile.name));
        self.profile_keep.append_option(profile.map(|profile| profile.keep));
        self.profile_reason.append_option(profile.and_then(|profile| profile.reason));
        for (name, value) in report.signals.iter().flatten() {
            self.signals.keys().append_value(name);
            self.signals.values().append_value(*value);
        }
        // Fails only where a row has more keys than values.
        let _ = self.signals.append(report.signals.is_some());
    }

    /// The rows gathered so far, and none are left.
    ///
    /// # Errors
    /// Never of sound columns; the type is that of Arrow's constructor.
    pub fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.path.finish()),
            Arc::new(self.url.finish()),
            Arc::new(self.record.finish()),
            Arc::new(self.offset.finish()),
            Arc::new(self.date.finish()),
            Arc::new(self.format.finish()),
            Arc::new(self.charset.finish()),
            Arc::new(self.language.finish()),
            Arc::new(self.declared.finish()),
            Arc::new(self.verdict.finish()),
            Arc::new(self.risk.finish()),
            Arc::new(self.risk_db.finish()),
            Arc::new(self.damage.finish()),
            Arc::new(self.junk.finish()),
            Arc::new(self.topics.finish()),
            Arc::new(self.labels.finish()),
            Arc::new(self.reason_code.finish()),
            Arc::new(self.reason_message.finish()),
            Arc::new(self.headline.finish()),
            Arc::new(self.offsets.finish()),
            Arc::new(self.findings.0.finish()),
            Arc::new(self.signals.finish()),
            Arc::new(self.profile.finish()),
            Arc::new(self.profile_keep.finish()),
            Arc::new(self.profile_reason.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
    }
}

/// The nested list.
#[derive(Debug)]
struct Findings(ListBuilder<StructBuilder>);

impl Default for Findings {
    fn default() -> Self {
        let rows = StructBuilder::from_fields(finding_fields(), 0);
        Self(ListBuilder::new(rows).with_field(element(DataType::Struct(finding_fields()))))
    }
}

impl Findings {
    fn push(&mut self, findings: &[Finding]) {
        for finding in findings {
            let place = &finding.source_span;
            self.text(0, Some(&finding.rule));
            self.text(1, Some(&finding.family));
            if let Some(db) = self.0.values().field_builder::<Float64Builder>(2) {
                db.append_value(tenth(finding.db));
            }
            for (at, level) in [(3, finding.damage), (4, finding.junk)] {
                if let Some(column) = self.0.values().field_builder::<Int32Builder>(at) {
                    column.append_value(level.into());
                }
            }
            self.text(5, Some(finding.zone.name()));
            let span = finding.span;
            let numbers = [span.start, span.end, place.start, place.end, place.line, place.column];
            for (at, number) in numbers.into_iter().enumerate() {
                if let Some(column) = self.0.values().field_builder::<Int64Builder>(6 + at) {
                    column.append_value(number.into());
                }
            }
            self.text(12, Some(&finding.text));
            self.text(13, Some(&finding.message));
            self.text(14, Some(&finding.fingerprint));
            let suppressed = finding.suppressed.as_ref();
            self.text(15, suppressed.map(|suppressed| suppressed.by.name()));
            self.text(16, suppressed.and_then(|suppressed| suppressed.reason.as_deref()));
            self.text(17, finding.baseline_state.map(BaselineState::name));
            self.0.values().append(true);
        }
        self.0.append(true);
    }

    fn text(&mut self, at: usize, value: Option<&str>) {
        if let Some(column) = self.0.values().field_builder::<StringBuilder>(at) {
            column.append_option(value);
        }
    }
}
