//! What inline scripts do to the visibility of elements, as far as their text tells.

use crate::parse::html::declarations::parse_attribute;
use crate::parse::html::hidden::technique_of_style;
use crate::parse::html::node::Element;
use crate::parse::html::style::Style;
use crate::parse::html::{Dom, Limits};
use html5ever::local_name;
use memchr::memmem::Finder;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Most names collected of a page.
const MAX_NAMES: usize = 4_096;
/// Longest script that counts as one statement that hides an element, in bytes.
const MAX_HIDING_SCRIPT: usize = 200;
/// Longest text read of one call of `document.write`, in bytes.
const MAX_WRITTEN: usize = 16 * 1024;

/// Ids and classes that inline scripts look up.
#[derive(Debug, Default)]
pub(super) struct Addressed {
    names: HashSet<String>,
}

impl Addressed {
    /// Collects the names a script looks up by the document's or jQuery's functions.
    pub(super) fn add(&mut self, script: &str) {
        // Few arguments are literals, which costs less to see than the function's name.
        for at in pairs(script.as_bytes(), |byte| byte == b'(', may_begin_literal) {
            if !script[at + 1..].trim_start().starts_with(['"', '\'', '`']) {
                continue;
            }
            let before = &script[..at];
            let by_name = ["getElementById", "getElementsByClassName"];
            let by_selector = ["querySelector", "querySelectorAll", "$", "jQuery"];
            let plain = by_name.iter().any(|name| before.ends_with(name));
            if !plain && !by_selector.iter().any(|name| before.ends_with(name)) {
                continue;
            }
            let Some(literal) = plain_literal(&script[at + 1..]) else { continue };
            if plain {
                self.names.extend(literal.split_ascii_whitespace().map(str::to_owned));
            } else {
                self.names.extend(names_in_selector(literal));
            }
            if self.names.len() > MAX_NAMES {
                return;
            }
        }
    }

    /// Whether a script looks up this id or one of these classes.
    pub(super) fn contains(&self, element: Element<'_>) -> bool {
        !self.names.is_empty()
            && (element.attribute(&local_name!("id")).is_some_and(|id| self.names.contains(id))
                || element
                    .attribute(&local_name!("class"))
                    .unwrap_or_default()
                    .split_ascii_whitespace()
                    .any(|class| self.names.contains(class)))
    }
}

/// The string literal at the beginning of `text`, if it is short and free of escapes.
fn plain_literal(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let end = text[1..].bytes().take(200).position(|b| b == quote as u8 || b == b'\\')?;
    (text.as_bytes()[end + 1] == quote as u8).then(|| &text[1..=end])
}

