use super::desk::{write_course, write_desk, write_due, write_priority};
use crate::{
    model::{
        AuthorList, BrandMatch, CorrectedValues, Correction, DurableSubscription, Evidence, IntentJudgement, Label,
        Mention, SavedSearch, SavedSearchRevision, SetTag, TopicJudgement, Understanding, Version,
    },
    proto::record::{
        AuthorListRecord, BrandRecord, CorrectedValuesRecord, CorrectionRecord, DurableSubscriptionRecord,
        EvidenceRecord, IntentRecord, IntentsRecord, LabelRecord, MentionRecord, NamesRecord, ParentRecord,
        SavedSearchRecord, SavedSearchRevisionRecord, SentimentRecord, SetTagRecord, TopicRecord, UnderstandingRecord,
        VersionRecord,
    },
};

pub(super) fn version(version: &Version) -> VersionRecord {
    VersionRecord {
        seq: version.seq.0,
        previous_seq: version.previous_seq.0,
        mention_number: version.number.0,
        cause: version.cause.number(),
        recorded_at_us: version.recorded_at.as_microsecond(),
        ingested_at_us: version.ingested_at.as_microsecond(),
        deleted: version.deleted,
        mention: Some(mention(&version.mention)),
        understanding: Some(understanding(&version.understanding)),
        thread_id: version.thread.0,
        status: version.status.number(),
        parent: version
            .parent
            .as_ref()
            .map(|parent| ParentRecord { handle: parent.handle.clone(), text: parent.text.clone() }),
        answered_by: version.answered_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        correction: version.correction.as_deref().map(correction),
        repeats: version.repeats.as_ref().map(ToString::to_string).unwrap_or_default(),
        desk: version.desk.as_deref().map(write_desk),
        due: version.due.map(write_due),
        priority: version.priority.as_deref().map(write_priority),
        course: write_course(version.course, version.mention.created_at),
    }
}

pub(super) fn label(label: &Label) -> LabelRecord {
    LabelRecord {
        mention_number: label.number.0,
        seq: label.seq.0,
        mention: Some(mention(&label.mention)),
        values: Some(corrected_values(&label.values)),
        brands: label.brands.clone(),
    }
}

pub(super) fn durable_subscription(subscription: &DurableSubscription) -> DurableSubscriptionRecord {
    DurableSubscriptionRecord {
        name: subscription.name.clone(),
        acknowledged_seq: subscription.acknowledged.map(|seq| seq.0),
        created_at_us: subscription.created_at.as_microsecond(),
        acknowledged_at_us: subscription.acknowledged_at.map(crate::base::Timestamp::as_microsecond),
    }
}

pub(super) fn saved_search(search: &SavedSearch) -> SavedSearchRecord {
    SavedSearchRecord {
        id: search.id.clone(),
        title: search.title.clone(),
        query: search.query.clone(),
        time_zone: search.time_zone.clone(),
        created_at_us: search.created_at.as_microsecond(),
        folder: search.folder.clone(),
        owner: search.owner.clone(),
        note: search.note.clone(),
        tags: search.tags.clone(),
        revision: search.revision,
        updated_at_us: search.updated_at.as_microsecond(),
        editor: search.editor.clone(),
    }
}

pub(super) fn saved_search_revision(revision: &SavedSearchRevision) -> SavedSearchRevisionRecord {
    SavedSearchRevisionRecord { change: revision.change.number(), saved_search: Some(saved_search(&revision.search)) }
}

pub(super) fn author_list(list: &AuthorList) -> AuthorListRecord {
    AuthorListRecord {
        id: list.id.clone(),
        title: list.title.clone(),
        note: list.note.clone(),
        member_count: list.member_count,
        revision: list.revision,
        created_at_us: list.created_at.as_microsecond(),
        updated_at_us: list.updated_at.as_microsecond(),
        editor: list.editor.clone(),
    }
}

