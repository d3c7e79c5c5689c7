//! What scripts do to the visitor: redirects that ask where he comes from, loaders written in
//! code, titles rewritten, frames laid over the page. Read from their source; nothing is run.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use crate::address::{host_of, registrable_domain};
use crate::page::{Block, Zone};
use crate::signals::addresses::names_spam;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::terms::Strength;

/// How far a test and what it decides stand apart at most, in bytes.
const REACH: usize = 400;
/// How far behind a navigation its target is looked for, in bytes.
const TARGET_REACH: usize = 200;
/// Longest literal that is decoded, in bytes.
const MAX_LITERAL: usize = 64 * 1024;
/// Most places of one kind looked at in one script.
const MAX_PLACES: usize = 200;
/// Fewest letters and digits written in code that make a literal an encoded one: boilerplate
/// encodes brackets and quotes, never the letters.
const MIN_ENCODED: usize = 12;
/// Longest delay of a refresh that takes the visitor away before he can read, in seconds.
const MAX_DELAY: f64 = 5.0;
/// Visible characters below which a page is only a step on the way.
const THIN: usize = 200;

/// Search engines, as scripts name them.
const ENGINES: &[&str] = &[
    "baidu",
    "bing",
    "coccoc",
    "daum",
    "duckduckgo",
    "google",
    "haosou",
    "naver",
    "seznam",
    "sm.cn",
    "so.com",
    "sogou",
    "yahoo",
    "yandex",
    "yisou",
];
/// Crawlers, as scripts name them.
const CRAWLERS: &[&str] = &[
    "360spider",
    "baiduspider",
    "bingbot",
    "bytespider",
    "googlebot",
    "petalbot",
    "slurp",
    "sogou web spider",
    "spider|bot",
    "yandexbot",
    "yisouspider",
];
/// Devices, as scripts name them.
const DEVICES: &[&str] = &["android", "iphone", "ipad", "mobile", "ipod"];
/// Hosts a redirect of phones may lead to: shops for programs.
const APP_STORES: &[&str] = &["apple.com", "google.com", "microsoft.com", "huawei.com"];

/// Sources of scripts; addresses and refreshes stand in the same zone and hold no statement.
fn scripts<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (&'a Block, &'a str)> {
    let page = facts.page;
    page.zone(Zone::Script).map(|block| (block, page.slice(block.span)))
}

/// Words that are looked for in the scripts of every page: what finds them is made once.
type Words = LazyLock<Vec<Finder<'static>>>;

/// What finds each of some words.
fn finders(words: &'static [&'static str]) -> Vec<Finder<'static>> {
    words.iter().map(Finder::new).collect()
}

/// Whether any script of the page holds one of these words: asked of all at once, before one by
/// one. Scripts stand behind all other text.
fn any_holds(facts: &Facts<'_>, words: &[Finder<'_>]) -> bool {
    let first = facts.page.zone(Zone::Script).next();
    let code = first.map_or("", |block| &facts.page.text[block.span.start as usize..]);
    any_of(code, words)
}

/// Whether a script holds one of these words; scripts are long, and most hold none of those asked
/// for.
fn any_of(code: &str, words: &[Finder<'_>]) -> bool {
    words.iter().any(|word| word.find(code.as_bytes()).is_some())
}

/// Whether a script holds a word.
fn holds(code: &str, word: &str) -> bool {
    memmem::find(code.as_bytes(), word.as_bytes()).is_some()
}

/// Where a script holds a word, at most [`MAX_PLACES`] times.
fn places<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    memmem::find_iter(code.as_bytes(), word).take(MAX_PLACES)
}

/// The site a host belongs to by its name alone: `shop` of `www.shop.co.uk`. Sites keep their
/// name under many endings.
fn site_name(host: &str) -> &str {
    registrable_domain(host).split('.').next().unwrap_or(host)
}

fn is_foreign(facts: &Facts<'_>, host: &str) -> bool {
    let name = site_name(host);
    let own = facts.page.host.as_deref();
    own.is_none_or(|own| site_name(own) != name)
        && host.contains('.')
        && !ENGINES.iter().any(|engine| site_name(engine) == name)
}

/// The piece of `text` from `from` to `to`, cut at character boundaries.
fn piece(text: &str, from: usize, to: usize) -> &str {
    let mut from = from.min(text.len());
    let mut to = to.min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    text.get(from..to).unwrap_or_default()
}

