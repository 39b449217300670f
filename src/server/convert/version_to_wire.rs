//! A version, with everything the server found out, for the wire.

use super::time_to_wire;
use crate::{
    model::{
        Author, BrandMatch, CorrectedValues, Correction, Course, Desk, Due, Engagement, Evidence, IntentJudgement,
        Language, Mention, NeedsReply, Parent, Priority, ReplyReason, Rest, Sentiment, StageJudgement, TopicJudgement,
        Understanding, Version,
    },
    proto::v1 as wire,
};

/// The whole version. The numbers of the model's enums are the ones of the proto files.
pub(crate) fn version_to_wire(version: &Version) -> wire::Version {
    wire::Version {
        seq: version.seq.0,
        previous_seq: version.previous_seq.0,
        cause: enum_number(version.cause.number()),
        recorded_at: Some(time_to_wire(version.recorded_at)),
        ingested_at: Some(time_to_wire(version.ingested_at)),
        mention: Some(mention_to_wire(&version.mention)),
        understanding: Some(understanding_to_wire(&version.understanding)),
        conversation: Some(wire::Conversation {
            thread_id: version.thread.0,
            status: enum_number(version.status.number()),
            parent: version.parent.as_ref().map(parent_to_wire),
            answered_by: version.answered_by.as_ref().map(ToString::to_string).unwrap_or_default(),
            repeats: version.repeats.as_ref().map(ToString::to_string).unwrap_or_default(),
            course: Some(course_to_wire(version.course)),
        }),
        deleted: version.deleted,
        correction: version.correction.as_deref().map(correction_to_wire),
        desk: version.desk.as_deref().map(desk_to_wire),
        due: version.due.map(due_to_wire),
        priority: version.priority.as_deref().map(priority_to_wire),
    }
}

/// The wire's enums are signed; ours are small and start at 1.
pub(super) fn enum_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or_default()
}

fn course_to_wire(course: Course) -> wire::Course {
    wire::Course {
        turns: course.turns,
        brand_turns: course.brand_turns,
        hostile_turns: course.hostile_turns,
        began_at: Some(time_to_wire(course.began_at)),
        is_conflict: course.is_conflict,
    }
}

fn desk_to_wire(desk: &Desk) -> wire::Desk {
    let (snoozed_until, hand_off) = match &desk.rest {
        Some(Rest::Snoozed { until }) => (Some(time_to_wire(*until)), None),
        Some(Rest::HandedOff(hand_off)) => (None, Some(hand_off)),
        Some(Rest::Closed | Rest::Ignored) | None => (None, None),
    };
    wire::Desk {
        claim: desk.claim.as_ref().map(|claim| wire::Claim {
            agent: claim.agent.clone(),
            token: claim.token,
            expires_at: Some(time_to_wire(claim.expires_at)),
        }),
        assignee: desk.assignee.clone().unwrap_or_default(),
        snoozed_until,
        hand_off: hand_off.map(|hand_off| wire::HandOff {
            to: hand_off.to.clone(),
            reference: hand_off.reference.clone(),
            reason: hand_off.reason.clone(),
        }),
        escalation: desk
            .escalation
            .as_ref()
            .map(|escalation| wire::Escalation { to: escalation.to.clone(), reason: escalation.reason.clone() }),
        reopened_at: desk.reopened_at.map(time_to_wire),
        notes: desk
            .notes
            .iter()
            .map(|note| wire::Note { by: note.by.clone(), at: Some(time_to_wire(note.at)), text: note.text.clone() })
            .collect(),
        by: desk.by.clone(),
    }
}

fn due_to_wire(due: Due) -> wire::Due {
    wire::Due {
        soon_at: Some(time_to_wire(due.soon_at)),
        at: Some(time_to_wire(due.at)),
        sla: enum_number(due.sla.number()),
    }
}

fn priority_to_wire(priority: &Priority) -> wire::Priority {
    let parts = priority.parts.iter().map(|part| wire::PriorityPart {
        kind: part.kind.word().to_owned(),
        points: part.points,
        detail: part.detail.clone(),
    });
    wire::Priority { level: enum_number(priority.level.number()), parts: parts.collect() }
}

fn parent_to_wire(parent: &Parent) -> wire::Parent {
    wire::Parent { handle: parent.handle.clone(), text: parent.text.clone() }
}

pub(super) fn mention_to_wire(mention: &Mention) -> wire::Mention {
    wire::Mention {
        platform: mention.name.platform.clone(),
        external_id: mention.name.external_id.clone(),
        kind: enum_number(mention.kind.number()),
        author: (mention.author != Author::default()).then(|| author_to_wire(&mention.author)),
        title: mention.title.clone(),
        text: mention.text.clone(),
        created_at: Some(time_to_wire(mention.created_at)),
        observed_at: Some(time_to_wire(mention.observed_at)),
        in_reply_to: mention.in_reply_to.clone().unwrap_or_default(),
        to_handle: mention.to_handle.clone().unwrap_or_default(),
        url: mention.url.clone().unwrap_or_default(),
        engagement: (mention.engagement != Engagement::default()).then(|| engagement_to_wire(mention.engagement)),
        rating: mention.rating,
        source_language: mention.source_language.clone().unwrap_or_default(),
        country: mention.country.clone().unwrap_or_default(),
        tags: mention.tags.clone(),
        media: mention.media.clone(),
    }
}

fn author_to_wire(author: &Author) -> wire::Author {
    wire::Author {
        handle: author.handle.clone(),
        name: author.name.clone(),
        bio: author.bio.clone(),
        followers: author.followers,
        verified: author.verified,
    }
}

