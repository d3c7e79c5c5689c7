//! What a scan says of baselines and allow-lists.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, anyhow, bail};
use crawlint::baseline::Baseline;
use crawlint::report::terminal::escape;
use crawlint::report::{BaselineState, Report, SuppressedBy};
use crawlint::{AllowState, Scanner};
use serde_json::{Value, json};

use crate::cli::args::ScanArgs;
use crate::cli::atomic;
use crate::cli::sources::shown;
use crate::cli::words::count;

/// Entries named one by one in the summary.
const NAMED: usize = 5;

/// Keeps account of findings that are known; shared by the workers.
pub(crate) struct Ledger {
    known: Option<(PathBuf, Baseline)>,
    write: Option<PathBuf>,
    prune: bool,
    /// Whether only a part of the pages is scanned, so that what is not found is not gone.
    partial: bool,
    seen: Mutex<Seen>,
}

/// The same whatever order pages come in.
#[derive(Default)]
struct Seen {
    found: Baseline,
    suppressed: BTreeMap<SuppressedBy, u64>,
    new: u64,
}

impl Ledger {
    /// Reads the baseline that the arguments name.
    pub(crate) fn open(options: &ScanArgs) -> anyhow::Result<Self> {
        let path = options.gate.baseline.as_ref().filter(|_| options.write_baseline.is_none());
        if options.prune_baseline && path.is_none() {
            bail!("--prune-baseline needs a baseline to prune: give it with --baseline");
        }
        Ok(Self {
            known: path
                .map(|path| Ok::<_, anyhow::Error>((path.clone(), read(path)?)))
                .transpose()?,
            write: options.write_baseline.clone(),
            prune: options.prune_baseline,
            partial: options.changed_since.is_some(),
            seen: Mutex::default(),
        })
    }

    /// The baseline, for the scanner.
    pub(crate) fn baseline(&self) -> Option<Baseline> {
        self.known.as_ref().map(|(_, baseline)| baseline.clone())
    }

    /// Takes down the findings of a page.
    pub(crate) fn note(&self, report: &Report) {
        if report.findings.is_empty() {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if self.known.is_some() || self.write.is_some() {
            seen.found.add(report);
        }
        for finding in &report.findings {
            if let Some(suppressed) = &finding.suppressed {
                *seen.suppressed.entry(suppressed.by).or_default() += 1;
            } else if finding.baseline_state == Some(BaselineState::New) {
                seen.new += 1;
            }
        }
    }

    /// All pages are seen: writes baselines. `complete` says whether all could be read: what
    /// could not be read is not gone.
    pub(crate) fn close(self, scanner: &Scanner, complete: bool) -> anyhow::Result<Account> {
        let seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut account = Account {
            suppressed: seen.suppressed,
            new: seen.new,
            allow: scanner.allow_states(),
            strange: scanner.unknown_in_comments(),
            partial: self.partial,
            ..Account::default()
        };
        if let Some(path) = &self.write {
            write(path, &seen.found)?;
            let entries = count(seen.found.len(), "finding");
            account.done = Some(format!("baseline written to {}: {entries}", shown(path)));
        }
        if let Some((path, mut known)) = self.known {
            account.has_baseline = true;
            if !self.partial {
                let stale = known.missing_in(&seen.found).into_iter();
                account.stale =
                    stale.map(|(rule, text)| (rule.to_owned(), text.to_owned())).collect();
            }
            if self.prune && !complete {
                account.done = Some(
                    "baseline not pruned: what a page that cannot be read holds is not gone"
                        .to_owned(),
                );
            } else if self.prune {
                let gone = count(known.retain(&seen.found), "stale finding");
                write(&path, &known)?;
                account.done = Some(format!("{gone} dropped from {}", shown(&path)));
                account.pruned = true;
            }
        }
        Ok(account)
    }
}

fn read(path: &Path) -> anyhow::Result<Baseline> {
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("cannot read the baseline {}; --write-baseline makes one", shown(path))
    })?;
    Baseline::read(&text).map_err(|error| anyhow!("{}: {error}", shown(path)))
}

