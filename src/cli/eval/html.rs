//! The evaluation as one page that stands alone: no script, no network, everything from pages
//! under test escaped.

use std::fmt::Write as _;

use crawlint::eval::Point;
use crawlint::report::{human, terminal};

use crate::cli::eval::figures::{Evaluation, Group, Ranking};
use crate::cli::eval::manifest::Label;
use crate::cli::eval::outcome::{Outcome, Shown};
use crate::cli::eval::table::{Table, Tone};
use crate::cli::eval::tables::{percent, tables};
use crate::cli::words::{count, thousands};

/// Style of the page.
const STYLE: &str = include_str!("page.css");

/// Findings shown of a page, the weightiest first.
const FINDINGS: usize = 8;

/// Characters shown on either side of a finding.
const CONTEXT: usize = 60;

/// The page.
pub(crate) fn page(evaluation: &Evaluation<'_>) -> String {
    let tables = tables(evaluation);
    let (misses, alarms): (Vec<_>, Vec<_>) = evaluation
        .pages
        .iter()
        .filter(|page| page.is_miss() || page.is_alarm())
        .partition(|page| page.is_miss());
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"robots\" content=\"noindex\">\n",
    );
    let title = format!("crawlint eval: {}", evaluation.folder);
    let _ = write!(out, "<title>{}</title>\n<style>\n{STYLE}</style>\n", text(&title));
    let _ = write!(
        out,
        "<header>\n<h1>How the rules do on labelled pages</h1>\n<p>{} · {} · crawlint {}</p>\n",
        text(&evaluation.folder),
        text(&scope(evaluation)),
        text(evaluation.crawlint)
    );
    out.push_str("<nav>");
    for (at, table) in tables.iter().enumerate() {
        let _ = write!(out, "<a href=\"#t{at}\">{}</a> ", text(table.title));
    }
    let _ = writeln!(
        out,
        "<a href=\"#alarms\">False alarms ({})</a> <a href=\"#misses\">Misses ({})</a></nav>\n</header>",
        alarms.len(),
        misses.len()
    );
    out.push_str("<main>\n");
    out.push_str(&tiles(evaluation));
    out.push_str(&chart(evaluation));
    for (at, table) in tables.iter().enumerate() {
        out.push_str(&section(at, table));
    }
    out.push_str(&gallery("alarms", "False alarms", "Clean pages that were raised.", &alarms));
    out.push_str(&gallery("misses", "Misses", "Bad pages that were not raised.", &misses));
    out.push_str("</main>\n</html>\n");
    out
}

fn scope(evaluation: &Evaluation<'_>) -> String {
    let pages = count(evaluation.counted, "page");
    match evaluation.part {
        None => pages,
        Some(crate::cli::args::Part::Open) => format!("{pages} of the part open"),
        Some(crate::cli::args::Part::Aside) => format!("{pages} of the part set aside"),
    }
}

/// The figures one asks for first.
fn tiles(evaluation: &Evaluation<'_>) -> String {
    let sum = |wanted: &dyn Fn(&Group) -> bool| {
        let groups = evaluation
            .groups
            .iter()
            .filter(|group| group.name != Label::Ambiguous.name() && wanted(group));
        groups.fold((0, 0), |(raised, pages), g| (raised + g.raised.pages, pages + g.pages))
    };
    let mut out = String::from("<div class=\"tiles\">\n");
    let mut tile = |name: &str, value: String, more: String| {
        let _ = writeln!(
            out,
            "<div><b>{}</b><span>{}</span><small>{}</small></div>",
            text(&value),
            text(name),
            text(&more)
        );
    };
    for (name, wanted) in
        [("recall on real bad pages", "real "), ("recall on synthetic pages", "synthetic ")]
    {
        let (raised, pages) = sum(&|group| group.name.starts_with(wanted));
        if pages > 0 {
            let lower = crawlint::eval::wilson(raised, pages).0;
            let share = percent(raised as f64 / pages as f64);
            tile(name, share, format!("{raised} of {pages} raised, at least {}", percent(lower)));
        }
    }
    for (name, wanted) in
        [("false alarms, ordinary", "clean, ordinary"), ("false alarms, hard", "clean, hard")]
    {
        let (raised, pages) = sum(&|group| group.name == wanted);
        if pages > 0 {
            let upper = crawlint::eval::wilson(raised, pages).1;
            let share = format!("{:.2} %", 100.0 * raised as f64 / pages as f64);
            let pages = thousands(pages as u64);
            tile(name, share, format!("{raised} of {pages} raised, at most {}", percent(upper)));
        }
    }
    if let Some(average) = evaluation.risk.average_precision {
        let more = "injected and spam pages against clean ones".to_owned();
        tile("average precision by risk", format!("{average:.3}"), more);
    }
    out.push_str("</div>\n");
    out
}

