//! The only tokenizer: folds letters, cuts texts into terms with positions and byte ranges, and query words into the same terms.
//!
//! Index, matcher and highlighting all use it; nothing else may cut a text into words.

use crate::base::Span;

/// A text cut into terms.
#[derive(Clone, Debug, Default)]
pub struct Tokens {}

/// One form of one token. Several forms of a token (folded, accented, as a hashtag…) share position and span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Which word of the text it is, from 0. Never falls from one token to the next.
    pub position: u32,
    /// Where it stands in the text.
    pub span: Span,
    /// What the index and the matcher know it as.
    pub term: &'a str,
}

impl Tokens {
    /// Cuts a text.
    #[must_use]
    pub fn of(_text: &str) -> Self {
        todo!()
    }

    /// All forms of all tokens, in order of position.
    pub fn iter(&self) -> impl Iterator<Item = Token<'_>> {
        std::iter::empty()
    }
}

/// The terms that a word or phrase of a query asks for; empty where nothing in it can be searched for.
#[must_use]
pub fn phrase_terms(_written: &str) -> Vec<PhraseTerm> {
    todo!()
}

/// A term of a phrase in a query, at its distance from the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhraseTerm {
    /// Positions after the first term.
    pub offset: u32,
    /// Exactly as the tokenizer yields it.
    pub term: String,
}
