use tantivy::{
    DocId,
    query::{EnableScoring, Query as _},
};

use super::{
    Error, Match, Page, PageHit, PageKey, PageRequest, SeqSet, Snapshot,
    compile::Compiler,
    facet::{self, FacetCounter},
    pass::{Pass, Tally},
    rank::{REVERSED, Ranking, score_of},
    schema::SEQ,
    snapshot::Published,
    top::{Candidate, Standing},
    walk::walk,
};
use crate::{
    base::{Seq, Timestamp},
    model::MentionNumber,
    query::Node,
};

impl Snapshot {
    /// One page of the mentions that match, with the exact number of all. `now` is what relative times count from.
    /// CPU work of some milliseconds for each million matches: not for an async thread.
    ///
    /// # Errors
    /// [`Error::NotAFacet`], [`Error::TooDear`], [`Error::Read`].
    pub fn search(&self, query: &Node, now: Timestamp, request: &PageRequest) -> Result<Page, Error> {
        let ranking = request.order.ranking(query);
        let tie_mask = request.order.tie_mask();
        let mut compiler = self.compiler(now, matches!(ranking, Ranking::Score));
        let compiled = compiler.compile_within(query, request.created_from_us, request.created_before_us)?;

        let ceiling = request.after.map(|key| Standing { rank: key.rank, tie: key.number.0 ^ tie_mask });
        // One more than asked tells whether there is a next page.
        let wanted = if request.size == 0 { 0 } else { request.size.saturating_add(1) };
        facet::check(&request.facets)?;
        let pass = Pass { ranking, tie_mask, wanted, ceiling, facets: request.facets.clone() };
        let helpers = request.helped.then_some(&self.helpers);
        let found = walk(&self.published, compiled.as_ref(), pass, helpers).map_err(Error::read)?;

        let Tally { top, counters, total } = found;
        let mut hits = self.hits(top.into_sorted(), ranking, tie_mask).map_err(Error::read)?;
        let more = hits.len() > request.size;
        hits.truncate(request.size);
        let next = if more { hits.last().map(|hit| hit.key) } else { None };
        Ok(Page { hits, total, facets: counters.into_iter().map(FacetCounter::finish).collect(), next })
    }

    /// How many mentions match.
    ///
    /// # Errors
    /// [`Error::TooDear`], [`Error::Read`].
    pub fn count(&self, query: &Node, now: Timestamp) -> Result<u64, Error> {
        self.search(query, now, &PageRequest::default()).map(|page| page.total)
    }

    /// The first `count` matches with a seq above `after`, ordered by seq. Called again with the last seq until it gives
    /// fewer, it goes through all matches in bounded memory. Each call walks over all of them once, so `count` should be
    /// in the thousands.
    ///
    /// # Errors
    /// [`Error::TooDear`], [`Error::Read`].
    pub fn matches_after(&self, query: &Node, now: Timestamp, after: Seq, count: usize) -> Result<Vec<Match>, Error> {
        let compiled = self.compiler(now, false).compile(query)?;
        let ranking = Ranking::Column { name: SEQ, mask: REVERSED };
        let ceiling = Standing { rank: after.0 ^ REVERSED, tie: 0 };
        let pass = Pass { ranking, tie_mask: 0, wanted: count, ceiling: Some(ceiling), facets: Vec::new() };
        let found =
            walk(&self.published, compiled.as_ref(), pass, None).map_err(Error::read)?.top.into_sorted().into_iter();
        Ok(found
            .map(|Candidate { standing, .. }| Match {
                number: MentionNumber(standing.tie),
                seq: Seq(standing.rank ^ REVERSED),
            })
            .collect())
    }

    /// Which versions match: all of them, in one walk. Takes a bit of memory for each version there ever was.
    ///
    /// # Errors
    /// [`Error::TooDear`], [`Error::Read`].
    pub fn matching_seqs(&self, query: &Node, now: Timestamp) -> Result<SeqSet, Error> {
        let compiled = self.compiler(now, false).compile(query)?;
        let searcher = &self.published.searcher;
        let weight = compiled.weight(EnableScoring::disabled_from_searcher(searcher)).map_err(Error::read)?;
        let mut found = SeqSet::default();
        for reader in searcher.segment_readers() {
            let seqs = reader.fast_fields().u64(SEQ).map_err(Error::read)?;
            let alive = reader.alive_bitset();
            let mut take = |docs: &[DocId]| {
                let living = docs.iter().filter(|&&doc| alive.is_none_or(|alive| alive.is_alive(doc)));
                living.filter_map(|&doc| seqs.first(doc)).for_each(|seq| found.insert(Seq(seq)));
            };
            weight.for_each_no_score(reader, &mut take).map_err(Error::read)?;
        }
        Ok(found)
    }

    fn compiler(&self, now: Timestamp, scored: bool) -> Compiler<'_> {
        let Published { searcher, files, fields, .. } = self.published.as_ref();
        Compiler::new((searcher, files), fields, now, scored)
    }

    fn hits(&self, candidates: Vec<Candidate>, ranking: Ranking, tie_mask: u64) -> tantivy::Result<Vec<PageHit>> {
        let segments = self.published.searcher.segment_readers();
        candidates
            .into_iter()
            .map(|Candidate { standing, segment, doc }| {
                let place = segment as usize;
                let columns = self.published.columns.of_segment(place, &segments[place])?;
                let number = MentionNumber(standing.tie ^ tie_mask);
                Ok(PageHit {
                    number,
                    seq: Seq(columns.seqs.first(doc).unwrap_or(0)),
                    key: PageKey { rank: standing.rank, number },
                    score: if matches!(ranking, Ranking::Score) { score_of(standing.rank) } else { 0.0 },
                })
            })
            .collect()
    }
}
