//! Questions that are about the same, found without anybody saying what they are about.

use std::collections::{BTreeMap, HashMap};

use super::{
    ranking::{as_f32, rarity},
    terms,
};
use crate::text::STEM;

/// Cosine from which on a question belongs to a group.
const JOINS_MIN: f32 = 0.25;
/// Words that tell what a group is about.
const WORDS_MAX: usize = 5;
/// Terms by which the groups are looked up that a question may belong to: its rarest ones.
const PROBES_MAX: usize = 40;

/// Questions about the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// Their places among the questions, the most typical first.
    pub members: Vec<usize>,
    /// What they have in common that others have not, the weightiest first.
    pub words: Vec<String>,
}

/// A text as terms, of length one, in the order of their letters. Terms are numbered as they come.
type Vector = Vec<(usize, f32)>;

struct Group {
    sum: BTreeMap<usize, f32>,
    square: f32,
    members: Vec<usize>,
}

/// Groups of questions, given with the code of their language: those of at least so many, the largest first. Each question is in one group at
/// most. The same questions in the same order always give the same groups; the work grows with the questions and the groups each of them is
/// held against.
#[must_use]
pub fn clusters(questions: &[(&str, &str)], members_min: usize) -> Vec<Cluster> {
    let (names, vectors) = vectors(questions);
    let mut groups: Vec<Group> = Vec::new();
    let mut holders: HashMap<usize, Vec<usize>> = HashMap::new();
    for (question, vector) in vectors.iter().enumerate() {
        if vector.is_empty() {
            continue;
        }
        let group = match nearest(vector, &groups, &holders) {
            Some((group, nearness)) if nearness >= JOINS_MIN => group,
            _ => {
                groups.push(Group { sum: BTreeMap::new(), square: 0.0, members: Vec::new() });
                groups.len() - 1
            }
        };
        let Some(joined) = groups.get_mut(group) else { continue };
        joined.members.push(question);
        for (term, weight) in vector {
            let sum = joined.sum.entry(*term).or_default();
            if *sum == 0.0 {
                holders.entry(*term).or_default().push(group);
            }
            *sum += weight;
        }
        joined.square = joined.sum.values().map(|weight| weight * weight).sum();
    }
    // Early questions met groups that had hardly begun: all are held once more against what the groups have become.
    let mut members: Vec<Vec<(f32, usize)>> = vec![Vec::new(); groups.len()];
    for (question, vector) in vectors.iter().enumerate() {
        if let Some((group, nearness)) = nearest(vector, &groups, &holders)
            && nearness >= JOINS_MIN
            && let Some(group) = members.get_mut(group)
        {
            group.push((nearness, question));
        }
    }
    let mut found: Vec<Cluster> = Vec::new();
    for (group, mut members) in groups.iter().zip(members) {
        if members.len() < members_min.max(1) {
            continue;
        }
        members.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let members: Vec<usize> = members.into_iter().map(|(_, question)| question).collect();
        found.push(Cluster { members, words: words(group, &names) });
    }
    found.sort_by(|one, other| other.members.len().cmp(&one.members.len()).then(one.members.cmp(&other.members)));
    found
}

/// The names of all terms, and every question as terms.
fn vectors(questions: &[(&str, &str)]) -> (Vec<String>, Vec<Vector>) {
    let mut names: Vec<String> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut holders: Vec<usize> = Vec::new();
    let mut vectors: Vec<Vector> = Vec::with_capacity(questions.len());
    for (text, language) in questions {
        let mut vector = Vector::new();
        // In the order of their letters, so that their numbers follow from the questions alone.
        let mut terms: Vec<(String, f32)> = terms::of_text(text, language).into_iter().collect();
        terms.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        for (term, weight) in terms {
            let number = *numbers.entry(term).or_insert_with_key(|term| {
                names.push(term.clone());
                holders.push(0);
                names.len() - 1
            });
            if let Some(count) = holders.get_mut(number) {
                *count += 1;
            }
            vector.push((number, weight));
        }
        vectors.push(vector);
    }
    let all = as_f32(questions.len());
    for vector in &mut vectors {
        for (term, weight) in vector.iter_mut() {
            *weight *= rarity(all, as_f32(holders.get(*term).copied().unwrap_or(0)));
        }
        let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        vector.iter_mut().for_each(|(_, weight)| *weight /= length);
    }
    (names, vectors)
}

