use serde_json::{Value, json};

use super::*;
use crate::{
    base::{Seq, Timestamp},
    model::{
        Author, BrandMatch, BrandReason, Cause, Engagement, Evidence, EvidenceKind, Intent, IntentJudgement, Kind,
        Language, LanguageEvidence, Mention, MentionName, MentionNumber, NeedsReply, Parent, ReplyReason, Sentiment,
        SentimentLabel, Stage, StageJudgement, Status, ThreadId, TopicJudgement, Understanding, Version,
    },
};
use crate::{
    proto::{DESCRIPTORS, v1 as wire},
    server::convert::{time_to_wire, version_to_wire},
};

fn mapping() -> Json {
    Json::new(DescriptorPool::decode(DESCRIPTORS).unwrap())
}

fn read<M: Message + Default>(name: &str, text: &str) -> Result<M, String> {
    let mapping = mapping();
    let descriptor = mapping.pool.get_message_by_name(name).unwrap();
    mapping.read(descriptor, text.as_bytes()).map(|bytes| M::decode(bytes.as_slice()).unwrap())
}

fn version() -> Version {
    let time: Timestamp = "2026-11-20T08:30:00.5Z".parse().unwrap();
    let evidence = |text: &str, weight| Evidence { kind: EvidenceKind::Word, text: text.to_owned(), weight };
    Version {
        seq: Seq(9_007_199_254_740_993),
        previous_seq: Seq::ZERO,
        number: MentionNumber(4),
        cause: Cause::Ingested,
        recorded_at: time,
        ingested_at: time,
        mention: Mention {
            name: MentionName { platform: "twitter".to_owned(), external_id: "a/1".to_owned() },
            kind: Kind::Reply,
            author: Author { handle: "anna".to_owned(), followers: Some(0), ..Author::default() },
            title: String::new(),
            text: "Perché non funziona? 😡".to_owned(),
            created_at: time,
            observed_at: time,
            in_reply_to: Some("0".to_owned()),
            to_handle: None,
            url: None,
            engagement: Engagement { likes: Some(3), ..Engagement::default() },
            rating: None,
            source_language: None,
            country: Some("IT".to_owned()),
            tags: vec!["vip".to_owned()],
            media: Vec::new(),
        },
        understanding: Understanding {
            language: Language {
                code: "it".to_owned(),
                confidence: 0.9,
                evidence: LanguageEvidence::Statistics,
                pieces: Vec::new(),
            },
            sentiment: Sentiment {
                label: SentimentLabel::Negative,
                score: -0.6,
                evidence: vec![evidence("non funziona", -0.6)],
            },
            intents: vec![IntentJudgement { intent: Intent::Question, evidence: Vec::new() }],
            needs_reply: NeedsReply {
                asked: true,
                score: 1.2,
                threshold: 1.0,
                reasons: vec![ReplyReason::Question],
                evidence: Vec::new(),
                closing: false,
            },
            stage: Some(StageJudgement { stage: Stage::PostPurchase, evidence: vec![evidence("non funziona", 1.0)] }),
            topics: vec![TopicJudgement { topic: "app".to_owned(), evidence: Vec::new() }],
            tags: Vec::new(),
            brands: vec![BrandMatch {
                brand: "acme".to_owned(),
                own: false,
                reasons: vec![BrandReason::Addressed],
                sentiment: None,
            }],
        },
        thread: ThreadId(7),
        status: Status::NeedsReply,
        parent: Some(Parent { handle: "acme".to_owned(), text: "Novità".to_owned() }),
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: crate::model::Course::beginning(time),
        deleted: false,
    }
}

