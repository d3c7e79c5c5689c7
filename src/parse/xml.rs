//! XML that is not XHTML: feeds, sitemaps and any other document's texts.
//!
//! Feeds in the wild are often not well-formed, so this reads what tags there are and never
//! gives up: end tags without a start and elements without an end are taken as they come.

use crate::address::is_same_site;
use crate::page::{BlockKind, Format, Page, PageBuilder, Zone};
use crate::parse::{HtmlParser, entity, reference, text};
use crate::span::{OffsetMap, Span};

/// Deepest nesting that is followed; deeper elements count as part of the one above.
const DEPTH: usize = 256;

/// Parses XML. `html` reads the HTML that feeds carry in their items.
pub fn parse(source: &str, html: HtmlParser) -> Page {
    let mut reader = Reader {
        source,
        html,
        builder: PageBuilder::new(Format::Xml),
        open: Vec::new(),
        held: Held::default(),
        items: 0,
        is_feed: false,
    };
    reader.read();
    reader.flush("");
    let mut page = reader.builder.finish();
    if let Some(own) = &page.host {
        for link in &mut page.links {
            link.offsite = link.host.as_ref().is_some_and(|host| !is_same_site(host, own));
        }
    }
    page
}

/// Character data read so far, with the map that leads to the decoded source.
#[derive(Debug, Default)]
struct Held {
    text: String,
    map: OffsetMap,
}

impl Held {
    fn push(&mut self, text: &str, map: &OffsetMap) {
        self.map.append(map, self.text.len());
        self.text.push_str(text);
    }
}

