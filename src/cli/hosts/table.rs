//! What is counted of one host.

use std::collections::HashMap;

use crawlint::report::Verdict;
use serde_json::{Value, json};

/// Causes counted per host. A host with more keeps the most frequent; a cause that takes the
/// place of another inherits its count, so a count may be too high, never too low.
const CAUSES: usize = 12;

/// Names of causes, each once.
#[derive(Default)]
pub(crate) struct Causes {
    names: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Causes {
    /// The number of a name.
    pub(super) fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    fn name(&self, id: u32) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }
}

/// Counts of one host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Host {
    verdicts: [u32; Verdict::ALL.len()],
    /// Causes and their pages.
    causes: Vec<(u32, u32)>,
}

impl Host {
    pub(super) fn add(&mut self, verdict: Verdict, causes: &[u32]) {
        if let Some(at) = Verdict::ALL.iter().position(|other| *other == verdict) {
            self.verdicts[at] = self.verdicts[at].saturating_add(1);
        }
        for cause in causes {
            self.count(*cause, 1);
        }
    }

    fn count(&mut self, cause: u32, pages: u32) {
        if let Some((_, count)) = self.causes.iter_mut().find(|(known, _)| *known == cause) {
            *count = count.saturating_add(pages);
        } else if self.causes.len() < CAUSES {
            self.causes.push((cause, pages));
        } else if let Some(least) = self.causes.iter_mut().min_by_key(|(_, count)| *count) {
            *least = (cause, least.1.saturating_add(pages));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (own, more) in self.verdicts.iter_mut().zip(other.verdicts) {
            *own = own.saturating_add(more);
        }
        other.causes.iter().for_each(|(cause, pages)| self.count(*cause, *pages));
    }

    /// Pages of a verdict.
    pub(crate) fn of(&self, verdict: Verdict) -> u32 {
        let at = Verdict::ALL.iter().position(|other| *other == verdict);
        at.map_or(0, |at| self.verdicts[at])
    }

    /// All pages.
    pub(crate) fn pages(&self) -> u32 {
        self.verdicts.iter().fold(0, |sum, pages| sum.saturating_add(*pages))
    }

    /// Pages with foreign or own spam.
    pub(crate) fn bad(&self) -> u32 {
        self.of(Verdict::Injected).saturating_add(self.of(Verdict::Spam))
    }

    /// What sort of host it is, in a word; the first that applies:
    ///
    /// - `unreadable`: no page could be judged;
    /// - `spam`: at least half of the judged pages are spam;
    /// - `compromised`: some carry spam, and at least half are content of the host's own, which
    ///   pages with injected spam count among;
    /// - `mixed`: some carry spam, and there is little else of worth;
    /// - `junk`: at least half are junk;
    /// - `clean`: all others.
    pub(crate) fn kind(&self) -> &'static str {
        let judged = u64::from(self.pages() - self.of(Verdict::Unreadable));
        let half = |pages: u32| u64::from(pages) * 2 >= judged;
        let own = [Verdict::Clean, Verdict::Damaged, Verdict::Suspicious, Verdict::Injected]
            .into_iter()
            .fold(0, |sum: u32, verdict| sum.saturating_add(self.of(verdict)));
        match self.bad() {
            _ if judged == 0 => "unreadable",
            _ if half(self.of(Verdict::Spam)) => "spam",
            1.. if half(own) => "compromised",
            1.. => "mixed",
            0 if half(self.of(Verdict::Junk)) => "junk",
            0 => "clean",
        }
    }

    /// Causes with their pages, the most frequent first.
    pub(super) fn top<'names>(&self, causes: &'names Causes) -> Vec<(&'names str, u32)> {
        let mut top: Vec<(&str, u32)> =
            self.causes.iter().map(|(cause, pages)| (causes.name(*cause), *pages)).collect();
        top.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        top
    }

    pub(super) fn to_json(&self, causes: &Causes) -> Value {
        let causes: Vec<_> =
            self.causes.iter().map(|(cause, pages)| (causes.name(*cause), *pages)).collect();
        json!([self.verdicts, causes])
    }

    pub(super) fn from_json(value: &Value, causes: &mut Causes) -> Self {
        let number = |value: &Value| value.as_u64().map_or(0, |number| number as u32);
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut host = Self::default();
        for (own, stored) in host.verdicts.iter_mut().zip(list(&value[0])) {
            *own = number(&stored);
        }
        for pair in list(&value[1]) {
            let name = pair[0].as_str().unwrap_or_default();
            host.causes.push((causes.id(name), number(&pair[1])));
        }
        host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(pages: &[(Verdict, usize)]) -> Host {
        let mut host = Host::default();
        for (verdict, times) in pages {
            (0..*times).for_each(|_| host.add(*verdict, &[]));
        }
        host
    }

    #[test]
    fn kinds() {
        use Verdict::{Clean, Injected, Junk, Spam, Suspicious, Unreadable};
        for (pages, kind) in [
            (&[(Clean, 9), (Injected, 1)][..], "compromised"),
            (&[(Clean, 9), (Spam, 1)], "compromised"),
            (&[(Injected, 5)], "compromised"),
            (&[(Clean, 5), (Spam, 5)], "spam"),
            (&[(Spam, 1)], "spam"),
            (&[(Junk, 8), (Spam, 1)], "mixed"),
            (&[(Junk, 8), (Clean, 2)], "junk"),
            (&[(Clean, 8), (Junk, 2), (Suspicious, 1)], "clean"),
            (&[(Unreadable, 3)], "unreadable"),
            (&[(Unreadable, 9), (Spam, 1)], "spam"),
        ] {
            assert_eq!(host(pages).kind(), kind, "{pages:?}");
        }
    }

    #[test]
    fn frequent_causes_survive_rare_ones() {
        let mut host = Host::default();
        for rare in 0..100 {
            host.add(Verdict::Spam, &[7, 1000 + rare, 8]);
        }
        assert_eq!(host.causes.len(), CAUSES);
        assert!(host.causes.contains(&(7, 100)) && host.causes.contains(&(8, 100)));
    }
}
