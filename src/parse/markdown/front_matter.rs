//! The header of a Markdown file: YAML between `---` lines or TOML between `+++` lines.
//!
//! Only flat keys are read, and only those that a search engine or reader is shown.

use crate::page::{BlockKind, PageBuilder, Zone};
use crate::span::Span;

/// Longest header, in bytes: a `---` that is a rule has no match close by.
const LONGEST: usize = 64 * 1024;

/// End of the front matter that `text` begins with, or 0.
pub(crate) fn length(text: &str) -> usize {
    let fence = if text.starts_with("---") { "---" } else { "+++" };
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == fence) else { return 0 };
    let mut at = first.len();
    let mut keys = 0;
    for line in lines {
        at += line.len();
        let content = line.trim_end();
        if content == fence || (fence == "---" && content == "...") {
            return if keys > 0 { at } else { 0 };
        }
        let is_key = entry(content, fence).is_some();
        // The first line with text must be a key: below a rule it is prose.
        if !is_key && keys == 0 && !content.is_empty() && !content.starts_with('#') {
            return 0;
        }
        keys += usize::from(is_key);
        if at > LONGEST {
            return 0;
        }
    }
    0
}

/// Reads the front matter `text[..end]` into the builder.
pub(super) fn read(builder: &mut PageBuilder, text: &str, end: usize) {
    let fence = if text.starts_with("---") { "---" } else { "+++" };
    let mut zone = None;
    let mut at = 0;
    for line in text[..end].split_inclusive('\n') {
        let content = line.trim_end();
        if let Some((key, value)) = entry(content, fence) {
            builder.close();
            let start = at + (value.as_ptr() as usize - line.as_ptr() as usize);
            if key.eq_ignore_ascii_case("lang") || key.eq_ignore_ascii_case("language") {
                let language = unquote(value).trim();
                builder.page_mut().declared_language =
                    (!language.is_empty()).then(|| language.to_owned());
            }
            zone = zone_of(key);
            if let Some(zone) = zone {
                builder.open(BlockKind::Attribute, zone, None);
                push_value(builder, value, start);
            }
        } else if zone.is_some() && content != fence {
            // A list or a block of text under the key.
            let item = content.trim_start();
            let item = item.strip_prefix("- ").unwrap_or(item);
            push_value(builder, item, at + (item.as_ptr() as usize - line.as_ptr() as usize));
        }
        at += line.len();
    }
    builder.close();
}

/// A line's key and value, where it has a key.
fn entry<'a>(line: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let (key, value) = line.split_once(if fence == "---" { ':' } else { '=' })?;
    let key = key.trim_end();
    let is_key = !key.is_empty()
        && key.len() <= 40
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    // `https://…` is no key.
    let spaced = value.is_empty() || fence != "---" || value.starts_with([' ', '\t']);
    (is_key && spaced).then(|| (key, value.trim()))
}

fn zone_of(key: &str) -> Option<Zone> {
    let zone = match key.to_ascii_lowercase().as_str() {
        "title" | "seo_title" | "seotitle" | "meta_title" | "headline" => Zone::Title,
        "description" | "summary" | "excerpt" | "desc" | "abstract" | "subtitle" => {
            Zone::MetaDescription
        }
        "keywords" | "keyword" | "tags" | "tag" => Zone::MetaKeywords,
        _ => return None,
    };
    Some(zone)
}

/// Pushes a value: a text, or a list in brackets.
fn push_value(builder: &mut PageBuilder, value: &str, start: usize) {
    let inner = value.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let items = match inner {
        Some(list) => list.split(',').collect(),
        // `|` and `>` announce a block of text in the next lines.
        None if value.starts_with(['|', '>']) && value.len() <= 3 => Vec::new(),
        None => vec![value],
    };
    for item in items {
        let text = unquote(item.trim());
        if text.is_empty() {
            continue;
        }
        let from = start + (text.as_ptr() as usize - value.as_ptr() as usize);
        if !builder.at_space() {
            builder.push_unmapped(", ");
        }
        builder.push(text, Span::new(from, from + text.len()));
    }
}

fn unquote(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.strip_suffix(quote).unwrap_or(inner);
        }
    }
    value
}