/// Precision over recall, of all pages and of real ones.
fn chart(evaluation: &Evaluation<'_>) -> String {
    let lines = [
        ("all", "all pages", &evaluation.risk),
        ("real", "without synthetic pages", &evaluation.risk_real),
    ];
    if lines.iter().all(|(_, _, ranking)| ranking.curve.is_empty()) {
        return String::new();
    }
    let mut out = String::from(
        "<section id=\"curve\"><h2>Precision and recall by risk</h2>\n<p>Injected and spam pages \
         against clean ones, as the risk from which pages are raised goes down. The marks are \
         where pages become suspicious (0 dB, ring) and injected or spam (7.0 dB, dot).</p>\n\
         <svg viewBox=\"0 0 640 330\" role=\"img\" aria-label=\"Precision over recall\">\n",
    );
    for tenth in (0..=10).step_by(2) {
        let share = f64::from(tenth) / 10.0;
        let ((x, y), number) = (at(share, share), tenth * 10);
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{x:.1} {TOP}V{BOTTOM}M{LEFT} {y:.1}H{RIGHT}\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{number}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{number}</text>",
            BOTTOM + 16.0,
            LEFT - 8.0,
            y + 4.0
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">recall, %</text>\
         <text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">precision, %</text>",
        f64::midpoint(LEFT, RIGHT),
        BOTTOM + 34.0,
        f64::midpoint(TOP, BOTTOM)
    );
    for (index, (class, name, ranking)) in lines.iter().enumerate() {
        if ranking.curve.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", path(&ranking.curve));
        out.push_str(&marks(class, ranking));
        let average = ranking.average_precision.unwrap_or_default();
        let y = BOTTOM - 34.0 + 18.0 * index as f64;
        let _ = writeln!(
            out,
            "<path class=\"{class}\" d=\"M{:.1} {:.1}h24\"/><text x=\"{:.1}\" y=\"{y:.1}\">{name}, \
             average precision {average:.3}</text>",
            LEFT + 14.0,
            y - 4.0,
            LEFT + 46.0
        );
    }
    out.push_str("</svg></section>\n");
    out
}

// Borders of the plot, in the units of its view box.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 628.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 286.0;

/// Place of a recall and a precision.
fn at(recall: f64, precision: f64) -> (f64, f64) {
    (LEFT + recall * (RIGHT - LEFT), BOTTOM - precision * (BOTTOM - TOP))
}

fn path(curve: &[Point]) -> String {
    let mut out = String::new();
    for (index, point) in curve.iter().enumerate() {
        let (x, y) = at(point.recall, point.precision);
        if index == 0 {
            let _ = write!(out, "M{LEFT} {y:.1}");
        }
        let _ = write!(out, "L{x:.1} {y:.1}");
    }
    out
}

fn marks(class: &str, ranking: &Ranking) -> String {
    let mut out = String::new();
    for point in &ranking.at {
        let kind = match point.risk_db {
            0.0 => "ring",
            7.0 => "dot",
            _ => continue,
        };
        if let (Some(recall), Some(precision)) = (point.recall, point.precision) {
            let (x, y) = at(recall, precision);
            let _ = writeln!(
                out,
                "<circle class=\"{class} {kind}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"><title>from \
                 {:.1} dB: precision {}, recall {}</title></circle>",
                point.risk_db,
                percent(precision),
                percent(recall)
            );
        }
    }
    out
}

fn section(number: usize, table: &Table) -> String {
    let mut out = format!(
        "<section id=\"t{number}\"><h2>{}</h2>\n<p>{}</p>\n<div class=\"scroll\"><table>\n<thead><tr>",
        text(table.title),
        text(&table.note)
    );
    let class = |column: usize| match table.columns.get(column) {
        Some(column) if column.words => "w",
        _ => "n",
    };
    for (at, column) in table.columns.iter().enumerate() {
        let _ = write!(out, "<th class=\"{}\">{}", class(at), text(&column.name));
    }
    out.push_str("</thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let tone = match cell.tone {
                Tone::Plain => "",
                Tone::Quiet => " quiet",
                Tone::Good => " good",
                Tone::Bad => " bad",
            };
            let _ = write!(out, "<td class=\"{}{tone}\">{}", class(at), text(&cell.text));
        }
        out.push('\n');
    }
    out.push_str("</tbody></table></div></section>\n");
    out
}

