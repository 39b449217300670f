use super::term::{Space, TermId, hash, hash_in};

/// Terms by their space and letters, numbered in the order in which they came. Records lie in one string, the table in another
/// piece of memory: a term costs about 26 bytes beside its letters; one that is not there is missed at the first look, and one
/// that is there is known at the second.
#[derive(Clone, Debug)]
pub(super) struct Dictionary {
    /// A number of the letters above the place of the record plus one; zero where empty. Its length is a power of two.
    slots: Vec<u64>,
    /// Of all terms, one behind the other: number, length of the letters, space, letters.
    records: Vec<u8>,
    /// Where each term's record begins; one more for the end of the last.
    starts: Vec<u32>,
}

/// Bytes of a record before its letters: the number of the term, how many letters, and their space.
const RECORD_HEAD: usize = 4 + 2 + 1;

/// A place in the table, read ahead of its use so that the memory of many is fetched at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    mark: u32,
    slot: u64,
    /// Number of the term whose record the place names, once it has been looked at.
    term: u32,
}

impl Probe {
    /// Nothing is there: the letters are of no term.
    pub(super) const fn is_empty(self) -> bool {
        self.slot == 0
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        let mut dictionary = Self { slots: vec![0; 16], records: Vec::new(), starts: vec![0] };
        dictionary.intern(Space::CONSTANT, b"true");
        dictionary.intern(Space::CONSTANT, b"false");
        dictionary
    }
}

impl Dictionary {
    /// How many terms there are; their numbers are below.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The term of these letters, and whether it is new.
    ///
    /// `u32` numbers suffice: four billion letters would be more memory than queries may take.
    pub(super) fn intern(&mut self, space: Space, letters: &[u8]) -> (TermId, bool) {
        let hash = hash_in(space, hash(letters));
        if let Some(term) = self.find(hash, space, letters) {
            return (term, false);
        }
        if (self.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        let (term, at) = (narrow(self.len()), narrow(self.records.len()));
        self.records.extend_from_slice(&term.to_le_bytes());
        self.records.extend_from_slice(&counted(letters).to_le_bytes());
        self.records.push(space.byte());
        self.records.extend_from_slice(letters);
        self.starts.push(narrow(self.records.len()));
        place(&mut self.slots, mark(hash), at);
        (TermId(term), true)
    }

    /// The term of these letters, whose number in the space is `hash`.
    pub(super) fn find(&self, hash: u64, space: Space, letters: &[u8]) -> Option<TermId> {
        self.resolve(self.probe(hash), space, letters)
    }

    /// Looks where the letters with this number would be.
    pub(super) fn probe(&self, hash: u64) -> Probe {
        let mark = mark(hash);
        Probe { mark, slot: self.slots[mark as usize & (self.slots.len() - 1)], term: 0 }
    }

    /// Looks at the record that a probe has found, if it has.
    pub(super) fn peek(&self, probe: &mut Probe) {
        if upper(probe.slot) == probe.mark && probe.slot != 0 {
            probe.term = self.number_at(lower(probe.slot) as usize - 1);
        }
    }

    /// The term that a probe has been sent for.
    pub(super) fn resolve(&self, probe: Probe, space: Space, letters: &[u8]) -> Option<TermId> {
        let mask = self.slots.len() - 1;
        let (mut at, mut slot) = (probe.mark as usize & mask, probe.slot);
        while slot != 0 {
            if upper(slot) == probe.mark {
                let record = lower(slot) as usize - 1;
                if self.is(record, space, letters) {
                    let is_peeked = slot == probe.slot && probe.term != 0;
                    return Some(TermId(if is_peeked { probe.term } else { self.number_at(record) }));
                }
            }
            at = (at + 1) & mask;
            slot = self.slots[at];
        }
        None
    }

    fn number_at(&self, record: usize) -> u32 {
        match self.records[record..].first_chunk() {
            Some(bytes) => u32::from_le_bytes(*bytes),
            None => TermId::FALSE.0,
        }
    }

    /// Whether the record is of these letters.
    fn is(&self, record: usize, space: Space, letters: &[u8]) -> bool {
        let Some((head, held)) = self.records[record..].split_first_chunk::<RECORD_HEAD>() else { return false };
        let count = u16::from_le_bytes([head[4], head[5]]);
        head[6] == space.byte()
            && count == counted(letters)
            && held.starts_with(letters)
            // Of so many letters the number does not tell how many.
            && (count < u16::MAX || self.held(TermId(self.number_at(record))).len() == letters.len())
    }

    /// Space and letters of a term.
    pub(super) fn get(&self, term: TermId) -> (Space, &[u8]) {
        let space = self.records[self.starts[term.0 as usize] as usize + RECORD_HEAD - 1];
        (Space::from_byte(space), self.held(term))
    }

    fn held(&self, term: TermId) -> &[u8] {
        let at = term.0 as usize;
        &self.records[self.starts[at] as usize + RECORD_HEAD..self.starts[at + 1] as usize]
    }

    /// Twice the table. The numbers of the letters stand in it, so the letters are not read.
    fn grow(&mut self) {
        let mut slots = vec![0; self.slots.len() * 2];
        for slot in self.slots.iter().copied().filter(|slot| *slot != 0) {
            place(&mut slots, upper(slot), lower(slot) - 1);
        }
        self.slots = slots;
    }

    /// Gives back what was taken for growing.
    pub(super) fn shrink(&mut self) {
        self.records.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * 8 + self.records.capacity() + self.starts.capacity() * 4
    }
}

fn place(slots: &mut [u64], mark: u32, record: u32) {
    let mask = slots.len() - 1;
    let mut at = mark as usize & mask;
    while slots[at] != 0 {
        at = (at + 1) & mask;
    }
    slots[at] = u64::from(mark) << 32 | u64::from(record + 1);
}

/// How many letters, as far as a record can say.
fn counted(letters: &[u8]) -> u16 {
    u16::try_from(letters.len()).unwrap_or(u16::MAX)
}

const fn mark(hash: u64) -> u32 {
    upper(hash)
}

const fn upper(word: u64) -> u32 {
    (word >> 32) as u32
}

const fn lower(word: u64) -> u32 {
    word as u32
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{KeywordField, TextFields};

    #[test]
    fn terms_are_found_again_and_others_are_not() {
        let mut dictionary = Dictionary::default();
        let words = Space::words(TextFields::DEFAULT);
        let numbers: Vec<TermId> =
            (0..5_000).map(|n| dictionary.intern(words, format!("word{n}").as_bytes()).0).collect();
        for (n, term) in (0..5_000).zip(&numbers) {
            let word = format!("word{n}");
            assert_eq!(dictionary.intern(words, word.as_bytes()), (*term, false));
            assert_eq!(dictionary.get(*term), (words, word.as_bytes()));
            let elsewhere = Space::value(KeywordField::Tag);
            assert_eq!(dictionary.find(hash_in(elsewhere, hash(word.as_bytes())), elsewhere, word.as_bytes()), None);
        }
        assert_eq!(dictionary.len(), 5_002);
    }

    #[test]
    fn letters_beyond_what_a_record_counts_are_told_apart() {
        let mut dictionary = Dictionary::default();
        let long = vec![7; 70_000];
        let (first, _) = dictionary.intern(Space::SET, &long);
        let (second, is_new) = dictionary.intern(Space::SET, &long[..66_000]);
        assert!(is_new);
        assert_eq!(dictionary.intern(Space::SET, &long), (first, false));
        assert_eq!(dictionary.get(second).1.len(), 66_000);
    }
}
