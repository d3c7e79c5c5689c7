//! What the text functions ask of a character, looked up at once.
//!
//! The standard library searches a compressed table for every non-ASCII character; on pages of
//! Chinese that search was a seventh of the whole scan.

use std::sync::{LazyLock, OnceLock};

use crate::text::Script;
use crate::text::survey::Marks;
use crate::text::words::FUNCTION_CHARACTERS;

/// Properties of a character, one bit or field each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class(u16, Marks);

/// Script number plus one; 0 for none.
const SCRIPT: u16 = 0x0f;
const ALPHANUMERIC: u16 = 1 << 4;
const SIMPLIFIED: u16 = 1 << 5;
const TRADITIONAL: u16 = 1 << 6;
const LOWER: u16 = 1 << 7;
const FUNCTION: u16 = 1 << 8;
const ALPHABETIC: u16 = 1 << 9;

impl Class {
    /// The class of a character. Classes of the basic plane are kept in rows of 256 characters,
    /// each made when its first character is met.
    #[inline]
    pub(super) fn of(c: char) -> Self {
        static ROWS: [OnceLock<Box<[Class; 256]>>; 256] = [const { OnceLock::new() }; 256];
        let code = c as u32;
        let Some(row) = ROWS.get((code >> 8) as usize) else { return Self::find(c) };
        row.get_or_init(|| Self::row(code & !0xff))[(code & 0xff) as usize]
    }

    /// The classes of 256 characters.
    #[cold]
    fn row(first: u32) -> Box<[Self; 256]> {
        Box::new(std::array::from_fn(|low| {
            char::from_u32(first + low as u32).map_or(Class(0, Marks::default()), Self::find)
        }))
    }

    #[inline]
    pub(super) fn script(self) -> Option<Script> {
        Script::ALL.get((self.0 & SCRIPT).wrapping_sub(1) as usize).copied()
    }

    /// Whether the character is of a script whose words are written without spaces.
    #[inline]
    pub(super) fn is_unspaced(self) -> bool {
        self.1.has(Marks::UNSPACED)
    }

    /// As [`char::is_alphanumeric`].
    #[inline]
    pub(super) fn is_alphanumeric(self) -> bool {
        self.0 & ALPHANUMERIC != 0
    }

    /// As [`char::is_alphabetic`].
    #[inline]
    pub(super) fn is_alphabetic(self) -> bool {
        self.0 & ALPHABETIC != 0
    }

    /// Whether the character is its own lower case.
    #[inline]
    pub(super) fn is_lower(self) -> bool {
        self.0 & LOWER != 0
    }

    /// Whether only Simplified Chinese uses the character.
    #[inline]
    pub(super) fn is_simplified(self) -> bool {
        self.0 & SIMPLIFIED != 0
    }

    /// Whether only Traditional Chinese uses the character.
    #[inline]
    pub(super) fn is_traditional(self) -> bool {
        self.0 & TRADITIONAL != 0
    }

    /// Whether the character carries grammar rather than content.
    #[inline]
    pub(super) fn is_function(self) -> bool {
        self.0 & FUNCTION != 0
    }

    /// What signals look for, in a character outside ASCII.
    #[inline]
    pub(super) fn marks(self) -> Marks {
        self.1
    }

    fn find(c: char) -> Self {
        let script = Script::find(c);
        let mut class = script.map_or(0, |script| script as u16 + 1);
        // Unified ideographs and Korean syllables are letters without case.
        let plain = matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
        if plain || c.is_alphanumeric() {
            class |= ALPHANUMERIC;
        }
        if plain || c.is_alphabetic() {
            class |= ALPHABETIC;
        }
        if plain || c.to_lowercase().eq([c]) {
            class |= LOWER;
        }
        if c >= '\u{3400}' {
            if SIMPLIFIED_ONLY.contains(c) {
                class |= SIMPLIFIED;
            } else if TRADITIONAL_ONLY.contains(c) {
                class |= TRADITIONAL;
            }
        }
        if FUNCTION_ONLY.contains(c) {
            class |= FUNCTION;
        }
        Self(class, Marks::of_wide(c, script))
    }
}

