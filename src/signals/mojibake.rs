//! Text that was decoded with the wrong character set, found by undoing it.
//!
//! A run of characters outside ASCII is written back to bytes in each legacy encoding; if the
//! bytes are the UTF-8 of ordinary letters, the run was UTF-8 read as that encoding. Natural text
//! almost never passes: the bytes of its letters would have to alternate between the lead and
//! the continuation ranges of UTF-8.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, IBM866, KOI8_R, MACINTOSH, SHIFT_JIS, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1255, WINDOWS_1256,
};

use crate::page::Zone;
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;

/// Single-byte encodings that UTF-8 is commonly misread as.
static SINGLE: [&Encoding; 10] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1253,
    WINDOWS_1255,
    WINDOWS_1256,
    WINDOWS_874,
    KOI8_R,
    MACINTOSH,
    IBM866,
];

/// Double-byte encodings that UTF-8 is commonly misread as.
static DOUBLE: [&Encoding; 5] = [GBK, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];

/// Longest run that is looked at in one piece, in characters; longer ones are cut.
const MAX_RUN: usize = 4_096;
/// Least share of a run that must decode.
const LEAST_DECODED: f64 = 0.8;
/// Characters of a legacy text read as windows-1252 that stand in a row before the run tells.
const MIN_LEGACY_RUN: usize = 6;

/// Broken sequences: each is one character that a reader sees as two or more wrong ones.
pub(super) fn sequences(facts: &Facts<'_>) -> Measure {
    let mut distinct: BTreeSet<&str> = BTreeSet::new();
    let mut total = 0usize;
    let mut spots: Vec<Spot> = Vec::new();
    for run in runs(facts) {
        total += run.recovered;
        distinct.insert(facts.slice(run.span));
        let note = format!("{} read as {}", run.written, run.read);
        match spots.last_mut() {
            // Runs that only ASCII stands between are one place.
            Some(last)
                if last.note.as_deref() == Some(&note)
                    && run.span.start.saturating_sub(last.span.end) <= 32 =>
            {
                last.span = last.span.cover(run.span);
                last.value += run.recovered as f64;
            }
            _ => spots.push(Spot::new(run.span, run.recovered as f64).noted(note)),
        }
    }
    // One broken character in a row of templates, or one odd word, says nothing.
    let longest = spots.iter().map(|spot| spot.value).fold(0.0, f64::max);
    if total < 3 || distinct.len() < 2 && longest < 3.0 {
        return Measure::of(0.0);
    }
    Measure { value: total as f64, spots }
}

/// Share of the visible letters that stand in broken runs.
pub(super) fn share(facts: &Facts<'_>) -> Measure {
    let visible = facts.page.visible_len as u32;
    let letters = facts.survey.letters;
    let spots: Vec<Spot> = runs(facts)
        .filter(|run| run.span.end <= visible)
        .map(|run| Spot::new(run.span, facts.slice(run.span).chars().count() as f64))
        .collect();
    let broken: f64 = spots.iter().map(|spot| spot.value).sum();
    // Symbols among the broken characters are no letters: the share may not pass 1.
    let all = f64::from(letters).max(broken).max(1.0);
    Measure::of(broken / all)
}

/// What the three bytes of a replacement character become in the encodings they are read in.
const REREAD_MARKS: &[&str] = &[
    "锟斤拷", // GBK, two of them in a row
    "ï¿½",    // windows-1252, windows-1254
    "пїЅ",    // windows-1251
    "嚙踝蕭", // Big5, two of them in a row
    "占쏙옙", // EUC-KR, two of them in a row
    "�ｿｽ",    // Shift_JIS
];
/// Fewest marks: texts about encodings show them, and rarely more often than this.
const MIN_REREAD_MARKS: usize = 6;

