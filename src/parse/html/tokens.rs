//! The tokens of a text without a tree, for checks against other tokenizers.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states;
use html5ever::tokenizer::{self, Doctype, Token};
use html5ever::{Attribute, LocalName, QualName, ns};

use crate::span::Span;

use super::TextRun;
use super::names::NameId;
use super::store::{Store, Str};
use super::tokenizer::{Next, Receiver, State, Tag, Tokenizer};

/// Tokenizes a text that begins in `initial`, as after a start tag named `last_start_tag`.
/// Only the initial states of the html5lib tests are known; others count as data.
#[doc(hidden)]
pub fn tokens(text: &str, initial: states::State, last_start_tag: Option<&str>) -> Vec<Token> {
    let state = match initial {
        states::State::RawData(kind) => State::Raw(kind),
        states::State::Plaintext => State::Plaintext,
        states::State::CdataSection => State::Cdata,
        _ => State::Data,
    };
    let mut tokenizer =
        Tokenizer::new(text, usize::MAX, Collected::new(text)).starting_in(state, last_start_tag);
    tokenizer.run();
    tokenizer.receiver.tokens
}

/// Tokens as html5ever has them.
pub(super) struct Collected {
    store: Store,
    pub(super) tokens: Vec<Token>,
}

impl Collected {
    pub(super) fn new(text: &str) -> Self {
        Self { store: Store::new(text), tokens: Vec::new() }
    }

    fn tendril(&self, text: Str) -> StrTendril {
        StrTendril::from_slice(self.store.get(text))
    }

    fn local(&self, name: NameId) -> LocalName {
        LocalName::from(self.store.names.get(name).text())
    }

    fn html5evers(&self, tag: &Tag) -> tokenizer::Tag {
        let attributes = self.store.attributes(tag.attributes).iter();
        let attributes = attributes.map(|attribute| {
            let name = QualName::new(None, ns!(), self.local(attribute.name));
            Attribute { name, value: self.tendril(attribute.value) }
        });
        tokenizer::Tag {
            kind: tag.kind,
            name: self.local(tag.name),
            self_closing: tag.self_closing,
            attrs: attributes.collect(),
            had_duplicate_attributes: tag.had_duplicates,
        }
    }
}

impl Receiver for Collected {
    fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    fn tag(&mut self, tag: &Tag, _: Span) -> Next {
        self.tokens.push(Token::TagToken(self.html5evers(tag)));
        Next::Continue
    }

    fn comment(&mut self, text: Str, _: Span) {
        self.tokens.push(Token::CommentToken(self.tendril(text)));
    }

    fn doctype(&mut self, doctype: Doctype, _: Span) {
        self.tokens.push(Token::DoctypeToken(doctype));
    }

    fn null(&mut self, _: Span) {
        self.tokens.push(Token::NullCharacterToken);
    }

    fn text(&mut self, text: Str, _: &[TextRun]) {
        self.tokens.push(Token::CharacterTokens(self.tendril(text)));
    }

    fn end(&mut self, _: Span) {
        self.tokens.push(Token::EOFToken);
    }

    fn in_foreign_content(&self) -> bool {
        false
    }
}
