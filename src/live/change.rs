use std::sync::Arc;

use super::{Change, Event, WatchedQuery};
use crate::{
    base::{
        Timestamp,
        limits::{EXPLAIN_EVENT_CLAUSES_MAX, HIGHLIGHTS_MAX},
    },
    matcher::{QueryId, QuerySet, explain, highlights},
    model::Version,
    query::{Document, document::Needed},
    store,
};

/// What a subscription watches. Decides from two versions and the queries alone, so it keeps no state of mentions.
#[derive(Debug, Default)]
pub struct Watch {
    queries: Vec<WatchedQuery>,
    set: QuerySet,
    needed: Needed,
    explains: bool,
}

/// A version beside the one before it, both read as far as some queries need.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) version: Arc<Version>,
    /// What relative times in queries count from.
    at: Timestamp,
    /// `None` after a deletion.
    now: Option<Document>,
    /// `None` for the first version and after a deletion.
    before: Option<Document>,
}

impl Step {
    /// Reads of the version, and of the one before it in the store, what is needed.
    pub(super) fn read(version: Arc<Version>, needed: &Needed, store: &store::Reader) -> Result<Self, store::Error> {
        let before = match version.previous_seq {
            crate::base::Seq::ZERO => None,
            previous_seq => document(&*store.version(previous_seq)?, needed),
        };
        Ok(Self { at: version.recorded_at, now: document(&version, needed), before, version })
    }

    /// A version that nothing came before, as a snapshot shows it at this time.
    pub(super) fn first(version: Arc<Version>, needed: &Needed, at: Timestamp) -> Self {
        Self { at, now: document(&version, needed), before: None, version }
    }

    /// Ids of a set that match before and now, both as of the time of the step.
    pub(super) fn matching(&self, set: &QuerySet) -> (Vec<QueryId>, Vec<QueryId>) {
        let matching =
            |document: &Option<Document>| document.as_ref().map_or_else(Vec::new, |held| set.matching(held, self.at));
        (matching(&self.before), matching(&self.now))
    }
}

fn document(version: &Version, needed: &Needed) -> Option<Document> {
    (!version.deleted).then(|| Document::of_needed(version, needed))
}

impl Watch {
    /// Watches these queries together: an event tells of all that match, and, if asked to, why each does.
    #[must_use]
    pub fn new(queries: Vec<WatchedQuery>, explains: bool) -> Self {
        let mut set = QuerySet::default();
        for (id, watched) in (0..).zip(&queries) {
            if let Some(query) = &watched.query {
                set.insert(QueryId(id), query);
            }
        }
        let asked = queries.iter().filter_map(|watched| Some(&watched.query.as_ref()?.root));
        let needed = set.needed().and(&Needed::to_match(asked));
        Self { queries, set, needed, explains }
    }

    /// What of a version it takes to [observe](Self::observe) it.
    pub(super) fn needed(&self) -> &Needed {
        &self.needed
    }

    /// Whether it tells why.
    pub(super) fn explains(&self) -> bool {
        self.explains
    }

    /// The queries, in the order they were given.
    pub(super) fn queries(&self) -> &[WatchedQuery] {
        &self.queries
    }

    /// What the step means to the subscriber; `None` where it means nothing.
    pub(super) fn observe(&self, step: &Step) -> Option<Event> {
        let (before, now) = step.matching(&self.set);
        let places =
            |ids: Vec<QueryId>| ids.into_iter().filter_map(|id| usize::try_from(id.0).ok()).collect::<Vec<_>>();
        self.event(step, &places(before), &places(now))
    }

    /// The event of a step before which and after which the queries at these places match.
    pub(super) fn event(&self, step: &Step, before: &[usize], now: &[usize]) -> Option<Event> {
        let change = match (before.is_empty(), now.is_empty()) {
            (true, true) => return None,
            (true, false) => Change::Entered,
            (false, false) => Change::Changed,
            (false, true) => Change::Left,
        };
        let told = if now.is_empty() { before } else { now };
        let saved_searches =
            told.iter().filter_map(|&place| self.queries.get(place)?.saved_search().cloned()).collect();
        Some(Event {
            seq: step.version.seq,
            change,
            version: Arc::clone(&step.version),
            saved_searches,
            highlights: self.highlights(step, now),
            is_snapshot: false,
            explanations: self.explanations(step, now),
        })
    }

    fn explanations(&self, step: &Step, now: &[usize]) -> Vec<(Option<Arc<str>>, crate::matcher::Clause)> {
        let Some(document) = step.now.as_ref().filter(|_| self.explains) else { return Vec::new() };
        let matching = now.iter().filter_map(|&place| self.queries.get(place));
        let explained = matching.filter_map(|watched| {
            let query = watched.query.as_ref()?;
            let mut clause = explain(&query.root, document, &step.version, step.at);
            clause.prune(EXPLAIN_EVENT_CLAUSES_MAX);
            Some((watched.saved_search().cloned(), clause))
        });
        explained.collect()
    }

    fn highlights(&self, step: &Step, now: &[usize]) -> Vec<(crate::query::TextField, crate::base::Span)> {
        let Some(document) = &step.now else { return Vec::new() };
        let matching = now.iter().filter_map(|&place| self.queries.get(place)?.query.as_ref());
        let mut found: Vec<_> = matching.flat_map(|query| highlights(&query.root, document, step.at)).collect();
        found.sort_unstable();
        found.dedup();
        found.truncate(HIGHLIGHTS_MAX);
        found
    }
}
