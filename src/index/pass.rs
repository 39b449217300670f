use tantivy::{DocId, SegmentReader, columnar::Column, query::Weight};

use super::{
    facet::{FacetCounter, SegmentCounter},
    rank::{RankColumn, Ranking, rank_of},
    top::{Candidate, Standing, Top},
};
use crate::query::KeywordField;

/// Matches that are looked at together, from the last to the first: in a log the later ones are mostly the newer ones, so
/// that most of a batch is turned down by one comparison.
const BATCH_MENTIONS: usize = 1024;

/// What one search looks for in all segments: counts its matches, counts their values, keeps the first ones.
///
/// tantivy's collectors do each of these, but one number at a time, each segment for itself, and no page after a key.
pub(super) struct Pass {
    /// What ranks are made of.
    pub(super) ranking: Ranking,
    /// For the mention's number, which tells equals apart.
    pub(super) tie_mask: u64,
    /// How many of the first are wanted.
    pub(super) wanted: usize,
    /// Only what comes after this.
    pub(super) ceiling: Option<Standing>,
    /// Fields whose values are counted.
    pub(super) facets: Vec<KeywordField>,
}

/// What was found in the segments so far.
pub(super) struct Tally {
    /// The first ones.
    pub(super) top: Top,
    /// One for each facet.
    pub(super) counters: Vec<FacetCounter>,
    /// Matches so far.
    pub(super) total: u64,
}

impl Tally {
    /// Adds what was found in other segments.
    pub(super) fn add(&mut self, other: Self) {
        other.top.into_sorted().into_iter().for_each(|candidate| self.top.offer(candidate));
        self.counters.iter_mut().zip(other.counters).for_each(|(counter, other)| counter.add(other));
        self.total += other.total;
    }
}

impl Pass {
    /// Before the first segment.
    pub(super) fn begin(&self) -> Tally {
        Tally {
            top: Top::new(self.wanted, self.ceiling),
            counters: self.facets.iter().map(|&field| FacetCounter::new(field)).collect(),
            total: 0,
        }
    }

    /// Adds what is found in one segment.
    ///
    /// # Errors
    /// As tantivy says of the index.
    pub(super) fn scan(
        &self,
        tally: &mut Tally,
        weight: &dyn Weight,
        segment: u32,
        reader: &SegmentReader,
        numbers: &Column<u64>,
        ranks: &RankColumn,
    ) -> tantivy::Result<()> {
        let takes = ranks.bounds.overlaps(tally.top.ranks());
        if !takes && tally.counters.is_empty() {
            tally.total += u64::from(weight.count(reader)?);
            return Ok(());
        }
        let mut scan = Scan {
            segment,
            numbers,
            tie_mask: self.tie_mask,
            top: &mut tally.top,
            counters: tally.counters.iter().map(|counter| counter.begin(reader)).collect::<tantivy::Result<_>>()?,
            docs: Vec::with_capacity(2 * BATCH_MENTIONS),
            ranks: Vec::with_capacity(2 * BATCH_MENTIONS),
            total: 0,
        };
        match self.ranking {
            Ranking::Score => scan.with_scores(weight, reader)?,
            Ranking::Column { .. } => scan.with_column(weight, reader, takes.then_some(ranks))?,
        }
        tally.total += scan.total;
        for (counter, counts) in tally.counters.iter_mut().zip(scan.counters) {
            if let Some(counts) = counts {
                counter.end(&counts)?;
            }
        }
        Ok(())
    }
}

/// The walk over the matches of one segment.
struct Scan<'a> {
    segment: u32,
    numbers: &'a Column<u64>,
    tie_mask: u64,
    top: &'a mut Top,
    counters: Vec<Option<SegmentCounter>>,
    /// The present batch, in ascending order.
    docs: Vec<DocId>,
    /// Of `docs`; empty where nothing can be taken.
    ranks: Vec<u64>,
    total: u64,
}

impl Scan<'_> {
    fn with_column(
        &mut self,
        weight: &dyn Weight,
        reader: &SegmentReader,
        ranks: Option<&RankColumn>,
    ) -> tantivy::Result<()> {
        let alive = reader.alive_bitset();
        let finish = |scan: &mut Self| {
            if let Some(ranks) = ranks {
                ranks.read(&scan.docs, &mut scan.ranks);
            }
            scan.finish_batch();
        };
        weight.for_each_no_score(reader, &mut |docs| {
            match alive {
                None => self.docs.extend_from_slice(docs),
                Some(alive) => self.docs.extend(docs.iter().copied().filter(|&doc| alive.is_alive(doc))),
            }
            if self.docs.len() >= BATCH_MENTIONS {
                finish(self);
            }
        })?;
        finish(self);
        Ok(())
    }

    /// Every score is computed in full. Pruning by upper bounds would be faster, but it adds the words' parts in an order
    /// that depends on the page, and scores that differ in the last bit make a mention appear on two pages or on none.
    fn with_scores(&mut self, weight: &dyn Weight, reader: &SegmentReader) -> tantivy::Result<()> {
        let alive = reader.alive_bitset();
        weight.for_each(reader, &mut |doc, score| {
            if alive.is_some_and(|alive| alive.is_deleted(doc)) {
                return;
            }
            self.docs.push(doc);
            self.ranks.push(rank_of(score));
            if self.docs.len() >= BATCH_MENTIONS {
                self.finish_batch();
            }
        })?;
        self.finish_batch();
        Ok(())
    }

    fn finish_batch(&mut self) {
        self.total += self.docs.len() as u64;
        for counter in self.counters.iter_mut().flatten() {
            counter.count(&self.docs);
        }
        let mut wanted = self.top.ranks();
        for (&doc, &rank) in self.docs.iter().zip(&self.ranks).rev() {
            if wanted.contains(rank) {
                let tie = self.numbers.first(doc).unwrap_or(0) ^ self.tie_mask;
                self.top.offer(Candidate { standing: Standing { rank, tie }, segment: self.segment, doc });
                wanted = self.top.ranks();
            }
        }
        self.docs.clear();
        self.ranks.clear();
    }
}
