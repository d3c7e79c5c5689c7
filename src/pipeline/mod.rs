//! The stages put together: bytes → text → page → terms → signals → evidence → score → report.

mod builder;
mod inspection;
mod places;
mod report;

pub use builder::{DEFAULT_MAX_BYTES, ScannerBuilder};
pub use inspection::{Inspection, Step, Without};
pub(crate) use places::Places;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::decode::{Decoded, decode, is_binary};
use crate::page::Page;
use crate::parse::{Hints, parse};
use crate::quality::Profile;
use crate::report::{Reason, Report};
use crate::rules::{Evidence, RuleSet, RulesError};
use crate::score::{self, Policy, Score};
use crate::settings::{InForce, Wishes};
use crate::signals::{Facts, Signals};
use crate::suppress::{AllowState, Mark, Sorted, Subject, Suppressions};
use crate::terms::Found;
use crate::text::{View, language, normalise};
use crate::timings::{Clock, Timings};

/// Where a record comes from, as far as the caller knows.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Path or name to report.
    pub path: String,
    /// Address of the page.
    pub url: Option<String>,
    /// `Content-Type` of an HTTP answer, with its charset.
    pub content_type: Option<String>,
    /// Name of the record inside its container.
    pub record: Option<String>,
    /// Offset of the record inside its container, in bytes.
    pub offset: Option<u64>,
    /// When the page was fetched, as the container has it.
    pub date: Option<String>,
}

impl Origin {
    /// An origin that is only a path.
    pub fn path(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

/// Judges records. Built once, shared by all threads.
///
/// ```
/// use crawlint::{Origin, Scanner, report::Verdict};
///
/// let scanner = Scanner::builder().build()?;
/// let page = "# Bread\n\nThe baker opens the shop every morning at six and sells fresh bread.";
/// let report = scanner.scan(page.as_bytes(), &Origin::path("bread.md"));
/// assert_eq!(report.verdict, Verdict::Clean);
/// # Ok::<(), crawlint::rules::RulesError>(())
/// ```
#[derive(Debug)]
pub struct Scanner {
    rules: RuleSet,
    settings: InForce,
    suppressions: Suppressions,
    max_bytes: usize,
    quality: bool,
    profile: Option<Profile>,
}

/// What the stages hand on to the report.
pub(crate) struct Scan<'a> {
    pub(crate) decoded: Decoded<'a>,
    page: Page,
    norm: View,
    found: Found,
    language: &'static str,
    url: Option<&'a str>,
    wishes: Cow<'a, Wishes>,
}

/// The score of a page, and what its findings are.
pub(crate) struct Judged {
    pub(crate) score: Score,
    /// Of each finding of the score.
    marks: Vec<Mark>,
    /// Findings that do not count.
    aside: Vec<(Evidence, Mark)>,
}

impl Scanner {
    /// A scanner with the built-in packs.
    ///
    /// # Errors
    /// When a pack does not compile, which the crate's tests rule out for the built-in ones.
    pub fn new() -> Result<Self, RulesError> {
        Self::builder().build()
    }

    /// Settings for a scanner.
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// The rules in force.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What the settings multiply the weight of a rule with, 0 to 10, where no override for a path
    /// says otherwise; nothing where there is no such rule.
    ///
    /// ```
    /// let scanner = crawlint::Scanner::builder().weight("topics/", 0.5).build()?;
    /// assert_eq!(scanner.weight("topics/loan-cluster"), Some(0.5));
    /// assert_eq!(scanner.weight("topics/"), None);
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    pub fn weight(&self, rule: &str) -> Option<f64> {
        let mut rules = self.rules.rules().iter();
        rules.position(|known| known.definition.id == rule).map(|rule| self.settings.factor(rule))
    }

    /// Largest record that is scanned, in bytes.
    pub fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// How the `[[allow]]` entries of the settings fared with the records scanned so far.
    pub fn allow_states(&self) -> Vec<AllowState> {
        self.suppressions.states()
    }

