use std::{path::Path, sync::Arc};

use super::super::{Error, Group, Reader, StoreOptions, Writer, open};
use crate::{
    base::{Seq, Timestamp},
    model::{
        Author, BrandMatch, BrandReason, Cause, Engagement, Evidence, EvidenceKind, Intent, IntentJudgement, Kind,
        Language, LanguageEvidence, Mention, MentionName, MentionNumber, NeedsReply, SavedSearch, Sentiment,
        SentimentLabel, Status, ThreadId, Understanding, Version,
    },
};

pub(super) fn open_store(dir: &Path) -> (Writer, Reader) {
    open(dir, StoreOptions::default()).unwrap()
}

pub(super) fn name(external_id: &str) -> MentionName {
    MentionName { platform: "forum".to_owned(), external_id: external_id.to_owned() }
}

pub(super) fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// The first version of a mention, still without seq, number and thread.
pub(super) fn sample(external_id: &str) -> Version {
    Version {
        seq: Seq::ZERO,
        previous_seq: Seq::ZERO,
        number: MentionNumber(0),
        cause: Cause::Ingested,
        recorded_at: second(9),
        ingested_at: second(9),
        mention: Mention {
            name: name(external_id),
            kind: Kind::Post,
            author: Author { handle: "nadia".to_owned(), followers: Some(7), ..Author::default() },
            title: String::new(),
            text: format!("Der Zug kommt nicht, 電車が来ない, القطار لا يأتي: {external_id}"),
            created_at: second(1),
            observed_at: second(2),
            in_reply_to: None,
            to_handle: None,
            url: None,
            engagement: Engagement { likes: Some(3), ..Engagement::default() },
            rating: Some(2.5),
            source_language: None,
            country: Some("DE".to_owned()),
            tags: vec!["delay".to_owned()],
            media: Vec::new(),
        },
        understanding: Understanding {
            language: Language {
                code: "de".to_owned(),
                confidence: 0.75,
                evidence: LanguageEvidence::Statistics,
                pieces: Vec::new(),
            },
            sentiment: Sentiment {
                label: SentimentLabel::Negative,
                score: -0.5,
                evidence: vec![Evidence { kind: EvidenceKind::Word, text: "nicht".to_owned(), weight: -0.5 }],
            },
            intents: vec![IntentJudgement { intent: Intent::Other, evidence: Vec::new() }],
            needs_reply: NeedsReply { threshold: 1.0, ..Understanding::nothing().needs_reply },
            brands: vec![BrandMatch {
                brand: "rail".to_owned(),
                own: false,
                reasons: vec![BrandReason::Query],
                sentiment: None,
            }],
            ..Understanding::nothing()
        },
        thread: ThreadId(0),
        status: Status::None,
        parent: None,
        answered_by: None,
        repeats: None,
        correction: None,
        desk: None,
        due: None,
        priority: None,
        course: crate::model::Course::beginning(second(1)),
        deleted: false,
    }
}

/// Appends the version as the next of a new mention or of the one it names; in a thread of its own where none is given.
pub(super) fn append(group: &mut Group<'_>, version: Version) -> Arc<Version> {
    try_append(group, version).unwrap()
}

/// As [`append`], where the store may be full.
pub(super) fn try_append(group: &mut Group<'_>, mut version: Version) -> Result<Arc<Version>, Error> {
    version.seq = group.next_seq();
    match group.head(&version.mention.name).unwrap() {
        Some(head) => (version.number, version.previous_seq) = (head.number, head.seq),
        None => version.number = group.new_number(),
    }
    if version.thread == ThreadId(0) {
        version.thread = ThreadId(version.seq.0);
    }
    group.append(version)
}

/// Commits one group with a version of each of these.
pub(super) fn commit(writer: &mut Writer, versions: impl IntoIterator<Item = Version>) -> Vec<Arc<Version>> {
    let mut group = writer.begin().unwrap();
    let appended = versions.into_iter().map(|version| append(&mut group, version)).collect();
    group.commit().unwrap();
    appended
}

pub(super) fn saved_search(id: &str, query: &str) -> SavedSearch {
    SavedSearch {
        id: id.to_owned(),
        title: "Verspätungen".to_owned(),
        query: query.to_owned(),
        time_zone: "Europe/Rome".to_owned(),
        created_at: second(0),
        ..SavedSearch::new(id, query)
    }
}
