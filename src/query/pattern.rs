use super::TextFields;
use crate::{
    base::Span,
    text::{PhraseWord, Word},
};

/// Words at places of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Where to look; one of them has to hold the whole pattern.
    pub fields: TextFields,
    /// What to look for.
    pub pattern: Pattern,
    /// The pattern in canonical text, without the field. Read again it makes the same pattern.
    pub written: String,
    /// Where it stands in the query text, with the name of the field if that stands right before it.
    pub span: Span,
}

/// What is looked for in one text. An occurrence of a pattern is a stretch of positions, first to last, inclusive.
///
/// `Window` stands at the root only: [`super::parse`] refuses it as a side of NEAR.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// One position that holds the word.
    Word(Word),
    /// Words at fixed distances from the first. At least two; the first has offset 0, offsets rise: not always by 1, a link
    /// holds a place, and the word behind a run without spaces stands behind its last letter. An occurrence reaches from the
    /// first word to the last. (As a side of NEAR or a part of a window a run ends with its last letter as a word of its own,
    /// so that the occurrence covers it.)
    Phrase(Vec<PhraseWord>),
    /// `"…"~n`: all parts, in any order, inside one stretch of at most `positions_max` positions. Parts are `Word` or
    /// `Phrase`; `positions_max` is what they take together plus n.
    /// An occurrence is a stretch that an occurrence of each part, no two sharing a position, spans together. So `"ha ha"~3`
    /// needs two of them, and one *charger* is not both of `"charg* charger"~3`.
    Window {
        /// At least two.
        parts: Vec<Pattern>,
        /// Length of the stretch.
        positions_max: u32,
    },
    /// An occurrence of each side, not overlapping, with at most `distance` positions between them. The occurrence of the
    /// whole is the stretch from the first position of either to the last of either. Sides are `Word`, `Phrase`, `AnyOf` or
    /// `Near`; chains `a NEAR/3 b NEAR/5 c` are read from the left.
    Near {
        /// One side.
        left: Box<Pattern>,
        /// The other side.
        right: Box<Pattern>,
        /// Positions between them at most.
        distance: u32,
        /// Left stands before right; else either order.
        ordered: bool,
    },
    /// An occurrence of any part. At least two, none of them `AnyOf` or `Window`; only inside `Near`.
    AnyOf(Vec<Pattern>),
}

impl Pattern {
    /// The pattern of a word or phrase; `None` where there is no word.
    #[must_use]
    pub fn of_words(mut words: Vec<PhraseWord>) -> Option<Self> {
        match words.len() {
            0 => None,
            1 => words.pop().map(|only| Self::Word(only.word)),
            _ => Some(Self::Phrase(words)),
        }
    }

    /// The longest stretch that an occurrence can be, in positions. It bounds the work of whoever looks for occurrences.
    #[must_use]
    pub fn positions_max(&self) -> u32 {
        match self {
            Self::Word(_) => 1,
            Self::Phrase(words) => words.last().map_or(0, |last| last.offset + 1),
            Self::Window { positions_max, .. } => *positions_max,
            Self::Near { left, right, distance, .. } => {
                left.positions_max().saturating_add(*distance).saturating_add(right.positions_max())
            }
            Self::AnyOf(parts) => parts.iter().map(Self::positions_max).max().unwrap_or(0),
        }
    }

    /// Every word in it, first to last as written.
    pub fn for_each_word<'p>(&'p self, each: &mut impl FnMut(&'p Word)) {
        match self {
            Self::Word(word) => each(word),
            Self::Phrase(words) => words.iter().for_each(|word| each(&word.word)),
            Self::Window { parts, .. } | Self::AnyOf(parts) => parts.iter().for_each(|part| part.for_each_word(each)),
            Self::Near { left, right, .. } => {
                left.for_each_word(each);
                right.for_each_word(each);
            }
        }
    }
}
