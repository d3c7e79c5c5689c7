//! Questions about all bytes of a text, asked without a branch between them, so that the compiler
//! can ask them of many bytes at once. A test should hold no branch either: `|` and `&`, not `||`
//! and `&&`.

/// Bytes between two looks at the answer.
const CHUNK: usize = 128;

/// Whether any byte passes a test.
#[inline]
pub fn any_byte(bytes: &[u8], test: impl Fn(u8) -> bool + Copy) -> bool {
    bytes.chunks(CHUNK).any(|chunk| count(chunk, test) > 0)
}

/// Whether any two neighbours pass a test.
#[inline]
pub fn any_pair(bytes: &[u8], test: impl Fn(u8, u8) -> bool + Copy) -> bool {
    let Some(next) = bytes.get(1..) else { return false };
    let mut chunks = bytes.chunks(CHUNK).zip(next.chunks(CHUNK));
    chunks.any(|(a, b)| pairs_in(a, b, test) > 0)
}

/// How many bytes pass a test.
#[inline]
pub fn count_bytes(bytes: &[u8], test: impl Fn(u8) -> bool + Copy) -> u32 {
    bytes.chunks(CHUNK).map(|chunk| u32::from(count(chunk, test))).sum()
}

/// How many pairs of neighbours pass a test.
#[inline]
pub fn count_pairs(bytes: &[u8], test: impl Fn(u8, u8) -> bool + Copy) -> u32 {
    let Some(next) = bytes.get(1..) else { return 0 };
    let chunks = bytes.chunks(CHUNK).zip(next.chunks(CHUNK));
    chunks.map(|(a, b)| u32::from(pairs_in(a, b, test))).sum()
}

/// How many bytes of ASCII a text begins with.
#[inline]
pub fn leading_ascii(bytes: &[u8]) -> usize {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut len = 0;
    while let Some(eight) = bytes.get(len..).and_then(<[u8]>::first_chunk) {
        let wide = u64::from_le_bytes(*eight) & HIGH;
        if wide != 0 {
            return len + wide.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + bytes[len..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// A count that fits one byte: so do 128 answers.
#[inline]
fn count(chunk: &[u8], test: impl Fn(u8) -> bool) -> u8 {
    let mut count = 0;
    for &byte in chunk {
        count += u8::from(test(byte));
    }
    count
}

#[inline]
fn pairs_in(a: &[u8], b: &[u8], test: impl Fn(u8, u8) -> bool) -> u8 {
    let mut count = 0;
    for (&a, &b) in a.iter().zip(b) {
        count += u8::from(test(a, b));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_ends_where_it_ends() {
        for len in 0..40 {
            let text = "a".repeat(len);
            assert_eq!(leading_ascii(text.as_bytes()), len);
            assert_eq!(leading_ascii(format!("{text}é{text}").as_bytes()), len);
        }
    }

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
                assert!(any_pair(&bytes, |_, b| b == b'x'), "{at} of {len}");
                bytes[at] = b'a';
            }
        }
    }
}
