use super::{Intent, SentimentLabel, Understanding};
use crate::base::Timestamp;

/// What a person says of a mention in place of what the server judged. What is absent stays as judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorrectedValues {
    /// ISO 639 code, or `und`.
    pub language: Option<String>,
    /// How its author feels; `Unscored` for what cannot be told.
    pub sentiment: Option<SentimentLabel>,
    /// What its author wants; ordered, each once; empty for nothing of the list.
    pub intents: Option<Vec<Intent>>,
    /// Whether it asks for an answer.
    pub needs_reply: Option<bool>,
    /// Ids of the brands it is about; ordered, each once; empty for none.
    pub brands: Option<Vec<String>>,
    /// What it is about; ordered, each once; empty for nothing of the list.
    pub topics: Option<Vec<String>>,
}

impl CorrectedValues {
    /// Nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `newer` where it says something, this one elsewhere.
    #[must_use]
    pub fn merged_with(self, newer: Self) -> Self {
        Self {
            language: newer.language.or(self.language),
            sentiment: newer.sentiment.or(self.sentiment),
            intents: newer.intents.or(self.intents),
            needs_reply: newer.needs_reply.or(self.needs_reply),
            brands: newer.brands.or(self.brands),
            topics: newer.topics.or(self.topics),
        }
    }
}

/// A correction of a mention, with what it took the place of.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// What was said.
    pub values: CorrectedValues,
    /// Who said it last; empty where the caller did not tell.
    pub by: String,
    /// When it was recorded.
    pub corrected_at: Timestamp,
    /// What the server judges of the mention without it, at its place in the conversation.
    pub judged: Understanding,
}
