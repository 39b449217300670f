//! What a brand is taught by its corrections: a small model for each task over what is judged without it, made anew from the labels in
//! milliseconds, and kept only where it is better on corrections that it has not seen.

use std::collections::{BTreeMap, HashMap};

use super::{Ftrl, Random, Rates, Score, Split, fit};
use crate::{
    base::{
        Seq,
        limits::{TAUGHT_LABELS_MAX, TAUGHT_LABELS_MIN},
    },
    enrich::{Basis, Enricher, FEATURES, Taught, TaughtBrand, TaughtModel, label_of, whole_text},
    linear::{Header, LinearModel, finish, softmax},
    model::{Label, SentimentLabel},
};

/// A class with fewer corrections is not taught: nothing can be left out to see whether it was learnt.
const CLASS_LABELS_MIN: usize = 5;
/// Of a language with fewer corrections the brand's model says nothing.
const LANGUAGE_LABELS_MIN: usize = 5;
/// Parts the corrections are cut into: each is judged once by what the others teach.
const FOLDS: u32 = 5;
/// Passes over the corrections. More learn them by heart.
const EPOCHS: u32 = 10;
/// How far rare classes count more: 0 not at all, 1 until all classes weigh the same.
const BALANCE: f32 = 0.7;
/// No correction counts more often than this.
const WEIGHT_MAX: f32 = 5.0;
/// Rows of the table for each correction: as many as a post has words, pairs and letter groups, so that few share one.
const ROWS_PER_LABEL: usize = 256;
/// Rows of the largest table, as a power of 2.
const BITS_MAX: u32 = 16;
/// Rows of the smallest.
const BITS_MIN: u32 = 10;
/// Decides the order of the corrections in a pass.
const SEED: u64 = 5;

// Chosen on tweets about five airlines and three Russian companies; all of it moves the figures by no more than two points.
const RATES: Rates = Rates { alpha: 0.2, beta: 1.0, l1: 0.0, l2: 0.3 };

/// The classes of feelings, in the order of their numbers.
const FEELINGS: [SentimentLabel; 3] = [SentimentLabel::Negative, SentimentLabel::Neutral, SentimentLabel::Positive];
/// The classes of needing a reply.
const ANSWERS: [&str; 2] = ["no", "yes"];

/// What became of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// Too few corrections.
    TooFew,
    /// Nearly all corrections say the same: nothing to tell apart.
    OneSided,
    /// It was learnt, and is not better on corrections that were left out.
    NotBetter,
    /// It is better, and in effect.
    Learnt,
}

/// How corrections are met, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaughtFigures {
    /// Mean of F1 over the classes.
    pub macro_f1: f64,
    /// Share of the corrections.
    pub accuracy: f64,
}

/// One task of one brand.
#[derive(Clone, Debug, PartialEq)]
pub struct TaughtTask {
    /// What became of it.
    pub lesson: Lesson,
    /// Corrections it was taught with: of different words, at most [`TAUGHT_LABELS_MAX`], the newest.
    pub labels: usize,
    /// The newest of them.
    pub newest: Seq,
    /// On corrections that were left out: without the brand's model, and with it. `None` where nothing could be learnt.
    pub figures: Option<(TaughtFigures, TaughtFigures)>,
}

impl Default for TaughtTask {
    fn default() -> Self {
        Self { lesson: Lesson::TooFew, labels: 0, newest: Seq::ZERO, figures: None }
    }
}

/// What one brand was taught, and how it went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaughtReport {
    /// How its authors feel.
    pub sentiment: TaughtTask,
    /// Whether they wait for a reply.
    pub needs_reply: TaughtTask,
}

