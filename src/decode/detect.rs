//! Which encoding the bytes themselves speak for.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, DecoderResult, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_16BE, UTF_16LE,
    WINDOWS_1252,
};

use crate::decode::Form;

/// UTF-16 or UTF-32 without a byte order mark, told by where the NUL bytes of ASCII characters
/// stand and by the text they make.
pub(super) fn wide(bytes: &[u8]) -> Option<Form> {
    let head = &bytes[..bytes.len().min(4096) & !3];
    memchr::memchr(0, head)?;
    let mut nul = [0usize; 4];
    for (index, _) in head.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        nul[index % 4] += 1;
    }
    let units = head.len() / 4;
    // All three upper bytes of a character below U+0100 are NUL, and most of any script's third.
    if nul[3] == units && nul[2] * 10 > units * 9 && nul[0] * 10 < units {
        return Some(Form::Utf32 { big_endian: false });
    }
    if nul[0] == units && nul[1] * 10 > units * 9 && nul[3] * 10 < units {
        return Some(Form::Utf32 { big_endian: true });
    }
    let (even, odd) = (nul[0] + nul[2], nul[1] + nul[3]);
    let pairs = units * 2;
    let encoding = if odd * 50 > pairs && even * 20 < odd {
        UTF_16LE
    } else if even * 50 > pairs && odd * 20 < even {
        UTF_16BE
    } else {
        return None;
    };
    let text = encoding.decode_without_bom_handling(head).0;
    let (mut all, mut ordinary) = (0usize, 0usize);
    for char in text.chars() {
        all += 1;
        ordinary += usize::from(is_ordinary(char));
    }
    (ordinary * 20 > all * 19).then_some(Form::Standard(encoding))
}

/// Characters of living scripts, as opposed to what misread bytes turn into.
fn is_ordinary(char: char) -> bool {
    matches!(char,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{A0}'..='\u{24F}' | '\u{300}'..='\u{6FF}'
        | '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{E7F}' | '\u{1E00}'..='\u{206F}'
        | '\u{20A0}'..='\u{27BF}' | '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{FE00}'..='\u{FE0F}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{1F000}'..='\u{1FAFF}')
}

/// Whether ASCII bytes are ISO-2022-JP: they switch to a Japanese set and decode with hardly an
/// error.
pub(super) fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let switches = memchr::memchr_iter(0x1B, bytes)
        .take(64)
        .any(|at| matches!(bytes.get(at + 1..at + 3), Some(b"$B" | b"$@")));
    if !switches {
        return false;
    }
    let text = encoding_rs::ISO_2022_JP.decode_without_bom_handling(bytes).0;
    let errors = text.matches('\u{FFFD}').count();
    errors <= 1 + memchr::memchr_iter(0x1B, bytes).count() / 50
}

/// Whether bytes that are not UTF-8 are so but for some damage: three quarters of the
/// bytes beyond ASCII lie in well-formed sequences. In legacy encodings such sequences come about
/// by chance only.
pub(super) fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > 3 * bad
}

/// Bytes beyond ASCII with what stands around them, at most [`SAMPLE`] bytes of it.
///
/// A page may have 20 KB of ASCII before its first other byte and as much between the next, so
/// that no fixed window would do.
pub(super) struct Sample {
    bytes: Vec<u8>,
}

/// Length of a sample, in bytes. chardetng reads 36 MB/s, so it must not see whole pages.
const SAMPLE: usize = 32 * 1024;
/// ASCII bytes kept beside others.
const AROUND: usize = 24;

