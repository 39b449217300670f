use std::collections::{BTreeMap, VecDeque};

use super::{MentionName, words};
use crate::base::{Seq, Timestamp};

/// A rule that says when somebody wants to be told of what enters a saved search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// What enters it counts.
    pub saved_search: String,
    /// When it fires.
    pub kind: AlertKind,
    /// How long it stays quiet after it fired; `None` is what is usual for its kind.
    pub cooldown_minutes: Option<u32>,
    /// Mentions that were written longer ago than this when they enter do not count; 0 counts all.
    pub age_hours_max: u32,
    /// IANA zone of its hours; empty is UTC.
    pub time_zone: String,
    /// Whether it fires. One that does not goes on learning.
    pub enabled: bool,
    /// For people; may be empty.
    pub note: String,
    /// Counts its edits, from 1; goes on over a deletion.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

/// When an alert fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// Whenever a mention enters.
    EveryMatch,
    /// When at least so many have entered within a sliding window.
    Count {
        /// How many.
        matches: u32,
        /// The window.
        minutes: u32,
    },
    /// When far more have entered since the hour began than at this hour of the week usually do.
    Spike {
        /// How far.
        sensitivity: Sensitivity,
        /// Fewer are never a spike.
        matches_min: u32,
    },
    /// When nothing has entered for so long.
    Silence {
        /// How long.
        minutes: u32,
    },
}

impl AlertKind {
    /// As it is written on the command line and in messages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::EveryMatch => "every_match",
            Self::Count { .. } => "count",
            Self::Spike { .. } => "spike",
            Self::Silence { .. } => "silence",
        }
    }
}

words! {
    /// How far from the usual a spike has to be.
    Sensitivity {
        /// Only what is out of all proportion.
        Low = 1 "low",
        /// What happens by chance about once in some years.
        Medium = 2 "medium",
        /// What happens by chance about once a month.
        High = 3 "high",
    }
}

impl Alert {
    /// What changes with every edit.
    #[must_use]
    pub fn etag(&self) -> String {
        self.revision.to_string()
    }
}

/// What an alert remembers of what has entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertState {
    /// Versions up to here do not count.
    pub after: Seq,
    /// It counts from this moment on.
    pub since: Timestamp,
    /// When it last fired, by the moment it told of.
    pub last_fired_at: Option<Timestamp>,
    /// When something last entered.
    pub last_entered_at: Option<Timestamp>,
    /// What entered since it last fired.
    pub unfired: Unfired,
    /// The newest that entered, oldest first; at most [`crate::base::limits::ALERT_SAMPLE_MENTIONS_MAX`].
    pub newest: VecDeque<(Seq, MentionName)>,
    /// Of a count: what entered within the window, oldest first; at most [`crate::base::limits::ALERT_COUNT_MAX`]. Of a spike:
    /// the first that entered in the present hour.
    pub window: VecDeque<(Seq, Timestamp)>,
    /// Of a spike: how many entered in each local hour, counted from 1970; hours without any are left out.
    pub hours: BTreeMap<i64, u32>,
    /// Of a silence: it has been told of.
    pub silence_is_told: bool,
}

/// What entered since an alert last fired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfired {
    /// How many.
    pub count: u64,
    /// The first of them; zero where there is none.
    pub first_seq: Seq,
}

impl AlertState {
    /// One that counts what comes after this version.
    #[must_use]
    pub fn new(after: Seq, since: Timestamp) -> Self {
        Self {
            after,
            since,
            last_fired_at: None,
            last_entered_at: None,
            unfired: Unfired::default(),
            newest: VecDeque::new(),
            window: VecDeque::new(),
            hours: BTreeMap::new(),
            silence_is_told: false,
        }
    }
}

/// That an alert fired. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    /// Dense, from 1, over all alerts; zero until it is recorded.
    pub number: u64,
    /// Whose it is.
    pub alert: String,
    /// What that alert counted.
    pub saved_search: String,
    /// The moment it tells of: when the mention that made it fire was recorded, or when the silence was long enough.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How many entered.
    pub count: u64,
    /// There may be more than `count`.
    pub at_least: bool,
    /// Of a spike: how many usually do.
    pub usual: Option<Usual>,
    /// In words.
    pub reason: String,
    /// Some of what entered, the newest last.
    pub sample: Vec<MentionName>,
    /// The first version it tells of; of a silence the one it begins after.
    pub first_seq: Seq,
    /// The last version it tells of.
    pub last_seq: Seq,
}

/// What is usual for an hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// From.
    pub low: u32,
    /// To.
    pub high: u32,
}

/// Where the follower that counts for the alerts stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertPosition {
    /// Everything up to here is counted.
    pub seq: Seq,
    /// Changes whenever an alert is made, edited or forgotten.
    pub revision: u64,
    /// Number of the newest firing.
    pub last_firing: u64,
}
