//! What a pack file may say. A pack is TOML: a `[pack]` header, `[[lexicon]]` tables of terms by
//! topic and language, and `[[rule]]` tables that say what is evidence of what.

use serde::Deserialize;

/// A pack file.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PackDefinition {
    /// What the pack is for.
    pub pack: PackHeader,
    /// Terms, by topic and language.
    #[serde(default)]
    pub lexicon: Vec<LexiconDefinition>,
    /// Rules.
    #[serde(default)]
    pub rule: Vec<RuleDefinition>,
}

/// Header of a pack.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PackHeader {
    /// Name of the pack; every rule id begins with it and a slash.
    pub name: String,
    /// What the pack finds, in one sentence.
    pub summary: String,
}

/// Terms of one topic in one language.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LexiconDefinition {
    /// Topic the terms belong to: `gambling`, `adult` … Topics of all packs are joined.
    pub topic: String,
    /// ISO 639-1 code, or `mul` for brands and other words of no language.
    pub language: String,
    /// Terms that almost only advertisers use.
    #[serde(default)]
    pub strong: Vec<String>,
    /// Terms that need a second one, or an exposed place.
    #[serde(default)]
    pub medium: Vec<String>,
    /// Terms that only count beside others.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Innocent longer words that contain a term: a hit inside one of these does not count.
    #[serde(default)]
    pub benign: Vec<String>,
    /// Texts in which these terms make a cluster.
    #[serde(default)]
    pub bad: Vec<String>,
    /// Near misses: texts that hold such words and make none.
    #[serde(default)]
    pub good: Vec<String>,
}

/// A rule.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleDefinition {
    /// `pack/name`.
    pub id: String,
    /// Family and number, such as `INJ-05`. Rules that share one measure the same thing, and
    /// their findings add up with diminishing weight.
    pub detector: String,
    /// What the rule finds: completes "found …".
    pub summary: String,
    /// Why it matters.
    pub why: String,
    /// What to do about it.
    #[serde(default)]
    pub advice: Option<String>,
    /// What keeps the rule from firing on good pages.
    #[serde(default)]
    pub guard: Option<String>,
    /// Version that brought the rule.
    #[serde(default)]
    pub since: Option<String>,

    // What to look for: exactly one of the next five.
    /// Terms of this topic, counted in windows.
    #[serde(default)]
    pub topic: Option<String>,
    /// Phrases.
    #[serde(default)]
    pub keywords: Option<Vec<String>>,
    /// A regular expression, run line by line on the page's text as it stands. `\b \d \w \s` are
    /// ASCII. It must imply a literal of three bytes or more, or say `scan = "full"`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// A signal: its spans are the findings, its value is looked up in `steps`.
    #[serde(default)]
    pub signal: Option<String>,
    /// A CSS selector: every element it selects is a finding (HTML only).
    #[serde(default)]
    pub selector: Option<String>,

    /// With `topic`: what to measure.
    #[serde(default)]
    pub measure: Option<TopicMeasure>,
    /// With `pattern`: `full` lets it run over every line of its zones.
    #[serde(default)]
    pub scan: Option<Scan>,
    /// With `pattern`: tell upper case from lower. Default: no.
    #[serde(default)]
    pub case_sensitive: bool,
    /// With `pattern`: give `\b \d \w \s` their Unicode meaning.
    #[serde(default)]
    pub unicode_classes: bool,

    // Where and when.
    /// Zones to look in; default: all but `script`, `comment` and `code`.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Languages of the page or block to look at; default: all.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Formats to look at; default: all.
    #[serde(default)]
    pub formats: Vec<String>,
    /// A condition over signals: `body.prose_chars < 400 and title.chars > 0`.
    #[serde(default)]
    pub when: Option<String>,
    /// Only hits with a term of another topic close by.
    #[serde(default)]
    pub near: Option<Near>,
    /// Not on pages that hold so many distinct terms of a topic.
    #[serde(default)]
    pub unless: Option<Unless>,
    /// Least number of distinct hits on the page. Default 1.
    #[serde(default)]
    pub min: Option<usize>,

    // What it is worth.
    /// Decibans per finding.
    #[serde(default)]
    pub db: Option<f64>,
    /// Decibans by value of the signal: the last pair whose first number is reached.
    #[serde(default)]
    pub steps: Vec<(f64, f64)>,
    /// With `signal` and `steps`: look up each place's own value instead of sharing out that of
    /// the whole.
    #[serde(default)]
    pub each: bool,
    /// Most decibans the rule's findings may bring together.
    #[serde(default)]
    pub cap: Option<f64>,
    /// Damage points, 0 to 100.
    #[serde(default)]
    pub damage: Option<f64>,
    /// Damage points by value of the signal.
    #[serde(default)]
    pub damage_steps: Vec<(f64, f64)>,
    /// Damage of one group does not add up; default: the detector.
    #[serde(default)]
    pub damage_group: Option<String>,
    /// Junk points, 0 to 100.
    #[serde(default)]
    pub junk: Option<f64>,
    /// What the evidence may do alone.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// Label the page gets.
    #[serde(default)]
    pub label: Option<String>,

    // Proof.
    /// Pages the rule fires on; at least one.
    pub bad: Vec<Example>,
    /// Near misses it leaves alone; at least one.
    pub good: Vec<Example>,
}

/// What to measure of a topic's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TopicMeasure {
    /// Distinct terms close together: `4·log2(1+strong) + 1.5·medium + 0.3·min(weak, 6)` dB.
    Cluster,
    /// Share of the visible letters that strong and medium terms cover; looked up in `steps`.
    Coverage,
}

/// How far a pattern looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scan {
    /// Only on lines that hold one of the pattern's literals.
    Literals,
    /// On every line of the rule's zones.
    Full,
}

/// Another topic's term close by.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// The other topic.
    pub topic: String,
    /// Distance in characters.
    pub within: usize,
}

/// Terms that keep a rule silent.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unless {
    /// The topic.
    pub topic: String,
    /// Distinct terms from which on the rule is silent.
    pub min: usize,
}

/// Weight class of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Tier {
    /// Only counts beside another family.
    D,
    /// Supporting.
    C,
    /// Strong.
    B,
    /// May decide alone.
    A,
}

/// A page a rule is tried on.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Example {
    /// Plain text.
    Text(String),
    /// Anything else.
    Page(ExamplePage),
}

/// An example that is not plain text, or needs an address.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExamplePage {
    /// HTML source.
    #[serde(default)]
    pub html: Option<String>,
    /// Markdown source.
    #[serde(default)]
    pub markdown: Option<String>,
    /// JSON source.
    #[serde(default)]
    pub json: Option<String>,
    /// Plain text.
    #[serde(default)]
    pub text: Option<String>,
    /// Address of the page.
    #[serde(default)]
    pub url: Option<String>,
}
