//! Scripts: which one a character belongs to, and how many of each a text holds.

use crate::text::class::Class;

/// Scripts the rules tell apart. Code point ranges are those of the Unicode blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// Latin letters, also full-width ones.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Greek letters.
    Greek,
    /// Chinese characters.
    Han,
    /// Hiragana and Katakana.
    Kana,
    /// Korean syllables and letters.
    Hangul,
    /// Thai.
    Thai,
    /// Arabic and Persian.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Devanagari.
    Devanagari,
    /// Bengali.
    Bengali,
    /// A letter of any other script.
    Other,
}

impl Script {
    /// All scripts, in declaration order.
    pub const ALL: [Script; 12] = [
        Self::Latin,
        Self::Cyrillic,
        Self::Greek,
        Self::Han,
        Self::Kana,
        Self::Hangul,
        Self::Thai,
        Self::Arabic,
        Self::Hebrew,
        Self::Devanagari,
        Self::Bengali,
        Self::Other,
    ];

    /// The script of a letter; `None` for digits, punctuation, marks and space.
    #[inline]
    pub fn of(c: char) -> Option<Script> {
        match c {
            'a'..='z' | 'A'..='Z' => Some(Self::Latin),
            '\0'..='\u{7f}' => None,
            c => Class::of(c).script(),
        }
    }

    /// The same without the table.
    pub(crate) fn find(c: char) -> Option<Script> {
        Some(match c {
            'a'..='z' | 'A'..='Z' => Self::Latin,
            '\0'..='\u{7f}' => return None,
            '\u{aa}'
            | '\u{ba}'
            | '\u{c0}'..='\u{d6}'
            | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{24f}' => Self::Latin,
            '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => Self::Latin,
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => Self::Latin,
            '\u{370}'..='\u{373}'
            | '\u{376}'..='\u{37d}'
            | '\u{37f}'..='\u{3ff}'
            | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' => {
                Self::Cyrillic
            }
            '\u{5d0}'..='\u{5f2}' => Self::Hebrew,
            '\u{620}'..='\u{64a}'
            | '\u{66e}'..='\u{6d3}'
            | '\u{6d5}'
            | '\u{6fa}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}' => Self::Arabic,
            '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => Self::Arabic,
            '\u{900}'..='\u{963}' | '\u{970}'..='\u{97f}' => Self::Devanagari,
            '\u{980}'..='\u{9e3}' => Self::Bengali,
            '\u{e01}'..='\u{e4e}' => Self::Thai,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => {
                Self::Hangul
            }
            '\u{3041}'..='\u{3096}'
            | '\u{309d}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30ff}'
            | '\u{31f0}'..='\u{31ff}'
            | '\u{ff66}'..='\u{ff9d}' => Self::Kana,
            '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' => Self::Han,
            '\u{20000}'..='\u{3fffd}' => Self::Han,
            c if c.is_alphabetic() => Self::Other,
            _ => return None,
        })
    }

    /// Whether words of the script are written without spaces between them.
    pub fn is_unspaced(self) -> bool {
        matches!(self, Self::Han | Self::Kana | Self::Thai)
    }
}

/// Letters of each script in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptCounts {
    counts: [u32; Script::ALL.len()],
}

impl ScriptCounts {
    /// Counts the letters of `text`.
    pub fn of(text: &str) -> Self {
        let mut all = Self::default();
        all.add(text);
        all
    }

    /// Adds the letters of `text`.
    pub fn add(&mut self, text: &str) {
        for c in text.chars() {
            if let Some(script) = Script::of(c) {
                self.counts[script as usize] += 1;
            }
        }
    }

    /// Adds letters of a script.
    pub fn add_letters(&mut self, script: Script, letters: usize) {
        self.counts[script as usize] += letters as u32;
    }

    /// Letters of one script.
    pub fn get(&self, script: Script) -> usize {
        self.counts[script as usize] as usize
    }

    /// Letters of all scripts.
    pub fn total(&self) -> usize {
        self.counts.iter().map(|&n| n as usize).sum()
    }

    /// Letters of the scripts written without spaces, and Korean syllables: each weighs about as
    /// much as half a word of an alphabetic script.
    pub fn ideographic(&self) -> usize {
        [Script::Han, Script::Kana, Script::Thai, Script::Hangul].map(|s| self.get(s)).iter().sum()
    }

    /// The script with most letters, if there is any letter.
    pub fn main(&self) -> Option<Script> {
        let most = *self.counts.iter().max()?;
        let index = self.counts.iter().position(|&n| n == most && n > 0)?;
        Some(Script::ALL[index])
    }
}

/// Which Chinese script a text is written in, by the characters only one of them uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChineseCounts {
    /// Characters only Simplified Chinese uses.
    pub simplified: u32,
    /// Characters only Traditional Chinese uses.
    pub traditional: u32,
}

impl ChineseCounts {
    /// Counts the telling characters of `text`.
    pub fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for c in text.chars().filter(|c| *c >= '\u{3400}') {
            let class = Class::of(c);
            counts.simplified += u32::from(class.is_simplified());
            counts.traditional += u32::from(class.is_traditional());
        }
        counts
    }

    /// Adds those of another text.
    pub fn add(&mut self, other: Self) {
        self.simplified += other.simplified;
        self.traditional += other.traditional;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_by_script() {
        let counts = ScriptCounts::of("Rust と 한글 и 中文 1, ไทย");
        assert_eq!(counts.get(Script::Latin), 4);
        assert_eq!(counts.get(Script::Kana), 1);
        assert_eq!(counts.get(Script::Hangul), 2);
        assert_eq!(counts.get(Script::Cyrillic), 1);
        assert_eq!(counts.get(Script::Han), 2);
        assert_eq!(counts.get(Script::Thai), 3);
        assert_eq!(counts.main(), Some(Script::Latin));
        assert_eq!(ScriptCounts::of("123 !").main(), None);
    }

    #[test]
    fn chinese_scripts_are_told_apart() {
        let simplified = ChineseCounts::of("国产视频大全与图书馆");
        assert!(simplified.simplified >= 4 && simplified.traditional == 0, "{simplified:?}");
        let traditional = ChineseCounts::of("臺灣圖書館資料庫設計");
        assert!(traditional.traditional >= 5 && traditional.simplified == 0, "{traditional:?}");
    }
}
