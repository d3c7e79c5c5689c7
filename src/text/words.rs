//! Words, n-grams and sentence ends.

use crate::text::chunk::Chunk;
use crate::text::class::Class;
use crate::text::hash::{HASH_SEED, hash_chars, hash_step};
use crate::text::{Script, Survey};

/// Content n-grams of a text, for comparing what two texts are about: pairs of neighbouring
/// characters for scripts without spaces and for Korean, the first six letters of words of four
/// letters or more otherwise. Function characters and very common words are left out.
///
/// Returned as 64-bit hashes, in text order, with repetitions.
pub fn content_ngrams(norm: &str) -> Vec<u64> {
    let bytes = norm.as_bytes();
    let mut grams = Vec::with_capacity(norm.len() / 8 + 1);
    let mut previous: Option<char> = None;
    let mut word = Stem::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if word.len == 0 && byte.is_ascii_alphabetic() {
            let (start, len) = (Chunk::at(bytes, at), ascii_word(&bytes[at..]));
            if bytes.get(at + len).is_none_or(u8::is_ascii) {
                if len >= 4 {
                    grams.push(hash_step(HASH_SEED, start.packed(len.min(STEM))));
                }
                previous = None;
                at += len;
                continue;
            }
        }
        let Some(c) = norm[at..].chars().next() else { break };
        at += c.len_utf8();
        match Script::of(c) {
            Some(Script::Han | Script::Kana | Script::Thai | Script::Hangul) => {
                word.end(&mut grams);
                if Class::of(c).is_function() {
                    previous = None;
                    continue;
                }
                if let Some(before) = previous {
                    grams.push(hash_chars([before, c].into_iter()));
                }
                previous = Some(c);
            }
            Some(_) => {
                previous = None;
                word.push(c);
            }
            None => {
                previous = None;
                if c.is_ascii_digit() && word.len > 0 {
                    word.push(c);
                } else {
                    word.end(&mut grams);
                }
            }
        }
    }
    word.end(&mut grams);
    grams
}

/// How many letters and digits of ASCII a text begins with.
fn ascii_word(bytes: &[u8]) -> usize {
    let mut len = 0;
    loop {
        let more = Chunk::at(bytes, len).leading_alphanumeric();
        len += more;
        if more < 8 {
            return len;
        }
    }
}

/// Letters of a word that tell what it is about.
const STEM: usize = 6;

/// A word as far as it was read.
struct Stem {
    hash: u64,
    /// Its first letters, where they are all ASCII.
    ascii: Option<[u8; STEM]>,
    len: usize,
}

impl Default for Stem {
    fn default() -> Self {
        Self { hash: HASH_SEED, ascii: Some([0; STEM]), len: 0 }
    }
}

impl Stem {
    fn push(&mut self, c: char) {
        if self.len < STEM {
            self.hash = hash_step(self.hash, c);
            self.ascii = self.ascii.filter(|_| c.is_ascii());
            if let Some(letters) = &mut self.ascii {
                letters[self.len] = c as u8;
            }
        }
        self.len += 1;
    }

    fn end(&mut self, grams: &mut Vec<u64>) {
        if self.len >= 4 {
            let packed = |letters: [u8; STEM]| Chunk::at(&letters, 0).packed(self.len.min(STEM));
            let ascii = self.ascii.map(|letters| hash_step(HASH_SEED, packed(letters)));
            grams.push(ascii.unwrap_or(self.hash));
        }
        *self = Self::default();
    }
}

/// Characters that carry grammar rather than content.
pub(super) const FUNCTION_CHARACTERS: &str = "的了是在和与及也都就而或为以于之其这那有不个一上下中到可从被把让对等们你我他她它吗呢吧着过得地\
     のをにはがとでもたてしれるいなす";

/// Whether a text ends a sentence: terminal punctuation, closing quotes and brackets after it
/// allowed.
pub fn ends_sentence(text: &str) -> bool {
    let closing: &[char] = &['"', '\'', '”', '’', '»', '」', '』', '）', ')', '】', ']', '*', '_'];
    text.trim_end()
        .trim_end_matches(closing)
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '؟', '।', '｡', '．'])
}

