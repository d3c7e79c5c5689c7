//! From judged pages to figures.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crawlint::eval::{self, Point, Scored};
use crawlint::report::{Verdict, tenth};
use serde::Serialize;

use crate::cli::args::Part;
use crate::cli::eval::compare::Comparison;
use crate::cli::eval::manifest::Label;
use crate::cli::eval::outcome::Outcome;

/// Version of the JSON output.
const SCHEMA: &str = "crawlint-eval/1";

/// Risks, in decibans, at which precision and recall are given. A page is suspicious from 0 on,
/// and injected or spam from 7.0 on.
const THRESHOLDS: [f64; 6] = [-10.0, -5.0, 0.0, 3.5, 7.0, 14.0];

/// Slow pages that are named.
const SLOWEST: usize = 3;

/// Name of pages whose manifest does not say.
const UNKNOWN: &str = "(not given)";

/// Everything measured.
#[derive(Debug, Serialize)]
pub(crate) struct Evaluation<'a> {
    schema: &'static str,
    pub(crate) crawlint: &'static str,
    pub(crate) folder: String,
    pub(crate) part: Option<Part>,
    /// Pages in the figures.
    pub(crate) counted: usize,
    /// Ambiguous pages.
    pub(crate) left_out: usize,
    pub(crate) groups: Vec<Group>,
    /// Verdicts by label.
    pub(crate) confusion: Vec<Confusion>,
    /// Injected and spam pages against clean ones, by risk.
    pub(crate) risk: Ranking,
    /// The same without synthetic pages.
    pub(crate) risk_real: Ranking,
    pub(crate) languages: Vec<Slice>,
    /// Categories of bad pages, ranked against all clean pages.
    pub(crate) bad_categories: Vec<Slice>,
    /// Categories of clean pages.
    pub(crate) clean_categories: Vec<Group>,
    pub(crate) rules: Vec<RuleFigures>,
    pub(crate) time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compared: Option<Comparison>,
    pub(crate) pages: &'a [Outcome],
}

/// How many pages of a group have a property.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Rate {
    pub(crate) pages: usize,
    pub(crate) share: f64,
    /// Ends of the 95 % interval (Wilson).
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

impl Rate {
    fn of(pages: usize, n: usize) -> Self {
        let (lower, upper) = eval::wilson(pages, n);
        let share = if n == 0 { 0.0 } else { pages as f64 / n as f64 };
        Self { pages, share, lower, upper }
    }
}

/// Pages of one label and kind, or of one category.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) pages: usize,
    pub(crate) raised: Rate,
    pub(crate) flagged: Rate,
    /// Pages with the verdict `damaged`.
    pub(crate) damaged: Rate,
    #[serde(skip)]
    pub(crate) is_clean: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Confusion {
    pub(crate) label: Label,
    pub(crate) pages: usize,
    /// Pages by verdict, for every verdict.
    pub(crate) verdicts: BTreeMap<Verdict, usize>,
}

/// How risk tells two sets of pages apart.
#[derive(Debug, Serialize)]
pub(crate) struct Ranking {
    pub(crate) bad: usize,
    pub(crate) clean: usize,
    pub(crate) average_precision: Option<f64>,
    pub(crate) at: Vec<At>,
    #[serde(skip)]
    pub(crate) curve: Vec<Point>,
}

/// What comes of raising every page from a risk on.
#[derive(Debug, Serialize)]
pub(crate) struct At {
    pub(crate) risk_db: f64,
    pub(crate) found: usize,
    pub(crate) alarms: usize,
    /// None where nothing is raised.
    pub(crate) precision: Option<f64>,
    /// None where there is nothing to find.
    pub(crate) recall: Option<f64>,
}

/// Pages of one language or category.
#[derive(Debug, Serialize)]
pub(crate) struct Slice {
    pub(crate) name: String,
    pub(crate) bad: usize,
    pub(crate) clean: usize,
    /// Bad pages raised.
    pub(crate) raised: Rate,
    /// Clean pages raised.
    pub(crate) alarms: Rate,
    pub(crate) risk: Ranking,
}

