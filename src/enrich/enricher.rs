use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use super::{
    brands::Accounts,
    intent,
    language::{LanguageJudge, Wrote},
    lexicon::{Found, Lexicon},
    needs_reply::{self, Situation},
    reading::{FEATURES, Reading, TokenKind},
    sentiment::{self, Felt, Read, SentimentJudge, clauses},
    stage,
    taught::{self, Basis, Taught},
    topics,
    units::{Signs, Units},
};
use crate::{
    config::{IndexConfig, WordLists, WordRole},
    model::{BrandMatch, Mention, Sentiment, Understanding},
};

/// Why word lists or models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More letters in all lists of one language than places can be numbered.
    #[error(
        "the word lists of language {language} are too long: at most {max} different beginnings of words are possible"
    )]
    WordsTooMany {
        /// Its code.
        language: String,
        /// The bound.
        max: u32,
    },
    /// A trained model sees texts in another way than this release.
    #[error(
        "the model {name} was trained with features {found}, this release makes {expected}; train it anew with `ascolto train`"
    )]
    Model {
        /// Its name.
        name: String,
        /// What it was trained with.
        found: u32,
        /// What is made here.
        expected: u32,
    },
}

/// Shorter words mean something else in too many languages to be believed in a text whose language nobody can tell.
const LETTERS_OF_SURE_WORD_MIN: usize = 5;

/// A brand whose query matches a mention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributed<'a> {
    /// Its id.
    pub brand: &'a str,
    /// Where the words of its query stand, in bytes of [`whole_text`].
    pub named: Vec<Range<usize>>,
}

/// Everything a mention says: its title, if it has one, and its text on the next line. Judgements are made of it.
#[must_use]
pub fn whole_text(mention: &Mention) -> Cow<'_, str> {
    if mention.title.is_empty() {
        Cow::Borrowed(&mention.text)
    } else {
        Cow::Owned(format!("{}\n{}", mention.title, mention.text))
    }
}

/// Judges mentions. Built once, shared by all threads.
pub struct Enricher {
    language: LanguageJudge,
    sentiment: SentimentJudge,
    lexicons: HashMap<String, Lexicon>,
    common: Lexicon,
    signs: Signs,
    /// Ids of all topics, ordered.
    topics: Vec<String>,
    accounts: Accounts,
}

impl Enricher {
    /// Builds the tables that make judging fast.
    ///
    /// # Errors
    /// [`Error::WordsTooMany`]
    pub fn new(config: &IndexConfig) -> Result<Self, Error> {
        let topics: BTreeSet<&String> =
            config.words.values().flat_map(|lists| lists.topics.values().flatten()).collect();
        let topics: Vec<String> = topics.into_iter().cloned().collect();
        let lexicon = |language: &str, lists| {
            Lexicon::new(lists, &topics)
                .ok_or_else(|| Error::WordsTooMany { language: language.to_owned(), max: super::lexicon::NODES_MAX })
        };
        let mut lexicons = HashMap::new();
        for (language, lists) in &config.words {
            lexicons.insert(language.clone(), lexicon(language, lists)?);
        }
        if let Some((name, model)) = config.models.iter().find(|(_, model)| model.header().features != FEATURES) {
            return Err(Error::Model { name: name.clone(), found: model.header().features, expected: FEATURES });
        }
        Ok(Self {
            language: LanguageJudge::new(&config.languages, |name| config.models.get(name).cloned()),
            sentiment: SentimentJudge::new(config.models.get(sentiment::MODEL).cloned()),
            lexicons,
            common: lexicon("common", &for_unknown_languages(config))?,
            topics,
            signs: Signs::new(&config.signs),
            accounts: Accounts::new(&config.brands),
        })
    }

    /// What the words of a mention say. Pure: the same mention always gives the same judgement.
    ///
    /// `attributed` are the ids of the brands whose query matches it, in any order.
    #[must_use]
    pub fn understand(&self, mention: &Mention, attributed: &[&str]) -> Understanding {
        let attributed: Vec<Attributed<'_>> =
            attributed.iter().map(|brand| Attributed { brand, named: Vec::new() }).collect();
        self.understand_named(mention, &attributed)
    }

