//! The terms of all packs, and what they find.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use crate::span::{OffsetMap, Span};
use crate::terms::matcher::{Fit, Matcher};
use crate::terms::tables::Spread;
use crate::terms::{Hit, LanguageId, Strength, TopicId};
use crate::text::{Script, is_alphanumeric, normalise_term};

/// Most lexicon hits kept of one page: a page of nothing but terms must not fill the memory.
const MAX_HITS: usize = 20_000;

/// Code of words that belong to no single language.
const MANY: &str = "mul";

/// Most places kept for one keyword list or pattern.
pub const MAX_PLACES: usize = 2_000;

/// What a term is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// A lexicon term.
    Lexicon(TopicId, Strength, LanguageId),
    /// An innocent word around a term of the topic: hits inside it do not count.
    Benign(TopicId),
    /// A keyword or a literal: the number is the caller's.
    Place(u32),
}

impl Use {
    /// Words that several lexicons hold belong to no single language.
    fn join_languages(entries: &mut Vec<Entry>) {
        if entries.len() < 2 {
            return;
        }
        let mut languages = entries.iter_mut().filter_map(|entry| match &mut entry.use_ {
            Self::Lexicon(_, _, language) => Some(language),
            _ => None,
        });
        let Some(first) = languages.next().copied() else { return };
        if languages.all(|language| *language == first) {
            return;
        }
        for entry in &mut *entries {
            if let Self::Lexicon(_, _, language) = &mut entry.use_ {
                *language = 0;
            }
        }
        // Two languages may say the same of a word: once is enough.
        let mut seen = Vec::new();
        entries.retain(|e| {
            let entry = (e.at_start, e.at_end, e.use_);
            let new = !seen.contains(&entry);
            seen.push(entry);
            new
        });
    }
}

/// English words are at home in the trades of all languages: a term that is put together from words
/// of English terms, or of terms of no language, belongs to no single language.
fn join_english(terms: &[Term], entries: &mut [Entry], english: LanguageId) {
    let language_of = |entry: &Entry| match entry.use_ {
        Use::Lexicon(_, _, language) => Some(language),
        _ => None,
    };
    let at_home = |language| [0, english].contains(&language);
    let words: HashSet<&str, BuildHasherDefault<Spread>> = terms
        .iter()
        .filter(|term| entries[term.entries()].iter().filter_map(language_of).any(at_home))
        .flat_map(|term| term.text.split(' '))
        .collect();
    for term in terms {
        let entries = &mut entries[term.entries()];
        if entries.iter().filter_map(language_of).all(at_home)
            || !term.text.is_ascii()
            || !term.text.split(' ').all(|word| words.contains(word))
        {
            continue;
        }
        for entry in entries {
            if let Use::Lexicon(_, _, language) = &mut entry.use_
                && *language != english
            {
                *language = 0;
            }
        }
    }
}

/// A term, and its entries among those of all.
struct Term {
    text: String,
    first: u32,
    after: u32,
}

impl Term {
    fn entries(&self) -> Range<usize> {
        self.first as usize..self.after as usize
    }
}

/// Where a term may begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Boundary {
    /// At the edges of words, as the script of the term has them: none in Han, Kana and Thai, at
    /// the start only in Hangul. A trailing `*` in the term allows any ending.
    Words,
    /// Anywhere.
    Anywhere,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    term: u32,
    at_start: bool,
    at_end: bool,
    use_: Use,
}

impl Entry {
    /// Adds the entry to those of the same text, unless one of them says the same. Terms with the
    /// same edges have the same number.
    fn join(self, entries: &mut Vec<Entry>) {
        let mut alike =
            entries.iter().filter(|e| e.at_start == self.at_start && e.at_end == self.at_end);
        let term = alike.clone().next().map_or(self.term, |known| known.term);
        if !alike.any(|known| known.use_ == self.use_) {
            entries.push(Entry { term, ..self });
        }
    }
}

/// Collects terms for [`Terms`].
#[derive(Debug, Default)]
pub struct TermsBuilder {
    /// Normalised texts and their entries, each with a number of its own for now. The first bytes
    /// of the text as a number come first, as nearly all are told apart by them.
    added: Vec<(u64, String, Entry)>,
    topics: Vec<String>,
    languages: Vec<String>,
}