/// Hosts of the absolute addresses in a piece of a script, also of `//host` in quotes.
fn hosts(code: &str) -> Vec<String> {
    let mut hosts = Vec::new();
    for (at, _) in code.match_indices("//").take(MAX_PLACES) {
        let before = &code[..at];
        let scheme = before.ends_with("http:") || before.ends_with("https:");
        if !scheme && !before.ends_with(['"', '\'', '`', '=']) {
            continue;
        }
        let rest = piece(code, at, at + 300);
        let end = rest.find(|c: char| c.is_whitespace() || "\"'`\\<>;)".contains(c));
        hosts.extend(host_of(&rest[..end.unwrap_or(rest.len())]));
    }
    hosts
}

/// Where a script sends the visitor away: `location = …`, `location.replace(…)`.
fn navigations(code: &str) -> impl Iterator<Item = usize> {
    places(code, "location").filter(|&at| {
        let rest = code[at + "location".len()..].trim_start();
        let (rest, method) = if let Some(rest) = rest.strip_prefix(".href") {
            (rest, false)
        } else if let Some(rest) = [".replace", ".assign"].iter().find_map(|m| rest.strip_prefix(m))
        {
            (rest, true)
        } else {
            (rest, false)
        };
        let rest = rest.trim_start();
        if method {
            rest.starts_with('(')
        } else {
            rest.starts_with('=') && !rest.starts_with("==")
        }
    })
}

/// Where a script writes markup with a frame or another script into the page.
fn writes(code: &str) -> impl Iterator<Item = usize> {
    places(code, "document.write").filter(|&at| {
        let written = piece(code, at, at + TARGET_REACH);
        written.contains("iframe") || written.contains("script")
    })
}

/// Where the visitor is led to another site within reach of a test, with that site's host.
fn led_away(facts: &Facts<'_>, code: &str, test: usize, and_writes: bool) -> Option<String> {
    let from = test.saturating_sub(REACH);
    let around = piece(code, from, test + REACH);
    let mut steps: Vec<usize> = navigations(around).collect();
    if and_writes {
        steps.extend(writes(around));
    }
    steps.into_iter().find_map(|at| {
        // The target stands in the statement, or in a variable not far before it.
        let statement = hosts(piece(around, at, at + TARGET_REACH));
        let before = hosts(piece(around, at.saturating_sub(TARGET_REACH), at));
        statement.into_iter().chain(before).find(|host| is_foreign(facts, host))
    })
}

/// Scripts that test one of `properties` for one of `words` and lead to another site close by.
fn tested(
    facts: &Facts<'_>,
    properties: &[Finder<'_>],
    words: &[&str],
    and_writes: bool,
    allowed: impl Fn(&str) -> bool,
) -> Measure {
    if !any_holds(facts, properties) {
        return Measure::of(0.0);
    }
    let mut spots = Vec::new();
    for (block, code) in scripts(facts) {
        let leads = holds(code, "location") || and_writes && holds(code, "document.write");
        if !leads {
            continue;
        }
        let tests = properties.iter().flat_map(|property| {
            property.find_iter(code.as_bytes()).map(move |at| (at, property.needle()))
        });
        for (at, property) in tests.take(MAX_PLACES) {
            let near = piece(code, at.saturating_sub(TARGET_REACH), at + REACH);
            let near = near.to_ascii_lowercase();
            if !words.iter().any(|word| near.contains(word)) {
                continue;
            }
            let Some(host) = led_away(facts, code, at, and_writes) else { continue };
            if allowed(&host) {
                let start = block.span.start as usize + at;
                let span = Span::new(start, start + property.len());
                spots.push(Spot::new(span, 1.0).noted(format!("to {host}")));
                break;
            }
        }
    }
    Measure::count(spots)
}

pub(super) fn referrer_redirects(facts: &Facts<'_>) -> Measure {
    static PROPERTIES: Words = LazyLock::new(|| finders(&["referrer"]));
    tested(facts, &PROPERTIES, ENGINES, true, |_| true)
}

pub(super) fn agent_redirects(facts: &Facts<'_>) -> Measure {
    static PROPERTIES: Words = LazyLock::new(|| finders(&["userAgent", "useragent"]));
    tested(facts, &PROPERTIES, CRAWLERS, true, |_| true)
}

pub(super) fn device_redirects(facts: &Facts<'_>) -> Measure {
    static PROPERTIES: Words = LazyLock::new(|| finders(&["userAgent", "navigator.platform"]));
    tested(facts, &PROPERTIES, DEVICES, false, |host| {
        !APP_STORES.contains(&registrable_domain(host))
    })
}

/// Delay in seconds and target of a refresh: `0; url=https://other.example/`.
fn refresh(content: &str) -> Option<(f64, &str)> {
    let rest = content.trim_start();
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let delay = rest[..digits].parse().ok()?;
    let rest = rest[digits..].trim_start().strip_prefix([';', ','])?.trim_start();
    let named = rest.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let target = if named { rest[3..].trim_start().strip_prefix('=')? } else { rest };
    Some((delay, target.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c))))
}

