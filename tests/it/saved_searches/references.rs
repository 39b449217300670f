use ascolto::proto::v1::{Redefined, event::Change, subscribe_request::Start, subscribe_response::Message as Delivery};
use tonic::Code;

use super::*;
use crate::support::{
    Subscriber, mention,
    status::{assert_says, figure, problems, reason},
    subscriber::told,
};

fn watch(ids: &[&str]) -> wire::SubscribeRequest {
    wire::SubscribeRequest { saved_searches: ids.iter().map(ToString::to_string).collect(), ..Default::default() }
}

/// The next message has to tell of an edit.
async fn redefined(live: &mut Subscriber) -> Redefined {
    match live.next().await {
        Some(Delivery::Redefined(redefined)) => redefined,
        other => panic!("an edit was due, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_in_a_query_stands_for_what_it_matches() {
    let server = TestServer::start().await;
    save(&server, search("trains", "zug OR train OR поезд")).await.unwrap();
    save(&server, search("late", "search:trains AND (late OR verspätet)")).await.unwrap();
    server
        .ingest(vec![
            mention("1", "Der Zug ist verspätet", 0),
            mention("2", "the train is here", 1),
            mention("3", "verspätet", 2),
        ])
        .await;
    assert_eq!(server.found("search:late").await, ["1"]);
    assert_eq!(server.found("search:trains AND NOT search:late").await, ["2"]);
    assert_eq!(server.found("NOT search:trains *").await, ["3"]);

    let unknown = wire::CountRequest { query: "zug search:train".to_owned(), ..Default::default() };
    let refused = server.client.search().count(unknown).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["`train`", "`trains`"]);
    let problem = &problems(&refused).unwrap().problems[0];
    assert_eq!((problem.code.as_str(), problem.start), ("UNKNOWN_SEARCH", 4));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn circles_are_refused_and_named() {
    let server = TestServer::start().await;
    save(&server, search("a", "zug")).await.unwrap();
    save(&server, search("b", "search:a OR bus")).await.unwrap();
    save(&server, search("c", "search:b OR tram")).await.unwrap();
    let refused = requery(&server, "a", "zug OR search:c").await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["`a` → `c` → `b` → `a`"]);
    let problem = problems(&refused).unwrap().problems[0].clone();
    assert_eq!((problem.code.as_str(), problem.start, problem.end), ("CIRCULAR_SEARCH", 7, 15));
    assert_says(&requery(&server, "a", "search:a").await.unwrap_err(), Code::InvalidArgument, &["`a` → `a`"]);
    assert_says(&save(&server, search("d", "search:d")).await.unwrap_err(), Code::InvalidArgument, &["`d` → `d`"]);
    assert_eq!(get(&server, "a").await.unwrap().query, "zug");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_referred_to_goes_only_by_force_and_leaves_its_referrers_resting() {
    let server = TestServer::start().await;
    save(&server, search("base", "zug")).await.unwrap();
    save(&server, search("one", "search:base lang:de")).await.unwrap();
    save(&server, search("two", "search:one OR bus")).await.unwrap();
    let refused = remove(&server, "base", false).await.unwrap_err();
    assert_says(&refused, Code::FailedPrecondition, &["`base`", "`one`"]);
    assert_eq!((reason(&refused), figure(&refused, "by")), ("REFERRED_TO".to_owned(), Some("one".to_owned())));

    let mut live = Subscriber::ask(&server.client, watch(&["two"])).await.unwrap();
    live.caught_up().await;
    remove(&server, "base", true).await.unwrap();
    let rests = redefined(&mut live).await;
    assert_eq!(rests.saved_searches, ["two"]);
    assert_eq!(rests.resting[0].saved_search, "two");
    assert!(rests.resting[0].reason.contains("base"), "{rests:?}");
    for id in ["one", "two"] {
        let problem = &get(&server, id).await.unwrap().problems[0];
        assert!(problem.message.contains("base"), "{problem:?}");
    }
    let broken = server
        .client
        .saved_searches()
        .list_saved_searches(wire::ListSavedSearchesRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(broken.saved_searches.iter().filter(|search| !search.problems.is_empty()).count(), 2);

    // It rests after a restart too, and stops nothing.
    let dir = server.stop().await;
    let server = TestServer::start_in(dir).await;
    let mut live = Subscriber::ask(&server.client, watch(&["two"])).await.unwrap();
    assert_eq!(redefined(&mut live).await.resting[0].saved_search, "two");
    live.caught_up().await;
    server.ingest(vec![mention("1", "ein Zug", 0), mention("2", "ein bus", 1)]).await;
    save(&server, search("base", "zug OR bus")).await.unwrap();
    assert_eq!(redefined(&mut live).await.resting, []);
    server.ingest(vec![mention("3", "noch ein bus", 2)]).await;
    assert_eq!(told(&live.event().await), (3, Change::Entered, "3".to_owned()));
    assert_eq!(get(&server, "two").await.unwrap().problems, []);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_takes_effect_for_all_that_refer_to_it_between_two_versions() {
    let server = TestServer::start().await;
    save(&server, search("base", "zug")).await.unwrap();
    save(&server, search("outer", "search:base AND NOT still")).await.unwrap();
    let mut of_saved = Subscriber::ask(&server.client, watch(&["base", "outer"])).await.unwrap();
    let mut of_text = Subscriber::begin(&server.client, "search:outer", Start::Now(())).await;
    of_saved.caught_up().await;
    of_text.caught_up().await;
    let mut expected = Vec::new();
    for round in 0..20 {
        let word = format!("wort{round}");
        requery(&server, "base", &word).await.unwrap();
        // What is recorded after the answer is judged by the new text, and by it alone.
        let before = format!("wort{}", round - 1);
        let acknowledged = server
            .ingest(vec![
                mention(&format!("new{round}"), &word, round),
                mention(&format!("old{round}"), &before, round),
                mention(&format!("still{round}"), &format!("still {word}"), round),
            ])
            .await;
        expected.push((acknowledged[0].seq, vec!["base".to_owned(), "outer".to_owned()]));
        expected.push((acknowledged[2].seq, vec!["base".to_owned()]));
    }
    let mut seen = Vec::new();
    let mut edited_at = 0;
    while seen.len() < expected.len() {
        match of_saved.next().await {
            Some(Delivery::Event(event)) => {
                assert!(event.seq > edited_at);
                seen.push((event.seq, event.saved_searches));
            }
            Some(Delivery::Redefined(redefined)) => {
                assert_eq!(redefined.saved_searches, ["base", "outer"], "both in one step");
                edited_at = redefined.seq;
            }
            _ => {}
        }
    }
    assert_eq!(seen, expected);
    let mut of_text_seen = Vec::new();
    while of_text_seen.len() < 20 {
        if let Some(Delivery::Event(event)) = of_text.next().await {
            of_text_seen.push(event.seq);
        }
    }
    assert_eq!(of_text_seen, expected.iter().step_by(2).map(|(seq, _)| *seq).collect::<Vec<_>>());
    // And search says the same.
    assert_eq!(server.found("search:outer").await, ["new19"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_says_the_same_in_other_words_follows_what_it_now_refers_to() {
    let server = TestServer::start().await;
    save(&server, search("base", "zug")).await.unwrap();
    save(&server, search("outer", "zug")).await.unwrap();
    let mut live = Subscriber::ask(&server.client, watch(&["outer"])).await.unwrap();
    live.caught_up().await;
    for (edited, query) in [("outer", "search:base"), ("base", "bus")] {
        requery(&server, edited, query).await.unwrap();
        assert_eq!(redefined(&mut live).await.saved_searches, ["outer"]);
    }
    server.ingest(vec![mention("1", "ein bus", 0)]).await;
    assert_eq!(told(&live.event().await), (1, Change::Entered, "1".to_owned()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_from_many_sides_end_in_one_state() {
    let server = TestServer::start().await;
    save(&server, search("base", "zug")).await.unwrap();
    let edits = (0..16).map(|number| {
        let mut saved = server.client.saved_searches();
        async move {
            let request = wire::UpdateSavedSearchRequest {
                saved_search: Some(search("base", &format!("wort{number}"))),
                update_mask: Some(prost_types::FieldMask { paths: vec!["query".to_owned()] }),
                ..Default::default()
            };
            saved.update_saved_search(request).await.unwrap();
        }
    });
    futures_util::future::join_all(edits).await;
    let state = get(&server, "base").await.unwrap();
    assert_eq!(state.etag, "17");
    let mut live = Subscriber::ask(&server.client, watch(&["base"])).await.unwrap();
    live.caught_up().await;
    let words = (0..16).map(|number| mention(&format!("wort{number}"), &format!("wort{number}"), number));
    server.ingest(words.collect()).await;
    assert_eq!(told(&live.event().await).2, state.query, "live judges by what get tells");
    server.stop().await;
}
