//! What agents have done with a mention, as it lies in the log.

use super::read::{time, word};
use crate::{
    base::Timestamp,
    model::{
        Claim, Course, Desk, Due, Escalation, HandOff, Note, Priority, PriorityKind, PriorityLevel, PriorityPart, Rest,
        Sla,
    },
    proto::record::{
        ClaimRecord, CourseRecord, DeskRecord, DueRecord, EscalationRecord, HandOffRecord, NoteRecord,
        PriorityPartRecord, PriorityRecord, desk_record::Rest as RestRecord,
    },
};

pub(super) fn write_desk(desk: &Desk) -> DeskRecord {
    DeskRecord {
        claim: desk.claim.as_ref().map(|claim| ClaimRecord {
            agent: claim.agent.clone(),
            token: claim.token,
            expires_at_us: claim.expires_at.as_microsecond(),
        }),
        last_token: desk.last_token,
        assignee: desk.assignee.clone(),
        rest: desk.rest.as_ref().map(|rest| match rest {
            Rest::Snoozed { until } => RestRecord::SnoozedUntilUs(until.as_microsecond()),
            Rest::HandedOff(hand_off) => RestRecord::HandedOff(HandOffRecord {
                to: hand_off.to.clone(),
                reference: hand_off.reference.clone(),
                reason: hand_off.reason.clone(),
            }),
            Rest::Closed => RestRecord::Closed(true),
            Rest::Ignored => RestRecord::Ignored(true),
        }),
        escalation: desk
            .escalation
            .as_ref()
            .map(|escalation| EscalationRecord { to: escalation.to.clone(), reason: escalation.reason.clone() }),
        reopened_at_us: desk.reopened_at.map(Timestamp::as_microsecond),
        notes: desk
            .notes
            .iter()
            .map(|note| NoteRecord { by: note.by.clone(), at_us: note.at.as_microsecond(), text: note.text.clone() })
            .collect(),
        by: desk.by.clone(),
    }
}

pub(super) fn read_desk(record: DeskRecord) -> Result<Desk, String> {
    let claim = |claim: ClaimRecord| {
        let expires_at = time("desk.claim.expires_at_us", claim.expires_at_us)?;
        Ok::<_, String>(Claim { agent: claim.agent, token: claim.token, expires_at })
    };
    let rest = |rest: RestRecord| {
        Ok::<_, String>(match rest {
            RestRecord::SnoozedUntilUs(until) => Rest::Snoozed { until: time("desk.snoozed_until_us", until)? },
            RestRecord::HandedOff(hand_off) => {
                Rest::HandedOff(HandOff { to: hand_off.to, reference: hand_off.reference, reason: hand_off.reason })
            }
            RestRecord::Closed(_) => Rest::Closed,
            RestRecord::Ignored(_) => Rest::Ignored,
        })
    };
    let note = |note: NoteRecord| {
        Ok::<_, String>(Note { by: note.by, at: time("desk.notes.at_us", note.at_us)?, text: note.text })
    };
    Ok(Desk {
        claim: record.claim.map(claim).transpose()?,
        last_token: record.last_token,
        assignee: record.assignee,
        rest: record.rest.map(rest).transpose()?,
        escalation: record.escalation.map(|escalation| Escalation { to: escalation.to, reason: escalation.reason }),
        reopened_at: record.reopened_at_us.map(|at| time("desk.reopened_at_us", at)).transpose()?,
        notes: record.notes.into_iter().map(note).collect::<Result<_, _>>()?,
        by: record.by,
    })
}

pub(super) fn write_due(due: Due) -> DueRecord {
    DueRecord { soon_at_us: due.soon_at.as_microsecond(), at_us: due.at.as_microsecond(), sla: due.sla.number() }
}

pub(super) fn read_due(record: DueRecord) -> Result<Due, String> {
    Ok(Due {
        soon_at: time("due.soon_at_us", record.soon_at_us)?,
        at: time("due.at_us", record.at_us)?,
        sla: word("due.sla", record.sla, Sla::from_number)?,
    })
}

/// Most mentions begin their conversation: for those nothing is written.
pub(super) fn write_course(course: Course, created_at: Timestamp) -> Option<CourseRecord> {
    (course != Course::beginning(created_at)).then(|| CourseRecord {
        turns: course.turns,
        brand_turns: course.brand_turns,
        hostile_turns: course.hostile_turns,
        is_conflict: course.is_conflict,
        began_at_us: course.began_at.as_microsecond(),
    })
}

pub(super) fn read_course(record: Option<CourseRecord>, created_at: Timestamp) -> Result<Course, String> {
    let Some(record) = record else { return Ok(Course::beginning(created_at)) };
    Ok(Course {
        turns: record.turns,
        brand_turns: record.brand_turns,
        hostile_turns: record.hostile_turns,
        is_conflict: record.is_conflict,
        began_at: time("course.began_at_us", record.began_at_us)?,
    })
}

pub(super) fn write_priority(priority: &Priority) -> PriorityRecord {
    let part = |part: &PriorityPart| PriorityPartRecord {
        kind: part.kind.number(),
        points: part.points,
        detail: part.detail.clone(),
    };
    PriorityRecord { level: priority.level.number(), parts: priority.parts.iter().map(part).collect() }
}

pub(super) fn read_priority(record: PriorityRecord) -> Result<Priority, String> {
    let part = |part: PriorityPartRecord| {
        let kind = word("priority.parts.kind", part.kind, PriorityKind::from_number)?;
        Ok::<_, String>(PriorityPart { kind, points: part.points, detail: part.detail })
    };
    Ok(Priority {
        level: word("priority.level", record.level, PriorityLevel::from_number)?,
        parts: record.parts.into_iter().map(part).collect::<Result<_, _>>()?,
    })
}
