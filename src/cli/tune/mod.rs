//! `crawlint tune`: labels in, weights of rules out, where that helps.
//!
//! Pages judged with the present weights → factors fitted to all sites but a fold, and the fold
//! judged again with them → a comparison on pages that nothing was fitted to → factors fitted to
//! all pages, written as settings. Judging again is the scanner's work: what is fitted is a model
//! of the score, what is compared is the score.

mod fit;
mod page;
mod shown;
mod sites;
mod validate;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use anyhow::{Context as _, bail};
use crawlint::Scanner;
use crawlint::report::terminal;

use crate::cli::args::TuneArgs;
use crate::cli::eval::manifest::{self, Entry};
use crate::cli::sources::shown as quoted;
use crate::cli::{Exit, atomic, eval, look_of, packs, print, say};
use fit::{Example, Fit, Witnesses};
use page::{Judged, Page};
use validate::{Comparison, Pair};

/// Weights are multiples of one part in so many.
const STEPS: f64 = 20.0;
/// Most that a weight may be multiplied with in settings.
const MOST: f64 = 10.0;

/// Weights in settings, by rule; only those that change.
type Weights = BTreeMap<usize, f64>;

pub(crate) fn run(options: &TuneArgs) -> anyhow::Result<Exit> {
    let mut entries = manifest::load(&options.dir)?;
    entries.retain(|entry| options.part.is_none_or(|part| part == entry.part()));
    let all = entries.len();
    entries.retain(page::counts);
    let task = Task::new(options, entries)?;
    let tuning = task.tune()?;
    let text = tuning.text(&task, all - task.entries.len());
    let look = |at_out: bool| if at_out { look_of(&io::stdout()) } else { look_of(&io::stderr()) };
    // Standard output is for the weights where they have no file.
    let said_at_out = options.output.is_some() || options.dry_run;
    let report = text.report(look(said_at_out));
    if said_at_out {
        print(&report)?;
    } else {
        say(&report);
    }
    if !tuning.objections.is_empty() {
        return Ok(Exit::Gate);
    }
    match &options.output {
        _ if options.dry_run => {}
        None => print(&text.settings())?,
        Some(path) => {
            atomic::replace(path, text.settings().as_bytes())
                .with_context(|| format!("cannot write the weights to {}", quoted(path)))?;
            print(&format!("{} written\n", quoted(path)))?;
        }
    }
    Ok(Exit::Passed)
}

/// What there is to tune with.
struct Task<'a> {
    options: &'a TuneArgs,
    entries: Vec<Entry>,
    /// Of each entry.
    sites: Vec<usize>,
    scanner: Scanner,
}

/// What came of it.
struct Tuning {
    /// Rules that speak for risk on some page.
    witnesses: BTreeMap<usize, Witnesses>,
    /// Rules that are left as they are, since their weight is also one of damage or junk.
    other_axes: BTreeSet<usize>,
    /// Fitted to all pages.
    fit: Fit,
    weights: Weights,
    /// Fitted to all pages but those of a fold.
    by_fold: Vec<Weights>,
    /// On pages they were not fitted to; none where no weight moves in any fold.
    held_out: Option<Comparison>,
    /// With the weights that would be written, on all pages.
    fitted: Option<Comparison>,
    /// Why nothing is written.
    objections: Vec<String>,
}

impl<'a> Task<'a> {
    fn new(options: &'a TuneArgs, entries: Vec<Entry>) -> anyhow::Result<Self> {
        if entries.is_empty() {
            bail!("there is no page labelled spam, injected or clean to learn from");
        }
        let sites = sites::sites(&entries);
        let scanner = scanner(options, &BTreeMap::new())?;
        Ok(Self { options, entries, sites, scanner })
    }

    fn is_bad(&self, page: usize) -> bool {
        self.entries[page].label.is_risky()
    }

    /// Sites with pages of a kind.
    fn sites_with(&self, bad: bool) -> usize {
        let pages = (0..self.entries.len()).filter(|page| self.is_bad(*page) == bad);
        pages.map(|page| self.sites[page]).collect::<BTreeSet<_>>().len()
    }

    fn least(&self) -> usize {
        self.options.min_examples as usize
    }

    fn tune(&self) -> anyhow::Result<Tuning> {
        let folds = usize::from(self.options.folds);
        let mut tuning = Tuning {
            witnesses: BTreeMap::new(),
            other_axes: BTreeSet::new(),
            fit: Fit::default(),
            weights: Weights::new(),
            by_fold: Vec::new(),
            held_out: None,
            fitted: None,
            objections: Vec::new(),
        };
        for (kind, bad) in [("bad", true), ("clean", false)] {
            let sites = self.sites_with(bad);
            if sites < folds {
                tuning.objections.push(format!(
                    "there are {kind} pages of {sites} groups, too few for {folds} folds"
                ));
            }
        }
        if !tuning.objections.is_empty() {
            return Ok(tuning);
        }
        let pages = self.judge(&(0..self.entries.len()).collect::<Vec<_>>(), |entry| {
            page::look(&self.scanner, &self.options.dir, entry, self.options.scanner.max_bytes)
        })?;
        let rules: BTreeMap<&str, usize> = self.ids().zip(0..).collect();
        let other_axes = pages.iter().flat_map(|page| &page.other_axes);
        tuning.other_axes =
            other_axes.filter_map(|rule| rules.get(rule.as_str()).copied()).collect();
        let examples = self.examples(&pages, &rules, &tuning.other_axes);
        let every: Vec<&Example> = examples.iter().collect();
        tuning.witnesses = fit::witnesses(&every);
        tuning.fit = fit::fit(&every, self.least());
        tuning.weights = self.weights(&tuning.fit);
        if tuning.weights.is_empty() {
            tuning.objections.push(self.unmoved(&tuning));
            return Ok(tuning);
        }

        let fold_of =
            sites::folds(&examples.iter().map(|e| (e.site, e.bad)).collect::<Vec<_>>(), folds);
        let mut pairs = Vec::new();
        for fold in 0..folds {
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                (0..examples.len()).partition(|&page| fold_of[page] == fold);
            let rest: Vec<&Example> = outside.into_iter().map(|page| &examples[page]).collect();
            let fit = fit::fit(&rest, self.least());
            let weights = self.weights(&fit);
            pairs.extend(self.compare(&pages, inside, &weights, fit.shift)?);
            tuning.by_fold.push(weights);
        }
        let held_out = Comparison::new(&pairs);
        tuning.objections = held_out.objections();
        tuning.held_out = Some(held_out);
        let all = (0..examples.len()).collect();
        let fitted =
            Comparison::new(&self.compare(&pages, all, &tuning.weights, tuning.fit.shift)?);
        tuning.objections.extend(fitted.alarms("of all pages"));
        tuning.fitted = Some(fitted);
        Ok(tuning)
    }

