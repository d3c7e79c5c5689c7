//! `crawlint explain`.

use std::fmt::Write as _;

use anyhow::bail;
use crawlint::report::terminal::{self, Look, escape};
use crawlint::rules::definition::{Example, ExamplePage, RuleDefinition};
use crawlint::rules::{Rule, RuleSet};

use crate::cli::args::ExplainArgs;
use crate::cli::{Exit, look_of, packs, print, rules};

/// Rules suggested for a mistyped id.
const SUGGESTIONS: usize = 5;

/// Bound on the size of records nobody scans here.
const NO_RECORDS: u64 = 1 << 20;

pub(crate) fn run(options: &ExplainArgs) -> anyhow::Result<Exit> {
    let scanner = packs::scanner(&options.rules, &[], NO_RECORDS)?;
    let look = look_of(&std::io::stdout());
    let set = scanner.rules();
    let asked = options.rule.trim();
    if let Some(rule) = set.rule(asked) {
        print(&explain(rule, look))?;
        return Ok(Exit::Passed);
    }
    let listed: Vec<&Rule> = set.rules().iter().filter(|rule| is_under(rule, asked)).collect();
    if let [rule] = listed[..] {
        print(&explain(rule, look))?;
        return Ok(Exit::Passed);
    }
    if !listed.is_empty() {
        print(&rules::table(listed.iter().copied(), look))?;
        return Ok(Exit::Passed);
    }
    let near = near(set, asked);
    let asked = escape(asked).into_owned();
    if near.is_empty() {
        bail!("there is no rule `{asked}`; `crawlint rules list` names them all");
    }
    let near: Vec<String> = near.iter().map(|id| format!("\n  {}", escape(id))).collect();
    bail!("there is no rule `{asked}`; near to it are{}", near.concat());
}

/// Whether the argument names a group that the rule belongs to: the beginning of its id, its
/// family or its detector.
fn is_under(rule: &Rule, asked: &str) -> bool {
    !asked.is_empty()
        && (rule.definition.id.starts_with(asked)
            || rule.family.eq_ignore_ascii_case(asked)
            || rule.definition.detector.eq_ignore_ascii_case(asked))
}

fn explain(rule: &Rule, look: Look) -> String {
    let definition = &rule.definition;
    let mut out = format!(
        "{}  {}\n",
        look.bold(escape(&definition.id)),
        look.dim(escape(&definition.detector))
    );
    let mut paragraph = |title: &str, text: &str| {
        let _ = writeln!(out, "\n{}", look.bold(title));
        for line in terminal::wrap(&escape(text), look.width.saturating_sub(2)) {
            let _ = writeln!(out, "  {line}");
        }
    };
    paragraph("Finds", &definition.summary);
    paragraph("Why it matters", &definition.why);
    let optional =
        [("What to do", &definition.advice), ("What keeps it off good pages", &definition.guard)];
    for (title, text) in optional {
        if let Some(text) = text {
            paragraph(title, text);
        }
    }
    paragraph("Looks for", &looks_for(definition));
    paragraph("Worth", &worth(definition));
    for (title, examples) in [("Fires on", &definition.bad), ("Leaves alone", &definition.good)] {
        let _ = writeln!(out, "\n{}", look.bold(title));
        for example in examples {
            out.push_str(&self::example(example, look));
        }
    }
    let since =
        definition.since.as_deref().map_or_else(String::new, |since| format!(", since {since}"));
    let _ = writeln!(out, "\n{}", look.dim(escape(&format!("pack {}{since}", rule.pack))));
    out
}

