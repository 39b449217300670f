//! One mention as a source sends it: everything checked, nothing cut.

use super::{
    checks::{external_id, platform, rejection, shown, url, within, without_control},
    time::time_from_wire,
};
use crate::{
    base::{
        Timestamp,
        limits::{
            AUTHOR_NAME_BYTES_MAX, BIO_BYTES_MAX, MEDIA_MAX, RATING_MAX, SOURCE_LANGUAGE_BYTES_MAX, TAG_BYTES_MAX,
            TAGS_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
        },
    },
    engine::Rejection,
    model::{Author, Engagement, Kind, Mention, MentionName},
    proto::v1 as wire,
};

/// Takes a mention from the wire. `received_at` is the server's clock: the bound for times, and the time of observation
/// where the source gives none.
///
/// # Errors
/// The first field at fault, by its path in the proto file, and how to mend it.
pub(crate) fn mention_from_wire(wire: wire::Mention, received_at: Timestamp) -> Result<Mention, Rejection> {
    platform("platform", &wire.platform)?;
    external_id("external_id", &wire.external_id)?;
    let in_reply_to = in_reply_to(wire.in_reply_to, &wire.external_id)?;
    let kind = kind(wire.kind, in_reply_to.is_some())?;
    let author = author(wire.author.unwrap_or_default())?;
    within("title", &wire.title, TITLE_BYTES_MAX)?;
    within("text", &wire.text, TEXT_BYTES_MAX)?;
    let created_at = wire.created_at.ok_or_else(|| {
        rejection("created_at", "is missing; give the time its author wrote it, with its zone or in UTC")
    })?;
    let created_at = time_from_wire("created_at", created_at, received_at)?;
    let observed_at = match wire.observed_at {
        Some(time) => time_from_wire("observed_at", time, received_at)?,
        None => whole_microseconds(received_at),
    };
    let to_handle = Some(handle("to_handle", &wire.to_handle)?).filter(|handle| !handle.is_empty());
    url("url", &wire.url)?;
    let rating = wire.rating.map(rating).transpose()?;
    let source_language = source_language(wire.source_language)?;
    let country = country(&wire.country)?;
    let tags = tags(&wire.tags)?;
    media(&wire.media)?;
    let says_nothing = wire.text.trim().is_empty() && wire.title.trim().is_empty();
    if says_nothing && rating.is_none() && wire.media.is_empty() {
        return Err(rejection("text", "is empty; a mention needs a text, a title, a rating or media"));
    }
    Ok(Mention {
        name: MentionName { platform: wire.platform, external_id: wire.external_id },
        kind,
        author,
        title: wire.title,
        text: wire.text,
        created_at,
        observed_at,
        in_reply_to,
        to_handle,
        url: Some(wire.url).filter(|url| !url.is_empty()),
        engagement: engagement(wire.engagement.unwrap_or_default()),
        rating,
        source_language,
        country,
        tags,
        media: wire.media,
    })
}

fn whole_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

fn in_reply_to(value: String, own_id: &str) -> Result<Option<String>, Rejection> {
    if value.is_empty() {
        return Ok(None);
    }
    external_id("in_reply_to", &value)?;
    if value == own_id {
        return Err(rejection(
            "in_reply_to",
            format!("{} is its own id; a mention cannot answer itself: leave it empty", shown(&value)),
        ));
    }
    Ok(Some(value))
}

fn kind(number: i32, is_reply: bool) -> Result<Kind, Rejection> {
    match u32::try_from(number) {
        Ok(0) if is_reply => Ok(Kind::Reply),
        Ok(0) => Ok(Kind::Post),
        number_u32 => number_u32.ok().and_then(Kind::from_number).ok_or_else(|| {
            let known: Vec<String> = Kind::ALL.iter().map(|kind| format!("{} {kind}", kind.number())).collect();
            rejection("kind", format!("{number} is no known kind; known are {}", known.join(", ")))
        }),
    }
}

fn author(wire: wire::Author) -> Result<Author, Rejection> {
    let handle = handle("author.handle", &wire.handle)?;
    within("author.name", &wire.name, AUTHOR_NAME_BYTES_MAX)?;
    within("author.bio", &wire.bio, BIO_BYTES_MAX)?;
    Ok(Author { handle, name: wire.name, bio: wire.bio, followers: wire.followers, verified: wire.verified })
}

/// A handle without its `@`, also the full-width one that East Asian keyboards give, however many there are.
fn handle(field: &str, value: &str) -> Result<String, Rejection> {
    let bare = value.trim_start_matches(['@', '＠']);
    within(field, bare, AUTHOR_NAME_BYTES_MAX)?;
    without_control(field, bare)?;
    Ok(bare.to_owned())
}

fn engagement(wire: wire::Engagement) -> Engagement {
    Engagement { likes: wire.likes, reposts: wire.reposts, replies: wire.replies, views: wire.views }
}

fn rating(value: f64) -> Result<f64, Rejection> {
    if (0.0..=RATING_MAX).contains(&value) {
        return Ok(value);
    }
    Err(rejection("rating", format!("is {value}; a number from 0 to {RATING_MAX} is allowed")))
}

fn source_language(value: String) -> Result<Option<String>, Rejection> {
    within("source_language", &value, SOURCE_LANGUAGE_BYTES_MAX)?;
    if value.contains(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_')) {
        return Err(rejection(
            "source_language",
            format!("{} is no language tag; write it as in `pt-BR`, or leave it empty", shown(&value)),
        ));
    }
    Ok(Some(value).filter(|value| !value.is_empty()))
}

fn country(value: &str) -> Result<Option<String>, Rejection> {
    if value.is_empty() {
        return Ok(None);
    }
    if value.len() != 2 || !value.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return Err(rejection(
            "country",
            format!("{} is no country code; two letters of ISO 3166-1 are allowed, e.g. `IT`", shown(value)),
        ));
    }
    Ok(Some(value.to_ascii_uppercase()))
}

/// Labels in one spelling, each once, in the order given.
fn tags(values: &[String]) -> Result<Vec<String>, Rejection> {
    if values.len() > TAGS_MAX {
        return Err(rejection("tags", format!("has {} tags, {TAGS_MAX} are allowed; leave some out", values.len())));
    }
    let mut tags: Vec<String> = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let field = format!("tags[{at}]");
        let tag = value.trim().to_lowercase();
        if tag.is_empty() {
            return Err(rejection(field, "is empty; leave it out"));
        }
        within(&field, &tag, TAG_BYTES_MAX)?;
        without_control(&field, &tag)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

fn media(values: &[String]) -> Result<(), Rejection> {
    if values.len() > MEDIA_MAX {
        return Err(rejection(
            "media",
            format!("has {} addresses, {MEDIA_MAX} are allowed; leave some out", values.len()),
        ));
    }
    for (at, value) in values.iter().enumerate() {
        let field = format!("media[{at}]");
        if value.is_empty() {
            return Err(rejection(field, "is empty; leave it out"));
        }
        url(&field, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
