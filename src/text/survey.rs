//! What one pass over a text tells of it: how much there is of what. Most signals look for
//! something that most lines do not hold; the survey says so without reading the line again.

use std::ops::BitOr;

use crate::text::chunk::Chunk;
use crate::text::class::{Class, ideograph};
use crate::text::{Script, ScriptCounts};

/// Kinds of characters that a text holds, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u32);

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Marks {
    /// A character outside ASCII.
    pub const WIDE: Self = Self(1);
    /// Digits and symbols that look like Latin letters: `0 1 3 4 5 7 ! | @ $`.
    pub const LETTER_LIKE: Self = Self(1 << 1);
    /// `(`.
    pub const PARENTHESIS: Self = Self(1 << 2);
    /// `: ; {`, which open what code does.
    pub const CODE: Self = Self(1 << 3);
    /// A bracket of any kind that is counted in pairs.
    pub const BRACKET: Self = Self(1 << 4);
    /// A full stop or an ellipsis.
    pub const STOP: Self = Self(1 << 5);
    /// A control character that no text holds.
    pub const CONTROL: Self = Self(1 << 6);
    /// `|`.
    pub const BAR: Self = Self(1 << 7);
    /// A sign before or in place of a number that has none: one of `- , . ( #` with no more than
    /// white space before it, or any of `% $ € £ ¥ ₹ 第 年 月`.
    pub const LONE_COUNT: Self = Self(1 << 8);
    /// A sign that breaks up words: `. - _ ~ * | + = ^ ★ ☆ · • ● ◆ / \`.
    pub const WEDGE: Self = Self(1 << 9);
    /// A zero-width character.
    pub const INVISIBLE: Self = Self(1 << 10);
    /// A character for private use.
    pub const PRIVATE: Self = Self(1 << 11);
    /// U+FFFD.
    pub const REPLACEMENT: Self = Self(1 << 12);
    /// A box-drawing sign or block, or half-width Kana.
    pub const DRAWN: Self = Self(1 << 13);
    /// A Cyrillic letter.
    pub const CYRILLIC: Self = Self(1 << 14);
    /// A Cyrillic or Greek letter.
    pub const LOOK_ALIKE: Self = Self(1 << 15);
    /// A letter of a script without spaces between words.
    pub const UNSPACED: Self = Self(1 << 16);

    /// Marks that part clauses, in any script; counted by words, not kept.
    const CLAUSE: Self = Self(1 << 17);
    const SPACE: Self = Self(1 << 18);
    const ALPHANUMERIC: Self = Self(1 << 19);
    const DIGIT: Self = Self(1 << 20);
    /// What may stand inside a word: apostrophes and the hyphen.
    const INNER: Self = Self(1 << 21);
    /// A sign that stands before numbers.
    const COUNT: Self = Self(1 << 22);

    /// Whether a kind is among these.
    #[inline]
    pub fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }

    /// What a character other than a letter is.
    const fn of(c: char) -> Self {
        let mut marks = 0;
        if !c.is_ascii() {
            marks |= Self::WIDE.0;
        }
        if matches!(c, '0' | '1' | '3' | '4' | '5' | '7' | '!' | '|' | '@' | '$') {
            marks |= Self::LETTER_LIKE.0;
        }
        if c == '(' {
            marks |= Self::PARENTHESIS.0;
        }
        if matches!(c, ':' | ';' | '{') {
            marks |= Self::CODE.0;
        }
        if matches!(c, '(' | ')' | '[' | ']' | '{' | '}')
            || matches!(c, '（' | '）' | '「' | '」' | '《' | '》')
        {
            marks |= Self::BRACKET.0;
        }
        if matches!(c, '.' | '…') {
            marks |= Self::STOP.0;
        }
        if matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}')
            && !matches!(c, '\n' | '\t' | '\r' | '\x0c' | '\u{85}')
        {
            marks |= Self::CONTROL.0;
        }
        if c == '|' {
            marks |= Self::BAR.0;
        }
        if matches!(c, '-' | ',' | '.' | '(' | '#') {
            marks |= Self::COUNT.0;
        }
        if matches!(c, '%' | '$' | '€' | '£' | '¥' | '₹' | '第' | '年' | '月') {
            marks |= Self::LONE_COUNT.0;
        }
        if matches!(c, '.' | '-' | '_' | '~' | '*' | '|' | '+' | '=' | '^' | '/' | '\\')
            || matches!(c, '★' | '☆' | '·' | '•' | '●' | '◆')
        {
            marks |= Self::WEDGE.0;
        }
        if matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}')
        {
            marks |= Self::INVISIBLE.0;
        }
        if matches!(c, '\u{e000}'..='\u{f8ff}') {
            marks |= Self::PRIVATE.0;
        }
        if c == '\u{fffd}' {
            marks |= Self::REPLACEMENT.0;
        }
        if matches!(c, '\u{2500}'..='\u{259f}' | '\u{ff61}'..='\u{ff9f}') {
            marks |= Self::DRAWN.0;
        }
        if is_clause_mark(c) {
            marks |= Self::CLAUSE.0;
        }
        if matches!(c, '\t'..='\r' | ' ') {
            marks |= Self::SPACE.0;
        }
        if c.is_ascii_alphanumeric() {
            marks |= Self::ALPHANUMERIC.0;
        }
        if c.is_ascii_digit() {
            marks |= Self::DIGIT.0;
        }
        if matches!(c, '\'' | '’' | '-') {
            marks |= Self::INNER.0;
        }
        Self(marks)
    }

    /// What a character outside ASCII is; for the table of [`Class`].
    pub(super) fn of_wide(c: char, script: Option<Script>) -> Self {
        let mut marks = Self::of(c).0;
        if script == Some(Script::Cyrillic) {
            marks |= Self::CYRILLIC.0;
        }
        if matches!(script, Some(Script::Cyrillic | Script::Greek)) {
            marks |= Self::LOOK_ALIKE.0;
        }
        if script.is_some_and(Script::is_unspaced) {
            marks |= Self::UNSPACED.0;
        }
        if c.is_whitespace() {
            marks |= Self::SPACE.0;
        }
        Self(marks)
    }
}