/// What a rule brings.
#[derive(Debug, Serialize)]
pub(crate) struct RuleFigures {
    pub(crate) rule: String,
    /// Pages on which it finds something.
    pub(crate) bad_real: usize,
    pub(crate) bad_synthetic: usize,
    pub(crate) clean: usize,
    pub(crate) clean_hard: usize,
    /// Share of bad pages among those it hits; none where it hits nothing.
    pub(crate) precision: Option<f64>,
    /// Bad pages that would not be raised without it.
    pub(crate) decides_bad: usize,
    /// Clean pages that would not be raised without it.
    pub(crate) decides_clean: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct Time {
    pub(crate) jobs: usize,
    pub(crate) seconds: f64,
    pub(crate) bytes: u64,
    pub(crate) pages_per_second: f64,
    pub(crate) median_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) slowest: Vec<Slow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Slow {
    pub(crate) file: String,
    pub(crate) ms: f64,
    pub(crate) bytes: u64,
}

/// What the run was, beside its pages.
pub(crate) struct Run<'a> {
    pub(crate) folder: String,
    pub(crate) part: Option<Part>,
    pub(crate) jobs: usize,
    pub(crate) elapsed: Duration,
    /// Ids of all rules in force.
    pub(crate) rules: Vec<&'a str>,
}

/// Measures judged pages.
pub(crate) fn measure<'a>(pages: &'a [Outcome], run: &Run<'_>) -> Evaluation<'a> {
    let all: Vec<&Outcome> = pages.iter().collect();
    let counted: Vec<&Outcome> =
        all.iter().copied().filter(|page| page.label != Label::Ambiguous).collect();
    let (clean, bad): (Vec<&Outcome>, Vec<&Outcome>) =
        counted.iter().copied().partition(|page| page.label == Label::Clean);
    let real: Vec<&Outcome> = counted.iter().copied().filter(|page| !page.synthetic).collect();
    let language = |page: &Outcome| page.language.clone();
    let category = |page: &Outcome| page.category.clone();
    let mut clean_categories = groups(&clean, category);
    clean_categories.sort_by_key(|group| Reverse((group.raised.pages, group.pages)));
    Evaluation {
        schema: SCHEMA,
        crawlint: env!("CARGO_PKG_VERSION"),
        folder: run.folder.clone(),
        part: run.part,
        counted: counted.len(),
        left_out: pages.len() - counted.len(),
        groups: groups(&all, |page| Some(page.group.clone())),
        confusion: confusion(&all),
        risk: ranking(&counted),
        risk_real: ranking(&real),
        languages: slices(&counted, language, None),
        bad_categories: slices(&bad, category, Some(&clean)),
        clean_categories,
        rules: rules(&counted, &run.rules),
        time: time(pages, run),
        compared: None,
        pages,
    }
}

fn by<'p>(
    pages: &[&'p Outcome],
    key: impl Fn(&Outcome) -> Option<String>,
) -> BTreeMap<String, Vec<&'p Outcome>> {
    let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for page in pages {
        let name = key(page).unwrap_or_else(|| UNKNOWN.to_owned());
        groups.entry(name).or_default().push(page);
    }
    groups
}

fn groups(pages: &[&Outcome], key: impl Fn(&Outcome) -> Option<String>) -> Vec<Group> {
    by(pages, key)
        .into_iter()
        .map(|(name, pages)| {
            let rate = |test: fn(&Outcome) -> bool| {
                Rate::of(pages.iter().filter(|page| test(page)).count(), pages.len())
            };
            Group {
                name,
                pages: pages.len(),
                raised: rate(|page| page.call.raised),
                flagged: rate(|page| page.call.flagged),
                damaged: rate(|page| page.verdict == Verdict::Damaged),
                is_clean: pages.iter().all(|page| page.label == Label::Clean),
            }
        })
        .collect()
}

fn confusion(pages: &[&Outcome]) -> Vec<Confusion> {
    let mut rows: BTreeMap<Label, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for page in pages {
        let row = rows
            .entry(page.label)
            .or_insert_with(|| Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect());
        *row.entry(page.verdict).or_default() += 1;
    }
    rows.into_iter()
        .map(|(label, verdicts)| Confusion { label, pages: verdicts.values().sum(), verdicts })
        .collect()
}

/// Ranks the injected and spam pages of a set against its clean ones.
fn ranking(pages: &[&Outcome]) -> Ranking {
    let scored: Vec<Scored> = pages
        .iter()
        .filter(|page| page.label.is_risky() || page.label == Label::Clean)
        .map(|page| (page.rank(), page.label.is_risky()))
        .collect();
    let bad = scored.iter().filter(|page| page.1).count();
    let at = THRESHOLDS.into_iter().map(|threshold| {
        let (found, alarms) = eval::raised_at(&scored, threshold);
        let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        At {
            risk_db: threshold,
            found,
            alarms,
            precision: share(found, found + alarms),
            recall: share(found, bad),
        }
    });
    let at = at.collect();
    let curve = eval::curve(&scored);
    let average_precision = eval::average_precision(&curve);
    Ranking { bad, clean: scored.len() - bad, average_precision, at, curve }
}

