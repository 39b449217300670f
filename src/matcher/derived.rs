//! Terms that are found through others: wildcards through their beginning, beginnings of addresses through their length,
//! shared sets through their members.

use hashbrown::HashMap;

use super::{
    bits::Bits,
    dictionary::Dictionary,
    term::{Space, TermId, hash, hash_in},
};
use crate::{
    query::TextFields,
    text::{Wildcard, WildcardPart},
};

/// Lengths in bytes, rising, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Lengths(Vec<usize>);

impl Lengths {
    pub(super) fn add(&mut self, length: usize) {
        if let Err(at) = self.0.binary_search(&length) {
            self.0.insert(at, length);
        }
    }

    /// The beginnings of these lengths.
    pub(super) fn beginnings<'l>(&self, letters: &'l str) -> impl Iterator<Item = &'l str> {
        let lengths = self.0.iter().take_while(|length| **length <= letters.len());
        lengths.filter_map(|&length| letters.get(..length))
    }
}

/// The wildcards of one set of fields after another, by their beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct Wildcards {
    /// Beginnings; apart from the other terms because every word of a text looks up several.
    heads: Dictionary,
    /// The same as [`mark_of`] knows them: most words begin like none of them, and are passed over at the first look.
    marks: Bits,
    /// How long beginnings are: bit by bit, in bytes, and those of 64 and more by themselves.
    lengths: u64,
    long: Lengths,
    /// Of each beginning, by its number.
    of_head: Vec<Vec<(TermId, Option<Wildcard>)>>,
    spelled: HashMap<TermId, Wildcard>,
}

impl Wildcards {
    pub(super) fn add(&mut self, fields: TextFields, wildcard: &Wildcard, term: TermId) {
        let letters = wildcard.head.as_bytes();
        let (head, _) = self.heads.intern(Space::wildcards(fields), letters);
        self.marks.add(mark_of(first_eight(letters), letters));
        match 1_u64.checked_shl(u32::try_from(letters.len()).unwrap_or(u32::MAX)) {
            Some(bit) => self.lengths |= bit,
            None => self.long.add(letters.len()),
        }
        self.of_head.resize_with(self.heads.len(), Vec::new);
        // A beginning and nothing else fits whatever begins so.
        let tested = (wildcard.rest != [WildcardPart::Run]).then(|| wildcard.clone());
        self.of_head[head.0 as usize].push((term, tested));
        self.spelled.insert(term, wildcard.clone());
    }

    /// The wildcard that a term stands for.
    pub(super) fn get(&self, term: TermId) -> Option<&Wildcard> {
        self.spelled.get(&term)
    }

    /// The terms of the wildcards that a form fits.
    pub(super) fn fitting(&self, space: Space, form: &str, mut found: impl FnMut(TermId)) {
        let letters = form.as_bytes();
        let first = first_eight(letters);
        let mut lengths = self.lengths & 2_u64.checked_shl(letters.len() as u32).map_or(u64::MAX, |end| end - 1);
        while lengths != 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths - 1;
            if self.marks.has(mark_of(first, &letters[..length])) {
                self.fitting_from(space, form, length, &mut found);
            }
        }
        for beginning in self.long.beginnings(form) {
            self.fitting_from(space, form, beginning.len(), &mut found);
        }
    }

    /// Those whose beginning is that long.
    fn fitting_from(&self, space: Space, form: &str, length: usize, found: &mut impl FnMut(TermId)) {
        let beginning = &form.as_bytes()[..length];
        let Some(head) = self.heads.find(hash_in(space, hash(beginning)), space, beginning) else { return };
        for (term, wildcard) in &self.of_head[head.0 as usize] {
            if wildcard.as_ref().is_none_or(|wildcard| wildcard.fits(form)) {
                found(*term);
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        // A wildcard is kept up to three times, with the head of a vector each.
        self.heads.bytes() + self.spelled.len() * 300
    }
}

/// The first eight bytes, or as many as there are.
fn first_eight(letters: &[u8]) -> u64 {
    match letters.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => letters.iter().rev().fold(0, |all, letter| all << 8 | u64::from(*letter)),
    }
}

/// A number below 2^18 for a beginning of letters with these first eight: bits for them all take 32 KiB, which stay where the
/// processor has them at hand.
fn mark_of(first: u64, beginning: &[u8]) -> u32 {
    let known = match beginning.len() {
        length @ 0..8 => first & ((1 << (8 * length)) - 1),
        8 => first,
        _ => hash(beginning),
    };
    ((known ^ beginning.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 46) as u32
}

/// A wildcard in letters, each its own.
pub(super) fn spelled(wildcard: &Wildcard) -> String {
    let mut letters = wildcard.head.clone();
    for part in &wildcard.rest {
        match part {
            WildcardPart::Run => letters.push('\u{10}'),
            WildcardPart::Letter => letters.push('\u{11}'),
            WildcardPart::Text(text) => {
                letters.push('\u{12}');
                letters.push_str(text);
            }
        }
    }
    letters
}

/// Sets of terms that many queries ask for, found through their members.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    /// Most terms are no members, and are passed over without a look into the table.
    members: Bits,
    /// While sets are added.
    of_member: HashMap<TermId, Vec<TermId>>,
    /// Afterwards: where the sets of a member lie, all in one piece of memory.
    ranges: HashMap<TermId, (u32, u32)>,
    packed: Vec<TermId>,
    count: usize,
}

impl Sets {
    pub(super) fn add(&mut self, set: TermId, members: &[TermId]) {
        self.count += 1;
        for member in members {
            self.members.add(member.0);
            self.of_member.entry(*member).or_default().push(set);
        }
    }

    /// The sets that a term is a member of.
    #[inline]
    pub(super) fn of(&self, member: TermId) -> &[TermId] {
        if !self.members.has(member.0) {
            return &[];
        }
        match self.ranges.get(&member) {
            Some(&(first, end)) => &self.packed[first as usize..end as usize],
            None => self.of_member.get(&member).map_or(&[], Vec::as_slice),
        }
    }

    /// Packs them for matching; none is added any more.
    pub(super) fn seal(&mut self) {
        let end = |packed: &[TermId]| u32::try_from(packed.len()).unwrap_or(u32::MAX);
        for (member, sets) in std::mem::take(&mut self.of_member) {
            let first = end(&self.packed);
            self.packed.extend(sets);
            self.ranges.insert(member, (first, end(&self.packed)));
        }
        self.packed.shrink_to_fit();
    }

    /// How many sets there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn bytes(&self) -> usize {
        let lists: usize = self.of_member.values().map(|sets| sets.capacity() * 4).sum();
        self.members.bytes()
            + self.of_member.capacity() * 33
            + lists
            + self.ranges.capacity() * 13
            + self.packed.capacity() * 4
    }
}

/// The letters of terms made of terms: their numbers.
pub(super) fn letters_of(terms: &[TermId]) -> Vec<u8> {
    terms.iter().flat_map(|term| term.0.to_le_bytes()).collect()
}

/// The same of two, which every mention with a hot word asks for many times.
pub(super) fn letters_of_two(first: TermId, second: TermId) -> [u8; 8] {
    (u64::from(second.0) << 32 | u64::from(first.0)).to_le_bytes()
}

/// The terms of such letters.
pub(super) fn terms_of(letters: &[u8]) -> Vec<TermId> {
    let (numbers, _) = letters.as_chunks::<4>();
    numbers.iter().map(|number| TermId(u32::from_le_bytes(*number))).collect()
}
