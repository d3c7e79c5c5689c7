//! The tokens of a text without a tree, for checks against other tokenizers.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Token;
use html5ever::tokenizer::states;

use crate::span::Span;

use super::TextRun;
use super::tokenizer::{Next, Receiver, State, Tokenizer};

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
        Tokenizer::new(text, usize::MAX, Collected::default()).starting_in(state, last_start_tag);
    tokenizer.run();
    tokenizer.receiver.0
}

#[derive(Default)]
struct Collected(Vec<Token>);

impl Receiver for Collected {
    fn token(&mut self, token: Token, _: Span) -> Next {
        self.0.push(token);
        Next::Continue
    }

    fn text(&mut self, text: StrTendril, _: &[TextRun]) {
        self.0.push(Token::CharacterTokens(text));
    }

    fn in_foreign_content(&self) -> bool {
        false
    }
}