fn write(path: &Path, baseline: &Baseline) -> anyhow::Result<()> {
    atomic::replace(path, baseline.to_string().as_bytes())
        .with_context(|| format!("cannot write {}", shown(path)))
}

/// What is to be said at the end.
#[derive(Default)]
pub(crate) struct Account {
    suppressed: BTreeMap<SuppressedBy, u64>,
    has_baseline: bool,
    new: u64,
    /// Rule and text of entries of the baseline that no finding matched.
    stale: Vec<(String, String)>,
    allow: Vec<AllowState>,
    /// What comments name that is no rule.
    strange: Vec<String>,
    partial: bool,
    pruned: bool,
    done: Option<String>,
}

impl Account {
    /// Keys for the last line of the file of `--summary`.
    pub(crate) fn json(&self) -> Value {
        let mut keys = serde_json::Map::new();
        if !self.suppressed.is_empty() {
            let counts: BTreeMap<&str, u64> =
                self.suppressed.iter().map(|(by, n)| (by.name(), *n)).collect();
            keys.insert("suppressed".to_owned(), json!(counts));
        }
        if self.has_baseline {
            let stale: Vec<Value> = self
                .stale
                .iter()
                .map(|(rule, text)| json!({ "rule": rule, "text": text }))
                .collect();
            keys.insert("baseline".to_owned(), json!({ "new": self.new, "stale": stale }));
        }
        if !self.allow.is_empty() {
            let entry = |state: &AllowState| json!({ "place": state.place, "rule": state.rule, "state": self.state(state) });
            let entries: Vec<Value> = self.allow.iter().map(entry).collect();
            keys.insert("allow".to_owned(), json!(entries));
        }
        if !self.strange.is_empty() {
            keys.insert("unknown_in_comments".to_owned(), json!(self.strange));
        }
        Value::Object(keys)
    }

    fn state(&self, entry: &AllowState) -> &'static str {
        match entry {
            AllowState { expired: Some(_), .. } => "expired",
            AllowState { used: true, .. } => "used",
            // It may match a page that was not looked at.
            _ if self.partial => "unknown",
            _ => "unused",
        }
    }

    /// Lines for people; empty where there is nothing to say.
    pub(crate) fn render(&self) -> String {
        let mut out = String::new();
        if !self.suppressed.is_empty() {
            let counts: Vec<String> =
                self.suppressed.iter().map(|(by, n)| format!("{} {n}", by.name())).collect();
            let _ = writeln!(out, "  findings suppressed: {}", counts.join(" · "));
        }
        if self.has_baseline {
            let new = usize::try_from(self.new).unwrap_or(usize::MAX);
            let _ = writeln!(out, "  {} not in the baseline", count(new, "finding"));
        }
        if !self.stale.is_empty() && !self.pruned {
            let stale = count(self.stale.len(), "finding");
            let _ = writeln!(
                out,
                "  stale: {stale} of the baseline not there any more (--prune-baseline drops them)"
            );
            for (rule, text) in self.stale.iter().take(NAMED) {
                let text: String = text.chars().take(50).collect();
                let _ = writeln!(out, "    {}  {}", escape(rule), escape(&text));
            }
            if self.stale.len() > NAMED {
                let _ = writeln!(out, "    … and {} more", self.stale.len() - NAMED);
            }
        }
        for entry in &self.allow {
            let (place, rule) = (escape(&entry.place), escape(&entry.rule));
            match (&entry.expired, self.state(entry)) {
                (Some(day), _) => {
                    let _ =
                        writeln!(out, "  {place}: allow {rule} expired on {day}: it does nothing");
                }
                (None, "unused") => {
                    let _ = writeln!(out, "  {place}: allow {rule} matched no finding");
                }
                _ => {}
            }
        }
        for name in &self.strange {
            let name = escape(name);
            let _ = writeln!(
                out,
                "  comments allow {name}, but no rule is called that: they do nothing"
            );
        }
        if let Some(done) = &self.done {
            let _ = writeln!(out, "  {done}");
        }
        out
    }
}
