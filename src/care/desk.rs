//! What an agent may do with a mention, and what comes of it. The state, the step and the time decide, nothing else.

use std::time::Duration;

use thiserror::Error;

use crate::{
    base::Timestamp,
    model::{Claim, Desk, HandOff, Rest},
};

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
    /// Whatever it rested for no longer holds.
    Reopen,
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
    #[error("the mention does not wait for an answer; reopen it, or correct `needs_reply`")]
    NotWaiting,
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
    /// It rests already, or has nothing to come back from.
    #[error("the mention is {state}: the step is not allowed")]
    NotAllowed {
        /// Where it stands.
        state: &'static str,
    },
    /// A claim of no time, or a snooze that is over already.
    #[error("`{field}` lies in the past, or too far ahead; give a moment after now")]
    NotAhead {
        /// The field of the call.
        field: &'static str,
    },
}

/// The state after a step. `waits` says whether the conversation leaves the mention without an answer. A step that is refused changes
/// nothing.
///
/// # Errors
/// [`Refusal`].
pub fn step(desk: &Desk, waits: bool, step: &Step, now: Timestamp) -> Result<Desk, Refusal> {
    // A claim that has run out no longer holds, also where no tick has said so yet. A snooze ends likewise.
    let mut next = ticked(desk, now);
    match step {
        Step::Claim { agent, lease } => claim(&mut next, waits, agent, *lease, now)?,
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
            if !waits {
                return Err(Refusal::NotWaiting);
            }
            rest(&mut next, *token, Rest::Snoozed { until: *until })?;
        }
        Step::Close { token } => rest(&mut next, *token, Rest::Closed)?,
        Step::Ignore { token } => rest(&mut next, *token, Rest::Ignored)?,
        Step::Reopen => {
            next.rest.take().ok_or(Refusal::NotAllowed { state: "not resting" })?;
        }
        Step::Assign { to } => assign(&mut next, to.as_deref())?,
        Step::Tick => {}
    }
    Ok(next)
}

/// The first moment at which a tick changes this; `None` where none ever does.
#[must_use]
pub fn due_at(desk: &Desk) -> Option<Timestamp> {
    let snoozed = match &desk.rest {
        Some(Rest::Snoozed { until }) => Some(*until),
        _ => None,
    };
    desk.claim.iter().map(|claim| claim.expires_at).chain(snoozed).min()
}

fn ticked(desk: &Desk, now: Timestamp) -> Desk {
    let mut desk = desk.clone();
    desk.claim = desk.claim.filter(|claim| claim.expires_at > now);
    desk.rest = desk.rest.filter(|rest| !matches!(rest, Rest::Snoozed { until } if *until <= now));
    desk
}

fn claim(desk: &mut Desk, waits: bool, agent: &str, lease: Duration, now: Timestamp) -> Result<(), Refusal> {
    unclaimed(desk)?;
    if let Some(rest) = &desk.rest {
        return Err(Refusal::NotAllowed { state: name(rest) });
    }
    if !waits {
        return Err(Refusal::NotWaiting);
    }
    if let Some(assignee) = desk.assignee.as_ref().filter(|assignee| *assignee != agent) {
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
    if let Some(rest @ (Rest::Closed | Rest::Ignored)) = &desk.rest {
        return Err(Refusal::NotAllowed { state: name(rest) });
    }
    desk.assignee = to.map(str::to_owned);
    Ok(())
}

fn rest(desk: &mut Desk, token: Option<u64>, why: Rest) -> Result<(), Refusal> {
    authorized(desk, token)?;
    if let Some(rest) = &desk.rest {
        return Err(Refusal::NotAllowed { state: name(rest) });
    }
    desk.claim = None;
    desk.rest = Some(why);
    Ok(())
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
