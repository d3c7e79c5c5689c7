//! The stages put together.

use crate::page::Page;
use crate::report::Report;
use crate::rules::{RuleSet, RulesError};

/// Where a record comes from, as far as the caller knows.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Path or name to report.
    pub path: String,
    /// Address of the page.
    pub url: Option<String>,
    /// `Content-Type` of an HTTP answer, with its charset.
    pub content_type: Option<String>,
    /// Name of the record inside its container.
    pub record: Option<String>,
    /// Offset of the record inside its container, in bytes.
    pub offset: Option<u64>,
}

/// Judges records. Built once, shared by all threads.
#[derive(Debug)]
pub struct Scanner {
    rules: RuleSet,
}

/// Everything `crawlint inspect` shows of one record.
#[derive(Debug)]
pub struct Inspection {
    /// The result, as `scan` gives it.
    pub report: Report,
    /// The page as the rules saw it.
    pub page: Page,
    /// Language of each block of `page.blocks`, `und` where it cannot be told.
    pub block_languages: Vec<String>,
    /// Every signal: name, value, unit.
    pub signals: Vec<(&'static str, f64, &'static str)>,
    /// How the risk came about, from the prior to the total, in order.
    pub waterfall: Vec<Step>,
    /// What stood between the page and a worse verdict: gates, guards, missing evidence.
    pub why_not: Vec<String>,
}

/// One line of the waterfall.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is: a rule id, `prior`, `cap INJ`, `corroboration` …
    pub label: String,
    /// Decibans this step adds.
    pub db: f64,
    /// How the number came about: `26.0 × 1.3 (head) × 0.3 (same place as …)`.
    pub detail: String,
}

impl Scanner {
    /// A scanner with the built-in packs.
    ///
    /// # Errors
    /// When a pack does not compile, which the crate's tests rule out for the built-in ones.
    pub fn new() -> Result<Self, RulesError> {
        Ok(Self { rules: RuleSet::compile(&[], true)? })
    }

    /// The rules in force.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }
}
