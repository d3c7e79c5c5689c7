//! Addresses: their host, and where they stand in running text.

use std::ops::Range;

use crate::page::{Link, Zone};
use crate::span::Span;

/// Host of an absolute address, lower case, without user, port and closing dot; also of one that
/// begins with `//`.
pub(crate) fn host_of(address: &str) -> Option<String> {
    let address = address.trim();
    let rest = match address.find(':') {
        Some(end) if is_scheme(&address[..end]) => &address[end + 1..],
        _ => address,
    };
    let rest = rest.strip_prefix("//")?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let host = host.trim_end_matches('.').to_lowercase();
    (!host.is_empty() && !host.contains(char::is_whitespace)).then_some(host)
}

/// A link to `href`. The page's own host is not known here, so every absolute target counts as
/// off-site.
pub(crate) fn link(href: &str, zone: Zone, hidden: Option<u32>, source: Span) -> Link {
    let host = host_of(href);
    Link {
        text: Span::default(),
        href: href.trim().to_owned(),
        offsite: host.is_some(),
        host,
        rel: String::new(),
        zone,
        hidden,
        pictured: false,
        source,
    }
}

/// The `http` and `https` addresses that stand in running text, in order.
pub(crate) fn find(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memchr::memmem::find(&text.as_bytes()[at..], b"://")?;
            at = start + 3;
            let scheme = ["https", "http"].into_iter().find(|scheme| {
                start.checked_sub(scheme.len()).is_some_and(|from| {
                    text.as_bytes()[from..start].eq_ignore_ascii_case(scheme.as_bytes())
                })
            });
            let Some(scheme) = scheme else { continue };
            let len = address_len(&text[at..]);
            if len > 0 {
                at += len;
                return Some(start - scheme.len()..at);
            }
        }
    })
}

/// Length of the address that `rest` begins with. Han text follows an address without a space,
/// so it ends at the first character beyond ASCII.
fn address_len(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut end = rest.len();
    for (at, char) in rest.char_indices() {
        let is_over = match char {
            '<' | '>' | '"' | '\'' | '`' | '|' | '\\' | '^' | ']' | '}' => true,
            '(' => {
                depth += 1;
                false
            }
            // A bracket that was opened before the address ends it.
            ')' => {
                depth = depth.wrapping_sub(1);
                depth == usize::MAX
            }
            // Addresses in a list without spaces.
            ',' => rest[at + 1..].starts_with("http"),
            _ => !char.is_ascii_graphic(),
        };
        if is_over {
            end = at;
            break;
        }
    }
    // Punctuation at the end belongs to the sentence.
    rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '(', '[', '{']).len()
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_absolute_addresses() {
        let host = |address| host_of(address);
        assert_eq!(host("https://User@Shop.Example:8080/a?b"), Some("shop.example".to_owned()));
        assert_eq!(host("//cdn.example./x"), Some("cdn.example".to_owned()));
        assert_eq!(host("/path"), None);
        assert_eq!(host("mailto:me@shop.example"), None);
        assert_eq!(host("page:1//x"), None);
        assert_eq!(host("https:///"), None);
    }

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = find(text).map(|range| &text[range]).collect();
            assert_eq!(found, expected);
        };
        check(
            "see https://a.example/x, or (http://b.example/y_(z)).",
            &["https://a.example/x", "http://b.example/y_(z)"],
        );
        check(
            "请访问https://c.example/页，谢谢 HTTP://D.example。",
            &["https://c.example/", "HTTP://D.example"],
        );
        check("ftp://a.example http:// :// https://", &[]);
        check("shttp://a.example", &["http://a.example"]);
        check(
            "get(https://a.example)x https://b.example,https://c.example",
            &["https://a.example", "https://b.example", "https://c.example"],
        );
    }
}
