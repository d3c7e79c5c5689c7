//! Settings files, `crawlint.toml`: what the user wants. The text comes from the caller; no file
//! is read here.
//!
//! ```
//! use crawlint::{Scanner, settings::SettingsFile};
//!
//! let text = "languages = [\"en\"]\n\n[policy]\ngambling = \"spam\"\n";
//! let settings = SettingsFile::read("crawlint.toml", text)?;
//! let scanner = Scanner::builder().settings(settings).build()?;
//! # Ok::<(), crawlint::rules::RulesError>(())
//! ```

mod date;
mod definition;
mod force;
mod place;
mod words;

pub use date::Date;
pub use definition::{
    Allow, GateSettings, LimitSettings, Override, RuleSetting, Settings, Size, Switch,
    ThresholdSettings,
};

pub(crate) use force::{Allowance, InForce, Wanted, Wishes};
pub(crate) use words::known;

use crate::rules::{Problem, RulesError, place_in_pack};
use crate::settings::words::meant;

/// A settings file that was read, and what it takes to say where in it something stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SettingsFile {
    /// Its name, for messages.
    pub name: String,
    /// What it says.
    pub settings: Settings,
    source: String,
    /// Where relative paths of records begin, from the folder of the file on.
    at: String,
}

impl SettingsFile {
    /// Reads the text of a settings file; `name` is for messages. Topics, rules, globs and
    /// thresholds are checked when a scanner is built with it.
    ///
    /// # Errors
    /// The first fault of its form, with its place: bad TOML, an unknown key, a wrong value.
    pub fn read(name: &str, source: &str) -> Result<Self, RulesError> {
        match toml::from_str::<Settings>(source) {
            Ok(settings) => Ok(Self {
                name: name.to_owned(),
                settings,
                source: source.to_owned(),
                at: String::new(),
            }),
            Err(error) => {
                let message = meant(error.message());
                let place = match error.span() {
                    Some(span) => place::at(name, source, span),
                    None => place_in_pack(name, source, ""),
                };
                Err(RulesError { problems: vec![Problem { message, ..place }] })
            }
        }
    }

    /// Says where relative paths of records begin, from the folder of the file on: `pages` where
    /// the file is in `/srv` and the working directory is `/srv/pages`. Default: in its folder.
    #[must_use]
    pub fn seen_from(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.at);
        self
    }

    /// The line of a value, from 1, by the keys and indices that lead to it; `None` where the
    /// file does not set it.
    ///
    /// ```
    /// use crawlint::settings::SettingsFile;
    ///
    /// let file = SettingsFile::read("crawlint.toml", "[gate]\nfail_on = [\"spam\"]\n")?;
    /// assert_eq!(file.line(&["gate", "fail_on"]), Some(2));
    /// assert_eq!(file.line(&["gate", "baseline"]), None);
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    pub fn line(&self, keys: &[&str]) -> Option<u32> {
        place::of(&self.name, &self.source, keys).map(|problem| problem.line)
    }

    /// A fault at the place of a value.
    pub fn problem(&self, keys: &[&str], message: String) -> Problem {
        let place = (0..=keys.len())
            .rev()
            .find_map(|length| place::of(&self.name, &self.source, &keys[..length]))
            .unwrap_or_else(|| place_in_pack(&self.name, &self.source, ""));
        Problem { message, ..place }
    }
}

/// The JSON Schema of a settings file, for editors.
#[cfg(feature = "schema")]
pub fn schema() -> schemars::Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Settings>()
}

#[cfg(test)]
mod tests;
