use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::value::{Fault, Object};
use crate::{
    cli::render::{time::to_wire, words::kind_of_name},
    proto::v1::{Author, Engagement, Kind, Mention},
};

/// Keys of files that mean nothing to us, each told once.
pub(in crate::cli) type UnknownKeys = BTreeSet<String>;

/// Reads a mention from a JSON value: numbers may be written as texts and ids as numbers, `null` is absent, unknown keys are
/// collected. What the server checks (lengths, times) is left to the server.
pub(in crate::cli) fn mention(value: &Value, unknown: &mut UnknownKeys) -> Result<Mention, Fault> {
    let Value::Object(map) = value else {
        return Err(Fault::new(
            "",
            "a mention is a JSON object, e.g. {\"platform\":\"twitter\",\"external_id\":\"17\",…}",
        ));
    };
    let mut record = Object::new(map, "");
    let mention = Mention {
        platform: record.required_text("platform")?,
        external_id: record.required_text("external_id")?,
        kind: kind(&mut record)?.into(),
        author: record.object("author")?.map(|map| author(map, unknown)).transpose()?,
        title: record.text("title")?,
        text: record.text("text")?,
        created_at: record.moment("created_at")?.map(to_wire),
        observed_at: record.moment("observed_at")?.map(to_wire),
        in_reply_to: record.text("in_reply_to")?,
        to_handle: handle(record.text("to_handle")?),
        url: record.text("url")?,
        engagement: record.object("engagement")?.map(|map| engagement(map, unknown)).transpose()?,
        rating: record.number("rating")?,
        source_language: record.text("source_language")?,
        country: record.text("country")?,
        tags: record.texts("tags")?,
        media: record.texts("media")?,
    };
    unknown.extend(record.unread());
    if mention.created_at.is_none() {
        return Err(Fault::new("created_at", "is missing; write when it was written, e.g. 2026-11-21T08:00:00Z"));
    }
    Ok(mention)
}

fn kind(record: &mut Object<'_>) -> Result<Kind, Fault> {
    let name = record.text("kind")?;
    if name.is_empty() {
        return Ok(Kind::Unspecified);
    }
    kind_of_name(&name).ok_or_else(|| {
        Fault::new("kind", format!("`{name}` is no kind; write post, reply, comment, repost, quote, dm or review"))
    })
}

fn author(map: &Map<String, Value>, unknown: &mut UnknownKeys) -> Result<Author, Fault> {
    let mut record = Object::new(map, "author.");
    let author = Author {
        handle: handle(record.text("handle")?),
        name: record.text("name")?,
        bio: record.text("bio")?,
        followers: record.count("followers")?,
        verified: record.truth("verified")?,
    };
    unknown.extend(record.unread());
    Ok(author)
}

fn engagement(map: &Map<String, Value>, unknown: &mut UnknownKeys) -> Result<Engagement, Fault> {
    let mut record = Object::new(map, "engagement.");
    let engagement = Engagement {
        likes: record.count("likes")?,
        reposts: record.count("reposts")?,
        replies: record.count("replies")?,
        views: record.count("views")?,
    };
    unknown.extend(record.unread());
    Ok(engagement)
}

