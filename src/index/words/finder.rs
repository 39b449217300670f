use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{DocId, InvertedIndexReader, TERMINATED, postings::TermInfo};

use super::{batch::Batch, holders::Holders};

/// Of a batch with so few mentions left, each is looked for among those of the next part, instead of all of that part.
const LOOKED_FOR_SINGLY_MAX: u32 = if cfg!(test) { 2 } else { 32 };

/// Which mentions hold all words that a pattern needs, wherever they stand in the text. Reads no positions.
pub(super) enum Finder {
    /// One word.
    Word {
        /// Who holds it.
        holders: Holders,
        /// About how many.
        size: u32,
    },
    /// All of them; the rarest first.
    All(Vec<Self>),
    /// At least one of them.
    Any(Alternatives),
}

impl Finder {
    /// One word, which may have any of these forms.
    pub(super) fn word(inverted: &InvertedIndexReader, forms: &[TermInfo]) -> tantivy::Result<Self> {
        let size = forms.iter().fold(0, |sum: u32, term| sum.saturating_add(term.doc_freq));
        Ok(Self::Word { holders: Holders::open(inverted, forms)?, size })
    }

    /// All of these parts.
    pub(super) fn all(mut parts: Vec<Self>) -> Self {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        parts.sort_by_key(Self::size);
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
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::Word { holders, .. } => holders.seek(target),
            Self::Any(alternatives) => alternatives.seek(target),
            Self::All(parts) => {
                let mut candidate = target;
                'again: while candidate < TERMINATED {
                    for part in &mut *parts {
                        let found = part.seek(candidate);
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

    /// Adds all mentions that lie in the batch; what is asked for next lies behind it. Takes a tenth of the time that one after the
    /// other takes where mentions stand close: there are no branches that depend on the next mention of each.
    pub(super) fn fill(&mut self, batch: &mut Batch) {
        match self {
            Self::Word { holders, .. } => holders.fill(batch),
            Self::Any(alternatives) => alternatives.parts.iter_mut().for_each(|part| part.fill(batch)),
            Self::All(parts) => {
                let Some((rarest, others)) = parts.split_first_mut() else { return };
                let mut all = Batch::empty(batch.from());
                rarest.fill(&mut all);
                for part in others {
                    if all.count() <= LOOKED_FOR_SINGLY_MAX {
                        all.keep_where(|doc| part.seek(doc) == doc);
                    } else {
                        let mut one = Batch::empty(batch.from());
                        part.fill(&mut one);
                        all.keep(&one);
                    }
                }
                batch.add(&all);
            }
        }
    }

    /// About how many mentions it finds, at most.
    pub(super) fn size(&self) -> u32 {
        match self {
            Self::Word { size, .. } => *size,
            Self::All(parts) => parts.iter().map(Self::size).min().unwrap_or(0),
            Self::Any(alternatives) => {
                alternatives.parts.iter().fold(0, |sum: u32, part| sum.saturating_add(part.size()))
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
    fn seek(&mut self, target: DocId) -> DocId {
        if self.queue.is_empty() {
            let places = self.parts.iter_mut().enumerate().map(|(index, part)| Reverse((part.seek(target), index)));
            self.queue = places.collect();
        }
        while let Some(mut top) = self.queue.peek_mut() {
            let Reverse((doc, index)) = *top;
            if doc >= target {
                return doc;
            }
            *top = Reverse((self.parts[index].seek(target), index));
        }
        TERMINATED
    }
}