/// Pages by a key, the largest slices first. The bad pages are ranked against `clean`, or against
/// the clean pages of their own slice.
fn slices(
    pages: &[&Outcome],
    key: impl Fn(&Outcome) -> Option<String>,
    clean: Option<&[&Outcome]>,
) -> Vec<Slice> {
    let mut slices: Vec<Slice> = by(pages, key)
        .into_iter()
        .map(|(name, pages)| {
            let own = pages.iter().copied().filter(|page| page.label == Label::Clean);
            let own: Vec<&Outcome> = own.collect();
            slice(name, &pages, clean.unwrap_or(&own))
        })
        .collect();
    slices.sort_by_key(|slice| Reverse((slice.bad, slice.clean)));
    slices
}

/// Figures of the bad pages among `pages`, against clean ones.
fn slice(name: String, pages: &[&Outcome], clean: &[&Outcome]) -> Slice {
    let bad: Vec<&Outcome> = pages.iter().copied().filter(|page| page.label.is_bad()).collect();
    let raised = |pages: &[&Outcome]| {
        Rate::of(pages.iter().filter(|page| page.call.raised).count(), pages.len())
    };
    let ranked: Vec<&Outcome> = bad.iter().chain(clean).copied().collect();
    Slice {
        name,
        bad: bad.len(),
        clean: clean.len(),
        raised: raised(&bad),
        alarms: raised(clean),
        risk: ranking(&ranked),
    }
}

/// What each rule brings, the most needed first.
fn rules(pages: &[&Outcome], ids: &[&str]) -> Vec<RuleFigures> {
    let none = |rule: &str| RuleFigures {
        rule: rule.to_owned(),
        bad_real: 0,
        bad_synthetic: 0,
        clean: 0,
        clean_hard: 0,
        precision: None,
        decides_bad: 0,
        decides_clean: 0,
    };
    let ids: BTreeSet<&str> = ids.iter().copied().collect();
    let mut rules: BTreeMap<&str, RuleFigures> = ids.into_iter().map(|id| (id, none(id))).collect();
    for page in pages {
        for id in &page.rules {
            let rule = rules.entry(id).or_insert_with(|| none(id));
            *match (page.label, page.synthetic, page.hard) {
                (Label::Clean, _, true) => &mut rule.clean_hard,
                (Label::Clean, _, false) => &mut rule.clean,
                (_, true, _) => &mut rule.bad_synthetic,
                (_, false, _) => &mut rule.bad_real,
            } += 1;
        }
        for id in &page.decided_by {
            let rule = rules.entry(id).or_insert_with(|| none(id));
            let clean = page.label == Label::Clean;
            *if clean { &mut rule.decides_clean } else { &mut rule.decides_bad } += 1;
        }
    }
    let mut rules: Vec<RuleFigures> = rules.into_values().collect();
    for rule in &mut rules {
        let bad = rule.bad_real + rule.bad_synthetic;
        let hits = bad + rule.clean + rule.clean_hard;
        rule.precision = (hits > 0).then(|| bad as f64 / hits as f64);
    }
    let needed = |rule: &RuleFigures| (rule.decides_bad, rule.bad_real + rule.bad_synthetic);
    rules.sort_by(|a, b| needed(b).cmp(&needed(a)).then_with(|| a.rule.cmp(&b.rule)));
    rules
}

fn time(pages: &[Outcome], run: &Run<'_>) -> Time {
    let mut slow: Vec<&Outcome> = pages.iter().collect();
    slow.sort_by(|a, b| b.micros.cmp(&a.micros).then_with(|| a.file.cmp(&b.file)));
    let ms = |page: &&Outcome| tenth(page.micros as f64 / 1e3);
    // `slow` runs from the slowest page down.
    let quantile = |from_top: f64| {
        let at = (slow.len() as f64 * from_top) as usize;
        slow.get(at.min(slow.len().saturating_sub(1))).map_or(0.0, ms)
    };
    let seconds = run.elapsed.as_secs_f64();
    Time {
        jobs: run.jobs,
        seconds: (seconds * 1e3).round() / 1e3,
        bytes: pages.iter().map(|page| page.bytes).sum(),
        pages_per_second: tenth(pages.len() as f64 / seconds.max(1e-6)),
        median_ms: quantile(0.5),
        p99_ms: quantile(0.01),
        slowest: slow
            .iter()
            .take(SLOWEST)
            .map(|page| Slow { file: page.file.clone(), ms: ms(page), bytes: page.bytes })
            .collect(),
    }
}
