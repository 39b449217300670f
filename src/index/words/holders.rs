use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{DocId, InvertedIndexReader, TERMINATED, postings::TermInfo};

use super::{batch::Batch, docs::Docs};

/// A form in at most so many mentions of a segment is read into memory as a whole: a cursor of tantivy takes 1 kB.
const READ_WHOLE_MENTIONS_MAX: u32 = 32;
/// Up to so many forms there is a cursor for each, however rare it is.
const CURSORS_MIN: usize = 64;

/// The mentions that hold any of the forms that one position may hold, in one field of one segment.
pub(super) enum Holders {
    None,
    One(Box<Docs>),
    Any(Union),
}

impl Holders {
    pub(super) fn open(inverted: &InvertedIndexReader, terms: &[TermInfo]) -> tantivy::Result<Self> {
        Ok(match terms {
            [] => Self::None,
            [only] => Self::One(Box::new(Docs::open(inverted, only)?)),
            terms => Self::Any(Union::open(inverted, terms)?),
        })
    }

    /// The first one at or after `target`. Targets do not fall from call to call.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::None => TERMINATED,
            Self::One(docs) => docs.seek(target),
            Self::Any(union) => union.seek(target),
        }
    }

    /// Adds all that lie in the batch, and goes behind it. None of them has been passed.
    pub(super) fn fill(&mut self, batch: &mut Batch) {
        match self {
            Self::None => {}
            Self::One(docs) => {
                docs.seek(batch.from());
                docs.fill(batch);
            }
            Self::Any(union) => union.fill(batch),
        }
    }
}

/// The mentions that hold any of several forms.
pub(super) struct Union {
    cursors: Vec<Docs>,
    /// The cursors by the mention they stand at, the first on top. Only those behind are moved.
    queue: BinaryHeap<Reverse<(DocId, usize)>>,
    /// Those of rare forms, rising, each once.
    rare: Vec<DocId>,
    rare_at: usize,
}

impl Union {
    fn open(inverted: &InvertedIndexReader, terms: &[TermInfo]) -> tantivy::Result<Self> {
        let (mut cursors, mut rare) = (Vec::new(), Vec::new());
        for term in terms {
            let docs = Docs::open(inverted, term)?;
            if terms.len() > CURSORS_MIN && term.doc_freq <= READ_WHOLE_MENTIONS_MAX {
                docs.read_all(&mut rare);
            } else {
                cursors.push(docs);
            }
        }
        rare.sort_unstable();
        rare.dedup();
        let queue = cursors.iter().enumerate().map(|(index, docs)| Reverse((docs.doc(), index))).collect();
        Ok(Self { cursors, queue, rare, rare_at: 0 })
    }

    fn seek(&mut self, target: DocId) -> DocId {
        while let Some(mut top) = self.queue.peek_mut() {
            let Reverse((doc, index)) = *top;
            if doc >= target {
                break;
            }
            *top = Reverse((self.cursors[index].seek(target), index));
        }
        self.seek_rare(target);
        let cursor = self.queue.peek().map_or(TERMINATED, |Reverse((doc, _))| *doc);
        self.rare.get(self.rare_at).map_or(cursor, |&doc| doc.min(cursor))
    }

    fn seek_rare(&mut self, target: DocId) {
        self.rare_at += self.rare[self.rare_at..].iter().take_while(|&&doc| doc < target).count();
    }

    fn fill(&mut self, batch: &mut Batch) {
        while let Some(mut top) = self.queue.peek_mut() {
            let Reverse((doc, index)) = *top;
            if doc >= batch.end() {
                break;
            }
            let docs = &mut self.cursors[index];
            docs.seek(batch.from());
            docs.fill(batch);
            *top = Reverse((docs.doc(), index));
        }
        self.seek_rare(batch.from());
        while let Some(&doc) = self.rare.get(self.rare_at).filter(|&&doc| doc < batch.end()) {
            batch.insert(doc);
            self.rare_at += 1;
        }
    }
}
