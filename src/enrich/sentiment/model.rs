use std::ops::Range;

use super::{
    Felt, Read, likeliest,
    words::{self, EVIDENCE_MAX, Weighed},
};
use crate::{
    enrich::{
        features,
        reading::{Origin, Place, TokenKind},
    },
    linear::{self, LinearModel, Sums, softmax},
    model::{Evidence, EvidenceKind, Sentiment, SentimentLabel},
};

/// What a rating adds to the log odds of positive against negative, on either side.
const WEIGHT_RATING: f32 = 1.5;
/// A piece that adds less than this to the log odds explains nothing.
pub(in crate::enrich) const EVIDENCE_WEIGHT_MIN: f32 = 0.08;

/// A trained model that tells the three labels.
#[derive(Debug)]
pub(super) struct Model {
    model: LinearModel,
    negative: usize,
    neutral: usize,
    positive: usize,
}

/// All features of a text, with where they come from; those of word lists come from nowhere.
pub(super) fn features_of(read: Read<'_>, weighed: &[Weighed], mut sink: impl FnMut(u32, Option<Origin>)) {
    let language = linear::of_str(read.language);
    features::of_text(read.reading, language, |feature, origin| sink(feature, Some(origin)));
    features::of_lists(&words::listed(weighed), language, |feature| sink(feature, None));
}

impl Model {
    pub(super) fn new(model: LinearModel) -> Option<Self> {
        let class = |label: SentimentLabel| model.class(label.word());
        let (negative, neutral, positive) =
            (class(SentimentLabel::Negative)?, class(SentimentLabel::Neutral)?, class(SentimentLabel::Positive)?);
        Some(Self { model, negative, neutral, positive })
    }

    /// `None` where the model was never told anything of the language, or of any word of the text.
    pub(super) fn judge(&self, read: Read<'_>, weighed: &[Weighed], rating: Option<f64>) -> Option<Felt> {
        if !self.model.header().groups.iter().any(|group| group == read.language) {
            return None;
        }
        let (mut features, mut origins) = (Vec::with_capacity(384), Vec::with_capacity(384));
        features_of(read, weighed, |feature, origin| {
            features.push(feature);
            origins.push(origin);
        });
        let mut sums = Sums::default();
        self.model.begin(&mut sums);
        self.model.add(&mut sums, &features);
        let mut scores = Vec::with_capacity(3);
        self.model.scores(&sums, &mut scores);
        let differences: Vec<f32> = self.model.differences(&features, self.positive, self.negative).collect();
        let mut evidence = Pieces::of(read, weighed, &differences, &origins).told(read);
        if let Some(side) = rating.and_then(words::rating_side) {
            evidence.push(Evidence {
                kind: EvidenceKind::Fact,
                text: "rating".to_owned(),
                weight: 2.0 * side * WEIGHT_RATING,
            });
            for (class, sign) in [(self.positive, side), (self.negative, -side)] {
                if let Some(score) = scores.get_mut(class) {
                    *score += sign * WEIGHT_RATING;
                }
            }
        }
        if evidence.is_empty() && weighed.is_empty() && !read.reading.tokens.iter().any(is_word) {
            return None;
        }
        softmax(&mut scores);
        let probability = |class: usize| scores.get(class).copied().unwrap_or_default();
        let (negative, neutral, positive) =
            (probability(self.negative), probability(self.neutral), probability(self.positive));
        evidence.sort_by(|left, right| right.weight.abs().total_cmp(&left.weight.abs()));
        evidence.truncate(EVIDENCE_MAX);
        let probabilities = [negative, neutral, positive];
        let sentiment = Sentiment { label: likeliest(probabilities), score: positive - negative, evidence };
        Some(Felt { sentiment, probabilities })
    }
}

fn is_word(token: &crate::enrich::reading::Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Run)
}

/// What each piece of a text adds to the log odds of positive against negative.
struct Pieces {
    pieces: Vec<(EvidenceKind, Place, f32)>,
}