fn names_in_selector(selector: &str) -> impl Iterator<Item = String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    selector.match_indices(['#', '.']).filter_map(move |(at, _)| {
        let name = &selector[at + 1..];
        let name = &name[..name.find(|c| !is_name(c)).unwrap_or(name.len())];
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// The id of the element that a script of one statement hides:
/// `document.getElementById("x").style.display = "none"`.
pub(super) fn hides_element(script: &str) -> Option<&str> {
    if script.len() > MAX_HIDING_SCRIPT {
        return None;
    }
    let rest = script.trim_start().strip_prefix("document.getElementById(")?;
    let id = plain_literal(rest)?;
    let rest = rest.trim_start()[id.len() + 2..].trim_start().strip_prefix(')')?;
    let rest: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let statement = rest.trim_end_matches(';').replace('\'', "\"");
    let hides = [".style.display=\"none\"", ".style.visibility=\"hidden\""];
    hides.contains(&statement.as_str()).then_some(id)
}

/// The rules in string literals of a script, as it puts them into a style element: literals that
/// begin with `#id {` or `.class {`, after a `<style>` tag or not.
pub(super) fn sheets_in(script: &str) -> Vec<&str> {
    let mut sheets = Vec::new();
    let mut at = 0;
    // Nearly all literals begin with something else.
    for quote in pairs(script.as_bytes(), is_quote, begins_rules) {
        if quote < at {
            continue;
        }
        let start = quote + 1;
        let mut text = &script[start..];
        if let Some(tag) = text.strip_prefix("<style") {
            text = tag.split_once('>').map_or("", |(_, rules)| rules);
        }
        let Some(name) = text.strip_prefix(['#', '.']) else { continue };
        let after =
            name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !after.trim_start_matches(' ').starts_with('{') {
            continue;
        }
        let quote = script.as_bytes()[start - 1];
        let end = memchr::memchr2(quote, b'\\', text.as_bytes()).unwrap_or(text.len());
        if end <= MAX_WRITTEN {
            sheets.push(text[..end].split("</").next().unwrap_or_default());
        }
        at = script.len() - text.len() + end;
    }
    sheets
}

/// Whether a literal may begin at a byte after a bracket, or after white space there.
#[expect(clippy::needless_bitwise_bool, reason = "many bytes are compared at once")]
fn may_begin_literal(byte: u8) -> bool {
    is_quote(byte) | (byte <= b' ') | (byte >= 0x80)
}

#[expect(clippy::needless_bitwise_bool, reason = "many bytes are compared at once")]
fn begins_rules(byte: u8) -> bool {
    (byte == b'<') | (byte == b'#') | (byte == b'.')
}

#[expect(clippy::needless_bitwise_bool, reason = "many bytes are compared at once")]
fn is_quote(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\'') | (byte == b'`')
}

/// Places of bytes that are `first` and stand before one that is `second`. Both are asked without
/// a branch, so that many bytes are looked at together where there is no such pair.
fn pairs(
    bytes: &[u8],
    first: impl Fn(u8) -> bool,
    second: impl Fn(u8) -> bool,
) -> impl Iterator<Item = usize> {
    const TOGETHER: usize = 64;
    let is_pair = move |one: &u8, next: &u8| first(*one) & second(*next);
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let nexts = bytes.get(at + 1..)?;
            let ones = &bytes[at..];
            let together = ones.first_chunk::<TOGETHER>().zip(nexts.first_chunk::<TOGETHER>());
            let is_without = together.is_some_and(|(ones, nexts)| {
                !ones.iter().zip(nexts).fold(false, |any, (one, next)| any | is_pair(one, next))
            });
            if is_without {
                at += TOGETHER;
                continue;
            }
            let mut near = ones.iter().zip(nexts).take(TOGETHER);
            if let Some(offset) = near.position(|(one, next)| is_pair(one, next)) {
                at += offset + 1;
                return Some(at - 1);
            }
            at += TOGETHER;
        }
    })
}

/// What the markup written by a script leaves behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// The technique by which an element that stays open hides what follows.
    pub(super) opens: Option<&'static str>,
    /// Whether it closes an element it did not open.
    pub(super) closes: bool,
}

/// Reads the calls of `document.write` in a script.
pub(super) fn written_by(script: &str) -> Written {
    const CALL: &str = "document.write";
    static CALLS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(CALL));
    let mut markup = String::new();
    for at in CALLS.find_iter(script.as_bytes()) {
        let rest = &script[at + CALL.len()..];
        let rest = rest.strip_prefix("ln").unwrap_or(rest).trim_start();
        if let Some(arguments) = rest.strip_prefix('(') {
            read_literals(arguments, &mut markup);
        }
        if markup.len() > MAX_WRITTEN {
            break;
        }
    }
    balance(&markup)
}

/// Appends the string literals of an argument list, joined as `+` joins them.
fn read_literals(arguments: &str, markup: &mut String) {
    let mut quote = None;
    let mut chars = arguments.chars();
    while let Some(c) = chars.next() {
        if markup.len() > MAX_WRITTEN {
            return;
        }
        match (quote, c) {
            (None, ')' | ';') => return,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, _) => {}
            (Some(open), c) if c == open => quote = None,
            (Some(_), '\\') => match chars.next() {
                Some('x') => push_code(&mut chars, 2, markup),
                Some('u') => push_code(&mut chars, 4, markup),
                Some('n' | 'r' | 't') => markup.push(' '),
                Some(other) => markup.push(other),
                None => return,
            },
            (Some(_), c) => markup.push(c),
        }
    }
}

fn push_code(chars: &mut std::str::Chars<'_>, digits: usize, markup: &mut String) {
    let mut code = 0;
    for _ in 0..digits {
        let Some(digit) = chars.next().and_then(|c| c.to_digit(16)) else { return };
        code = code * 16 + digit;
    }
    markup.extend(char::from_u32(code));
}

