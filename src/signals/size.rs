//! How much there is.

use crate::page::Zone;
use crate::signals::{Facts, Measure};

pub(super) fn body_chars(facts: &Facts<'_>) -> Measure {
    let body = facts.lines.iter().filter(|line| line.prose && line.zone == Zone::Body);
    Measure::of(f64::from(body.map(|line| line.survey.chars).sum::<u32>()))
}

pub(super) fn visible_chars(facts: &Facts<'_>) -> Measure {
    Measure::of(f64::from(facts.survey.solid))
}

pub(super) fn visible_words(facts: &Facts<'_>) -> Measure {
    Measure::of(f64::from(facts.survey.words) + facts.scripts.ideographic() as f64 / 2.0)
}

pub(super) fn ideographic_share(facts: &Facts<'_>) -> Measure {
    Measure::share(facts.scripts.ideographic(), facts.scripts.total())
}

pub(super) fn lines(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.lines.len() as f64)
}

pub(super) fn prose_lines(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.lines.iter().filter(|line| line.prose).count() as f64)
}

pub(super) fn links(facts: &Facts<'_>) -> Measure {
    Measure::of(facts.page.links.len() as f64)
}
