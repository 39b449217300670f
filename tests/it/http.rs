//! The same port for everyone without gRPC: JSON, server-sent events, gRPC-Web, figures, health.

mod errors;
mod grpc_web;
mod operation;
mod sse;

use serde_json::{Value, json};

use crate::support::{
    TestServer,
    plain_http::{delete, get, post},
};

fn story() -> Value {
    json!({"mentions": [
        {"platform": "forum", "external_id": "1", "text": "Wo bleibt der Zug?", "created_at": "2026-01-05T09:00:00Z",
         "author": {"handle": "@anna"}, "engagement": {"likes": 7}},
        {"platform": "forum", "externalId": "2", "text": "来ました", "createdAt": "2026-01-05T10:00:00+01:00", "inReplyTo": "1"},
        {"platform": "forum", "externalId": "3", "text": "no time"},
    ]})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_answers_in_json() {
    let server = TestServer::start().await;
    let at = server.address;

    let told = post(at, "/v1/mentions:ingest", &story()).await;
    assert_eq!(told.status, 200, "{}", told.text());
    let told = &told.json()["acknowledgements"];
    assert_eq!((&told[0]["outcome"], &told[0]["seq"]), (&json!("OUTCOME_CREATED"), &json!("1")));
    assert_eq!((&told[1]["position"], &told[1]["seq"]), (&json!("1"), &json!("2")));
    assert_eq!(told[2]["rejection"]["field"], "created_at");

    let found = get(at, "/v1/mentions:search?q=zug&sort=oldest&facets=type&min_seq=2").await.json();
    assert_eq!((&found["total"], &found["hits"][0]["highlights"][0]["end"]), (&json!("1"), &json!(17)));
    assert_eq!(found["hits"][0]["version"]["mention"]["engagement"], json!({"likes": "7"}));
    let same = json!({"query": "zug", "sort": "SORT_OLDEST", "facets": ["type"], "minSeq": 2});
    assert_eq!(post(at, "/v1/mentions:search", &same).await.json(), found);

    let counted = get(at, "/v1/mentions:count?query=%E6%9D%A5").await.json();
    assert_eq!((&counted["count"], &counted["visibleSeq"]), (&json!("1"), &json!("2")));
    assert_eq!(post(at, "/v1/mentions:count", &json!({"query": "来"})).await.json(), counted);

    let version = get(at, "/v1/mentions/forum/2").await.json();
    assert_eq!((&version["seq"], &version["mention"]["kind"]), (&json!("2"), &json!("KIND_REPLY")));
    assert_eq!(version["mention"]["createdAt"], "2026-01-05T09:00:00Z");
    let together = post(at, "/v1/mentions:batchGet", &json!({"names": ["forum/2", "forum/9"]})).await.json();
    assert_eq!(together, json!({"versions": [version], "missing": ["forum/9"]}));
    let conversation = get(at, "/v1/conversations/forum/2?page_size=10").await.json();
    assert_eq!((&conversation["threadId"], conversation["versions"].as_array().unwrap().len()), (&json!("1"), 2));

    let checked = get(at, "/v1/queries:check?query=zug%20bahn").await.json();
    assert_eq!((&checked["valid"], &checked["problems"]), (&json!(true), &json!([])));
    assert_eq!(post(at, "/v1/queries:check", &json!({"query": "zug bahn"})).await.json(), checked);

    let search = json!({"savedSearch": {"id": "trains", "title": "Züge", "query": "zug"}});
    let saved = post(at, "/v1/savedSearches", &search).await.json();
    assert_eq!((&saved["id"], &saved["title"]), (&json!("trains"), &json!("Züge")));
    assert_eq!(get(at, "/v1/savedSearches/trains").await.json(), saved);
    let listed = get(at, "/v1/savedSearches?pageSize=5").await.json();
    assert_eq!(listed, json!({"savedSearches": [saved], "nextPageToken": ""}));
    let status = get(at, "/v1/status").await.json();
    assert_eq!((&status["recordedSeq"], &status["mentions"]), (&json!("2"), &json!("2")));
    assert_eq!((&status["savedSearches"], status["followers"].as_array().unwrap().len()), (&json!("1"), 4));
    assert_eq!(delete(at, "/v1/savedSearches/trains").await.json(), json!({}));
    assert_eq!(get(at, "/v1/savedSearches/trains").await.status, 404);

    // The mention, and the one that answered it.
    assert_eq!(delete(at, "/v1/mentions/forum/1").await.json(), json!({"seq": "3"}));
    assert_eq!(get(at, "/v1/mentions/forum/1").await.status, 404);
    server.stop().await;
}
