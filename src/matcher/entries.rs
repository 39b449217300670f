//! Lists of entries: what a mention that holds a term may match.

use super::{bits::Bits, term::TermId};

/// A query as it stands in the list of a term: 16 bytes that decide most cases by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    target: u32,
    /// As [`super::filter_bits::Mask::bits`].
    pub(super) mask: u32,
    /// Has to be held too.
    pub(super) guard: TermId,
    /// Must not be held.
    pub(super) not: TermId,
}

/// The entry alone decides.
const DECIDED: u32 = 1 << 31;

impl Entry {
    /// Lets no mention through.
    pub(super) const NOTHING: Self = Self::decided(0, 0, TermId::FALSE, TermId::TRUE);

    /// A query that matches if the entry lets the mention through.
    pub(super) const fn decided(query: u32, mask: u32, guard: TermId, not: TermId) -> Self {
        Self { target: query | DECIDED, mask, guard, not }
    }

    /// A query whose code at that place says the rest.
    pub(super) const fn undecided(code: u32, mask: u32, guard: TermId, not: TermId) -> Self {
        Self { target: code, mask, guard, not }
    }

    pub(super) const fn is_decided(self) -> bool {
        self.target & DECIDED != 0
    }

    /// Number of the query where it is decided, place of its code where not.
    pub(super) const fn target(self) -> u32 {
        self.target & !DECIDED
    }
}

/// The entries of every term.
#[derive(Clone, Debug)]
pub(super) enum Lists {
    /// While a base is made: entries in the order in which they come, and how many each term has.
    Collected { counts: Vec<u32>, entries: Vec<(TermId, Entry)> },
    /// Of a delta: every list by itself. In pages, so that a growing one never copies all.
    Growing(Pages),
    /// Of a base: one list behind the other; where each begins, and the end of the last. Most terms have none, which the bits
    /// tell from a thirtieth of the memory.
    Packed { filed: Bits, starts: Vec<u32>, entries: Vec<Entry> },
}

/// Lists by term, in pages of [`PAGE`].
#[derive(Clone, Debug, Default)]
pub(super) struct Pages {
    lists: Vec<Vec<Vec<Entry>>>,
    entries: usize,
}

/// Lists in one page.
const PAGE: usize = 1024;

impl Lists {
    pub(super) fn growing() -> Self {
        Self::Growing(Pages::default())
    }

    pub(super) fn collected(entries: usize) -> Self {
        Self::Collected { counts: Vec::new(), entries: Vec::with_capacity(entries) }
    }

    /// Adds an entry to a term's list.
    pub(super) fn push(&mut self, term: TermId, entry: Entry) {
        let at = term.0 as usize;
        match self {
            Self::Collected { counts, entries } => {
                if counts.len() <= at {
                    counts.resize(at + 1, 0);
                }
                counts[at] += 1;
                entries.push((term, entry));
            }
            Self::Growing(Pages { lists: pages, entries }) => {
                *entries += 1;
                while pages.len() <= at / PAGE {
                    pages.push(Vec::new());
                }
                let page = &mut pages[at / PAGE];
                if page.len() <= at % PAGE {
                    page.reserve_exact(PAGE - page.len());
                    page.resize_with(at % PAGE + 1, Vec::new);
                }
                page[at % PAGE].push(entry);
            }
            Self::Packed { .. } => {}
        }
    }

    /// How many entries a term has.
    pub(super) fn count(&self, term: TermId) -> usize {
        match self {
            Self::Collected { counts, .. } => counts.get(term.0 as usize).map_or(0, |count| *count as usize),
            Self::Growing(_) | Self::Packed { .. } => self.get(term).len(),
        }
    }

    /// The entries of a term; none while they are being collected.
    pub(super) fn get(&self, term: TermId) -> &[Entry] {
        let at = term.0 as usize;
        match self {
            Self::Collected { .. } => &[],
            Self::Growing(Pages { lists: pages, .. }) => {
                pages.get(at / PAGE).and_then(|page| page.get(at % PAGE)).map_or(&[], Vec::as_slice)
            }
            Self::Packed { filed, .. } if !filed.has(term.0) => &[],
            Self::Packed { starts, entries, .. } => match starts.get(at..at + 2) {
                Some(ends) => &entries[ends[0] as usize..ends[1] as usize],
                None => &[],
            },
        }
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Collected { entries, .. } => entries.len(),
            Self::Growing(pages) => pages.entries,
            Self::Packed { entries, .. } => entries.len(),
        }
    }

    /// Puts collected entries in the order of their terms.
    pub(super) fn packed(self) -> Self {
        let Self::Collected { counts, entries } = self else { return self };
        let mut filed = Bits::default();
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut next = 0;
        for (term, count) in (0..).zip(counts) {
            if count > 0 {
                filed.add(term);
            }
            starts.push(next);
            next += count;
        }
        let mut sorted = vec![Entry::NOTHING; entries.len()];
        let mut free = starts.clone();
        for (term, entry) in entries {
            let place = &mut free[term.0 as usize];
            sorted[*place as usize] = entry;
            *place += 1;
        }
        starts.push(next);
        Self::Packed { filed, starts, entries: sorted }
    }

    /// Bytes they take, about.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Collected { counts, entries } => counts.capacity() * 4 + entries.capacity() * 20,
            Self::Growing(pages) => {
                let lists = pages.lists.iter().flatten();
                lists.map(|list| 24 + list.capacity() * 16).sum()
            }
            Self::Packed { filed, starts, entries } => filed.bytes() + starts.capacity() * 4 + entries.capacity() * 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_the_same_however_they_are_kept() {
        let entry = |query| Entry::decided(query, query * 3, TermId::TRUE, TermId::FALSE);
        let (mut growing, mut collected) = (Lists::growing(), Lists::collected(0));
        let terms = [5, 2, 5, 3_000, 2, 5];
        for (query, term) in (0..).zip(terms) {
            growing.push(TermId(term), entry(query));
            collected.push(TermId(term), entry(query));
        }
        assert_eq!(collected.count(TermId(5)), 3);
        let packed = collected.packed();
        for term in (0..4_000).map(TermId) {
            assert_eq!(growing.get(term), packed.get(term), "{term:?}");
            assert_eq!(growing.count(term), growing.get(term).len());
        }
        assert_eq!(packed.get(TermId(5)), [entry(0), entry(2), entry(5)]);
        assert_eq!((growing.len(), packed.len()), (6, 6));
    }
}
