//! Weights from examples: non-negative logistic regression, held to the present weights.
//!
//! A page's risk is a sum of decibans, so in log-odds the model is linear in what the weights of
//! rules are multiplied with:
//!
//! `logit = ln10/10 · (risk + shift + Σ (factor − 1) · dB of the rule)`
//!
//! *Shift* takes up that labelled pages are bad more often than pages are; it is found first and
//! then kept, so that factors only say how rules compare. The loss is that of logistic regression
//! plus `λ/2 · (factor − 1)²` for each rule. It is convex and its curvature bounded, so steps along
//! one factor at a time with that bound always lead down, and always the same way.

use std::collections::{BTreeMap, BTreeSet};

/// Log-odds of a deciban.
const NATS_PER_DB: f64 = std::f64::consts::LN_10 / 10.0;
/// Least and most that a weight is multiplied with. Never 0: to switch a rule off is for people.
const RANGE: (f64, f64) = (0.05, 4.0);
/// Rounds over all factors, at most, and the step below which they are done.
const ROUNDS: usize = 2_000;
const SMALL: f64 = 1e-6;

/// A labelled page as the model sees it.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) bad: bool,
    pub(crate) site: usize,
    /// Decibans in all.
    pub(crate) risk_db: f64,
    /// Decibans by rule, where weights can change the risk.
    pub(crate) evidence: Vec<(usize, f64)>,
}

/// How much is known of a rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witnesses {
    pub(crate) bad: usize,
    pub(crate) clean: usize,
    pub(crate) bad_sites: BTreeSet<usize>,
    pub(crate) clean_sites: BTreeSet<usize>,
    /// Decibans on all these pages.
    pub(crate) db: f64,
}

/// The pages on which each rule counts.
pub(crate) fn witnesses(examples: &[&Example]) -> BTreeMap<usize, Witnesses> {
    let mut all: BTreeMap<usize, Witnesses> = BTreeMap::new();
    for example in examples {
        for &(rule, db) in &example.evidence {
            let seen = all.entry(rule).or_default();
            seen.db += db;
            if example.bad {
                seen.bad += 1;
                seen.bad_sites.insert(example.site);
            } else {
                seen.clean += 1;
                seen.clean_sites.insert(example.site);
            }
        }
    }
    all
}

/// What was fitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fit {
    /// Decibans between the odds of labelled pages and those that the prior supposes.
    pub(crate) shift: f64,
    /// What the weight of a rule is multiplied with, where it may move.
    pub(crate) factors: BTreeMap<usize, f64>,
}

/// Fits factors. A rule rises only where it counts on bad pages of `least` sites, and falls only
/// where it does on clean pages of as many; its present weight stands for `least` pages.
pub(crate) fn fit(examples: &[&Example], least: usize) -> Fit {
    let mut pages_of: BTreeMap<usize, usize> = BTreeMap::new();
    for example in examples {
        *pages_of.entry(example.site).or_default() += 1;
    }
    // Between counting every page, and every site once.
    let counts: Vec<f64> =
        examples.iter().map(|e| 1.0 / (pages_of[&e.site] as f64).sqrt()).collect();
    let shift = shift(examples, &counts);
    let mut columns: BTreeMap<usize, Column> = BTreeMap::new();
    for (rule, seen) in witnesses(examples) {
        let low = if seen.clean_sites.len() >= least { RANGE.0 } else { 1.0 };
        let high = if seen.bad_sites.len() >= least { RANGE.1 } else { 1.0 };
        if low < high {
            let column = Column { factor: 1.0, low, high, cells: Vec::new(), hold: 0.0 };
            columns.insert(rule, column);
        }
    }
    let mut logits = Vec::with_capacity(examples.len());
    for (page, example) in examples.iter().enumerate() {
        logits.push(NATS_PER_DB * (example.risk_db + shift));
        for (rule, db) in &example.evidence {
            if let Some(column) = columns.get_mut(rule) {
                column.cells.push((page, NATS_PER_DB * db));
            }
        }
    }
    for column in columns.values_mut() {
        let squares: f64 = column.cells.iter().map(|(_, nats)| nats * nats).sum();
        column.hold = least as f64 * squares / column.cells.len() as f64;
    }
    for _ in 0..ROUNDS {
        let mut largest: f64 = 0.0;
        for column in columns.values_mut() {
            largest = largest.max(column.step(examples, &counts, &mut logits).abs());
        }
        if largest < SMALL {
            break;
        }
    }
    let factors = columns.into_iter().map(|(rule, column)| (rule, column.factor)).collect();
    Fit { shift, factors }
}

/// A factor on its way.
struct Column {
    factor: f64,
    low: f64,
    high: f64,
    /// Pages, with the log-odds that the rule adds there.
    cells: Vec<(usize, f64)>,
    /// λ.
    hold: f64,
}

impl Column {
    /// One step down along this factor; how far it went.
    fn step(&mut self, examples: &[&Example], counts: &[f64], logits: &mut [f64]) -> f64 {
        let mut slope = self.hold * (self.factor - 1.0);
        // A logistic curve is nowhere more curved than by a quarter.
        let mut bend = self.hold;
        for &(page, nats) in &self.cells {
            let wanted = if examples[page].bad { 1.0 } else { 0.0 };
            slope += counts[page] * (logistic(logits[page]) - wanted) * nats;
            bend += counts[page] * nats * nats / 4.0;
        }
        if bend <= 0.0 {
            return 0.0;
        }
        let next = (self.factor - slope / bend).clamp(self.low, self.high);
        let step = next - self.factor;
        self.factor = next;
        for &(page, nats) in &self.cells {
            logits[page] += step * nats;
        }
        step
    }
}

