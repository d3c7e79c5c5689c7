//! An inspection for people.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use crawlint::page::{Link, Page, Zone};
use crawlint::report::terminal::{self, Look, cut, escape, pad};
use crawlint::report::{Report, Verdict, human, tenth};
use crawlint::{Inspection, Step};

use crate::cli::inspect::json::{kind_name, technique};
use crate::cli::inspect::place::Places;
use crate::cli::words::{count, thousands};

/// Blocks shown from either end, unless all are asked for.
const BLOCKS: usize = 20;

/// Links and hidden elements shown, unless all are asked for.
const ITEMS: usize = 10;

/// Columns of a block's text.
const TEXT: usize = 80;

/// Columns of the waterfall's bars.
const BAR: usize = 32;

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();

/// The inspection as text, `bytes` being the size of the record.
pub(crate) fn render(
    inspection: &Inspection,
    bytes: usize,
    places: &Places<'_>,
    all: bool,
    look: Look,
) -> String {
    let page = &inspection.page;
    let excerpts = human::excerpts(&inspection.report, page);
    let mut view = View { out: String::new(), inspection, places, all, look };
    view.out.push_str(&human::render(&inspection.report, &excerpts, look));
    view.facts(bytes);
    if inspection.report.verdict != Verdict::Unreadable {
        view.metas(page);
        view.blocks(page);
        view.links(page);
        view.hidden(page);
        view.notes(page);
        view.signals();
        view.quality();
        view.waterfall();
        view.axes();
    }
    view.why_not();
    view.out
}

struct View<'a> {
    out: String,
    inspection: &'a Inspection,
    places: &'a Places<'a>,
    all: bool,
    look: Look,
}

