//! Recording what agents do with a mention, and what time does.

use std::sync::Arc;

use super::{Hand, Occasion, Understood, append, ingest, kept, stand, standing};
use crate::{
    care::{self, Refusal, Standing, Step},
    model::{Cause, Desk, Due, MentionName, MentionNumber, Sla, Version},
    store::{Error, Group},
};

/// Replies below one mention that are read to tell whether the same words were recorded before.
const REPLIES_COMPARED_MAX: usize = 50;

/// Why a step was not taken; nothing of it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) enum NotTaken {
    /// There is no such mention, or its source deleted it.
    NotFound,
    /// The rules of the desk do not allow it.
    Refused(Refusal),
}

/// A reply, and what it answers.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Replied {
    pub(in crate::engine) mention: Arc<Version>,
    pub(in crate::engine) reply: Arc<Version>,
}

/// Takes a step with a mention; the newest version, which records the step where it changes anything.
pub(in crate::engine) fn take_step(
    group: &mut Group<'_>,
    name: &MentionName,
    step: &Step,
    by: &str,
    occasion: Occasion<'_>,
) -> Result<Result<Arc<Version>, NotTaken>, Error> {
    let Some(known) = present(group, name)? else { return Ok(Err(NotTaken::NotFound)) };
    // What the brand says itself is never anybody's to answer; what was done before an account became the brand's can be taken back.
    if known.understanding.is_own() && !matches!(step, Step::Note { .. } | Step::Reopen | Step::Release { .. }) {
        return Ok(Err(NotTaken::Refused(Refusal::NotWaiting { why: "an account of the brand wrote it" })));
    }
    if let Err(refusal) = care::theirs(known.desk(), step, by) {
        return Ok(Err(NotTaken::Refused(refusal)));
    }
    let desk = match care::step(known.desk(), standing(&known), step, occasion.now) {
        Ok(desk) => Desk { by: by.to_owned(), ..desk },
        Err(refusal) => return Ok(Err(NotTaken::Refused(refusal))),
    };
    record(group, &known, desk, cause(step), occasion).map(Ok)
}

/// Records the reply of an agent to a mention, and ends the agent's claim. The same reply again changes nothing; `has_own_id`: by the id
/// that the platform told of it, else by its words. An id that another mention has is refused: the reply would stand in its place.
pub(in crate::engine) fn reply(
    group: &mut Group<'_>,
    name: &MentionName,
    token: Option<u64>,
    by: &str,
    (reply, has_own_id): (&Understood, bool),
    occasion: Occasion<'_>,
) -> Result<Result<Replied, NotTaken>, Error> {
    let Some(known) = present(group, name)? else { return Ok(Err(NotTaken::NotFound)) };
    let before = present(group, &reply.mention.name)?;
    let said = match &before {
        Some(before) if says_it(before, reply) => Some(Arc::clone(before)),
        None if !has_own_id => said_already(group, &known, reply)?,
        _ => None,
    };
    if let Some(said) = said {
        return Ok(Ok(Replied { mention: known, reply: said }));
    }
    let is_taken = match &before {
        Some(before) => !may_be(before, reply),
        None => group.head(&reply.mention.name)?.is_some(),
    };
    if is_taken {
        let id = reply.mention.name.external_id.clone();
        return Ok(Err(NotTaken::Refused(Refusal::ReplyIdTaken { id })));
    }
    let step = Step::Reply { token };
    let allowed = care::theirs(known.desk(), &step, by)
        .and_then(|()| care::step(known.desk(), standing(&known), &step, occasion.now));
    if let Err(refusal) = allowed {
        return Ok(Err(NotTaken::Refused(refusal)));
    }
    ingest(group, reply, Occasion { hand: Some(Hand { by, to: known.number }), ..occasion })?;
    // Both are there: the one was found, the other recorded, in this very group.
    let (Some(written), Some(answered)) = (present(group, &reply.mention.name)?, present(group, name)?) else {
        return Ok(Err(NotTaken::NotFound));
    };
    let desk = Desk { by: by.to_owned(), ..written.desk().clone() };
    let written = record(group, &written, desk, Cause::Replied, occasion)?;
    // With the answer the claim has ended already, and the history says whose it was; else it is told by a version of its own.
    let is_told = answered.seq != known.seq && answered.cause == Cause::Answered && answered.desk().by == by;
    let mention = if is_told {
        answered
    } else {
        let desk = Desk { by: by.to_owned(), claim: None, ..answered.desk().clone() };
        record_always(group, &answered, desk, Cause::Replied, occasion)?
    };
    Ok(Ok(Replied { mention, reply: written }))
}

/// Whether a mention is this very reply.
fn says_it(mention: &Version, reply: &Understood) -> bool {
    mention.understanding.is_own()
        && mention.mention.in_reply_to == reply.mention.in_reply_to
        && mention.mention.text == reply.mention.text
}

/// Whether the feed may have brought this reply, in words that differ or without what it answers.
fn may_be(mention: &Version, reply: &Understood) -> bool {
    let answered = &mention.mention.in_reply_to;
    mention.understanding.is_own() && (answered.is_none() || *answered == reply.mention.in_reply_to)
}

