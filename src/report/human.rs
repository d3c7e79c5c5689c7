//! Reports for people at a terminal.
//!
//! ```text
//! injected    risk 99  pages/tea.html
//!   Two casino lines stand above an article on tea.
//!   lure/casino-line  LEX  line that advertises a casino
//!      1:12  +14.0 dB  [head]  Best »casino bonus« at Lucky Otter
//!      2:1    +7.0 dB  [head]  »casino bonus« without deposit
//! ```

use std::fmt::Write as _;

use crate::page::Page;
use crate::report::terminal::{self, Excerpt, Look};
use crate::report::{Finding, Report, Verdict, writer};

/// Places shown of one rule; the other formats hold all of them.
const PLACES: usize = 4;

/// Bytes of context taken on either side of a hit, before it is trimmed to the terminal.
const CONTEXT: usize = 160;

/// Columns an excerpt gets however narrow the terminal is.
const LEAST_EXCERPT: usize = 24;

/// A report as text: a headline, then the findings rule by rule, the weightiest first.
/// `excerpts` stand beside `report.findings`; where one is missing the finding's own text is shown.
pub fn render(report: &Report, excerpts: &[Excerpt], look: Look) -> String {
    let mut out = headline(report, look);
    let groups = groups(report);
    let rows: Vec<Vec<Row>> = groups
        .iter()
        .map(|group| group.iter().map(|&at| row(&report.findings[at])).collect())
        .collect();
    let column = |width: fn(&Row) -> usize| rows.iter().flatten().map(width).max().unwrap_or(0);
    let (place, worth, zone) = (
        column(|row| row.place.len()),
        column(|row| row.worth.len()),
        column(|row| row.zone.len()),
    );
    let excerpt_at = 4 + place + 2 + worth + 2 + zone + 2;
    let room = look.width.saturating_sub(excerpt_at).max(LEAST_EXCERPT);
    for (group, rows) in groups.iter().zip(&rows) {
        let first = &report.findings[group[0]];
        let rule = terminal::escape(&first.rule);
        let message = terminal::escape(&first.message);
        let message_room =
            look.width.saturating_sub(6 + terminal::width(&rule) + first.family.len());
        let _ = writeln!(
            out,
            "  {}  {}  {}",
            look.bold(&rule),
            look.dim(terminal::escape(&first.family)),
            terminal::cut(&message, message_room.max(LEAST_EXCERPT)),
        );
        for (&at, row) in group.iter().zip(rows).take(PLACES) {
            let finding = &report.findings[at];
            let own = || Excerpt { hit: finding.text.clone(), ..Excerpt::default() };
            let excerpt = excerpts.get(at).cloned().unwrap_or_else(own).render(look, room);
            let _ = writeln!(
                out,
                "    {:>place$}  {:>worth$}  {}  {excerpt}",
                row.place,
                row.worth,
                look.dim(format!("{:<zone$}", row.zone)),
            );
        }
        if group.len() > PLACES {
            let more = format!("… and {} more places", group.len() - PLACES);
            let _ = writeln!(out, "    {:place$}  {}", "", look.dim(more));
        }
    }
    if let Some(reason) = &report.reason
        && !report.headline.contains(&reason.message)
    {
        for line in terminal::wrap(&terminal::escape(&reason.message), look.width.saturating_sub(2))
        {
            let _ = writeln!(out, "  {line}");
        }
    }
    if let Some(notes) = notes(report) {
        let _ = writeln!(out, "  {}", look.dim(notes));
    }
    out
}

/// The line for a page nothing is wrong with.
pub fn clean_line(report: &Report, look: Look) -> String {
    format!("{}\n", title(report, look))
}

/// What a finding says about its text: `+14.0 dB`, `damage 35`, `junk 60`.
pub fn worth(finding: &Finding) -> String {
    let mut parts = Vec::new();
    if finding.db != 0.0 || (finding.damage == 0 && finding.junk == 0) {
        parts.push(format!("{:+.1} dB", super::tenth(finding.db)));
    }
    if finding.damage > 0 {
        parts.push(format!("damage {}", finding.damage));
    }
    if finding.junk > 0 {
        parts.push(format!("junk {}", finding.junk));
    }
    parts.join(", ")
}

