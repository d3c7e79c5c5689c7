//! What a finding is, wherever it stands.

use sha2::{Digest as _, Sha256};

use crate::text::lowercase;

/// Most of a text that is looked at, in bytes; a finding may be as long as its page.
const MAX_BYTES: usize = 1 << 16;
/// Bytes of the digest that are kept.
const KEPT: usize = 16;

/// The fingerprint of a text that a rule found: 32 hexadecimal digits. White space and letter case
/// do not matter. A page is hostile: it must not be able to choose a text with the fingerprint of
/// another, so the digest is a cryptographic one.
pub(super) fn fingerprint(rule: &str, text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let mut parts = Vec::with_capacity(rule.len() + text.len() + 1);
    parts.extend(rule.bytes());
    for word in text.split_whitespace() {
        // A byte that is part of no text stands between the parts.
        parts.push(0xff);
        if word.is_ascii() {
            parts.extend(word.bytes().map(|byte| byte.to_ascii_lowercase()));
        } else {
            parts.extend(lowercase(word).bytes());
        }
    }
    let digest = Sha256::digest(&parts);
    digest.iter().take(KEPT).flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_and_words_matter_and_nothing_else() {
        let of = fingerprint("tea/lure", "Buy teapots");
        assert_eq!(of.len(), 32);
        assert_eq!(of, fingerprint("tea/lure", "  buy\n TEAPOTS "));
        assert_eq!(fingerprint("a", "Über Tee"), fingerprint("a", "über tee"));
        assert_ne!(of, fingerprint("tea/lure", "buy teapot s"));
        assert_ne!(of, fingerprint("tea/lures", "buy teapots"));
        assert_ne!(fingerprint("a", "b c"), fingerprint("a", "bc"));
        // Baselines outlive versions: this may never change.
        assert_eq!(of, "8ef5538a26698d4587e9bfcd85fca91d");
    }
}
