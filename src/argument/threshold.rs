//! From which score on an entry fits. How high questions score depends on the base: with a hundred examples an entry has a near one for
//! nearly everything, with five it has not. So the base tells it itself: examples are left out one at a time and asked, and the threshold is
//! what most of them reach.

use std::collections::HashMap;

use super::ranking::{Ranking, as_f32};

/// Examples that are left out and asked: more change the answer little and take time.
const SAMPLE_MAX: usize = 500;
/// The share of left-out examples that may stay below the threshold, in a base of many examples an entry.
const LOST_SHARE: f32 = 0.07;
/// A question has one example more to be near to than those that are left out have, which is much where there are few: with one example an
/// entry twice the share may stay below.
const LEFT_OUT_WEIGHT: f32 = 1.0;
/// An example that has less than this in common with the others of its entry is the only one in its language; it tells nothing.
const ALONE_MAX: f32 = 0.05;
/// An example that stands there twice, as in copies of an entry for several brands, tells nothing either.
const TWIN_MIN: f32 = 0.95;
/// What is thought of a base before it has told anything, and how many examples that thought is worth.
const USUAL: f32 = 0.2;
const USUAL_WEIGHT: f32 = 10.0;
/// Whatever the examples say: below this only words that stand everywhere are shared, and above it nothing but an example itself fits.
const LOWEST: f32 = 0.11;
const HIGHEST: f32 = 0.5;

/// The examples to be left out: evenly from all that have another one beside them.
pub(super) fn sample(ranking: &Ranking) -> Vec<usize> {
    let beside = |entry: &&super::ranking::Entry| entry.count > 1;
    let places: Vec<usize> =
        ranking.entries.iter().filter(beside).flat_map(|entry| entry.first..entry.first + entry.count).collect();
    let count = places.len().min(SAMPLE_MAX);
    (0..count).filter_map(|number| places.get(number * places.len() / count.max(1)).copied()).collect()
}

/// The threshold, from examples with their terms.
pub(super) fn of(ranking: &Ranking, sampled: Vec<(usize, HashMap<String, f32>)>) -> f32 {
    let mut scores: Vec<f32> = Vec::with_capacity(sampled.len());
    for (example, terms) in sampled {
        let near = ranking.nearness(&ranking.weighed(terms));
        let has_twin = near.iter().enumerate().any(|(other, nearness)| other != example && *nearness >= TWIN_MIN);
        let of_entries = ranking.scores(&near, Some(example));
        let own = ranking.owners.get(example).and_then(|owner| of_entries.get(*owner).copied().flatten());
        if !has_twin && own.is_some_and(|own| own.score >= ALONE_MAX) {
            scores.push(of_entries.iter().flatten().map(|scored| scored.score).fold(0.0, f32::max));
        }
    }
    scores.sort_unstable_by(f32::total_cmp);
    let examples_of_entry = as_f32(ranking.owners.len()) / as_f32(ranking.entries.len().max(1));
    let lost_share = LOST_SHARE * (1.0 + LEFT_OUT_WEIGHT / examples_of_entry.max(1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small count")]
    let place = (as_f32(scores.len()) * lost_share) as usize;
    let told = scores.get(place).copied().unwrap_or(USUAL);
    let count = as_f32(scores.len());
    ((told * count + USUAL * USUAL_WEIGHT) / (count + USUAL_WEIGHT)).clamp(LOWEST, HIGHEST)
}
