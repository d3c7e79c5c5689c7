//! The closing words of a scan.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crawlint::report::Verdict;
use crawlint::report::terminal::{self, Look};

use crate::cli::Exit;
use crate::cli::args::ScanArgs;
use crate::cli::words;

/// Rules named in the summary.
const TOP_RULES: usize = 5;

/// Counts over a scan. Every record seen has a verdict or was passed over, so
/// seen = judged + skipped + unreadable holds by construction.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    verdicts: BTreeMap<Verdict, u64>,
    /// Records passed over, by what they are.
    skipped: BTreeMap<String, u64>,
    /// Pages on which a rule found something.
    rules: BTreeMap<String, u64>,
    bytes: u64,
}

impl Summary {
    /// Counts a record.
    pub(crate) fn add(&mut self, verdict: Verdict, rules: Vec<String>, bytes: u64) {
        *self.verdicts.entry(verdict).or_default() += 1;
        for rule in rules {
            *self.rules.entry(rule).or_default() += 1;
        }
        self.bytes += bytes;
    }

    /// Counts a record that was passed over.
    pub(crate) fn skip(&mut self, kind: String) {
        *self.skipped.entry(kind).or_default() += 1;
    }

    /// Whether nothing has been seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.verdicts.is_empty() && self.skipped.is_empty()
    }

    fn count(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(&verdict).copied().unwrap_or(0)
    }

    fn at_gate(&self, options: &ScanArgs) -> u64 {
        let gate = &options.fail_on.0;
        self.verdicts.iter().filter(|(verdict, _)| gate.contains(verdict)).map(|(_, n)| n).sum()
    }

    /// What the run comes to.
    pub(crate) fn exit(&self, options: &ScanArgs) -> Exit {
        if self.count(Verdict::Unreadable) > 0 && !options.allow_unreadable {
            Exit::Failed
        } else if self.at_gate(options) > 0 {
            Exit::Gate
        } else {
            Exit::Passed
        }
    }

    /// The summary as text.
    pub(crate) fn render(&self, options: &ScanArgs, elapsed: Duration, look: Look) -> String {
        let seen: u64 = self.verdicts.values().sum();
        let unreadable = self.count(Verdict::Unreadable);
        let seconds = elapsed.as_secs_f64();
        let per_second = |amount: f64| if seconds > 0.0 { amount / seconds } else { 0.0 };
        let mut out = format!(
            "{} seen = {} judged + {} unreadable, in {} ({} pages/s, {:.1} MB/s)\n",
            pages(seen),
            words::thousands(seen - unreadable),
            words::thousands(unreadable),
            words::duration(elapsed),
            words::thousands(per_second(seen as f64).round() as u64),
            per_second(self.bytes as f64 / 1e6),
        );
        let counts: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| *verdict != Verdict::Unreadable && self.count(*verdict) > 0)
            .map(|verdict| {
                let name = look.paint(terminal::verdict_style(verdict), verdict.name());
                format!("{name} {}", words::thousands(self.count(verdict)))
            })
            .collect();
        if !counts.is_empty() {
            let _ = writeln!(out, "  {}", counts.join(" · "));
        }
        let mut rules: Vec<(&String, u64)> =
            self.rules.iter().map(|(rule, n)| (rule, *n)).collect();
        rules.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let named: Vec<String> = rules
            .iter()
            .take(TOP_RULES)
            .map(|(rule, n)| format!("{} {}", terminal::escape(rule), words::thousands(*n)))
            .collect();
        if !named.is_empty() {
            let _ = writeln!(out, "  pages by rule: {}", named.join(" · "));
        }
        match self.exit(options) {
            Exit::Passed => {}
            Exit::Gate => {
                let gate: Vec<&str> =
                    options.fail_on.0.iter().map(|verdict| verdict.name()).collect();
                let _ = writeln!(
                    out,
                    "  {} with a verdict of --fail-on {}: exit status 1",
                    pages(self.at_gate(options)),
                    gate.join(",")
                );
            }
            Exit::Failed => {
                let _ = writeln!(
                    out,
                    "  {} could not be read: exit status 2 (--allow-unreadable lets them pass)",
                    pages(unreadable)
                );
            }
        }
        out
    }
}

fn pages(number: u64) -> String {
    words::count(usize::try_from(number).unwrap_or(usize::MAX), "page")
}