/// The same words from the same account, below the same mention as it waits now.
fn said_already(group: &mut Group<'_>, known: &Version, reply: &Understood) -> Result<Option<Arc<Version>>, Error> {
    let (reopened_at, author) = (known.desk().reopened_at, group.author_key(&reply.mention));
    let mut said = group.own_children_of(&known.mention.name)?;
    said.retain(|own| own.author == author && reopened_at.is_none_or(|reopened_at| own.created_at >= reopened_at));
    for own in said.into_iter().rev().take(REPLIES_COMPARED_MAX) {
        let version = group.version(own.seq)?;
        if says_it(&version, reply) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

/// Records what time has done to a mention up to now: each of claim, snooze and promise in a version of its own, so that whoever waits
/// for one of them misses none, also where the server was down at that moment.
pub(in crate::engine) fn tick(
    group: &mut Group<'_>,
    number: MentionNumber,
    occasion: Occasion<'_>,
) -> Result<(), Error> {
    let Some(head) = group.head_of_number(number)?.filter(|head| !head.deleted) else { return Ok(()) };
    let mut known = group.version(head.seq)?;
    // A tick is refused nothing.
    let Ok(desk) = care::step(known.desk(), standing(&known), &Step::Tick, occasion.now) else { return Ok(()) };
    if desk.claim != known.desk().claim {
        let expired = Desk { claim: desk.claim.clone(), ..known.desk().clone() };
        known = record(group, &known, expired, Cause::Expired, occasion)?;
    }
    if desk.rest != known.desk().rest {
        known = record(group, &known, desk, Cause::Woken, occasion)?;
    }
    while let Some((_, sla)) = care::next_sla(&known).filter(|(at, _)| *at <= occasion.now) {
        let cause = if sla == Sla::Breached { Cause::Breached } else { Cause::DueSoon };
        let due = known.due.map(|due| Due { sla, ..due });
        let mut version = Version { due, ..(*known).clone() };
        stand(&mut version, Standing::Waits, None, occasion);
        known = append_as(group, &known, version, cause, occasion)?;
    }
    Ok(())
}

/// The newest version of a mention that its source has not deleted.
fn present(group: &mut Group<'_>, name: &MentionName) -> Result<Option<Arc<Version>>, Error> {
    match group.head(name)?.filter(|head| !head.deleted) {
        Some(head) => group.version(head.seq).map(Some),
        None => Ok(None),
    }
}

/// Records the desk of a mention, where it has changed.
fn record(
    group: &mut Group<'_>,
    known: &Arc<Version>,
    desk: Desk,
    cause: Cause,
    occasion: Occasion<'_>,
) -> Result<Arc<Version>, Error> {
    // Who did nothing has not done it.
    let is_new = (Desk { by: known.desk().by.clone(), ..desk.clone() }) != *known.desk();
    if !is_new && (cause != Cause::Replied || desk == *known.desk()) {
        return Ok(Arc::clone(known));
    }
    record_always(group, known, desk, cause, occasion)
}

/// Records the desk of a mention, also where nothing but the step itself is new.
fn record_always(
    group: &mut Group<'_>,
    known: &Arc<Version>,
    desk: Desk,
    cause: Cause,
    occasion: Occasion<'_>,
) -> Result<Arc<Version>, Error> {
    let has_reopened = desk.reopened_at != known.desk().reopened_at;
    let mut version = Version { desk: kept(desk), ..(**known).clone() };
    if has_reopened {
        version = super::judged(group, version, occasion)?;
    } else {
        let answered_at = answered_at(group, &version)?;
        let holds = standing(&version);
        stand(&mut version, holds, answered_at, occasion);
    }
    append_as(group, known, version, cause, occasion)
}

fn answered_at(group: &mut Group<'_>, version: &Version) -> Result<Option<crate::base::Timestamp>, Error> {
    if standing(version) != Standing::Answered {
        return Ok(None);
    }
    let Some(name) = &version.answered_by else { return Ok(None) };
    Ok(group.head(name)?.map(|answer| answer.created_at))
}

fn append_as(
    group: &mut Group<'_>,
    known: &Version,
    version: Version,
    cause: Cause,
    occasion: Occasion<'_>,
) -> Result<Arc<Version>, Error> {
    let version =
        Version { seq: group.next_seq(), previous_seq: known.seq, cause, recorded_at: occasion.now, ..version };
    append(group, Some(known), version, occasion)
}

const fn cause(step: &Step) -> Cause {
    match step {
        Step::Claim { .. } => Cause::Claimed,
        Step::Renew { .. } => Cause::Renewed,
        Step::Release { .. } => Cause::Released,
        Step::Reply { .. } => Cause::Replied,
        Step::HandOff { .. } => Cause::HandedOff,
        Step::Snooze { .. } => Cause::Snoozed,
        Step::Close { .. } => Cause::Closed,
        Step::Ignore { .. } => Cause::Ignored,
        Step::Escalate { .. } => Cause::Escalated,
        Step::Reopen => Cause::Reopened,
        Step::Note { .. } => Cause::Noted,
        Step::Assign { .. } => Cause::Assigned,
        Step::Tick => Cause::Expired,
    }
}
