//! Readers slower than what happens.

use super::*;
use crate::support::server::stream_all;

const MENTIONS: usize = 20_000;

/// As events these are some 6 MB: they fill every buffer on the way many times over.
fn flood() -> Vec<wire::Mention> {
    (0..MENTIONS).map(|i| mention(&i.to_string(), &format!("очередь {i}"), i as i64)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_does_not_read_slows_nobody_and_misses_nothing() {
    let server = TestServer::start().await;
    let connection = server.connect().await;
    let mut asleep = Subscriber::begin(&connection, "очередь", Start::Now(())).await;
    let mut awake = Subscriber::begin(&server.client, "очередь", Start::Now(())).await;
    let reading = tokio::spawn(async move {
        awake.caught_up().await;
        awake.events(MENTIONS).await.iter().map(|event| event.seq).collect::<Vec<_>>()
    });

    // All 20,000 are acknowledged and told to who reads, while the other has not read one.
    let producer = server.connect().await;
    let acknowledged = stream_all(&producer, flood()).await;
    assert_eq!(acknowledged.len(), MENTIONS);
    let every_seq: Vec<u64> = (1..=MENTIONS as u64).collect();
    assert_eq!(reading.await.unwrap(), every_seq);

    asleep.caught_up().await;
    let late: Vec<u64> = asleep.events(MENTIONS).await.iter().map(|event| event.seq).collect();
    assert!(late == every_seq, "exactly once, in order");
    server.ingest(vec![mention("after", "очередь", 0)]).await;
    assert_eq!(asleep.event().await.seq, MENTIONS as u64 + 1, "and live again");
    server.stop().await;
}
