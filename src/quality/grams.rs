//! Repetition of words, n-grams, lines and paragraphs.

use std::collections::{HashMap, HashSet};

/// Words as numbers, equal for equal words, with their lengths in characters.
#[derive(Debug, Default)]
pub(super) struct Numbered {
    ids: Vec<u32>,
    lengths: Vec<u32>,
}

impl Numbered {
    pub(super) fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut numbered = Self::default();
        for word in words {
            let next = known.len() as u32;
            numbered.ids.push(*known.entry(word).or_insert(next));
            numbered.lengths.push(word.chars().count() as u32);
        }
        numbered
    }

    /// Characters of all words.
    pub(super) fn chars(&self) -> usize {
        self.lengths.iter().map(|&length| length as usize).sum()
    }

    /// How often each different word occurs, in order of first occurrence.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = Vec::new();
        for &id in &self.ids {
            if id as usize == counts.len() {
                counts.push(0);
            }
            counts[id as usize] += 1;
        }
        counts
    }

    fn chars_in(&self, at: usize, n: usize) -> usize {
        self.lengths[at..at + n].iter().map(|&length| length as usize).sum()
    }

    /// Characters of one copy of the most frequent n-gram, without spaces, and its copies; the
    /// first of equals. Nothing where there are fewer words.
    pub(super) fn top(&self, n: usize) -> Option<(usize, usize)> {
        // Count and first place.
        let mut counts: HashMap<&[u32], (usize, usize)> = HashMap::new();
        for (at, gram) in self.ids.windows(n).enumerate() {
            counts.entry(gram).or_insert((0, at)).0 += 1;
        }
        let best = counts.into_values().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        best.map(|(count, at)| (self.chars_in(at, n), count))
    }

    /// Characters of second and later copies of n-grams; copies that were counted do not overlap.
    pub(super) fn repeated_later(&self, n: usize) -> usize {
        let mut seen: HashSet<&[u32]> = HashSet::new();
        let (mut chars, mut at) = (0, 0);
        while let Some(gram) = self.ids.get(at..at + n) {
            if seen.insert(gram) {
                at += 1;
            } else {
                chars += self.chars_in(at, n);
                at += n;
            }
        }
        chars
    }

    /// Characters of words inside any n-gram that occurs twice or more, each word once.
    pub(super) fn repeated_all(&self, n: usize) -> usize {
        let mut counts: HashMap<&[u32], usize> = HashMap::new();
        for gram in self.ids.windows(n) {
            *counts.entry(gram).or_default() += 1;
        }
        let (mut chars, mut end) = (0, 0);
        for (at, gram) in self.ids.windows(n).enumerate() {
            if counts[gram] > 1 {
                let from = end.max(at);
                chars += self.chars_in(from, at + n - from);
                end = at + n;
            }
        }
        chars
    }
}

/// Number and characters of second and later copies.
pub(super) fn duplicates<'a>(items: impl IntoIterator<Item = &'a str>) -> (usize, usize) {
    let mut seen = HashSet::new();
    let (mut number, mut chars) = (0, 0);
    for item in items {
        if !seen.insert(item) {
            number += 1;
            chars += item.chars().count();
        }
    }
    (number, chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_is_counted_three_ways() {
        let words = Numbered::new("a bb a bb a bb c".split(' '));
        assert_eq!(words.chars(), 10);
        assert_eq!(words.counts(), [3, 3, 1]);
        assert_eq!(words.top(2), Some((3, 3)));
        assert_eq!(words.top(8), None);
        // `a bb`, `bb a`, then `a bb` and `a bb` again.
        assert_eq!(words.repeated_later(2), 6);
        assert_eq!(words.repeated_all(2), 9);
        let lines = ["x", "yy", "x", "yy", "yy"];
        assert_eq!(duplicates(lines), (3, 5));
    }
}
