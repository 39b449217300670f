//! What an agent may do with a mention, and what comes of it. The state, the step and the time decide, nothing else.

use std::time::Duration;

use thiserror::Error;

use crate::{
    base::{Timestamp, limits::DESK_NOTES_MAX},
    model::{Claim, Desk, Escalation, HandOff, Note, Rest},
};

use super::Standing;

/// A step at the care desk. `token` is that of the claim under which it is made; `None` where the mention is unclaimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Begins to work on it, for so long unless renewed.
    Claim {
        /// Who.
        agent: String,
        /// How long the claim holds.
        lease: Duration,
    },
    /// Holds the claim for so long from now.
    Renew {
        /// The claim's.
        token: u64,
        /// How long the claim holds from now.
        lease: Duration,
    },
    /// Gives it back to the queue.
    Release {
        /// The claim's.
        token: u64,
    },
    /// A reply was recorded, which ends the claim. Whether it answers the mention, the conversation says.
    Reply {
        /// The claim's.
        token: Option<u64>,
    },
    /// It goes on elsewhere.
    HandOff {
        /// The claim's.
        token: Option<u64>,
        /// Where to, and why.
        hand_off: HandOff,
    },
    /// It rests until then.
    Snooze {
        /// The claim's.
        token: Option<u64>,
        /// In the future.
        until: Timestamp,
    },
    /// Nothing is left to be done.
    Close {
        /// The claim's.
        token: Option<u64>,
    },
    /// It was never for the brand to answer.
    Ignore {
        /// The claim's.
        token: Option<u64>,
    },
    /// The responsible person is to decide, and to answer: it is theirs from now on.
    Escalate {
        /// The claim's.
        token: Option<u64>,
        /// Who, and why.
        escalation: Escalation,
    },
    /// Whatever it rested for no longer holds, and what answered it was no answer: it waits again.
    Reopen,
    /// Writes to the other agents.
    Note {
        /// Who writes.
        by: String,
        /// What.
        text: String,
    },
    /// Says who is to answer it; `None` is anybody.
    Assign {
        /// Who.
        to: Option<String>,
    },
    /// Time has passed: a claim that has run out and a snooze that is over end.
    Tick,
}

/// Why a step is not allowed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody waits for an answer there.
    #[error("the mention does not wait for an answer: {why}")]
    NotWaiting {
        /// Why, and what can be done.
        why: &'static str,
    },
    /// Somebody works on it.
    #[error("the mention is claimed by `{agent}` until {expires_at}")]
    Claimed {
        /// Who.
        agent: String,
        /// Until when.
        expires_at: Timestamp,
    },
    /// Somebody else is to answer it.
    #[error("the mention is assigned to `{assignee}`; assign it anew first")]
    Assigned {
        /// Who.
        assignee: String,
    },
    /// The claim has run out, was given back, or was followed by another.
    #[error("the token {token} is stale: its claim no longer holds; claim the mention again")]
    StaleToken {
        /// As it was given.
        token: u64,
    },
    /// It rests, or is open already.
    #[error("the mention is {state}: the step is not allowed")]
    NotAllowed {
        /// Where it stands.
        state: &'static str,
    },
    /// The other agents have been told enough.
    #[error("the mention has {DESK_NOTES_MAX} notes already; write what is left where it goes on")]
    TooManyNotes,
    /// The id that a reply is said to have is somebody else's.
    #[error(
        "`external_id` `{id}` is that of another mention, or of a reply that was deleted; give the reply's own id, or none"
    )]
    ReplyIdTaken {
        /// As it was given.
        id: String,
    },
    /// A claim of no time, or a snooze that is over already.
    #[error("`{field}` lies in the past, or too far ahead; give a moment after now")]
    NotAhead {
        /// The field of the call.
        field: &'static str,
    },
}

impl Step {
    /// The token of the claim under which it is made.
    #[must_use]
    pub const fn token(&self) -> Option<u64> {
        match self {
            Self::Renew { token, .. } | Self::Release { token } => Some(*token),
            Self::Reply { token }
            | Self::HandOff { token, .. }
            | Self::Snooze { token, .. }
            | Self::Close { token }
            | Self::Ignore { token }
            | Self::Escalate { token, .. } => *token,
            Self::Claim { .. } | Self::Reopen | Self::Note { .. } | Self::Assign { .. } | Self::Tick => None,
        }
    }
}

