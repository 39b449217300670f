use axum::body::to_bytes;
use futures_util::{FutureExt, stream};
use http::Uri;
use prost_reflect::DescriptorPool;

use super::*;

fn wish(uri: &str, last_event_id: Option<&str>) -> Result<wire::SubscribeRequest, String> {
    let mut headers = HeaderMap::new();
    if let Some(id) = last_event_id {
        headers.insert("last-event-id", id.parse().unwrap());
    }
    subscription(parameters(&uri.parse::<Uri>().unwrap())?, &headers)
}

/// The text that a browser would get.
fn sent(messages: Vec<Result<Message, Status>>, snapshot: bool) -> String {
    let json = Arc::new(Json::new(DescriptorPool::decode(crate::proto::DESCRIPTORS).unwrap()));
    let deliveries =
        messages.into_iter().map(|message| message.map(|message| wire::SubscribeResponse { message: Some(message) }));
    let record = Arc::new(Metrics::new()).call_begins(METHOD.into(), Shape::Listening);
    let events = events(Box::pin(stream::iter(deliveries.collect::<Vec<_>>())), json, snapshot, record);
    let body = Sse::new(events).into_response().into_body();
    let bytes = to_bytes(body, 1 << 20).now_or_never().unwrap().unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn ids(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("id: ")).collect()
}

#[test]
fn the_wish_is_read_from_the_parameters() {
    let read = wish("/v1/mentions:watch?query=needs:reply&start=snapshot&heartbeat_seconds=5", None).unwrap();
    assert_eq!((read.query.as_str(), read.heartbeat_seconds), ("needs:reply", 5));
    assert_eq!(read.start, Some(Start::Snapshot(())));
    let read = wish("/x?saved_search=a&saved_search=b&after_seq=7", None).unwrap();
    assert_eq!((read.saved_searches, read.start), (vec!["a".to_owned(), "b".to_owned()], Some(Start::AfterSeq(7))));
}

#[test]
fn the_last_event_id_wins_over_every_start() {
    for uri in ["/x?q=a&start=snapshot", "/x?q=a&after_seq=1", "/x?q=a"] {
        assert_eq!(wish(uri, Some("42")).unwrap().start, Some(Start::AfterSeq(42)));
    }
}

#[test]
fn wrong_wishes_say_what_is_wrong() {
    for (uri, last, expected) in [
        ("/x?start=yesterday", None, "`start` must be `now` or `snapshot`; to start after a seq write `after_seq=N`"),
        ("/x?after_seq=-1", None, "`after_seq` must be a whole number"),
        ("/x?start=now&after_seq=1", None, "the start is given twice; give `start`, `after_seq` or `at_time`"),
        ("/x?at_time=noon", None, "`at_time` must be a time such as `2026-11-21T08:00:00Z`"),
        ("/x?q=a", Some("abc"), "`Last-Event-ID` must be a whole number"),
    ] {
        assert_eq!(wish(uri, last).unwrap_err(), expected);
    }
    assert!(wish("/x?limit=1", None).unwrap_err().starts_with("there is an unknown parameter; known are `query`"));
}

#[test]
fn everything_carries_the_seq_to_resume_from() {
    let text = sent(
        vec![
            Ok(Message::CaughtUp(wire::CaughtUp { seq: 3 })),
            Ok(Message::Event(wire::Event { seq: 5, ..Default::default() })),
            Ok(Message::Heartbeat(wire::Heartbeat { recorded_seq: 9, evaluated_seq: 8, sent_at: None })),
            Ok(Message::Goodbye(wire::Goodbye {
                seq: 9,
                reason: "the server is stopping".to_owned(),
                ..Default::default()
            })),
        ],
        false,
    );
    assert_eq!(ids(&text), ["3", "5", "8", "9"]);
    let kinds: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(kinds, ["caught_up", "event", "heartbeat", "goodbye"]);
    assert!(text.contains(r#"data: {"recordedSeq":"9","evaluatedSeq":"8"}"#), "{text}");
}

#[test]
fn a_snapshot_cannot_be_resumed_before_it_is_complete() {
    let event = |seq| Ok(Message::Event(wire::Event { seq, snapshot: seq == 5, ..Default::default() }));
    let beat = Ok(Message::Heartbeat(wire::Heartbeat { recorded_seq: 5, evaluated_seq: 5, sent_at: None }));
    let text = sent(vec![event(5), beat, event(5), Ok(Message::CaughtUp(wire::CaughtUp { seq: 5 })), event(6)], true);
    assert_eq!(ids(&text), ["5", "6"]);
}

#[test]
fn a_stream_that_breaks_says_so() {
    let text = sent(vec![Err(crate::server::status::panicked())], false);
    assert!(text.contains("event: error\n") && text.contains(r#""status":"INTERNAL""#), "{text}");
    assert_eq!(ids(&text), [""; 0]);
}
