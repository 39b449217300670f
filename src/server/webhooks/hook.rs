use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use tokio::{sync::watch, time::Instant};

use super::{
    HookContext, RETRY_WAIT,
    batch::{Batch, Item, Source, body, message},
};
use crate::{
    base::{Timestamp, limits::WEBHOOK_DEAD_LETTERS_MAX},
    engine::{EngineError, KnownWebhook, WebhookProgress},
    model::{DeadLetter, Webhook, WebhookState},
    webhook::{CallError, Target},
};

/// How long a batch waits for more, so that a burst is not a call for each.
const GATHER_WAIT: Duration = Duration::from_millis(50);
/// How often a position is recorded while nothing is sent: what a start has to read again.
const POSITION_WAIT: Duration = Duration::from_secs(60);

/// A webhook at work.
pub(super) struct Hook {
    context: HookContext,
    webhook: Webhook,
    state: WebhookState,
    /// Edits, and wishes to send dead letters again.
    edits: watch::Receiver<u64>,
    position_recorded_at: Instant,
}

/// Why a task is over.
struct Over;

/// What a task is doing comes to its end, or fails and is tried again.
enum Broken {
    Over,
    Failed(String),
}

impl From<Over> for Broken {
    fn from(Over: Over) -> Self {
        Self::Over
    }
}

