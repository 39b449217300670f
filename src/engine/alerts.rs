//! Alerts: their settings, what they fired, and the desk at which their follower has its work recorded.

use std::sync::{Arc, Mutex, Weak};

use tokio::sync::oneshot;

use super::{
    Engine, EngineError, Recorded, Work,
    committer::{Committer, Job, Reply},
    firing_stream::{FiringSources, FiringStream},
    ingest::mixed_up,
    library::Library,
    lock, run_blocking, stopping,
};
use crate::{
    alert::Watcher,
    base::{
        Timestamp,
        limits::{
            ALERT_AGE_HOURS_MAX, ALERT_COOLDOWN_MINUTES_MAX, ALERT_COUNT_MAX, ALERT_ID_BYTES_MAX, ALERT_NOTE_BYTES_MAX,
            ALERT_SILENCE_MINUTES_MAX, ALERT_WINDOW_MINUTES_MAX, ALERTS_MAX, HEARTBEAT_SECONDS_DEFAULT,
            HEARTBEAT_SECONDS_MAX,
        },
    },
    live::{AlertDesk, AlertStep, AlertStepOutcome},
    model::{Alert, AlertKind, AlertState, Firing},
    query::{self, Query},
    store::{self, Group},
};

/// An alert and how it is at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertStatus {
    /// Its settings.
    pub alert: Alert,
    /// Until when it only learns what is usual.
    pub learning_until: Option<Timestamp>,
    /// The moment its latest firing told of.
    pub last_fired_at: Option<Timestamp>,
    /// When something last entered; as of what was last recorded, some seconds ago at most.
    pub last_entered_at: Option<Timestamp>,
    /// Why it rests: its saved search is gone or cannot be run.
    pub problem: Option<String>,
}

/// Which firings to tell of.
#[derive(Clone, Debug, Default)]
pub struct WatchAlertsRequest {
    /// Those after this one; `None` those from now on.
    pub after_firing: Option<u64>,
    /// Of these alerts; empty: of all.
    pub alerts: Vec<String>,
    /// Between two signs of life; 0 is the default.
    pub heartbeat_seconds: u32,
}

/// An edit of alerts, or of what they have come to.
#[derive(Debug)]
pub(super) enum AlertEdit {
    Create(Alert),
    /// `etag` empty: whatever it is.
    Update {
        alert: Alert,
        etag: String,
    },
    Delete {
        id: String,
        etag: String,
    },
    Count(AlertStep),
}

/// What became of it.
#[derive(Debug)]
pub(super) enum AlertEdited {
    Kept(Box<(Alert, AlertState)>),
    Deleted,
    Counted(AlertStepOutcome),
    AlreadyExists,
    NotFound,
    Stale { etag: String },
    TooMany,
}

impl AlertEdit {
    /// About how many rows it writes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Count(step) => 1 + step.firings.len() + step.states.len(),
            _ => 1,
        }
    }

    pub(super) fn record(&self, group: &mut Group<'_>, now: Timestamp) -> Result<AlertEdited, store::Error> {
        match self {
            Self::Create(alert) => create(group, alert, now),
            Self::Update { alert, etag } => update(group, alert, etag, now),
            Self::Delete { id, etag } => delete(group, id, etag),
            Self::Count(step) => count(group, step, now).map(AlertEdited::Counted),
        }
    }
}

fn create(group: &mut Group<'_>, alert: &Alert, now: Timestamp) -> Result<AlertEdited, store::Error> {
    if group.alert(&alert.id)?.is_some() {
        return Ok(AlertEdited::AlreadyExists);
    }
    if group.alert_count()? >= ALERTS_MAX {
        return Ok(AlertEdited::TooMany);
    }
    put(group, Alert { created_at: now, ..alert.clone() }, None, now)
}

fn update(group: &mut Group<'_>, alert: &Alert, etag: &str, now: Timestamp) -> Result<AlertEdited, store::Error> {
    let Some(known) = group.alert(&alert.id)? else { return Ok(AlertEdited::NotFound) };
    if !etag.is_empty() && etag != known.etag() {
        return Ok(AlertEdited::Stale { etag: known.etag() });
    }
    let state = group.alert_state(&alert.id)?.filter(|_| remembers_the_same(&known, alert));
    put(group, Alert { created_at: known.created_at, ..alert.clone() }, state, now)
}

