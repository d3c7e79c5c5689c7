//! JSON payloads: state of Nuxt and Next pages, answers of `WordPress` and other APIs, JSON-LD.
//!
//! Takes what a reader of the page behind the payload would see: the long strings and rich texts
//! of its objects, and the title, description and keywords of the object that holds most text.
//! Titles of other articles, addresses and settings stay out.

mod keys;
mod rich;
mod scan;
mod seen;
mod tree;

use std::collections::HashSet;

use crate::address::host_of;
use crate::page::{BlockKind, Format, Note, NoteKind, Page, PageBuilder, Zone};
use crate::parse::{HtmlParser, markdown, sniff, text};
use crate::span::{OffsetMap, Span};

use keys::Role;
use rich::RichText;
use scan::{Kind, Stop, unescape};
use seen::Seen;
use tree::Tree;

/// Strings of any key are text from this width on, in columns: a Han character fills two.
const LONG: usize = 200;
/// Visible text below which short phrases are taken too, in bytes.
const SPARSE: usize = 200;
/// JSON texts inside of JSON strings are followed so deep.
const NESTED: usize = 2;
/// Levels above the main object whose fields are looked at.
const ABOVE: usize = 8;

/// Parses a JSON payload. `html` reads the HTML in its strings.
pub fn parse(source: &str, html: HtmlParser) -> Page {
    let mut builder = PageBuilder::new(Format::Json);
    let map = OffsetMap::identity(source.len(), 0);
    read(&mut builder, source, &map, html, 0);
    builder.finish()
}

/// Parses the payload at `place` of a page's source, such as the inside of
/// `<script id="__NUXT_DATA__">`, and appends it to the page that is being built.
pub fn parse_embedded(source: &str, place: Span, html: HtmlParser, builder: &mut PageBuilder) {
    let map = OffsetMap::identity(place.len(), place.start as usize);
    builder.close();
    read(builder, &source[place.range()], &map, html, 0);
}

/// How far a text is JSON: the end of what could be read, or `None` for a text that does not
/// begin like JSON. Looks at no more than `limit` values.
pub(crate) fn extent(source: &str, limit: usize) -> Option<usize> {
    let start = start(source)?;
    let scan = scan::scan(source, start, limit);
    match scan.stop {
        Stop::Complete | Stop::Truncated => Some(scan.end),
        Stop::TooMany(_) => Some(source.len()),
        Stop::Broken(at) => Some(at),
    }
}

/// Where the JSON begins: behind a guard against inclusion (`)]}'`) or a callback's name.
fn start(source: &str) -> Option<usize> {
    let rest = source.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let first = source.len() - rest.len();
    let rest = &rest[..rest.floor_char_boundary(256)];
    if rest.starts_with(['{', '[']) {
        return Some(first);
    }
    let guard = [")]}',", ")]}'", "while(1);", "for(;;);"]
        .into_iter()
        .find(|guard| rest.starts_with(guard))
        .map(str::len);
    let callback = || {
        let name = rest.trim_start_matches("/**/");
        let len = name
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$'))
            .count();
        (len > 0 && name[len..].starts_with('(')).then(|| rest.len() - name.len() + len + 1)
    };
    let skip = guard.or_else(callback)?;
    let at = first + skip;
    let space = source[at..].len() - source[at..].trim_start().len();
    source[at + space..].starts_with(['{', '[']).then_some(at + space)
}

fn read(builder: &mut PageBuilder, source: &str, map: &OffsetMap, html: HtmlParser, depth: usize) {
    let mut at = start(source);
    let mut values = 0;
    while let Some(begin) = at {
        let scan = scan::scan(source, begin, scan::NODE_LIMIT - values);
        values += scan.nodes.len();
        let place = map.to_source(Span::new(scan.end.min(source.len()), source.len()));
        match scan.stop {
            Stop::Complete => {}
            Stop::TooMany(_) => builder.note(Note { kind: NoteKind::NodeLimit, source: place }),
            Stop::Truncated | Stop::Broken(_) => {
                builder.note(Note { kind: NoteKind::BrokenPayload, source: place });
            }
        }
        let is_whole = scan.stop == Stop::Complete;
        let end = scan.end;
        let tree = Tree::new(source, scan.nodes);
        Reading { tree: &tree, map, html, builder, seen: Seen::default(), told: Vec::new(), depth }
            .read();
        // JSON Lines hold one value after the other.
        let space = source[end..].len() - source[end..].trim_start().len();
        let more = is_whole && source[end + space..].starts_with(['{', '[']);
        at = (more && values < scan::NODE_LIMIT).then_some(end + space);
    }
}

