//! Eight bytes of a text at a time: which of them are letters and digits of ASCII.

/// The highest bit of each of eight bytes.
const HIGH: u64 = each(0x80);

/// Eight bytes of a text, the first in the lowest place.
#[derive(Clone, Copy)]
pub(super) struct Chunk(u64);

impl Chunk {
    /// The bytes from a place on; zeros stand for those behind the end.
    #[inline]
    pub(super) fn at(bytes: &[u8], at: usize) -> Self {
        let rest = bytes.get(at..).unwrap_or_default();
        if let Some(chunk) = rest.first_chunk() {
            return Self(u64::from_le_bytes(*chunk));
        }
        if let Some(chunk) = bytes.last_chunk() {
            return Self(u64::from_le_bytes(*chunk).unbounded_shr(64 - 8 * rest.len() as u32));
        }
        Self(rest.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)))
    }

    /// The highest bit of each byte that is a letter of ASCII.
    #[inline]
    fn letters(self) -> u64 {
        let lower = (self.0 & !HIGH) | const { each(0x20) };
        let from_a = lower + const { each(0x80 - b'a') };
        let beyond_z = lower + const { each(0x7f - b'z') };
        from_a & !beyond_z & !self.0 & HIGH
    }

    /// The same of digits.
    #[inline]
    fn digits(self) -> u64 {
        let low = self.0 & !HIGH;
        let from_0 = low + const { each(0x80 - b'0') };
        let beyond_9 = low + const { each(0x7f - b'9') };
        from_0 & !beyond_9 & !self.0 & HIGH
    }

    /// How many letters of ASCII the bytes begin with.
    #[inline]
    pub(super) fn leading_letters(self) -> usize {
        leading(self.letters())
    }

    /// How many letters and digits of ASCII the bytes begin with.
    #[inline]
    pub(super) fn leading_alphanumeric(self) -> usize {
        leading(self.letters() | self.digits())
    }

    /// The first bytes, of one at least, as one number that no other bytes give but with zeros
    /// before them.
    #[inline]
    pub(super) fn packed(self, len: usize) -> u64 {
        self.0 << (64 - 8 * len)
    }

    /// The same bytes with the letters of ASCII in lower case, where they are letters and digits.
    #[inline]
    pub(super) fn lower(self) -> Self {
        Self(self.0 | const { each(0x20) })
    }

    /// The same bytes without the first.
    #[inline]
    pub(super) fn rest(self) -> Self {
        Self(self.0 >> 8)
    }

    /// Whether the first bytes, all of them letters or digits of ASCII, are letters in lower case.
    #[inline]
    pub(super) fn is_lower(self, len: usize) -> bool {
        // What letters in lower case have and capitals and digits lack, in two bits.
        let lacking = !(self.0 & (self.0 << 1)) & const { each(0x40) };
        lacking.unbounded_shl(64 - 8 * len as u32) == 0
    }
}

/// Eight times the same byte.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// How many of the lowest bytes have their highest bit set.
#[inline]
fn leading(marks: u64) -> usize {
    (!marks & HIGH).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told() {
        for byte in 0..=255u8 {
            let chunk = |bytes: &[u8]| Chunk::at(bytes, 0);
            let (one, after) = ([byte], [b'x', byte, b'x']);
            assert_eq!(chunk(&one).leading_letters() == 1, byte.is_ascii_alphabetic());
            assert_eq!(chunk(&one).leading_alphanumeric() == 1, byte.is_ascii_alphanumeric());
            assert_eq!(chunk(&after).leading_letters() == 3, byte.is_ascii_alphabetic());
            if byte.is_ascii_alphanumeric() {
                let lower = [b'x', byte.to_ascii_lowercase(), b'x'];
                assert_eq!(chunk(&after).lower().packed(3), chunk(&lower).packed(3));
                assert_eq!(chunk(&after).is_lower(3), byte.is_ascii_lowercase(), "{byte}");
                assert!(chunk(&after).is_lower(1) && chunk(&after).rest().rest().is_lower(1));
            }
        }
    }

    #[test]
    fn runs_end_where_they_end() {
        let text = b"Strength9, and";
        assert_eq!(Chunk::at(text, 0).leading_letters(), 8);
        assert_eq!(Chunk::at(text, 2).leading_letters(), 6);
        assert_eq!(Chunk::at(text, 2).leading_alphanumeric(), 7);
        assert_eq!(Chunk::at(text, 11).leading_letters(), 3);
        assert_eq!(Chunk::at(text, 14).leading_letters(), 0);
        assert_eq!(Chunk::at(text, 99).leading_letters(), 0);
        assert_eq!(Chunk::at(b"abc4", 1).leading_alphanumeric(), 3);
        assert_eq!(Chunk::at(text, 2).packed(3), Chunk::at(b"ren", 0).packed(3));
        assert!(Chunk::at(text, 2).packed(3) != Chunk::at(text, 2).packed(4));
    }
}