/// Why this agent may not act under a claim, which is somebody else's: tokens count up from 1, so a token alone would be no right.
///
/// # Errors
/// [`Refusal::Claimed`].
pub fn theirs(desk: &Desk, step: &Step, by: &str) -> Result<(), Refusal> {
    match &desk.claim {
        Some(claim) if step.token() == Some(claim.token) && !is_same_agent(&claim.agent, by) => {
            Err(Refusal::Claimed { agent: claim.agent.clone(), expires_at: claim.expires_at })
        }
        _ => Ok(()),
    }
}

impl Refusal {
    /// A stable word for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotWaiting { .. } => "NOT_WAITING",
            Self::Claimed { .. } => "CLAIMED_BY_ANOTHER",
            Self::Assigned { .. } => "ASSIGNED_TO_ANOTHER",
            Self::StaleToken { .. } => "TOKEN_STALE",
            Self::NotAllowed { .. } => "STEP_NOT_ALLOWED",
            Self::TooManyNotes => "TOO_MANY_NOTES",
            Self::ReplyIdTaken { .. } => "REPLY_ID_TAKEN",
            Self::NotAhead { .. } => "NOT_AHEAD",
        }
    }
}

/// The state after a step. `standing` is what the conversation says of the mention. A step that is refused changes nothing.
///
/// # Errors
/// [`Refusal`].
pub fn step(desk: &Desk, standing: Standing, step: &Step, now: Timestamp) -> Result<Desk, Refusal> {
    // A claim that has run out no longer holds, also where no tick has said so yet. A snooze ends likewise.
    let mut next = ticked(desk, now);
    match step {
        Step::Claim { agent, lease } => claim(&mut next, standing, agent, *lease, now)?,
        Step::Renew { token, lease } => {
            let expires_at = ahead(now, *lease)?;
            held(&mut next, *token)?.expires_at = expires_at;
        }
        Step::Release { token } => {
            held(&mut next, *token)?;
            next.claim = None;
        }
        Step::Reply { token } => {
            authorized(&mut next, *token)?;
            next.claim = None;
        }
        Step::HandOff { token, hand_off } => rest(&mut next, *token, Rest::HandedOff(hand_off.clone()))?,
        Step::Snooze { until, .. } if *until <= now => return Err(Refusal::NotAhead { field: "until" }),
        Step::Snooze { token, until } => {
            waiting(standing)?;
            rest(&mut next, *token, Rest::Snoozed { until: *until })?;
        }
        Step::Close { token } => rest(&mut next, *token, Rest::Closed)?,
        Step::Ignore { token } => rest(&mut next, *token, Rest::Ignored)?,
        Step::Escalate { token, escalation } => {
            waiting(standing)?;
            authorized(&mut next, *token)?;
            awake(&next)?;
            (next.claim, next.rest) = (None, None);
            next.assignee = Some(escalation.to.clone());
            next.escalation = Some(escalation.clone());
        }
        Step::Reopen => reopen(&mut next, standing, now)?,
        Step::Note { .. } if next.notes.len() >= DESK_NOTES_MAX => return Err(Refusal::TooManyNotes),
        Step::Note { by, text } => next.notes.push(Note { by: by.clone(), at: now, text: text.clone() }),
        Step::Assign { to } => assign(&mut next, to.as_deref())?,
        Step::Tick => {}
    }
    Ok(next)
}

fn ticked(desk: &Desk, now: Timestamp) -> Desk {
    let mut desk = desk.clone();
    desk.claim = desk.claim.filter(|claim| claim.expires_at > now);
    desk.rest = desk.rest.filter(|rest| !matches!(rest, Rest::Snoozed { until } if *until <= now));
    desk
}

/// The state once the conversation says something else of the mention: with the customer's waiting ends what was to bring the answer.
#[must_use]
pub fn settled(mut desk: Desk, standing: Standing) -> Desk {
    if standing != Standing::Waits {
        desk.claim = None;
        desk.escalation = None;
        desk.rest = desk.rest.filter(|rest| !matches!(rest, Rest::Snoozed { .. }));
    }
    desk
}

