//! Questions about all bytes of a text, asked without a branch between them, so that the compiler
//! can ask them of many bytes at once. A test should hold no branch either: `|` and `&`, not `||`
//! and `&&`.

/// Bytes between two looks at the answer.
const CHUNK: usize = 128;

/// Whether any byte passes a test.
pub fn any_byte(bytes: &[u8], test: impl Fn(u8) -> bool) -> bool {
    bytes.chunks(CHUNK).any(|chunk| count(chunk, &test) > 0)
}

/// Whether any two neighbours pass a test.
pub fn any_pair(bytes: &[u8], test: impl Fn(u8, u8) -> bool) -> bool {
    let Some(next) = bytes.get(1..) else { return false };
    let chunks = bytes.chunks(CHUNK).zip(next.chunks(CHUNK));
    chunks.into_iter().any(|(a, b)| pairs_in(a, b, &test) > 0)
}

/// How many bytes pass a test.
pub fn count_bytes(bytes: &[u8], test: impl Fn(u8) -> bool) -> u32 {
    bytes.chunks(CHUNK).map(|chunk| u32::from(count(chunk, &test))).sum()
}

/// How many pairs of neighbours pass a test.
pub fn count_pairs(bytes: &[u8], test: impl Fn(u8, u8) -> bool) -> u32 {
    let Some(next) = bytes.get(1..) else { return 0 };
    let chunks = bytes.chunks(CHUNK).zip(next.chunks(CHUNK));
    chunks.map(|(a, b)| u32::from(pairs_in(a, b, &test))).sum()
}

/// A count that fits one byte: so do 128 answers.
fn count(chunk: &[u8], test: impl Fn(u8) -> bool) -> u8 {
    chunk.iter().map(|&byte| u8::from(test(byte))).sum()
}

fn pairs_in(a: &[u8], b: &[u8], test: impl Fn(u8, u8) -> bool) -> u8 {
    a.iter().zip(b).map(|(&a, &b)| u8::from(test(a, b))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_chunks() {
        for len in [0, 1, 2, 127, 128, 129, 256, 700] {
            let mut bytes = vec![b'a'; len];
            assert_eq!(count_bytes(&bytes, |b| b == b'a') as usize, len);
            assert_eq!(count_pairs(&bytes, |a, b| a == b) as usize, len.saturating_sub(1));
            assert!(!any_byte(&bytes, |b| b == b'x') && !any_pair(&bytes, |_, b| b == b'x'));
            for at in 1..len {
                bytes[at] = b'x';
                assert!(any_byte(&bytes, |b| b == b'x'));
                assert!(any_pair(&bytes, |a, b| (a == b'a') & (b == b'x')), "{at} of {len}");
                bytes[at] = b'a';
            }
        }
    }
}
