use std::collections::{BTreeMap, HashMap};

use super::{terms, threshold};

/// Of the nearest examples of an entry, so many speak for it.
const NEAREST_COUNT: usize = 3;
/// How far the nearest examples count against all examples of the entry together, 0 to 1.
const NEAREST_SHARE: f32 = 0.5;
/// Damps rarity: the rarest words are as often slips of the pen as the heart of the matter.
const RARITY_POWER: f32 = 0.8;
/// Words that a reason names.
const REASON_WORDS_MAX: usize = 6;

/// All examples of the argument base, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    pub(super) entries: Vec<Entry>,
    /// Of which entry each example is.
    pub(super) owners: Vec<usize>,
    terms: HashMap<String, Term>,
    threshold: f32,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    /// Its examples stand one after another; the place of the first, and how many.
    pub(super) first: usize,
    pub(super) count: usize,
    /// The sum of its examples, each of length one, with itself.
    pub(super) square: f32,
}

#[derive(Clone, Debug, Default)]
struct Term {
    rarity: f32,
    /// Examples that hold it, in order, and what it weighs there.
    held_by: Vec<(usize, f32)>,
}

/// What an entry came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub(super) score: f32,
    /// The nearest, counted among all examples.
    pub(super) example: usize,
}

/// An entry and how well it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion<'a> {
    /// Its id.
    pub entry: &'a str,
    /// Its place in the order in which entries were given, from 0.
    pub number: usize,
    /// 0 to 1.
    pub score: f32,
    /// The number of its example that is nearest, from 0, in the order in which they were given.
    pub example: usize,
}

/// What the argument base says to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit<'a> {
    /// The best entries, best first; entries of the same score in the order of their ids.
    pub suggestions: Vec<Suggestion<'a>>,
    /// The first of them is good enough to be an answer.
    pub fits: bool,
}

