//! The stages put together: bytes → text → page → terms → signals → evidence → score → report.

mod places;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use places::Places;

use rayon::prelude::*;

use crate::baseline::Baseline;
use crate::decode::{Decoded, decode, is_binary};
use crate::page::{Format, Page};
use crate::parse::{Hints, parse};
use crate::quality::{Profile, Text};
use crate::report::{
    Decision, Finding, Language, Offsets, Reason, Report, SCHEMA, Source, Verdict,
};
use crate::rules::{Evidence, RuleSet, RulesError};
use crate::score::{self, Policy, Score, Thresholds};
use crate::settings::{Date, InForce, SettingsFile, Wanted, Wishes};
use crate::signals::{Facts, SIGNALS, Signals};
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

/// Largest record scanned unless the builder says otherwise, in bytes.
pub const DEFAULT_MAX_BYTES: usize = 32 << 20;

/// Longest excerpt in a finding, in characters.
const MAX_EXCERPT: usize = 240;

/// Settings of a [`Scanner`].
#[derive(Clone, Debug)]
pub struct ScannerBuilder {
    packs: Vec<(String, String)>,
    defaults: bool,
    max_bytes: usize,
    quality: bool,
    profile: Option<Profile>,
    wanted: Wanted,
    baseline: Option<Baseline>,
    today: Option<Date>,
    trust_inline: bool,
}

impl Default for ScannerBuilder {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            defaults: true,
            max_bytes: DEFAULT_MAX_BYTES,
            quality: false,
            profile: None,
            wanted: Wanted::default(),
            baseline: None,
            today: None,
            trust_inline: false,
        }
    }
}

impl ScannerBuilder {
    /// Whether the built-in packs are in force. Default: yes.
    #[must_use]
    pub fn default_rules(mut self, defaults: bool) -> Self {
        self.defaults = defaults;
        self
    }

    /// Adds a pack: a name for messages and its TOML text.
    #[must_use]
    pub fn pack(mut self, file: &str, source: &str) -> Self {
        self.packs.push((file.to_owned(), source.to_owned()));
        self
    }

    /// Largest record that is scanned, in bytes; larger ones are `unreadable`.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Whether reports carry the quality signals of their pages. Default: no.
    #[must_use]
    pub fn quality(mut self, quality: bool) -> Self {
        self.quality = quality;
        self
    }

    /// A public filter whose decision reports carry. Default: none.
    #[must_use]
    pub fn profile(mut self, profile: Option<Profile>) -> Self {
        self.profile = profile;
        self
    }

    /// Adds a settings file. Of its keys `policy`, `rules`, `languages`, `thresholds`, `override`
    /// and `allow` are heeded; packs, the gate and limits are for the caller, who reads files.
    #[must_use]
    pub fn settings(mut self, file: SettingsFile) -> Self {
        self.wanted.files.push(file);
        self
    }

    /// What happens to pages about a topic; wins over settings files.
    ///
    /// ```
    /// use crawlint::{Scanner, score::Policy};
    ///
    /// let scanner = Scanner::builder().policy("gambling", Policy::Spam).build()?;
    /// assert!(Scanner::builder().policy("gamblin", Policy::Spam).build().is_err());
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    #[must_use]
    pub fn policy(mut self, topic: &str, policy: Policy) -> Self {
        self.wanted.policies.push((topic.to_owned(), policy));
        self
    }

    /// What the weight of rules is multiplied with, 0 (off) to 10: those of an id, of a beginning
    /// that ends with a slash, or of a family. Wins over settings files.
    ///
    /// ```
    /// use crawlint::Scanner;
    ///
    /// let scanner = Scanner::builder().weight("damage/", 0.0).weight("LNK", 0.5).build()?;
    /// assert!(Scanner::builder().weight("damages/", 0.0).build().is_err());
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    #[must_use]
    pub fn weight(mut self, rules: &str, factor: f64) -> Self {
        self.wanted.weights.push((rules.to_owned(), factor));
        self
    }

    /// From where on a page has which verdict; wins over settings files.
    #[must_use]
    pub fn thresholds(mut self, thresholds: Thresholds) -> Self {
        self.wanted.thresholds = Some(thresholds);
        self
    }

    /// Languages expected, as codes; a page in another gets the label `unexpected_language`. None
    /// expects nothing. Wins over settings files.
    #[must_use]
    pub fn languages<T: Into<String>>(mut self, languages: impl IntoIterator<Item = T>) -> Self {
        self.wanted.languages = Some(languages.into_iter().map(Into::into).collect());
        self
    }

