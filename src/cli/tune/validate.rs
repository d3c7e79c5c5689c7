//! Whether other weights help on pages they were not fitted to.

use std::collections::BTreeMap;

use crate::cli::eval::outcome::Call;
use crate::cli::tune::fit::log_loss;
use crate::cli::tune::page::Judged;

/// Quantile of the normal distribution for a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// A page before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) site: usize,
    pub(crate) bad: bool,
    pub(crate) before: Judged,
    pub(crate) after: Judged,
    /// That of the pages the weights were fitted to.
    pub(crate) shift: f64,
}

/// How a mean over pages changed: by how much, and how far that may be off (95 %). Pages of one
/// site are no witnesses for each other, so it is sites that vary.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) by: f64,
    pub(crate) reach: f64,
}

impl Change {
    fn of(pages: impl Iterator<Item = (usize, f64)>) -> Self {
        let mut sites: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (site, change) in pages {
            let (sum, n) = sites.entry(site).or_default();
            *sum += change;
            *n += 1.0;
        }
        let n: f64 = sites.values().map(|(_, n)| n).sum();
        if n == 0.0 {
            return Self::default();
        }
        let by = sites.values().map(|(sum, _)| sum).sum::<f64>() / n;
        let count = sites.len() as f64;
        if count < 2.0 {
            return Self { by, reach: f64::INFINITY };
        }
        let spread: f64 = sites.values().map(|(sum, of)| (sum - by * of).powi(2)).sum();
        Self { by, reach: Z * (spread * count / (count - 1.0)).sqrt() / n }
    }

    /// More than chance.
    fn up(self) -> bool {
        self.by > self.reach
    }

    fn down(self) -> bool {
        -self.by > self.reach
    }
}

/// Pages of a kind that a judgement calls so, before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) before: usize,
    pub(crate) after: usize,
    pub(crate) of: usize,
}

impl Counts {
    fn of(pairs: &[Pair], bad: bool, called: impl Fn(Call) -> bool) -> Self {
        let pages = || pairs.iter().filter(|pair| pair.bad == bad);
        Self {
            before: pages().filter(|pair| called(pair.before.call)).count(),
            after: pages().filter(|pair| called(pair.after.call)).count(),
            of: pages().count(),
        }
    }
}

/// Present against other weights.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub(crate) raised_bad: Counts,
    pub(crate) flagged_bad: Counts,
    pub(crate) raised_clean: Counts,
    pub(crate) flagged_clean: Counts,
    /// Change of the share of bad pages that are raised.
    pub(crate) recall: Change,
    /// Mean log loss, in nats, before and after; and by how much it *falls*.
    pub(crate) loss: (f64, f64),
    pub(crate) gain: Change,
}

impl Comparison {
    pub(crate) fn new(pairs: &[Pair]) -> Self {
        let loss = |pair: &Pair, judged: Judged| log_loss(judged.risk_db, pair.shift, pair.bad);
        let mean = |of: &dyn Fn(&Pair) -> f64| {
            pairs.iter().map(of).sum::<f64>() / pairs.len().max(1) as f64
        };
        let number = |yes: bool| if yes { 1.0 } else { 0.0 };
        let bad = pairs.iter().filter(|pair| pair.bad);
        Self {
            raised_bad: Counts::of(pairs, true, |call| call.raised),
            flagged_bad: Counts::of(pairs, true, |call| call.flagged),
            raised_clean: Counts::of(pairs, false, |call| call.raised),
            flagged_clean: Counts::of(pairs, false, |call| call.flagged),
            recall: Change::of(bad.map(|pair| {
                let (before, after) = (pair.before.call.raised, pair.after.call.raised);
                (pair.site, number(after) - number(before))
            })),
            loss: (mean(&|pair| loss(pair, pair.before)), mean(&|pair| loss(pair, pair.after))),
            gain: Change::of(
                pairs
                    .iter()
                    .map(|pair| (pair.site, loss(pair, pair.before) - loss(pair, pair.after))),
            ),
        }
    }

