//! Training of the language models: one for each script that several languages share.

use std::collections::BTreeMap;

use super::{Example, Examples, Fitted, LabelledSet, Random, Rates, Settings, Split, fit};
use crate::{
    enrich::{FEATURES, Seen},
    linear::ModelError,
};

/// A language with fewer texts than this is not told: what is learned of so few is their subject.
const TEXTS_MIN: usize = 20;
/// Cuts of one to [`CUT_WORDS_MAX`] words that are taken of each text, since most mentions are short.
const CUTS: usize = 3;
/// Words of one cut at most.
const CUT_WORDS_MAX: usize = 6;
/// A text of this many words is cut again, and again, so that a long one teaches as much as several short ones.
const WORDS_PER_CUTS: usize = 12;
/// How far languages with many texts are held back: 0 not at all, 1 until all count the same.
const BALANCE: f64 = 0.7;

/// How language models are trained.
#[derive(Clone, Debug)]
pub struct LanguageSettings {
    /// Rows of the table of a script with many languages, as a power of 2; those of few take a quarter.
    pub bits: u32,
    /// Passes over the texts.
    pub epochs: u32,
    /// Decides order and cuts.
    pub seed: u64,
    /// How fast and how far weights move.
    pub rates: Rates,
}

impl Default for LanguageSettings {
    fn default() -> Self {
        Self { bits: 15, epochs: 6, seed: 1, rates: Rates { alpha: 0.6, beta: 1.0, l1: 0.1, l2: 0.2 } }
    }
}

/// Trains a model for each script of the texts that at least two languages share. `told` hears what is being done.
///
/// # Errors
/// The settings contradict themselves.
pub fn train_language(
    set: &mut LabelledSet,
    settings: &LanguageSettings,
    mut told: impl FnMut(&str),
) -> Result<Vec<Fitted>, ModelError> {
    let mut by_model: BTreeMap<&'static str, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    set.keep_once(|line| line.lang.clone());
    let lines = std::mem::take(&mut set.lines);
    for (index, line) in lines.iter().enumerate() {
        let seen = Seen::of(&line.text);
        match (line.lang.as_deref(), seen.language_model()) {
            (None | Some("" | "und"), _) => set.leave_out("without a language"),
            (_, None) => set.leave_out("whose script tells their language"),
            (Some(language), Some(model)) => {
                let class = class_of(language, seen.is_latin());
                by_model.entry(model).or_default().entry(class).or_default().push(index);
            }
        }
    }
    let mut fitted = Vec::new();
    for (model, mut languages) in by_model {
        languages.retain(|_, texts| {
            let is_enough = texts.len() >= TEXTS_MIN;
            if !is_enough {
                texts.iter().for_each(|_| set.leave_out("of a language with too few texts in their script"));
            }
            is_enough
        });
        if languages.len() < 2 {
            languages.values().flatten().for_each(|_| set.leave_out("of the only language of their script"));
            continue;
        }
        let mut examples = Examples::default();
        let mut random = Random::new(settings.seed);
        for (class, indices) in (0..).zip(languages.values()) {
            let texts = indices.iter().filter_map(|index| lines.get(*index)).map(|line| line.text.as_str());
            add(&mut examples, class, texts, &mut random);
        }
        let weights: Vec<f32> = languages.keys().map(|language| importance(language)).collect();
        balance(&mut examples, &weights);
        told(&format!("{model}: {} languages, {} examples", languages.len(), examples.len()));
        let classes: Vec<String> = languages.keys().cloned().collect();
        let mut sets: BTreeMap<&str, usize> = BTreeMap::new();
        for line in languages.values().flatten().filter_map(|index| lines.get(*index)) {
            *sets.entry(line.set.as_str()).or_default() += 1;
        }
        let about: Vec<String> = sets.into_iter().map(|(set, count)| format!("{set} {count}")).collect();
        let wanted = Settings {
            task: model.to_owned(),
            features: FEATURES,
            groups: classes.clone(),
            bits: if classes.len() > 8 { settings.bits } else { settings.bits.saturating_sub(2).max(8) },
            classes,
            epochs: settings.epochs,
            seed: settings.seed,
            rates: settings.rates,
            about: format!("seed {}; texts: {}", settings.seed, about.join(", ")),
        };
        fitted.push(fit(&examples, &wanted, |epoch, value| {
            told(&format!("{model}: pass {epoch} of {}: F1 {:.1}", wanted.epochs, value * 100.0));
        })?);
    }
    Ok(fitted)
}

/// Hindi in Latin letters is a language of its own to a model, and dialects of Arabic are Arabic.
fn class_of(language: &str, is_latin: bool) -> String {
    match (language, is_latin) {
        ("hi", true) => "hi-Latn",
        ("arq" | "ary" | "arz" | "apc" | "arb", false) => "ar",
        (other, _) => other,
    }
    .to_owned()
}

