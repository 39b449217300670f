use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc::{Sender, channel},
};

use tantivy::{
    TantivyError,
    query::{EnableScoring, Query, Weight},
};

use super::{
    helpers::Helpers,
    pass::{Pass, Tally},
    rank::{RankColumn, Ranking},
    snapshot::Published,
};

/// The way through all segments of a snapshot for one search. Whoever walks takes the next segment that nobody has taken.
struct Walk {
    published: Arc<Published>,
    weight: Box<dyn Weight>,
    pass: Pass,
    /// Segments by their places. The best come first, so that of the later ones nothing can be taken any more and counting is
    /// enough.
    segments: Vec<(usize, RankColumn)>,
    /// How many are taken.
    taken: AtomicUsize,
}

/// Goes through all segments, with helpers where there are any.
///
/// # Errors
/// As tantivy says of the index.
pub(super) fn walk(
    published: &Arc<Published>,
    query: &dyn Query,
    pass: Pass,
    helpers: Option<&Helpers>,
) -> tantivy::Result<Tally> {
    let walk = Walk::new(published, query, pass)?;
    match helpers {
        Some(helpers) if walk.segments.len() > 1 => walk.together(helpers),
        _ => Ok(walk.go()?.0),
    }
}

impl Walk {
    fn new(published: &Arc<Published>, query: &dyn Query, pass: Pass) -> tantivy::Result<Self> {
        let searcher = &published.searcher;
        let scoring = match pass.ranking {
            Ranking::Score => EnableScoring::enabled_from_searcher(searcher),
            Ranking::Column { .. } => EnableScoring::disabled_from_searcher(searcher),
        };
        let weight = query.weight(scoring)?;
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for (place, reader) in searcher.segment_readers().iter().enumerate() {
            let columns = published.columns.of_segment(place, reader)?;
            segments.push((place, RankColumn::open(reader, columns, pass.ranking)?));
        }
        segments.sort_by_key(|(_, ranks)| std::cmp::Reverse(ranks.bounds.highest));
        Ok(Self { published: Arc::clone(published), weight, pass, segments, taken: AtomicUsize::new(0) })
    }

    /// Goes on until every segment is taken, and gives what it found and in how many segments.
    fn go(&self) -> tantivy::Result<(Tally, usize)> {
        let mut tally = self.pass.begin();
        let mut walked = 0;
        while let Some((place, ranks)) = self.segments.get(self.taken.fetch_add(1, Ordering::Relaxed)) {
            let reader = &self.published.searcher.segment_readers()[*place];
            let columns = self.published.columns.of_segment(*place, reader)?;
            let segment = u32::try_from(*place).unwrap_or(u32::MAX);
            self.pass.scan(&mut tally, self.weight.as_ref(), segment, reader, &columns.numbers, ranks)?;
            walked += 1;
        }
        Ok((tally, walked))
    }

    fn together(self, helpers: &Helpers) -> tantivy::Result<Tally> {
        let walk = Arc::new(self);
        let (found, others) = channel();
        helpers.call({
            let walk = Arc::clone(&walk);
            move || walk.help(&found)
        });
        let (mut tally, mut walked) = walk.go()?;
        // Only for those who took a segment; a helper that comes too late is not waited for.
        while walked < walk.segments.len() {
            let helper =
                others.recv().map_err(|_| TantivyError::InternalError("a helper of the search broke off".into()))?;
            let (other, segments) = helper?;
            tally.add(other);
            walked += segments;
        }
        Ok(tally)
    }

    fn help(&self, found: &Sender<tantivy::Result<(Tally, usize)>>) {
        let helped = self.go();
        if !matches!(helped, Ok((_, 0))) {
            // Whoever asked may have given up over an error of its own.
            let _ = found.send(helped);
        }
    }
}
