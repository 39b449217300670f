use jiff::tz::TimeZone;

use super::{
    card::card,
    escape::escape,
    style::{STRONG, styled},
    table::pairs,
    time, words,
};
use crate::proto::v1::{
    Correction, Course, Engagement, Evidence, Mention, PriorityPart, SentimentLabel, Understanding, Version,
};

/// Everything about one version: the mention, its figures, what was understood of it and from what, its conversation.
pub(crate) fn detail(version: &Version, zone: &TimeZone, width: usize) -> Vec<String> {
    let mention = words::mention(version);
    let mut lines = card(version, &[], zone, width);
    lines.push(String::new());
    lines.extend(pairs(&facts(&mention, version, zone)));
    if let Some(understanding) = &version.understanding {
        lines.push(String::new());
        lines.push(styled(STRONG, "What the server understood"));
        lines.extend(pairs(&judgements(understanding)));
        if let Some(correction) = &version.correction {
            lines.extend(pairs(&corrections(correction, zone)));
        }
    }
    if let Some(conversation) = &version.conversation {
        lines.push(String::new());
        lines.push(styled(STRONG, "Conversation"));
        let mut rows =
            vec![("thread", conversation.thread_id.to_string()), ("status", words::status(conversation.status()))];
        if !conversation.repeats.is_empty() {
            rows.push(("repeats", escape(&conversation.repeats).into_owned()));
        }
        if !conversation.answered_by.is_empty() {
            rows.push(("answered by", escape(&conversation.answered_by).into_owned()));
        }
        if let Some(parent) = &conversation.parent {
            rows.push(("answers", format!("@{}: {}", escape(&parent.handle), escape(&parent.text))));
        }
        rows.extend(desk(version, conversation.course.as_ref(), zone));
        lines.extend(pairs(&rows));
    }
    lines
}

/// What agents have done with it, and how soon it should be answered.
fn desk(version: &Version, course: Option<&Course>, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(course) = course.filter(|course| course.turns > 1) {
        let conflict = if course.is_conflict { ", in conflict" } else { "" };
        rows.push((
            "turns",
            format!("{} of the customer, {} of the brand{conflict}", course.turns, course.brand_turns),
        ));
    }
    if let Some(priority) = &version.priority {
        let part = |part: &PriorityPart| {
            let detail = if part.detail.is_empty() { String::new() } else { format!(" ({})", escape(&part.detail)) };
            format!("{:+} {}{detail}", part.points, part.kind.replace('_', " "))
        };
        let parts = priority.parts.iter().map(part).collect::<Vec<_>>().join(", ");
        rows.push(("priority", format!("{}: {parts}", words::priority(priority.level()))));
    }
    if let Some(due) = &version.due {
        rows.push(("answer due", format!("{} ({})", time::full(due.at.as_ref(), zone), words::sla(due.sla()))));
    }
    let Some(desk) = &version.desk else { return rows };
    if let Some(claim) = &desk.claim {
        let until = time::full(claim.expires_at.as_ref(), zone);
        rows.push(("claimed by", format!("{} until {until}, token {}", escape(&claim.agent), claim.token)));
    }
    if !desk.assignee.is_empty() {
        rows.push(("assigned to", escape(&desk.assignee).into_owned()));
    }
    if let Some(escalation) = &desk.escalation {
        rows.push(("escalated to", format!("{}: {}", escape(&escalation.to), escape(&escalation.reason))));
    }
    if desk.snoozed_until.is_some() {
        rows.push(("snoozed until", time::full(desk.snoozed_until.as_ref(), zone)));
    }
    if let Some(hand_off) = &desk.hand_off {
        let parts = [&hand_off.to, &hand_off.reference, &hand_off.reason].map(|part| escape(part));
        let filled: Vec<_> = parts.iter().filter(|part| !part.is_empty()).map(AsRef::as_ref).collect();
        rows.push(("handed off", filled.join(", ")));
    }
    for note in &desk.notes {
        let at = time::full(note.at.as_ref(), zone);
        rows.push(("note", format!("{}, {at}: {}", escape(&note.by), escape(&note.text))));
    }
    rows
}

fn facts(mention: &Mention, version: &Version, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let mut rows = vec![("created", time::full(mention.created_at.as_ref(), zone))];
    let mut add = |name, value: &str| {
        if !value.is_empty() {
            rows.push((name, escape(value).into_owned()));
        }
    };
    if let Some(author) = &mention.author {
        add("author", &author.name);
        add("bio", &author.bio);
        if let Some(followers) = author.followers {
            add("followers", &followers.to_string());
        }
        if author.verified {
            add("verified", "yes");
        }
    }
    add("address", &mention.url);
    add("in reply to", &mention.in_reply_to);
    add("to", &mention.to_handle);
    add("country", &mention.country);
    add("source says", &mention.source_language);
    add("tags", &mention.tags.join(", "));
    add("media", &mention.media.join(", "));
    if let Some(rating) = mention.rating {
        add("rating", &rating.to_string());
    }
    add("figures", &figures(mention.engagement.as_ref()));
    let before = match version.previous_seq {
        0 => String::new(),
        previous_seq => format!(", before it {previous_seq}"),
    };
    rows.push(("seq", format!("{} ({}){before}", version.seq, words::cause(version.cause()))));
    rows.push(("recorded", time::full(version.recorded_at.as_ref(), zone)));
    rows.push(("first recorded", time::full(version.ingested_at.as_ref(), zone)));
    rows
}

