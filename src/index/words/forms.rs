use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{
    DocId, DocSet as _, InvertedIndexReader, TERMINATED,
    postings::{Postings as _, SegmentPostings, TermInfo},
    schema::IndexRecordOption,
};

/// A form in at most so many mentions of a segment is read into memory as a whole: a cursor of tantivy takes 2 kB.
const READ_WHOLE_MENTIONS_MAX: u32 = 32;
/// Up to so many forms there is a cursor for each, however rare it is.
const CURSORS_MIN: usize = 64;

/// Where the forms that one position may hold stand in one segment.
///
/// Mentions are asked for in rising order, positions only of the mention it stands at.
pub(super) enum Forms {
    /// The segment holds none of them.
    None,
    /// Exactly one form.
    One(Box<SegmentPostings>),
    /// Any of several.
    Any(Box<Union>),
    /// A form, but not where one of others stands beside it.
    Plain(Box<Plain>),
}

/// A form and what must not stand beside it.
pub(super) struct Plain {
    form: Forms,
    without: Forms,
    others: Vec<u32>,
}

impl Forms {
    /// Opens the postings of these terms of a segment.
    pub(super) fn open(inverted: &InvertedIndexReader, terms: &[TermInfo]) -> tantivy::Result<Self> {
        let open =
            |term: &TermInfo| inverted.read_postings_from_terminfo(term, IndexRecordOption::WithFreqsAndPositions);
        Ok(match terms {
            [] => Self::None,
            [only] => Self::One(Box::new(open(only)?)),
            terms => {
                let mut union = Union::default();
                for term in terms {
                    union.size = union.size.saturating_add(term.doc_freq);
                    let mut postings = open(term)?;
                    if terms.len() > CURSORS_MIN && term.doc_freq <= READ_WHOLE_MENTIONS_MAX {
                        union.read_whole(&mut postings);
                    } else {
                        union.add(postings);
                    }
                }
                union.start();
                Self::Any(Box::new(union))
            }
        })
    }

    /// The same, but not where one of `others` stands.
    pub(super) fn without(self, others: Self) -> Self {
        match (self, others) {
            (form, Self::None) | (form @ Self::None, _) => form,
            (form, without) => Self::Plain(Box::new(Plain { form, without, others: Vec::new() })),
        }
    }

    /// Whether a mention it finds surely holds it at some position.
    pub(super) fn is_sure(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// Goes to the first mention at or after `target`; stays where it has passed it.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::None => TERMINATED,
            Self::One(postings) if postings.doc() >= target => postings.doc(),
            Self::One(postings) => postings.seek(target),
            Self::Any(union) => union.seek(target),
            Self::Plain(plain) => plain.form.seek(target),
        }
    }

    /// The positions in this mention, rising, each once, in place of what `positions` held. None where it does not stand there.
    pub(super) fn positions(&mut self, doc: DocId, positions: &mut Vec<u32>) {
        positions.clear();
        if self.seek(doc) != doc {
            return;
        }
        match self {
            Self::None => {}
            Self::One(postings) => postings.positions(positions),
            Self::Any(union) => union.positions(positions),
            Self::Plain(plain) => {
                plain.form.positions(doc, positions);
                plain.without.positions(doc, &mut plain.others);
                let others = &plain.others;
                positions.retain(|position| others.binary_search(position).is_err());
            }
        }
    }

    /// About how many mentions it stands at.
    pub(super) fn size(&self) -> u32 {
        match self {
            Self::None => 0,
            Self::One(postings) => postings.size_hint(),
            Self::Any(union) => union.size,
            Self::Plain(plain) => plain.form.size(),
        }
    }
}

/// The union of several postings.
#[derive(Default)]
pub(super) struct Union {
    doc: DocId,
    size: u32,
    cursors: Vec<SegmentPostings>,
    /// The cursors by the mention they stand at, the first on top. Only those behind are moved.
    queue: BinaryHeap<Reverse<(DocId, usize)>>,
    /// Rare forms: mention and position, rising.
    whole: Vec<(DocId, u32)>,
    whole_at: usize,
    /// Cursors at the present mention, while its positions are read.
    here: Vec<usize>,
}

impl Union {
    fn add(&mut self, postings: SegmentPostings) {
        self.queue.push(Reverse((postings.doc(), self.cursors.len())));
        self.cursors.push(postings);
    }

    fn read_whole(&mut self, postings: &mut SegmentPostings) {
        let mut positions = Vec::new();
        while postings.doc() != TERMINATED {
            postings.positions(&mut positions);
            self.whole.extend(positions.iter().map(|&position| (postings.doc(), position)));
            postings.advance();
        }
    }

    fn start(&mut self) {
        self.whole.sort_unstable();
        self.whole.dedup();
        self.doc = self.first();
    }

    fn first(&self) -> DocId {
        let cursor = self.queue.peek().map_or(TERMINATED, |Reverse((doc, _))| *doc);
        self.whole.get(self.whole_at).map_or(cursor, |(doc, _)| cursor.min(*doc))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        while let Some(mut top) = self.queue.peek_mut() {
            let Reverse((doc, index)) = *top;
            if doc >= target {
                break;
            }
            *top = Reverse((self.cursors[index].seek(target), index));
        }
        let behind = &self.whole[self.whole_at..];
        // Near it mostly, so doubling steps first.
        let mut reach = 1;
        while behind.get(reach).is_some_and(|(doc, _)| *doc < target) {
            reach *= 2;
        }
        let reach = reach.min(behind.len());
        self.whole_at += behind[..reach].partition_point(|(doc, _)| *doc < target);
        if behind.get(reach).is_some_and(|(doc, _)| *doc < target) {
            self.whole_at += 1;
        }
        self.doc = self.first();
        self.doc
    }

    fn positions(&mut self, positions: &mut Vec<u32>) {
        let doc = self.doc;
        self.here.clear();
        while let Some(&Reverse((at, index))) = self.queue.peek() {
            if at != doc {
                break;
            }
            self.queue.pop();
            self.here.push(index);
        }
        for &index in &self.here {
            self.cursors[index].append_positions_with_offset(0, positions);
            self.queue.push(Reverse((doc, index)));
        }
        let whole = self.whole[self.whole_at..].iter().take_while(|(at, _)| *at == doc);
        positions.extend(whole.map(|(_, position)| *position));
        // Several forms may stand at one position.
        positions.sort_unstable();
        positions.dedup();
    }
}
