//! Directories, ports and disks that are not as they should be.

use std::{fs, path::Path};

use ascolto::proto::v1::{IngestBatchRequest, SearchRequest};
use tempfile::TempDir;
use tonic::Code;

use crate::support::{
    TestOptions, TestServer, mention,
    program::{Program, refused},
    server::open_engine,
    status::{assert_says, reason},
};

#[track_caller]
fn assert_refused(data_dir: &Path, listen: &str, words: &[&str]) {
    let ended = refused(data_dir, listen, &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    for word in words {
        assert!(ended.stderr.contains(word), "no {word:?} in {}", ended.stderr);
    }
}

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    assert_refused(dir.path(), &address, &[&address, "in use", "--listen"]);
}

#[test]
fn a_second_server_on_a_directory_is_refused_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let first = Program::serve(dir.path());
    let path = dir.path().display().to_string();
    assert_refused(dir.path(), "127.0.0.1:0", &[&path, "in use by another server", "choose another data directory"]);
    first.terminate();
    assert_eq!(first.ended().code, Some(0));
    drop(Program::serve(dir.path()));
}

#[test]
fn a_directory_of_another_version_or_of_something_else_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    drop(open_engine(dir.path(), None, None).unwrap());
    let database = dir.path().join("store/store.sqlite");
    let set = |pragma: &str| rusqlite::Connection::open(&database).unwrap().execute_batch(pragma).unwrap();
    set("PRAGMA user_version = 7");
    assert_refused(dir.path(), "127.0.0.1:0", &["store.sqlite", "format 7", "run the version that wrote it"]);
    set("PRAGMA user_version = 1; PRAGMA application_id = 77");
    assert_refused(dir.path(), "127.0.0.1:0", &["store.sqlite", "not a store", "choose another data directory"]);

    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("a file");
    fs::write(&file, "Einkaufsliste").unwrap();
    assert_refused(&file, "127.0.0.1:0", &["a file"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "Einkaufsliste");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_refuses_and_keeps_what_it_has() {
    let options = TestOptions { store_bytes_max: Some(1024 * 1024), ..TestOptions::default() };
    let server = TestServer::start_with(options).await;
    let batch = |turn: i64| -> Vec<_> {
        (0..50).map(|i| mention(&format!("{turn}-{i}"), &"Der Speicher läuft voll. ".repeat(10), turn)).collect()
    };
    let mut acknowledged = 0;
    let refused = loop {
        assert!(acknowledged < 10_000, "the limit holds nothing back");
        let request = IngestBatchRequest { mentions: batch(acknowledged) };
        match server.client.ingest().ingest_batch(request).await {
            Ok(_) => acknowledged += 50,
            Err(status) => break status,
        }
    };
    assert_says(&refused, Code::ResourceExhausted, &["store is full", "free space", "raise the store's limit"]);
    assert_eq!(reason(&refused), "RESOURCE_EXHAUSTED");
    assert!(acknowledged > 0);
    // It still answers, and the refused batch left nothing behind.
    assert_eq!(server.engine.status().mentions, acknowledged as u64);
    let found = server.search(SearchRequest { query: "speicher".to_owned(), ..Default::default() }).await;
    assert_eq!(found.total, acknowledged as u64);

    // With room it goes on where it stood.
    let server = TestServer::start_in(server.stop().await).await;
    assert_eq!(server.ingest(batch(acknowledged)).await[0].seq, acknowledged as u64 + 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_gone_or_garbage_is_made_again_from_the_log() {
    let server = TestServer::start().await;
    let texts = ["Zug verspätet", "поезд опоздал", "電車が遅れた", "القطار متأخر"];
    server.ingest_many((0..400).map(|i| mention(&i.to_string(), texts[i as usize % 4], i)).collect()).await;
    server.delete("forum/0").await;
    let answers = async |server: &TestServer| {
        let mut answers = Vec::new();
        for query in ["*", "zug", "опоздал", "電車", "القطار", "lang:ja OR zug"] {
            answers.push(server.found(query).await);
        }
        answers
    };
    let before = answers(&server).await;
    assert_eq!((before[0].len(), before[1].len()), (399, 99));
    let mut dir: TempDir = server.stop().await;

    let garble: fn(&Path) = |file| fs::write(file, "garbage").unwrap();
    let cut: fn(&Path) =
        |file| fs::write(file, &fs::read(file).unwrap()[..fs::metadata(file).unwrap().len() as usize / 2]).unwrap();
    let flip: fn(&Path) = |file| {
        let mut bytes = fs::read(file).unwrap();
        if let Some(byte) = bytes.get_mut(10) {
            *byte ^= 0xff;
        }
        fs::write(file, bytes).unwrap();
    };
    let remove: fn(&Path) = |file| fs::remove_file(file).unwrap();
    let is_meta: fn(&Path) -> bool = |file| file.ends_with("meta.json");
    let any: fn(&Path) -> bool = |_| true;
    let segment: fn(&Path) -> bool = |file| file.extension().is_some_and(|kind| kind != "json" && kind != "lock");
    for (what, chosen, harm) in [
        ("all gone", any, remove),
        ("all garbage", any, garble),
        ("list garbage", is_meta, garble),
        ("list cut", is_meta, cut),
        ("segments gone", segment, remove),
        ("segments cut", segment, cut),
        ("a byte of each segment", segment, flip),
    ] {
        for entry in fs::read_dir(dir.path().join("index")).unwrap() {
            let file = entry.unwrap().path();
            if chosen(&file) {
                harm(&file);
            }
        }
        let server = TestServer::start_in(dir).await;
        assert_eq!(answers(&server).await, before, "{what}");
        dir = server.stop().await;
    }
    fs::remove_dir_all(dir.path().join("index")).unwrap();
    let server = TestServer::start_in(dir).await;
    assert_eq!(answers(&server).await, before, "no directory");
    server.stop().await;
}
