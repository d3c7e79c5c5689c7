//! Words, n-grams and sentence ends.

use crate::text::Script;

/// Content n-grams of a text, for comparing what two texts are about: pairs of neighbouring
/// characters for scripts without spaces and for Korean, the first six letters of words of four
/// letters or more otherwise. Function characters and very common words are left out.
///
/// Returned as 64-bit hashes, in text order, with repetitions.
pub fn content_ngrams(norm: &str) -> Vec<u64> {
    let mut grams = Vec::new();
    let mut previous: Option<char> = None;
    let mut word = String::new();
    for c in norm.chars() {
        match Script::of(c) {
            Some(Script::Han | Script::Kana | Script::Thai | Script::Hangul) => {
                end_word(&mut word, &mut grams);
                if is_function_character(c) {
                    previous = None;
                    continue;
                }
                if let Some(before) = previous {
                    grams.push(hash(&[before, c]));
                }
                previous = Some(c);
            }
            Some(_) => {
                previous = None;
                word.push(c);
            }
            None => {
                previous = None;
                if c.is_ascii_digit() && !word.is_empty() {
                    word.push(c);
                } else {
                    end_word(&mut word, &mut grams);
                }
            }
        }
    }
    end_word(&mut word, &mut grams);
    grams
}

fn end_word(word: &mut String, grams: &mut Vec<u64>) {
    if word.chars().count() >= 4 {
        let stem: Vec<char> = word.chars().take(6).collect();
        grams.push(hash(&stem));
    }
    word.clear();
}

/// FNV-1a over characters: stable across runs and platforms.
fn hash(chars: &[char]) -> u64 {
    chars.iter().fold(0xcbf2_9ce4_8422_2325, |state, &c| {
        (state ^ u64::from(c as u32)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Characters that carry grammar rather than content.
fn is_function_character(c: char) -> bool {
    "的了是在和与及也都就而或为以于之其这那有不个一上下中到可从被把让对等们你我他她它吗呢吧着过得地\
     のをにはがとでもたてしれるいなす"
        .contains(c)
}

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
        let letter = c.is_alphanumeric() && !Script::of(c).is_some_and(Script::is_unspaced);
        if letter && !inside {
            words += 1;
        }
        inside = letter || (inside && matches!(c, '\'' | '’' | '-'));
    }
    words
}

/// Whether a line reads like prose: long enough, and either a whole sentence or long with inner
/// punctuation.
pub fn is_prose(line: &str) -> bool {
    let chars = line.chars().count();
    if chars < 25 {
        return false;
    }
    let unspaced = line
        .chars()
        .filter(|&c| {
            matches!(
                Script::of(c),
                Some(Script::Han | Script::Kana | Script::Hangul | Script::Thai)
            )
        })
        .count();
    let substance = unspaced >= 15 || count_words(line) >= 8;
    let sentence = ends_sentence(line) && substance;
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
