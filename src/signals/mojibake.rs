//! Text that was decoded with the wrong character set, found by undoing it.
//!
//! A run of characters outside ASCII is written back to bytes in each legacy encoding; if the
//! bytes are the UTF-8 of ordinary letters, the run was UTF-8 read as that encoding. Natural text
//! almost never passes: the bytes of its letters would have to alternate between the lead and
//! the continuation ranges of UTF-8.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

use crate::page::Zone;
use crate::signals::charsets::{self, DOUBLE, Marks, SINGLE};
use crate::signals::{Facts, Measure, Spot};
use crate::span::Span;
use crate::text::{Chars, leading_ascii};

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
/// One character of each, rarer than the others.
static RARE: LazyLock<Chars> = LazyLock::new(|| Chars::of("斤¿ї踝쏙ｿ"));
/// Fewest marks: texts about encodings show them, and rarely more often than this.
const MIN_REREAD_MARKS: usize = 6;

/// Replacement characters that were saved and read again in another encoding, per thousand
/// visible characters; 0 below six.
pub(super) fn reread_marks(facts: &Facts<'_>) -> Measure {
    let text = facts.page.visible();
    if facts.survey.is_ascii() || !facts.chars().has_any(&RARE) {
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
            && !facts.slice(block.span).is_ascii()
    });
    blocks.flat_map(|block| runs_in(facts.slice(block.span), block.span.start as usize))
}

fn runs_in(text: &str, offset: usize) -> Vec<Run> {
    let mut found = Vec::new();
    let mut run = Seen::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let ascii = leading_ascii(&bytes[at..]);
        if ascii > 0 {
            // A no-break space is a continuation byte, and parsers turn it into a space.
            if bytes[at] == b' ' && run.len > 0 && opens(run.last) {
                run.take(at, '\u{a0}');
                at += 1;
                continue;
            }
            if run.len > 0 {
                found.extend(run.close(text, offset));
            }
            at += ascii;
        }
        for c in text[at..].chars().take_while(|c| !c.is_ascii()) {
            let end = at + c.len_utf8();
            // Accented letters and dashes mostly stand alone: nothing can be told of one character.
            let next = bytes.get(end).copied().unwrap_or_default();
            if run.len > 0 || !next.is_ascii() || next == b' ' && opens(c) {
                run.take(at, c);
            }
            at = end;
            if run.len >= MAX_RUN {
                found.extend(run.close(text, offset));
            }
        }
    }
    found.extend(run.close(text, offset));
    found
}

/// Whether a character is a two-byte lead in windows-1252 that a no-break space may follow.
fn opens(c: char) -> bool {
    matches!(c, 'Â' | 'Ã')
}

/// What is seen of a run on the way: enough to tell that most runs cannot be undone.
#[derive(Default)]
struct Seen {
    start: usize,
    /// End of the last character that is no space taken for a continuation byte.
    end: usize,
    last: char,
    len: usize,
    /// Characters that a single-byte encoding has.
    known: usize,
    /// Single-byte encodings in which two neighbours are the beginning of a UTF-8 sequence.
    begun: Marks,
    before: Marks,
    /// Characters of East Asian scripts.
    wide: usize,
    /// Characters whose bytes in a double-byte encoding look like the middle of UTF-8.
    suspicious: usize,
    /// Characters outside windows-1252.
    foreign: usize,
}

impl Seen {
    fn take(&mut self, at: usize, c: char) {
        if self.len == 0 {
            self.start = at;
        }
        self.len += 1;
        self.wide += usize::from(c >= '\u{2e80}');
        self.suspicious += usize::from(c >= '\u{2000}' && charsets::is_suspicious(c));
        let marks = if charsets::is_double(c) { Marks::default() } else { charsets::marks(c) };
        self.known += usize::from(marks.is_known());
        self.begun |= self.before.begins_with(marks);
        self.before = marks;
        self.foreign += usize::from(!marks.is_western());
        self.last = c;
        if c != '\u{a0}' {
            self.end = at + c.len_utf8();
        }
    }

    /// Ends the run, and undoes it if that can be done.
    fn close(&mut self, text: &str, offset: usize) -> Option<Run> {
        let run = std::mem::take(self);
        // A space that was taken for a continuation byte is not part of the place.
        if run.len < 2 || run.end == 0 {
            return None;
        }
        let chars = || {
            let chars = text[run.start..].chars().take(run.len);
            chars.map(|c| if c == ' ' { '\u{a0}' } else { c }).collect::<Vec<char>>()
        };
        // Most runs of other scripts have next to no characters of single-byte encodings.
        let is_single = is_most(run.known, run.len) && run.begun.any();
        let is_double = run.wide >= 3 && run.suspicious >= 3 && run.suspicious * 4 >= run.wide;
        let is_legacy = run.len >= MIN_LEGACY_RUN && run.foreign == 0;
        let undone = is_single.then(|| single(&chars(), run.begun)).flatten();
        let undone = undone.or_else(|| is_double.then(|| double(&chars())).flatten());
        let undone = undone.or_else(|| is_legacy.then(|| legacy(&chars())).flatten());
        let (recovered, written, read) = undone?;
        let span = Span::new(offset + run.start, offset + run.end);
        Some(Run { span, recovered, written, read })
    }
}

/// What a run is undone to: characters recovered, encoding written, encoding read.
type Undone = (usize, &'static str, &'static str);

/// UTF-8 read as a single-byte encoding, one of those in which it has begun.
fn single(chars: &[char], begun: Marks) -> Option<Undone> {
    let bytes: Vec<[u8; SINGLE.len()]> = chars.iter().map(|&c| charsets::bytes(c)).collect();
    let mut best: Option<Undone> = None;
    for (index, encoding) in SINGLE.iter().enumerate().filter(|(index, _)| begun.has(*index)) {
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
    let mut best: Option<Undone> = None;
    for (index, encoding) in DOUBLE.iter().enumerate() {
        let mut bytes: Vec<u8> = Vec::with_capacity(chars.len() * 2);
        for &c in chars {
            match charsets::double_bytes(index, c) {
                Some((first, Some(second))) => bytes.extend([first, second]),
                Some((first, None)) => bytes.push(first),
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

/// A legacy text read as windows-1252: long runs of accented letters and symbols, which no
/// language writes, that are common letters in another encoding.
fn legacy(chars: &[char]) -> Option<Undone> {
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
    let first = charsets::double_bytes(0, c).map(|bytes| bytes.0);
    matches!(first, Some(0xb0..=0xd7)) || "，。、；：？！“”（）《》—".contains(c)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{IBM866, WINDOWS_874, WINDOWS_1250, WINDOWS_1253, WINDOWS_1256};

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
    fn every_mark_has_a_rare_character() {
        for mark in REREAD_MARKS {
            assert!(Chars::of(mark).has_any(&RARE), "{mark}");
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
