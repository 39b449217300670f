//! Live answers in a browser: server-sent events, and coming back with `Last-Event-ID`.

use super::*;
use crate::support::{
    mention,
    plain_http::{Open, send},
};

/// One event as `EventSource` would hand it out.
#[derive(Debug)]
struct ServerEvent {
    kind: String,
    id: Option<String>,
    data: Value,
}

struct EventSource {
    open: Open,
    text: String,
}

impl EventSource {
    async fn open(server: &TestServer, target: &str, last_event_id: Option<&str>) -> Self {
        let headers: Vec<_> = last_event_id.map(|id| ("Last-Event-ID", id)).into_iter().collect();
        let open = send(server.address, "GET", target, &headers, b"").await;
        assert_eq!((open.status, open.header("content-type")), (200, "text/event-stream"));
        Self { open, text: String::new() }
    }

    async fn next(&mut self) -> Option<ServerEvent> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let value = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
                    value.map(str::to_owned)
                };
                let event = ServerEvent {
                    kind: field("event").unwrap(),
                    id: field("id"),
                    data: serde_json::from_str(&field("data").unwrap()).unwrap(),
                };
                self.text = rest.to_owned();
                return Some(event);
            }
            self.text.push_str(&String::from_utf8(self.open.chunk().await?).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_listens_and_comes_back_where_it_was() {
    let server = TestServer::start().await;
    let mut events =
        EventSource::open(&server, "/v1/mentions:watch?query=%E3%82%B3%E3%83%BC%E3%83%92%E3%83%BC", None).await;
    let begun = events.next().await.unwrap();
    assert_eq!((begun.kind.as_str(), begun.id), ("begun", None));
    assert_eq!(events.next().await.unwrap().kind, "caught_up");
    server.ingest((1..=3).map(|i| mention(&i.to_string(), "コーヒー\nをどうぞ", i)).collect()).await;
    for seq in 1..=2 {
        let event = events.next().await.unwrap();
        assert_eq!((event.kind.as_str(), event.id), ("event", Some(seq.to_string())));
        assert_eq!((&event.data["change"], &event.data["seq"]), (&json!("CHANGE_ENTERED"), &json!(seq.to_string())));
        assert_eq!(event.data["version"]["mention"]["text"], "コーヒー\nをどうぞ", "in one piece");
    }
    drop(events);

    // It asks for a snapshot again, as its address says; the header knows better.
    let target = "/v1/mentions:watch?query=*&start=snapshot";
    let mut events = EventSource::open(&server, target, Some("2")).await;
    assert_eq!(events.next().await.unwrap().kind, "begun");
    let event = events.next().await.unwrap();
    assert_eq!(
        (event.kind.as_str(), event.id.as_deref(), &event.data["snapshot"]),
        ("event", Some("3"), &json!(false))
    );
    assert_eq!(events.next().await.unwrap().kind, "caught_up");

    let stopping = tokio::spawn(server.stop());
    let goodbye = events.next().await.unwrap();
    assert_eq!((goodbye.kind.as_str(), &goodbye.data["seq"]), ("goodbye", &json!("3")));
    assert!(events.next().await.is_none());
    stopping.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_broke_off_is_taken_again() {
    let server = TestServer::start().await;
    server.ingest(vec![mention("1", "a", 1), mention("2", "b", 2)]).await;
    assert_eq!(server.found("*").await.len(), 2);
    let mut events = EventSource::open(&server, "/v1/mentions:watch?query=*&start=snapshot", None).await;
    assert_eq!(events.next().await.unwrap().kind, "begun");
    for _ in 0..2 {
        let event = events.next().await.unwrap();
        assert_eq!((event.kind.as_str(), event.id, &event.data["snapshot"]), ("event", None, &json!(true)));
    }
    let caught_up = events.next().await.unwrap();
    assert_eq!((caught_up.kind.as_str(), caught_up.id.as_deref()), ("caught_up", Some("2")));
    drop(events);
    server.stop().await;
}
