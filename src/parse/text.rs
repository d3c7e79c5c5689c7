//! Plain text: every line is a paragraph, and addresses are links.

use crate::address;
use crate::page::{BlockKind, Format, Page, PageBuilder, Zone};
use crate::parse::reference;
use crate::span::{OffsetMap, Span};

/// Fewest lines that indentation makes a listing.
const CODE_LINES: usize = 3;

/// Parses plain text.
///
/// Each line with text is a block of the body, without the white space around it. Lines that
/// begin with `> ` are quotations. Three or more indented lines in a row below one that is not
/// indented are a listing, if they look like code: novels indent their paragraphs.
pub fn parse(text: &str) -> Page {
    let lines = lines(text);
    let has_links = address::find(text).next().is_some();
    let mut builder = PageBuilder::new(Format::Text);
    builder.reserve(text.len(), lines.iter().filter(|line| !line.is_empty()).count());
    let mut at = 0;
    let mut prose_before = false;
    while at < lines.len() {
        let run = indented_run(text, &lines[at..]);
        if run.is_listing && prose_before {
            push_listing(&mut builder, text, &lines[at..at + run.len]);
        } else {
            // Never look at a run twice: a whole file may be indented.
            for line in &lines[at..at + run.len.max(1)] {
                prose_before =
                    prose_before || !is_blank(text, *line) && !is_indented(&text[line.range()]);
                push_line(&mut builder, text, *line, has_links);
            }
        }
        at += run.len.max(1);
    }
    builder.finish()
}

/// Pushes text with its addresses as links. `source` leads from it to the decoded source.
pub(crate) fn push_linked(
    builder: &mut PageBuilder,
    text: &str,
    map: &OffsetMap,
    zone: Zone,
    hidden: Option<u32>,
) {
    let mut at = 0;
    for range in address::find(text) {
        builder.push_mapped(&text[at..range.start], &map.slice(Span::new(at, range.start)));
        let place = Span::new(range.start, range.end);
        let start = builder.begin_link();
        builder.push_mapped(&text[range.clone()], &map.slice(place));
        let link = reference::link(&text[range.clone()], zone, hidden, map.to_source(place));
        builder.end_link(start, link);
        at = range.end;
    }
    builder.push_mapped(&text[at..], &map.slice(Span::new(at, text.len())));
}

fn push_line(builder: &mut PageBuilder, text: &str, span: Span, has_links: bool) {
    let (kind, zone, span) = match text[span.range()].trim_start().strip_prefix('>') {
        Some(rest) if rest.starts_with(' ') || rest.is_empty() => {
            let start = span.end as usize - rest.len();
            (BlockKind::Quote, Zone::Quote, Span::new(start, span.end as usize))
        }
        _ => (BlockKind::Paragraph, Zone::Body, span),
    };
    let line = &text[span.range()];
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return;
    }
    let start = span.start as usize + (line.len() - line.trim_start().len());
    if start > 0 && text.as_bytes()[start - 1] == b'\n' {
        builder.open_below(kind, zone, start - 1);
    } else {
        builder.open(kind, zone, None);
    }
    if has_links {
        push_linked(builder, trimmed, &OffsetMap::identity(trimmed.len(), start), zone, None);
    } else {
        builder.push(trimmed, Span::new(start, start + trimmed.len()));
    }
    builder.close();
}

fn push_listing(builder: &mut PageBuilder, text: &str, lines: &[Span]) {
    let first = lines[0].start as usize;
    let last = lines[lines.len() - 1].end as usize;
    builder.open(BlockKind::Code, Zone::Code, None);
    builder.push(&text[first..last], Span::new(first, last));
    builder.close();
}

/// Indented lines in a row, blank lines between them included.
struct IndentedRun {
    len: usize,
    is_listing: bool,
}

