//! Entries that answer the same: whoever asks gets now the one, now the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ranking::{Ranking, as_f32};
use crate::text::STEM;

/// How near the examples of the smaller entry are, in the mean, to their nearest ones of the other, from which on both answer the same.
const SAME_MIN: f32 = 0.5;
/// Examples of an entry that are looked at.
const EXAMPLES_MAX: usize = 20;
/// A term that more entries hold leads to no pair: it says nothing, and would lead to nearly all.
const LEADS_MAX: usize = 100;
/// Entries that one is held against: the ones with which it shares most by rare terms.
const CANDIDATES_MAX: usize = 10;
/// Words that tell what two entries share.
const WORDS_MAX: usize = 5;

/// Two entries that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// Their places in the order in which entries were given, the lower first.
    pub entries: (usize, usize),
    /// How near they are, 0 to 1.
    pub score: f32,
    /// What they share, the weightiest first.
    pub words: Vec<String>,
}

impl Ranking {
    /// Pairs of entries that answer the same, the nearest first.
    #[must_use]
    pub fn duplicates(&self, may_be_a_pair: impl Fn(usize, usize) -> bool) -> Vec<Duplicate> {
        let mut examples: Vec<Vec<(usize, f32)>> = vec![Vec::new(); self.owners.len()];
        let mut names: Vec<&str> = Vec::new();
        let mut leads: Vec<Vec<(usize, f32)>> = Vec::new();
        for (term, held_by) in self.postings() {
            let mut holders: BTreeMap<usize, f32> = BTreeMap::new();
            for (example, weight) in held_by {
                if let (Some(own), Some(owner)) = (examples.get_mut(*example), self.owners.get(*example)) {
                    own.push((names.len(), *weight));
                    *holders.entry(*owner).or_default() += weight;
                }
            }
            names.push(term);
            if (2..=LEADS_MAX).contains(&holders.len()) {
                leads.push(holders.into_iter().collect());
            }
        }
        let of_entry = |entry: usize| {
            let entry = self.entries.get(entry)?;
            examples.get(entry.first..entry.first + entry.count.min(EXAMPLES_MAX))
        };
        let mut found: Vec<Duplicate> = Vec::new();
        let mut seen: HashSet<(usize, usize)> = HashSet::new();
        for (entry, candidates) in candidates(self.entries.len(), &leads).into_iter().enumerate() {
            for other in candidates {
                let (one, two) = (entry.min(other), entry.max(other));
                let (Some(first), Some(second)) = (of_entry(one), of_entry(two)) else { continue };
                if !seen.insert((one, two)) || !may_be_a_pair(one, two) {
                    continue;
                }
                // What the smaller one answers, the larger one answers as well.
                let (smaller, larger) = if first.len() <= second.len() { (first, second) } else { (second, first) };
                let nearest =
                    |own: &Vec<(usize, f32)>| larger.iter().map(|other| cosine(own, other)).fold(0.0, f32::max);
                let score = smaller.iter().map(nearest).sum::<f32>() / as_f32(smaller.len().max(1));
                if score >= SAME_MIN {
                    let words = words(smaller, larger, &names);
                    found.push(Duplicate { entries: (one, two), score: score.min(1.0), words });
                }
            }
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.entries.cmp(&other.entries)));
        found
    }
}

/// For each entry those it shares most with.
fn candidates(entries: usize, leads: &[Vec<(usize, f32)>]) -> Vec<Vec<usize>> {
    let mut of_entry: Vec<Vec<usize>> = vec![Vec::new(); entries];
    for (number, holders) in leads.iter().enumerate() {
        for (entry, _) in holders {
            if let Some(own) = of_entry.get_mut(*entry) {
                own.push(number);
            }
        }
    }
    let nearest = |(entry, own): (usize, Vec<usize>)| {
        let mut shared: HashMap<usize, f32> = HashMap::new();
        for holders in own.into_iter().filter_map(|number| leads.get(number)) {
            let weight = holders.iter().find(|(holder, _)| *holder == entry).map_or(0.0, |(_, weight)| *weight);
            for (other, other_weight) in holders.iter().filter(|(other, _)| *other != entry) {
                *shared.entry(*other).or_default() += weight * other_weight;
            }
        }
        let mut shared: Vec<(usize, f32)> = shared.into_iter().collect();
        shared.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        shared.truncate(CANDIDATES_MAX);
        shared.into_iter().map(|(other, _)| other).collect()
    };
    of_entry.into_iter().enumerate().map(nearest).collect()
}

/// Of two texts as terms of length one, in the order of their numbers.
fn cosine(one: &[(usize, f32)], other: &[(usize, f32)]) -> f32 {
    let (mut sum, mut rest) = (0.0, other);
    for (term, weight) in one {
        let behind = rest.partition_point(|(other, _)| other < term);
        rest = rest.get(behind..).unwrap_or_default();
        if let Some((_, other)) = rest.first().filter(|(other, _)| other == term) {
            sum += weight * other;
        }
    }
    sum
}

/// The words that stand in both, the weightiest first.
fn words(smaller: &[Vec<(usize, f32)>], larger: &[Vec<(usize, f32)>], names: &[&str]) -> Vec<String> {
    let sum = |examples: &[Vec<(usize, f32)>]| {
        let mut sum: BTreeMap<usize, f32> = BTreeMap::new();
        examples.iter().flatten().for_each(|(term, weight)| *sum.entry(*term).or_default() += weight);
        sum
    };
    let (one, other) = (sum(smaller), sum(larger));
    let mut shared: Vec<(f32, &str)> = one
        .into_iter()
        .filter_map(|(term, weight)| Some((weight * other.get(&term)?, *names.get(term)?)))
        .filter(|(_, name)| !name.starts_with([STEM, '~']) && !name.contains(' '))
        .collect();
    shared.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    shared.into_iter().take(WORDS_MAX).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_about_the_same_are_a_pair() {
        let entries: [(&str, &[(&str, &str)]); 4] = [
            ("refund", &[("where is my refund", "en"), ("I want a refund", "en")]),
            ("hours", &[("when do you open", "en"), ("opening hours on Sunday", "en")]),
            ("money-back", &[("where is my refund please", "en"), ("I want my refund", "en")]),
            ("возврат", &[("где мой возврат", "ru")]),
        ];
        let ranking = Ranking::of(entries.iter().map(|(id, examples)| (*id, examples.iter().copied())));
        let found = ranking.duplicates(|_, _| true);
        assert_eq!(found.iter().map(|pair| pair.entries).collect::<Vec<_>>(), [(0, 2)], "{found:?}");
        assert!(found[0].words.contains(&"refund".to_owned()), "{found:?}");
        assert!(ranking.duplicates(|_, _| false).is_empty());
        assert!(Ranking::default().duplicates(|_, _| true).is_empty());
    }
}
