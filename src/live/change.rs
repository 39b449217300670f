use std::sync::{Arc, OnceLock};

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
    queries: Vec<Arc<WatchedQuery>>,
    /// Whose searches these are, where they come and go with a folder.
    folder: Option<Arc<str>>,
    explains: bool,
    /// The state of the definitions by which it was made.
    generation: u64,
    /// What it takes to read history, made when it is first read.
    reading: OnceLock<Box<Reading>>,
}

#[derive(Debug)]
struct Reading {
    set: QuerySet,
    needed: Needed,
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
        Self::with(queries.into_iter().map(Arc::new).collect(), None, explains, 0)
    }

    /// The same, of a folder perhaps, by definitions of this generation.
    pub(super) fn with(
        queries: Vec<Arc<WatchedQuery>>,
        folder: Option<Arc<str>>,
        explains: bool,
        generation: u64,
    ) -> Self {
        Self { queries, folder, explains, generation, reading: OnceLock::new() }
    }

    fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| {
            let mut set = QuerySet::default();
            for (id, watched) in (0..).zip(&self.queries) {
                if let Some(query) = &watched.query {
                    set.insert(QueryId(id), query);
                }
            }
            let asked = self.queries.iter().filter_map(|watched| Some(&watched.query.as_ref()?.root));
            let needed = set.needed().and(&Needed::to_match(asked));
            Box::new(Reading { set, needed })
        })
    }

    /// What of a version it takes to [observe](Self::observe) it.
    pub(super) fn needed(&self) -> &Needed {
        &self.reading().needed
    }

    /// It watches nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// The folder it watches, if it does.
    pub(super) fn folder(&self) -> Option<&Arc<str>> {
        self.folder.as_ref()
    }

    /// The state of the definitions by which it was made; of importance only to a folder.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether it tells why.
    pub(super) fn explains(&self) -> bool {
        self.explains
    }

    /// The queries, in the order they were given.
    pub(super) fn queries(&self) -> &[Arc<WatchedQuery>] {
        &self.queries
    }

    /// What the queries ask that do not rest.
    pub fn asked(&self) -> impl Iterator<Item = &crate::query::Query> {
        self.queries.iter().filter_map(|watched| watched.query.as_ref())
    }

    /// What the step means to the subscriber; `None` where it means nothing.
    pub(super) fn observe(&self, step: &Step) -> Option<Event> {
        let (before, now) = step.matching(&self.reading().set);
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
