//! How a judgement came about.

use crate::page::Page;
use crate::pipeline::report::verdict_of;
use crate::pipeline::{Origin, Scanner};
use crate::report::{Report, Verdict};
use crate::score::{self, Score};
use crate::signals::{SIGNALS, Signals};
use crate::text::language;
use crate::timings::Clock;

/// Everything `crawlint inspect` shows of one record.
#[derive(Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// The result, as `scan` gives it.
    pub report: Report,
    /// The page as the rules saw it.
    pub page: Page,
    /// The decoded text, which [`Page::source_map`] leads to.
    pub text: String,
    /// How the character encoding was found: `bom`, `header`, `declared`, `utf-8`, `detected`,
    /// `fallback`.
    pub charset_by: &'static str,
    /// Language of each block of `page.blocks`, `und` where it cannot be told.
    pub block_languages: Vec<&'static str>,
    /// Zone of each block, with head and tail told apart.
    pub block_zones: Vec<crate::page::Zone>,
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
    /// What it is: a rule id, `prior`, `corroboration`, `gate` …
    pub label: String,
    /// Decibans this step adds.
    pub db: f64,
    /// How the number came about: `26.0 × 1.3 (head) × 0.3 (same place as …)`.
    pub detail: String,
}

/// The judgement on a record if one of the rules that found something had found nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Without {
    /// Id of the rule left out.
    pub rule: String,
    /// The judgement without it.
    pub verdict: Verdict,
    /// The risk without it, in decibans.
    pub risk_db: f64,
    /// The labels without it, sorted.
    pub labels: Vec<String>,
}

impl Scanner {
    /// Judges a record, and again without each rule that found something: what does a page's
    /// verdict hang on? The stages before the score run once.
    pub fn ablate(&self, bytes: &[u8], origin: &Origin) -> (Report, Vec<Without>) {
        self.guarded(bytes, origin, |scanner| {
            let scan = scanner.read(bytes, origin, &Clock::off());
            let facts = scan.facts(&scanner.rules);
            let signals = Signals::new(&facts);
            let sorted = scanner.sort(&scan, &signals, origin, &Clock::off());
            let counted = || sorted.counted.iter().map(|(evidence, _)| evidence);
            let mut rules: Vec<usize> = counted().map(|found| found.rule).collect();
            rules.sort_unstable();
            rules.dedup();
            let without = rules.into_iter().map(|rule| {
                let rest = counted().filter(|found| found.rule != rule).cloned().collect();
                let score = scanner.score(&scan, rest, &signals);
                Without {
                    rule: scanner.rules.rules()[rule].definition.id.clone(),
                    verdict: verdict_of(&score),
                    risk_db: score.risk_db,
                    labels: score.labels,
                }
            });
            let without = without.collect();
            let judged = scanner.weigh(&scan, &signals, sorted);
            (scanner.report(bytes, origin, &scan, &judged), without)
        })
        .unwrap_or_else(|report| (*report, Vec::new()))
    }

    /// Judges a record and shows how. Of an unreadable record there is only the report to show.
    pub fn inspect(&self, bytes: &[u8], origin: &Origin) -> Inspection {
        self.guarded(bytes, origin, |scanner| {
            let scan = scanner.read(bytes, origin, &Clock::off());
            let facts = scan.facts(&scanner.rules);
            let signals = Signals::new(&facts);
            let judged = scanner.judge(&scan, &signals, origin, &Clock::off());
            let report = scanner.report(bytes, origin, &scan, &judged);
            let score = &judged.score;
            let blocks = || scan.page.blocks.iter();
            Inspection {
                block_languages: blocks().map(|b| language(scan.page.slice(b.span))).collect(),
                block_zones: blocks().map(|b| facts.zone_of_block(b)).collect(),
                signals: SIGNALS
                    .iter()
                    .enumerate()
                    .map(|(index, signal)| (signal.name, signals.get(index).value, signal.unit))
                    .collect(),
                waterfall: scanner.waterfall(score),
                why_not: score.why_not.clone(),
                report,
                charset_by: scan.decoded.how.name(),
                text: scan.decoded.text.clone().into_owned(),
                page: scan.page,
            }
        })
        .unwrap_or_else(|report| Inspection {
            report: *report,
            page: Page::default(),
            text: String::new(),
            charset_by: "",
            block_languages: Vec::new(),
            block_zones: Vec::new(),
            signals: Vec::new(),
            waterfall: Vec::new(),
            why_not: Vec::new(),
        })
    }

    fn waterfall(&self, score: &Score) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let adjustment = |a: &score::Adjustment| Step {
            label: a.label.clone(),
            db: a.db,
            detail: a.detail.clone(),
        };
        steps.extend(score.adjustments.iter().take(1).map(adjustment));
        let mut findings: Vec<&score::Weighed> =
            score.findings.iter().filter(|f| f.db != 0.0).collect();
        findings.sort_by(|a, b| b.db.total_cmp(&a.db));
        steps.extend(findings.into_iter().map(|weighed| Step {
            label: self.rules.rules()[weighed.evidence.rule].definition.id.clone(),
            db: weighed.db,
            detail: weighed.detail.clone(),
        }));
        steps.extend(score.adjustments.iter().skip(1).map(adjustment));
        steps
    }
}
