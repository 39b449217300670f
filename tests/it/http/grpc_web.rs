//! gRPC-Web as a browser speaks it, by hand over HTTP/1.1.

use ascolto::proto::v1::{CountRequest, CountResponse, SearchRequest};
use prost::Message;

use super::*;
use crate::support::plain_http::{Answer, send};

/// Marks the frame that holds the trailers.
const TRAILERS: u8 = 0x80;

fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0][..], &length, message].concat()
}

async fn call(server: &TestServer, method: &str, message: &[u8]) -> Answer {
    let headers = [("Content-Type", "application/grpc-web+proto"), ("X-Grpc-Web", "1")];
    send(server.address, "POST", &format!("/ascolto.v1.{method}"), &headers, &frame(message)).await.whole().await
}

/// The frames of a body: kind and content.
fn frames(mut body: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [kind, a, b, c, d, rest @ ..] = body {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        frames.push((*kind, rest[..length].to_vec()));
        body = &rest[length..];
    }
    frames
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_calls_without_a_proxy_between() {
    let server = TestServer::start().await;
    post(server.address, "/v1/mentions:ingest", &story()).await;
    let request = CountRequest { query: "zug".to_owned(), min_seq: 2, ..Default::default() };
    let answer = call(&server, "SearchService/Count", &request.encode_to_vec()).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/grpc-web+proto"));
    let frames = frames(&answer.body);
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert_eq!(CountResponse::decode(frames[0].1.as_slice()).unwrap().count, 1);
    assert_eq!(frames[1].0, TRAILERS);
    let trailers = String::from_utf8(frames[1].1.clone()).unwrap();
    assert!(trailers.lines().any(|line| line.replace(' ', "") == "grpc-status:0"), "{trailers}");

    // A refusal has no message; its status stands in the head.
    let request = SearchRequest { query: "zug AND".to_owned(), ..Default::default() };
    let refused = call(&server, "SearchService/Search", &request.encode_to_vec()).await;
    assert_eq!((refused.status, refused.header("grpc-status")), (200, "3"), "{refused:?}");
    server.stop().await;
}
