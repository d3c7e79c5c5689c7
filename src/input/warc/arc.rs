//! ARC, the format before WARC: one line of header for each answer.

use crate::input::warc::{Content, Framing, Head};

/// The framing of ARC files, version 1 (five fields) and 2 (ten).
pub(in crate::input) struct Arc;

/// Longest header line that is looked for after damage, in bytes.
const LONGEST: usize = 1024;

impl Framing for Arc {
    const NAME: &'static str = "ARC";

    fn begins(ahead: &[u8]) -> bool {
        line_of(ahead).and_then(parse).is_some()
    }

    fn find(ahead: &[u8]) -> Option<usize> {
        memchr::memchr_iter(b'\n', ahead).find(|at| {
            let rest = &ahead[at + 1..];
            // Most lines begin with no scheme, so few are looked at.
            rest.iter().take(16).any(|byte| *byte == b':')
                && line_of(&rest[..rest.len().min(LONGEST)]).and_then(parse).is_some()
        })
    }

    fn head(&mut self, ahead: &[u8]) -> Option<Head> {
        let line = line_of(ahead)?;
        let size = line.len() + 1;
        parse(line).map(|head| Head { size, ..head })
    }
}

/// The first line, without its line feed.
fn line_of(text: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'\n', text).map(|end| &text[..end])
}

/// `URL address date type length`, or `URL address date type status checksum location offset name
/// length`. A URL may hold spaces, so fields are counted from the end.
fn parse(line: &[u8]) -> Option<Head> {
    let line = std::str::from_utf8(line).ok()?.trim_end_matches('\r');
    let parts: Vec<&str> = line.split(' ').collect();
    let is_date = |part: &&str| {
        matches!(part.len(), 12 | 14) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let [.., length] = parts.as_slice() else { return None };
    let length: u64 = length.parse().ok()?;
    // The date is the fourth field from the end, in the later version the ninth.
    let date_at = [3, 8]
        .into_iter()
        .filter_map(|back| parts.len().checked_sub(back))
        .find(|at| *at >= 2 && is_date(&parts[*at]))?;
    let url = parts[..date_at - 1].join(" ");
    let (scheme, _) = url.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let content = match scheme.as_str() {
        "filedesc" => Content::Other("arc-header"),
        "dns" => Content::Other("dns"),
        _ => Content::Page,
    };
    Some(Head {
        length: Some(length),
        content,
        date: Some(rfc_3339(parts[date_at])),
        content_type: Some(parts[date_at + 1].to_owned()),
        url: Some(url),
        ..Head::default()
    })
}

/// `20260102030405` as `2026-01-02T03:04:05Z`.
fn rfc_3339(digits: &str) -> String {
    let part = |from: usize| digits.get(from..from + 2).unwrap_or("00");
    format!(
        "{}-{}-{}T{}:{}:{}Z",
        digits.get(..4).unwrap_or("0000"),
        part(4),
        part(6),
        part(8),
        part(10),
        part(12)
    )
}
