//! Live answers: where they start, what they tell, and that nobody has to wait for a slow reader.

mod durable;
mod folders;
mod replaced;
mod seam;
mod slow;

use ascolto::proto::v1::{
    self as wire, event::Change, subscribe_request::Start, subscribe_response::Message as Delivery,
};
use tonic::Code;

use crate::support::{
    Subscriber, TestServer, at, mention,
    status::{assert_says, figure, reason},
    subscriber::{mention_of, told},
};

#[tokio::test(flavor = "multi_thread")]
async fn from_now_on_it_tells_what_enters_changes_and_leaves() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("old", "кофе остыл", 0)]).await;
    let mut live = Subscriber::begin(&server.client, "кофе OR coffee", Start::Now(())).await;
    assert_eq!(live.caught_up().await.seq, 1);

    let first = mention("1", "The coffee was cold", 1);
    let liked = wire::Engagement { likes: Some(3), ..Default::default() };
    let liked = wire::Mention { engagement: Some(liked), observed_at: at(2), ..first.clone() };
    let tea = wire::Mention { text: "The tea was cold".to_owned(), observed_at: at(3), ..first.clone() };
    server.ingest(vec![mention("no", "just tea", 1), first.clone()]).await;
    server.ingest(vec![liked]).await;
    server.ingest(vec![tea]).await;
    server.ingest(vec![wire::Mention { observed_at: at(4), ..first }]).await;
    server.delete("forum/1").await;

    let events = live.events(5).await;
    let seen: Vec<_> = events.iter().map(|event| (event.seq, event.change(), event.cause())).collect();
    assert_eq!(
        seen,
        [
            (3, Change::Entered, wire::Cause::Ingested),
            (4, Change::Changed, wire::Cause::Engagement),
            (5, Change::Left, wire::Cause::Edited),
            (6, Change::Entered, wire::Cause::Edited),
            (7, Change::Left, wire::Cause::Deleted),
        ]
    );
    let place = &events[0].highlights[0];
    let text = &mention_of(&events[0]).text;
    assert_eq!(&text[place.start as usize..place.end as usize], "coffee");
    assert_eq!(mention_of(&events[4]).text, "", "no text after a deletion");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_seq_it_tells_everything_since_and_goes_on_live() {
    let server = TestServer::start().await;
    server.ingest((0..50).map(|i| mention(&i.to_string(), "ein Kaffee", i)).collect()).await;
    let mut live = Subscriber::begin(&server.client, "kaffee", Start::AfterSeq(20)).await;
    let (history, caught_up) = live.history().await;
    assert_eq!(history.iter().map(|event| event.seq).collect::<Vec<_>>(), (21..=50).collect::<Vec<_>>());
    assert!(history.iter().all(|event| !event.snapshot));
    assert_eq!(caught_up, 50);
    server.ingest(vec![mention("live", "noch ein Kaffee", 60)]).await;
    assert_eq!(told(&live.event().await), (51, Change::Entered, "live".to_owned()));

    let future =
        wire::SubscribeRequest { query: "kaffee".to_owned(), start: Some(Start::AfterSeq(1000)), ..Default::default() };
    let refused = Subscriber::ask(&server.client, future).await.err().unwrap();
    assert_says(&refused, Code::OutOfRange, &["seq 1000", "1 to 51"]);
    assert_eq!((reason(&refused).as_str(), figure(&refused, "newest").as_deref()), ("SEQ_OUT_OF_RANGE", Some("51")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_shows_what_matches_and_then_what_follows() {
    let server = TestServer::start().await;
    server
        .ingest(
            (0..700)
                .map(|i| mention(&i.to_string(), if i % 2 == 0 { "紅茶です" } else { "コーヒーです" }, i))
                .collect(),
        )
        .await;
    server.delete("forum/1").await;
    // The snapshot is of what is searchable.
    assert_eq!(server.found("コーヒー").await.len(), 349);
    let mut live = Subscriber::begin(&server.client, "コーヒー", Start::Snapshot(())).await;
    let (shown, caught_up) = live.history().await;
    assert_eq!((shown.len(), caught_up), (349, 701));
    for (event, id) in shown.iter().zip((3..700).step_by(2)) {
        assert_eq!(told(event), (701, Change::Entered, id.to_string()));
        assert!(event.snapshot && !event.highlights.is_empty());
    }
    server.delete("forum/3").await;
    let left = live.event().await;
    assert_eq!((told(&left), left.snapshot), ((702, Change::Left, "3".to_owned()), false));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_searches_that_match_are_named() {
    let server = TestServer::start().await;
    let mut saved = server.client.saved_searches();
    for (id, query) in [("late", "late OR verspätet"), ("train", "train OR zug")] {
        let search = wire::SavedSearch { id: id.to_owned(), query: query.to_owned(), ..Default::default() };
        saved
            .create_saved_search(wire::CreateSavedSearchRequest { saved_search: Some(search), ..Default::default() })
            .await
            .unwrap();
    }
    let request =
        wire::SubscribeRequest { saved_searches: vec!["train".to_owned(), "late".to_owned()], ..Default::default() };
    let mut live = Subscriber::ask(&server.client, request).await.unwrap();
    live.caught_up().await;
    server
        .ingest(vec![
            mention("1", "Der Zug ist verspätet", 0),
            mention("2", "der Bus kommt", 0),
            mention("3", "the train came", 0),
        ])
        .await;
    let events = live.events(2).await;
    assert_eq!(events[0].saved_searches, ["late", "train"]);
    assert_eq!(events[1].saved_searches, ["train"]);

    let unknown = wire::SubscribeRequest { saved_searches: vec!["bus".to_owned()], ..Default::default() };
    let refused = Subscriber::ask(&server.client, unknown).await.err().unwrap();
    assert_says(&refused, Code::NotFound, &["saved search `bus`", "does not exist"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_tell_what_is_recorded_and_what_was_looked_at() {
    let server = TestServer::start().await;
    let request = wire::SubscribeRequest {
        query: "never".to_owned(),
        start: Some(Start::AfterSeq(0)),
        heartbeat_seconds: 1,
        ..Default::default()
    };
    let mut live = Subscriber::ask(&server.client, request).await.unwrap();
    live.caught_up().await;
    server.ingest((0..10).map(|i| mention(&i.to_string(), "bus", i)).collect()).await;
    // Nothing matched, and the cursor moves on all the same.
    loop {
        let beat = live.heartbeat().await;
        assert!(beat.evaluated_seq <= beat.recorded_seq && beat.recorded_seq <= 10, "{beat:?}");
        assert!(beat.sent_at.is_some());
        if beat.evaluated_seq == 10 {
            break;
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stop_says_goodbye_with_the_place_to_come_back_to() {
    let server = TestServer::start().await;
    let mut live = Subscriber::begin(&server.client, "*", Start::Now(())).await;
    live.caught_up().await;
    server.ingest((0..5).map(|i| mention(&i.to_string(), "tschüss", i)).collect()).await;
    let events = live.events(5).await;
    assert_eq!(events.last().unwrap().seq, 5);
    let reading = tokio::spawn(async move { live.goodbye().await });
    let dir = server.stop().await;
    let (more, goodbye) = reading.await.unwrap();
    assert!(more.is_empty());
    assert_eq!(goodbye.seq, 5);
    assert!(goodbye.reason.contains("stopping"), "{goodbye:?}");

    let server = TestServer::start_in(dir).await;
    server.ingest(vec![mention("6", "hallo", 6)]).await;
    let mut live = Subscriber::begin(&server.client, "*", Start::AfterSeq(goodbye.seq)).await;
    let (missed, _) = live.history().await;
    assert_eq!(missed.iter().map(told).collect::<Vec<_>>(), [(6, Change::Entered, "6".to_owned())]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_frees_the_subscription() {
    let server = TestServer::start().await;
    let mut status = server.client.system();
    let mut listening = Vec::new();
    for _ in 0..5 {
        let mut live = Subscriber::begin(&server.client, "*", Start::Now(())).await;
        live.caught_up().await;
        listening.push(live);
    }
    let count = async |status: &mut wire::system_service_client::SystemServiceClient<_>| {
        status.get_server_status(wire::GetServerStatusRequest {}).await.unwrap().into_inner().subscriptions
    };
    assert_eq!(count(&mut status).await, 5);
    listening.truncate(2);
    while count(&mut status).await != 2 {}
    for live in &mut listening {
        server.ingest(vec![mention(&format!("{}", server.engine.status().recorded_seq), "still here", 0)]).await;
        assert!(matches!(live.next().await, Some(Delivery::Event(_))));
    }
    server.stop().await;
}
