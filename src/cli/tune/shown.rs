//! What came of tuning, as text and as settings.

use std::fmt::Write as _;

use crawlint::eval::wilson;
use crawlint::report::terminal::{self, Look};
use serde_json::json;

use crate::cli::config::toml;
use crate::cli::eval::table::{Cell, Table, Tone, numbers, words};
use crate::cli::tune::validate::{Comparison, Counts};
use crate::cli::tune::{Task, Tuning};
use crate::cli::words::{count, thousands};

/// What is said of a tuning.
pub(crate) struct Text {
    head: String,
    weights: Vec<Weight>,
    held_out: Option<Comparison>,
    fitted: Option<Comparison>,
    folds: u8,
    left_alone: String,
    objections: Vec<String>,
}

/// A weight that moves.
struct Weight {
    rule: String,
    present: f64,
    tuned: f64,
    /// Least and most over the folds.
    folds: (f64, f64),
    /// Pages and groups on which the rule counts, bad and clean.
    bad: (usize, usize),
    clean: (usize, usize),
    /// Decibans that it adds there, on average.
    db: f64,
}

impl Tuning {
    /// `left_out` pages have a label that says nothing about risk.
    pub(crate) fn text(&self, task: &Task<'_>, left_out: usize) -> Text {
        let ids: Vec<&str> = task.ids().collect();
        let present = |rule: usize| task.scanner.weight(ids[rule]).unwrap_or(1.0);
        let weight = |(&rule, &tuned): (&usize, &f64)| {
            let in_folds = || {
                let weights = self.by_fold.iter();
                weights.map(|fold| fold.get(&rule).copied().unwrap_or_else(|| present(rule)))
            };
            let seen = self.witnesses.get(&rule).cloned().unwrap_or_default();
            Weight {
                rule: ids[rule].to_owned(),
                present: present(rule),
                tuned,
                folds: (in_folds().fold(f64::INFINITY, f64::min), in_folds().fold(0.0, f64::max)),
                bad: (seen.bad, seen.bad_sites.len()),
                clean: (seen.clean, seen.clean_sites.len()),
                db: seen.db / (seen.bad + seen.clean).max(1) as f64,
            }
        };
        let bad = (0..task.entries.len()).filter(|page| task.is_bad(*page)).count();
        let head = format!(
            "{}: {} bad (of {}), {} clean (of {}); {} left out",
            count(task.entries.len(), "labelled page"),
            thousands(bad as u64),
            count(task.sites_with(true), "group"),
            thousands((task.entries.len() - bad) as u64),
            count(task.sites_with(false), "group"),
            thousands(left_out as u64),
        );
        let least = task.least();
        let few = self.witnesses.keys().filter(|rule| !self.fit.factors.contains_key(rule)).count();
        let stay = self.fit.factors.len() - self.weights.len();
        let left_alone = format!(
            "{} on too few groups (fewer than {least} bad and {least} clean), {stay} would not \
             move, {} also {} damage or junk",
            thousands(few as u64),
            thousands(self.other_axes.len() as u64),
            if self.other_axes.len() == 1 { "measures" } else { "measure" },
        );
        Text {
            head,
            weights: self.weights.iter().map(weight).collect(),
            held_out: self.held_out.clone(),
            fitted: self.fitted.clone(),
            folds: task.options.folds,
            left_alone,
            objections: self.objections.clone(),
        }
    }
}

impl Text {
    /// For people.
    pub(crate) fn report(&self, look: Look) -> String {
        let mut out = format!("{}\n\n", self.head);
        if !self.weights.is_empty() {
            out.push_str(&self.table().render(look));
        }
        if let Some(held_out) = &self.held_out {
            let note = format!(
                "Each of {} parts judged with weights fitted to the others; no group is parted. In \
                 brackets the 95 % interval. Last column: all pages with the weights above, which \
                 were fitted to them.",
                self.folds
            );
            out.push_str(&figures(held_out, self.fitted.as_ref(), note).render(look));
            let Comparison { recall, gain, .. } = held_out;
            let _ = writeln!(
                out,
                "change on pages not fitted to: log loss {:+.4} ± {:.4}, recall {:+.1} ± {:.1} \
                 points\n",
                -gain.by,
                gain.reach,
                recall.by * 100.0,
                recall.reach * 100.0
            );
        }
        if self.objections.is_empty() {
            out.push_str("the weights help\n");
        } else {
            out.push_str("the weights are not worth writing:\n");
            for why in &self.objections {
                for (at, line) in
                    terminal::wrap(why, look.width.saturating_sub(4)).iter().enumerate()
                {
                    let _ = writeln!(out, "  {} {line}", if at == 0 { "-" } else { " " });
                }
            }
        }
        out
    }