impl Sample {
    /// Takes the sample.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut sample = Vec::with_capacity(SAMPLE.min(bytes.len()));
        let mut at = 0;
        let mut taken = 0;
        while sample.len() < SAMPLE {
            let Some(next) = bytes[at..].iter().position(|byte| !byte.is_ascii()) else { break };
            let start = at + next;
            // ASCII bytes before are whole characters, so the cut is one too.
            let from = start.saturating_sub(AROUND).max(taken);
            if from > taken {
                sample.push(b'\n');
            }
            // ASCII bytes can be trails; a run of them longer than any trail ends the piece.
            let mut end = start;
            let mut ascii = 0;
            while end < bytes.len() && ascii < AROUND && end - from < SAMPLE {
                ascii = if bytes[end].is_ascii() { ascii + 1 } else { 0 };
                end += 1;
            }
            sample.extend_from_slice(&bytes[from..end]);
            at = end;
            taken = end;
        }
        Self { bytes: sample }
    }

    /// The encoding that statistics speak for.
    pub(super) fn guess(&self) -> Option<&'static Encoding> {
        if self.bytes.is_empty() {
            return None;
        }
        let mut guess = self.detect(true);
        // The sample, or the page itself, may end inside a character: then the right encoding is
        // the one without an error but for the end.
        if !is_east_asian(guess) && !self.bytes[self.bytes.len().saturating_sub(3)..].is_ascii() {
            let cut = self.detect(false);
            if is_east_asian(cut) && self.common_share(cut) >= 0.4 {
                guess = cut;
            }
        }
        // A few accented letters before ASCII ones can look like characters of Big5 or GBK, but
        // hardly ever like common ones.
        let chance = [BIG5, GBK, EUC_KR].contains(&guess) && self.common_share(guess) < 0.4;
        (!chance).then_some(guess)
    }

    fn detect(&self, is_whole: bool) -> &'static Encoding {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&self.bytes, is_whole);
        detector.guess(None, Utf8Detection::Deny)
    }

    /// Whether the bytes can be what a declaration names.
    pub(super) fn agrees_with(&self, named: &'static Encoding) -> bool {
        let errors = self.errors(named);
        let high = self.bytes.iter().filter(|byte| !byte.is_ascii()).count();
        if is_east_asian(named) {
            // A damaged page of the declared encoding has few errors and common characters;
            // read in another encoding, it has errors or rare characters.
            if errors * 20 <= high && self.common_share(named) >= 0.6 {
                return true;
            }
            return self.guess().is_none_or(|guess| {
                guess == named
                    || self.errors(guess) * 2 > errors.max(1)
                    || is_east_asian(guess)
                        && self.common_share(guess) < self.common_share(named) + 0.3
            });
        }
        if errors * 20 > high {
            return false;
        }
        // No byte is an error in most one-byte encodings, so a wrong declaration shows only in
        // the text: East Asian characters, regular in their own encoding.
        if named == WINDOWS_1252 {
            return self.guess().is_none_or(|guess| {
                let asian = is_east_asian(guess) && self.errors(guess) == 0 && high >= 16;
                let letters = is_foreign_letters(guess) && high * 3 > self.bytes.len();
                !asian && !letters
            });
        }
        true
    }

    /// Share of the characters beyond ASCII that are common ones of an East Asian encoding, from
    /// 0 to one. These encodings list their characters by frequency: punctuation and kana come first,
    /// then the first level of Han characters or the hangul.
    fn common_share(&self, encoding: &'static Encoding) -> f64 {
        let (mut all, mut common) = (0usize, 0usize);
        let mut at = 0;
        while at < self.bytes.len() {
            let lead = self.bytes[at];
            if lead.is_ascii() {
                at += 1;
                continue;
            }
            let trail = self.bytes.get(at + 1).copied().unwrap_or(0);
            let halfwidth = encoding == SHIFT_JIS && (0xA1..=0xDF).contains(&lead);
            // GB18030 writes rare characters in four bytes.
            let is_long = [GBK, GB18030].contains(&encoding) && trail.is_ascii_digit();
            at += match (halfwidth, is_long) {
                (true, _) => 1,
                (_, true) => 4,
                _ => 2,
            };
            all += 1;
            let is_common = match encoding.name() {
                "Big5" => matches!(lead, 0xA1..=0xC6),
                "Shift_JIS" => matches!(lead, 0x81..=0x83 | 0x88..=0x98),
                "EUC-JP" => trail >= 0xA1 && matches!(lead, 0xA1..=0xA5 | 0xB0..=0xCF),
                "EUC-KR" => trail >= 0xA1 && matches!(lead, 0xA1..=0xA3 | 0xB0..=0xC8),
                _ => trail >= 0xA1 && matches!(lead, 0xA1..=0xA3 | 0xB0..=0xD7),
            };
            common += usize::from(is_common);
        }
        if all == 0 { 0.0 } else { common as f64 / all as f64 }
    }

    fn errors(&self, encoding: &'static Encoding) -> usize {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut out = vec![0u8; 4096];
        let (mut at, mut errors) = (0, 0);
        loop {
            let (result, read, _) =
                decoder.decode_to_utf8_without_replacement(&self.bytes[at..], &mut out, false);
            at += read;
            match result {
                DecoderResult::InputEmpty => return errors,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => errors += 1,
            }
        }
    }
}

fn is_east_asian(encoding: &'static Encoding) -> bool {
    [GBK, GB18030, BIG5, EUC_KR, EUC_JP, SHIFT_JIS].contains(&encoding)
}

/// Encodings whose every letter beyond ASCII is of another script than Latin.
fn is_foreign_letters(encoding: &'static Encoding) -> bool {
    [
        "windows-1251",
        "KOI8-R",
        "KOI8-U",
        "windows-1253",
        "windows-1255",
        "windows-1256",
        "windows-874",
    ]
    .contains(&encoding.name())
}
