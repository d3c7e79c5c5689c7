//! Settings in force: names resolved against the rules, globs compiled, every fault with its
//! place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::rules::{Evidence, Problem, RuleSet};
use crate::score::{Policies, Policy, Thresholds};
use crate::settings::{Allow, RuleSetting, SettingsFile, ThresholdSettings, known};

/// What is wanted of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) policies: Policies,
    pub(crate) thresholds: Thresholds,
    /// What the weight of a rule is multiplied with, by its index, where that is not 1.
    factors: BTreeMap<usize, f64>,
    /// Languages expected; any where there are none.
    languages: Vec<String>,
}

impl Wishes {
    /// Gives evidence the weight its rule has here, and leaves out that of rules without any.
    pub(crate) fn weigh(&self, evidence: &mut Vec<Evidence>) {
        if self.factors.is_empty() {
            return;
        }
        evidence.retain_mut(|found| {
            let factor = self.factor(found.rule);
            found.db *= factor;
            found.damage = (found.damage * factor).min(100.0);
            found.junk = (found.junk * factor).min(100.0);
            factor > 0.0
        });
    }

    fn factor(&self, rule: usize) -> f64 {
        self.factors.get(&rule).copied().unwrap_or(1.0)
    }

    /// Whether a page's language is one that nobody expects there.
    pub(crate) fn unexpected(&self, language: &str) -> bool {
        let fits = |expected: &String| {
            language == expected
                || language
                    .strip_prefix(expected.as_str())
                    .is_some_and(|rest| rest.starts_with('-'))
        };
        !self.languages.is_empty()
            && language != crate::text::UNKNOWN
            && !self.languages.iter().any(fits)
    }

    fn lay(&mut self, over: &Layer) {
        self.policies.extend(over.policies.iter().map(|(topic, policy)| (topic.clone(), *policy)));
        self.factors.extend(&over.factors);
        if let Some(languages) = &over.languages {
            self.languages.clone_from(languages);
        }
        let set = |mine: &mut f64, theirs: Option<f64>| *mine = theirs.unwrap_or(*mine);
        set(&mut self.thresholds.suspicious, over.thresholds.suspicious);
        set(&mut self.thresholds.convicted, over.thresholds.convicted);
        set(&mut self.thresholds.junk, over.thresholds.junk);
        set(&mut self.thresholds.damaged, over.thresholds.damaged);
    }
}

/// What one file or one of its overrides sets.
#[derive(Debug, Default)]
struct Layer {
    policies: Policies,
    thresholds: ThresholdSettings,
    factors: BTreeMap<usize, f64>,
    languages: Option<Vec<String>>,
}

/// An `[[allow]]` entry, compiled.
#[derive(Debug)]
pub(crate) struct Allowance {
    /// What it says.
    pub(crate) entry: Allow,
    /// `crawlint.toml:12`.
    pub(crate) place: String,
    /// Which rules it is about, by index.
    pub(crate) rules: Vec<usize>,
    /// Its paths; none where it is about all.
    pub(crate) paths: Option<Paths>,
}

/// Paths that globs match.
#[derive(Debug)]
pub(crate) struct Paths {
    globs: GlobSet,
    /// Where relative paths begin, from the folder of the settings on.
    at: String,
}

impl Paths {
    /// Whether the path of a record is one of them, as it is or from the folder of the settings.
    pub(crate) fn hold(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./");
        self.globs.is_match(path)
            || !self.at.is_empty() && self.globs.is_match(joined(&self.at, path))
    }
}

/// A path below a folder, with each `..` taken out that has a folder to leave.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match (part, parts.last()) {
            ("..", Some(last)) if *last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// What the builder of a scanner was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) files: Vec<SettingsFile>,
    /// Set one by one; these win over files.
    pub(crate) policies: Vec<(String, Policy)>,
    pub(crate) weights: Vec<(String, f64)>,
    pub(crate) thresholds: Option<Thresholds>,
    pub(crate) languages: Option<Vec<String>>,
}

/// What is wanted of pages by their path.
#[derive(Debug, Default)]
pub(crate) struct InForce {
    everywhere: Wishes,
    overrides: Vec<(Paths, Layer)>,
}

