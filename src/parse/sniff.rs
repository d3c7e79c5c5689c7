//! Which format a text is in, by its content first: names lie, and many have none.

use crate::page::Format;
use crate::parse::markdown;
use crate::parse::payload;

/// Text looked at, in bytes.
const SAMPLE: usize = 64 * 1024;
/// JSON values looked at.
const VALUES: usize = 4096;

/// Tells the format of a text. The extension of its path (without the dot) and the HTTP answer's
/// `Content-Type` tip the scales where the content does not speak for itself.
pub fn sniff(text: &str, path_extension: Option<&str>, content_type: Option<&str>) -> Format {
    let hint = hint(path_extension, content_type);
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if is_json(body, hint) {
        return Format::Json;
    }
    let sample = &body[..body.floor_char_boundary(SAMPLE)];
    if let Some(format) = by_opening(sample, hint) {
        return format;
    }
    let marks = Marks::count(sample);
    match hint {
        Some(Format::Markdown) if !marks.is_document => Format::Markdown,
        Some(Format::Xml) if sample.starts_with('<') && !marks.is_document => Format::Xml,
        Some(Format::Html) if marks.tags > 0 => Format::Html,
        _ if marks.is_html() => Format::Html,
        _ if markdown::front_matter_length(sample) > 0 || marks.is_markdown() => Format::Markdown,
        _ => Format::Text,
    }
}

/// The format that the name and the server claim.
fn hint(path_extension: Option<&str>, content_type: Option<&str>) -> Option<Format> {
    let extension = path_extension.map(str::to_ascii_lowercase);
    let by_name = match extension.as_deref() {
        Some("html" | "htm" | "xhtml" | "shtml" | "php" | "asp" | "aspx" | "jsp") => {
            Some(Format::Html)
        }
        Some("md" | "markdown" | "mdx" | "mdown" | "mkd") => Some(Format::Markdown),
        Some("json" | "jsonld" | "geojson") => Some(Format::Json),
        Some("xml" | "rss" | "atom" | "rdf" | "opml") => Some(Format::Xml),
        _ => None,
    };
    by_name.or_else(|| {
        let value = content_type?.split(';').next()?.trim().to_ascii_lowercase();
        match value.as_str() {
            "text/html" | "application/xhtml+xml" => Some(Format::Html),
            "text/markdown" | "text/x-markdown" => Some(Format::Markdown),
            "application/json" | "text/json" => Some(Format::Json),
            "application/xml" | "text/xml" => Some(Format::Xml),
            value if value.ends_with("+json") => Some(Format::Json),
            value if value.ends_with("+xml") => Some(Format::Xml),
            _ => None,
        }
    })
}

/// Whether a text is JSON, or begins as JSON and mostly is.
fn is_json(body: &str, hint: Option<Format>) -> bool {
    let Some(end) = payload::extent(body, VALUES) else { return false };
    if hint == Some(Format::Json) {
        return true;
    }
    let rest = body[end..].trim_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ';'));
    // `[1] A footnote` begins with JSON; a payload that broke near its end still is one.
    rest.len() * 2 < body.len() && end > 2 && body[..end].contains(['"', '{'])
}

