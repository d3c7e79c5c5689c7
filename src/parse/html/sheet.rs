//! Rules of `<style>` elements that a single element's name, id and classes decide.
//!
//! Selectors with combinators, pseudo-classes or attributes are left out, and so is everything
//! inside conditional at-rules other than `@media screen` and `@media all`: what such a rule does
//! depends on more than the page's text.

use crate::parse::html::attribute::{Attributes, Common};
use crate::parse::html::declarations::parse_declarations;
use crate::parse::html::names::Ready;
use crate::parse::html::selector::{self, Compound, Key};
use crate::parse::html::skim;
use crate::parse::html::style::{Declaration, Declared, Style};
use crate::span::Span;
use cssparser::{Parser, Token};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, RandomState};

/// Most rules kept of a page.
const MAX_RULES: usize = 20_000;
/// Most bytes of style sheets read of a page.
const MAX_BYTES: usize = 1 << 20;
/// Most rules kept for one name, id or class.
const MAX_RULES_PER_KEY: usize = 32;
/// Most classes of an element whose rules are looked up.
const MAX_CLASSES: usize = 16;

/// The rules of a page that can bear on whether text is shown.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// All sheets read, one after the other.
    css: String,
    blocks: Vec<Block>,
    rules: Vec<Rule>,
    /// The rules of each id, class and name, by its hash.
    lists: HashMap<u64, List, BuildHasherDefault<Ready>>,
    hasher: RandomState,
    /// All of their keys.
    keys: Keys,
    /// Blocks of rules we cannot apply.
    left_out: Vec<u32>,
}

/// What stands between the braces of a rule. Most blocks are never asked what they declare.
#[derive(Debug)]
struct Block {
    place: Span,
    by_script: bool,
    declared: OnceCell<Vec<Declared>>,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    block: u32,
    /// The rule after this one in its list, or itself.
    next: u32,
}

#[derive(Debug)]
enum Selector {
    /// To be read where it stands.
    AsWritten(Span),
    Read(Box<Compound<'static>>),
}

/// Some rules, in order, linked by [`Rule::next`].
#[derive(Clone, Copy, Debug)]
struct List {
    first: u32,
    last: u32,
    len: usize,
}

impl Sheet {
    /// Adds the rules of one style element.
    pub(super) fn add(&mut self, css: &str) {
        self.read(css, false);
    }

    /// Adds the rules of a style sheet that a script writes.
    pub(super) fn add_by_script(&mut self, css: &str) {
        self.read(css, true);
    }

    /// Whether a rule we cannot apply paints a background.
    pub(super) fn paints_unseen(&self) -> bool {
        let paints = |d: &Declared| matches!(d.declaration, Declaration::Background(_));
        self.left_out.iter().any(|block| self.declared(*block).iter().any(paints))
    }

    fn read(&mut self, css: &str, by_script: bool) {
        let css = &css[..css.floor_char_boundary(MAX_BYTES - self.css.len())];
        let start = self.css.len();
        self.css.push_str(css);
        self.read_rules(css, start, false, by_script);
    }

    /// Reads the rules of a text that stands at `start` of all sheets; `nested` inside an at-rule.
    fn read_rules(&mut self, css: &str, start: usize, nested: bool, by_script: bool) {
        let mut plain = Vec::new();
        let mut at = skim::space(css, 0);
        while at < css.len() {
            let simple = selector::scan(css, at, &mut plain);
            let is_at_rule = simple.is_none() && opens_at_rule(&css[at..]);
            let open = match simple {
                Some((open, _)) => open,
                None if is_at_rule => skim::find(css, at, b"{;"),
                None => skim::find(css, at, b"{"),
            };
            if css[open..].starts_with('{') {
                let inside = open + 1;
                let end = skim::find(css, inside, b"}");
                let prelude = &css[at..open];
                let place = Span::new(start + inside, start + end);
                if is_at_rule {
                    if !nested && is_for_screens(&prelude[1..]) {
                        self.read_rules(&css[inside..end], start + inside, true, by_script);
                    }
                } else if !place.is_empty() {
                    let block = Block { place, by_script, declared: OnceCell::new() };
                    if let Some((_, left_out)) = simple {
                        let plain = plain.drain(..).map(|(compound, place)| {
                            (compound, Selector::AsWritten(place.shifted(start)))
                        });
                        self.add_rule(block, plain, left_out);
                    } else {
                        let (plain, left_out) = selector::read(prelude);
                        let plain = plain
                            .into_iter()
                            .map(|compound| (compound.clone(), Selector::Read(Box::new(compound))));
                        self.add_rule(block, plain, left_out);
                    }
                }
                at = end;
            } else {
                at = open;
            }
            at = skim::space(css, (at + 1).min(css.len()));
        }
    }

