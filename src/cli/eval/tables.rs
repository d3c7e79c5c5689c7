//! The figures as tables.

use crawlint::report::Verdict;

use crate::cli::eval::compare::{Comparison, Direction};
use crate::cli::eval::figures::{At, Evaluation, Group, Ranking, Rate, Slice};
use crate::cli::eval::manifest::Label;
use crate::cli::eval::table::{Cell, Table, Tone, numbers, words};
use crate::cli::words::{count, thousands};

/// Risks of [`At`] that the tables of slices show: suspicious, and injected or spam.
const SLICED_AT: [f64; 2] = [0.0, 7.0];

/// All tables, in the order they are shown.
pub(crate) fn tables(evaluation: &Evaluation<'_>) -> Vec<Table> {
    let mut tables = vec![
        groups(evaluation),
        confusion(evaluation),
        thresholds(evaluation),
        slices(
            "Languages",
            "All bad and clean pages of a language. P and R: precision and recall of injected and \
             spam pages when all pages from that risk on are raised; AP: average precision.",
            "language",
            &evaluation.languages,
            true,
        ),
        slices(
            "Categories of bad pages",
            "Bad pages of a category against all clean pages. Junk and damage are no risk, so such \
             pages have no precision and recall by risk.",
            "category",
            &evaluation.bad_categories,
            false,
        ),
        clean_categories(&evaluation.clean_categories),
        rules(evaluation),
        time(evaluation),
    ];
    tables.extend(evaluation.compared.as_ref().map(changes));
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// `12.3 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn percent_or(share: Option<f64>) -> Cell {
    share.map_or_else(|| Cell::new("–", Tone::Quiet), |share| percent(share).into())
}

fn average(ranking: &Ranking) -> Cell {
    let ap = ranking.average_precision;
    ap.map_or_else(|| Cell::new("–", Tone::Quiet), |ap| format!("{ap:.3}").into())
}

fn groups(evaluation: &Evaluation<'_>) -> Table {
    let row = |group: &Group| {
        let scored = group.name != Label::Ambiguous.name();
        let tone = match (scored, group.is_clean) {
            (false, _) => Tone::Quiet,
            (true, true) if group.raised.pages > 0 => Tone::Bad,
            (true, false) if group.raised.share < 0.5 => Tone::Bad,
            (true, _) => Tone::Good,
        };
        // Of clean pages the worst that may be true is the upper end, of bad ones the lower.
        let bound = |rate: Rate| {
            let text = match (scored, group.is_clean) {
                (false, _) => String::new(),
                (true, true) => format!("≤ {}", percent(rate.upper)),
                (true, false) => format!("≥ {}", percent(rate.lower)),
            };
            Cell::new(text, Tone::Quiet)
        };
        let wrong = match (scored, group.is_clean) {
            (false, _) => 0,
            (true, true) => group.raised.pages,
            (true, false) => group.pages - group.raised.pages,
        };
        vec![
            group.name.clone().into(),
            thousands(group.pages as u64).into(),
            Cell::new(percent(group.raised.share), tone),
            bound(group.raised),
            percent(group.flagged.share).into(),
            bound(group.flagged),
            Cell::count(wrong),
            damaged(group.damaged),
        ]
    };
    Table {
        title: "Recall and false alarms",
        note: format!(
            "Flagged: called injected, spam or junk. Raised: flagged or suspicious. Of bad pages \
             the raised share is recall, of clean ones the rate of false alarms. The bounds are \
             ends of 95 % intervals. {} in the figures, {} left out as ambiguous.",
            count(evaluation.counted, "page"),
            thousands(evaluation.left_out as u64)
        ),
        columns: vec![
            words("group"),
            numbers("pages"),
            numbers("raised"),
            numbers("bound"),
            numbers("flagged"),
            numbers("bound"),
            numbers("wrong"),
            numbers("damaged"),
        ],
        rows: evaluation.groups.iter().map(row).collect(),
    }
}

fn damaged(rate: Rate) -> Cell {
    if rate.pages == 0 { Cell::count(0) } else { percent(rate.share).into() }
}