/// Teaches a brand all that its labels say. The same labels teach the same, in whichever order they are handed over. `by_conversation` tells
/// the labels whose need of a reply followed from their conversation: of those, words say nothing.
#[must_use]
pub fn teach(
    brand: &str,
    labels: &[&Label],
    enricher: &Enricher,
    by_conversation: impl Fn(&Label) -> bool,
) -> (TaughtBrand, TaughtReport) {
    let mut newest_first = labels.to_vec();
    newest_first.sort_unstable_by_key(|label| std::cmp::Reverse((label.seq, label.number)));
    let basis = |label: &Label, taught: &Taught| {
        let brands: Vec<&str> = label.brands.iter().map(String::as_str).collect();
        enricher.basis(&label.mention, &brands, taught)
    };

    let untaught = Taught::default();
    let felt = newest_first.iter().filter(|label| class_of(label.values.sentiment).is_some());
    let felt = once(felt).into_iter().filter_map(|label| {
        let basis = basis(label, &untaught);
        let class = class_of(label.values.sentiment).filter(|_| basis.has_words)?;
        Some(Example::of_feeling(label, basis, class))
    });
    let (sentiment, report_sentiment) = learn("taught-sentiment", &FEELINGS.map(SentimentLabel::word), felt.collect());

    let mut feelings = Taught::default();
    feelings.put(brand, TaughtBrand { sentiment: sentiment.clone(), needs_reply: None });
    let asked = newest_first.iter().filter(|label| label.values.needs_reply.is_some() && !by_conversation(label));
    let asked = once(asked).into_iter().filter_map(|label| {
        let class = usize::from(label.values.needs_reply?);
        Example::of_answer(label, basis(label, &feelings), class)
    });
    let (needs_reply, report_needs_reply) = learn("taught-needs-reply", &ANSWERS, asked.collect());
    (
        TaughtBrand { sentiment, needs_reply },
        TaughtReport { sentiment: report_sentiment, needs_reply: report_needs_reply },
    )
}

fn class_of(label: Option<SentimentLabel>) -> Option<usize> {
    FEELINGS.iter().position(|other| Some(*other) == label)
}

/// Of labels of the same words the newest, and of all no more than [`TAUGHT_LABELS_MAX`]; they come newest first.
fn once<'a>(labels: impl Iterator<Item = &'a &'a Label>) -> Vec<&'a Label> {
    let mut seen = std::collections::HashSet::new();
    labels
        .copied()
        .filter(|label| seen.insert(Split::hash(&whole_text(&label.mention))))
        .take(TAUGHT_LABELS_MAX)
        .collect()
}

/// One correction, as it is learnt.
struct Example {
    seq: Seq,
    /// The part it belongs to when parts are left out; its words alone decide.
    fold: u32,
    language: String,
    features: Vec<u32>,
    /// Log odds of the classes without the brand's model.
    odds: Vec<f32>,
    /// What was told without it, as a class; none where nothing was.
    before: Option<usize>,
    class: usize,
}

impl Example {
    fn new(label: &Label, language: String, features: Vec<u32>, class: usize) -> Self {
        let fold = finish(Split::hash(&whole_text(&label.mention)).rotate_left(17)) % FOLDS;
        Self { seq: label.seq, fold, language, features, odds: Vec::new(), before: None, class }
    }

    fn of_feeling(label: &Label, basis: Basis, class: usize) -> Self {
        let before = class_of(Some(basis.label));
        let odds = basis.sentiment.to_vec();
        Self { odds, before, ..Self::new(label, basis.language, basis.features, class) }
    }

    fn of_answer(label: &Label, basis: Basis, class: usize) -> Option<Self> {
        let odds = basis.needs_reply?.to_vec();
        let before = Some(usize::from(basis.asked));
        Some(Self { odds, before, ..Self::new(label, basis.language, basis.reply_features, class) })
    }

    /// How much likelier a brand's model makes what a person said: the difference of the logarithms.
    fn likelier(&self, taught: &TaughtModel) -> f32 {
        let of = |odds: &[f32]| {
            let mut probabilities = odds.to_vec();
            softmax(&mut probabilities);
            probabilities.get(self.class).copied().unwrap_or_default().max(f32::MIN_POSITIVE).ln()
        };
        of(&taught.corrected(&self.features, &self.odds, &self.language)) - of(&self.odds)
    }

