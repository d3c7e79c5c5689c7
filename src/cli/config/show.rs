//! `crawlint config show`: every setting in force, as a settings file, and where it comes from.

use std::fmt::Write as _;
use std::path::Path;

use clap::ArgMatches;
use crawlint::report::Verdict;
use crawlint::report::terminal::escape;
use crawlint::score::{Policy, Thresholds};
use crawlint::settings::{RuleSetting, Settings, SettingsFile, Switch, ThresholdSettings};
use serde_json::{Value, json};

use crate::cli::args::ShowArgs;
use crate::cli::config::Given;
use crate::cli::{Exit, packs, print};

pub(crate) fn show(options: &ShowArgs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    // Also tells the faults of names, which only the rules know.
    let scanner = packs::set_up(&options.scanner, |builder| builder)?;
    let table = Table {
        file: options.scanner.settings.file.as_deref(),
        given: Given::new(matches),
        out: String::new(),
    };
    print(&table.all(options, &scanner.rules().topics()))?;
    Ok(Exit::Passed)
}

struct Table<'a> {
    file: Option<&'a SettingsFile>,
    given: Given<'a>,
    out: String,
}

impl Table<'_> {
    fn all(mut self, options: &ShowArgs, topics: &[&str]) -> String {
        let set = self.file.map(|file| file.settings.clone()).unwrap_or_default();
        let path = options.scanner.settings.config.as_deref();
        let path = path.map_or("no settings file".to_owned(), |path| path.display().to_string());
        let _ = writeln!(self.out, "# {}", escape(&path));
        let rules = &options.scanner.rules;
        let flag = !rules.rules.is_empty() && self.given.has("rules");
        self.line(&["packs"], &paths(&rules.rules), "rules", flag);
        let builtin = json!(!rules.no_default_rules);
        self.flagged(&["builtin"], &builtin, "no_default_rules");
        self.line(&["languages"], &json!(set.languages.clone().unwrap_or_default()), "", false);

        self.header("policy");
        for topic in topics {
            let policy = set.policy.get(*topic).copied().unwrap_or_default();
            self.plain(&["policy", topic], &json!(Policy::name(policy)));
        }
        self.header("rules");
        for (name, setting) in &set.rules {
            self.plain(&["rules", name], &rule(*setting));
        }
        self.header("thresholds");
        self.thresholds(&set.thresholds);

        self.header("gate");
        let names: Vec<&str> = options.gate.fail_on.0.iter().copied().map(Verdict::name).collect();
        self.flagged(&["gate", "fail_on"], &json!(names), "fail_on");
        let allowed = json!(options.gate.allow_unreadable);
        self.flagged(&["gate", "allow_unreadable"], &allowed, "allow_unreadable");
        match &options.gate.baseline {
            Some(path) => self.flagged(&["gate", "baseline"], &shown(path), "baseline"),
            None => self.out.push_str("# baseline: none\n"),
        }
        self.header("limits");
        self.flagged(&["limits", "max_bytes"], &json!(options.scanner.max_bytes), "max_bytes");
        match set.limits.jobs {
            Some(jobs) => self.plain(&["limits", "jobs"], &json!(jobs)),
            None => self.out.push_str("# jobs: one per processor\n"),
        }
        self.tables(&set);
        self.out
    }

    fn thresholds(&mut self, set: &ThresholdSettings) {
        let default = Thresholds::default();
        for (key, value, default) in [
            ("suspicious", set.suspicious, default.suspicious),
            ("convicted", set.convicted, default.convicted),
            ("junk", set.junk, default.junk),
            ("damaged", set.damaged, default.damaged),
        ] {
            self.plain(&["thresholds", key], &json!(value.unwrap_or(default)));
        }
    }

    /// Overrides and allow-lists: tables of their own.
    fn tables(&mut self, set: &Settings) {
        for (index, entry) in set.overrides.iter().enumerate() {
            self.array_header("override", index);
            let mut line = |key: &str, value: &Value| {
                let _ = writeln!(self.out, "{key} = {}", toml(value));
            };
            line("paths", &json!(entry.paths));
            if let Some(languages) = &entry.languages {
                line("languages", &json!(languages));
            }
            for (topic, policy) in &entry.policy {
                line(&format!("policy.{}", key(topic)), &json!(policy.name()));
            }
            for (name, setting) in &entry.rules {
                line(&format!("rules.{}", key(name)), &rule(*setting));
            }
            for (name, value) in [
                ("suspicious", entry.thresholds.suspicious),
                ("convicted", entry.thresholds.convicted),
                ("junk", entry.thresholds.junk),
                ("damaged", entry.thresholds.damaged),
            ] {
                if let Some(value) = value {
                    line(&format!("thresholds.{name}"), &json!(value));
                }
            }
        }
        for (index, entry) in set.allow.iter().enumerate() {
            self.array_header("allow", index);
            let mut line = |key: &str, value: &str| {
                let _ = writeln!(self.out, "{key} = {value}");
            };
            line("rule", &toml(&json!(entry.rule)));
            if !entry.paths.is_empty() {
                line("paths", &toml(&json!(entry.paths)));
            }
            if !entry.hosts.is_empty() {
                line("hosts", &toml(&json!(entry.hosts)));
            }
            if let Some(fingerprint) = &entry.fingerprint {
                line("fingerprint", &toml(&json!(fingerprint)));
            }
            line("reason", &toml(&json!(entry.reason)));
            if let Some(day) = entry.expires {
                line("expires", &day.to_string());
            }
        }
    }

    fn header(&mut self, name: &str) {
        let _ = writeln!(self.out, "\n[{name}]");
    }

    fn array_header(&mut self, name: &str, index: usize) {
        let origin = self.in_file(&[name, &index.to_string()]).unwrap_or_default();
        let _ = writeln!(self.out, "\n[[{name}]]  # {origin}");
    }

    /// A value that no flag sets.
    fn plain(&mut self, keys: &[&str], value: &Value) {
        self.line(keys, value, "", false);
    }

    /// A value that a flag may set.
    fn flagged(&mut self, keys: &[&str], value: &Value, flag: &str) {
        let given = self.given.has(flag);
        self.line(keys, value, flag, given);
    }

    fn line(&mut self, keys: &[&str], value: &Value, flag: &str, given: bool) {
        let flag = format!("--{}", flag.replace('_', "-"));
        let origin = match (self.in_file(keys), given) {
            // Packs of both are in force.
            (Some(place), true) if keys == ["packs"] => format!("{place} and {flag}"),
            (_, true) => flag,
            (Some(place), false) => place,
            (None, false) => "default".to_owned(),
        };
        let name = keys.last().map(|name| key(name)).unwrap_or_default();
        let _ = writeln!(self.out, "{name} = {}  # {origin}", toml(value));
    }

    /// Where the file sets a value.
    fn in_file(&self, keys: &[&str]) -> Option<String> {
        let file = self.file?;
        Some(format!("{}:{}", escape(&file.name), file.line(keys)?))
    }
}

