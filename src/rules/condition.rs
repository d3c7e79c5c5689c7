//! Conditions over signals: `page.prose_lines < 3 and (page.links > 10 or links.offsite >= 4)`.

use crate::signals::{self, Signals};

/// Deepest nesting of brackets and `not`.
const MAX_DEPTH: usize = 32;

/// A parsed condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    /// Both sides hold.
    And(Box<Condition>, Box<Condition>),
    /// One side holds.
    Or(Box<Condition>, Box<Condition>),
    /// The inner one does not hold.
    Not(Box<Condition>),
    /// Two values compare.
    Compare(Value, Comparison, Value),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A number.
    Number(f64),
    /// A signal, by its index in the table.
    Signal(usize),
    /// A number times a signal.
    Scaled(f64, usize),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
}

impl Condition {
    /// Parses a condition.
    ///
    /// # Errors
    /// A sentence on what is wrong, with the word it is about.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { words: words(text)?, at: 0 };
        let condition = parser.either(0)?;
        match parser.peek() {
            None => Ok(condition),
            Some(word) => Err(format!("“{word}” stands where the condition should end")),
        }
    }

    /// Whether the condition holds on a page.
    pub(super) fn holds(&self, signals: &Signals<'_>) -> bool {
        match self {
            Self::And(a, b) => {
                let (first, second) = sooner(a, b, signals);
                first.holds(signals) && second.holds(signals)
            }
            Self::Or(a, b) => {
                let (first, second) = sooner(a, b, signals);
                first.holds(signals) || second.holds(signals)
            }
            Self::Not(inner) => !inner.holds(signals),
            Self::Compare(
                Value::Signal(index),
                Comparison::Greater | Comparison::AtLeast,
                Value::Number(least),
            ) if !signals.may_reach(*index, *least) => false,
            Self::Compare(a, how, b) => how.holds(a.of(signals), b.of(signals)),
        }
    }

    /// Whether it asks for a signal that is dear to measure.
    fn is_dear(&self) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.is_dear() || b.is_dear(),
            Self::Not(inner) => inner.is_dear(),
            Self::Compare(a, _, b) => a.is_dear() || b.is_dear(),
        }
    }

    /// Whether all signals it asks for are measured already.
    fn is_measured(&self, signals: &Signals<'_>) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.is_measured(signals) && b.is_measured(signals),
            Self::Not(inner) => inner.is_measured(signals),
            Self::Compare(a, _, b) => a.is_measured(signals) && b.is_measured(signals),
        }
    }
}

/// Two conditions of which both must hold, the one that is cheaper to ask first.
fn cheaper_first(a: Condition, b: Condition) -> (Condition, Condition) {
    if a.is_dear() && !b.is_dear() { (b, a) } else { (a, b) }
}

/// Two conditions, the one that needs no new measuring first.
fn sooner<'a>(
    a: &'a Condition,
    b: &'a Condition,
    signals: &Signals<'_>,
) -> (&'a Condition, &'a Condition) {
    if b.is_measured(signals) && !a.is_measured(signals) { (b, a) } else { (a, b) }
}

impl Value {
    fn is_dear(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Signal(index) | Self::Scaled(_, index) => signals::is_dear(*index),
        }
    }

    fn is_measured(&self, signals: &Signals<'_>) -> bool {
        match self {
            Self::Number(_) => true,
            Self::Signal(index) | Self::Scaled(_, index) => signals.is_measured(*index),
        }
    }

    fn of(&self, signals: &Signals<'_>) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Signal(index) => signals.get(*index).value,
            Self::Scaled(factor, index) => factor * signals.get(*index).value,
        }
    }
}

impl Comparison {
    #[expect(clippy::float_cmp, reason = "packs compare counts")]
    fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::Greater => a > b,
            Self::AtLeast => a >= b,
            Self::Equal => a == b,
            Self::Unequal => a != b,
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::Greater,
            ">=" => Self::AtLeast,
            "==" => Self::Equal,
            "!=" => Self::Unequal,
            _ => return None,
        })
    }
}

/// Cuts a condition into names, numbers, operators and brackets.
fn words(text: &str) -> Result<Vec<&str>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = if first.is_ascii_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.'))
                .unwrap_or(rest.len())
        } else if matches!(first, '<' | '>' | '=' | '!') {
            1 + usize::from(rest[1..].starts_with('='))
        } else if matches!(first, '(' | ')' | '*') {
            1
        } else {
            return Err(format!("“{first}” has no meaning in a condition"));
        };
        words.push(&rest[..len]);
        rest = rest[len..].trim_start();
    }
    Ok(words)
}

struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self, depth: usize) -> Result<Condition, String> {
        let mut left = self.both(depth)?;
        while self.take("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Condition, String> {
        let mut left = self.one(depth)?;
        while self.take("and") {
            let right = self.one(depth)?;
            let (first, second) = cheaper_first(left, right);
            left = Condition::And(Box::new(first), Box::new(second));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > MAX_DEPTH {
            return Err(format!("brackets are nested deeper than {MAX_DEPTH}"));
        }
        if self.take("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.either(depth + 1)?;
            return if self.take(")") { Ok(inner) } else { Err("a “)” is missing".to_owned()) };
        }
        let left = self.value()?;
        let how = self.peek().and_then(Comparison::parse).ok_or_else(|| {
            format!(
                "a comparison (<, <=, >, >=, ==, !=) is missing before “{}”",
                self.peek().unwrap_or("the end")
            )
        })?;
        self.at += 1;
        Ok(Condition::Compare(left, how, self.value()?))
    }

    fn value(&mut self) -> Result<Value, String> {
        let word = self.peek().ok_or("a value is missing at the end")?;
        self.at += 1;
        if let Ok(number) = word.parse::<f64>() {
            if !self.take("*") {
                return Ok(Value::Number(number));
            }
            let name = self.peek().ok_or("a signal is missing after “*”")?;
            self.at += 1;
            return Ok(Value::Scaled(number, signal(name)?));
        }
        Ok(Value::Signal(signal(word)?))
    }
}

fn signal(name: &str) -> Result<usize, String> {
    signals::find(name).ok_or_else(|| format!("there is no signal “{name}”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_parse_with_precedence() {
        let parsed = Condition::parse(
            "not page.links > 3 and 2 * page.lines <= page.links or page.lines == 0",
        );
        assert!(matches!(parsed, Ok(Condition::Or(..))), "{parsed:?}");
        assert!(Condition::parse("(page.links > 3) and (page.lines < 2)").is_ok());
    }

    #[test]
    fn faults_are_named() {
        let fault = |text: &str| Condition::parse(text).expect_err(text);
        assert!(fault("page.lnks > 3").contains("page.lnks"));
        assert!(fault("page.links 3").contains("comparison"));
        assert!(fault("(page.links > 3").contains(')'));
        assert!(fault("page.links > 3 4").contains('4'));
        assert!(fault("page.links > $").contains('$'));
        assert!(fault(&"not ".repeat(100)).contains("nested"));
    }
}