    /// Why no weight moves.
    fn unmoved(&self, tuning: &Tuning) -> String {
        let least = self.least();
        let enough =
            |seen: &&Witnesses| seen.bad_sites.len() >= least || seen.clean_sites.len() >= least;
        match tuning.witnesses.values().filter(enough).count() {
            0 => format!(
                "no rule counts on bad pages of {least} groups, or on clean pages of {least}: \
                 label more pages, or lower --min-examples"
            ),
            _ => "every weight with enough examples is best where it is".to_owned(),
        }
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.scanner.rules().rules().iter().map(|rule| rule.definition.id.as_str())
    }

    fn examples(
        &self,
        pages: &[Page],
        rules: &BTreeMap<&str, usize>,
        left_out: &BTreeSet<usize>,
    ) -> Vec<Example> {
        let example = |(at, page): (usize, &Page)| Example {
            bad: self.is_bad(at),
            site: self.sites[at],
            risk_db: page.judged.risk_db,
            evidence: page
                .evidence
                .iter()
                .filter_map(|(rule, db)| Some((*rules.get(rule.as_str())?, *db)))
                .filter(|(rule, _)| !left_out.contains(rule))
                .collect(),
        };
        pages.iter().enumerate().map(example).collect()
    }

    /// Factors as weights in settings: on top of the present ones, in steps, those that change.
    fn weights(&self, fit: &Fit) -> Weights {
        let ids: Vec<&str> = self.ids().collect();
        let weight = |(&rule, factor): (&usize, &f64)| {
            let present = self.scanner.weight(ids[rule])?;
            let weight = (present * factor * STEPS).round() / STEPS;
            let weight = weight.clamp(1.0 / STEPS, MOST);
            ((weight - present).abs() >= 0.5 / STEPS).then_some((rule, weight))
        };
        fit.factors.iter().filter_map(weight).collect()
    }

    /// Judges pages again with other weights. Only those that a changed rule finds something on:
    /// the others stay what they are.
    fn compare(
        &self,
        pages: &[Page],
        which: Vec<usize>,
        weights: &Weights,
        shift: f64,
    ) -> anyhow::Result<Vec<Pair>> {
        let ids: Vec<&str> = self.ids().collect();
        let named: BTreeMap<&str, f64> = weights.iter().map(|(rule, w)| (ids[*rule], *w)).collect();
        let moved =
            |page: &usize| pages[*page].rules.iter().any(|rule| named.contains_key(rule.as_str()));
        let affected: Vec<usize> = which.iter().copied().filter(moved).collect();
        let mut after: BTreeMap<usize, Judged> = BTreeMap::new();
        if !affected.is_empty() {
            let scanner = scanner(self.options, &named)?;
            let judged = self.judge(&affected, |entry| {
                page::again(&scanner, &self.options.dir, entry, self.options.scanner.max_bytes)
            })?;
            after.extend(affected.into_iter().zip(judged));
        }
        let pair = |page: usize| {
            let before = pages[page].judged;
            let after = after.get(&page).copied().unwrap_or(before);
            Pair { site: self.sites[page], bad: self.is_bad(page), before, after, shift }
        };
        Ok(which.into_iter().map(pair).collect())
    }

    /// Works on pages, on many threads; one that cannot be read fails the run.
    fn judge<T: Send>(
        &self,
        which: &[usize],
        work: impl Fn(&Entry) -> Result<T, String> + Sync,
    ) -> anyhow::Result<Vec<T>> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = self.options.jobs.map_or(processors, usize::from).clamp(1, which.len().max(1));
        let done = eval::judge_all(which, jobs, |page| work(&self.entries[*page]))?;
        let lost = done.iter().filter(|page| page.is_err()).count();
        let mut pages = Vec::with_capacity(done.len());
        for (page, &at) in done.into_iter().zip(which) {
            match page {
                Ok(page) => pages.push(page),
                Err(why) => bail!(
                    "{lost} of {} pages cannot be read, the first {}: {}",
                    which.len(),
                    terminal::escape(&self.entries[at].file),
                    terminal::escape(&why)
                ),
            }
        }
        Ok(pages)
    }
}

/// A scanner as the arguments want it, with other weights.
fn scanner(options: &TuneArgs, weights: &BTreeMap<&str, f64>) -> anyhow::Result<Scanner> {
    packs::set_up(&options.scanner, |builder| {
        weights.iter().fold(builder, |builder, (rule, weight)| builder.weight(rule, *weight))
    })
}
