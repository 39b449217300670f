//! Facts that nearly every query filters by, as bits: one comparison of two words in place of a run of tests.

use super::{plan::Plan, term::TermId};
use crate::query::{Document, KeywordField, NumberField};

/// Bits that stand for languages; the last for all that have no own, and for none.
const LANGUAGES: Group = Group { first: 0, count: 12 };
/// Bits that stand for platforms; the last likewise.
const PLATFORMS: Group = Group { first: 12, count: 8 };
/// Bits that stand for feelings: each of them, and none.
const SENTIMENTS: Group = Group { first: 20, count: 5 };
/// Bits that stand for numbers of followers: from each bound on, and unknown.
const FOLLOWERS: Group = Group { first: 25, count: 6 };
const FOLLOWER_BOUNDS: [f64; 5] = [0.0, 100.0, 1_000.0, 10_000.0, 100_000.0];

/// A run of bits of which every mention has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    first: u32,
    count: u32,
}

impl Group {
    const fn bits(self) -> u32 {
        ((1 << self.count) - 1) << self.first
    }

    /// Of mentions whose value has no own bit.
    const fn other(self) -> u32 {
        1 << (self.first + self.count - 1)
    }

    /// Of a field that has one value in every mention.
    const fn of(field: KeywordField) -> Option<Self> {
        match field {
            KeywordField::Lang => Some(LANGUAGES),
            KeywordField::Platform => Some(PLATFORMS),
            KeywordField::Sentiment => Some(SENTIMENTS),
            _ => None,
        }
    }
}

/// A condition as bits: a mention whose bits are not all among them does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) bits: u32,
    /// Nothing is left to test.
    pub(super) is_exact: bool,
}

impl Mask {
    /// Lets everything through.
    pub(super) const ANY: Self = Self { bits: u32::MAX, is_exact: true };
}

/// Which values have own bits: those that queries ask for first.
#[derive(Clone, Debug, Default)]
pub(super) struct FilterBits {
    values: Vec<(TermId, Group, u32)>,
}

impl FilterBits {
    /// Gives a value an own bit, while there are.
    pub(super) fn add(&mut self, field: KeywordField, term: TermId) {
        let Some(group) = Group::of(field) else { return };
        let taken = self.values.iter().filter(|(_, held, _)| *held == group).count() as u32;
        if taken + 1 < group.count {
            self.values.push((term, group, 1 << (group.first + taken)));
        }
    }

    /// The bits of a mention that holds these values.
    pub(super) fn of_mention(&self, document: &Document, holds: impl Fn(TermId) -> bool) -> u32 {
        let mut bits = followers_bit(document.numbers[NumberField::Followers as usize]);
        for group in [LANGUAGES, PLATFORMS, SENTIMENTS] {
            let own = self.values.iter().find(|(term, held, _)| *held == group && holds(*term));
            bits |= own.map_or(group.other(), |(_, _, bit)| *bit);
        }
        bits
    }

    /// A part of a query as bits; `None` where bits say nothing of it. `field` tells the field of a value.
    pub(super) fn of_plan(&self, plan: &Plan, field: impl Fn(TermId) -> Option<KeywordField> + Copy) -> Option<Mask> {
        match plan {
            Plan::Term(term) => self.of_values(&[*term], field),
            Plan::Any(terms) => self.of_values(terms, field),
            Plan::Not(part) => match part.as_ref() {
                Plan::Term(term) => self.of_other_values(&[*term], field),
                Plan::Any(terms) => self.of_other_values(terms, field),
                _ => None,
            },
            Plan::Number(NumberField::Followers, min, max) => Some(followers_between(*min, *max)),
            _ => None,
        }
    }

    /// The group of all these values, and the bits of those that have own ones; whether all have.
    fn own_bits(&self, terms: &[TermId], field: impl Fn(TermId) -> Option<KeywordField>) -> Option<(Group, u32, bool)> {
        let (mut of_all, mut bits, mut have_own) = (None, 0, true);
        for &term in terms {
            let group = Group::of(field(term)?)?;
            if of_all.is_some_and(|held| held != group) {
                return None;
            }
            of_all = Some(group);
            match self.values.iter().find(|(held, _, _)| *held == term) {
                Some((_, _, bit)) => bits |= bit,
                None => have_own = false,
            }
        }
        Some((of_all?, bits, have_own))
    }

    /// One of these values; `None` where bits say nothing of them.
    pub(super) fn of_values(&self, terms: &[TermId], field: impl Fn(TermId) -> Option<KeywordField>) -> Option<Mask> {
        let (group, own, have_own) = self.own_bits(terms, field)?;
        let allowed = if have_own { own } else { own | group.other() };
        Some(Mask { bits: !group.bits() | allowed, is_exact: have_own })
    }

    fn of_other_values(&self, terms: &[TermId], field: impl Fn(TermId) -> Option<KeywordField>) -> Option<Mask> {
        let (_, own, have_own) = self.own_bits(terms, field)?;
        Some(Mask { bits: !own, is_exact: have_own })
    }
}

fn followers_bit(followers: Option<f64>) -> u32 {
    let Some(followers) = followers else { return FOLLOWERS.other() };
    let bucket = FOLLOWER_BOUNDS.iter().rposition(|bound| *bound <= followers).unwrap_or(0);
    1 << (FOLLOWERS.first + bucket as u32)
}

fn followers_between(min: f64, max: f64) -> Mask {
    let (mut bits, mut is_exact) = (0, true);
    for (at, low) in FOLLOWER_BOUNDS.into_iter().enumerate() {
        // Counts are whole, so the next bound less one is the last of this one.
        let high = FOLLOWER_BOUNDS.get(at + 1).map_or(f64::INFINITY, |next| next - 1.0);
        if min <= high && low <= max {
            bits |= 1 << (FOLLOWERS.first + at as u32);
            is_exact &= min <= low && high <= max;
        }
    }
    Mask { bits: !FOLLOWERS.bits() | bits, is_exact }
}