impl TermsBuilder {
    /// The number of a topic, new or known.
    pub fn topic(&mut self, name: &str) -> TopicId {
        if let Some(index) = self.topics.iter().position(|topic| topic == name) {
            return index as TopicId;
        }
        self.topics.push(name.to_owned());
        (self.topics.len() - 1) as TopicId
    }

    /// The number of a language, new or known.
    pub fn language(&mut self, code: &str) -> LanguageId {
        if code == MANY {
            return 0;
        }
        let known = self.languages.iter().position(|language| language == code);
        let index = known.unwrap_or_else(|| {
            self.languages.push(code.to_owned());
            self.languages.len() - 1
        });
        (index + 1) as LanguageId
    }

    /// Adds a term as a pack writes it. Answers `false` where nothing is left of it after
    /// normalisation, so that it could never match.
    pub fn add(&mut self, term: &str, boundary: Boundary, use_: Use) -> bool {
        let (stem, open_end) = match term.strip_suffix('*') {
            Some(stem) if boundary == Boundary::Words => (stem, true),
            _ => (term, false),
        };
        let text = normalise_term(stem);
        let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
            return false;
        };
        let words = boundary == Boundary::Words;
        let at_start = words && bounded(first);
        let at_end =
            words && !open_end && bounded(last) && Script::find(last) != Some(Script::Hangul);
        let term = self.added.len() as u32;
        let mut beginning = [0; 8];
        let len = text.len().min(8);
        beginning[..len].copy_from_slice(&text.as_bytes()[..len]);
        let entry = Entry { term, at_start, at_end, use_ };
        self.added.push((u64::from_be_bytes(beginning), text, entry));
        true
    }

    /// Puts the terms in order to be found.
    pub fn build(self) -> Terms {
        let mut added = self.added;
        added.sort_unstable_by(|(beginning, text, entry), (other, other_text, other_entry)| {
            let by_text = beginning.cmp(other).then_with(|| text.cmp(other_text));
            by_text.then(entry.term.cmp(&other_entry.term))
        });
        let mut terms: Vec<Term> = Vec::with_capacity(added.len());
        let mut entries: Vec<Entry> = Vec::with_capacity(added.len());
        let mut own: Vec<Entry> = Vec::new();
        let mut added = added.into_iter().peekable();
        while let Some((beginning, text, entry)) = added.next() {
            own.clear();
            own.push(entry);
            while let Some((.., entry)) =
                added.next_if(|(other, other_text, _)| *other == beginning && *other_text == text)
            {
                entry.join(&mut own);
            }
            Use::join_languages(&mut own);
            let first = entries.len() as u32;
            entries.append(&mut own);
            terms.push(Term { text, first, after: entries.len() as u32 });
        }
        let patterns = terms.iter().map(|term| {
            // What must not begin or end inside a word need not be looked for there.
            let own = &entries[term.entries()];
            let fit = Fit {
                begins_inside: own.iter().any(|entry| !entry.at_start),
                ends_inside: own.iter().any(|entry| !entry.at_end),
            };
            (term.text.as_str(), fit)
        });
        let matcher = (!terms.is_empty()).then(|| Matcher::new(patterns));
        let english = self.languages.iter().position(|language| language == "en");
        if let Some(english) = english {
            join_english(&terms, &mut entries, (english + 1) as LanguageId);
        }
        let after = terms.iter().map(|term| term.after).collect();
        let mut languages = vec![MANY.to_owned()];
        languages.extend(self.languages);
        Terms { matcher, entries, after, topics: self.topics, languages }
    }
}

/// Whether a term that begins or ends with this character needs the edge of a word there. Asked
/// without the tables: terms are in many scripts, of which most pages need one.
fn bounded(c: char) -> bool {
    !Script::find(c).is_some_and(Script::is_unspaced) && c.is_alphanumeric()
}

/// The terms of all packs.
pub struct Terms {
    matcher: Option<Matcher>,
    /// Grouped by pattern.
    entries: Vec<Entry>,
    /// By pattern: where its entries end.
    after: Vec<u32>,
    topics: Vec<String>,
    languages: Vec<String>,
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terms").field("patterns", &self.after.len()).finish_non_exhaustive()
    }
}

