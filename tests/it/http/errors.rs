//! What goes wrong is told as JSON, with the status that fits and the way out.

use super::*;
use crate::support::plain_http::{Answer, send};

fn assert_error(answer: &Answer, status: u16, reason: &str, words: &[&str]) {
    let error = answer.json()["error"].clone();
    assert_eq!((answer.status, &error["code"], &error["reason"]), (status, &json!(status), &json!(reason)), "{error}");
    let message = error["message"].as_str().unwrap();
    for word in words {
        assert!(message.contains(word), "no {word:?} in {message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_is_wrong_in_json() {
    let server = TestServer::start().await;
    let at = server.address;
    for (target, status, reason, words) in [
        ("/v1/mentions/forum/none", 404, "NOT_FOUND", &["mention `forum/none`"][..]),
        ("/v1/mentions/Forum/1", 400, "FIELD_INVALID", &["name", "write `forum`"]),
        ("/v1/nothing", 404, "ADDRESS_UNKNOWN", &["`/v1/nothing`", "`/` lists"]),
        ("/v1/mentions:ingest", 405, "METHOD_NOT_ALLOWED", &["`/` lists"]),
        ("/v1/mentions:search?q=x&limit=5", 400, "REQUEST_UNREADABLE", &["`limit`", "`page_size`"]),
        ("/v1/mentions:search?q=x&sort=best", 400, "REQUEST_UNREADABLE", &["`sort`", "newest"]),
        ("/v1/mentions:search?q=x&page_size=many", 400, "REQUEST_UNREADABLE", &["SearchRequest"]),
        ("/v1/mentions:search?q=%FF", 400, "REQUEST_UNREADABLE", &["query string", "UTF-8"]),
        ("/v1/mentions:search?q=x&min_seq=9", 400, "SEQ_OUT_OF_RANGE", &["seq 9"]),
        ("/v1/mentions:watch?query=x&start=tomorrow", 400, "REQUEST_UNREADABLE", &["`now` or `snapshot`"]),
        ("/v1/mentions:watch", 400, "FIELD_INVALID", &["query", "`*`"]),
        ("/v1/mentions:watch?query=x&after_seq=9", 400, "SEQ_OUT_OF_RANGE", &["seq 9"]),
    ] {
        assert_error(&get(at, target).await, status, reason, words);
    }

    let bad = get(at, "/v1/mentions:search?q=%D0%BA%D0%BE%D1%84%D0%B5%20AND").await;
    assert_error(&bad, 400, "QUERY_INVALID", &[]);
    let problem = &bad.json()["error"]["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["start"], &problem["end"]),
        (&json!("MISSING_OPERAND"), &json!(9), &json!(12))
    );

    let unknown = post(at, "/v1/mentions:ingest", &json!({"mentions": [{"platform": "forum", "txet": "x"}]})).await;
    assert_error(&unknown, 400, "REQUEST_UNREADABLE", &["IngestBatchRequest", "txet"]);
    let word = post(at, "/v1/mentions:ingest", &json!({"mentions": [{"kind": "KIND_TWEET"}]})).await;
    assert_error(&word, 400, "REQUEST_UNREADABLE", &["KIND_TWEET"]);
    let many = json!({"mentions": vec![json!({}); 1001]});
    assert_error(&post(at, "/v1/mentions:ingest", &many).await, 400, "FIELD_INVALID", &["1001", "1000", "split"]);
    let search = json!({"savedSearch": {"id": "a", "query": "x"}});
    post(at, "/v1/savedSearches", &search).await;
    assert_error(&post(at, "/v1/savedSearches", &search).await, 409, "ALREADY_EXISTS", &["saved search `a`", "delete"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_to_be_json_and_of_bounded_size() {
    let server = TestServer::start().await;
    let json = ("Content-Type", "application/json; charset=utf-8");
    let ask = async |headers: &[(&str, &str)], body: &[u8]| {
        send(server.address, "POST", "/v1/mentions:count", headers, body).await.whole().await
    };
    assert_eq!(ask(&[json], br#"{"query": "*"}"#).await.json()["count"], "0");
    // What a form on any web page could send does not get in.
    for headers in
        [&[][..], &[("Content-Type", "text/plain")], &[("Content-Type", "application/x-www-form-urlencoded")]]
    {
        assert_error(&ask(headers, br#"{"query": "*"}"#).await, 415, "NOT_JSON", &["Content-Type: application/json"]);
    }
    assert_error(&ask(&[json], b"{\"query\": \"\xff\"}").await, 400, "REQUEST_UNREADABLE", &["unicode"]);
    assert_error(&ask(&[json], br#"{"query": "#).await, 400, "REQUEST_UNREADABLE", &["CountRequest"]);
    let huge = vec![b' '; 8 * 1024 * 1024 + 1];
    assert_error(&ask(&[json], &huge).await, 413, "MESSAGE_TOO_LARGE", &["8388608", "split"]);
    server.stop().await;
}
