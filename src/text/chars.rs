//! Which characters a text holds.

/// A set of characters. Of those beyond the basic plane it only knows whether there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chars {
    ascii: u128,
    /// 64 characters to a word, from U+0000 on; empty until a character outside ASCII is added.
    basic: Vec<u64>,
    beyond: bool,
}

impl Chars {
    /// The characters of a text.
    pub fn of(text: &str) -> Self {
        /// Bytes that are looked at together: ASCII needs no decoding.
        const MANY: usize = 16;
        let mut chars = Self::default();
        let mut met = [false; 128];
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let Some(ascii) = bytes.get(at..at + MANY).filter(|many| many.is_ascii()) {
                for byte in ascii {
                    met[usize::from(byte & 0x7f)] = true;
                }
                at += MANY;
            } else if let Some(met) = met.get_mut(usize::from(byte)) {
                *met = true;
                at += 1;
            } else {
                let Some(c) = text[at..].chars().next() else { break };
                chars.add(c);
                at += c.len_utf8();
            }
        }
        for (code, _) in met.iter().enumerate().filter(|(_, met)| **met) {
            chars.ascii |= 1 << code;
        }
        chars
    }

    /// Adds a character.
    pub fn add(&mut self, c: char) {
        let code = c as usize;
        if c.is_ascii() {
            self.ascii |= 1 << code;
        } else if code < 1 << 16 {
            if self.basic.is_empty() {
                self.basic = vec![0; 1 << 10];
            }
            self.basic[code / 64] |= 1 << (code % 64);
        } else {
            self.beyond = true;
        }
    }

    /// Adds the characters of another set.
    pub fn add_all(&mut self, other: &Self) {
        self.ascii |= other.ascii;
        self.beyond |= other.beyond;
        if self.basic.is_empty() {
            self.basic.clone_from(&other.basic);
        } else {
            for (word, more) in self.basic.iter_mut().zip(&other.basic) {
                *word |= more;
            }
        }
    }

    /// How many characters of the basic plane there are; `None` where there are others.
    pub fn count(&self) -> Option<u32> {
        let basic = self.basic.iter().map(|word| word.count_ones());
        (!self.beyond).then(|| self.ascii.count_ones() + basic.sum::<u32>())
    }

    /// Whether the sets have a character in common. May be true where both hold characters
    /// beyond the basic plane.
    pub fn has_any(&self, other: &Self) -> bool {
        self.ascii & other.ascii != 0
            || self.beyond && other.beyond
            || self.basic.iter().zip(&other.basic).any(|(a, b)| a & b != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_meet_where_texts_share_a_character() {
        let meet = |a: &str, b: &str| Chars::of(a).has_any(&Chars::of(b));
        assert!(meet("abc", "xyzc") && meet("日本", "本") && meet("é", "café"));
        assert!(!meet("abc", "ABC") && !meet("日本", "abc") && !meet("", "é"));
        assert!(meet("🔥", "🎰") && !meet("🔥", "é"));
        assert_eq!(Chars::of("abba é日é").count(), Some(5));
        assert_eq!(Chars::of("a🔥").count(), None);
    }
}
