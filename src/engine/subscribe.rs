use std::{sync::Arc, time::Duration};

use super::{
    Engine, EngineError, SubscribeRequest, SubscribeStart, SubscribeTo, run_blocking, saved_searches::zone, stopping,
};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{HEARTBEAT_SECONDS_DEFAULT, HEARTBEAT_SECONDS_MAX, SUBSCRIBERS_MAX, SUBSCRIPTION_SEARCHES_MAX},
    },
    live::{Start, Subscription, SubscriptionOptions, Watch, WatchedQuery},
};

impl Engine {
    /// Begins a live subscription.
    ///
    /// # Errors
    /// Faults of the query, an unknown saved search, a start outside the log ([`EngineError::OutOfRange`]), too many
    /// subscriptions.
    pub async fn subscribe(&self, request: SubscribeRequest) -> Result<Subscription, EngineError> {
        if *self.closing.borrow() {
            return Err(stopping());
        }
        let heartbeat_seconds = match request.heartbeat_seconds {
            0 => HEARTBEAT_SECONDS_DEFAULT,
            seconds if seconds > HEARTBEAT_SECONDS_MAX => {
                return Err(EngineError::InvalidArgument {
                    field: "heartbeat_seconds".to_owned(),
                    message: format!("is {seconds}; must be 1 to {HEARTBEAT_SECONDS_MAX}, or 0 for the default"),
                });
            }
            seconds => seconds,
        };
        let watch = Watch::new(self.watched(request.to, &request.time_zone).await?, request.explain);
        // Before its place in the log is read: whoever had the name until now acknowledges nothing more that it would miss.
        let place = self.subscriptions.enter(request.name.as_deref(), SUBSCRIBERS_MAX).ok_or_else(|| {
            let message = format!("there are {SUBSCRIBERS_MAX} subscriptions; end some, or try again later");
            EngineError::ResourceExhausted { message }
        })?;
        let after = match request.start {
            SubscribeStart::Now => Some(self.store.last_seq()),
            SubscribeStart::After(seq) => Some(seq),
            SubscribeStart::AtTime(moment) => Some(self.cursor_at(moment).await?),
            SubscribeStart::Snapshot => None,
        };
        let after = match request.name {
            Some(name) => {
                let known = self.begin_durable(name, after).await?;
                // A client that comes back with a seq of its own has seen what lies before it, acknowledged or not.
                if let SubscribeStart::After(seq) = request.start { known.max(Some(seq)) } else { known }
            }
            None => after,
        };
        let start = match after {
            Some(seq) => Start::After(self.checked_cursor(seq)?),
            None => Start::Snapshot(self.index.snapshot()),
        };
        let options = SubscriptionOptions {
            start,
            heartbeat: Duration::from_secs(u64::from(heartbeat_seconds)),
            clock: Arc::clone(&self.clock),
            closing: self.closing.subscribe(),
            place,
        };
        Ok(Subscription::start(watch, self.store.clone(), &self.matcher_follower, options))
    }

    async fn watched(&self, to: SubscribeTo, time_zone: &str) -> Result<Vec<WatchedQuery>, EngineError> {
        let definitions = self.library.definitions();
        match to {
            SubscribeTo::Query(text) => {
                let watched = WatchedQuery::of_text(&text, &zone(time_zone)?, &definitions);
                Ok(vec![watched.map_err(|problems| EngineError::InvalidQuery { problems })?])
            }
            SubscribeTo::SavedSearches(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                if ids.is_empty() || ids.len() > SUBSCRIPTION_SEARCHES_MAX {
                    return Err(EngineError::InvalidArgument {
                        field: "saved_searches".to_owned(),
                        message: format!("has {} ids; must have 1 to {SUBSCRIPTION_SEARCHES_MAX}", ids.len()),
                    });
                }
                let watched = move |id: String| {
                    let found = WatchedQuery::of_saved_search(&Arc::from(id.as_str()), &definitions);
                    found.ok_or(EngineError::NotFound { what: "saved search", name: id })
                };
                run_blocking(move || ids.into_iter().map(watched).collect()).await
            }
        }
    }

    /// The cursor that lies before everything recorded at this moment or later.
    async fn cursor_at(&self, moment: Timestamp) -> Result<Seq, EngineError> {
        let now = self.clock.now();
        if moment > now {
            let message = format!("is {moment}, which lies ahead of the server's clock ({now}); start with `now`");
            return Err(EngineError::InvalidArgument { field: "at_time".to_owned(), message });
        }
        let store = self.store.clone();
        run_blocking(move || {
            let (before, oldest, newest) = (store.last_seq_before(moment)?, store.oldest_seq(), store.last_seq());
            // What was recorded between that moment and the oldest version kept would be missed.
            if oldest > Seq::ZERO.next() && before < oldest {
                return Err(EngineError::OutOfRange { asked: before, oldest, newest });
            }
            Ok(before)
        })
        .await
    }

    /// A start after this seq, if everything after it lies in the log.
    fn checked_cursor(&self, seq: Seq) -> Result<Seq, EngineError> {
        let (oldest, newest) = (self.store.oldest_seq(), self.store.last_seq());
        if seq > newest || seq.next() < oldest {
            return Err(EngineError::OutOfRange { asked: seq, oldest, newest });
        }
        Ok(seq)
    }
}
