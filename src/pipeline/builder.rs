//! Settings of a scanner.

use crate::baseline::Baseline;
use crate::pipeline::Scanner;
use crate::quality::Profile;
use crate::rules::{RuleSet, RulesError};
use crate::score::{Policy, Thresholds};
use crate::settings::{Date, InForce, SettingsFile, Wanted};
use crate::suppress::Suppressions;

/// Largest record scanned unless the builder says otherwise, in bytes.
pub const DEFAULT_MAX_BYTES: usize = 32 << 20;

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
