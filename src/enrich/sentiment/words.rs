//! Words and signs of the lists: their weights, turned by negation, strengthened, summed.

use std::ops::Range;

use crate::{
    config::WordRole,
    enrich::{
        features::Listed,
        lexicon::Hit,
        units::{Sign, Units},
    },
    model::{Evidence, EvidenceKind, Sentiment, SentimentLabel},
};

/// Weight of a word that feels good; the other way round of one that feels bad.
const WEIGHT: f32 = 2.0;
/// Weight of a word that feels very good.
const WEIGHT_STRONG: f32 = 3.0;
/// Weight against of a problem that is told without a word of feeling: something went wrong, which is seldom liked.
const WEIGHT_PROBLEM: f32 = 1.5;
/// A negation turns a word, and leaves less of it: "not good" is milder than "bad". After Hutto and Gilbert's VADER.
const NEGATED: f32 = -0.74;
/// "very good" beside "good". After the same.
const INTENSIFIED: f32 = 1.3;
/// Words, or letters of a script without blanks, between a negation and what it turns.
const NEGATION_REACH: usize = 3;
/// The same word or sign counts this often: ten hearts are not ten reasons.
const REPEATS_MAX: usize = 2;
/// Sum at which the score is about a half, squared: 3.9 is two words.
const SATURATION: f32 = 15.0;
/// Below this on both sides of zero, what speaks for and against is about even.
const NEUTRAL_BELOW: f32 = 0.2;
/// How many pieces of evidence are told.
pub(super) const EVIDENCE_MAX: usize = 8;
/// Nobody gives this little who is content, whether of 5 or of 10.
const RATING_LOW_MAX: f64 = 2.0;
/// Nobody gives this much who is not, and it can only be of 10. What lies between means different things on different scales.
const RATING_HIGH: std::ops::RangeInclusive<f64> = 8.5..=10.0;
/// A rating is said on purpose: more than one strong word.
const WEIGHT_RATING: f32 = 4.0;

/// A word or sign of a list, found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weighed {
    pub(super) kind: EvidenceKind,
    /// In the text; nothing for a fact.
    pub(super) place: Range<usize>,
    pub(super) weight: f32,
}

/// Words and signs of the lists with their weights, in the order of the text.
pub(super) fn weigh(units: &Units<'_>, hits: &[Hit]) -> Vec<Weighed> {
    let mut weighed = Vec::new();
    words(hits, &mut weighed);
    signs(units, &mut weighed);
    weighed
}

/// How the weights balance, -1 to 1, and how many speak for and against.
pub(super) fn listed(weighed: &[Weighed]) -> Listed {
    let sum: f32 = weighed.iter().map(|piece| piece.weight).sum();
    Listed {
        balance: sum * scale(sum),
        positive: weighed.iter().filter(|piece| piece.weight > 0.0).count(),
        negative: weighed.iter().filter(|piece| piece.weight < 0.0).count(),
    }
}

fn scale(sum: f32) -> f32 {
    1.0 / sum.mul_add(sum, SATURATION).sqrt()
}

/// Judges by the lists alone, where no model knows the language. Weights are told in parts of the score.
pub(super) fn judge(text: &str, weighed: &[Weighed], rating: Option<f64>) -> Sentiment {
    let told = |piece: &Weighed| Evidence {
        kind: piece.kind,
        text: text.get(piece.place.clone()).unwrap_or_default().to_owned(),
        weight: piece.weight,
    };
    let mut evidence: Vec<Evidence> = weighed.iter().map(told).collect();
    if let Some(side) = rating.and_then(rating_side) {
        evidence.push(Evidence { kind: EvidenceKind::Fact, text: "rating".to_owned(), weight: side * WEIGHT_RATING });
    }
    if evidence.is_empty() {
        return Sentiment { label: SentimentLabel::Unscored, score: 0.0, evidence };
    }
    let sum: f32 = evidence.iter().map(|piece| piece.weight).sum();
    let scale = scale(sum);
    let score = sum * scale;
    for piece in &mut evidence {
        piece.weight *= scale;
    }
    evidence.sort_by(|left, right| right.weight.abs().total_cmp(&left.weight.abs()));
    evidence.truncate(EVIDENCE_MAX);
    let label = if score >= NEUTRAL_BELOW {
        SentimentLabel::Positive
    } else if score <= -NEUTRAL_BELOW {
        SentimentLabel::Negative
    } else {
        SentimentLabel::Neutral
    };
    Sentiment { label, score, evidence }
}

/// Whether a negation stands shortly before a hit, in its clause.
pub(in crate::enrich) fn is_negated(hits: &[Hit], index: usize) -> bool {
    let (Some(hit), Some(before)) = (hits.get(index), hits.get(..index)) else { return false };
    before
        .iter()
        .rev()
        .take_while(|other| other.clause == hit.clause && hit.first.saturating_sub(other.end) < NEGATION_REACH)
        .any(|other| other.roles.has(WordRole::Negator))
}

fn words(hits: &[Hit], weighed: &mut Vec<Weighed>) {
    let mut counted: Vec<(u32, usize)> = Vec::new();
    for (index, hit) in hits.iter().enumerate() {
        let Some(base) = weight_of(|role| hit.roles.has(role)) else { continue };
        if !may_count(&mut counted, hit.entry) {
            continue;
        }
        let strengthened = index.checked_sub(1).and_then(|before| hits.get(before)).is_some_and(|before| {
            before.roles.has(WordRole::Intensifier) && before.clause == hit.clause && before.end == hit.first
        });
        let base = if strengthened { base * INTENSIFIED } else { base };
        let (kind, weight) = if is_negated(hits, index) {
            (EvidenceKind::NegatedWord, base * NEGATED)
        } else {
            (EvidenceKind::Word, base)
        };
        weighed.push(Weighed { kind, place: hit.place.clone(), weight });
    }
}

fn signs(units: &Units<'_>, weighed: &mut Vec<Weighed>) {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for Sign { place, role } in &units.signs {
        let written = units.written(place);
        if let Some(weight) = weight_of(|other| *role == other)
            && may_count(&mut counted, written)
        {
            weighed.push(Weighed { kind: EvidenceKind::Emoji, place: place.clone(), weight });
        }
    }
}

fn weight_of(has: impl Fn(WordRole) -> bool) -> Option<f32> {
    [
        (WordRole::VeryPositive, WEIGHT_STRONG),
        (WordRole::VeryNegative, -WEIGHT_STRONG),
        (WordRole::Positive, WEIGHT),
        (WordRole::Negative, -WEIGHT),
        (WordRole::Problem, -WEIGHT_PROBLEM),
    ]
    .into_iter()
    .find_map(|(role, weight)| has(role).then_some(weight))
}

/// Counts one more of a thing, up to [`REPEATS_MAX`].
fn may_count<T: PartialEq>(counted: &mut Vec<(T, usize)>, thing: T) -> bool {
    match counted.iter_mut().find(|(other, _)| *other == thing) {
        Some((_, times)) => {
            *times += 1;
            *times <= REPEATS_MAX
        }
        None => {
            counted.push((thing, 1));
            true
        }
    }
}

/// Which way a rating points: -1 or 1.
pub(super) fn rating_side(rating: f64) -> Option<f32> {
    if rating > 0.0 && rating <= RATING_LOW_MAX {
        Some(-1.0)
    } else if RATING_HIGH.contains(&rating) {
        Some(1.0)
    } else {
        None
    }
}
