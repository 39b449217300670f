//! What people taught of a brand by their corrections, as it serves: small models over what was judged without them.
//!
//! A model adds to the log odds of the judgement it corrects, so a brand that was taught nothing is judged as before, and few labels move it a
//! little. How such a model is made is `learn`.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    needs_reply::Weighed,
    sentiment::{EVIDENCE_WEIGHT_MIN, Felt, likeliest},
};
use crate::{
    base::limits::TAUGHT_FEATURES_MAX,
    linear::{self, LinearModel, Sums, finish, mix},
    model::{BrandMatch, Evidence, IntentJudgement, Mention, Sentiment, SentimentLabel},
};

/// Log odds of one point of the score of needs-reply: one point above the threshold is 7 to 1.
const ODDS_PER_POINT: f32 = 2.0;
/// No judgement is surer than this before the brand's model speaks: else nothing could be taught where the base is wrong and certain.
const PROBABILITY_MIN: f32 = 0.01;
/// Where nothing was known, a label is told only if it is likelier than all others together.
const SURE_WHERE_UNSCORED: f32 = 0.5;
/// A correction of the score that is smaller changes nothing that is seen.
const POINTS_MIN: f32 = 0.05;

/// What all brands were taught. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Taught {
    brands: BTreeMap<String, Arc<TaughtBrand>>,
}

/// What one brand was taught.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaughtBrand {
    /// Negative, neutral, positive.
    pub sentiment: Option<TaughtModel>,
    /// No, yes.
    pub needs_reply: Option<TaughtModel>,
}

/// A model made of corrections. The groups of its header are the languages of the mentions it was taught with; of others it says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct TaughtModel {
    /// What it adds to the log odds of each class.
    pub model: LinearModel,
    /// Of how many corrections it is made.
    pub corrections: usize,
}

/// What is judged of a mention without its brand's model, as that model sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    /// Its language by its own words.
    pub language: String,
    /// What the model sees of the mention when it corrects its sentiment.
    pub features: Vec<u32>,
    /// Log odds of negative, neutral, positive.
    pub sentiment: [f32; 3],
    /// The label that was told.
    pub label: SentimentLabel,
    /// Words were read: a text of nothing but links teaches no feeling.
    pub has_words: bool,
    /// What the model sees when it corrects whether a reply is needed.
    pub reply_features: Vec<u32>,
    /// Log odds of no and yes; `None` where it must not be asked for, whatever the score.
    pub needs_reply: Option<[f32; 2]>,
    /// Whether it was asked for.
    pub asked: bool,
}

impl Taught {
    /// Takes in what a brand was taught, in place of what it was taught before.
    pub fn put(&mut self, brand: &str, taught: TaughtBrand) {
        if taught == TaughtBrand::default() {
            self.brands.remove(brand);
        } else {
            self.brands.insert(brand.to_owned(), Arc::new(taught));
        }
    }

    /// What a brand was taught.
    #[must_use]
    pub fn brand(&self, brand: &str) -> Option<&TaughtBrand> {
        self.brands.get(brand).map(Arc::as_ref)
    }

    /// Nobody was taught anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.brands.is_empty()
    }

    /// Of the brands a mention is about, the one that was taught a task with most corrections; its own messages are left as they are.
    fn most<'a>(
        &'a self,
        brands: &'a [BrandMatch],
        language: &str,
        task: impl Fn(&TaughtBrand) -> Option<&TaughtModel>,
    ) -> Option<(&'a str, &'a TaughtModel)> {
        if self.is_empty() || brands.iter().any(|brand| brand.own) {
            return None;
        }
        let taught = brands.iter().filter_map(|brand| {
            let model = task(self.brands.get(&brand.brand)?)?;
            model.knows(language).then_some((brand.brand.as_str(), model))
        });
        // Of several with as many, the first by name.
        taught.reduce(|best, other| if other.1.corrections > best.1.corrections { other } else { best })
    }

    /// The brand's model of feelings that a mention is judged by.
    pub(super) fn sentiment<'a>(
        &'a self,
        brands: &'a [BrandMatch],
        language: &str,
    ) -> Option<(&'a str, &'a TaughtModel)> {
        self.most(brands, language, |taught| taught.sentiment.as_ref())
    }

    /// The brand's model of what needs a reply that a mention is judged by.
    pub(super) fn needs_reply<'a>(
        &'a self,
        brands: &'a [BrandMatch],
        language: &str,
    ) -> Option<(&'a str, &'a TaughtModel)> {
        self.most(brands, language, |taught| taught.needs_reply.as_ref())
    }
}

impl TaughtModel {
    fn knows(&self, language: &str) -> bool {
        self.model.header().groups.iter().any(|group| group == language)
    }

    /// What it makes of the log odds of the classes, in a language.
    #[must_use]
    pub fn corrected(&self, features: &[u32], odds: &[f32], language: &str) -> Vec<f32> {
        if !self.knows(language) {
            return odds.to_vec();
        }
        let (mut sums, mut scores) = (Sums::default(), Vec::new());
        self.model.begin(&mut sums);
        self.model.add(&mut sums, features);
        self.model.scores(&sums, &mut scores);
        odds.iter().zip(scores).map(|(odds, score)| odds + score).collect()
    }
}

