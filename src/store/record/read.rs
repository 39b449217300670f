use super::desk::{read_course, read_desk, read_due, read_priority};
use crate::{
    base::{Seq, Timestamp},
    model::{
        Author, AuthorList, BrandMatch, BrandReason, Cause, CorrectedValues, Correction, DurableSubscription,
        Engagement, Evidence, EvidenceKind, Intent, IntentJudgement, Kind, Label, Language, LanguageEvidence, Mention,
        MentionName, MentionNumber, NeedsReply, Parent, ReplyReason, SavedSearch, SavedSearchChange,
        SavedSearchRevision, Sentiment, SentimentLabel, SetTag, Stage, StageJudgement, Status, ThreadId,
        TopicJudgement, Understanding, Version,
    },
    proto::record::{
        AuthorListRecord, BrandRecord, CorrectedValuesRecord, CorrectionRecord, DurableSubscriptionRecord,
        EvidenceRecord, IntentRecord, LabelRecord, MentionRecord, SavedSearchRecord, SavedSearchRevisionRecord,
        SentimentRecord, TopicRecord, UnderstandingRecord, VersionRecord,
    },
};

pub(super) fn version(record: VersionRecord) -> Result<Version, String> {
    let named = |field: &str, name: &str| match name {
        "" => Ok(None),
        name => MentionName::parse(name).map(Some).ok_or_else(|| format!("{field} is `{name}`, which names nothing")),
    };
    let mention = mention(record.mention.ok_or("it has no mention")?)?;
    Ok(Version {
        seq: Seq(record.seq),
        previous_seq: Seq(record.previous_seq),
        number: MentionNumber(record.mention_number),
        cause: word("cause", record.cause, Cause::from_number)?,
        recorded_at: time("recorded_at_us", record.recorded_at_us)?,
        ingested_at: time("ingested_at_us", record.ingested_at_us)?,
        understanding: understanding(record.understanding.ok_or("it has no understanding")?)?,
        thread: ThreadId(record.thread_id),
        status: word("status", record.status, Status::from_number)?,
        parent: record.parent.map(|parent| Parent { handle: parent.handle, text: parent.text }),
        answered_by: named("answered_by", &record.answered_by)?,
        repeats: named("repeats", &record.repeats)?,
        correction: record.correction.map(correction).transpose()?.map(Box::new),
        desk: record.desk.map(read_desk).transpose()?.map(Box::new),
        due: record.due.map(read_due).transpose()?,
        priority: record.priority.map(read_priority).transpose()?.map(Box::new),
        course: read_course(record.course, mention.created_at)?,
        mention,
        deleted: record.deleted,
    })
}

pub(super) fn label(record: LabelRecord) -> Result<Label, String> {
    Ok(Label {
        number: MentionNumber(record.mention_number),
        seq: Seq(record.seq),
        mention: mention(record.mention.ok_or("it has no mention")?)?,
        values: corrected_values(record.values.unwrap_or_default())?,
        brands: record.brands,
    })
}

pub(super) fn durable_subscription(record: DurableSubscriptionRecord) -> Result<DurableSubscription, String> {
    Ok(DurableSubscription {
        name: record.name,
        acknowledged: record.acknowledged_seq.map(Seq),
        created_at: time("created_at_us", record.created_at_us)?,
        acknowledged_at: record.acknowledged_at_us.map(|moment| time("acknowledged_at_us", moment)).transpose()?,
    })
}

pub(super) fn saved_search(record: SavedSearchRecord) -> Result<SavedSearch, String> {
    Ok(SavedSearch {
        id: record.id,
        title: record.title,
        query: record.query,
        time_zone: record.time_zone,
        created_at: time("created_at_us", record.created_at_us)?,
        folder: record.folder,
        owner: record.owner,
        note: record.note,
        tags: record.tags,
        revision: record.revision,
        updated_at: time("updated_at_us", record.updated_at_us)?,
        editor: record.editor,
    })
}

pub(super) fn saved_search_revision(record: SavedSearchRevisionRecord) -> Result<SavedSearchRevision, String> {
    Ok(SavedSearchRevision {
        change: word("change", record.change, SavedSearchChange::from_number)?,
        search: saved_search(record.saved_search.ok_or("it has no saved search")?)?,
    })
}

pub(super) fn author_list(record: AuthorListRecord) -> Result<AuthorList, String> {
    Ok(AuthorList {
        id: record.id,
        title: record.title,
        note: record.note,
        member_count: record.member_count,
        revision: record.revision,
        created_at: time("created_at_us", record.created_at_us)?,
        updated_at: time("updated_at_us", record.updated_at_us)?,
        editor: record.editor,
    })
}

