//! Reading packs, and saying where they are at fault.

use crate::rules::definition::PackDefinition;

/// A pack that was read.
#[derive(Debug)]
pub(super) struct Pack<'a> {
    /// File name, for messages.
    pub file: &'a str,
    /// The file's text.
    pub source: &'a str,
    /// Whether it is part of the program.
    pub builtin: bool,
    /// What it says.
    pub definition: PackDefinition,
}

/// A fault in a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File of the pack.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    /// The rule it is in.
    pub rule: Option<String>,
    /// What is wrong.
    pub message: String,
    /// The faulty line.
    pub excerpt: Option<String>,
    /// The faulty part of the line, in characters from 0.
    pub caret: (u32, u32),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if let Some(rule) = &self.rule {
            write!(f, "{rule}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl<'a> Pack<'a> {
    /// Reads a pack. `ready` is what a built-in one says, as JSON.
    pub(super) fn read(
        file: &'a str,
        source: &'a str,
        ready: Option<&str>,
    ) -> Result<Self, Problem> {
        let builtin = ready.is_some();
        if let Some(definition) = ready.and_then(|json| serde_json::from_str(json).ok()) {
            return Ok(Self { file, source, builtin, definition });
        }
        match toml::from_str(source) {
            Ok(definition) => Ok(Self { file, source, builtin, definition }),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                Err(problem(file, source, span, None, error.message().to_owned()))
            }
        }
    }

    /// A fault of a rule, at one of its keys; at its id where the key is not written.
    pub(super) fn problem(&self, rule: &str, key: &str, message: String) -> Problem {
        Problem { message, ..place_of_rule(self.file, self.source, rule, key) }
    }

    /// A fault at the first place where a text stands.
    pub(super) fn problem_at_text(&self, text: &str, message: String) -> Problem {
        Problem { message, ..place_of_text(self.file, self.source, text) }
    }
}

/// The place of a rule's key, or of its id where the key is not written.
pub(super) fn place_of_rule(file: &str, source: &str, rule: &str, key: &str) -> Problem {
    let table = table_of(source, rule);
    let span = key_in(source, table.clone(), key)
        .or_else(|| key_in(source, table.clone(), "id"))
        .unwrap_or(table.start..table.start);
    problem(file, source, span, Some(rule.to_owned()), String::new())
}

/// The first place where a text stands.
pub(super) fn place_of_text(file: &str, source: &str, text: &str) -> Problem {
    let line = text.lines().next().unwrap_or("");
    let at = source.find(text).or_else(|| source.find(line)).unwrap_or(0);
    problem(file, source, at..at + line.len(), None, String::new())
}

/// Byte range of the table of a rule: from its `id` line back to its header, and on to the next
/// header.
fn table_of(source: &str, rule: &str) -> std::ops::Range<usize> {
    let quoted = [format!("\"{rule}\""), format!("'{rule}'")];
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let key = line.trim_start();
        if key.starts_with("id") && quoted.iter().any(|id| line.contains(id.as_str())) {
            let start = source[..offset].rfind("[[").unwrap_or(0);
            let end = source[offset..].find("\n[[").map_or(source.len(), |n| offset + n);
            return start..end;
        }
        offset += line.len();
    }
    0..source.len()
}

/// The value of `key = …` inside a byte range, as far as its line goes.
fn key_in(
    source: &str,
    table: std::ops::Range<usize>,
    key: &str,
) -> Option<std::ops::Range<usize>> {
    let mut offset = table.start;
    for line in source[table].split_inclusive('\n') {
        let text = line.trim_start();
        let rest = text.strip_prefix(key).map(str::trim_start);
        if let Some(value) = rest.and_then(|rest| rest.strip_prefix('=')) {
            let start = offset + line.len() - value.trim_start().len();
            return Some(start..offset + line.trim_end().len());
        }
        offset += line.len();
    }
    None
}

pub(super) fn problem(
    file: &str,
    source: &str,
    span: std::ops::Range<usize>,
    rule: Option<String>,
    message: String,
) -> Problem {
    let start = span.start.min(source.len());
    let before = source.get(..start).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = source[line_start..].lines().next().unwrap_or("");
    let column = source.get(line_start..start).map_or(0, |text| text.chars().count()) as u32;
    let end = span.end.clamp(start, line_start + line.len().max(start - line_start));
    let width = source.get(start..end).map_or(1, |text| text.chars().count().max(1)) as u32;
    Problem {
        file: file.to_owned(),
        line: before.matches('\n').count() as u32 + 1,
        column: column + 1,
        rule,
        message,
        excerpt: (!line.is_empty()).then(|| line.to_owned()),
        caret: (column, column + width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "[pack]\nname = \"t\"\nsummary = \"s\"\n\n[[rule]]\nid = \"t/one\"\n";

    #[test]
    fn faults_have_a_place() {
        let problem =
            Pack::read("t.toml", &format!("{PACK}colour = 3\n"), None).expect_err("unknown key");
        assert_eq!((problem.line, problem.column), (7, 1), "{problem}");
        assert!(problem.message.contains("colour"), "{problem}");
    }
}