fn delete(group: &mut Group<'_>, id: &str, etag: &str) -> Result<AlertEdited, store::Error> {
    let Some(known) = group.alert(id)? else { return Ok(AlertEdited::NotFound) };
    if !etag.is_empty() && etag != known.etag() {
        return Ok(AlertEdited::Stale { etag: known.etag() });
    }
    group.remove_alert(id)?;
    next_revision(group)?;
    Ok(AlertEdited::Deleted)
}

/// Keeps an alert under the next revision. Without a state it begins anew, behind everything recorded so far.
fn put(
    group: &mut Group<'_>,
    alert: Alert,
    state: Option<AlertState>,
    now: Timestamp,
) -> Result<AlertEdited, store::Error> {
    let alert = Alert { revision: next_revision(group)?, updated_at: now, ..alert };
    let state = state.unwrap_or_else(|| AlertState::new(group.next_seq().previous(), now));
    group.put_alert(&alert)?;
    group.put_alert_state(&alert.id, &state)?;
    Ok(AlertEdited::Kept(Box::new((alert, state))))
}

/// Makes every step outdated that was counted without the edit.
fn next_revision(group: &mut Group<'_>) -> Result<u64, store::Error> {
    let mut position = group.alert_position()?;
    position.revision += 1;
    group.put_alert_position(position)?;
    Ok(position.revision)
}

/// Whether what one remembers is of use to the other.
fn remembers_the_same(known: &Alert, edited: &Alert) -> bool {
    let is_same_kind = match (known.kind, edited.kind) {
        (AlertKind::Count { minutes: known, .. }, AlertKind::Count { minutes: edited, .. }) => known == edited,
        (known, edited) => known.name() == edited.name(),
    };
    is_same_kind && known.saved_search == edited.saved_search && known.time_zone == edited.time_zone
}

/// Everything of a step, or nothing where it is outdated.
fn count(group: &mut Group<'_>, step: &AlertStep, now: Timestamp) -> Result<AlertStepOutcome, store::Error> {
    let mut position = group.alert_position()?;
    // Only one that was recorded but not answered differs in its place; counting it again would make everything fire twice.
    let has_moved_on = step.is_at_end && group.next_seq().previous() != step.to;
    if position != step.from || has_moved_on {
        return Ok(AlertStepOutcome::Outdated);
    }
    for firing in &step.firings {
        position.last_firing += 1;
        group.put_firing(&Firing { number: position.last_firing, recorded_at: now, ..firing.clone() })?;
    }
    for (id, state) in &step.states {
        group.put_alert_state(id, state)?;
    }
    position.seq = step.to;
    group.put_alert_position(position)?;
    Ok(AlertStepOutcome::Recorded(position))
}

/// What the follower of alerts needs of the engine.
pub(super) struct Desk {
    pub(super) library: Arc<Library>,
    /// Of the engine, and gone with it: the store is closed when nobody can write any more.
    pub(super) committer: Weak<Mutex<Committer>>,
}

impl AlertDesk for Desk {
    fn query(&self, saved_search: &str) -> Result<Query, String> {
        self.library.query_of(saved_search).map_err(|error| error.to_string())
    }

    fn record(&self, step: AlertStep) -> Result<AlertStepOutcome, String> {
        let committer = self.committer.upgrade().ok_or("the server has stopped")?;
        let door = lock(&committer).door().ok_or("the server is stopping")?;
        drop(committer);
        let (caller, recorded) = oneshot::channel();
        let job = Job { work: Work::Alert(AlertEdit::Count(step)), reply: Reply { caller, in_flight: None } };
        door.blocking_send(job).map_err(|_| "nothing is recorded any more")?;
        match recorded.blocking_recv() {
            Ok(Ok(Recorded::Alert(AlertEdited::Counted(outcome)))) => Ok(outcome),
            Ok(Ok(other)) => Err(mixed_up(&other).to_string()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("nothing is recorded any more".to_owned()),
        }
    }
}

impl Engine {
    /// Makes an alert. It counts what is recorded from now on.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], an unknown saved search among them; [`EngineError::AlreadyExists`].
    pub async fn create_alert(&self, alert: Alert) -> Result<AlertStatus, EngineError> {
        self.check_alert(&alert).await?;
        let id = alert.id.clone();
        self.edit_alert(id, AlertEdit::Create(alert)).await
    }

