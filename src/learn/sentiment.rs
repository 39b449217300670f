//! Training of the model of feelings: one for all languages.

use std::collections::BTreeMap;

use super::{Example, Examples, Fitted, LabelledSet, Rates, Settings, Split, fit};
use crate::{
    enrich::{Enricher, FEATURES, Seen},
    linear::ModelError,
    model::SentimentLabel,
};

/// A language with fewer texts than this is not judged by a model.
const TEXTS_MIN: usize = 200;
/// Texts of a language that count fully; of more, each counts less.
const TEXTS_FULL: f32 = 1839.0;

/// The classes, in the order of their numbers in the examples.
const LABELS: [SentimentLabel; 3] = [SentimentLabel::Negative, SentimentLabel::Neutral, SentimentLabel::Positive];

/// How a model of feelings is trained.
#[derive(Clone, Debug)]
pub struct SentimentSettings {
    /// Rows of the table, as a power of 2.
    pub bits: u32,
    /// Passes over the texts.
    pub epochs: u32,
    /// Decides the order.
    pub seed: u64,
    /// How fast and how far weights move.
    pub rates: Rates,
}

impl Default for SentimentSettings {
    fn default() -> Self {
        Self { bits: 18, epochs: 12, seed: 1, rates: Rates { alpha: 0.2, beta: 1.0, l1: 0.3, l2: 5.0 } }
    }
}

/// Trains the model of feelings; `None` where no language has enough texts with at least two labels. The enricher brings the word lists, what
/// they find is part of the features. `told` hears what is being done.
///
/// # Errors
/// The settings contradict themselves.
pub fn train_sentiment(
    set: &mut LabelledSet,
    enricher: &Enricher,
    settings: &SentimentSettings,
    mut told: impl FnMut(&str),
) -> Result<Option<Fitted>, ModelError> {
    set.keep_once(|line| line.sentiment.clone());
    let lines = std::mem::take(&mut set.lines);
    let mut by_language: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let label = line.sentiment.as_deref().map(|word| LABELS.iter().position(|label| label.word() == word));
        match (label, line.lang.as_deref()) {
            (None, _) => set.leave_out("without a sentiment"),
            (Some(None), _) => set.leave_out("with a sentiment that is neither negative, neutral nor positive"),
            (_, None | Some("" | "und")) => set.leave_out("without a language"),
            (Some(Some(label)), Some(language)) => {
                let language = spoken(language, &line.text);
                by_language.entry(language).or_default().push((index, label));
            }
        }
    }
    by_language.retain(|_, texts| {
        let mut labels: Vec<usize> = texts.iter().map(|(_, label)| *label).collect();
        labels.sort_unstable();
        labels.dedup();
        let reason = if texts.len() < TEXTS_MIN {
            Some("of a language with too few texts")
        } else if labels.len() < 2 {
            Some("of a language whose texts all have one label")
        } else {
            None
        };
        if let Some(reason) = reason {
            texts.iter().for_each(|_| set.leave_out(reason));
        }
        reason.is_none()
    });
    if by_language.is_empty() {
        return Ok(None);
    }
    let mut examples = Examples::default();
    let mut sets: BTreeMap<&str, usize> = BTreeMap::new();
    let mut features = Vec::new();
    for (group, (language, texts)) in (0..).zip(&by_language) {
        for (index, label) in texts {
            let Some(line) = lines.get(*index) else { continue };
            *sets.entry(line.set.as_str()).or_default() += 1;
            enricher.sentiment_features(&line.text, language, &mut features);
            let class = u16::try_from(*label).unwrap_or_default();
            examples.push(Example { features: &features, class, group, weight: 1.0, split: Split::of(&line.text) });
        }
    }
    balance(&mut examples, by_language.len());
    told(&format!("{} languages, {} texts", by_language.len(), examples.len()));
    let about: Vec<String> = sets.into_iter().map(|(set, count)| format!("{set} {count}")).collect();
    let wanted = Settings {
        task: "sentiment".to_owned(),
        features: FEATURES,
        classes: LABELS.iter().map(|label| label.word().to_owned()).collect(),
        groups: by_language.keys().cloned().collect(),
        bits: settings.bits,
        epochs: settings.epochs,
        seed: settings.seed,
        rates: settings.rates,
        about: format!("seed {}; texts: {}", settings.seed, about.join(", ")),
    };
    fit(&examples, &wanted, |epoch, value| {
        told(&format!("pass {epoch} of {}: F1 {:.1}", wanted.epochs, value * 100.0));
    })
    .map(Some)
}

