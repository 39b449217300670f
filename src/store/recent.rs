use std::{collections::VecDeque, sync::Arc};

use crate::{base::Seq, model::Version};

/// Bytes of bodies whose versions are kept in memory: some 50,000 versions of ordinary size, a second of the highest rate,
/// so that followers and searches close behind the log do not decode again. Decoded they take about three times as much.
const RECENT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A version on its way into memory, with the bytes its body took.
#[derive(Clone)]
pub(super) struct Recorded {
    pub(super) version: Arc<Version>,
    pub(super) body_bytes: usize,
}

/// The newest versions without holes. Only a shortcut: everything in it lies in the log too.
#[derive(Default)]
pub(super) struct Recent {
    versions: VecDeque<Recorded>,
    bytes: usize,
}

impl Recent {
    /// Adds versions that were made durable, in order, right after those it holds.
    pub(super) fn extend(&mut self, versions: impl IntoIterator<Item = Recorded>) {
        for recorded in versions {
            self.bytes += recorded.body_bytes;
            self.versions.push_back(recorded);
        }
        while self.bytes > RECENT_BYTES_MAX
            && let Some(oldest) = self.versions.pop_front()
        {
            self.bytes -= oldest.body_bytes;
        }
    }

    pub(super) fn get(&self, seq: Seq) -> Option<Arc<Version>> {
        self.place(seq).and_then(|place| self.versions.get(place)).map(|recorded| Arc::clone(&recorded.version))
    }

    /// The versions from this one on; `None` where it is not held.
    pub(super) fn from(&self, seq: Seq) -> Option<impl Iterator<Item = &Recorded>> {
        let place = self.place(seq)?;
        (place < self.versions.len()).then(|| self.versions.range(place..))
    }

    fn place(&self, seq: Seq) -> Option<usize> {
        let first = self.versions.front()?.version.seq;
        usize::try_from(seq.0.checked_sub(first.0)?).ok()
    }
}