    /// Puts new settings in place of an alert's. What it has learned stays, unless it counts something else from now on.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::NotFound`], [`EngineError::Stale`].
    pub async fn update_alert(&self, alert: Alert, etag: String) -> Result<AlertStatus, EngineError> {
        self.check_alert(&alert).await?;
        let id = alert.id.clone();
        self.edit_alert(id, AlertEdit::Update { alert, etag }).await
    }

    /// An alert.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn alert(&self, id: String) -> Result<AlertStatus, EngineError> {
        let (store, library, now) = (self.store.clone(), Arc::clone(&self.library), self.clock.now());
        run_blocking(move || {
            let (alert, state) = store.alert(&id)?.ok_or_else(|| not_found(id))?;
            Ok(status(&library, alert, &state, now))
        })
        .await
    }

    /// Alerts ordered by id, those after the given one, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn alerts(&self, after_id: &str, count: usize) -> Result<Vec<AlertStatus>, EngineError> {
        let (store, library) = (self.store.clone(), Arc::clone(&self.library));
        let (after, now) = (after_id.to_owned(), self.clock.now());
        run_blocking(move || {
            let known = store.alerts_after(&after, count)?;
            Ok(known.into_iter().map(|(alert, state)| status(&library, alert, &state, now)).collect())
        })
        .await
    }

    /// Forgets an alert; what it fired stays.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Stale`].
    pub async fn delete_alert(&self, id: String, etag: String) -> Result<(), EngineError> {
        match self.record(Work::Alert(AlertEdit::Delete { id: id.clone(), etag })).await? {
            Recorded::Alert(AlertEdited::Deleted) => {
                self.alert_follower.edited();
                Ok(())
            }
            Recorded::Alert(AlertEdited::NotFound) => Err(not_found(id)),
            Recorded::Alert(AlertEdited::Stale { etag }) => Err(stale(id, etag)),
            other => Err(mixed_up(&other)),
        }
    }

    /// Firings before this number, of one alert where one is named, the newest first, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn firings(&self, alert: Option<String>, before: u64, count: usize) -> Result<Vec<Firing>, EngineError> {
        let store = self.store.clone();
        run_blocking(move || Ok(store.firings_before(alert.as_deref(), before, count)?)).await
    }

    /// Tells of firings, first those of the past that are asked for, then each as it happens.
    ///
    /// # Errors
    /// [`EngineError::FiringOutOfRange`]; an interval out of range.
    pub async fn watch_alerts(&self, request: WatchAlertsRequest) -> Result<FiringStream, EngineError> {
        if *self.closing.borrow() {
            return Err(stopping());
        }
        let heartbeat_seconds = match request.heartbeat_seconds {
            0 => HEARTBEAT_SECONDS_DEFAULT,
            seconds if seconds > HEARTBEAT_SECONDS_MAX => {
                let message = format!("is {seconds}; must be 1 to {HEARTBEAT_SECONDS_MAX}, or 0 for the default");
                return Err(invalid("heartbeat_seconds", message));
            }
            seconds => seconds,
        };
        let store = self.store.clone();
        let after = run_blocking(move || {
            let newest = store.alert_position()?.last_firing;
            let asked = request.after_firing.unwrap_or(newest);
            let oldest = store.oldest_firing()?.unwrap_or(newest + 1);
            if asked > newest || asked.saturating_add(1) < oldest {
                return Err(EngineError::FiringOutOfRange { asked, oldest, newest });
            }
            Ok(asked)
        })
        .await?;
        let sources = FiringSources {
            store: self.store.clone(),
            newest: self.alert_follower.newest_firing(),
            follower: Arc::clone(self.alert_follower.progress()),
            closing: self.closing.subscribe(),
            clock: Arc::clone(&self.clock),
        };
        Ok(FiringStream::begin(sources, after, request.alerts, heartbeat_seconds))
    }

    async fn edit_alert(&self, id: String, edit: AlertEdit) -> Result<AlertStatus, EngineError> {
        match self.record(Work::Alert(edit)).await? {
            Recorded::Alert(AlertEdited::Kept(kept)) => {
                let (alert, state) = *kept;
                self.alert_follower.edited();
                let (library, now) = (Arc::clone(&self.library), self.clock.now());
                run_blocking(move || Ok(status(&library, alert, &state, now))).await
            }
            Recorded::Alert(AlertEdited::AlreadyExists) => Err(EngineError::AlreadyExists { what: "alert", name: id }),
            Recorded::Alert(AlertEdited::NotFound) => Err(not_found(id)),
            Recorded::Alert(AlertEdited::Stale { etag }) => Err(stale(id, etag)),
            Recorded::Alert(AlertEdited::TooMany) => {
                let message = format!("there are {ALERTS_MAX} alerts; delete those nobody needs");
                Err(EngineError::ResourceExhausted { message })
            }
            other => Err(mixed_up(&other)),
        }
    }

    async fn check_alert(&self, alert: &Alert) -> Result<(), EngineError> {
        check(alert)?;
        let (library, saved_search) = (Arc::clone(&self.library), alert.saved_search.clone());
        run_blocking(move || match library.query_of(&saved_search) {
            Err(EngineError::NotFound { .. }) => {
                let message = format!("`{saved_search}` does not exist; save it first, with `ascolto saved add`");
                Err(invalid("alert.saved_search", message))
            }
            other => other.map(drop),
        })
        .await
    }
}

