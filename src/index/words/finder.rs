use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{DocId, TERMINATED};

use super::forms::Forms;

/// Which mentions hold all words that a pattern needs, wherever they stand in the text. Reads no positions.
pub(super) enum Finder {
    /// One word, by its place among the words of the pattern.
    Word(usize),
    /// All of them; the rarest first.
    All(Vec<Self>),
    /// At least one of them.
    Any(Alternatives),
}

impl Finder {
    /// All of these parts.
    pub(super) fn all(mut parts: Vec<Self>, words: &[Forms]) -> Self {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        parts.sort_by_key(|part| part.size(words));
        Self::All(parts)
    }

    /// Any of these parts.
    pub(super) fn any(mut parts: Vec<Self>) -> Self {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        Self::Any(Alternatives { parts, queue: BinaryHeap::new() })
    }

    /// The first mention at or after `target`. Targets do not fall from call to call.
    pub(super) fn seek(&mut self, words: &mut [Forms], target: DocId) -> DocId {
        match self {
            Self::Word(word) => words[*word].seek(target),
            Self::Any(alternatives) => alternatives.seek(words, target),
            Self::All(parts) => {
                let mut candidate = target;
                'again: while candidate < TERMINATED {
                    for part in &mut *parts {
                        let found = part.seek(words, candidate);
                        if found > candidate {
                            candidate = found;
                            continue 'again;
                        }
                    }
                    return candidate;
                }
                TERMINATED
            }
        }
    }

    /// About how many mentions it finds, at most.
    pub(super) fn size(&self, words: &[Forms]) -> u32 {
        match self {
            Self::Word(word) => words[*word].size(),
            Self::All(parts) => parts.iter().map(|part| part.size(words)).min().unwrap_or(0),
            Self::Any(alternatives) => {
                alternatives.parts.iter().fold(0, |sum: u32, part| sum.saturating_add(part.size(words)))
            }
        }
    }
}

/// Parts of which one is enough.
pub(super) struct Alternatives {
    parts: Vec<Finder>,
    /// Where each stands, the first on top; so that of hundreds only those behind are moved. Empty before the first question.
    queue: BinaryHeap<Reverse<(DocId, usize)>>,
}

impl Alternatives {
    fn seek(&mut self, words: &mut [Forms], target: DocId) -> DocId {
        if self.queue.is_empty() {
            let places =
                self.parts.iter_mut().enumerate().map(|(index, part)| Reverse((part.seek(words, target), index)));
            self.queue = places.collect();
        }
        while let Some(mut top) = self.queue.peek_mut() {
            let Reverse((doc, index)) = *top;
            if doc >= target {
                return doc;
            }
            *top = Reverse((self.parts[index].seek(words, target), index));
        }
        TERMINATED
    }
}