impl Ranking {
    /// Reads the examples of all entries: the id of each entry, and its examples with their language, by its code; an empty code
    /// where it is not known. The time grows with the letters of the examples: some 50,000 short ones a second.
    pub fn of<'a, E: IntoIterator<Item = (&'a str, &'a str)>>(entries: impl IntoIterator<Item = (&'a str, E)>) -> Self {
        let mut ranking = Self::default();
        let mut texts = Vec::new();
        for (number, (id, examples)) in entries.into_iter().enumerate() {
            let first = texts.len();
            texts.extend(examples.into_iter().map(|(text, language)| terms::of_text(text, language)));
            ranking.owners.resize(texts.len(), number);
            ranking.entries.push(Entry { id: id.to_owned(), first, count: texts.len() - first, square: 0.0 });
        }
        let sampled: Vec<(usize, HashMap<String, f32>)> =
            threshold::sample(&ranking).into_iter().filter_map(|at| Some((at, texts.get(at)?.clone()))).collect();
        for (example, terms) in texts.into_iter().enumerate() {
            for (term, weight) in terms {
                ranking.terms.entry(term).or_default().held_by.push((example, weight));
            }
        }
        ranking.weigh();
        ranking.threshold = threshold::of(&ranking, sampled);
        ranking
    }

    /// Gives every term its rarity, every example the length one, and every entry the length of its sum.
    ///
    /// Rarity counts entries, not examples: a word that one entry says a hundred times tells it from the others as well as one that it says once.
    fn weigh(&mut self) {
        let all = as_f32(self.entries.len());
        let mut squares = vec![0.0_f32; self.owners.len()];
        let owners = &self.owners;
        for term in self.terms.values_mut() {
            // Examples come entry by entry.
            let mut last = None;
            let is_another = |owner: &&usize| last.replace(**owner) != Some(**owner);
            let holders =
                term.held_by.iter().filter_map(|(example, _)| owners.get(*example)).filter(is_another).count();
            term.rarity = rarity(all, as_f32(holders));
            for (example, weight) in &mut term.held_by {
                *weight *= term.rarity;
                if let Some(square) = squares.get_mut(*example) {
                    *square += *weight * *weight;
                }
            }
        }
        let mut entry_squares = vec![0.0_f32; self.entries.len()];
        let mut of_entry: BTreeMap<usize, f32> = BTreeMap::new();
        for term in self.terms.values_mut() {
            of_entry.clear();
            for (example, weight) in &mut term.held_by {
                *weight /= squares.get(*example).copied().unwrap_or(0.0).sqrt().max(f32::MIN_POSITIVE);
                if let Some(owner) = self.owners.get(*example) {
                    *of_entry.entry(*owner).or_default() += *weight;
                }
            }
            for (owner, sum) in &of_entry {
                if let Some(square) = entry_squares.get_mut(*owner) {
                    *square += sum * sum;
                }
            }
        }
        for (entry, square) in self.entries.iter_mut().zip(entry_squares) {
            entry.square = square;
        }
    }

    /// From which score on an entry fits, 0 to 1: told by the examples themselves.
    #[must_use]
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Examples of all entries.
    #[must_use]
    pub fn example_count(&self) -> usize {
        self.owners.len()
    }

    /// The entries that fit a question best, at most so many; the language by its code, empty where it is not known.
    #[must_use]
    pub fn suggest(&self, question: &str, language: &str, count_max: usize) -> Fit<'_> {
        self.suggest_among(question, language, count_max, |_| true)
    }

    /// The same among the entries that may be told, by their place in the order in which they were given.
    #[must_use]
    pub fn suggest_among(
        &self,
        question: &str,
        language: &str,
        count_max: usize,
        may_be_told: impl Fn(usize) -> bool,
    ) -> Fit<'_> {
        let near = self.nearness(&self.weighed(terms::of_text(question, language)));
        let mut suggestions: Vec<Suggestion<'_>> = Vec::new();
        for (number, (entry, scored)) in self.entries.iter().zip(self.scores(&near, None)).enumerate() {
            if let Some(Scored { score, example }) = scored.filter(|_| may_be_told(number)) {
                suggestions.push(Suggestion { entry: &entry.id, number, score, example: example - entry.first });
            }
        }
        suggestions
            .sort_unstable_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.entry.cmp(other.entry)));
        suggestions.truncate(count_max);
        let fits = suggestions.first().is_some_and(|best| best.score >= self.threshold);
        Fit { suggestions, fits }
    }

    /// The words of a question that its nearest example holds as well, as they stand in the question: those that tell most first.
    #[must_use]
    pub fn reason<'q>(&self, question: &'q str, language: &str, suggestion: &Suggestion<'_>) -> Vec<&'q str> {
        let Some(entry) = self.entries.get(suggestion.number) else { return Vec::new() };
        let example = entry.first + suggestion.example;
        let mut words: Vec<(f32, &'q str)> = Vec::new();
        for (span, terms) in terms::words(question, language) {
            let weight = terms.iter().filter_map(|term| self.terms.get(term)?.in_example(example)).fold(0.0, f32::max);
            let word = question.get(span.start as usize..span.end as usize).unwrap_or_default();
            let is_new = words.iter().all(|(_, other)| *other != word);
            if weight > 0.0 && is_new {
                words.push((weight, word));
            }
        }
        words.sort_by(|one, other| other.0.total_cmp(&one.0));
        words.truncate(REASON_WORDS_MAX);
        words.into_iter().map(|(_, word)| word).collect()
    }

    /// Every term, with the examples that hold it and what it weighs there; in the order of their letters.
    pub(super) fn postings(&self) -> impl Iterator<Item = (&str, &[(usize, f32)])> {
        let mut terms: Vec<(&str, &[(usize, f32)])> =
            self.terms.iter().map(|(name, term)| (name.as_str(), term.held_by.as_slice())).collect();
        terms.sort_unstable_by_key(|(name, _)| *name);
        terms.into_iter()
    }

    /// What every entry scores, where it has anything in common with the question at all; as if one example had never been given.
    pub(super) fn scores(&self, near: &[f32], without: Option<usize>) -> Vec<Option<Scored>> {
        let score = |entry: &Entry| {
            let of_entry = near.get(entry.first..entry.first + entry.count)?;
            let (mut sum, mut square) = (0.0_f32, entry.square);
            let mut nearest = [(0.0_f32, usize::MAX); NEAREST_COUNT];
            for (example, nearness) in (entry.first..).zip(of_entry) {
                sum += nearness;
                if without == Some(example) {
                    continue;
                }
                // The first of those that are equally near.
                let place = nearest.iter().position(|(other, _)| nearness > other);
                if let Some(place) = place.and_then(|place| nearest.get_mut(place..)) {
                    place.rotate_right(1);
                    if let Some(free) = place.first_mut() {
                        *free = (*nearness, example);
                    }
                }
            }
            if without.is_some_and(|example| (entry.first..entry.first + entry.count).contains(&example)) {
                // The sum of the others, and its nearness to the one that is left out.
                square = (square - 2.0 * sum + 1.0).max(0.0);
                sum -= 1.0;
            }
            let found = nearest.iter().filter(|(nearness, _)| *nearness > 0.0);
            let (count, total) = found.fold((0, 0.0), |(count, total), (nearness, _)| (count + 1, total + nearness));
            let example = nearest.first().filter(|_| count > 0)?.1;
            let all = sum / square.sqrt().max(f32::MIN_POSITIVE);
            let score = NEAREST_SHARE * total / as_f32(count) + (1.0 - NEAREST_SHARE) * all;
            Some(Scored { score: score.clamp(0.0, 1.0), example })
        };
        self.entries.iter().map(score).collect()
    }

    /// The terms of a text with their rarity, of length one, in the order of their letters, for sums of floats depend on it.
    pub(super) fn weighed(&self, terms: HashMap<String, f32>) -> Vec<(String, f32)> {
        // Words that no example holds count as rare as can be: a question full of them is not what the examples are about.
        let unknown = rarity(as_f32(self.entries.len()), 0.0);
        let mut weighed: Vec<(String, f32)> = terms.into_iter().collect();
        weighed.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let mut square = 0.0_f32;
        for (term, weight) in &mut weighed {
            *weight *= self.terms.get(term).map_or(unknown, |term| term.rarity);
            square += *weight * *weight;
        }
        let length = square.sqrt().max(f32::MIN_POSITIVE);
        weighed.iter_mut().for_each(|(_, weight)| *weight /= length);
        weighed
    }

    /// How near the question is to every example: the cosine of their weighed terms.
    pub(super) fn nearness(&self, question: &[(String, f32)]) -> Vec<f32> {
        let mut near = vec![0.0_f32; self.owners.len()];
        for (term, weight) in question {
            for (example, own) in self.terms.get(term).map_or(&[][..], |term| &term.held_by) {
                if let Some(sum) = near.get_mut(*example) {
                    *sum += weight * own;
                }
            }
        }
        near
    }
}