/// The group that is nearest, the first of several, among those that share one of the question's weightiest terms.
fn nearest(vector: &Vector, groups: &[Group], holders: &HashMap<usize, Vec<usize>>) -> Option<(usize, f32)> {
    let mut probes: Vec<&(usize, f32)> = vector.iter().collect();
    probes.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut asked: Vec<usize> =
        probes.iter().take(PROBES_MAX).flat_map(|(term, _)| holders.get(term).into_iter().flatten().copied()).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut best: Option<(usize, f32)> = None;
    for number in asked {
        let Some(group) = groups.get(number) else { continue };
        let dot: f32 = vector.iter().filter_map(|(term, weight)| Some(weight * group.sum.get(term)?)).sum();
        let nearness = dot / group.square.sqrt().max(f32::MIN_POSITIVE);
        if best.is_none_or(|(_, other)| nearness > other) {
            best = Some((number, nearness));
        }
    }
    best
}

/// Whole words, not their stems and letters; a pair of neighbours stands for both of them.
fn words(group: &Group, names: &[String]) -> Vec<String> {
    let mut named: Vec<(f32, &str)> = group
        .sum
        .iter()
        .filter_map(|(term, weight)| Some((*weight, names.get(*term)?.as_str())))
        .filter(|(_, name)| !name.starts_with([STEM, '~']))
        .collect();
    named.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    let mut words: Vec<&str> = Vec::new();
    // In scripts without blanks single letters are terms as well; they say less than what they are part of.
    let (long, short): (Vec<_>, Vec<_>) = named.into_iter().partition(|(_, name)| name.chars().nth(1).is_some());
    for (_, name) in long.into_iter().chain(short) {
        let is_told = words.iter().any(|told| told.split(' ').any(|word| name.split(' ').any(|own| own == word)));
        if !is_told {
            words.push(name);
        }
        if words.len() == WORDS_MAX {
            break;
        }
    }
    words.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTIONS: [(&str, &str); 10] = [
        ("where is my parcel?", "en"),
        ("can I pay with bitcoin", "en"),
        ("my parcel has not arrived, where is it", "en"),
        ("can we pay in bitcoin?", "en"),
        ("荷物が届きません", "ja"),
        ("parcel still not here, where is my parcel", "en"),
        ("荷物がまだ届かない", "ja"),
        ("荷物はいつ届きますか", "ja"),
        ("", ""),
        ("🙂", ""),
    ];

    #[test]
    fn questions_about_the_same_come_together_in_every_script() {
        let found = clusters(&QUESTIONS, 2);
        let mut members: Vec<Vec<usize>> = found.iter().map(|cluster| cluster.members.clone()).collect();
        members.iter_mut().for_each(|members| members.sort_unstable());
        assert_eq!(members, [vec![0, 2, 5], vec![4, 6, 7], vec![1, 3]], "{found:?}");
        assert!(found[0].words.iter().any(|word| word.contains("parcel")), "{:?}", found[0].words);
        assert!(found[2].words.iter().any(|word| word.contains("bitcoin")), "{:?}", found[2].words);
        assert_eq!(clusters(&QUESTIONS, 3).len(), 2);
        assert!(clusters(&[], 1).is_empty());
    }

    #[test]
    fn the_same_questions_always_give_the_same_groups() {
        let once = clusters(&QUESTIONS, 1);
        for _ in 0..5 {
            assert_eq!(clusters(&QUESTIONS, 1), once);
        }
    }
}
