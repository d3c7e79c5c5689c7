//! FNV-1a over 64-bit units: stable across runs and platforms, and quick on short texts. And a quick
//! hash for tables of what pages hold.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use crate::text::chunk::Chunk;

/// The hash of nothing.
pub const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash of what `state` is the hash of, and `unit` behind it.
pub fn hash_step(state: u64, unit: impl Into<u64>) -> u64 {
    (state ^ unit.into()).wrapping_mul(0x0100_0000_01b3)
}

/// The hash of characters in their order.
pub fn hash_chars(chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(HASH_SEED, hash_step)
}

/// Hashes keys of tables, eight bytes at a time. What they are multiplied by is drawn anew by each
/// process, so that no page can be written against it: no result may depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Drawn(u64);

impl Default for Drawn {
    fn default() -> Self {
        static FACTOR: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0) | 1);
        Self(*FACTOR)
    }
}

impl BuildHasher for Drawn {
    type Hasher = DrawnHasher;

    fn build_hasher(&self) -> DrawnHasher {
        DrawnHasher { state: 0, factor: self.0 }
    }
}

/// A hash under way.
#[derive(Debug)]
pub struct DrawnHasher {
    state: u64,
    factor: u64,
}

impl Hasher for DrawnHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for at in (0..bytes.len()).step_by(8) {
            self.write_u64(Chunk::at(bytes, at).packed((bytes.len() - at).min(8)));
        }
    }

    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    #[inline]
    fn write_u64(&mut self, bytes: u64) {
        self.state = (self.state.rotate_left(5) ^ bytes).wrapping_mul(self.factor);
    }

    #[inline]
    fn finish(&self) -> u64 {
        // Of a product, the upper bits depend on most.
        self.state ^ (self.state >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_tell_texts_apart() {
        let texts: Vec<String> = (0..2_000).map(|n| format!("/shop/a-{n}/page.html")).collect();
        let hashes: std::collections::BTreeSet<u64> =
            texts.iter().map(|text| Drawn::default().hash_one(text)).collect();
        assert_eq!(hashes.len(), texts.len());
        assert_eq!(Drawn::default().hash_one("a"), Drawn::default().hash_one("a"));
    }

    #[test]
    fn order_and_length_matter() {
        let of = |text: &str| hash_chars(text.chars());
        assert_eq!(of(""), HASH_SEED);
        assert_eq!(of("a"), 0xaf63_dc4c_8601_ec8c); // the published value of FNV-1a for "a"
        assert!(of("ab") != of("ba") && of("ab") != of("abb"));
    }
}
