//! Subscriptions with a name: the server keeps how far they are.

use ascolto::proto::v1::{self as wire, goodbye::Kind, subscribe_request::Start};
use tonic::Code;

use crate::support::{
    Subscriber, TestServer, at, mention,
    status::{assert_says, reason},
    subscriber::told,
};

fn named(name: &str, start: Option<Start>) -> wire::SubscribeRequest {
    wire::SubscribeRequest {
        query: "caffè OR кофе".to_owned(),
        name: name.to_owned(),
        start,
        ..wire::SubscribeRequest::default()
    }
}

async fn acknowledge(server: &TestServer, name: &str, seq: u64) -> Result<wire::DurableSubscription, tonic::Status> {
    let request = wire::AcknowledgeSubscriptionRequest { name: name.to_owned(), seq };
    Ok(server.client.subscriptions().acknowledge_subscription(request).await?.into_inner())
}

async fn known(server: &TestServer, name: &str) -> Result<wire::DurableSubscription, tonic::Status> {
    let request = wire::GetSubscriptionRequest { name: name.to_owned() };
    Ok(server.client.subscriptions().get_subscription(request).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_after_what_was_acknowledged_also_after_a_restart() {
    let server = TestServer::start().await;
    server.ingest((0..5).map(|i| mention(&i.to_string(), "un caffè", i)).collect()).await;
    let mut live = Subscriber::ask(&server.client, named("desk", Some(Start::AfterSeq(0)))).await.unwrap();
    assert_eq!(live.events(5).await.last().unwrap().seq, 5);
    drop(live);
    assert_eq!(acknowledge(&server, "desk", 3).await.unwrap().acknowledged_seq, Some(3));
    assert_eq!(acknowledge(&server, "desk", 1).await.unwrap().acknowledged_seq, Some(3), "never back");
    let future = acknowledge(&server, "desk", 6).await.unwrap_err();
    assert_says(&future, Code::OutOfRange, &["seq 6", "1 to 5"]);

    let server = TestServer::start_in(server.stop().await).await;
    server.ingest(vec![mention("5", "кофе", 9)]).await;
    // The start counts only for a name that is new.
    let mut live = Subscriber::ask(&server.client, named("desk", Some(Start::Now(())))).await.unwrap();
    let seqs: Vec<u64> = live.events(3).await.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, [4, 5, 6]);
    assert!(known(&server, "desk").await.unwrap().connected);
    // Whoever comes back with a later seq of its own has seen what lies before; an earlier one changes nothing.
    for (after, first) in [(5, 6), (1, 4)] {
        let mut live = Subscriber::ask(&server.client, named("desk", Some(Start::AfterSeq(after)))).await.unwrap();
        assert_eq!(live.event().await.seq, first);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_now_on_means_from_the_first_time_it_was_asked() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("before", "un caffè", 0)]).await;
    let mut live = Subscriber::ask(&server.client, named("desk", None)).await.unwrap();
    live.caught_up().await;
    drop(live);
    server.ingest(vec![mention("meanwhile", "un caffè", 1)]).await;
    let mut live = Subscriber::ask(&server.client, named("desk", None)).await.unwrap();
    assert_eq!(told(&live.event().await).2, "meanwhile");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_begins_anew_until_something_is_acknowledged() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", "un caffè", 0), mention("2", "кофе", 1)]).await;
    assert_eq!(server.found("caffè OR кофе").await.len(), 2);
    for _ in 0..2 {
        let mut live = Subscriber::ask(&server.client, named("desk", Some(Start::Snapshot(())))).await.unwrap();
        let (shown, _) = live.history().await;
        assert_eq!((shown.len(), shown[0].snapshot), (2, true));
    }
    assert_eq!(known(&server, "desk").await.unwrap().acknowledged_seq, None);
    acknowledge(&server, "desk", 2).await.unwrap();
    server.ingest(vec![mention("3", "un caffè", 2)]).await;
    let mut live = Subscriber::ask(&server.client, named("desk", Some(Start::Snapshot(())))).await.unwrap();
    let (shown, _) = live.history().await;
    assert_eq!(shown.iter().map(|event| (event.seq, event.snapshot)).collect::<Vec<_>>(), [(3, false)]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_stream_has_the_name_and_a_deleted_name_ends_its_stream() {
    let server = TestServer::start().await;
    let mut first = Subscriber::ask(&server.client, named("desk", None)).await.unwrap();
    first.caught_up().await;
    let mut second = Subscriber::ask(&server.client, named("desk", None)).await.unwrap();
    second.caught_up().await;
    let (_, goodbye) = first.goodbye().await;
    assert_eq!(goodbye.kind(), Kind::TakenOver);
    server.ingest(vec![mention("1", "un caffè", 0)]).await;
    assert_eq!(second.event().await.seq, 1);

    let delete = || wire::DeleteSubscriptionRequest { name: "desk".to_owned() };
    server.client.subscriptions().delete_subscription(delete()).await.unwrap();
    let (_, goodbye) = second.goodbye().await;
    assert_eq!((goodbye.kind(), goodbye.seq), (Kind::Deleted, 1));
    let gone = server.client.subscriptions().delete_subscription(delete()).await.unwrap_err();
    assert_eq!((gone.code(), reason(&gone).as_str()), (Code::NotFound, "NOT_FOUND"));
    let unknown = acknowledge(&server, "desk", 1).await.unwrap_err();
    assert_says(&unknown, Code::NotFound, &["subscription `desk` does not exist"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_listed_in_pages() {
    let server = TestServer::start().await;
    for name in ["c", "a", "b"] {
        let mut live = Subscriber::ask(&server.client, named(name, None)).await.unwrap();
        live.caught_up().await;
    }
    let mut request = wire::ListSubscriptionsRequest { page_size: 2, ..Default::default() };
    let mut names = Vec::new();
    loop {
        let page = server.client.subscriptions().list_subscriptions(request.clone()).await.unwrap().into_inner();
        names.extend(page.subscriptions.into_iter().map(|subscription| subscription.name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(names, ["a", "b", "c"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_at_a_time_begins_with_what_was_recorded_then() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", "un caffè", 0), mention("2", "un caffè", 0)]).await;
    server.ingest(vec![mention("3", "кофе", 0)]).await;
    let third = server.client.search().get(wire::GetRequest { name: "forum/3".to_owned() }).await.unwrap().into_inner();
    let from = |moment| wire::SubscribeRequest {
        query: "*".to_owned(),
        start: Some(Start::AtTime(moment)),
        ..wire::SubscribeRequest::default()
    };
    let mut live = Subscriber::ask(&server.client, from(third.recorded_at.unwrap())).await.unwrap();
    assert_eq!(live.history().await.0.iter().map(|event| event.seq).collect::<Vec<_>>(), [3]);
    // Mentions of tests are written long ago.
    let mut live = Subscriber::ask(&server.client, from(at(0).unwrap())).await.unwrap();
    assert_eq!(live.history().await.0.len(), 3);
    let ahead = prost_types::Timestamp { seconds: 32_503_680_000, nanos: 0 };
    let refused = Subscriber::ask(&server.client, from(ahead)).await.err().unwrap();
    assert_says(&refused, Code::InvalidArgument, &["at_time", "ahead of the server's clock"]);
    server.stop().await;
}
