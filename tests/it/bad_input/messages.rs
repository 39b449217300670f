//! Messages that cannot be read or are too large.

use ascolto::{
    client::IngestStream,
    proto::v1::{IngestBatchRequest, IngestResponse, ingest_service_client::IngestServiceClient},
};
use prost::Message;
use tonic::Code;

use crate::support::{
    TestServer, mention,
    plain_http::{Answer, send},
    status::{assert_says, field, reason},
};

/// A message whose one mention has bytes in its text that are no UTF-8; prost would not make one.
fn invalid_utf8() -> Vec<u8> {
    let mut message = IngestBatchRequest { mentions: vec![mention("broken", "caf??", 0)] }.encode_to_vec();
    let place = message.windows(2).position(|pair| pair == b"??").unwrap();
    message[place..place + 2].copy_from_slice(&[0xe9, 0xff]);
    message
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&[0][..], &u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

/// gRPC-Web, because a gRPC library would not send such messages.
async fn call(server: &TestServer, method: &str, body: &[u8]) -> Answer {
    let headers = [("Content-Type", "application/grpc-web+proto")];
    send(server.address, "POST", &format!("/ascolto.v1.IngestService/{method}"), &headers, body).await.whole().await
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text_are_refused_with_the_field() {
    let server = TestServer::start().await;
    let refused = call(&server, "IngestBatch", &framed(&invalid_utf8())).await;
    assert_eq!(refused.header("grpc-status"), "3", "{refused:?}");
    let message = refused.header("grpc-message").replace("%20", " ");
    assert!(message.contains("Mention.text") && message.contains("UTF-8"), "{message}");

    // In a stream, what came before is answered first.
    let good = IngestBatchRequest { mentions: vec![mention("good", "café", 0)] }.encode_to_vec();
    let body = [framed(&good), framed(&invalid_utf8()), framed(&good)].concat();
    let answer = call(&server, "Ingest", &body).await;
    let length = u32::from_be_bytes(answer.body[1..5].try_into().unwrap()) as usize;
    let told = IngestResponse::decode(&answer.body[5..5 + length]).unwrap().acknowledgements;
    assert_eq!((told.len(), told[0].seq), (1, 1));
    let trailers = String::from_utf8_lossy(&answer.body[5 + length + 5..]).replace(' ', "");
    assert!(trailers.contains("grpc-status:3"), "{trailers}");
    assert_eq!(server.engine.status().recorded_seq.0, 1);

    for garbage in [&b""[..], b"\0\0\0\0\x05hello", b"\x07\0\0\0\x01x", b"\0\xff\xff\xff\xff"] {
        let refused = call(&server, "IngestBatch", garbage).await;
        assert_ne!(refused.header("grpc-status"), "0", "{garbage:?}");
    }
    assert_eq!(server.ingest(vec![mention("after", "still there", 1)]).await[0].seq, 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_mentions_in_one_message_are_too_many() {
    let server = TestServer::start().await;
    let many: Vec<_> = (0..10_000).map(|i| mention(&i.to_string(), "viel", i)).collect();
    let refused = server.client.ingest().ingest_batch(IngestBatchRequest { mentions: many.clone() }).await.unwrap_err();
    assert_says(&refused, Code::InvalidArgument, &["mentions", "10000", "1000", "split"]);
    assert_eq!(field(&refused).as_deref(), Some("mentions"));

    let mut stream = IngestStream::begin(&server.client);
    stream.send(many[..3].to_vec()).unwrap();
    stream.send(many).unwrap();
    assert_eq!(stream.acknowledgements().await.unwrap().unwrap().len(), 3, "what came before is answered");
    assert_says(&stream.acknowledgements().await.unwrap_err(), Code::InvalidArgument, &["10000", "split"]);
    assert_eq!(server.engine.status().mentions, 3, "nothing of it was recorded");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_refused_with_the_limit() {
    let server = TestServer::start().await;
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{}", server.address)).unwrap();
    let mut client = IngestServiceClient::new(endpoint.connect().await.unwrap());
    let large = |count: usize| IngestBatchRequest {
        mentions: (0..count).map(|i| mention(&i.to_string(), &"größer ".repeat(3000), 0)).collect(),
    };
    let refused = client.ingest_batch(large(400)).await.unwrap_err();
    assert_says(&refused, Code::ResourceExhausted, &["too large", "8388608", "put less into one message"]);
    assert_eq!(reason(&refused), "MESSAGE_TOO_LARGE");
    assert_eq!(server.engine.status().recorded_seq.0, 0);
    // The connection is still good.
    assert_eq!(client.ingest_batch(large(3)).await.unwrap().into_inner().acknowledgements.len(), 3);
    server.stop().await;
}