/// The findings of a page with the text around them, beside `report.findings`.
pub fn excerpts(report: &Report, page: &Page) -> Vec<Excerpt> {
    let text = page.text.as_str();
    let excerpt = |finding: &Finding| {
        let hit = finding.text.clone();
        let range = finding.span.range();
        if finding.span.is_empty() || text.get(range.clone()).is_none() {
            return Excerpt { hit, ..Excerpt::default() };
        }
        let mut from = range.start.saturating_sub(CONTEXT);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let mut to = (range.end + CONTEXT).min(text.len());
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        let before = text[from..range.start].rsplit('\n').next().unwrap_or_default();
        let after = text[range.end..to].split('\n').next().unwrap_or_default();
        Excerpt { before: before.to_owned(), hit, after: after.to_owned() }
    };
    report.findings.iter().map(excerpt).collect()
}

/// Verdict, measure and path on one line, and the headline beside or below them; of a record of a
/// container its address, too, since the name of such a record says little.
fn headline(report: &Report, look: Look) -> String {
    let title_width = 22 + terminal::width(&shown_path(report));
    let mut out = title(report, look);
    let sentence = terminal::escape(&report.headline);
    if sentence.is_empty() {
        out.push('\n');
    } else if title_width + 2 + terminal::width(&sentence) <= look.width {
        let _ = writeln!(out, "  {sentence}");
    } else {
        out.push('\n');
        for line in terminal::wrap(&sentence, look.width.saturating_sub(2)) {
            let _ = writeln!(out, "  {line}");
        }
    }
    if let (Some(_), Some(url)) = (writer::record(&report.source), &report.source.url) {
        let room = look.width.saturating_sub(2).max(LEAST_EXCERPT);
        let url = terminal::escape(url);
        let _ = writeln!(out, "  {}", look.dim(terminal::cut(&url, room)));
    }
    out
}

fn title(report: &Report, look: Look) -> String {
    let measure = match report.verdict {
        Verdict::Damaged => format!("damage {}", report.damage),
        Verdict::Junk => format!("junk {}", report.junk),
        Verdict::Unreadable => String::new(),
        _ => format!("risk {}", report.risk),
    };
    let verdict = format!("{:<10}", report.verdict.name());
    format!(
        "{}  {measure:<9} {}",
        look.paint(terminal::verdict_style(report.verdict), verdict),
        look.bold(shown_path(report))
    )
}

fn shown_path(report: &Report) -> String {
    let path = terminal::escape(&report.source.path);
    match writer::record(&report.source) {
        Some(record) => format!("{path} » {}", terminal::escape(&record)),
        None => path.into_owned(),
    }
}

/// Indices of findings that count, by rule. Rules in order of what they bring, findings in order of place.
fn groups(report: &Report) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let counts = |at: &usize| report.findings[*at].suppressed.is_none();
    let mut order: Vec<usize> = (0..report.findings.len()).filter(counts).collect();
    order.sort_by(|&a, &b| report.findings[a].rule.cmp(&report.findings[b].rule));
    for at in order {
        match groups.last_mut() {
            Some(group) if report.findings[group[0]].rule == report.findings[at].rule => {
                group.push(at);
            }
            _ => groups.push(vec![at]),
        }
    }
    let weight = |group: &Vec<usize>| -> f64 {
        let of = |finding: &Finding| {
            finding.db.abs() + f64::from(finding.damage) + f64::from(finding.junk)
        };
        group.iter().map(|&at| of(&report.findings[at])).sum()
    };
    groups.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    groups
}

struct Row {
    place: String,
    worth: String,
    zone: String,
}

fn row(finding: &Finding) -> Row {
    Row {
        place: format!("{}:{}", finding.source_span.line, finding.source_span.column),
        worth: worth(finding),
        zone: format!("[{}]", finding.zone.name()),
    }
}