/// Refreshes of a page with hardly any text to an address that is named after what is advertised,
/// while the text names it as well: the stub leads the visitor on, whatever its own host.
pub(super) fn spam_refreshes(facts: &Facts<'_>) -> Measure {
    let text = Span::new(0, facts.page.aside_len);
    let thin =
        facts.page.visible().chars().filter(|c| !c.is_whitespace()).take(THIN).count() < THIN;
    if !thin || facts.spam_in(text, Strength::Weak).next().is_none() {
        return Measure::of(0.0);
    }
    let spots = scripts(facts)
        .filter_map(|(block, content)| {
            let (delay, target) = refresh(content)?;
            let host = host_of(target)?;
            (delay <= MAX_DELAY && names_spam(facts, target))
                .then(|| Spot::new(block.span, 1.0).noted(format!("to {host}")))
        })
        .collect();
    Measure::count(spots)
}

pub(super) fn refreshes(facts: &Facts<'_>) -> Measure {
    let thin =
        facts.page.visible().chars().filter(|c| !c.is_whitespace()).take(THIN).count() < THIN;
    let spots = scripts(facts)
        .filter_map(|(block, content)| {
            let (delay, target) = refresh(content)?;
            let host = host_of(target)?;
            // Without knowing the page's own host, any absolute address may be its own.
            facts.page.host.as_deref()?;
            let away = delay <= MAX_DELAY && is_foreign(facts, &host);
            let value = if thin { 2.0 } else { 1.0 };
            away.then(|| Spot::new(block.span, value).noted(format!("to {host}")))
        })
        .collect();
    Measure::max(spots)
}

/// What an encoded literal turned out to hold.
fn payload(facts: &Facts<'_>, decoded: &str) -> Option<(f64, String)> {
    let lower = decoded.to_ascii_lowercase();
    let foreign = |code: &str| hosts(code).into_iter().find(|host| is_foreign(facts, host));
    let away = navigations(&lower)
        .find_map(|at| foreign(piece(&lower, at, at + TARGET_REACH)))
        .map(|host| (2.0, format!("sends the visitor to {host}")));
    let framed = || {
        let at = lower.find("<iframe")?;
        let tag = piece(&lower, at, at + REACH);
        Some((2.0, format!("a frame of {}", foreign(tag)?)))
    };
    let loaded = || {
        let at = lower.find("<script").or_else(|| lower.find("createelement"))?;
        Some((1.0, format!("a script of {}", foreign(piece(&lower, at, at + REACH))?)))
    };
    away.or_else(framed).or_else(loaded)
}

/// Calls that turn data into code or markup.
static SINKS: Words = LazyLock::new(|| {
    finders(&["eval(", "write(", "writeln(", "Function(", "setTimeout(", "innerHTML", "append"])
});

/// What an encoded literal stands behind or begins with.
static ENCODINGS: Words = LazyLock::new(|| {
    finders(&["atob(", "unescape(", "decodeURIComponent(", "decodeURI(", "fromCharCode(", "\\x"])
});

/// Encoded literals that hold a redirect, a frame or a loader of another site. The value is 2
/// for what acts on the visitor at once, 1 for a script.
pub(super) fn encoded_loaders(facts: &Facts<'_>) -> Measure {
    if !any_holds(facts, &ENCODINGS) {
        return Measure::of(0.0);
    }
    let mut spots = Vec::new();
    for (block, code) in scripts(facts) {
        if !any_of(code, &ENCODINGS) || !any_of(code, &SINKS) {
            continue;
        }
        for (at, len, decoded) in encoded_literals(code) {
            if let Some((value, what)) = payload(facts, &decoded) {
                let start = block.span.start as usize + at;
                let span = Span::new(start, start + len);
                spots.push(Spot::new(span, value).noted(what));
            }
        }
    }
    Measure::max(spots)
}