/// What was found on a page.
#[derive(Debug, Default)]
pub struct Found {
    /// Lexicon hits in text order. A hit inside a longer hit of its topic, or inside an innocent
    /// word, is left out.
    pub hits: Vec<Hit>,
    /// Places of keywords and literals, in text order; the index is the caller's number. Numbers
    /// after the last with a place are left out.
    pub places: Vec<Vec<Place>>,
}

/// Where a keyword or literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Number of the term: equal for equal terms.
    pub term: u32,
    /// Where, in the page's text.
    pub span: Span,
}

impl Found {
    /// Places of the caller's number.
    pub fn places_of(&self, number: u32) -> &[Place] {
        self.places.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether terms of a topic make a cluster: two strong ones, one and two medium, or three
    /// medium and two weak.
    pub fn clusters(&self, topic: TopicId) -> bool {
        let mut terms: Vec<(u32, Strength)> = self
            .hits
            .iter()
            .filter(|hit| hit.topic == topic)
            .map(|hit| (hit.term, hit.strength))
            .collect();
        terms.sort_unstable();
        terms.dedup_by_key(|term| term.0);
        is_cluster(terms.into_iter().map(|term| term.1))
    }
}

impl Terms {
    /// Names of the topics; the index is the [`TopicId`].
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// Codes of the lexicons' languages; the index is the [`LanguageId`].
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The number of a topic.
    pub fn topic(&self, name: &str) -> Option<TopicId> {
        self.topics.iter().position(|topic| topic == name).map(|index| index as TopicId)
    }

    /// Finds everything in a normalised text; `map` leads from it to the page's text.
    pub fn find(&self, norm: &str, map: &OffsetMap) -> Found {
        self.search(norm, map, |_| true)
    }

    /// Finds the lexicons' terms of some topics in a normalised text beside the page's; `map` leads
    /// to that.
    pub fn find_topics(
        &self,
        norm: &str,
        map: &OffsetMap,
        topics: impl Fn(TopicId) -> bool,
    ) -> Vec<Hit> {
        let wanted = |use_| match use_ {
            Use::Lexicon(topic, ..) | Use::Benign(topic) => topics(topic),
            Use::Place(_) => false,
        };
        self.search(norm, map, wanted).hits
    }

