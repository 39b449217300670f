use super::*;
use crate::{
    base::Seq,
    model::{
        Brand, BrandMatch, BrandReason, Cause, Claim, Course, Desk, Kind, Mention, MentionName, MentionNumber,
        ReplyRules, Status, Target, ThreadId, Understanding,
    },
};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

/// First replies within an hour, next ones within two; due soon ten minutes before.
fn brands() -> Brands {
    let target = Target {
        platform: None,
        priority: None,
        first_reply_minutes: Some(60),
        next_reply_minutes: Some(120),
        due_soon_minutes: Some(10),
    };
    Brands::new([Brand {
        id: "aurora".to_owned(),
        title: "Aurora".to_owned(),
        query: "aurora".to_owned(),
        accounts: Vec::new(),
        coverage: None,
        targets: vec![target],
        reply_threshold: 1.2,
        reply: ReplyRules::default(),
        priority_tags: Vec::new(),
        responsible: Vec::new(),
    }])
}

fn asked() -> Version {
    let name = MentionName { platform: "twitter".to_owned(), external_id: "1".to_owned() };
    let mut understanding = Understanding::nothing();
    understanding.needs_reply.asked = true;
    understanding.brands =
        vec![BrandMatch { brand: "aurora".to_owned(), own: false, reasons: vec![BrandReason::Query], sentiment: None }];
    Version {
        seq: Seq(1),
        previous_seq: Seq::ZERO,
        number: MentionNumber(1),
        cause: Cause::Ingested,
        recorded_at: at(1),
        ingested_at: at(1),
        mention: Mention::new(name, Kind::Post, at(0)),
        understanding,
        thread: ThreadId(1),
        status: Status::NeedsReply,
        parent: None,
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: Course::beginning(at(0)),
        deleted: false,
    }
}

fn due_of(version: &Version, answered_at: Option<Timestamp>) -> Due {
    due(version, answered_at, &brands()).unwrap()
}

#[test]
fn the_first_answer_and_later_ones_have_promises_of_their_own() {
    let first = due_of(&asked(), None);
    assert_eq!((first.soon_at, first.at, first.sla), (at(50), at(60), Sla::Ok));
    let course = Course { turns: 2, brand_turns: 1, ..Course::beginning(at(0)) };
    assert_eq!(due_of(&Version { course, ..asked() }, None).at, at(120));
}

#[test]
fn the_clock_moves_it_step_by_step_and_the_answer_for_good() {
    let mut version = Version { due: Some(due_of(&asked(), None)), ..asked() };
    assert_eq!((next_sla(&version), tick_at(&version)), (Some((at(50), Sla::DueSoon)), Some(at(50))));
    version.due = version.due.map(|due| Due { sla: Sla::DueSoon, ..due });
    // Looking again changes nothing.
    version.due = due(&version, None, &brands());
    assert_eq!(next_sla(&version), Some((at(60), Sla::Breached)));
    assert_eq!(due_of(&version, Some(at(59))).sla, Sla::Ok);
    assert_eq!(due_of(&version, Some(at(60))).sla, Sla::Breached);
    version.due = version.due.map(|due| Due { sla: Sla::Breached, ..due });
    assert_eq!(next_sla(&version), None);
    assert_eq!(next_sla(&Version { status: Status::Answered, due: Some(due_of(&asked(), None)), ..version }), None);
}

#[test]
fn what_is_opened_again_is_promised_anew() {
    let broken = Some(Due { sla: Sla::Breached, ..due_of(&asked(), None) });
    let desk = Desk { reopened_at: Some(at(200)), ..Desk::default() };
    let reopened = Version { due: broken, desk: Some(Box::new(desk)), ..asked() };
    assert_eq!(due_of(&reopened, None), Due { soon_at: at(250), at: at(260), sla: Sla::Ok });
}

#[test]
fn nothing_is_promised_for_history_and_for_what_asks_nothing() {
    let history = Version { ingested_at: at(60 * 24 * 8), ..asked() };
    assert_eq!(due(&history, None, &brands()), None);
    let mut quiet = asked();
    quiet.understanding.needs_reply.asked = false;
    assert_eq!(due(&quiet, None, &brands()), None);
    assert_eq!(due(&asked(), None, &Brands::default()), None);
}

#[test]
fn the_first_of_all_moments_counts() {
    let claim = Claim { agent: "Ana".to_owned(), token: 1, expires_at: at(20) };
    let desk = Desk { claim: Some(claim), ..Desk::default() };
    let claimed = Version { due: Some(due_of(&asked(), None)), desk: Some(Box::new(desk)), ..asked() };
    assert_eq!(tick_at(&claimed), Some(at(20)));
}