fn figures(engagement: Option<&Engagement>) -> String {
    let Some(engagement) = engagement else { return String::new() };
    [
        ("likes", engagement.likes),
        ("reposts", engagement.reposts),
        ("replies", engagement.replies),
        ("views", engagement.views),
    ]
    .iter()
    .filter_map(|(name, value)| value.map(|value| format!("{value} {name}")))
    .collect::<Vec<_>>()
    .join(", ")
}

fn judgements(understanding: &Understanding) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    if let Some(language) = &understanding.language {
        let code = escape(&language.code);
        rows.push((
            "language",
            format!(
                "{code} ({:.2}, {}){}",
                language.confidence,
                escape(&language.evidence),
                evidence(&language.pieces)
            ),
        ));
    }
    if let Some(sentiment) = &understanding.sentiment {
        let label = words::sentiment(sentiment.label());
        rows.push(("sentiment", format!("{label} ({:+.2}){}", sentiment.score, evidence(&sentiment.evidence))));
    }
    for judgement in &understanding.intents {
        rows.push(("intent", format!("{}{}", words::intent(judgement.intent()), evidence(&judgement.evidence))));
    }
    if let Some(judgement) = &understanding.stage {
        rows.push(("stage", format!("{}{}", words::stage(judgement.stage()), evidence(&judgement.evidence))));
    }
    for judgement in &understanding.topics {
        rows.push(("topic", format!("{}{}", escape(&judgement.topic), evidence(&judgement.evidence))));
    }
    if let Some(needs_reply) = &understanding.needs_reply {
        let asked = if needs_reply.asked { "asked for" } else { "not asked for" };
        let reasons = words::reply_reasons(understanding);
        let why = if reasons.is_empty() { String::new() } else { format!(": {reasons}") };
        rows.push((
            "a reply is",
            format!(
                "{asked}{why} ({:.2} of {:.2}){}",
                needs_reply.score,
                needs_reply.threshold,
                evidence(&needs_reply.evidence)
            ),
        ));
    }
    for set in &understanding.tags {
        rows.push(("tag", format!("{} (set by saved search {})", escape(&set.tag), escape(&set.saved_search))));
    }
    for brand in &understanding.brands {
        let own = if brand.own { ", its own account" } else { "" };
        let felt = brand.sentiment.as_ref().map_or_else(String::new, |felt| {
            format!(": {} ({:+.2}){}", words::sentiment(felt.label()), felt.score, evidence(&felt.evidence))
        });
        let reasons = brand.reasons.join(", ");
        rows.push(("brand", format!("{}{own} ({}){felt}", escape(&brand.brand), escape(&reasons))));
    }
    rows
}

/// What a person said, and what would hold without it.
fn corrections(correction: &Correction, zone: &TimeZone) -> Vec<(&'static str, String)> {
    let by = if correction.by.is_empty() { "somebody".to_owned() } else { escape(&correction.by).into_owned() };
    let mut rows = vec![("corrected", format!("by {by}, {}", time::full(correction.corrected_at.as_ref(), zone)))];
    let (Some(values), Some(judged)) = (&correction.values, &correction.judged) else { return rows };
    if values.sentiment() != SentimentLabel::Unspecified
        && let Some(sentiment) = &judged.sentiment
    {
        rows.push(("judged before", format!("sentiment {}", words::sentiment(sentiment.label()))));
    }
    if values.language.is_some()
        && let Some(language) = &judged.language
    {
        rows.push(("judged before", format!("language {}", escape(&language.code))));
    }
    if !values.intents.is_empty() {
        let intents: Vec<_> = judged.intents.iter().map(|judged| words::intent(judged.intent())).collect();
        rows.push(("judged before", format!("intent {}", intents.join(", "))));
    }
    if values.needs_reply.is_some()
        && let Some(needs_reply) = &judged.needs_reply
    {
        let asked = if needs_reply.asked { "asked for" } else { "not asked for" };
        rows.push(("judged before", format!("a reply is {asked}")));
    }
    if values.brands.is_some() {
        let brands: Vec<_> = judged.brands.iter().map(|brand| escape(&brand.brand)).collect();
        rows.push((
            "judged before",
            format!("brands {}", if brands.is_empty() { "none".to_owned() } else { brands.join(", ") }),
        ));
    }
    if values.topics.is_some() {
        let topics: Vec<_> = judged.topics.iter().map(|topic| escape(&topic.topic)).collect();
        rows.push((
            "judged before",
            format!("topics {}", if topics.is_empty() { "none".to_owned() } else { topics.join(", ") }),
        ));
    }
    rows
}

/// ` ← word “ritardo” -1.20, mark “?” +0.40`
fn evidence(evidence: &[Evidence]) -> String {
    if evidence.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = evidence
        .iter()
        .map(|one| format!("{} “{}” {:+.2}", escape(&one.kind), escape(&one.text), one.weight))
        .collect();
    format!(" ← {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::proto::v1::Sentiment;

    #[test]
    fn every_judgement_comes_with_its_evidence() {
        let version = Version {
            understanding: Some(Understanding {
                sentiment: Some(Sentiment {
                    label: SentimentLabel::Negative.into(),
                    score: -0.5,
                    evidence: vec![Evidence { kind: "word".into(), text: "ritardo".into(), weight: -1.2 }],
                }),
                ..Default::default()
            }),
            ..Default::default()
        };
        let lines: Vec<_> =
            detail(&version, &TimeZone::UTC, 80).iter().map(|line| strip_str(line).to_string()).collect();
        assert!(lines.iter().any(|line| line == "sentiment  negative (-0.50) ← word “ritardo” -1.20"), "{lines:#?}");
    }
}
