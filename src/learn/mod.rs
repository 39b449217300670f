//! How trained models are made and measured: reading labelled text, fitting, and holding what the server says against what is known.
//!
//! No mention is judged here and nothing is served: what comes out is the bytes of a model, or figures. Everything is
//! deterministic: the same text and seed give the same bytes.

mod adapt;
mod evaluate;
mod examples;
mod fit;
mod ftrl;
mod known;
mod labelled;
mod language;
mod random;
mod replies;
mod score;
mod sentiment;
mod taught;

pub use adapt::{Adaptation, adapt};
pub use evaluate::{Evaluation, Selection, evaluate};
pub use examples::{Example, Examples, Split};
pub use fit::{Fitted, Settings, fit};
pub use ftrl::{Ftrl, Rates};
pub use known::{KnownError, read_known};
pub use labelled::{Labelled, LabelledError, LabelledSet};
pub use language::{LanguageSettings, train_language};
pub use random::Random;
pub use replies::{
    Half, LabelledParent, LabelledReply, LabelledReplyError, NEEDED, NOT_NEEDED, ReplyEvaluation, ReplyMistake,
    evaluate_replies, read_replies,
};
pub use score::{Score, Scores};
pub use sentiment::{SentimentSettings, train_sentiment};
pub use taught::{Lesson, TaughtFigures, TaughtReport, TaughtTask, teach};
