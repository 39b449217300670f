use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn claim_by(agent: &str) -> Step {
    Step::Claim { agent: agent.to_owned(), lease: MINUTE }
}

fn claimed() -> Desk {
    step(&Desk::default(), true, &claim_by("Ana"), at(0)).unwrap()
}

#[test]
fn a_claimed_mention_belongs_to_one_agent_until_the_lease_ends() {
    let desk = claimed();
    let refused = Refusal::Claimed { agent: "Ana".to_owned(), expires_at: at(60) };
    assert_eq!(step(&desk, true, &claim_by("Ben"), at(59)), Err(refused));
    let taken = step(&desk, true, &claim_by("Ben"), at(60)).unwrap();
    assert_eq!(taken.claim, Some(Claim { agent: "Ben".to_owned(), token: 2, expires_at: at(120) }));
    // Ana comes back from lunch.
    for late in [Step::Reply { token: Some(1) }, Step::Release { token: 1 }, Step::Renew { token: 1, lease: MINUTE }] {
        assert_eq!(step(&taken, true, &late, at(61)), Err(Refusal::StaleToken { token: 1 }));
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
        assert_eq!(step(&claimed(), true, &stolen, at(1)), Err(refused.clone()), "{stolen:?}");
    }
}

#[test]
fn only_what_waits_is_claimed_and_only_by_its_assignee() {
    assert_eq!(step(&Desk::default(), false, &claim_by("Ana"), at(0)), Err(Refusal::NotWaiting));
    let assigned = step(&Desk::default(), true, &Step::Assign { to: Some("Ben".to_owned()) }, at(0)).unwrap();
    let refused = Refusal::Assigned { assignee: "Ben".to_owned() };
    assert_eq!(step(&assigned, true, &claim_by("Ana"), at(0)), Err(refused));
    assert!(step(&assigned, true, &claim_by("Ben"), at(0)).is_ok());
}

#[test]
fn a_snooze_ends_by_itself_and_a_closed_mention_only_when_reopened() {
    let snoozed = step(&claimed(), true, &Step::Snooze { token: Some(1), until: at(30) }, at(1)).unwrap();
    assert_eq!((snoozed.claim.as_ref(), due_at(&snoozed)), (None, Some(at(30))));
    assert_eq!(step(&snoozed, true, &claim_by("Ben"), at(29)), Err(Refusal::NotAllowed { state: "snoozed" }));
    let woken = step(&snoozed, true, &Step::Tick, at(30)).unwrap();
    assert_eq!((woken.rest.as_ref(), due_at(&woken)), (None, None));

    let closed = step(&woken, true, &Step::Close { token: None }, at(31)).unwrap();
    let twice = step(&closed, true, &Step::Close { token: None }, at(32));
    assert_eq!(twice, Err(Refusal::NotAllowed { state: "closed" }));
    assert_eq!(step(&closed, true, &Step::Tick, at(9_000)).unwrap(), closed);
    assert_eq!(step(&closed, true, &Step::Reopen, at(33)).unwrap(), woken);
}

#[test]
fn moments_lie_ahead() {
    let no_time = Step::Claim { agent: "Ana".to_owned(), lease: Duration::ZERO };
    assert_eq!(step(&Desk::default(), true, &no_time, at(0)), Err(Refusal::NotAhead { field: "lease" }));
    let endless = Step::Claim { agent: "Ana".to_owned(), lease: Duration::MAX };
    assert_eq!(step(&Desk::default(), true, &endless, at(0)), Err(Refusal::NotAhead { field: "lease" }));
    let over = Step::Snooze { token: None, until: at(5) };
    assert_eq!(step(&Desk::default(), true, &over, at(5)), Err(Refusal::NotAhead { field: "until" }));
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
            let Ok(next) = step(&desk, true, &tried, at(now)) else { continue };
            prop_assert!(next.last_token >= desk.last_token);
            prop_assert!(next.claim.is_none() || next.rest.is_none());
            if let (Some(was), Some(is)) = (&held, &next.claim) {
                prop_assert_eq!(was.token, is.token);
            } else if let Some(is) = &next.claim {
                prop_assert!(is.token > desk.last_token);
            }
            if let Some(due) = due_at(&next) {
                prop_assert!(due > at(now));
                let ticked = step(&next, true, &Step::Tick, due).unwrap();
                prop_assert_ne!(&ticked, &next);
                prop_assert_eq!(&step(&ticked, true, &Step::Tick, due).unwrap(), &ticked);
            }
            desk = next;
        }
    }
}