/// Whether a character is a mark that parts clauses, in any script.
pub const fn is_clause_mark(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '[' | ']' | '"' | '|')
        || matches!(c, '…' | '«' | '»' | '“' | '”' | '„' | '—' | '–' | '•' | '·')
        || matches!(c, '，' | '。' | '！' | '？' | '；' | '：' | '、' | '（' | '）')
        || matches!(c, '「' | '」' | '『' | '』' | '《' | '》' | '【' | '】')
        || matches!(c, '،' | '؛' | '؟' | '۔' | '।' | '॥' | '։' | '՝')
}

/// What each ASCII character is.
static ASCII: [Marks; 128] = {
    let mut table = [Marks(0); 128];
    let mut code = 0;
    while code < 128 {
        table[code] = Marks::of(code as u8 as char);
        code += 1;
    }
    table
};

/// How much of what a text holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Kinds of characters in it.
    pub marks: Marks,
    /// Characters.
    pub chars: u32,
    /// Characters other than white space.
    pub solid: u32,
    /// Letters of any script.
    pub letters: u32,
    /// Letters and digits of any script.
    pub alphanumeric: u32,
    /// ASCII digits.
    pub digits: u32,
    /// Letters of scripts without spaces, and Korean ones.
    pub ideographic: u32,
    /// Words, as [`crate::text::count_words`] counts them.
    pub words: u32,
    /// Most letters in a row that each stand alone, with no letter beside them.
    pub singles: u32,
    /// Letters in the longest run of letters of spaced scripts, Korean ones aside.
    pub longest: u32,
    /// Pieces between white space.
    pub tokens: u32,
    /// Those that hold a mark that parts clauses.
    pub marked: u32,
    /// Those that begin with a letter of a known spaced script, Korean ones aside.
    pub spaced: u32,
}

/// A survey under way.
#[derive(Default)]
struct Pass {
    /// What was counted; ASCII letters, white space and all characters are added at the end.
    survey: Survey,
    /// ASCII letters.
    latin: u32,
    /// Characters that are white space.
    spaces: u32,
    /// Bytes that are not the first of their character.
    continued: u32,
    /// Length of the run of letters of any script before this place.
    run: u32,
    /// The same of spaced scripts.
    spaced_run: u32,
    /// Letters that stand alone, in a row up to this place.
    singles: u32,
    in_word: bool,
    in_token: bool,
    token_marked: bool,
}

