//! The index as its callers see it, against a temporary directory. The single parts have their tests beside them.

mod evaluate;
mod lifecycle;
mod matching;
mod paging;
mod random;
mod sample;

use std::sync::Arc;

use tempfile::TempDir;

use super::{Index, IndexWriter, open};
use crate::{
    base::{Seq, Timestamp},
    model::Version,
    query::Node,
};

/// The moment at which all tests stand.
fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// An index in a directory that goes with it.
struct Bench {
    dir: TempDir,
    writer: IndexWriter,
    index: Arc<Index>,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (writer, index) = open(&dir.path().join("index"), "store", Seq::ZERO).unwrap();
        Self { dir, writer, index }
    }

    fn apply<'v>(&mut self, versions: impl IntoIterator<Item = &'v Version>) {
        for version in versions {
            self.writer.apply(version).unwrap();
        }
    }

    fn commit(&mut self, seq: u64) {
        self.writer.commit(Seq(seq)).unwrap();
    }

    /// Stops as a kill would, without a commit, and opens again.
    fn crash_and_reopen(self, store_id: &str, last_seq: u64) -> Self {
        let Self { dir, writer, index } = self;
        drop(writer);
        drop(index);
        let (writer, index) = open(&dir.path().join("index"), store_id, Seq(last_seq)).unwrap();
        Self { dir, writer, index }
    }

    /// Numbers of the mentions that match, in ascending order; checks on the way that all ways of asking agree.
    fn numbers(&self, query: &Node) -> Vec<u64> {
        let snapshot = self.index.snapshot();
        let matches = snapshot.matches_after(query, now(), Seq::ZERO, 10_000).unwrap();
        assert!(matches.is_sorted_by_key(|found| found.seq));
        assert_eq!(snapshot.count(query, now()).unwrap(), matches.len() as u64);
        let mut numbers: Vec<u64> = matches.iter().map(|found| found.number.0).collect();
        numbers.sort_unstable();
        numbers
    }
}
