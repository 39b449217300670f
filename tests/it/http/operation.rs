//! What whoever runs the server looks at.

use std::collections::BTreeMap;

use super::*;

/// A page in the OpenMetrics text format: figures by name and labels. Fails where a line is none.
fn figures(page: &str) -> BTreeMap<String, f64> {
    let mut figures = BTreeMap::new();
    assert!(page.ends_with("# EOF\n"), "it is whole");
    for line in page.lines() {
        if line.starts_with("# ") {
            assert!(["# HELP ", "# TYPE ", "# UNIT ", "# EOF"].iter().any(|kind| line.starts_with(kind)), "{line}");
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap();
        let known = figures.insert(name.to_owned(), value.parse().unwrap());
        assert_eq!(known, None, "{name} stands there twice");
    }
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_count_what_happened() {
    let server = TestServer::start().await;
    let at = server.address;
    post(at, "/v1/mentions:ingest", &story()).await;
    get(at, "/v1/mentions/forum/none").await;
    get(at, "/v1/mentions:count?query=*&min_seq=2").await;

    // The index says how far it is a moment after it can be searched.
    let lag = r#"ascolto_follower_lag_versions{follower="index"}"#;
    let (page, figures) = loop {
        let page = get(at, "/metrics").await;
        let figures = figures(page.text());
        if figures.get(lag) == Some(&0.0) {
            break (page, figures);
        }
    };
    assert_eq!(page.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for (name, expected) in [
        (r#"ascolto_calls_total{method="IngestService/IngestBatch",code="OK"}"#, 1.0),
        (r#"ascolto_calls_total{method="SearchService/Get",code="NOT_FOUND"}"#, 1.0),
        (r#"ascolto_call_seconds_count{method="SearchService/Count"}"#, 1.0),
        (r#"ascolto_mentions_answered_total{outcome="created"}"#, 2.0),
        (r#"ascolto_mentions_answered_total{outcome="rejected"}"#, 1.0),
        ("ascolto_recorded_seq", 2.0),
        ("ascolto_mentions", 2.0),
        ("ascolto_saved_searches", 0.0),
        ("ascolto_subscriptions", 0.0),
        (r#"ascolto_follower_seq{follower="index"}"#, 2.0),
    ] {
        assert_eq!(figures.get(name), Some(&expected), "{name} in\n{}", page.text());
    }
    for name in ["ascolto_connections", "process_resident_memory_bytes", r#"ascolto_follower_seq{follower="matcher"}"#]
    {
        assert!(figures[name] > 0.0, "{name}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_alive_ready_and_says_what_it_is() {
    let server = TestServer::start().await;
    for (target, said) in [("/healthz", "alive\n"), ("/readyz", "ready\n")] {
        let answer = get(server.address, target).await;
        assert_eq!((answer.status, answer.text()), (200, said));
    }
    let home = get(server.address, "/").await;
    assert!(home.header("content-type").starts_with("text/plain"), "{home:?}");
    for address in ["/v1/mentions:ingest", "/v1/mentions:watch", "/v1/savedSearches/{id}", "/metrics", "/readyz"] {
        assert!(home.text().contains(address), "{address} in\n{}", home.text());
    }
    server.stop().await;
}
