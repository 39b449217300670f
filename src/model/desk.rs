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
