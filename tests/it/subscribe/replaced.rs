//! Streams whose subscribers want something else while they are connected.

use ascolto::proto::v1::{
    self as wire, Redefined, event::Change, subscribe_request::Start, subscribe_response::Message as Delivery,
};
use tonic::{Code, Status};

use crate::support::{Subscriber, TestServer, mention, status::assert_says, subscriber::told};

async fn replace(server: &TestServer, id: &str, query: &str, snapshot: bool) -> Result<u64, Status> {
    let request = wire::ReplaceSubscriptionRequest {
        subscription_id: id.to_owned(),
        query: query.to_owned(),
        snapshot,
        ..Default::default()
    };
    Ok(server.client.subscriptions().replace_subscription(request).await?.into_inner().seq)
}

/// The next message but signs of life has to tell of a replacement.
async fn replaced(live: &mut Subscriber) -> Redefined {
    loop {
        match live.next().await {
            Some(Delivery::Redefined(redefined)) if redefined.replaced => return redefined,
            Some(Delivery::Heartbeat(_)) => {}
            other => panic!("a replacement was due, not {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_seq_that_is_told_the_new_query_counts_and_no_version_is_judged_twice() {
    let server = TestServer::start().await;
    let mut live = Subscriber::begin(&server.client, "zug", Start::Now(())).await;
    live.caught_up().await;
    for round in 0..20 {
        // What is asked for in this round, and what in the next.
        let (now, next) = if round % 2 == 0 { ("zug", "bus") } else { ("bus", "zug") };
        let said = server
            .ingest(vec![
                mention(&format!("{round}z"), &format!("ein {now}"), round),
                mention(&format!("{round}b"), &format!("ein {next}"), round),
            ])
            .await;
        let seq = replace(&server, &live.id, next, false).await.unwrap();
        // The stream need not have heard of them when it is told to turn; nothing is lost for it.
        let mut events = Vec::new();
        let at = loop {
            match live.next().await {
                Some(Delivery::Event(event)) => events.push(event.seq),
                Some(Delivery::Redefined(redefined)) => break redefined,
                _ => {}
            }
        };
        assert_eq!((at.seq, at.replaced, at.snapshot_follows), (seq, true, false));
        let by_the_old: Vec<u64> = (said[0].seq <= seq).then_some(said[0].seq).into_iter().collect();
        assert_eq!(events, by_the_old);
        if said[1].seq > seq {
            assert_eq!(live.event().await.seq, said[1].seq, "by the new");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_snapshot_it_begins_anew() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", "a bus", 0), mention("2", "a train", 0), mention("3", "a bus", 0)]).await;
    let mut live = Subscriber::begin(&server.client, "train", Start::AfterSeq(0)).await;
    assert_eq!(live.history().await.0.len(), 1);
    let seq = replace(&server, &live.id, "bus", true).await.unwrap();
    let at = replaced(&mut live).await;
    assert_eq!((at.seq, at.snapshot_follows, seq), (3, true, 3));
    let (shown, caught_up) = live.history().await;
    assert_eq!(
        shown.iter().map(told).collect::<Vec<_>>(),
        [(3, Change::Entered, "1".to_owned()), (3, Change::Entered, "3".to_owned())]
    );
    assert!(shown.iter().all(|event| event.snapshot));
    assert_eq!(caught_up, 3);
    server.ingest(vec![mention("4", "a train", 1), mention("5", "a bus", 1)]).await;
    assert_eq!(told(&live.event().await), (5, Change::Entered, "5".to_owned()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_there_or_asks_for_nonsense_is_told_so_and_the_stream_goes_on() {
    let server = TestServer::start().await;
    let mut live = Subscriber::begin(&server.client, "bus", Start::Now(())).await;
    live.caught_up().await;
    let refused = replace(&server, "nobody", "bus", false).await.unwrap_err();
    assert_says(&refused, Code::NotFound, &["open subscription `nobody`"]);
    let refused = replace(&server, "", "bus", false).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["subscription_id: is empty", "`begun`"]);
    let refused = replace(&server, &live.id, "bus AND (", false).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let refused = replace(&server, &live.id, "bus AND NOT bus", false).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["no mention can match"]);
    server.ingest(vec![mention("1", "a bus", 0)]).await;
    assert_eq!(live.event().await.seq, 1);
    server.stop().await;
}
