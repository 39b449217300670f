use super::*;
use crate::store;

async fn verified(engine: &Engine, queries: &[&str]) -> VerifyProgress {
    let queries: Vec<String> = queries.iter().map(|&query| query.to_owned()).collect();
    let mut reports = engine.verify_queries(&queries, "").await.unwrap();
    let mut sum = VerifyProgress::default();
    while let Some(report) = reports.recv().await {
        let mut report = report.unwrap();
        let mut differences = std::mem::take(&mut sum.differences);
        differences.append(&mut report.differences);
        sum = VerifyProgress { differences, ..report };
    }
    assert_eq!(sum.versions_checked, sum.versions);
    sum
}

/// More versions than a page, edits and a deletion among them.
async fn filled(dir: &TempDir) -> Arc<Engine> {
    let engine = open(dir);
    let texts = ["the crew was lovely", "il volo è in ritardo", "рейс опоздал, где чемодан?", "荷物がない"];
    let all = (0..700).map(|at| mention(&at.to_string(), &format!("anna{at}"), texts[at % texts.len()], 10));
    ingest(&engine, all.collect()).await;
    let edited =
        Mention { text: "the crew was awful".into(), observed_at: moment(30), ..mention("4", "anna4", "", 10) };
    ingest(&engine, vec![edited]).await;
    engine.delete(&name("8")).await.unwrap();
    engine
        .count(SearchRequest { query: "*".into(), min_seq: engine.status().recorded_seq, ..SearchRequest::default() })
        .await
        .unwrap();
    engine
}

const QUERIES: [&str; 5] = ["*", "crew AND lovely", "чемодан OR ritardo", "荷物", "NOT lovely AND *"];

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_follows_the_log_agrees_with_every_mention() {
    let dir = tempfile::tempdir().unwrap();
    let engine = filled(&dir).await;
    let sum = verified(&engine, &QUERIES).await;
    assert_eq!((sum.seq.0, sum.versions, sum.mentions_checked), (702, 702, 699));
    // 175 of each text; one lost its words, one is gone.
    assert_eq!(sum.matches, 699 + 173 + 350 + 175 + (699 - 173));
    assert_eq!((sum.differences_found, sum.differences.len()), (0, 0));
    for wrong in [&[][..], &["("; 1], &["x"; 101]] {
        let queries: Vec<String> = wrong.iter().map(|&query| query.to_owned()).collect();
        let refused = engine.verify_queries(&queries, "").await;
        assert!(matches!(refused, Err(EngineError::InvalidArgument { .. })), "{wrong:?}");
    }
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_holds_something_else_is_found_out() {
    let dir = tempfile::tempdir().unwrap();
    filled(&dir).await.close().await;
    // In the place of the index one that was given other texts, lost a mention, and missed an edit and a deletion.
    let index_dir = dir.path().join(INDEX_FOLDER);
    std::fs::remove_dir_all(&index_dir).unwrap();
    {
        let options = store::StoreOptions { bytes_max: None };
        let (_writer, reader) = store::open(&dir.path().join(STORE_FOLDER), options).unwrap();
        let (mut index, _) = crate::index::open(&index_dir, reader.id(), reader.last_seq()).unwrap();
        for version in reader.versions_after(Seq::ZERO, 10_000, usize::MAX).unwrap() {
            let mut forged = (*version).clone();
            match forged.mention.name.external_id.as_str() {
                "0" => forged.mention.text = "the crew was awful".into(),
                "2" => continue,
                "4" | "8" if forged.previous_seq > Seq::ZERO => continue,
                _ => {}
            }
            index.apply(&forged).unwrap();
        }
        index.commit(reader.last_seq()).unwrap();
        index.close().unwrap();
    }
    let engine = open(&dir);
    let sum = verified(&engine, &QUERIES).await;
    let told: Vec<(usize, &str, u64, bool, bool)> = sum
        .differences
        .iter()
        .map(|told| (told.query, told.name.external_id.as_str(), told.seq.0, told.index, told.evaluator))
        .collect();
    assert_eq!(
        told,
        [
            (0, "4", 701, false, true),
            (4, "4", 701, false, true),
            (0, "8", 9, true, false),
            (1, "8", 9, true, false),
            (0, "4", 5, true, false),
            (1, "4", 5, true, false),
            (0, "2", 3, false, true),
            (2, "2", 3, false, true),
            (4, "2", 3, false, true),
            (1, "0", 1, false, true),
            (4, "0", 1, true, false),
        ]
    );
    assert!(sum.differences.iter().all(|told| told.matcher == told.evaluator));
    engine.close().await;
}
