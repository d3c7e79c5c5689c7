//! Packs to rules to evidence.
//!
//! A pack is a TOML file ([`definition`] says what it may hold). [`RuleSet`] is all packs in
//! force, compiled once and shared by all threads; [`RuleSet::find`] applies it to a page.

mod ascii;
mod builtin;
mod compile;
mod condition;
pub mod definition;
mod derived;
mod find;
mod literals;
mod loose;
mod needs;
mod pack;
mod packed;
mod pattern;
mod screen;
mod search;
mod stored;
mod syntax;
mod zones;

pub use find::Evidence;
pub use pack::Problem;

use rayon::prelude::*;

use crate::page::Format;
use crate::rules::compile::Matcher;
use crate::rules::condition::Condition;
use crate::rules::definition::RuleDefinition;
use crate::rules::pack::Pack;
use crate::rules::zones::Zones;
use crate::terms::{Terms, TopicId};

/// A rule, compiled.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// What its pack says of it.
    pub definition: RuleDefinition,
    /// Family, from the detector: `LEX`, `INJ` …
    pub family: String,
    /// Name of the pack.
    pub pack: String,
    matcher: Matcher,
    zones: Zones,
    formats: Vec<Format>,
    when: Option<Condition>,
    near: Option<(TopicId, usize)>,
    unless: Option<(TopicId, usize)>,
    /// Of a rule on a signal: the value below which the rule says nothing.
    least: f64,
}

/// A pack in force.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackInfo {
    /// Name of the pack.
    pub name: String,
    /// What it finds.
    pub summary: String,
    /// Number of rules.
    pub rules: usize,
    /// Number of lexicon terms.
    pub terms: usize,
    /// `built-in`, or the file it was read from.
    pub origin: String,
}

/// Lexicon terms of one topic and language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct LexiconInfo {
    /// Topic.
    pub topic: String,
    /// Language code, or `mul`.
    pub language: String,
    /// Number of strong terms.
    pub strong: usize,
    /// Number of medium terms.
    pub medium: usize,
    /// Number of weak terms.
    pub weak: usize,
}

/// The rules in force, sorted by id, and the terms they need.
#[derive(Debug)]
pub struct RuleSet {
    rules: Vec<Rule>,
    terms: Terms,
    packs: Vec<PackInfo>,
    lexicons: Vec<LexiconInfo>,
}

/// Packs that do not compile.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RulesError {
    /// Every fault found.
    pub problems: Vec<Problem>,
}

impl RuleSet {
    /// Compiles packs given as pairs of file name and TOML text, after the built-in ones if
    /// `defaults` is set.
    ///
    /// # Errors
    /// Every fault of every pack, with its place.
    pub fn compile(packs: &[(String, String)], defaults: bool) -> Result<Self, RulesError> {
        let builtin = if defaults { builtin::PACKS } else { &[] };
        let sources = builtin
            .iter()
            .zip(builtin::READY)
            .map(|((file, source), ready)| (*file, *source, Some(*ready)))
            .chain(packs.iter().map(|(file, source)| (file.as_str(), source.as_str(), None)));
        let mut read = Vec::new();
        let mut infos = Vec::new();
        let mut problems = Vec::new();
        let sources: Vec<(&str, &str, Option<&str>)> = sources.collect();
        let packs: Vec<Result<Pack<'_>, Problem>> = sources
            .into_par_iter()
            .map(|(file, source, ready)| Pack::read(file, source, ready))
            .collect();
        for pack in packs {
            match pack {
                Ok(pack) => {
                    infos.push(info(&pack));
                    read.push(pack);
                }
                Err(problem) => problems.push(problem),
            }
        }
        match compile::compile(&read) {
            Ok((rules, terms)) if problems.is_empty() => {
                let mut lexicons: Vec<LexiconInfo> = read
                    .iter()
                    .flat_map(|pack| pack.definition.lexicon.iter().map(lexicon))
                    .collect();
                lexicons.sort();
                Ok(Self { rules, terms, packs: infos, lexicons })
            }
            Ok(_) => Err(RulesError { problems }),
            Err(mut more) => {
                problems.append(&mut more);
                Err(RulesError { problems })
            }
        }
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        let index = self.rules.binary_search_by(|rule| rule.definition.id.as_str().cmp(id)).ok()?;
        self.rules.get(index)
    }

    /// The packs in force, in the order they were read.
    pub fn packs(&self) -> &[PackInfo] {
        &self.packs
    }

    /// The lexicons in force, by topic and language.
    pub fn lexicons(&self) -> &[LexiconInfo] {
        &self.lexicons
    }

    /// Compiles every pattern: id and fault of each that does not.
    pub fn verify(&self) -> Vec<(&str, String)> {
        let patterns = self.rules.iter().filter_map(|rule| match &rule.matcher {
            Matcher::Pattern { pattern, .. } => Some((rule, pattern)),
            _ => None,
        });
        patterns
            .filter_map(|(rule, pattern)| {
                Some((rule.definition.id.as_str(), pattern.verify().err()?))
            })
            .collect()
    }

    /// The topics that rules look for, sorted: those a policy can be set for.
    pub fn topics(&self) -> Vec<&str> {
        let rules = self.rules.iter();
        let mut topics: Vec<&str> =
            rules.filter_map(|rule| rule.definition.topic.as_deref()).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// The terms of all packs.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }
}

/// What `src/rules/literals.json` should hold.
#[doc(hidden)]
pub fn literals_of_builtin_patterns() -> String {
    RuleSet::compile(&[], true).map(|set| derived::fresh(set.rules())).unwrap_or_default()
}

/// File name and text of the packs that are part of the program.
pub fn builtin_packs() -> &'static [(&'static str, &'static str)] {
    builtin::PACKS
}

/// The place of a text in a pack's file, as a problem without a message.
pub(crate) fn place_in_pack(file: &str, source: &str, text: &str) -> Problem {
    pack::place_of_text(file, source, text)
}

/// The place of a span in a file, as a problem without a message.
pub(crate) fn place_of_span(file: &str, source: &str, span: std::ops::Range<usize>) -> Problem {
    pack::problem(file, source, span, None, String::new())
}

/// The place of a rule's key in a pack's file, as a problem without a message.
pub(crate) fn place_of_rule(file: &str, source: &str, rule: &str, key: &str) -> Problem {
    pack::place_of_rule(file, source, rule, key)
}

fn info(pack: &Pack<'_>) -> PackInfo {
    let definition = &pack.definition;
    PackInfo {
        name: definition.pack.name.clone(),
        summary: definition.pack.summary.clone(),
        rules: definition.rule.len(),
        terms: definition.lexicon.iter().map(lexicon).map(|l| l.strong + l.medium + l.weak).sum(),
        origin: if pack.builtin { "built-in".to_owned() } else { pack.file.to_owned() },
    }
}

fn lexicon(table: &definition::LexiconDefinition) -> LexiconInfo {
    LexiconInfo {
        topic: table.topic.clone(),
        language: table.language.clone(),
        strong: table.strong.len(),
        medium: table.medium.len(),
        weak: table.weak.len(),
    }
}
