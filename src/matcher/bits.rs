/// A set of small numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Adds a number; false where it was in the set.
    pub(super) fn add(&mut self, number: u32) -> bool {
        let at = number as usize / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1 + at / 8, 0);
        }
        let bit = 1 << (number % 64);
        let is_new = self.0[at] & bit == 0;
        self.0[at] |= bit;
        is_new
    }

    /// Whether the number is in the set.
    pub(super) fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }

    /// Takes out the number and perhaps some near it: for emptying a set one by one.
    pub(super) fn clear_around(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word = 0;
        }
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * 8
    }
}
