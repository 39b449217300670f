use crate::base::Timestamp;

/// What agents have done with a mention at the care desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// Who is working on it.
    pub claim: Option<Claim>,
    /// The newest fencing token that was given out for this mention; 0 where it was never claimed. It never falls.
    pub last_token: u64,
    /// Who is to answer it; nobody else may claim it.
    pub assignee: Option<String>,
    /// Why it does not wait in the queue although nobody answered it.
    pub rest: Option<Rest>,
    /// Somebody asked the responsible person to decide; ends with the answer.
    pub escalation: Option<Escalation>,
    /// What was answered before this moment counts as unanswered again.
    pub reopened_at: Option<Timestamp>,
    /// What agents wrote for each other, oldest first; at most [`crate::base::limits::DESK_NOTES_MAX`].
    pub notes: Vec<Note>,
    /// Who made the last step; who wrote it, where it is a reply recorded at the desk.
    pub by: String,
}

impl Desk {
    /// Nobody has done anything.
    pub const UNTOUCHED: Self = Self {
        claim: None,
        last_token: 0,
        assignee: None,
        rest: None,
        escalation: None,
        reopened_at: None,
        notes: Vec::new(),
        by: String::new(),
    };
}

/// The right of one agent to work on a mention for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who holds it.
    pub agent: String,
    /// Every step under the claim names it. A later claim of the same mention has a higher one.
    pub token: u64,
    /// From this moment on it no longer holds.
    pub expires_at: Timestamp,
}

/// Why a mention rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It comes back at this moment.
    Snoozed {
        /// The first moment at which it waits again.
        until: Timestamp,
    },
    /// It goes on elsewhere.
    HandedOff(HandOff),
    /// Nothing is left to be done.
    Closed,
    /// It was never for the brand to answer.
    Ignored,
}

/// Where a mention goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOff {
    /// The channel or person: e-mail, private message, phone, a manager.
    pub to: String,
    /// What it is known by there, such as the number of a ticket.
    pub reference: String,
    /// Why it was handed off.
    pub reason: String,
}

/// A question to the person who is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// Who is to decide.
    pub to: String,
    /// Why.
    pub reason: String,
}

/// What one agent wrote for the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}
