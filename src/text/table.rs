//! The words of a text as a table. Many signals ask the same of words: whether two are equal, how
//! long one is, what stands between two. The table is made once, and what depends on the word
//! alone is found out once for each distinct word, which are a third of all.

use crate::span::Span;
use crate::text::chunk::Chunk;
use crate::text::class::{Class, for_each_lower, ideograph, is_alphanumeric, is_own_lower};
use crate::text::vocabulary::Vocabulary;

/// What stands between two words, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap(u8);

impl Gap {
    /// White space.
    pub const SPACE: Self = Self(1);
    /// What may stand inside a word: `' ’ -`.
    pub const INNER: Self = Self(1 << 1);
    /// A mark that ends a sentence: `. ! ? … 。 ！ ？ । ؟`.
    pub const STOP: Self = Self(1 << 2);
    /// An ASCII character other than white space.
    pub const SIGN: Self = Self(1 << 3);
    /// A character outside ASCII other than white space.
    pub const WIDE: Self = Self(1 << 4);
    /// One of them that belongs to a script: the vowel signs of Indian scripts and of Thai.
    pub const VOWEL: Self = Self(1 << 5);
    /// The dot of `İ` in lower case, which is no letter.
    pub const DOT: Self = Self(1 << 6);

    /// Whether one of a kind stands there.
    #[inline]
    pub fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    /// Whether nothing stands there.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn of_ascii(byte: u8) -> Self {
        match byte {
            b'\t'..=b'\r' | b' ' => Self::SPACE,
            b'\'' | b'-' => Self(Self::SIGN.0 | Self::INNER.0),
            b'.' | b'!' | b'?' => Self(Self::SIGN.0 | Self::STOP.0),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Self(0),
            _ => Self::SIGN,
        }
    }

    fn of_wide(c: char, class: Class) -> Self {
        if c.is_whitespace() {
            return Self::SPACE;
        }
        let more = match c {
            '’' => Self::INNER,
            '…' | '。' | '！' | '？' | '।' | '؟' => Self::STOP,
            _ if class.script().is_some() => Self::VOWEL,
            _ => Self::WIDE,
        };
        Self(Self::WIDE.0 | more.0)
    }

    #[inline]
    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What each ASCII character is between words; nothing for letters and digits.
static ASCII: [Gap; 128] = {
    let mut table = [Gap(0); 128];
    let mut code = 0;
    while code < 128 {
        table[code as usize] = Gap::of_ascii(code);
        code += 1;
    }
    table
};

/// A word: letters and digits in a row, or a single letter of a script without spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where, in the text.
    pub span: Span,
    /// Number of the word in lower case among all distinct words.
    pub id: u32,
    /// What stands before it, from the word before or the beginning of the line on.
    pub gap: Gap,
    /// Whether all of it but its first letter or digit is ASCII in lower case.
    pub plain: bool,
}

/// The words of some lines of a text.
#[derive(Debug)]
pub struct WordTable {
    vocabulary: Vocabulary,
    words: Vec<Word>,
    rows: Vec<Row>,
    dotted: bool,
}

/// A line.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// Index behind its last word.
    end: u32,
    /// What stands behind that word.
    tail: Gap,
}

impl WordTable {
    /// Reads the lines of a text, which hold about so many words.
    pub fn read(text: &str, count: usize, lines: impl Iterator<Item = Span>) -> Self {
        let mut reader = Reader {
            text,
            vocabulary: Vocabulary::new(count),
            words: Vec::with_capacity(count),
            lower: String::new(),
            dotted: false,
        };
        let rows = lines.map(|line| {
            let tail = reader.line(line);
            Row { end: reader.words.len() as u32, tail }
        });
        let rows = rows.collect();
        let Reader { vocabulary, words, dotted, .. } = reader;
        Self { vocabulary, words, rows, dotted }
    }

    /// Whether any gap has the dot of `İ`.
    pub fn is_dotted(&self) -> bool {
        self.dotted
    }

    /// All words in order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words of the line of an index.
    pub fn line(&self, index: usize) -> &[Word] {
        let end = |row: &Row| row.end as usize;
        let start = index.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, end);
        let end = self.rows.get(index).map_or(start, end);
        &self.words[start..end]
    }

    /// What stands behind the last word of the line of an index.
    pub fn tail(&self, index: usize) -> Gap {
        self.rows.get(index).map_or(Gap::default(), |row| row.tail)
    }

    /// How many distinct words there are.
    pub fn distinct(&self) -> usize {
        self.vocabulary.len()
    }

    /// Of each distinct word, whether it holds a text that is not empty; of none where there is no
    /// such word.
    pub fn holding(&self, part: &str) -> Option<Vec<bool>> {
        self.vocabulary.holding(part)
    }

    /// How often each distinct word stands in the lines, in the order of their numbers.
    pub fn counts(&self) -> impl Iterator<Item = u32> {
        self.vocabulary.counts()
    }

    /// The distinct words, in lower case, in the order of their numbers.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.vocabulary.words()
    }
}

