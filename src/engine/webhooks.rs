//! Webhooks: their settings, how far they are, and what was given up. Who calls them is the server's affair.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Engine, EngineError, Recorded, Work, ingest::mixed_up, library::Library, run_blocking, saved_searches};
use crate::{
    base::{
        Timestamp,
        limits::{
            SUBSCRIPTION_SEARCHES_MAX, WEBHOOK_ALERTS_MAX, WEBHOOK_ID_BYTES_MAX, WEBHOOK_NOTE_BYTES_MAX, WEBHOOKS_MAX,
        },
    },
    model::{DeadLetter, Webhook, WebhookSource, WebhookState},
    store::{self, Group, KnownWebhook},
    webhook::Target,
};

/// An edit of webhooks, or of how far one is.
#[derive(Debug)]
pub(super) enum WebhookEdit {
    Create(Webhook),
    /// `etag` empty: whatever it is. The secret stays unless a new one is given.
    Update {
        webhook: Webhook,
        etag: String,
        rotates_secret: bool,
    },
    Delete {
        id: String,
        etag: String,
    },
    /// `numbers` empty: all.
    Request {
        id: String,
        numbers: Vec<u64>,
    },
    Progress(WebhookProgress),
}

/// How far a webhook has come, and what was given up or sent after all.
#[derive(Clone, Debug)]
pub struct WebhookProgress {
    /// Which one.
    pub id: String,
    /// As its caller knows it; of another one nothing is recorded.
    pub revision: u64,
    /// Where it is now.
    pub state: WebhookState,
    /// Given up, or kept after another failure.
    pub put: Option<DeadLetter>,
    /// Sent after all.
    pub removed: Option<u64>,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum WebhookEdited {
    Kept(Box<KnownWebhook>),
    Deleted,
    Requested(u64),
    Recorded,
    Outdated,
    AlreadyExists,
    NotFound,
    Stale { etag: String },
    TooMany,
}

impl WebhookEdit {
    pub(super) fn record(&self, group: &mut Group<'_>, now: Timestamp) -> Result<WebhookEdited, store::Error> {
        match self {
            Self::Create(webhook) => create(group, webhook, now),
            Self::Update { webhook, etag, rotates_secret } => update(group, webhook, etag, *rotates_secret, now),
            Self::Delete { id, etag } => delete(group, id, etag),
            Self::Request { id, numbers } => request(group, id, numbers),
            Self::Progress(progress) => record_progress(group, progress),
        }
    }
}

fn create(group: &mut Group<'_>, webhook: &Webhook, now: Timestamp) -> Result<WebhookEdited, store::Error> {
    if group.webhook(&webhook.id)?.is_some() {
        return Ok(WebhookEdited::AlreadyExists);
    }
    if group.webhook_count()? >= WEBHOOKS_MAX {
        return Ok(WebhookEdited::TooMany);
    }
    let state = WebhookState { position: newest(group, &webhook.source)?, ..WebhookState::default() };
    let revision = now.as_microsecond().unsigned_abs();
    put(group, Webhook { created_at: now, updated_at: now, revision, ..webhook.clone() }, state)
}

fn update(
    group: &mut Group<'_>,
    webhook: &Webhook,
    etag: &str,
    rotates_secret: bool,
    now: Timestamp,
) -> Result<WebhookEdited, store::Error> {
    let Some(known) = group.webhook(&webhook.id)? else { return Ok(WebhookEdited::NotFound) };
    if !etag.is_empty() && etag != known.etag() {
        return Ok(WebhookEdited::Stale { etag: known.etag() });
    }
    let counts_the_same =
        matches!(known.source, WebhookSource::Alerts(_)) == matches!(webhook.source, WebhookSource::Alerts(_));
    let mut state = group.webhook_state(&webhook.id)?.unwrap_or_default();
    if known.source != webhook.source {
        // Its dead letters lie in what it sent before.
        for letter in group.dead_letters_after(&webhook.id, 0, usize::MAX)? {
            group.remove_dead_letter(&webhook.id, letter.number)?;
        }
    }
    if !counts_the_same {
        state = WebhookState { position: newest(group, &webhook.source)?, ..WebhookState::default() };
    }
    // What is mended is tried at once.
    state.failing_since = None;
    state.attempts = 0;
    let secret = if rotates_secret { webhook.secret.clone() } else { known.secret };
    let revision = (known.revision + 1).max(now.as_microsecond().unsigned_abs());
    let edited = Webhook { secret, revision, created_at: known.created_at, updated_at: now, ..webhook.clone() };
    put(group, edited, state)
}

fn put(group: &mut Group<'_>, webhook: Webhook, state: WebhookState) -> Result<WebhookEdited, store::Error> {
    group.put_webhook(&webhook)?;
    group.put_webhook_state(&webhook.id, &state)?;
    let dead_letters = group.dead_letters_after(&webhook.id, 0, usize::MAX)?.len() as u64;
    Ok(WebhookEdited::Kept(Box::new(KnownWebhook { webhook, state, dead_letters })))
}

fn delete(group: &mut Group<'_>, id: &str, etag: &str) -> Result<WebhookEdited, store::Error> {
    let Some(known) = group.webhook(id)? else { return Ok(WebhookEdited::NotFound) };
    if !etag.is_empty() && etag != known.etag() {
        return Ok(WebhookEdited::Stale { etag: known.etag() });
    }
    group.remove_webhook(id)?;
    Ok(WebhookEdited::Deleted)
}

fn request(group: &mut Group<'_>, id: &str, numbers: &[u64]) -> Result<WebhookEdited, store::Error> {
    if group.webhook(id)?.is_none() {
        return Ok(WebhookEdited::NotFound);
    }
    let mut requested = 0;
    for letter in group.dead_letters_after(id, 0, usize::MAX)? {
        if numbers.is_empty() || numbers.contains(&letter.number) {
            group.put_dead_letter(id, &DeadLetter { is_requested: true, ..letter })?;
            requested += 1;
        }
    }
    Ok(WebhookEdited::Requested(requested))
}

fn record_progress(group: &mut Group<'_>, progress: &WebhookProgress) -> Result<WebhookEdited, store::Error> {
    let known = group.webhook(&progress.id)?;
    if known.is_none_or(|known| known.revision != progress.revision) {
        return Ok(WebhookEdited::Outdated);
    }
    group.put_webhook_state(&progress.id, &progress.state)?;
    if let Some(letter) = &progress.put {
        group.put_dead_letter(&progress.id, letter)?;
    }
    if let Some(number) = progress.removed {
        group.remove_dead_letter(&progress.id, number)?;
    }
    Ok(WebhookEdited::Recorded)
}

/// Behind everything that has happened so far.
fn newest(group: &mut Group<'_>, source: &WebhookSource) -> Result<u64, store::Error> {
    match source {
        WebhookSource::Alerts(_) => Ok(group.alert_position()?.last_firing),
        WebhookSource::Query { .. } | WebhookSource::SavedSearches(_) => Ok(group.next_seq().previous().0),
    }
}

impl Engine {
    /// Makes a webhook that sends what happens from now on.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::AlreadyExists`], faults of its query.
    pub async fn create_webhook(&self, webhook: Webhook) -> Result<KnownWebhook, EngineError> {
        self.check_webhook(&webhook).await?;
        let id = webhook.id.clone();
        self.edit_webhook(id, WebhookEdit::Create(webhook)).await
    }

