//! Streams that watch a folder of saved searches, whichever lie in it.

use ascolto::proto::v1::{self as wire, Redefined, subscribe_request::Start, subscribe_response::Message as Delivery};
use tonic::Code;

use crate::support::{Subscriber, TestServer, mention, status::assert_says};

async fn save(server: &TestServer, id: &str, folder: &str, query: &str) {
    let search = wire::SavedSearch {
        id: id.to_owned(),
        folder: folder.to_owned(),
        query: query.to_owned(),
        ..Default::default()
    };
    let request = wire::CreateSavedSearchRequest { saved_search: Some(search), ..Default::default() };
    server.client.saved_searches().create_saved_search(request).await.unwrap();
}

async fn move_to(server: &TestServer, id: &str, folder: &str) {
    let request = wire::UpdateSavedSearchRequest {
        saved_search: Some(wire::SavedSearch { id: id.to_owned(), folder: folder.to_owned(), ..Default::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["folder".to_owned()] }),
        ..Default::default()
    };
    server.client.saved_searches().update_saved_search(request).await.unwrap();
}

fn folder(path: &str, start: Start) -> wire::SubscribeRequest {
    wire::SubscribeRequest { folder: path.to_owned(), start: Some(start), ..Default::default() }
}

/// The next message has to tell of a change of what is watched.
async fn redefined(live: &mut Subscriber) -> Redefined {
    match live.next().await {
        Some(Delivery::Redefined(redefined)) => redefined,
        other => panic!("a change was due, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_and_goes_counts_from_one_seq_on() {
    let server = TestServer::start().await;
    save(&server, "late", "airline/delays", "late OR verspätet").await;
    save(&server, "lost", "airline", "lost").await;
    save(&server, "elsewhere", "airlines", "suitcase").await;
    let mut live = Subscriber::ask(&server.client, folder("airline", Start::Now(()))).await.unwrap();
    live.caught_up().await;
    server.ingest(vec![mention("1", "late, and the suitcase lost", 0), mention("2", "a suitcase", 0)]).await;
    assert_eq!(live.event().await.saved_searches, ["late", "lost"]);

    // One comes in by being moved, one by being made.
    move_to(&server, "elsewhere", "airline/delays").await;
    let told = redefined(&mut live).await;
    assert_eq!((told.seq, told.added, told.removed), (2, vec!["elsewhere".to_owned()], vec![]));
    save(&server, "fog", "airline", "fog").await;
    assert_eq!(redefined(&mut live).await.added, ["fog"]);
    server.ingest(vec![mention("3", "a suitcase in the fog", 0)]).await;
    assert_eq!(live.event().await.saved_searches, ["elsewhere", "fog"]);

    // One goes out, one is deleted, one only moves about inside: of that there is nothing to tell.
    move_to(&server, "late", "airline").await;
    move_to(&server, "elsewhere", "").await;
    assert_eq!(redefined(&mut live).await.removed, ["elsewhere"]);
    let request = wire::DeleteSavedSearchRequest { id: "fog".to_owned(), ..Default::default() };
    server.client.saved_searches().delete_saved_search(request).await.unwrap();
    let told = redefined(&mut live).await;
    assert_eq!((told.seq, told.removed), (3, vec!["fog".to_owned()]));
    server.ingest(vec![mention("4", "a suitcase in the fog", 0), mention("5", "verspätet", 0)]).await;
    let event = live.event().await;
    assert_eq!((event.seq, event.saved_searches), (5, vec!["late".to_owned()]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn history_and_snapshots_are_told_by_the_searches_of_the_folder() {
    let server = TestServer::start().await;
    save(&server, "a", "f", "alpha").await;
    save(&server, "b", "f/g", "beta").await;
    server.ingest(vec![mention("1", "alpha beta", 0), mention("2", "gamma", 0), mention("3", "beta", 0)]).await;
    assert_eq!(server.found("beta").await.len(), 2);
    for start in [Start::AfterSeq(0), Start::Snapshot(())] {
        let mut live = Subscriber::ask(&server.client, folder("f", start)).await.unwrap();
        let (events, _) = live.history().await;
        let seen: Vec<_> = events.into_iter().map(|event| event.saved_searches).collect();
        assert_eq!(seen, [vec!["a".to_owned(), "b".to_owned()], vec!["b".to_owned()]]);
    }
    // A search that is edited in its folder is told as an edit.
    let mut live = Subscriber::ask(&server.client, folder("f/g", Start::Now(()))).await.unwrap();
    live.caught_up().await;
    let request = wire::UpdateSavedSearchRequest {
        saved_search: Some(wire::SavedSearch { id: "b".to_owned(), query: "delta".to_owned(), ..Default::default() }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["query".to_owned()] }),
        ..Default::default()
    };
    server.client.saved_searches().update_saved_search(request).await.unwrap();
    let told = redefined(&mut live).await;
    assert_eq!((told.saved_searches, told.added, told.removed), (vec!["b".to_owned()], vec![], vec![]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_listed_with_their_counts_and_none_is_invented() {
    let server = TestServer::start().await;
    for (id, folder) in [("a", "x/y"), ("b", "x/y"), ("c", "x/z/w"), ("d", ""), ("e", "xy")] {
        save(&server, id, folder, "word").await;
    }
    let mut pages = Vec::new();
    let mut request = wire::ListFoldersRequest { page_size: 2, ..Default::default() };
    loop {
        let page = server.client.saved_searches().list_folders(request.clone()).await.unwrap().into_inner();
        pages.push(page.folders);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    let listed: Vec<_> = pages.iter().flatten().map(|one| (one.path.as_str(), one.saved_searches, one.total)).collect();
    assert_eq!(listed, [("x", 0, 3), ("x/y", 2, 2), ("x/z", 0, 1), ("x/z/w", 1, 1), ("xy", 1, 1)]);

    for (path, code, words) in [
        ("y", Code::NotFound, ["folder `y`", "does not exist"]),
        ("x//y", Code::InvalidArgument, ["folder: must be names", "none of them empty"]),
    ] {
        let refused = Subscriber::ask(&server.client, folder(path, Start::Now(()))).await.err().unwrap();
        assert_says(&refused, code, &words);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_too_large_is_refused_and_one_that_outgrows_its_stream_ends_it() {
    let server = TestServer::start().await;
    let fill = async |from: usize, to: usize| {
        for first in (from..to).step_by(1000) {
            let search = |number: usize| wire::SavedSearch {
                id: format!("s{number}"),
                folder: "many".to_owned(),
                query: format!("word{number}"),
                ..Default::default()
            };
            let saved_searches = (first..to.min(first + 1000)).map(search).collect();
            let request = wire::BatchCreateSavedSearchesRequest { saved_searches, ..Default::default() };
            server.client.saved_searches().batch_create_saved_searches(request).await.unwrap();
        }
    };
    fill(0, 10_000).await;
    let mut live = Subscriber::ask(&server.client, folder("many", Start::Now(()))).await.unwrap();
    live.caught_up().await;
    server.ingest(vec![mention("1", "word17 word9999", 0)]).await;
    assert_eq!(live.event().await.saved_searches, ["s17", "s9999"]);
    fill(10_000, 10_001).await;
    let (_, goodbye) = live.goodbye().await;
    assert_eq!((goodbye.seq, goodbye.kind()), (1, wire::goodbye::Kind::TooLarge));
    assert!(goodbye.reason.contains("more than 10000 saved searches"), "{}", goodbye.reason);
    let refused = Subscriber::ask(&server.client, folder("many", Start::Now(()))).await.err().unwrap();
    assert_says(&refused, Code::InvalidArgument, &["folder: holds more than 10000 saved searches"]);
    server.stop().await;
}
