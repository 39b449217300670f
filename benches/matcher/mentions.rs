//! Reads the load set as versions, judged as the server judges them.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use anyhow::Context as _;
use ascolto::{
    base::{Seq, Timestamp},
    config::IndexConfig,
    enrich::Enricher,
    model::{Author, Cause, Kind, Mention, MentionName, MentionNumber, Status, ThreadId, Version},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    platform: String,
    external_id: String,
    kind: String,
    #[serde(default)]
    author: LineAuthor,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    created_at: Timestamp,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    rating: Option<f64>,
}

#[derive(Default, Deserialize)]
struct LineAuthor {
    #[serde(default)]
    handle: String,
}

/// The first mentions of the set, at most so many.
pub(crate) fn read(file: &Path, count_max: usize) -> anyhow::Result<Vec<Version>> {
    let enricher = Enricher::new(&IndexConfig::built_in()?)?;
    let lines = BufReader::new(flate2::read::GzDecoder::new(File::open(file)?)).lines();
    let mut versions = Vec::new();
    for (number, line) in (1..).zip(lines.take(count_max)) {
        let line: Line = serde_json::from_str(&line?).with_context(|| format!("line {number}"))?;
        versions.push(line.into_version(number, &enricher));
    }
    Ok(versions)
}

impl Line {
    fn into_version(self, number: u64, enricher: &Enricher) -> Version {
        let kind = Kind::ALL.iter().copied().find(|kind| kind.word() == self.kind).unwrap_or(Kind::Post);
        let name = MentionName { platform: self.platform, external_id: self.external_id };
        let mention = Mention {
            author: Author {
                handle: self.author.handle,
                // The set has none. Most have few, some have many.
                followers: Some(3 << (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60)),
                ..Author::default()
            },
            title: self.title,
            text: self.text,
            url: self.url,
            rating: self.rating,
            ..Mention::new(name, kind, self.created_at)
        };
        let understanding = enricher.understand(&mention, &[]);
        Version {
            seq: Seq(number),
            previous_seq: Seq::ZERO,
            number: MentionNumber(number),
            cause: Cause::Ingested,
            recorded_at: self.created_at,
            ingested_at: self.created_at,
            mention,
            understanding,
            thread: ThreadId(number),
            status: Status::None,
            parent: None,
            answered_by: None,
            deleted: false,
            repeats: None,
            correction: None,
            desk: None,
            due: None,
            priority: None,
            course: ascolto::model::Course::beginning(self.created_at),
        }
    }
}
