use hashbrown::HashMap;

use crate::{
    enrich::{
        features,
        reading::{Place, Reading},
        script::Script,
    },
    linear::{LinearModel, Sums, softmax},
    model::{Evidence, EvidenceKind},
};

/// The scripts whose languages are told apart by a trained model, with the names of the models.
pub(in crate::enrich) const MODELS: [(Script, &str); 5] = [
    (Script::Latin, "language-latin"),
    (Script::Cyrillic, "language-cyrillic"),
    (Script::Arabic, "language-arabic"),
    (Script::Devanagari, "language-devanagari"),
    (Script::Ethiopic, "language-ethiopic"),
];

/// Pieces of evidence that are told.
const EVIDENCE_MAX: usize = 3;
/// A piece that adds less than this to the log odds explains nothing.
const EVIDENCE_WEIGHT_MIN: f32 = 0.05;

/// One trained model for each script that languages share.
#[derive(Debug, Default)]
pub(super) struct Models {
    by_script: HashMap<Script, LinearModel>,
}

/// What a model says of a text.
pub(super) struct Said<'a> {
    model: &'a LinearModel,
    /// By class: natural logarithm of the probability, but for a constant.
    scores: Vec<f32>,
    features: Vec<u32>,
    places: Vec<Place>,
}

impl Models {
    pub(super) fn new(find: impl Fn(&str) -> Option<LinearModel>) -> Self {
        let by_script = MODELS.iter().filter_map(|(script, name)| Some((*script, find(name)?))).collect();
        Self { by_script }
    }

    /// What the model of a script says; `None` where there is none, or the text has nothing it could see.
    pub(super) fn ask(&self, script: Script, reading: &Reading) -> Option<Said<'_>> {
        let model = self.by_script.get(&script)?;
        let (mut hashes, mut places) = (Vec::with_capacity(256), Vec::with_capacity(256));
        features::of_language(reading, script, |feature, origin| {
            hashes.push(feature);
            places.push(origin.place);
        });
        if hashes.is_empty() {
            return None;
        }
        let (mut sums, mut scores) = (Sums::default(), Vec::new());
        model.begin(&mut sums);
        model.add(&mut sums, &hashes);
        model.scores(&sums, &mut scores);
        Some(Said { model, scores, features: hashes, places })
    }
}

impl<'a> Said<'a> {
    /// The likeliest class, how likely, and the one after it.
    pub(super) fn best(&self, prior: impl Fn(&str) -> f32) -> Option<Best<'a>> {
        let classes = self.model.classes();
        let mut probabilities: Vec<f32> =
            self.scores.iter().zip(classes).map(|(score, class)| score + prior(class)).collect();
        softmax(&mut probabilities);
        let (mut first, mut second) = ((0, -1.0), (0, -1.0));
        for (class, probability) in probabilities.into_iter().enumerate() {
            if probability > first.1 {
                second = first;
                first = (class, probability);
            } else if probability > second.1 {
                second = (class, probability);
            }
        }
        let code = classes.get(first.0)?;
        Some(Best { code, probability: first.1, class: first.0, second: second.0 })
    }

    /// The words and letter groups that speak most for a class against the one after it, none over another.
    pub(super) fn evidence(&self, best: &Best<'_>, text: &str) -> Vec<Evidence> {
        let count = self.features.len();
        let mut told: Vec<(Place, f32)> = Vec::with_capacity(EVIDENCE_MAX + 1);
        for (feature, place) in self.features.iter().zip(&self.places) {
            let weight = self.model.share(*feature, best.class, count) - self.model.share(*feature, best.second, count);
            let is_last = told.last().is_some_and(|(_, least)| told.len() >= EVIDENCE_MAX && weight <= *least);
            if weight < EVIDENCE_WEIGHT_MIN || is_last {
                continue;
            }
            let overlaps = |other: &Place| other.start < place.end && place.start < other.end;
            if told.iter().any(|(other, more)| *more >= weight && overlaps(other)) {
                continue;
            }
            told.retain(|(other, _)| !overlaps(other));
            let at = told.partition_point(|(_, more)| *more >= weight);
            told.insert(at, (*place, weight));
            told.truncate(EVIDENCE_MAX);
        }
        told.into_iter()
            .map(|(place, weight)| Evidence { kind: EvidenceKind::Letters, text: place.of(text).to_owned(), weight })
            .collect()
    }
}

/// The likeliest class of a text.
pub(super) struct Best<'a> {
    pub(super) code: &'a str,
    /// 0 to 1.
    pub(super) probability: f32,
    class: usize,
    second: usize,
}
