//! Names under which the server keeps how far subscribers are.

use super::{Engine, EngineError, Recorded, Work, ingest::mixed_up, run_blocking};
use crate::{
    base::{Seq, Timestamp, limits::DURABLE_SUBSCRIPTIONS_MAX},
    model::DurableSubscription,
    store::{self, Group},
};

/// A durable subscription and whether a stream is open under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurableStatus {
    /// What is kept.
    pub subscription: DurableSubscription,
    /// A stream is open under it.
    pub connected: bool,
}

/// The subscription of this name; a new one that starts there where the name is new, `None` where there are too many.
pub(super) fn begin(
    group: &mut Group<'_>,
    name: &str,
    start: Option<Seq>,
    now: Timestamp,
) -> Result<Option<DurableSubscription>, store::Error> {
    if let Some(known) = group.durable_subscription(name)? {
        return Ok(Some(known));
    }
    if group.durable_subscription_count()? >= DURABLE_SUBSCRIPTIONS_MAX {
        return Ok(None);
    }
    let new =
        DurableSubscription { name: name.to_owned(), acknowledged: start, created_at: now, acknowledged_at: None };
    group.put_durable_subscription(&new)?;
    Ok(Some(new))
}

/// Moves the subscription on, never back; `None` where there is none.
pub(super) fn acknowledge(
    group: &mut Group<'_>,
    name: &str,
    seq: Seq,
    now: Timestamp,
) -> Result<Option<DurableSubscription>, store::Error> {
    let Some(mut known) = group.durable_subscription(name)? else { return Ok(None) };
    if known.acknowledged.is_none_or(|acknowledged| acknowledged < seq) {
        known.acknowledged = Some(seq);
        known.acknowledged_at = Some(now);
        group.put_durable_subscription(&known)?;
    }
    Ok(Some(known))
}

impl Engine {
    /// Where a stream under this name begins: after what was acknowledged, or at `start` where the name is new. `None` is a
    /// snapshot.
    pub(super) async fn begin_durable(&self, name: String, start: Option<Seq>) -> Result<Option<Seq>, EngineError> {
        match self.record(Work::BeginSubscription { name, start }).await? {
            Recorded::SubscriptionBegun(Some(subscription)) => Ok(subscription.acknowledged),
            Recorded::SubscriptionBegun(None) => {
                let message =
                    format!("there are {DURABLE_SUBSCRIPTIONS_MAX} durable subscriptions; delete those nobody uses");
                Err(EngineError::ResourceExhausted { message })
            }
            other => Err(mixed_up(&other)),
        }
    }

    /// Everything up to this seq is dealt with under this name. A seq below what was acknowledged before changes nothing.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::OutOfRange`] where nothing with that seq was recorded yet.
    pub async fn acknowledge_subscription(&self, name: String, seq: Seq) -> Result<DurableStatus, EngineError> {
        let (oldest, newest) = (self.store.oldest_seq(), self.store.last_seq());
        if seq > newest {
            return Err(EngineError::OutOfRange { asked: seq, oldest, newest });
        }
        match self.record(Work::AcknowledgeSubscription { name: name.clone(), seq }).await? {
            Recorded::SubscriptionAcknowledged(known) => {
                known.map(|known| self.with_connection(known)).ok_or_else(|| not_found(name))
            }
            other => Err(mixed_up(&other)),
        }
    }

    /// A durable subscription.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn durable_subscription(&self, name: String) -> Result<DurableStatus, EngineError> {
        let store = self.store.clone();
        let known = run_blocking(move || store.durable_subscription(&name)?.ok_or_else(|| not_found(name))).await?;
        Ok(self.with_connection(known))
    }

    /// Durable subscriptions ordered by name, those after the given one, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn durable_subscriptions(
        &self,
        after_name: &str,
        count: usize,
    ) -> Result<Vec<DurableStatus>, EngineError> {
        let (store, after) = (self.store.clone(), after_name.to_owned());
        let known = run_blocking(move || Ok(store.durable_subscriptions_after(&after, count)?)).await?;
        Ok(known.into_iter().map(|known| self.with_connection(known)).collect())
    }

    /// Forgets a name and ends the stream that is open under it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn delete_durable_subscription(&self, name: String) -> Result<(), EngineError> {
        match self.record(Work::DeleteSubscription(name.clone())).await? {
            Recorded::SubscriptionDeleted(true) => {
                self.subscriptions.end_deleted(&name);
                Ok(())
            }
            Recorded::SubscriptionDeleted(false) => Err(not_found(name)),
            other => Err(mixed_up(&other)),
        }
    }

    fn with_connection(&self, subscription: DurableSubscription) -> DurableStatus {
        let connected = self.subscriptions.is_connected(&subscription.name);
        DurableStatus { subscription, connected }
    }
}

fn not_found(name: String) -> EngineError {
    EngineError::NotFound { what: "subscription", name }
}
