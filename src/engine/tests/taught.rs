use super::*;
use crate::{
    learn::Lesson,
    model::{CorrectedValues, SentimentLabel},
};

fn without_brands(dir: &TempDir) -> Arc<Engine> {
    Engine::open(EngineOptions {
        data_dir: dir.path().to_owned(),
        index_config: IndexConfig { brands: Vec::new(), ..IndexConfig::built_in().unwrap() },
        clock: Arc::new(ManualClock::new(moment(200_000))),
        store_bytes_max: None,
        stall_matcher_at: None,
    })
    .unwrap()
}

/// Sixty mentions of a brand, half of them corrected to the one side and half to the other by words that only its customers use.
async fn teach(engine: &Engine) {
    for number in 1..=60 {
        let (words, label) = if number % 2 == 0 {
            ("did the window waltz", SentimentLabel::Positive)
        } else {
            ("gave us the tarmac treatment", SentimentLabel::Negative)
        };
        let (id, text) = (number.to_string(), format!("nordwind {words} on flight {number} with the family"));
        ingest(engine, vec![mention(&id, "anna", &text, number)]).await;
        let values = CorrectedValues { sentiment: Some(label), ..CorrectedValues::default() };
        engine.correct(&name(&id), values, String::new()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_whose_profile_is_gone_teaches_nobody_and_can_be_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    teach(&engine).await;
    let told = engine.taught("nordwind-air").await.unwrap();
    assert_eq!((told.labels, told.known, told.report.sentiment.lesson), (60, true, Lesson::Learnt));
    assert_eq!(told.newest_at.0, Some(moment(100_000)));
    engine.close().await;

    let engine = without_brands(&dir);
    let gone = engine.taught("nordwind-air").await.unwrap();
    assert_eq!((gone.labels, gone.known, gone.report.sentiment.lesson), (60, false, Lesson::TooFew));
    engine.close().await;
    let engine = open(&dir);
    assert_eq!(engine.taught("nordwind-air").await.unwrap(), told, "it comes back with its profile");
    engine.close().await;

    let engine = without_brands(&dir);
    assert_eq!(engine.reset_taught("nordwind-air").await.unwrap().labels, 0);
    assert_eq!(engine.list_taught().await.unwrap(), []);
    assert!(matches!(engine.taught("nordwind-air").await, Err(EngineError::NotFound { what: "brand", .. })));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_mention_teaches_nothing_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    teach(&engine).await;
    for number in 1..=11 {
        engine.delete(&name(&number.to_string())).await.unwrap();
    }
    let told = engine.taught("nordwind-air").await.unwrap();
    assert_eq!((told.labels, told.report.sentiment.lesson), (49, Lesson::TooFew));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_brand_decides_whom_a_label_teaches() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    teach(&engine).await;
    let values = CorrectedValues { brands: Some(vec!["luna-bank".to_owned()]), ..CorrectedValues::default() };
    engine.correct(&name("7"), values, String::new()).await.unwrap();
    let labels: Vec<(String, usize)> =
        engine.list_taught().await.unwrap().into_iter().map(|told| (told.brand, told.labels)).collect();
    assert_eq!(labels, [("luna-bank".to_owned(), 1), ("nordwind-air".to_owned(), 59)]);
    engine.close().await;
}