impl From<EngineError> for Broken {
    fn from(error: EngineError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Hook {
    pub(super) fn new(context: HookContext, known: KnownWebhook, edits: watch::Receiver<u64>) -> Self {
        let KnownWebhook { webhook, state, .. } = known;
        Self { context, webhook, state, edits, position_recorded_at: Instant::now() }
    }

    /// Sends until it is edited or the server stops.
    pub(super) async fn run(mut self) {
        loop {
            let Err(Broken::Failed(reason)) = self.follow().await else { return };
            tracing::warn!(webhook = self.webhook.id, reason, "a webhook cannot go on; it is tried again");
            self.state.failing_since.get_or_insert(self.context.clock.now());
            self.state.failure = reason;
            // Where even that is not recorded, the log says why.
            let is_over = matches!(self.record(None, None).await, Err(Broken::Over));
            if is_over || self.rest(RETRY_WAIT).await.is_err() {
                return;
            }
        }
    }

    async fn follow(&mut self) -> Result<std::convert::Infallible, Broken> {
        let mut source = Source::open(&self.context, &self.webhook.source, self.state.position).await?;
        let mut has_requests = true;
        loop {
            if std::mem::take(&mut has_requests) {
                self.redeliver().await?;
            }
            let item = tokio::select! {
                item = source.next() => item,
                changed = self.edits.changed() => {
                    has_requests = true;
                    if changed.is_err() { return Err(Broken::Over) }
                    continue;
                }
            };
            match item {
                Item::End(reason) => return Err(self.ended(reason)),
                Item::Position(position) => self.pass_over(position).await?,
                first => {
                    let mut batch = Batch::after(self.state.position, &self.webhook);
                    batch.take(first);
                    gather(&mut source, &mut batch).await;
                    self.deliver(batch).await?;
                }
            }
        }
    }

    fn ended(&self, reason: String) -> Broken {
        if self.context.stop.has_begun() { Broken::Over } else { Broken::Failed(reason) }
    }

    /// Nothing up to there is for it.
    async fn pass_over(&mut self, position: u64) -> Result<(), Broken> {
        if position <= self.state.position {
            return Ok(());
        }
        self.state.position = position;
        if self.position_recorded_at.elapsed() >= POSITION_WAIT {
            self.record(None, None).await?;
        }
        Ok(())
    }

    /// Sends a batch until it gets through or is given up.
    async fn deliver(&mut self, batch: Batch) -> Result<(), Broken> {
        let (id, items) = (batch.id(&self.webhook), batch.items());
        let body = body(&self.context, batch.delivery).await?;
        loop {
            let Err(error) = self.call(&id, &body).await else {
                self.got_through();
                self.state.position = batch.to;
                return self.record(None, None).await;
            };
            let now = self.context.clock.now();
            self.state.attempts = self.state.attempts.saturating_add(1);
            let failing_since = *self.state.failing_since.get_or_insert(now);
            self.state.failure = error.to_string();
            tracing::info!(webhook = self.webhook.id, attempts = self.state.attempts, %error, "a delivery failed");
            if self.is_given_up(batch.oldest_at, failing_since, now).await? {
                self.state.last_dead_letter += 1;
                self.state.position = batch.to;
                let letter = DeadLetter {
                    number: self.state.last_dead_letter,
                    after: batch.after,
                    to: batch.to,
                    items: u32::try_from(items).unwrap_or(u32::MAX),
                    given_up_at: now,
                    failure: error.to_string(),
                    is_requested: false,
                };
                return self.record(Some(letter), None).await;
            }
            self.record(None, None).await?;
            self.rest(self.context.options.retry.after(self.state.attempts)).await?;
        }
    }

    /// Old enough, and not only because the server itself was away; and there is room for one more dead letter.
    async fn is_given_up(
        &self,
        oldest_at: Timestamp,
        failing_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Broken> {
        let options = &self.context.options;
        let lasts = |since: Timestamp, at_least: Duration| {
            SignedDuration::try_from(at_least).is_ok_and(|at_least| now.duration_since(since) >= at_least)
        };
        if !lasts(oldest_at, options.give_up_after) || !lasts(failing_since, options.give_up_failing) {
            return Ok(false);
        }
        let known = self.context.engine.webhook(self.webhook.id.clone()).await?;
        Ok(known.dead_letters < WEBHOOK_DEAD_LETTERS_MAX)
    }

    /// Sends the dead letters again that somebody asked for, each once.
    async fn redeliver(&mut self) -> Result<(), Broken> {
        let engine = &self.context.engine;
        let letters = engine.dead_letters(self.webhook.id.clone(), 0, usize::MAX).await;
        let letters = match letters {
            // It was deleted a moment ago.
            Err(EngineError::NotFound { .. }) => return Err(Broken::Over),
            other => other?,
        };
        for letter in letters.into_iter().filter(|letter| letter.is_requested) {
            let number = letter.number;
            match self.send_again(&letter).await? {
                Ok(()) => {
                    self.got_through();
                    self.record(None, Some(number)).await?;
                }
                Err(failure) => {
                    let kept = DeadLetter { is_requested: false, failure, ..letter };
                    self.record(Some(kept), None).await?;
                }
            }
        }
        Ok(())
    }

    async fn send_again(&self, letter: &DeadLetter) -> Result<Result<(), String>, Broken> {
        let mut source = match Source::open(&self.context, &self.webhook.source, letter.after).await {
            Ok(source) => source,
            Err(error @ (EngineError::OutOfRange { .. } | EngineError::FiringOutOfRange { .. })) => {
                return Ok(Err(error.to_string()));
            }
            Err(error) => return Err(error.into()),
        };
        let mut batch = Batch::after(letter.after, &self.webhook);
        batch.delivery.redelivery = true;
        loop {
            match source.next().await {
                Item::End(reason) => return Err(self.ended(reason)),
                item if item.position().is_none_or(|position| position > letter.to) => break,
                item => batch.take(item),
            }
            if batch.to >= letter.to {
                break;
            }
        }
        batch.to = letter.to;
        let id = batch.id(&self.webhook);
        let body = body(&self.context, batch.delivery).await?;
        Ok(self.call(&id, &body).await.map_err(|error| error.to_string()))
    }

    async fn call(&self, id: &str, body: &Bytes) -> Result<(), CallError> {
        let target =
            Target::parse(&self.webhook.url).map_err(|error| CallError::Broken { reason: error.to_string() })?;
        let message = message(&self.webhook, id.to_owned(), body.clone(), self.context.clock.now());
        self.context.caller.call(&target, &message).await.map(drop)
    }

    fn got_through(&mut self) {
        self.state.delivered += 1;
        self.state.delivered_at = Some(self.context.clock.now());
        self.state.failing_since = None;
        self.state.attempts = 0;
        self.state.failure.clear();
    }

    /// Makes durable where it is. Over, where it was edited or deleted meanwhile.
    async fn record(&mut self, put: Option<DeadLetter>, removed: Option<u64>) -> Result<(), Broken> {
        self.position_recorded_at = Instant::now();
        let (id, revision) = (self.webhook.id.clone(), self.webhook.revision);
        let progress = WebhookProgress { id, revision, state: self.state.clone(), put, removed };
        if self.context.engine.record_webhook(progress).await? { Ok(()) } else { Err(Broken::Over) }
    }

    /// Waits, but not longer than the server lives.
    async fn rest(&self, wait: Duration) -> Result<(), Over> {
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = self.context.stop.begun() => Err(Over),
        }
    }
}

/// Takes what comes within a moment.
async fn gather(source: &mut Source, batch: &mut Batch) {
    let end = Instant::now() + GATHER_WAIT;
    while !batch.is_full() {
        // The end of the source is met again with the next batch.
        match tokio::time::timeout_at(end, source.next()).await {
            Ok(Item::End(_)) | Err(_) => return,
            Ok(item) => batch.take(item),
        }
    }
}