struct Reader<'a> {
    source: &'a str,
    html: HtmlParser<'a>,
    builder: PageBuilder,
    /// Local names of the open elements.
    open: Vec<&'a str>,
    held: Held,
    /// How many of the open elements are items of a feed.
    items: usize,
    is_feed: bool,
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        let mut at = 0;
        while at < self.source.len() {
            let rest = &self.source[at..];
            let next = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            self.characters(at, next);
            at += next;
            let rest = &self.source[at..];
            if rest.is_empty() {
                break;
            }
            at += self.markup(rest, at).max(1);
        }
    }

    /// Character data with its references decoded.
    fn characters(&mut self, at: usize, len: usize) {
        if len == 0 {
            return;
        }
        let (text, map) = entity::decode(&self.source[at..at + len]);
        let shifted = map.through(&OffsetMap::identity(len, at));
        self.held.push(&text, &shifted);
    }

    /// Reads the markup that `rest` begins with, at `at` in the source; its length.
    fn markup(&mut self, rest: &'a str, at: usize) -> usize {
        let to = |end: &str, from: usize| {
            memchr::memmem::find(&rest.as_bytes()[from..], end.as_bytes())
                .map_or(rest.len(), |found| from + found)
        };
        if rest.starts_with("<![CDATA[") {
            let end = to("]]>", 9);
            self.held.push(&rest[9..end], &OffsetMap::identity(end - 9, at + 9));
            return (end + 3).min(rest.len());
        }
        if rest.starts_with("<!--") {
            let end = to("-->", 4);
            self.comment(&rest[4..end], at + 4);
            return (end + 3).min(rest.len());
        }
        if rest.starts_with("<?") {
            return (to("?>", 2) + 2).min(rest.len());
        }
        if rest.starts_with("<!") {
            let end = to(">", 2);
            // The internal subset of a document type holds tags of its own.
            let end = if rest[..end].contains('[') { to("]>", 2) + 1 } else { end };
            return (end + 1).min(rest.len());
        }
        let is_end = rest.starts_with("</");
        let inside = &rest[if is_end { 2 } else { 1 }..];
        let name_len = inside
            .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<'))
            .unwrap_or(inside.len());
        let name = local(&inside[..name_len]);
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            // A lone `<` is text.
            self.characters(at, 1);
            return 1;
        }
        let len = tag_len(rest);
        if is_end {
            self.end(name);
            return len;
        }
        let tag = &rest[..len];
        self.start(name, tag, at);
        if tag.ends_with("/>") {
            self.end(name);
        } else if attribute(tag, "type").is_some_and(|kind| kind == "xhtml") {
            return len + self.xhtml(&rest[len..], &inside[..name_len], at + len);
        }
        len
    }

    fn start(&mut self, name: &'a str, tag: &str, at: usize) {
        let above = self.open.last().copied().unwrap_or_default();
        self.flush(above);
        if matches!(name, "rss" | "feed" | "RDF") {
            self.is_feed = true;
            if let Some(language) = attribute(tag, "xml:lang") {
                self.language(language);
            }
        }
        if self.open.len() < DEPTH {
            self.open.push(name);
            self.items += usize::from(is_item(name));
        }
        if name == "link"
            && let Some(href) = attribute(tag, "href")
        {
            // Atom also links to the feed itself and to interfaces for programs.
            if matches!(attribute(tag, "rel"), None | Some("alternate" | "related" | "via")) {
                self.link(&entity::decode(href).0, Span::new(at, at + tag.len()));
            }
        }
    }

    fn end(&mut self, name: &str) {
        let Some(depth) = self.open.iter().rposition(|open| *open == name) else { return };
        self.flush(name);
        for closed in self.open.drain(depth..) {
            self.items -= usize::from(is_item(closed));
        }
    }

    /// Content that is written as XML itself, up to the end tag; its length.
    fn xhtml(&mut self, rest: &str, name: &str, at: usize) -> usize {
        let end = memchr::memmem::find(rest.as_bytes(), format!("</{name}").as_bytes())
            .unwrap_or(rest.len());
        let page = (self.html)(&rest[..end]);
        self.builder.splice(&page, &OffsetMap::identity(end, at), None);
        end
    }

    fn comment(&mut self, comment: &str, at: usize) {
        let text = comment.trim();
        if text.is_empty() {
            return;
        }
        let start = at + comment.len() - comment.trim_start().len();
        self.builder.open(BlockKind::Comment, Zone::Comment, None);
        self.builder.push(text, Span::new(start, start + text.len()));
        self.builder.close();
    }

    /// Puts the character data of the element `name` where it belongs.
    fn flush(&mut self, name: &str) {
        let held = std::mem::take(&mut self.held);
        if held.text.trim().is_empty() {
            return;
        }
        let in_item = self.items > 0;
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "loc" => self.address(&held, BlockKind::ListItem),
            "link" | "comments" | "origlink" => {
                let source = held.map.to_source(Span::new(0, held.text.len()));
                self.link(held.text.trim(), source);
            }
            "language" => self.language(held.text.trim()),
            "title" if !self.is_feed => self.block(&held, BlockKind::Heading(2), Zone::Body),
            "title" if in_item => self.block(&held, BlockKind::Heading(2), Zone::Body),
            "title" if self.is_direct() => self.block(&held, BlockKind::Attribute, Zone::Title),
            "description" | "subtitle" | "tagline"
                if self.is_feed && !in_item && self.is_direct() =>
            {
                self.block(&held, BlockKind::Attribute, Zone::MetaDescription);
            }
            "category" | "keywords" | "subject" if self.is_feed => {
                self.block(&held, BlockKind::Attribute, Zone::MetaKeywords);
            }
            // The feed's image and input field have titles of their own.
            "title" | "lastmod" | "changefreq" | "priority" => {}
            lower if self.is_feed && !is_text(lower) && !is_sentence(&held.text) => {}
            _ => self.content(&held),
        }
    }

    /// Whether the innermost open element belongs to the feed itself, not to an image of it.
    fn is_direct(&self) -> bool {
        let above = self.open.len().checked_sub(2).map_or("", |above| self.open[above]);
        !matches!(above, "image" | "textInput" | "textinput" | "source" | "author")
    }

    /// A text that may be HTML.
    fn content(&mut self, held: &Held) {
        let page =
            if is_markup(&held.text) { (self.html)(&held.text) } else { text::parse(&held.text) };
        self.builder.splice(&page, &held.map, None);
    }

    /// A short text in a block of its own. Feeds escape references a second time.
    fn block(&mut self, held: &Held, kind: BlockKind, zone: Zone) {
        let (text, map) = entity::decode(&held.text);
        let lead = text.len() - text.trim_start().len();
        let part = map.slice(Span::new(lead, text.len()));
        self.builder.open(kind, zone, None);
        self.builder.push_mapped(&text[lead..], &part.through(&held.map));
        self.builder.close();
    }

    /// An address that is shown as text.
    fn address(&mut self, held: &Held, kind: BlockKind) {
        let lead = held.text.len() - held.text.trim_start().len();
        let href = held.text.trim();
        let place = Span::new(lead, lead + href.len());
        self.builder.open(kind, Zone::Body, None);
        let start = self.builder.begin_link();
        self.builder.push_mapped(href, &held.map.slice(place));
        let link = reference::link(href, Zone::Body, None, held.map.to_source(place));
        self.builder.end_link(start, link);
        self.builder.close();
    }

    /// A link without a text. That of the feed itself tells the page's host.
    fn link(&mut self, href: &str, source: Span) {
        let link = reference::link(href, Zone::Body, None, source);
        let page = self.builder.page_mut();
        if self.items == 0 && self.is_feed && page.host.is_none() {
            page.host.clone_from(&link.host);
        }
        let start = self.builder.begin_link();
        self.builder.end_link(start, link);
    }

    fn language(&mut self, language: &str) {
        self.builder.page_mut().declared_language.get_or_insert_with(|| language.to_owned());
    }
}

