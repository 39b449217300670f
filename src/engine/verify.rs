//! Holds the index against the log: is what a search finds exactly what the evaluator and the matcher say of each mention?

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Engine, EngineError, VerifyDifference, VerifyProgress, stopping};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{VERIFY_DIFFERENCES_MAX, VERIFY_QUERIES_MAX},
    },
    index::{SeqSet, Snapshot},
    matcher::{QueryId, QuerySet, evaluate},
    model::Version,
    query::{Document, Query},
    store,
};

/// Versions read from the log at once, and told of at once.
const PAGE_VERSIONS: u64 = 512;
/// Bytes of bodies read at once.
const PAGE_BYTES: usize = 8 * 1024 * 1024;
/// Reports that may wait for the caller; then the work waits, too.
const REPORTS_AHEAD: usize = 4;

impl Engine {
    /// Answers each query by the index as it is now, and holds every mention by itself against the same queries. Tells of its
    /// progress until it is through; dropping the receiver ends it. One at a time: it reads the whole log.
    ///
    /// # Errors
    /// Faults of the queries, and [`EngineError::ResourceExhausted`] while another one runs.
    pub async fn verify_queries(
        &self,
        queries: &[String],
        time_zone: &str,
    ) -> Result<mpsc::Receiver<Result<VerifyProgress, EngineError>>, EngineError> {
        if *self.closing.borrow() {
            return Err(stopping());
        }
        if queries.is_empty() || queries.len() > VERIFY_QUERIES_MAX {
            return Err(EngineError::InvalidArgument {
                field: "queries".to_owned(),
                message: format!("has {} queries; must have 1 to {VERIFY_QUERIES_MAX}", queries.len()),
            });
        }
        let mut checked = Vec::with_capacity(queries.len());
        for (at, text) in queries.iter().enumerate() {
            checked.push(verifiable(self, text, time_zone, at)?);
        }
        let Ok(permit) = Arc::clone(&self.verifying).try_acquire_owned() else {
            let message = "another verification runs; one at a time reads the log";
            return Err(EngineError::ResourceExhausted { message: message.to_owned() });
        };
        let (reports, received) = mpsc::channel(REPORTS_AHEAD);
        let (snapshot, store, now) = (self.index.snapshot(), self.store.clone(), self.clock.now());
        let closing = self.closing.subscribe();
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let told = Verification::begin(&snapshot, checked, now, store).and_then(|mut verification| {
                while let Some(progress) = verification.page()? {
                    // Whoever asked has gone, or the server goes.
                    if reports.blocking_send(Ok(progress)).is_err() || *closing.borrow() {
                        return Ok(());
                    }
                }
                Ok(())
            });
            if let Err(error) = told {
                let _ = reports.blocking_send(Err(error));
            }
        });
        Ok(received)
    }
}

/// A query of a verification; a fault names its place in the list.
fn verifiable(engine: &Engine, text: &str, time_zone: &str, at: usize) -> Result<Query, EngineError> {
    engine.compile(text, time_zone).map(|(query, _)| query).map_err(|error| match error {
        EngineError::InvalidQuery { problems } => EngineError::InvalidArgument {
            field: format!("queries[{at}]"),
            message: problems.first().map_or_else(String::new, |problem| problem.message.clone()),
        },
        other => other,
    })
}

/// A walk through the log from its end, so that a mention's newest version comes first.
struct Verification {
    store: store::Reader,
    queries: Vec<Query>,
    set: QuerySet,
    now: Timestamp,
    /// What the index finds for each query.
    found: Vec<SeqSet>,
    /// Versions that have a newer one: no search may find them.
    superseded: SeqSet,
    oldest: Seq,
    progress: VerifyProgress,
    /// Everything after it is done.
    next: Seq,
    is_told: bool,
}

impl Verification {
    fn begin(
        snapshot: &Snapshot,
        queries: Vec<Query>,
        now: Timestamp,
        store: store::Reader,
    ) -> Result<Self, EngineError> {
        let found = queries.iter().map(|query| snapshot.matching_seqs(&query.root, now));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let mut set = QuerySet::default();
        for (id, query) in (0..).zip(&queries) {
            set.insert(QueryId(id), query);
        }
        let (seq, oldest) = (snapshot.seq(), store.oldest_seq());
        let progress =
            VerifyProgress { seq, versions: seq.0.saturating_sub(oldest.0 - 1), ..VerifyProgress::default() };
        Ok(Self {
            store,
            queries,
            set,
            now,
            found,
            superseded: SeqSet::default(),
            oldest,
            progress,
            next: seq,
            is_told: false,
        })
    }

    /// Checks the next page; `None` after the last.
    fn page(&mut self) -> Result<Option<VerifyProgress>, EngineError> {
        if self.is_told && (self.next < self.oldest || self.next == Seq::ZERO) {
            return Ok(None);
        }
        let after = Seq(self.next.0.saturating_sub(PAGE_VERSIONS).max(self.oldest.0.saturating_sub(1)));
        let mut read = after;
        let mut versions: Vec<Arc<Version>> = Vec::new();
        while read < self.next {
            let count = usize::try_from(self.next.0 - read.0).unwrap_or(usize::MAX);
            let more = self.store.versions_after(read, count, PAGE_BYTES)?;
            read = more.last().map_or(self.next, |last| last.seq);
            versions.extend(more);
        }
        for version in versions.iter().rev() {
            self.check(version);
        }
        self.next = after;
        self.is_told = true;
        let differences = std::mem::take(&mut self.progress.differences);
        let told = VerifyProgress { differences, ..self.progress.clone() };
        Ok(Some(told))
    }

    fn check(&mut self, version: &Version) {
        let seq = version.seq;
        self.superseded.insert(version.previous_seq);
        self.progress.versions_checked += 1;
        let stands = !self.superseded.contains(seq) && !version.deleted;
        let document = stands.then(|| Document::of(version));
        let matching = document.as_ref().map_or_else(Vec::new, |document| self.set.matching(document, self.now));
        self.progress.mentions_checked += u64::from(stands);
        for (at, query) in self.queries.iter().enumerate() {
            let index = self.found[at].contains(seq);
            let matcher = matching.binary_search(&QueryId(at as u64)).is_ok();
            let evaluator = document.as_ref().is_some_and(|document| evaluate(&query.root, document, self.now));
            self.progress.matches += u64::from(evaluator);
            if index == evaluator && matcher == evaluator {
                continue;
            }
            self.progress.differences_found += 1;
            if self.progress.differences_found <= VERIFY_DIFFERENCES_MAX as u64 {
                let name = version.mention.name.clone();
                let difference = VerifyDifference { query: at, name, seq, index, matcher, evaluator };
                self.progress.differences.push(difference);
            }
        }
    }
}
