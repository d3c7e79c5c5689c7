//! Pure functions over text: scripts, languages, words, normalised views.

mod chars;
mod chunk;
mod class;
mod hash;
mod lanes;
mod language;
mod normalise;
mod script;
mod survey;
mod table;
mod vocabulary;
mod words;

pub use chars::Chars;
pub use class::{for_each_lower, is_alphabetic, is_alphanumeric, lowercase};
pub use hash::{Drawn, HASH_SEED, hash_chars, hash_step};
pub use lanes::{any_byte, any_pair, count_bytes, count_pairs, leading_ascii};
pub use language::{UNKNOWN, language};
pub use normalise::{View, is_look_alike, normalise, normalise_term, squash};
pub use script::{ChineseCounts, Script, ScriptCounts};
pub use survey::{Marks, Survey, is_clause_mark};
pub use table::{Gap, Word, WordTable, longest_word};
pub use words::{content_ngrams, count_words, ends_sentence, is_prose, reads_like_prose, tokens};
