use std::sync::{Arc, Mutex};

use super::lock;
use crate::{
    base::{Seq, Span, Timestamp},
    matcher::highlights,
    model::Version,
    query::{Marks, Node, TextField},
};

/// Places that are kept of the page answered last, over all its hits: those of twenty hits of a long query, some 6 KiB.
const PLACES_KEPT_MAX: usize = 512;

/// Where a query stands in a mention, ordered by field and place.
pub(super) type Highlights = Vec<(TextField, Span)>;

/// Marks the words of one query in the versions it is answered with.
///
/// A dashboard asks the same again and again, and most of its page is what it was: so the places of the page answered last are kept.
/// A version never changes, and neither do they, unless the query looks at the clock.
#[derive(Debug)]
pub(super) struct Marking {
    marks: Marks,
    reads_clock: bool,
    last: Mutex<Arc<[(Seq, Highlights)]>>,
}

impl Marking {
    /// For the hits of a query.
    pub(super) fn of(query: &Node) -> Self {
        Self { marks: Marks::of(query), reads_clock: query.reads_clock(), last: Mutex::new(Arc::new([])) }
    }

    /// The places of the query this was made of, in each of these versions.
    pub(super) fn mark<'a>(
        &self,
        query: &Node,
        versions: impl Iterator<Item = &'a Version>,
        now: Timestamp,
    ) -> Vec<Highlights> {
        // By the evaluator that the matcher uses too.
        let mark = |version: &Version| highlights(query, &self.marks.read(version), now);
        if self.reads_clock {
            return versions.map(mark).collect();
        }
        let last = Arc::clone(&lock(&self.last));
        let mut room = PLACES_KEPT_MAX;
        let mut kept = Vec::with_capacity(last.len());
        let marked = versions.map(|version| {
            let known = last.iter().find(|(seq, _)| *seq == version.seq);
            let places = known.map_or_else(|| mark(version), |(_, places)| places.clone());
            if let Some(left) = room.checked_sub(places.len() + 1) {
                room = left;
                kept.push((version.seq, places.clone()));
            }
            places
        });
        let marked = marked.collect();
        *lock(&self.last) = kept.into();
        marked
    }
}