fn indented_run(text: &str, lines: &[Span]) -> IndentedRun {
    let (mut len, mut indented, mut code) = (0, 0, 0);
    for (index, span) in lines.iter().enumerate() {
        let line = &text[span.range()];
        if is_indented(line) && !line.trim().is_empty() {
            len = index + 1;
            indented += 1;
            code += usize::from(is_codelike(line));
        } else if len == 0 || !line.trim().is_empty() {
            break;
        }
    }
    IndentedRun { len, is_listing: indented >= CODE_LINES && code * 2 >= indented }
}

fn is_blank(text: &str, line: Span) -> bool {
    text[line.range()].trim().is_empty()
}

fn is_indented(line: &str) -> bool {
    matches!(line.as_bytes(), [b'\t', ..] | [b' ', b' ', b' ', b' ', ..])
}

/// Whether a line has the marks of program text or of a command.
fn is_codelike(line: &str) -> bool {
    let line = line.trim();
    let ascii = line.bytes().filter(u8::is_ascii).count();
    if ascii * 2 < line.len() || line.len() > 200 {
        return false;
    }
    line.ends_with(['{', '}', ';', ')', ':', ',', '\\', '>', ']'])
        || line.starts_with(['#', '$', '<', '@', '}', '-'])
        || line.starts_with("//")
        || ["=", "()", "->", "::", "</", "return ", "import ", "def "]
            .iter()
            .any(|mark| line.contains(mark))
}

/// The lines of a text, without their ends: LF, CR LF or CR.
fn lines(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        // The LF of a CR LF makes an empty line, which no one sees.
        lines.push(Span::new(start, at));
        start = at + 1;
    }
    lines.push(Span::new(start, text.len()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Zone)]) -> Page {
        let page = parse(text);
        let found: Vec<(&str, Zone)> =
            page.blocks.iter().map(|block| (page.slice(block.span), block.zone)).collect();
        assert_eq!(found, expected);
        for block in &page.blocks {
            let source = page.source_map.to_source(block.span);
            assert_eq!(page.slice(block.span), &text[source.range()]);
        }
        page
    }

    #[test]
    fn lines_are_blocks() {
        check(
            "  One two \r\n\r\nthree\rfour\n",
            &[("One two", Zone::Body), ("three", Zone::Body), ("four", Zone::Body)],
        );
        check("", &[]);
        check("\n \t\n", &[]);
        check("> said\n>\n>no\n", &[("said", Zone::Quote), (">no", Zone::Body)]);
    }

    #[test]
    fn lines_below_each_other_lead_back_line_by_line() {
        let page = check(
            "ab\ncd\n\nef \ngh\r\nij",
            &["ab", "cd", "ef", "gh", "ij"].map(|line| (line, Zone::Body)),
        );
        assert_eq!(page.source_map.to_source(Span::new(1, 4)), Span::new(1, 4));
        assert_eq!(page.source_map.to_source(Span::new(4, 7)), Span::new(4, 8));
        assert_eq!(page.source_map.to_source(Span::new(7, 10)), Span::new(8, 12));
    }

    #[test]
    fn addresses_are_links() {
        let page = check(
            "go to https://shop.example/a now",
            &[("go to https://shop.example/a now", Zone::Body)],
        );
        let link = &page.links[0];
        assert_eq!(page.slice(link.text), "https://shop.example/a");
        assert_eq!(link.source, Span::new(6, 28));
        assert!(link.offsite);
        assert_eq!(link.host.as_deref(), Some("shop.example"));
    }

    #[test]
    fn indented_code_is_a_listing_and_indented_prose_is_not() {
        let code = "Run this:\n\n    let a = 1;\n    f(a);\n\n    g();\nThen stop.";
        check(
            code,
            &[
                ("Run this:", Zone::Body),
                ("    let a = 1;\n    f(a);\n\n    g();", Zone::Code),
                ("Then stop.", Zone::Body),
            ],
        );
        let novel = "Chapter One\n    It was late.\n    Nobody came.\n    The lamp went out.";
        check(
            novel,
            &[
                ("Chapter One", Zone::Body),
                ("It was late.", Zone::Body),
                ("Nobody came.", Zone::Body),
                ("The lamp went out.", Zone::Body),
            ],
        );
    }
}
