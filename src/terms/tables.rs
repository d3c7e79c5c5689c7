//! Tables of the first bytes of patterns: which there are, and which patterns have them.

use std::hash::Hasher;
use std::ops::Range;

/// From beginnings to ranges, in one table that a key mostly needs one look at.
pub(super) struct Index {
    /// A key, and the range of it; the range of a free slot is empty.
    slots: Vec<(u64, u32, u32)>,
    shift: u32,
}

impl Index {
    /// Of places in a list and their keys, where they have any; those of one key stand together.
    pub(super) fn new(keys: &[Option<u64>]) -> Self {
        let bits = (2 * keys.len()).max(2).next_power_of_two().trailing_zeros();
        let mut index = Self { slots: vec![(0, 0, 0); 1 << bits], shift: 64 - bits };
        let mut start = 0;
        for run in keys.chunk_by(|one, next| one == next) {
            let end = start + run.len();
            if let Some(key) = run[0] {
                let slot = index.slot(key);
                index.slots[slot] = (key, start as u32, end as u32);
            }
            start = end;
        }
        index
    }

    /// The slot of a key, or the one where it would stand. Half of all are free.
    #[inline]
    fn slot(&self, key: u64) -> usize {
        let mut slot = (spread(key) >> self.shift) as usize;
        while self.slots[slot].2 != 0 && self.slots[slot].0 != key {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        slot
    }

    #[inline]
    pub(super) fn get(&self, key: u64) -> Range<u32> {
        let (_, start, end) = self.slots[self.slot(key)];
        start..end
    }
}

/// Numbers of patterns by their beginnings.
pub(super) struct Groups {
    index: Index,
    numbers: Vec<u32>,
}

impl Groups {
    /// Of keys and numbers; those of one key stand together.
    pub(super) fn new(pairs: &[(u64, u32)]) -> Self {
        let keys: Vec<Option<u64>> = pairs.iter().map(|(key, _)| Some(*key)).collect();
        Self {
            index: Index::new(&keys),
            numbers: pairs.iter().map(|(_, number)| *number).collect(),
        }
    }

    #[inline]
    pub(super) fn get(&self, key: u64) -> impl Iterator<Item = u32> {
        let range = self.index.get(key);
        self.numbers[range.start as usize..range.end as usize].iter().copied()
    }
}

/// A set of numbers that may hold more than was put in: each has two bits of one word.
pub(super) struct Filter {
    words: Vec<u64>,
    shift: u32,
}

impl Filter {
    /// For so many numbers: with eight bits of room for each, at most one in twenty of all others
    /// seems to be in it.
    pub(super) fn new(count: usize) -> Self {
        let bits = (8 * count).next_power_of_two().max(128).trailing_zeros();
        Self { words: vec![0; 1 << (bits - 6)], shift: 64 - (bits - 6) }
    }

    pub(super) fn insert(&mut self, key: u64) {
        let (word, bits) = self.place(key);
        self.words[word] |= bits;
    }

    #[inline]
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let (word, bits) = self.place(key);
        self.words[word] & bits == bits
    }

    /// The word of a key and its bits there.
    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let hash = spread(key);
        ((hash >> self.shift) as usize, 1 << (hash >> 40 & 63) | 1 << (hash >> 34 & 63))
    }
}

/// Mixes a key so that its upper bits depend on all of it. Keys come from packs, so that nobody
/// can choose them to collide.
#[inline]
fn spread(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A quick hash for keys from packs.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for at in (0..bytes.len()).step_by(8) {
            self.write_u64(eight_at(bytes, at));
        }
    }
    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }
    #[inline]
    fn write_u64(&mut self, key: u64) {
        self.0 = spread(self.0.rotate_left(23) ^ key);
    }
}

/// The first `len` bytes of eight, at least one.
#[inline]
pub(super) fn first_bytes(eight: u64, len: usize) -> u64 {
    eight & (u64::MAX >> (64 - 8 * len))
}

/// Eight bytes of the text from `at` on, zero beyond its end.
#[inline]
pub(super) fn eight_at(text: &[u8], at: usize) -> u64 {
    if let Some(bytes) = text.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()) {
        return u64::from_le_bytes(bytes);
    }
    let mut bytes = [0; 8];
    let rest = &text[at..];
    bytes[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(bytes)
}