/// Pages judged wrong, group by group.
fn gallery(id: &str, title: &str, note: &str, pages: &[&Outcome]) -> String {
    let mut out = format!("<section id=\"{id}\"><h2>{title}</h2>\n<p>{note}</p>\n");
    if pages.is_empty() {
        out.push_str("<p class=\"quiet\">None.</p>\n");
    }
    let mut sorted = pages.to_vec();
    sorted.sort_by(|a, b| (&a.group, &a.category, &a.file).cmp(&(&b.group, &b.category, &b.file)));
    for group in sorted.chunk_by(|a, b| a.group == b.group) {
        let _ = writeln!(out, "<h3>{} <small>{}</small></h3>", text(&group[0].group), group.len());
        for page in group {
            out.push_str(&card(page));
        }
    }
    out.push_str("</section>\n");
    out
}

fn card(page: &Outcome) -> String {
    let facts = [page.category.as_deref(), page.language.as_deref()];
    let facts: Vec<&str> = facts.into_iter().flatten().collect();
    let mut out = format!(
        "<details><summary><span class=\"verdict v-{verdict}\">{verdict}</span> <span \
         class=\"db\">{:.1} dB</span> <span class=\"file\">{}</span> <span \
         class=\"quiet\">{}</span> <span class=\"headline\">{}</span></summary>\n",
        page.risk_db,
        text(&page.file),
        text(&facts.join(" · ")),
        text(&page.headline),
        verdict = page.verdict.name(),
    );
    if let Some(shown) = &page.shown {
        out.push_str(&findings(shown));
        if !page.decided_by.is_empty() {
            let rules = page.decided_by.join(", nor without ");
            let _ = writeln!(out, "<p>Would not be raised without {}.</p>", text(&rules));
        }
        if !shown.beginning.trim().is_empty() {
            let _ = writeln!(
                out,
                "<p class=\"quiet\">Beginning of the page</p><blockquote dir=\"auto\">{}</blockquote>",
                lines(&shown.beginning)
            );
        }
    }
    out.push_str("</details>\n");
    out
}

fn findings(shown: &Shown) -> String {
    let all = &shown.report.findings;
    let mut order: Vec<usize> = (0..all.len()).collect();
    let worth = |at: usize| {
        let finding = &all[at];
        finding.db + f64::from(finding.damage.max(finding.junk)) / 3.0
    };
    order.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)).then(a.cmp(&b)));
    let mut out = String::new();
    if all.is_empty() {
        return out;
    }
    out.push_str("<table class=\"findings\">\n");
    for &at in order.iter().take(FINDINGS) {
        let finding = &all[at];
        let _ = write!(
            out,
            "<tr><td class=\"w\"><b>{}</b><br><span class=\"quiet\">{} · line {} · {}</span>\
             <td class=\"w\">{}",
            text(&finding.rule),
            text(&human::worth(finding)),
            finding.source_span.line,
            finding.zone.name(),
            text(&finding.message)
        );
        if let Some(excerpt) = shown.excerpts.get(at)
            && !excerpt.hit.trim().is_empty()
        {
            let _ = write!(
                out,
                "<br><span class=\"excerpt\" dir=\"auto\">{}<mark>{}</mark>{}</span>",
                text(&end_of(&excerpt.before)),
                text(&excerpt.hit),
                text(&excerpt.after.chars().take(CONTEXT).collect::<String>())
            );
        }
        out.push('\n');
    }
    out.push_str("</table>\n");
    if all.len() > FINDINGS {
        let _ = writeln!(out, "<p class=\"quiet\">… and {} more</p>", all.len() - FINDINGS);
    }
    out
}

fn end_of(text: &str) -> String {
    let skipped = text.chars().count().saturating_sub(CONTEXT);
    text.chars().skip(skipped).collect()
}

/// Lines of a text, escaped, empty ones left out.
fn lines(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.trim().is_empty());
    lines.map(text).collect::<Vec<_>>().join("<br>")
}

/// Text as HTML: what is markup is escaped, and what controls, reorders or hides text is shown
/// as a sign, as on a terminal.
fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for char in terminal::escape(source).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_page_is_markup_or_control() {
        assert_eq!(
            text("<a href='x'>\"&\"\u{202e}\u{7}</a>"),
            "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;\\u{202e}␇&lt;/a&gt;"
        );
        assert_eq!(lines("one <b>\n\n two"), "one &lt;b&gt;<br> two");
    }

    #[test]
    fn a_curve_begins_at_the_axis() {
        let point =
            |recall, precision| Point { threshold: 0.0, found: 0, alarms: 0, recall, precision };
        let drawn = path(&[point(0.5, 1.0), point(1.0, 0.5)]);
        assert_eq!(drawn, "M48 10.0L338.0 10.0L628.0 148.0");
    }
}