impl Term {
    /// What it weighs in an example; `None` where that does not hold it.
    fn in_example(&self, example: usize) -> Option<f32> {
        let place = self.held_by.binary_search_by_key(&example, |(holder, _)| *holder).ok()?;
        self.held_by.get(place).map(|(_, weight)| *weight)
    }
}

/// How much a term tells that so many of all entries hold.
pub(super) fn rarity(all: f32, holders: f32) -> f32 {
    (((1.0 + all) / (1.0 + holders)).ln() + 1.0).powf(RARITY_POWER)
}

#[expect(clippy::cast_precision_loss, reason = "entries and examples are far fewer than 16 million")]
pub(super) const fn as_f32(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: [(&str, &[(&str, &str)]); 3] = [
        (
            "card-lost",
            &[("I lost my card, what now?", "en"), ("my card was stolen", "en"), ("我的银行卡丢了怎么办", "zh")],
        ),
        ("opening-hours", &[("when do you open on Saturday?", "en"), ("wann habt ihr samstags offen", "de")]),
        ("refund", &[("where is my refund", "en"), ("I want my money back", "en"), ("我想退款", "zh")]),
    ];

    fn ranking() -> Ranking {
        Ranking::of(ENTRIES.iter().map(|(id, examples)| (*id, examples.iter().copied())))
    }

    #[test]
    fn a_question_finds_its_entry_in_every_script() {
        let ranking = ranking();
        for (question, language, entry, example) in [
            ("help, somebody stole my card", "en", "card-lost", 1),
            ("are you open this saturday", "en", "opening-hours", 0),
            ("银行卡昨天丢了", "zh", "card-lost", 2),
            ("请给我退款", "zh", "refund", 2),
            ("samstags offen?", "de", "opening-hours", 1),
        ] {
            let fit = ranking.suggest(question, language, 3);
            let best = fit.suggestions.first().unwrap();
            assert_eq!((best.entry, best.example), (entry, example), "{question}: {fit:?}");
        }
    }

    #[test]
    fn what_nobody_prepared_fits_nothing() {
        let ranking = ranking();
        for question in ["tell me a joke about penguins", "", "🙂", "как дела", "https://x.example"] {
            assert!(!ranking.suggest(question, "", 3).fits, "{question}");
        }
        assert!(!Ranking::default().suggest("where is my refund", "en", 3).fits);
    }

    #[test]
    fn an_example_itself_fits_best_of_all() {
        let ranking = ranking();
        for (id, examples) in ENTRIES {
            for (number, (text, language)) in examples.iter().enumerate() {
                let fit = ranking.suggest(text, language, 1);
                let best = fit.suggestions.first().unwrap();
                assert!(fit.fits, "{text}: {fit:?}");
                assert_eq!((best.entry, best.example), (id, number), "{text}");
            }
        }
    }

    #[test]
    fn an_entry_without_examples_is_never_suggested() {
        let entries: [(&str, &[(&str, &str)]); 2] = [("empty", &[]), ("refund", &[("my refund", "en")])];
        let ranking = Ranking::of(entries.iter().map(|(id, examples)| (*id, examples.iter().copied())));
        let fit = ranking.suggest("refund", "en", 5);
        assert_eq!(fit.suggestions.iter().map(|it| it.entry).collect::<Vec<_>>(), ["refund"]);
    }
}
