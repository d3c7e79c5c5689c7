//! Results and the formats they are written in.
//!
//! [`Report`] is the public, versioned contract (`"schema": "crawlint/1"`): its fields, their
//! order and their meaning only change with the version. Formats compute nothing: a number in an
//! output is a number in a report.

#[cfg(feature = "arrow")]
pub mod columns;
pub mod csv;
pub mod escape;
pub mod github;
#[cfg(feature = "cli")]
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "cli")]
pub mod terminal;
pub mod writer;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::page::{Format, Zone};
use crate::span::Span;

/// Version of the result contract.
pub const SCHEMA: &str = "crawlint/1";

/// The result of scanning one record.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// Version of this contract: always `crawlint/1`.
    pub schema: &'static str,
    /// Where the record came from.
    pub source: Source,
    /// What the record was parsed as.
    pub format: Format,
    /// Character encoding the bytes were read with, by its WHATWG name in lower case.
    pub charset: String,
    /// Languages of the page.
    pub language: Language,
    /// The judgement.
    pub verdict: Verdict,
    /// Probability that the page carries spam or injected text, in percent, 0 to 100.
    pub risk: u8,
    /// The same as log-odds in decibans (+10 multiplies the odds by ten). It equals the prior
    /// plus the `db` of all findings plus the adjustments that `crawlint inspect` lists.
    #[serde(serialize_with = "one_digit")]
    pub risk_db: f64,
    /// How far the text was damaged on its way, 0 (intact) to 100 (ruined).
    pub damage: u8,
    /// How far the page is something other than content (error page, bot wall, parked), 0 to 100.
    pub junk: u8,
    /// Topics the page is about or advertises, sorted.
    pub topics: Vec<String>,
    /// Other properties, sorted: `copy`, `prompt_injection`, `ugc_spam` …
    pub labels: Vec<String>,
    /// Why the record could not be judged; only with the verdict `unreadable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// One sentence on the main causes.
    pub headline: String,
    /// What the offsets of every `source_span` count in.
    pub offsets: Offsets,
    /// The evidence, in order of `source_span`.
    pub findings: Vec<Finding>,
    /// Quality signals by their known names; only where they were asked for. They describe the
    /// text and have no part in the verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signals: Option<BTreeMap<&'static str, f64>>,
    /// The decision of a public filter; only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Decision>,
}

/// Whether a public filter keeps the page's visible text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Decision {
    /// Name of the filter, as `--profile` takes it.
    pub name: &'static str,
    /// Whether the page is kept.
    pub keep: bool,
    /// The first test that failed, by the name the filter's public code gives it; only where the
    /// page is dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// Where a record came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Source {
    /// Path as given or found; `-` for standard input.
    pub path: String,
    /// Address of the page, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Name of the record inside its container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Where the record begins in the file as stored, in bytes: of a compressed file the place of
    /// the record's own gzip member or frame, and nothing where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// When the page was fetched, as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// Languages of a page, as ISO 639-1 codes (`zh-Hant` where the script is Traditional), or `und`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Language {
    /// Language of most of the text; `und` where it cannot be told.
    pub main: String,
    /// Language the page declares, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
}

/// The judgement on a record, in order of precedence: the first that applies wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Good content.
    Clean,
    /// Readable, but the text was damaged on its way.
    Damaged,
    /// Evidence that is not enough to convict: look at it.
    Suspicious,
    /// A page that carries foreign spam: strip the findings and keep the rest.
    Injected,
    /// The page as a whole is spam.
    Spam,
    /// No content: error page, bot wall, parked domain, filler.
    Junk,
    /// The record could not be judged; see `reason`.
    Unreadable,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Verdict; 7] = [
        Self::Clean,
        Self::Damaged,
        Self::Suspicious,
        Self::Injected,
        Self::Spam,
        Self::Junk,
        Self::Unreadable,
    ];

    /// Name used in options and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Damaged => "damaged",
            Self::Suspicious => "suspicious",
            Self::Injected => "injected",
            Self::Spam => "spam",
            Self::Junk => "junk",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Why a record could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// What is wrong: `empty`, `binary`, `too-large`, `io`, `internal`, and of containers
    /// `truncated`, `corrupt`, `bomb`, `unsupported`, `encrypted`, `unsafe-path`, `too-deep`.
    pub code: String,
    /// The same in words, with the way out where there is one.
    pub message: String,
}

/// What source offsets count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Offsets {
    /// Bytes of the record as read.
    Bytes,
    /// Bytes of the text after decoding to UTF-8, where the encoding has no exact way back.
    Decoded,
}

/// One place where a rule applies.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Finding {
    /// Id of the rule; `crawlint explain RULE` says more.
    pub rule: String,
    /// Family of the rule: `LEX`, `INJ`, `STF` …
    pub family: String,
    /// What the finding adds to `risk_db`, after zones, caps and dampers, in decibans.
    #[serde(serialize_with = "one_digit")]
    pub db: f64,
    /// What the finding says about damage, 0 to 100, where it says anything.
    #[serde(skip_serializing_if = "is_zero")]
    pub damage: u8,
    /// What the finding says about junk, 0 to 100, where it says anything.
    #[serde(skip_serializing_if = "is_zero")]
    pub junk: u8,
    /// Where on the page.
    pub zone: Zone,
    /// Bytes in the page's text: below its visible length, bytes in the visible text.
    pub span: Span,
    /// Bytes in the source.
    pub source_span: SourceSpan,
    /// The text found, shortened to at most 240 characters.
    pub text: String,
    /// What was found, as a clause: `6 edge lines share no words with the body`.
    pub message: String,
    /// What the finding is, wherever it stands: 32 hexadecimal digits of its rule and its text,
    /// white space and letter case aside. Moved lines and renamed files do not change it.
    pub fingerprint: String,
    /// Why the finding does not count; such a finding adds nothing to any score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppressed>,
    /// Whether the baseline knows the finding; only where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_state: Option<BaselineState>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Suppressed {
    /// What says so.
    pub by: SuppressedBy,
    /// The reason given; none for a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a finding is suppressed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// An `[[allow]]` entry of the settings.
    Allow,
    /// A comment in the page, with `--trust-inline`.
    Inline,
    /// The baseline.
    Baseline,
}

impl SuppressedBy {
    /// Name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Inline => "inline",
            Self::Baseline => "baseline",
        }
    }
}

/// Whether a baseline knows a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum BaselineState {
    /// It does not.
    New,
    /// It does.
    Unchanged,
}

impl BaselineState {
    /// Name used in reports; that of SARIF.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A place in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SourceSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line of `start`, from 1; lines end with LF, CR LF or CR.
    pub line: u32,
    /// Column of `start`, from 1, in characters.
    pub column: u32,
    /// Line of `end`.
    pub end_line: u32,
    /// Column of `end`, in characters: one past the last, where the last is no line break.
    pub end_column: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn one_digit<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(tenth(*value))
}

/// Rounds to one digit after the point; never `-0`.
pub fn tenth(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(value: &u8) -> bool {
    *value == 0
}
