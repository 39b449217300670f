use super::*;
use crate::{base::Timestamp, engine::FollowerStatus};

fn status() -> EngineStatus {
    EngineStatus {
        started_at: Timestamp::UNIX_EPOCH,
        recorded_seq: Seq(100),
        oldest_seq: Seq(1),
        mentions: 60,
        recording_problem: None,
        followers: vec![FollowerStatus { name: "index", seq: Seq(90), problem: None }],
        saved_searches: 3,
        arguments: 2,
        subscriptions: 2,
        queries: Default::default(),
    }
}

fn has(page: &str, line: &str) {
    assert!(page.lines().any(|candidate| candidate == line), "no line {line:?} in\n{page}");
}

#[test]
fn the_page_tells_calls_streams_mentions_and_the_engine() {
    let metrics = Arc::new(Metrics::new());
    metrics.call_begins("SearchService/Search".into(), Shape::Unary).ends(Code::Ok);
    drop(metrics.call_begins("SearchService/Search".into(), Shape::Unary));
    let stream = metrics.call_begins("IngestService/Ingest".into(), Shape::Ingest);
    metrics.mention_answered(wire::Outcome::Rejected);
    metrics.connections_are(4);

    let page = metrics.text(&status()).unwrap();
    for line in [
        r#"ascolto_calls_total{method="SearchService/Search",code="OK"} 1"#,
        r#"ascolto_calls_total{method="SearchService/Search",code="CANCELLED"} 1"#,
        r#"ascolto_call_seconds_count{method="SearchService/Search"} 2"#,
        r#"ascolto_open_streams{method="IngestService/Ingest"} 1"#,
        r#"ascolto_mentions_answered_total{outcome="rejected"} 1"#,
        "ascolto_connections 4",
        "ascolto_recorded_seq 100",
        "ascolto_mentions 60",
        r#"ascolto_follower_seq{follower="index"} 90"#,
        r#"ascolto_follower_lag_versions{follower="index"} 10"#,
    ] {
        has(&page, line);
    }

    drop(stream);
    has(&metrics.text(&status()).unwrap(), r#"ascolto_open_streams{method="IngestService/Ingest"} 0"#);
}

#[test]
fn resident_memory_is_read_where_it_is_told() {
    assert_eq!(resident_bytes("VmPeak:\t  9 kB\nVmRSS:\t    2048 kB\nThreads: 3\n"), Some(2 * 1024 * 1024));
    assert_eq!(resident_bytes("Threads: 3\n"), None);
    assert_eq!(resident_bytes("VmRSS: many\n"), None);
}
