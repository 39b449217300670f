use std::{
    collections::VecDeque,
    sync::Mutex,
    time::{Duration, Instant},
};

use super::lock;
use crate::index::Snapshot;

/// Snapshots kept for the next pages of searches by relevance. Each keeps files that merges would free.
const PINNED_MAX: usize = 32;
/// How long a reader may take for a page.
const PINNED_FOR: Duration = Duration::from_secs(120);

/// Snapshots whose scores a page token refers to: scores depend on all mentions, so pages hold together only within one.
#[derive(Default)]
pub(super) struct PinnedSnapshots {
    held: Mutex<VecDeque<Pinned>>,
}

struct Pinned {
    seq: u64,
    snapshot: Snapshot,
    used_at: Instant,
}

impl PinnedSnapshots {
    /// Keeps a snapshot for the pages to come.
    pub(super) fn pin(&self, snapshot: &Snapshot) {
        let mut held = lock(&self.held);
        held.retain(|pinned| pinned.used_at.elapsed() < PINNED_FOR && pinned.seq != snapshot.seq().0);
        held.push_back(Pinned { seq: snapshot.seq().0, snapshot: snapshot.clone(), used_at: Instant::now() });
        if held.len() > PINNED_MAX {
            held.pop_front();
        }
    }

    /// The snapshot of that seq, if it is still held.
    pub(super) fn get(&self, seq: u64) -> Option<Snapshot> {
        let held = lock(&self.held);
        let pinned = held.iter().find(|pinned| pinned.seq == seq && pinned.used_at.elapsed() < PINNED_FOR)?;
        Some(pinned.snapshot.clone())
    }
}
