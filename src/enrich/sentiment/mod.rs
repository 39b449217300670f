//! How the author feels: a trained model where it knows the language, with what the word lists find as part of what it sees; the word lists
//! alone elsewhere; and `unscored` where there is no evidence.

pub(super) mod clauses;
mod model;
mod words;

use super::{lexicon::Hit, reading::Reading, units::Units};
use crate::{linear::LinearModel, model::Sentiment};
use model::Model;

/// The name of the trained model.
pub(super) const MODEL: &str = "sentiment";

pub(super) use words::is_negated;

/// Judges feelings.
#[derive(Debug, Default)]
pub(super) struct SentimentJudge {
    model: Option<Model>,
}

/// A text in all forms in which judgements read it.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    pub(super) text: &'a str,
    pub(super) reading: &'a Reading,
    pub(super) units: &'a Units<'a>,
    pub(super) hits: &'a [Hit],
    /// Its language.
    pub(super) language: &'a str,
}

impl SentimentJudge {
    /// A model that does not tell the three labels is none: the word lists judge alone.
    pub(super) fn new(model: Option<LinearModel>) -> Self {
        Self { model: model.and_then(Model::new) }
    }

    pub(super) fn judge(&self, read: Read<'_>, rating: Option<f64>) -> Sentiment {
        let weighed = words::weigh(read.units, read.hits);
        let by_model = self.model.as_ref().and_then(|model| model.judge(read, &weighed, rating));
        by_model.unwrap_or_else(|| words::judge(read.text, &weighed, rating))
    }

    /// The features a model of feelings is trained with.
    pub(super) fn features(read: Read<'_>, into: &mut Vec<u32>) {
        model::features_of(read, &words::weigh(read.units, read.hits), |feature, _| into.push(feature));
    }
}