    /// Puts new settings in place of a webhook's. It goes on where it was, unless it sends something else from now on.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::NotFound`], [`EngineError::Stale`], faults of its query.
    pub async fn update_webhook(
        &self,
        webhook: Webhook,
        etag: String,
        rotates_secret: bool,
    ) -> Result<KnownWebhook, EngineError> {
        self.check_webhook(&webhook).await?;
        let id = webhook.id.clone();
        self.edit_webhook(id, WebhookEdit::Update { webhook, etag, rotates_secret }).await
    }

    /// A webhook.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn webhook(&self, id: String) -> Result<KnownWebhook, EngineError> {
        let store = self.store.clone();
        run_blocking(move || store.webhook(&id)?.ok_or_else(|| not_found(id))).await
    }

    /// Webhooks ordered by id, those after the given one, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn webhooks(&self, after_id: &str, count: usize) -> Result<Vec<KnownWebhook>, EngineError> {
        let (store, after) = (self.store.clone(), after_id.to_owned());
        run_blocking(move || Ok(store.webhooks_after(&after, count)?)).await
    }

    /// Forgets a webhook with its dead letters.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Stale`].
    pub async fn delete_webhook(&self, id: String, etag: String) -> Result<(), EngineError> {
        match self.record(Work::Webhook(WebhookEdit::Delete { id: id.clone(), etag })).await? {
            Recorded::Webhook(WebhookEdited::Deleted) => {
                self.webhooks_edited();
                Ok(())
            }
            Recorded::Webhook(WebhookEdited::NotFound) => Err(not_found(id)),
            Recorded::Webhook(WebhookEdited::Stale { etag }) => Err(stale(id, etag)),
            other => Err(mixed_up(&other)),
        }
    }

    /// Dead letters of a webhook after a number, in order, at most so many.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn dead_letters(&self, id: String, after: u64, count: usize) -> Result<Vec<DeadLetter>, EngineError> {
        let store = self.store.clone();
        run_blocking(move || {
            let letters = store.dead_letters_after(&id, after, count)?;
            if letters.is_empty() && store.webhook(&id)?.is_none() {
                return Err(not_found(id));
            }
            Ok(letters)
        })
        .await
    }

    /// Has dead letters sent again, all of them where no numbers are given; says how many.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn request_dead_letters(&self, id: String, numbers: Vec<u64>) -> Result<u64, EngineError> {
        match self.record(Work::Webhook(WebhookEdit::Request { id: id.clone(), numbers })).await? {
            Recorded::Webhook(WebhookEdited::Requested(count)) => {
                self.webhooks_edited();
                Ok(count)
            }
            Recorded::Webhook(WebhookEdited::NotFound) => Err(not_found(id)),
            other => Err(mixed_up(&other)),
        }
    }

    /// Records how far a webhook has come. False where it was edited or deleted meanwhile, and nothing was recorded.
    ///
    /// # Errors
    /// What keeps the log from being written.
    pub async fn record_webhook(&self, progress: WebhookProgress) -> Result<bool, EngineError> {
        match self.record(Work::Webhook(WebhookEdit::Progress(progress))).await? {
            Recorded::Webhook(WebhookEdited::Recorded) => Ok(true),
            Recorded::Webhook(WebhookEdited::Outdated) => Ok(false),
            other => Err(mixed_up(&other)),
        }
    }

    /// Changes whenever webhooks are edited or dead letters are asked for.
    #[must_use]
    pub fn webhook_edits(&self) -> watch::Receiver<u64> {
        self.webhook_edits.subscribe()
    }

    fn webhooks_edited(&self) {
        self.webhook_edits.send_modify(|edits| *edits += 1);
    }

    async fn edit_webhook(&self, id: String, edit: WebhookEdit) -> Result<KnownWebhook, EngineError> {
        match self.record(Work::Webhook(edit)).await? {
            Recorded::Webhook(WebhookEdited::Kept(known)) => {
                self.webhooks_edited();
                Ok(*known)
            }
            Recorded::Webhook(WebhookEdited::AlreadyExists) => {
                Err(EngineError::AlreadyExists { what: "webhook", name: id })
            }
            Recorded::Webhook(WebhookEdited::NotFound) => Err(not_found(id)),
            Recorded::Webhook(WebhookEdited::Stale { etag }) => Err(stale(id, etag)),
            Recorded::Webhook(WebhookEdited::TooMany) => {
                let message = format!("there are {WEBHOOKS_MAX} webhooks; delete those nobody needs");
                Err(EngineError::ResourceExhausted { message })
            }
            other => Err(mixed_up(&other)),
        }
    }

    async fn check_webhook(&self, webhook: &Webhook) -> Result<(), EngineError> {
        check(webhook)?;
        let (store, library, source) = (self.store.clone(), Arc::clone(&self.library), webhook.source.clone());
        run_blocking(move || check_source(&store, &library, source)).await
    }
}

