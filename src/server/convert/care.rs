//! The care desk, from the wire and to it.

use std::time::Duration;

use jiff::SignedDuration;

use super::{
    checks::{external_id, rejection, url, within, without_control},
    mention_name_from_wire,
    time::{any_time_from_wire, time_from_wire, time_to_wire},
    version_to_wire::{enum_number, version_to_wire},
};
use crate::{
    base::{
        Timestamp,
        limits::{
            CLAIM_LEASE_MINUTES_DEFAULT, CLAIM_LEASE_MINUTES_MAX, DESK_NAME_BYTES_MAX, DESK_NOTE_BYTES_MAX,
            DESK_REASON_BYTES_MAX, SNOOZE_DAYS_MAX, TEXT_BYTES_MAX, WANTED_VALUES_MAX,
        },
    },
    care::{self, QueueCounts, Step, Wanted},
    engine::{EngineError, Rejection, ReplyRequest},
    model::{Cause, Desk, Escalation, HandOff, Rest, Version},
    proto::v1 as wire,
};

/// Who takes a step.
pub(crate) fn agent_from_wire(field: &str, agent: String) -> Result<String, EngineError> {
    let checked = name(field, &agent).and_then(|()| match agent.trim() {
        "" => Err(rejection(field, "is empty; say who it is, by a name that stands in the history")),
        trimmed if trimmed != agent => Err(rejection(field, "has blanks around it; remove them")),
        _ => Ok(()),
    });
    checked.map_err(invalid)?;
    Ok(agent)
}

/// How long a claim holds.
pub(crate) fn lease_from_wire(lease: Option<prost_types::Duration>) -> Result<Duration, EngineError> {
    let max = Duration::from_mins(u64::from(CLAIM_LEASE_MINUTES_MAX));
    let Some(lease) = lease else { return Ok(Duration::from_mins(u64::from(CLAIM_LEASE_MINUTES_DEFAULT))) };
    let asked = Duration::try_from(lease).ok().filter(|lease| *lease >= Duration::from_secs(1) && *lease <= max);
    asked.ok_or_else(|| {
        let hours = CLAIM_LEASE_MINUTES_MAX / 60;
        invalid(rejection("lease", format!("is {lease}; 1 second to {hours} hours are allowed")))
    })
}

/// Which mentions an agent takes.
pub(crate) fn wanted_from_wire(wanted: Option<wire::Wanted>) -> Result<Wanted, EngineError> {
    let wire::Wanted { brands, languages, platforms, skills } = wanted.unwrap_or_default();
    let checked = |field: &str, values: Vec<String>| {
        if values.len() > WANTED_VALUES_MAX {
            let message = format!("has {} values; at most {WANTED_VALUES_MAX} are allowed", values.len());
            return Err(invalid(rejection(field, message)));
        }
        let lowered = values.into_iter().map(|value| {
            name(field, &value)?;
            if value.trim().is_empty() {
                return Err(rejection(field, "has an empty value; leave it out, or name one"));
            }
            Ok(value)
        });
        lowered.collect::<Result<Vec<_>, _>>().map_err(invalid)
    };
    Ok(Wanted {
        brands: checked("wanted.brands", brands)?,
        languages: checked("wanted.languages", languages)?,
        platforms: checked("wanted.platforms", platforms)?,
        skills: checked("wanted.skills", skills)?.into_iter().map(|skill| skill.to_lowercase()).collect(),
    })
}

/// A step of an agent; under the claim with this token, where there is one.
pub(crate) fn step_from_wire(
    step: Option<wire::DeskStep>,
    token: u64,
    by: &str,
    now: Timestamp,
) -> Result<Step, EngineError> {
    use wire::desk_step::Step as Wire;
    let token = token_from_wire(token);
    let step = step.and_then(|step| step.step).ok_or_else(|| {
        let known = "hand_off, escalate, snooze, close, ignore, reopen, assign, add_note";
        invalid(rejection("step", format!("is missing; give one of {known}")))
    })?;
    let step = match step {
        Wire::HandOff(step) => hand_off(step).map(|hand_off| Step::HandOff { token, hand_off }),
        Wire::Escalate(step) => escalation(step).map(|escalation| Step::Escalate { token, escalation }),
        Wire::Snooze(step) => snoozed_until(step, now).map(|until| Step::Snooze { token, until }),
        Wire::Close(_) => Ok(Step::Close { token }),
        Wire::Ignore(_) => Ok(Step::Ignore { token }),
        Wire::Reopen(_) => Ok(Step::Reopen),
        Wire::Assign(step) => {
            let to = Some(step.to).filter(|to| !to.is_empty());
            return match to {
                Some(to) => agent_from_wire("step.assign.to", to).map(|to| Step::Assign { to: Some(to) }),
                None => Ok(Step::Assign { to: None }),
            };
        }
        Wire::AddNote(step) => note(step, by),
    };
    step.map_err(invalid)
}

/// The token of a claim; 0 is none.
pub(crate) fn token_from_wire(token: u64) -> Option<u64> {
    (token != 0).then_some(token)
}

