//! Reports as SARIF 2.1.0, for code scanning and viewers.
//!
//! Every page that is not clean is a result with the rule `verdict/…`, every finding on it one of
//! its own rule. Findings that do not count are written with their suppression, also those of
//! clean pages; other evidence on clean pages is left out, for it accuses nobody. Records that
//! could not be read are notifications of the tool.
//!
//! Results are written as they come; rules, containers and notifications stand after them.

mod rule;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::io::Write;

use serde_json::{Value, json};

use crate::report::escape::escape;
use crate::report::writer::{Gate, Level, Writer, record};
use crate::report::{Finding, Offsets, Report, Source, SuppressedBy, Verdict};
use crate::rules::RuleSet;

/// The schema that the file keeps to.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative addresses are relative to.
const BASE: &str = "%SRCROOT%";

/// Key of the fingerprints.
const FINGERPRINT: &str = "crawlint/v1";

/// Notifications kept; later ones are only counted.
const NOTIFICATIONS: usize = 10_000;

/// Writes one run. Memory grows with the rules that found something and with the records of
/// containers that have results.
#[derive(Debug)]
pub struct Sarif {
    gate: Gate,
    begun: bool,
    results: u64,
    /// Rules that have results, by the index they are referred to by.
    rules: BTreeMap<String, usize>,
    artifacts: Vec<Value>,
    /// Path and index of the container that records come from.
    container: Option<(String, usize)>,
    notifications: Vec<Value>,
    unreadable: usize,
}

impl Sarif {
    /// A log of a run with this gate.
    pub fn new(gate: Gate) -> Self {
        Self {
            gate,
            begun: false,
            results: 0,
            rules: BTreeMap::new(),
            artifacts: Vec::new(),
            container: None,
            notifications: Vec::new(),
            unreadable: 0,
        }
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let bases =
            json!({ BASE: { "description": { "text": "the working directory of the scan" } } });
        write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\
             \"columnKind\":\"unicodeCodePoints\",\"originalUriBaseIds\":{bases},\"results\":["
        )
    }

    fn result(&mut self, out: &mut dyn Write, result: &Value) -> io::Result<()> {
        self.begin(out)?;
        let comma = if self.results == 0 { "" } else { "," };
        self.results += 1;
        write!(out, "{comma}\n{result}")
    }

    fn rule_index(&mut self, id: &str) -> usize {
        let next = self.rules.len();
        *self.rules.entry(id.to_owned()).or_insert(next)
    }

    /// Where the page is. A record of a container is an artifact inside another.
    fn artifact(&mut self, source: &Source) -> Value {
        let container = uri(&source.path);
        let Some(record) = record(source) else { return location(&container, None) };
        let parent = match &self.container {
            Some((path, index)) if *path == source.path => *index,
            _ => {
                let index = self.artifacts.len();
                self.artifacts.push(json!({ "location": location(&container, None) }));
                self.container = Some((source.path.clone(), index));
                index
            }
        };
        // As one segment: nothing in a name leads out of the container.
        let inside = format!("{container}!{}", encoded(&record, b""));
        let mut artifact = json!({ "location": location(&inside, None), "parentIndex": parent });
        if let Some(offset) = source.offset {
            artifact["offset"] = offset.into();
        }
        self.artifacts.push(artifact);
        location(&inside, Some(self.artifacts.len() - 1))
    }

    fn unreadable(&mut self, report: &Report) {
        self.unreadable += 1;
        if self.notifications.len() == NOTIFICATIONS {
            return;
        }
        let code = report.reason.as_ref().map_or("unreadable", |reason| reason.code.as_str());
        let level = match self.gate.level(report.verdict) {
            Some(Level::Error) => "error",
            _ => "warning",
        };
        let artifact = self.artifact(&report.source);
        self.notifications.push(json!({
            "descriptor": { "id": format!("unreadable/{code}") },
            "level": level,
            "message": message(&report.headline),
            "locations": [{ "physicalLocation": { "artifactLocation": artifact } }],
        }));
    }

    /// The page as a whole.
    fn page_result(&mut self, report: &Report, artifact: &Value) -> Option<Value> {
        let level = self.gate.level(report.verdict)?;
        let id = rule::of_verdict(report.verdict);
        let mut properties = json!({
            "risk": report.risk,
            "damage": report.damage,
            "junk": report.junk,
            "topics": report.topics,
            "labels": report.labels,
        });
        if let Some(url) = &report.source.url {
            properties["url"] = url.as_str().into();
        }
        let mut result = json!({
            "ruleId": id,
            "ruleIndex": self.rule_index(&id),
            "level": rule::level_name(level),
            "message": message(&report.headline),
            "locations": [{ "physicalLocation": { "artifactLocation": artifact } }],
            "suppressions": [],
            "properties": properties,
        });
        // What the baseline knows does not count, so the verdict is about what is new.
        if report.findings.iter().any(|finding| finding.baseline_state.is_some()) {
            result["baselineState"] = "new".into();
        }
        Some(result)
    }

    fn finding_result(&mut self, report: &Report, finding: &Finding, artifact: &Value) -> Value {
        let mut said = finding.message.clone();
        if !finding.text.is_empty() {
            let _ = write!(said, ": “{}”", finding.text);
        }
        let place = finding.source_span;
        let mut region = json!({
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        });
        if report.offsets == Offsets::Bytes {
            region["byteOffset"] = place.start.into();
            region["byteLength"] = (place.end - place.start).into();
        }
        let mut properties = json!({
            "verdict": report.verdict.name(),
            "family": finding.family,
            "zone": finding.zone,
            "db": crate::report::tenth(finding.db),
        });
        for (name, points) in [("damage", finding.damage), ("junk", finding.junk)] {
            if points > 0 {
                properties[name] = points.into();
            }
        }
        let mut result = json!({
            "ruleId": finding.rule,
            "ruleIndex": self.rule_index(&finding.rule),
            "message": message(&said),
            "locations": [{ "physicalLocation": { "artifactLocation": artifact, "region": region } }],
            "partialFingerprints": { FINGERPRINT: finding.fingerprint },
            "suppressions": suppressions(finding),
            "properties": properties,
        });
        // What does not count weighs nothing here, and keeps the level of its rule.
        if finding.suppressed.is_none() {
            result["level"] = rule::level_name(rule::level_of(finding)).into();
        }
        if let Some(state) = finding.baseline_state {
            result["baselineState"] = state.name().into();
        }
        result
    }
}

