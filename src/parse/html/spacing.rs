//! White space in running text: where words end, and which of it folding leaves as it is.

/// Place of the first byte from `at` on that ends a run, or the end.
pub(super) fn run_end(bytes: &[u8], at: usize, ends: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|byte| ends(*byte)).map_or(bytes.len(), |len| at + len)
}

/// Where the words end that begin at `at` and are parted by single spaces: folding white space
/// leaves them as they are. A word that does not end in an ASCII letter or sign ends the run, since
/// it may end in white space of another kind.
pub(super) fn words_end(bytes: &[u8], at: usize) -> usize {
    let mut from = at + 8 * plain_groups(&bytes[at..]);
    // A space may end the last of them.
    from -= usize::from(from > at && bytes[from - 1] == b' ');
    for (offset, byte) in bytes[from..].iter().enumerate() {
        if !byte.is_ascii_whitespace() {
            continue;
        }
        let end = from + offset;
        let parts = *byte == b' '
            && bytes[end - 1].is_ascii_graphic()
            && bytes.get(end + 1).is_some_and(|next| !next.is_ascii_whitespace());
        if !parts {
            return end;
        }
    }
    bytes.len()
}

/// Number of groups of eight bytes at the beginning in which all white space is a space after an
/// ASCII letter or sign. Nearly all text is made of such groups, and need not be read by bytes.
fn plain_groups(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    const LOW: u64 = 0x7f * EACH;
    /// What cannot stand before a space, of the last group: in its last byte.
    const LAST: u32 = 56;
    let mut before = 0;
    let plain = |group: &&[u8; 8]| {
        let group = u64::from_le_bytes(**group);
        // The highest bit of each byte tells.
        let spaces = !((((group ^ (0x20 * EACH)) & LOW) + LOW) | group) & HIGH;
        let controls = !(group | (group << 1) | (group << 2)) & HIGH;
        let beyond_ascii = (group | ((group & LOW) + EACH)) & HIGH;
        let no_word = spaces | beyond_ascii;
        let misplaced = spaces & ((no_word << 8) | before);
        before = no_word >> LAST;
        misplaced | controls == 0
    };
    bytes.as_chunks::<8>().0.iter().take_while(plain).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same as [`words_end`], word by word.
    fn by_words(bytes: &[u8], at: usize) -> usize {
        let mut end = run_end(bytes, at, |byte| byte.is_ascii_whitespace());
        while let [b' ', next, ..] = bytes[end..]
            && !next.is_ascii_whitespace()
            && bytes[end - 1].is_ascii_graphic()
        {
            end = run_end(bytes, end + 1, |byte| byte.is_ascii_whitespace());
        }
        end
    }

    #[test]
    fn words_end_where_they_do_word_by_word() {
        let parts = ["a", "be", "tea-house", " ", " ", " ", "  ", "\n", "\t", "é", "茶", "\u{7f}"];
        let rare = ["\u{1}", "\u{a0}", "~", "!", "\u{b}", "ÿ"];
        let mut random = 1_u64;
        let mut ends = 0;
        for round in 0..4_000 {
            let mut text = "x".to_owned();
            while text.len() < round % 60 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let choice = (random >> 33) as usize;
                text.push_str(match choice % 16 {
                    0 => rare[choice / 16 % rare.len()],
                    1..=6 => "word",
                    _ => parts[choice / 16 % parts.len()],
                });
            }
            let bytes = text.as_bytes();
            let starts = (0..bytes.len()).filter(|at| !bytes[*at].is_ascii_whitespace());
            for at in starts {
                let end = words_end(bytes, at);
                assert_eq!(end, by_words(bytes, at), "{text:?} from {at}");
                ends += usize::from(end < bytes.len());
            }
        }
        assert!(ends > 10_000, "{ends}");
    }
}
