//! What every signal starts from: the page, its lines with their zones, the terms found.

use std::cell::OnceCell;

use crate::page::{Block, BlockKind, Link, Page, Zone};
use crate::signals::repetition::Repeats;
use crate::signals::stitching::Sentence;
use crate::signals::{Spot, conversion, edges, links, repetition, stitching};
use crate::span::{Span, SpanSet};
use crate::terms::{Found, Hit, Strength, Terms, TopicId};
use crate::text::{
    Chars, ChineseCounts, Marks, ScriptCounts, Survey, View, WordTable, content_ngrams, language,
    reads_like_prose,
};

/// Topics that help to read a page but are no spam themselves.
const CONTEXT_TOPICS: &[&str] = &[
    "blocklist",
    "boilerplate",
    "brand",
    "commerce",
    "contact",
    "cta",
    "discussion",
    "drug",
    "filler",
    "genre",
    "menu",
    "phonetics",
    "replica",
];

/// Topics that honest trade speaks of in the same words: lenders, clinics' shops and agencies have
/// them in titles and all over the page.
const TRADE_TOPICS: &[&str] = &["loan", "seo_services", "supplement"];

/// Most lines before the first prose paragraph that count as the head of the page.
const HEAD_LINES: usize = 12;
/// Most lines after the last prose paragraph that count as its tail.
const TAIL_LINES: usize = 30;
/// With fewer prose paragraphs than this, head and tail are the first and last lines instead.
const MIN_PROSE: usize = 5;
/// How many lines that is.
const EDGE_LINES: usize = 6;

/// A visible line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where, in the page's text; without white space around.
    pub span: Span,
    /// Index of its block.
    pub block: u32,
    /// Zone of the block; lines of the body are told apart into head, body and tail.
    pub zone: Zone,
    /// Whether it reads like prose.
    pub prose: bool,
    /// How much of what it holds.
    pub survey: Survey,
}

impl Line {
    /// Whether the line belongs to the page's content: not to menus, footers, code, quotes.
    pub fn is_content(&self) -> bool {
        matches!(self.zone, Zone::H1 | Zone::Head | Zone::Body | Zone::Tail)
    }

    /// Whether it holds a character of a kind.
    pub fn has(&self, kind: Marks) -> bool {
        self.survey.marks.has(kind)
    }
}

/// The facts about a page.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The page.
    pub page: &'a Page,
    /// Its decoded source.
    pub source: &'a str,
    /// The normalised view of `page.text[..page.aside_len]`.
    pub norm: &'a View,
    /// The terms in force.
    pub terms: &'a Terms,
    /// The terms found.
    pub found: &'a Found,
    /// Main language of the page.
    pub language: &'static str,
    /// Visible lines, in order.
    pub lines: Vec<Line>,
    /// Letters of the visible text by script.
    pub scripts: ScriptCounts,
    /// How much of what the visible text holds.
    pub survey: Survey,
    /// Bytes of the source that were no valid character.
    pub invalid_bytes: u32,
    /// Whether the declared encoding contradicts the bytes.
    pub charset_lies: bool,
    /// Address the record came from, where the caller knows it.
    pub url: Option<&'a str>,
    context: Vec<bool>,
    boilerplate: Vec<Span>,
    anchors: SpanSet,
    kept: Kept,
}

/// What several signals or rules ask for, found when the first one does.
#[derive(Debug, Default)]
struct Kept {
    grams: OnceCell<Vec<OnceCell<Vec<u64>>>>,
    repeats: OnceCell<Repeats>,
    edge_lines: OnceCell<Vec<Span>>,
    orphans: OnceCell<Vec<(Spot, bool)>>,
    keyword_spots: OnceCell<Vec<Spot>>,
    words: OnceCell<WordTable>,
    sentences: OnceCell<Vec<Sentence>>,
    chinese: OnceCell<(ChineseCounts, ChineseCounts)>,
    chars: OnceCell<Chars>,
    lower_text: OnceCell<String>,
    folds_to_ascii: OnceCell<bool>,
    block_languages: OnceCell<Vec<OnceCell<&'static str>>>,
}