/// Replacement characters that were saved and read again in another encoding, per thousand
/// visible characters; 0 below six.
pub(super) fn reread_marks(facts: &Facts<'_>) -> Measure {
    let text = facts.page.visible();
    if facts.survey.is_ascii() {
        return Measure::of(0.0);
    }
    let mut spots: Vec<Spot> = Vec::new();
    for mark in REREAD_MARKS {
        for at in memchr::memmem::find_iter(text.as_bytes(), mark) {
            spots.push(Spot::new(Span::new(at, at + mark.len()), 1.0));
        }
    }
    if spots.len() < MIN_REREAD_MARKS {
        return Measure::of(0.0);
    }
    spots.sort_by_key(|spot| spot.span);
    let value = spots.len() as f64 * 1_000.0 / text.chars().count() as f64;
    Measure { value, spots }
}

/// A run that decodes.
struct Run {
    span: Span,
    recovered: usize,
    written: &'static str,
    read: &'static str,
}

/// All runs of the text that readers and search engines see, code and scripts aside.
fn runs<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = Run> + 'a {
    let blocks = facts.page.blocks.iter().filter(|block| {
        !matches!(block.zone, Zone::Code | Zone::Script | Zone::Comment | Zone::Url)
    });
    blocks.flat_map(|block| {
        let text = facts.slice(block.span);
        if text.is_ascii() { Vec::new() } else { runs_in(text, block.span.start as usize) }
    })
}

fn runs_in(text: &str, offset: usize) -> Vec<Run> {
    let mut found = Vec::new();
    let mut run: Vec<(usize, char)> = Vec::new();
    for (at, c) in text.char_indices() {
        if c.is_ascii() {
            if run.is_empty() {
                continue;
            }
            // A no-break space is a continuation byte, and parsers turn it into a space.
            let gap = c == ' ' && run.last().is_some_and(|&(_, before)| opens(before));
            if gap {
                run.push((at, '\u{a0}'));
            } else {
                close(&mut run, offset, &mut found);
            }
        } else {
            run.push((at, c));
            if run.len() >= MAX_RUN {
                close(&mut run, offset, &mut found);
            }
        }
    }
    close(&mut run, offset, &mut found);
    found
}

/// Whether a character is a two-byte lead in windows-1252 that a no-break space may follow.
fn opens(c: char) -> bool {
    matches!(c, 'Â' | 'Ã')
}

fn close(run: &mut Vec<(usize, char)>, offset: usize, found: &mut Vec<Run>) {
    // Accented letters and dashes stand alone: nothing can be told of one character.
    if run.len() >= 2
        && let Some(undone) = undo(run)
        // A space that was taken for a continuation byte is not part of the place.
        && let Some(&(last, c)) = run.iter().rfind(|pair| pair.1 != '\u{a0}')
    {
        let (recovered, written, read) = undone;
        let span = Span::new(offset + run[0].0, offset + last + c.len_utf8());
        found.push(Run { span, recovered, written, read });
    }
    run.clear();
}

fn undo(run: &[(usize, char)]) -> Option<Undone> {
    let chars: Vec<char> = run.iter().map(|pair| pair.1).collect();
    single(&chars).or_else(|| double(&chars)).or_else(|| legacy(&chars))
}

/// What a run is undone to: characters recovered, encoding written, encoding read.
type Undone = (usize, &'static str, &'static str);

/// The byte of a character in each single-byte encoding; 0 where it has none.
type Bytes = [u8; SINGLE.len()];

/// Bytes of the characters that any single-byte encoding has.
struct Singles {
    /// By the upper bits of a character, the row of 64 characters it stands in; 0 for none.
    rows: Vec<u8>,
    bytes: Vec<[Bytes; 64]>,
}

impl Singles {
    fn new() -> Self {
        let mut singles = Self { rows: vec![0; 1 << 10], bytes: Vec::new() };
        for (index, encoding) in SINGLE.iter().enumerate() {
            for byte in 0x80..=0xffu8 {
                let bytes = [byte];
                let (decoded, _) = encoding.decode_without_bom_handling(&bytes);
                for c in decoded.chars().filter(|&c| c != '\u{fffd}') {
                    singles.set(c, index, byte);
                }
                // Latin-1 proper maps every byte to the character of the same number.
                if index == 0 {
                    singles.set(char::from(byte), 0, byte);
                }
            }
        }
        singles
    }

