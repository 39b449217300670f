use std::{
    hash::{BuildHasher as _, RandomState},
    sync::LazyLock,
};

use crate::query::{KeywordField, TextFields};

/// Something discrete that a mention holds or does not: a word of a text, a fact, or what is derived from them. A number within
/// one [`super::dictionary::Dictionary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TermId(pub(super) u32);

impl TermId {
    /// Held by every mention: the guard of entries that need none.
    pub(super) const TRUE: Self = Self(0);
    /// Held by no mention: what entries exclude that exclude nothing.
    pub(super) const FALSE: Self = Self(1);
}

/// What sort of thing the letters of a term are. Terms of two spaces never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Space(u8);

impl Space {
    /// [`TermId::TRUE`] and [`TermId::FALSE`].
    pub(super) const CONSTANT: Self = Self(0);
    /// One of several terms: its letters are the numbers of its members.
    pub(super) const SET: Self = Self(250);
    /// Two terms at once: its letters are their numbers.
    pub(super) const PAIR: Self = Self(251);

    /// A text is not blank. Its letters are the name of the field.
    pub(super) const HAS_TEXT: Self = Self(252);

    const VALUE: u8 = 64;
    const SET_VALUE: u8 = 96;
    const PREFIX: u8 = 128;
    const WILDCARD: u8 = 160;
    const PLAIN: u8 = 192;

    /// A form of a word in one of these fields.
    pub(super) const fn words(fields: TextFields) -> Self {
        Self(fields.bits())
    }

    /// Words that fit a wildcard, in one of these fields; its letters are the wildcard, in a spelling of its own.
    pub(super) const fn wildcards(fields: TextFields) -> Self {
        Self(Self::WILDCARD + fields.bits())
    }

    /// A form of a word in one of these fields, at a position that shows neither more letter case nor more accents than it.
    pub(super) const fn plain_words(fields: TextFields) -> Self {
        Self(Self::PLAIN + fields.bits())
    }

    /// A value of a fact.
    pub(super) const fn value(field: KeywordField) -> Self {
        Self(Self::VALUE + field as u8)
    }

    /// A fact has a value, whichever.
    pub(super) const fn is_set(field: KeywordField) -> Self {
        Self(Self::SET_VALUE + field as u8)
    }

    /// A value of a fact begins so.
    pub(super) const fn value_prefix(field: KeywordField) -> Self {
        Self(Self::PREFIX + field as u8)
    }

    /// The fields, where its terms are forms of words.
    pub(super) fn word_fields(self) -> Option<TextFields> {
        TextFields::from_bits(self.0)
    }

    /// The fields, where its terms are forms at plain positions.
    pub(super) fn plain_fields(self) -> Option<TextFields> {
        TextFields::from_bits(self.0.checked_sub(Self::PLAIN)?)
    }

    /// The fields, where its terms are wildcards.
    pub(super) fn wildcard_fields(self) -> Option<TextFields> {
        TextFields::from_bits(self.0.checked_sub(Self::WILDCARD)?)
    }

    /// The fact, where its terms are values of one.
    pub(super) fn value_field(self) -> Option<KeywordField> {
        KeywordField::ALL.iter().copied().find(|field| Self::value(*field) == self)
    }

    /// The fact, where its term says that it has a value.
    pub(super) fn set_field(self) -> Option<KeywordField> {
        KeywordField::ALL.iter().copied().find(|field| Self::is_set(*field) == self)
    }

    /// The fact, where its terms are beginnings of values of one.
    pub(super) fn prefix_field(self) -> Option<KeywordField> {
        KeywordField::ALL.iter().copied().find(|field| Self::value_prefix(*field) == self)
    }

    pub(super) const fn byte(self) -> u8 {
        self.0
    }

    pub(super) const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }
}

/// Differs from process to process, so that nobody can choose words that fall together.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));

/// A number for these letters, alike in every dictionary of the process.
pub(super) fn hash(letters: &[u8]) -> u64 {
    let mut hash = *SEED ^ (letters.len() as u64).wrapping_mul(0xA076_1D64_78BD_642F);
    let mut chunks = letters.chunks_exact(8);
    for chunk in &mut chunks {
        hash = fold(hash ^ word(chunk), 0xE703_7ED1_A0B4_28DB);
    }
    fold(hash ^ word(chunks.remainder()), 0x8EBC_6AF0_9C88_C6E3)
}

/// The number of the same letters in a space.
pub(super) const fn hash_in(space: Space, hash: u64) -> u64 {
    fold(hash ^ (space.0 as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15), 0x5899_65CC_7537_4CC3)
}

fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}
