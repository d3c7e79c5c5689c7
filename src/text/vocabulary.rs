//! Distinct words, numbered in the order they are met.

use std::hash::{BuildHasher, RandomState};

/// Distinct words, each with its number.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// All words, one after the other.
    text: String,
    entries: Vec<Entry>,
    /// Number of each word plus one, at its hash or behind; 0 where there is none.
    slots: Vec<u32>,
    /// What hashes are multiplied by. Drawn anew each time, so that nobody can write a page whose
    /// words all come to stand behind each other; numbers do not depend on it.
    factor: u64,
}

/// A word.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    /// Where it ends in the text of all.
    end: u32,
    /// How often it was met.
    count: u32,
}

/// Most words that room is made for before any is read, in slots.
const MAX_ROOM: usize = 1 << 14;

impl Vocabulary {
    /// No words yet, and room for the distinct ones among so many.
    pub(super) fn new(words: usize) -> Self {
        // A third of the words of a text are distinct, and at most half of the slots are taken.
        let slots = words.next_power_of_two().clamp(256, MAX_ROOM);
        Self {
            text: String::with_capacity(slots * 2),
            entries: Vec::with_capacity(slots / 2 + 1),
            slots: vec![0; slots],
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
            let entry = &mut self.entries[number as usize];
            if entry.hash == hash {
                entry.count += 1;
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
        let number = self.entries.len() as u32;
        self.entries.push(Entry { hash, end: self.text.len() as u32, count: 1 });
        self.slots[slot] = number + 1;
        if self.entries.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 4];
            for (number, entry) in (1..).zip(&self.entries) {
                let mut slot = self.home(entry.hash);
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
        self.entries.len()
    }

    /// Of each word in the order of their numbers, whether it holds a text that is not empty; of
    /// none where there is no such word.
    pub(super) fn holding(&self, part: &str) -> Option<Vec<bool>> {
        let finder = memchr::memmem::Finder::new(part);
        let mut holding: Option<Vec<bool>> = None;
        let mut from = 0;
        // All words are searched at once; what lies across the end of one is none of theirs.
        while let Some(at) = finder.find(&self.text.as_bytes()[from..]) {
            let at = from + at;
            let word = self.entries.partition_point(|entry| entry.end as usize <= at);
            let Some(entry) = self.entries.get(word) else { break };
            from = entry.end as usize;
            if at + part.len() <= from {
                holding.get_or_insert_with(|| vec![false; self.entries.len()])[word] = true;
            }
        }
        holding
    }

    /// The words in the order of their numbers.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.entries.iter().map(move |entry| {
            let end = entry.end as usize;
            let word = &self.text[start..end];
            start = end;
            word
        })
    }

    /// How often each was met, in the same order.
    pub(super) fn counts(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().map(|entry| entry.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_while_the_table_grows() {
        let mut vocabulary = Vocabulary::new(0);
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
        assert!(vocabulary.counts().all(|count| count == 2));
        let holding = vocabulary.holding("99").expect("there are some");
        assert!(words.iter().zip(holding).all(|(word, holds)| word.contains("99") == holds));
        // Only across the end of a word.
        assert_eq!(vocabulary.holding("1w2"), None);
    }
}
