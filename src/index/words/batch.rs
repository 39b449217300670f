use tantivy::DocId;

/// Mentions of a batch. Large enough that what is done once for a batch is not felt, small enough that several stay in the
/// nearest cache. In tests so small that there are ends of batches everywhere.
const BATCH_MENTIONS: u32 = if cfg!(test) { 128 } else { 4096 };
const WORDS: usize = BATCH_MENTIONS as usize / 64;

/// Mentions that follow each other, a bit for each: those that hold something.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    from: DocId,
    bits: [u64; WORDS],
}

impl Batch {
    /// None of those from here on.
    pub(super) const fn empty(from: DocId) -> Self {
        Self { from, bits: [0; WORDS] }
    }

    pub(super) const fn from(&self) -> DocId {
        self.from
    }

    /// The first mention behind it. Numbers of mentions leave the highest bit free, so this does not overflow.
    pub(super) const fn end(&self) -> DocId {
        self.from + BATCH_MENTIONS
    }

    /// Adds one that lies in it.
    pub(super) fn insert(&mut self, doc: DocId) {
        let place = doc.wrapping_sub(self.from) as usize;
        // The remainder changes nothing, and the compiler sees that the place exists.
        self.bits[place / 64 % WORDS] |= 1 << (place % 64);
    }

    /// Adds those of `other`, which begins at the same mention.
    pub(super) fn add(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(bits, other)| *bits |= other);
    }

    /// Keeps those that are also in `other`, which begins at the same mention.
    pub(super) fn keep(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(bits, other)| *bits &= other);
    }

    /// Keeps those of which `holds` says so, asked in rising order.
    pub(super) fn keep_where(&mut self, mut holds: impl FnMut(DocId) -> bool) {
        for (first, bits) in (self.from..).step_by(64).zip(&mut self.bits) {
            let mut left = *bits;
            while left != 0 {
                let bit = left.trailing_zeros();
                *bits &= !(u64::from(!holds(first + bit)) << bit);
                left &= left - 1;
            }
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.bits.iter().map(|bits| bits.count_ones()).sum()
    }

    /// The first one at or after a mention that is not before the batch.
    pub(super) fn next(&self, target: DocId) -> Option<DocId> {
        let place = target.checked_sub(self.from)? as usize;
        let mut word = place / 64;
        let mut bits = self.bits.get(word)? & (u64::MAX << (place % 64));
        while bits == 0 {
            word += 1;
            bits = *self.bits.get(word)?;
        }
        Some(self.from + word as u32 * 64 + bits.trailing_zeros())
    }
}