    fn set(&mut self, c: char, index: usize, byte: u8) {
        let Some(row) = self.rows.get_mut(c as usize >> 6) else { return };
        if *row == 0 {
            self.bytes.push([Bytes::default(); 64]);
            *row = self.bytes.len() as u8;
        }
        self.bytes[usize::from(*row) - 1][c as usize & 63][index] = byte;
    }

    /// 0xff stands for a byte that was lost: it passes for any continuation byte.
    fn of(&self, c: char) -> Bytes {
        if c == '\u{fffd}' {
            return [0xff; SINGLE.len()];
        }
        match self.rows.get(c as usize >> 6) {
            Some(&row) if row > 0 => self.bytes[usize::from(row) - 1][c as usize & 63],
            _ => Bytes::default(),
        }
    }
}

/// UTF-8 read as a single-byte encoding.
fn single(chars: &[char]) -> Option<Undone> {
    static SINGLES: LazyLock<Singles> = LazyLock::new(Singles::new);
    if chars.len() < 2 {
        return None;
    }
    // Most runs of other scripts have next to no such characters.
    let known = chars.iter().filter(|&&c| SINGLES.of(c) != Bytes::default()).count();
    if !is_most(known, chars.len()) {
        return None;
    }
    let bytes: Vec<Bytes> = chars.iter().map(|&c| SINGLES.of(c)).collect();
    let mut best: Option<Undone> = None;
    for (index, encoding) in SINGLE.iter().enumerate() {
        let column = |at: usize| bytes.get(at).map(|row| row[index]);
        let Some(count) = utf8_of_letters(chars.len(), column) else { continue };
        // A letter and a symbol may stand together in a script of their own; two pairs do not.
        let western = matches!(index, 0 | 1 | 8);
        if (western || count >= 2) && best.is_none_or(|best| count > best.0) {
            best = Some((count, "UTF-8", encoding.name()));
        }
    }
    best
}

/// Whether enough of a run was decoded.
fn is_most(decoded: usize, all: usize) -> bool {
    decoded as f64 >= LEAST_DECODED * all as f64
}

/// Characters a byte string is the UTF-8 of, if most of it is that of ordinary letters and
/// punctuation of one script. `byte` tells the byte at a place, `None` from `len` on.
fn utf8_of_letters(len: usize, byte: impl Fn(usize) -> Option<u8>) -> Option<usize> {
    let (mut at, mut consumed, mut count) = (0, 0, 0);
    let mut certain = false;
    while let Some(lead) = byte(at) {
        let more = match lead {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => {
                at += 1;
                continue;
            }
        };
        if at + more >= len {
            break;
        }
        let mut sequence = [lead, 0, 0, 0];
        let mut lost = false;
        for (place, unit) in sequence[1..=more].iter_mut().enumerate() {
            *unit = byte(at + 1 + place).unwrap_or(0);
            if *unit == 0xff {
                (*unit, lost) = (0x80, true);
            }
        }
        let decoded = std::str::from_utf8(&sequence[..=more]).ok();
        match decoded.and_then(|text| text.chars().next()) {
            Some(c) if lost || is_ordinary(c) => {
                consumed += 1 + more;
                count += 1;
                certain |= !lost;
                at += 1 + more;
            }
            _ => at += 1,
        }
    }
    (certain && is_most(consumed, len)).then_some(count)
}

/// Characters texts are made of; rare blocks are what chance decodes to.
fn is_ordinary(c: char) -> bool {
    matches!(c,
        '\u{a0}'..='\u{17f}' | '\u{1a0}' | '\u{1a1}' | '\u{1af}' | '\u{1b0}' | '\u{218}'..='\u{21b}'
        | '\u{386}'..='\u{3ce}' | '\u{401}'..='\u{45f}' | '\u{490}' | '\u{491}'
        | '\u{5d0}'..='\u{5ea}' | '\u{60c}'..='\u{66f}' | '\u{67e}'..='\u{6cc}'
        | '\u{901}'..='\u{97f}' | '\u{981}'..='\u{9ff}' | '\u{e01}'..='\u{e5b}' | '\u{10d0}'..='\u{10ff}'
        | '\u{1ea0}'..='\u{1ef9}' | '\u{2010}'..='\u{2044}' | '\u{20ac}' | '\u{2122}'
        | '\u{2190}'..='\u{2193}' | '\u{3001}'..='\u{3011}' | '\u{3041}'..='\u{30ff}'
        | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff1f}'
        | '\u{fe0f}' | '\u{1f300}'..='\u{1faff}')
}

