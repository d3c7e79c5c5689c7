//! Selectors of style rules, as far as an element's own name, id and classes decide.

use crate::parse::html::attribute::Attributes;
use cssparser::{Parser, Token};

/// Most classes in one selector.
const MAX_CLASSES: usize = 2;

/// `tag#id.class.class`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compound {
    pub(super) tag: Option<String>,
    pub(super) id: Option<String>,
    pub(super) classes: Vec<String>,
}

impl Compound {
    /// Ids before classes before names, as in CSS.
    pub(super) fn specificity(&self) -> (bool, usize, bool) {
        (self.id.is_some(), self.classes.len(), self.tag.is_some())
    }

    pub(super) fn matches(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        self.tag.as_deref().is_none_or(|tag| tag == name)
            && self.id.as_deref().is_none_or(|id| attributes.id == Some(id))
            && self.classes.iter().all(|class| attributes.classes().any(|own| own == class))
    }
}

/// The plain compound selectors of a comma list, and whether others are left out.
pub(super) fn selectors(list: &str) -> (Vec<Compound>, bool) {
    // Nearly all lists are made of characters that stand for themselves.
    let is_simple = |byte: u8| {
        is_of_name(byte)
            || byte.is_ascii_whitespace()
            || matches!(byte, b'.' | b'#' | b',' | b'>' | b'+' | b'~' | b':' | b'*')
    };
    if !list.bytes().all(is_simple) {
        return read(&mut Parser::new(list));
    }
    let mut left_out = false;
    let mut plain = Vec::new();
    for selector in list.split(',').map(str::trim_ascii).filter(|selector| !selector.is_empty()) {
        match read_simple(selector) {
            Some(compound) => plain.push(compound),
            None => left_out = true,
        }
    }
    (plain, left_out)
}

/// Whether a byte can stand in a name.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// A plain compound selector without escapes; `None` for any other.
fn read_simple(selector: &str) -> Option<Compound> {
    let mut compound = Compound::default();
    let mut rest = selector;
    while let Some(first) = rest.bytes().next() {
        let is_tag = rest.len() == selector.len() && is_of_name(first);
        let from = usize::from(!is_tag);
        let end = rest.bytes().skip(from).position(|byte| !is_of_name(byte));
        let end = end.map_or(rest.len(), |len| from + len);
        let name = &rest[from..end];
        // A name does not begin with a digit.
        let after_hyphen = name.strip_prefix('-').unwrap_or(name);
        if after_hyphen.is_empty() || after_hyphen.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        match first {
            b'.' if compound.classes.len() < MAX_CLASSES => compound.classes.push(name.to_owned()),
            b'#' if compound.id.is_none() => compound.id = Some(name.to_owned()),
            _ if is_tag => compound.tag = Some(name.to_ascii_lowercase()),
            _ => return None,
        }
        rest = &rest[end..];
    }
    Some(compound)
}

/// The same for any list.
fn read(input: &mut Parser<'_>) -> (Vec<Compound>, bool) {
    let mut left_out = false;
    let mut list = Vec::new();
    let mut compound = Compound::default();
    let mut plain = true;
    // White space at the end of a selector is no combinator, so it is judged by what follows.
    let mut space = false;
    let mut empty = true;
    loop {
        let token = input.next_including_whitespace().cloned();
        let Ok(token) = token else { break };
        match token {
            Token::WhiteSpace(_) => {
                space = !empty;
                continue;
            }
            Token::Comma => {
                if plain && !empty {
                    list.push(std::mem::take(&mut compound));
                }
                left_out |= !plain;
                (compound, plain, space, empty) = (Compound::default(), true, false, true);
                continue;
            }
            _ if space || !plain => plain = false,
            Token::Ident(tag) if empty => compound.tag = Some(tag.to_ascii_lowercase()),
            Token::IDHash(id) if compound.id.is_none() => compound.id = Some(id.to_string()),
            Token::Delim('.') if compound.classes.len() < MAX_CLASSES => {
                match input.next_including_whitespace() {
                    Ok(Token::Ident(class)) => compound.classes.push(class.to_string()),
                    _ => plain = false,
                }
            }
            _ => plain = false,
        }
        empty = false;
    }
    if plain && !empty {
        list.push(compound);
    }
    (list, left_out || !plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_lists_are_read_as_any_list() {
        let mut plain = 0;
        for list in [
            "", " ", ",", "a", "A.b", ".a.b", ".a.b.c", "p#i.a", "#i#j", "#1a", ".1a", "1a", "-a",
            "-", "--", "--a", "-1", "-1a", "-_a", ".-a", ".--", "a-.b-", "a b", "a , .b,", ",,a",
            "a>b", "a:hover", "*", "*.a", "a.", "a#", "..a", ".#a", "h1.x_2", "a\n", "a~b,+c",
            "-->", "a.b-->", "1e3.a", ".a1.b2", "#a.b#c",
        ] {
            let simple = selectors(list);
            plain += simple.0.len();
            assert_eq!(simple, read(&mut Parser::new(list)), "{list:?}");
        }
        assert!(plain > 15, "{plain}");
    }
}
