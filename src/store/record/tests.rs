use prost::Message as _;

use super::*;
use crate::{
    base::{Seq, Timestamp},
    model::{
        Author, AuthorList, BrandMatch, BrandReason, Cause, Claim, CorrectedValues, Correction, Course, Due,
        Engagement, Escalation, Evidence, EvidenceKind, HandOff, Intent, IntentJudgement, Kind, Language,
        LanguageEvidence, Mention, MentionName, MentionNumber, NeedsReply, Note, Parent, Priority, PriorityKind,
        PriorityLevel, PriorityPart, ReplyReason, SavedSearch, SavedSearchChange, SavedSearchRevision, Sentiment,
        SentimentLabel, SetTag, Sla, Stage, StageJudgement, Status, ThreadId, TopicJudgement, Understanding, Version,
    },
    proto::record::{SavedSearchRevisionRecord, VersionRecord},
};

fn time(microsecond: i64) -> Timestamp {
    Timestamp::from_microsecond(microsecond).unwrap()
}

fn evidence(text: &str) -> Vec<Evidence> {
    let one = |&kind| Evidence { kind, text: format!("{text} {kind}"), weight: -0.25 };
    EvidenceKind::ALL.iter().map(one).collect()
}

fn understood() -> Understanding {
    Understanding {
        language: Language {
            code: "pt".to_owned(),
            confidence: 0.5,
            evidence: LanguageEvidence::Script,
            pieces: evidence("letters"),
        },
        sentiment: Sentiment { label: SentimentLabel::Positive, score: 0.125, evidence: evidence("feels") },
        intents: vec![
            IntentJudgement { intent: Intent::Question, evidence: evidence("asks") },
            IntentJudgement { intent: Intent::Wish, evidence: Vec::new() },
        ],
        needs_reply: NeedsReply {
            asked: true,
            score: 1.5,
            threshold: 1.25,
            reasons: ReplyReason::ALL.to_vec(),
            evidence: evidence("needs"),
            closing: true,
        },
        stage: Some(StageJudgement { stage: Stage::Advocacy, evidence: evidence("stands") }),
        topics: vec![TopicJudgement { topic: "billing".to_owned(), evidence: evidence("about") }],
        tags: vec![SetTag { tag: "late".to_owned(), saved_search: "trains".to_owned() }],
        brands: vec![
            BrandMatch {
                brand: "a".to_owned(),
                own: true,
                reasons: BrandReason::ALL.to_vec(),
                sentiment: Some(Sentiment {
                    label: SentimentLabel::Negative,
                    score: -0.5,
                    evidence: evidence("towards it"),
                }),
            },
            BrandMatch { brand: "b".to_owned(), own: false, reasons: vec![BrandReason::Query], sentiment: None },
        ],
    }
}