impl View<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn title(&mut self, title: &str, remark: &str) {
        let title = format!("\n{}  {}", self.look.bold(title), self.look.dim(remark));
        self.line(&title);
    }

    /// What is known of the record as a whole.
    fn facts(&mut self, bytes: usize) {
        let report: &Report = &self.inspection.report;
        let page = &self.inspection.page;
        let declared = report
            .language
            .declared
            .as_ref()
            .map_or_else(|| "none declared".to_owned(), |declared| format!("{declared} declared"));
        let host = page.host.as_deref().unwrap_or("not known");
        let format = format!("{:?}", report.format).to_lowercase();
        let visible = page.visible().chars().count();
        let offsets = match report.offsets {
            crawlint::report::Offsets::Bytes => "",
            crawlint::report::Offsets::Decoded => ", offsets in the decoded text",
        };
        let facts = [
            (
                "format",
                format!(
                    "{format}, {} (by {}){offsets}",
                    report.charset, self.inspection.charset_by
                ),
            ),
            (
                "size",
                format!(
                    "{}, {} visible characters",
                    count(bytes, "byte"),
                    thousands(visible as u64)
                ),
            ),
            ("language", format!("{} ({declared})", report.language.main)),
            ("host", host.to_owned()),
        ];
        self.out.push('\n');
        for (name, value) in facts {
            let line = format!("{}  {}", self.look.bold(format!("{name:<9}")), escape(&value));
            self.line(&line);
        }
    }

    /// Titles, descriptions and other texts search engines quote.
    fn metas(&mut self, page: &Page) {
        let zones = [Zone::Title, Zone::MetaDescription, Zone::MetaKeywords, Zone::OpenGraph];
        let blocks: Vec<_> =
            page.blocks.iter().filter(|block| zones.contains(&block.zone)).collect();
        if blocks.is_empty() {
            return;
        }
        self.title("Titles and metas", "");
        let room = self.look.width.saturating_sub(13);
        for block in self.some(&blocks) {
            let text = escape(page.slice(block.span)).into_owned();
            let line = format!("  {:<9}  {}", block.zone.name(), cut(text.trim(), room));
            self.line(&line);
        }
        self.left_out(blocks.len());
    }

    fn blocks(&mut self, page: &Page) {
        self.title(
            "Blocks",
            &format!("{} · place, zone, kind, language, text", count(page.blocks.len(), "block")),
        );
        for range in ends(page.blocks.len(), BLOCKS, self.all) {
            match range {
                Ok(range) => range.for_each(|index| self.block(page, index)),
                Err(left_out) => {
                    let more = format!("… {left_out} more; --all shows them");
                    let line = format!("  {:>9}  {}", "", self.look.dim(more));
                    self.line(&line);
                }
            }
        }
    }

    fn block(&mut self, page: &Page, index: usize) {
        let block = &page.blocks[index];
        let place = self.places.of(page.source_map.to_source(block.span).start).to_string();
        let language = self.inspection.block_languages.get(index).copied().unwrap_or("und");
        let mut text = String::new();
        if let Some(technique) = technique(self.inspection, block.hidden) {
            let _ = write!(text, "({technique}) ");
        }
        // Enough for the columns shown, whatever the block's length.
        text.extend(page.slice(block.span).chars().take(TEXT + 1));
        let zone = self.inspection.block_zones.get(index).copied().unwrap_or(block.zone);
        let visible = zone.is_visible();
        let zone = pad(zone.name(), 9);
        let zone = if visible { self.look.bold(zone) } else { self.look.dim(zone) };
        let room = self.look.width.saturating_sub(44).clamp(20, TEXT);
        let line = format!(
            "  {place:>9}  {zone}  {:<10} {language:<8} {}",
            kind_name(block.kind),
            cut(&escape(&text), room),
        );
        self.line(&line);
    }

    fn links(&mut self, page: &Page) {
        if page.links.is_empty() {
            return;
        }
        let offsite = page.links.iter().filter(|link| link.offsite).count();
        let hidden = page.links.iter().filter(|link| link.hidden.is_some()).count();
        self.title(
            "Links",
            &format!("{}, {offsite} off-site, {hidden} hidden", count(page.links.len(), "link")),
        );
        // Off-site and hidden links tell most.
        let telling = |link: &&Link| self.all || link.offsite || link.hidden.is_some();
        let links: Vec<_> = page.links.iter().filter(telling).collect();
        for link in self.some(&links) {
            let place = self.places.of(link.source.start).to_string();
            let marks: Vec<&str> = [
                technique(self.inspection, link.hidden),
                link.offsite.then_some("off-site"),
                (!link.rel.is_empty()).then_some(link.rel.as_str()),
            ]
            .into_iter()
            .flatten()
            .collect();
            let room = self.look.width.saturating_sub(42) / 2;
            let line = format!(
                "  {place:>9}  {}  {}  {}",
                pad(&cut(&escape(&marks.join(" ")), 26), 26),
                pad(&cut(&escape(page.slice(link.text)), room), room),
                cut(&escape(&link.href), room),
            );
            self.line(&line);
        }
        self.left_out(links.len());
    }

    fn hidden(&mut self, page: &Page) {
        if page.hidden.is_empty() {
            return;
        }
        self.title("Hidden elements", &count(page.hidden.len(), "element"));
        let elements: Vec<_> = page.hidden.iter().collect();
        for element in self.some(&elements) {
            let place = self.places.of(element.source.start).to_string();
            let why = element.benign.map_or_else(String::new, |why| format!(" (ordinary: {why})"));
            let what = format!("<{}> {}{why}", element.element, element.technique);
            let room = self.look.width.saturating_sub(53).max(20);
            let text: String = page.slice(element.text).chars().take(TEXT + 1).collect();
            let line = format!(
                "  {place:>9}  {}  {}",
                pad(&cut(&escape(&what), 38), 38),
                cut(&escape(&text), room)
            );
            self.line(&line);
        }
        self.left_out(page.hidden.len());
    }

    fn notes(&mut self, page: &Page) {
        if page.notes.is_empty() {
            return;
        }
        self.title("Notes of the parser", "");
        let notes: Vec<_> = page.notes.iter().collect();
        for note in self.some(&notes) {
            let line = format!(
                "  {:>9}  {}",
                self.places.of(note.source.start).to_string(),
                note.kind.name()
            );
            self.line(&line);
        }
        self.left_out(page.notes.len());
    }

    /// Signals, those that are zero only by name: most are, and the others tell the story.
    fn signals(&mut self) {
        let signals = &self.inspection.signals;
        if signals.is_empty() {
            return;
        }
        self.title("Signals", &count(signals.len(), "signal"));
        let widest = signals.iter().map(|(name, ..)| terminal::width(name)).max().unwrap_or(0);
        let mut zero = Vec::new();
        for &(name, value, unit) in signals {
            if value == 0.0 {
                zero.push(name);
                continue;
            }
            let line =
                format!("  {}  {:>10}  {}", pad(name, widest), number(value), self.look.dim(unit));
            self.line(&line);
        }
        if !zero.is_empty() {
            let zero = format!("zero: {}", zero.join(", "));
            for line in terminal::wrap(&zero, self.look.width.saturating_sub(2)) {
                let line = format!("  {}", self.look.dim(line));
                self.line(&line);
            }
        }
    }

    /// Signals of public filters, in as many columns as fit.
    fn quality(&mut self) {
        let report = &self.inspection.report;
        let Some(signals) = &report.signals else { return };
        self.title("Quality", "signals of public filters, no part of the verdict");
        if let Some(profile) = &report.profile {
            let decision = match profile.reason {
                Some(reason) => format!("  {} drops the page: {reason}", profile.name),
                None => format!("  {} keeps the page", profile.name),
            };
            self.line(&decision);
        }
        let told: Vec<_> = signals.iter().filter(|(_, value)| **value != 0.0).collect();
        let widest = told.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in told {
            let line = format!("  {}  {:>10}", pad(name, widest), number(*value));
            self.line(&line);
        }
    }

    /// How the risk came about, each step drawn from the sum before it to the sum after it.
    fn waterfall(&mut self) {
        let steps = &self.inspection.waterfall;
        let report = &self.inspection.report;
        self.title("Risk", "decibans: +10 multiplies the odds by ten, 0 is even odds");
        let sums = sums(steps);
        let low = sums.iter().copied().fold(0.0, f64::min);
        let high = sums.iter().copied().fold(0.0, f64::max);
        let widest =
            steps.iter().map(|step| terminal::width(&escape(&step.label))).max().unwrap_or(0);
        let widest = widest.clamp(5, 40);
        for (index, step) in steps.iter().enumerate() {
            let before = if index == 0 { 0.0 } else { sums[index - 1] };
            let style = if step.db > 0.0 { RED } else { GREEN };
            let bar = bar(before, sums[index], low, high);
            let line = format!(
                "  {}  {:>+7.1}  {}  {}",
                pad(&cut(&escape(&step.label), widest), widest),
                tenth(step.db),
                self.look.paint(style, bar),
                self.look.dim(escape(&step.detail)),
            );
            self.line(&line);
        }
        let total = format!(
            "  {}  {:>+7.1}  {}  {}",
            pad("total", widest),
            tenth(report.risk_db),
            bar(0.0, report.risk_db, low.min(report.risk_db), high.max(report.risk_db)),
            format_args!("risk {} %", report.risk),
        );
        let total = self.look.bold(total);
        self.line(&total);
    }

    fn axes(&mut self) {
        let report = &self.inspection.report;
        self.title("Other axes", "0 to 100");
        for (name, value) in [("damage", report.damage), ("junk", report.junk)] {
            let filled = usize::from(value.min(100)) * BAR / 100;
            let gauge = format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled));
            let line = format!("  {name:<7} {value:>3}  {gauge}");
            self.line(&line);
        }
    }

    fn why_not(&mut self) {
        if self.inspection.why_not.is_empty() {
            return;
        }
        self.title("Why it is not judged worse", "");
        for reason in &self.inspection.why_not {
            let reason = escape(reason).into_owned();
            let lines = terminal::wrap(&reason, self.look.width.saturating_sub(4));
            for (at, text) in lines.iter().enumerate() {
                let line = format!("  {} {text}", if at == 0 { "-" } else { " " });
                self.line(&line);
            }
        }
    }

    /// All of a list, or its beginning.
    fn some<T: Copy>(&self, list: &[T]) -> Vec<T> {
        list.iter().copied().take(if self.all { usize::MAX } else { ITEMS }).collect()
    }

    fn left_out(&mut self, total: usize) {
        if !self.all && total > ITEMS {
            let more = format!("… {} more; --all shows them", total - ITEMS);
            let line = format!("  {:>9}  {}", "", self.look.dim(more));
            self.line(&line);
        }
    }
}

