//! Pack definitions to a compiled rule set; every fault is collected with its place.

use std::collections::{BTreeMap, HashMap};

use scraper::Selector;

use crate::page::{Format, Zone};
use crate::rules::Rule;
use crate::rules::condition::Condition;
use crate::rules::definition::{PackDefinition, RuleDefinition, Scan, TopicMeasure};
use crate::rules::derived;
use crate::rules::find::least_told;
use crate::rules::pack::{Pack, Problem};
use crate::rules::pattern::Pattern;
use crate::rules::zones::Zones;
use crate::signals;
use crate::terms::{Boundary, Strength, Terms, TermsBuilder, TopicId, Use};
use crate::text::Chars;

/// What a compiled rule looks for.
#[derive(Debug)]
pub(super) enum Matcher {
    Cluster(TopicId),
    Coverage(TopicId),
    Terms(TopicId),
    /// Number of the rule's places among those the matcher finds.
    Keywords(u32),
    Pattern {
        pattern: Box<Pattern>,
        /// Number of the places of its literals; a page without any is left alone.
        literals: Option<u32>,
        /// Literals of a pattern that also looks in code, which the automaton does not read.
        in_code: Option<Vec<String>>,
        /// Characters without which there is no match; only where every line is looked at.
        needs: Option<Chars>,
        /// Whether every line is looked at, not only those around the literals.
        full: bool,
    },
    Signal(usize),
    Selector(Selector),
}

impl Matcher {
    /// The topic without whose terms there is nothing to find.
    pub(super) fn topic(&self) -> Option<TopicId> {
        match self {
            Self::Cluster(topic) | Self::Coverage(topic) | Self::Terms(topic) => Some(*topic),
            _ => None,
        }
    }
}

/// Families that packs may use.
const FAMILIES: &[&str] = &[
    "LEX", "INJ", "STF", "MET", "HID", "LNK", "JSR", "CNV", "DMG", "ENC", "JNK", "GEN", "PIN",
    "LNG", "CLU",
];

/// Zones a rule looks in unless it says otherwise.
fn default_zones() -> Vec<Zone> {
    let code = [Zone::Script, Zone::Comment, Zone::Code];
    Zone::ALL.into_iter().filter(|zone| !code.contains(zone)).collect()
}

