use crate::base::Seq;

/// A set of seqs, one bit for each up to the highest in it.
#[derive(Clone, Debug, Default)]
pub struct SeqSet {
    words: Vec<u64>,
}

impl SeqSet {
    /// Takes one in.
    pub fn insert(&mut self, seq: Seq) {
        let (word, bit) = place(seq);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit;
    }

    /// Whether it is in.
    #[must_use]
    pub fn contains(&self, seq: Seq) -> bool {
        let (word, bit) = place(seq);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }
}

fn place(seq: Seq) -> (usize, u64) {
    (usize::try_from(seq.0 / 64).unwrap_or(usize::MAX), 1 << (seq.0 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_taken_in() {
        let mut set = SeqSet::default();
        for seq in [0, 1, 63, 64, 1000] {
            assert!(!set.contains(Seq(seq)));
            set.insert(Seq(seq));
            assert!(set.contains(Seq(seq)));
        }
        assert!(!set.contains(Seq(2)) && !set.contains(Seq(999)) && !set.contains(Seq(1001)));
    }
}
