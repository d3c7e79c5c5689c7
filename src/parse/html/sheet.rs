//! Rules of `<style>` elements that a single element's name, id and classes decide.
//!
//! Selectors with combinators, pseudo-classes or attributes are left out, and so is everything
//! inside conditional at-rules other than `@media screen` and `@media all`: what such a rule does
//! depends on more than the page's text.

use crate::parse::html::attribute::Attributes;
use crate::parse::html::declarations::parse_declarations;
use crate::parse::html::style::{Declaration, Declared, Style};
use cssparser::{
    AtRuleParser, CowRcStr, ParseError, Parser, ParserState, QualifiedRuleParser, StyleSheetParser,
    Token,
};
use std::collections::HashMap;

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
    rules: Vec<Rule>,
    by_id: HashMap<String, Vec<u32>>,
    by_class: HashMap<String, Vec<u32>>,
    by_tag: HashMap<String, Vec<u32>>,
    bytes: usize,
    /// Whether a rule we cannot apply paints a background.
    pub(super) paints_unseen: bool,
}

#[derive(Debug)]
struct Rule {
    selector: Compound,
    by_script: bool,
    declared: std::rc::Rc<[Declared]>,
}

/// `tag#id.class.class`
#[derive(Clone, Debug, Default)]
struct Compound {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
}

impl Compound {
    /// Ids before classes before names, as in CSS.
    fn specificity(&self) -> (bool, usize, bool) {
        (self.id.is_some(), self.classes.len(), self.tag.is_some())
    }

    fn matches(&self, name: &str, attributes: &Attributes<'_>) -> bool {
        self.tag.as_deref().is_none_or(|tag| tag == name)
            && self.id.as_deref().is_none_or(|id| attributes.id == Some(id))
            && self.classes.iter().all(|class| attributes.classes().any(|own| own == class))
    }
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

    fn read(&mut self, css: &str, by_script: bool) {
        let mut end = css.len().min(MAX_BYTES - self.bytes);
        while !css.is_char_boundary(end) {
            end -= 1;
        }
        self.bytes += end;
        let mut input = Parser::new(&css[..end]);
        StyleSheetParser::new(&mut input, &mut Reader { sheet: self, nested: false, by_script })
            .for_each(drop);
    }

    fn insert(&mut self, selectors: Vec<Compound>, declared: &[Declared], by_script: bool) {
        if declared.is_empty() {
            return;
        }
        let declared: std::rc::Rc<[Declared]> = declared.into();
        for selector in selectors {
            if self.rules.len() >= MAX_RULES {
                return;
            }
            let index = self.rules.len() as u32;
            let list = match (&selector.id, selector.classes.first(), &selector.tag) {
                (Some(id), _, _) => self.by_id.entry(id.clone()).or_default(),
                (_, Some(class), _) => self.by_class.entry(class.clone()).or_default(),
                (_, _, Some(tag)) => self.by_tag.entry(tag.clone()).or_default(),
                _ => continue,
            };
            if list.len() < MAX_RULES_PER_KEY {
                list.push(index);
                self.rules.push(Rule { selector, by_script, declared: declared.clone() });
            }
        }
    }

