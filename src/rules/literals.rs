//! Literals a regular expression cannot match without.

use std::cmp::Ordering;

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::normalise_term;

/// Fewest bytes of a useful literal.
const MIN_BYTES: usize = 3;

/// Literals, in normalised form, of which every match of the pattern holds at least one; `None`
/// where the pattern implies none of three bytes or more. With `signs`, literals of punctuation
/// alone may be shorter: `{{` is rare enough in text.
///
/// The pattern is read as case-sensitive: the normalised text is lower case anyway.
pub(super) fn required(pattern: &str, signs: bool) -> Option<Vec<String>> {
    let hir = regex_syntax::ParserBuilder::new().build().parse(pattern).ok()?;
    let mut literals = of(&hir, signs)?;
    literals.sort();
    literals.dedup();
    Some(literals)
}

/// Compares two sets by how much they tell: by their shortest literal, then by chance.
fn better(a: &[String], b: &[String]) -> Ordering {
    let shortest = |set: &[String]| set.iter().map(String::len).min().unwrap_or(0);
    shortest(a).cmp(&shortest(b)).then(chance(b).total_cmp(&chance(a)))
}

fn of(hir: &Hir, signs: bool) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            normalised(&[std::str::from_utf8(&literal.0).ok()?.to_owned()], signs)
        }
        HirKind::Capture(capture) => of(&capture.sub, signs),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of(&repetition.sub, signs),
        HirKind::Concat(parts) => {
            // Any part will do: take the one whose shortest literal is longest.
            let whole = runs(parts).into_iter().filter_map(|run| normalised(&run, signs));
            let sets = parts.iter().filter_map(|part| of(part, signs)).chain(whole);
            sets.max_by(|a, b| better(a, b))
        }
        HirKind::Alternation(branches) => {
            let sets: Option<Vec<Vec<String>>> =
                branches.iter().map(|branch| of(branch, signs)).collect();
            sets.map(|sets| sets.concat())
        }
        _ => None,
    }
}

/// How likely a place of a text is one of the literals, were its letters thrown like dice.
fn chance(literals: &[String]) -> f64 {
    const LETTERS: f64 = 20.0;
    literals.iter().map(|literal| LETTERS.powi(-(literal.len() as i32))).sum()
}

/// Most texts a part is spelled out as.
const MAX_SPELLED: usize = 16;

/// The texts that neighbouring parts stand for together, for every run of parts that can be
/// spelled out: `nh[aà] c[aá]i` is four texts of nine or so bytes, though no part of it has three.
fn runs(parts: &[Hir]) -> Vec<Vec<String>> {
    let mut runs = vec![vec![String::new()]];
    for part in parts {
        let run = runs.last_mut().expect("there is a first run");
        match spelled(part) {
            Some(texts) if run.len() * texts.len() <= MAX_SPELLED => {
                *run =
                    run.iter().flat_map(|a| texts.iter().map(move |b| format!("{a}{b}"))).collect();
            }
            Some(texts) => runs.push(texts),
            None => runs.push(vec![String::new()]),
        }
    }
    runs
}

/// All texts a part stands for, if they are few.
fn spelled(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => Some(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Capture(capture) => spelled(&capture.sub),
        HirKind::Class(Class::Unicode(class)) => {
            let chars = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let few = chars().nth(MAX_SPELLED / 2).is_none();
            few.then(|| chars().map(String::from).collect())
        }
        _ => None,
    }
}

/// Texts in normalised form, where each is long enough.
fn normalised(texts: &[String], signs: bool) -> Option<Vec<String>> {
    let texts: Vec<String> = texts.iter().map(|text| normalise_term(text)).collect();
    let sign = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_punctuation());
    let useful = |text: &String| text.len() >= MIN_BYTES || signs && sign(text);
    texts.iter().all(useful).then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branch_must_have_one() {
        let check = |pattern: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|set| set.iter().map(ToString::to_string).collect());
            assert_eq!(required(pattern, false), expected, "{pattern}");
        };
        check("ignore (all )?previous instructions", Some(&["previous instructions"]));
        check("锟斤拷|烫烫烫", Some(&["烫烫烫", "锟斤拷"]));
        check("^.{2,24}[:：].{0,14}(解锁|探索)", Some(&["探索", "解锁"]));
        check(
            "\\bnh[aà] c[aá]i\\b|toto",
            Some(&["nha cai", "nha cái", "nhà cai", "nhà cái", "toto"]),
        );
        check("foo|.", None);
        check("[a-z]+", None);
        check(r"\{\{[a-z]+\}\}|<%", None);
        let signs = required(r"\{\{[a-z]+\}\}|<%", true);
        assert_eq!(signs, Some(vec!["<%".to_owned(), "}}".to_owned()]));
        check("(?:robots|readers).{0,9}(?:hide|forget)", Some(&["readers", "robots"]));
        check("(?:Word count)+: \\d", Some(&["word count"]));
    }
}
