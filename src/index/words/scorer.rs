use tantivy::{
    DocId, DocSet, Score, SeekDangerResult, TERMINATED,
    fieldnorm::FieldNormReader,
    query::{Bm25Weight, Scorer},
};

use super::{
    finder::Finder,
    forms::Forms,
    places::{Places, Text},
};

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
    pub(super) fn new(places: &Places, words: Vec<Forms>, scoring: Option<(Bm25Weight, FieldNormReader)>) -> Self {
        Self {
            finder: places.finder(&words),
            positions: words.iter().map(|_| Vec::new()).collect(),
            words,
            scoring,
            candidate: 0,
        }
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
    places: std::sync::Arc<Places>,
    fields: Vec<FieldScorer>,
    doc: DocId,
    found: Found,
}

impl WordsScorer {
    /// Stands nowhere yet: the caller seeks.
    pub(super) fn new(places: std::sync::Arc<Places>, fields: Vec<FieldScorer>) -> Self {
        let mut scorer = Self { places, fields, doc: 0, found: Found::Unknown };
        scorer.doc = scorer.next_candidate(0, true);
        scorer
    }

    /// The first mention at or after `target` that holds all words in one field.
    fn next_candidate(&mut self, target: DocId, is_first: bool) -> DocId {
        let mut first = TERMINATED;
        for field in &mut self.fields {
            if is_first || field.candidate < target {
                field.candidate = field.finder.seek(&mut field.words, target);
            }
            first = first.min(field.candidate);
        }
        first
    }

    /// Goes to the first match at or after `target`.
    fn settle(&mut self, mut target: DocId) -> DocId {
        loop {
            self.doc = self.next_candidate(target, false);
            if self.doc == TERMINATED {
                self.found = Found::Yes;
                return TERMINATED;
            }
            if self.holds() {
                return self.doc;
            }
            target = self.doc + 1;
        }
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
        if self.doc < target {
            self.doc = self.next_candidate(target, false);
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
        self.fields.iter().fold(0, |sum: u32, field| sum.saturating_add(field.finder.size(&field.words)))
    }

    fn cost(&self) -> u64 {
        // Reading the positions of a word costs about as much as ten steps through its mentions.
        self.fields.iter().map(|field| u64::from(field.finder.size(&field.words)) * 10 * field.words.len() as u64).sum()
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