fn confusion(evaluation: &Evaluation<'_>) -> Table {
    let right = |label: Label, verdict: Verdict| label.name() == verdict.name();
    let rows = evaluation.confusion.iter().map(|row| {
        let mut cells = vec![row.label.name().into(), thousands(row.pages as u64).into()];
        cells.extend(row.verdicts.iter().map(|(&verdict, &number)| {
            let tone = if right(row.label, verdict) { Tone::Good } else { Tone::Plain };
            Cell::count_as(number, tone)
        }));
        cells
    });
    let mut columns = vec![words("label"), numbers("pages")];
    columns.extend(Verdict::ALL.map(|verdict| numbers(verdict.name())));
    Table {
        title: "Verdicts by label",
        note: "Rows are what pages are, columns what they were called.".to_owned(),
        columns,
        rows: rows.collect(),
    }
}

fn thresholds(evaluation: &Evaluation<'_>) -> Table {
    let (all, real) = (&evaluation.risk, &evaluation.risk_real);
    let row = |(all, real): (&At, &At)| {
        vec![
            format!("{:.1} dB", all.risk_db).into(),
            Cell::count_as(all.found, Tone::Good),
            Cell::count_as(all.alarms, Tone::Bad),
            percent_or(all.precision),
            percent_or(all.recall),
            percent_or(real.precision),
            percent_or(real.recall),
        ]
    };
    let named = |ranking: &Ranking| {
        ranking.average_precision.map_or_else(|| "none".to_owned(), |ap| format!("{ap:.4}"))
    };
    Table {
        title: "Risk thresholds",
        note: format!(
            "If every page from a risk on were raised: {} injected and spam pages against {} \
             clean ones. Average precision: {} in all, {} without synthetic pages.",
            thousands(all.bad as u64),
            thousands(all.clean as u64),
            named(all),
            named(real)
        ),
        columns: vec![
            numbers("risk from"),
            numbers("found"),
            numbers("false alarms"),
            numbers("precision"),
            numbers("recall"),
            numbers("precision, real"),
            numbers("recall, real"),
        ],
        rows: all.at.iter().zip(&real.at).map(row).collect(),
    }
}

/// `own_clean` says whether every slice has clean pages of its own.
fn slices(title: &'static str, note: &str, name: &str, slices: &[Slice], own_clean: bool) -> Table {
    let row = |slice: &Slice| {
        let of = |rate: Rate, n: usize, tone: Tone| match n {
            0 => Cell::new("–", Tone::Quiet),
            _ if rate.pages == 0 => Cell::count(0),
            _ => Cell::new(thousands(rate.pages as u64), tone),
        };
        let recall = if slice.bad == 0 { None } else { Some(slice.raised.share) };
        let mut cells = vec![
            slice.name.clone().into(),
            Cell::count(slice.bad),
            of(slice.raised, slice.bad, Tone::Plain),
            match recall {
                Some(share) if share < 0.5 => Cell::new(percent(share), Tone::Bad),
                share => percent_or(share),
            },
        ];
        if own_clean {
            cells.push(Cell::count(slice.clean));
            cells.push(of(slice.alarms, slice.clean, Tone::Bad));
        }
        let risky = slice.risk.bad > 0;
        for at in slice.risk.at.iter().filter(|at| SLICED_AT.contains(&at.risk_db)) {
            cells.push(percent_or(at.precision.filter(|_| risky)));
            cells.push(percent_or(at.recall.filter(|_| risky)));
        }
        cells.push(average(&slice.risk));
        cells
    };
    let mut columns = vec![words(name), numbers("bad"), numbers("raised"), numbers("recall")];
    if own_clean {
        columns.extend([numbers("clean"), numbers("alarms")]);
    }
    for at in SLICED_AT {
        columns.push(numbers(format!("P ≥{at}")));
        columns.push(numbers(format!("R ≥{at}")));
    }
    columns.push(numbers("AP"));
    Table { title, note: note.to_owned(), columns, rows: slices.iter().map(row).collect() }
}