fn rule(setting: RuleSetting) -> Value {
    match setting {
        RuleSetting::Switch(Switch::On) => json!("on"),
        RuleSetting::Switch(Switch::Off) => json!("off"),
        RuleSetting::Weight(factor) => json!(factor),
    }
}

fn paths(paths: &[std::path::PathBuf]) -> Value {
    paths.iter().map(|path| shown(path)).collect()
}

fn shown(path: &Path) -> Value {
    json!(path.display().to_string())
}

/// A key, in quotes where it needs them.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { toml(&json!(name)) }
}

/// A value as TOML, in which nothing is raw that a terminal would act on.
pub(crate) fn toml(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            format!("[{}]", values.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => format!("\"{}\"", text.chars().map(quoted).collect::<String>()),
        value => value.to_string(),
    }
}

fn quoted(c: char) -> String {
    let plain = c.to_string();
    match c {
        '"' | '\\' => format!("\\{c}"),
        _ if escape(&plain) == plain => plain,
        _ => format!("\\U{:08X}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_as_toml_reads_it() {
        assert_eq!(
            toml(&json!(["a\"\\b", "\u{1b}", 1.5])),
            "[\"a\\\"\\\\b\", \"\\U0000001B\", 1.5]"
        );
        assert_eq!((key("a-b"), key("a/b")), ("a-b".to_owned(), "\"a/b\"".to_owned()));
    }
}
