use std::{cmp::Reverse, collections::BinaryHeap};

use tantivy::{DocId, DocSet as _, TERMINATED, postings::Postings as _, postings::TermInfo, schema::IndexRecordOption};

use super::positions::{FieldFiles, Positions};

/// A form in at most so many mentions of a segment is read into memory as a whole: a cursor takes 2 kB.
const READ_WHOLE_MENTIONS_MAX: u32 = 32;
/// Up to so many forms there is a cursor for each, however rare it is.
const CURSORS_MIN: usize = 64;

/// Where the forms that one position may hold stand in the texts of one segment.
///
/// Asked of mentions in rising order.
pub(super) enum Forms {
    /// The segment holds none of them.
    None,
    /// Exactly one form.
    One(Box<Positions>),
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
    /// Opens these terms of a segment.
    pub(super) fn open(files: &FieldFiles<'_>, terms: &[TermInfo]) -> tantivy::Result<Self> {
        Ok(match terms {
            [] => Self::None,
            [only] => Self::One(Box::new(Positions::open(files, only)?)),
            terms => Self::Any(Box::new(Union::open(files, terms)?)),
        })
    }

    /// The same, but not where one of `others` stands.
    pub(super) fn without(self, others: Self) -> Self {
        match (self, others) {
            (form, Self::None) | (form @ Self::None, _) => form,
            (form, without) => Self::Plain(Box::new(Plain { form, without, others: Vec::new() })),
        }
    }

    /// Whether a mention that holds one of the forms surely holds it at some position.
    pub(super) fn is_sure(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// Whether this mention holds one of them.
    pub(super) fn holds(&mut self, doc: DocId) -> bool {
        match self {
            Self::None => false,
            Self::One(positions) => positions.seek(doc) == doc,
            Self::Any(union) => union.seek(doc) == doc,
            Self::Plain(plain) => plain.form.holds(doc),
        }
    }

    /// The positions in this mention, rising, each once, in place of what `positions` held. None where it does not stand there.
    pub(super) fn positions(&mut self, doc: DocId, positions: &mut Vec<u32>) {
        positions.clear();
        if !self.holds(doc) {
            return;
        }
        match self {
            Self::None => {}
            Self::One(one) => one.append_to(positions),
            Self::Any(union) => union.append_to(positions),
            Self::Plain(plain) => {
                plain.form.positions(doc, positions);
                plain.without.positions(doc, &mut plain.others);
                let others = &plain.others;
                positions.retain(|position| others.binary_search(position).is_err());
            }
        }
    }
}

/// Any of several forms.
#[derive(Default)]
pub(super) struct Union {
    doc: DocId,
    cursors: Vec<Positions>,
    /// The cursors by the mention they stand at, the first on top. Only those behind are moved.
    queue: BinaryHeap<Reverse<(DocId, usize)>>,
    /// Rare forms: mention and position, rising.
    whole: Vec<(DocId, u32)>,
    whole_at: usize,
    /// Cursors at the present mention, while its positions are read.
    here: Vec<usize>,
}

impl Union {
    fn open(files: &FieldFiles<'_>, terms: &[TermInfo]) -> tantivy::Result<Self> {
        let mut union = Self::default();
        for term in terms {
            if terms.len() > CURSORS_MIN && term.doc_freq <= READ_WHOLE_MENTIONS_MAX {
                union.read_whole(files, term)?;
            } else {
                let positions = Positions::open(files, term)?;
                union.queue.push(Reverse((positions.doc(), union.cursors.len())));
                union.cursors.push(positions);
            }
        }
        union.whole.sort_unstable();
        union.whole.dedup();
        union.doc = union.first();
        Ok(union)
    }

    fn read_whole(&mut self, files: &FieldFiles<'_>, term: &TermInfo) -> tantivy::Result<()> {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut postings = files.inverted().read_postings_from_terminfo(term, option)?;
        let mut positions = Vec::new();
        while postings.doc() != TERMINATED {
            postings.positions(&mut positions);
            self.whole.extend(positions.iter().map(|&position| (postings.doc(), position)));
            postings.advance();
        }
        Ok(())
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
        self.whole_at += self.whole[self.whole_at..].iter().take_while(|(doc, _)| *doc < target).count();
        self.doc = self.first();
        self.doc
    }

    fn append_to(&mut self, positions: &mut Vec<u32>) {
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
            self.cursors[index].append_to(positions);
            self.queue.push(Reverse((doc, index)));
        }
        let whole = self.whole[self.whole_at..].iter().take_while(|(at, _)| *at == doc);
        positions.extend(whole.map(|(_, position)| *position));
        // Several forms may stand at one position.
        positions.sort_unstable();
        positions.dedup();
    }
}
