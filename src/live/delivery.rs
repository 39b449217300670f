use std::sync::Arc;

use crate::{
    base::{Seq, Span, Timestamp},
    matcher::Clause,
    model::Version,
    query::TextField,
};

/// Something a subscriber is told.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// The stream begins; comes first.
    Begun {
        /// By which its subscriber can replace what is watched.
        subscription_id: Arc<str>,
    },
    /// A mention entered, changed in or left what is watched.
    Event(Event),
    /// History is done, live begins.
    CaughtUp {
        /// Where that happened.
        seq: Seq,
    },
    /// What is watched asks something else from here on.
    Redefined(Redefined),
    /// A sign of life.
    Heartbeat {
        /// The newest version recorded.
        recorded_seq: Seq,
        /// All events up to here have been delivered.
        evaluated_seq: Seq,
        /// When it was made.
        sent_at: Timestamp,
    },
    /// The stream ends here.
    Goodbye {
        /// All events up to here have been delivered.
        seq: Seq,
        /// Why it ends, for people.
        reason: String,
        /// Whether to come back.
        kind: GoodbyeKind,
    },
}

/// Why a stream ends, as far as it tells a program what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoodbyeKind {
    /// The server is going away: come back.
    Stopping,
    /// Another stream has the name now: stay away.
    TakenOver,
    /// The name was deleted.
    Deleted,
    /// The log cannot be read.
    Failed,
    /// The folder holds more searches than a stream may watch.
    TooLarge,
}

/// A mention entered, changed in or left what is watched.
#[derive(Clone, Debug)]
pub struct Event {
    /// The version that made it happen; in a snapshot the seq the snapshot shows.
    pub seq: Seq,
    /// What happened.
    pub change: Change,
    /// The mention as it is now; its cause is the event's cause.
    pub version: Arc<Version>,
    /// Saved searches that match now, or matched before a `Left`; empty for a plain query.
    pub saved_searches: Vec<Arc<str>>,
    /// Where it matches now.
    pub highlights: Vec<(TextField, Span)>,
    /// Part of the snapshot at the start.
    pub is_snapshot: bool,
    /// Where the subscription asks for it: why each query matches now, with the id of the saved search it comes from.
    pub explanations: Vec<(Option<Arc<str>>, Clause)>,
}

/// What is watched was edited or replaced: mentions up to `seq` were judged as before, all that follow are judged anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redefined {
    /// The last one judged as before.
    pub seq: Seq,
    /// Watched saved searches that ask something else from here on; empty for a plain query.
    pub saved_searches: Vec<Arc<str>>,
    /// A plain query asks something else, because of what it refers to.
    pub is_of_query: bool,
    /// Saved searches that have come into the folder.
    pub added: Vec<Arc<str>>,
    /// Saved searches that have left the folder, or are deleted.
    pub removed: Vec<Arc<str>>,
    /// The subscriber has asked for something else.
    pub replacement: Option<Replaced>,
    /// Those that rest from here on, each with the reason; `None` is the plain query.
    pub resting: Vec<(Option<Arc<str>>, String)>,
}

/// What a subscriber gets who has replaced what is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// What comes from here on.
    FromHere,
    /// First everything that matches now, as at the start; what it held before is void.
    Snapshot,
}

/// What happened to a mention with regard to a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It matches, and did not before.
    Entered,
    /// It matches as before, but is not the same.
    Changed,
    /// It matched, and does no longer.
    Left,
}