/// The format that the first tag gives away.
fn by_opening(sample: &str, hint: Option<Format>) -> Option<Format> {
    let mut rest = sample;
    let mut is_xml = false;
    // What may stand before the root element.
    loop {
        rest = rest.trim_start();
        let skip = if rest.starts_with("<?xml") || rest.starts_with("<?xml-stylesheet") {
            is_xml = true;
            rest.find("?>").map(|end| end + 2)
        } else if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else if starts_with(rest, "<!doctype") {
            if starts_with(rest[9..].trim_start(), "html") {
                return Some(Format::Html);
            }
            rest.find('>').map(|end| end + 1)
        } else {
            break;
        };
        rest = &rest[skip?..];
    }
    let name_len = rest
        .strip_prefix('<')?
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.'))
        .count();
    let name = rest[1..=name_len].to_ascii_lowercase();
    match name.as_str() {
        "html" | "head" | "body" => Some(Format::Html),
        "rss" | "feed" | "rdf:rdf" | "urlset" | "sitemapindex" | "opml" | "svg" => {
            Some(Format::Xml)
        }
        "" => None,
        name if is_xml && !is_element(name) => Some(Format::Xml),
        // Raw HTML at the top of a readme, or a component of MDX.
        _ if hint == Some(Format::Markdown) => None,
        name if hint == Some(Format::Xml) && !is_element(name) => Some(Format::Xml),
        _ => None,
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// Signs of HTML and Markdown.
#[derive(Debug, Default)]
struct Marks {
    lines: usize,
    /// Tags of HTML elements outside of fenced code.
    tags: usize,
    end_tags: usize,
    /// Whether there is a tag that only whole documents have.
    is_document: bool,
    headings: usize,
    fences: usize,
    links: usize,
    emphases: usize,
    tables: usize,
    lists: usize,
}

impl Marks {
    fn count(sample: &str) -> Self {
        let mut marks = Self::default();
        let mut in_fence = false;
        for line in sample.lines() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            marks.lines += 1;
            if line.starts_with("```") || line.starts_with("~~~") {
                // A fence counts when it is closed.
                marks.fences += usize::from(in_fence);
                in_fence = !in_fence;
                continue;
            }
            if !in_fence {
                marks.count_line(line);
            }
        }
        marks
    }

    fn count_line(&mut self, line: &str) {
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        self.headings += usize::from((1..=6).contains(&hashes) && line[hashes..].starts_with(' '));
        self.lists += usize::from(["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark)));
        self.links += line.matches("](").count();
        self.emphases += usize::from(line.matches("**").count() >= 2);
        let is_rule =
            line.len() >= 5 && line.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' '));
        self.tables += usize::from(is_rule && (line.contains("-|") || line.contains("- |")));
        for at in memchr::memchr_iter(b'<', line.as_bytes()) {
            let rest = &line[at + 1..];
            let is_end = rest.starts_with('/');
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let len = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let closes = rest[len..].starts_with([' ', '>', '/', '\t']) || rest.len() == len;
            let name = rest[..len].to_ascii_lowercase();
            if len == 0 || !closes || !is_element(&name) {
                continue;
            }
            self.tags += 1;
            self.end_tags += usize::from(is_end);
            self.is_document |= matches!(name.as_str(), "html" | "head" | "body");
        }
    }

    /// Whole documents, and fragments: tags on most lines, or several and no Markdown.
    fn is_html(&self) -> bool {
        let markdown = self.headings + self.fences + self.links + self.tables;
        self.is_document && self.tags > 4 && self.tags > 2 * markdown
            || self.end_tags >= 2 && self.tags * 2 >= self.lines && self.tags > 2 * markdown
            || self.end_tags >= 1 && self.lines <= 2 && markdown == 0
    }

    /// Marks of two kinds at least: a text about shells is full of `#` lines, and many lists are
    /// written with dashes by hand.
    fn is_markdown(&self) -> bool {
        let kinds = [self.headings, self.fences, self.links, self.emphases, self.tables];
        let present = kinds.iter().filter(|count| **count > 0).count();
        let sum = self.headings * 2
            + self.fences * 3
            + self.links * 2
            + self.emphases
            + self.tables * 3
            + self.lists / 2;
        present >= 2 && (sum >= 6 || self.fences > 0)
            || self.links >= 2 && sum * 4 >= self.lines
            || present >= 4
    }
}

/// Whether a name is one of the HTML elements that text pages are made of.
fn is_element(name: &str) -> bool {
    const NAMES: [&str; 66] = [
        "a",
        "abbr",
        "article",
        "aside",
        "b",
        "blockquote",
        "body",
        "br",
        "button",
        "center",
        "code",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "input",
        "label",
        "li",
        "link",
        "main",
        "meta",
        "nav",
        "noscript",
        "ol",
        "option",
        "p",
        "picture",
        "pre",
        "script",
        "section",
        "select",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "video",
    ];
    NAMES.binary_search(&name).is_ok() || matches!(name, "title" | "ins" | "source" | "summary")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, extension: &str, expected: Format) {
        let extension = (!extension.is_empty()).then_some(extension);
        assert_eq!(sniff(text, extension, None), expected, "{text}");
    }

    #[test]
    fn content_comes_before_the_name() {
        check("<!DOCTYPE html>\n<p>x", "txt", Format::Html);
        check("\u{FEFF} <html><body>x", "md", Format::Html);
        check("<p>One</p>\n<p>Two <b>three</b></p>", "", Format::Html);
        check("No markup at all.\nIn two lines.", "html", Format::Text);
        check("<b>bold</b> and no more", "html", Format::Html);
        check(r#"[{"data":1},["Reactive",2],"text"]"#, "txt", Format::Json);
        check(r#"{"a": "cut off here"#, "", Format::Json);
        check(r#"callback({"a": 1});"#, "", Format::Json);
        check("{ broken", "json", Format::Json);
        check("[link](https://a.example) starts a line", "md", Format::Markdown);
        check("[1] A footnote, and not JSON.", "", Format::Text);
        check("{% raw %} template", "", Format::Text);
    }

    #[test]
    fn elements_are_in_order() {
        assert!(is_element("a") && is_element("h1") && is_element("video") && !is_element("x"));
        assert!(["div", "hr", "html", "li", "td", "thead"].into_iter().all(is_element));
    }

    #[test]
    fn xml_is_told_from_xhtml() {
        check("<?xml version=\"1.0\"?>\n<!-- x -->\n<rss version=\"2.0\"/>", "", Format::Xml);
        check("<urlset><url/></urlset>", "html", Format::Xml);
        check("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", "xml", Format::Html);
        check("<?xml version='1.0'?><book><p>x</p></book>", "", Format::Xml);
    }

    #[test]
    fn markdown_needs_strong_signs_without_a_name() {
        check("Just words.", "md", Format::Markdown);
        check("---\ntitle: Tea\n---\nText", "txt", Format::Markdown);
        check("# Tea\n\nSee [a](b) and [c](d).\n\n```sh\nls\n```", "txt", Format::Markdown);
        check(
            "Run it:\n# create the folder\nmkdir a\n# enter it\ncd a\n- done\n",
            "txt",
            Format::Text,
        );
        check("<h1 align=\"center\">Tool</h1>\n<p>x</p>\n\nText", "md", Format::Markdown);
        check("a < b and c > d", "", Format::Text);
    }

    #[test]
    fn the_server_speaks_where_the_name_is_silent() {
        assert_eq!(sniff("x <i>y</i>", None, Some("text/html; charset=utf-8")), Format::Html);
        assert_eq!(sniff("x", None, Some("text/markdown")), Format::Markdown);
        assert_eq!(sniff("<a/>", None, Some("application/atom+xml")), Format::Xml);
    }
}
