use jiff::tz::TimeZone;

use super::{
    card::judgements,
    clause,
    escape::escape,
    marked::one_line,
    style::{BAD, CHANGED, DIM, GOOD, STRONG, styled},
    time, words,
};
use crate::proto::v1::{Event, event::Change};

const INDENT: &str = "    ";

/// A live event for eyes: the sign, when, what happened and why, and the mention in a line or two.
pub(crate) fn event(event: &Event, zone: &TimeZone, width: usize) -> Vec<String> {
    let version = event.version.clone().unwrap_or_default();
    let mention = words::mention(&version);
    let (style, sign, change) = match event.change() {
        Change::Entered if event.snapshot => (GOOD, "+", "there"),
        Change::Entered => (GOOD, "+", "entered"),
        Change::Changed => (CHANGED, "~", "changed"),
        Change::Left => (BAD, "-", "left"),
        Change::Unspecified => (DIM, "?", "unknown change"),
    };
    // Of what its source deleted nothing is left to tell but its name.
    let (author, judgements) = if version.deleted {
        (String::new(), String::new())
    } else {
        (styled(STRONG, &words::author(&mention)), judgements(&version))
    };
    let mut head = vec![
        styled(style, &format!("{sign} {change}")),
        styled(DIM, &time::second_of_day(version.recorded_at.as_ref(), zone)),
        why(event),
        format!("{} {author}", escape(&mention.platform)).trim_end().to_owned(),
        judgements,
    ];
    if !event.saved_searches.is_empty() {
        head.push(styled(DIM, &format!("[{}]", escape(&event.saved_searches.join(", ")))));
    }
    head.retain(|part| !part.is_empty());
    let mut lines = vec![head.join("  ")];
    let field = if mention.text.is_empty() { "title" } else { "text" };
    let text = if mention.text.is_empty() { &mention.title } else { &mention.text };
    if !text.is_empty() {
        lines.push(format!("{INDENT}{}", one_line(text, &event.highlights, field, width.saturating_sub(INDENT.len()))));
    }
    for explanation in &event.explanations {
        let clause = explanation.clause.clone().unwrap_or_default();
        if !explanation.saved_search.is_empty() {
            lines.push(format!("{INDENT}{}", styled(DIM, &format!("[{}]", escape(&explanation.saved_search)))));
        }
        lines.extend(clause::tree(&clause, &version, width).iter().map(|line| format!("{INDENT}{line}")));
    }
    lines.push(format!("{INDENT}{}", styled(DIM, &format!("{} · seq {}", words::name(&mention), event.seq))));
    lines
}

/// The cause, with the reply where one answered it. Nothing for what was there before we looked.
fn why(event: &Event) -> String {
    if event.snapshot {
        return String::new();
    }
    let cause = words::cause(event.cause());
    let answered_by = event
        .version
        .as_ref()
        .and_then(|version| version.conversation.as_ref())
        .map(|conversation| conversation.answered_by.as_str())
        .filter(|name| !name.is_empty() && event.cause() == crate::proto::v1::Cause::Answered);
    match answered_by {
        Some(name) => format!("{cause} by {}", escape(name)),
        None => cause,
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::proto::v1::{Author, Cause, Conversation, Mention, Understanding, Version};

    fn check(change: Change, cause: Cause, answered_by: &str, expected: &[&str]) {
        let given = Event {
            seq: 9,
            change: change.into(),
            cause: cause.into(),
            version: Some(Version {
                recorded_at: Some(time::to_wire("2026-11-21T22:10:05Z".parse().unwrap())),
                mention: Some(Mention {
                    platform: "twitter".into(),
                    external_id: "17".into(),
                    author: Some(Author { handle: "anna".into(), ..Default::default() }),
                    text: "Dov'è il mio volo?".into(),
                    ..Default::default()
                }),
                conversation: Some(Conversation { answered_by: answered_by.into(), ..Default::default() }),
                ..Default::default()
            }),
            saved_searches: vec!["care".into()],
            ..Default::default()
        };
        let lines: Vec<_> = event(&given, &TimeZone::UTC, 80).iter().map(|line| strip_str(line).to_string()).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn says_what_happened_and_why() {
        let rest = ["    Dov'è il mio volo?", "    twitter/17 · seq 9"];
        let entered = "+ entered  22:10:05  ingested  twitter @anna  [care]";
        check(Change::Entered, Cause::Ingested, "", &[entered, rest[0], rest[1]]);
        let left = "- left  22:10:05  answered by twitter/18  twitter @anna  [care]";
        check(Change::Left, Cause::Answered, "twitter/18", &[left, rest[0], rest[1]]);
    }

    #[test]
    fn says_nothing_of_an_author_whose_mention_was_deleted() {
        let given = Event {
            seq: 9,
            change: Change::Left.into(),
            cause: Cause::Deleted.into(),
            version: Some(Version {
                recorded_at: Some(time::to_wire("2026-11-21T22:10:05Z".parse().unwrap())),
                mention: Some(Mention { platform: "twitter".into(), external_id: "17".into(), ..Default::default() }),
                understanding: Some(Understanding::default()),
                deleted: true,
                ..Default::default()
            }),
            ..Default::default()
        };
        let lines: Vec<_> = event(&given, &TimeZone::UTC, 80).iter().map(|line| strip_str(line).to_string()).collect();
        assert_eq!(lines, ["- left  22:10:05  deleted  twitter", "    twitter/17 · seq 9"]);
    }
}
