//! From characters back to the bytes of the legacy encodings that UTF-8 is misread as.

use std::ops::{BitOrAssign, RangeInclusive};
use std::sync::LazyLock;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, KOI8_R, MACINTOSH, SHIFT_JIS, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1255, WINDOWS_1256,
};

/// Single-byte encodings that UTF-8 is commonly misread as.
pub(super) static SINGLE: [&Encoding; 10] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1253,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_874,
    KOI8_R,
    MACINTOSH,
    IBM866,
];

/// Double-byte encodings that UTF-8 is commonly misread as.
pub(super) static DOUBLE: [&Encoding; 5] = [GBK, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];

/// The byte of a character in each single-byte encoding; 0 where it has none.
type Bytes = [u8; SINGLE.len()];

/// What a character can be in the single-byte encodings: a bit for each, twice.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks(u32);

impl Marks {
    /// A first byte of a UTF-8 sequence.
    const LEADS: u32 = (1 << SINGLE.len()) - 1;
    /// Encodings in which it is a further byte lie above those in which it is a first one.
    const FURTHER: u32 = SINGLE.len() as u32;
    /// Any encoding has it.
    const KNOWN: u32 = 1 << 30;
    /// windows-1252 has it, or Latin-1.
    const WESTERN: u32 = 1 << 31;

    fn new(bytes: &Bytes) -> Self {
        let mut marks = 0;
        for (index, byte) in bytes.iter().enumerate() {
            marks |= match byte {
                0xc2..=0xf4 => 1 << index,
                0x80..=0xbf | 0xff => 1 << (Self::FURTHER + index as u32),
                _ => 0,
            };
        }
        marks |= if *bytes == Bytes::default() { 0 } else { Self::KNOWN };
        Self(marks | if bytes[0] == 0 { 0 } else { Self::WESTERN })
    }

    /// Encodings in which a UTF-8 sequence begins with this character and the one behind it.
    pub(super) fn begins_with(self, next: Self) -> Self {
        Self(self.0 & (next.0 >> Self::FURTHER) & Self::LEADS)
    }

    pub(super) fn is_known(self) -> bool {
        self.0 & Self::KNOWN != 0
    }

    pub(super) fn is_western(self) -> bool {
        self.0 & Self::WESTERN != 0
    }

    pub(super) fn any(self) -> bool {
        self.0 != 0
    }