impl InForce {
    /// Resolves settings against the rules in force; with them come the `[[allow]]` entries.
    pub(crate) fn resolve(
        wanted: &Wanted,
        rules: &RuleSet,
    ) -> Result<(Self, Vec<Allowance>), Vec<Problem>> {
        let mut names = Names::new(rules);
        let mut force = Self::default();
        let mut allowances = Vec::new();
        for file in &wanted.files {
            let settings = &file.settings;
            let at = At { file, keys: Vec::new() };
            let layer = Layer {
                policies: names.policies(&at, &settings.policy),
                thresholds: settings.thresholds,
                factors: names.factors(&at, &settings.rules),
                languages: settings.languages.clone(),
            };
            force.everywhere.lay(&layer);
            names.thresholds(&at, &force.everywhere);
            for (index, entry) in settings.overrides.iter().enumerate() {
                let at = At { file, keys: vec!["override".to_owned(), index.to_string()] };
                let layer = Layer {
                    policies: names.policies(&at, &entry.policy),
                    thresholds: entry.thresholds,
                    factors: names.factors(&at, &entry.rules),
                    languages: entry.languages.clone(),
                };
                let mut both = force.everywhere.clone();
                both.lay(&layer);
                names.thresholds(&at, &both);
                if entry.paths.is_empty() {
                    names
                        .problems
                        .push(at.problem(&["paths"], "name at least one path".to_owned()));
                }
                let paths = names.globs(&at, &entry.paths);
                force.overrides.push((paths, layer));
            }
            for (index, entry) in settings.allow.iter().enumerate() {
                let at = At { file, keys: vec!["allow".to_owned(), index.to_string()] };
                allowances.push(names.allowance(&at, entry));
            }
        }
        let mut flags = Layer { languages: wanted.languages.clone(), ..Layer::default() };
        for (topic, policy) in &wanted.policies {
            match names.topic(topic) {
                Ok(()) => drop(flags.policies.insert(topic.clone(), *policy)),
                Err(message) => names.problems.push(unplaced("policy", message)),
            }
        }
        for (rule, factor) in &wanted.weights {
            let weight = RuleSetting::Weight(*factor);
            match names.rules(rule).and_then(|rules| in_range(weight).map(|()| rules)) {
                Ok(rules) => flags.factors.extend(rules.into_iter().map(|rule| (rule, *factor))),
                Err(message) => names.problems.push(unplaced("weight", message)),
            }
        }
        force.everywhere.lay(&flags);
        if let Some(thresholds) = wanted.thresholds {
            force.everywhere.thresholds = thresholds;
            names.problems.extend(thresholds.fault().map(|why| unplaced("thresholds", why)));
        }
        if names.problems.is_empty() { Ok((force, allowances)) } else { Err(names.problems) }
    }

    /// What the weight of a rule is multiplied with where no override says otherwise.
    pub(crate) fn factor(&self, rule: usize) -> f64 {
        self.everywhere.factor(rule)
    }

    /// What is wanted of the page at a path.
    pub(crate) fn at(&self, path: &str) -> Cow<'_, Wishes> {
        let mut wishes = Cow::Borrowed(&self.everywhere);
        for (_, layer) in self.overrides.iter().filter(|(paths, _)| paths.hold(path)) {
            wishes.to_mut().lay(layer);
        }
        wishes
    }
}

/// A table of a file.
struct At<'a> {
    file: &'a SettingsFile,
    keys: Vec<String>,
}

impl At<'_> {
    fn problem(&self, keys: &[&str], message: String) -> Problem {
        let path: Vec<&str> =
            self.keys.iter().map(String::as_str).chain(keys.iter().copied()).collect();
        self.file.problem(&path, message)
    }
}

/// Names that settings may use, and the faults of those that do not.
struct Names<'a> {
    rules: &'a RuleSet,
    topics: Vec<&'a str>,
    problems: Vec<Problem>,
}

impl<'a> Names<'a> {
    fn new(rules: &'a RuleSet) -> Self {
        Self { rules, topics: rules.topics(), problems: Vec::new() }
    }

    fn topic(&self, topic: &str) -> Result<(), String> {
        known("topic", topic, &self.topics)
    }

    fn policies(&mut self, at: &At<'_>, policies: &Policies) -> Policies {
        for topic in policies.keys() {
            if let Err(message) = self.topic(topic) {
                self.problems.push(at.problem(&["policy", topic], message));
            }
        }
        policies.clone()
    }

    /// The rules that a name stands for: an id, a beginning that ends with a slash, a family.
    fn rules(&self, name: &str) -> Result<Vec<usize>, String> {
        let fits = |rule: &crate::rules::Rule| {
            let id = rule.definition.id.as_str();
            id == name || name.ends_with('/') && id.starts_with(name) || rule.family == name
        };
        let all = self.rules.rules().iter().enumerate();
        let found: Vec<usize> = all.filter(|(_, rule)| fits(rule)).map(|(at, _)| at).collect();
        if found.is_empty() {
            let ids: Vec<&str> =
                self.rules.rules().iter().map(|rule| rule.definition.id.as_str()).collect();
            known("rule", name, &ids)?;
        }
        Ok(found)
    }