fn engagement_to_wire(engagement: Engagement) -> wire::Engagement {
    wire::Engagement {
        likes: engagement.likes,
        reposts: engagement.reposts,
        replies: engagement.replies,
        views: engagement.views,
    }
}

fn understanding_to_wire(understanding: &Understanding) -> wire::Understanding {
    wire::Understanding {
        language: Some(language_to_wire(&understanding.language)),
        sentiment: Some(sentiment_to_wire(&understanding.sentiment)),
        intents: understanding.intents.iter().map(intent_to_wire).collect(),
        needs_reply: Some(needs_reply_to_wire(&understanding.needs_reply)),
        brands: understanding.brands.iter().map(brand_to_wire).collect(),
        tags: understanding
            .tags
            .iter()
            .map(|set| wire::SetTag { tag: set.tag.clone(), saved_search: set.saved_search.clone() })
            .collect(),
        stage: understanding.stage.as_ref().map(stage_to_wire),
        topics: understanding.topics.iter().map(topic_to_wire).collect(),
    }
}

fn stage_to_wire(judgement: &StageJudgement) -> wire::StageJudgement {
    wire::StageJudgement {
        stage: enum_number(judgement.stage.number()),
        evidence: evidence_to_wire(&judgement.evidence),
    }
}

fn topic_to_wire(judgement: &TopicJudgement) -> wire::TopicJudgement {
    wire::TopicJudgement { topic: judgement.topic.clone(), evidence: evidence_to_wire(&judgement.evidence) }
}

fn correction_to_wire(correction: &Correction) -> wire::Correction {
    wire::Correction {
        values: Some(corrected_values_to_wire(&correction.values)),
        by: correction.by.clone(),
        corrected_at: Some(time_to_wire(correction.corrected_at)),
        judged: Some(understanding_to_wire(&correction.judged)),
    }
}

pub(super) fn corrected_values_to_wire(values: &CorrectedValues) -> wire::CorrectedValues {
    wire::CorrectedValues {
        language: values.language.clone(),
        sentiment: values.sentiment.map_or(0, |label| enum_number(label.number())),
        intents: values.intents.iter().flatten().map(|intent| enum_number(intent.number())).collect(),
        needs_reply: values.needs_reply,
        brands: values.brands.clone().map(|brands| wire::BrandSet { brands }),
        topics: values.topics.clone().map(|topics| wire::TopicSet { topics }),
    }
}

fn language_to_wire(language: &Language) -> wire::Language {
    wire::Language {
        code: language.code.clone(),
        confidence: decimal(language.confidence),
        evidence: language.evidence.word().to_owned(),
        pieces: evidence_to_wire(&language.pieces),
    }
}

fn sentiment_to_wire(sentiment: &Sentiment) -> wire::Sentiment {
    wire::Sentiment {
        label: enum_number(sentiment.label.number()),
        score: decimal(sentiment.score),
        evidence: evidence_to_wire(&sentiment.evidence),
    }
}

fn intent_to_wire(judgement: &IntentJudgement) -> wire::IntentJudgement {
    wire::IntentJudgement {
        intent: enum_number(judgement.intent.number()),
        evidence: evidence_to_wire(&judgement.evidence),
    }
}

fn needs_reply_to_wire(needs_reply: &NeedsReply) -> wire::NeedsReply {
    wire::NeedsReply {
        asked: needs_reply.asked,
        score: decimal(needs_reply.score),
        threshold: decimal(needs_reply.threshold),
        reasons: needs_reply.reasons.iter().map(|&reason: &ReplyReason| enum_number(reason.number())).collect(),
        evidence: evidence_to_wire(&needs_reply.evidence),
        closing: needs_reply.closing,
    }
}

fn brand_to_wire(brand: &BrandMatch) -> wire::BrandMatch {
    wire::BrandMatch {
        brand: brand.brand.clone(),
        own: brand.own,
        reasons: brand.reasons.iter().map(|reason| reason.word().to_owned()).collect(),
        sentiment: brand.sentiment.as_ref().map(sentiment_to_wire),
    }
}

fn evidence_to_wire(evidence: &[Evidence]) -> Vec<wire::Evidence> {
    evidence
        .iter()
        .map(|piece| wire::Evidence {
            kind: piece.kind.word().to_owned(),
            text: piece.text.clone(),
            weight: decimal(piece.weight),
        })
        .collect()
}

/// An `f32` as the decimal number people expect: 0.9 and not 0.8999999761581421.
pub(super) fn decimal(value: f32) -> f64 {
    // The first number of places by which it is told from its neighbours. Writing it out to read it again gives the same and takes
    // four times as long, which is a quarter of what it costs to tell a subscriber of a mention.
    #[expect(clippy::cast_possible_truncation, reason = "that is the question")]
    let rounded = |places: &f64| {
        let short = (f64::from(value) * places).round() / places;
        (short as f32 == value).then_some(short)
    };
    let short = if value.abs() < 100.0 { [1e4, 1e5, 1e6, 1e7, 1e8, 1e9].iter().find_map(rounded) } else { None };
    short.unwrap_or_else(|| value.to_string().parse().unwrap_or_else(|_| f64::from(value)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decimals_are_the_shortest_that_name_the_number(value in prop_oneof![any::<f32>(), -150.0_f32..150.0, (-9999..9999).prop_map(|whole| whole as f32 / 100.0)]) {
            let shortest: f64 = value.to_string().parse().unwrap();
            prop_assert!(decimal(value) == shortest || value.is_nan());
        }
    }
}