/// The first and last `keep` of `len` items, and how many lie between them.
fn ends(len: usize, keep: usize, all: bool) -> Vec<Result<Range<usize>, usize>> {
    if all || len <= 2 * keep {
        return vec![Ok(0..len)];
    }
    vec![Ok(0..keep), Err(len - 2 * keep), Ok(len - keep..len)]
}

/// A number without needless digits.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

/// Running sums.
fn sums(steps: &[Step]) -> Vec<f64> {
    let mut sum = 0.0;
    steps
        .iter()
        .map(|step| {
            sum += step.db;
            sum
        })
        .collect()
}

/// A bar from one value to another on the scale `low..=high`, `┊` marking zero.
fn bar(from: f64, to: f64, low: f64, high: f64) -> String {
    let at = |value: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        ((share * BAR as f64).round() as usize).min(BAR)
    };
    let (left, right) = (at(from.min(to)), at(from.max(to)));
    let right = right.max((left + 1).min(BAR));
    let left = left.min(right.saturating_sub(1));
    let zero = at(0.0);
    let cell = |column: usize| {
        if (left..right).contains(&column) {
            '█'
        } else if column == zero {
            '┊'
        } else {
            ' '
        }
    };
    (0..=BAR).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_run_from_sum_to_sum() {
        assert_eq!(bar(0.0, -16.0, -16.0, 16.0).trim_end(), format!("{}┊", "█".repeat(16)));
        assert_eq!(bar(-16.0, 16.0, -16.0, 16.0).trim_end(), "█".repeat(32));
        assert_eq!(bar(0.0, 0.0, 0.0, 0.0).chars().count(), BAR + 1);
        assert_eq!(bar(16.0, 16.0, -16.0, 16.0).matches('█').count(), 1);
    }

    #[test]
    fn long_lists_show_both_ends() {
        assert_eq!(ends(40, 20, false), [Ok(0..40)]);
        assert_eq!(ends(41, 20, false), [Ok(0..20), Err(1), Ok(21..41)]);
        assert_eq!(ends(41, 20, true), [Ok(0..41)]);
    }
}