    /// Whether the encoding of an index is among them.
    pub(super) fn has(self, index: usize) -> bool {
        self.0 & (1 << index) != 0
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Bytes of the characters that any single-byte encoding has.
struct Singles {
    /// By the upper bits of a character, the row of 64 characters it stands in; 0 for none.
    rows: Vec<u8>,
    bytes: Vec<[Bytes; 64]>,
    marks: Vec<[Marks; 64]>,
}

static SINGLES: LazyLock<Singles> = LazyLock::new(Singles::new);

impl Singles {
    fn new() -> Self {
        let mut singles = Self { rows: vec![0; 1 << 10], bytes: Vec::new(), marks: Vec::new() };
        for (index, encoding) in SINGLE.iter().enumerate() {
            for byte in 0x80..=0xffu8 {
                let bytes = [byte];
                let (decoded, _) = encoding.decode_without_bom_handling(&bytes);
                for c in decoded.chars().filter(|&c| c != '\u{fffd}') {
                    singles.set(c, index, byte);
                }
                // Latin-1 proper maps every byte to the character of the same number.
                if index == 0 {
                    singles.set(char::from(byte), 0, byte);
                }
            }
        }
        singles.marks =
            singles.bytes.iter().map(|row| row.map(|bytes| Marks::new(&bytes))).collect();
        singles
    }

    fn set(&mut self, c: char, index: usize, byte: u8) {
        let Some(row) = self.rows.get_mut(c as usize >> 6) else { return };
        if *row == 0 {
            self.bytes.push([Bytes::default(); 64]);
            *row = self.bytes.len() as u8;
        }
        self.bytes[usize::from(*row) - 1][c as usize & 63][index] = byte;
    }

    /// Where a character stands in the tables, if any encoding has one near it.
    fn row_of(&self, c: char) -> Option<usize> {
        usize::from(*self.rows.get(c as usize >> 6)?).checked_sub(1)
    }
}

/// What a byte that was lost is written as: it passes for any further byte of a sequence.
const LOST: u8 = 0xff;

/// The byte of a character in each single-byte encoding; 0 where it has none.
pub(super) fn bytes(c: char) -> Bytes {
    if c == '\u{fffd}' {
        return [LOST; SINGLE.len()];
    }
    SINGLES.row_of(c).map_or(Bytes::default(), |row| SINGLES.bytes[row][c as usize & 63])
}

/// What a character can be in the single-byte encodings.
pub(super) fn marks(c: char) -> Marks {
    if c == '\u{fffd}' {
        return Marks(Marks::new(&[LOST; SINGLE.len()]).0 & !Marks::WESTERN);
    }
    SINGLES.row_of(c).map_or(Marks::default(), |row| SINGLES.marks[row][c as usize & 63])
}

/// Whether the two bytes of a character look like the middle of a UTF-8 sequence in any of the
/// double-byte encodings. None below U+2000 does.
pub(super) fn is_suspicious(c: char) -> bool {
    static SUSPICIOUS: LazyLock<Vec<u64>> = LazyLock::new(|| {
        let mut bits = vec![0; 0xe000 / 64];
        for encoding in DOUBLE {
            each_pair(encoding, 0xe2..=0xef, 0x80..=0xbf, |c, bytes| {
                if let (Some(word), [_, _]) = (bits.get_mut(c as usize / 64), bytes) {
                    *word |= 1 << (c as usize % 64);
                }
            });
        }
        bits
    });
    SUSPICIOUS.get(c as usize / 64).is_some_and(|word| word >> (c as usize % 64) & 1 == 1)
}

/// Whether a character is of an East Asian script and in no single-byte encoding.
pub(super) fn is_double(c: char) -> bool {
    ('\u{2e80}'..'\u{e000}').contains(&c)
}

/// Bytes by character: both 0 for none, the second 0 for characters of one byte.
type Inverse = Vec<[u8; 2]>;

/// The bytes of a character in the double-byte encoding of an index: one or two.
pub(super) fn double_bytes(index: usize, c: char) -> Option<(u8, Option<u8>)> {
    static TABLES: [LazyLock<Inverse>; DOUBLE.len()] = [
        LazyLock::new(|| inverted(DOUBLE[0])),
        LazyLock::new(|| inverted(DOUBLE[1])),
        LazyLock::new(|| inverted(DOUBLE[2])),
        LazyLock::new(|| inverted(DOUBLE[3])),
        LazyLock::new(|| inverted(DOUBLE[4])),
    ];
    let [first, second] = *TABLES[index].get(c as usize)?;
    (first != 0).then_some((first, (second != 0).then_some(second)))
}

/// By decoding all pairs once: the encoder itself searches its tables from end to end.
fn inverted(encoding: &'static Encoding) -> Inverse {
    let mut table = vec![[0; 2]; 0x3_0000];
    each_pair(encoding, 0x80..=0xff, 0x40..=0xfe, |c, bytes| {
        if let Some(entry) = table.get_mut(c as usize).filter(|entry| entry[0] == 0) {
            *entry = [bytes[0], bytes.get(1).copied().unwrap_or(0)];
        }
    });
    table
}

/// Every character that a first byte alone or with a second one decodes to, and its bytes, in
/// their order. All pairs are decoded together, a line each: no encoding takes a break for a second
/// byte.
fn each_pair(
    encoding: &'static Encoding,
    leads: RangeInclusive<u8>,
    trails: RangeInclusive<u8>,
    mut found: impl FnMut(char, &[u8]),
) {
    let trails = || std::iter::once(None).chain(trails.clone().map(Some));
    let pairs = || leads.clone().flat_map(|lead| trails().map(move |trail| (lead, trail)));
    let mut lines: Vec<u8> = Vec::with_capacity(leads.len() * 256 * 3);
    for (lead, trail) in pairs() {
        lines.push(lead);
        lines.extend(trail);
        lines.push(b'\n');
    }
    let (decoded, _) = encoding.decode_without_bom_handling(&lines);
    let mut pairs = pairs();
    // The characters of a line: the first, and how many there are.
    let (mut first, mut count) = ('\u{fffd}', 0);
    for c in decoded.chars() {
        if c != '\n' {
            first = if count == 0 { c } else { first };
            count += 1;
            continue;
        }
        let Some((lead, trail)) = pairs.next() else { break };
        if count == 1 && first != '\u{fffd}' {
            match trail {
                Some(trail) => found(first, &[lead, trail]),
                None => found(first, &[lead]),
            }
        }
        count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_say_what_decoding_one_pair_says() {
        for (index, encoding) in DOUBLE.into_iter().enumerate() {
            let mut known: Vec<(char, Vec<u8>)> = Vec::new();
            for lead in 0x80..=0xffu8 {
                let pairs = (0x40..=0xfeu8).map(|trail| vec![lead, trail]);
                for bytes in std::iter::once(vec![lead]).chain(pairs) {
                    let (decoded, errors) = encoding.decode_without_bom_handling(&bytes);
                    let mut chars = decoded.chars();
                    if let (false, Some(c), None) = (errors, chars.next(), chars.next()) {
                        known.push((c, bytes));
                    }
                }
            }
            let count = known.len();
            // The first pair of a character counts.
            known.reverse();
            let known: std::collections::BTreeMap<char, Vec<u8>> = known.into_iter().collect();
            assert!(count > 5_000, "{}", encoding.name());
            for c in '\u{80}'..='\u{2ffff}' {
                let bytes = double_bytes(index, c).map(|(first, second)| match second {
                    Some(second) => vec![first, second],
                    None => vec![first],
                });
                assert_eq!(bytes.as_ref(), known.get(&c), "{c:?} in {}", encoding.name());
            }
            assert!(known.keys().all(|c| *c <= '\u{2ffff}'));
        }
    }

    #[test]
    fn nothing_narrow_is_suspicious() {
        assert!(!('\0'..'\u{2000}').any(is_suspicious));
        assert!(('\u{4e00}'..='\u{9fff}').any(is_suspicious));
    }

    #[test]
    fn what_is_double_is_not_single() {
        assert!(('\u{2e80}'..'\u{f000}').filter(|&c| is_double(c)).all(|c| !marks(c).any()));
        assert!(is_double('中') && !is_double('é') && !is_double('\u{f8ff}'));
    }

    #[test]
    fn marks_tell_first_from_further_bytes() {
        // What windows-1252 makes of the two bytes of é.
        assert!(marks('Ã').begins_with(marks('©')).has(0));
        assert!(!marks('©').begins_with(marks('Ã')).has(0));
        assert!(marks('€').is_western() && marks('ж').is_known() && !marks('ж').is_western());
        assert!(!marks('中').is_known() && !marks('\u{fffd}').is_western());
    }
}
