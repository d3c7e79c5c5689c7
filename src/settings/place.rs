//! Where in a settings file a value stands.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::rules::{Problem, place_of_span};

/// The place of a span, as a problem without a message.
pub(super) fn at(name: &str, source: &str, span: Range<usize>) -> Problem {
    place_of_span(name, source, span)
}

/// The place of the value that keys and indices lead to: of its key, or of a table in an array
/// its header.
pub(super) fn of(name: &str, source: &str, keys: &[&str]) -> Option<Problem> {
    let root = DeTable::parse(source).ok()?;
    let (first, rest) = keys.split_first()?;
    let (key, value) = root.get_ref().get_key_value(*first)?;
    let (mut span, mut value) = (key.span(), value);
    for step in rest {
        match value.get_ref() {
            DeValue::Table(table) => {
                let (key, below) = table.get_key_value(*step)?;
                (span, value) = (key.span(), below);
            }
            DeValue::Array(array) => {
                value = array.get(step.parse::<usize>().ok()?)?;
                span = value.span();
            }
            _ => return None,
        }
    }
    Some(at(name, source, span))
}