    fn add_rule<'c>(
        &mut self,
        block: Block,
        selectors: impl ExactSizeIterator<Item = (Compound<'c>, Selector)>,
        left_out: bool,
    ) {
        if selectors.len() == 0 && !left_out {
            return;
        }
        let index = self.blocks.len() as u32;
        self.blocks.push(block);
        if left_out {
            self.left_out.push(index);
        }
        for (compound, selector) in selectors {
            if let Some(key) = compound.key() {
                self.insert(key, selector, index);
            }
        }
    }

    fn insert(&mut self, key: Key<'_>, selector: Selector, block: u32) {
        if self.rules.len() >= MAX_RULES {
            return;
        }
        self.keys.add(key.text());
        let hash = self.hasher.hash_one(key);
        let new = self.rules.len() as u32;
        let list = match self.lists.get(&hash) {
            Some(list) if list.len >= MAX_RULES_PER_KEY => self.declaring(*list),
            list => list.copied(),
        };
        let list = match list {
            Some(list) if list.len >= MAX_RULES_PER_KEY => return,
            Some(list) => {
                self.rules[list.last as usize].next = new;
                List { last: new, len: list.len + 1, ..list }
            }
            None => List { first: new, last: new, len: 1 },
        };
        self.rules.push(Rule { selector, block, next: new });
        self.lists.insert(hash, list);
    }

    /// What is left of a list without rules that declare nothing. They do not count, but that is
    /// asked of none before it must be.
    fn declaring(&mut self, list: List) -> Option<List> {
        let declares = |rule: &u32| !self.declared(self.rules[*rule as usize].block).is_empty();
        let kept: Vec<u32> = self.indices(Some(list)).filter(declares).collect();
        for (rule, next) in kept.iter().zip(kept.iter().skip(1).chain(kept.last())) {
            self.rules[*rule as usize].next = *next;
        }
        Some(List { first: *kept.first()?, last: *kept.last()?, len: kept.len() })
    }

    fn indices(&self, list: Option<List>) -> impl Iterator<Item = u32> {
        std::iter::successors(list.map(|list| list.first), |rule| {
            let next = self.rules[*rule as usize].next;
            (next != *rule).then_some(next)
        })
    }

    fn list(&self, key: Key<'_>) -> Option<List> {
        self.lists.get(&self.hasher.hash_one(key)).copied()
    }

    /// The specificity of a rule that applies to an element.
    fn applies(
        &self,
        rule: &Rule,
        name: &str,
        attributes: &Attributes<'_>,
    ) -> Option<(bool, usize, bool)> {
        let compound = match &rule.selector {
            Selector::AsWritten(place) => &Compound::read(&self.css[place.range()])?,
            Selector::Read(compound) => &**compound,
        };
        compound.matches(name, attributes).then(|| compound.specificity())
    }

    /// What a block declares; read when first asked for.
    fn declared(&self, block: u32) -> &[Declared] {
        let block = &self.blocks[block as usize];
        let read = || parse_declarations(&mut Parser::new(&self.css[block.place.range()]));
        block.declared.get_or_init(read)
    }

    /// What the rules and the element's own style attribute say, in the order of the cascade;
    /// `None` where they say nothing.
    pub(super) fn style_of(
        &self,
        name: &str,
        attributes: &Attributes<'_>,
        declared: &[Declared],
    ) -> Option<Style> {
        let mut matched = Vec::new();
        if !self.rules.is_empty() {
            let mut consider = |key: Key<'_>| {
                for rule in self.indices(self.list(key)).map(|rule| &self.rules[rule as usize]) {
                    if let Some(specificity) = self.applies(rule, name, attributes)
                        && !self.declared(rule.block).is_empty()
                    {
                        matched.push((specificity, rule.block));
                    }
                }
            };
            if self.keys.may_hold(name) {
                consider(Key::Tag(name));
            }
            // Most classes of a page are in no rule, and need not be sorted to find that out.
            if attributes.classes().any(|class| self.keys.may_hold(class)) {
                for class in attributes.sorted_classes(MAX_CLASSES) {
                    consider(Key::Class(class));
                }
            }
            if let Some(id) = attributes.get(Common::Id).filter(|id| self.keys.may_hold(id)) {
                consider(Key::Id(id));
            }
        }
        if matched.is_empty() && declared.is_empty() {
            return None;
        }
        matched.sort_unstable();
        let by_script = matched.iter().any(|(_, block)| self.blocks[*block as usize].by_script);
        let mut style = Style { by_script, ..Style::default() };
        for important in [false, true] {
            let rules = matched.iter().flat_map(|(_, block)| self.declared(*block));
            for one in rules.chain(declared) {
                if one.important == important {
                    style.apply(one.declaration);
                }
            }
        }
        Some(style)
    }
}

/// Which names, ids and classes rules may be kept for: a bit for each that a cheap hash gives.
#[derive(Debug, Default)]
struct Keys([u64; Self::WORDS]);

impl Keys {
    const WORDS: usize = 32;

    fn add(&mut self, key: &str) {
        let (word, bit) = Self::place(key);
        self.0[word] |= bit;
    }