/// A reply that an agent has sent.
pub(crate) fn reply_from_wire(request: wire::RecordReplyRequest, now: Timestamp) -> Result<ReplyRequest, EngineError> {
    let to = mention_name_from_wire("name", &request.name)?;
    let by = agent_from_wire("by", request.by)?;
    let checked = || {
        name("account", &request.account)?;
        within("text", &request.text, TEXT_BYTES_MAX)?;
        if request.text.trim().is_empty() {
            return Err(rejection("text", "is empty; give the words of the reply"));
        }
        if !request.external_id.is_empty() {
            external_id("external_id", &request.external_id)?;
        }
        url("url", &request.url)?;
        request.created_at.map(|at| time_from_wire("created_at", at, now)).transpose()
    };
    let created_at = checked().map_err(invalid)?;
    Ok(ReplyRequest {
        to,
        token: token_from_wire(request.token),
        by,
        account: request.account.trim_start_matches(['@', '＠']).to_owned(),
        text: request.text,
        external_id: request.external_id,
        url: request.url,
        created_at,
        despite_findings: request.despite_findings,
    })
}

/// A mention of the queue.
pub(crate) fn queue_item_to_wire(version: &Version) -> wire::QueueItem {
    wire::QueueItem {
        hand_off_proposal: care::hand_off_proposal(version).unwrap_or_default(),
        version: Some(version_to_wire(version)),
    }
}

pub(crate) fn counts_to_wire(counts: &QueueCounts) -> wire::CountQueueResponse {
    let [low, normal, high, urgent] = counts.waiting;
    wire::CountQueueResponse {
        urgent,
        high,
        normal,
        low,
        oldest_at: counts.oldest.map(time_to_wire),
        claimed: counts.claimed,
        snoozed: counts.snoozed,
        handed_off: counts.handed_off,
    }
}

/// What became of one of many steps.
pub(crate) fn outcome_to_wire(
    name: String,
    taken: Result<&Version, &EngineError>,
    reason: impl FnOnce(&EngineError) -> String,
) -> wire::StepOutcome {
    match taken {
        Ok(version) => wire::StepOutcome {
            name,
            seq: version.seq.0,
            status: enum_number(version.status.number()),
            ..Default::default()
        },
        Err(error) => wire::StepOutcome { name, error: error.to_string(), reason: reason(error), ..Default::default() },
    }
}

/// What a version did to a mention, against the one before it where that is kept.
pub(crate) fn history_entry_to_wire(version: &Version) -> wire::HistoryEntry {
    let desk = version.desk();
    let is_step =
        version.cause.number() >= Cause::Claimed.number() || matches!(version.cause, Cause::Reopened | Cause::Answered);
    let is_of_clock = matches!(version.cause, Cause::Expired | Cause::Woken | Cause::DueSoon | Cause::Breached);
    let corrected_by =
        version.correction.as_ref().filter(|_| version.cause == Cause::Corrected).map(|it| it.by.clone());
    let by = if is_step && !is_of_clock { desk.by.clone() } else { String::new() };
    wire::HistoryEntry {
        seq: version.seq.0,
        at: Some(time_to_wire(version.recorded_at)),
        cause: enum_number(version.cause.number()),
        by: corrected_by.unwrap_or(by),
        status: enum_number(version.status.number()),
        detail: detail(version, desk),
    }
}

fn detail(version: &Version, desk: &Desk) -> String {
    match (version.cause, &desk.rest) {
        (Cause::Claimed | Cause::Renewed, _) => {
            desk.claim.as_ref().map_or_else(String::new, |claim| format!("until {}", claim.expires_at))
        }
        (Cause::Snoozed, Some(Rest::Snoozed { until })) => format!("until {until}"),
        (Cause::HandedOff, Some(Rest::HandedOff(hand_off))) => {
            let HandOff { to, reference, reason } = hand_off;
            joined(&[to, reference, reason])
        }
        (Cause::Escalated, _) => {
            desk.escalation.as_ref().map_or_else(String::new, |it| joined(&[it.to.as_str(), it.reason.as_str()]))
        }
        (Cause::Assigned, _) => desk.assignee.clone().unwrap_or_else(|| "anybody".to_owned()),
        (Cause::Noted, _) => desk.notes.last().map_or_else(String::new, |note| note.text.clone()),
        (Cause::Answered | Cause::Replied, _) => {
            version.answered_by.as_ref().map_or_else(String::new, ToString::to_string)
        }
        (Cause::DueSoon | Cause::Breached, _) => {
            version.due.map_or_else(String::new, |due| format!("an answer was promised by {}", due.at))
        }
        _ => String::new(),
    }
}

fn joined<T: AsRef<str>>(parts: &[T]) -> String {
    let filled: Vec<&str> = parts.iter().map(AsRef::as_ref).filter(|part| !part.is_empty()).collect();
    filled.join(" · ")
}

fn hand_off(step: wire::HandOffStep) -> Result<HandOff, Rejection> {
    name("step.hand_off.to", &step.to)?;
    if step.to.trim().is_empty() {
        return Err(rejection("step.hand_off.to", "is empty; say where it goes on, e.g. `e-mail`"));
    }
    name("step.hand_off.reference", &step.reference)?;
    within("step.hand_off.reason", &step.reason, DESK_REASON_BYTES_MAX)?;
    Ok(HandOff { to: step.to, reference: step.reference, reason: step.reason })
}