    fn factors(
        &mut self,
        at: &At<'_>,
        settings: &BTreeMap<String, RuleSetting>,
    ) -> BTreeMap<usize, f64> {
        // Wide names first, so that narrow ones win: families, beginnings by length, ids.
        let mut names: Vec<&String> = settings.keys().collect();
        names.sort_by_key(|name| (name.contains('/'), !name.ends_with('/'), name.len()));
        let mut factors = BTreeMap::new();
        for name in names {
            let setting = settings[name];
            match self.rules(name).and_then(|rules| in_range(setting).map(|()| rules)) {
                Ok(rules) => {
                    factors.extend(rules.into_iter().map(|rule| (rule, setting.factor())));
                }
                Err(message) => self.problems.push(at.problem(&["rules", name], message)),
            }
        }
        factors
    }

    fn thresholds(&mut self, at: &At<'_>, wishes: &Wishes) {
        let fault = wishes.thresholds.fault();
        self.problems.extend(fault.map(|message| at.problem(&["thresholds"], message)));
    }

    fn globs(&mut self, at: &At<'_>, patterns: &[String]) -> Paths {
        let globs = globs(patterns).unwrap_or_else(|(index, message)| {
            self.problems.push(at.problem(&["paths", &index.to_string()], message));
            GlobSet::empty()
        });
        Paths { globs, at: at.file.at.clone() }
    }

    fn allowance(&mut self, at: &At<'_>, entry: &Allow) -> Allowance {
        let mut fault = |key: &str, message: &str| {
            self.problems.push(at.problem(&[key], message.to_owned()));
        };
        if entry.paths.is_empty() && entry.hosts.is_empty() && entry.fingerprint.is_none() {
            fault(
                "rule",
                "say where: `paths`, `hosts` or a `fingerprint`; to switch a rule off everywhere use [rules]",
            );
        }
        if entry.reason.trim().is_empty() {
            fault("reason", "say why these findings are accepted");
        }
        let digits =
            |text: &String| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if entry.fingerprint.as_ref().is_some_and(|text| !digits(text)) {
            fault("fingerprint", "a fingerprint has 32 hexadecimal digits: copy it from a result");
        }
        let rules = self.rules(&entry.rule).unwrap_or_else(|message| {
            self.problems.push(at.problem(&["rule"], message));
            Vec::new()
        });
        let paths = (!entry.paths.is_empty()).then(|| self.globs(at, &entry.paths));
        let keys: Vec<&str> = at.keys.iter().map(String::as_str).collect();
        let place = format!("{}:{}", at.file.name, at.file.line(&keys).unwrap_or(1));
        Allowance { entry: entry.clone(), place, rules, paths }
    }
}

fn in_range(setting: RuleSetting) -> Result<(), String> {
    if (0.0..=10.0).contains(&setting.factor()) {
        Ok(())
    } else {
        Err("a weight is a number from 0 (off) to 10".to_owned())
    }
}

/// Compiles globs. Each matches whole paths, and paths from any folder on; the error is the index
/// of the first that is wrong, and why.
fn globs(patterns: &[String]) -> Result<GlobSet, (usize, String)> {
    let mut set = GlobSetBuilder::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let anywhere = format!("**/{}", pattern.trim_start_matches("./").trim_start_matches('/'));
        for pattern in [pattern.as_str(), &anywhere] {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            set.add(glob.map_err(|error| (index, format!("no glob: {}", error.kind())))?);
        }
    }
    set.build().map_err(|error| (0, error.to_string()))
}

/// A fault of something that was not set in a file.
fn unplaced(what: &str, message: String) -> Problem {
    Problem {
        file: what.to_owned(),
        line: 1,
        column: 1,
        rule: None,
        message,
        excerpt: None,
        caret: (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_from_the_folder_of_the_file() {
        let of = |at: &str, pattern: &str, path: &str| {
            let globs = globs(&[pattern.to_owned()]).expect(pattern);
            Paths { globs, at: at.to_owned() }.hold(path)
        };
        assert!(of("", "forum/**", "forum/a/b.html"));
        assert!(of("", "forum/**", "./x/forum/b.html"));
        assert!(of("", "*.md", "/srv/x/a.md"));
        assert!(!of("", "forum/*", "forum/a/b.html"));
        assert!(!of("", "forum/**", "a.html"));
        assert!(of("pages", "pages/*.html", "./a.html"));
        assert!(of("pages/x", "pages/*.html", "../a.html"));
        assert!(!of("pages", "pages/*.html", "../a.html"));
    }
}
