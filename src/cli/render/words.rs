use super::escape::escape;
use crate::proto::v1::{
    AccountRole, Cause, Intent, Kind, Mention, PriorityLevel, ReplyReason, ReplyRule, SentimentLabel, Sla, Stage,
    Status, Understanding, Version,
};

/// `KIND_POST` as `post`: the names of the wire without their prefix, as the query language writes them.
fn plain(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase()
}

pub(crate) fn kind(mention: &Mention) -> String {
    plain(mention.kind().as_str_name(), "KIND_")
}

/// The kinds that may be written in a file, with their names.
pub(crate) fn kind_of_name(name: &str) -> Option<Kind> {
    let wire = format!("KIND_{}", name.to_uppercase());
    Kind::from_str_name(&wire).filter(|kind| *kind != Kind::Unspecified)
}

pub(crate) fn cause(cause: Cause) -> String {
    plain(cause.as_str_name(), "CAUSE_").replace('_', " ")
}

pub(crate) fn sentiment(label: SentimentLabel) -> String {
    plain(label.as_str_name(), "SENTIMENT_LABEL_")
}

pub(crate) fn intent(intent: Intent) -> String {
    plain(intent.as_str_name(), "INTENT_")
}

pub(crate) fn stage(stage: Stage) -> String {
    plain(stage.as_str_name(), "STAGE_")
}

pub(crate) fn status(status: Status) -> String {
    plain(status.as_str_name(), "STATUS_").replace('_', " ")
}

pub(crate) fn account_role(role: AccountRole) -> String {
    plain(role.as_str_name(), "ACCOUNT_ROLE_")
}

pub(crate) fn reply_rule(rule: ReplyRule) -> String {
    plain(rule.as_str_name(), "REPLY_RULE_")
}

pub(crate) fn priority(level: PriorityLevel) -> String {
    plain(level.as_str_name(), "PRIORITY_LEVEL_")
}

pub(crate) fn sla(sla: Sla) -> String {
    plain(sla.as_str_name(), "SLA_").replace('_', " ")
}

pub(crate) fn reply_reason(reason: ReplyReason) -> String {
    plain(reason.as_str_name(), "REPLY_REASON_").replace('_', " ")
}

/// Why an answer is asked for, e.g. `question, addressed`.
pub(crate) fn reply_reasons(understanding: &Understanding) -> String {
    let Some(needs_reply) = &understanding.needs_reply else { return String::new() };
    needs_reply.reasons().map(reply_reason).collect::<Vec<_>>().join(", ")
}

/// `@handle`, or the name shown where there is no handle; escaped.
pub(crate) fn author(mention: &Mention) -> String {
    match &mention.author {
        Some(author) if !author.handle.is_empty() => format!("@{}", escape(&author.handle)),
        Some(author) if !author.name.is_empty() => escape(&author.name).into_owned(),
        _ => "unknown author".to_owned(),
    }
}

/// `platform/external_id`; escaped.
pub(crate) fn name(mention: &Mention) -> String {
    format!("{}/{}", escape(&mention.platform), escape(&mention.external_id))
}

/// The mention of a version; an empty one where a server left it out.
pub(crate) fn mention(version: &Version) -> Mention {
    version.mention.clone().unwrap_or_default()
}
