//! Takes the places that carry evidence of spam out of a record and leaves the rest as it is.
//!
//! What goes is decided on the page, in whole lines, blocks and elements; what is cut are bytes
//! of the record, in its own encoding and format.

use crate::page::{Block, Format, Page, Zone};
use crate::parse::Cut;
use crate::pipeline::{Origin, Places, Scanner};
use crate::report::{Report, SourceSpan, Verdict};
use crate::rules::{Evidence, RuleSet};
use crate::score::Score;
use crate::signals::{Facts, Signals};
use crate::span::{OffsetMap, Span, merged, overlapping};
use crate::terms::Strength;
use crate::text::is_prose;
use crate::timings::Clock;

/// Rounds of scanning and cutting: what hides behind stronger evidence shows once that is gone.
const MAX_ROUNDS: usize = 4;

/// Families that say how a text was damaged or made, not that it is foreign.
const KEPT_FAMILIES: &[&str] = &["DMG", "ENC", "GEN"];

/// Share of a paragraph that must be evidence before the paragraph goes: a host's own paragraph
/// with a few of the words stays.
const MIN_SHARE: f64 = 0.4;

/// Longest title, description or other text beside the page, in bytes, that goes as a whole for
/// whatever is found in it.
const MAX_ASIDE: usize = 600;

/// Longest script that goes as a whole, in bytes; of a longer one only the lines with evidence go.
const MAX_SCRIPT: usize = 8 << 10;

/// Longest text of a removal that is kept, in characters.
const MAX_TEXT: usize = 240;

/// A record without its foreign parts; see [`Scanner::strip`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stripped {
    /// The bytes that are left, in the encoding and format of the record.
    pub bytes: Vec<u8>,
    /// What was taken out, in order of its place.
    pub removed: Vec<Removed>,
    /// Whether nothing a reader sees is left: the page was spam as a whole.
    pub hollow: bool,
    /// The judgement on the record as it came.
    pub before: Report,
    /// The judgement on what is left; `unreadable` where not a byte of text is left.
    pub after: Report,
}

impl Stripped {
    /// Whether what is left is a page, and below `suspicious`: clean or damaged.
    pub fn is_clean(&self) -> bool {
        !self.hollow && matches!(self.after.verdict, Verdict::Clean | Verdict::Damaged)
    }
}

/// Something taken out of a record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Removed {
    /// Where it stood in the record as it came, in bytes.
    pub source_span: SourceSpan,
    /// Ids of the rules whose findings asked for it, sorted.
    pub rules: Vec<String>,
    /// The source text taken out, shortened to at most 240 characters.
    pub text: String,
}

impl Scanner {
    /// Takes out what carries evidence of spam: findings that add to the risk and are not about
    /// damage, encoding or generated text. Whole lines go from text and Markdown; from HTML the
    /// smallest blocks that hold nothing else, hidden elements, links, and the contents of titles
    /// and metas. Paragraphs of the host that are mostly its own words stay.
    ///
    /// What is left is scanned again, at most four times, until nothing more can be taken out.
    /// The result always is text in the encoding of the record.
    ///
    /// ```
    /// use crawlint::{Origin, Scanner};
    ///
    /// let page = "<p>Fresh bread every morning from six.</p>\
    ///     <div style='display:none'><a href='https://a.example/'>casino bonus</a> \
    ///     <a href='https://b.example/'>online casino</a></div>";
    /// let stripped = Scanner::new()?.strip(page.as_bytes(), &Origin::path("bread.html"));
    /// assert_eq!(stripped.bytes, b"<p>Fresh bread every morning from six.</p>");
    /// # Ok::<(), crawlint::rules::RulesError>(())
    /// ```
    pub fn strip(&self, bytes: &[u8], origin: &Origin) -> Stripped {
        let first = self.guarded(bytes, origin, |scanner| Round::of(scanner, bytes, origin));
        let first = match first {
            Ok(round) => round,
            Err(report) => {
                let (bytes, removed) = (bytes.to_vec(), Vec::new());
                let (before, after) = (*report.clone(), *report);
                return Stripped { bytes, removed, hollow: false, before, after };
            }
        };
        let mut rest = Rest::new(bytes, &first);
        let before = first.report.clone();
        let mut round = first;
        for _ in 0..MAX_ROUNDS {
            let cuts = rest.to_original(std::mem::take(&mut round.cuts));
            if !rest.cut(cuts) {
                break;
            }
            let left = rest.bytes();
            let next = self.guarded(&left, origin, |scanner| Round::of(scanner, &left, origin));
            match next {
                // Less text may be read in another encoding, and then places say nothing.
                Ok(next) if next.text == rest.text() => round = next,
                _ => break,
            }
        }
        let removed = rest.removed();
        if removed.is_empty() {
            let after = before.clone();
            return Stripped { bytes: bytes.to_vec(), removed, hollow: false, before, after };
        }
        let left = rest.bytes();
        let last = self.inspect(&left, origin);
        let hollow = !last.page.visible().contains(char::is_alphanumeric);
        Stripped { bytes: left, removed, hollow, before, after: last.report }
    }
}

