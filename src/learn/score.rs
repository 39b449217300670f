use std::collections::BTreeMap;

/// Bins of probability for the calibration error.
const BINS: usize = 10;

/// How a set of judgements compares with what is known: a table of what is by what was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// What it is, what was said, how often.
    pub confusion: BTreeMap<(String, String), u32>,
    /// By probability: how many, how many right, sum of probabilities.
    bins: [(u32, u32, f64); BINS],
}

impl Score {
    /// Counts one judgement; its probability only where it has one.
    pub fn add(&mut self, truth: &str, said: &str, probability: Option<f32>) {
        *self.confusion.entry((truth.to_owned(), said.to_owned())).or_default() += 1;
        let Some(probability) = probability.map(f64::from) else { return };
        let bin = (0..BINS - 1).find(|bin| probability < (f64::from(u8::try_from(*bin).unwrap_or(0)) + 1.0) / 10.0);
        if let Some((all, right, sum)) = self.bins.get_mut(bin.unwrap_or(BINS - 1)) {
            *all += 1;
            *right += u32::from(truth == said);
            *sum += probability;
        }
    }

    /// Takes in what another counted.
    pub fn merge(&mut self, other: &Self) {
        for (pair, count) in &other.confusion {
            *self.confusion.entry(pair.clone()).or_default() += count;
        }
        for (mine, theirs) in self.bins.iter_mut().zip(other.bins) {
            *mine = (mine.0 + theirs.0, mine.1 + theirs.1, mine.2 + theirs.2);
        }
    }

    fn sum(&self, of: impl Fn(&str, &str) -> bool) -> u32 {
        self.confusion.iter().filter(|((truth, said), _)| of(truth, said)).map(|(_, count)| count).sum()
    }

    /// How many were judged.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.sum(|_, _| true)
    }

    /// Share of those that are right, 0 to 1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        ratio(self.sum(|truth, said| truth == said), self.count())
    }

    /// Share of those named `said` that are it, of those that are it that are named so, and the harmonic mean: precision, recall, F1.
    #[must_use]
    pub fn of_class(&self, class: &str) -> (f64, f64, f64) {
        let right = self.sum(|truth, said| truth == class && said == class);
        let (said, is) = (self.sum(|_, said| said == class), self.sum(|truth, _| truth == class));
        let f1 = f64::from(2 * right) / f64::from((said + is).max(1));
        (ratio(right, said), ratio(right, is), f1)
    }

    /// The classes that occur, in order.
    #[must_use]
    pub fn classes(&self) -> Vec<&str> {
        let mut classes: Vec<&str> = self.confusion.keys().map(|(truth, _)| truth.as_str()).collect();
        classes.dedup();
        classes
    }

    /// Mean of F1 over the classes that occur, 0 to 1.
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        self.mean(|class| self.of_class(class).2)
    }

    /// Mean of the recall over the classes that occur, 0 to 1.
    #[must_use]
    pub fn macro_recall(&self) -> f64 {
        self.mean(|class| self.of_class(class).1)
    }

    fn mean(&self, of: impl Fn(&str) -> f64) -> f64 {
        let classes = self.classes();
        let count = u32::try_from(classes.len().max(1)).unwrap_or(u32::MAX);
        classes.into_iter().map(of).sum::<f64>() / f64::from(count)
    }

    /// Expected calibration error over ten bins: how far probabilities and shares of right ones lie apart, 0 to 1. `None` where no
    /// judgement had a probability.
    #[must_use]
    pub fn calibration_error(&self) -> Option<f64> {
        let all: u32 = self.bins.iter().map(|(all, ..)| all).sum();
        (all > 0).then(|| {
            self.bins.iter().map(|(_, right, sum)| (f64::from(*right) - sum).abs()).sum::<f64>() / f64::from(all)
        })
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

/// Scores by group: by language, mostly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// In order of the names.
    pub groups: BTreeMap<String, Score>,
}

impl Scores {
    /// Counts one judgement in its group.
    pub fn add(&mut self, group: &str, truth: &str, said: &str, probability: Option<f32>) {
        self.groups.entry(group.to_owned()).or_default().add(truth, said, probability);
    }

    /// Everything in one.
    #[must_use]
    pub fn all(&self) -> Score {
        let mut all = Score::default();
        self.groups.values().for_each(|score| all.merge(score));
        all
    }

    /// The mean of the groups' macro-F1, 0 to 1: a language counts as a language, however much there is of it.
    #[must_use]
    pub fn mean_f1(&self) -> f64 {
        let count = u32::try_from(self.groups.len().max(1)).unwrap_or(u32::MAX);
        self.groups.values().map(Score::macro_f1).sum::<f64>() / f64::from(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    #[test]
    fn figures_are_what_the_books_say() {
        let mut score = Score::default();
        for (truth, said, times) in [("neg", "neg", 6), ("neg", "pos", 2), ("pos", "pos", 3), ("pos", "neg", 1)] {
            (0..times).for_each(|_| score.add(truth, said, None));
        }
        assert!(close(score.accuracy(), 9.0 / 12.0));
        let (precision, recall, f1) = score.of_class("neg");
        assert!(close(precision, 6.0 / 7.0) && close(recall, 6.0 / 8.0) && close(f1, 12.0 / 15.0));
        assert!(close(score.macro_f1(), (12.0 / 15.0 + 6.0 / 9.0) / 2.0));
        assert!(close(score.macro_recall(), 0.75));
        assert_eq!(score.calibration_error(), None);
    }

    #[test]
    fn calibration_counts_what_is_promised_and_kept() {
        let mut score = Score::default();
        for right in [true, true, true, false] {
            score.add("a", if right { "a" } else { "b" }, Some(0.75));
        }
        assert!(close(score.calibration_error().unwrap(), 0.0));
        score.add("a", "b", Some(1.0));
        assert!(close(score.calibration_error().unwrap(), 0.2));
        let mut scores = Scores::default();
        scores.add("it", "a", "a", Some(0.9));
        scores.add("de", "a", "b", Some(0.9));
        assert!(close(scores.mean_f1(), 0.5));
        assert_eq!(scores.all().count(), 2);
    }
}
