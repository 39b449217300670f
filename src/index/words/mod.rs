//! Words at places of a text, as a query of tantivy: NEAR, windows, alternatives, wildcards.
//!
//! Mentions are found by the words a pattern needs ([`finder`]), and only of those that hold all of them positions are read
//! ([`forms`]) and compared ([`places`], with the arithmetic of [`crate::query::stretches`]). tantivy's slop is no part of it:
//! that is a budget all words share, in which a swap costs two, and one word counts as two of the same.

mod batch;
mod docs;
mod finder;
mod forms;
mod holders;
mod places;
mod positions;
mod resolve;
mod scorer;

use std::{collections::HashMap, sync::Arc};

use tantivy::{
    BitSet, DocId, DocSet as _, Score, SeekDangerResult, SegmentReader, TERMINATED, TantivyError,
    index::SegmentId,
    postings::TermInfo,
    query::{
        BitSetDocSet, Bm25StatisticsProvider, Bm25Weight, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query,
        Scorer, Weight,
    },
    schema::{Field, IndexRecordOption},
};

pub(super) use positions::OpenFiles;
pub(super) use resolve::Resolver;

use finder::Finder;
use forms::Forms;
use places::Places;
use positions::Files;
use scorer::{FieldScorer, WordsScorer};

/// A pattern in some text fields, its words looked up.
#[derive(Clone, Debug)]
pub(super) struct WordsQuery {
    places: Arc<Places>,
    fields: Arc<[FieldWords]>,
    files: OpenFiles,
}

/// The words of a pattern in one field.
#[derive(Debug)]
struct FieldWords {
    field: Field,
    words: Vec<WordTerms>,
}

/// The forms of one word that an index holds in one field.
#[derive(Debug, Default)]
struct WordTerms {
    segments: HashMap<SegmentId, Terms>,
    /// Mentions with each, added up.
    mentions: u64,
}

/// The same of one segment.
#[derive(Debug, Default)]
struct Terms {
    /// Any of these.
    forms: Vec<TermInfo>,
    /// But not where one of these stands beside it.
    without: Vec<TermInfo>,
}

impl Query for WordsQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let bm25 = match scoring {
            EnableScoring::Disabled { .. } => None,
            EnableScoring::Enabled { statistics_provider, .. } => {
                let weights = self.fields.iter().map(|field| field.bm25(statistics_provider));
                Some(weights.collect::<tantivy::Result<Vec<_>>>()?)
            }
        };
        Ok(Box::new(WordsWeight { query: self.clone(), bm25 }))
    }
}

impl FieldWords {
    /// The rarer its words, the more a pattern tells: the weights of all of them, added up.
    fn bm25(&self, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<Bm25Weight> {
        let mentions = statistics.total_num_docs()?;
        let average_length = statistics.total_num_tokens(self.field)? as Score / mentions.max(1) as Score;
        let holding = |word: &WordTerms| word.mentions.min(mentions);
        let rarity = |word: &WordTerms| {
            let with = holding(word) as Score;
            (1.0 + (mentions as Score - with + 0.5) / (with + 0.5)).ln()
        };
        let one = self.words.first().map_or(mentions, holding);
        let weight = Bm25Weight::for_one_term_without_explain(one, mentions, average_length);
        let all: Score = self.words.iter().map(rarity).sum();
        Ok(weight.boost_by(all / self.words.first().map_or(1.0, rarity)))
    }

    /// `None` where no mention of the segment holds the words.
    fn scorer(
        &self,
        places: &Places,
        reader: &SegmentReader,
        files: &Files,
        weight: Option<Bm25Weight>,
    ) -> tantivy::Result<Option<FieldScorer>> {
        let terms = |word: usize| self.words.get(word).and_then(|word| word.segments.get(&reader.segment_id()));
        let inverted = reader.inverted_index(self.field)?;
        let mut finder = places.finder(&mut |word| {
            let forms = terms(word).map_or(&[][..], |terms| terms.forms.as_slice());
            Finder::word(&inverted, forms)
        })?;
        let first = finder.seek(0);
        let Some(files) = files.of_field(self.field, &inverted).filter(|_| first < TERMINATED) else { return Ok(None) };
        let words = (0..self.words.len()).map(|word| match terms(word) {
            None => Ok(Forms::None),
            Some(terms) => Ok(Forms::open(&files, &terms.forms)?.without(Forms::open(&files, &terms.without)?)),
        });
        let words = words.collect::<tantivy::Result<Vec<_>>>()?;
        let lengths = reader.fieldnorms_readers().get_field(self.field)?;
        Ok(Some(FieldScorer::new(finder, first, words, weight.zip(lengths))))
    }
}

struct WordsWeight {
    query: WordsQuery,
    /// By field.
    bm25: Option<Vec<Bm25Weight>>,
}

impl WordsWeight {
    fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<WordsScorer> {
        let WordsQuery { places, fields, .. } = &self.query;
        let weight =
            |index: usize| self.bm25.as_ref().and_then(|weights| weights.get(index)).map(|w| w.boost_by(boost));
        let files = self.query.files.of_segment(reader)?;
        let fields = fields.iter().enumerate().map(|(index, field)| field.scorer(places, reader, files, weight(index)));
        let fields = fields.filter_map(Result::transpose).collect::<tantivy::Result<_>>()?;
        Ok(WordsScorer::new(Arc::clone(places), fields))
    }

    /// Where it is one word, with many forms perhaps, and nobody asks for scores: the mentions of all forms as a set, without
    /// a look at positions.
    fn set(&self, reader: &SegmentReader) -> tantivy::Result<Option<BitSet>> {
        let (Places::Word(word), None) = (self.query.places.as_ref(), &self.bm25) else { return Ok(None) };
        let mut set = BitSet::with_max_value(reader.max_doc());
        for field in self.query.fields.iter() {
            let Some(terms) = field.words.get(*word).and_then(|word| word.segments.get(&reader.segment_id())) else {
                continue;
            };
            if !terms.without.is_empty() {
                return Ok(None);
            }
            let inverted = reader.inverted_index(field.field)?;
            for term in &terms.forms {
                let mut block = inverted.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
                while !block.docs().is_empty() {
                    for &doc in block.docs() {
                        set.insert(doc);
                    }
                    block.advance();
                }
            }
        }
        Ok(Some(set))
    }
}

impl Weight for WordsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        if let Some(set) = self.set(reader)? {
            return Ok(if set.len() == 0 {
                Box::new(EmptyScorer)
            } else {
                Box::new(ConstScorer::new(BitSetDocSet::from(set), boost))
            });
        }
        let mut scorer = self.open(reader, boost)?;
        // tantivy knows the empty one by its type and leaves it out of the work.
        Ok(if scorer.seek(0) == TERMINATED { Box::new(EmptyScorer) } else { Box::new(scorer) })
    }

    fn scorer_danger(
        &self,
        reader: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        if matches!(self.query.places.as_ref(), Places::Word(_)) {
            let mut scorer = self.scorer(reader, boost)?;
            return Ok((scorer.seek_danger(target), scorer));
        }
        let mut scorer = self.open(reader, boost)?;
        Ok((scorer.seek_danger(target), Box::new(scorer)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.open(reader, 1.0)?;
        if scorer.seek(doc) == doc {
            Ok(Explanation::new("words at their places", scorer.score()))
        } else {
            Err(TantivyError::InvalidArgument(format!("document {doc} does not match")))
        }
    }
}