/// A place to cut, in the decoded text, and the rules that ask for it.
#[derive(Clone, Debug)]
struct Wanted {
    place: Span,
    rules: Vec<String>,
}

/// One scan and what is to be cut after it.
struct Round {
    report: Report,
    text: String,
    to_bytes: OffsetMap,
    charset: &'static str,
    cuts: Vec<Wanted>,
}

impl Round {
    fn of(scanner: &Scanner, bytes: &[u8], origin: &Origin) -> Self {
        let scan = scanner.read(bytes, origin, &Clock::off());
        let facts = scan.facts(scanner.rules());
        let signals = Signals::new(&facts);
        let judged = scanner.judge(&scan, &signals, origin, &Clock::off());
        let report = scanner.report(bytes, origin, &scan, &judged);
        let cuts = wanted(scanner.rules(), &facts, &judged.score);
        Self {
            to_bytes: scan.decoded.source_map(bytes),
            charset: scan.decoded.charset,
            text: scan.decoded.text.clone().into_owned(),
            report,
            cuts,
        }
    }
}

/// What is left of a record, in places of its decoded text.
struct Rest<'a> {
    original: &'a [u8],
    text: String,
    to_bytes: OffsetMap,
    charset: &'static str,
    /// What is left, ascending and apart.
    kept: Vec<Span>,
    cuts: Vec<Wanted>,
}

impl<'a> Rest<'a> {
    fn new(original: &'a [u8], first: &Round) -> Self {
        Self {
            original,
            text: first.text.clone(),
            to_bytes: first.to_bytes.clone(),
            charset: first.charset,
            kept: merged(vec![Span::new(0, first.text.len())]),
            cuts: Vec::new(),
        }
    }

    /// From places in what is left to places in the whole.
    fn to_original(&self, cuts: Vec<Wanted>) -> Vec<Wanted> {
        let mut map = OffsetMap::default();
        let mut at = 0;
        for span in &self.kept {
            map.push(at, span.len(), *span);
            at += span.len();
        }
        cuts.into_iter().map(|cut| Wanted { place: map.to_source(cut.place), ..cut }).collect()
    }

    /// Takes places out; false where that changes nothing.
    fn cut(&mut self, cuts: Vec<Wanted>) -> bool {
        let gone = merged(cuts.iter().map(|cut| cut.place).collect());
        let before: usize = self.kept.iter().map(|span| span.len()).sum();
        let mut kept = Vec::new();
        for span in &self.kept {
            let mut at = span.start;
            for part in overlapping(&gone, *span) {
                kept.push(Span { start: at, end: part.start });
                at = part.end;
            }
            kept.push(Span { start: at, end: span.end });
        }
        kept.retain(|span| !span.is_empty());
        self.kept = kept;
        self.cuts.extend(cuts);
        self.kept.iter().map(|span| span.len()).sum::<usize>() < before
    }

    fn text(&self) -> String {
        self.kept.iter().map(|span| &self.text[span.range()]).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut gone = Vec::new();
        let mut at = 0;
        for span in &self.kept {
            gone.push(Span { start: at, end: span.start });
            at = span.end;
        }
        gone.push(Span::new(at as usize, self.text.len()));
        gone.retain(|span| !span.is_empty());
        let mut left = Vec::with_capacity(self.original.len());
        let mut done = 0;
        for span in gone {
            let bytes = self.to_bytes.to_source(span).range();
            left.extend_from_slice(&self.original[done..bytes.start.max(done)]);
            if self.charset == "iso-2022-jp" {
                left.extend(escapes(&self.original[bytes.clone()]));
            }
            done = done.max(bytes.end);
        }
        left.extend_from_slice(&self.original[done..]);
        left
    }

