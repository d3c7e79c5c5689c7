//! Packs on trial: every rule finds its bad examples and leaves its good ones alone, every
//! lexicon's bad texts make a cluster and its good ones none.

use crate::pipeline::{Origin, Scanner};
use crate::rules::definition::{Example, LexiconDefinition, PackDefinition};
use crate::rules::{Problem, RuleSet, builtin_packs, place_in_pack};
use crate::text::normalise;

/// What a trial found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckReport {
    /// Rules tried.
    pub rules: usize,
    /// Examples run.
    pub examples: usize,
    /// Every fault.
    pub problems: Vec<Problem>,
}

/// Compiles packs, given as pairs of file name and TOML text, and runs the examples of each; with
/// `defaults` the built-in packs are in force beside them and tried too.
pub fn check(packs: &[(String, String)], defaults: bool) -> CheckReport {
    let mut report = CheckReport::default();
    let mut builder = Scanner::builder().default_rules(defaults);
    for (file, source) in packs {
        builder = builder.pack(file, source);
    }
    let scanner = match builder.build() {
        Ok(scanner) => scanner,
        Err(error) => {
            report.problems = error.problems;
            return report;
        }
    };
    let builtin = if defaults { builtin_packs() } else { &[] };
    let all = builtin
        .iter()
        .copied()
        .chain(packs.iter().map(|(file, source)| (file.as_str(), source.as_str())));
    for (file, source) in all {
        let Ok(pack) = toml::from_str::<PackDefinition>(source) else { continue };
        let mut trial = Trial { scanner: &scanner, file, source, report: &mut report };
        for (id, message) in scanner.rules().verify() {
            if pack.rule.iter().any(|rule| rule.id == id) {
                trial.fault(id, "pattern", message);
            }
        }
        trial.rules(&pack);
        for lexicon in &pack.lexicon {
            trial.lexicon(lexicon);
        }
    }
    report
}

struct Trial<'a> {
    scanner: &'a Scanner,
    file: &'a str,
    source: &'a str,
    report: &'a mut CheckReport,
}

impl Trial<'_> {
    fn rules(&mut self, pack: &PackDefinition) {
        for definition in &pack.rule {
            self.report.rules += 1;
            let examples = definition
                .bad
                .iter()
                .map(|example| (example, true))
                .chain(definition.good.iter().map(|example| (example, false)));
            for (number, (example, bad)) in examples.enumerate() {
                self.report.examples += 1;
                if self.fires(&definition.id, example) == bad {
                    continue;
                }
                let (key, number, what) = if bad {
                    ("bad", number + 1, "is not found")
                } else {
                    (
                        "good",
                        number + 1 - definition.bad.len(),
                        "is found, but should be left alone",
                    )
                };
                let message = format!("{key} example {number} {what}: {}", shown(example));
                self.fault(&definition.id, key, message);
            }
        }
    }

    /// Whether a rule finds something on an example, whatever else is found there.
    fn fires(&self, id: &str, example: &Example) -> bool {
        let (text, origin) = page_of(example);
        let report = self.scanner.scan(text.as_bytes(), &origin);
        report.findings.iter().any(|finding| finding.rule == id)
    }

    fn lexicon(&mut self, lexicon: &LexiconDefinition) {
        let name = format!("lexicon {} ({})", lexicon.topic, lexicon.language);
        for (texts, bad) in [(&lexicon.bad, true), (&lexicon.good, false)] {
            for text in texts {
                self.report.examples += 1;
                if clusters(self.scanner.rules(), &lexicon.topic, text) != bad {
                    let what = if bad { "makes no cluster" } else { "makes a cluster" };
                    let place = place_in_pack(self.file, self.source, text);
                    let message = format!("{name}: a text {what}: {text}");
                    self.report.problems.push(Problem { message, ..place });
                }
            }
        }
    }

    fn fault(&mut self, rule: &str, key: &str, message: String) {
        let problem = crate::rules::place_of_rule(self.file, self.source, rule, key);
        self.report.problems.push(Problem { message, ..problem });
    }
}

/// Whether a text holds a cluster of a topic, wherever it stands.
fn clusters(rules: &RuleSet, topic: &str, text: &str) -> bool {
    let norm = normalise(text);
    let found = rules.terms().find(&norm.text, &norm.map);
    rules.terms().topic(topic).is_some_and(|topic| found.clusters(topic))
}

fn page_of(example: &Example) -> (&str, Origin) {
    match example {
        Example::Text(text) => (text, Origin::path("example.txt")),
        Example::Page(page) => {
            let formats = [
                (&page.html, "example.html"),
                (&page.markdown, "example.md"),
                (&page.json, "example.json"),
                (&page.text, "example.txt"),
            ];
            let given = formats.into_iter().find_map(|(text, path)| Some((text.as_deref()?, path)));
            let (text, path) = given.unwrap_or(("", "example.txt"));
            (text, Origin { url: page.url.clone(), ..Origin::path(path) })
        }
    }
}

fn shown(example: &Example) -> String {
    let (text, _) = page_of(example);
    let mut shown: String = text.chars().take(80).collect();
    if text.chars().nth(80).is_some() {
        shown.push('…');
    }
    shown.replace('\n', "⏎")
}