/// UTF-8 read as a double-byte encoding: characters that are rare in the language it stands for.
fn double(chars: &[char]) -> Option<Undone> {
    /// Characters whose two bytes look like the middle of a UTF-8 sequence, in any of the
    /// encodings: a bit each from U+2000 on.
    static SUSPICIOUS: LazyLock<Vec<bool>> = LazyLock::new(|| {
        let mut bits = vec![false; 0xe000];
        for encoding in DOUBLE {
            for lead in 0xe2..=0xefu8 {
                for trail in 0x80..=0xbfu8 {
                    let bytes = [lead, trail];
                    let (decoded, errors) = encoding.decode_without_bom_handling(&bytes);
                    let mut decoded = decoded.chars();
                    if let (false, Some(c), None) = (errors, decoded.next(), decoded.next())
                        && let Some(bit) = bits.get_mut(c as usize)
                    {
                        *bit = true;
                    }
                }
            }
        }
        bits
    });
    let wide = chars.iter().filter(|&&c| c >= '\u{2e80}').count();
    if wide < 3 {
        return None;
    }
    let suspicious =
        chars.iter().filter(|&&c| SUSPICIOUS.get(c as usize).copied().unwrap_or(false)).count();
    if suspicious < 3 || suspicious * 4 < wide {
        return None;
    }
    let mut best: Option<Undone> = None;
    for (index, encoding) in DOUBLE.iter().enumerate() {
        let table = inverse(index);
        let mut bytes: Vec<u8> = Vec::with_capacity(chars.len() * 2);
        for c in chars {
            match table.get(c) {
                Some(&(first, Some(second))) => bytes.extend([first, second]),
                Some(&(first, None)) => bytes.push(first),
                // A byte that stands alone at the end of a run was replaced.
                None => bytes.push(0xff),
            }
        }
        if let Some(count) = utf8_of_letters(bytes.len(), |at| bytes.get(at).copied())
            && count >= 2
            && best.is_none_or(|best| count > best.0)
        {
            best = Some((count, "UTF-8", encoding.name()));
        }
    }
    best
}

type Inverse = HashMap<char, (u8, Option<u8>)>;

/// From characters to bytes, by decoding all pairs once: the encoder itself searches its tables
/// from end to end.
fn inverse(index: usize) -> &'static Inverse {
    static TABLES: [LazyLock<Inverse>; DOUBLE.len()] = [
        LazyLock::new(|| inverted(DOUBLE[0])),
        LazyLock::new(|| inverted(DOUBLE[1])),
        LazyLock::new(|| inverted(DOUBLE[2])),
        LazyLock::new(|| inverted(DOUBLE[3])),
        LazyLock::new(|| inverted(DOUBLE[4])),
    ];
    &TABLES[index]
}

fn inverted(encoding: &'static Encoding) -> Inverse {
    let mut table = Inverse::new();
    let mut learn = |bytes: &[u8]| {
        let (decoded, errors) = encoding.decode_without_bom_handling(bytes);
        let mut decoded = decoded.chars();
        if let (false, Some(c), None) = (errors, decoded.next(), decoded.next()) {
            table.entry(c).or_insert((bytes[0], bytes.get(1).copied()));
        }
    };
    for lead in 0x80..=0xffu8 {
        learn(&[lead]);
        for trail in 0x40..=0xfeu8 {
            learn(&[lead, trail]);
        }
    }
    table
}