    /// False only where no rule is kept for the key.
    fn may_hold(&self, key: &str) -> bool {
        let (word, bit) = Self::place(key);
        self.0[word] & bit != 0
    }

    fn place(key: &str) -> (usize, u64) {
        let bytes = key.as_bytes();
        let byte = |at: usize| bytes.get(at).copied().map_or(0, usize::from);
        let last = bytes.len().saturating_sub(1);
        let hash = bytes.len() + byte(0) * 7 + byte(bytes.len() / 2) * 37 + byte(last) * 131;
        (hash / 64 % Self::WORDS, 1 << (hash % 64))
    }
}

/// Whether a text begins with the name of an at-rule.
fn opens_at_rule(css: &str) -> bool {
    match css.as_bytes() {
        [b'@', first, ..] => {
            first.is_ascii_alphabetic() || matches!(first, b'-' | b'_' | b'\\' | 0x80..=0xff)
        }
        _ => false,
    }
}

/// Whether an at-rule, without its `@`, is `media` for all screens.
fn is_for_screens(prelude: &str) -> bool {
    let mut input = Parser::new(prelude);
    let is = |word: &str, wanted: &[&str]| wanted.iter().any(|w| word.eq_ignore_ascii_case(w));
    if !matches!(input.next(), Ok(Token::Ident(name)) if is(name, &["media"])) {
        return false;
    }
    let mut on_screen = false;
    while let Ok(token) = input.next() {
        match token {
            Token::Ident(word) if is(word, &["screen", "all"]) => on_screen = true,
            Token::Ident(word) if is(word, &["only"]) => {}
            Token::Comma => {}
            _ => return false,
        }
    }
    on_screen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::html::declarations::parse_attribute;
    use crate::parse::html::style::Display;
    use crate::parse::html::{Dom, Limits};

    fn display(css: &str, html: &str) -> Option<Display> {
        let mut sheet = Sheet::default();
        sheet.add(css);
        let (dom, _) = Dom::parse(&format!("<body>{html}"), &Limits::default());
        let element = dom.first_of_body().expect("an element");
        let attributes = Attributes::of(element);
        let own = attributes.get(Common::Style).map(parse_attribute).unwrap_or_default();
        sheet.style_of(element.name(), &attributes, &own).and_then(|style| style.display)
    }

    #[test]
    fn plain_selectors_apply_and_others_do_not() {
        let html = r#"<p id="i" class="a b">x</p>"#;
        for (css, applies) in [
            (".a{display:none}", true),
            (" .a , .zz {display:none}", true),
            ("p.a{display:none}", true),
            (".a.b{display:none}", true),
            ("p#i{display:none}", true),
            ("#i{color:red;display:none;x:y}", true),
            ("@media screen{.a{display:none}}", true),
            ("@charset \"x\";@import url(x);.a{display:none}", true),
            ("div .a{display:none}", false),
            ("div>.a{display:none}", false),
            (".a:hover{display:none}", false),
            (".a:not(.b){display:none}", false),
            (".a[x]{display:none}", false),
            (".c{display:none}", false),
            ("div.a{display:none}", false),
            ("@media print{.a{display:none}}", false),
            ("@media screen and (max-width:9px){.a{display:none}}", false),
            ("@supports (x:y){.a{display:none}}", false),
            ("@keyframes k{from{display:none}}", false),
        ] {
            let found = display(css, html) == Some(Display::None);
            assert_eq!(found, applies, "{css}");
        }
    }

    #[test]
    fn the_cascade_decides() {
        for (css, html, expected) in [
            (".a{display:none} .a{display:block}", r#"<p class="a">x"#, Display::Block),
            ("#i{display:none} .a{display:block}", r#"<p id="i" class="a">x"#, Display::None),
            ("p{display:none!important} .a{display:block}", r#"<p class="a">x"#, Display::None),
            (".a{display:none}", r#"<p class="a" style="display:block">x"#, Display::Block),
            (
                ".a{display:none !important}",
                r#"<p class="a" style="display:block">x"#,
                Display::None,
            ),
        ] {
            assert_eq!(display(css, html), Some(expected), "{css} {html}");
        }
    }

    #[test]
    fn broken_sheets_and_deep_nesting_do_no_harm() {
        let deep = format!("{}.a{{display:none}}", "@media all{".repeat(5_000));
        for css in ["}", "{", ".a{", ".a{display:", "/*", "\"", "@", ".a{{{{", &deep] {
            display(css, r#"<p class="a">x</p>"#);
        }
    }

    #[test]
    fn rules_are_bounded() {
        let mut sheet = Sheet::default();
        sheet.add(&".a{opacity:0}".repeat(1_000));
        assert_eq!(sheet.rules.len(), MAX_RULES_PER_KEY);
        sheet.add(&" ".repeat(2 * MAX_BYTES));
        assert_eq!(sheet.css.len(), MAX_BYTES);
    }
}
