//! A matcher that stands still must not look like a quiet stream.

use ascolto::proto::v1::{self as wire, subscribe_request::Start};

use crate::support::{Subscriber, TestOptions, TestServer, mention};

fn watch(start: Start) -> wire::SubscribeRequest {
    wire::SubscribeRequest { query: "bus".to_owned(), start: Some(start), heartbeat_seconds: 1, ..Default::default() }
}

/// How far it says it is in the first sign of life that knows of this seq.
async fn evaluated_when_recorded(live: &mut Subscriber, recorded: u64) -> u64 {
    loop {
        let beat = live.heartbeat().await;
        if beat.recorded_seq == recorded {
            return beat.evaluated_seq;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_heartbeat_says_how_far_it_came_and_how_far_the_log_is() {
    let options = TestOptions { stall_matcher_at: Some(3), ..TestOptions::default() };
    let server = TestServer::start_with(options).await;
    let mut live = Subscriber::ask(&server.client, watch(Start::Now(()))).await.unwrap();
    live.caught_up().await;
    server.ingest((1..=10).map(|number| mention(&number.to_string(), "a bus", number)).collect()).await;
    let told: Vec<u64> = live.events(3).await.iter().map(|event| event.seq).collect();
    assert_eq!(told, [1, 2, 3]);
    assert_eq!(evaluated_when_recorded(&mut live, 10).await, 3);
    server.ingest(vec![mention("11", "a bus", 11)]).await;
    assert_eq!(evaluated_when_recorded(&mut live, 11).await, 3);

    // Who comes now reads the log, gets no further than that, and is told so as well.
    let mut late = Subscriber::ask(&server.client, watch(Start::AfterSeq(0))).await.unwrap();
    assert_eq!(late.events(11).await.len(), 11);
    let mut evaluated = 0;
    for number in 12..=14 {
        server.ingest(vec![mention(&number.to_string(), "a bus", 12)]).await;
        evaluated = evaluated_when_recorded(&mut late, number).await;
    }
    // The first of them may have come while it read on.
    assert!((11..=12).contains(&evaluated), "{evaluated}");

    // And the server still says goodbye to both.
    let stopping = tokio::spawn(server.stop());
    assert_eq!(late.goodbye().await.1.seq, evaluated);
    assert_eq!(live.goodbye().await.1.seq, 3);
    stopping.await.unwrap();
}