fn logistic(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// The shift with which as many pages are bad as the risks say, by halving.
fn shift(examples: &[&Example], counts: &[f64]) -> f64 {
    let (mut low, mut high) = (-100.0, 100.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let excess: f64 = examples
            .iter()
            .zip(counts)
            .map(|(example, count)| {
                let wanted = if example.bad { 1.0 } else { 0.0 };
                count * (logistic(NATS_PER_DB * (example.risk_db + middle)) - wanted)
            })
            .sum();
        if excess < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Log loss of a page, in nats: what the odds that its risk stands for cost, seeing what it is.
pub(crate) fn log_loss(risk_db: f64, shift: f64, bad: bool) -> f64 {
    let logit = NATS_PER_DB * (risk_db + shift);
    let against = if bad { -logit } else { logit };
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many pages of as many sites, all alike.
    fn pages(
        n: usize,
        first: usize,
        bad: bool,
        risk_db: f64,
        evidence: &[(usize, f64)],
    ) -> Vec<Example> {
        let example = |site| Example { bad, site, risk_db, evidence: evidence.to_vec() };
        (first..first + n).map(example).collect()
    }

    fn fitted(parts: &[Vec<Example>], least: usize) -> Fit {
        fit(&parts.iter().flatten().collect::<Vec<_>>(), least)
    }

    #[test]
    fn a_rule_that_speaks_too_softly_is_raised_and_one_too_loud_lowered() {
        let parts = [
            pages(60, 0, true, -12.0, &[(0, 4.0)]),
            pages(60, 100, true, 4.0, &[(2, 20.0)]),
            pages(60, 200, false, -4.0, &[(1, 12.0)]),
            pages(200, 300, false, -16.0, &[]),
        ];
        let fit = fitted(&parts, 10);
        assert!(fit.factors[&0] > 2.0, "{fit:?}");
        assert!(fit.factors[&1] < 0.8, "{fit:?}");
    }

    #[test]
    fn too_few_sites_move_nothing() {
        let bad = pages(9, 0, true, -12.0, &[(0, 4.0)]);
        // Nine sites, also if they have a hundred pages more.
        let more = (0..100).flat_map(|_| pages(1, 8, true, -12.0, &[(0, 4.0)])).collect();
        let parts = [bad, more, pages(99, 200, false, -16.0, &[])];
        assert!(fitted(&parts, 10).factors.is_empty());
        assert!(fitted(&parts, 9).factors[&0] > 1.0);
    }

    #[test]
    fn without_clean_pages_nothing_falls_and_without_bad_ones_nothing_rises() {
        let parts = [
            // On bad pages with a risk beyond all doubt there is nothing to gain.
            pages(40, 0, true, 60.0, &[(0, 30.0)]),
            pages(40, 100, false, -16.0, &[(1, 1.0)]),
            pages(5, 200, false, 40.0, &[(0, 30.0)]),
        ];
        let fit = fitted(&parts, 10);
        assert!(fit.factors[&0] >= 1.0 && fit.factors[&1] <= 1.0, "{fit:?}");
    }

    #[test]
    fn more_examples_move_further_and_none_beyond_the_range() {
        let by = |n: usize, least: usize| {
            let parts =
                [pages(n, 0, true, -10.0, &[(0, 6.0)]), pages(900, 1_000, false, -16.0, &[])];
            fitted(&parts, least).factors[&0]
        };
        assert!(by(20, 10) < by(80, 10), "{} {}", by(20, 10), by(80, 10));
        assert!(by(80, 40) < by(80, 10));
        assert!(by(900, 1) <= RANGE.1);
    }

    #[test]
    fn the_end_is_the_bottom_of_the_loss() {
        let parts = [
            pages(30, 0, true, -2.0, &[(0, 14.0)]),
            pages(15, 50, false, -2.0, &[(0, 14.0)]),
            pages(100, 100, false, -16.0, &[]),
            pages(30, 300, true, 6.0, &[(0, 14.0), (1, 8.0)]),
        ];
        let all: Vec<&Example> = parts.iter().flatten().collect();
        let fit = fit(&all, 10);
        let hold = 10.0 * (NATS_PER_DB * 14.0).powi(2);
        let loss = |factor: f64| {
            let page = |e: &&Example| {
                let moved: f64 = e
                    .evidence
                    .iter()
                    .map(|(rule, db)| {
                        let factor = if *rule == 0 { factor } else { fit.factors[rule] };
                        (factor - 1.0) * db
                    })
                    .sum();
                log_loss(e.risk_db + moved, fit.shift, e.bad)
            };
            all.iter().map(page).sum::<f64>() + hold / 2.0 * (factor - 1.0).powi(2)
        };
        let least = loss(fit.factors[&0]);
        assert!(least < loss(fit.factors[&0] + 0.01) && least < loss(fit.factors[&0] - 0.01));
    }

    #[test]
    fn log_loss_is_that_of_the_odds() {
        assert!((log_loss(0.0, 0.0, true) - std::f64::consts::LN_2).abs() < 1e-12);
        // Odds of ten to one: 11/10 and 11.
        assert!((log_loss(4.0, 6.0, true) - 1.1f64.ln()).abs() < 1e-12);
        assert!((log_loss(10.0, 0.0, false) - 11f64.ln()).abs() < 1e-12);
        assert!(log_loss(-4_000.0, 0.0, true).is_finite());
    }
}
