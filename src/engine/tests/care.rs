//! What happens at the care desk by the clock, also while the server is down.

use super::*;
use crate::{
    care::{Step, Wanted},
    model::{Sla, Version},
};

/// With the promises of the profiles, at this moment of the story.
fn open_at(dir: &TempDir, second: i64) -> (Arc<Engine>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(moment(second)));
    let options = EngineOptions {
        data_dir: dir.path().to_owned(),
        index_config: IndexConfig::built_in().unwrap(),
        clock: Arc::<ManualClock>::clone(&clock),
        store_bytes_max: None,
        stall_matcher_at: None,
    };
    (Engine::open(options).unwrap(), clock)
}

/// Waits until there are so many versions, and gives the causes of a mention's, oldest first.
async fn causes(engine: &Engine, id: &str, versions: u64) -> Vec<Cause> {
    let mut wake_ups = engine.store.wake_ups();
    wake_ups.wait_for(|seq| seq.0 >= versions).await.unwrap();
    let history = engine.history(&name(id)).await.unwrap();
    history.iter().rev().map(|version| version.cause).collect()
}

async fn get(engine: &Engine, id: &str) -> Arc<Version> {
    engine.get(&name(id)).await.unwrap()
}

fn question(id: &str, second: i64) -> Mention {
    mention(id, "anna", "@nordwindair where is my suitcase?", second)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_due_soon_and_broken_once_each_also_while_the_server_is_down() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, clock) = open_at(&dir, 0);
    ingest(&engine, vec![question("q", 0)]).await;
    let due = get(&engine, "q").await.due.unwrap();
    assert_eq!((due.soon_at, due.at, due.sla), (moment(20 * 60), moment(30 * 60), Sla::Ok));
    clock.advance_seconds(20 * 60);
    assert_eq!(causes(&engine, "q", 2).await, [Cause::Ingested, Cause::DueSoon]);
    assert_eq!(found(&engine, "sla:due_soon priority:high").await, ["q"]);
    engine.close().await;
    drop(engine);

    // Down at that moment, the server tells of it when it is back; and not again the next time.
    for _ in 0..2 {
        let (engine, _) = open_at(&dir, 3 * 3600);
        assert_eq!(causes(&engine, "q", 3).await, [Cause::Ingested, Cause::DueSoon, Cause::Breached]);
        assert!(engine.care_follower.reach(engine.store.last_seq()).await);
        assert_eq!(engine.store.last_seq(), Seq(3));
        engine.close().await;
    }
    // An answer that comes late does not mend it.
    let (engine, _) = open_at(&dir, 4 * 3600);
    ingest(&engine, vec![reply("a", "nordwindcare", "It is at desk 4.", 4 * 3600, "q")]).await;
    assert_eq!(
        (get(&engine, "q").await.due.unwrap().sla, found(&engine, "is:answered_late").await),
        (Sla::Breached, vec!["q".to_owned()])
    );
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_time_keeps_the_promise_whenever_it_arrives() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, _) = open_at(&dir, 2 * 3600);
    ingest(&engine, vec![question("q", 0)]).await;
    assert_eq!(causes(&engine, "q", 3).await, [Cause::Ingested, Cause::DueSoon, Cause::Breached]);
    ingest(&engine, vec![reply("a", "nordwindcare", "It is at desk 4.", 60, "q")]).await;
    assert_eq!(get(&engine, "q").await.due.unwrap().sla, Sla::Ok);
    assert!(found(&engine, "is:answered_late OR sla:breached").await.is_empty());
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_and_a_snooze_end_at_their_moment_and_never_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, clock) = open_at(&dir, 0);
    ingest(&engine, vec![question("q", 0)]).await;
    let wanted = Wanted::default();
    let lease = std::time::Duration::from_mins(5);
    let claimed = engine.claim_next("Ana", lease, &wanted).await.unwrap().unwrap();
    assert_eq!(engine.claim_next("Ben", lease, &wanted).await.unwrap(), None);
    clock.advance_seconds(5 * 60);
    assert_eq!(causes(&engine, "q", 3).await, [Cause::Ingested, Cause::Claimed, Cause::Expired]);
    let step = Step::Release { token: claimed.desk().last_token };
    let refused = engine.take_step(name("q"), step, "Ana").await.unwrap_err();
    assert!(refused.to_string().contains("token 1 is stale"), "{refused}");

    engine.take_step(name("q"), Step::Snooze { token: None, until: moment(8 * 60) }, "Ben").await.unwrap();
    engine.close().await;
    drop(engine);
    let (engine, _) = open_at(&dir, 9 * 60);
    let told = causes(&engine, "q", 5).await;
    assert_eq!(told[3..], [Cause::Snoozed, Cause::Woken]);
    assert!(engine.claim_next("Ben", lease, &wanted).await.unwrap().is_some());
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_arrives_after_a_thousand_additions_of_its_author_holds_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, _) = open_at(&dir, 7200);
    let added = |at: u32| {
        let text = format!("@nordwindair and where is suitcase {at}?");
        Mention { in_reply_to: Some("q".to_owned()), ..mention(&format!("q{at}"), "anna", &text, i64::from(at) + 1) }
    };
    for part in (0..1000).collect::<Vec<u32>>().chunks(200) {
        ingest(&engine, part.iter().map(|at| added(*at)).collect()).await;
    }
    let begun = std::time::Instant::now();
    ingest(&engine, vec![question("q", 0)]).await;
    // It took twenty seconds, with nothing else recorded meanwhile; a slow machine needs two.
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    ingest(&engine, vec![reply("a", "nordwindcare", "All are at desk 4.", 3600, "q")]).await;
    assert_eq!(get(&engine, "q").await.status, Status::Answered);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_turns_hostile_is_proposed_for_hand_off() {
    let dir = tempfile::tempdir().unwrap();
    let (engine, _) = open_at(&dir, 600);
    let angry = "@nordwindair this is terrible, the worst service ever, where is my suitcase?";
    ingest(
        &engine,
        vec![
            mention("1", "anna", angry, 0),
            reply("2", "nordwindcare", "Sorry, Anna! We are looking.", 60, "1"),
            reply("3", "anna", "You are awful liars, I am furious. Where is it?", 120, "2"),
        ],
    )
    .await;
    let last = get(&engine, "3").await;
    assert!(last.course.is_conflict, "{:?} {:?}", last.course, last.understanding.sentiment);
    assert_eq!(found(&engine, "is:conflict priority:urgent turns:2").await, ["3"]);
    assert!(crate::care::hand_off_proposal(&last).unwrap().contains("private channel"));
    engine.close().await;
}