    /// Judges records side by side, on the threads of the rayon pool at hand: the global one, or
    /// that of `ThreadPool::install`. Reports come in the order of the records, and are those of
    /// [`scan`](Self::scan).
    ///
    /// ```
    /// use crawlint::{Origin, Scanner, report::Verdict};
    ///
    /// let scanner = Scanner::new()?;
    /// let records = [
    ///     (Origin::path("a.md"), "The baker opens the shop every morning at six."),
    ///     (Origin::path("b.md"), ""),
    /// ];
    /// let reports = scanner.scan_all(&records);
    /// assert_eq!(reports[0].source.path, "a.md");
    /// assert_eq!(reports[1].verdict, Verdict::Unreadable);
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    pub fn scan_all<B: AsRef<[u8]> + Sync>(&self, records: &[(Origin, B)]) -> Vec<Report> {
        records.par_iter().map(|(origin, bytes)| self.scan(bytes.as_ref(), origin)).collect()
    }

    /// What `crawlint:allow` comments of the records scanned so far name that is no rule: such
    /// comments do nothing. At most 20 names, those first in the order of the alphabet; only
    /// records with findings are looked at.
    pub fn unknown_in_comments(&self) -> Vec<String> {
        self.suppressions.strange()
    }

    /// Judges a record. Whatever the bytes are, a report comes out: what cannot be judged is
    /// `unreadable`, with the reason.
    pub fn scan(&self, bytes: &[u8], origin: &Origin) -> Report {
        self.scan_by(bytes, origin, &Clock::off())
    }

    /// Judges a record and tells where the time went. The clock is looked at after every rule,
    /// which costs some hundredths of a scan.
    pub fn timed(&self, bytes: &[u8], origin: &Origin) -> (Report, Timings) {
        let clock = Clock::start();
        let report = self.scan_by(bytes, origin, &clock);
        (report, clock.timings())
    }

    fn scan_by(&self, bytes: &[u8], origin: &Origin, clock: &Clock) -> Report {
        self.guarded(bytes, origin, |scanner| {
            let scan = scanner.read(bytes, origin, clock);
            let facts = scan.facts(&scanner.rules);
            clock.stage("lines");
            let signals = Signals::new(&facts);
            let judged = scanner.judge(&scan, &signals, origin, clock);
            let report = scanner.report(bytes, origin, &scan, &judged);
            clock.stage("report");
            report
        })
        .unwrap_or_else(|report| *report)
    }

    /// What a record is read as, without a judgement of it. Empty where it cannot be read.
    ///
    /// ```
    /// use crawlint::{Origin, Scanner};
    ///
    /// let scanner = Scanner::builder().build()?;
    /// let page = scanner.page(b"<title>Bread</title><p>Rye.", &Origin::default());
    /// assert_eq!((page.title(), page.visible().trim()), (Some("Bread"), "Rye."));
    /// assert_eq!(scanner.page(b"%PDF-1.7", &Origin::default()).text, "");
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    pub fn page(&self, bytes: &[u8], origin: &Origin) -> Page {
        let page = |_: &Self| page_of(&decode(bytes, origin.content_type.as_deref()), origin);
        self.guarded(bytes, origin, page).unwrap_or_default()
    }

    /// Runs the stages on a record that can be read, and turns a panic in one of them into an
    /// unreadable record: one page must not end the scan of a million.
    pub(crate) fn guarded<T>(
        &self,
        bytes: &[u8],
        origin: &Origin,
        stages: impl FnOnce(&Self) -> T,
    ) -> Result<T, Box<Report>> {
        let unreadable = |code: &str, message: String| {
            Err(Box::new(Self::unreadable(origin, Reason { code: code.to_owned(), message })))
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return unreadable("empty", "the record is empty".to_owned());
        }
        if bytes.len() > self.max_bytes {
            let message =
                format!("{} bytes are more than the limit of {}", bytes.len(), self.max_bytes);
            return unreadable("too-large", message);
        }
        if let Some(kind) = is_binary(bytes) {
            let message = format!("the record is no text but {kind}");
            return unreadable("binary", message);
        }
        catch_unwind(AssertUnwindSafe(|| stages(self))).or_else(|panic| {
            let said = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            let message = format!("a stage failed ({said}); please report this page");
            unreadable("internal", message)
        })
    }