impl<'a> Facts<'a> {
    /// Gathers the facts.
    pub fn new(
        page: &'a Page,
        source: &'a str,
        norm: &'a View,
        terms: &'a Terms,
        found: &'a Found,
        language: &'static str,
    ) -> Self {
        let context: Vec<bool> =
            terms.topics().iter().map(|t| CONTEXT_TOPICS.contains(&t.as_str())).collect();
        let offsite = page.links.iter().filter(|link| link.offsite && !link.text.is_empty());
        let anchors = offsite.map(|link| link.text).collect();
        let boilerplate = boilerplate(terms, found);
        let (lines, survey, scripts) = lines(page, &|span| {
            is_boilerplate(&boilerplate, span) || is_advertisement(&context, found, span)
        });
        Self {
            page,
            source,
            norm,
            terms,
            found,
            language,
            lines,
            scripts,
            survey,
            invalid_bytes: 0,
            charset_lies: false,
            url: None,
            context,
            boilerplate,
            anchors,
            kept: Kept::default(),
        }
    }

    /// What the markup says the block of a line is.
    pub fn kind_of(&self, line: &Line) -> BlockKind {
        self.page.blocks[line.block as usize].kind
    }

    /// Letters and digits of the visible text.
    pub fn visible_letters(&self) -> usize {
        self.survey.alphanumeric as usize
    }

