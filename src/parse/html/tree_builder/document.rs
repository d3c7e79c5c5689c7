//! Modes around the body: what comes before it, framesets, and what comes after it.

use html5ever::interface::QuirksMode;
use html5ever::local_name;
use html5ever::tokenizer::states::RawKind;

use crate::parse::html::names::NameId;
use crate::parse::html::store::AttributeRange;
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::Traits;

use super::formatting::Entry;
use super::{Mode, Space, Step, Text, Token, TreeBuilder};

impl TreeBuilder {
    /// "Initial"; document types have been seen to.
    pub(super) fn initial(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => Step::Split,
            Token::Text(Text { space: Space::Only, .. }) => Step::Done,
            Token::Comment(text) => self.comment_of_document(*text),
            _ => {
                self.tree.quirks = QuirksMode::Quirks;
                Step::Reprocess(Mode::BeforeHtml)
            }
        }
    }

    /// "Before html".
    pub(super) fn before_html(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => return Step::Split,
            Token::Text(Text { space: Space::Only, .. }) => return Step::Done,
            Token::Comment(text) => return self.comment_of_document(*text),
            Token::Start(tag) if tag.name == NameId::HTML => {
                self.insert(tag);
                self.mode = Mode::BeforeHead;
                return Step::Done;
            }
            Token::End(tag) if !ends_what_is_not_begun(tag) => return Step::Done,
            _ => {}
        }
        self.insert_implied(NameId::HTML);
        Step::Reprocess(Mode::BeforeHead)
    }

    /// "Before head".
    pub(super) fn before_head(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => return Step::Split,
            Token::Text(Text { space: Space::Only, .. }) => return Step::Done,
            Token::Comment(text) => return self.insert_comment(*text),
            Token::Start(tag) if tag.name == NameId::HTML => return self.in_body(token),
            Token::Start(tag) if tag.name == NameId::HEAD => {
                self.head = Some(self.insert(tag));
                self.mode = Mode::InHead;
                return Step::Done;
            }
            Token::End(tag) if !ends_what_is_not_begun(tag) => return Step::Done,
            _ => {}
        }
        self.head = Some(self.insert_implied(NameId::HEAD));
        Step::Reprocess(Mode::InHead)
    }

    /// "In head".
    pub(super) fn in_head(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => return Step::Split,
            Token::Text(text @ Text { space: Space::Only, .. }) => return self.insert_text(text),
            Token::Comment(text) => return self.insert_comment(*text),
            Token::Start(tag) => match *self.local(tag.name) {
                local_name!("html") => return self.in_body(token),
                head_voids!() => {
                    self.insert_void(tag);
                    let pauses = self.names_encoding(tag.attributes);
                    return if pauses { Step::Resumed } else { Step::Done };
                }
                local_name!("title") => return self.insert_raw(tag, RawKind::Rcdata),
                names!["noframes", "style", "noscript"] => {
                    return self.insert_raw(tag, RawKind::Rawtext);
                }
                local_name!("script") => return self.insert_raw(tag, RawKind::ScriptData),
                local_name!("template") => {
                    self.formatting.push(Entry::Marker);
                    self.frameset_ok = false;
                    self.mode = Mode::InTemplate;
                    self.template_modes.push(Mode::InTemplate);
                    self.insert(tag);
                    return Step::Done;
                }
                local_name!("head") => return Step::Done,
                _ => {}
            },
            Token::End(tag) if tag.name == NameId::HEAD => {
                self.stack.pop();
                self.mode = Mode::AfterHead;
                return Step::Done;
            }
            Token::End(tag) if tag.name == NameId::TEMPLATE => {
                if self.stack.has_template() {
                    self.stack.close_implied(Traits::IMPLIED_THOROUGHLY, None);
                    self.end_template();
                }
                return Step::Done;
            }
            Token::End(tag) if !ends_what_is_not_begun(tag) => return Step::Done,
            _ => {}
        }
        self.stack.pop();
        Step::Reprocess(Mode::AfterHead)
    }

    /// Ends the innermost template.
    pub(super) fn end_template(&mut self) {
        self.stack.pop_through(NameId::TEMPLATE);
        self.clear_formatting_to_marker();
        self.template_modes.pop();
        self.mode = self.reset_mode();
    }

    /// Whether the tag names an encoding, as `meta` does. html5ever does not ask which.
    fn names_encoding(&self, attributes: AttributeRange) -> bool {
        let store = &self.tree.store;
        let all = store.attributes(attributes).iter();
        let (mut equiv, mut content) = (false, None);
        for attribute in all {
            let value = store.get(attribute.value);
            match *store.names.local(attribute.name) {
                local_name!("charset") => return true,
                local_name!("http-equiv") => equiv = value.eq_ignore_ascii_case("content-type"),
                local_name!("content") => content = Some(value),
                _ => {}
            }
        }
        equiv && content.is_some_and(holds_encoding)
    }

    /// "After head".
    pub(super) fn after_head(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => return Step::Split,
            Token::Text(text @ Text { space: Space::Only, .. }) => return self.insert_text(text),
            Token::Comment(text) => return self.insert_comment(*text),
            Token::Start(tag) => match *self.local(tag.name) {
                local_name!("html") => return self.in_body(token),
                local_name!("body") => {
                    self.insert(tag);
                    self.frameset_ok = false;
                    self.mode = Mode::InBody;
                    return Step::Done;
                }
                local_name!("frameset") => {
                    self.insert(tag);
                    self.mode = Mode::InFrameset;
                    return Step::Done;
                }
                head_content!() => return self.in_head_again(token),
                local_name!("head") => return Step::Done,
                _ => {}
            },
            Token::End(tag) if tag.name == NameId::TEMPLATE => return self.in_head(token),
            Token::End(tag) if tag.name == NameId::HEAD || !ends_what_is_not_begun(tag) => {
                return Step::Done;
            }
            _ => {}
        }
        self.insert_implied(NameId::BODY);
        Step::Reprocess(Mode::InBody)
    }

    /// What belongs into the head goes there, though it has ended.
    fn in_head_again(&mut self, token: Token<'_>) -> Step {
        let Some(id) = self.head else { return Step::Done };
        let traits = self.tree.store.names.get(NameId::HEAD).traits;
        self.stack.push(super::stack::Open { id, name: NameId::HEAD, traits });
        let step = self.in_head(token);
        self.stack.remove_element(id);
        step
    }

    /// "Text".
    pub(super) fn in_text(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(text) => self.insert_text(text),
            Token::Eof => {
                self.stack.pop();
                Step::Reprocess(self.original_mode)
            }
            Token::End(tag) => {
                self.stack.pop();
                self.mode = self.original_mode;
                let is_script = *self.local(tag.name) == local_name!("script");
                if is_script { Step::Resumed } else { Step::Done }
            }
            // The tokenizer reads nothing else in raw text.
            Token::Start(_) | Token::Comment(_) | Token::Null => Step::Done,
        }
    }

    /// "After body".
    pub(super) fn after_body(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => Step::Split,
            Token::Text(Text { space: Space::Only, .. }) => self.in_body(token),
            Token::Comment(text) => self.comment_of_html(*text),
            Token::Start(tag) if tag.name == NameId::HTML => self.in_body(token),
            Token::End(tag) if tag.name == NameId::HTML => {
                self.mode = Mode::AfterAfterBody;
                Step::Done
            }
            Token::Eof => Step::Done,
            _ => Step::Reprocess(Mode::InBody),
        }
    }

    /// "In frameset".
    pub(super) fn in_frameset(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => return Step::Split,
            Token::Text(text @ Text { space: Space::Only, .. }) => return self.insert_text(text),
            Token::Comment(text) => return self.insert_comment(*text),
            Token::Start(tag) => match *self.local(tag.name) {
                local_name!("html") => return self.in_body(token),
                local_name!("frameset") => {
                    self.insert(tag);
                }
                local_name!("frame") => {
                    self.insert_void(tag);
                }
                local_name!("noframes") => return self.in_head(token),
                _ => {}
            },
            Token::End(tag) if tag.name == NameId::FRAMESET && self.stack.len() > 1 => {
                self.stack.pop();
                if !self.stack.last_is(NameId::FRAMESET) {
                    self.mode = Mode::AfterFrameset;
                }
            }
            _ => {}
        }
        Step::Done
    }

    /// "After frameset".
    pub(super) fn after_frameset(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => Step::Split,
            Token::Text(text @ Text { space: Space::Only, .. }) => self.insert_text(text),
            Token::Comment(text) => self.insert_comment(*text),
            Token::Start(tag) if tag.name == NameId::HTML => self.in_body(token),
            Token::Start(tag) if *self.local(tag.name) == local_name!("noframes") => {
                self.in_head(token)
            }
            Token::End(tag) if tag.name == NameId::HTML => {
                self.mode = Mode::AfterAfterFrameset;
                Step::Done
            }
            _ => Step::Done,
        }
    }

    /// "After after body".
    pub(super) fn after_after_body(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => Step::Split,
            Token::Text(Text { space: Space::Only, .. }) => self.in_body(token),
            Token::Comment(text) => self.comment_of_document(*text),
            Token::Start(tag) if tag.name == NameId::HTML => self.in_body(token),
            Token::Eof => Step::Done,
            _ => Step::Reprocess(Mode::InBody),
        }
    }

    /// "After after frameset".
    pub(super) fn after_after_frameset(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Text(Text { space: Space::Unknown, .. }) => Step::Split,
            Token::Text(Text { space: Space::Only, .. }) => self.in_body(token),
            Token::Comment(text) => self.comment_of_document(*text),
            Token::Start(tag) if tag.name == NameId::HTML => self.in_body(token),
            Token::Start(tag) if *self.local(tag.name) == local_name!("noframes") => {
                self.in_head(token)
            }
            _ => Step::Done,
        }
    }
}

/// Whether an end tag outside of the body begins what it ends.
fn ends_what_is_not_begun(tag: &Tag) -> bool {
    matches!(tag.name, NameId::HEAD | NameId::BODY | NameId::HTML | NameId::BR)
}

/// "Extracting a character encoding from a `meta` element", as far as whether there is one.
fn holds_encoding(content: &str) -> bool {
    const WORD: &[u8] = b"charset";
    let bytes = content.as_bytes();
    let mut at = 0;
    while let Some(word) = bytes.get(at..at + WORD.len()) {
        if !word.eq_ignore_ascii_case(WORD) {
            at += 1;
            continue;
        }
        at += WORD.len();
        let rest = bytes[at..].trim_ascii_start();
        at = bytes.len() - rest.len();
        if let Some(value) = rest.strip_prefix(b"=") {
            return match value.trim_ascii_start() {
                [] => false,
                [quote @ (b'"' | b'\''), value @ ..] => value.contains(quote),
                _ => true,
            };
        }
    }
    false
}