/// Topics, labels and the number of findings that do not count, where the page has any.
fn notes(report: &Report) -> Option<String> {
    let list = |name: &str, values: &[String]| {
        let values = terminal::escape(&values.join(", ")).into_owned();
        (!values.is_empty()).then(|| format!("{name}: {values}"))
    };
    let suppressed = report.findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    let suppressed = (suppressed > 0).then(|| format!("findings suppressed: {suppressed}"));
    let parts: Vec<String> =
        [list("topics", &report.topics), list("labels", &report.labels), suppressed]
            .into_iter()
            .flatten()
            .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Format, Zone};
    use crate::report::{Language, Offsets, SCHEMA, Source, SourceSpan};
    use crate::span::Span;

    fn finding(rule: &str, line: u32, db: f64, text: &str) -> Finding {
        Finding {
            rule: rule.into(),
            family: "LEX".into(),
            db,
            damage: 0,
            junk: 0,
            zone: Zone::Head,
            span: Span::new(0, 0),
            source_span: SourceSpan { line, column: 1, ..SourceSpan::default() },
            text: text.into(),
            message: "line that advertises a casino".into(),
            fingerprint: String::new(),
            suppressed: None,
            baseline_state: None,
        }
    }

    fn report(findings: Vec<Finding>) -> Report {
        Report {
            schema: SCHEMA,
            source: Source { path: "pages/tea\u{1b}[2J.html".into(), ..Source::default() },
            format: Format::Html,
            charset: "utf-8".into(),
            language: Language::default(),
            verdict: Verdict::Injected,
            risk: 99,
            risk_db: 21.0,
            damage: 0,
            junk: 0,
            topics: vec!["gambling".into()],
            labels: Vec::new(),
            reason: None,
            headline: "Casino lines stand above an article on tea.".into(),
            offsets: Offsets::Bytes,
            findings,
            signals: None,
            profile: None,
        }
    }

    const LOOK: Look = Look { colour: false, width: 60 };

    #[test]
    fn a_report_is_grouped_aligned_and_within_the_width() {
        let report = report(vec![
            finding("lure/small", 1, 2.0, "茶馆".repeat(40).as_str()),
            finding("lure/casino-line", 3, 14.0, "casino\u{202e} bonus"),
            finding("lure/casino-line", 120, -7.5, "casino bonus"),
        ]);
        let text = render(&report, &[], LOOK);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "injected    risk 99   pages/tea␛[2J.html",
                "  Casino lines stand above an article on tea.",
                "  lure/casino-line  LEX  line that advertises a casino",
                "      3:1  +14.0 dB  [head]  »casino\\u{202e} bonus«",
                "    120:1   -7.5 dB  [head]  »casino bonus«",
                "  lure/small  LEX  line that advertises a casino",
                "      1:1   +2.0 dB  [head]  »茶馆茶馆茶馆茶馆茶馆茶馆茶馆…«",
                "  topics: gambling",
            ]
        );
        assert!(lines.iter().all(|line| terminal::width(line) <= 60));
    }

    #[test]
    fn a_record_of_a_dump_is_named_with_its_address() {
        let mut report = report(Vec::new());
        report.source.path = "crawl.warc".into();
        report.source.offset = Some(77);
        report.source.url = Some("https://tea.example/\u{1b}[2J".into());
        let text = render(&report, &[], LOOK);
        assert!(text.starts_with("injected    risk 99   crawl.warc » @77\n"), "{text}");
        assert!(text.contains("\n  https://tea.example/␛[2J\n"), "{text}");
        report.source.record = Some("urn:test:1".into());
        assert!(render(&report, &[], LOOK).contains("crawl.warc » urn:test:1\n"));
        // The address of a page that is a file was given by who reads this.
        (report.source.record, report.source.offset) = (None, None);
        assert!(!render(&report, &[], LOOK).contains("tea.example"));
    }

    #[test]
    fn many_places_of_a_rule_are_counted_not_listed() {
        let findings = (1..=9).map(|line| finding("lure/a", line, 1.0, "x")).collect();
        let text = render(&report(findings), &[], LOOK);
        assert!(text.contains("… and 5 more places"), "{text}");
        assert_eq!(text.matches("»x«").count(), 4);
    }

    #[test]
    fn an_unreadable_record_says_why() {
        let mut report = report(Vec::new());
        report.verdict = Verdict::Unreadable;
        report.topics.clear();
        report.headline = "Not judged.".into();
        let message = "larger than 100 bytes".to_owned();
        report.reason = Some(crate::report::Reason { code: "too-large".into(), message });
        let text = render(&report, &[], LOOK);
        assert!(text.ends_with("Not judged.\n  larger than 100 bytes\n"), "{text}");
        report.headline = "Not judged: larger than 100 bytes.".into();
        assert_eq!(render(&report, &[], LOOK).matches("larger").count(), 1);
    }

    #[test]
    fn damage_and_junk_are_named() {
        let mut finding = finding("a/b", 1, 0.0, "x");
        assert_eq!(worth(&finding), "+0.0 dB");
        finding.damage = 35;
        assert_eq!(worth(&finding), "damage 35");
        finding.db = -0.04;
        finding.junk = 5;
        assert_eq!(worth(&finding), "+0.0 dB, damage 35, junk 5");
    }
}
