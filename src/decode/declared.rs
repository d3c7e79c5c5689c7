//! What encoding the HTTP answer or the document itself names.

use encoding_rs::Encoding;

/// Bytes looked through for a declaration. The standard asks for one in the first 1,024; real
/// heads put long scripts before it.
const PRESCAN: usize = 64 * 1024;

/// The charset of a `Content-Type` value.
pub(super) fn from_content_type(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].find("charset") {
        at += found + "charset".len();
        if let Some(rest) = lower[at..].trim_start().strip_prefix('=') {
            let start = value.len() - rest.trim_start().len();
            return label(&value[start..]);
        }
    }
    None
}

/// The encoding the document declares: in an XML declaration or a `meta` element.
pub(super) fn from_document(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let marked = head[start..].strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(&head[start..]);
    if marked.starts_with(b"<?xml")
        && let Some(end) = memchr::memchr(b'>', marked)
        && let Some(found) = attribute(&marked[5..end], "encoding")
    {
        return label(&found);
    }
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &head[at..]) {
        at += found;
        let rest = &head[at..];
        if rest.starts_with(b"<!--") {
            at += 4 + memchr::memmem::find(&rest[4..], b"-->").unwrap_or(0);
        } else if rest.len() > 6
            && rest[1..5].eq_ignore_ascii_case(b"meta")
            && (rest[5].is_ascii_whitespace() || rest[5] == b'/')
        {
            let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
            if let Some(found) = of_meta(&rest[5..end]) {
                return Some(found);
            }
            at += end.max(1);
        } else {
            at += 1;
        }
    }
    None
}

/// The encoding of a label, with a few names that the WHATWG list lacks but pages use.
pub(super) fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim();
    Encoding::for_label(label.as_bytes()).or_else(|| {
        let known = match label.to_ascii_lowercase().as_str() {
            "utf8mb4" | "utf_8" | "utf8-bom" | "utf-8-sig" => "utf-8",
            "cp936" | "ms936" | "gb_18030" => "gb18030",
            "cp950" | "big5-eten" => "big5",
            "cp932" => "shift_jis",
            "cp949" | "uhc" | "ms949" => "euc-kr",
            "latin-1" => "windows-1252",
            _ => return None,
        };
        Encoding::for_label(known.as_bytes())
    })
}

/// Name of an encoding in lower case.
pub(super) fn lower_name(encoding: &'static Encoding) -> &'static str {
    const NAMES: [&str; 40] = [
        "big5",
        "euc-jp",
        "euc-kr",
        "gb18030",
        "gbk",
        "ibm866",
        "iso-2022-jp",
        "iso-8859-10",
        "iso-8859-13",
        "iso-8859-14",
        "iso-8859-15",
        "iso-8859-16",
        "iso-8859-2",
        "iso-8859-3",
        "iso-8859-4",
        "iso-8859-5",
        "iso-8859-6",
        "iso-8859-7",
        "iso-8859-8",
        "iso-8859-8-i",
        "koi8-r",
        "koi8-u",
        "macintosh",
        "replacement",
        "shift_jis",
        "utf-16be",
        "utf-16le",
        "utf-8",
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "windows-1258",
        "windows-874",
        "x-mac-cyrillic",
        "x-user-defined",
    ];
    let name = encoding.name();
    NAMES.into_iter().find(|lower| lower.eq_ignore_ascii_case(name)).unwrap_or(name)
}

fn of_meta(attributes: &[u8]) -> Option<String> {
    if let Some(found) = attribute(attributes, "charset") {
        return label(&found);
    }
    let equiv = attribute(attributes, "http-equiv")?;
    if !equiv.trim().eq_ignore_ascii_case("content-type") {
        return None;
    }
    from_content_type(&attribute(attributes, "content")?)
}

/// The value of an attribute in the inside of a tag.
fn attribute(inside: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(inside);
    let mut rest: &str = &text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '?');
        if rest.is_empty() {
            return None;
        }
        // The first character belongs to the name even if it is an equals sign.
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
            .map_or(rest.len(), |(end, _)| end);
        let key = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            if let Some(quote) = quote {
                let end = after[1..].find(quote).map_or(after.len(), |end| end + 1);
                value = &after[1..end];
                rest = after.get(end + 1..).unwrap_or_default();
            } else {
                let end = after
                    .find(|c: char| c.is_ascii_whitespace() || c == '>')
                    .unwrap_or(after.len());
                value = &after[..end];
                rest = &after[end..];
            }
        }
        if key.eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
    }
}

/// The label at the beginning of a value, without quotes.
fn label(value: &str) -> Option<String> {
    let value = value.trim().trim_start_matches(['"', '\'']);
    let end = value
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | ',' | '"' | '\''))
        .unwrap_or(value.len());
    let label = &value[..end];
    (!label.is_empty() && label.len() <= 64).then(|| label.to_owned())
}