/// The wire has handles without `@`; people write them with it.
fn handle(text: String) -> String {
    text.strip_prefix('@').map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Mention, Vec<String>), String> {
        let mut unknown = UnknownKeys::new();
        let value: Value = serde_json::from_str(line).unwrap();
        match mention(&value, &mut unknown) {
            Ok(mention) => Ok((mention, unknown.into_iter().collect())),
            Err(fault) => Err(format!("{}: {}", fault.field, fault.message)),
        }
    }

    const BASE: &str = r#""platform":"twitter","external_id":"17","created_at":"2026-11-21T08:00:00Z""#;

    #[test]
    fn reads_a_whole_mention() {
        let line = format!(
            r#"{{{BASE},"kind":"review","author":{{"handle":"@anna","name":"Anna","bio":"b","followers":12,"verified":true}},
            "title":"t","text":"ciao","observed_at":"2026-11-21T09:00:00+01:00","in_reply_to":"16","to_handle":"@brand",
            "url":"https://a.example/1","engagement":{{"likes":1,"reposts":2,"replies":3,"views":4}},"rating":4.5,
            "source_language":"it","country":"IT","tags":["a","b"],"media":["https://a.example/p.jpg"]}}"#
        );
        let (mention, unknown) = read(&line).unwrap();
        assert!(unknown.is_empty());
        assert_eq!(mention.kind(), Kind::Review);
        assert_eq!(mention.created_at.unwrap().seconds, mention.observed_at.unwrap().seconds);
        let author = mention.author.unwrap();
        assert_eq!((author.handle.as_str(), author.followers, author.verified), ("anna", Some(12), true));
        let engagement = mention.engagement.unwrap();
        assert_eq!((engagement.likes, engagement.views), (Some(1), Some(4)));
        assert_eq!((mention.rating, mention.tags.len(), mention.to_handle.as_str()), (Some(4.5), 2, "brand"));
    }

    #[test]
    fn is_lenient_where_the_meaning_is_clear() {
        let line = r#"{"platform":"vk","external_id":1860012345,"created_at":"2026-11-21T08:00:00Z","rating":"4",
            "text":null,"engagement":{"views":"0","likes":" 7 ","replies":""},"author":{"verified":"true","followers":3.0}}"#;
        let (mention, _) = read(line).unwrap();
        assert_eq!(
            (mention.external_id.as_str(), mention.rating, mention.kind()),
            ("1860012345", Some(4.0), Kind::Unspecified)
        );
        let engagement = mention.engagement.unwrap();
        assert_eq!((engagement.views, engagement.likes, engagement.replies), (Some(0), Some(7), None));
        let author = mention.author.unwrap();
        assert_eq!((author.verified, author.followers), (true, Some(3)));
    }

    #[test]
    fn collects_unknown_keys() {
        let line = format!(r#"{{{BASE},"mood":1,"author":{{"karma":2}},"engagement":{{"stars":3}}}}"#);
        assert_eq!(read(&line).unwrap().1, ["author.karma", "engagement.stars", "mood"]);
    }

    #[test]
    fn names_the_field_at_fault() {
        for (line, expected) in [
            ("[1]".to_owned(), ": a mention is a JSON object"),
            (r#"{"external_id":"1"}"#.to_owned(), "platform: is missing"),
            (r#"{"platform":"x","external_id":""}"#.to_owned(), "external_id: is missing"),
            (r#"{"platform":"x","external_id":"1"}"#.to_owned(), "created_at: is missing"),
            (
                r#"{"platform":"x","external_id":"1","created_at":"yesterday"}"#.to_owned(),
                "created_at: `yesterday` is no time",
            ),
            (r#"{"platform":"x","external_id":"1","created_at":1700000000}"#.to_owned(), "created_at: is a number"),
            (format!(r#"{{{BASE},"kind":"essay"}}"#), "kind: `essay` is no kind"),
            (format!(r#"{{{BASE},"text":["a"]}}"#), "text: is a list"),
            (format!(r#"{{{BASE},"author":"anna"}}"#), "author: is a text"),
            (format!(r#"{{{BASE},"author":{{"followers":-1}}}}"#), "author.followers: `-1` is no whole number"),
            (format!(r#"{{{BASE},"engagement":{{"likes":"many"}}}}"#), "engagement.likes: `many` is no whole number"),
            (format!(r#"{{{BASE},"engagement":{{"likes":1.5}}}}"#), "engagement.likes: `1.5` is no whole number"),
            (format!(r#"{{{BASE},"rating":"good"}}"#), "rating: `good` is no number"),
            (format!(r#"{{{BASE},"tags":[1,{{}}]}}"#), "tags[1]: is an object"),
            (format!(r#"{{{BASE},"author":{{"verified":"perhaps"}}}}"#), "author.verified: `perhaps` is neither"),
        ] {
            let message = read(&line).unwrap_err();
            assert!(message.starts_with(expected), "{line}\n{message}");
        }
    }
}
