/// The stretches of a pattern in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches {
    /// Rising, each once.
    firsts: Vec<u32>,
    /// Of each first position `row_words` words; bit `n` stands for a stretch whose last position is `n` behind its first.
    bits: Vec<u64>,
    row_words: usize,
}

impl Stretches {
    /// Stretches of one width, in positions, at least 1. `firsts` rises.
    #[must_use]
    pub fn of_width(firsts: Vec<u32>, width: u32) -> Self {
        let last = width.max(1) as usize - 1;
        let row_words = last / 64 + 1;
        let mut bits = vec![0; firsts.len() * row_words];
        for row in bits.chunks_exact_mut(row_words) {
            row[last / 64] = 1 << (last % 64);
        }
        Self { firsts, bits, row_words }
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.firsts.is_empty()
    }

    /// How many different positions a stretch begins at.
    #[must_use]
    pub fn beginnings(&self) -> usize {
        self.firsts.len()
    }

    /// Every stretch, in order: first and last position.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.rows().flat_map(|(first, row)| ones(row).map(move |last| (first, first + last)))
    }

    /// The stretches of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let row_words = self.row_words.max(other.row_words);
        let mut joined = Self { row_words, ..Self::default() };
        let (mut left, mut right) = (self.rows().peekable(), other.rows().peekable());
        loop {
            let first = match (left.peek(), right.peek()) {
                (None, None) => return joined,
                (Some((left, _)), None) => *left,
                (None, Some((right, _))) => *right,
                (Some((left, _)), Some((right, _))) => *left.min(right),
            };
            let start = joined.begin_row(first);
            if let Some((_, row)) = left.next_if(|(at, _)| *at == first) {
                or_shifted(&mut joined.bits[start..], row, 0);
            }
            if let Some((_, row)) = right.next_if(|(at, _)| *at == first) {
                or_shifted(&mut joined.bits[start..], row, 0);
            }
        }
    }

    /// What a stretch of `self` and one of `other` span together that do not overlap and have at most `distance` positions
    /// between them; that of `self` first where `ordered`.
    #[must_use]
    pub fn near(&self, other: &Self, distance: u32, ordered: bool) -> Self {
        let forward = self.before(other, distance);
        if ordered { forward } else { forward.or(other.before(self, distance)) }
    }

    /// Whether [`Self::near`] would have any.
    #[must_use]
    pub fn is_near(&self, other: &Self, distance: u32, ordered: bool) -> bool {
        self.is_before(other, distance) || (!ordered && other.is_before(self, distance))
    }

    fn is_before(&self, other: &Self, distance: u32) -> bool {
        self.walk_before(other, distance, |_, _| true)
    }

    /// What a stretch of `self` and a later one of `other` span.
    fn before(&self, other: &Self, distance: u32) -> Self {
        let span = (self.row_words + other.row_words) * 64 + distance as usize + 1;
        let mut joined = Self { row_words: span.div_ceil(64), ..Self::default() };
        self.walk_before(other, distance, |first, (second, row)| {
            let start = match joined.firsts.last() {
                Some(&last) if last == first => joined.bits.len() - joined.row_words,
                _ => joined.begin_row(first),
            };
            or_shifted(&mut joined.bits[start..], row, (second - first) as usize);
            false
        });
        joined.narrowed()
    }

    /// Calls with every first position of `self` and every row of `other` that begins behind an end of it, at most
    /// `distance` positions between, until told to stop; whether it was.
    fn walk_before(&self, other: &Self, distance: u32, mut each: impl FnMut(u32, (u32, &[u64])) -> bool) -> bool {
        let reach = self.row_words * 64 + distance as usize;
        // Bit `n`: a stretch that begins `n` behind `first` follows closely enough.
        let mut allowed = vec![0_u64; reach / 64 + 2];
        let mut from = 0;
        for (first, row) in self.rows() {
            spread(&mut allowed, row, distance as usize);
            while other.firsts.get(from).is_some_and(|&second| second <= first) {
                from += 1;
            }
            for (index, &second) in other.firsts.iter().enumerate().skip(from) {
                let behind = (second - first) as usize;
                if behind > reach {
                    break;
                }
                if allowed[behind / 64] >> (behind % 64) & 1 == 1 && each(first, (second, other.row(index))) {
                    return true;
                }
            }
        }
        false
    }

    fn row(&self, index: usize) -> &[u64] {
        &self.bits[index * self.row_words..(index + 1) * self.row_words]
    }

    fn rows(&self) -> impl Iterator<Item = (u32, &[u64])> {
        self.firsts.iter().copied().zip(self.bits.chunks_exact(self.row_words.max(1)))
    }

    /// Adds an empty row and gives its place in `bits`.
    fn begin_row(&mut self, first: u32) -> usize {
        let start = self.bits.len();
        self.firsts.push(first);
        self.bits.resize(start + self.row_words, 0);
        start
    }

    /// The same in rows no longer than needed: all that follows costs by their length.
    fn narrowed(mut self) -> Self {
        let used = self.bits.chunks_exact(self.row_words).map(used_words).max().unwrap_or(1).max(1);
        if used < self.row_words {
            let mut narrow = Vec::with_capacity(self.firsts.len() * used);
            for row in self.bits.chunks_exact(self.row_words) {
                narrow.extend_from_slice(&row[..used]);
            }
            self.bits = narrow;
            self.row_words = used;
        }
        self
    }
}

fn used_words(row: &[u64]) -> usize {
    row.iter().rposition(|&word| word != 0).map_or(0, |last| last + 1)
}

fn ones(row: &[u64]) -> impl Iterator<Item = u32> + '_ {
    (0..)
        .zip(row)
        .flat_map(|(index, &word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 64 + bit))
}

/// Sets in `allowed` what lies 1 to `distance + 1` behind a bit of `row`: doubling steps instead of one for each position.
fn spread(allowed: &mut [u64], row: &[u64], distance: usize) {
    allowed.fill(0);
    or_shifted(allowed, row, 1);
    let mut covered = 1;
    while covered < distance + 1 {
        let step = covered.min(distance + 1 - covered);
        shift_onto_itself(allowed, step);
        covered += step;
    }
}

/// `bits |= bits << by`; what would fall out at the end is lost.
fn shift_onto_itself(bits: &mut [u64], by: usize) {
    let (words, rest) = (by / 64, by % 64);
    for index in (words..bits.len()).rev() {
        let mut moved = bits[index - words] << rest;
        if rest > 0 && index > words {
            moved |= bits[index - words - 1] >> (64 - rest);
        }
        bits[index] |= moved;
    }
}

/// `bits |= row << by`; what would fall out at the end is lost.
fn or_shifted(bits: &mut [u64], row: &[u64], by: usize) {
    let (words, rest) = (by / 64, by % 64);
    for (index, &word) in row.iter().enumerate() {
        if let Some(target) = bits.get_mut(index + words) {
            *target |= word << rest;
        }
        if rest > 0
            && let Some(target) = bits.get_mut(index + words + 1)
        {
            *target |= word >> (64 - rest);
        }
    }
}
