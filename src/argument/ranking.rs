use std::collections::HashMap;

use super::terms;

/// Of the nearest examples of an entry, so many speak for it.
const NEAREST_COUNT: usize = 3;
/// How far the nearest examples count against all examples of the entry together, 0 to 1.
const NEAREST_SHARE: f32 = 0.5;
/// An entry that scores less than this does not fit. With a hundred examples an entry this keeps 94 % of examples that were left
/// out of the base; with five only 63 %, see `docs/argument-base.md`.
pub const FITS_MIN: f32 = 0.26;

/// All examples of the argument base, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    entries: Vec<Entry>,
    /// Of which entry each example is.
    owners: Vec<usize>,
    terms: HashMap<String, Term>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: String,
    /// Length of the sum of its examples, each of length one.
    length: f32,
}

#[derive(Clone, Debug, Default)]
struct Term {
    rarity: f32,
    /// Examples that hold it, and what it weighs there.
    held_by: Vec<(usize, f32)>,
}

/// An entry and how well it fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion<'a> {
    /// Its id.
    pub entry: &'a str,
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
            ranking.entries.push(Entry { id: id.to_owned(), length: 0.0 });
            for (text, language) in examples {
                ranking.owners.push(number);
                texts.push(terms::of_text(text, language));
            }
        }
        for (example, terms) in texts.into_iter().enumerate() {
            for (term, weight) in terms {
                ranking.terms.entry(term).or_default().held_by.push((example, weight));
            }
        }
        ranking.weigh();
        ranking
    }

    /// Gives every term its rarity, every example the length one, and every entry the length of its sum.
    fn weigh(&mut self) {
        #[expect(clippy::cast_precision_loss, reason = "examples are far fewer than 16 million")]
        let all = self.owners.len() as f32;
        let mut squares = vec![0.0_f32; self.owners.len()];
        for term in self.terms.values_mut() {
            #[expect(clippy::cast_precision_loss, reason = "at most all examples")]
            let holders = term.held_by.len() as f32;
            term.rarity = ((1.0 + all) / (1.0 + holders)).ln() + 1.0;
            for (example, weight) in &mut term.held_by {
                *weight *= term.rarity;
                if let Some(square) = squares.get_mut(*example) {
                    *square += *weight * *weight;
                }
            }
        }
        let mut entry_squares = vec![0.0_f32; self.entries.len()];
        let mut of_entry: HashMap<usize, f32> = HashMap::new();
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
            entry.length = square.sqrt();
        }
    }

    /// The entries that fit a question best, at most so many; the language by its code, empty where it is not known.
    #[must_use]
    pub fn suggest(&self, question: &str, language: &str, count_max: usize) -> Fit<'_> {
        let near = self.nearness(question, language);
        let mut of_entries: Vec<(f32, Vec<(f32, usize)>)> = vec![(0.0, Vec::new()); self.entries.len()];
        let mut first_of_entry = vec![usize::MAX; self.entries.len()];
        for (example, (owner, nearness)) in self.owners.iter().zip(near).enumerate() {
            if let (Some(own), Some(first)) = (of_entries.get_mut(*owner), first_of_entry.get_mut(*owner)) {
                *first = example.min(*first);
                if nearness > 0.0 {
                    own.0 += nearness;
                    own.1.push((nearness, example - *first));
                }
            }
        }
        let mut suggestions: Vec<Suggestion<'_>> = self
            .entries
            .iter()
            .zip(of_entries)
            .filter_map(|(entry, (sum, mut nearest))| {
                nearest.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
                let example = nearest.first()?.1;
                nearest.truncate(NEAREST_COUNT);
                #[expect(clippy::cast_precision_loss, reason = "at most three")]
                let mean = nearest.iter().map(|(nearness, _)| nearness).sum::<f32>() / nearest.len() as f32;
                let all = sum / entry.length.max(f32::MIN_POSITIVE);
                let score = (NEAREST_SHARE * mean + (1.0 - NEAREST_SHARE) * all).clamp(0.0, 1.0);
                Some(Suggestion { entry: &entry.id, score, example })
            })
            .collect();
        suggestions
            .sort_unstable_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.entry.cmp(other.entry)));
        suggestions.truncate(count_max);
        let fits = suggestions.first().is_some_and(|best| best.score >= FITS_MIN);
        Fit { suggestions, fits }
    }

    /// How near the question is to every example: the cosine of their weighed terms.
    fn nearness(&self, question: &str, language: &str) -> Vec<f32> {
        let mut near = vec![0.0_f32; self.owners.len()];
        // Words that no example holds count as rare as can be: a question full of them is not what the examples are about.
        #[expect(clippy::cast_precision_loss, reason = "examples are far fewer than 16 million")]
        let unknown = (1.0 + self.owners.len() as f32).ln() + 1.0;
        let mut square = 0.0_f32;
        // In the order of their letters, for sums of floats depend on it.
        let mut asked: Vec<(String, f32)> = terms::of_text(question, language).into_iter().collect();
        asked.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        for (term, weight) in asked {
            let known = self.terms.get(&term);
            let weight = weight * known.map_or(unknown, |term| term.rarity);
            square += weight * weight;
            for (example, own) in known.map_or(&[][..], |term| &term.held_by) {
                if let Some(sum) = near.get_mut(*example) {
                    *sum += weight * own;
                }
            }
        }
        let length = square.sqrt().max(f32::MIN_POSITIVE);
        near.iter_mut().for_each(|sum| *sum /= length);
        near
    }
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
