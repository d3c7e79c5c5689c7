//! Which texts of a payload say the same: a payload often carries an article as Markdown and
//! again as HTML, or once per component that shows it.

use std::collections::HashSet;

/// Characters in a fingerprinted piece.
const PIECE: usize = 12;
/// One piece of so many is kept.
const KEPT: u64 = 4;
/// Base of the rolling hash.
const BASE: u64 = 0x0100_0000_01B3;

/// Fingerprints of the texts so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pieces: HashSet<u64>,
}

impl Seen {
    /// Whether most of a text was there before; if not, it now is. Only letters and digits
    /// count, so that markup makes no difference.
    pub(super) fn is_repeat(&mut self, text: &str) -> bool {
        let pieces = fingerprints(text);
        let known = pieces.iter().filter(|piece| self.pieces.contains(piece)).count();
        if pieces.len() >= 3 && known * 5 > pieces.len() * 3 {
            return true;
        }
        self.pieces.extend(pieces);
        false
    }
}

fn fingerprints(text: &str) -> Vec<u64> {
    let mut window = [0u64; PIECE];
    let oldest_weight = (1..PIECE).fold(1u64, |weight, _| weight.wrapping_mul(BASE));
    let mut hash = 0u64;
    let mut found = Vec::new();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    for (count, char) in letters.enumerate() {
        let oldest = &mut window[count % PIECE];
        let gone = oldest.wrapping_mul(oldest_weight);
        *oldest = u64::from(u32::from(char)) + 1;
        hash = hash.wrapping_sub(gone).wrapping_mul(BASE).wrapping_add(*oldest);
        // The low bits of a rolling hash are poor: mix before choosing.
        let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        if count + 1 >= PIECE && (mixed >> 40).is_multiple_of(KEPT) {
            found.push(mixed);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_in_other_markup_are_a_repeat() {
        let mut seen = Seen::default();
        let text = "The kettle whistles, the leaves unfold, and the cup is warm in both hands. \
                    Nobody speaks before the second pour of the evening.";
        assert!(!seen.is_repeat(text));
        assert!(seen.is_repeat(&text.replace(", ", "</b>, <b>").to_uppercase()));
        assert!(!seen.is_repeat(
            "Quite another sentence about bicycles and the rain in October, \
                                 which nobody had written down before today."
        ));
        assert!(!seen.is_repeat("short"));
    }
}