/// Follows the tags of written markup.
fn balance(markup: &str) -> Written {
    let mut open: Vec<Option<&'static str>> = Vec::new();
    let mut closes = false;
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = tag_end(rest);
        let tag = &rest[..end];
        rest = &rest[end..];
        if tag.starts_with('/') {
            closes |= open.pop().is_none();
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.ends_with('/') {
            let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            let void = ["br", "img", "input", "hr", "link", "meta"];
            if !void.iter().any(|void| name.eq_ignore_ascii_case(void)) {
                open.push(hiding_tag(name, tag));
            }
        }
    }
    Written { opens: open.into_iter().flatten().next(), closes }
}

/// Length of a tag up to its `>`, which may stand in a quoted value.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn hiding_tag(name: &str, tag: &str) -> Option<&'static str> {
    let (dom, _) = Dom::parse(&format!("<body><{tag}></{name}>"), &Limits::default());
    let element = dom.first_of_body()?;
    let mut style = Style::default();
    for declared in
        element.attribute(&local_name!("style")).map(parse_attribute).unwrap_or_default()
    {
        style.apply(declared.declaration);
    }
    technique_of_style(element, &style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_wrappers_are_seen() {
        for (script, opens, closes) in [
            (r#"document.write('<div style="display:none">');"#, Some("display-none"), false),
            (
                r#"document.writeln("<div st"+"yle='position:absolute;left:-5000px'>")"#,
                Some("off-screen"),
                false,
            ),
            (
                r"document.write('\x3cdiv style=\u0022display:none\u0022\x3e')",
                Some("display-none"),
                false,
            ),
            (
                r#"document.write("<marquee height=1 width=4 scrollamount=3000>")"#,
                Some("marquee"),
                false,
            ),
            (r"document.write('</'+'div>');", None, true),
            (r#"document.write('<div style="display:none"></div>');"#, None, false),
            (r#"document.write('<script src="x"><\/script>');"#, None, false),
            ("document.write(", None, false),
            ("document.write('<div", None, false),
            ("", None, false),
        ] {
            assert_eq!(written_by(script), Written { opens, closes }, "{script}");
        }
    }

    #[test]
    fn written_sheets_are_seen() {
        for (script, sheets) in [
            (r##"s.innerHTML="#x1{display:none}";"##, &["#x1{display:none}"][..]),
            (r#"document.write('<style type="x">.q {opacity:0}</style>')"#, &[".q {opacity:0}"]),
            (r##"a(".x", "#y", '.z b{top:0}', "#{")"##, &["#{"]),
            (r##"a("#y{"##, &["#y{"]),
            (r#"a("<style"#, &[]),
        ] {
            assert_eq!(sheets_in(script), sheets, "{script}");
        }
    }

    #[test]
    fn hiding_statements_are_seen() {
        let script = r#" document.getElementById("x").style.display = 'none'; "#;
        assert_eq!(hides_element(script), Some("x"));
        for script in [
            r#"function f(){document.getElementById("x").style.display="none"}"#,
            r#"document.getElementById("x").style.display="block""#,
            r#"document.getElementById("x"#,
        ] {
            assert_eq!(hides_element(script), None, "{script}");
        }
    }

    #[test]
    fn addressed_names_are_collected() {
        let mut addressed = Addressed::default();
        addressed
            .add(r#"var a = document.getElementById("box"); $('.tab-x > a#one').hide(); f("no")"#);
        let mut names: Vec<_> = addressed.names.into_iter().collect();
        names.sort();
        assert_eq!(names, ["box", "one", "tab-x"]);
    }

    #[test]
    fn pairs_are_found_wherever_they_stand() {
        for len in [0, 1, 2, 63, 64, 65, 66, 130, 200] {
            for places in [vec![], vec![0], vec![len / 2, len / 2 + 2], vec![len.max(2) - 2, len]] {
                let mut text = vec![b'x'; len];
                for place in places {
                    if place + 1 < len {
                        text[place..place + 2].copy_from_slice(b"(\"");
                    }
                }
                let found: Vec<_> = pairs(&text, |byte| byte == b'(', is_quote).collect();
                let expected = (1..len).filter(|at| text[at - 1] == b'(' && is_quote(text[*at]));
                assert_eq!(found, expected.map(|at| at - 1).collect::<Vec<_>>(), "{len}");
            }
        }
    }
}
