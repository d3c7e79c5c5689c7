//! Words, n-grams and sentence ends.

use crate::text::Script;
use crate::text::class::Class;
use crate::text::hash::{HASH_SEED, hash_chars, hash_step};

/// Content n-grams of a text, for comparing what two texts are about: pairs of neighbouring
/// characters for scripts without spaces and for Korean, the first six letters of words of four
/// letters or more otherwise. Function characters and very common words are left out.
///
/// Returned as 64-bit hashes, in text order, with repetitions.
pub fn content_ngrams(norm: &str) -> Vec<u64> {
    let mut grams = Vec::new();
    push_content_ngrams(norm, &mut grams);
    grams
}

/// Appends the [`content_ngrams`] of a text.
pub fn push_content_ngrams(norm: &str, grams: &mut Vec<u64>) {
    let mut previous: Option<char> = None;
    let mut word = Stem::default();
    for c in norm.chars() {
        match Script::of(c) {
            Some(Script::Han | Script::Kana | Script::Thai | Script::Hangul) => {
                word.end(grams);
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
                    word.end(grams);
                }
            }
        }
    }
    word.end(grams);
}

/// A word as far as it was read.
struct Stem {
    hash: u64,
    len: usize,
}

impl Default for Stem {
    fn default() -> Self {
        Self { hash: HASH_SEED, len: 0 }
    }
}

impl Stem {
    fn push(&mut self, c: char) {
        if self.len < 6 {
            self.hash = hash_step(self.hash, c);
        }
        self.len += 1;
    }

    fn end(&mut self, grams: &mut Vec<u64>) {
        if self.len >= 4 {
            grams.push(self.hash);
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
    let chars = line.chars().count();
    if chars < 25 {
        return false;
    }
    let mut unspaced = 0;
    let substance = line.chars().any(|c| {
        unspaced += usize::from(matches!(
            Script::of(c),
            Some(Script::Han | Script::Kana | Script::Hangul | Script::Thai)
        ));
        unspaced >= 15
    }) || count_words(line) >= 8;
    let sentence = substance && ends_sentence(line);
    let long =
        chars >= 90 && substance && line.contains([',', '.', ';', '，', '。', '；', '、', '،']);
    sentence
        || long
        || (chars >= 90 && Script::of(line.chars().next().unwrap_or(' ')) == Some(Script::Thai))
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

    #[test]
    fn ngrams_are_about_content() {
        let a = content_ngrams("事件循环 asyncio loops");
        assert!(a.contains(&content_ngrams("循环")[0]));
        assert!(a.contains(&content_ngrams("asynci")[0]));
        assert!(content_ngrams("the of and").is_empty());
        assert_eq!(count_words("don't stop-motion 中文 two"), 3);
    }
}
