//! The only tokenizer: folds letters, cuts texts into terms with positions and byte ranges, and query words into the same terms.
//!
//! Index, matcher and highlighting all use it; nothing else may cut a text into words.
//!
//! At one position stand all forms of a word that can be searched for, told apart by what they begin with:
//!
//! | form | stands there |
//! |---|---|
//! | folded: `caffe` | always |
//! | with its accents: [`ACCENTED`] + `caffè` | where it differs from the folded one; then also [`ACCENTED`] alone |
//! | as written: [`WRITTEN`] + `Caffè` | where its letter case differs from the accented one; then also [`WRITTEN`] alone |
//! | stem: [`STEM`] + `it:caff` | where the language of the text has a stemmer that knows the letters of the word |
//!
//! The markers alone make it possible to ask for `apple` and not for `Apple`, which has the same folded form. A hashtag
//! has its forms a second time behind `#`. So phrases work the same on every form.

mod asked;
mod class;
mod fold;
mod segment;
mod stem;
#[cfg(test)]
mod tests;
mod tokens;
mod wildcard;

pub use asked::{Asked, PhraseWord, Reading, WildcardFault, Word, asked};
pub use class::is_letter_or_digit;
pub use fold::composed;
pub use segment::{Segment, SegmentKind, Segments, segments};
pub use tokens::{Token, Tokens};
pub use wildcard::{Wildcard, WildcardPart};

/// Stands before a spelling with its accents, so that it never meets a folded one; alone at a place where accents are written.
pub const ACCENTED: char = '\u{1}';
/// Stands before a form in the letter case it is written in; alone at a place where that is not all lower case.
pub const WRITTEN: char = '\u{2}';
/// Stands before the code of a language, a colon and a stem. Like the other markers it is a control character: no word holds it.
pub const STEM: char = '\u{3}';

/// Codes of the languages that have a stemmer.
pub fn stemmed_languages() -> impl Iterator<Item = &'static str> {
    stem::ALL.iter().map(|stemming| stemming.language())
}
