use tantivy::DocId;

use super::{finder::Finder, forms::Forms};
use crate::query::stretches::{Stretches, WindowPart, keep_followed, near_exists, window_exists};

/// Where the words of a pattern must stand. Words are named by their places among the words of the pattern.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// Anywhere.
    Word(usize),
    /// Each at its distance from the first; the first has distance 0.
    Phrase(Vec<(u32, usize)>),
    /// As [`crate::query::Pattern::Window`]; the parts are words and phrases.
    Window { parts: Vec<Self>, positions_max: u32 },
    /// As [`crate::query::Pattern::Near`].
    Near { left: Box<Self>, right: Box<Self>, distance: u32, ordered: bool },
    /// As [`crate::query::Pattern::AnyOf`].
    AnyOf(Vec<Self>),
}

/// One text of one mention, with the positions read so far.
pub(super) struct Text<'a> {
    pub(super) doc: DocId,
    pub(super) words: &'a mut [Forms],
    /// By word; those of the first word of a phrase become those of the phrase.
    pub(super) positions: &'a mut [Vec<u32>],
}

impl Places {
    /// Which mentions can hold it at all, where `word` tells who holds a word.
    pub(super) fn finder(&self, word: &mut impl FnMut(usize) -> tantivy::Result<Finder>) -> tantivy::Result<Finder> {
        Ok(match self {
            Self::Word(named) => word(*named)?,
            Self::Phrase(phrase) => {
                Finder::all(phrase.iter().map(|(_, named)| word(*named)).collect::<Result<_, _>>()?)
            }
            Self::Window { parts, .. } => {
                Finder::all(parts.iter().map(|part| part.finder(word)).collect::<Result<_, _>>()?)
            }
            Self::Near { left, right, .. } => Finder::all(vec![left.finder(word)?, right.finder(word)?]),
            Self::AnyOf(parts) => Finder::any(parts.iter().map(|part| part.finder(word)).collect::<Result<_, _>>()?),
        })
    }

    /// Whether the text holds it.
    pub(super) fn stands(&self, text: &mut Text<'_>) -> bool {
        match self {
            Self::Word(word) => {
                text.words[*word].holds(text.doc)
                    && (text.words[*word].is_sure()
                        || self.read(text).is_some_and(|_| !text.positions[*word].is_empty()))
            }
            Self::Phrase(_) => self.read(text).is_some_and(|(firsts, _)| !text.positions[firsts].is_empty()),
            Self::AnyOf(parts) => parts.iter().any(|part| part.stands(text)),
            Self::Window { parts, positions_max } => {
                let mut read = Vec::with_capacity(parts.len());
                for part in parts {
                    let Some((firsts, width)) = part.read(text) else { return false };
                    if text.positions[firsts].is_empty() {
                        return false;
                    }
                    read.push((firsts, width));
                }
                let parts = read.iter().map(|&(firsts, width)| WindowPart { firsts: &text.positions[firsts], width });
                window_exists(&parts.collect::<Vec<_>>(), *positions_max)
            }
            Self::Near { left, right, distance, ordered } => {
                let Some((left_firsts, left_width)) = left.read(text) else {
                    return left.stretches(text).is_near(&right.stretches(text), *distance, *ordered);
                };
                if text.positions[left_firsts].is_empty() {
                    return false;
                }
                let Some((right_firsts, right_width)) = right.read(text) else {
                    return left.stretches(text).is_near(&right.stretches(text), *distance, *ordered);
                };
                let (left, right) = (&text.positions[left_firsts], &text.positions[right_firsts]);
                near_exists((left, left_width), (right, right_width), *distance, *ordered)
            }
        }
    }

    /// How many beginnings the text has of it: what BM25 takes for its frequency. At least 1, as it stands there.
    pub(super) fn frequency(&self, text: &mut Text<'_>) -> u32 {
        let beginnings = match self {
            // One is enough for a window to match, and counting all would cost as often.
            Self::Window { .. } => 1,
            _ => self.stretches(text).beginnings(),
        };
        u32::try_from(beginnings).unwrap_or(u32::MAX).max(1)
    }

    /// Reads the first positions of a word or phrase; gives the word whose list they are in, and how wide each is.
    fn read(&self, text: &mut Text<'_>) -> Option<(usize, u32)> {
        match self {
            Self::Word(word) => {
                text.words[*word].positions(text.doc, &mut text.positions[*word]);
                Some((*word, 1))
            }
            Self::Phrase(phrase) => {
                let ((_, first), rest) = phrase.split_first()?;
                text.words[*first].positions(text.doc, &mut text.positions[*first]);
                let mut firsts = std::mem::take(&mut text.positions[*first]);
                for (offset, word) in rest {
                    if firsts.is_empty() {
                        break;
                    }
                    text.words[*word].positions(text.doc, &mut text.positions[*word]);
                    keep_followed(&mut firsts, &text.positions[*word], *offset);
                }
                text.positions[*first] = firsts;
                Some((*first, phrase.last().map_or(1, |(offset, _)| offset + 1)))
            }
            Self::Window { .. } | Self::Near { .. } | Self::AnyOf(_) => None,
        }
    }

    fn stretches(&self, text: &mut Text<'_>) -> Stretches {
        match self {
            Self::Word(_) | Self::Phrase(_) => match self.read(text) {
                Some((firsts, width)) => Stretches::of_width(text.positions[firsts].clone(), width),
                None => Stretches::default(),
            },
            Self::Near { left, right, distance, ordered } => {
                let left = left.stretches(text);
                if left.is_empty() {
                    return left;
                }
                left.near(&right.stretches(text), *distance, *ordered)
            }
            Self::AnyOf(parts) => parts.iter().fold(Stretches::default(), |found, part| found.or(part.stretches(text))),
            // The language has none inside another pattern.
            Self::Window { .. } => Stretches::default(),
        }
    }
}
