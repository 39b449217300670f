use crate::linear::{finish, mix};

/// Of a hundred texts, those that are held out of the fit and measure it.
const HELD_OUT_OF_100: u32 = 10;
/// Of a hundred texts, those that choose the epoch and the temperature.
const CHOOSING_OF_100: u32 = 8;

/// What a text is used for. The text alone decides, so that adding others moves none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Fitted.
    Fit,
    /// Chooses the epoch and the temperature.
    Choose,
    /// Measures.
    HeldOut,
}

impl Split {
    /// The same for texts that differ only in letter case, blanks and marks.
    pub(super) fn hash(text: &str) -> u64 {
        let mut letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).peekable();
        if letters.peek().is_none() {
            // Nothing but signs: those are the text.
            return text.trim().chars().fold(0x5167, |hash, c| mix(hash, u64::from(c)));
        }
        letters.fold(0x5EED, |hash, c| mix(hash, u64::from(c)))
    }

    /// The split of a text. Letter case and blanks do not matter, so that copies stay together.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let hash = finish(Self::hash(text)) % 100;
        if hash < HELD_OUT_OF_100 {
            Self::HeldOut
        } else if hash < HELD_OUT_OF_100 + CHOOSING_OF_100 {
            Self::Choose
        } else {
            Self::Fit
        }
    }
}

/// Labelled texts as features: all rows behind each other, since there are tens of millions of numbers.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    features: Vec<u32>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    end: usize,
    class: u16,
    group: u16,
    weight: f32,
    split: Split,
}

/// One labelled text.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// Its features.
    pub features: &'a [u32],
    /// What it is, as a place in the classes of the model.
    pub class: u16,
    /// What it is measured with: figures are made for each group, then averaged. Its language, mostly.
    pub group: u16,
    /// How much it counts in the fit.
    pub weight: f32,
    /// What it is used for.
    pub split: Split,
}

impl Examples {
    /// Adds one.
    pub fn push(&mut self, example: Example<'_>) {
        self.features.extend_from_slice(example.features);
        self.rows.push(Row {
            end: self.features.len(),
            class: example.class,
            group: example.group,
            weight: example.weight,
            split: example.split,
        });
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// None at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Example<'_>> {
        let row = self.rows.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, |before| before.end);
        let features = self.features.get(start..row.end)?;
        Some(Example { features, class: row.class, group: row.group, weight: row.weight, split: row.split })
    }

    /// All of one split.
    pub fn of(&self, split: Split) -> impl Iterator<Item = Example<'_>> {
        (0..self.len()).filter_map(|index| self.get(index)).filter(move |example| example.split == split)
    }

    /// Multiplies the weight of every example.
    pub fn weigh(&mut self, weight: impl Fn(Example<'_>) -> f32) {
        for index in 0..self.len() {
            let Some(example) = self.get(index) else { continue };
            let factor = weight(example);
            if let Some(row) = self.rows.get_mut(index) {
                row.weight *= factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_decides_what_it_is_for() {
        assert_eq!(Split::of("Dov'è il mio volo?"), Split::of("dov'è  IL mio volo!"));
        let texts: Vec<Split> = (0..10_000).map(|n| Split::of(&format!("text {n}"))).collect();
        let count = |split| texts.iter().filter(|other| **other == split).count();
        assert!((900..1100).contains(&count(Split::HeldOut)) && (700..900).contains(&count(Split::Choose)));
    }

    #[test]
    fn rows_keep_their_features() {
        let mut examples = Examples::default();
        for (features, class, split) in [(&[1, 2][..], 0, Split::Fit), (&[], 1, Split::Fit), (&[3], 2, Split::HeldOut)]
        {
            examples.push(Example { features, class, group: 0, weight: 1.0, split });
        }
        let rows: Vec<_> = (0..3).map(|index| examples.get(index).unwrap().features.to_vec()).collect();
        assert_eq!(rows, [vec![1, 2], vec![], vec![3]]);
        assert_eq!(examples.of(Split::HeldOut).count(), 1);
        examples.weigh(|example| if example.class == 2 { 3.0 } else { 1.0 });
        assert_eq!(examples.get(2).unwrap().weight, 3.0);
        assert!(examples.get(3).is_none());
    }
}
