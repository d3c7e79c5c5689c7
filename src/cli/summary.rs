//! The closing words of a scan.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use crawlint::report::Verdict;
use crawlint::report::terminal::{self, Look};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::args::ScanArgs;
use crate::cli::output::{Growing, Marks, Packing, mark_of};
use crate::cli::words;

/// Rules named in the summary.
const TOP_RULES: usize = 5;

/// Containers whose counts are shown; all are in the file of `--summary`.
const FILES: usize = 12;

/// Counts over a scan. Every record seen has a verdict or was passed over, so
/// seen = judged + skipped + unreadable holds by construction.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Summary {
    total: Tally,
    /// Pages on which a rule found something.
    rules: BTreeMap<String, u64>,
    bytes: u64,
    /// The file that results are coming from, and whether it is a container.
    current: Option<(String, bool, Tally)>,
    /// The first containers.
    files: Vec<(String, Tally)>,
    /// How many there are.
    containers: usize,
    #[serde(skip)]
    out: Option<(PathBuf, Growing)>,
}

/// Counts of one file, or of all.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tally {
    verdicts: BTreeMap<Verdict, u64>,
    /// Records passed over, by what they are.
    skipped: BTreeMap<String, u64>,
    /// Records that could not be judged, by the reason.
    unreadable: BTreeMap<String, u64>,
}

impl Tally {
    fn add(&mut self, verdict: Verdict, reason: Option<&str>) {
        *self.verdicts.entry(verdict).or_default() += 1;
        if let Some(reason) = reason {
            *self.unreadable.entry(reason.to_owned()).or_default() += 1;
        }
    }

    fn skip(&mut self, kind: &str) {
        *self.skipped.entry(kind.to_owned()).or_default() += 1;
    }

    fn count(&self, verdict: Verdict) -> u64 {
        self.verdicts.get(&verdict).copied().unwrap_or(0)
    }

    fn skipped(&self) -> u64 {
        self.skipped.values().sum()
    }

    fn unreadable(&self) -> u64 {
        self.count(Verdict::Unreadable)
    }

    fn judged(&self) -> u64 {
        self.verdicts.values().sum::<u64>() - self.unreadable()
    }

    fn seen(&self) -> u64 {
        self.judged() + self.skipped() + self.unreadable()
    }

    /// `12 records seen = 3 judged + 7 skipped + 2 unreadable`.
    fn equation(&self, noun: &str) -> String {
        let skipped = match self.skipped() {
            0 => String::new(),
            number => format!(" + {} skipped", words::thousands(number)),
        };
        format!(
            "{} seen = {} judged{skipped} + {} unreadable",
            words::count(usize::try_from(self.seen()).unwrap_or(usize::MAX), noun),
            words::thousands(self.judged()),
            words::thousands(self.unreadable()),
        )
    }

    /// One line of the file of `--summary`.
    fn line(&self, path: Option<&str>, more: Value) -> String {
        let verdicts: BTreeMap<&str, u64> =
            self.verdicts.iter().map(|(verdict, n)| (verdict.name(), *n)).collect();
        let mut line = serde_json::json!({
            "path": path,
            "seen": self.seen(),
            "judged": self.judged(),
            "skipped": self.skipped,
            "unreadable": self.unreadable,
            "verdicts": verdicts,
        });
        if let (Some(line), Value::Object(more)) = (line.as_object_mut(), more) {
            line.extend(more);
        }
        format!("{line}\n")
    }
}

impl Summary {
    /// The same counts, with a file to which lines for each container go, if there is one. Lines
    /// that were written behind its mark are taken away.
    pub(crate) fn open(self, path: Option<&Path>, marks: &Marks) -> anyhow::Result<Self> {
        let open = |path: &Path| {
            let length = marks.get(&mark_of(path)).copied().unwrap_or(0);
            let file = Growing::open(path, Packing::Plain, length).with_context(|| {
                format!("cannot write {}", terminal::escape(&path.display().to_string()))
            })?;
            anyhow::Ok((path.to_owned(), file))
        };
        let out = path.map(open).transpose()?;
        Ok(Self { out, ..self })
    }

    /// Brings the lines so far to their file and notes where it ends.
    pub(crate) fn cut(&mut self, marks: &mut Marks) -> io::Result<()> {
        if let Some((path, file)) = &mut self.out {
            marks.insert(mark_of(path), file.cut()?);
        }
        Ok(())
    }