fn mention(record: MentionRecord) -> Result<Mention, String> {
    Ok(Mention {
        name: MentionName { platform: record.platform, external_id: record.external_id },
        kind: word("kind", record.kind, Kind::from_number)?,
        author: Author {
            handle: record.author_handle,
            name: record.author_name,
            bio: record.author_bio,
            followers: record.author_followers,
            verified: record.author_verified,
        },
        title: record.title,
        text: record.text,
        created_at: time("created_at_us", record.created_at_us)?,
        observed_at: time("observed_at_us", record.observed_at_us)?,
        in_reply_to: record.in_reply_to,
        to_handle: record.to_handle,
        url: record.url,
        engagement: Engagement {
            likes: record.likes,
            reposts: record.reposts,
            replies: record.replies,
            views: record.views,
        },
        rating: record.rating,
        source_language: record.source_language,
        country: record.country,
        tags: record.tags,
        media: record.media,
    })
}

fn understanding(record: UnderstandingRecord) -> Result<Understanding, String> {
    let stage = match record.stage {
        0 => None,
        stage => Some(StageJudgement {
            stage: word("stage", stage, Stage::from_number)?,
            evidence: evidence(record.stage_evidence)?,
        }),
    };
    Ok(Understanding {
        language: Language {
            code: record.language,
            confidence: record.language_confidence,
            evidence: word("language_evidence", record.language_evidence, LanguageEvidence::from_number)?,
            pieces: evidence(record.language_pieces)?,
        },
        sentiment: Sentiment {
            label: word("sentiment", record.sentiment, SentimentLabel::from_number)?,
            score: record.sentiment_score,
            evidence: evidence(record.sentiment_evidence)?,
        },
        intents: record.intents.into_iter().map(intent).collect::<Result<_, _>>()?,
        needs_reply: NeedsReply {
            asked: record.reply_asked,
            score: record.reply_score,
            threshold: record.reply_threshold,
            reasons: words("reply_reasons", &record.reply_reasons, ReplyReason::from_number)?,
            evidence: evidence(record.reply_evidence)?,
            closing: record.reply_closing,
        },
        brands: record.brands.into_iter().map(brand).collect::<Result<_, _>>()?,
        tags: record.set_tags.into_iter().map(|set| SetTag { tag: set.tag, saved_search: set.saved_search }).collect(),
        stage,
        topics: record.topics.into_iter().map(topic).collect::<Result<_, _>>()?,
    })
}

fn topic(record: TopicRecord) -> Result<TopicJudgement, String> {
    Ok(TopicJudgement { topic: record.topic, evidence: evidence(record.evidence)? })
}

fn correction(record: CorrectionRecord) -> Result<Correction, String> {
    Ok(Correction {
        values: corrected_values(record.values.unwrap_or_default())?,
        by: record.by,
        corrected_at: time("corrected_at_us", record.corrected_at_us)?,
        judged: understanding(record.judged.ok_or("its correction does not say what was judged")?)?,
    })
}

fn corrected_values(record: CorrectedValuesRecord) -> Result<CorrectedValues, String> {
    Ok(CorrectedValues {
        language: record.language,
        sentiment: record
            .sentiment
            .map(|label| word("corrected sentiment", label, SentimentLabel::from_number))
            .transpose()?,
        intents: record
            .intents
            .map(|intents| words("corrected intents", &intents.intents, Intent::from_number))
            .transpose()?,
        needs_reply: record.needs_reply,
        brands: record.brands.map(|names| names.names),
        topics: record.topics.map(|names| names.names),
    })
}

fn intent(record: IntentRecord) -> Result<IntentJudgement, String> {
    Ok(IntentJudgement {
        intent: word("intent", record.intent, Intent::from_number)?,
        evidence: evidence(record.evidence)?,
    })
}

fn sentiment(record: SentimentRecord) -> Result<Sentiment, String> {
    Ok(Sentiment {
        label: word("brand sentiment", record.label, SentimentLabel::from_number)?,
        score: record.score,
        evidence: evidence(record.evidence)?,
    })
}

fn brand(record: BrandRecord) -> Result<BrandMatch, String> {
    Ok(BrandMatch {
        brand: record.brand,
        own: record.own,
        reasons: words("brand reasons", &record.reasons, BrandReason::from_number)?,
        sentiment: record.sentiment.map(sentiment).transpose()?,
    })
}

fn evidence(records: Vec<EvidenceRecord>) -> Result<Vec<Evidence>, String> {
    let one = |record: EvidenceRecord| {
        let kind = word("evidence kind", record.kind, EvidenceKind::from_number)?;
        Ok(Evidence { kind, text: record.text, weight: record.weight })
    };
    records.into_iter().map(one).collect()
}

pub(super) fn word<T>(field: &str, number: u32, from_number: fn(u32) -> Option<T>) -> Result<T, String> {
    from_number(number).ok_or_else(|| format!("{field} is {number}, which stands for nothing"))
}

pub(super) fn words<T>(field: &str, numbers: &[u32], from_number: fn(u32) -> Option<T>) -> Result<Vec<T>, String> {
    numbers.iter().map(|&number| word(field, number, from_number)).collect()
}

pub(super) fn time(field: &str, microseconds: i64) -> Result<Timestamp, String> {
    Timestamp::from_microsecond(microseconds).map_err(|_| format!("{field} is {microseconds}, which is no time"))
}
