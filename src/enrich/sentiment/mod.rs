//! How the author feels: a trained model where it knows the language, with what the word lists find as part of what it sees; the word lists
//! alone elsewhere; and `unscored` where there is no evidence.

pub(super) mod clauses;
mod model;
mod words;

use super::{lexicon::Hit, reading::Reading, units::Units};
use crate::{
    linear::{LinearModel, softmax},
    model::{Sentiment, SentimentLabel},
};
pub(super) use model::EVIDENCE_WEIGHT_MIN;
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

    pub(super) fn judge(&self, read: Read<'_>, rating: Option<f64>) -> Felt {
        let weighed = words::weigh(read.units, read.hits);
        let by_model = self.model.as_ref().and_then(|model| model.judge(read, &weighed, rating));
        by_model.unwrap_or_else(|| Felt::of_words(words::judge(read.text, &weighed, rating)))
    }

    /// The features a model of feelings is trained with.
    pub(super) fn features(read: Read<'_>, into: &mut Vec<u32>) {
        model::features_of(read, &words::weigh(read.units, read.hits), |feature, _| into.push(feature));
    }
}

/// A feeling with how likely each label is: negative, neutral, positive.
#[derive(Clone, Debug)]
pub(super) struct Felt {
    pub(super) sentiment: Sentiment,
    pub(super) probabilities: [f32; 3],
}

/// How steeply the score of the word lists is turned into odds, and what they leave to neutral: from a score of 0.2 on a feeling is likelier.
const ODDS_PER_SCORE: f32 = 3.0;
/// See [`ODDS_PER_SCORE`].
const ODDS_OF_NEUTRAL: f32 = 0.6;

impl Felt {
    /// Word lists know no probabilities: these follow from the score, and nothing is likelier where nothing is known.
    fn of_words(sentiment: Sentiment) -> Self {
        let odds = sentiment.score * ODDS_PER_SCORE;
        let neutral = if sentiment.label == SentimentLabel::Unscored { 0.0 } else { ODDS_OF_NEUTRAL };
        let mut probabilities = [-odds, neutral, odds];
        softmax(&mut probabilities);
        Self { sentiment, probabilities }
    }
}

/// The label of the greatest of three probabilities: negative, neutral, positive. Neutral where it is a tie.
pub(super) fn likeliest([negative, neutral, positive]: [f32; 3]) -> SentimentLabel {
    if neutral >= negative && neutral >= positive {
        SentimentLabel::Neutral
    } else if positive > negative {
        SentimentLabel::Positive
    } else {
        SentimentLabel::Negative
    }
}
