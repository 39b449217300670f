use std::{path::PathBuf, time::Duration};

use serde::Serialize;

use crate::{
    cli::render::{
        escape::escape,
        style::{BAD, STRONG, styled},
    },
    proto::v1::Outcome,
};

/// What became of the mentions of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    /// Records read and settled.
    pub(super) records: u64,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) rejected: u64,
    /// Everything of this run is in the log up to here: what `--min-seq` of a search wants.
    pub(super) last_seq: u64,
    pub(super) seconds: f64,
    pub(super) mentions_per_second: f64,
    pub(super) rejected_file: Option<PathBuf>,
}

impl Summary {
    /// Counts one answer of the server.
    pub(super) fn add(&mut self, outcome: Outcome, seq: u64) {
        self.records += 1;
        self.last_seq = self.last_seq.max(seq);
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Rejected | Outcome::Unspecified => self.rejected += 1,
        }
    }

    /// Counts one that was not sent at all.
    pub(super) fn add_rejected(&mut self) {
        self.add(Outcome::Rejected, 0);
    }

    pub(super) fn end(&mut self, took: Duration, rejected_file: Option<PathBuf>) {
        self.seconds = took.as_secs_f64();
        self.mentions_per_second = if took.is_zero() { 0.0 } else { self.records as f64 / took.as_secs_f64() };
        self.rejected_file = rejected_file;
    }

    /// For eyes.
    pub(super) fn lines(&self) -> Vec<String> {
        let rejected = format!("{} rejected", self.rejected);
        let mut lines = vec![format!(
            "{} in {:.1} s ({:.0}/s): {} created, {} updated, {} unchanged, {}",
            styled(STRONG, &format!("{} {}", self.records, if self.records == 1 { "mention" } else { "mentions" })),
            self.seconds,
            self.mentions_per_second,
            self.created,
            self.updated,
            self.unchanged,
            if self.rejected > 0 { styled(BAD, &rejected) } else { rejected },
        )];
        if let Some(file) = &self.rejected_file {
            lines.push(format!(
                "the rejected ones are in {}, each with its line and reason",
                escape(&file.to_string_lossy())
            ));
        }
        lines
    }
}
