use super::*;
use crate::model::{CorrectedValues, Intent, ReplyReason, SentimentLabel, Version};

fn sentiment(label: SentimentLabel) -> CorrectedValues {
    CorrectedValues { sentiment: Some(label), ..CorrectedValues::default() }
}

fn needs_reply(asked: bool) -> CorrectedValues {
    CorrectedValues { needs_reply: Some(asked), ..CorrectedValues::default() }
}

async fn get(engine: &Engine, id: &str) -> Arc<Version> {
    engine.get(&name(id)).await.unwrap()
}

async fn found(engine: &Engine, query: &str) -> u64 {
    let min_seq = engine.status().recorded_seq;
    engine.count(SearchRequest { query: query.into(), min_seq, ..SearchRequest::default() }).await.unwrap().count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_holds_is_found_and_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, vec![mention("1", "anna", "nordwind, what a wonderful day in the rain", 0)]).await;
    let before = get(&engine, "1").await;
    assert_eq!(before.understanding.sentiment.label, SentimentLabel::Positive);
    let values = CorrectedValues {
        intents: Some(vec![Intent::Complaint]),
        language: Some("it".to_owned()),
        topics: Some(vec!["weather".to_owned()]),
        brands: Some(vec!["luna-bank".to_owned()]),
        ..sentiment(SentimentLabel::Negative)
    };
    let version = engine.correct(&name("1"), values, "Ben".to_owned()).await.unwrap();
    assert_eq!((version.cause, version.previous_seq), (Cause::Corrected, before.seq));
    let all = "sentiment:negative intent:complaint lang:it topic:weather brand:luna-bank NOT brand:nordwind-air";
    assert_eq!(found(&engine, all).await, 1);
    // Saying more adds to it; saying the same again is nothing new.
    let version = engine.correct(&name("1"), needs_reply(true), "Ben".to_owned()).await.unwrap();
    assert_eq!(version.understanding.needs_reply.reasons, [ReplyReason::Corrected]);
    assert_eq!(version.understanding.sentiment.label, SentimentLabel::Negative);
    assert_eq!(engine.correct(&name("1"), needs_reply(true), "Ben".to_owned()).await.unwrap().seq, version.seq);
    assert_eq!(found(&engine, "needs:reply").await, 1);
    let reverted = engine.revert_correction(&name("1")).await.unwrap();
    assert_eq!((reverted.cause, &reverted.understanding), (Cause::Corrected, &before.understanding));
    assert_eq!((reverted.correction.as_ref(), found(&engine, all).await), (None, 0));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_outlives_figures_parents_and_restarts_and_ends_with_the_words() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, vec![reply("2", "anna", "11.0.3", 10, "1")]).await;
    engine.correct(&name("2"), needs_reply(false), String::new()).await.unwrap();
    let mut liked = reply("2", "anna", "11.0.3", 10, "1");
    liked.engagement.likes = Some(7);
    liked.observed_at = moment(20);
    ingest(&engine, vec![liked]).await;
    // What it answers comes late: it goes on in a conversation with the brand, and a person said that it waits for nothing.
    ingest(&engine, vec![reply("1", "nordwindcare", "Which version is it?", 0, "0")]).await;
    let version = get(&engine, "2").await;
    assert!(version.judged().needs_reply.asked && version.parent.is_some(), "{version:?}");
    assert_eq!(version.status, Status::None);
    engine.close().await;

    let engine = open(&dir);
    assert_eq!(*get(&engine, "2").await, *version);
    assert_eq!(engine.store.labels().unwrap().len(), 1);
    let edited = Mention { text: "11.0.4".into(), observed_at: moment(30), ..reply("2", "anna", "", 10, "1") };
    ingest(&engine, vec![edited]).await;
    let version = get(&engine, "2").await;
    assert_eq!((version.correction.as_ref(), version.status), (None, Status::NeedsReply));
    // It was true of the words it was said of, and is forgotten with the mention.
    assert_eq!(engine.store.labels().unwrap()[0].mention.text, "11.0.3");
    engine.delete(&name("2")).await.unwrap();
    assert_eq!(engine.store.labels().unwrap(), []);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_brand_reaches_what_answers_the_mention() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, vec![mention("1", "anna", "so tired", 0), reply("2", "ben", "me too", 1, "1")]).await;
    let values = CorrectedValues { brands: Some(vec!["luna-bank".to_owned()]), ..CorrectedValues::default() };
    engine.correct(&name("1"), values, String::new()).await.unwrap();
    assert_eq!(found(&engine, "brand:luna-bank").await, 2);
    engine.revert_correction(&name("1")).await.unwrap();
    assert_eq!(found(&engine, "brand:luna-bank").await, 0);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_cannot_be_corrected() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    ingest(&engine, vec![mention("1", "anna", "hello", 0)]).await;
    engine.delete(&name("1")).await.unwrap();
    for id in ["1", "2"] {
        let refused = engine.correct(&name(id), needs_reply(true), String::new()).await;
        assert!(matches!(refused, Err(EngineError::NotFound { .. })), "{refused:?}");
        assert!(matches!(engine.revert_correction(&name(id)).await, Err(EngineError::NotFound { .. })));
    }
    let values = CorrectedValues { brands: Some(vec!["luna-bnak".to_owned()]), ..CorrectedValues::default() };
    let error = engine.correct(&name("1"), values, String::new()).await.unwrap_err().to_string();
    assert!(error.contains("the nearest is `luna-bank`"), "{error}");
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_the_same_again_within_a_day_waits_once() {
    const DAY: i64 = 24 * 60 * 60;
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let text = "@nordwindair my suitcase never arrived, where is it?";
    // The later one arrives first; another handle and another day are something else.
    let elsewhere = "@nordwindcare MY suitcase never arrived: where is it? https://example.org/1";
    ingest(&engine, vec![mention("b", "Anna", elsewhere, 100)]).await;
    assert_eq!(get(&engine, "b").await.status, Status::NeedsReply);
    ingest(&engine, vec![mention("a", "anna", text, 50), mention("c", "ben", text, 60)]).await;
    ingest(&engine, vec![mention("d", "anna", text, 100 + DAY + 1), mention("e", "anna", "ok?", 70)]).await;
    let states = async |engine: &Engine| {
        let mut states = Vec::new();
        for id in ["a", "b", "c", "d"] {
            let version = get(engine, id).await;
            states.push((version.status, version.repeats.as_ref().map(|name| name.external_id.clone())));
        }
        states
    };
    let waits = (Status::NeedsReply, None);
    let repeats = (Status::None, Some("a".to_owned()));
    assert_eq!(states(&engine).await, [waits.clone(), repeats, waits.clone(), waits.clone()]);
    assert_eq!(get(&engine, "b").await.cause, Cause::Repeated);
    // What it repeated says something else now.
    let edited = Mention { text: "all is well".into(), observed_at: moment(300), ..mention("a", "anna", "", 50) };
    ingest(&engine, vec![edited]).await;
    assert_eq!(states(&engine).await[1], waits);
    engine.close().await;
}
