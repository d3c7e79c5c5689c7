//! Pages by host: the view that only a whole crawl allows. A good site that was broken into and a
//! site made for spam look alike page by page; side by side their hosts do not.
//!
//! Memory is bounded by the number of hosts that are counted apart (about 150 bytes each); pages
//! of further ones are counted together.

mod table;
mod write;

use std::collections::{BTreeMap, HashMap};

use crawlint::address::host_of;
use crawlint::report::{Report, Verdict};
use serde_json::Value;

use table::{Causes, Host};
pub(crate) use write::{check, write};

/// Hosts counted apart when they go to a file.
pub(crate) const IN_FILE: usize = 1_000_000;

/// Hosts counted apart for the summary alone.
pub(crate) const IN_SUMMARY: usize = 100_000;

/// Name of what is counted together.
const OTHER: &str = "(other)";

/// Hosts counted since the last cut at which they are taken up without one.
const RECENT: usize = 10_000;

/// What one page says about its host; made on the workers.
pub(crate) struct Sighting {
    host: String,
    verdict: Verdict,
    /// Rules, topics and labels, each once; only of pages that are not good.
    causes: Vec<String>,
}

impl Sighting {
    /// What a page says; nothing where it has no address.
    pub(crate) fn of(report: &Report) -> Option<Self> {
        let host = host_of(report.source.url.as_deref()?)?;
        let told = matches!(
            report.verdict,
            Verdict::Suspicious | Verdict::Injected | Verdict::Spam | Verdict::Junk
        );
        let mut causes = Vec::new();
        if told {
            let rules = report.findings.iter().filter(|found| found.db > 0.0 || found.junk > 0);
            causes.extend(rules.map(|found| found.rule.clone()));
            causes.extend(report.topics.iter().map(|topic| format!("topic:{topic}")));
            causes.extend(report.labels.iter().map(|label| format!("label:{label}")));
            causes.sort_unstable();
            causes.dedup();
        }
        Some(Self { host, verdict: report.verdict, causes })
    }
}

/// Counts by host.
pub(crate) struct Hosts {
    most: usize,
    by_name: HashMap<Box<str>, Host>,
    causes: Causes,
    /// What was counted since the last cut: hosts in order, so that which of them come too late
    /// to be counted apart does not depend on chance.
    recent: BTreeMap<String, Host>,
}

impl Hosts {
    /// Counts at most so many hosts apart.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, by_name: HashMap::new(), causes: Causes::default(), recent: BTreeMap::new() }
    }

    /// Counts a page.
    pub(crate) fn add(&mut self, sighting: &Sighting) {
        let ids: Vec<u32> = sighting.causes.iter().map(|name| self.causes.id(name)).collect();
        self.recent.entry(sighting.host.clone()).or_default().add(sighting.verdict, &ids);
    }

    /// Whether what was counted since the last cut should be taken up, cut or not.
    pub(crate) fn is_due(&self) -> bool {
        self.recent.len() >= RECENT
    }

    /// What was counted since the last cut, and begins to count anew.
    pub(crate) fn cut(&mut self) -> Value {
        let recent = self.recent.iter();
        let hosts = recent.map(|(name, host)| (name.clone(), host.to_json(&self.causes)));
        let value = Value::Object(hosts.collect());
        self.settle();
        value
    }

    /// Takes up what an interrupted run had counted up to a cut.
    pub(crate) fn restore(&mut self, cut: &Value) {
        for (name, host) in cut.as_object().into_iter().flatten() {
            let host = Host::from_json(host, &mut self.causes);
            self.recent.insert(name.clone(), host);
        }
        self.settle();
    }

    /// Takes up what was counted since the last cut.
    pub(crate) fn settle(&mut self) {
        for (name, host) in std::mem::take(&mut self.recent) {
            let full = self.by_name.len() >= self.most && !self.by_name.contains_key(name.as_str());
            let name = if full { OTHER } else { &name };
            match self.by_name.get_mut(name) {
                Some(known) => known.merge(&host),
                None => {
                    self.by_name.insert(name.into(), host);
                }
            }
        }
    }

    /// All hosts, those with the most bad pages first, then the largest; what is counted together
    /// comes last.
    pub(crate) fn rows(&mut self) -> Vec<Row<'_>> {
        self.settle();
        let mut rows: Vec<Row<'_>> = self
            .by_name
            .iter()
            .map(|(name, host)| Row { name, host, causes: &self.causes })
            .collect();
        rows.sort_unstable_by(|a, b| {
            let key = |row: &Row<'_>| (row.name != OTHER, row.host.bad(), row.host.pages());
            key(b).cmp(&key(a)).then(a.name.cmp(b.name))
        });
        rows
    }
}

/// A host with what was counted of it.
pub(crate) struct Row<'hosts> {
    pub(crate) name: &'hosts str,
    pub(crate) host: &'hosts Host,
    causes: &'hosts Causes,
}

impl Row<'_> {
    /// The most frequent causes with their pages.
    pub(crate) fn top(&self, most: usize) -> Vec<(&str, u32)> {
        self.host.top(self.causes).into_iter().take(most).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(host: &str, verdict: Verdict, causes: &[&str]) -> Sighting {
        let causes = causes.iter().map(|name| (*name).to_owned()).collect();
        Sighting { host: host.to_owned(), verdict, causes }
    }

    fn told(hosts: &mut Hosts) -> Vec<(String, u32, String)> {
        let rows = hosts.rows().into_iter();
        rows.map(|row| {
            let causes: Vec<String> =
                row.top(5).iter().map(|(name, pages)| format!("{name} {pages}")).collect();
            (row.name.to_owned(), row.host.pages(), causes.join(" "))
        })
        .collect()
    }

    #[test]
    fn beyond_the_limit_hosts_are_counted_together() {
        let mut hosts = Hosts::new(2);
        for host in ["b.example", "a.example"] {
            hosts.add(&seen(host, Verdict::Clean, &[]));
        }
        hosts.cut();
        for host in ["c.example", "d.example", "a.example"] {
            hosts.add(&seen(host, Verdict::Clean, &[]));
        }
        let rows = told(&mut hosts);
        let names: Vec<(&str, u32)> =
            rows.iter().map(|(name, pages, _)| (name.as_str(), *pages)).collect();
        assert_eq!(names, [("a.example", 2), ("b.example", 1), (OTHER, 2)]);
    }

    #[test]
    fn what_was_cut_can_be_restored() {
        let mut hosts = Hosts::new(9);
        let mut cuts = Vec::new();
        for (host, verdict) in [
            ("a.example", Verdict::Spam),
            ("a.example", Verdict::Injected),
            ("b.example", Verdict::Clean),
            ("a.example", Verdict::Clean),
        ] {
            hosts.add(&seen(host, verdict, &["x/y", "topic:tea"]));
            cuts.push(hosts.cut());
        }
        let mut restored = Hosts::new(9);
        for cut in &cuts {
            restored.restore(cut);
        }
        let rows = told(&mut restored);
        assert_eq!(rows, told(&mut hosts));
        assert_eq!(rows[0], ("a.example".to_owned(), 3, "topic:tea 3 x/y 3".to_owned()));
    }
}
