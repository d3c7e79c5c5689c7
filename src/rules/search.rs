//! Where patterns match on a page.

use crate::page::Zone;
use crate::rules::Rule;
use crate::rules::compile::Matcher;
use crate::rules::pattern::Pattern;
use crate::signals::Facts;
use crate::span::Span;
use crate::terms::{MAX_PLACES, Place};
use crate::text::hash_chars;

/// Most matches that are looked at: some lie in zones that do not count.
const MAX_MATCHES: usize = 256;
/// How far around a literal a pattern looks on very long lines, in bytes.
const LINE_REACH: usize = 2_048;

/// The places where the pattern of a rule matches, each with a number that is equal for equal
/// texts. None for a rule that has no pattern.
pub(super) fn matches(rule: &Rule, facts: &Facts<'_>) -> Vec<(Span, u64)> {
    let Matcher::Pattern { pattern, literals, in_code, needs, full } = &rule.matcher else {
        return Vec::new();
    };
    if needs.as_ref().is_some_and(|needs| !needs.has_any(facts.chars()))
        || in_code.as_ref().is_some_and(|literals| !is_in_code(literals, facts))
    {
        return Vec::new();
    }
    let places = literals.map(|number| facts.found.places_of(number));
    if places.is_some_and(<[Place]>::is_empty) {
        return Vec::new();
    }
    let mut search = Search { rule, facts, pattern, found: Vec::new() };
    let reach = if *full { usize::MAX } else { LINE_REACH };
    match places.filter(|places| !full || places.len() < MAX_PLACES) {
        Some(places) => search.around(places, reach),
        None => search.everywhere(),
    }
    search.found
}

/// Whether the page's text, code with it, holds one of some literals in lower case.
fn is_in_code(literals: &[String], facts: &Facts<'_>) -> bool {
    let text = facts.lower_text().as_bytes();
    let holds = |literal: &String| memchr::memmem::find(text, literal.as_bytes()).is_some();
    literals.iter().any(holds) || facts.folds_to_ascii()
}

/// A pattern on its way over a page.
struct Search<'a> {
    rule: &'a Rule,
    facts: &'a Facts<'a>,
    pattern: &'a Pattern,
    found: Vec<(Span, u64)>,
}

