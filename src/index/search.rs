use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, ColumnIndex},
    fastfield::AliveBitSet,
    query::{EnableScoring, Query, Weight},
};

use super::{
    Error, Match, Order, Page, PageHit, PageKey, PageRequest, Snapshot,
    compile::{Compiler, has_words},
    facet::{FacetCounter, SegmentCounter},
    schema::{NUMBER, SEQ},
    top::{Candidate, Ranks, Standing, Top},
};
use crate::{
    base::{Seq, Timestamp},
    model::MentionNumber,
    query::{Node, NumberField, TimeField},
};

/// What gives a mention its rank; the highest rank comes first.
#[derive(Clone, Copy)]
enum Ranking {
    /// A column, whose order-keeping bits are turned over for "lowest first". No value is rank 0: last either way.
    Column { name: &'static str, mask: u64 },
    /// BM25.
    Score,
    /// All are equal.
    Equal,
}

/// Turns an order of numbers over.
const REVERSED: u64 = u64::MAX;

impl Order {
    fn ranking(self, query: &Node) -> Ranking {
        let highest = |name| Ranking::Column { name, mask: 0 };
        match self {
            Self::Newest => highest(TimeField::Published.name()),
            Self::Oldest => Ranking::Column { name: TimeField::Published.name(), mask: REVERSED },
            Self::Reach => highest(NumberField::Reach.name()),
            Self::Engagement => highest(NumberField::Engagement.name()),
            Self::Relevance if has_words(query) => Ranking::Score,
            Self::Relevance => Ranking::Equal,
        }
    }

    const fn tie_mask(self) -> u64 {
        match self {
            Self::Oldest => REVERSED,
            Self::Newest | Self::Relevance | Self::Reach | Self::Engagement => 0,
        }
    }
}

impl Snapshot {
    /// One page of the mentions that match, with the exact number of all. `now` is what relative times count from.
    /// CPU work of up to some milliseconds for each million matches: not for an async thread.
    ///
    /// # Errors
    /// [`Error::NotAFacet`], [`Error::Read`].
    pub fn search(&self, query: &Node, now: Timestamp, request: &PageRequest) -> Result<Page, Error> {
        let ranking = request.order.ranking(query);
        let tie_mask = request.order.tie_mask();
        let compiler = Compiler { fields: &self.published.fields, now, scored: matches!(ranking, Ranking::Score) };
        let compiled = compiler.compile_within(query, request.created_from_us, request.created_before_us);

        let ceiling = request.after.map(|key| Standing { rank: key.rank, tie: key.number.0 ^ tie_mask });
        // One more than asked tells whether there is a next page.
        let wanted = if request.size == 0 { 0 } else { request.size.saturating_add(1) };
        let mut pass = Pass {
            snapshot: self,
            ranking,
            tie_mask,
            top: Top::new(wanted, ceiling),
            counters: request.facets.iter().map(|&field| FacetCounter::new(field)).collect::<Result<_, _>>()?,
            total: 0,
        };
        pass.run(compiled.as_ref()).map_err(Error::read)?;

        let Pass { top, counters, total, .. } = pass;
        let mut hits = self.hits(top.into_sorted(), ranking, tie_mask).map_err(Error::read)?;
        let more = hits.len() > request.size;
        hits.truncate(request.size);
        let next = if more { hits.last().map(|hit| hit.key) } else { None };
        Ok(Page { hits, total, facets: counters.into_iter().map(FacetCounter::finish).collect(), next })
    }

    /// How many mentions match.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn count(&self, query: &Node, now: Timestamp) -> Result<u64, Error> {
        let request = PageRequest::default();
        self.search(query, now, &request).map(|page| page.total)
    }

