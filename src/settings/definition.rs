//! What a settings file may say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::report::Verdict;
use crate::score::Policies;
use crate::settings::Date;

/// Settings of crawlint, `crawlint.toml`. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// Packs, or folders of packs, in force beside the built-in ones; paths from the folder of
    /// this file.
    pub packs: Option<Vec<String>>,
    /// Whether the built-in packs are in force. Default: true.
    pub builtin: Option<bool>,
    /// Languages expected, as codes like `en` or `zh-Hant`; `zh` is Chinese in any script. A page
    /// in another gets the label `unexpected_language`, which has no part in the verdict.
    pub languages: Option<Vec<String>>,
    /// What happens to pages about a topic.
    pub policy: Policies,
    /// Rules switched off, or given another weight, by id (`topics/loan-cluster`), beginning of
    /// one (`topics/`) or family (`LEX`). The narrower wins.
    pub rules: BTreeMap<String, RuleSetting>,
    /// From where on a page has which verdict.
    pub thresholds: ThresholdSettings,
    /// What ends a scan with exit status 1.
    pub gate: GateSettings,
    /// What bounds a run.
    pub limits: LimitSettings,
    /// Other settings for some paths; where several fit, later ones win.
    #[serde(rename = "override")]
    pub overrides: Vec<Override>,
    /// Findings that are known and accepted.
    pub allow: Vec<Allow>,
}

/// What a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "a rule is \"on\", \"off\", or a number from 0 to 10 that its weight is multiplied with"
)]
pub enum RuleSetting {
    /// As its pack says, or not at all.
    Switch(Switch),
    /// So many times what its pack says, 0 to 10.
    Weight(f64),
}

impl RuleSetting {
    /// The number the weight of the rule is multiplied with.
    pub fn factor(self) -> f64 {
        match self {
            Self::Switch(Switch::On) => 1.0,
            Self::Switch(Switch::Off) => 0.0,
            Self::Weight(factor) => factor,
        }
    }
}

/// Whether a rule is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// From where on a page has which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ThresholdSettings {
    /// Risk from which a page is suspicious, in decibans. Default: 0.
    pub suspicious: Option<f64>,
    /// Risk from which a page is injected or spam, in decibans. Default: 7.
    pub convicted: Option<f64>,
    /// Points from which a page is junk, 0 to 100. Default: 50.
    pub junk: Option<f64>,
    /// Points from which a page is damaged, 0 to 100. Default: 40.
    pub damaged: Option<f64>,
}

/// What ends a scan with exit status 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct GateSettings {
    /// Verdicts that make the exit status 1; none of them: `[]`. Default: injected, spam, junk.
    pub fail_on: Option<Vec<Verdict>>,
    /// Whether records that could not be read pass. Default: false.
    pub allow_unreadable: Option<bool>,
    /// Baseline of findings known before; a path from the folder of this file.
    pub baseline: Option<String>,
}

/// What bounds a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LimitSettings {
    /// Largest record to read. Default: 32 MiB.
    pub max_bytes: Option<Size>,
    /// Pages judged at a time. Default: one per processor.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1024)))]
    pub jobs: Option<u16>,
}

/// A number of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "a size is a number of bytes, or text with a unit: \"500k\", \"32MiB\""
)]
pub enum Size {
    /// Bytes.
    Bytes(u64),
    /// With a unit: `500k`, `32MiB`.
    Text(String),
}

impl Size {
    /// The number of bytes: `k`, `M`, `G` count in thousands, `KiB`, `MiB`, `GiB` in 1024s.
    ///
    /// # Errors
    /// Where it is no size, or one that no record may have: 0, or more than 1 GiB.
    pub fn bytes(&self) -> Result<u64, String> {
        const FORM: &str = "write a number of bytes, or one with a unit: 500k, 32MiB";
        let (number, unit) = match self {
            Self::Bytes(bytes) => (*bytes, 1),
            Self::Text(text) => {
                let text = text.trim();
                let unit = text.trim_start_matches(|char: char| char.is_ascii_digit());
                let digits = &text[..text.len() - unit.len()];
                let number: u64 = digits.parse().map_err(|_| FORM.to_owned())?;
                let unit = match unit.trim().to_ascii_lowercase().as_str() {
                    "" | "b" => 1,
                    "k" | "kb" => 1_000,
                    "m" | "mb" => 1_000_000,
                    "g" | "gb" => 1_000_000_000,
                    "kib" => 1 << 10,
                    "mib" => 1 << 20,
                    "gib" => 1 << 30,
                    _ => return Err(FORM.to_owned()),
                };
                (number, unit)
            }
        };
        // Offsets in results are 32 bits wide.
        match number.checked_mul(unit) {
            Some(0) => Err("nothing fits in 0 bytes".to_owned()),
            Some(bytes) if bytes <= u64::from(u32::MAX / 4) => Ok(bytes),
            _ => Err("records of more than 1 GiB are not supported".to_owned()),
        }
    }
}

/// Other settings for some paths.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Override {
    /// Globs; a path that matches one of them is meant, from any of its folders on: `forum/**` is
    /// all below any folder `forum`, `*.md` any such file.
    pub paths: Vec<String>,
    /// Languages expected there.
    #[serde(default)]
    pub languages: Option<Vec<String>>,
    /// What happens to pages about a topic there.
    #[serde(default)]
    pub policy: Policies,
    /// Rules switched off or given another weight there.
    #[serde(default)]
    pub rules: BTreeMap<String, RuleSetting>,
    /// From where on a page there has which verdict.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// Findings that are known and accepted. Needs at least one of `paths`, `hosts`, `fingerprint`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Allow {
    /// Id of the rule, beginning of one that ends with a slash, or family.
    pub rule: String,
    /// Globs; only findings on pages at a path that matches one of them.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Hosts; only findings on pages of one of them or below one.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Only the finding with this `fingerprint`, as results have it.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Why they are accepted.
    pub reason: String,
    /// Last day on which they are.
    #[serde(default)]
    pub expires: Option<Date>,
}
