//! Reads the load set.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use anyhow::Context as _;
use ascolto::{base::Timestamp, proto::v1};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    platform: String,
    external_id: String,
    kind: String,
    #[serde(default)]
    author: Author,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    created_at: Timestamp,
    #[serde(default)]
    in_reply_to: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    engagement: Option<Engagement>,
    #[serde(default)]
    rating: Option<f64>,
}

#[derive(Default, Deserialize)]
struct Author {
    #[serde(default)]
    handle: String,
}

#[derive(Deserialize)]
struct Engagement {
    /// A number in quotes, as its source had it.
    #[serde(default)]
    views: String,
}

/// The first mentions of the set, at most so many.
pub(crate) fn read(file: &Path, count_max: usize) -> anyhow::Result<Vec<v1::Mention>> {
    let lines = BufReader::new(flate2::read::GzDecoder::new(File::open(file)?)).lines();
    let mut mentions = Vec::new();
    for (number, line) in (1..).zip(lines.take(count_max)) {
        let line: Line = serde_json::from_str(&line?).with_context(|| format!("line {number}"))?;
        mentions.push(line.into_wire());
    }
    Ok(mentions)
}

impl Line {
    fn into_wire(self) -> v1::Mention {
        let kind = match self.kind.as_str() {
            "post" => v1::Kind::Post,
            "reply" => v1::Kind::Reply,
            "review" => v1::Kind::Review,
            _ => v1::Kind::Unspecified,
        };
        v1::Mention {
            platform: self.platform,
            external_id: self.external_id,
            kind: kind.into(),
            author: Some(v1::Author { handle: self.author.handle, ..v1::Author::default() }),
            title: self.title,
            text: self.text,
            created_at: Some(prost_types::Timestamp {
                seconds: self.created_at.as_second(),
                nanos: self.created_at.subsec_nanosecond(),
            }),
            in_reply_to: self.in_reply_to,
            url: self.url,
            engagement: self
                .engagement
                .map(|engagement| v1::Engagement { views: engagement.views.parse().ok(), ..v1::Engagement::default() }),
            rating: self.rating,
            ..v1::Mention::default()
        }
    }
}