    fn search(&self, norm: &str, map: &OffsetMap, wanted: impl Fn(Use) -> bool) -> Found {
        let mut found = Found::default();
        let mut benign: Vec<(TopicId, Span)> = Vec::new();
        let Some(matcher) = &self.matcher else { return found };
        matcher.find(norm, |matched| {
            let (start, end) = (matched.start as usize, matched.end as usize);
            let pattern = matched.pattern as usize;
            let first = pattern.checked_sub(1).map_or(0, |before| self.after[before]);
            let entries = &self.entries[first as usize..self.after[pattern] as usize];
            for entry in entries.iter().filter(|entry| wanted(entry.use_)) {
                let term = &norm[start..end];
                let starts = || is_edge(norm[..start].chars().next_back(), term.chars().next());
                let ends = || is_edge(norm[end..].chars().next(), term.chars().next_back());
                if entry.at_start && !starts() || entry.at_end && !ends() {
                    continue;
                }
                let span = Span::new(start, end);
                match entry.use_ {
                    Use::Lexicon(topic, strength, language) if found.hits.len() < MAX_HITS => {
                        let term = entry.term;
                        found.hits.push(Hit { topic, strength, term, language, span });
                    }
                    Use::Benign(topic) if benign.len() < MAX_HITS => benign.push((topic, span)),
                    Use::Place(number) => {
                        let number = number as usize;
                        if found.places.len() <= number {
                            found.places.resize_with(number + 1, Vec::new);
                        }
                        let places = &mut found.places[number];
                        if places.len() < MAX_PLACES {
                            places.push(Place { term: entry.term, span: map.to_source(span) });
                        }
                    }
                    _ => {}
                }
            }
        });
        keep_longest(&mut found.hits, &benign);
        for hit in &mut found.hits {
            hit.span = map.to_source(hit.span);
        }
        found
    }
}

/// Whether distinct terms of these strengths make a cluster.
pub fn is_cluster(strengths: impl Iterator<Item = Strength>) -> bool {
    let mut counts = [0usize; 3];
    for strength in strengths {
        counts[strength as usize] += 1;
    }
    let [weak, medium, strong] = counts;
    strong >= 2 || strong >= 1 && medium >= 2 || medium >= 3 && weak >= 2
}

/// Whether a word border lies between the edge letter of a term and its neighbour: nothing there,
/// no letter or digit, or a letter of a script without word spaces. Latin words end at Korean
/// particles, Korean words do not begin after Korean syllables.
fn is_edge(neighbour: Option<char>, edge: Option<char>) -> bool {
    let Some(neighbour) = neighbour.filter(|&c| is_alphanumeric(c)) else { return true };
    match Script::of(neighbour) {
        Some(Script::Han | Script::Kana | Script::Thai) => true,
        Some(Script::Hangul) => edge.and_then(Script::of) != Some(Script::Hangul),
        _ => false,
    }
}

/// Drops hits that lie inside a longer hit of the same topic or inside an innocent word, and
/// sorts the rest by place.
fn keep_longest(hits: &mut Vec<Hit>, benign: &[(TopicId, Span)]) {
    // Longest first at each start, so that whatever covers a hit comes before it.
    hits.sort_by(|a, b| {
        (a.topic, a.span.start, std::cmp::Reverse(a.span.end), std::cmp::Reverse(a.strength)).cmp(
            &(b.topic, b.span.start, std::cmp::Reverse(b.span.end), std::cmp::Reverse(b.strength)),
        )
    });
    let mut innocent = benign.to_vec();
    innocent.sort_unstable_by_key(|(topic, span)| (*topic, span.start));
    let mut reach: Option<(TopicId, u32)> = None;
    hits.retain(|hit| {
        let covered = reach.is_some_and(|(topic, end)| topic == hit.topic && hit.span.end <= end);
        if covered || is_innocent(hit, &innocent) {
            return false;
        }
        reach = Some((hit.topic, hit.span.end));
        true
    });
    hits.sort_by_key(|hit| (hit.span.start, hit.span.end, hit.topic, hit.term));
}

fn is_innocent(hit: &Hit, innocent: &[(TopicId, Span)]) -> bool {
    /// Innocent words are short: looking this far back over starts is enough.
    const LOOK_BACK: usize = 16;
    let after = innocent
        .partition_point(|(topic, span)| (*topic, span.start) <= (hit.topic, hit.span.start));
    innocent[after.saturating_sub(LOOK_BACK)..after]
        .iter()
        .any(|(topic, span)| *topic == hit.topic && span.contains(hit.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise;

    fn hits(terms: &[(&str, Use)], text: &str) -> Vec<String> {
        let mut builder = TermsBuilder::default();
        builder.topic("topic");
        for (term, use_) in terms {
            assert!(builder.add(term, Boundary::Words, *use_));
        }
        let view = normalise(text);
        let found = builder.build().find(&view.text, &view.map);
        found.hits.iter().map(|hit| text[hit.span.range()].to_owned()).collect()
    }

    const STRONG: Use = Use::Lexicon(0, Strength::Strong, 0);

    #[test]
    fn words_have_edges_as_their_script_has_them() {
        assert_eq!(hits(&[("slot", STRONG)], "Slots slot SLOT澳门"), ["slot", "SLOT"]);
        assert_eq!(hits(&[("카지노", STRONG)], "카지노사이트를 온카지노"), ["카지노"]);
        assert_eq!(hits(&[("百家乐", STRONG)], "打百家樂吧"), ["百家樂"]);
        assert_eq!(hits(&[("казино онлайн*", STRONG)], "Казино онлайне"), ["Казино онлайн"]);
    }

    #[test]
    fn longer_hits_and_innocent_words_win() {
        assert_eq!(
            hits(&[("slot", STRONG), ("slot gacor", STRONG)], "slot gacor slot"),
            ["slot gacor", "slot"]
        );
        let terms = [("性交", STRONG), ("一次性交纳", Use::Benign(0))];
        assert_eq!(hits(&terms, "一次性交納，性交"), ["性交"]);
    }
}
