//! Finds where the parts of a style sheet end without reading them.
//!
//! A page's sheets say little about the page: most rules concern elements it does not have. So
//! rules are told apart here by their brackets alone, and cssparser reads what turns out to
//! matter. Strings, comments, escapes, addresses and broken nesting are taken as it takes them.

/// Place of the first of `stops` from `from` on that stands outside of strings, comments and
/// brackets opened since, or the end.
pub(super) fn find(css: &str, from: usize, stops: &[u8]) -> usize {
    let bytes = css.as_bytes();
    let mut closers: Vec<u8> = Vec::new();
    let mut at = from;
    let wanted = if stops.iter().all(|stop| PARTS[usize::from(*stop)] == MATTERS) {
        MATTERS
    } else {
        MATTERS | ENDS_PART
    };
    while let Some(offset) = bytes.get(at..).and_then(|rest| position(rest, wanted)) {
        at += offset;
        let byte = bytes[at];
        if closers.is_empty() && stops.contains(&byte) {
            return at;
        }
        at = match byte {
            b'"' | b'\'' => string_end(bytes, at + 1, byte),
            b'\\' => at + 2,
            b'/' if bytes.get(at + 1) == Some(&b'*') => comment_end(bytes, at),
            b'(' if opens_address(bytes, at) => address_end(bytes, at + 1),
            b'(' | b'[' | b'{' => {
                closers.push(if byte == b'(' { b')' } else { byte + 2 });
                at + 1
            }
            _ => {
                closers.pop_if(|closer| *closer == byte);
                at + 1
            }
        };
    }
    bytes.len()
}

/// Place of the first byte from `from` on that is neither white space nor part of a comment or of
/// the marks `<!--` and `-->`, or the end.
pub(super) fn space(css: &str, from: usize) -> usize {
    let bytes = css.as_bytes();
    let mut at = from;
    while let Some(rest) = bytes.get(at..) {
        match rest {
            [byte, ..] if byte.is_ascii_whitespace() => at += 1,
            [b'/', b'*', ..] => at = comment_end(bytes, at),
            [b'<', b'!', b'-', b'-', ..] => at += 4,
            [b'-', b'-', b'>', ..] => at += 3,
            _ => return at,
        }
    }
    bytes.len()
}

/// Place of the first byte of a wanted kind.
fn position(bytes: &[u8], wanted: u8) -> Option<usize> {
    let kind = |byte: &u8| PARTS[usize::from(*byte)];
    // Most bytes are of none, and eight are looked at without a branch.
    let (groups, _) = bytes.as_chunks::<8>();
    let without =
        |group: &&[u8; 8]| group.iter().fold(0, |all, byte| all | kind(byte)) & wanted == 0;
    let from = 8 * groups.iter().take_while(without).count();
    let offset = bytes[from..].iter().position(|byte| kind(byte) & wanted != 0)?;
    Some(from + offset)
}

/// Can open, close or hide something.
const MATTERS: u8 = 1;
/// Parts a list or ends a declaration, which only some look for.
const ENDS_PART: u8 = 2;
/// The kind of every byte.
const PARTS: [u8; 256] = {
    let mut kinds = [0; 256];
    let bytes = b"{}()[]\"'/\\";
    let mut at = 0;
    while at < bytes.len() {
        kinds[bytes[at] as usize] = MATTERS;
        at += 1;
    }
    kinds[b';' as usize] = ENDS_PART;
    kinds[b',' as usize] = ENDS_PART;
    kinds
};

/// One past the string that ends with `quote`; an unclosed string ends before the line break.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' | b'\r' | b'\x0c' => return at,
            _ if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// One past the comment whose `/*` stands at `at`.
fn comment_end(bytes: &[u8], at: usize) -> usize {
    memchr::memmem::find(&bytes[at + 2..], b"*/").map_or(bytes.len(), |len| at + len + 4)
}

/// Whether the bracket at `at` opens an address without quotes: `url(a.png)`.
fn opens_address(bytes: &[u8], at: usize) -> bool {
    let name = bytes[..at].len().checked_sub(3).map(|start| (start, &bytes[start..at]));
    let Some((start, name)) = name else { return false };
    let in_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | 0x80..=0xff);
    let begins = !bytes[..start].last().is_some_and(in_name);
    let content = bytes[at + 1..].trim_ascii_start();
    begins && name.eq_ignore_ascii_case(b"url") && !matches!(content, [b'"' | b'\'', ..])
}

/// One past the bracket that ends an address.
fn address_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b')' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use cssparser::{Parser, Token};

    #[test]
    fn ends_are_those_cssparser_finds() {
        for inner in [
            "",
            "a:b;c:d",
            "a:'}'",
            "a:\"\\\"}\"",
            "a:'x\n;b:'y'",
            "/*}*/",
            "/*",
            "a:url(x}y)",
            "a:url( 'x)}' )",
            "a:URL(\\)})",
            "a:curl(})",
            "a:url(b(c)d:e)",
            "a:(b]c)",
            "a:(b}c)",
            "a:[(})]",
            "a{b{c}d}e",
            "a:\\}b",
            "a:'\\\n}'",
            "ä:é{ö}",
            "a:\u{1f35e}\\\u{1f35e}",
        ] {
            for tail in ["}after{x:y}", "} url(z) } '"] {
                let css = format!("{{{inner}{tail}");
                let mut parser = Parser::new(&css);
                assert_eq!(parser.next(), Ok(&Token::CurlyBracketBlock));
                // The next token makes the parser go past the block.
                let expected = match parser.next_including_whitespace() {
                    Ok(_) => {
                        let rest = ["after", " "].iter().find_map(|mark| {
                            css[..parser.position().byte_index()]
                                .ends_with(mark)
                                .then_some(mark.len())
                        });
                        parser.position().byte_index() - rest.unwrap_or(0) - 1
                    }
                    Err(_) => css.len(),
                };
                assert_eq!(find(&css, 1, b"}"), expected, "{css}");
            }
        }
    }

    #[test]
    fn space_is_passed_over() {
        for (css, expected) in
            [("", 0), (" a", 1), ("/**/ <!-- /* --> */\n-->a", 23), ("/* ", 3), ("<!-a", 0)]
        {
            assert_eq!(space(css, 0), expected, "{css}");
        }
    }
}
