//! The stop of the real program under load, and the start after it.

use ascolto::{
    client::{Client, IngestStream},
    proto::v1::{self as wire, Outcome, subscribe_request::Start},
};

use crate::support::{Subscriber, mention, program::Program};

/// Sends until the server goes away; gives the acknowledged seqs by position.
async fn load(client: Client, producer: usize) -> Vec<u64> {
    let mut stream = IngestStream::begin(&client);
    let mut acknowledged = Vec::new();
    for turn in 0.. {
        let message = (0..20).map(|i| numbered(producer, turn * 20 + i)).collect();
        if stream.send(message).is_err() {
            break;
        }
        // A few messages ahead of what is acknowledged.
        while stream.unacknowledged() > 200 {
            match stream.acknowledgements().await {
                Ok(Some(told)) => acknowledged.extend(told.iter().map(|told| told.seq)),
                _ => return acknowledged,
            }
        }
    }
    while let Ok(Some(told)) = stream.acknowledgements().await {
        acknowledged.extend(told.iter().map(|told| told.seq));
    }
    acknowledged
}

fn numbered(producer: usize, number: usize) -> wire::Mention {
    mention(&format!("{producer}-{number}"), "до свидания", number as i64)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_under_load_loses_nothing_and_the_next_start_is_ready_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::serve(dir.path());
    let mut producers = Vec::new();
    for producer in 0..3 {
        let client = Client::connect(&program.url).await.unwrap();
        producers.push(tokio::spawn(load(client, producer)));
    }
    let client = Client::connect(&program.url).await.unwrap();
    let mut live = Subscriber::begin(&client, "свидания", Start::AfterSeq(0)).await;
    // In the middle of it.
    let mut seen: Vec<u64> = live.events(2000).await.iter().map(|event| event.seq).collect();
    program.terminate();
    let (rest, goodbye) = live.goodbye().await;
    seen.extend(rest.iter().map(|event| event.seq));
    assert!(goodbye.reason.contains("stopping"), "{goodbye:?}");
    assert!(seen.iter().copied().eq(1..=goodbye.seq), "everything up to the goodbye was told, once");

    let ended = tokio::task::spawn_blocking(|| program.ended()).await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("everything acknowledged is on disk"), "{ended:?}");

    let program = Program::serve(dir.path());
    let client = Client::connect(&program.url).await.unwrap();
    let status = client.system().get_server_status(wire::GetServerStatusRequest {}).await.unwrap().into_inner();
    // Closed in order, nothing is left to catch up with: it can be searched at once.
    let search = wire::CountRequest { query: "*".to_owned(), ..Default::default() };
    let counted = client.search().count(search).await.unwrap().into_inner();
    assert_eq!((counted.visible_seq, counted.count), (status.recorded_seq, status.mentions));

    for (producer, task) in producers.into_iter().enumerate() {
        let acknowledged = task.await.unwrap();
        assert!(!acknowledged.is_empty());
        let again: Vec<_> = (0..acknowledged.len()).map(|number| numbered(producer, number)).collect();
        let told = crate::support::server::stream_all(&client, again).await;
        for (told, seq) in told.iter().zip(&acknowledged) {
            assert_eq!((told.outcome(), told.seq), (Outcome::Unchanged, *seq));
        }
    }
    // The subscriber comes back and misses nothing.
    let mut live = Subscriber::begin(&client, "свидания", Start::AfterSeq(goodbye.seq)).await;
    let (missed, caught_up) = live.history().await;
    assert!(missed.iter().map(|event| event.seq).eq(goodbye.seq + 1..=status.recorded_seq));
    assert_eq!(caught_up, status.recorded_seq);
    program.terminate();
    drop(live);
    let ended = tokio::task::spawn_blocking(|| program.ended()).await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
