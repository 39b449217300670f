//! What the argument base answers to a mention or to plain words.

use std::sync::Arc;

use super::{base::Base, invalid};
use crate::{
    argument::anonymous,
    base::{
        Timestamp,
        limits::{
            ARGUMENT_DUPLICATES_MAX, ARGUMENT_LANGUAGE_BYTES_MAX, SUGGEST_TEXT_BYTES_MAX, SUGGESTIONS_DEFAULT,
            SUGGESTIONS_MAX,
        },
    },
    engine::{Engine, EngineError, run_blocking},
    model::{Argument, ArgumentExample, Kind, Language, Mention, MentionName, StandardAnswer},
};

/// Bases of fewer examples answer within half a millisecond, where the question arrives.
const INLINE_EXAMPLES_MAX: usize = 200;

/// A question to the argument base.
#[derive(Clone, Debug)]
pub struct SuggestRequest {
    /// What is asked.
    pub what: SuggestWhat,
    /// Entries of this brand and those for every brand; empty: of the brands the mention is about, of all where none is known.
    pub brand: String,
    /// At most so many entries; 0 is the default.
    pub count: usize,
}

/// What the argument base is asked.
#[derive(Clone, Debug)]
pub enum SuggestWhat {
    /// A mention, by its words and its language.
    Mention(MentionName),
    /// Plain words.
    Text {
        /// As a customer would write them.
        text: String,
        /// ISO 639-1, or 639-3; empty: it is told from the words.
        language: String,
    },
}

/// What the argument base says.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestions {
    /// The language asked in; `und` where nobody can tell.
    pub language: String,
    /// Entries, best first. Empty where none fits.
    pub replies: Vec<SuggestedReply>,
    /// What the best entry scored, also where it does not fit; 0 where none has anything in common with the question.
    pub best_score: f32,
    /// Its id; empty where there is none.
    pub best: String,
    /// From which score on an entry fits.
    pub threshold: f32,
}

/// An entry that is suggested.
#[derive(Clone, Debug, PartialEq)]
pub struct SuggestedReply {
    /// The entry.
    pub argument: Arc<Argument>,
    /// 0 to 1.
    pub score: f32,
    /// The words of the question that decided, the weightiest first.
    pub words: Vec<String>,
    /// The example that is nearest; where that is its title, only the text is given.
    pub example: ArgumentExample,
    /// The standard answer in the language asked in, or in the nearest one it has.
    pub answer: Option<StandardAnswer>,
}

impl SuggestedReply {
    /// The answer is in the language that was asked in.
    #[must_use]
    pub fn answers_in(&self, language: &str) -> bool {
        let base = |code: &str| code.split('-').next().unwrap_or_default().to_owned();
        self.answer.as_ref().is_some_and(|answer| base(&answer.language) == base(language))
    }
}

/// Two entries that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateArguments {
    /// One of them, the lower id.
    pub one: Arc<Argument>,
    /// The other.
    pub other: Arc<Argument>,
    /// How near they are, 0 to 1.
    pub score: f32,
    /// What they share, the weightiest first.
    pub words: Vec<String>,
}

/// A question with all that is known of it.
pub(super) struct Question {
    pub(super) text: String,
    /// `und` where nobody can tell.
    pub(super) language: String,
    /// Empty where it is not known.
    pub(super) brands: Vec<String>,
}

impl Question {
    /// What a mention asks.
    pub(super) fn of(mention: &Mention, language: &str, brands: Vec<String>) -> Self {
        let text = anonymous(&whole_text(mention), &[]);
        Self { text, language: language.to_owned(), brands }
    }

    fn code(&self) -> &str {
        if self.language == Language::UNDETERMINED { "" } else { &self.language }
    }
}

/// Title and text of a mention.
pub(super) fn whole_text(mention: &Mention) -> String {
    match (mention.title.as_str(), mention.text.as_str()) {
        ("", text) => text.to_owned(),
        (title, "") => title.to_owned(),
        (title, text) => format!("{title}\n{text}"),
    }
}