/// A text worth reading.
struct Candidate {
    /// The string, or the root of the rich text.
    index: u32,
    /// The object it is a field of.
    owner: u32,
    role: Role,
    rich: Option<RichText>,
    weight: usize,
}

struct Reading<'a, 'b> {
    tree: &'b Tree<'a>,
    /// From the payload to the decoded source.
    map: &'b OffsetMap,
    html: HtmlParser<'b>,
    builder: &'b mut PageBuilder,
    seen: Seen,
    /// What the head says so far: a title is often there again for search engines.
    told: Vec<(Zone, String)>,
    depth: usize,
}

impl Reading<'_, '_> {
    fn read(&mut self) {
        let (candidates, mut used) = self.candidates();
        let main = main_object(&candidates);
        if let Some(main) = main {
            self.head(main, &mut used);
        }
        let mut visible = 0;
        let mut titled: HashSet<u32> = main.into_iter().collect();
        for candidate in &candidates {
            if used[candidate.index as usize] && candidate.rich.is_none() {
                continue;
            }
            if titled.insert(candidate.owner) {
                self.heading(candidate.owner, &mut used);
            }
            used[candidate.index as usize] = true;
            visible += self.content(candidate);
        }
        if visible < SPARSE {
            self.phrases(&used);
        }
    }

    /// The long strings and rich texts, in order; and which strings are spoken for.
    fn candidates(&self) -> (Vec<Candidate>, Vec<bool>) {
        let tree = self.tree;
        let mut used = vec![false; tree.len() as usize];
        let mut candidates = Vec::new();
        let mut budget = tree.len() as usize * 4 + 64;
        for index in 0..tree.len() {
            if used[index as usize] || tree.kind(index) != Kind::Object {
                continue;
            }
            if let Some(rich) = rich::read(tree, index, &mut budget) {
                for string in &rich.strings {
                    used[*string as usize] = true;
                }
                let (owner, _) = self.owner(index);
                // Values inside are part of this text, not texts of their own.
                for inner in index..tree.node(index).end {
                    used[inner as usize] = true;
                }
                let weight = rich.weight;
                candidates.push(Candidate {
                    index,
                    owner,
                    role: Role::Content,
                    rich: Some(rich),
                    weight,
                });
            }
        }
        for index in 0..tree.len() {
            let raw = tree.raw(index);
            if used[index as usize] || raw.len() < 20 {
                continue;
            }
            let (owner, key) = self.owner(index);
            let role = keys::role(key);
            let is_text = match role {
                Role::Machine | Role::Language => false,
                Role::Content => is_long(raw) || is_phrase(raw),
                _ => is_long(raw) && is_prose(raw),
            };
            if is_text {
                let weight = raw.len();
                candidates.push(Candidate { index, owner, role, rich: None, weight });
            }
        }
        // Beside an article, summaries belong to other articles; in a listing they are the text.
        if candidates.iter().any(|c| c.role == Role::Content && c.weight >= LONG) {
            candidates.retain(|c| !matches!(c.role, Role::Description | Role::Title));
        }
        candidates.sort_by_key(|candidate| candidate.index);
        (candidates, used)
    }

    /// The object a value is a field of and its key there, looking through wrappers such as
    /// `{"rendered": …}` and lists.
    fn owner(&self, index: u32) -> (u32, &str) {
        let mut at = index;
        let mut key = "";
        for _ in 0..4 {
            let Some((owner, own_key)) = self.tree.owner(at) else { return (at, key) };
            at = owner;
            key = own_key;
            if !key.is_empty() && !keys::is_wrapper(key) {
                break;
            }
        }
        (at, key)
    }

