//! What a query asks, with terms in place of words and values.

use super::term::TermId;
use crate::query::{Moment, NumberField, TimeField};

/// A part of a query as the matcher has it. `And` and `Or` have at least two parts and never hold their own kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan {
    /// Every mention.
    All,
    /// The mention holds the term.
    Term(TermId),
    /// It holds one of these; at least two, rising.
    Any(Vec<TermId>),
    /// Words at places.
    Places(Places),
    /// A figure, between two ends.
    Number(NumberField, f64, f64),
    /// A moment: the first that matches, the first that no longer does.
    Time(TimeField, Option<Moment>, Option<Moment>),
    /// The mention's number in samples is below.
    Sample(u16),
    /// What cannot be told by terms and is too rare for an own code; its place among [`super::book::Book::rare`].
    Rare(u32),
    And(Vec<Plan>),
    Or(Vec<Plan>),
    Not(Box<Plan>),
}

/// Where words stand. As [`crate::query::Pattern`], with the terms of one set of fields.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Places {
    /// One position that holds one of these.
    Word(Vec<TermId>),
    /// Words at distances from the first.
    Phrase(Vec<(u32, Vec<TermId>)>),
    /// Each part, in any order, inside so many positions.
    Window { parts: Vec<Places>, positions_max: u32 },
    /// Both sides, so many positions between them.
    Near { left: Box<Places>, right: Box<Places>, distance: u32, ordered: bool },
    /// Any part.
    AnyOf(Vec<Places>),
}

impl Plan {
    /// One of these terms.
    pub(super) fn any(mut terms: Vec<TermId>) -> Self {
        terms.sort_unstable();
        terms.dedup();
        match terms.as_slice() {
            [] => Self::nothing(),
            [one] => Self::Term(*one),
            _ => Self::Any(terms),
        }
    }

    /// No mention.
    pub(super) fn nothing() -> Self {
        Self::Term(TermId::FALSE)
    }

    /// All of these.
    pub(super) fn all_of(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All => {}
                Self::And(parts) => flat.extend(parts),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::All,
            1 => flat.swap_remove(0),
            _ => Self::And(flat),
        }
    }

    /// At least one of these. Those that are single terms become one set.
    pub(super) fn one_of(parts: Vec<Self>) -> Self {
        let mut terms = Vec::new();
        let mut flat = Vec::new();
        let mut waiting = parts;
        waiting.reverse();
        while let Some(part) = waiting.pop() {
            match part {
                Self::All => return Self::All,
                Self::Term(TermId::FALSE) => {}
                Self::Term(term) => terms.push(term),
                Self::Any(members) => terms.extend(members),
                Self::Or(parts) => waiting.extend(parts.into_iter().rev()),
                other => flat.push(other),
            }
        }
        if !terms.is_empty() || flat.is_empty() {
            flat.insert(0, Self::any(terms));
        }
        if flat.len() == 1 { flat.swap_remove(0) } else { Self::Or(flat) }
    }

    /// Not this.
    pub(super) fn not(part: Self) -> Self {
        match part {
            Self::Not(part) => *part,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The parts that all have to match.
    pub(super) fn parts(self) -> Vec<Self> {
        match self {
            Self::And(parts) => parts,
            other => vec![other],
        }
    }
}
