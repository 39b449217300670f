use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::{
    Engine, EngineError, ReplaceRequest, SubscribeRequest, SubscribeStart, SubscribeTo, run_blocking,
    saved_searches::{check_folder, invalid, no_room, zone},
    stopping,
};
use crate::{
    base::{
        Seq, Timestamp,
        limits::{
            FOLDER_SUBSCRIPTION_SEARCHES_MAX, HEARTBEAT_SECONDS_DEFAULT, HEARTBEAT_SECONDS_MAX,
            REPLACEMENTS_WAITING_MAX, SUBSCRIBERS_MAX, SUBSCRIPTION_SEARCHES_MAX,
        },
    },
    live::{NotReplaced, Replaced, Replacement, Start, Subscription, SubscriptionOptions, Watch, WatchedQuery},
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
        let watch = self.watch(request.to, request.time_zone, request.explain).await?;
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
            index: Arc::clone(&self.index),
        };
        Ok(Subscription::start(watch, self.store.clone(), &self.matcher_follower, options))
    }

    /// Gives an open subscription something else to watch; everything recorded after the seq that is answered is judged by it.
    /// The answer comes when the stream has come to it, so a subscriber that does not read waits for it.
    ///
    /// # Errors
    /// As for a new one; [`EngineError::NotFound`] where none is open under this id.
    pub async fn replace_subscription(&self, request: ReplaceRequest) -> Result<Seq, EngineError> {
        let ReplaceRequest { subscription_id: id, to, time_zone, explain, snapshot } = request;
        let watch = self.watch(to, time_zone, explain).await?;
        let kind = if snapshot { Replaced::Snapshot } else { Replaced::FromHere };
        let (replaced, answer) = oneshot::channel();
        self.subscriptions.replace(&id, Replacement { watch, kind, replaced }).map_err(|error| match error {
            NotReplaced::Unknown => not_open(id.clone()),
            NotReplaced::Busy => EngineError::ResourceExhausted {
                message: format!(
                    "{REPLACEMENTS_WAITING_MAX} replacements wait until the stream comes to them; read it, and try again"
                ),
            },
        })?;
        // The stream may end before it comes to it.
        answer.await.map_err(|_| not_open(id))
    }

    /// What is to be watched, where the follower has room for it.
    async fn watch(&self, to: SubscribeTo, time_zone: String, explain: bool) -> Result<Watch, EngineError> {
        let watch = self.asked_watch(to, time_zone, explain).await?;
        let follower = Arc::clone(&self.matcher_follower);
        run_blocking(move || {
            let unfiled = follower.unfiled_among(watch.asked());
            if unfiled > 0 && unfiled > follower.room_for_unfiled() { Err(no_room()) } else { Ok(watch) }
        })
        .await
    }

    async fn asked_watch(&self, to: SubscribeTo, time_zone: String, explain: bool) -> Result<Watch, EngineError> {
        let definitions = self.library.definitions();
        match to {
            SubscribeTo::Query(text) => {
                let watched = WatchedQuery::of_text(&text, &zone(&time_zone)?, &definitions);
                let watched = watched.map_err(|problems| EngineError::InvalidQuery { problems })?;
                Ok(Watch::new(vec![watched], explain))
            }
            SubscribeTo::SavedSearches(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                if ids.is_empty() || ids.len() > SUBSCRIPTION_SEARCHES_MAX {
                    let message = format!("has {} ids; must have 1 to {SUBSCRIPTION_SEARCHES_MAX}", ids.len());
                    return Err(invalid("saved_searches", message));
                }
                let watched = move |id: String| {
                    let found = WatchedQuery::of_saved_search(&Arc::from(id.as_str()), &definitions);
                    found.ok_or(EngineError::NotFound { what: "saved search", name: id })
                };
                let watched = run_blocking(move || ids.into_iter().map(watched).collect()).await?;
                Ok(Watch::new(watched, explain))
            }
            SubscribeTo::Folder(folder) => {
                check_folder("folder", &folder)?;
                let path: Arc<str> = Arc::from(folder.as_str());
                let watch = run_blocking(move || Ok(Watch::of_folder(path, &definitions, explain))).await?;
                if watch.is_too_large() {
                    let message = format!(
                        "holds more than {FOLDER_SUBSCRIPTION_SEARCHES_MAX} saved searches; subscribe to the folders below it, or \
                         to searches by their ids"
                    );
                    return Err(invalid("folder", message));
                }
                // A mistyped name would be a stream that stays quiet for ever.
                if watch.is_empty() { Err(EngineError::NotFound { what: "folder", name: folder }) } else { Ok(watch) }
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

fn not_open(id: String) -> EngineError {
    EngineError::NotFound { what: "open subscription", name: id }
}