    /// Title, description, keywords, language and host, from the main object and those above.
    fn head(&mut self, main: u32, used: &mut [bool]) {
        let mut at = main;
        let mut done: Vec<Zone> = Vec::new();
        for level in 0..ABOVE {
            let before = done.len();
            self.head_fields(at, level == 0, &done.clone(), &mut done, used);
            let heads: Vec<u32> = self
                .tree
                .fields(at)
                .filter(|(key, _)| keys::is_head(key))
                .map(|(_, value)| value)
                .collect();
            let known = done[..before].to_vec();
            for head in heads {
                self.head_fields(head, false, &known, &mut done, used);
            }
            match self.tree.owner(at) {
                Some((owner, _)) => at = owner,
                None => break,
            }
        }
    }

    /// Reads the fields of one object into the head, but for the zones in `known`.
    fn head_fields(
        &mut self,
        object: u32,
        is_main: bool,
        known: &[Zone],
        done: &mut Vec<Zone>,
        used: &mut [bool],
    ) {
        let fields: Vec<(&str, u32)> = self.tree.fields(object).collect();
        for (key, value) in fields {
            let value = self.unwrap(value);
            let raw = self.tree.raw(value);
            let is_own = matches!(key, "canonical" | "canonical_url" | "canonicalUrl")
                || is_main && matches!(key, "url" | "permalink" | "link");
            if let Some(host) = host_of(&unescape(raw).0).filter(|_| is_own) {
                self.builder.page_mut().host.get_or_insert(host);
            }
            let zone = match keys::role(key) {
                Role::Title => Zone::Title,
                Role::Description => Zone::MetaDescription,
                Role::Keywords => Zone::MetaKeywords,
                Role::Language if (2..=12).contains(&raw.len()) => {
                    self.builder.page_mut().declared_language.get_or_insert_with(|| raw.to_owned());
                    continue;
                }
                // The name of a thing is its title only where nothing is called one.
                Role::Other if key == "name" && is_main && !done.contains(&Zone::Title) => {
                    Zone::Title
                }
                _ => continue,
            };
            if !known.contains(&zone) && self.attribute(zone, value, used) {
                done.push(zone);
            }
        }
    }

    /// Looks through `{"rendered": …}`.
    fn unwrap(&self, value: u32) -> u32 {
        self.tree
            .fields(value)
            .find(|(key, inner)| keys::is_wrapper(key) && self.tree.kind(*inner) == Kind::String)
            .map_or(value, |(_, inner)| inner)
    }

    /// Puts a string or a list of strings or named things into a block of its own.
    fn attribute(&mut self, zone: Zone, value: u32, used: &mut [bool]) -> bool {
        let mut strings = Vec::new();
        match self.tree.kind(value) {
            Kind::String => strings.push(value),
            Kind::Array => {
                for item in self.tree.items(value).map(|item| self.tree.resolve(item)) {
                    let named = ["name", "title", "label"]
                        .into_iter()
                        .find_map(|key| self.tree.field(item, key));
                    strings.push(named.unwrap_or(item));
                }
            }
            _ => {}
        }
        strings.retain(|string| !self.tree.raw(*string).trim().is_empty());
        let said: String = strings.iter().map(|string| self.tree.raw(*string)).collect();
        if strings.is_empty() || self.told.contains(&(zone, said.clone())) {
            return false;
        }
        self.told.push((zone, said));
        self.builder.open(BlockKind::Attribute, zone, None);
        for (count, string) in strings.into_iter().enumerate() {
            used[string as usize] = true;
            if count > 0 {
                self.builder.push_unmapped(", ");
            }
            self.push_string(string);
        }
        self.builder.close();
        true
    }

    /// Pushes a short string into the open block. Titles may hold character references.
    fn push_string(&mut self, index: u32) {
        let (text, map) = self.string(index);
        let (decoded, inner) = crate::parse::entity::decode(&text);
        let lead = decoded.len() - decoded.trim_start().len();
        let part = inner.slice(Span::new(lead, decoded.len()));
        self.builder.push_mapped(&decoded[lead..], &part.through(&map));
    }

