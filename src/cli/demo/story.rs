use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    cli::{
        ingest::{UnknownKeys, mention_of_json},
        time_argument::ago,
    },
    proto::v1::Mention,
};

/// Written for this demo; brands and people are invented.
const STORY: &str = include_str!("story.ndjson");

/// One line of the story.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// The narrator speaks.
    Say(String),
    /// A source sees a mention.
    Mention(Box<Mention>),
    /// A source deleted it: `platform/external_id`.
    Delete(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Say(String),
    Mention(Value),
    Delete(String),
}

/// The story, its times counted back from now.
///
/// # Errors
/// A line of it is wrong; it is compiled in, and a test reads it.
pub(super) fn steps(now: Timestamp) -> Result<Vec<Step>, String> {
    STORY
        .lines()
        .enumerate()
        .map(|(place, line)| step(line, now).map_err(|message| format!("line {} of the story: {message}", place + 1)))
        .collect()
}

fn step(line: &str, now: Timestamp) -> Result<Step, String> {
    match serde_json::from_str(line).map_err(|error| error.to_string())? {
        Line::Say(text) => Ok(Step::Say(text)),
        Line::Delete(name) => Ok(Step::Delete(name)),
        Line::Mention(mut value) => {
            for field in ["created_at", "observed_at"] {
                if let Some(time) = value.get_mut(field) {
                    *time = Value::from(counted_back(time, now)?);
                }
            }
            let mut unknown = UnknownKeys::new();
            let mention =
                mention_of_json(&value, &mut unknown).map_err(|fault| format!("{}: {}", fault.field, fault.message))?;
            match unknown.first() {
                Some(key) => Err(format!("nothing is known of `{key}`")),
                None => Ok(Step::Mention(Box::new(mention))),
            }
        }
    }
}

/// `-35m` as the moment 35 minutes ago.
fn counted_back(time: &Value, now: Timestamp) -> Result<String, String> {
    time.as_str()
        .and_then(|text| text.strip_prefix('-'))
        .and_then(|text| ago(text, &TimeZone::UTC, now))
        .map(|moment| moment.to_string())
        .ok_or_else(|| format!("{time} is no time of the story; write \"-35m\""))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        base::limits::{AUTHOR_NAME_BYTES_MAX, TEXT_BYTES_MAX},
        proto::v1::Kind,
    };

    fn story() -> (Vec<Step>, Vec<Mention>) {
        let steps = steps("2026-11-21T12:00:00Z".parse().unwrap()).unwrap();
        let mentions = steps
            .iter()
            .filter_map(|step| match step {
                Step::Mention(mention) => Some((**mention).clone()),
                _ => None,
            })
            .collect();
        (steps, mentions)
    }

    #[test]
    fn its_mentions_are_valid() {
        let (_, mentions) = story();
        assert!(mentions.len() >= 40, "{}", mentions.len());
        for mention in &mentions {
            let author = mention.author.as_ref().unwrap();
            assert!(!mention.text.is_empty() && mention.text.len() <= TEXT_BYTES_MAX);
            assert!(!author.handle.is_empty() && author.handle.len() <= AUTHOR_NAME_BYTES_MAX);
            assert_ne!(mention.kind(), Kind::Unspecified, "{}", mention.external_id);
        }
    }

    #[test]
    fn it_shows_what_the_server_can() {
        let (steps, mentions) = story();
        let languages: BTreeSet<&str> = mentions.iter().map(|mention| mention.source_language.as_str()).collect();
        assert!(languages.len() >= 12, "{languages:?}");
        let ids: BTreeSet<&str> = mentions.iter().map(|mention| mention.external_id.as_str()).collect();
        assert!(ids.len() < mentions.len(), "an edit has the id of what it edits");
        for mention in &mentions {
            assert!(
                mention.in_reply_to.is_empty() || ids.contains(mention.in_reply_to.as_str()),
                "{}",
                mention.in_reply_to
            );
        }
        assert!(mentions.iter().any(|mention| mention.kind() == Kind::Dm));
        for step in &steps {
            if let Step::Delete(name) = step {
                let is_known =
                    mentions.iter().any(|mention| *name == format!("{}/{}", mention.platform, mention.external_id));
                assert!(is_known, "{name}");
            }
        }
        assert!(steps.iter().any(|step| matches!(step, Step::Delete(_))));
    }

    #[test]
    fn times_are_counted_back() {
        let (_, mentions) = story();
        let noon = "2026-11-21T12:00:00Z".parse::<Timestamp>().unwrap().as_second();
        assert_eq!(mentions[0].created_at.unwrap().seconds, noon - 58 * 60);
    }
}
