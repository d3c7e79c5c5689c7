//! Distinct words, numbered in the order they are met.

use std::hash::{BuildHasher, RandomState};

/// Distinct words, each with its number.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// All words, one after the other.
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
    hashes: Vec<u64>,
    /// Number of each word plus one, at its hash or behind; 0 where there is none.
    slots: Vec<u32>,
    /// What hashes are multiplied by. Drawn anew each time, so that nobody can write a page whose
    /// words all come to stand behind each other; numbers do not depend on it.
    factor: u64,
}

impl Vocabulary {
    /// No words yet.
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            ends: Vec::new(),
            hashes: Vec::new(),
            slots: vec![0; 256],
            factor: RandomState::new().hash_one(0) | 1,
        }
    }

    /// The hash of a word as far as it was read, by eight bytes at a time. Words of up to eight
    /// bytes never share one.
    #[inline]
    pub(super) fn hash(&self, state: u64, bytes: u64) -> u64 {
        (state.rotate_left(5) ^ bytes).wrapping_mul(self.factor)
    }

    /// The number of the word with a hash; `add` writes the word where it is new.
    #[inline]
    pub(super) fn number(&mut self, hash: u64, add: impl FnOnce(&mut String)) -> u32 {
        let mut slot = self.home(hash);
        while let Some(number) = self.slots[slot].checked_sub(1) {
            if self.hashes[number as usize] == hash {
                return number;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        add(&mut self.text);
        self.add(hash, slot)
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    fn add(&mut self, hash: u64, slot: usize) -> u32 {
        let number = self.hashes.len() as u32;
        self.ends.push(self.text.len() as u32);
        self.hashes.push(hash);
        self.slots[slot] = number + 1;
        if self.hashes.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 4];
            for (number, hash) in (1..).zip(&self.hashes) {
                let mut slot = self.home(*hash);
                while self.slots[slot] != 0 {
                    slot = (slot + 1) & (self.slots.len() - 1);
                }
                self.slots[slot] = number;
            }
        }
        number
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The words in the order of their numbers.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let word = &self.text[start..end as usize];
            start = end as usize;
            word
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_while_the_table_grows() {
        let mut vocabulary = Vocabulary::new();
        let words: Vec<String> = (0..5_000).map(|number| format!("w{number}")).collect();
        for _ in 0..2 {
            for (number, word) in (0..).zip(&words) {
                let hash = word.bytes().fold(0, |state, byte| vocabulary.hash(state, byte.into()));
                let found = vocabulary.number(hash, |text| text.push_str(word));
                assert_eq!(found, number);
            }
        }
        assert_eq!(vocabulary.len(), words.len());
        assert!(vocabulary.words().eq(words.iter().map(String::as_str)));
    }
}
