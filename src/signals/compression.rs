//! How well the visible text can be packed, as a measure of repetition.

use crate::page::Zone;
use crate::signals::repetition::lengths;
use crate::signals::{Facts, Line, Measure};

/// Characters of the visible text that are compressed.
const COMPRESS_CHARS: usize = 65_536;
/// Fewest characters for a statement.
const MIN_COMPRESS_CHARS: usize = 2_000;

/// Bytes of a run that is taken for a repeat.
const GRAM: usize = 8;
/// Least bits a byte outside such runs takes, whether as a letter or in a shorter run. With
/// [`RUN_BITS`] the bound is 1.7 times the value or more on all labelled pages that compress to a
/// fourth or better.
const BYTE_BITS: f64 = 3.0;
/// Least bits a run takes: its length and the way back to where it stood.
const RUN_BITS: f64 = 16.0;

/// Least bits that a word takes that does not stand behind the word it stood behind before. With it
/// the bound is 1.7 times the value or more, too, on all labelled pages that compress to a third.
const WORD_BITS: f64 = 14.0;

/// Characters that are written as one byte each, the most frequent ones.
const SHORT_CODES: u32 = 192;

/// Lines that are compressed.
fn compressed<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = (usize, &'a Line)> {
    let lines = facts.lines.iter().enumerate().filter(|(_, line)| line.zone != Zone::Code);
    let mut taken = 0;
    lines.take_while(move |(_, line)| {
        let before = taken;
        taken += line.survey.chars as usize + 1;
        before < COMPRESS_CHARS
    })
}

/// At least [`ratio`], where that is high enough to matter: words that follow on others than
/// before cannot be packed well. Higher than [`run_bound`] on most pages, and cheaper.
pub(super) fn word_bound(facts: &Facts<'_>) -> f64 {
    if compressed(facts).map(|(_, line)| line.survey.chars as usize + 1).sum::<usize>()
        < MIN_COMPRESS_CHARS
    {
        return 0.0;
    }
    let words = facts.words();
    // Where there are few enough characters, each is a byte of what is compressed.
    let few = facts.chars().count().is_some_and(|count| count < SHORT_CODES);
    let single = few && !facts.survey.is_ascii();
    let lengths = if single { lengths(facts) } else { Vec::new() };
    let mut met = Met::new(words.words().len());
    let (mut bytes, mut bits, mut before) = (0, 0.0, 0);
    for (index, line) in compressed(facts) {
        bytes += 1 + if single { line.survey.chars as usize } else { line.span.len() };
        for word in words.line(index) {
            let pair = u64::from(before) << 32 | u64::from(word.id);
            if !met.again(pair) {
                let len =
                    lengths.get(word.id as usize).map_or(word.span.len(), |len| *len as usize);
                bits += WORD_BITS.min(BYTE_BITS * (len + 1) as f64);
            }
            before = word.id;
        }
    }
    bytes as f64 * 8.0 / f64::max(bits, 1.0)
}

/// Which of many numbers were met before, by a bit at their hash: two may share one.
struct Met {
    bits: Vec<u64>,
    shift: u32,
}

impl Met {
    /// Room to tell most of `count` numbers apart: eight bits for each.
    fn new(count: usize) -> Self {
        let places = (count * 8).next_power_of_two().max(64);
        Self { bits: vec![0; places / 64], shift: 64 - places.trailing_zeros() }
    }

    /// Whether the number, or one with its bit, was met before.
    fn again(&mut self, number: u64) -> bool {
        let place = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        let (word, bit) = (&mut self.bits[place / 64], 1 << (place % 64));
        let met = *word & bit != 0;
        *word |= bit;
        met
    }
}

/// At least [`ratio`], where that is high enough to matter: what is in no run that stood
/// before cannot be packed well.
pub(super) fn run_bound(facts: &Facts<'_>) -> f64 {
    let mut text: Vec<u8> = Vec::with_capacity(COMPRESS_CHARS);
    let mut chars = 0;
    for (_, line) in compressed(facts) {
        text.extend(facts.slice(line.span).bytes());
        text.push(b'\n');
        chars += line.survey.chars as usize + 1;
    }
    if chars < MIN_COMPRESS_CHARS {
        return 0.0;
    }
    let mut met = Met::new(text.len());
    let (mut repeated, mut runs, mut until) = (0, 0u32, 0);
    for (at, gram) in text.array_windows::<GRAM>().enumerate() {
        if met.again(u64::from_le_bytes(*gram)) {
            runs += u32::from(at > until);
            repeated += at + GRAM - until.max(at);
            until = at + GRAM;
        }
    }
    let bits = BYTE_BITS * (text.len() - repeated) as f64 + RUN_BITS * f64::from(runs);
    text.len() as f64 * 8.0 / bits.max(1.0)
}

/// Characters are first replaced by bytes in order of frequency: UTF-8 would make the same text
/// compress twice as well in Bengali as in Chinese.
pub(super) fn ratio(facts: &Facts<'_>) -> Measure {
    let text: Vec<char> = facts
        .lines
        .iter()
        .filter(|line| line.zone != Zone::Code)
        .flat_map(|line| facts.slice(line.span).chars().chain(['\n']))
        .take(COMPRESS_CHARS)
        .collect();
    if text.len() < MIN_COMPRESS_CHARS {
        return Measure::of(0.0);
    }
    let mut counts = PerChar::default();
    for &c in &text {
        *counts.entry(c) += 1;
    }
    let mut ranked: Vec<(char, u32)> = counts.all().collect();
    ranked.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut codes = counts;
    for (rank, (c, _)) in ranked.iter().enumerate() {
        *codes.entry(*c) = rank as u32;
    }
    let mut bytes = Vec::with_capacity(text.len());
    for &c in &text {
        let rank = *codes.entry(c) as usize;
        if rank < SHORT_CODES as usize {
            bytes.push(rank as u8);
        } else {
            let rank = rank - SHORT_CODES as usize;
            bytes.push(SHORT_CODES as u8 + (rank / 256).min(63) as u8);
            bytes.push((rank % 256) as u8);
        }
    }
    let packed = miniz_oxide::deflate::compress_to_vec(&bytes, 6);
    Measure::of(bytes.len() as f64 / packed.len().max(1) as f64)
}

/// A number for each character, in rows of 256 characters.
#[derive(Default)]
struct PerChar {
    rows: Vec<Option<Box<[u32; 256]>>>,
}

impl PerChar {
    fn entry(&mut self, c: char) -> &mut u32 {
        let (row, column) = (c as usize >> 8, c as usize & 0xff);
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, || None);
        }
        &mut self.rows[row].get_or_insert_with(|| Box::new([0; 256]))[column]
    }

    /// Characters whose number is not zero.
    fn all(&self) -> impl Iterator<Item = (char, u32)> {
        let rows = self.rows.iter().zip(0u32..);
        rows.filter_map(|(row, number)| Some((row.as_ref()?, number)))
            .flat_map(|(row, number)| row.iter().zip(number << 8..))
            .filter_map(|(&value, code)| Some((char::from_u32(code)?, value)))
            .filter(|(_, value)| *value > 0)
    }
}