    /// Findings known before: they are suppressed, and the others marked as new.
    #[must_use]
    pub fn baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// The day on which entries of settings are expired or not; without it none is.
    #[must_use]
    pub fn today(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Whether comments in a page may suppress findings on it, which only pages of trusted
    /// sources should: `<!-- crawlint:allow topics/loan-cluster we are a bank -->`. Default: no.
    #[must_use]
    pub fn trust_inline(mut self, trust: bool) -> Self {
        self.trust_inline = trust;
        self
    }

    /// Compiles the packs and resolves the settings.
    ///
    /// # Errors
    /// Every fault of every pack, or of the settings, with its place.
    pub fn build(self) -> Result<Scanner, RulesError> {
        let rules = RuleSet::compile(&self.packs, self.defaults)?;
        let (settings, allowances) =
            InForce::resolve(&self.wanted, &rules).map_err(|problems| RulesError { problems })?;
        let suppressions =
            Suppressions::new(allowances, self.today, self.baseline, self.trust_inline);
        let (max_bytes, quality, profile) = (self.max_bytes, self.quality, self.profile);
        Ok(Scanner { rules, settings, suppressions, max_bytes, quality, profile })
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

/// Everything `crawlint inspect` shows of one record.
#[derive(Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// The result, as `scan` gives it.
    pub report: Report,
    /// The page as the rules saw it.
    pub page: Page,
    /// The decoded text, which [`Page::source_map`] leads to.
    pub text: String,
    /// How the character encoding was found: `bom`, `header`, `declared`, `utf-8`, `detected`,
    /// `fallback`.
    pub charset_by: &'static str,
    /// Language of each block of `page.blocks`, `und` where it cannot be told.
    pub block_languages: Vec<&'static str>,
    /// Zone of each block, with head and tail told apart.
    pub block_zones: Vec<crate::page::Zone>,
    /// Every signal: name, value, unit.
    pub signals: Vec<(&'static str, f64, &'static str)>,
    /// How the risk came about, from the prior to the total, in order.
    pub waterfall: Vec<Step>,
    /// What stood between the page and a worse verdict: gates, guards, missing evidence.
    pub why_not: Vec<String>,
}

/// One line of the waterfall.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is: a rule id, `prior`, `corroboration`, `gate` …
    pub label: String,
    /// Decibans this step adds.
    pub db: f64,
    /// How the number came about: `26.0 × 1.3 (head) × 0.3 (same place as …)`.
    pub detail: String,
}

/// The judgement on a record if one of the rules that found something had found nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Without {
    /// Id of the rule left out.
    pub rule: String,
    /// The judgement without it.
    pub verdict: Verdict,
    /// The risk without it, in decibans.
    pub risk_db: f64,
    /// The labels without it, sorted.
    pub labels: Vec<String>,
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

