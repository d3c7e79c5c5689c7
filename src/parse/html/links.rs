//! Targets of links: their host, and whether it belongs to the page's own site.

use std::net::{Ipv4Addr, Ipv6Addr};

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
pub(super) fn host_of(address: &str) -> Option<String> {
    let mut cleaned = String::with_capacity(address.len().min(MAX_ADDRESS));
    for c in address.trim_matches(|c: char| c <= ' ').chars() {
        match c {
            '\t' | '\n' | '\r' => {}
            '\\' => cleaned.push('/'),
            c => cleaned.push(c),
        }
        if cleaned.len() >= MAX_ADDRESS {
            break;
        }
    }
    let rest = match cleaned.split_once(':') {
        Some((scheme, rest)) if is_web_scheme(scheme) => {
            if !rest.starts_with('/') {
                return None;
            }
            rest
        }
        _ if cleaned.starts_with("//") => cleaned.as_str(),
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
        && !host.contains(|c: char| c.is_whitespace() || "<>\"'{}|^`".contains(c));
    plausible.then(|| host.to_lowercase())
}

fn is_web_scheme(scheme: &str) -> bool {
    ["http", "https", "ftp", "ws", "wss"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
}

/// The part of a host that is registered by one owner: its last two labels, or three where the
/// last is a country's and the one before a category shared by all its names (`co.uk`,
/// `com.cn`). Addresses in numbers are their own owner. A rule of thumb in place of the public
/// suffix list, which would have to be shipped and kept current.
pub(crate) fn registrable_domain(host: &str) -> &str {
    if host.parse::<Ipv4Addr>().is_ok() || host.parse::<Ipv6Addr>().is_ok() {
        return host;
    }
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let (Some(last), Some(second)) = (dots.next(), dots.next()) else { return host };
    let shared =
        host.len() - last - 1 == 2 && SHARED_SECOND_LEVEL.contains(&&host[second + 1..last]);
    if !shared {
        return &host[second + 1..];
    }
    dots.next().map_or(host, |third| &host[third + 1..])
}

/// Whether two hosts belong to the same registrable domain.
pub(super) fn is_same_site(one: &str, other: &str) -> bool {
    registrable_domain(one) == registrable_domain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_browsers_read_them() {
        for (address, host) in [
            ("https://Tea.example/x", Some("tea.example")),
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
}
