use std::time::Duration;

use super::*;
use crate::{
    care::{self, Standing, Step},
    model::{
        Author, BrandMatch, BrandReason, Cause, Course, Kind, Mention, MentionName, Priority, PriorityKind,
        PriorityPart, Understanding,
    },
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A customer's question, waiting since this second.
fn waiting(number: u64, handle: &str, thread: u64, second: i64, level: PriorityLevel) -> Version {
    let name = MentionName { platform: "twitter".to_owned(), external_id: number.to_string() };
    let mut mention = Mention::new(name, Kind::Post, at(second));
    mention.author = Author { handle: handle.to_owned(), ..Author::default() };
    let mut understanding = Understanding::nothing();
    understanding.needs_reply.asked = true;
    understanding.language.code = "it".to_owned();
    understanding.brands =
        vec![BrandMatch { brand: "aurora".to_owned(), own: false, reasons: vec![BrandReason::Query], sentiment: None }];
    let part = PriorityPart { kind: PriorityKind::Asks, points: 1, detail: String::new() };
    Version {
        seq: Seq(number),
        previous_seq: Seq::ZERO,
        number: MentionNumber(number),
        cause: Cause::Ingested,
        recorded_at: at(second),
        ingested_at: at(second),
        mention,
        understanding,
        thread: ThreadId(thread),
        status: Status::NeedsReply,
        parent: None,
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: Some(Box::new(Priority { level, parts: vec![part] })),
        course: Course::beginning(at(second)),
        deleted: false,
    }
}

fn stepped(version: &Version, seq: u64, step: &Step) -> Version {
    let desk = care::step(version.desk(), Standing::Waits, step, at(1000)).unwrap();
    let status = care::status(Standing::Waits, &desk);
    Version { seq: Seq(seq), desk: Some(Box::new(desk)), status, ..version.clone() }
}

fn claim(agent: &str) -> Step {
    Step::Claim { agent: agent.to_owned(), lease: Duration::from_mins(1) }
}

fn next(queue: &mut Queue, agent: &str, wanted: &Wanted) -> Option<u64> {
    queue.reserve_next(agent, wanted).map(|(number, _)| number.0)
}

#[test]
fn the_urgent_come_first_and_among_equals_the_old() {
    let mut queue = Queue::default();
    queue.record(&waiting(1, "anna", 1, 30, PriorityLevel::Normal));
    queue.record(&waiting(2, "ben", 2, 10, PriorityLevel::Normal));
    queue.record(&waiting(3, "cho", 3, 50, PriorityLevel::Urgent));
    let wanted = Wanted::default();
    let listed: Vec<u64> = queue.list(&wanted, None, 10).iter().map(|(place, _)| place.number.0).collect();
    assert_eq!(listed, [3, 2, 1]);
    let first = queue.list(&wanted, None, 1)[0].0;
    assert_eq!(queue.list(&wanted, Place::of_parts(first.parts()), 1)[0].0.number.0, 2);
    assert_eq!(queue.counts(&wanted).waiting, [0, 2, 0, 1]);
    // Each is reserved for one only.
    let got: Vec<_> = (0..4).map(|_| next(&mut queue, "Ana", &wanted)).collect();
    assert_eq!(got, [Some(3), Some(2), Some(1), None]);
    queue.give_up(MentionNumber(2));
    assert_eq!(next(&mut queue, "Ben", &wanted), Some(2));
}

#[test]
fn an_agent_gets_what_they_asked_for() {
    let mut queue = Queue::default();
    let mut tagged = waiting(1, "anna", 1, 30, PriorityLevel::Normal);
    tagged.mention.tags = vec!["Refund".to_owned()];
    queue.record(&tagged);
    let only = |change: fn(&mut Wanted)| {
        let mut wanted = Wanted::default();
        change(&mut wanted);
        wanted
    };
    let others = [
        only(|it| it.brands = vec!["luna".to_owned()]),
        only(|it| it.languages = vec!["ru".to_owned()]),
        only(|it| it.platforms = vec!["vk".to_owned()]),
        only(|it| it.skills = vec!["outage".to_owned()]),
    ];
    for wanted in &others {
        assert_eq!(next(&mut queue, "Ana", wanted), None, "{wanted:?}");
    }
    let mine = Wanted {
        brands: vec!["Aurora".to_owned()],
        languages: vec!["IT".to_owned()],
        platforms: vec!["Twitter".to_owned()],
        skills: vec!["refund".to_owned()],
    };
    assert_eq!(next(&mut queue, "Ana", &mine), Some(1));
}

#[test]
fn two_agents_never_answer_the_same_customer_at_once() {
    let mut queue = Queue::default();
    let first = waiting(1, "Anna", 7, 10, PriorityLevel::Normal);
    queue.record(&first);
    queue.record(&waiting(2, "anna", 7, 20, PriorityLevel::Normal));
    queue.record(&waiting(3, "ben", 7, 30, PriorityLevel::Normal));
    let wanted = Wanted::default();
    assert_eq!(next(&mut queue, "Ana", &wanted), Some(1));
    // Also while the claim is still being recorded.
    assert_eq!(next(&mut queue, "Bo", &wanted), Some(3));
    queue.give_up(MentionNumber(3));
    queue.claimed(MentionNumber(1), Seq(4));
    assert_eq!(next(&mut queue, "Bo", &wanted), Some(3));
    queue.give_up(MentionNumber(3));
    queue.record(&stepped(&first, 4, &claim("Ana")));
    // Anna's second question is Ana's; Ben's is another matter.
    assert_eq!(next(&mut queue, "Bo", &wanted), Some(3));
    assert_eq!(next(&mut queue, "Bo", &wanted), None);
    assert_eq!(next(&mut queue, "Ana", &wanted), Some(2));
    queue.give_up(MentionNumber(2));
    queue.record(&stepped(&stepped(&first, 4, &claim("Ana")), 5, &Step::Release { token: 1 }));
    assert_eq!(next(&mut queue, "Bo", &wanted), Some(1));
}

#[test]
fn a_claim_that_the_log_has_not_told_of_yet_is_still_a_claim() {
    let mut queue = Queue::default();
    let first = waiting(1, "anna", 1, 10, PriorityLevel::Normal);
    queue.record(&first);
    assert_eq!(next(&mut queue, "Ana", &Wanted::default()), Some(1));
    queue.claimed(MentionNumber(1), Seq(9));
    assert_eq!(next(&mut queue, "Ben", &Wanted::default()), None);
    queue.record(&stepped(&first, 9, &claim("Ana")));
    assert_eq!(queue.counts(&Wanted::default()).claimed, 1);
    // What is read once more changes nothing.
    queue.record(&first);
    assert_eq!((queue.counts(&Wanted::default()).claimed, queue.reached()), (1, Seq(9)));
}

#[test]
fn moments_at_which_time_changes_something_are_known() {
    let mut queue = Queue::default();
    let first = waiting(1, "anna", 1, 10, PriorityLevel::Normal);
    queue.record(&first);
    assert_eq!(queue.next_tick(), None);
    let snoozed = stepped(&first, 2, &Step::Snooze { token: None, until: at(2000) });
    queue.record(&snoozed);
    assert_eq!((queue.next_tick(), queue.counts(&Wanted::default()).snoozed), (Some(at(2000)), 1));
    assert_eq!(queue.ticking(at(1999), 10), []);
    assert_eq!(queue.ticking(at(2000), 10), [MentionNumber(1)]);
    queue.record(&Version { seq: Seq(3), status: Status::Answered, ..snoozed });
    assert_eq!((queue.next_tick(), queue.counts(&Wanted::default())), (None, QueueCounts::default()));
}