impl Survey {
    /// Reads a text, and adds its letters to `scripts`.
    pub fn read(text: &str, scripts: &mut ScriptCounts) -> Self {
        let mut pass = Pass::default();
        let mut at = 0;
        loop {
            at = pass.ascii(text.as_bytes(), at);
            let end = pass.ideographs(text.as_bytes(), at, scripts);
            if end > at {
                at = end;
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            pass.wide(c, scripts);
            at += c.len_utf8();
        }
        pass.end_run();
        pass.end_spaced_run();
        let Pass { mut survey, latin, spaces, continued, .. } = pass;
        scripts.add_letters(Script::Latin, latin as usize);
        survey.letters += latin;
        survey.alphanumeric += latin + survey.digits;
        survey.chars = text.len() as u32 - continued;
        survey.solid = survey.chars - spaces;
        survey
    }

    /// Reads a text.
    pub fn of(text: &str) -> Self {
        Self::read(text, &mut ScriptCounts::default())
    }

    /// Whether all of the text is ASCII.
    pub fn is_ascii(&self) -> bool {
        !self.marks.has(Marks::WIDE)
    }

    /// Adds what another text holds that stands apart from this one.
    pub fn add(&mut self, other: &Self) {
        self.marks.0 |= other.marks.0;
        self.chars += other.chars;
        self.solid += other.solid;
        self.letters += other.letters;
        self.alphanumeric += other.alphanumeric;
        self.digits += other.digits;
        self.ideographic += other.ideographic;
        self.words += other.words;
        self.singles = self.singles.max(other.singles);
        self.longest = self.longest.max(other.longest);
        self.tokens += other.tokens;
        self.marked += other.marked;
        self.spaced += other.spaced;
    }
}

impl Pass {
    /// Reads ASCII characters from a place on; returns where they end.
    fn ascii(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut at = start;
        loop {
            let letters = Chunk::at(bytes, at).leading_letters();
            if letters > 0 {
                self.latin += letters as u32;
                self.run += letters as u32;
                self.spaced_run += letters as u32;
                self.start_word();
                self.start_token(true);
                at += letters;
            }
            if letters < 8 {
                let Some(&marks) = bytes.get(at).and_then(|byte| ASCII.get(usize::from(*byte)))
                else {
                    return at;
                };
                self.sign(marks);
                at += 1;
            }
        }
    }

    /// Reads unified ideographs from a place on; returns where they end. All of them are letters of
    /// one script without spaces and but a few of them marks of anything.
    fn ideographs(&mut self, bytes: &[u8], start: usize, scripts: &mut ScriptCounts) -> usize {
        let (mut at, mut counted) = (start, false);
        while let Some(three) = bytes.get(at..).and_then(ideograph) {
            counted |= matches!(&three, b"\xe7\xac\xac" | b"\xe5\xb9\xb4" | b"\xe6\x9c\x88");
            at += 3;
        }
        let count = (at - start) as u32 / 3;
        if count == 0 {
            return at;
        }
        scripts.add_letters(Script::Han, count as usize);
        self.survey.marks.0 |= Marks::WIDE.0 | Marks::UNSPACED.0;
        self.survey.marks.0 |= if counted { Marks::LONE_COUNT.0 } else { 0 };
        self.continued += 2 * count;
        self.run += count;
        self.survey.ideographic += count;
        self.survey.letters += count;
        self.survey.alphanumeric += count;
        self.end_spaced_run();
        self.start_token(false);
        self.in_word = false;
        at
    }

    /// An ASCII character that is no letter.
    #[inline]
    fn sign(&mut self, marks: Marks) {
        self.end_run();
        self.end_spaced_run();
        self.survey.marks.0 |= marks.0;
        if marks.has(Marks::SPACE) {
            self.spaces += 1;
            (self.in_word, self.in_token) = (false, false);
            return;
        }
        if !self.in_token && marks.has(Marks::COUNT) {
            self.survey.marks.0 |= Marks::LONE_COUNT.0;
        }
        self.start_token(false);
        if marks.has(Marks::ALPHANUMERIC) {
            self.survey.digits += 1;
            self.start_word();
        } else {
            self.in_word &= marks.has(Marks::INNER);
        }
        self.mark(marks);
    }

    /// A character outside ASCII.
    fn wide(&mut self, c: char, scripts: &mut ScriptCounts) {
        let class = Class::of(c);
        let (marks, script) = (class.marks(), class.script());
        self.survey.marks.0 |= marks.0;
        self.continued += c.len_utf8() as u32 - 1;
        let unspaced = class.is_unspaced();
        let hangul = script == Some(Script::Hangul);
        if let Some(script) = script {
            scripts.add_letters(script, 1);
            self.survey.ideographic += u32::from(unspaced || hangul);
        }
        if class.is_alphabetic() {
            self.run += 1;
            self.survey.letters += 1;
        } else {
            self.end_run();
        }
        let spaced = script.is_some() && !unspaced && !hangul;
        if spaced {
            self.spaced_run += 1;
        } else {
            self.end_spaced_run();
        }
        if marks.has(Marks::SPACE) {
            self.spaces += 1;
            (self.in_word, self.in_token) = (false, false);
            return;
        }
        self.start_token(spaced && script != Some(Script::Other));
        self.survey.alphanumeric += u32::from(class.is_alphanumeric());
        if class.is_alphanumeric() && !unspaced {
            self.start_word();
        } else {
            self.in_word &= marks.has(Marks::INNER);
        }
        self.mark(marks);
    }