/// The label that log odds of negative, neutral and positive speak for, told instead of `before`.
#[must_use]
pub fn label_of(odds: &[f32], before: SentimentLabel) -> SentimentLabel {
    let mut probabilities = probabilities(odds);
    linear::softmax(&mut probabilities);
    let most = probabilities.iter().copied().fold(0.0, f32::max);
    if before == SentimentLabel::Unscored && most < SURE_WHERE_UNSCORED { before } else { likeliest(probabilities) }
}

fn probabilities(odds: &[f32]) -> [f32; 3] {
    let of = |class: usize| odds.get(class).copied().unwrap_or_default();
    [of(0), of(1), of(2)]
}

/// Log odds of probabilities.
pub(super) fn odds_of(probabilities: [f32; 3]) -> [f32; 3] {
    probabilities.map(|probability| probability.max(PROBABILITY_MIN).ln())
}

/// The features of a text that a brand's model looks at.
pub(super) fn shortened(mut features: Vec<u32>) -> Vec<u32> {
    features.truncate(TAUGHT_FEATURES_MAX);
    features
}

/// Changes a feeling as a brand was taught.
pub(super) fn correct_sentiment(
    felt: Felt,
    features: &[u32],
    language: &str,
    (brand, taught): (&str, &TaughtModel),
) -> Sentiment {
    let before = odds_of(felt.probabilities);
    let after = taught.corrected(features, &before, language);
    let label = label_of(&after, felt.sentiment.label);
    let [negative, _, positive] = probabilities(&after);
    let weight = (positive - negative) - (before[2] - before[0]);
    let mut sentiment = felt.sentiment;
    let is_same = label == sentiment.label;
    if is_same && (label == SentimentLabel::Unscored || weight.abs() < EVIDENCE_WEIGHT_MIN) {
        return sentiment;
    }
    let mut shares = probabilities(&after);
    linear::softmax(&mut shares);
    sentiment.label = label;
    sentiment.score = shares[2] - shares[0];
    sentiment.evidence.insert(0, Evidence::taught(brand, taught.corrections, weight));
    sentiment
}

/// Log odds of no and yes by what was weighed.
pub(super) fn reply_odds(weighed: &Weighed) -> [f32; 2] {
    [0.0, (weighed.score() - weighed.threshold) * ODDS_PER_POINT]
}

/// The features of a mention that tell whether its brand answers such ones: its words, what it wants, and where it stands.
pub(super) fn reply_features(
    mention: &Mention,
    intents: &[IntentJudgement],
    brands: &[BrandMatch],
    mut features: Vec<u32>,
) -> Vec<u32> {
    let fact = |kind: u64, number: u32| finish(mix(mix(0x7A06, kind), u64::from(number)));
    // Before the words, so that a long text does not push them out.
    let mut all = vec![fact(1, mention.kind.number())];
    all.extend(intents.iter().map(|judgement| fact(2, judgement.intent.number())));
    let mut reasons: Vec<u32> =
        brands.iter().flat_map(|brand| brand.reasons.iter().map(|reason| reason.number())).collect();
    reasons.sort_unstable();
    reasons.dedup();
    all.extend(reasons.into_iter().map(|reason| fact(3, reason)));
    all.append(&mut features);
    shortened(all)
}

