//! End tags "in body".

use html5ever::local_name;

use crate::parse::html::names::NameId;
use crate::parse::html::store::AttributeRange;
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::Traits;

use super::{Mode, Step, Token, TreeBuilder};

impl TreeBuilder {
    /// An end tag "in body".
    pub(super) fn end_in_body(&mut self, tag: &Tag) -> Step {
        match *self.local(tag.name) {
            local_name!("template") => return self.in_head(Token::End(tag)),
            local_name!("body") => {
                if self.stack.has_in_scope(Traits::SCOPE, NameId::BODY) {
                    self.mode = Mode::AfterBody;
                }
            }
            local_name!("html") => {
                if self.stack.has_in_scope(Traits::SCOPE, NameId::BODY) {
                    return Step::Reprocess(Mode::AfterBody);
                }
            }
            grouping!() | names!["button", "listing", "pre", "select"] => {
                self.end_in_scope(tag.name);
            }
            local_name!("form") => self.end_form(),
            local_name!("p") => {
                if !self.stack.has_paragraph_in_button_scope() {
                    self.insert_implied(NameId::P);
                }
                self.close_paragraph();
            }
            items!() => {
                let is_li = tag.name == NameId::LI;
                let scope = if is_li { Traits::LIST_SCOPE } else { Traits::SCOPE };
                if self.stack.has_in_scope(scope, tag.name) {
                    self.stack.close_implied(Traits::IMPLIED, Some(tag.name));
                    self.stack.pop_through(tag.name);
                }
            }
            headings!() => {
                if self.stack.in_scope(Traits::SCOPE, |open| open.traits.has(Traits::HEADING)) {
                    self.stack.close_implied(Traits::IMPLIED, None);
                    self.stack.pop_through_any(Traits::HEADING);
                }
            }
            formatting!() | local_name!("a") | local_name!("nobr") => self.adopt(tag.name),
            marked!() => {
                if self.end_in_scope(tag.name) {
                    self.clear_formatting_to_marker();
                }
            }
            local_name!("br") => {
                return self.start_in_body(&Tag { attributes: AttributeRange::default(), ..*tag });
            }
            _ => self.end_any_other(tag.name),
        }
        Step::Done
    }

    /// Ends an element, if it is in scope; true if so.
    fn end_in_scope(&mut self, name: NameId) -> bool {
        let found = self.stack.has_in_scope(Traits::SCOPE, name);
        if found {
            self.stack.close_implied(Traits::IMPLIED, None);
            self.stack.pop_through(name);
        }
        found
    }

    fn end_form(&mut self) {
        if self.stack.has_template() {
            self.end_in_scope(NameId::FORM);
            return;
        }
        let Some(form) = self.form.take() else { return };
        if self.stack.in_scope(Traits::SCOPE, |open| open.id == form) {
            self.stack.close_implied(Traits::IMPLIED, None);
            self.stack.remove_element(form);
        }
    }

    /// "Any other end tag".
    pub(super) fn end_any_other(&mut self, name: NameId) {
        let open = self.stack.all().iter().rev();
        let mut until = open.take_while(|open| open.is(name) || !open.traits.has(Traits::SPECIAL));
        let Some(found) = until.find(|open| open.is(name)).copied() else { return };
        self.stack.close_implied(Traits::IMPLIED, Some(name));
        if let Some(position) = self.stack.position(found.id) {
            self.stack.truncate(position);
        }
    }

    /// "Close a `p` element".
    fn close_paragraph(&mut self) {
        self.stack.close_implied(Traits::IMPLIED, Some(NameId::P));
        self.stack.pop_through(NameId::P);
    }

    pub(super) fn close_paragraph_in_scope(&mut self) {
        if self.stack.has_paragraph_in_button_scope() {
            self.close_paragraph();
        }
    }
}
