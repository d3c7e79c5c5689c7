//! "In body", but for end tags, and the inside of templates.

use html5ever::local_name;
use html5ever::tokenizer::states::RawKind;

use crate::parse::html::names::NameId;
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::{Foreign, Traits};

use super::formatting::Entry;
use super::{Mode, Step, Text, Token, TreeBuilder};

impl TreeBuilder {
    /// "In body".
    pub(super) fn in_body(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(text) => self.text_in_body(text),
            Token::Start(tag) => self.start_in_body(tag),
            Token::End(tag) => self.end_in_body(tag),
            Token::Comment(text) => self.insert_comment(*text),
            Token::Eof if !self.template_modes.is_empty() => self.in_template(token),
            Token::Eof | Token::Null => Step::Done,
        }
    }

    pub(super) fn text_in_body(&mut self, text: &Text<'_>) -> Step {
        self.reconstruct_formatting();
        if self.frameset_ok && self.holds_words(text) {
            self.frameset_ok = false;
        }
        self.insert_text(text)
    }

    #[expect(clippy::too_many_lines, reason = "a table of elements")]
    pub(super) fn start_in_body(&mut self, tag: &Tag) -> Step {
        match *self.local(tag.name) {
            local_name!("html") => {
                if !self.stack.has_template()
                    && let Some(html) = self.stack.all().first()
                {
                    self.add_attributes(html.id, tag.attributes);
                }
            }
            head_content!() => return self.in_head(Token::Start(tag)),
            local_name!("body") => {
                if let Some(body) = self.stack.all().get(1).copied()
                    && body.is(NameId::BODY)
                    && !self.stack.has_template()
                {
                    self.frameset_ok = false;
                    self.add_attributes(body.id, tag.attributes);
                }
            }
            local_name!("frameset") => {
                if self.frameset_ok
                    && let Some(body) = self.stack.all().get(1).copied()
                    && body.is(NameId::BODY)
                {
                    self.tree.detach(body.id);
                    self.stack.truncate(1);
                    self.insert(tag);
                    self.mode = Mode::InFrameset;
                }
            }
            grouping!() | local_name!("p") => {
                self.close_paragraph_in_scope();
                self.insert(tag);
            }
            headings!() => {
                self.close_paragraph_in_scope();
                if self.stack.last_has(Traits::HEADING) {
                    self.stack.pop();
                }
                self.insert(tag);
            }
            local_name!("pre") | local_name!("listing") => {
                self.close_paragraph_in_scope();
                self.insert(tag);
                self.ignores_line_break = true;
                self.frameset_ok = false;
            }
            local_name!("form") => {
                let in_template = self.stack.has_template();
                if self.form.is_none() || in_template {
                    self.close_paragraph_in_scope();
                    let form = self.insert(tag);
                    if !in_template {
                        self.form = Some(form);
                    }
                }
            }
            items!() => self.start_item(tag),
            local_name!("plaintext") => {
                self.close_paragraph_in_scope();
                self.insert(tag);
                return Step::Plaintext;
            }
            local_name!("button") => {
                if self.stack.has_in_scope(Traits::SCOPE, NameId::BUTTON) {
                    self.stack.close_implied(Traits::IMPLIED, None);
                    self.stack.pop_through(NameId::BUTTON);
                }
                self.reconstruct_formatting();
                self.insert(tag);
                self.frameset_ok = false;
            }
            local_name!("a") => {
                self.end_misnested_anchor();
                self.reconstruct_formatting();
                return self.insert_formatting(tag);
            }
            formatting!() => {
                self.reconstruct_formatting();
                return self.insert_formatting(tag);
            }
            local_name!("nobr") => {
                self.reconstruct_formatting();
                if self.stack.has_in_scope(Traits::SCOPE, NameId::NOBR) {
                    self.adopt(NameId::NOBR);
                    self.reconstruct_formatting();
                }
                return self.insert_formatting(tag);
            }
            marked!() => {
                self.reconstruct_formatting();
                self.insert(tag);
                self.formatting.push(Entry::Marker);
                self.frameset_ok = false;
            }
            local_name!("table") => {
                if !self.is_quirky() {
                    self.close_paragraph_in_scope();
                }
                self.insert(tag);
                self.frameset_ok = false;
                self.mode = Mode::InTable;
            }
            names!["area", "br", "embed", "img", "keygen", "wbr"] => {
                self.reconstruct_formatting();
                self.insert_void(tag);
                self.frameset_ok = false;
            }
            local_name!("image") => {
                return self.start_in_body(&Tag { name: NameId::IMG, ..*tag });
            }
            local_name!("input") => {
                if self.stack.has_in_scope(Traits::SCOPE, NameId::SELECT) {
                    self.stack.pop_through(NameId::SELECT);
                }
                self.reconstruct_formatting();
                self.insert_void(tag);
                self.frameset_ok &= self.is_hidden_input(tag);
            }
            names!["param", "source", "track"] => {
                self.insert_void(tag);
            }
            local_name!("hr") => {
                self.close_paragraph_in_scope();
                if self.stack.has_in_scope(Traits::SCOPE, NameId::SELECT) {
                    self.stack.close_implied(Traits::IMPLIED, None);
                }
                self.insert_void(tag);
                self.frameset_ok = false;
            }
            local_name!("textarea") => {
                self.frameset_ok = false;
                let step = self.insert_raw(tag, RawKind::Rcdata);
                self.ignores_line_break = true;
                return step;
            }
            local_name!("xmp") => {
                self.close_paragraph_in_scope();
                self.reconstruct_formatting();
                self.frameset_ok = false;
                return self.insert_raw(tag, RawKind::Rawtext);
            }
            local_name!("iframe") => {
                self.frameset_ok = false;
                return self.insert_raw(tag, RawKind::Rawtext);
            }
            local_name!("noembed") | local_name!("noscript") => {
                return self.insert_raw(tag, RawKind::Rawtext);
            }
            local_name!("select") => {
                if self.stack.has_in_scope(Traits::SCOPE, NameId::SELECT) {
                    self.stack.pop_through(NameId::SELECT);
                } else {
                    self.reconstruct_formatting();
                    self.insert(tag);
                    self.frameset_ok = false;
                }
            }
            local_name!("option") => self.start_option(tag, Some(NameId::OPTGROUP)),
            local_name!("optgroup") => self.start_option(tag, None),
            local_name!("rb") | local_name!("rtc") => self.start_ruby(tag, None),
            local_name!("rp") | local_name!("rt") => self.start_ruby(tag, Some(NameId::RTC)),
            local_name!("math") => {
                self.reconstruct_formatting();
                self.insert_foreign(tag, Foreign::MathMl);
            }
            local_name!("svg") => {
                self.reconstruct_formatting();
                self.insert_foreign(tag, Foreign::Svg);
            }
            table_parts!() | local_name!("frame") | local_name!("head") => {}
            _ => {
                self.reconstruct_formatting();
                self.insert(tag);
            }
        }
        Step::Done
    }

    /// A start tag of a list item closes the last one.
    fn start_item(&mut self, tag: &Tag) {
        self.frameset_ok = false;
        let ends = |name: NameId| match tag.name {
            NameId::LI => name == NameId::LI,
            _ => matches!(name, NameId::DD | NameId::DT),
        };
        let mut last = None;
        for open in self.stack.all().iter().rev() {
            if open.is_html() && ends(open.name) {
                last = Some(open.name);
                break;
            }
            if open.traits.has(Traits::SPECIAL)
                && !matches!(*self.local(open.name), names!["address", "div", "p"])
            {
                break;
            }
        }
        if let Some(name) = last {
            self.stack.close_implied(Traits::IMPLIED, Some(name));
            self.stack.pop_through(name);
        }
        self.close_paragraph_in_scope();
        self.insert(tag);
    }

    fn start_option(&mut self, tag: &Tag, kept: Option<NameId>) {
        if self.stack.has_in_scope(Traits::SCOPE, NameId::SELECT) {
            self.stack.close_implied(Traits::IMPLIED, kept);
        } else if self.stack.last_is(NameId::OPTION) {
            self.stack.pop();
        }
        self.reconstruct_formatting();
        self.insert(tag);
    }

    fn start_ruby(&mut self, tag: &Tag, kept: Option<NameId>) {
        if self.stack.has_in_scope(Traits::SCOPE, NameId::RUBY) {
            self.stack.close_implied(Traits::IMPLIED, kept);
        }
        self.insert(tag);
    }

    pub(super) fn is_hidden_input(&self, tag: &Tag) -> bool {
        let store = &self.tree.store;
        let mut all = store.attributes(tag.attributes).iter();
        let kind = all.find(|one| *store.names.local(one.name) == local_name!("type"));
        kind.is_some_and(|one| store.get(one.value).eq_ignore_ascii_case("hidden"))
    }

    /// "In template".
    pub(super) fn in_template(&mut self, token: Token<'_>) -> Step {
        let mode = match token {
            Token::Text(_) | Token::Comment(_) => return self.in_body(token),
            Token::Start(tag) => match *self.local(tag.name) {
                head_content!() => return self.in_head(token),
                sections!() | local_name!("caption") | local_name!("colgroup") => Mode::InTable,
                local_name!("col") => Mode::InColumnGroup,
                local_name!("tr") => Mode::InTableBody,
                cells!() => Mode::InRow,
                _ => Mode::InBody,
            },
            Token::End(tag) if tag.name == NameId::TEMPLATE => return self.in_head(token),
            Token::Eof if self.stack.has_template() => {
                self.end_template();
                return Step::Reprocess(self.mode);
            }
            Token::End(_) | Token::Null | Token::Eof => return Step::Done,
        };
        self.template_modes.pop();
        self.template_modes.push(mode);
        Step::Reprocess(mode)
    }
}