fn is_item(name: &str) -> bool {
    matches!(name, "item" | "entry")
}

/// Elements of feeds that are written for readers; others hold dates, names and settings.
fn is_text(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "abstract",
        "body",
        "caption",
        "content",
        "description",
        "encoded",
        "subtitle",
        "summary",
        "text",
    ];
    NAMES.contains(&name)
}

/// Whether a text is a sentence rather than a name or a date: six words, most of them letters, or
/// a dozen letters of a script without spaces.
fn is_sentence(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let wide = text.chars().filter(|c| *c >= '\u{2E80}' && c.is_alphabetic()).count();
    wide >= 12 || text.split_whitespace().count() >= 6 && letters * 2 > text.chars().count()
}

/// Whether a text holds tags.
fn is_markup(text: &str) -> bool {
    let end = memchr::memrchr(b'>', text.as_bytes()).unwrap_or(0);
    memchr::memchr_iter(b'<', &text.as_bytes()[..end]).any(|at| {
        let rest = text[at + 1..].strip_prefix('/').unwrap_or(&text[at + 1..]);
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
    })
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Length of the tag that `rest` begins with. A quote that is never closed does not swallow the
/// rest of the document: tags hardly hold a `<`.
fn tag_len(rest: &str) -> usize {
    let mut quote = None;
    for (index, byte) in rest.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return index + 1,
            (_, b'<') => return index,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// The value of an attribute of a tag, references as written.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut at = 0;
    while let Some(found) = tag[at..].find(name) {
        let start = at + found;
        at = start + name.len();
        let is_name = tag[..start].ends_with(char::is_whitespace);
        let Some(value) = tag[at..].trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        if let (true, Some(quote)) = (is_name, quote) {
            let value = &value[1..];
            return Some(value.find(quote).map_or(value, |end| &value[..end]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::simple_html;

    #[track_caller]
    fn check(source: &str, expected: &[(&str, Zone)]) -> Page {
        let page = parse(source, &simple_html::parse);
        let found: Vec<(&str, Zone)> =
            page.blocks.iter().map(|b| (page.slice(b.span), b.zone)).collect();
        assert_eq!(found, expected);
        page
    }

    #[track_caller]
    fn source_of<'a>(page: &Page, source: &'a str, part: &str) -> &'a str {
        let at = page.text.find(part).unwrap_or_default();
        &source[page.source_map.to_source(Span::new(at, at + part.len())).range()]
    }

    #[test]
    fn feeds_give_titles_texts_and_links() {
        let source = "<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<rss version=\"2.0\"><channel>\
            <title>Tea &amp; cake</title><link>https://tea.example/</link>\
            <description>All about tea</description><language>en</language>\
            <image><title>Logo</title><url>https://tea.example/l.png</url></image>\
            <item><title>Green&amp;#8217;s</title><link>https://tea.example/green</link>\
            <pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate><category>leaves</category><guid>x 1</guid>\
            <description>&lt;p&gt;Hot &lt;a href=\"https://w.example\"&gt;water&lt;/a&gt;&lt;/p&gt;</description>\
            <content:encoded><![CDATA[<p>Pour it.</p><div style=\"display:none\">buy</div>]]></content:encoded>\
            </item></channel></rss>";
        let page = check(
            source,
            &[
                ("Green’s", Zone::Body),
                ("Hot water", Zone::Body),
                ("Pour it.", Zone::Body),
                ("made by hand", Zone::Comment),
                ("Tea & cake", Zone::Title),
                ("All about tea", Zone::MetaDescription),
                ("leaves", Zone::MetaKeywords),
                ("buy", Zone::Hidden),
            ],
        );
        assert_eq!(source_of(&page, source, "’"), "&amp;#8217;");
        assert_eq!(source_of(&page, source, "Pour it"), "Pour it");
        assert_eq!(source_of(&page, source, "water"), "water");
        assert_eq!(page.host.as_deref(), Some("tea.example"));
        assert_eq!(page.declared_language.as_deref(), Some("en"));
        let links: Vec<_> = page.links.iter().map(|l| (&*l.href, l.offsite)).collect();
        assert_eq!(
            links,
            [
                ("https://tea.example/", false),
                ("https://tea.example/green", false),
                ("https://w.example", true),
            ]
        );
    }

    #[test]
    fn atom_is_read_with_its_xhtml() {
        let source = "<feed xml:lang=\"de\"><title>Tee</title><link rel=\"self\" href=\"/f\"/>\
            <link href='https://tee.example/?a&amp;b'/><id>urn:1</id><entry><title>Heiß</title>\
            <content type=\"xhtml\"><div><p>Wasser</p></div></content></entry></feed>";
        let page =
            check(source, &[("Heiß", Zone::Body), ("Wasser", Zone::Body), ("Tee", Zone::Title)]);
        assert_eq!(page.links.len(), 1);
        assert_eq!(page.links[0].href, "https://tee.example/?a&b");
        assert_eq!(source_of(&page, source, "Wasser"), "Wasser");
    }

    #[test]
    fn sitemaps_are_lists_of_addresses() {
        let source = "<urlset><url><loc> https://a.example/x </loc><lastmod>2024-01-01</lastmod>\
            </url></urlset>";
        let page = check(source, &[("https://a.example/x", Zone::Body)]);
        assert_eq!(page.slice(page.links[0].text), "https://a.example/x");
        assert_eq!(&source[page.links[0].source.range()], "https://a.example/x");
    }

    #[test]
    fn other_documents_give_their_texts() {
        check(
            "<!DOCTYPE b [<!ENTITY x \"y\">]><book><p>One <i>two</i> three</p></wrong><p>a < b",
            &[
                ("One", Zone::Body),
                ("two", Zone::Body),
                ("three", Zone::Body),
                ("a < b", Zone::Body),
            ],
        );
    }

    #[test]
    fn broken_input_is_read_in_linear_time() {
        let begin = std::time::Instant::now();
        for unit in [
            "<a>",
            "</a>",
            "<",
            "<!--",
            "<![CDATA[",
            "<a b=\"",
            "&",
            "<item>x",
            "<content type=\"xhtml\">",
        ] {
            let source = unit.repeat(100_000 / unit.len());
            let page = parse(&source, &simple_html::parse);
            assert!(page.text.len() <= source.len());
        }
        assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
    }
}