    /// What speaks against the weights, judged on pages they were not fitted to.
    pub(crate) fn objections(&self) -> Vec<String> {
        let mut why = self.alarms("on pages they were not fitted to");
        if !self.gain.up() && !self.recall.up() {
            why.push(format!(
                "nothing gets better by more than chance: log loss falls by {:.4} ± {:.4}, recall \
                 changes by {:+.1} ± {:.1} points",
                self.gain.by,
                self.gain.reach,
                self.recall.by * 100.0,
                self.recall.reach * 100.0
            ));
        }
        if self.recall.down() {
            why.push(format!(
                "recall falls by {:.1} ± {:.1} points",
                -self.recall.by * 100.0,
                self.recall.reach * 100.0
            ));
        }
        if self.gain.down() {
            why.push(format!("log loss rises by {:.4} ± {:.4}", -self.gain.by, self.gain.reach));
        }
        why
    }

    /// More clean pages that are raised or flagged; `on` which pages.
    pub(crate) fn alarms(&self, on: &str) -> Vec<String> {
        [("raised", self.raised_clean), ("flagged", self.flagged_clean)]
            .into_iter()
            .filter(|(_, counts)| counts.after > counts.before)
            .map(|(what, Counts { before, after, of })| {
                format!("{on}, {after} of {of} clean ones would be {what} instead of {before}")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(risk_db: f64) -> Judged {
        Judged { risk_db, call: Call { raised: risk_db >= 0.0, flagged: risk_db >= 7.0 } }
    }

    fn pairs(n: usize, bad: bool, before: f64, after: f64) -> impl Iterator<Item = Pair> {
        let pair = move |site| Pair {
            site: site + if bad { 0 } else { 10_000 },
            bad,
            before: judged(before),
            after: judged(after),
            shift: 10.0,
        };
        (0..n).map(pair)
    }

    #[test]
    fn change_is_measured_between_sites() {
        // Three of four sites gain one page each: mean 3/4, spread 3·(1/4)² + (3/4)² = 3/4.
        let alone = Change::of([(1, 1.0), (2, 1.0), (3, 1.0), (4, 0.0)].into_iter());
        assert!((alone.by - 0.75).abs() < 1e-12);
        assert!((alone.reach - Z * 0.25).abs() < 1e-12, "{alone:?}");
        // The same pages of one site say nothing.
        let one = Change::of([(1, 1.0), (1, 1.0), (1, 1.0)].into_iter());
        assert!(!one.up() && one.by > 0.99);
        assert_eq!(Change::of(std::iter::empty()), Change::default());
    }

    #[test]
    fn more_recall_without_alarms_has_no_objection() {
        let all: Vec<Pair> = pairs(30, true, -2.0, 3.0)
            .chain((100..130).flat_map(|_| pairs(1, true, 9.0, 9.0)))
            .chain(pairs(200, false, -16.0, -16.0))
            .collect();
        let compared = Comparison::new(&all);
        assert_eq!(compared.raised_bad, Counts { before: 30, after: 60, of: 60 });
        assert_eq!(compared.objections(), Vec::<String>::new());
    }

    #[test]
    fn one_alarm_more_is_one_too_many() {
        let all: Vec<Pair> = pairs(60, true, -2.0, 3.0)
            .chain(pairs(1, false, -1.0, 1.0))
            .chain(pairs(200, false, -16.0, -16.0))
            .collect();
        let why = Comparison::new(&all).objections();
        assert_eq!(why.len(), 1);
        assert!(why[0].contains("1 of 201 clean ones would be raised instead of 0"), "{why:?}");
    }

    #[test]
    fn chance_is_no_gain_and_losses_are_told() {
        let chance: Vec<Pair> = pairs(2, true, -2.0, 3.0)
            .chain(pairs(60, true, 9.0, 9.0))
            .chain(pairs(200, false, -16.0, -16.0))
            .map(|pair| Pair { shift: 0.0, ..pair })
            .collect();
        assert!(Comparison::new(&chance).objections()[0].contains("more than chance"));
        let worse: Vec<Pair> =
            pairs(40, true, 3.0, -2.0).chain(pairs(40, false, -16.0, -16.0)).collect();
        let why = Comparison::new(&worse).objections().join("\n");
        assert!(why.contains("recall falls") && why.contains("log loss rises"), "{why}");
    }
}
