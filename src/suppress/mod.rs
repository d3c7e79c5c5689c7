//! Findings that do not count: accepted by the settings, by the page itself, or known before.

mod fingerprint;
mod inline;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::address::host_of;
use crate::baseline::Baseline;
use crate::page::Page;
use crate::report::{BaselineState, Suppressed, SuppressedBy};
use crate::rules::{Evidence, Rule, RuleSet};
use crate::settings::{Allowance, Date};
use crate::suppress::fingerprint::fingerprint;

/// What does not count.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    allow: Vec<Entry>,
    pub(crate) baseline: Option<Baseline>,
    /// Whether comments in pages are heeded.
    pub(crate) inline: bool,
    /// What such comments name that is no rule: the first in the order of the alphabet.
    strange: Mutex<BTreeSet<String>>,
}

/// Names in comments that are kept to be told.
const STRANGE: usize = 20;

/// An `[[allow]]` entry.
#[derive(Debug)]
struct Entry {
    allowance: Allowance,
    expired: bool,
    /// Whether it matched a finding of any page so far.
    used: AtomicBool,
}

/// How an `[[allow]]` entry of the settings fared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllowState {
    /// Where it stands: `crawlint.toml:12`.
    pub place: String,
    /// The rule it names.
    pub rule: String,
    /// Its reason.
    pub reason: String,
    /// The last day it held, where that is past: it does nothing.
    pub expired: Option<Date>,
    /// Whether it matched a finding on a page that was scanned.
    pub used: bool,
}

/// A page, as far as suppressions look at it.
pub(crate) struct Subject<'a> {
    pub(crate) path: &'a str,
    pub(crate) url: Option<&'a str>,
    pub(crate) page: &'a Page,
    /// The decoded source.
    pub(crate) source: &'a str,
}

/// Whether a comment's name is that of a rule: its id, a beginning of it, or its family.
fn names(name: &str, id: &str, family: &str) -> bool {
    id == name || name.ends_with('/') && id.starts_with(name) || family == name
}

/// What a finding is, beside its evidence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mark {
    pub(crate) fingerprint: String,
    pub(crate) suppressed: Option<Suppressed>,
    pub(crate) baseline_state: Option<BaselineState>,
}

/// A page's evidence, what counts apart from what does not.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    pub(crate) counted: Vec<(Evidence, Mark)>,
    pub(crate) aside: Vec<(Evidence, Mark)>,
}

impl Suppressions {
    /// `today` is unknown where nothing can expire.
    pub(crate) fn new(
        allowances: Vec<Allowance>,
        today: Option<Date>,
        baseline: Option<Baseline>,
        inline: bool,
    ) -> Self {
        let entry = |allowance: Allowance| {
            let last = allowance.entry.expires;
            let expired = last.zip(today).is_some_and(|(last, today)| last < today);
            Entry { allowance, expired, used: AtomicBool::new(false) }
        };
        let allow = allowances.into_iter().map(entry).collect();
        Self { allow, baseline, inline, strange: Mutex::default() }
    }

    /// How the entries of the settings fared so far.
    pub(crate) fn states(&self) -> Vec<AllowState> {
        let state = |entry: &Entry| AllowState {
            place: entry.allowance.place.clone(),
            rule: entry.allowance.entry.rule.clone(),
            reason: entry.allowance.entry.reason.clone(),
            expired: entry.allowance.entry.expires.filter(|_| entry.expired),
            used: entry.used.load(Ordering::Relaxed),
        };
        self.allow.iter().map(state).collect()
    }

