//! Terms and literals: one matcher over the normalised text finds every term of every lexicon,
//! every keyword and every literal a pattern needs, in one pass.

mod automaton;
mod matcher;
mod tables;

pub use automaton::{Boundary, Found, MAX_PLACES, Place, Terms, TermsBuilder, Use, is_cluster};

use crate::span::Span;

/// Number of a topic in [`Terms::topics`].
pub type TopicId = u16;

/// Number of a language in [`Terms::languages`]; 0 is `mul`: of no language, or of several.
pub type LanguageId = u16;

/// How telling a term is; see the pack format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// Counts only beside others.
    Weak,
    /// Needs a second one, or an exposed place.
    Medium,
    /// Almost only advertisers use it.
    Strong,
}

/// A lexicon term found on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Topic of the term.
    pub topic: TopicId,
    /// Strength of the term.
    pub strength: Strength,
    /// Number of the term: equal for equal terms.
    pub term: u32,
    /// Language of the lexicon that holds the term.
    pub language: LanguageId,
    /// Where, in the page's text.
    pub span: Span,
}
