//! Versions and queries in few words.

use crate::{
    base::{Seq, Span, Timestamp},
    model::{
        Cause, Intent, IntentJudgement, Kind, Language, LanguageEvidence, Mention, MentionName, MentionNumber, Status,
        ThreadId, Understanding, Version,
    },
    query::{
        Keyword, KeywordField, KeywordTest, Moment, Node, Number, NumberField, Pattern, TextFields, Time, TimeField,
        Words,
    },
    text::{Asked, asked},
};

/// 2026-11-01T00:00:00Z in seconds since 1970.
pub(super) const NOVEMBER_SECONDS: i64 = 1_793_491_200;

/// A first version, published so many seconds into November 2026.
pub(super) fn version(seq: u64, number: u64, text: &str, published_seconds: i64) -> Version {
    let created_at = Timestamp::from_second(NOVEMBER_SECONDS + published_seconds).unwrap();
    Version {
        seq: Seq(seq),
        previous_seq: Seq::ZERO,
        number: MentionNumber(number),
        cause: Cause::Ingested,
        recorded_at: created_at,
        ingested_at: created_at,
        mention: Mention {
            text: text.to_owned(),
            ..Mention::new(
                MentionName { platform: "forum".to_owned(), external_id: number.to_string() },
                Kind::Post,
                created_at,
            )
        },
        understanding: understanding(),
        thread: ThreadId(seq),
        status: Status::None,
        parent: None,
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: crate::model::Course::beginning(created_at),
        deleted: false,
    }
}

fn understanding() -> Understanding {
    Understanding {
        language: Language { evidence: LanguageEvidence::Unsure, ..Understanding::nothing().language },
        intents: vec![IntentJudgement { intent: Intent::Other, evidence: Vec::new() }],
        ..Understanding::nothing()
    }
}

/// The next version of the same mention.
pub(super) fn next(before: &Version, seq: u64, change: impl FnOnce(&mut Version)) -> Version {
    let mut version = before.clone();
    version.previous_seq = before.seq;
    version.seq = Seq(seq);
    version.cause = Cause::Edited;
    change(&mut version);
    version
}

pub(super) fn words(fields: TextFields, written: &str) -> Node {
    matching(fields, Pattern::of_words(asked(written, Asked::QUOTED).unwrap()).unwrap())
}

pub(super) fn matching(fields: TextFields, pattern: Pattern) -> Node {
    Node::Words(Words { fields, pattern, written: String::new(), span: Span::default() })
}

pub(super) fn one_of(field: KeywordField, values: &[&str]) -> Node {
    let mut values: Vec<String> = values.iter().map(|value| field.normalize(value)).collect();
    values.sort_unstable();
    values.dedup();
    fact(field, KeywordTest::OneOf(values.into()))
}

/// In title or text.
pub(super) fn said(written: &str) -> Node {
    words(TextFields::DEFAULT, written)
}

pub(super) fn fact(field: KeywordField, test: KeywordTest) -> Node {
    Node::Keyword(Keyword { field, test, span: Span::default() })
}

pub(super) fn is(field: KeywordField, value: &str) -> Node {
    fact(field, KeywordTest::Is(field.normalize(value)))
}

pub(super) fn between(field: NumberField, min: f64, max: f64) -> Node {
    Node::Number(Number { field, min, max, span: Span::default() })
}

pub(super) fn during(field: TimeField, from: Option<Moment>, before: Option<Moment>) -> Node {
    Node::Time(Time { field, from, before, span: Span::default() })
}

pub(super) fn not(node: Node) -> Node {
    Node::Not(Box::new(node))
}