/// The bytes of the unified ideograph of the first block, U+4E00 to U+9FFF, that some bytes begin
/// with: half of all East Asian text, told without a look into the table.
#[inline]
pub(super) fn ideograph(bytes: &[u8]) -> Option<[u8; 3]> {
    let three: [u8; 3] = *bytes.first_chunk()?;
    let [first, second, _] = three;
    let among = matches!(first, 0xe4..=0xe9) && (first > 0xe4 || second >= 0xb8);
    among.then_some(three)
}

static SIMPLIFIED_ONLY: LazyLock<Chars> =
    LazyLock::new(|| Chars::of(include_str!("data/simplified_only.txt")));
static TRADITIONAL_ONLY: LazyLock<Chars> =
    LazyLock::new(|| Chars::of(include_str!("data/traditional_only.txt")));
static FUNCTION_ONLY: LazyLock<Chars> = LazyLock::new(|| Chars::of(FUNCTION_CHARACTERS));

/// A set of characters, one bit for each up to the last.
struct Chars(Vec<u64>);

impl Chars {
    fn of(table: &str) -> Self {
        let mut bits = Vec::new();
        for c in table.chars().filter(|c| !c.is_whitespace()) {
            let place = c as usize / 64;
            if bits.len() <= place {
                bits.resize(place + 1, 0);
            }
            bits[place] |= 1 << (c as usize % 64);
        }
        Self(bits)
    }

    fn contains(&self, c: char) -> bool {
        self.0.get(c as usize / 64).is_some_and(|bits| bits >> (c as usize % 64) & 1 == 1)
    }
}

/// [`char::is_alphanumeric`], by table.
#[inline]
pub fn is_alphanumeric(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    Class::of(c).is_alphanumeric()
}

/// [`char::is_alphabetic`], by table.
#[inline]
pub fn is_alphabetic(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    Class::of(c).is_alphabetic()
}

/// Whether a character is its own lower case.
#[inline]
pub(super) fn is_own_lower(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_uppercase() } else { Class::of(c).is_lower() }
}

/// The lower case of a character, by table where it is the character itself.
#[inline]
pub fn for_each_lower(c: char, mut then: impl FnMut(char)) {
    if c.is_ascii() {
        return then(c.to_ascii_lowercase());
    }
    if Class::of(c).is_lower() { then(c) } else { c.to_lowercase().for_each(then) }
}

/// A text in lower case, as [`str::to_lowercase`] has it, by table.
pub fn lowercase(text: &str) -> String {
    // A sigma is lowered by what stands around it.
    if text.contains('Σ') {
        return text.to_lowercase();
    }
    let mut lower = String::with_capacity(text.len());
    for c in text.chars() {
        for_each_lower(c, |c| lower.push(c));
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_lowered_as_the_standard_library_does() {
        for text in ["", "The Bäcker ÖFFNET", "İstanbul ΟΔΟΣ ΣΑΣ", "中文 Ж ẞ ǅ", "STRASSE 12"]
        {
            assert_eq!(lowercase(text), text.to_lowercase());
        }
    }

    #[test]
    fn the_table_says_what_the_standard_library_says() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_alphabetic(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(Class::of(c).script(), Script::find(c), "{c:?}");
            let mut lower = String::new();
            for_each_lower(c, |c| lower.push(c));
            assert_eq!(lower, c.to_lowercase().to_string(), "{c:?}");
            let among = ideograph(c.encode_utf8(&mut [0; 4]).as_bytes()).is_some();
            assert_eq!(among, ('\u{4e00}'..='\u{9fff}').contains(&c), "{c:?}");
            let class = Class::of(c);
            let letter = class.is_alphabetic() && class.is_unspaced() && class.is_lower();
            assert!(!among || letter && class.script() == Some(Script::Han), "{c:?}");
        }
    }
}
