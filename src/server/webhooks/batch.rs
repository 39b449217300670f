use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use super::HookContext;
use crate::{
    base::{
        Timestamp,
        limits::{WEBHOOK_BATCH_BYTES_MAX, WEBHOOK_BATCH_ITEMS_MAX},
    },
    engine::{
        AlertDelivery, Delivery, EngineError, FiringStream, SubscribeRequest, SubscribeStart, SubscribeTo,
        Subscription, WatchAlertsRequest,
    },
    model::{Webhook, WebhookSource},
    proto::v1 as wire,
    server::convert::{event_to_wire, firing_to_wire},
    webhook::{Message, signature},
};

/// Seconds between two signs of life of what is read.
const HEARTBEAT_SECONDS: u32 = 10;

/// What a webhook reads.
pub(super) enum Source {
    Events(Subscription),
    Firings(FiringStream),
}

/// What comes from it.
pub(super) enum Item {
    Event(Box<wire::Event>, Timestamp),
    Firing(Box<wire::Firing>, Timestamp),
    /// Everything up to here has come.
    Position(u64),
    /// Nothing comes any more.
    End(String),
}

/// The next delivery; that the stream has begun is nothing to a hook.
async fn after_begun(subscription: &mut Subscription) -> Option<Delivery> {
    match subscription.next().await {
        Some(Delivery::Begun { .. }) => subscription.next().await,
        delivery => delivery,
    }
}

/// What is sent at once.
#[derive(Debug)]
pub(super) struct Batch {
    /// Behind this position…
    pub(super) after: u64,
    /// …up to this one.
    pub(super) to: u64,
    /// When the first of it was recorded.
    pub(super) oldest_at: Timestamp,
    pub(super) delivery: wire::WebhookDelivery,
    bytes: usize,
}

impl Source {
    /// Reads what a webhook sends, behind a position.
    pub(super) async fn open(context: &HookContext, source: &WebhookSource, after: u64) -> Result<Self, EngineError> {
        let (to, time_zone) = match source {
            WebhookSource::Alerts(alerts) => {
                let request = WatchAlertsRequest {
                    after_firing: Some(after),
                    alerts: alerts.clone(),
                    heartbeat_seconds: HEARTBEAT_SECONDS,
                };
                return Ok(Self::Firings(context.engine.watch_alerts(request).await?));
            }
            WebhookSource::Query { query, time_zone } => (SubscribeTo::Query(query.clone()), time_zone.clone()),
            WebhookSource::SavedSearches(ids) => (SubscribeTo::SavedSearches(ids.clone()), String::new()),
        };
        let request = SubscribeRequest {
            to,
            start: SubscribeStart::After(crate::base::Seq(after)),
            name: None,
            heartbeat_seconds: HEARTBEAT_SECONDS,
            time_zone,
            explain: false,
        };
        Ok(Self::Events(context.engine.subscribe(request).await?))
    }

    /// The next that comes. Cancel-safe.
    pub(super) async fn next(&mut self) -> Item {
        let ended = || Item::End("what it reads has ended".to_owned());
        match self {
            Self::Events(subscription) => match after_begun(subscription).await {
                Some(Delivery::Event(event)) => Item::Event(Box::new(event_to_wire(&event)), event.version.recorded_at),
                Some(Delivery::CaughtUp { seq }) => Item::Position(seq.0),
                Some(Delivery::Heartbeat { evaluated_seq, .. }) => Item::Position(evaluated_seq.0),
                Some(Delivery::Redefined(redefined)) => Item::Position(redefined.seq.0),
                Some(Delivery::Goodbye { reason, .. }) => Item::End(reason),
                Some(Delivery::Begun { .. }) | None => ended(),
            },
            Self::Firings(firings) => match firings.next().await {
                Some(AlertDelivery::Firing(firing)) => {
                    let recorded_at = firing.recorded_at;
                    Item::Firing(Box::new(firing_to_wire(*firing)), recorded_at)
                }
                Some(AlertDelivery::Heartbeat { last_firing, .. }) => Item::Position(last_firing),
                Some(AlertDelivery::Goodbye { reason, .. }) => Item::End(reason),
                None => ended(),
            },
        }
    }
}

impl Item {
    /// Its own position; none where it ends.
    pub(super) fn position(&self) -> Option<u64> {
        match self {
            Self::Event(event, _) => Some(event.seq),
            Self::Firing(firing, _) => Some(firing.number),
            Self::Position(position) => Some(*position),
            Self::End(_) => None,
        }
    }
}

impl Batch {
    /// An empty one behind a position.
    pub(super) fn after(after: u64, webhook: &Webhook) -> Self {
        let delivery = wire::WebhookDelivery { webhook: webhook.id.clone(), ..wire::WebhookDelivery::default() };
        Self { after, to: after, oldest_at: Timestamp::MAX, delivery, bytes: 0 }
    }

    /// Takes what comes next, in order.
    pub(super) fn take(&mut self, item: Item) {
        self.to = item.position().unwrap_or(self.to).max(self.to);
        let recorded_at = match item {
            Item::Event(event, recorded_at) => {
                self.bytes += event.encoded_len();
                self.delivery.events.push(*event);
                recorded_at
            }
            Item::Firing(firing, recorded_at) => {
                self.bytes += firing.encoded_len();
                self.delivery.firings.push(*firing);
                recorded_at
            }
            Item::Position(_) | Item::End(_) => return,
        };
        self.oldest_at = self.oldest_at.min(recorded_at);
    }

    pub(super) fn items(&self) -> usize {
        self.delivery.events.len() + self.delivery.firings.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.items() >= WEBHOOK_BATCH_ITEMS_MAX || self.bytes >= WEBHOOK_BATCH_BYTES_MAX
    }

    /// Names it for the receiver: the same at every attempt, and of no other batch.
    pub(super) fn id(&self, webhook: &Webhook) -> String {
        format!("{}-{:x}-{}-{}", webhook.id, webhook.created_at.as_microsecond(), self.after, self.to)
    }
}

/// The delivery of a test.
pub(crate) fn test_delivery(webhook: &Webhook) -> wire::WebhookDelivery {
    wire::WebhookDelivery { webhook: webhook.id.clone(), test: true, ..wire::WebhookDelivery::default() }
}

/// A delivery made ready to be sent, all but its time and signature.
pub(super) async fn body(context: &HookContext, delivery: wire::WebhookDelivery) -> Result<Bytes, EngineError> {
    let json = Arc::clone(&context.json);
    let written =
        tokio::task::spawn_blocking(move || json.write_message("ascolto.v1.WebhookDelivery", &delivery)).await;
    let internal = |message: String| EngineError::Internal { message };
    let text = written.map_err(|error| internal(error.to_string()))?.map_err(internal)?;
    Ok(Bytes::from(text))
}

/// A message that is sent at this moment.
pub(crate) fn message(webhook: &Webhook, id: String, body: Bytes, now: Timestamp) -> Message {
    let timestamp = now.as_second();
    let signature = signature(&webhook.secret, &id, timestamp, &body);
    Message { id, timestamp, signature, body }
}
