//! What the words of addresses advertise.

use std::collections::{BTreeMap, BTreeSet};

use crate::signals::Facts;
use crate::terms::Strength;
use crate::text::normalise;

/// Adds the words of an address, percent codes undone: what stands between its marks.
fn add_words_of(address: &str, words: &mut Vec<u8>) {
    let start = words.len();
    let kinds = add_plain_words(address.as_bytes(), words);
    // Most addresses are written in small letters and need no more.
    if kinds & (UPPER | CODE) == 0 {
        return;
    }
    words.truncate(start);
    if kinds & CODE == 0 {
        return add_words(address, words);
    }
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = (byte == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    add_words(&String::from_utf8_lossy(&bytes), words);
}

/// What the bytes of an address are.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'-' | b'_' | b'+' | b'/' | b'?' | b'&' | b'=' | b'.' | b',' | b';' | b':' | b'|' => {
                MARK
            }
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            0x80..=0xff => LOWER | UPPER,
            b'%' => CODE,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};
/// Parts words.
const MARK: u8 = 1;
/// May be a small letter.
const LOWER: u8 = 2;
/// May be a capital.
const UPPER: u8 = 4;

/// Begins a percent code.
const CODE: u8 = 8;

/// Adds what stands between the marks of an address, with single spaces, which are quick to
/// normalise. Returns the kinds of bytes that were met.
fn add_plain_words(address: &[u8], words: &mut Vec<u8>) -> u8 {
    let start = words.len();
    words.resize(start + address.len(), b' ');
    let room = &mut words[start..];
    // Where marks stand is as good as random: a branch would be guessed wrong at every word.
    let (mut len, mut blank, mut kinds) = (0, true, 0);
    for &byte in address {
        let kind = KINDS[usize::from(byte)];
        let mark = kind == MARK;
        kinds |= kind;
        room[len] = if mark { b' ' } else { byte };
        len += usize::from(!(mark & blank));
        blank = mark;
    }
    words.truncate(start + len - usize::from(blank && len > 0));
    kinds
}

/// The same where words are also told by their first letters: `bonusCode`.
fn add_words(address: &str, words: &mut Vec<u8>) {
    let (mut start, mut before, mut humps) = (0, 0, false);
    for (at, kind) in address.bytes().map(|byte| KINDS[usize::from(byte)]).chain([MARK]).enumerate()
    {
        if kind == MARK {
            add_word(&address[start..at], humps, words);
            (start, humps) = (at + 1, false);
        }
        humps |= before & LOWER != 0 && kind & UPPER != 0;
        before = kind;
    }
}

fn add_word(word: &str, humps: bool, words: &mut Vec<u8>) {
    if word.is_empty() {
        return;
    }
    if !matches!(words.last(), None | Some(b' ' | b'\n')) {
        words.push(b' ');
    }
    if !humps {
        return words.extend(word.bytes());
    }
    let mut before = ' ';
    for c in word.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            words.push(b' ');
        }
        words.extend(c.encode_utf8(&mut [0; 4]).bytes());
        before = c;
    }
}

/// Whether an address names what spam pages advertise.
pub(super) fn names_spam(facts: &Facts<'_>, address: &str) -> bool {
    spam_in_addresses(facts, &[address])[0].0 > 0
}

/// Of each address, the distinct strong and medium terms of the spam topic that has most of them,
/// and whether a strong one is among them. Addresses are read together, a line each.
pub(super) fn spam_in_addresses(facts: &Facts<'_>, addresses: &[&str]) -> Vec<(usize, bool)> {
    let mut text = Vec::new();
    let mut ends = Vec::with_capacity(addresses.len());
    for address in addresses {
        add_words_of(address, &mut text);
        text.push(b'\n');
        ends.push(text.len() as u32);
    }
    let norm = normalise(&String::from_utf8_lossy(&text));
    let spam = |topic| facts.is_spam(topic);
    let mut hits = facts.terms.find_topics(&norm.text, &norm.map, spam);
    hits.retain(|hit| hit.strength >= Strength::Medium);
    if hits.is_empty() {
        return vec![(0, false); addresses.len()];
    }
    let mut topics: Vec<BTreeMap<u16, (BTreeSet<u32>, bool)>> = Vec::new();
    topics.resize_with(addresses.len(), BTreeMap::new);
    for hit in hits {
        let of = ends.partition_point(|end| *end <= hit.span.start);
        let (terms, strong) = topics[of].entry(hit.topic).or_default();
        terms.insert(hit.term);
        *strong |= hit.strength == Strength::Strong;
    }
    let most = |topics: BTreeMap<u16, (BTreeSet<u32>, bool)>| {
        topics.into_values().map(|(terms, strong)| (terms.len(), strong)).max()
    };
    topics.into_iter().map(|topics| most(topics).unwrap_or((0, false))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_addresses_stand_between_marks() {
        let words = |address: &str| {
            let mut words = vec![b'\n'];
            add_words_of(address, &mut words);
            String::from_utf8(words.split_off(1)).expect("words of a text")
        };
        assert_eq!(
            words("https://shop.example/bonusCode?id=7"),
            "https shop example bonus Code id 7"
        );
        assert_eq!(words("/a%2Fb--c%20d/"), "a b c d");
        assert_eq!(words("/éÉ/ABCd/x%"), "é É ABCd x%");
        assert_eq!(words("?&="), "");
        assert_eq!(words("//shop.example/a--b/?id=7&"), "shop example a b id 7");
    }
}
