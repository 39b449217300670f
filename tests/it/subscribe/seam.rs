//! The seam between log and live: whatever is recorded while a subscription starts is told exactly once.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::*;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A mention gets this text; several of these run at the same time.
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

/// What a subscriber to the word is told of a log, by the definition: from the states before and after each version.
#[derive(Default)]
struct Model {
    matches_now: BTreeMap<u8, bool>,
    deleted: Vec<u8>,
    told: Vec<(u64, Change, String)>,
    last_seq: u64,
}

impl Model {
    fn state(&mut self, id: u8, seq: u64, matches: bool) {
        let before = self.matches_now.insert(id, matches).unwrap_or(false);
        let change = match (before, matches) {
            (false, false) => None,
            (false, true) => Some(Change::Entered),
            (true, true) => Some(Change::Changed),
            (true, false) => Some(Change::Left),
        };
        self.told.extend(change.map(|change| (seq, change, id.to_string())));
        self.last_seq = seq;
    }
}

async fn play(steps: Vec<Step>) {
    let server = TestServer::start().await;
    let mut model = Model::default();
    let mut listeners = Vec::new();
    for (turn, step) in (1_i64..).zip(steps) {
        match step {
            Step::Say { id, matches } => {
                let text = format!("{} {turn}", if matches { "кофе" } else { "чай" });
                let said = wire::Mention { observed_at: at(turn), ..mention(&id.to_string(), &text, 0) };
                let told = server.ingest(vec![said]).await;
                if model.deleted.contains(&id) {
                    assert_eq!(told[0].outcome(), wire::Outcome::Unchanged);
                } else {
                    model.state(id, told[0].seq, matches);
                }
            }
            Step::Delete { id } if model.matches_now.contains_key(&id) && !model.deleted.contains(&id) => {
                let seq = server.delete(&format!("forum/{id}")).await;
                model.state(id, seq, false);
                model.deleted.push(id);
            }
            Step::Delete { .. } => {}
            Step::Listen { permille } => {
                // It starts while the next steps are being recorded.
                let after = model.last_seq * permille / 1000;
                let client = server.client.clone();
                let listening = async move { Subscriber::begin(&client, "кофе", Start::AfterSeq(after)).await };
                listeners.push((after, tokio::spawn(listening)));
            }
        }
    }
    for (after, listener) in listeners {
        let mut listener = listener.await.unwrap();
        let expected: Vec<_> = model.told.iter().filter(|(seq, ..)| *seq > after).cloned().collect();
        let mut seen = Vec::new();
        while seen.len() < expected.len() {
            match listener.next().await {
                Some(Delivery::Event(event)) => seen.push(told(&event)),
                Some(Delivery::CaughtUp(_) | Delivery::Heartbeat(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(seen, expected, "after {after}");
        // And nothing else: what comes next is a mention that was not there yet.
        let seq = server.ingest(vec![mention(&format!("last {after} {}", seen.len()), "кофе", 0)]).await[0].seq;
        model.told.push((seq, Change::Entered, format!("last {after} {}", seen.len())));
        assert_eq!(listener.event().await.seq, seq);
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