    /// A string's text, with the map that leads to the decoded source.
    fn string(&self, index: u32) -> (String, OffsetMap) {
        let span = self.tree.node(index).span;
        let (text, map) = unescape(self.tree.raw(index));
        let shift = OffsetMap::identity(span.len(), span.start as usize);
        (text, map.through(&shift).through(self.map))
    }

    /// The title of another object with text stands above that text.
    fn heading(&mut self, object: u32, used: &mut [bool]) {
        let title = self
            .tree
            .fields(object)
            .find(|(key, _)| keys::role(key) == Role::Title)
            .map(|(_, value)| self.unwrap(value))
            .filter(|value| !self.tree.raw(*value).is_empty() && !used[*value as usize]);
        if let Some(title) = title {
            used[title as usize] = true;
            self.builder.open(BlockKind::Heading(2), Zone::Body, None);
            self.push_string(title);
            self.builder.close();
        }
    }

    /// Pushes a text in the format it is written in; the length of what readers see of it.
    fn content(&mut self, candidate: &Candidate) -> usize {
        if let Some(rich) = &candidate.rich {
            let text: String =
                rich.strings.iter().map(|string| unescape(self.tree.raw(*string)).0).collect();
            if self.seen.is_repeat(&text) {
                return 0;
            }
            rich.push(self.tree, self.map, self.builder);
            return rich.weight;
        }
        let (text, map) = self.string(candidate.index);
        let page = match sniff(&text, None, None) {
            Format::Html | Format::Xml => (self.html)(&text),
            Format::Markdown => markdown::parse(&text, self.html),
            Format::Json if self.depth < NESTED => {
                let before = self.builder.page_mut().notes.len();
                read(self.builder, &text, &map, self.html, self.depth + 1);
                // A string that only looks like JSON is no broken payload.
                self.builder.page_mut().notes.truncate(before);
                return text.len();
            }
            _ => text::parse(&text),
        };
        if self.seen.is_repeat(page.visible()) {
            return 0;
        }
        self.builder.splice(&page, &map, None);
        page.visible_len
    }

    /// Takes the short phrases of a payload that has hardly any text: an error's message, a
    /// listing of titles.
    fn phrases(&mut self, used: &[bool]) {
        for index in 0..self.tree.len() {
            let raw = self.tree.raw(index);
            if raw.trim().is_empty() || used[index as usize] {
                continue;
            }
            let (_, key) = self.owner(index);
            let is_text = match keys::role(key) {
                Role::Machine | Role::Language | Role::Keywords => false,
                Role::Message => !raw.starts_with("http"),
                Role::Title | Role::Description | Role::Content => is_prose(raw),
                Role::Other => is_phrase(raw),
            };
            if is_text {
                self.builder.open(BlockKind::Paragraph, Zone::Body, None);
                self.push_string(index);
                self.builder.close();
            }
        }
    }
}

/// The object with most text.
fn main_object(candidates: &[Candidate]) -> Option<u32> {
    let best = candidates
        .iter()
        .filter(|candidate| candidate.role == Role::Content)
        .max_by_key(|candidate| (candidate.weight, std::cmp::Reverse(candidate.index)))
        .or_else(|| candidates.iter().max_by_key(|candidate| candidate.weight))?;
    Some(best.owner)
}

/// Whether a string literal is a text by its mere length.
fn is_long(raw: &str) -> bool {
    if raw.len() < LONG {
        return false;
    }
    let width = |text: &str| -> usize {
        text.chars().take(LONG).map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum()
    };
    if raw.contains("\\u") { width(&unescape(raw).0) >= LONG } else { width(raw) >= LONG }
}

/// [`keys::is_prose`] of a string literal; escapes hardly matter for it but in scripts beyond
/// ASCII, which some payloads write in escapes only.
fn is_prose(raw: &str) -> bool {
    if raw.contains('\\') { keys::is_prose(&unescape(raw).0) } else { keys::is_prose(raw) }
}

fn is_phrase(raw: &str) -> bool {
    if raw.contains('\\') { keys::is_phrase(&unescape(raw).0) } else { keys::is_phrase(raw) }
}

#[cfg(test)]
mod tests;