/// A legacy text read as windows-1252: long runs of accented letters and symbols, which no
/// language writes, that are common letters in another encoding.
fn legacy(chars: &[char]) -> Option<Undone> {
    if chars.len() < MIN_LEGACY_RUN {
        return None;
    }
    let narrow =
        |c: &char| ('\u{80}'..='\u{ff}').contains(c) || "Œœ€Šš™Žž…†‡‰‹›‘’“”•–—ƒ„‚ˆ˜Ÿ".contains(*c);
    if !chars.iter().all(narrow) {
        return None;
    }
    let text: String = chars.iter().collect();
    let (bytes, _, lost) = WINDOWS_1252.encode(&text);
    if lost {
        return None;
    }
    let share = |encoding: &'static Encoding, common: fn(char) -> bool| {
        let (decoded, errors) = encoding.decode_without_bom_handling(&bytes);
        let all = decoded.chars().count();
        let good = decoded.chars().filter(|&c| common(c)).count();
        (!errors && good * 10 >= all * 9).then_some((all, encoding.name(), WINDOWS_1252.name()))
    };
    let russian = |c: char| ('а'..='я').contains(&c);
    share(WINDOWS_1251, russian)
        .or_else(|| share(KOI8_R, russian))
        .or_else(|| share(GBK, is_common_han))
        .or_else(|| share(EUC_KR, |c| ('가'..='힣').contains(&c)))
        .or_else(|| share(SHIFT_JIS, |c| ('\u{3041}'..='\u{30ff}').contains(&c)))
        .or_else(|| share(BIG5, |c| ('\u{4e00}'..='\u{9fa5}').contains(&c)))
}

/// Han characters of the first level of GB 2312, those in daily use, and Chinese punctuation.
fn is_common_han(c: char) -> bool {
    let first = inverse(0).get(&c).map(|bytes| bytes.0);
    matches!(first, Some(0xb0..=0xd7)) || "，。、；：？！“”（）《》—".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a wrong decoder makes of a text.
    fn misread(text: &str, written: &'static Encoding, read: &'static Encoding) -> String {
        let (bytes, _, _) = written.encode(text);
        read.decode_without_bom_handling(&bytes).0.into_owned()
    }

    fn recovered(text: &str) -> usize {
        runs_in(text, 0).iter().map(|run| run.recovered).sum()
    }

    #[test]
    fn every_common_pair_is_undone() {
        use encoding_rs::UTF_8;
        for (text, read) in [
            ("Der Bäcker öffnet früh – täglich", WINDOWS_1252),
            ("数据库的设计与实现方法", WINDOWS_1252),
            ("Пекарь открывает лавку", WINDOWS_1252),
            ("Пекарь открывает лавку", WINDOWS_1251),
            ("Пекарь открывает лавку", KOI8_R),
            ("Пекарь открывает лавку", IBM866),
            ("Οι άνθρωποι περιμένουν", WINDOWS_1253),
            ("الناس ينتظرون", WINDOWS_1256),
            ("ร้านขนมปังเปิดทุกเช้า", WINDOWS_874),
            ("Příliš žluťoučký kůň", WINDOWS_1250),
            ("数据库的设计与实现方法", GBK),
            ("この記事では非同期処理", SHIFT_JIS),
        ] {
            let broken = misread(text, UTF_8, read);
            assert!(recovered(&broken) >= 3, "{} as {broken}", read.name());
            assert_eq!(recovered(text), 0, "{text}");
        }
    }

    #[test]
    fn legacy_texts_are_undone() {
        for (text, written) in [
            ("数据库的设计与实现方法", GBK),
            ("пекарь открывает лавку", WINDOWS_1251),
            ("안녕하세요여러분", EUC_KR),
        ] {
            let broken = misread(text, written, WINDOWS_1252);
            assert!(recovered(&broken) >= 3, "{} as {broken}", written.name());
        }
    }

    #[test]
    fn natural_texts_are_left_alone() {
        for text in [
            "«CAFÉ» coûte 3 €, déjà vu à l’Île-d’Yeu — NÃO É «SÃO»",
            "Він прийшов «Після» обіду. Ці «Мої» дні № 5 — «Є»",
            "เธอเธอเธอ",
            "联通公司的数据库，設計與實現，鐵路與鈔票",
            "Größe Übermaß Äöüß, »Ä« und »Ü«",
            "Τα «Νέα» της Αθήνας",
        ] {
            assert_eq!(recovered(text), 0, "{text}");
        }
    }
}