    /// Counts a record, of a file that holds more or not.
    pub(crate) fn add(
        &mut self,
        (file, contained): (String, bool),
        verdict: Verdict,
        reason: Option<&str>,
        rules: Vec<String>,
        bytes: u64,
    ) -> io::Result<()> {
        self.total.add(verdict, reason);
        for rule in rules {
            *self.rules.entry(rule).or_default() += 1;
        }
        self.bytes += bytes;
        self.of(file, contained)?.add(verdict, reason);
        Ok(())
    }

    /// Counts a record that was passed over.
    pub(crate) fn skip(&mut self, file: String, kind: &str) -> io::Result<()> {
        self.total.skip(kind);
        self.of(file, true)?.skip(kind);
        Ok(())
    }

    /// The counts of a file; results come file by file.
    fn of(&mut self, file: String, contained: bool) -> io::Result<&mut Tally> {
        if self.current.as_ref().is_some_and(|(current, ..)| *current != file) {
            self.close()?;
        }
        let (_, container, tally) =
            self.current.get_or_insert_with(|| (file, false, Tally::default()));
        *container |= contained;
        Ok(tally)
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some((path, true, tally)) = self.current.take() {
            self.containers += 1;
            if let Some((_, out)) = &mut self.out {
                out.write(tally.line(Some(&path), Value::Null).as_bytes())?;
            }
            if self.files.len() < FILES {
                self.files.push((path, tally));
            }
        }
        Ok(())
    }

    /// Nothing more comes. The last line of the file gets more keys.
    pub(crate) fn finish(&mut self, more: Value) -> io::Result<()> {
        self.close()?;
        if let Some((_, mut out)) = self.out.take() {
            out.write(self.total.line(None, more).as_bytes())?;
            out.finish()?;
        }
        Ok(())
    }

    /// Whether every record could be read.
    pub(crate) fn is_complete(&self) -> bool {
        self.total.unreadable() == 0
    }

    /// Whether nothing has been seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.total.seen() == 0
    }

    fn count(&self, verdict: Verdict) -> u64 {
        self.total.count(verdict)
    }

    fn at_gate(&self, options: &ScanArgs) -> u64 {
        let gate = &options.gate.fail_on.0;
        let verdicts = &self.total.verdicts;
        verdicts.iter().filter(|(verdict, _)| gate.contains(verdict)).map(|(_, n)| n).sum()
    }

    /// What the run comes to.
    pub(crate) fn exit(&self, options: &ScanArgs) -> Exit {
        if self.count(Verdict::Unreadable) > 0 && !options.gate.allow_unreadable {
            Exit::Failed
        } else if self.at_gate(options) > 0 {
            Exit::Gate
        } else {
            Exit::Passed
        }
    }

    /// The summary as text.
    pub(crate) fn render(
        &self,
        options: &ScanArgs,
        exit: Exit,
        elapsed: Duration,
        hosts: &str,
        look: Look,
    ) -> String {
        let unreadable = self.count(Verdict::Unreadable);
        let seconds = elapsed.as_secs_f64();
        let per_second = |amount: f64| if seconds > 0.0 { amount / seconds } else { 0.0 };
        let noun = if self.total.skipped.is_empty() { "page" } else { "record" };
        let mut out = format!(
            "{}, in {} ({} pages/s, {:.1} MB/s)\n",
            self.total.equation(noun),
            words::duration(elapsed),
            words::thousands(per_second(self.total.judged() as f64).round() as u64),
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
        for (title, counts) in
            [("skipped", &self.total.skipped), ("unreadable", &self.total.unreadable)]
        {
            if !counts.is_empty() {
                let _ = writeln!(out, "  {title}: {}", most_first(counts));
            }
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
        for (path, tally) in &self.files {
            let _ = writeln!(out, "  {}: {}", terminal::escape(path), tally.equation("record"));
        }
        if self.containers > self.files.len() {
            let more = words::count(self.containers - self.files.len(), "more file");
            let _ = writeln!(out, "  … and {more}: --summary FILE has the counts of each");
        }
        out.push_str(hosts);
        match exit {
            Exit::Passed | Exit::Interrupted => {}
            Exit::Gate => {
                let gate: Vec<&str> =
                    options.gate.fail_on.0.iter().map(|verdict| verdict.name()).collect();
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

/// `request 3 · revisit 1`.
fn most_first(counts: &BTreeMap<String, u64>) -> String {
    let mut counts: Vec<(&String, &u64)> = counts.iter().collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let named: Vec<String> = counts
        .iter()
        .map(|(name, n)| format!("{} {}", terminal::escape(name), words::thousands(**n)))
        .collect();
    named.join(" · ")
}

fn pages(number: u64) -> String {
    words::count(usize::try_from(number).unwrap_or(usize::MAX), "page")
}