/// Compiles packs. All faults are reported at once.
pub(super) fn compile(packs: &[Pack<'_>]) -> Result<(Vec<Rule>, Terms), Vec<Problem>> {
    let mut compiler =
        Compiler { terms: TermsBuilder::default(), rules: Vec::new(), problems: Vec::new() };
    for pack in packs {
        compiler.lexicons(pack);
    }
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for pack in packs {
        for definition in &pack.definition.rule {
            if let Some(other) = seen.insert(&definition.id, pack.file) {
                let message = format!("the id is taken: {other} has it too");
                compiler.problems.push(pack.problem(&definition.id, "id", message));
            }
            compiler.rule(pack, definition);
        }
    }
    if !compiler.problems.is_empty() {
        return Err(compiler.problems);
    }
    let mut rules = compiler.rules;
    rules.sort_by(|a, b| a.definition.id.cmp(&b.definition.id));
    Ok((rules, compiler.terms.build()))
}

struct Compiler {
    terms: TermsBuilder,
    rules: Vec<Rule>,
    problems: Vec<Problem>,
}

impl Compiler {
    fn lexicons(&mut self, pack: &Pack<'_>) {
        let PackDefinition { lexicon, .. } = &pack.definition;
        for table in lexicon {
            let topic = self.terms.topic(&table.topic);
            let language = self.terms.language(&table.language);
            let groups = [
                (&table.strong, Use::Lexicon(topic, Strength::Strong, language)),
                (&table.medium, Use::Lexicon(topic, Strength::Medium, language)),
                (&table.weak, Use::Lexicon(topic, Strength::Weak, language)),
                (&table.benign, Use::Benign(topic)),
            ];
            for (terms, use_) in groups {
                // Innocent words hide hits wherever these are found, also inside longer words.
                let boundary = if matches!(use_, Use::Benign(_)) {
                    Boundary::Anywhere
                } else {
                    Boundary::Words
                };
                for term in terms {
                    if !self.terms.add(term, boundary, use_) {
                        let message = format!("the term “{term}” is empty after normalisation");
                        self.problems.push(pack.problem_at_text(term, message));
                    }
                }
            }
        }
    }

    fn rule(&mut self, pack: &Pack<'_>, definition: &RuleDefinition) {
        let before = self.problems.len();
        let fault = |key: &str, message: String| pack.problem(&definition.id, key, message);
        let mut problems = Vec::new();

        let prefix = format!("{}/", pack.definition.pack.name);
        if !definition.id.starts_with(&prefix) {
            problems.push(fault("id", format!("the id must begin with “{prefix}”")));
        }
        let family = definition.detector.split('-').next().unwrap_or("").to_owned();
        if !FAMILIES.contains(&family.as_str()) {
            let message = format!("no family “{family}”; there are {}", FAMILIES.join(", "));
            problems.push(fault("detector", message));
        }
        let zones = if definition.zones.is_empty() {
            default_zones()
        } else {
            let named = definition.zones.iter().filter_map(|name| {
                let zone = Zone::ALL.into_iter().find(|zone| zone.name() == name);
                if zone.is_none() {
                    let all = Zone::ALL.map(Zone::name).join(", ");
                    problems.push(fault("zones", format!("no zone “{name}”; there are {all}")));
                }
                zone
            });
            named.collect()
        };
        let formats = definition.formats.iter().filter_map(|name| {
            let format: Result<Format, _> =
                serde_json::from_value(serde_json::Value::String(name.clone()));
            if format.is_err() {
                let message =
                    format!("no format “{name}”; there are html, markdown, text, json, xml");
                problems.push(fault("formats", message));
            }
            format.ok()
        });
        let formats: Vec<Format> = formats.collect();
        let when = match definition.when.as_deref().map(Condition::parse) {
            Some(Err(message)) => {
                problems.push(fault("when", message));
                None
            }
            Some(Ok(condition)) => Some(condition),
            None => None,
        };
        let unless = definition.unless.as_ref().map(|u| (self.terms.topic(&u.topic), u.min));
        let near =
            definition.near.as_ref().map(|near| (self.terms.topic(&near.topic), near.within));
        Self::worth(definition, &fault, &mut problems);
        if definition.bad.is_empty() {
            problems.push(fault("bad", "a rule needs a page it fires on".to_owned()));
        }
        if definition.good.is_empty() {
            problems.push(fault("good", "a rule needs a near miss it leaves alone".to_owned()));
        }
        let number = self.rules.len() as u32;
        let matcher = self.matcher(definition, number, !pack.builtin, &fault, &mut problems);
        self.problems.append(&mut problems);
        if let Some(matcher) = matcher
            && self.problems.len() == before
        {
            self.rules.push(Rule {
                definition: definition.clone(),
                family,
                pack: pack.definition.pack.name.clone(),
                matcher,
                zones: Zones::new(&zones),
                formats,
                when,
                near,
                unless,
                least: least_told(definition),
            });
        }
    }

    /// Checks that the rule says what its findings are worth.
    fn worth(
        definition: &RuleDefinition,
        fault: &dyn Fn(&str, String) -> Problem,
        problems: &mut Vec<Problem>,
    ) {
        let cluster = definition.topic.is_some()
            && definition.measure.unwrap_or(TopicMeasure::Cluster) == TopicMeasure::Cluster;
        let worth = definition.db.is_some()
            || !definition.steps.is_empty()
            || definition.damage.is_some()
            || !definition.damage_steps.is_empty()
            || definition.junk.is_some()
            || definition.label.is_some()
            || cluster;
        if !worth {
            let message = "the rule needs a worth: db, steps, damage, damage_steps, junk or label";
            problems.push(fault("id", message.to_owned()));
        }
        for (key, steps) in
            [("steps", &definition.steps), ("damage_steps", &definition.damage_steps)]
        {
            if steps.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
                problems.push(fault(key, "the steps must ascend".to_owned()));
            }
        }
        let range = 0.0..=100.0;
        let points = [("damage", definition.damage), ("junk", definition.junk)];
        for (key, value) in points.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            if !range.contains(&value) {
                problems.push(fault(key, format!("{value} is not between 0 and 100")));
            }
        }
    }

    fn matcher(
        &mut self,
        definition: &RuleDefinition,
        number: u32,
        eager: bool,
        fault: &dyn Fn(&str, String) -> Problem,
        problems: &mut Vec<Problem>,
    ) -> Option<Matcher> {
        let given: BTreeMap<&str, bool> = [
            ("topic", definition.topic.is_some()),
            ("keywords", definition.keywords.is_some()),
            ("pattern", definition.pattern.is_some()),
            ("signal", definition.signal.is_some()),
            ("selector", definition.selector.is_some()),
        ]
        .into();
        if given.values().filter(|given| **given).count() != 1 {
            let message =
                "exactly one of topic, keywords, pattern, signal and selector must be given";
            problems.push(fault("id", message.to_owned()));
            return None;
        }
        if let Some(topic) = &definition.topic {
            let topic = self.terms.topic(topic);
            return Some(match definition.measure {
                Some(TopicMeasure::Coverage) => Matcher::Coverage(topic),
                Some(TopicMeasure::Cluster) => Matcher::Cluster(topic),
                None if definition.db.is_some() => Matcher::Terms(topic),
                None => Matcher::Cluster(topic),
            });
        }
        if let Some(keywords) = &definition.keywords {
            for keyword in keywords {
                if !self.terms.add(keyword, Boundary::Words, Use::Place(number)) {
                    problems.push(fault(
                        "keywords",
                        format!("“{keyword}” is empty after normalisation"),
                    ));
                }
            }
            return Some(Matcher::Keywords(number));
        }
        if let Some(text) = &definition.pattern {
            let (sensitive, unicode) = (definition.case_sensitive, definition.unicode_classes);
            let pattern = Box::new(Pattern::new(text, sensitive, unicode));
            // The built-in packs are verified by tests, not at every start.
            let verified = if eager { pattern.verify() } else { Ok(()) };
            if let Err(message) = verified {
                problems.push(fault("pattern", message));
                return None;
            }
            let code_only = definition.zones.iter().all(|zone| zone == "script")
                && !definition.zones.is_empty();
            let full = definition.scan == Some(Scan::Full) || code_only;
            let in_code = definition.zones.iter().any(|zone| zone == "script");
            let required = match derived::literals(&definition.id, &pattern, full) {
                Some(known) => known,
                None => pattern.literals(full),
            };
            if full && (in_code || required.is_none()) {
                // What is said of a page's characters holds for text, not for code.
                let needs = if in_code { None } else { pattern.needed() };
                let in_code = required.filter(|_| in_code);
                return Some(Matcher::Pattern { pattern, literals: None, in_code, needs, full });
            }
            let Some(required) = required else {
                let message = "the pattern implies no literal of three bytes or more, so it would run \
                               on every line; reword it, or say scan = \"full\"";
                problems.push(fault("pattern", message.to_owned()));
                return None;
            };
            for literal in required {
                self.terms.add(&literal, Boundary::Anywhere, Use::Place(number));
            }
            return Some(Matcher::Pattern {
                pattern,
                literals: Some(number),
                in_code: None,
                needs: None,
                full,
            });
        }
        if let Some(name) = &definition.signal {
            let Some(index) = signals::find(name) else {
                problems.push(fault("signal", format!("there is no signal “{name}”")));
                return None;
            };
            return Some(Matcher::Signal(index));
        }
        let text = definition.selector.as_deref()?;
        match Selector::parse(text) {
            Ok(selector) => Some(Matcher::Selector(selector)),
            Err(error) => {
                problems.push(fault("selector", error.to_string()));
                None
            }
        }
    }
}