/// The language as the server would name it, where its labels and letters allow: Hindi in Latin letters, dialects of Arabic.
fn spoken(language: &str, text: &str) -> String {
    match language {
        "hi" if Seen::of(text).is_latin() => "hi-Latn",
        "arq" | "ary" | "arz" | "apc" | "arb" if !Seen::of(text).is_latin() => "ar",
        other => other,
    }
    .to_owned()
}

/// Labels count the same inside a language; languages count with the root of their texts, so that a big collection does not drown
/// the small ones.
fn balance(examples: &mut Examples, languages: usize) {
    let mut counts = vec![[0.0_f32; 3]; languages];
    for example in examples.of(Split::Fit) {
        let of = counts.get_mut(usize::from(example.group)).and_then(|of| of.get_mut(usize::from(example.class)));
        if let Some(count) = of {
            *count += 1.0;
        }
    }
    examples.weigh(|example| {
        let Some(of_language) = counts.get(usize::from(example.group)) else { return 0.0 };
        let all: f32 = of_language.iter().sum();
        let labels = of_language.iter().filter(|count| **count > 0.0).count();
        let own = of_language.get(usize::from(example.class)).copied().unwrap_or_default().max(1.0);
        let labels = if labels == 2 { 2.0 } else { 3.0 };
        all / (labels * own) * (TEXTS_FULL / all.max(1.0)).sqrt()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::IndexConfig, learn::Labelled, learn::Random};

    fn set() -> LabelledSet {
        let mut random = Random::new(9);
        let things = ["treno", "volo", "caffè", "conto", "pacco", "telefono", "biglietto", "ufficio"];
        // Invented words of feeling, so that no word list helps.
        let (good, bad) = (["grullevole", "pasquino", "ardito"], ["sbrendolo", "tarpato", "moscio"]);
        let mut lines: Vec<Labelled> = (0..600)
            .map(|number| {
                let is_good = number % 2 == 0;
                let felt = if is_good { good } else { bad };
                let text = format!("il {} {} è {}", things[random.below(8)], random.below(1000), felt[random.below(3)]);
                let sentiment = if is_good { "positive" } else { "negative" };
                Labelled {
                    text: format!("{text} {number}x{}", "ab".repeat(number % 7)),
                    lang: Some("it".to_owned()),
                    sentiment: Some(sentiment.to_owned()),
                    ..Labelled::default()
                }
            })
            .collect();
        let other = |text: &str, lang: Option<&str>, sentiment: Option<&str>| Labelled {
            text: text.to_owned(),
            lang: lang.map(str::to_owned),
            sentiment: sentiment.map(str::to_owned),
            ..Labelled::default()
        };
        lines.push(other("a", Some("it"), Some("furious")));
        lines.push(other("b", Some("it"), None));
        lines.push(other("c", None, Some("neutral")));
        lines.push(other("d", Some("fi"), Some("neutral")));
        LabelledSet { lines, ..LabelledSet::default() }
    }

    #[test]
    fn learns_words_of_feeling_and_counts_what_it_cannot_use() {
        let enricher = Enricher::new(&IndexConfig::built_in().unwrap()).unwrap();
        let mut set = set();
        let settings = SentimentSettings { bits: 12, epochs: 4, ..SentimentSettings::default() };
        let fitted = train_sentiment(&mut set, &enricher, &settings, |_| {}).unwrap().unwrap();
        assert_eq!(fitted.model.header().groups, ["it"]);
        assert!(fitted.held_out.all().accuracy() > 0.9, "{:?}", fitted.held_out);
        for reason in [
            "with a sentiment that is neither negative, neutral nor positive",
            "without a sentiment",
            "without a language",
            "of a language with too few texts",
        ] {
            assert_eq!(set.left_out.get(reason), Some(&1), "{reason}");
        }
    }

    #[test]
    fn one_label_alone_teaches_nothing() {
        let enricher = Enricher::new(&IndexConfig::built_in().unwrap()).unwrap();
        let mut set = set();
        set.lines.retain(|line| line.sentiment.as_deref() == Some("positive"));
        let fitted = train_sentiment(&mut set, &enricher, &SentimentSettings::default(), |_| {}).unwrap();
        assert!(fitted.is_none());
        assert!(set.left_out.contains_key("of a language whose texts all have one label"));
    }
}
