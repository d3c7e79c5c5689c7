//! A result as its line of JSON has it. The desk reads results as any other program would, so a
//! file of yesterday serves as well as the scan at hand.

use crawlint::report::{Report, Verdict, json};
use serde::{Deserialize, Deserializer};

/// A result. Fields are those of `docs/report.md`; others are passed over.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Judged {
    pub(crate) source: JudgedSource,
    pub(crate) format: String,
    pub(crate) charset: String,
    pub(crate) language: JudgedLanguage,
    #[serde(deserialize_with = "verdict")]
    pub(crate) verdict: Verdict,
    pub(crate) risk: u8,
    pub(crate) risk_db: f64,
    pub(crate) damage: u8,
    pub(crate) junk: u8,
    pub(crate) topics: Vec<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) headline: String,
    pub(crate) findings: Vec<JudgedFinding>,
}

/// Where a record came from.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JudgedSource {
    pub(crate) path: String,
    pub(crate) url: Option<String>,
    pub(crate) record: Option<String>,
    pub(crate) offset: Option<u64>,
    pub(crate) date: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JudgedLanguage {
    pub(crate) main: String,
    pub(crate) declared: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JudgedFinding {
    pub(crate) rule: String,
    pub(crate) family: String,
    pub(crate) db: f64,
    #[serde(default)]
    pub(crate) damage: u8,
    #[serde(default)]
    pub(crate) junk: u8,
    pub(crate) zone: String,
    pub(crate) span: JudgedSpan,
    pub(crate) source_span: JudgedPlace,
    pub(crate) text: String,
    pub(crate) message: String,
    /// Empty in results from before there were any.
    #[cfg(feature = "review")]
    #[serde(default)]
    pub(crate) fingerprint: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct JudgedSpan {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct JudgedPlace {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

fn verdict<'de, D: Deserializer<'de>>(from: D) -> Result<Verdict, D::Error> {
    let name = String::deserialize(from)?;
    Verdict::ALL.into_iter().find(|verdict| verdict.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.name()).collect();
        serde::de::Error::custom(format!("no verdict is called `{name}`; {}", names.join(", ")))
    })
}

impl Judged {
    /// The result of a line of `--format jsonl`.
    ///
    /// # Errors
    /// When the line is no result.
    pub(crate) fn read(line: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(line)
    }

    /// The result at hand.
    ///
    /// # Panics
    /// Never: what a report writes, this reads.
    pub(crate) fn of(report: &Report) -> Self {
        Self::read(&json::object(report)).expect("a report holds what its contract says")
    }
}

impl JudgedFinding {
    /// How much the finding says, of whatever it speaks: decibans and points, added up.
    pub(crate) fn weight(&self) -> f64 {
        self.db.abs() + f64::from(self.damage) + f64::from(self.junk)
    }
}
