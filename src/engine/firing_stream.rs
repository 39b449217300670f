use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use crate::{
    base::{Clock, Seq, Timestamp},
    live::Progress,
    model::Firing,
    store,
};

/// Firings read at once.
const BATCH_MAX: usize = 256;

/// What whoever watches alerts is told.
#[derive(Clone, Debug, PartialEq)]
pub enum AlertDelivery {
    /// An alert fired.
    Firing(Box<Firing>),
    /// A sign of life.
    Heartbeat {
        /// All firings up to this number have been told.
        last_firing: u64,
        /// The newest version recorded.
        recorded_seq: Seq,
        /// Everything up to here was counted, and its firings have been told.
        evaluated_seq: Seq,
        /// When it was made.
        sent_at: Timestamp,
    },
    /// The stream ends: the server is going away, or its store cannot be read.
    Goodbye {
        /// All firings up to this number have been told.
        last_firing: u64,
        /// For people.
        reason: String,
        /// Whether coming back makes sense.
        is_stopping: bool,
    },
}

/// Where a stream of firings has its news from.
pub(super) struct FiringSources {
    pub(super) store: store::Reader,
    pub(super) newest: watch::Receiver<u64>,
    pub(super) follower: Arc<Progress>,
    pub(super) closing: watch::Receiver<bool>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Firings as they happen, in order, each once. It reads them from the store, so a slow reader holds nobody up and misses
/// nothing that is kept.
pub struct FiringStream {
    store: store::Reader,
    newest: watch::Receiver<u64>,
    follower: Arc<Progress>,
    closing: watch::Receiver<bool>,
    clock: Arc<dyn Clock>,
    heartbeats: Interval,
    /// All firings up to this number have been told.
    told: u64,
    /// Read from the store up to this number.
    read: u64,
    waiting: VecDeque<Firing>,
    /// Everything up to here was counted, and its firings have been told.
    evaluated: Seq,
    /// Of these alerts; empty: of all.
    alerts: Vec<String>,
    has_ended: bool,
}

impl FiringStream {
    /// Tells of firings after this number, of these alerts or of all. Must be called inside a runtime.
    pub(super) fn begin(sources: FiringSources, after: u64, alerts: Vec<String>, heartbeat_seconds: u32) -> Self {
        let FiringSources { store, newest, follower, closing, clock } = sources;
        let period = Duration::from_secs(u64::from(heartbeat_seconds));
        let mut heartbeats = interval_at(Instant::now() + period, period);
        heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (waiting, has_ended) = (VecDeque::new(), false);
        Self {
            store,
            newest,
            follower,
            closing,
            clock,
            heartbeats,
            told: after,
            read: after,
            waiting,
            evaluated: Seq::ZERO,
            alerts,
            has_ended,
        }
    }

    /// The next thing to tell; `None` after [`AlertDelivery::Goodbye`]. Cancel-safe.
    pub async fn next(&mut self) -> Option<AlertDelivery> {
        enum Turn {
            News,
            Heartbeat,
            End,
        }
        loop {
            if self.has_ended {
                return None;
            }
            if let Some(firing) = self.waiting.pop_front() {
                self.told = firing.number;
                return Some(AlertDelivery::Firing(Box::new(firing)));
            }
            self.told = self.read;
            let read = self.read;
            let turn = tokio::select! {
                biased;
                _ = self.closing.wait_for(|closing| *closing) => Turn::End,
                _ = self.newest.wait_for(|newest| *newest > read) => Turn::News,
                _ = self.heartbeats.tick() => Turn::Heartbeat,
            };
            match turn {
                Turn::News => {}
                Turn::Heartbeat => return Some(self.heartbeat()),
                Turn::End => return Some(self.goodbye("the server is stopping".to_owned(), true)),
            }
            if let Err(reason) = self.read_on().await {
                return Some(self.goodbye(reason, false));
            }
        }
    }

    async fn read_on(&mut self) -> Result<(), String> {
        let (store, after) = (self.store.clone(), self.read);
        let firings = tokio::task::spawn_blocking(move || store.firings_after(after, BATCH_MAX)).await;
        let firings = firings.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        let (Some(first), Some(last)) = (firings.first(), firings.last()) else { return Ok(()) };
        if first.number != after + 1 {
            return Err(format!("firings {} to {} are not kept any more; read faster", after + 1, first.number - 1));
        }
        self.read = last.number;
        let wanted = |firing: &Firing| self.alerts.is_empty() || self.alerts.contains(&firing.alert);
        self.waiting = firings.into_iter().filter(wanted).collect();
        Ok(())
    }

    fn heartbeat(&mut self) -> AlertDelivery {
        // In this order: what had fired by then is known by then, and all that is known has been told unless there is news.
        let evaluated = self.follower.seq();
        if *self.newest.borrow() <= self.read {
            self.evaluated = evaluated;
        }
        AlertDelivery::Heartbeat {
            last_firing: self.told,
            recorded_seq: self.store.last_seq(),
            evaluated_seq: self.evaluated,
            sent_at: self.clock.now(),
        }
    }

    fn goodbye(&mut self, reason: String, is_stopping: bool) -> AlertDelivery {
        self.has_ended = true;
        AlertDelivery::Goodbye { last_firing: self.told, reason, is_stopping }
    }
}