    /// Bytes to page, terms found.
    pub(crate) fn read<'a>(
        &'a self,
        bytes: &'a [u8],
        origin: &'a Origin,
        clock: &Clock,
    ) -> Scan<'a> {
        let decoded = decode(bytes, origin.content_type.as_deref());
        clock.stage("decode");
        let page = page_of(&decoded, origin);
        clock.stage("parse");
        let norm = normalise(&page.text[..page.aside_len]);
        clock.stage("normalise");
        let mut found = self.rules.terms().find(&norm.text, &norm.map);
        let wishes = self.settings.at(&origin.path);
        self.drop_ignored(&mut found, &wishes);
        clock.stage("terms");
        let language = main_language(&page);
        clock.stage("language");
        Scan { decoded, page, norm, found, language, url: origin.url.as_deref(), wishes }
    }

    /// Leaves out terms of topics that are to be ignored.
    fn drop_ignored(&self, found: &mut Found, wishes: &Wishes) {
        let ignored = |topic: &String| wishes.policies.get(topic) == Some(&Policy::Ignore);
        let topics: Vec<bool> = self.rules.terms().topics().iter().map(ignored).collect();
        if topics.contains(&true) {
            found.hits.retain(|hit| !topics.get(hit.topic as usize).is_some_and(|&ignore| ignore));
        }
    }

    /// Finds evidence and scores what of it counts. The score is that of the page without what is
    /// suppressed, not less than that: gates and corroboration do not see it either.
    pub(crate) fn judge(
        &self,
        scan: &Scan<'_>,
        signals: &Signals<'_>,
        origin: &Origin,
        clock: &Clock,
    ) -> Judged {
        let sorted = self.sort(scan, signals, origin, clock);
        clock.stage("rules");
        let judged = self.weigh(scan, signals, sorted);
        clock.stage("score");
        judged
    }

    fn sort(
        &self,
        scan: &Scan<'_>,
        signals: &Signals<'_>,
        origin: &Origin,
        clock: &Clock,
    ) -> Sorted {
        let mut evidence = self.rules.find(signals, |rule| clock.rule(&rule.family));
        scan.wishes.weigh(&mut evidence);
        let subject = Subject {
            path: &origin.path,
            url: scan.url,
            page: &scan.page,
            source: &scan.decoded.text,
        };
        self.suppressions.sort(&self.rules, evidence, &subject)
    }

    fn weigh(&self, scan: &Scan<'_>, signals: &Signals<'_>, sorted: Sorted) -> Judged {
        let (evidence, marks) = sorted.counted.into_iter().unzip();
        Judged { score: self.score(scan, evidence, signals), marks, aside: sorted.aside }
    }

    fn score(&self, scan: &Scan<'_>, evidence: Vec<Evidence>, signals: &Signals<'_>) -> Score {
        let Wishes { policies, thresholds, .. } = &*scan.wishes;
        let mut score = score::score(&self.rules, evidence, signals, policies, thresholds);
        if scan.wishes.unexpected(scan.language) {
            score.labels.push("unexpected_language".to_owned());
            score.labels.sort();
        }
        score
    }
}

impl Scan<'_> {
    pub(crate) fn facts<'s>(&'s self, rules: &'s RuleSet) -> Facts<'s> {
        let mut facts = Facts::new(
            &self.page,
            &self.decoded.text,
            &self.norm,
            rules.terms(),
            &self.found,
            self.language,
        );
        facts.invalid_bytes = self.decoded.invalid.count;
        facts.charset_lies = self.decoded.declared_lies;
        facts.url = self.url;
        facts
    }
}

fn page_of(decoded: &Decoded<'_>, origin: &Origin) -> Page {
    let hints = Hints {
        extension: extension(origin),
        content_type: origin.content_type.as_deref(),
        url: origin.url.as_deref(),
    };
    parse(&decoded.text, &hints)
}

/// The ending of a page's name; of a member of an archive its own counts, not the archive's.
fn extension(origin: &Origin) -> Option<&str> {
    let name = origin.record.as_deref().unwrap_or(&origin.path);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// Language of the prose, or of all visible text where there is none.
fn main_language(page: &Page) -> &'static str {
    /// Characters looked at: enough for a stable answer.
    const SAMPLE: usize = 3_000;
    let mut prose = String::new();
    let mut left = SAMPLE;
    for line in page.visible().lines().filter(|line| crate::text::is_prose(line)) {
        let line = first_chars(line, left);
        prose.push_str(line);
        left -= line.chars().count();
        if left == 0 {
            break;
        }
        prose.push('\n');
        left -= 1;
    }
    let all = first_chars(&page.text[..page.aside_len], SAMPLE);
    // One whole sentence among lines of another kind says little about the page.
    let told = if prose.len() * 4 >= all.len() { language(&prose) } else { crate::text::UNKNOWN };
    if told == crate::text::UNKNOWN { language(all) } else { told }
}

/// At most `most` characters from the beginning of a text.
fn first_chars(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}