/// How much a mistake about a language weighs: those in which most of what is public is written weigh more, so that a short English text is not
/// told as a language that hardly anybody in sight writes.
fn importance(language: &str) -> f32 {
    match language {
        "en" => 6.0,
        "ar" | "de" | "es" | "fa" | "fr" | "hi" | "id" | "it" | "nl" | "pl" | "pt" | "ru" | "sv" | "tr" | "uk"
        | "vi" => 3.0,
        _ => 1.0,
    }
}

/// A text as it is, and cuts of it that go where it goes.
fn add<'a>(examples: &mut Examples, class: u16, texts: impl Iterator<Item = &'a str>, random: &mut Random) {
    let mut features = Vec::new();
    for text in texts {
        let split = Split::of(text);
        let mut push = |text: &str| {
            Seen::of(text).language_features(&mut features);
            if !features.is_empty() {
                examples.push(Example { features: &features, class, group: class, weight: 1.0, split });
            }
        };
        push(text);
        let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with(['@', '#'])).collect();
        if words.len() < 3 {
            continue;
        }
        // Short ones measure as much as whole ones do.
        let cuts = if split == Split::Fit { CUTS + words.len() / WORDS_PER_CUTS * CUTS } else { 1 };
        for _ in 0..cuts {
            let length = 1 + random.below(CUT_WORDS_MAX.min(words.len() - 1));
            let start = random.below(words.len() - length + 1);
            push(&words.get(start..start + length).unwrap_or_default().join(" "));
        }
    }
}

fn balance(examples: &mut Examples, weights: &[f32]) {
    let classes = weights.len();
    let mut counts = vec![0.0_f64; classes];
    for example in examples.of(Split::Fit) {
        if let Some(count) = counts.get_mut(usize::from(example.class)) {
            *count += 1.0;
        }
    }
    let mean = counts.iter().sum::<f64>() / f64::from(u32::try_from(classes.max(1)).unwrap_or(u32::MAX));
    examples.weigh(|example| {
        let count = counts.get(usize::from(example.class)).copied().unwrap_or(mean).max(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a weight needs no more digits")]
        let weight = (mean / count).powf(BALANCE) as f32;
        weight * weights.get(usize::from(example.class)).copied().unwrap_or(1.0)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Labelled;

    fn set() -> LabelledSet {
        // Made of a few words each, so that nothing but the words can be learned.
        let italian = ["il", "gatto", "della", "vicina", "dorme", "sulla", "sedia", "che", "non", "è"];
        let german = ["die", "Katze", "der", "Nachbarin", "schläft", "auf", "dem", "Stuhl", "und", "nicht"];
        let mut random = Random::new(3);
        let mut lines = Vec::new();
        for number in 0..400 {
            let (lang, words) = if number % 2 == 0 { ("it", italian) } else { ("de", german) };
            let text: Vec<&str> = (0..8).map(|_| words[random.below(words.len())]).collect();
            lines.push(Labelled { text: text.join(" "), lang: Some(lang.to_owned()), ..Labelled::default() });
        }
        lines.push(Labelled {
            text: "เก้าอี้".to_owned(), lang: Some("th".to_owned()), ..Labelled::default()
        });
        lines.push(Labelled { text: "en stol".to_owned(), lang: Some("sv".to_owned()), ..Labelled::default() });
        lines.push(Labelled { text: "oops".to_owned(), ..Labelled::default() });
        LabelledSet { lines, ..LabelledSet::default() }
    }

    #[test]
    fn learns_languages_from_their_words() {
        let mut set = set();
        let settings = LanguageSettings { bits: 12, ..LanguageSettings::default() };
        let fitted = train_language(&mut set, &settings, |_| {}).unwrap();
        assert_eq!(fitted.len(), 1);
        assert_eq!(fitted[0].model.header().task, "language-latin");
        assert_eq!(fitted[0].model.classes(), ["de", "it"]);
        assert!(fitted[0].held_out.all().accuracy() > 0.98, "{:?}", fitted[0].held_out);
        assert_eq!(set.left_out["without a language"], 1);
        assert_eq!(set.left_out["whose script tells their language"], 1);
        assert_eq!(set.left_out["of a language with too few texts in their script"], 1);
    }

    #[test]
    fn one_language_alone_makes_no_model() {
        let mut set = set();
        set.lines.retain(|line| line.lang.as_deref() == Some("it"));
        assert!(train_language(&mut set, &LanguageSettings::default(), |_| {}).unwrap().is_empty());
        assert!(set.left_out["of the only language of their script"] > 0);
    }
}