impl Search<'_> {
    /// Looks at the lines around places, at most `reach` bytes to either side; each line once.
    fn around(&mut self, places: &[Place], reach: usize) {
        let mut done = 0;
        for place in places {
            let block = self.facts.block_at(place.span.start);
            if place.span.start < done || block.is_some_and(|block| !self.may_look_in(block.zone)) {
                continue;
            }
            let line = line_around(&self.facts.page.text, place.span, done as usize, reach);
            done = line.end;
            let block = block.filter(|block| block.span.contains(line));
            let asked = block.is_none_or(|block| self.may_find_in(line, block.zone));
            if asked && !self.line(line) {
                return;
            }
        }
    }

    /// Looks at the lines of the zones the rule looks in, those left out where the pattern cannot
    /// match: blocks that follow on each other are asked together.
    fn everywhere(&mut self) {
        let mut run: Option<Span> = None;
        for block in &self.facts.page.blocks {
            let looked_in = self.names(block.zone)
                || self.may_look_in(block.zone) && self.facts.has_anchor(block.span);
            if looked_in {
                run = Some(run.map_or(block.span, |run| run.cover(block.span)));
            } else if let Some(run) = run.take()
                && !self.run(run)
            {
                return;
            }
        }
        if let Some(run) = run {
            self.run(run);
        }
    }

    /// Looks at the lines of neighbouring blocks. Answers whether there is room for more.
    fn run(&mut self, run: Span) -> bool {
        let facts = self.facts;
        let (mut at, end) = (run.start as usize, run.end as usize);
        while at < end {
            let part = regex_automata::Span { start: at, end };
            let Some(place) = self.pattern.next_place(&facts.page.text, part) else { break };
            let Some(block) = facts.block_at(place as u32) else {
                at = place + 1;
                continue;
            };
            let line = line_at(&facts.page.text, block.span, place);
            let asked = !line.is_empty() && self.may_find_in(line, block.zone);
            if asked && !self.line(line) {
                return false;
            }
            at = line.end as usize;
            at += usize::from(facts.page.text.as_bytes().get(at) == Some(&b'\n'));
        }
        true
    }

    /// Looks at a line. Answers whether there is room for more.
    fn line(&mut self, line: Span) -> bool {
        let text = &self.facts.page.text[line.range()];
        for matched in self.pattern.matches(text).into_iter().flatten() {
            if self.found.len() >= MAX_MATCHES {
                return false;
            }
            if !matched.is_empty() {
                let start = line.start as usize + matched.start();
                let span = Span::new(start, start + matched.len());
                self.found.push((span, key_of(&text[matched.range()])));
            }
        }
        true
    }

    /// Whether the rule names the zone of a block, or one that lines of the block may have.
    fn names(&self, zone: Zone) -> bool {
        let zones = self.rule.zones;
        zones.contains(zone) || zone == Zone::Body && zones.contains_any(&[Zone::Head, Zone::Tail])
    }

    /// Whether the rule can find something in text of a block of this zone.
    fn may_look_in(&self, zone: Zone) -> bool {
        self.names(zone) || self.rule.zones.contains(Zone::Anchor) && zone.is_visible()
    }

    /// Whether the rule looks in all lines of the blocks of a zone.
    fn looks_in_all_of(&self, zone: Zone) -> bool {
        let zones = self.rule.zones;
        let lines = if zone == Zone::Body { &[Zone::Head, zone, Zone::Tail][..] } else { &[zone] };
        lines.iter().all(|&zone| zones.contains(zone))
    }

    /// Whether what is found in a line of a block of this zone can lie in a zone of the rule.
    fn may_find_in(&self, line: Span, zone: Zone) -> bool {
        let zones = self.rule.zones;
        if self.looks_in_all_of(zone) {
            return true;
        }
        let ends = [line.start, line.end.max(line.start + 1) - 1];
        self.names(zone) && ends.iter().any(|at| zones.contains(self.facts.zone_at(*at)))
            || zones.contains(Zone::Anchor) && self.facts.has_anchor(line)
    }
}

/// The line around a place, at most `reach` bytes to either side and not before `from`.
fn line_around(text: &str, place: Span, from: usize, reach: usize) -> Span {
    let start = (place.start as usize).max(from);
    let low = text.ceil_char_boundary(start.saturating_sub(reach).max(from));
    let high = text.floor_char_boundary((place.end as usize).saturating_add(reach));
    let before = memchr::memrchr(b'\n', &text.as_bytes()[low..start]);
    let begin = before.map_or(low, |at| low + at + 1);
    let after = memchr::memchr(b'\n', &text.as_bytes()[place.end as usize..high]);
    let end = after.map_or(high, |at| place.end as usize + at);
    Span::new(begin, end.max(begin))
}

/// The line of a block that holds the byte at a place, the break at its end counted with it.
fn line_at(text: &str, block: Span, place: usize) -> Span {
    let (start, end) = (block.start as usize, block.end as usize);
    let before = memchr::memrchr(b'\n', &text.as_bytes()[start..place]);
    let after = memchr::memchr(b'\n', &text.as_bytes()[place..end]);
    Span::new(before.map_or(start, |at| start + at + 1), after.map_or(end, |at| place + at))
}

/// Equal texts, white space and case aside, count as one.
fn key_of(text: &str) -> u64 {
    hash_chars(text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_around_places() {
        let text = "first\nsecond place here\nthird";
        let at = text.find("place").unwrap_or(0);
        let line = line_around(text, Span::new(at, at + 5), 0, LINE_REACH);
        assert_eq!(&text[line.range()], "second place here");
    }
}