/// A table under way.
struct Reader<'t> {
    text: &'t str,
    vocabulary: Vocabulary,
    words: Vec<Word>,
    /// Room for a word in lower case.
    lower: String,
    /// Whether there was an `İ`.
    dotted: bool,
}

impl Reader<'_> {
    /// Reads a line; returns what stands behind its last word.
    fn line(&mut self, line: Span) -> Gap {
        let bytes = &self.text.as_bytes()[..line.end as usize];
        let mut at = line.start as usize;
        let mut gap = Gap::default();
        while let Some(&byte) = bytes.get(at) {
            match ASCII.get(usize::from(byte)) {
                Some(&sign) if !sign.is_empty() => {
                    gap.add(sign);
                    at += 1;
                }
                Some(_) => at = self.ascii_word(bytes, at, &mut gap),
                None => at = self.wide(bytes, at, &mut gap),
            }
        }
        gap
    }

    /// Reads the word that begins with a letter or digit of ASCII; returns where it ends.
    #[inline]
    fn ascii_word(&mut self, bytes: &[u8], start: usize, gap: &mut Gap) -> usize {
        let (mut at, mut hash, mut plain) = (start, 0, true);
        loop {
            let chunk = Chunk::at(bytes, at);
            let len = chunk.leading_alphanumeric();
            if len > 0 {
                hash = self.vocabulary.hash(hash, chunk.lower().packed(len));
                plain &=
                    if at == start { chunk.rest().is_lower(len - 1) } else { chunk.is_lower(len) };
                at += len;
            }
            if len < 8 {
                break;
            }
        }
        if bytes.get(at).is_some_and(|byte| !byte.is_ascii())
            && self.text[at..].chars().next().is_some_and(belongs)
        {
            return self.wide_word(bytes.len(), start, gap);
        }
        let id = self.vocabulary.number(hash, |all| {
            let from = all.len();
            all.push_str(&self.text[start..at]);
            all[from..].make_ascii_lowercase();
        });
        let span = Span::new(start, at);
        self.words.push(Word { span, id, gap: std::mem::take(gap), plain });
        at
    }

    /// Reads what begins with a character outside ASCII: a word, a letter that is one, or what
    /// stands between words; returns where it ends.
    fn wide(&mut self, bytes: &[u8], start: usize, gap: &mut Gap) -> usize {
        if let Some(three) = ideograph(&bytes[start..]) {
            return self.letter(&three, start, gap);
        }
        let Some(c) = self.text[start..].chars().next() else { return bytes.len() };
        let (class, end) = (Class::of(c), start + c.len_utf8());
        if !class.is_alphanumeric() {
            gap.add(Gap::of_wide(c, class));
            return end;
        }
        if !class.is_unspaced() {
            return self.wide_word(bytes.len(), start, gap);
        }
        self.letter(&bytes[start..end], start, gap)
    }

    /// Reads a letter of a script without spaces; returns where it ends.
    #[inline]
    fn letter(&mut self, letter: &[u8], start: usize, gap: &mut Gap) -> usize {
        let end = start + letter.len();
        let hash = self.vocabulary.hash(0, Chunk::at(letter, 0).packed(letter.len()));
        let id = self.vocabulary.number(hash, |all| all.push_str(&self.text[start..end]));
        let span = Span::new(start, end);
        self.words.push(Word { span, id, gap: std::mem::take(gap), plain: false });
        end
    }

    /// Reads a word of letters of any script with spaces; returns where it ends.
    fn wide_word(&mut self, end: usize, start: usize, gap: &mut Gap) -> usize {
        let mut behind = Gap::default();
        let (mut at, mut is_lower) = (start, true);
        for c in self.text[start..end].chars() {
            if !belongs(c) {
                break;
            }
            at += c.len_utf8();
            is_lower &= is_own_lower(c);
            if c == 'İ' {
                behind = Gap::DOT;
                self.dotted = true;
                break;
            }
        }
        // Most words need no copy in lower case.
        let text = &self.text[start..at];
        let mut lower = std::mem::take(&mut self.lower);
        lower.clear();
        if !is_lower {
            for c in text.chars() {
                if c == 'İ' { lower.push('i') } else { for_each_lower(c, |c| lower.push(c)) }
            }
        }
        let word = if is_lower { text } else { lower.as_str() };
        let bytes = word.as_bytes();
        let hash = (0..bytes.len()).step_by(8).fold(0, |hash, at| {
            self.vocabulary.hash(hash, Chunk::at(bytes, at).packed((bytes.len() - at).min(8)))
        });
        let id = self.vocabulary.number(hash, |all| all.push_str(word));
        self.lower = lower;
        let gap = std::mem::replace(gap, behind);
        self.words.push(Word { span: Span::new(start, at), id, gap, plain: false });
        at
    }
}

