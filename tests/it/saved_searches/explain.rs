use ascolto::proto::v1::{self as wire, Clause, clause::Kind, subscribe_request::Start};
use tonic::Code;

use super::{save, search};
use crate::support::{
    Subscriber, TestServer, mention,
    plain_http::get,
    status::{assert_says, problems},
    subscriber::mention_of,
};

const TEXT: &str = "Il volo è in ritardo, che disastro! 😡";

async fn explained(server: &TestServer, query: &str) -> wire::ExplainMatchResponse {
    let request =
        wire::ExplainMatchRequest { name: "forum/1".to_owned(), query: query.to_owned(), ..Default::default() };
    server.client.search().explain_match(request).await.unwrap().into_inner()
}

fn places(clause: &Clause) -> Vec<&'static str> {
    clause.places.iter().map(|place| &TEXT[place.start as usize..place.end as usize]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_clause_says_whether_it_matches_where_and_what_there_is() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", TEXT, 0)]).await;

    let query = "volo AND (ritardo OR cancellato) AND NOT lang:ru";
    let told = explained(&server, query).await;
    let root = told.clause.unwrap();
    assert!(told.matched && root.matched && told.failed.is_empty());
    assert_eq!((root.kind(), root.clauses.len()), (Kind::And, 3));
    assert_eq!(places(&root.clauses[0]), ["volo"]);
    let [late, cancelled] = &root.clauses[1].clauses[..] else { panic!("two alternatives") };
    assert_eq!((late.matched, places(late), cancelled.matched), (true, vec!["ritardo"], false));
    assert_eq!(&query[late.start as usize..late.end as usize], "ritardo");
    let not = &root.clauses[2];
    assert_eq!((not.kind(), not.matched, not.clauses[0].matched), (Kind::Not, true, false));
    assert!(not.clauses[0].found.starts_with("lang is it ("), "{not:?}");

    let told = explained(&server, "volo lang:ru likes:>5 NOT disastro").await;
    assert!(!told.matched);
    let failed: Vec<(&str, &str)> =
        told.failed.iter().map(|clause| (clause.text.as_str(), clause.found.as_str())).collect();
    assert_eq!(failed.len(), 3, "{failed:?}");
    assert!(failed[0].0 == "lang:ru" && failed[0].1.starts_with("lang is it"), "{failed:?}");
    // As the server prints it: whole numbers over 5 begin at 6.
    assert_eq!(failed[1], ("likes:>=6", "likes is not known"));
    assert_eq!((told.failed[2].kind(), places(&told.failed[2])), (Kind::Not, vec!["disastro"]));

    let told = explained(&server, r#""ritardo volo" OR treno"#).await;
    let failed: Vec<&str> = told.failed.iter().map(|clause| clause.found.as_str()).collect();
    assert_eq!(failed, ["its words are in title, text, but not as it asks", "not in title, text"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_searches_are_explained_and_faults_are_told() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", TEXT, 0)]).await;
    save(&server, search("late", "ritardo OR verspätet")).await.unwrap();
    let ask = |name: &str, query: &str, saved_search: &str| wire::ExplainMatchRequest {
        name: name.to_owned(),
        query: query.to_owned(),
        saved_search: saved_search.to_owned(),
        ..Default::default()
    };
    let mut service = server.client.search();
    let told = service.explain_match(ask("forum/1", "", "late")).await.unwrap().into_inner();
    assert_eq!((told.matched, told.query.as_str()), (true, "ritardo OR verspätet"));
    let through = service.explain_match(ask("forum/1", "treno search:late", "")).await.unwrap().into_inner();
    assert_eq!((through.matched, through.failed[0].text.as_str()), (false, "treno"));

    let refused = service.explain_match(ask("forum/1", "volo AND", "")).await.unwrap_err();
    assert!(problems(&refused).is_some());
    for (request, code, words) in [
        (ask("forum/2", "volo", ""), Code::NotFound, &["mention `forum/2`"][..]),
        (ask("forum/1", "", "none"), Code::NotFound, &["saved search `none`"]),
        (ask("forum/1", "", ""), Code::InvalidArgument, &["query"]),
        (ask("nothing", "volo", ""), Code::InvalidArgument, &["name"]),
    ] {
        assert_says(&service.explain_match(request).await.unwrap_err(), code, words);
    }
    let answer = get(server.address, "/v1/queries:explain?name=forum/1&q=volo%20lang:it").await.json();
    assert_eq!(answer["clause"]["kind"], "KIND_AND");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_carry_the_clauses_that_match_where_asked_to() {
    let server = TestServer::start().await;
    save(&server, search("late", "ritardo OR verspätet")).await.unwrap();
    save(&server, search("flights", "volo NOT treno")).await.unwrap();
    let request = wire::SubscribeRequest {
        saved_searches: vec!["late".to_owned(), "flights".to_owned()],
        explain: true,
        ..Default::default()
    };
    let mut live = Subscriber::ask(&server.client, request).await.unwrap();
    let mut plain = Subscriber::begin(&server.client, "volo", Start::Now(())).await;
    live.caught_up().await;
    plain.caught_up().await;
    server.ingest(vec![mention("1", TEXT, 0)]).await;
    let event = live.event().await;
    assert_eq!(mention_of(&event).external_id, "1");
    let told: Vec<_> = event.explanations.iter().map(|one| one.saved_search.as_str()).collect();
    assert_eq!(told, ["flights", "late"]);
    let late = event.explanations[1].clause.clone().unwrap();
    assert_eq!((late.kind(), late.clauses.len()), (Kind::Or, 1), "only the alternative that matches");
    assert_eq!(places(&late.clauses[0]), ["ritardo"]);
    assert_eq!(plain.event().await.explanations, []);
    server.stop().await;
}
