//! Regular expressions that match wherever another one does, and cost far less: first asked of a
//! text, they spare most texts the whole one.
//!
//! Edges of words are left out, which make a regular expression leave its fast path on text
//! outside ASCII; repeats are unbounded, where every bound is as many copies in the automaton;
//! and of large classes only the ASCII part is told apart.

use regex_automata::nfa::thompson::{Compiler, Config, NFA, WhichCaptures};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Look, Repetition,
};

/// Most times a part is written out before its repeats become unbounded.
const MAX_COPIES: u32 = 2;
/// Most characters outside ASCII of a class that is kept as it is.
const MAX_CHARS: u32 = 256;
/// Largest automaton, in bytes; what is larger is not worth asking.
const SIZE_LIMIT: usize = 1 << 20;

/// The automaton of a loosened pattern, for a search that runs forwards and keeps no groups; none
/// where it is too large.
pub(super) fn automaton(loose: &Hir) -> Option<NFA> {
    let config = Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(SIZE_LIMIT));
    Compiler::new().configure(config).build_from_hir(loose).ok()
}

/// Literals of which every match of a loosened pattern begins with one; empty where they are too
/// many, or too short, to be sought.
pub(super) fn beginnings(loose: &Hir) -> Vec<Vec<u8>> {
    let mut all = Extractor::new().kind(ExtractKind::Prefix).extract(loose);
    all.optimize_for_prefix_by_preference();
    let all = all.literals().unwrap_or_default();
    all.iter().map(|literal| literal.as_bytes().to_vec()).collect()
}

/// A pattern, loosened. With `ends`, the beginning and the end of the text are still asked for.
pub(super) fn loosened(hir: &Hir, ends: bool) -> Hir {
    let each = |parts: &[Hir]| parts.iter().map(|part| loosened(part, ends)).collect();
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(class) => match wide(class) {
            Some(ascii) => Hir::alternation(vec![byte_class(ascii), wide_char()]),
            None => Hir::class(class.clone()),
        },
        HirKind::Look(look) => {
            if ends && matches!(look, Look::Start | Look::End) {
                Hir::look(*look)
            } else {
                Hir::empty()
            }
        }
        HirKind::Repetition(repeat) => {
            let few = repeat.max.is_some_and(|max| max <= MAX_COPIES);
            let (min, max) = if few { (repeat.min, repeat.max) } else { (repeat.min.min(1), None) };
            let sub = match repeat.sub.kind() {
                // A run of characters is a run of bytes.
                HirKind::Class(class) if !few => wide(class).map(|mut ascii| {
                    ascii.push(above());
                    byte_class(ascii)
                }),
                _ => None,
            };
            let sub = Box::new(sub.unwrap_or_else(|| loosened(&repeat.sub, ends)));
            Hir::repetition(Repetition { min, max, greedy: repeat.greedy, sub })
        }
        HirKind::Capture(capture) => loosened(&capture.sub, ends),
        HirKind::Concat(parts) => Hir::concat(each(parts)),
        HirKind::Alternation(branches) => Hir::alternation(each(branches)),
    }
}

/// The ASCII part of a class with many characters outside.
fn wide(class: &Class) -> Option<ClassBytes> {
    let Class::Unicode(class) = class else { return None };
    let outside: u32 = class
        .ranges()
        .iter()
        .filter(|range| !range.end().is_ascii())
        .map(|range| range.end() as u32 - (range.start() as u32).max(0x80) + 1)
        .sum();
    (outside > MAX_CHARS).then(|| ascii_part(class))
}

/// The characters of a class that are ASCII.
pub(super) fn ascii_part(class: &ClassUnicode) -> ClassBytes {
    let ascii = class.ranges().iter().filter(|range| range.start().is_ascii());
    let bytes = ascii.map(|range| {
        let end = if range.end().is_ascii() { range.end() as u8 } else { 0x7f };
        ClassBytesRange::new(range.start() as u8, end)
    });
    ClassBytes::new(bytes)
}

fn byte_class(class: ClassBytes) -> Hir {
    Hir::class(Class::Bytes(class))
}

/// The bytes of characters outside ASCII.
fn above() -> ClassBytesRange {
    ClassBytesRange::new(0x80, 0xff)
}

/// One character outside ASCII, or several.
fn wide_char() -> Hir {
    let sub = Box::new(byte_class(ClassBytes::new([above()])));
    Hir::repetition(Repetition { min: 1, max: None, greedy: true, sub })
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::*;

    #[test]
    fn bounds_and_edges_are_dropped() {
        let matches = |pattern: &str, ends: bool, text: &str| {
            let hir = regex_syntax::parse(pattern).expect("the pattern is one");
            let regex = Regex::builder().build_from_hir(&loosened(&hir, ends));
            regex.expect("the pattern compiles").is_match(text)
        };
        assert!(matches(r"\bслово\b", true, "этословосочетание"));
        assert!(matches(r"^слово\w{2,3} (?:да|нет){2}$", true, "словом данет"));
        assert!(!matches(r"^слово\w+ (?:да|нет){2}$", true, "одно словом данет"));
        assert!(matches(r"^слово\w+ (?:да|нет){2}$", false, "одно словом данет"));
        assert!(matches(r"a.{3,5}b\W?c", true, "a€b–c") && !matches(r"a[^x]{3}b", true, "axb"));
    }
}