/// Every field has a value of its own, so that two that are mixed up do not go unnoticed.
fn full() -> Version {
    Version {
        seq: Seq(11),
        previous_seq: Seq(10),
        number: MentionNumber(9),
        cause: Cause::Edited,
        recorded_at: time(-1),
        ingested_at: time(1_700_000_000_000_001),
        mention: Mention {
            name: MentionName { platform: "review_site".to_owned(), external_id: "https://x/1/ü".to_owned() },
            kind: Kind::Review,
            author: Author {
                handle: "handle".to_owned(),
                name: "नाम".to_owned(),
                bio: "bio".to_owned(),
                followers: Some(0),
                verified: true,
            },
            title: "タイトル".to_owned(),
            text: "نص\n\u{1f44d}\u{1f3fd}".to_owned(),
            created_at: time(2),
            observed_at: time(3),
            in_reply_to: Some("parent".to_owned()),
            to_handle: Some("to".to_owned()),
            url: Some("https://x/1".to_owned()),
            engagement: Engagement { likes: Some(1), reposts: Some(2), replies: Some(3), views: Some(u64::MAX) },
            rating: Some(4.5),
            source_language: Some("pt-BR".to_owned()),
            country: Some("BR".to_owned()),
            tags: vec!["t1".to_owned(), "t2".to_owned()],
            media: vec!["m1".to_owned()],
        },
        understanding: understood(),
        thread: ThreadId(8),
        status: Status::Answered,
        parent: Some(Parent { handle: "asker".to_owned(), text: "before".to_owned() }),
        answered_by: Some(MentionName { platform: "review_site".to_owned(), external_id: "a/b".to_owned() }),
        repeats: Some(MentionName { platform: "review_site".to_owned(), external_id: "c".to_owned() }),
        correction: Some(Box::new(Correction {
            values: CorrectedValues {
                language: Some("pt".to_owned()),
                sentiment: Some(SentimentLabel::Neutral),
                intents: Some(vec![Intent::Question, Intent::Praise]),
                needs_reply: Some(false),
                brands: Some(vec!["a".to_owned(), "b".to_owned()]),
                topics: Some(vec!["app".to_owned()]),
            },
            by: "Ana".to_owned(),
            corrected_at: time(5),
            judged: Understanding { topics: Vec::new(), ..understood() },
        })),
        desk: Some(Box::new(desk(Some(Rest::HandedOff(HandOff {
            to: "mail".to_owned(),
            reference: "T-1".to_owned(),
            reason: "contract".to_owned(),
        }))))),
        due: Some(Due { soon_at: time(12), at: time(13), sla: Sla::DueSoon }),
        priority: Some(Box::new(Priority {
            level: PriorityLevel::High,
            parts: vec![PriorityPart { kind: PriorityKind::Rule, points: -3, detail: "vip".to_owned() }],
        })),
        course: Course { turns: 3, brand_turns: 2, hostile_turns: 1, is_conflict: true, began_at: time(1) },
        deleted: true,
    }
}

fn desk(rest: Option<Rest>) -> Desk {
    Desk {
        claim: Some(Claim { agent: "Ana".to_owned(), token: 6, expires_at: time(7) }),
        last_token: 7,
        assignee: Some("Ben".to_owned()),
        rest,
        escalation: Some(Escalation { to: "Mia".to_owned(), reason: "lawyer".to_owned() }),
        reopened_at: Some(time(8)),
        notes: vec![Note { by: "Cho".to_owned(), at: time(9), text: "전화했어요".to_owned() }],
        by: "Dee".to_owned(),
    }
}

/// Whatever can be absent is.
fn bare() -> Version {
    let mut version = full();
    version.previous_seq = Seq::ZERO;
    version.deleted = false;
    version.parent = None;
    version.answered_by = None;
    version.repeats = None;
    version.correction = None;
    version.desk = None;
    version.due = None;
    version.priority = None;
    version.course = Course::beginning(version.mention.created_at);
    let mention = &mut version.mention;
    mention.author = Author::default();
    (mention.title, mention.text) = Default::default();
    (mention.in_reply_to, mention.to_handle, mention.url) = Default::default();
    (mention.rating, mention.source_language, mention.country) = Default::default();
    (mention.engagement, mention.tags, mention.media) = Default::default();
    let understanding = &mut version.understanding;
    understanding.sentiment.evidence.clear();
    understanding.intents.clear();
    understanding.brands.clear();
    understanding.needs_reply = Understanding::nothing().needs_reply;
    understanding.stage = None;
    understanding.topics.clear();
    version
}

/// Each of these changes one thing of a full version.
const CHANGES: &[fn(&mut Version)] = &[
    |version| version.mention.author.followers = None,
    |version| version.mention.in_reply_to = None,
    |version| version.mention.in_reply_to = Some(String::new()),
    |version| version.mention.to_handle = None,
    |version| version.mention.url = None,
    |version| version.mention.engagement.likes = None,
    |version| version.mention.engagement.reposts = None,
    |version| version.mention.engagement.replies = None,
    |version| version.mention.engagement.views = None,
    |version| version.mention.rating = None,
    |version| version.mention.rating = Some(0.0),
    |version| version.mention.source_language = None,
    |version| version.mention.country = None,
    |version| version.mention.author.verified = false,
    |version| version.understanding.needs_reply.asked = false,
    |version| version.parent = None,
    |version| version.parent = Some(Parent { handle: String::new(), text: String::new() }),
    |version| version.answered_by = None,
    |version| version.repeats = None,
    |version| version.understanding.needs_reply.closing = false,
    |version| version.understanding.stage = None,
    |version| version.correction = None,
    |version| version.correction.as_mut().unwrap().values = CorrectedValues::default(),
    |version| {
        version.correction.as_mut().unwrap().values =
            CorrectedValues { intents: Some(vec![]), brands: Some(vec![]), topics: Some(vec![]), ..Default::default() };
    },
    |version| version.deleted = false,
];