fn looks_for(definition: &RuleDefinition) -> String {
    let mut parts = Vec::new();
    if let Some(topic) = &definition.topic {
        parts.push(format!("terms of the topic {topic}"));
    }
    if let Some(keywords) = &definition.keywords {
        parts.push(format!("the phrases {}", keywords.join(" · ")));
    }
    if let Some(pattern) = &definition.pattern {
        parts.push(format!("the pattern {pattern}"));
    }
    if let Some(signal) = &definition.signal {
        parts.push(format!("the signal {signal}"));
    }
    if let Some(selector) = &definition.selector {
        parts.push(format!("elements that match {selector}"));
    }
    let lists = [
        ("in the zones", &definition.zones),
        ("in the languages", &definition.languages),
        ("in the formats", &definition.formats),
    ];
    for (words, list) in lists {
        if !list.is_empty() {
            parts.push(format!("{words} {}", list.join(", ")));
        }
    }
    if let Some(when) = &definition.when {
        parts.push(format!("when {when}"));
    }
    if let Some(near) = &definition.near {
        parts.push(format!("within {} characters of the topic {}", near.within, near.topic));
    }
    if let Some(min) = definition.min {
        parts.push(format!("at least {min} different ones"));
    }
    parts.join(", ")
}

fn worth(definition: &RuleDefinition) -> String {
    let steps = |steps: &[(f64, f64)], unit: &str| {
        let steps: Vec<String> =
            steps.iter().map(|(from, worth)| format!("{worth} {unit} from {from}")).collect();
        (!steps.is_empty()).then(|| steps.join(", "))
    };
    let parts: Vec<String> = [
        definition.db.map(|db| format!("{db:+.1} dB a finding")),
        steps(&definition.steps, "dB"),
        definition.cap.map(|cap| format!("{cap:.1} dB at most")),
        definition.damage.map(|points| format!("{points} points of damage")),
        steps(&definition.damage_steps, "points of damage"),
        definition.junk.map(|points| format!("{points} points of junk")),
        definition.tier.map(|tier| format!("tier {tier:?}")),
        definition.label.as_ref().map(|label| format!("label {label}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "measured by the number and strength of its terms".to_owned()
    } else {
        parts.join("; ")
    }
}

/// An example, line by line, with what it is where it is not plain text.
fn example(example: &Example, look: Look) -> String {
    let mut out = String::new();
    let (text, what) = match example {
        Example::Text(text) => (text.as_str(), None),
        Example::Page(page) => {
            let (text, format) = source(page);
            let url = page.url.as_ref().map_or_else(String::new, |url| format!(" at {url}"));
            (text, Some(format!("{format}{url}")))
        }
    };
    if let Some(what) = what {
        let _ = writeln!(out, "  {}", look.dim(escape(&what)));
    }
    for (at, line) in text.trim_end().lines().enumerate() {
        for (part, line) in
            terminal::wrap(&escape(line), look.width.saturating_sub(4)).iter().enumerate()
        {
            let mark = if at == 0 && part == 0 { "-" } else { " " };
            let _ = writeln!(out, "  {mark} {line}");
        }
    }
    out
}

fn source(page: &ExamplePage) -> (&str, &'static str) {
    [(&page.html, "html"), (&page.markdown, "markdown"), (&page.json, "json"), (&page.text, "text")]
        .into_iter()
        .find_map(|(text, format)| text.as_deref().map(|text| (text, format)))
        .unwrap_or(("", "address only"))
}

/// Ids that an asked one may have meant, the nearest first: few letters apart, or with the same
/// name in another pack.
fn near<'a>(set: &'a RuleSet, asked: &str) -> Vec<&'a str> {
    let name = |id: &str| id.rsplit('/').next().unwrap_or_default().to_lowercase();
    let asked_name = name(asked);
    let mut near: Vec<(usize, &str)> = set
        .rules()
        .iter()
        .map(|rule| rule.definition.id.as_str())
        .filter_map(|id| {
            let whole = distance(&asked.to_lowercase(), &id.to_lowercase());
            let short = distance(&asked_name, &name(id)) + 1;
            let inside = !asked_name.is_empty() && name(id).contains(&asked_name);
            let best = if inside { 1 } else { whole.min(short) };
            (best <= asked.chars().count() / 4 + 1).then_some((best, id))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(SUGGESTIONS).map(|(_, id)| id).collect()
}

/// Letters to insert, delete or replace to make one text the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("", "tea"), 3);
        assert_eq!(distance("tea", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("茶馆", "茶楼"), 1);
    }
}