    /// What is told with a brand's model.
    fn after(&self, taught: &TaughtModel) -> Option<usize> {
        let odds = taught.corrected(&self.features, &self.odds, &self.language);
        if odds == self.odds {
            return self.before;
        }
        if let ([no, yes], [no_before, yes_before]) = (odds.as_slice(), self.odds.as_slice()) {
            // Without a named reason no score is high enough; that it was taught is one.
            let has_reason = self.before == Some(1) || yes - no > yes_before - no_before;
            return Some(usize::from(yes >= no && has_reason));
        }
        let before = self.before.and_then(|class| FEELINGS.get(class).copied());
        class_of(Some(label_of(&odds, before.unwrap_or(SentimentLabel::Unscored))))
    }
}

fn learn(task: &str, classes: &[&str], mut examples: Vec<Example>) -> (Option<TaughtModel>, TaughtTask) {
    // Oldest first, so that one more comes at the end.
    examples.reverse();
    let mut report = TaughtTask {
        labels: examples.len(),
        newest: examples.last().map_or(Seq::ZERO, |newest| newest.seq),
        ..TaughtTask::default()
    };
    if examples.len() < TAUGHT_LABELS_MIN {
        return (None, report);
    }
    let counts = counts(examples.iter(), classes.len());
    if counts.iter().filter(|count| **count >= CLASS_LABELS_MIN).count() < 2 {
        report.lesson = Lesson::OneSided;
        return (None, report);
    }
    let languages = languages(&examples);
    let model = |examples: &[&Example]| fitted(task, classes, &languages, examples);
    let (mut before, mut after, mut likelier) = (Score::default(), Score::default(), 0.0);
    let name = |class: Option<usize>| class.and_then(|class| classes.get(class)).copied().unwrap_or("none");
    for fold in 0..FOLDS {
        let (left_out, rest): (Vec<&Example>, Vec<&Example>) =
            examples.iter().partition(|example| example.fold == fold);
        let Some(model) = model(&rest) else { continue };
        for example in left_out {
            before.add(name(Some(example.class)), name(example.before), None);
            after.add(name(Some(example.class)), name(example.after(&model)), None);
            likelier += example.likelier(&model);
        }
    }
    let figures = |score: &Score| TaughtFigures { macro_f1: score.macro_f1(), accuracy: score.accuracy() };
    report.figures = Some((figures(&before), figures(&after)));
    // By chance alone macro-F1 is better every other time; what was said is seldom likelier, too.
    let is_better = after.macro_f1() > before.macro_f1() && likelier > 0.0;
    report.lesson = if is_better { Lesson::Learnt } else { Lesson::NotBetter };
    let model = if report.lesson == Lesson::Learnt { model(&examples.iter().collect::<Vec<_>>()) } else { None };
    (model, report)
}

/// The languages that were taught enough of, ordered.
fn languages(examples: &[Example]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    examples.iter().for_each(|example| *counts.entry(&example.language).or_default() += 1);
    counts.into_iter().filter(|(_, count)| *count >= LANGUAGE_LABELS_MIN).map(|(code, _)| code.to_owned()).collect()
}

fn counts<'a>(examples: impl Iterator<Item = &'a Example>, classes: usize) -> Vec<usize> {
    let mut by_class: HashMap<usize, usize> = HashMap::new();
    examples.for_each(|example| *by_class.entry(example.class).or_default() += 1);
    (0..classes).map(|class| by_class.get(&class).copied().unwrap_or_default()).collect()
}

fn fitted(task: &str, classes: &[&str], languages: &[String], examples: &[&Example]) -> Option<TaughtModel> {
    let bits = (examples.len() * ROWS_PER_LABEL).next_power_of_two().trailing_zeros().clamp(BITS_MIN, BITS_MAX);
    let mut ftrl = Ftrl::new(classes.len(), bits, RATES);
    let weights = weights(&counts(examples.iter().copied(), classes.len()));
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = Random::new(SEED);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for example in order.iter().filter_map(|index| examples.get(*index)) {
            let weight = weights.get(example.class).copied().unwrap_or_default();
            ftrl.learn_beyond(&example.odds, &example.features, example.class, weight);
        }
    }
    let header = Header {
        task: task.to_owned(),
        features: FEATURES,
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        bits,
        scale: 1.0,
        bias: Vec::new(),
        temperature: 1.0,
        groups: languages.to_vec(),
        about: String::new(),
    };
    // Nothing in it came from outside, so it cannot contradict itself.
    let model: Option<LinearModel> = fit::quantised(&ftrl, header).ok();
    model.map(|model| TaughtModel { model, corrections: examples.len() })
}