/// The longest of the words that a text in lower case is cut into, the first of several.
pub fn longest_word(text: &str) -> Option<&str> {
    let words = text.split(|c| !belongs(c)).filter(|word| !word.is_empty());
    let longest = words.reduce(|a, b| if b.len() > a.len() { b } else { a });
    let letter = || {
        let (at, c) = text.char_indices().find(|(_, c)| is_alphanumeric(*c))?;
        text.get(at..at + c.len_utf8())
    };
    longest.or_else(letter)
}

/// Whether a character is part of a word of a script with spaces.
fn belongs(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let class = Class::of(c);
    class.is_alphanumeric() && !class.is_unspaced()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Script;

    fn read(text: &str) -> WordTable {
        WordTable::read(text, 0, std::iter::once(Span::new(0, text.len())))
    }

    #[test]
    fn words_are_equal_whatever_their_case() {
        let text = "The Über-long Strasse-Nr. 12a, the über STRASSE; 中文 中 Internationalisierung INTERNATIONALISIERUNG";
        let table = read(text);
        let texts: Vec<&str> = table.texts().collect();
        let lower: Vec<&str> = table.words().iter().map(|word| texts[word.id as usize]).collect();
        assert_eq!(
            lower,
            [
                "the",
                "über",
                "long",
                "strasse",
                "nr",
                "12a",
                "the",
                "über",
                "strasse",
                "中",
                "文",
                "中",
                "internationalisierung",
                "internationalisierung"
            ]
        );
        assert_eq!(table.distinct(), 9);
        let plain: Vec<bool> = table.words().iter().map(|word| word.plain).collect();
        assert_eq!(plain[..7], [true, false, true, true, true, false, true]);
        assert!(!plain[8] && !plain[9] && plain[12] && !plain[13]);
    }

    #[test]
    fn gaps_tell_what_stands_between() {
        let table = read("\u{a0}a-b c, d…e İf (");
        let gaps: Vec<Gap> = table.words().iter().map(|word| word.gap).collect();
        let of = |kinds: &[Gap]| Gap(kinds.iter().fold(0, |all, kind| all | kind.0));
        assert_eq!(
            gaps,
            [
                Gap::SPACE,
                of(&[Gap::SIGN, Gap::INNER]),
                Gap::SPACE,
                of(&[Gap::SIGN, Gap::SPACE]),
                of(&[Gap::WIDE, Gap::STOP]),
                Gap::SPACE,
                Gap::DOT,
            ]
        );
        assert_eq!(table.tail(0), of(&[Gap::SPACE, Gap::SIGN]));
        assert!(read("中文").words()[1].gap.is_empty());
        assert!(table.is_dotted() && read("İ").is_dotted() && !read("ı i").is_dotted());
    }

    #[test]
    fn the_longest_word_is_one_of_the_table() {
        for (text, longest) in [
            ("the baker's shop", Some("baker")),
            ("中文abc é", Some("abc")),
            ("，中文", Some("中")),
            ("- !", None),
        ] {
            assert_eq!(longest_word(text), longest);
            assert!(longest.is_none_or(|word| read(text).texts().any(|other| other == word)));
        }
    }

    #[test]
    fn lines_keep_their_words() {
        let text = "one two\n\nthree - ";
        let lines = [Span::new(0, 7), Span::new(8, 8), Span::new(9, 17)];
        let table = WordTable::read(text, 0, lines.into_iter());
        let spans = |line| table.line(line).iter().map(|word| &text[word.span.range()]);
        assert!(spans(0).eq(["one", "two"]) && spans(1).count() == 0 && spans(2).eq(["three"]));
        assert!(table.tail(2).has(Gap::INNER) && table.tail(0).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn words_are_those_of_one_character_at_a_time(text in "[a-zA-Z0-9éÉжΣ中ไทİ '’.!…-]{0,40}|\\PC{0,20}") {
            let table = read(&text);
            let texts: Vec<&str> = table.texts().collect();
            let found: Vec<String> =
                table.words().iter().map(|word| texts[word.id as usize].to_owned()).collect();
            let (mut words, mut word) = (Vec::new(), String::new());
            for c in text.chars().flat_map(char::to_lowercase).chain([' ']) {
                let alone = Script::of(c).is_some_and(Script::is_unspaced);
                if alone || !c.is_alphanumeric() {
                    words.push(std::mem::take(&mut word));
                }
                word.extend(Some(c).filter(|c| c.is_alphanumeric()));
                if alone {
                    words.push(std::mem::take(&mut word));
                }
            }
            words.retain(|word| !word.is_empty());
            proptest::prop_assert_eq!(found, words);
            let mut distinct = texts.clone();
            distinct.sort_unstable();
            distinct.dedup();
            proptest::prop_assert_eq!(distinct.len(), texts.len());
        }
    }
}