fn clean_categories(groups: &[Group]) -> Table {
    let row = |group: &Group| {
        vec![
            group.name.clone().into(),
            thousands(group.pages as u64).into(),
            Cell::count_as(group.raised.pages, Tone::Bad),
            Cell::new(format!("≤ {}", percent(group.raised.upper)), Tone::Quiet),
            Cell::count_as(group.flagged.pages, Tone::Bad),
            Cell::count(group.damaged.pages),
        ]
    };
    Table {
        title: "Categories of clean pages",
        note: "False alarms by kind of page, with the upper bound of their rate.".to_owned(),
        columns: vec![
            words("category"),
            numbers("pages"),
            numbers("raised"),
            numbers("bound"),
            numbers("flagged"),
            numbers("damaged"),
        ],
        rows: groups.iter().map(row).collect(),
    }
}

fn rules(evaluation: &Evaluation<'_>) -> Table {
    let hit = evaluation.rules.iter().filter(|rule| rule.precision.is_some());
    let rows: Vec<Vec<Cell>> = hit
        .map(|rule| {
            vec![
                rule.rule.clone().into(),
                Cell::count(rule.bad_real),
                Cell::count(rule.bad_synthetic),
                Cell::count(rule.clean),
                Cell::count(rule.clean_hard),
                percent_or(rule.precision),
                Cell::count_as(rule.decides_bad, Tone::Good),
                Cell::count_as(rule.decides_clean, Tone::Bad),
            ]
        })
        .collect();
    let silent = evaluation.rules.len() - rows.len();
    let silent = match silent {
        0 => String::new(),
        1 => " One rule hits no page.".to_owned(),
        _ => format!(" {silent} rules hit no page."),
    };
    Table {
        title: "Rules",
        note: format!(
            "Pages on which a rule finds something. Decides: pages that would not be raised \
             without it.{silent}"
        ),
        columns: vec![
            words("rule"),
            numbers("bad, real"),
            numbers("synthetic"),
            numbers("clean"),
            numbers("hard clean"),
            numbers("precision"),
            numbers("decides bad"),
            numbers("clean"),
        ],
        rows,
    }
}

fn time(evaluation: &Evaluation<'_>) -> Table {
    let time = &evaluation.time;
    let row = |name: &str, value: String| vec![name.into(), value.into()];
    let mut rows = vec![
        row("all pages", format!("{:.2} s", time.seconds)),
        row("threads", time.jobs.to_string()),
        row("pages a second", thousands(time.pages_per_second.round() as u64)),
        row("MB a second", format!("{:.1}", time.bytes as f64 / 1e6 / time.seconds.max(1e-3))),
        row("median page", format!("{:.1} ms", time.median_ms)),
        row("99 of 100 within", format!("{:.1} ms", time.p99_ms)),
    ];
    rows.extend(
        time.slowest
            .iter()
            .map(|slow| row(&format!("slow: {}", slow.file), format!("{:.1} ms", slow.ms))),
    );
    Table {
        title: "Time",
        note: "With re-scoring for the table of rules, so more than a plain scan takes.".to_owned(),
        columns: vec![words("what"), numbers("took")],
        rows,
    }
}

fn changes(comparison: &Comparison) -> Table {
    let number = |direction: Direction| {
        comparison.changes.iter().filter(|change| change.direction == direction).count()
    };
    let mut rows: Vec<Vec<Cell>> = comparison
        .changes
        .iter()
        .map(|change| {
            let tone = match change.direction {
                Direction::Worse => Tone::Bad,
                Direction::Better => Tone::Good,
                Direction::Other => Tone::Quiet,
            };
            vec![
                Cell::new(change.direction.name(), tone),
                change.group.clone().into(),
                format!("{} → {}", change.was, change.is.name()).into(),
                format!("{:.1} → {:.1}", change.was_db, change.is_db).into(),
                change.file.clone().into(),
            ]
        })
        .collect();
    if rows.is_empty() {
        rows.push(vec![Cell::new("none", Tone::Quiet)]);
    }
    Table {
        title: "Compared page by page",
        note: format!(
            "With {}: {} worse, {} better, {} with another verdict, {} the same; {} only now, {} \
             only then.",
            comparison.with,
            number(Direction::Worse),
            number(Direction::Better),
            number(Direction::Other),
            comparison.same,
            comparison.new,
            comparison.gone
        ),
        columns: vec![
            words("change"),
            words("group"),
            words("verdict"),
            words("risk, dB"),
            words("page"),
        ],
        rows,
    }
}
