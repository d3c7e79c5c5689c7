//! What the queue and the charts need of a page: one short line of JSON.

use std::collections::BTreeMap;

use crawlint::report::Verdict;
use crawlint::text::{hash_chars, normalise_term};
use serde::Serialize;

use crate::cli::desk::{Judged, JudgedFinding, clip};

/// Texts of a page that are compared with those of other pages, the weightiest first.
const PHRASES: usize = 8;

/// Shortest text that makes two pages alike, in bytes of its normal form: a word or two, or four
/// Chinese characters.
const SHORTEST_PHRASE: usize = 12;

/// Bytes kept of names and addresses.
const NAME: usize = 1000;

/// A page. The keys are short because there are many of them.
#[derive(Serialize)]
struct Row<'a> {
    /// Index into [`Verdict::ALL`].
    v: usize,
    r: u8,
    b: f64,
    d: u8,
    j: u8,
    #[serde(skip_serializing_if = "str::is_empty")]
    l: &'a str,
    p: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    u: Option<String>,
    /// Host the page says it belongs to, where its address is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    h: Option<&'a str>,
    /// Name of the record in its container.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    o: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    t: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    k: &'a [String],
    s: String,
    /// Rules, each with the number of its findings.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    f: BTreeMap<&'a str, usize>,
    /// Texts to compare with other pages: checksum of the normal form, and the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    c: Vec<(String, String)>,
}

/// The line of a page, with its line break. `host` is what the page itself says.
///
/// # Panics
/// Never: a row can be written as JSON.
pub(crate) fn row(judged: &Judged, host: Option<&str>) -> Vec<u8> {
    let mut rules = BTreeMap::new();
    for finding in &judged.findings {
        *rules.entry(finding.rule.as_str()).or_default() += 1;
    }
    let source = &judged.source;
    let verdict = Verdict::ALL.iter().position(|verdict| *verdict == judged.verdict);
    let row = Row {
        v: verdict.unwrap_or_default(),
        r: judged.risk,
        b: judged.risk_db,
        d: judged.damage,
        j: judged.junk,
        l: &judged.language.main,
        p: clip(&source.path, NAME),
        u: source.url.as_deref().map(|url| clip(url, NAME)),
        h: host.filter(|_| source.url.is_none()),
        n: source.record.as_deref().map(|name| clip(name, NAME)),
        o: source.offset,
        t: &judged.topics,
        k: &judged.labels,
        s: clip(&judged.headline, NAME),
        f: rules,
        c: phrases(&judged.findings),
    };
    let mut line = serde_json::to_vec(&row).expect("a row holds no map with keys but strings");
    line.push(b'\n');
    line
}

/// The weightiest texts of a page, each once. Numbers count as alike: campaigns change those.
fn phrases(findings: &[JudgedFinding]) -> Vec<(String, String)> {
    let mut order: Vec<&JudgedFinding> =
        findings.iter().filter(|finding| finding.db > 0.0).collect();
    order.sort_by(|a, b| b.db.total_cmp(&a.db));
    let mut phrases: Vec<(String, String)> = Vec::new();
    for finding in order {
        let norm = normalise_term(&finding.text);
        if norm.len() < SHORTEST_PHRASE {
            continue;
        }
        let alike = norm.chars().map(|c| if c.is_numeric() { '0' } else { c });
        let hash = format!("{:x}", hash_chars(alike));
        if phrases.iter().all(|(known, _)| *known != hash) {
            phrases.push((hash, clip(&finding.text, 160)));
        }
        if phrases.len() == PHRASES {
            break;
        }
    }
    phrases
}
