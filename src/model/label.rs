use super::{CorrectedValues, Mention, MentionNumber};
use crate::base::Seq;

/// What a person said of a mention, with the mention as it was then: an example to learn from. It stays when the text is edited, for it
/// was true of these words, and goes when the mention is deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Of which mention; it has one label.
    pub number: MentionNumber,
    /// The version that recorded it.
    pub seq: Seq,
    /// As it was.
    pub mention: Mention,
    /// What was said.
    pub values: CorrectedValues,
    /// Whom it teaches: the brands the mention is about, corrected, ordered.
    pub brands: Vec<String>,
}
