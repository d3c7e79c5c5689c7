//! From what Python was asked for to a scanner. Texts come in, not paths: Python reads the files,
//! so that a scanner can go to other machines.

use std::time::{SystemTime, UNIX_EPOCH};

use crawlint::baseline::Baseline;
use crawlint::quality::Profile;
use crawlint::report::Verdict;
use crawlint::rules::RulesError;
use crawlint::score::Policy;
use crawlint::settings::{Date, SettingsFile};
use crawlint::{DEFAULT_MAX_BYTES, Scanner};
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::errors;

const SECONDS_OF_DAY: u64 = 24 * 60 * 60;

/// What a scanner is built from, as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    /// Names and texts.
    packs: Vec<(String, String)>,
    default_rules: bool,
    /// Name and text of the settings.
    config: Option<(String, String)>,
    languages: Option<Vec<String>>,
    policy: Vec<(String, String)>,
    /// Text of the baseline.
    baseline: Option<String>,
    max_bytes: Option<u64>,
    signals: bool,
    profile: Option<String>,
    trust_inline: bool,
}

/// What a settings file says to those who read files: see `_native.pyi`.
#[pyfunction]
pub(crate) fn read_config(name: &str, text: &str) -> PyResult<String> {
    let file = read(name, text)?;
    let fault = |keys: &[&str], message: String| {
        errors::of_config(&RulesError { problems: vec![file.problem(keys, message)] })
    };
    let settings = &file.settings;
    let max_bytes = settings.limits.max_bytes.as_ref().map(crawlint::settings::Size::bytes);
    let max_bytes = max_bytes.transpose().map_err(|why| fault(&["limits", "max_bytes"], why))?;
    let jobs = settings.limits.jobs;
    if jobs.is_some_and(|jobs| !(1..=1024).contains(&jobs)) {
        let message = "the number of jobs is from 1 to 1024".to_owned();
        return Err(fault(&["limits", "jobs"], message));
    }
    let gate = &settings.gate;
    let fail_on = gate.fail_on.as_ref();
    let fail_on = fail_on.map(|gate| gate.iter().copied().map(Verdict::name).collect::<Vec<_>>());
    let said = json!({
        "packs": settings.packs, "builtin": settings.builtin, "baseline": gate.baseline,
        "fail_on": fail_on, "max_bytes": max_bytes, "jobs": jobs,
    });
    Ok(said.to_string())
}

fn read(name: &str, text: &str) -> PyResult<SettingsFile> {
    SettingsFile::read(name, text).map_err(|error| errors::of_config(&error))
}

impl Spec {
    pub(crate) fn build(self) -> PyResult<Scanner> {
        let max_bytes = self
            .max_bytes
            .map_or(DEFAULT_MAX_BYTES, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let mut builder = Scanner::builder()
            .default_rules(self.default_rules)
            .max_bytes(max_bytes)
            .quality(self.signals)
            .profile(self.profile.as_deref().map(profile).transpose()?)
            .trust_inline(self.trust_inline);
        for (name, source) in &self.packs {
            builder = builder.pack(name, source);
        }
        if let Some((name, text)) = &self.config {
            builder = builder.settings(read(name, text)?);
        }
        if let Some(languages) = self.languages {
            builder = builder.languages(languages);
        }
        for (topic, policy) in &self.policy {
            builder = builder.policy(topic, self::policy(policy)?);
        }
        if let Some(text) = &self.baseline {
            let baseline = Baseline::read(text);
            let fault = |error| errors::setting(format!("{error}"));
            builder = builder.baseline(baseline.map_err(fault)?);
        }
        if let Ok(passed) = SystemTime::now().duration_since(UNIX_EPOCH) {
            let days = u32::try_from(passed.as_secs() / SECONDS_OF_DAY).unwrap_or(u32::MAX);
            builder = builder.today(Date::from_days(days));
        }
        builder.build().map_err(|error| {
            let is_pack = |file: &String| self.packs.iter().any(|(name, _)| name == file);
            if error.problems.iter().any(|problem| is_pack(&problem.file)) {
                errors::of_rules(&error)
            } else {
                errors::of_config(&error)
            }
        })
    }
}

fn profile(name: &str) -> PyResult<Profile> {
    let known = Profile::ALL.into_iter().find(|profile| profile.name() == name);
    known.ok_or_else(|| unknown("filter", name, &Profile::ALL.map(Profile::name)))
}

fn policy(name: &str) -> PyResult<Policy> {
    let known = Policy::ALL.into_iter().find(|policy| policy.name() == name);
    known.ok_or_else(|| unknown("policy", name, &Policy::ALL.map(Policy::name)))
}

/// The complaint about a name that is none.
fn unknown(what: &str, name: &str, known: &[&str]) -> PyErr {
    errors::setting(format!("there is no {what} `{name}`; there are {}", known.join(", ")))
}