fn check(webhook: &Webhook) -> Result<(), EngineError> {
    let is_id_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if webhook.id.is_empty() || webhook.id.len() > WEBHOOK_ID_BYTES_MAX || !webhook.id.bytes().all(is_id_letter) {
        let message = format!(
            "must have 1 to {WEBHOOK_ID_BYTES_MAX} of the letters a-z, 0-9, `-`, `_` and `.`, for example `crm`"
        );
        return Err(invalid("webhook.id", message));
    }
    if webhook.note.len() > WEBHOOK_NOTE_BYTES_MAX {
        let message =
            format!("has {} bytes; at most {WEBHOOK_NOTE_BYTES_MAX} are allowed, shorten it", webhook.note.len());
        return Err(invalid("webhook.note", message));
    }
    Target::parse(&webhook.url).map(drop).map_err(|error| invalid("webhook.url", error.to_string()))
}

fn check_source(store: &store::Reader, library: &Library, source: WebhookSource) -> Result<(), EngineError> {
    match source {
        WebhookSource::Alerts(ids) => {
            if ids.len() > WEBHOOK_ALERTS_MAX {
                let message =
                    format!("has {} ids; at most {WEBHOOK_ALERTS_MAX} are allowed, or none for all", ids.len());
                return Err(invalid("webhook.firings.alerts", message));
            }
            match ids.into_iter().map(|id| Ok((store.alert(&id)?, id))).find(|found| !matches!(found, Ok((Some(_), _))))
            {
                None => Ok(()),
                Some(Err(error)) => Err(error),
                Some(Ok((_, id))) => {
                    Err(invalid("webhook.firings.alerts", format!("alert `{id}` does not exist; make it first")))
                }
            }
        }
        WebhookSource::Query { query, time_zone } => {
            saved_searches::compile(&library.definitions(), &query, &time_zone).map(drop)
        }
        WebhookSource::SavedSearches(ids) => {
            if ids.is_empty() || ids.len() > SUBSCRIPTION_SEARCHES_MAX {
                let message = format!("has {} ids; must have 1 to {SUBSCRIPTION_SEARCHES_MAX}", ids.len());
                return Err(invalid("webhook.saved_searches.ids", message));
            }
            ids.into_iter().try_for_each(|id| match library.query_of(&id) {
                Err(EngineError::NotFound { .. }) => {
                    let message = format!("saved search `{id}` does not exist; save it first");
                    Err(invalid("webhook.saved_searches.ids", message))
                }
                other => other.map(drop),
            })
        }
    }
}

fn invalid(field: &str, message: String) -> EngineError {
    EngineError::InvalidArgument { field: field.to_owned(), message }
}

fn not_found(id: String) -> EngineError {
    EngineError::NotFound { what: "webhook", name: id }
}

fn stale(id: String, etag: String) -> EngineError {
    EngineError::Stale { what: "webhook", name: id, etag }
}