    /// The first `count` matches with a seq above `after`, ordered by seq: all matches in bounded memory, if called again
    /// with the last seq until it gives fewer. Each call goes through all matches once, so `count` should be in the thousands.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn matches_after(&self, query: &Node, now: Timestamp, after: Seq, count: usize) -> Result<Vec<Match>, Error> {
        let compiled = Compiler { fields: &self.published.fields, now, scored: false }.compile(query);
        let ranking = Ranking::Column { name: SEQ, mask: REVERSED };
        let ceiling = Standing { rank: after.0 ^ REVERSED, tie: 0 };
        let mut pass = Pass {
            snapshot: self,
            ranking,
            tie_mask: 0,
            top: Top::new(count, Some(ceiling)),
            counters: Vec::new(),
            total: 0,
        };
        pass.run(compiled.as_ref()).map_err(Error::read)?;
        let found = pass.top.into_sorted().into_iter();
        Ok(found
            .map(|Candidate { standing, .. }| Match {
                number: MentionNumber(standing.tie),
                seq: Seq(standing.rank ^ REVERSED),
            })
            .collect())
    }

    fn hits(&self, candidates: Vec<Candidate>, ranking: Ranking, tie_mask: u64) -> tantivy::Result<Vec<PageHit>> {
        let segments = self.published.searcher.segment_readers();
        let mut seqs: Vec<Option<Column<u64>>> = vec![None; segments.len()];
        candidates
            .into_iter()
            .map(|Candidate { standing, segment, doc }| {
                let segment = segment as usize;
                let seq_column = match &mut seqs[segment] {
                    Some(column) => column,
                    slot => slot.insert(segments[segment].fast_fields().u64(SEQ)?),
                };
                let number = MentionNumber(standing.tie ^ tie_mask);
                Ok(PageHit {
                    number,
                    seq: Seq(seq_column.first(doc).unwrap_or(0)),
                    key: PageKey { rank: standing.rank, number },
                    score: if matches!(ranking, Ranking::Score) { score_of(standing.rank) } else { 0.0 },
                })
            })
            .collect()
    }
}

/// One walk over all matches: counts them, counts their values, keeps the first ones.
///
/// tantivy's collectors do each of these, but one number at a time, each segment for itself, and no page after a key.
struct Pass<'a> {
    snapshot: &'a Snapshot,
    ranking: Ranking,
    tie_mask: u64,
    top: Top,
    counters: Vec<FacetCounter>,
    total: u64,
}

impl Pass<'_> {
    fn run(&mut self, query: &dyn Query) -> tantivy::Result<()> {
        let searcher = &self.snapshot.published.searcher;
        let scoring = match self.ranking {
            Ranking::Score => EnableScoring::enabled_from_searcher(searcher),
            Ranking::Column { .. } | Ranking::Equal => EnableScoring::disabled_from_searcher(searcher),
        };
        let weight = query.weight(scoring)?;
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for (ord, reader) in (0_u32..).zip(searcher.segment_readers()) {
            segments.push((ord, reader, RankColumn::open(reader, self.ranking)?));
        }
        // The best come first, so that of the later segments nothing can be taken any more and counting is enough.
        segments.sort_by_key(|(_, _, ranks)| std::cmp::Reverse(ranks.bounds.highest));
        for (ord, reader, ranks) in segments {
            if matches!(self.ranking, Ranking::Score) {
                self.scan_scored(weight.as_ref(), ord, reader)?;
            } else {
                self.scan(weight.as_ref(), ord, reader, &ranks)?;
            }
        }
        Ok(())
    }

    fn scan(
        &mut self,
        weight: &dyn Weight,
        segment: u32,
        reader: &SegmentReader,
        ranks: &RankColumn,
    ) -> tantivy::Result<()> {
        let takes = ranks.bounds.overlaps(self.top.ranks());
        if !takes && self.counters.is_empty() {
            self.total += u64::from(weight.count(reader)?);
            return Ok(());
        }
        let mut counters = self.begin_counters(reader)?;
        let numbers = reader.fast_fields().u64(NUMBER)?;
        let mut alive = AliveFilter::new(reader);
        let mut block_ranks = Vec::new();
        let (top, tie_mask) = (&mut self.top, self.tie_mask);
        let mut total = 0;
        weight.for_each_no_score(reader, &mut |docs| {
            let docs = alive.filter(docs);
            total += docs.len() as u64;
            for counter in counters.iter_mut().flatten() {
                counter.count(docs);
            }
            if !takes {
                return;
            }
            ranks.read(docs, &mut block_ranks);
            let mut wanted = top.ranks();
            for (&doc, &rank) in docs.iter().zip(&block_ranks) {
                if wanted.contains(rank) {
                    let tie = numbers.first(doc).unwrap_or(0) ^ tie_mask;
                    top.offer(Candidate { standing: Standing { rank, tie }, segment, doc });
                    wanted = top.ranks();
                }
            }
        })?;
        self.total += total;
        self.end_counters(&counters)
    }

    /// Every score is computed in full. Pruning by upper bounds would be faster, but it adds the words' parts in an order
    /// that depends on the page, and scores that differ in the last bit make a mention appear on two pages or on none.
    fn scan_scored(&mut self, weight: &dyn Weight, segment: u32, reader: &SegmentReader) -> tantivy::Result<()> {
        let mut counters = self.begin_counters(reader)?;
        let numbers = reader.fast_fields().u64(NUMBER)?;
        let alive = reader.alive_bitset();
        let (top, tie_mask) = (&mut self.top, self.tie_mask);
        let mut total = 0;
        let mut wanted = top.ranks();
        weight.for_each(reader, &mut |doc, score| {
            if alive.is_some_and(|alive| alive.is_deleted(doc)) {
                return;
            }
            total += 1;
            for counter in counters.iter_mut().flatten() {
                counter.count(&[doc]);
            }
            let rank = rank_of(score);
            if wanted.contains(rank) {
                let tie = numbers.first(doc).unwrap_or(0) ^ tie_mask;
                top.offer(Candidate { standing: Standing { rank, tie }, segment, doc });
                wanted = top.ranks();
            }
        })?;
        self.total += total;
        self.end_counters(&counters)
    }

    fn begin_counters(&self, reader: &SegmentReader) -> tantivy::Result<Vec<Option<SegmentCounter>>> {
        self.counters.iter().map(|counter| counter.begin(reader)).collect()
    }

    fn end_counters(&mut self, segment: &[Option<SegmentCounter>]) -> tantivy::Result<()> {
        for (counter, counts) in self.counters.iter_mut().zip(segment) {
            if let Some(counts) = counts {
                counter.end(counts)?;
            }
        }
        Ok(())
    }
}

