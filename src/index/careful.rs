use tantivy::{
    COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, SegmentReader,
    fastfield::AliveBitSet,
    query::{AllScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
};

/// A query that may be asked for a place that it has passed.
///
/// tantivy 0.27 asks so itself: exclusions, unions and blocks of an intersection do not look where their parts stand, and
/// phrases and ranges take it for a broken promise: they panic in builds with debug assertions, and what they do in others
/// is promised nowhere. Single terms are used everywhere else as they are; they do not mind.
#[derive(Clone, Debug)]
pub(super) struct Careful<Q>(pub(super) Q);

impl<Q: Query + Clone> Query for Careful<Q> {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(CarefulWeight { inner: self.0.weight(scoring)? }))
    }
}

struct CarefulWeight {
    inner: Box<dyn Weight>,
}

impl Weight for CarefulWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inner = self.inner.scorer(reader, boost)?;
        let reached = inner.doc();
        Ok(wrap(inner, reached))
    }

    fn scorer_danger(
        &self,
        reader: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        let (result, inner) = self.inner.scorer_danger(reader, target, boost)?;
        let reached = reached_by(&result, target);
        Ok((result, wrap(inner, reached)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(reader, doc)
    }
}

/// tantivy knows these two by their type and leaves them out of the work.
fn wrap(inner: Box<dyn Scorer>, reached: DocId) -> Box<dyn Scorer> {
    if inner.is::<AllScorer>() || inner.is::<EmptyScorer>() {
        inner
    } else {
        Box::new(CarefulScorer { inner, reached })
    }
}

struct CarefulScorer {
    inner: Box<dyn Scorer>,
    /// Between the last place asked for and this one nothing matches.
    reached: DocId,
}

fn reached_by(result: &SeekDangerResult, target: DocId) -> DocId {
    match *result {
        SeekDangerResult::Found => target,
        SeekDangerResult::SeekLowerBound(bound) => bound,
    }
}

impl DocSet for CarefulScorer {
    fn advance(&mut self) -> DocId {
        self.reached = self.inner.advance();
        self.reached
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.inner.doc() < target {
            self.inner.seek(target);
        }
        self.reached = self.inner.doc();
        self.reached
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if target < self.reached {
            return SeekDangerResult::SeekLowerBound(self.reached);
        }
        let result = self.inner.seek_danger(target);
        self.reached = reached_by(&result, target);
        result
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        let filled = self.inner.fill_buffer(buffer);
        self.reached = self.inner.doc();
        filled
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }

    fn cost(&self) -> u64 {
        self.inner.cost()
    }

    fn count(&mut self, alive_bitset: &AliveBitSet) -> u32 {
        self.inner.count(alive_bitset)
    }

    fn count_including_deleted(&mut self) -> u32 {
        self.inner.count_including_deleted()
    }
}

impl Scorer for CarefulScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