/// The pieces of a text between white space, as [`str::split_whitespace`] finds them; quicker on
/// texts whose white space is mostly ASCII.
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let blank = rest.bytes().take_while(|byte| matches!(byte, b'\t'..=b'\r' | b' ')).count();
        rest = rest[blank..].trim_start();
        let end = end_of_token(rest);
        let token = rest.get(..end).filter(|token| !token.is_empty())?;
        rest = &rest[end..];
        Some(token)
    })
}

/// Where the first white space of a text begins.
fn end_of_token(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\t'..=b'\r' | b' ' => return at,
            // What white space outside ASCII begins with.
            0xc2 | 0xe1..=0xe3 if text[at..].starts_with(char::is_whitespace) => return at,
            _ => at += 1,
        }
    }
    at
}

/// Number of words: runs of letters or digits in scripts that use spaces.
pub fn count_words(text: &str) -> usize {
    let mut words = 0;
    let mut inside = false;
    for c in text.chars() {
        let letter = is_word_letter(c);
        if letter && !inside {
            words += 1;
        }
        inside = letter || (inside && matches!(c, '\'' | '’' | '-'));
    }
    words
}

/// Whether a character is part of a word of a script that uses spaces.
fn is_word_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let class = Class::of(c);
    class.is_alphanumeric() && !class.script().is_some_and(Script::is_unspaced)
}

/// Whether a line reads like prose: long enough, and either a whole sentence or long with inner
/// punctuation.
pub fn is_prose(line: &str) -> bool {
    // Most lines are too short, or short and no sentence: they need no survey.
    let may_be = line.len() >= LONG_LINE || line.len() >= MIN_PROSE && ends_sentence(line);
    may_be && reads_like_prose(line, &Survey::of(line))
}

/// Fewest characters of a line that reads like prose.
const MIN_PROSE: usize = 25;
/// Characters from which a line is long.
const LONG_LINE: usize = 90;

/// [`is_prose`] of a line that was surveyed before.
pub fn reads_like_prose(line: &str, survey: &Survey) -> bool {
    if (survey.chars as usize) < MIN_PROSE {
        return false;
    }
    let substance = survey.ideographic >= 15 || survey.words >= 8;
    let long = survey.chars as usize >= LONG_LINE;
    let parted = || line.contains([',', '.', ';', '，', '。', '；', '、', '،']);
    substance && (ends_sentence(line) || long && parted())
        || long && Script::of(line.chars().next().unwrap_or(' ')) == Some(Script::Thai)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_told_from_labels() {
        let check = |line: &str, expected: bool| assert_eq!(is_prose(line), expected, "{line}");
        check("The baker opens the shop every morning at six and sells fresh bread.", true);
        check("相比多线程，它避免了切换开销，特别适合网络请求和文件读写。", true);
        check("Home | About | Contact | News | Shop | Cart | Login | Register | Help", false);
        check("核心内容摘要", false);
        check("亚洲精品影视精选:探索视听盛宴,解锁别样精彩", false);
    }

    proptest::proptest! {
        #[test]
        fn tokens_are_those_of_the_standard_library(text in "[a-c é中\u{85}\u{a0}\u{1680}\u{2003}\u{2028}\u{202f}\u{205f}\u{3000}\u{1c}\n]{0,20}") {
            let found: Vec<&str> = tokens(&text).collect();
            proptest::prop_assert_eq!(found, text.split_whitespace().collect::<Vec<_>>());
        }
    }

    #[test]
    fn ngrams_are_about_content() {
        let a = content_ngrams("事件循环 asyncio loops");
        assert!(a.contains(&content_ngrams("循环")[0]));
        assert!(a.contains(&content_ngrams("asynci")[0]));
        // A stem is the same whatever stands behind it.
        assert_eq!(content_ngrams("straßen straßenbahn").len(), 2);
        assert_eq!(content_ngrams("facades"), content_ngrams("facadesé"));
        assert_eq!(content_ngrams("loop"), content_ngrams("4loop中"));
        assert!(content_ngrams("loop") != content_ngrams("loops"));
        assert!(content_ngrams("the of and").is_empty());
        assert_eq!(count_words("don't stop-motion 中文 two"), 3);
    }
}