    /// The same, where it is known at which places brands are named: what is said of each of several is then judged by itself.
    #[must_use]
    pub fn understand_named(&self, mention: &Mention, attributed: &[Attributed<'_>]) -> Understanding {
        self.understand_after(mention, attributed, &Wrote::default(), &Taught::default())
    }

    /// The same, where it is known what the author wrote before, and what people taught of the brands. What the author wrote decides the language
    /// where the words leave doubt, and nothing else: whether somebody waits for a reply must not follow from the order in which mentions
    /// arrive.
    #[must_use]
    pub fn understand_after(
        &self,
        mention: &Mention,
        attributed: &[Attributed<'_>],
        wrote: &Wrote,
        taught: &Taught,
    ) -> Understanding {
        let text = whole_text(mention);
        let text = text.as_ref();
        let reading = Reading::of(text);
        let language = self.language.judge(&reading, text);
        let units = Units::of(text, &self.signs);
        let Found { hits, topics } = self.lexicon(&language.code).find(&units);
        let read = Read { text, reading: &reading, units: &units, hits: &hits, language: &language.code };
        let felt = self.sentiment.judge(read, mention.rating);
        let intents = intent::judge(&units, &hits, &language.code);
        let stage = stage::judge(&units, &hits, mention.kind);
        let topics = topics::judge(&units, &topics, &self.topics);
        let mut brands = self.accounts.attribute(mention, &units, attributed);
        let sentiment = taught_sentiment(felt, read, &brands, taught);
        self.judge_each(mention, read, attributed, &mut brands, taught);
        let threshold = self.accounts.threshold(&brands);
        let situation = Situation { mention, units: &units, hits: &hits, brands: &brands, threshold };
        let mut weighed = needs_reply::weigh(&situation, &intents, &sentiment);
        if let Some(by) = taught.needs_reply(&brands, &language.code) {
            let features = taught::reply_features(mention, &intents, &brands, taught_features(read));
            taught::correct_needs_reply(&mut weighed, &features, &language.code, by);
        }
        let needs_reply = weighed.told();
        let language = self.language.judge_with_history(&language, &reading, text, wrote).unwrap_or(language);
        Understanding { language, sentiment, intents, stage, topics, needs_reply, brands, tags: Vec::new() }
    }

    fn lexicon(&self, language: &str) -> &Lexicon {
        self.lexicons.get(language).unwrap_or(&self.common)
    }

    /// Of several brands that are named, each gets the feeling of the clauses that are about it.
    fn judge_each(
        &self,
        mention: &Mention,
        read: Read<'_>,
        attributed: &[Attributed<'_>],
        brands: &mut [BrandMatch],
        taught: &Taught,
    ) {
        if brands.len() < 2 {
            return;
        }
        let named: Vec<Vec<Range<usize>>> = brands
            .iter()
            .map(|brand| {
                let of_query = attributed.iter().filter(|it| it.brand == brand.brand).flat_map(|it| it.named.clone());
                of_query.chain(self.accounts.named(mention, read.units, &brand.brand)).collect()
            })
            .collect();
        if named.iter().filter(|places| !places.is_empty()).count() < 2 {
            return;
        }
        for (brand, parts) in brands.iter_mut().zip(clauses::by_brand(read.units, &named)) {
            if parts.is_empty() {
                continue;
            }
            let said: Vec<&str> = parts.into_iter().filter_map(|part| read.text.get(part)).collect();
            let said = said.join("\n");
            let (reading, units) = (Reading::of(&said), Units::of(&said, &self.signs));
            let hits = self.lexicon(read.language).find(&units).hits;
            let read = Read { text: &said, reading: &reading, units: &units, hits: &hits, language: read.language };
            let felt = self.sentiment.judge(read, None);
            brand.sentiment = Some(taught_sentiment(felt, read, std::slice::from_ref(brand), taught));
        }
    }

    /// What is judged of a mention about brands before what they were taught of needing a reply, as their models see it. What they were taught
    /// of feelings is part of it.
    #[must_use]
    pub fn basis(&self, mention: &Mention, brands: &[&str], taught: &Taught) -> Basis {
        let text = whole_text(mention);
        let text = text.as_ref();
        let reading = Reading::of(text);
        let language = self.language.judge(&reading, text);
        let units = Units::of(text, &self.signs);
        let hits = self.lexicon(&language.code).find(&units).hits;
        let read = Read { text, reading: &reading, units: &units, hits: &hits, language: &language.code };
        let attributed: Vec<Attributed<'_>> =
            brands.iter().map(|brand| Attributed { brand, named: Vec::new() }).collect();
        let brands = self.accounts.attribute(mention, &units, &attributed);
        let felt = self.sentiment.judge(read, mention.rating);
        let (odds, label) = (taught::odds_of(felt.probabilities), felt.sentiment.label);
        let sentiment = taught_sentiment(felt, read, &brands, taught);
        let intents = intent::judge(&units, &hits, &language.code);
        let threshold = self.accounts.threshold(&brands);
        let situation = Situation { mention, units: &units, hits: &hits, brands: &brands, threshold };
        let weighed = needs_reply::weigh(&situation, &intents, &sentiment);
        let features = taught_features(read);
        Basis {
            has_words: has_words(&reading),
            reply_features: taught::reply_features(mention, &intents, &brands, features.clone()),
            features: taught::shortened(features),
            sentiment: odds,
            label,
            needs_reply: (!weighed.forbidden).then(|| taught::reply_odds(&weighed)),
            asked: weighed.asks(),
            language: language.code,
        }
    }

    /// The features by which a model of feelings is trained, of a text in a language: the same that serving makes of it.
    pub fn sentiment_features(&self, text: &str, language: &str, into: &mut Vec<u32>) {
        into.clear();
        let (reading, units) = (Reading::of(text), Units::of(text, &self.signs));
        let hits = self.lexicon(language).find(&units).hits;
        SentimentJudge::features(Read { text, reading: &reading, units: &units, hits: &hits, language }, into);
    }
}

/// What is felt, changed as the brands were taught.
fn taught_sentiment(felt: Felt, read: Read<'_>, brands: &[BrandMatch], taught: &Taught) -> Sentiment {
    match taught.sentiment(brands, read.language) {
        Some(by) if has_words(read.reading) => {
            let features = taught::shortened(taught_features(read));
            taught::correct_sentiment(felt, &features, read.language, by)
        }
        _ => felt.sentiment,
    }
}

fn taught_features(read: Read<'_>) -> Vec<u32> {
    let mut features = Vec::with_capacity(384);
    SentimentJudge::features(read, &mut features);
    features
}

/// Links, marks and signs alone teach nobody anything.
fn has_words(reading: &Reading) -> bool {
    reading.tokens.iter().any(|token| matches!(token.kind, TokenKind::Word | TokenKind::Run))
}

/// Words for texts whose language nobody can tell: most are so short that their thanks are all they say ("Merci!", "谢谢"),
/// and a thank-you must not wait in the queue for want of a language. A word that asks or complains in some language gives no
/// thanks. Long words tell a feeling or a problem, too, where all languages that list them agree ("pessimo", "не работает"): of
/// 3,090 labelled posts without a language they make 461 instead of 229 right, and 87 instead of 71 the opposite of what is right.
fn for_unknown_languages(config: &IndexConfig) -> WordLists {
    let thanks = |role: &WordRole| matches!(role, WordRole::Thanks | WordRole::Closing);
    let asks = |role: &WordRole| {
        matches!(
            role,
            WordRole::QuestionOpener
                | WordRole::QuestionWord
                | WordRole::Request
                | WordRole::Problem
                | WordRole::Wish
                | WordRole::Purchase
        )
    };
    let mut lists = config.common_words.clone();
    for (entry, roles) in config.words.values().flat_map(|words| &words.entries) {
        let is_asking =
            config.words.values().any(|words| words.entries.get(entry).is_some_and(|roles| roles.iter().any(asks)));
        if roles.iter().any(thanks) && !is_asking {
            let known = lists.entries.entry(entry.clone()).or_default();
            known.extend(roles.iter().copied().filter(thanks));
            known.dedup();
        }
    }
    for (entry, roles) in config.words.values().flat_map(|words| &words.entries) {
        let everywhere = |role: &WordRole| {
            let mut of_all = config.words.values().filter_map(|words| words.entries.get(entry));
            of_all.all(|of_one| of_one.contains(role))
        };
        let is_long = entry.chars().filter(|letter| letter.is_alphabetic()).count() >= LETTERS_OF_SURE_WORD_MIN;
        let sure = |role: &WordRole| match role {
            WordRole::Negator => everywhere(role),
            WordRole::Positive
            | WordRole::VeryPositive
            | WordRole::Negative
            | WordRole::VeryNegative
            | WordRole::Problem
            | WordRole::Ignored => is_long && everywhere(role),
            _ => false,
        };
        if roles.iter().any(sure) {
            let known = lists.entries.entry(entry.clone()).or_default();
            known.extend(roles.iter().copied().filter(sure));
            known.sort_unstable();
            known.dedup();
        }
    }
    lists
}