    /// Tells what counts from what does not.
    pub(crate) fn sort(
        &self,
        rules: &RuleSet,
        evidence: Vec<Evidence>,
        subject: &Subject<'_>,
    ) -> Sorted {
        let mut sorted = Sorted::default();
        if evidence.is_empty() {
            return sorted;
        }
        let host = subject.url.and_then(host_of);
        let inline = if self.inline { inline::allowed(subject.source) } else { Vec::new() };
        self.note_strange(rules, &inline);
        for found in evidence {
            let rule = &rules.rules()[found.rule];
            let id = rule.definition.id.as_str();
            let fingerprint = fingerprint(id, text_of(&found, subject));
            let known = self.baseline.as_ref().map(|baseline| baseline.holds(&fingerprint));
            let by_page = || {
                let (_, reason) = inline.iter().find(|(name, _)| names(name, id, &rule.family))?;
                let reason = (!reason.is_empty()).then(|| (*reason).to_owned());
                Some(Suppressed { by: SuppressedBy::Inline, reason })
            };
            let by_baseline =
                || known?.then_some(Suppressed { by: SuppressedBy::Baseline, reason: None });
            let suppressed = self
                .allowed(&found, &fingerprint, subject.path, host.as_deref())
                .or_else(by_page)
                .or_else(by_baseline);
            let baseline_state = known
                .map(|known| if known { BaselineState::Unchanged } else { BaselineState::New });
            let side = if suppressed.is_some() { &mut sorted.aside } else { &mut sorted.counted };
            side.push((found, Mark { fingerprint, suppressed, baseline_state }));
        }
        sorted
    }

    /// What comments in pages name that is no rule; they do nothing.
    pub(crate) fn strange(&self) -> Vec<String> {
        let strange = self.strange.lock().unwrap_or_else(PoisonError::into_inner);
        strange.iter().cloned().collect()
    }

    fn note_strange(&self, rules: &RuleSet, inline: &[(&str, &str)]) {
        for (name, _) in inline {
            let known = |rule: &Rule| names(name, &rule.definition.id, &rule.family);
            if rules.rules().iter().any(known) {
                continue;
            }
            let mut strange = self.strange.lock().unwrap_or_else(PoisonError::into_inner);
            strange.insert(name.chars().take(80).collect());
            // The same whatever order pages come in.
            if strange.len() > STRANGE {
                strange.pop_last();
            }
        }
    }

    /// Whether the settings accept a finding. Every entry that does counts as used.
    fn allowed(
        &self,
        found: &Evidence,
        fingerprint: &str,
        path: &str,
        host: Option<&str>,
    ) -> Option<Suppressed> {
        let mut reason = None;
        for entry in self.allow.iter().filter(|entry| !entry.expired) {
            let Allowance { entry: allow, rules, paths, .. } = &entry.allowance;
            let fits = rules.contains(&found.rule)
                && paths.as_ref().is_none_or(|paths| paths.hold(path))
                && (allow.hosts.is_empty()
                    || host.is_some_and(|host| allow.hosts.iter().any(|of| is_below(host, of))))
                && allow.fingerprint.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(fingerprint));
            if fits {
                entry.used.store(true, Ordering::Relaxed);
                reason.get_or_insert(&allow.reason);
            }
        }
        let reason = Some(reason?.clone());
        Some(Suppressed { by: SuppressedBy::Allow, reason })
    }
}

/// Whether a host is another, or below it.
fn is_below(host: &str, other: &str) -> bool {
    let other = other.to_lowercase();
    host == other || host.strip_suffix(other.as_str()).is_some_and(|rest| rest.ends_with('.'))
}

/// The text a finding is known by: where it holds none, the source of the element; where it is
/// about the whole page, all a reader sees of it.
fn text_of<'a>(found: &Evidence, subject: &Subject<'a>) -> &'a str {
    // What only machines see may follow the visible text; a hit that runs on into it is known by
    // its visible part, so that a comment elsewhere on the page changes nothing.
    let (mut span, visible) = (found.span, subject.page.visible_len as u32);
    if span.start < visible {
        span.end = span.end.min(visible);
    }
    let own = subject.page.slice(span);
    let element = || found.source.and_then(|span| subject.source.get(span.range()));
    let blank = |text: &&str| !text.trim().is_empty();
    let text = Some(own).filter(blank).or_else(|| element().filter(blank));
    text.unwrap_or_else(|| subject.page.visible())
}