fn escalation(step: wire::EscalateStep) -> Result<Escalation, Rejection> {
    name("step.escalate.to", &step.to)?;
    if step.to.trim().is_empty() {
        return Err(rejection("step.escalate.to", "is empty; name the person who is to decide"));
    }
    within("step.escalate.reason", &step.reason, DESK_REASON_BYTES_MAX)?;
    Ok(Escalation { to: step.to, reason: step.reason })
}

fn snoozed_until(step: wire::SnoozeStep, now: Timestamp) -> Result<Timestamp, Rejection> {
    let field = "step.snooze.until";
    let until = step.until.ok_or_else(|| rejection(field, "is missing; give the moment at which it comes back"))?;
    let until = any_time_from_wire(field, until)?;
    let latest = now.checked_add(SignedDuration::from_hours(SNOOZE_DAYS_MAX * 24)).unwrap_or(Timestamp::MAX);
    if until <= now || until > latest {
        let message =
            format!("{until} is not ahead, or too far: give a moment after now, at most {SNOOZE_DAYS_MAX} days ahead");
        return Err(rejection(field, message));
    }
    Ok(until)
}

fn note(step: wire::AddNoteStep, by: &str) -> Result<Step, Rejection> {
    let field = "step.add_note.text";
    within(field, &step.text, DESK_NOTE_BYTES_MAX)?;
    if step.text.trim().is_empty() {
        return Err(rejection(field, "is empty; write what the others should know"));
    }
    Ok(Step::Note { by: by.to_owned(), text: step.text })
}

fn name(field: &str, value: &str) -> Result<(), Rejection> {
    within(field, value, DESK_NAME_BYTES_MAX)?;
    without_control(field, value)
}

fn invalid(at_fault: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: at_fault.field, message: at_fault.message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: wire::desk_step::Step) -> Result<Step, EngineError> {
        step_from_wire(Some(wire::DeskStep { step: Some(step) }), 3, "Ana", Timestamp::from_second(1000).unwrap())
    }

    #[test]
    fn a_step_is_taken_under_its_claim() {
        use wire::desk_step::Step as Wire;
        assert_eq!(step(Wire::Close(wire::CloseStep {})).unwrap(), Step::Close { token: Some(3) });
        let nobody = wire::AssignStep { to: String::new() };
        assert_eq!(step(Wire::Assign(nobody)).unwrap(), Step::Assign { to: None });
        let until = Some(prost_types::Timestamp { seconds: 1001, nanos: 1 });
        let at = Timestamp::from_second(1001).unwrap();
        let snoozed = Step::Snooze { token: Some(3), until: at };
        assert_eq!(step(Wire::Snooze(wire::SnoozeStep { until })).unwrap(), snoozed);
    }

    #[test]
    fn faults_name_the_field_and_the_mend() {
        use wire::desk_step::Step as Wire;
        let long = "x".repeat(3000);
        let past = Some(prost_types::Timestamp { seconds: 999, nanos: 0 });
        let far = Some(prost_types::Timestamp { seconds: 40_000_000, nanos: 0 });
        for (wrong, message) in [
            (Wire::HandOff(wire::HandOffStep::default()), "step.hand_off.to: is empty"),
            (Wire::Escalate(wire::EscalateStep::default()), "step.escalate.to: is empty"),
            (Wire::Snooze(wire::SnoozeStep::default()), "step.snooze.until: is missing"),
            (Wire::Snooze(wire::SnoozeStep { until: past }), "step.snooze.until: 1970-01-01T00:16:39Z is not ahead"),
            (Wire::Snooze(wire::SnoozeStep { until: far }), "step.snooze.until: 1971"),
            (Wire::AddNote(wire::AddNoteStep { text: " ".into() }), "step.add_note.text: is empty"),
            (Wire::AddNote(wire::AddNoteStep { text: long }), "step.add_note.text: has 3000 bytes"),
            (Wire::Assign(wire::AssignStep { to: " Ana".into() }), "step.assign.to: has blanks"),
        ] {
            let error = step(wrong).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let missing = step_from_wire(None, 0, "Ana", Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert!(missing.starts_with("step: is missing; give one of hand_off"), "{missing}");
        for (seconds, nanos) in [(0, 0), (-5, 0), (86_401, 0), (i64::MAX, 0)] {
            let error = lease_from_wire(Some(prost_types::Duration { seconds, nanos })).unwrap_err().to_string();
            assert!(error.ends_with("1 second to 24 hours are allowed"), "{error}");
        }
        assert_eq!(lease_from_wire(None).unwrap(), Duration::from_mins(15));
        let many = wire::Wanted { brands: vec!["a".into(); 101], ..Default::default() };
        assert!(wanted_from_wire(Some(many)).is_err());
        for agent in ["", "  ", "a\u{7}", &"x".repeat(129)] {
            assert!(agent_from_wire("by", agent.to_owned()).is_err());
        }
    }
}
