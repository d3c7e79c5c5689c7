//! The page around the data: head, policy, style, script.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The markup of the page, which holds no data.
const SHELL: &str = include_str!("desk.html");
const STYLE: &str = include_str!("desk.css");
const SCRIPT: &str = include_str!("desk.js");

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Which of the two pages it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// A file that holds its data.
    Report,
    /// A page that asks a server for them.
    #[cfg_attr(not(feature = "review"), expect(dead_code, reason = "the server is left out"))]
    Review,
}

impl Document {
    /// What a browser may do on the page: run this script and apply this style, and, of a
    /// server, speak to it. Nothing can be loaded, sent, embedded or written as markup.
    pub(crate) fn policy(self) -> String {
        let connect = match self {
            Self::Report => "'none'",
            Self::Review => "'self'",
        };
        format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; \
             connect-src {connect}; base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            checksum(SCRIPT),
            checksum(STYLE)
        )
    }

    /// The page up to the place where data come.
    pub(crate) fn head(self) -> String {
        let mode = match self {
            Self::Report => "report",
            Self::Review => "review",
        };
        let mut out = String::with_capacity(STYLE.len() + SHELL.len() + 2000);
        let _ = write!(
            out,
            "<!doctype html>\n<html lang=\"en\" data-mode=\"{mode}\">\n<head>\n\
             <meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"robots\" content=\"noindex\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>crawlint {mode}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{SHELL}",
            self.policy()
        );
        out
    }

    /// The page behind the data. `about` is JSON on the whole of them.
    pub(crate) fn tail(about: &str) -> String {
        // In a script element only `<` could end it, or begin a comment.
        let about = about.replace('<', "\\u003c");
        format!(
            "<script type=\"application/json\" id=\"about\">{about}</script>\n\
             <script>{SCRIPT}</script>\n</body>\n</html>\n"
        )
    }
}

/// The SHA-256 of a text, as policies write it.
fn checksum(text: &str) -> String {
    base64(&Sha256::digest(text.as_bytes()))
}

/// Base64 with padding (RFC 4648).
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let sign = ALPHABET[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at > group.len() { '=' } else { char::from(sign) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_common_one() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (text, expected) in cases {
            assert_eq!(base64(text.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
        assert_eq!(checksum(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn the_policy_names_what_stands_on_the_page() {
        let page = Document::Report.head() + &Document::tail("{\"a\":\"</script>\"}");
        let inner = |from: &str, to: &str| {
            let start = page.rfind(from).unwrap() + from.len();
            page[start..start + page[start..].find(to).unwrap()].to_owned()
        };
        for text in [inner("<script>", "</script>"), inner("<style>", "</style>")] {
            assert!(page.contains(&format!("'sha256-{}'", checksum(&text))));
        }
        assert!(page.contains("{\"a\":\"\\u003c/script>\"}"));
    }

    #[test]
    fn the_script_writes_no_markup_and_reaches_nothing() {
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
        for text in [SCRIPT, STYLE, SHELL] {
            assert!(!text.contains("http://") && !text.contains("https://"));
            assert!(!text.contains("</script") && !text.contains("</style"));
        }
        assert!(!SHELL.contains("style=") && !SHELL.contains(" on"), "attributes that do things");
    }
}
