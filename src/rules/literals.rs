//! Literals a regular expression cannot match without.

use std::cmp::Ordering;

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::normalise_term;

/// Fewest bytes of a useful literal.
const MIN_BYTES: usize = 3;
/// Bytes from which a literal is rare enough.
const LONG: usize = 5;

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

/// Length of the shortest literal.
fn shortest(set: &[String]) -> usize {
    set.iter().map(String::len).min().unwrap_or(0)
}

/// Compares two sets by how much they tell: by their shortest literal, then by chance.
fn better(a: &[String], b: &[String]) -> Ordering {
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
            let whole = |spelling| {
                let runs = runs(parts, spelling).into_iter();
                runs.filter_map(|run| normalised(&run, signs))
            };
            let sets = parts.iter().filter_map(|part| of(part, signs));
            let best = sets.chain(whole(Spelling::Plain)).max_by(|a, b| better(a, b));
            // Many long literals cost less than one that is on every page.
            if best.as_ref().is_some_and(|best| shortest(best) >= LONG) {
                return best;
            }
            whole(Spelling::Full).chain(best).max_by(|a, b| better(a, b))
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

/// What is spelled out of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    /// Literals and small classes.
    Plain,
    /// Choices and what may be missing as well.
    Full,
}

impl Spelling {
    /// Most texts a run of parts is spelled out as.
    const fn most(self) -> usize {
        match self {
            Self::Plain => 16,
            Self::Full => 64,
        }
    }
}

/// Most characters of a class that are spelled out.
const MAX_CHARS: usize = 8;

/// The texts that neighbouring parts stand for together, for every run of parts that can be
/// spelled out: `nh[aà] c[aá]i` is four texts of nine or so bytes, though no part of it has three.
fn runs(parts: &[Hir], spelling: Spelling) -> Vec<Vec<String>> {
    let mut runs = vec![vec![String::new()]];
    for part in parts {
        let run = runs.last_mut().expect("there is a first run");
        match spelled(part, spelling) {
            Some(texts) if run.len() * texts.len() <= spelling.most() => {
                *run = joined(run, &texts);
            }
            Some(texts) => runs.push(texts),
            None => runs.push(vec![String::new()]),
        }
    }
    runs
}

/// Every text of the first, followed by every text of the second.
fn joined(first: &[String], second: &[String]) -> Vec<String> {
    first.iter().flat_map(|a| second.iter().map(move |b| format!("{a}{b}"))).collect()
}

/// All texts a part stands for, if they are few.
fn spelled(hir: &Hir, spelling: Spelling) -> Option<Vec<String>> {
    let full = spelling == Spelling::Full;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => Some(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
        HirKind::Capture(capture) => spelled(&capture.sub, spelling),
        HirKind::Class(Class::Unicode(class)) => {
            let chars = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let few = chars().nth(MAX_CHARS).is_none();
            few.then(|| chars().map(String::from).collect())
        }
        HirKind::Repetition(repeat) if full && (repeat.min, repeat.max) == (0, Some(1)) => {
            let mut texts = spelled(&repeat.sub, spelling)?;
            texts.push(String::new());
            Some(texts)
        }
        HirKind::Concat(parts) if full => {
            parts.iter().try_fold(vec![String::new()], |texts, part| {
                let part = spelled(part, spelling)?;
                let few = texts.len() * part.len() <= spelling.most();
                few.then(|| joined(&texts, &part))
            })
        }
        HirKind::Alternation(branches) if full => {
            let branches = branches.iter().map(|branch| spelled(branch, spelling));
            let texts = branches.collect::<Option<Vec<_>>>()?.concat();
            (texts.len() <= spelling.most()).then_some(texts)
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
        check(r"for ?\((?:int|let) \w+", Some(&["for (int", "for (let", "for(int", "for(let"]));
        check(r"nothing|for ?\(", Some(&["for (", "for(", "nothing"]));
    }
}