fn mention(mention: &Mention) -> MentionRecord {
    MentionRecord {
        platform: mention.name.platform.clone(),
        external_id: mention.name.external_id.clone(),
        kind: mention.kind.number(),
        author_handle: mention.author.handle.clone(),
        author_name: mention.author.name.clone(),
        author_bio: mention.author.bio.clone(),
        author_followers: mention.author.followers,
        author_verified: mention.author.verified,
        title: mention.title.clone(),
        text: mention.text.clone(),
        created_at_us: mention.created_at.as_microsecond(),
        observed_at_us: mention.observed_at.as_microsecond(),
        in_reply_to: mention.in_reply_to.clone(),
        to_handle: mention.to_handle.clone(),
        url: mention.url.clone(),
        likes: mention.engagement.likes,
        reposts: mention.engagement.reposts,
        replies: mention.engagement.replies,
        views: mention.engagement.views,
        rating: mention.rating,
        source_language: mention.source_language.clone(),
        country: mention.country.clone(),
        tags: mention.tags.clone(),
        media: mention.media.clone(),
    }
}

fn understanding(understanding: &Understanding) -> UnderstandingRecord {
    UnderstandingRecord {
        language: understanding.language.code.clone(),
        language_confidence: understanding.language.confidence,
        language_evidence: understanding.language.evidence.number(),
        language_pieces: evidence(&understanding.language.pieces),
        sentiment: understanding.sentiment.label.number(),
        sentiment_score: understanding.sentiment.score,
        sentiment_evidence: evidence(&understanding.sentiment.evidence),
        intents: understanding.intents.iter().map(intent).collect(),
        reply_asked: understanding.needs_reply.asked,
        reply_score: understanding.needs_reply.score,
        reply_threshold: understanding.needs_reply.threshold,
        reply_reasons: understanding.needs_reply.reasons.iter().map(|reason| reason.number()).collect(),
        reply_evidence: evidence(&understanding.needs_reply.evidence),
        brands: understanding.brands.iter().map(brand).collect(),
        set_tags: understanding.tags.iter().map(set_tag).collect(),
        stage: understanding.stage.as_ref().map_or(0, |judged| judged.stage.number()),
        stage_evidence: understanding.stage.as_ref().map_or_else(Vec::new, |judged| evidence(&judged.evidence)),
        topics: understanding.topics.iter().map(topic).collect(),
        reply_closing: understanding.needs_reply.closing,
    }
}

fn topic(judgement: &TopicJudgement) -> TopicRecord {
    TopicRecord { topic: judgement.topic.clone(), evidence: evidence(&judgement.evidence) }
}

fn correction(correction: &Correction) -> CorrectionRecord {
    CorrectionRecord {
        values: Some(corrected_values(&correction.values)),
        by: correction.by.clone(),
        corrected_at_us: correction.corrected_at.as_microsecond(),
        judged: Some(understanding(&correction.judged)),
    }
}

fn corrected_values(values: &CorrectedValues) -> CorrectedValuesRecord {
    let names = |names: &Vec<String>| NamesRecord { names: names.clone() };
    CorrectedValuesRecord {
        language: values.language.clone(),
        sentiment: values.sentiment.map(|label| label.number()),
        intents: values
            .intents
            .as_ref()
            .map(|intents| IntentsRecord { intents: intents.iter().map(|intent| intent.number()).collect() }),
        needs_reply: values.needs_reply,
        brands: values.brands.as_ref().map(names),
        topics: values.topics.as_ref().map(names),
    }
}

fn intent(judgement: &IntentJudgement) -> IntentRecord {
    IntentRecord { intent: judgement.intent.number(), evidence: evidence(&judgement.evidence) }
}

fn brand(brand: &BrandMatch) -> BrandRecord {
    BrandRecord {
        brand: brand.brand.clone(),
        own: brand.own,
        reasons: brand.reasons.iter().map(|reason| reason.number()).collect(),
        sentiment: brand.sentiment.as_ref().map(|sentiment| SentimentRecord {
            label: sentiment.label.number(),
            score: sentiment.score,
            evidence: evidence(&sentiment.evidence),
        }),
    }
}

fn set_tag(set: &SetTag) -> SetTagRecord {
    SetTagRecord { tag: set.tag.clone(), saved_search: set.saved_search.clone() }
}

fn evidence(evidence: &[Evidence]) -> Vec<EvidenceRecord> {
    let one = |one: &Evidence| EvidenceRecord { kind: one.kind.number(), text: one.text.clone(), weight: one.weight };
    evidence.iter().map(one).collect()
}