    /// Judges a record, and again without each rule that found something: what does a page's
    /// verdict hang on? The stages before the score run once.
    pub fn ablate(&self, bytes: &[u8], origin: &Origin) -> (Report, Vec<Without>) {
        self.guarded(bytes, origin, |scanner| {
            let scan = scanner.read(bytes, origin, &Clock::off());
            let facts = scan.facts(&scanner.rules);
            let signals = Signals::new(&facts);
            let sorted = scanner.sort(&scan, &signals, origin, &Clock::off());
            let counted = || sorted.counted.iter().map(|(evidence, _)| evidence);
            let mut rules: Vec<usize> = counted().map(|found| found.rule).collect();
            rules.sort_unstable();
            rules.dedup();
            let without = rules.into_iter().map(|rule| {
                let rest = counted().filter(|found| found.rule != rule).cloned().collect();
                let score = scanner.score(&scan, rest, &signals);
                Without {
                    rule: scanner.rules.rules()[rule].definition.id.clone(),
                    verdict: verdict_of(&score),
                    risk_db: score.risk_db,
                    labels: score.labels,
                }
            });
            let without = without.collect();
            let judged = scanner.weigh(&scan, &signals, sorted);
            (scanner.report(bytes, origin, &scan, &judged), without)
        })
        .unwrap_or_else(|report| (*report, Vec::new()))
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

    /// Judges a record and shows how. Of an unreadable record there is only the report to show.
    pub fn inspect(&self, bytes: &[u8], origin: &Origin) -> Inspection {
        self.guarded(bytes, origin, |scanner| {
            let scan = scanner.read(bytes, origin, &Clock::off());
            let facts = scan.facts(&scanner.rules);
            let signals = Signals::new(&facts);
            let judged = scanner.judge(&scan, &signals, origin, &Clock::off());
            let report = scanner.report(bytes, origin, &scan, &judged);
            let score = &judged.score;
            let blocks = || scan.page.blocks.iter();
            Inspection {
                block_languages: blocks().map(|b| language(scan.page.slice(b.span))).collect(),
                block_zones: blocks().map(|b| facts.zone_of_block(b)).collect(),
                signals: SIGNALS
                    .iter()
                    .enumerate()
                    .map(|(index, signal)| (signal.name, signals.get(index).value, signal.unit))
                    .collect(),
                waterfall: scanner.waterfall(score),
                why_not: score.why_not.clone(),
                report,
                charset_by: scan.decoded.how.name(),
                text: scan.decoded.text.clone().into_owned(),
                page: scan.page,
            }
        })
        .unwrap_or_else(|report| Inspection {
            report: *report,
            page: Page::default(),
            text: String::new(),
            charset_by: "",
            block_languages: Vec::new(),
            block_zones: Vec::new(),
            signals: Vec::new(),
            waterfall: Vec::new(),
            why_not: Vec::new(),
        })
    }

    /// The report of a record that could not be judged.
    pub fn unreadable(origin: &Origin, reason: Reason) -> Report {
        Report {
            schema: SCHEMA,
            source: source_of(origin),
            format: Format::Text,
            charset: "unknown".to_owned(),
            language: Language { main: "und".to_owned(), declared: None },
            verdict: Verdict::Unreadable,
            risk: 0,
            risk_db: 0.0,
            damage: 0,
            junk: 0,
            topics: Vec::new(),
            labels: Vec::new(),
            headline: format!("Could not be judged: {}.", reason.message),
            reason: Some(reason),
            offsets: Offsets::Bytes,
            findings: Vec::new(),
            signals: None,
            profile: None,
        }
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

    pub(crate) fn report(
        &self,
        bytes: &[u8],
        origin: &Origin,
        scan: &Scan<'_>,
        judged: &Judged,
    ) -> Report {
        let score = &judged.score;
        let findings = self.findings(bytes, scan, judged);
        let declared = scan.page.declared_language.clone();
        let measured = (self.quality || self.profile.is_some())
            .then(|| Text::new(scan.page.visible(), scan.language));
        let text = measured.as_ref();
        Report {
            schema: SCHEMA,
            source: source_of(origin),
            format: scan.page.format,
            charset: scan.decoded.charset.to_owned(),
            language: Language { main: scan.language.to_owned(), declared },
            verdict: verdict_of(score),
            risk: score.risk(),
            risk_db: score.risk_db,
            damage: score.damage.round() as u8,
            junk: score.junk.round() as u8,
            topics: score.topics.clone(),
            labels: score.labels.clone(),
            reason: None,
            headline: self.headline(scan, score),
            offsets: Offsets::Bytes,
            findings,
            signals: text.filter(|_| self.quality).map(Text::signals),
            profile: text.zip(self.profile).map(|(text, profile)| {
                let decision = text.decide(profile);
                let (keep, reason) = (decision.keep(), decision.reason);
                Decision { name: profile.name(), keep, reason }
            }),
        }
    }

    fn findings(&self, bytes: &[u8], scan: &Scan<'_>, judged: &Judged) -> Vec<Finding> {
        let Judged { score, marks, aside } = judged;
        if score.findings.is_empty() && aside.is_empty() {
            return Vec::new();
        }
        let places = Places::new(&scan.decoded.text, scan.decoded.source_map(bytes));
        let finding = |evidence: &Evidence, mark: &Mark| {
            let rule = &self.rules.rules()[evidence.rule];
            let in_text = scan.page.source_map.to_source(evidence.span);
            let in_text = evidence.source.unwrap_or(in_text);
            let summary = &rule.definition.summary;
            let counts = mark.suppressed.is_none();
            Finding {
                rule: rule.definition.id.clone(),
                family: rule.family.clone(),
                db: 0.0,
                damage: if counts { evidence.damage.round() as u8 } else { 0 },
                junk: if counts { evidence.junk.round() as u8 } else { 0 },
                zone: evidence.zone,
                span: evidence.span,
                source_span: places.locate(in_text),
                text: excerpt(scan.page.slice(evidence.span)),
                message: match &evidence.note {
                    Some(note) => format!("{summary}: {note}"),
                    None => summary.clone(),
                },
                fingerprint: mark.fingerprint.clone(),
                suppressed: mark.suppressed.clone(),
                baseline_state: mark.baseline_state,
            }
        };
        let counted = score.findings.iter().zip(marks);
        let counted = counted
            .map(|(weighed, mark)| Finding { db: weighed.db, ..finding(&weighed.evidence, mark) });
        let aside = aside.iter().map(|(evidence, mark)| finding(evidence, mark));
        let mut findings: Vec<Finding> = counted.chain(aside).collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.source_span.start, f.source_span.end, f.span);
            key(a).cmp(&key(b)).then_with(|| a.rule.cmp(&b.rule))
        });
        findings
    }

    /// The main causes in one sentence.
    fn headline(&self, scan: &Scan<'_>, score: &Score) -> String {
        /// Causes a headline names.
        const CAUSES: usize = 3;
        // The axis that decided speaks first.
        let weight = |weighed: &score::Weighed| match score.verdict {
            score::Verdict::Junk => weighed.evidence.junk,
            score::Verdict::Damaged => weighed.evidence.damage,
            _ if score.risk_db > score::PRIOR_DB => weighed.db,
            _ => weighed.evidence.damage.max(weighed.evidence.junk),
        };
        let adds_up = score.risk_db > score::PRIOR_DB
            && !matches!(score.verdict, score::Verdict::Junk | score::Verdict::Damaged);
        let mut causes: Vec<(&str, f64, usize)> = Vec::new();
        for weighed in &score.findings {
            let summary = self.rules.rules()[weighed.evidence.rule].definition.summary.as_str();
            let add = weight(weighed);
            match causes.iter_mut().find(|(known, _, _)| *known == summary) {
                Some((_, sum, count)) => {
                    // Decibans add up, points of damage and junk do not.
                    *sum = if adds_up { *sum + add } else { sum.max(add) };
                    *count += 1;
                }
                None => causes.push((summary, add, 1)),
            }
        }
        causes.retain(|cause| cause.1 > 0.0);
        causes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let named: Vec<String> = causes
            .iter()
            .take(CAUSES)
            .map(|(summary, _, count)| match count {
                1 => (*summary).to_owned(),
                _ => format!("{summary} (×{count})"),
            })
            .collect();
        let about = match scan.page.title().map(str::trim).filter(|title| !title.is_empty()) {
            Some(title) if score.verdict == score::Verdict::Injected => {
                format!(" in “{}”", excerpt(title).chars().take(60).collect::<String>())
            }
            _ => String::new(),
        };
        if named.is_empty() {
            return "Nothing found.".to_owned();
        }
        let mut sentence = named.join("; ");
        if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
            sentence.replace_range(..1, &first);
        }
        format!("{sentence}{about}.")
    }

    fn waterfall(&self, score: &Score) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let adjustment = |a: &score::Adjustment| Step {
            label: a.label.clone(),
            db: a.db,
            detail: a.detail.clone(),
        };
        steps.extend(score.adjustments.iter().take(1).map(adjustment));
        let mut findings: Vec<&score::Weighed> =
            score.findings.iter().filter(|f| f.db != 0.0).collect();
        findings.sort_by(|a, b| b.db.total_cmp(&a.db));
        steps.extend(findings.into_iter().map(|weighed| Step {
            label: self.rules.rules()[weighed.evidence.rule].definition.id.clone(),
            db: weighed.db,
            detail: weighed.detail.clone(),
        }));
        steps.extend(score.adjustments.iter().skip(1).map(adjustment));
        steps
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

fn verdict_of(score: &Score) -> Verdict {
    match score.verdict {
        score::Verdict::Clean => Verdict::Clean,
        score::Verdict::Damaged => Verdict::Damaged,
        score::Verdict::Suspicious => Verdict::Suspicious,
        score::Verdict::Injected => Verdict::Injected,
        score::Verdict::Spam => Verdict::Spam,
        score::Verdict::Junk => Verdict::Junk,
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

fn source_of(origin: &Origin) -> Source {
    Source {
        path: origin.path.clone(),
        url: origin.url.clone(),
        record: origin.record.clone(),
        offset: origin.offset,
        date: origin.date.clone(),
    }
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

/// At most [`MAX_EXCERPT`] characters, on one line.
fn excerpt(text: &str) -> String {
    let mut excerpt: String = text
        .chars()
        .take(MAX_EXCERPT)
        .map(|c| if c == '\n' || c == '\r' { ' ' } else { c })
        .collect();
    if text.chars().nth(MAX_EXCERPT).is_some() {
        excerpt.pop();
        excerpt.push('…');
    }
    excerpt
}
