/// Where a mention stands: the greater comes first. All orders are mapped to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    /// What is ordered by.
    pub(super) rank: u64,
    /// Told apart by this; unique.
    pub(super) tie: u64,
}

/// All ranks from one to another; none where `lowest` is above `highest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ranks {
    pub(super) lowest: u64,
    pub(super) highest: u64,
}

impl Ranks {
    pub(super) const fn contains(self, rank: u64) -> bool {
        self.lowest <= rank && rank <= self.highest
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.lowest.max(other.lowest) <= self.highest.min(other.highest)
    }
}

/// A candidate and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) standing: Standing,
    pub(super) segment: u32,
    pub(super) doc: u32,
}

/// The first so many of a stream of candidates, strictly after a given place.
///
/// Twice as many are kept before the worse half is dropped, so that one candidate costs constant time.
pub(super) struct Top {
    size: usize,
    kept: Vec<Candidate>,
    /// Everything up to here is worse than `size` others.
    floor: Option<Standing>,
    /// Everything from here on was on earlier pages.
    ceiling: Option<Standing>,
}

impl Top {
    pub(super) fn new(size: usize, ceiling: Option<Standing>) -> Self {
        Self { size, kept: Vec::new(), floor: None, ceiling }
    }

    /// The ranks of which a candidate may still be taken. Compared first: it needs one number for each mention.
    pub(super) fn ranks(&self) -> Ranks {
        if self.size == 0 {
            return Ranks { lowest: u64::MAX, highest: 0 };
        }
        Ranks {
            lowest: self.floor.map_or(0, |floor| floor.rank),
            highest: self.ceiling.map_or(u64::MAX, |ceiling| ceiling.rank),
        }
    }

    pub(super) fn offer(&mut self, candidate: Candidate) {
        if self.floor.is_some_and(|floor| candidate.standing <= floor)
            || self.ceiling.is_some_and(|ceiling| candidate.standing >= ceiling)
        {
            return;
        }
        self.kept.push(candidate);
        if self.kept.len() == 2 * self.size {
            self.kept.select_nth_unstable_by(self.size - 1, |left, right| right.cmp(left));
            self.kept.truncate(self.size);
            self.floor = self.kept.last().map(|candidate| candidate.standing);
        }
    }

    /// The first ones, in order.
    pub(super) fn into_sorted(mut self) -> Vec<Candidate> {
        self.kept.sort_unstable_by(|left, right| right.cmp(left));
        self.kept.truncate(self.size);
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_the_head_of_the_sorted_stream(
            ranks in prop::collection::vec(0_u64..12, 0..200),
            size in 0_usize..20,
            ceiling in prop::option::of((0_u64..12, 0_u64..200)),
        ) {
            let ceiling = ceiling.map(|(rank, tie)| Standing { rank, tie });
            let mut top = Top::new(size, ceiling);
            let mut all = Vec::new();
            for (tie, &rank) in ranks.iter().enumerate() {
                let candidate = Candidate { standing: Standing { rank, tie: tie as u64 }, segment: 0, doc: tie as u32 };
                all.push(candidate);
                if top.ranks().contains(rank) {
                    top.offer(candidate);
                }
            }
            all.retain(|candidate| ceiling.is_none_or(|ceiling| candidate.standing < ceiling));
            all.sort_by(|left, right| right.cmp(left));
            all.truncate(size);
            prop_assert_eq!(top.into_sorted(), all);
        }
    }
}
