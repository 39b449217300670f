//! What one version of a mention offers to a query: the one reading of a mention for both back-ends.
//!
//! A version that is deleted offers nothing and matches nothing; callers leave it out before they come here.

use std::borrow::Cow;

use super::{KeywordField, NumberField, TextField, TimeField};
use crate::{base::Timestamp, model::Version, text::Tokens};

/// The text of a field as the tokenizer gets it. Highlights are byte ranges of exactly this.
#[must_use]
pub fn text(_version: &Version, _field: TextField) -> Cow<'_, str> {
    todo!()
}

/// Every fact, value normalised; ordered by field, no pair twice.
#[must_use]
pub fn keywords(_version: &Version) -> Vec<(KeywordField, String)> {
    todo!()
}

/// A figure, where it is known.
#[must_use]
pub fn number(_version: &Version, _field: NumberField) -> Option<f64> {
    todo!()
}

/// A moment.
#[must_use]
pub fn time(version: &Version, field: TimeField) -> Timestamp {
    match field {
        TimeField::Published => version.mention.created_at,
        TimeField::Ingested => version.ingested_at,
    }
}

/// Everything one version offers, cut into terms: what the matcher and the highlighter read.
#[derive(Clone, Debug)]
pub struct Document {
    /// By [`TextField`] as index.
    pub texts: [Tokens; 5],
    /// As [`keywords`] gives them.
    pub keywords: Vec<(KeywordField, String)>,
    /// By [`NumberField`] as index.
    pub numbers: [Option<f64>; 9],
    /// [`TimeField::Published`].
    pub published: Timestamp,
    /// [`TimeField::Ingested`].
    pub ingested: Timestamp,
}

impl Document {
    /// Reads a version.
    #[must_use]
    pub fn of(_version: &Version) -> Self {
        todo!()
    }
}
