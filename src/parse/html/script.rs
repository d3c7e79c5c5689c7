//! Where raw text ends: the content of `title`, `style`, `script` and their like.

use super::tokenizer::is_space;

/// Place of the end tag that closes raw text from `start` on, or the end of the page.
pub(super) fn raw_end(bytes: &[u8], start: usize, name: &str) -> usize {
    let mut from = start;
    while let Some(offset) = memchr::memchr(b'<', &bytes[from..]) {
        let at = from + offset;
        if is_end_tag(&bytes[at..], name) {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

/// Whether `bytes` begins with an end tag of that name, up to the byte that ends the name.
fn is_end_tag(bytes: &[u8], name: &str) -> bool {
    !name.is_empty()
        && bytes.starts_with(b"</")
        && bytes[2..].get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
        && bytes.get(2 + name.len()).is_some_and(|byte| ends_name(*byte))
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

/// How deep a script has escaped itself with `<!--` and `<script`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    Once,
    Twice,
}

/// Place of the end tag that closes a script from `start` on, or the end of the page.
///
/// The "script data escaped" and "double escaped" states: after `<!--` a `<script` hides the next
/// `</script`, until `-->`. One pass; looking back from every `</script` would be quadratic.
pub(super) fn script_end(bytes: &[u8], start: usize, name: &str) -> usize {
    let mut escape = Escape::None;
    let mut from = start;
    loop {
        let found = match escape {
            Escape::None => memchr::memchr(b'<', &bytes[from..]),
            _ => memchr::memchr2(b'<', b'-', &bytes[from..]),
        };
        let Some(offset) = found else {
            return bytes.len();
        };
        let at = from + offset;
        from = at + 1;
        let rest = &bytes[at..];
        if rest[0] == b'-' {
            let dashes = rest.iter().take_while(|byte| **byte == b'-').count();
            from = at + dashes;
            if dashes >= 2 && bytes.get(from) == Some(&b'>') {
                escape = Escape::None;
            }
            continue;
        }
        if escape != Escape::Twice && is_end_tag(rest, name) {
            return at;
        }
        match escape {
            Escape::None => {
                if rest.starts_with(b"<!--") {
                    escape = Escape::Once;
                    // Its dashes already count for `-->`: `<!-->` escapes nothing.
                    from = at + 2;
                }
            }
            Escape::Once => {
                if is_script_word(&rest[1..]) {
                    escape = Escape::Twice;
                }
            }
            Escape::Twice => {
                if rest.get(1) == Some(&b'/') && is_script_word(&rest[2..]) {
                    escape = Escape::Once;
                }
            }
        }
    }
}

fn is_script_word(bytes: &[u8]) -> bool {
    bytes.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"script"))
        && bytes.get(6).is_some_and(|byte| ends_name(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_end_where_the_standard_says() {
        for (source, rest) in [
            ("a</script>b", "</script>b"),
            ("a</scripty></SCRIPT >b", "</SCRIPT >b"),
            ("<!--</script>", "</script>"),
            ("<!--<script></script></script>", "</script>"),
            ("<!--<script>--></script>", "</script>"),
            ("<!--><script></script>", "</script>"),
            ("<!---><script></script>", "</script>"),
            ("<!--<scripty></script>x", "</script>x"),
            ("<!--<script></script><script></script>", ""),
            ("</script", ""),
        ] {
            let end = script_end(source.as_bytes(), 0, "script");
            assert_eq!(&source[end..], rest, "{source:?}");
        }
    }
}
