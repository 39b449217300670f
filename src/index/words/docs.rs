use tantivy::{
    DocId, InvertedIndexReader,
    postings::{BlockSegmentPostings, TermInfo},
    schema::IndexRecordOption,
};

use super::batch::Batch;

/// Mentions looked at one by one, in steps that the compiler does at once, before the whole block is searched by halving.
const STEP: usize = 8;
const STEPS_MAX: usize = 2;

/// The mentions that hold one form, in one field of one segment.
pub(super) struct Docs {
    blocks: BlockSegmentPostings,
    /// Place in the present block.
    at: usize,
}

impl Docs {
    pub(super) fn open(inverted: &InvertedIndexReader, term: &TermInfo) -> tantivy::Result<Self> {
        let blocks = inverted.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
        Ok(Self { blocks, at: 0 })
    }

    /// Where it stands.
    pub(super) fn doc(&self) -> DocId {
        self.blocks.doc(self.at)
    }

    /// Goes to the first mention at or after `target`; stays where it has passed it.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() < target {
            self.at = match step(self.blocks.docs(), self.at, target) {
                Some(at) => at,
                None => self.blocks.seek(target),
            };
        }
        self.doc()
    }

    /// Adds all to `found`.
    pub(super) fn read_all(mut self, found: &mut Vec<DocId>) {
        while !self.blocks.docs().is_empty() {
            found.extend_from_slice(self.blocks.docs());
            self.blocks.advance();
        }
    }

    /// Adds all that lie in the batch, and goes behind it.
    pub(super) fn fill(&mut self, batch: &mut Batch) {
        let end = batch.end();
        loop {
            let rest = self.blocks.docs().get(self.at..).unwrap_or_default();
            let here = match rest.last() {
                None => return,
                Some(&last) if last < end => rest.len(),
                Some(_) => rest.partition_point(|&doc| doc < end),
            };
            rest[..here].iter().for_each(|&doc| batch.insert(doc));
            if here < rest.len() {
                self.at += here;
                return;
            }
            self.blocks.advance();
            self.at = 0;
        }
    }
}

/// The place of the first of these mentions at or after `target`, looked for from `at` on; `None` where it is not near.
#[inline]
pub(super) fn step(docs: &[DocId], mut at: usize, target: DocId) -> Option<usize> {
    for _ in 0..STEPS_MAX {
        let next: &[DocId; STEP] = docs.get(at..)?.first_chunk()?;
        let before = next.iter().filter(|&&doc| doc < target).count();
        at += before;
        if before < STEP {
            return Some(at);
        }
    }
    None
}
