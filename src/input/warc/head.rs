//! Headers of WARC records, and named fields as HTTP has them, too.

use crate::input::warc::{Content, Framing, Head};

/// The framing of WARC files, 0.17 to 1.1.
pub(in crate::input) struct Warc;

impl Framing for Warc {
    const NAME: &'static str = "WARC";

    fn begins(ahead: &[u8]) -> bool {
        let [b'W', b'A', b'R', b'C', b'/', b'0'..=b'9', b'.', b'0'..=b'9', rest @ ..] = ahead
        else {
            return false;
        };
        rest.starts_with(b"\r\n") || rest.starts_with(b"\n")
    }

    fn find(ahead: &[u8]) -> Option<usize> {
        memchr::memmem::find_iter(ahead, b"\nWARC/").find(|at| Self::begins(&ahead[at + 1..]))
    }

    fn head(&mut self, ahead: &[u8]) -> Option<Head> {
        let (fields, size) = fields(ahead)?;
        let mut head = Head { size, ..Head::default() };
        let mut kind = "";
        for (name, value) in &fields {
            let value = value.as_str();
            match name.as_str() {
                "warc-type" => kind = value,
                "warc-record-id" => head.id = Some(bare(value)),
                "warc-target-uri" => head.url = Some(bare(value)),
                "warc-date" => head.date = Some(value.to_owned()),
                "content-type" => head.content_type = Some(value.to_owned()),
                // A second length would be as good as the first.
                "content-length" if head.length.is_none() => head.length = value.parse().ok(),
                _ => {}
            }
        }
        head.content = content(kind, head.content_type.as_deref().unwrap_or(""));
        Some(head)
    }
}

fn content(kind: &str, content_type: &str) -> Content {
    let kinds = ["request", "metadata", "warcinfo", "revisit", "continuation"];
    match kind.to_ascii_lowercase().as_str() {
        _ if content_type.starts_with("text/dns") => Content::Other("dns"),
        "response" | "resource" | "conversion" => Content::Page,
        other => kinds
            .into_iter()
            .find(|kind| *kind == other)
            .map_or(Content::Other("other-record"), Content::Other),
    }
}

/// Addresses and ids may stand in angle brackets.
fn bare(value: &str) -> String {
    value.trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// Fields after the first line, with their names in lower case, and the bytes up to the end of the
/// empty line behind them; none where there is no such line.
pub(super) fn fields(text: &[u8]) -> Option<(Vec<(String, String)>, usize)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut start = 0;
    let mut first = true;
    loop {
        let end = start + memchr::memchr(b'\n', &text[start..])?;
        let line = &text[start..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        start = end + 1;
        if line.is_empty() {
            return Some((fields, start));
        }
        if std::mem::take(&mut first) {
            continue;
        }
        let line = String::from_utf8_lossy(line);
        if line.starts_with([' ', '\t']) {
            // A long value goes on.
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}