impl Base {
    /// Entries that fit, of those valid at a moment and of the question's brands.
    pub(super) fn suggest(&self, question: &Question, count: usize, now: Timestamp) -> Suggestions {
        let may_be_told = |number: usize| {
            self.entries.get(number).is_some_and(|argument| {
                let is_of_brand = argument.brand.is_empty()
                    || question.brands.is_empty()
                    || question.brands.contains(&argument.brand);
                is_of_brand && argument.is_valid_at(now)
            })
        };
        let (text, code) = (question.text.as_str(), question.code());
        let fit = self.ranking.suggest_among(text, code, count, may_be_told);
        let reply = |suggestion: &crate::argument::Suggestion<'_>| {
            let argument = self.entries.get(suggestion.number)?;
            let of_title = || ArgumentExample { text: argument.title.clone(), ..ArgumentExample::default() };
            Some(SuggestedReply {
                argument: Arc::clone(argument),
                score: suggestion.score,
                words: self.ranking.reason(text, code, suggestion).into_iter().map(str::to_owned).collect(),
                example: argument.examples.get(suggestion.example).cloned().unwrap_or_else(of_title),
                answer: argument.answer_in(&question.language).cloned(),
            })
        };
        let best = fit.suggestions.first();
        Suggestions {
            language: question.language.clone(),
            best_score: best.map_or(0.0, |best| best.score),
            best: best.map_or_else(String::new, |best| best.entry.to_owned()),
            threshold: self.ranking.threshold(),
            replies: if fit.fits { fit.suggestions.iter().filter_map(reply).collect() } else { Vec::new() },
        }
    }
}

impl Engine {
    /// The entries of the argument base that fit a mention or a text, of those that are valid now.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::InvalidArgument`].
    pub async fn suggest_replies(&self, request: SuggestRequest) -> Result<Suggestions, EngineError> {
        let count = match request.count {
            0 => SUGGESTIONS_DEFAULT,
            count if count > SUGGESTIONS_MAX => {
                return Err(invalid("count", format!("is {count}; 1 to {SUGGESTIONS_MAX} are allowed")));
            }
            count => count,
        };
        let mut question = match request.what {
            SuggestWhat::Mention(name) => {
                let version = self.get(&name).await?;
                let brands = version.understanding.brands.iter().map(|brand| brand.brand.clone()).collect();
                Question::of(&version.mention, &version.understanding.language.code, brands)
            }
            SuggestWhat::Text { text, language } => self.question_of_text(&text, language)?,
        };
        if !request.brand.is_empty() {
            self.check_brands(std::slice::from_ref(&request.brand), "brand")?;
            question.brands = vec![request.brand];
        }
        let (base, now) = (self.arguments.load(), self.clock.now());
        if base.ranking.example_count() <= INLINE_EXAMPLES_MAX {
            return Ok(base.suggest(&question, count, now));
        }
        run_blocking(move || Ok(base.suggest(&question, count, now))).await
    }

    fn question_of_text(&self, text: &str, language: String) -> Result<Question, EngineError> {
        if text.len() > SUGGEST_TEXT_BYTES_MAX {
            let message = format!("has {} bytes; at most {SUGGEST_TEXT_BYTES_MAX} are allowed, shorten it", text.len());
            return Err(invalid("text", message));
        }
        if text.trim().is_empty() {
            return Err(invalid("text", "is empty; give a question, or the name of a mention".to_owned()));
        }
        if language.len() > ARGUMENT_LANGUAGE_BYTES_MAX {
            let message = format!("has {} bytes; at most {ARGUMENT_LANGUAGE_BYTES_MAX} are allowed", language.len());
            return Err(invalid("language", message));
        }
        let name = MentionName { platform: "text".to_owned(), external_id: "1".to_owned() };
        let mut mention = Mention::new(name, Kind::Post, Timestamp::UNIX_EPOCH);
        text.clone_into(&mut mention.text);
        let language = if language.is_empty() { self.understander.language_of(&mention) } else { language };
        Ok(Question::of(&mention, &language, Vec::new()))
    }

    /// Pairs of entries that answer the same, the nearest first.
    ///
    /// # Errors
    /// What keeps a thread from being had.
    pub async fn duplicate_arguments(&self) -> Result<Vec<DuplicateArguments>, EngineError> {
        let base = self.arguments.load();
        run_blocking(move || {
            let brand = |number: usize| base.entries.get(number).map_or("", |argument| argument.brand.as_str());
            let is_seen_together = |one: usize, other: usize| {
                brand(one).is_empty() || brand(other).is_empty() || brand(one) == brand(other)
            };
            let found = base.ranking.duplicates(is_seen_together).into_iter().take(ARGUMENT_DUPLICATES_MAX);
            let told = found.filter_map(|pair| {
                Some(DuplicateArguments {
                    one: Arc::clone(base.entries.get(pair.entries.0)?),
                    other: Arc::clone(base.entries.get(pair.entries.1)?),
                    score: pair.score,
                    words: pair.words,
                })
            });
            Ok(told.collect())
        })
        .await
    }
}