impl Writer for Sarif {
    fn page(&mut self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        if report.verdict == Verdict::Unreadable {
            self.unreadable(report);
            return Ok(());
        }
        let accused = self.gate.level(report.verdict).is_some();
        let written = |finding: &&Finding| accused || finding.suppressed.is_some();
        let findings: Vec<&Finding> = report.findings.iter().filter(written).collect();
        if !accused && findings.is_empty() {
            return Ok(());
        }
        let artifact = self.artifact(&report.source);
        if let Some(result) = self.page_result(report, &artifact) {
            self.result(out, &result)?;
        }
        for finding in findings {
            let result = self.finding_result(report, finding, &artifact);
            self.result(out, &result)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, rules: &RuleSet) -> io::Result<()> {
        self.begin(out)?;
        let left_out = self.unreadable - self.notifications.len();
        if left_out > 0 {
            let text = format!("{left_out} more records could not be read");
            self.notifications.push(json!({ "level": "error", "message": { "text": text } }));
        }
        let invocation = json!({
            "executionSuccessful": self.unreadable == 0 || self.gate.allow_unreadable,
            "toolExecutionNotifications": self.notifications,
        });
        let mut used: Vec<(&String, &usize)> = self.rules.iter().collect();
        used.sort_by_key(|(_, index)| **index);
        let described: Vec<Value> =
            used.into_iter().map(|(id, _)| rule::describe(id, rules, &self.gate)).collect();
        let driver = json!({
            "name": "crawlint",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": described,
        });
        let artifacts = Value::from(std::mem::take(&mut self.artifacts));
        writeln!(
            out,
            "\n],\"artifacts\":{artifacts},\"invocations\":[{invocation}],\"tool\":{{\"driver\":{driver}}}}}]}}"
        )
    }
}

fn suppressions(finding: &Finding) -> Vec<Value> {
    let suppression = finding.suppressed.as_ref().map(|suppressed| {
        let (kind, justification) = match suppressed.by {
            SuppressedBy::Allow => ("external", "allowed in the settings"),
            SuppressedBy::Inline => ("inSource", "allowed by a comment in the page"),
            SuppressedBy::Baseline => ("external", "known from the baseline"),
        };
        let justification = suppressed.reason.as_deref().unwrap_or(justification);
        json!({ "kind": kind, "status": "accepted", "justification": escape(justification) })
    });
    suppression.into_iter().collect()
}

/// A message in plain text. Brackets would make links of what a page says.
fn message(text: &str) -> Value {
    let mut plain = String::with_capacity(text.len());
    for char in escape(text).chars() {
        if matches!(char, '\\' | '[' | ']') {
            plain.push('\\');
        }
        plain.push(char);
    }
    json!({ "text": plain })
}

fn location(uri: &str, index: Option<usize>) -> Value {
    let mut location = json!({ "uri": uri });
    if !uri.starts_with("file:") && !uri.starts_with("stdin:") {
        location["uriBaseId"] = BASE.into();
    }
    if let Some(index) = index {
        location["index"] = index.into();
    }
    location
}

/// The address of a file: relative where its path is.
fn uri(path: &str) -> String {
    if path == "-" {
        return "stdin:".to_owned();
    }
    let slashes = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    if slashes.starts_with('/') {
        return format!("file://{}", encoded(&slashes, b"/"));
    }
    if cfg!(windows) && slashes.as_bytes().get(1) == Some(&b':') {
        return format!("file:///{}", encoded(&slashes, b"/:"));
    }
    encoded(slashes.trim_start_matches("./"), b"/")
}

/// Percent-encoded but for unreserved characters and those in `kept`.
fn encoded(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_addresses_of_the_same_file() {
        assert_eq!(uri("./pages/tea & cake.html"), "pages/tea%20%26%20cake.html");
        assert_eq!(uri("https://a.example/x"), "https%3A//a.example/x");
        assert_eq!(uri("/tmp/茶.html"), "file:///tmp/%E8%8C%B6.html");
        assert_eq!(uri("../a%2Fb#?"), "../a%252Fb%23%3F");
        assert_eq!(uri("-"), "stdin:");
        assert_eq!(encoded("../../etc/passwd", b""), "..%2F..%2Fetc%2Fpasswd");
    }

    #[test]
    fn page_text_is_no_link_in_a_message() {
        let text = message("see [here](https://a.example)\u{202e}\n")["text"].clone();
        assert_eq!(text, "see \\[here\\](https://a.example)\\\\u{202e} ");
    }
}