    /// What the rules and the element's own style attribute say, in the order of the cascade;
    /// `None` where they say nothing.
    pub(super) fn style_of(
        &self,
        name: &str,
        attributes: &Attributes<'_>,
        declared: &[Declared],
    ) -> Option<Style> {
        let mut matched: Vec<u32> = Vec::new();
        if !self.rules.is_empty() {
            let mut consider = |list: Option<&Vec<u32>>| {
                let all = list.into_iter().flatten().copied();
                let matches = |rule: &Rule| rule.selector.matches(name, attributes);
                matched.extend(all.filter(|i| matches(&self.rules[*i as usize])));
            };
            if !self.by_tag.is_empty() {
                consider(self.by_tag.get(name));
            }
            if !self.by_class.is_empty() && attributes.class.is_some() {
                for class in attributes.sorted_classes(MAX_CLASSES) {
                    consider(self.by_class.get(class));
                }
            }
            if let Some(id) = attributes.id {
                consider(self.by_id.get(id));
            }
        }
        if matched.is_empty() && declared.is_empty() {
            return None;
        }
        matched.sort_by_key(|i| (self.rules[*i as usize].selector.specificity(), *i));
        let by_script = matched.iter().any(|i| self.rules[*i as usize].by_script);
        let mut style = Style { by_script, ..Style::default() };
        for important in [false, true] {
            let rules = matched.iter().flat_map(|i| self.rules[*i as usize].declared.iter());
            for one in rules.chain(declared) {
                if one.important == important {
                    style.apply(one.declaration);
                }
            }
        }
        Some(style)
    }
}

struct Reader<'a> {
    sheet: &'a mut Sheet,
    /// Whether this is the inside of an at-rule.
    nested: bool,
    by_script: bool,
}

impl<'i> QualifiedRuleParser<'i> for Reader<'_> {
    type Prelude = (Vec<Compound>, bool);
    type QualifiedRule = ();
    type Error = ();

    fn parse_prelude(
        &mut self,
        input: &mut Parser<'i>,
    ) -> Result<(Vec<Compound>, bool), ParseError<()>> {
        Ok(selectors(input))
    }

    fn parse_block(
        &mut self,
        (selectors, left_out): (Vec<Compound>, bool),
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<(), ParseError<()>> {
        let declared = parse_declarations(input);
        let paints = |d: &Declared| matches!(d.declaration, Declaration::Background(_));
        self.sheet.paints_unseen |= left_out && declared.iter().any(paints);
        self.sheet.insert(selectors, &declared, self.by_script);
        Ok(())
    }
}

impl<'i> AtRuleParser<'i> for Reader<'_> {
    type Prelude = ();
    type AtRule = ();
    type Error = ();

    fn parse_prelude(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
    ) -> Result<(), ParseError<()>> {
        if self.nested || !name.eq_ignore_ascii_case("media") {
            return Err(ParseError::unexpected_token());
        }
        let mut on_screen = false;
        while let Ok(token) = input.next() {
            match token {
                Token::Ident(word)
                    if ["screen", "all"].iter().any(|m| word.eq_ignore_ascii_case(m)) =>
                {
                    on_screen = true;
                }
                Token::Ident(word) if word.eq_ignore_ascii_case("only") => {}
                Token::Comma => {}
                _ => return Err(ParseError::unexpected_token()),
            }
        }
        if on_screen { Ok(()) } else { Err(ParseError::unexpected_token()) }
    }

    fn parse_block(
        &mut self,
        (): (),
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<(), ParseError<()>> {
        let mut inner = Reader { sheet: self.sheet, nested: true, by_script: self.by_script };
        StyleSheetParser::new(input, &mut inner).for_each(drop);
        Ok(())
    }
}

/// The plain compound selectors of a comma list, and whether others are left out.
fn selectors(input: &mut Parser<'_>) -> (Vec<Compound>, bool) {
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
            Token::Delim('.') if compound.classes.len() < 2 => {
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
    use crate::parse::html::declarations::parse_attribute;
    use crate::parse::html::style::Display;

    fn display(css: &str, html: &str) -> Option<Display> {
        let mut sheet = Sheet::default();
        sheet.add(css);
        let html = scraper::Html::parse_fragment(html);
        let element = html
            .root_element()
            .first_child()
            .expect("an element")
            .value()
            .as_element()
            .expect("an element")
            .clone();
        let own = element.attr("style").map(parse_attribute).unwrap_or_default();
        sheet
            .style_of(element.name(), &Attributes::of(&element), &own)
            .and_then(|style| style.display)
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
        assert_eq!(sheet.bytes, MAX_BYTES);
    }
}