    /// The normalised view of a span that lies before `page.aside_len`. A span that begins and
    /// ends with a line or block reads as it would normalised alone.
    pub fn norm_slice(&self, span: Span) -> &'a str {
        &self.norm.text[self.norm.map.to_derived(span).range()]
    }

    /// Content n-grams of the line of an index in [`Facts::lines`].
    pub fn line_grams(&self, line: usize) -> &[u64] {
        let kept = self
            .kept
            .grams
            .get_or_init(|| std::iter::repeat_with(OnceCell::new).take(self.lines.len()).collect());
        kept[line].get_or_init(|| content_ngrams(self.norm_slice(self.lines[line].span)))
    }

    /// Repeated runs of words.
    pub(super) fn repeats(&self) -> &Repeats {
        self.kept.repeats.get_or_init(|| repetition::repeats(self))
    }

    /// Titles and the first and last lines of content.
    pub(super) fn edge_lines(&self) -> &[Span] {
        self.kept.edge_lines.get_or_init(|| edges::edge_lines(self))
    }

    /// Edge lines that do not belong to the middle, and whether each is also a lure.
    pub(super) fn orphans(&self) -> &[(Spot, bool)] {
        self.kept.orphans.get_or_init(|| edges::orphans(self))
    }

    /// Paragraphs that say the text of their link again and again.
    pub(super) fn keyword_spots(&self) -> &[Spot] {
        self.kept.keyword_spots.get_or_init(|| links::keyword_spots(self))
    }

    /// Words of [`Facts::lines`], line by line; none of those in code.
    pub fn words(&self) -> &WordTable {
        let read = |line: &Line| {
            if line.zone == Zone::Code { Span::default() } else { line.span }
        };
        // Letters of scripts without spaces are words, each.
        let count = (self.survey.words + self.survey.ideographic) as usize;
        let lines = || self.lines.iter().map(read);
        self.kept.words.get_or_init(|| WordTable::read(&self.page.text, count, lines()))
    }

    /// Sentences outside code and tables.
    pub(super) fn sentences(&self) -> &[Sentence] {
        self.kept.sentences.get_or_init(|| stitching::said(self))
    }

    /// Characters that only one way of writing Chinese uses: in the lines of content, and in all.
    pub(super) fn chinese(&self) -> (ChineseCounts, ChineseCounts) {
        *self.kept.chinese.get_or_init(|| conversion::counted(self))
    }

    /// Characters of all text but scripts.
    pub fn chars(&self) -> &Chars {
        self.kept.chars.get_or_init(|| Chars::of(&self.page.text[..self.page.aside_len]))
    }

    /// All text of the page, letters of ASCII in lower case.
    pub fn lower_text(&self) -> &str {
        self.kept.lower_text.get_or_init(|| self.page.text.to_ascii_lowercase())
    }

    /// Whether the page's text holds a letter beyond ASCII that is one of ASCII in another case:
    /// the long s or the Kelvin sign.
    pub fn folds_to_ascii(&self) -> bool {
        let text = self.page.text.as_bytes();
        let holds = |letter: &&str| memchr::memmem::find(text, letter.as_bytes()).is_some();
        *self.kept.folds_to_ascii.get_or_init(|| ["\u{17f}", "\u{212a}"].iter().any(holds))
    }

    /// Whether a link to another site, with text, lies in a span in part.
    pub fn has_anchor(&self, span: Span) -> bool {
        self.anchors.overlaps(span)
    }

    /// Language of the block that holds the byte at `offset`.
    pub fn language_at(&self, offset: u32) -> Option<&'static str> {
        let blocks = &self.page.blocks;
        let index = blocks.partition_point(|block| block.span.end <= offset);
        let block = blocks.get(index).filter(|block| block.span.start <= offset)?;
        let kept = self
            .kept
            .block_languages
            .get_or_init(|| std::iter::repeat_with(OnceCell::new).take(blocks.len()).collect());
        Some(*kept[index].get_or_init(|| language(self.slice(block.span))))
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &'a str {
        self.page.slice(span)
    }

    /// Lines of the page's content, in order.
    pub fn content(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_content())
    }

    /// Lines that hold a character of a kind, in order; none is asked where the page holds none.
    pub(super) fn lines_with(&self, kind: Marks) -> impl Iterator<Item = &Line> {
        let lines = if self.survey.marks.has(kind) { &self.lines[..] } else { &[] };
        lines.iter().filter(move |line| line.has(kind))
    }

    /// The same, of the page's content.
    pub(super) fn content_with(&self, kind: Marks) -> impl Iterator<Item = &Line> {
        self.lines_with(kind).filter(|line| line.is_content())
    }

    /// Zone of the byte at `offset`: that of its block, told apart into head, body and tail, or
    /// [`Zone::Anchor`] inside a link to another site.
    pub fn zone_at(&self, offset: u32) -> Zone {
        let Some(block) = self.page.block_at(offset) else { return Zone::Body };
        let zone = if block.zone == Zone::Body {
            let next = self.lines.partition_point(|line| line.span.end <= offset);
            self.lines.get(next).map_or(Zone::Body, |line| line.zone)
        } else {
            block.zone
        };
        let in_anchor = self.anchors.overlaps(Span { start: offset, end: offset + 1 });
        if in_anchor && zone.is_visible() && !matches!(zone, Zone::Code | Zone::Quote | Zone::Ugc) {
            Zone::Anchor
        } else {
            zone
        }
    }

    /// Whether a line is mostly boilerplate: a copyright notice, share buttons, a cookie hint.
    pub fn is_boilerplate(&self, line: &Line) -> bool {
        is_boilerplate(&self.boilerplate, line.span)
    }

    /// Zone of a block, with head and tail told apart by its first line.
    pub fn zone_of_block(&self, block: &Block) -> Zone {
        let next = self.lines.partition_point(|line| line.span.end <= block.span.start);
        match self.lines.get(next) {
            Some(line) if block.zone == Zone::Body => line.zone,
            _ => block.zone,
        }
    }

    /// The block that holds the byte at `offset`.
    pub fn block_at(&self, offset: u32) -> Option<&'a Block> {
        self.page.block_at(offset)
    }

    /// Whether a topic is one that pages are spammed with.
    pub fn is_spam(&self, topic: TopicId) -> bool {
        !self.context.get(topic as usize).copied().unwrap_or(true)
    }

    /// Whether honest trade speaks of a spam topic in the same words.
    pub fn is_trade(&self, topic: TopicId) -> bool {
        let name = self.terms.topics().get(topic as usize);
        name.is_some_and(|name| TRADE_TOPICS.contains(&name.as_str()))
    }

    /// Hits that begin inside a span.
    pub fn hits_in(&self, span: Span) -> &'a [Hit] {
        let hits = &self.found.hits;
        let from = hits.partition_point(|hit| hit.span.start < span.start);
        let inside = hits[from..].iter().take_while(|hit| hit.span.start < span.end);
        &hits[from..from + inside.count()]
    }

    /// Hits of spam topics, of at least a strength, that begin inside a span.
    pub fn spam_in(&self, span: Span, least: Strength) -> impl Iterator<Item = &'a Hit> {
        self.hits_in(span)
            .iter()
            .filter(move |hit| hit.strength >= least && self.is_spam(hit.topic))
    }

    /// Lines that hold a hit of a spam topic of at least a strength, in order: few lines do.
    pub(super) fn spam_lines(&self, least: Strength) -> impl Iterator<Item = &Line> {
        let (mut next, mut reached) = (0, 0);
        let whole = Span { start: 0, end: self.page.visible_len as u32 };
        self.spam_in(whole, least).filter_map(move |hit| {
            if hit.span.start < reached {
                return None;
            }
            next += self.lines[next..].partition_point(|line| line.span.end <= hit.span.start);
            let line = self.lines.get(next).filter(|line| line.span.start <= hit.span.start)?;
            reached = line.span.end;
            Some(line)
        })
    }

    /// Whether the page holds a hit of a spam topic of at least a strength.
    pub fn has_spam(&self, least: Strength) -> bool {
        self.found.hits.iter().any(|hit| hit.strength >= least && self.is_spam(hit.topic))
    }

    /// Hits of a topic by name that begin inside a span.
    pub fn topic_in(&self, span: Span, topic: &str) -> impl Iterator<Item = &'a Hit> {
        let hits = self.hits_in(span);
        // Most places hold no term at all: their topics need no look-up.
        let id = if hits.is_empty() { None } else { self.terms.topic(topic) };
        hits.iter().filter(move |hit| Some(hit.topic) == id)
    }

    /// Distinct strong and medium terms of the spam topic that has most of them in a span.
    pub fn spam_terms(&self, span: Span) -> usize {
        let mut seen: Vec<(TopicId, u32)> =
            self.spam_in(span, Strength::Medium).map(|hit| (hit.topic, hit.term)).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).max().unwrap_or(0)
    }

    /// Whether a strong spam term and another strong or medium one of its topic lie in a span.
    pub fn spam_pair(&self, span: Span) -> bool {
        let mut seen: Vec<(TopicId, u32, Strength)> = self
            .spam_in(span, Strength::Medium)
            .map(|hit| (hit.topic, hit.term, hit.strength))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        seen.chunk_by(|a, b| a.0 == b.0)
            .any(|topic| topic.len() >= 2 && topic.iter().any(|hit| hit.2 == Strength::Strong))
    }

    /// Links to other sites.
    pub fn offsite_links(&self) -> impl Iterator<Item = &'a Link> {
        self.page.links.iter().filter(|link| link.offsite)
    }
}