impl Pieces {
    fn of(read: Read<'_>, weighed: &[Weighed], differences: &[f32], origins: &[Option<Origin>]) -> Self {
        let tokens = &read.reading.tokens;
        let mut by_token = vec![0.0_f32; tokens.len()];
        let mut by_letter =
            vec![
                0.0_f32;
                if tokens.iter().any(|token| token.kind == TokenKind::Run) { read.reading.letters.len() } else { 0 }
            ];
        let mut of_lists = 0.0;
        for (difference, origin) in differences.iter().zip(origins) {
            let Some(origin) = origin else {
                of_lists += difference;
                continue;
            };
            let Some(number) = origin.token.map(|number| number as usize) else { continue };
            let Some(token) = tokens.get(number) else { continue };
            if token.kind == TokenKind::Run && token.place.start <= origin.place.start {
                share_out(read, token.letters, origin.place, *difference, &mut by_letter);
            } else if origin.place.start < token.place.start {
                // A pair belongs to both.
                for at in [number, number.saturating_sub(1)] {
                    if let Some(weight) = by_token.get_mut(at) {
                        *weight += difference / 2.0;
                    }
                }
            } else if let Some(weight) = by_token.get_mut(number) {
                *weight += difference;
            }
        }
        let mut pieces = Self { pieces: Vec::new() };
        pieces.join(read, weighed, of_lists, &by_token, &by_letter);
        pieces
    }

    /// Entries of word lists are told whole, with what the model says of their words; all other words by themselves.
    fn join(&mut self, read: Read<'_>, weighed: &[Weighed], of_lists: f32, by_token: &[f32], by_letter: &[f32]) {
        let all: f32 = weighed.iter().map(|piece| piece.weight.abs()).sum();
        for piece in weighed {
            let weight = if all > 0.0 { of_lists.abs() * piece.weight / all } else { 0.0 };
            self.pieces.push((piece.kind, narrow(&piece.place), weight));
        }
        let listed = self.pieces.len();
        for (token, weight) in read.reading.tokens.iter().zip(by_token) {
            let kind = match token.kind {
                TokenKind::Word => EvidenceKind::Word,
                TokenKind::Sign => EvidenceKind::Emoji,
                TokenKind::Mark => EvidenceKind::Mark,
                TokenKind::Run => {
                    self.runs(read, token.letters, by_letter, listed);
                    continue;
                }
                TokenKind::Handle | TokenKind::Link => continue,
            };
            self.add(kind, token.place, *weight, listed);
        }
    }

    /// Stretches of letters that speak for the same side.
    fn runs(&mut self, read: Read<'_>, letters: (u32, u32), by_letter: &[f32], listed: usize) {
        let mut stretch: Option<(Place, f32)> = None;
        for at in letters.0 as usize..letters.1 as usize {
            let (Some(letter), Some(weight)) = (read.reading.letters.get(at), by_letter.get(at)) else { break };
            match &mut stretch {
                Some((place, sum)) if (*sum >= 0.0) == (*weight >= 0.0) => {
                    place.end = letter.end;
                    *sum += weight;
                }
                other => {
                    let before = other.replace((Place { start: letter.start, end: letter.end }, *weight));
                    if let Some((place, sum)) = before {
                        self.add(EvidenceKind::Word, place, sum, listed);
                    }
                }
            }
        }
        if let Some((place, sum)) = stretch {
            self.add(EvidenceKind::Word, place, sum, listed);
        }
    }

    fn add(&mut self, kind: EvidenceKind, place: Place, weight: f32, listed: usize) {
        let inside = self
            .pieces
            .iter_mut()
            .take(listed)
            .find(|(_, other, _)| other.start <= place.start && place.end <= other.end);
        match inside {
            Some((_, _, sum)) => *sum += weight,
            None => self.pieces.push((kind, place, weight)),
        }
    }

    fn told(self, read: Read<'_>) -> Vec<Evidence> {
        self.pieces
            .into_iter()
            .filter(|(_, _, weight)| weight.abs() >= EVIDENCE_WEIGHT_MIN)
            .map(|(kind, place, weight)| Evidence { kind, text: place.of(read.text).to_owned(), weight })
            .collect()
    }
}

fn narrow(place: &Range<usize>) -> Place {
    let narrow = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    Place { start: narrow(place.start), end: narrow(place.end) }
}

/// A group of letters shares its weight among them.
fn share_out(read: Read<'_>, letters: (u32, u32), place: Place, weight: f32, by_letter: &mut [f32]) {
    let own = read.reading.letters.get(letters.0 as usize..letters.1 as usize).unwrap_or_default();
    let first = letters.0 as usize + own.partition_point(|letter| letter.start < place.start);
    let last = letters.0 as usize + own.partition_point(|letter| letter.start < place.end);
    let count = u16::try_from(last.saturating_sub(first)).unwrap_or(u16::MAX).max(1);
    for sum in by_letter.get_mut(first..last).unwrap_or_default() {
        *sum += weight / f32::from(count);
    }
}