    fn start_word(&mut self) {
        self.survey.words += u32::from(!self.in_word);
        self.in_word = true;
    }

    fn start_token(&mut self, spaced: bool) {
        if !self.in_token {
            self.survey.tokens += 1;
            self.survey.spaced += u32::from(spaced);
            (self.in_token, self.token_marked) = (true, false);
        }
    }

    fn mark(&mut self, marks: Marks) {
        if marks.has(Marks::CLAUSE) && !self.token_marked {
            self.survey.marked += 1;
            self.token_marked = true;
        }
    }

    fn end_run(&mut self) {
        let single = u32::from(self.run == 1);
        self.singles = if self.run > 0 { (self.singles + 1) * single } else { self.singles };
        self.survey.singles = self.survey.singles.max(self.singles);
        self.run = 0;
    }

    fn end_spaced_run(&mut self) {
        self.survey.longest = self.survey.longest.max(self.spaced_run);
        self.spaced_run = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{count_words, is_alphabetic, is_alphanumeric};

    #[test]
    fn a_text_is_counted() {
        let survey = Survey::of("Don't 1,200 (b) — ж 中文 x.");
        assert_eq!((survey.tokens, survey.marked, survey.spaced), (7, 4, 3));
        assert_eq!((survey.singles, survey.longest, survey.digits), (3, 3, 4));
        assert!(survey.marks.has(Marks::CYRILLIC) && survey.marks.has(Marks::PARENTHESIS));
        assert!(!survey.marks.has(Marks::BAR) && !survey.is_ascii());
    }

    #[test]
    fn letters_that_stand_alone_are_counted_in_a_row() {
        let rows = ["b.u.y now", "a, b c de f", "слово и a", "", "x", "one two"];
        assert_eq!(rows.map(|text| Survey::of(text).singles), [3, 3, 2, 0, 1, 0]);
    }

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_one_question_at_a_time(text in "\\PC{0,30}|[a-zA-Zäж中年一鿿ー々ก가0-9'’. \n-]{0,40}") {
            let count = |test: &dyn Fn(char) -> bool| text.chars().filter(|&c| test(c)).count();
            let mut scripts = ScriptCounts::default();
            let survey = Survey::read(&text, &mut scripts);
            proptest::prop_assert_eq!(scripts, ScriptCounts::of(&text));
            proptest::prop_assert_eq!(survey.chars as usize, text.chars().count());
            proptest::prop_assert_eq!(survey.solid as usize, count(&|c| !c.is_whitespace()));
            proptest::prop_assert_eq!(survey.letters as usize, count(&is_alphabetic));
            proptest::prop_assert_eq!(survey.alphanumeric as usize, count(&is_alphanumeric));
            proptest::prop_assert_eq!(survey.ideographic as usize, scripts.ideographic());
            proptest::prop_assert_eq!(survey.words as usize, count_words(&text));
            proptest::prop_assert_eq!(survey.tokens as usize, text.split_whitespace().count());
            proptest::prop_assert_eq!(survey.is_ascii(), text.is_ascii());
            let marked = text.split_whitespace().filter(|token| token.contains(is_clause_mark));
            proptest::prop_assert_eq!(survey.marked as usize, marked.count());
            let words: Vec<&str> =
                text.split(|c: char| !is_alphabetic(c)).filter(|word| !word.is_empty()).collect();
            let rows = words.split(|word| word.chars().count() > 1);
            let singles = rows.map(<[_]>::len).max().unwrap_or(0);
            proptest::prop_assert_eq!(survey.singles as usize, singles);
            let mut marks = Marks::default();
            for c in text.chars() {
                let class = Class::of(c);
                marks.0 |= if c.is_ascii() { Marks::of(c).0 } else { class.marks().0 };
            }
            let lone = text.contains(['年', '€']);
            proptest::prop_assert!(survey.marks.has(Marks::LONE_COUNT) || !lone);
            let letters = Marks(Marks::ALPHANUMERIC.0 | Marks::LONE_COUNT.0);
            proptest::prop_assert_eq!(survey.marks.0 & !letters.0, marks.0 & !letters.0);
        }
    }
}