/// Encoded literals of a script: place, length and what they say.
fn encoded_literals(code: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut take = |at: usize, len: usize, decoded: Option<String>| {
        if let Some(decoded) = decoded {
            found.push((at, len, decoded));
        }
    };
    let call = "atob(";
    for at in places(code, call) {
        if let Some(literal) = quoted(&code[at + call.len()..]) {
            take(at, call.len() + literal.len(), from_base64(literal));
        }
    }
    for name in ["unescape(", "decodeURIComponent(", "decodeURI("] {
        for at in places(code, name) {
            if let Some(literal) = quoted(&code[at + name.len()..]) {
                take(at, name.len() + literal.len(), from_percent(literal));
            }
        }
    }
    let call = "fromCharCode(";
    for at in places(code, call) {
        let arguments = piece(code, at + call.len(), at + call.len() + MAX_LITERAL);
        let arguments = arguments.split(')').next().unwrap_or_default();
        take(at, call.len() + arguments.len(), from_codes(arguments));
    }
    let mut done = 0;
    for at in memmem::find_iter(code.as_bytes(), "\\x").take(MAX_PLACES * 100) {
        if at >= done {
            let literal = piece(code, at, at + MAX_LITERAL);
            let end = literal.find(['"', '\'', '`', '\n']).unwrap_or(literal.len());
            done = at + end.max(2);
            take(at, end, from_escapes(&literal[..end]));
        }
    }
    found
}

/// The string literal an argument list begins with.
fn quoted(arguments: &str) -> Option<&str> {
    let rest = arguments.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let rest = piece(rest, 1, 1 + MAX_LITERAL);
    rest.find(quote).map(|end| &rest[..end])
}

