//! Addresses of the web: their host, whom it belongs to, and where they stand in running text.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// Longest address looked at, in bytes; a longer one is read up to here.
const MAX_ADDRESS: usize = 4096;

/// Second-level labels under which countries give out names (`example.co.uk`).
const SHARED_SECOND_LEVEL: &[&str] = &[
    "co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "gob", "gouv", "mil", "info",
    "ltd", "plc", "me", "sch", "nom", "ad", "id", "web", "in", "re", "pe", "lg", "gr", "geek",
    "idv", "asn", "govt", "school", "k12", "blog", "art", "eco", "adm",
];

/// The host of an absolute web address, lower case, without port and user; `None` for relative
/// addresses and other schemes. Reads what browsers read: leading white space, line breaks inside
/// the address and backslashes do not matter.
///
/// ```text
/// https://user@WWW.Tea.example:8080/x -> www.tea.example
/// //tea.example                       -> tea.example
/// ```
pub fn host_of(address: &str) -> Option<String> {
    let address = address.trim_matches(|c: char| c <= ' ');
    // Nearly all addresses are one of these, and tell it by their first bytes.
    if is_plainly_relative(address.as_bytes()) {
        return None;
    }
    if let Some(host) = plain_host(address) {
        return Some(host.to_owned());
    }
    let plain = |byte: u8| !matches!(byte, b'\t' | b'\n' | b'\r' | b'\\');
    let cleaned = if address.len() < MAX_ADDRESS && address.bytes().all(plain) {
        Cow::Borrowed(address)
    } else {
        Cow::Owned(cleaned(address))
    };
    let rest = match cleaned.split_once(':') {
        Some((scheme, rest)) if is_web_scheme(scheme) => {
            if !rest.starts_with('/') {
                return None;
            }
            rest
        }
        _ if cleaned.starts_with("//") => &*cleaned,
        _ => return None,
    };
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    let host = host.trim_end_matches('.');
    let plausible = !host.is_empty()
        && host.len() <= 255
        && !host.contains(|c: char| {
            matches!(c, '<' | '>' | '"' | '\'' | '{' | '}' | '|' | '^' | '`') || c.is_whitespace()
        });
    plausible.then(|| host.to_lowercase())
}

/// Whether an address begins as none with a host does: with `#`, `?` or a single slash.
fn is_plainly_relative(address: &[u8]) -> bool {
    match address {
        [b'/', next, ..] => !matches!(next, b'/' | b'\\' | b'\t' | b'\n' | b'\r'),
        [b'/' | b'#' | b'?', ..] => true,
        _ => false,
    }
}

/// The host of an address with a scheme, if it stands there as it is to be read.
fn plain_host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("http")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix("://")?;
    let in_host = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let len = rest.bytes().position(|byte| !in_host(byte)).unwrap_or(rest.len());
    let (host, after) = rest.split_at(len);
    let ends = matches!(after.bytes().next(), None | Some(b'/' | b'?' | b'#'));
    (ends && (1..=255).contains(&len) && !host.ends_with('.')).then_some(host)
}

/// The first [`MAX_ADDRESS`] bytes of an address without line breaks, slashes all forward.
fn cleaned(address: &str) -> String {
    let mut cleaned = String::with_capacity(address.len().min(MAX_ADDRESS));
    for c in address.chars() {
        match c {
            '\t' | '\n' | '\r' => {}
            '\\' => cleaned.push('/'),
            c => cleaned.push(c),
        }
        if cleaned.len() >= MAX_ADDRESS {
            break;
        }
    }
    cleaned
}

fn is_web_scheme(scheme: &str) -> bool {
    ["http", "https", "ftp", "ws", "wss"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
}

/// The part of a host that is registered by one owner: its last two labels, or three where the
/// last is a country's and the one before a category shared by all its names (`co.uk`,
/// `com.cn`). Addresses in numbers are their own owner. A rule of thumb in place of the public
/// suffix list, which would have to be shipped and kept current.
pub(crate) fn registrable_domain(host: &str) -> &str {
    let ends_in_digit = host.ends_with(|c: char| c.is_ascii_digit());
    if (ends_in_digit && host.parse::<Ipv4Addr>().is_ok())
        || (host.contains(':') && host.parse::<Ipv6Addr>().is_ok())
    {
        return host;
    }
    let dots = host.bytes().enumerate().rev().filter(|(_, byte)| *byte == b'.');
    let mut dots = dots.map(|(at, _)| at);
    let (Some(last), Some(second)) = (dots.next(), dots.next()) else { return host };
    let shared =
        host.len() - last - 1 == 2 && SHARED_SECOND_LEVEL.contains(&&host[second + 1..last]);
    if !shared {
        return &host[second + 1..];
    }
    dots.next().map_or(host, |third| &host[third + 1..])
}

/// Whether two hosts belong to the same registrable domain.
pub(crate) fn is_same_site(one: &str, other: &str) -> bool {
    one == other || registrable_domain(one) == registrable_domain(other)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_browsers_read_them() {
        for (address, host) in [
            ("https://Tea.example/x", Some("tea.example")),
            ("http://tea-2.example", Some("tea-2.example")),
            ("https://tea.example?q=//cake.example", Some("tea.example")),
            ("https:///tea.example/x", Some("tea.example")),
            ("/\n/tea.example", Some("tea.example")),
            ("/\\tea.example", Some("tea.example")),
            ("#http://tea.example", None),
            ("?http://tea.example", None),
            ("/", None),
            ("/x?http://tea.example", None),
            ("http://user:pw@tea.example:8080?q", Some("tea.example")),
            ("//tea.example", Some("tea.example")),
            ("\\\\tea.example\\x", Some("tea.example")),
            (" ht\ntps://tea.example#x", Some("tea.example")),
            ("http:/tea.example", Some("tea.example")),
            ("http://[2001:db8::1]:80/", Some("2001:db8::1")),
            ("https://tea.example./", Some("tea.example")),
            ("/tea.example", None),
            ("tea.example/x", None),
            ("mailto:me@tea.example", None),
            ("javascript:void(0)", None),
            ("http://", None),
            ("https://{{host}}/", None),
            ("", None),
        ] {
            assert_eq!(host_of(address).as_deref(), host, "{address:?}");
        }
    }

    #[test]
    fn registrable_domains() {
        for (host, domain) in [
            ("a.b.tea.example", "tea.example"),
            ("tea.example", "tea.example"),
            ("localhost", "localhost"),
            ("www.tea.co.uk", "tea.co.uk"),
            ("tea.com.cn", "tea.com.cn"),
            ("com.cn", "com.cn"),
            ("www.tea.de", "tea.de"),
            ("192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(registrable_domain(host), domain, "{host:?}");
        }
        assert!(is_same_site("www.tea.example", "shop.tea.example"));
        assert!(!is_same_site("tea.example", "cake.example"));
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
