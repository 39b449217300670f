use proptest::prelude::*;

use super::*;
use Standing::{Answered, Nothing, Waits};

/// The first moment at which a tick changes this.
fn due_at(desk: &Desk) -> Option<Timestamp> {
    let snoozed = desk.rest.iter().filter_map(|rest| match rest {
        Rest::Snoozed { until } => Some(*until),
        _ => None,
    });
    desk.claim.iter().map(|claim| claim.expires_at).chain(snoozed).min()
}

const MINUTE: Duration = Duration::from_mins(1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn claim_by(agent: &str) -> Step {
    Step::Claim { agent: agent.to_owned(), lease: MINUTE }
}

fn claimed() -> Desk {
    step(&Desk::default(), Waits, &claim_by("Ana"), at(0)).unwrap()
}

#[test]
fn a_claimed_mention_belongs_to_one_agent_until_the_lease_ends() {
    let desk = claimed();
    let refused = Refusal::Claimed { agent: "Ana".to_owned(), expires_at: at(60) };
    assert_eq!(step(&desk, Waits, &claim_by("Ben"), at(59)), Err(refused));
    let taken = step(&desk, Waits, &claim_by("Ben"), at(60)).unwrap();
    assert_eq!(taken.claim, Some(Claim { agent: "Ben".to_owned(), token: 2, expires_at: at(120) }));
    // Ana comes back from lunch.
    for late in [Step::Reply { token: Some(1) }, Step::Release { token: 1 }, Step::Renew { token: 1, lease: MINUTE }] {
        assert_eq!(step(&taken, Waits, &late, at(61)), Err(Refusal::StaleToken { token: 1 }));
    }
}

#[test]
fn nobody_takes_a_mention_out_of_anothers_hands() {
    let refused = Refusal::Claimed { agent: "Ana".to_owned(), expires_at: at(60) };
    for stolen in [
        Step::Close { token: None },
        Step::Ignore { token: None },
        Step::Reply { token: None },
        Step::Snooze { token: None, until: at(90) },
        Step::Assign { to: Some("Ben".to_owned()) },
    ] {
        assert_eq!(step(&claimed(), Waits, &stolen, at(1)), Err(refused.clone()), "{stolen:?}");
    }
}

#[test]
fn only_what_waits_is_claimed_and_only_by_its_assignee() {
    assert_eq!(step(&Desk::default(), Nothing, &claim_by("Ana"), at(0)), Err(waiting(Nothing).unwrap_err()));
    let assigned = step(&Desk::default(), Waits, &Step::Assign { to: Some("Ben".to_owned()) }, at(0)).unwrap();
    let refused = Refusal::Assigned { assignee: "Ben".to_owned() };
    assert_eq!(step(&assigned, Waits, &claim_by("Ana"), at(0)), Err(refused));
    assert!(
        step(&assigned, Waits, &claim_by("Ben"), at(0)).is_ok()
            && step(&assigned, Waits, &claim_by("ben"), at(0)).is_ok()
    );
}

#[test]
fn a_snooze_ends_by_itself_and_a_closed_mention_only_when_reopened() {
    let snoozed = step(&claimed(), Waits, &Step::Snooze { token: Some(1), until: at(30) }, at(1)).unwrap();
    assert_eq!((snoozed.claim.as_ref(), due_at(&snoozed)), (None, Some(at(30))));
    assert_eq!(step(&snoozed, Waits, &claim_by("Ben"), at(29)), Err(Refusal::NotAllowed { state: "snoozed" }));
    let woken = step(&snoozed, Waits, &Step::Tick, at(30)).unwrap();
    assert_eq!((woken.rest.as_ref(), due_at(&woken)), (None, None));

    let closed = step(&woken, Waits, &Step::Close { token: None }, at(31)).unwrap();
    let early = step(&snoozed, Waits, &Step::Close { token: None }, at(3)).unwrap();
    assert_eq!(early.rest, Some(Rest::Closed));
    let twice = step(&closed, Waits, &Step::Close { token: None }, at(32));
    assert_eq!(twice, Err(Refusal::NotAllowed { state: "closed" }));
    assert_eq!(step(&closed, Waits, &Step::Tick, at(9_000)).unwrap(), closed);
    assert_eq!(step(&closed, Waits, &Step::Reopen, at(33)).unwrap(), woken);
}

#[test]
fn an_answer_ends_what_was_to_bring_it() {
    let escalation = Escalation { to: "Mia".to_owned(), reason: "a lawyer writes".to_owned() };
    let escalated = step(&claimed(), Waits, &Step::Escalate { token: Some(1), escalation }, at(1)).unwrap();
    assert_eq!((escalated.assignee.as_deref(), escalated.claim.as_ref()), (Some("Mia"), None));
    let refused = Refusal::Assigned { assignee: "Mia".to_owned() };
    assert_eq!(step(&escalated, Waits, &claim_by("Ana"), at(2)), Err(refused));
    let answered = settled(escalated, Answered);
    assert_eq!((answered.escalation.as_ref(), answered.rest.as_ref()), (None, None));
    let snoozed = step(&claimed(), Waits, &Step::Snooze { token: Some(1), until: at(30) }, at(1)).unwrap();
    assert_eq!(settled(snoozed, Answered).rest, None);
}

#[test]
fn an_answer_that_was_none_is_taken_back() {
    let closed = step(&Desk::default(), Answered, &Step::Close { token: None }, at(5)).unwrap();
    let reopened = step(&closed, Answered, &Step::Reopen, at(9)).unwrap();
    assert_eq!((reopened.rest.as_ref(), reopened.reopened_at), (None, Some(at(9))));
    assert_eq!(step(&Desk::default(), Waits, &Step::Reopen, at(9)), Err(Refusal::NotAllowed { state: "open" }));
    assert!(matches!(step(&Desk::default(), Nothing, &Step::Reopen, at(9)), Err(Refusal::NotWaiting { .. })));
}

#[test]
fn notes_are_kept_up_to_a_number_of_them() {
    let note = Step::Note { by: "Ana".to_owned(), text: "ha già chiamato due volte".to_owned() };
    let noted = (0..DESK_NOTES_MAX).fold(Desk::default(), |desk, _| step(&desk, Nothing, &note, at(1)).unwrap());
    assert_eq!(step(&noted, Nothing, &note, at(1)), Err(Refusal::TooManyNotes));
}

#[test]
fn moments_lie_ahead() {
    let no_time = Step::Claim { agent: "Ana".to_owned(), lease: Duration::ZERO };
    assert_eq!(step(&Desk::default(), Waits, &no_time, at(0)), Err(Refusal::NotAhead { field: "lease" }));
    let endless = Step::Claim { agent: "Ana".to_owned(), lease: Duration::MAX };
    assert_eq!(step(&Desk::default(), Waits, &endless, at(0)), Err(Refusal::NotAhead { field: "lease" }));
    let over = Step::Snooze { token: None, until: at(5) };
    assert_eq!(step(&Desk::default(), Waits, &over, at(5)), Err(Refusal::NotAhead { field: "until" }));
}

fn any_step() -> impl Strategy<Value = Step> {
    let token = || prop::option::of(0..6_u64);
    prop_oneof![
        ("[AB]", 1..40_u64).prop_map(|(agent, s)| Step::Claim { agent, lease: Duration::from_secs(s) }),
        (0..6_u64, 1..40_u64).prop_map(|(token, s)| Step::Renew { token, lease: Duration::from_secs(s) }),
        (0..6_u64).prop_map(|token| Step::Release { token }),
        token().prop_map(|token| Step::Reply { token }),
        (token(), 0..400_i64).prop_map(|(token, until)| Step::Snooze { token, until: at(until) }),
        token().prop_map(|token| Step::Close { token }),
        token().prop_map(|token| Step::Ignore { token }),
        token().prop_map(|token| Step::HandOff {
            token,
            hand_off: HandOff { to: "mail".to_owned(), reference: String::new(), reason: String::new() },
        }),
        (token(), "[AB]")
            .prop_map(|(token, to)| Step::Escalate { token, escalation: Escalation { to, reason: String::new() } }),
        Just(Step::Reopen),
        prop::option::of("[AB]").prop_map(|to| Step::Assign { to }),
        Just(Step::Tick),
    ]
}

proptest! {
    /// Whatever is tried: a claim passes to another only when it has run out or its holder let go, tokens never come twice, and a tick
    /// at the due moment changes something exactly once.
    #[test]
    fn claims_exclude_each_other(steps in prop::collection::vec((any_step(), 0..20_i64), 1..60)) {
        let (mut desk, mut now) = (Desk::default(), 0);
        for (tried, seconds) in steps {
            now += seconds;
            let held = desk.claim.clone().filter(|claim| claim.expires_at > at(now));
            let Ok(next) = step(&desk, Waits, &tried, at(now)) else { continue };
            prop_assert!(next.last_token >= desk.last_token);
            prop_assert!(next.claim.is_none() || next.rest.is_none());
            if let (Some(was), Some(is)) = (&held, &next.claim) {
                prop_assert_eq!(was.token, is.token);
            } else if let Some(is) = &next.claim {
                prop_assert!(is.token > desk.last_token);
            }
            if let Some(due) = due_at(&next) {
                prop_assert!(due > at(now));
                let ticked = step(&next, Waits, &Step::Tick, due).unwrap();
                prop_assert_ne!(&ticked, &next);
                prop_assert_eq!(&step(&ticked, Waits, &Step::Tick, due).unwrap(), &ticked);
            }
            desk = next;
        }
    }
}