/// Where notices, share buttons and the like are named, in order.
fn boilerplate(terms: &Terms, found: &Found) -> Vec<Span> {
    let Some(topic) = terms.topic("boilerplate") else { return Vec::new() };
    found.hits.iter().filter(|hit| hit.topic == topic).map(|hit| hit.span).collect()
}

/// Whether they make up an eighth of a text or more.
fn is_boilerplate(places: &[Span], span: Span) -> bool {
    let from = places.partition_point(|place| place.start < span.start);
    let inside = places[from..].iter().take_while(|place| place.start < span.end);
    let covered: usize = inside.map(|place| place.len()).sum();
    covered > 0 && covered * 8 >= span.len()
}

/// Whether terms of spam topics make up a third of a text or more: a list, whatever its commas.
fn is_advertisement(context: &[bool], found: &Found, span: Span) -> bool {
    let from = found.hits.partition_point(|hit| hit.span.start < span.start);
    let inside = found.hits[from..].iter().take_while(|hit| hit.span.start < span.end);
    let spam = inside.filter(|hit| !context.get(hit.topic as usize).copied().unwrap_or(true));
    let covered: usize = spam.map(|hit| hit.span.len()).sum();
    covered * 3 >= span.len()
}

/// Cuts the visible blocks into lines, tells head, body and tail apart, and surveys the visible
/// text on the way. Notices and advertisements are no prose: at the end, they must not push the
/// edge into the body.
fn lines(page: &Page, is_aside: &dyn Fn(Span) -> bool) -> (Vec<Line>, Survey, ScriptCounts) {
    // Most blocks are one line: room for that many at once keeps the list from growing by copies.
    let visible = page.blocks.partition_point(|b| (b.span.start as usize) < page.visible_len);
    let mut lines = Vec::with_capacity(visible);
    let (mut all, mut scripts) = (Survey::default(), ScriptCounts::default());
    let (mut surveyed, mut breaks) = (0, 0);
    for (index, block) in page.blocks[..visible].iter().enumerate() {
        let whole = page.slice(block.span);
        let mut start = block.span.start as usize;
        for end in memchr::memchr_iter(b'\n', whole.as_bytes()).chain([whole.len()]) {
            let piece = &whole[start - block.span.start as usize..end];
            let text = piece.trim_start();
            let lead = piece.len() - text.len();
            let text = text.trim_end();
            if !text.is_empty() {
                let span = Span::new(start + lead, start + lead + text.len());
                // Lines stand apart: what lies between them are breaks and blanks.
                match page.slice(Span::new(surveyed, start + lead)) {
                    "\n" => breaks += 1,
                    between => all.add(&Survey::read(between, &mut scripts)),
                }
                surveyed = span.end as usize;
                let survey = Survey::read(text, &mut scripts);
                let prose = block.zone == Zone::Body
                    && !matches!(block.kind, BlockKind::Control | BlockKind::TableRow)
                    && reads_like_prose(text, &survey)
                    && !is_aside(span);
                lines.push(Line { span, block: index as u32, zone: block.zone, prose, survey });
            }
            start += piece.len() + 1;
        }
    }
    if surveyed < page.visible_len {
        let rest = Span::new(surveyed, page.visible_len);
        all.add(&Survey::read(page.slice(rest), &mut scripts));
    }
    for line in &lines {
        all.add(&line.survey);
    }
    if breaks > 0 {
        all.add(&Survey { chars: breaks, ..Survey::of("\n") });
    }
    mark_edges(&mut lines);
    (lines, all, scripts)
}

fn mark_edges(lines: &mut [Line]) {
    let body = || lines.iter().filter(|line| line.zone == Zone::Body);
    let (len, prose) = (body().count(), body().filter(|line| line.prose).count());
    let (head_end, tail_start) = if prose >= MIN_PROSE {
        let first = body().position(|line| line.prose).unwrap_or(0);
        let last = body().enumerate().filter(|(_, line)| line.prose).last();
        let after = last.map_or(0, |(position, _)| position + 1);
        (first.min(HEAD_LINES), after.max(len.saturating_sub(TAIL_LINES)))
    } else {
        let edge = EDGE_LINES.min(len);
        (edge, len.saturating_sub(EDGE_LINES).max(edge))
    };
    let body = lines.iter_mut().filter(|line| line.zone == Zone::Body);
    for (position, line) in body.enumerate() {
        if position < head_end {
            line.zone = Zone::Head;
        } else if position >= tail_start {
            line.zone = Zone::Tail;
        }
    }
}