#[test]
fn a_version_is_written_in_the_proto3_mapping() {
    let text = mapping().write_message("ascolto.v1.Version", &version_to_wire(&version())).unwrap();
    let shown: Value = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "seq": "9007199254740993",
        "previousSeq": "0",
        "cause": "CAUSE_INGESTED",
        "recordedAt": "2026-11-20T08:30:00.500Z",
        "ingestedAt": "2026-11-20T08:30:00.500Z",
        "mention": {
            "platform": "twitter", "externalId": "a/1", "kind": "KIND_REPLY",
            "author": {"handle": "anna", "name": "", "bio": "", "followers": "0", "verified": false},
            "title": "", "text": "Perché non funziona? 😡",
            "createdAt": "2026-11-20T08:30:00.500Z", "observedAt": "2026-11-20T08:30:00.500Z",
            "inReplyTo": "0", "toHandle": "", "url": "", "engagement": {"likes": "3"},
            "sourceLanguage": "", "country": "IT", "tags": ["vip"], "media": [],
        },
        "understanding": {
            "language": {"code": "it", "confidence": 0.9, "evidence": "statistics", "pieces": []},
            "sentiment": {
                "label": "SENTIMENT_LABEL_NEGATIVE", "score": -0.6,
                "evidence": [{"kind": "word", "text": "non funziona", "weight": -0.6}],
            },
            "intents": [{"intent": "INTENT_QUESTION", "evidence": []}],
            "needsReply": {
                "asked": true, "score": 1.2, "threshold": 1.0, "reasons": ["REPLY_REASON_QUESTION"], "evidence": [],
                "closing": false,
            },
            "brands": [{"brand": "acme", "own": false, "reasons": ["addressed"]}],
            "stage": {
                "stage": "STAGE_POST_PURCHASE", "evidence": [{"kind": "word", "text": "non funziona", "weight": 1.0}],
            },
            "topics": [{"topic": "app", "evidence": []}],
            "tags": [],
        },
        "conversation": {
            "threadId": "7", "status": "STATUS_NEEDS_REPLY",
            "parent": {"handle": "acme", "text": "Novità"}, "answeredBy": "", "repeats": "",
            "course": {
                "turns": 0, "brandTurns": 0, "hostileTurns": 0, "isConflict": false,
                "beganAt": "2026-11-20T08:30:00.500Z",
            },
        },
        "deleted": false,
    });
    assert_eq!(shown, expected);
}

#[test]
fn both_spellings_of_a_name_are_read() {
    for text in [
        r#"{"mentions": [{"externalId": "1", "kind": "KIND_REVIEW", "createdAt": "2026-11-20T08:30:00.5Z"}]}"#,
        r#"{"mentions": [{"external_id": "1", "kind": 7, "created_at": "2026-11-20T09:30:00.5+01:00"}]}"#,
    ] {
        let request: wire::IngestBatchRequest = read("ascolto.v1.IngestBatchRequest", text).unwrap();
        let mention = &request.mentions[0];
        assert_eq!((mention.external_id.as_str(), mention.kind()), ("1", wire::Kind::Review));
        assert_eq!(mention.created_at, Some(time_to_wire("2026-11-20T08:30:00.5Z".parse().unwrap())));
    }
}

#[test]
fn nothing_is_an_empty_message() {
    assert_eq!(read::<wire::SearchRequest>("ascolto.v1.SearchRequest", " \n").unwrap(), wire::SearchRequest::default());
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, expected) in [
        (r#"{"qurey": "zug"}"#, "unrecognized field name 'qurey'"),
        (r#"{"sort": "SORT_BEST"}"#, "unrecognized enum value 'SORT_BEST'"),
        (r#"{"query": 7}"#, "expected a string"),
        (r#"{"query": "zug"} {}"#, "trailing characters"),
        (r#"{"query": "#, "EOF"),
        (r#"[]"#, "invalid type"),
        (r#"{"createdFrom": "gestern"}"#, "invalid rfc3339 timestamp"),
    ] {
        let error = read::<wire::SearchRequest>("ascolto.v1.SearchRequest", text).unwrap_err();
        assert!(error.contains(expected) && error.contains("line 1"), "{text}: {error}");
    }
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    let mapping = mapping();
    let descriptor = mapping.pool.get_message_by_name("ascolto.v1.SearchRequest").unwrap();
    let error = mapping.read(descriptor, b"{\"query\": \"\xff\"}").unwrap_err();
    assert!(error.contains("invalid unicode code point"), "{error}");
}