    /// The removals, those that touch joined.
    fn removed(&self) -> Vec<Removed> {
        let places = Places::new(&self.text, self.to_bytes.clone());
        let mut cuts = self.cuts.clone();
        cuts.sort_by_key(|cut| cut.place);
        let mut joined: Vec<Wanted> = Vec::new();
        for cut in cuts {
            match joined.last_mut() {
                Some(last) if cut.place.start <= last.place.end => {
                    last.place = last.place.cover(cut.place);
                    last.rules.extend(cut.rules);
                }
                _ => joined.push(cut),
            }
        }
        joined.retain(|cut| !cut.place.is_empty());
        let of = |cut: Wanted| {
            let text = self.text[cut.place.range()].trim();
            Removed {
                source_span: places.locate(cut.place),
                rules: distinct(cut.rules),
                text: text.chars().take(MAX_TEXT).collect(),
            }
        };
        joined.into_iter().map(of).collect()
    }
}

/// The sequences of three bytes by which ISO-2022-JP changes character sets: what follows a cut
/// needs those inside it.
fn escapes(bytes: &[u8]) -> Vec<u8> {
    let sequence =
        |w: &&[u8]| matches!(w, [0x1b, b'(', b'B' | b'J' | b'I'] | [0x1b, b'$', b'@' | b'B']);
    bytes.windows(3).filter(sequence).flatten().copied().collect()
}

/// All places to cut on a page, in its decoded text.
fn wanted(rules: &RuleSet, facts: &Facts<'_>, score: &Score) -> Vec<Wanted> {
    let mut stripper = Stripper { facts, page: facts.page, marks: Vec::new(), cuts: Vec::new() };
    for weighed in score.findings.iter().filter(|weighed| weighed.db > 0.0) {
        let rule = &rules.rules()[weighed.evidence.rule];
        if !KEPT_FAMILIES.contains(&rule.family.as_str()) {
            stripper.note(&rule.definition.id, &rule.family, &weighed.evidence);
        }
    }
    let marks = stripper.marks.iter().cloned().map(|mark| (mark.span, mark)).collect();
    let marks = Index::new(marks);
    stripper.lines(&marks);
    stripper.asides(&marks);
    stripper.links();
    stripper.cuts
}

/// Evidence in the page's text.
#[derive(Clone)]
struct Mark<'a> {
    span: Span,
    rule: &'a str,
    /// Whether it condemns a line that is no prose, or a title, on its own. Words that betray a
    /// conversion do not.
    telling: bool,
}

/// Spans with something to each, to find those that touch a place.
struct Index<T> {
    items: Vec<(Span, T)>,
    /// How far the items up to each one reach.
    reach: Vec<u32>,
}

impl<T> Index<T> {
    fn new(mut items: Vec<(Span, T)>) -> Self {
        items.sort_by_key(|item| item.0);
        let mut end = 0;
        let reach = items.iter().map(|item| {
            end = item.0.end.max(end);
            end
        });
        Self { reach: reach.collect(), items }
    }

    fn touching(&self, place: Span) -> impl Iterator<Item = &(Span, T)> {
        let first = self.reach.partition_point(|&end| end <= place.start);
        let items = self.items[first..].iter().take_while(move |item| item.0.start < place.end);
        items.filter(move |item| item.0.overlaps(place))
    }
}

impl Index<Vec<String>> {
    fn of(cuts: &[Wanted]) -> Self {
        Self::new(cuts.iter().map(|cut| (cut.place, cut.rules.clone())).collect())
    }

    /// Rules of the items that touch a place.
    fn rules(&self, place: Span) -> Vec<String> {
        distinct(self.touching(place).flat_map(|item| item.1.iter().cloned()).collect())
    }
}

/// What speaks against a part of the page's text.
struct Charge {
    rules: Vec<String>,
    /// Share of the part that is evidence, 0 to 1.
    share: f64,
    telling: bool,
}