fn status(library: &Library, alert: Alert, state: &AlertState, now: Timestamp) -> AlertStatus {
    let problem = library.query_of(&alert.saved_search).err().map(|error| error.to_string());
    AlertStatus {
        learning_until: Watcher::learning_until(&alert, state, now),
        last_fired_at: state.last_fired_at,
        last_entered_at: state.last_entered_at,
        problem,
        alert,
    }
}

fn check(alert: &Alert) -> Result<(), EngineError> {
    let is_id_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if alert.id.is_empty() || alert.id.len() > ALERT_ID_BYTES_MAX || !alert.id.bytes().all(is_id_letter) {
        let message = format!(
            "must have 1 to {ALERT_ID_BYTES_MAX} of the letters a-z, 0-9, `-`, `_` and `.`, for example `crisis-it`"
        );
        return Err(invalid("alert.id", message));
    }
    if alert.note.len() > ALERT_NOTE_BYTES_MAX {
        let message = format!("has {} bytes; at most {ALERT_NOTE_BYTES_MAX} are allowed, shorten it", alert.note.len());
        return Err(invalid("alert.note", message));
    }
    query::time_zone(&alert.time_zone).map_err(|problem| invalid("alert.time_zone", problem.message))?;
    let within = |field: &str, value: u32, min: u32, max: u32| match value {
        _ if (min..=max).contains(&value) => Ok(()),
        _ => Err(invalid(field, format!("is {value}; {min} to {max} are allowed"))),
    };
    within("alert.age_hours_max", alert.age_hours_max, 0, ALERT_AGE_HOURS_MAX)?;
    if let Some(cooldown) = alert.cooldown_minutes {
        within("alert.cooldown_minutes", cooldown, 0, ALERT_COOLDOWN_MINUTES_MAX)?;
    }
    match alert.kind {
        AlertKind::EveryMatch => Ok(()),
        AlertKind::Count { matches, minutes } => {
            within("alert.count.matches", matches, 1, ALERT_COUNT_MAX)?;
            within("alert.count.minutes", minutes, 1, ALERT_WINDOW_MINUTES_MAX)
        }
        AlertKind::Spike { matches_min, .. } => within("alert.spike.matches_min", matches_min, 1, u32::MAX),
        AlertKind::Silence { .. } if alert.cooldown_minutes.is_some() => {
            let message = "has no meaning for a silence, which is told of once; leave it out".to_owned();
            Err(invalid("alert.cooldown_minutes", message))
        }
        AlertKind::Silence { minutes } => within("alert.silence.minutes", minutes, 1, ALERT_SILENCE_MINUTES_MAX),
    }
}

fn invalid(field: &str, message: String) -> EngineError {
    EngineError::InvalidArgument { field: field.to_owned(), message }
}

fn not_found(id: String) -> EngineError {
    EngineError::NotFound { what: "alert", name: id }
}

fn stale(id: String, etag: String) -> EngineError {
    EngineError::Stale { what: "alert", name: id, etag }
}
