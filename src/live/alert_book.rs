use std::{collections::HashMap, time::Instant};

use jiff::tz::TimeZone;

use super::{AlertStep, change::Step};
use crate::{
    alert::{Entry, Watcher},
    base::{Seq, Timestamp},
    matcher::{QueryId, QuerySet},
    model::{AlertKind, AlertPosition, Firing},
    query::{self, Query, document::Needed},
    store::AlertBook,
};

/// All alerts at work, and what they have come to since that was last recorded.
pub(super) struct Book {
    position: AlertPosition,
    reached: Seq,
    alerts: Vec<Counting>,
    /// The queries of their saved searches, each once.
    set: QuerySet,
    /// Whose they are, as places in `alerts`.
    by_query: HashMap<QueryId, Vec<usize>>,
    /// Alerts that wait for a silence.
    silences: Vec<usize>,
    /// No silence ends before.
    next_deadline: Option<Timestamp>,
    firings: Vec<Firing>,
    recorded_at: Instant,
}

struct Counting {
    watcher: Watcher,
    is_changed: bool,
}

impl Book {
    /// Goes on with what is kept. An alert whose saved search asks for nothing rests.
    pub(super) fn open(kept: AlertBook, oldest: Seq, query_of: impl Fn(&str) -> Result<Query, String>) -> Self {
        let AlertBook { position, alerts } = kept;
        // What lies before all alerts concerns none of them.
        let first = alerts.iter().map(|(_, state)| state.after).min().unwrap_or_default();
        let reached = position.seq.max(first).max(oldest.previous());
        let mut book = Self {
            position,
            reached,
            alerts: Vec::with_capacity(alerts.len()),
            set: QuerySet::default(),
            by_query: HashMap::new(),
            silences: Vec::new(),
            next_deadline: None,
            firings: Vec::new(),
            recorded_at: Instant::now(),
        };
        let mut queries: HashMap<String, Option<QueryId>> = HashMap::new();
        for (alert, state) in alerts {
            let next_id = QueryId(queries.len() as u64);
            let set = &mut book.set;
            let query =
                *queries.entry(alert.saved_search.clone()).or_insert_with(|| match query_of(&alert.saved_search) {
                    Ok(query) => {
                        set.insert(next_id, &query);
                        Some(next_id)
                    }
                    Err(error) => {
                        tracing::warn!(saved_search = alert.saved_search, error, "alerts on a saved search rest");
                        None
                    }
                });
            let zone = query::time_zone(&alert.time_zone).unwrap_or(TimeZone::UTC);
            let (place, is_silence) = (book.alerts.len(), matches!(alert.kind, AlertKind::Silence { .. }));
            book.alerts.push(Counting { watcher: Watcher::new(alert, state, zone), is_changed: false });
            if let Some(query) = query {
                book.by_query.entry(query).or_default().push(place);
                if is_silence {
                    book.silences.push(place);
                }
            }
        }
        book.find_next_deadline();
        book
    }

    pub(super) fn is_empty(&self) -> bool {
        self.alerts.is_empty()
    }

    pub(super) fn watches_something(&self) -> bool {
        !self.set.is_empty()
    }

    pub(super) fn waits_for_silence(&self) -> bool {
        self.next_deadline.is_some()
    }

    /// Everything up to here is counted.
    pub(super) fn reached(&self) -> Seq {
        self.reached
    }

    pub(super) fn reach(&mut self, seq: Seq) {
        self.reached = seq;
    }

    /// Versions counted since the position was recorded.
    pub(super) fn unrecorded_versions(&self) -> u64 {
        self.reached.0.saturating_sub(self.position.seq.0)
    }

    pub(super) fn firings(&self) -> usize {
        self.firings.len()
    }

    /// Whether a start would have to count something again.
    pub(super) fn is_ahead(&self) -> bool {
        !self.is_empty() && self.reached > self.position.seq
    }

    /// Whether alerts remember something that is not recorded.
    pub(super) fn is_changed(&self) -> bool {
        self.alerts.iter().any(|alert| alert.is_changed)
    }

    pub(super) fn recorded_at(&self) -> Instant {
        self.recorded_at
    }

    /// Nothing that is recorded later has entered before this moment.
    pub(super) fn time_passes(&mut self, now: Timestamp) {
        if self.next_deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        for &place in &self.silences {
            let Some(alert) = self.alerts.get_mut(place) else { continue };
            let was_waiting = alert.watcher.deadline().is_some();
            self.firings.extend(alert.watcher.passes(now, self.reached));
            alert.is_changed |= was_waiting && alert.watcher.deadline().is_none();
        }
        self.find_next_deadline();
    }

    /// What of a version it takes to [count](Self::observe) it.
    pub(super) fn needed(&self) -> Needed {
        self.set.needed()
    }

    /// Counts a version, in order of seq, after [`Book::time_passes`] was told of its moment.
    pub(super) fn observe(&mut self, step: &Step) {
        let (before, now) = step.matching(&self.set);
        let version = &step.version;
        for id in now.into_iter().filter(|id| !before.contains(id)) {
            for &place in self.by_query.get(&id).into_iter().flatten() {
                let Some(alert) = self.alerts.get_mut(place) else { continue };
                let entry = Entry {
                    seq: version.seq,
                    at: version.recorded_at,
                    created_at: version.mention.created_at,
                    name: version.mention.name.clone(),
                };
                self.firings.extend(alert.watcher.enters(&entry));
                alert.is_changed = true;
                let deadline = alert.watcher.deadline();
                self.next_deadline = [self.next_deadline, deadline].into_iter().flatten().min();
            }
        }
    }

    /// Everything that is not recorded yet.
    pub(super) fn step(&self, is_at_end: bool) -> AlertStep {
        let changed = self.alerts.iter().filter(|alert| alert.is_changed);
        AlertStep {
            from: self.position,
            to: self.reached,
            is_at_end,
            states: changed.map(|alert| (alert.watcher.alert().id.clone(), alert.watcher.state().clone())).collect(),
            firings: self.firings.clone(),
        }
    }

    /// The step is on disk.
    pub(super) fn recorded(&mut self, position: AlertPosition, now: Instant) {
        self.position = position;
        self.recorded_at = now;
        self.firings.clear();
        self.alerts.iter_mut().for_each(|alert| alert.is_changed = false);
    }

    fn find_next_deadline(&mut self) {
        let waiting = self.silences.iter().filter_map(|&place| self.alerts.get(place)?.watcher.deadline());
        self.next_deadline = waiting.min();
    }
}
