use jiff::tz::TimeZone;

use super::{
    escape::escape,
    marked::wrapped,
    style::{BAD, CHANGED, DIM, GOOD, HIGHLIGHT, STRONG, styled},
    time, words,
};
use crate::proto::v1::{Highlight, PriorityLevel, SentimentLabel, Sla, Status, Version};

const INDENT: &str = "  ";

/// A mention for eyes: a line of facts, its text with the marked places, its name.
pub(crate) fn card(version: &Version, highlights: &[Highlight], zone: &TimeZone, width: usize) -> Vec<String> {
    let mention = words::mention(version);
    let is_author_marked = highlights.iter().any(|highlight| highlight.field == "author");
    let author_style = if is_author_marked { HIGHLIGHT } else { STRONG };
    let facts = [
        styled(DIM, &time::minute(mention.created_at.as_ref(), zone)),
        format!("{} {}", escape(&mention.platform), words::kind(&mention)),
        styled(author_style, &words::author(&mention)),
    ];
    let mut lines = vec![[facts.join("  "), judgements(version)].join("  ")];
    let text_width = width.saturating_sub(INDENT.len());
    for (field, text) in [("title", &mention.title), ("text", &mention.text)] {
        lines.extend(wrapped(text, highlights, field, text_width).iter().map(|line| format!("{INDENT}{line}")));
    }
    if version.deleted {
        lines.push(format!("{INDENT}{}", styled(DIM, "deleted by its source")));
    }
    lines.push(format!("{INDENT}{}", styled(DIM, &words::name(&mention))));
    lines
}

/// Language, sentiment, status and brands of a version, e.g. `it  negative  needs reply (question)  nordwind-air`.
pub(crate) fn judgements(version: &Version) -> String {
    let Some(understanding) = &version.understanding else { return String::new() };
    let mut parts = Vec::new();
    if let Some(language) = &understanding.language {
        parts.push(escape(&language.code).into_owned());
    }
    if let Some(sentiment) = &understanding.sentiment {
        let word = words::sentiment(sentiment.label());
        parts.push(match sentiment.label() {
            SentimentLabel::Negative => styled(BAD, &word),
            SentimentLabel::Positive => styled(GOOD, &word),
            _ => styled(DIM, &word),
        });
    }
    match version.conversation.as_ref().map(|conversation| conversation.status()) {
        Some(Status::NeedsReply) => {
            let reasons = words::reply_reasons(understanding);
            let why = if reasons.is_empty() { String::new() } else { format!(" ({reasons})") };
            parts.push(format!("{}{why}", styled(CHANGED, "needs reply")));
        }
        Some(Status::Answered) => parts.push(styled(GOOD, "answered")),
        Some(Status::Claimed) => {
            let agent = version.desk.as_ref().and_then(|desk| desk.claim.as_ref()).map(|claim| escape(&claim.agent));
            parts.push(styled(CHANGED, &format!("claimed by {}", agent.unwrap_or_default())));
        }
        Some(status @ (Status::Snoozed | Status::HandedOff | Status::Closed | Status::Ignored)) => {
            parts.push(styled(DIM, &words::status(status)));
        }
        _ => {}
    }
    if let Some(priority) = version.priority.as_ref().filter(|it| it.level() > PriorityLevel::Normal) {
        parts.push(styled(BAD, &words::priority(priority.level())));
    }
    if let Some(due) = version.due.as_ref().filter(|due| due.sla() > Sla::Ok) {
        parts.push(styled(BAD, &words::sla(due.sla())));
    }
    let brands: Vec<_> = understanding
        .brands
        .iter()
        .map(
            |brand| {
                if brand.own { format!("{} (own)", escape(&brand.brand)) } else { escape(&brand.brand).into_owned() }
            },
        )
        .collect();
    if !brands.is_empty() {
        parts.push(brands.join(", "));
    }
    parts.join("  ")
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::proto::v1::{
        Author, BrandMatch, Conversation, Language, Mention, NeedsReply, ReplyReason, Sentiment, Understanding,
    };

    #[test]
    fn shows_what_matters_in_few_lines() {
        let version = Version {
            mention: Some(Mention {
                platform: "twitter".into(),
                external_id: "17".into(),
                kind: crate::proto::v1::Kind::Post.into(),
                author: Some(Author { handle: "anna\u{1b}[2J".into(), ..Default::default() }),
                text: "Il volo è in ritardo di tre ore, che cosa facciamo adesso?".into(),
                created_at: Some(time::to_wire("2026-11-21T22:10:00Z".parse().unwrap())),
                ..Default::default()
            }),
            understanding: Some(Understanding {
                language: Some(Language { code: "it".into(), ..Default::default() }),
                sentiment: Some(Sentiment { label: SentimentLabel::Negative.into(), ..Default::default() }),
                needs_reply: Some(NeedsReply { reasons: vec![ReplyReason::Question.into()], ..Default::default() }),
                brands: vec![BrandMatch { brand: "nordwind-air".into(), ..Default::default() }],
                ..Default::default()
            }),
            conversation: Some(Conversation { status: Status::NeedsReply.into(), ..Default::default() }),
            ..Default::default()
        };
        let lines: Vec<_> =
            card(&version, &[], &TimeZone::UTC, 40).iter().map(|line| strip_str(line).to_string()).collect();
        assert_eq!(
            lines,
            [
                "2026-11-21 22:10  twitter post  @anna\\u{1b}[2J  it  negative  needs reply (question)  nordwind-air",
                "  Il volo è in ritardo di tre ore, che",
                "  cosa facciamo adesso?",
                "  twitter/17",
            ]
        );
    }
}