/// How often an example of each class counts, 1 on average.
fn weights(counts: &[usize]) -> Vec<f32> {
    let narrow = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    let all: usize = counts.iter().sum();
    let classes = counts.iter().filter(|count| **count > 0).count();
    let weight = |count: &usize| {
        let even = narrow(all) / (narrow(classes).max(1.0) * narrow(*count).max(1.0));
        even.powf(BALANCE).min(WEIGHT_MAX)
    };
    counts.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::IndexConfig,
        model::{CorrectedValues, Kind, Mention, MentionName, MentionNumber},
    };

    const PLACES: [&str; 9] = ["Lisbon", "Oslo", "Turin", "Ghent", "Malaga", "Riga", "Porto", "Bergen", "Nantes"];

    fn label(number: u64, text: &str, sentiment: Option<SentimentLabel>, needs_reply: Option<bool>) -> Label {
        let name = MentionName { platform: "forum".to_owned(), external_id: number.to_string() };
        let mut mention = Mention::new(name, Kind::Post, jiff::Timestamp::UNIX_EPOCH);
        mention.text = text.to_owned();
        Label {
            number: MentionNumber(number),
            seq: Seq(number),
            mention,
            values: CorrectedValues { sentiment, needs_reply, ..CorrectedValues::default() },
            brands: vec!["luna-bank".to_owned()],
        }
    }

    /// Jargon that no model and no list knows: half of it praises, half of it complains and waits for an answer.
    fn jargon(count: u64) -> Vec<Label> {
        let one = |number: u64| {
            let place = PLACES[usize::try_from(number).unwrap() % PLACES.len()];
            let (words, felt) = if number.is_multiple_of(2) {
                ("they did the window waltz for us", SentimentLabel::Positive)
            } else {
                ("they gave us the tarmac treatment", SentimentLabel::Negative)
            };
            let text = format!("on the way to {place} {words}, on flight {number} with all of our family");
            label(number, &text, Some(felt), Some(felt == SentimentLabel::Negative))
        };
        (1..=count).map(one).collect()
    }

    fn enricher() -> Enricher {
        Enricher::new(&IndexConfig::built_in().unwrap()).unwrap()
    }

    fn taught(labels: &[Label]) -> (TaughtBrand, TaughtReport) {
        teach("luna-bank", &labels.iter().collect::<Vec<_>>(), &enricher(), |_| false)
    }

    #[test]
    fn learns_the_jargon_of_a_brand_from_the_fiftieth_label_on() {
        let labels = jargon(50);
        let (model, report) = taught(&labels[..49]);
        assert_eq!(
            (model, report.sentiment.lesson, report.sentiment.labels),
            (TaughtBrand::default(), Lesson::TooFew, 49)
        );
        let (model, report) = taught(&labels);
        for task in [&report.sentiment, &report.needs_reply] {
            assert_eq!((task.lesson, task.labels, task.newest), (Lesson::Learnt, 50, Seq(50)));
            let (before, after) = task.figures.unwrap();
            assert!(after.macro_f1 > 0.9 && after.accuracy > 0.9 && before.macro_f1 < 0.7, "{task:?}");
        }
        assert_eq!(model.sentiment.unwrap().corrections, 50);
        assert!(model.needs_reply.is_some());
    }

    #[test]
    fn the_same_labels_teach_the_same_in_any_order() {
        let mut labels = jargon(60);
        let expected = taught(&labels);
        Random::new(3).shuffle(&mut labels);
        assert_eq!(taught(&labels), expected);
    }

    #[test]
    fn one_sided_labels_teach_nothing() {
        let mut labels = jargon(140);
        for label in &mut labels {
            label.values.needs_reply = Some(false);
        }
        labels.retain(|label| label.values.sentiment == Some(SentimentLabel::Negative) || label.number.0 <= 8);
        let (model, report) = taught(&labels);
        assert_eq!((report.sentiment.lesson, report.needs_reply.lesson), (Lesson::OneSided, Lesson::OneSided));
        assert_eq!((model, report.sentiment.figures), (TaughtBrand::default(), None));
    }

    #[test]
    fn labels_that_say_what_is_judged_anyway_change_nothing() {
        let labels: Vec<Label> = (1..=60)
            .map(|number| {
                let (words, felt) = match number % 2 {
                    0 => ("a wonderful day, I love this", SentimentLabel::Positive),
                    _ => ("an awful day, I hate this", SentimentLabel::Negative),
                };
                label(number, &format!("{words} in {number} ways"), Some(felt), None)
            })
            .collect();
        let (model, report) = taught(&labels);
        assert_eq!((model, report.sentiment.lesson), (TaughtBrand::default(), Lesson::NotBetter));
        let (before, after) = report.sentiment.figures.unwrap();
        assert!(before.macro_f1 > 0.99 && after.macro_f1 > 0.99, "{before:?} {after:?}");
    }

    #[test]
    fn the_same_words_count_once_and_the_newest_word_holds() {
        let mut labels = jargon(50);
        let copies: Vec<Label> = labels
            .iter()
            .map(|old| {
                let turned = match old.values.sentiment {
                    Some(SentimentLabel::Negative) => SentimentLabel::Positive,
                    _ => SentimentLabel::Negative,
                };
                // Blanks, marks and capitals make no other words.
                label(old.number.0 + 100, &format!(" {}!", old.mention.text.to_uppercase()), Some(turned), None)
            })
            .collect();
        let expected = taught(&copies).1.sentiment;
        labels.extend(copies);
        let (_, report) = taught(&labels);
        assert_eq!(report.sentiment, expected);
        assert_eq!((report.sentiment.labels, report.needs_reply.labels), (50, 50));
    }

    #[test]
    fn what_teaches_no_feeling_is_passed_over() {
        let mut labels = jargon(49);
        labels.push(label(50, "https://example.org/a", Some(SentimentLabel::Negative), None));
        labels.push(label(51, "who knows what that means", Some(SentimentLabel::Unscored), None));
        labels.push(label(52, "only that it is a question", None, None));
        assert_eq!(taught(&labels).1.sentiment.labels, 49);
    }

    #[test]
    fn of_a_language_with_few_labels_it_says_nothing() {
        let mut labels = jargon(60);
        labels.push(label(70, "Il treno per Torino era in ritardo anche oggi", Some(SentimentLabel::Negative), None));
        let model = taught(&labels).0.sentiment.unwrap();
        assert_eq!(model.model.header().groups, ["en"]);
    }

    #[test]
    fn labels_that_went_by_the_conversation_teach_no_words() {
        let labels = jargon(60);
        let all: Vec<&Label> = labels.iter().collect();
        let (_, report) = teach("luna-bank", &all, &enricher(), |label| label.number.0 > 20);
        assert_eq!((report.sentiment.labels, report.needs_reply.labels), (60, 20));
    }

    #[test]
    fn of_very_many_labels_the_newest_teach() {
        let text = |number: u64| format!("{number} {}", if number.is_multiple_of(2) { "waltz" } else { "tarmac" });
        let felt =
            |number: u64| if number.is_multiple_of(2) { SentimentLabel::Positive } else { SentimentLabel::Negative };
        let labels: Vec<Label> =
            (1..=100_000).map(|number| label(number, &text(number), Some(felt(number)), None)).collect();
        let all: Vec<&Label> = labels.iter().collect();
        let newest = once(all.iter().rev());
        assert_eq!((newest.len(), newest[0].number.0, newest[1999].number.0), (TAUGHT_LABELS_MAX, 100_000, 98_001));
    }
}