impl Index<Mark<'_>> {
    /// What speaks against a part; `None` where nothing does.
    fn charge(&self, part: Span) -> Option<Charge> {
        let marks: Vec<&Mark<'_>> = self.touching(part).map(|item| &item.1).collect();
        if marks.is_empty() {
            return None;
        }
        let spans = merged(marks.iter().map(|mark| mark.span).collect());
        let covered: usize = overlapping(&spans, part).map(Span::len).sum();
        Some(Charge {
            rules: distinct(marks.iter().map(|mark| mark.rule.to_owned()).collect()),
            share: covered as f64 / part.len() as f64,
            telling: marks.iter().any(|mark| mark.telling),
        })
    }
}

fn distinct(mut rules: Vec<String>) -> Vec<String> {
    rules.sort_unstable();
    rules.dedup();
    rules
}

struct Stripper<'a> {
    facts: &'a Facts<'a>,
    page: &'a Page,
    marks: Vec<Mark<'a>>,
    cuts: Vec<Wanted>,
}

impl<'a> Stripper<'a> {
    /// Takes a finding in: as a place in the source where it names one, else as marks.
    fn note(&mut self, rule: &'a str, family: &str, evidence: &Evidence) {
        let (facts, span) = (self.facts, evidence.span);
        // Of a link or element the text counts as evidence, too: a line of nothing but such
        // links goes as a whole.
        let mut mark = |span: Span, telling| self.marks.push(Mark { span, rule, telling });
        if let Some(source) = evidence.source
            && self.page.format != Format::Json
        {
            mark(span, true);
            if self.is_foreign(source) {
                self.want(source, rule);
            }
        } else if evidence.topic.is_some() {
            // The evidence are the terms. At the edges, what stands between them is a part of it.
            let hits = facts.hits_in(span).iter();
            for hit in
                hits.filter(|h| Some(h.topic) == evidence.topic && h.strength > Strength::Weak)
            {
                mark(hit.span, true);
            }
            let first = facts.lines.partition_point(|line| line.span.end <= span.start);
            let inside = facts.lines[first..].iter().take_while(|l| l.span.start < span.end);
            for line in inside.filter(|l| !l.prose && matches!(l.zone, Zone::Head | Zone::Tail)) {
                mark(line.span, true);
            }
        } else if facts.slice(span).contains(char::is_alphanumeric) {
            mark(span, family != "CNV");
        } else if !span.is_empty() {
            // Characters that nobody sees go alone.
            self.want(self.page.source_map.to_source(span), rule);
        }
    }

    fn want(&mut self, place: Span, rule: &str) {
        self.cuts.push(Wanted { place, rules: vec![rule.to_owned()] });
    }

    /// Whether an element is small against the page: one that holds most of the text is not what
    /// was put in.
    fn is_foreign(&self, source: Span) -> bool {
        let (page, map) = (self.page, &self.page.source_map);
        let visible = page.blocks.partition_point(|b| (b.span.end as usize) <= page.visible_len);
        let before = |block: &Block| map.to_source(block.span).start < source.start;
        let first = page.blocks[..visible].partition_point(before);
        let inside = page.blocks[first..visible]
            .iter()
            .take_while(|block| source.contains(map.to_source(block.span)));
        inside.map(|block| block.span.len()).sum::<usize>() * 2 <= page.visible_len
    }

    /// Visible lines: prose goes where much of it is evidence, anything else for any.
    fn lines(&mut self, marks: &Index<Mark<'_>>) {
        let mut cut: Vec<Wanted> = Vec::new();
        let mut staying: Vec<Span> = Vec::new();
        for line in &self.facts.lines {
            let place = self.page.source_map.to_source(line.span);
            let goes = |charge: &Charge| charge.share >= MIN_SHARE || !line.prose && charge.telling;
            match marks.charge(line.span).filter(goes) {
                Some(Charge { rules, .. }) => cut.push(Wanted { place, rules }),
                None => staying.push(place),
            }
        }
        match self.page.format {
            Format::Text | Format::Markdown => {
                for cut in &mut cut {
                    cut.place = self.whole_lines(cut.place);
                }
                self.cuts.extend(cut);
            }
            _ => self.elements(cut, staying),
        }
    }

