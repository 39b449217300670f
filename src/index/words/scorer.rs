use std::sync::Arc;

use tantivy::{
    DocId, DocSet, Score, SeekDangerResult, TERMINATED,
    fieldnorm::FieldNormReader,
    query::{Bm25Weight, Scorer},
};

use super::{
    batch::Batch,
    finder::Finder,
    forms::Forms,
    places::{Places, Text},
};

/// Who asks for a mention at most so far behind the one before is told of all matches of a batch at once.
const CLOSE_MENTIONS: u32 = 32;

/// A pattern in one text field of one segment.
pub(super) struct FieldScorer {
    finder: Finder,
    words: Vec<Forms>,
    positions: Vec<Vec<u32>>,
    scoring: Option<(Bm25Weight, FieldNormReader)>,
    /// The first mention at or after the last target that holds the words.
    candidate: DocId,
}

impl FieldScorer {
    /// `finder` stands at `candidate`, which is the first mention it finds.
    pub(super) fn new(
        finder: Finder,
        candidate: DocId,
        words: Vec<Forms>,
        scoring: Option<(Bm25Weight, FieldNormReader)>,
    ) -> Self {
        let positions = words.iter().map(|_| Vec::new()).collect();
        Self { finder, words, positions, scoring, candidate }
    }

    /// Goes to the first mention at or after `target` that holds the words.
    fn seek(&mut self, target: DocId) -> DocId {
        if self.candidate < target {
            self.candidate = self.finder.seek(target);
        }
        self.candidate
    }

    /// Adds all mentions that lie in the batch and hold the pattern; what is asked for next lies behind it.
    fn fill(&mut self, places: &Places, found: &mut Batch) {
        if self.candidate >= found.end() {
            return;
        }
        let mut here = Batch::empty(found.from());
        self.finder.fill(&mut here);
        let Self { words, positions, .. } = self;
        here.keep_where(|doc| places.stands(&mut Text { doc, words, positions }));
        found.add(&here);
    }

    fn text(&mut self) -> Text<'_> {
        Text { doc: self.candidate, words: &mut self.words, positions: &mut self.positions }
    }
}

/// Whether the mention at hand holds the pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Yes,
    No,
    /// Nobody has read its positions.
    Unknown,
}

/// The mentions that hold a pattern in one of the fields.
///
/// Positions are read only of mentions that hold all words the pattern needs, and, behind other parts of a query, only
/// of those that the other parts hold. It may be asked for a place that it has passed: tantivy 0.27 does so.
pub(super) struct WordsScorer {
    places: Arc<Places>,
    fields: Vec<FieldScorer>,
    doc: DocId,
    found: Found,
    /// All matches of a stretch of mentions, and where it ends. Only where nobody asks for scores, as these read positions again.
    batch: Batch,
    batch_end: DocId,
}

impl WordsScorer {
    /// Stands at the first mention that holds the words in one field; whether at the right places is not known yet.
    pub(super) fn new(places: Arc<Places>, fields: Vec<FieldScorer>) -> Self {
        let doc = fields.iter().map(|field| field.candidate).min().unwrap_or(TERMINATED);
        let found = if doc == TERMINATED { Found::Yes } else { Found::Unknown };
        Self { places, fields, doc, found, batch: Batch::empty(0), batch_end: 0 }
    }

    /// The first mention at or after `target`, which lies behind the batch, that holds all words in one field.
    fn next_candidate(&mut self, target: DocId) -> DocId {
        self.fields.iter_mut().map(|field| field.seek(target)).min().unwrap_or(TERMINATED)
    }

    /// Goes to the first match at or after `target`.
    fn settle(&mut self, mut target: DocId) -> DocId {
        let is_close = (1..=CLOSE_MENTIONS).contains(&(target - self.doc))
            && self.fields.iter().all(|field| field.scoring.is_none());
        loop {
            if target < self.batch_end {
                if let Some(doc) = self.batch.next(target) {
                    return self.found_at(doc);
                }
                target = self.batch_end;
            }
            self.doc = self.next_candidate(target);
            if self.doc == TERMINATED {
                return self.found_at(TERMINATED);
            }
            if is_close {
                self.batch = Batch::empty(self.doc);
                self.batch_end = self.batch.end();
                self.fields.iter_mut().for_each(|field| field.fill(&self.places, &mut self.batch));
                target = self.doc;
                continue;
            }
            if self.holds() {
                return self.doc;
            }
            target = self.doc + 1;
        }
    }

    fn found_at(&mut self, doc: DocId) -> DocId {
        (self.doc, self.found) = (doc, Found::Yes);
        doc
    }

    fn holds(&mut self) -> bool {
        let (doc, places) = (self.doc, &self.places);
        let mut here = self.fields.iter_mut().filter(|field| field.candidate == doc);
        let holds = here.any(|field| places.stands(&mut field.text()));
        self.found = if holds { Found::Yes } else { Found::No };
        holds
    }
}

impl DocSet for WordsScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.settle(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            return self.settle(target);
        }
        match self.found {
            Found::Yes => self.doc,
            Found::No => self.settle(self.doc + 1),
            Found::Unknown => self.settle(self.doc),
        }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target >= TERMINATED {
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        if self.doc < target && target < self.batch_end {
            let next = self.batch.next(target);
            self.found_at(next.unwrap_or(self.doc));
            return match next {
                Some(doc) if doc == target => SeekDangerResult::Found,
                Some(doc) => SeekDangerResult::SeekLowerBound(doc),
                None => SeekDangerResult::SeekLowerBound(self.batch_end.min(TERMINATED)),
            };
        }
        if self.doc < target {
            self.doc = self.next_candidate(target);
            self.found = if self.doc == TERMINATED { Found::Yes } else { Found::Unknown };
        }
        if self.doc > target {
            return SeekDangerResult::SeekLowerBound(self.doc);
        }
        if self.found == Found::Unknown {
            self.holds();
        }
        match self.found {
            Found::Yes => SeekDangerResult::Found,
            Found::No | Found::Unknown => SeekDangerResult::SeekLowerBound(target + 1),
        }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.fields.iter().fold(0, |sum: u32, field| sum.saturating_add(field.finder.size()))
    }

    fn cost(&self) -> u64 {
        // Reading the positions of a word costs about as much as ten steps through its mentions.
        self.fields.iter().map(|field| u64::from(field.finder.size()) * 10 * field.words.len() as u64).sum()
    }
}

impl Scorer for WordsScorer {
    fn score(&mut self) -> Score {
        let (doc, places) = (self.doc, &self.places);
        let mut score = 0.0;
        for field in self.fields.iter_mut().filter(|field| field.candidate == doc) {
            if !places.stands(&mut field.text()) {
                continue;
            }
            let frequency = places.frequency(&mut field.text());
            if let Some((weight, lengths)) = &field.scoring {
                score += weight.score(lengths.fieldnorm_id(doc), frequency);
            }
        }
        score
    }
}
