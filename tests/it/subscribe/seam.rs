//! The seam between log and live: whatever is recorded while a subscription starts is told exactly once.

use std::collections::BTreeMap;

use ascolto::client::Client;
use proptest::{collection::vec, prelude::*};
use tokio::task::JoinSet;

use super::*;
use crate::support::server::ingest_batch;

/// Calls on their way at the same time.
const AT_ONCE_MAX: usize = 6;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A mention gets a new text, with the word or without.
    Say { id: u8, matches: bool },
    /// Its source deletes a mention.
    Delete { id: u8 },
    /// Somebody begins to listen, behind this many thousandths of what is recorded.
    Listen { permille: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..12_u8, any::<bool>()).prop_map(|(id, matches)| Step::Say { id, matches }),
        1 => (0..12_u8).prop_map(|id| Step::Delete { id }),
        3 => (0..=1000_u64).prop_map(|permille| Step::Listen { permille }),
    ]
}

/// What was recorded, by seq: which mention, and whether it matches since then.
type Recorded = BTreeMap<u64, (String, bool)>;

/// What a subscriber is told of a log, by the definition: from the states before and after each version.
fn by_definition(recorded: &Recorded, after: u64) -> Vec<(u64, Change, String)> {
    let mut matches_now = BTreeMap::new();
    let mut told = Vec::new();
    for (&seq, (id, matches)) in recorded {
        let before = matches_now.insert(id, *matches).unwrap_or(false);
        let change = match (before, *matches) {
            (false, false) => continue,
            (false, true) => Change::Entered,
            (true, true) => Change::Changed,
            (true, false) => Change::Left,
        };
        told.push((seq, change, id.clone()));
    }
    told.retain(|(seq, ..)| *seq > after);
    told
}

/// Records one step; nothing where it changed nothing.
async fn record(client: Client, turn: i64, step: Step) -> Option<(u64, (String, bool))> {
    match step {
        Step::Say { id, matches } => {
            let text = format!("{} {turn}", if matches { "кофе" } else { "чай" });
            let said = wire::Mention { observed_at: at(turn), ..mention(&id.to_string(), &text, 0) };
            let told = ingest_batch(&client, vec![said]).await.remove(0);
            (told.outcome() != wire::Outcome::Unchanged).then(|| (told.seq, (id.to_string(), matches)))
        }
        Step::Delete { id } => {
            let deleted = client.ingest().delete(wire::DeleteRequest { name: format!("forum/{id}") }).await;
            // It may not be there yet.
            deleted.ok().map(|deleted| (deleted.into_inner().seq, (id.to_string(), false)))
        }
        Step::Listen { .. } => None,
    }
}

async fn play(steps: Vec<Step>) {
    let server = TestServer::start().await;
    let mut recorded = Recorded::new();
    let (mut recording, mut listeners) = (JoinSet::new(), Vec::new());
    for (turn, step) in (1..).zip(steps) {
        if let Step::Listen { permille } = step {
            // It starts while the steps around it are being recorded.
            let after = server.engine.status().recorded_seq.0 * permille / 1000;
            let client = server.client.clone();
            let listening = async move { Subscriber::begin(&client, "кофе", Start::AfterSeq(after)).await };
            listeners.push((after, tokio::spawn(listening)));
        } else {
            if recording.len() == AT_ONCE_MAX {
                recorded.extend(recording.join_next().await.unwrap().unwrap());
            }
            recording.spawn(record(server.client.clone(), turn, step));
        }
    }
    recorded.extend(recording.join_all().await.into_iter().flatten());
    assert!(recorded.keys().copied().eq(1..=recorded.len() as u64), "every seq once, without holes");

    for (place, (after, listener)) in listeners.into_iter().enumerate() {
        let mut listener = listener.await.unwrap();
        // What comes last shows that nothing else came.
        let last = format!("last {place}");
        let seq = server.ingest(vec![mention(&last, "кофе", 0)]).await[0].seq;
        recorded.insert(seq, (last, true));
        let mut seen: Vec<(u64, Change, String)> = Vec::new();
        while seen.last().is_none_or(|&(last, ..)| last < seq) {
            match listener.next().await {
                Some(Delivery::Event(event)) => seen.push(told(&event)),
                Some(Delivery::CaughtUp(_) | Delivery::Heartbeat(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(seen, by_definition(&recorded, after), "after {after}");
    }
    server.stop().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whoever_begins_anywhere_is_told_what_the_log_says(steps in vec(step(), 20..150)) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(play(steps));
    }
}