fn waiting(standing: Standing) -> Result<(), Refusal> {
    match standing {
        Standing::Waits => Ok(()),
        Standing::Answered => Err(Refusal::NotWaiting { why: "it is answered; reopen it if that is no answer" }),
        Standing::Nothing => {
            Err(Refusal::NotWaiting { why: "it asks for nothing; correct `needs_reply` if that is wrong" })
        }
    }
}

/// What answered it until now does not count any more.
fn reopen(desk: &mut Desk, standing: Standing, now: Timestamp) -> Result<(), Refusal> {
    let rested = desk.rest.take();
    match (rested, standing) {
        (_, Standing::Answered) => desk.reopened_at = Some(now),
        (Some(_), _) => {}
        (None, Standing::Waits) => return Err(Refusal::NotAllowed { state: "open" }),
        (None, Standing::Nothing) => waiting(standing)?,
    }
    Ok(())
}

fn claim(desk: &mut Desk, standing: Standing, agent: &str, lease: Duration, now: Timestamp) -> Result<(), Refusal> {
    unclaimed(desk)?;
    if let Some(rest) = &desk.rest {
        return Err(Refusal::NotAllowed { state: name(rest) });
    }
    waiting(standing)?;
    if let Some(assignee) = desk.assignee.as_ref().filter(|assignee| !is_same_agent(assignee, agent)) {
        return Err(Refusal::Assigned { assignee: assignee.clone() });
    }
    let expires_at = ahead(now, lease)?;
    desk.last_token += 1;
    desk.claim = Some(Claim { agent: agent.to_owned(), token: desk.last_token, expires_at });
    Ok(())
}

/// A claim that somebody else holds would outlive the assignment.
fn assign(desk: &mut Desk, to: Option<&str>) -> Result<(), Refusal> {
    if desk.claim.as_ref().is_some_and(|claim| Some(claim.agent.as_str()) != to) {
        unclaimed(desk)?;
    }
    awake(desk)?;
    desk.assignee = to.map(str::to_owned);
    Ok(())
}

fn rest(desk: &mut Desk, token: Option<u64>, why: Rest) -> Result<(), Refusal> {
    authorized(desk, token)?;
    awake(desk)?;
    desk.claim = None;
    desk.rest = Some(why);
    Ok(())
}

/// What is closed or ignored is over, until it is reopened; what is snoozed or handed off may well be closed.
fn awake(desk: &Desk) -> Result<(), Refusal> {
    match &desk.rest {
        Some(rest @ (Rest::Closed | Rest::Ignored)) => Err(Refusal::NotAllowed { state: name(rest) }),
        _ => Ok(()),
    }
}

/// As in queries, `ana` is `Ana`: what is assigned waits for nobody else.
#[must_use]
pub(super) fn is_same_agent(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

fn unclaimed(desk: &Desk) -> Result<(), Refusal> {
    match &desk.claim {
        None => Ok(()),
        Some(claim) => Err(Refusal::Claimed { agent: claim.agent.clone(), expires_at: claim.expires_at }),
    }
}

fn held(desk: &mut Desk, token: u64) -> Result<&mut Claim, Refusal> {
    desk.claim.as_mut().filter(|claim| claim.token == token).ok_or(Refusal::StaleToken { token })
}

/// Who names a token has to hold the claim; who names none must not take a mention out of another's hands.
fn authorized(desk: &mut Desk, token: Option<u64>) -> Result<(), Refusal> {
    match token {
        Some(token) => held(desk, token).map(drop),
        None => unclaimed(desk),
    }
}

fn ahead(now: Timestamp, lease: Duration) -> Result<Timestamp, Refusal> {
    let not_ahead = Refusal::NotAhead { field: "lease" };
    let end = jiff::SignedDuration::try_from(lease).ok().and_then(|lease| now.checked_add(lease).ok());
    end.filter(|end| *end > now).ok_or(not_ahead)
}

fn name(rest: &Rest) -> &'static str {
    match rest {
        Rest::Snoozed { .. } => "snoozed",
        Rest::HandedOff(_) => "handed off",
        Rest::Closed => "closed",
        Rest::Ignored => "ignored",
    }
}

#[cfg(test)]
mod tests;