#[test]
fn everything_comes_back() {
    let mut versions = vec![full(), bare()];
    let mut changed = |change: &dyn Fn(&mut Version)| {
        let mut version = full();
        change(&mut version);
        versions.push(version);
    };
    CHANGES.iter().for_each(|change| changed(change));
    Cause::ALL.iter().for_each(|&cause| changed(&|version| version.cause = cause));
    Status::ALL.iter().for_each(|&status| changed(&|version| version.status = status));
    Kind::ALL.iter().for_each(|&kind| changed(&|version| version.mention.kind = kind));
    LanguageEvidence::ALL.iter().for_each(|&how| changed(&|version| version.understanding.language.evidence = how));
    SentimentLabel::ALL.iter().for_each(|&label| changed(&|version| version.understanding.sentiment.label = label));
    Intent::ALL.iter().for_each(|&intent| changed(&|version| version.understanding.intents[0].intent = intent));

    let mut buffer = b"left over".to_vec();
    for version in versions {
        encode_version(&version, &mut buffer).unwrap();
        assert_eq!(decode_version(&buffer).unwrap(), version);
    }
}

#[test]
fn what_stands_for_nothing_is_an_error_that_says_what() {
    let mut body = Vec::new();
    encode_version(&full(), &mut body).unwrap();
    let record = VersionRecord::decode(body.as_slice()).unwrap();
    type Spoil = fn(&mut VersionRecord);
    let cases: [(&str, Spoil); 8] = [
        ("cause is 99", |record| record.cause = 99),
        ("status is 0", |record| record.status = 0),
        ("no mention", |record| record.mention = None),
        ("no understanding", |record| record.understanding = None),
        ("recorded_at_us", |record| record.recorded_at_us = i64::MAX),
        ("answered_by", |record| record.answered_by = "nameless".to_owned()),
        ("kind is 8", |record| record.mention.as_mut().unwrap().kind = 8),
        ("reply_reasons", |record| record.understanding.as_mut().unwrap().reply_reasons.push(77)),
    ];
    for (expected, spoil) in cases {
        let mut spoiled = record.clone();
        spoil(&mut spoiled);
        let error = decode_version(&spoiled.encode_to_vec()).unwrap_err();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(decode_version(&body[..body.len() - 1]).is_err());
}

#[test]
fn a_saved_search_comes_back() {
    let search = SavedSearch {
        id: "delays".to_owned(),
        title: "遅延".to_owned(),
        query: "zug NEAR/3 verspätung".to_owned(),
        time_zone: "Asia/Tokyo".to_owned(),
        created_at: time(5),
        folder: "bahn/später".to_owned(),
        owner: "anna".to_owned(),
        note: "für\nalle".to_owned(),
        tags: vec!["spät".to_owned(), "bahn".to_owned()],
        revision: 7,
        updated_at: time(9),
        editor: "bea".to_owned(),
    };
    assert_eq!(decode_saved_search(&encode_saved_search(&search)), Ok(search.clone()));
    for &change in SavedSearchChange::ALL {
        let revision = SavedSearchRevision { change, search: search.clone() };
        assert_eq!(decode_revision(&encode_revision(&revision)), Ok(revision));
    }
    let unknown = SavedSearchRevisionRecord { change: 9, saved_search: None };
    assert!(decode_revision(&unknown.encode_to_vec()).unwrap_err().contains("change is 9"));
}

#[test]
fn an_author_list_comes_back() {
    let list = AuthorList {
        id: "press".to_owned(),
        title: "新聞".to_owned(),
        note: "n".to_owned(),
        member_count: 3,
        revision: 4,
        created_at: time(1),
        updated_at: time(2),
        editor: "bea".to_owned(),
    };
    assert_eq!(decode_author_list(&encode_author_list(&list)), Ok(list));
}