    fn table(&self) -> Table {
        let row = |weight: &Weight| {
            let of = |(pages, groups): (usize, usize)| match pages {
                0 => Cell::count(0),
                _ => Cell::from(format!("{} in {}", thousands(pages as u64), groups)),
            };
            vec![
                Cell::from(weight.rule.clone()),
                number(weight.present).into(),
                number(weight.tuned).into(),
                format!("{}–{}", number(weight.folds.0), number(weight.folds.1)).into(),
                of(weight.bad),
                of(weight.clean),
                format!("{:+.1}", weight.db).into(),
            ]
        };
        Table {
            title: "Weights",
            note: format!(
                "What the weight of a rule is multiplied with, and the pages and groups on which \
                 it counts. Other rules stay: {}.",
                self.left_alone
            ),
            columns: vec![
                words("rule"),
                numbers("now"),
                numbers("tuned"),
                numbers("in folds"),
                numbers("bad"),
                numbers("clean"),
                numbers("dB now"),
            ],
            rows: self.weights.iter().map(row).collect(),
        }
    }

    /// As a settings file.
    pub(crate) fn settings(&self) -> String {
        let mut out = format!(
            "# Weights of rules, written by `crawlint tune` {}: use this file with --config, or copy\n\
             # the table into your crawlint.toml.\n# {}.\n",
            env!("CARGO_PKG_VERSION"),
            self.head
        );
        if let Some(held_out) = &self.held_out {
            let _ = writeln!(out, "# On pages not fitted to, in {} folds:", self.folds);
            let figures = rows(held_out, None);
            for (name, before, after) in figures.iter().map(|row| (&row[0], &row[1], &row[2])) {
                let _ = writeln!(out, "#   {}: {}, was {}", name.text, after.text, before.text);
            }
        }
        out.push_str("\n[rules]\n");
        for weight in &self.weights {
            let of = |(pages, groups): (usize, usize), kind: &str| {
                format!("{} of {}", count(pages, &format!("{kind} page")), count(groups, "group"))
            };
            let _ = writeln!(
                out,
                "# Counts on {}, {}, {:+.1} dB on average; was {}, in folds {} to {}.\n{} = {}",
                of(weight.bad, "bad"),
                of(weight.clean, "clean"),
                weight.db,
                number(weight.present),
                number(weight.folds.0),
                number(weight.folds.1),
                toml(&json!(weight.rule)),
                number(weight.tuned),
            );
        }
        out
    }
}

/// A weight as settings have it.
fn number(weight: f64) -> String {
    let text = format!("{weight:.2}");
    let text = text.strip_suffix('0').unwrap_or(&text);
    text.to_owned()
}

fn figures(held_out: &Comparison, fitted: Option<&Comparison>, note: String) -> Table {
    Table {
        title: "Cross-validation",
        note,
        columns: vec![
            words(""),
            numbers("now"),
            numbers("tuned, not fitted to"),
            numbers("tuned, fitted to"),
        ],
        rows: rows(held_out, fitted),
    }
}

fn rows(held_out: &Comparison, fitted: Option<&Comparison>) -> Vec<Vec<Cell>> {
    let share = |hits: usize, of: usize| {
        let (lower, upper) = wilson(hits, of);
        let percent = hits as f64 / of.max(1) as f64 * 100.0;
        format!(
            "{} of {}, {percent:.1} % ({:.1}–{:.1})",
            thousands(hits as u64),
            thousands(of as u64),
            lower * 100.0,
            upper * 100.0
        )
    };
    let row = |name: &str, counts: &dyn Fn(&Comparison) -> Counts, up_is_good: bool| {
        let now = counts(held_out);
        let tone = match now.after.cmp(&now.before) {
            std::cmp::Ordering::Equal => Tone::Plain,
            change if change.is_gt() == up_is_good => Tone::Good,
            _ => Tone::Bad,
        };
        let mut row = vec![
            Cell::from(name),
            share(now.before, now.of).into(),
            Cell::new(share(now.after, now.of), tone),
        ];
        row.extend(fitted.map(counts).map(|c| Cell::new(share(c.after, c.of), Tone::Quiet)));
        row
    };
    let loss = |value: f64| format!("{value:.4}");
    let mut last =
        vec![Cell::from("log loss"), loss(held_out.loss.0).into(), loss(held_out.loss.1).into()];
    last.extend(fitted.map(|c| Cell::new(loss(c.loss.1), Tone::Quiet)));
    vec![
        row("bad pages raised", &|c| c.raised_bad, true),
        row("bad pages flagged", &|c| c.flagged_bad, true),
        row("clean pages raised", &|c| c.raised_clean, false),
        row("clean pages flagged", &|c| c.flagged_clean, false),
        last,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_written_short() {
        assert_eq!([0.05, 1.5, 1.0, 10.0].map(number), ["0.05", "1.5", "1.0", "10.0"]);
    }
}