    /// In markup, elements go with the lines that are all they hold.
    fn elements(&mut self, lines: Vec<Wanted>, mut staying: Vec<Span>) {
        let Some(dom) = &self.page.dom else {
            self.cuts.extend(lines);
            return;
        };
        let spans = merged(lines.iter().map(|cut| cut.place).collect());
        let sources = self.cuts.iter().map(|cut| cut.place);
        let gone = merged(sources.chain(spans.iter().copied()).collect());
        staying.sort_unstable();
        let index = Index::of(&lines);
        let keeps = |place: Span| {
            let next = staying.partition_point(|line| line.start < place.start);
            staying.get(next).is_some_and(|line| line.start < place.end)
        };
        for Cut { whole, text } in dom.cuts(&spans, &gone) {
            // Broken nesting may put a staying line of another element inside the range.
            let places = if keeps(whole) { text } else { vec![whole] };
            for place in places {
                self.cuts.push(Wanted { place, rules: index.rules(place) });
            }
        }
    }

    /// Text beside the page. Of a hidden element the whole element goes; of titles, metas,
    /// comments and scripts the contents.
    fn asides(&mut self, marks: &Index<Mark<'_>>) {
        let visible = |block: &Block| (block.span.start as usize) < self.page.visible_len;
        let first = self.page.blocks.partition_point(visible);
        for block in &self.page.blocks[first..] {
            let Some(charge) = marks.charge(block.span) else { continue };
            let hidden = block.hidden.and_then(|index| self.page.hidden.get(index as usize));
            if let Some(element) = hidden.filter(|e| e.benign.is_none() && charge.telling) {
                self.cuts.push(Wanted { place: element.source, rules: charge.rules });
            } else if goes(block, &charge) {
                let place = self.page.source_map.to_source(block.span);
                self.cuts.push(Wanted { place, rules: charge.rules });
            } else {
                self.aside_lines(block, marks);
            }
        }
    }

    /// Of long texts beside the page the lines that are evidence go.
    fn aside_lines(&mut self, block: &Block, marks: &Index<Mark<'_>>) {
        let mut start = block.span.start as usize;
        for line in self.page.slice(block.span).split('\n') {
            let span = Span::new(start, start + line.len());
            start += line.len() + 1;
            let Some(charge) = marks.charge(span) else { continue };
            let loose = block.zone == Zone::Script || !is_prose(line);
            if charge.share >= MIN_SHARE || charge.telling && loose {
                let place = self.page.source_map.to_source(span);
                self.cuts.push(Wanted { place, rules: charge.rules });
            }
        }
    }

    /// Links whose text goes go with their marks and target.
    fn links(&mut self) {
        let gone = merged(self.cuts.iter().map(|cut| cut.place).collect());
        let index = Index::of(&self.cuts);
        for link in self.page.links.iter().filter(|link| !link.text.is_empty()) {
            let text = self.page.source_map.to_source(link.text);
            let inside = overlapping(&gone, text).any(|part| part == text);
            if inside && !overlapping(&gone, link.source).any(|part| part == link.source) {
                self.cuts.push(Wanted { place: link.source, rules: index.rules(text) });
            }
        }
    }

    /// A place grown to whole lines of the source, their end included, as far as nothing but
    /// marks stand around it.
    fn whole_lines(&self, place: Span) -> Span {
        let text = self.facts.source;
        let breaks = ['\n', '\r'];
        let start = text[..place.start as usize].rfind(breaks).map_or(0, |at| at + 1);
        let rest = &text[place.end as usize..];
        let len = rest.find(breaks).unwrap_or(rest.len());
        let (before, after) = (&text[start..place.start as usize], &rest[..len]);
        let marks = |text: &str| !text.contains(|c: char| c.is_alphabetic() || c == '<');
        if !marks(before) || !(marks(after) || is_target(after)) {
            return place;
        }
        let end = match &rest.as_bytes()[len..] {
            [b'\r', b'\n', ..] => len + 2,
            [_, ..] => len + 1,
            [] => len,
        };
        Span::new(start, place.end as usize + end)
    }
}

/// Whether a text beside the page goes as a whole.
fn goes(block: &Block, charge: &Charge) -> bool {
    let limit = if block.zone == Zone::Script { MAX_SCRIPT } else { MAX_ASIDE };
    charge.share >= MIN_SHARE || charge.telling && block.span.len() <= limit
}

/// Whether this is the end of a Markdown link: `](https://a.example/) |`.
fn is_target(text: &str) -> bool {
    let rest = text.trim_start_matches(['*', '_', '`', '~']);
    rest.strip_prefix("](")
        .and_then(|rest| rest.split_once(')'))
        .is_some_and(|(_, rest)| !rest.contains(|c: char| c.is_alphabetic() || c == '<'))
}

#[cfg(test)]
mod tests;
