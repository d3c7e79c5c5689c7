//! Selectors of style rules, as far as an element's own name, id and classes decide.

use crate::parse::html::attribute::{Attributes, Common};
use crate::parse::html::skim;
use crate::span::Span;
use cssparser::{Parser, Token};
use std::borrow::Cow;

/// Most classes in one selector.
const MAX_CLASSES: usize = 2;

/// `tag#id.class.class`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compound<'a> {
    /// In lower case.
    tag: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    classes: [Option<Cow<'a, str>>; MAX_CLASSES],
}

/// What an element must have for a selector to fit, and what its rules are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'a> {
    Id(&'a str),
    Class(&'a str),
    Tag(&'a str),
}

impl<'a> Key<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Id(text) | Self::Class(text) | Self::Tag(text) => text,
        }
    }
}

impl<'a> Compound<'a> {
    /// Reads a plain compound selector without escapes; `None` for any other.
    pub(super) fn read(selector: &'a str) -> Option<Self> {
        let mut compound = Self::default();
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
                b'.' => compound.add_class(name.into())?,
                b'#' if compound.id.is_none() => compound.id = Some(name.into()),
                _ if is_tag => compound.tag = Some(lowered(name)),
                _ => return None,
            }
            rest = &rest[end..];
        }
        Some(compound)
    }

    fn add_class(&mut self, class: Cow<'a, str>) -> Option<()> {
        *self.classes.iter_mut().find(|place| place.is_none())? = Some(class);
        Some(())
    }

    fn classes(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().flatten().map(|class| &**class)
    }

    pub(super) fn key(&self) -> Option<Key<'_>> {
        let id = self.id.as_deref().map(Key::Id);
        let class = || self.classes().next().map(Key::Class);
        id.or_else(class).or_else(|| self.tag.as_deref().map(Key::Tag))
    }

    /// Ids before classes before names, as in CSS.
    pub(super) fn specificity(&self) -> (bool, usize, bool) {
        (self.id.is_some(), self.classes().count(), self.tag.is_some())
    }

    pub(super) fn matches(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        self.tag.as_deref().is_none_or(|tag| tag == name)
            && self.id.as_deref().is_none_or(|id| attributes.get(Common::Id) == Some(id))
            && self.classes().all(|class| attributes.classes().any(|own| own == class))
    }
}

fn lowered(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// Passes over the list of selectors at `at`, up to its `{`, if it is made of nothing but
/// characters that stand for themselves and brackets, as nearly all are. Puts the plain compound selectors into
/// `plain`, with their places; gives the place of the `{` and whether others are left out.
pub(super) fn scan<'c>(
    css: &'c str,
    mut at: usize,
    plain: &mut Vec<(Compound<'c>, Span)>,
) -> Option<(usize, bool)> {
    plain.clear();
    let mut left_out = false;
    loop {
        let simple = |byte: &u8| SIMPLE[usize::from(*byte)];
        let mut end = at + css.as_bytes()[at..].iter().position(|byte| !simple(byte))?;
        let in_brackets = matches!(css.as_bytes()[end], b'[' | b'(');
        if in_brackets {
            end = skim::find(css, end, b",{");
        }
        let ends_list = match css.as_bytes().get(end)? {
            b'{' => true,
            b',' => false,
            _ => return None,
        };
        let selector = css[at..end].trim_ascii_end();
        let start = at + selector.len() - selector.trim_ascii_start().len();
        let selector = selector.trim_ascii_start();
        match Compound::read(selector) {
            _ if in_brackets => left_out = true,
            Some(_) if selector.is_empty() => {}
            Some(compound) => plain.push((compound, Span::new(start, start + selector.len()))),
            None => left_out = true,
        }
        if ends_list {
            return Some((end, left_out));
        }
        at = end + 1;
    }
}

/// Whether a byte can stand in a name.
fn is_of_name(byte: u8) -> bool {
    NAME[usize::from(byte)]
}

const NAME: [bool; 256] = with_letters(b"-_");
/// Whether a byte can stand in a selector of a list and means nothing but itself.
const SIMPLE: [bool; 256] = with_letters(b"-_ \t\n\x0c\r.#>+~:*");

/// Digits, letters and some other characters of ASCII.
const fn with_letters(others: &[u8]) -> [bool; 256] {
    let mut has = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        has[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        has[others[at] as usize] = true;
        at += 1;
    }
    has
}

/// The plain compound selectors of any list, and whether others are left out.
pub(super) fn read(list: &str) -> (Vec<Compound<'static>>, bool) {
    let input = &mut Parser::new(list);
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
            Token::Ident(tag) if empty => compound.tag = Some(tag.to_ascii_lowercase().into()),
            Token::IDHash(id) if compound.id.is_none() => compound.id = Some(id.to_string().into()),
            Token::Delim('.') if compound.classes.contains(&None) => {
                match input.next_including_whitespace() {
                    Ok(Token::Ident(class)) => {
                        plain = compound.add_class(class.to_string().into()).is_some();
                    }
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
            "",
            " ",
            ",",
            "a",
            "A.b",
            ".a.b",
            ".a.b.c",
            "p#i.a",
            "#i#j",
            "#1a",
            ".1a",
            "1a",
            "-a",
            "-",
            "--",
            "--a",
            "-1",
            "-1a",
            "-_a",
            ".-a",
            ".--",
            "a-.b-",
            "a b",
            "a , .b,",
            ",,a",
            "a>b",
            "a:hover",
            "*",
            "*.a",
            "a.",
            "a#",
            "..a",
            ".#a",
            "h1.x_2",
            "a\n",
            "a~b,+c",
            "-->",
            "a.b-->",
            "1e3.a",
            ".a1.b2",
            "#a.b#c",
            "a[b],c",
            "a:not(.b,.c),.d",
            "a[b='],{']",
            "[a],b[c]\"{\"d,e",
            ".a[b];c,d",
            "a(url(x,y{)),b",
        ] {
            let css = format!("a{{}}{list}{{b}}");
            let mut found = Vec::new();
            let (end, left_out) = scan(&css, 3, &mut found).expect("a simple list");
            assert_eq!(end, 3 + list.len(), "{list:?}");
            plain += found.len();
            for (compound, place) in &found {
                assert_eq!(Compound::read(&css[place.range()]).as_ref(), Some(compound));
            }
            let found: Vec<_> = found.into_iter().map(|(compound, _)| compound).collect();
            assert_eq!((found, left_out), read(list), "{list:?}");
        }
        assert!(plain > 15, "{plain}");
    }

    #[test]
    fn other_lists_are_not_passed_over() {
        for list in ["a\\b{", "@media{", "a/**/{", "é{", "a[b]", "a", "a,", "}a{", "a;b{"] {
            assert_eq!(scan(list, 0, &mut Vec::new()), None, "{list:?}");
        }
    }
}