/// Changes the score of needs-reply as a brand was taught. What must not be asked for stays so.
pub(super) fn correct_needs_reply(
    weighed: &mut Weighed,
    features: &[u32],
    language: &str,
    (brand, taught): (&str, &TaughtModel),
) {
    let before = reply_odds(weighed);
    let after = taught.corrected(features, &before, language);
    let [no, yes] = [0, 1].map(|class| after.get(class).copied().unwrap_or_default());
    let weight = (yes - no) / ODDS_PER_POINT - (weighed.score() - weighed.threshold);
    if !weighed.forbidden && weight.abs() >= POINTS_MIN {
        weighed.teach(Evidence::taught(brand, taught.corrections, weight));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::IndexConfig,
        enrich::{Attributed, Enricher, FEATURES, Wrote},
        linear::Header,
        model::{Kind, MentionName, ReplyReason, Understanding},
    };

    /// Adds so much to the last class, whatever the text.
    fn model(classes: &[&str], adds: f32, languages: &[&str], corrections: usize) -> TaughtModel {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut bias = vec![0.0; classes.len()];
        bias[classes.len() - 1] = adds;
        let header = Header {
            task: "taught".to_owned(),
            features: FEATURES,
            classes: owned(classes),
            bits: 1,
            scale: 1.0,
            bias,
            temperature: 1.0,
            groups: owned(languages),
            about: String::new(),
        };
        TaughtModel { model: LinearModel::new(header, &vec![0; classes.len() * 2]).unwrap(), corrections }
    }

    fn feels(adds: f32, languages: &[&str], corrections: usize) -> TaughtBrand {
        let sentiment = Some(model(&["negative", "neutral", "positive"], adds, languages, corrections));
        TaughtBrand { sentiment, needs_reply: None }
    }

    fn asks(adds: f32) -> TaughtBrand {
        TaughtBrand { sentiment: None, needs_reply: Some(model(&["no", "yes"], adds, &["en"], 70)) }
    }

    fn judged(text: &str, brands: &[&str], taught: &[(&str, TaughtBrand)]) -> Understanding {
        let enricher = Enricher::new(&IndexConfig::built_in().unwrap()).unwrap();
        let name = MentionName { platform: "forum".to_owned(), external_id: "1".to_owned() };
        let mut mention = Mention::new(name, Kind::Post, jiff::Timestamp::UNIX_EPOCH);
        mention.text = text.to_owned();
        let mut all = Taught::default();
        taught.iter().for_each(|(brand, taught)| all.put(brand, taught.clone()));
        let attributed: Vec<Attributed<'_>> =
            brands.iter().map(|brand| Attributed { brand, named: Vec::new() }).collect();
        enricher.understand_after(&mention, &attributed, &Wrote::default(), &all)
    }

    const PLAIN: &str = "I have booked a flight with them for the summer holidays";

    #[test]
    fn a_changed_feeling_says_who_taught_it() {
        let before = judged(PLAIN, &["luna-bank"], &[]).sentiment;
        let after = judged(PLAIN, &["luna-bank"], &[("luna-bank", feels(4.0, &["en"], 63))]).sentiment;
        assert_eq!((after.label, before.label == after.label), (SentimentLabel::Positive, false));
        assert!(after.score > before.score);
        let told = &after.evidence[0];
        assert!(told.is_taught() && (told.weight - 4.0).abs() < 1e-4, "{told:?}");
        assert_eq!(told.text, "taught by 63 corrections of luna-bank");
        assert_eq!(after.evidence[1..], before.evidence[..], "the rest is as before");
    }

    #[test]
    fn others_are_judged_as_before() {
        let taught = [("luna-bank", feels(4.0, &["en"], 63))];
        for (text, brands) in [
            (PLAIN, &["nordwind-air"][..]),
            (PLAIN, &[]),
            ("Ho prenotato un volo con loro per le vacanze estive di quest'anno", &["luna-bank"]),
            ("https://example.org/x", &["luna-bank"]),
        ] {
            assert_eq!(judged(text, brands, &taught), judged(text, brands, &[]), "{text}");
        }
        // What moves nothing that is seen is not told.
        let little = [("luna-bank", feels(0.05, &["en"], 63))];
        assert_eq!(judged(PLAIN, &["luna-bank"], &little), judged(PLAIN, &["luna-bank"], &[]));
    }

    #[test]
    fn of_several_brands_the_one_with_most_corrections_speaks() {
        let taught = [("luna-bank", feels(4.0, &["en"], 63)), ("nordwind-air", feels(-4.0, &["en"], 80))];
        let told = judged(PLAIN, &["luna-bank", "nordwind-air"], &taught).sentiment.evidence.remove(0);
        assert_eq!(told.text, "taught by 80 corrections of nordwind-air");
    }

    #[test]
    fn a_reply_is_asked_for_with_a_named_reason_and_the_score_stays_a_sum() {
        let before = judged(PLAIN, &["luna-bank"], &[]).needs_reply;
        assert!(!before.asked);
        let after = judged(PLAIN, &["luna-bank"], &[("luna-bank", asks(6.0))]).needs_reply;
        assert!(after.asked && after.reasons == [ReplyReason::Taught], "{after:?}");
        let sum: f32 = after.evidence.iter().map(|piece| piece.weight).sum();
        assert!((after.score - sum).abs() < 1e-6 && (after.score - before.score - 3.0).abs() < 1e-4);
        // What was asked for before keeps its reasons and no other.
        let question = "@lunabank where is my card?";
        let before = judged(question, &["luna-bank"], &[]).needs_reply;
        let more = judged(question, &["luna-bank"], &[("luna-bank", asks(6.0))]).needs_reply;
        let less = judged(question, &["luna-bank"], &[("luna-bank", asks(-9.0))]).needs_reply;
        assert!(before.asked && more.reasons == before.reasons && !less.asked && less.reasons.is_empty());
        // Thanks stay thanks.
        let thanks = judged("many thanks to the team", &["luna-bank"], &[("luna-bank", asks(9.0))]).needs_reply;
        assert!(!thanks.asked && !thanks.evidence.iter().any(Evidence::is_taught), "{thanks:?}");
    }

    #[test]
    fn who_was_taught_nothing_is_forgotten() {
        let mut taught = Taught::default();
        taught.put("luna-bank", feels(1.0, &["en"], 50));
        assert!(taught.brand("luna-bank").is_some());
        taught.put("luna-bank", TaughtBrand::default());
        assert!(taught.is_empty());
    }
}