fn from_base64(literal: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(literal.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in literal.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    (bytes.len() >= MIN_ENCODED).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Percent codes; `None` where they stand only for what has to be encoded.
fn from_percent(literal: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(literal.len());
    let mut plain_encoded = 0;
    let mut rest = literal;
    while let Some(c) = rest.chars().next() {
        let hex = |from: usize, to: usize| {
            rest.get(from..to).and_then(|digits| u32::from_str_radix(digits, 16).ok())
        };
        let wide = if rest.starts_with("%u") { hex(2, 6) } else { None };
        let code = if c == '%' { hex(1, 3) } else { None };
        let (code, len) = match (wide, code) {
            (Some(code), _) => (code, 6),
            (None, Some(code)) => (code, 3),
            (None, None) => {
                bytes.extend(c.to_string().bytes());
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        plain_encoded += usize::from(code < 128 && (code as u8).is_ascii_alphanumeric());
        match u8::try_from(code) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(char::from_u32(code).unwrap_or(' ').to_string().bytes()),
        }
        rest = &rest[len..];
    }
    (plain_encoded >= MIN_ENCODED).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn from_codes(arguments: &str) -> Option<String> {
    let codes: Vec<char> = arguments
        .split(',')
        .map_while(|code| code.trim().parse().ok().and_then(char::from_u32))
        .collect();
    (codes.len() >= MIN_ENCODED).then(|| codes.into_iter().collect())
}

fn from_escapes(literal: &str) -> Option<String> {
    let mut decoded = String::with_capacity(literal.len() / 4);
    let mut encoded = 0;
    let mut rest = literal;
    while let Some(c) = rest.chars().next() {
        let code = rest
            .strip_prefix("\\x")
            .and_then(|rest| rest.get(..2))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(code) = code {
            decoded.push(char::from(code));
            encoded += usize::from(code.is_ascii_alphanumeric());
            rest = &rest[4..];
        } else {
            decoded.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    (encoded >= MIN_ENCODED).then_some(decoded)
}

/// Titles set by a script that first asks who is looking.
pub(super) fn title_rewrites(facts: &Facts<'_>) -> Measure {
    const WORD: &str = "document.title";
    static WORDS: Words = LazyLock::new(|| finders(&[WORD]));
    if !any_holds(facts, &WORDS) {
        return Measure::of(0.0);
    }
    let mut spots = Vec::new();
    for (block, code) in scripts(facts) {
        for at in places(code, WORD) {
            let rest = code[at + WORD.len()..].trim_start();
            if !rest.starts_with('=') || rest.starts_with("==") {
                continue;
            }
            let near = piece(code, at.saturating_sub(REACH), at).to_ascii_lowercase();
            let asks_agent =
                near.contains("useragent") && CRAWLERS.iter().any(|crawler| near.contains(crawler));
            let asks_referrer =
                near.contains("referrer") && ENGINES.iter().any(|engine| near.contains(engine));
            if asks_agent || asks_referrer {
                let start = block.span.start as usize + at;
                spots.push(Spot::new(Span::new(start, start + WORD.len()), 1.0));
                break;
            }
        }
    }
    Measure::count(spots)
}

/// Frames of other sites that a script lays over the whole page.
pub(super) fn covering_frames(facts: &Facts<'_>) -> Measure {
    const WORD: &str = "<iframe";
    static WORDS: Words = LazyLock::new(|| finders(&[WORD]));
    if !any_holds(facts, &WORDS) {
        return Measure::of(0.0);
    }
    let mut spots = Vec::new();
    for (block, code) in scripts(facts) {
        for at in places(code, WORD) {
            let tag = piece(code, at, at + 2 * REACH);
            let tag = &tag[..tag.find("</").unwrap_or(tag.len())];
            let whole = tag.matches("100%").count() >= 2 || tag.matches("100v").count() >= 2;
            let over = tag.contains("fixed") || tag.contains("absolute") || tag.contains("z-index");
            let Some(host) = hosts(tag).into_iter().find(|host| is_foreign(facts, host)) else {
                continue;
            };
            if whole && over {
                let start = block.span.start as usize + at;
                let span = Span::new(start, start + WORD.len());
                spots.push(Spot::new(span, 1.0).noted(format!("of {host}")));
            }
        }
    }
    Measure::count(spots)
}

/// Scripts that turn the way back into a way to another site.
pub(super) fn back_traps(facts: &Facts<'_>) -> Measure {
    const WORD: &str = "popstate";
    static WORDS: Words = LazyLock::new(|| finders(&[WORD]));
    if !any_holds(facts, &WORDS) {
        return Measure::of(0.0);
    }
    let mut spots = Vec::new();
    for (block, code) in scripts(facts) {
        if !holds(code, "pushState") && !holds(code, "replaceState") {
            continue;
        }
        for at in places(code, WORD) {
            let after = piece(code, at, at + REACH);
            let host = navigations(after).find_map(|step| {
                let target = hosts(piece(after, step, step + TARGET_REACH));
                target.into_iter().find(|host| is_foreign(facts, host))
            });
            if let Some(host) = host {
                let start = block.span.start as usize + at;
                let span = Span::new(start, start + WORD.len());
                spots.push(Spot::new(span, 1.0).noted(format!("to {host}")));
                break;
            }
        }
    }
    Measure::count(spots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_literals_are_read() {
        for (code, decoded) in [
            (r#"eval(atob("bG9jYXRpb249Jy8vYS5leGFtcGxlJw=="))"#, "location='//a.example'"),
            (
                r#"write(unescape("%3C%69%66%72%61%6D%65%20%68%65%69%67%68%74%3E"))"#,
                "<iframe height>",
            ),
            (
                "eval(String.fromCharCode(108,111,99,97,116,105,111,110,61,49,59,50,51))",
                "location=1;23",
            ),
            (r#"eval("\x6c\x6f\x63\x61\x74\x69\x6f\x6e\x3d\x61\x62\x63\x64")"#, "location=abcd"),
        ] {
            let found: Vec<String> = encoded_literals(code).into_iter().map(|f| f.2).collect();
            assert_eq!(found, [decoded], "{code}");
        }
        // The way boilerplate writes a script tag.
        assert_eq!(encoded_literals(r#"unescape("%3Cscript src='/a.js'%3E%3C/script%3E")"#), []);
        assert_eq!(encoded_literals(r#"atob("é") unescape("%") fromCharCode( "\x"#), []);
    }

    #[test]
    fn refreshes_are_read() {
        for (content, read) in [
            ("0;url=https://a.example/", Some((0.0, "https://a.example/"))),
            ("3 , URL = 'https://a.example/'", Some((3.0, "https://a.example/"))),
            ("300", None),
            ("https://a.example/x.js", None),
        ] {
            assert_eq!(refresh(content), read, "{content}");
        }
    }

    #[test]
    fn navigations_are_told_from_reading() {
        let count = |code: &str| navigations(code).count();
        assert_eq!(count("location.href = 'x'; top.location='y'; location.replace('z')"), 3);
        assert_eq!(count("if (location == x) f(location.href.replace('a','b'), location.host)"), 0);
    }
}