/// Scores are never negative, and the bits of such numbers are ordered as the numbers are.
fn rank_of(score: f32) -> u64 {
    if score > 0.0 { u64::from(score.to_bits()) } else { 0 }
}

fn score_of(rank: u64) -> f32 {
    u32::try_from(rank).map_or(0.0, f32::from_bits)
}

/// The ranks of one segment.
struct RankColumn {
    column: Option<Column<u64>>,
    mask: u64,
    /// No rank lies outside.
    bounds: Ranks,
}

impl RankColumn {
    fn open(reader: &SegmentReader, ranking: Ranking) -> tantivy::Result<Self> {
        let (name, mask) = match ranking {
            Ranking::Column { name, mask } => (name, mask),
            Ranking::Equal => return Ok(Self { column: None, mask: 0, bounds: Ranks { lowest: 0, highest: 0 } }),
            Ranking::Score => {
                return Ok(Self { column: None, mask: 0, bounds: Ranks { lowest: 0, highest: u64::MAX } });
            }
        };
        // Numbers of every sort as their order-keeping bits.
        let column = reader.fast_fields().u64_lenient(name)?.map(|(column, _)| column);
        let bounds = column.as_ref().map_or(Ranks { lowest: 0, highest: 0 }, |column| {
            let (one, other) = (column.min_value() ^ mask, column.max_value() ^ mask);
            let lowest = if matches!(column.index, ColumnIndex::Full) { one.min(other) } else { 0 };
            Ranks { lowest, highest: one.max(other) }
        });
        Ok(Self { column, mask, bounds })
    }

    fn read(&self, docs: &[DocId], ranks: &mut Vec<u64>) {
        ranks.clear();
        match &self.column {
            None => ranks.resize(docs.len(), 0),
            Some(Column { index: ColumnIndex::Full, values }) => {
                ranks.resize(docs.len(), 0);
                values.get_vals(docs, ranks);
                for rank in ranks {
                    *rank ^= self.mask;
                }
            }
            Some(column) => {
                ranks.extend(docs.iter().map(|&doc| column.first(doc).map_or(0, |value| value ^ self.mask)));
            }
        }
    }
}

/// Leaves out the mentions that a later version has replaced.
struct AliveFilter<'a> {
    alive: Option<&'a AliveBitSet>,
    block: Vec<DocId>,
}

impl<'a> AliveFilter<'a> {
    fn new(reader: &'a SegmentReader) -> Self {
        Self { alive: reader.alive_bitset(), block: Vec::new() }
    }

    fn filter<'b>(&'b mut self, docs: &'b [DocId]) -> &'b [DocId] {
        let Some(alive) = self.alive else {
            return docs;
        };
        self.block.clear();
        self.block.extend(docs.iter().copied().filter(|&doc| alive.is_alive(doc)));
        &self.block
    }
}
