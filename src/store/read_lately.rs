use std::sync::{Arc, Mutex, PoisonError};

use crate::{base::Seq, model::Version};

/// Places for versions read lately. Dashboards and agents ask for the same pages again and again; reading and decoding a hit
/// is half of what a search costs.
const SLOTS: usize = 16 * 1024;
/// Longer versions are not kept, so that the places together hold at most 64 MiB of bodies.
const BODY_BYTES_MAX: usize = 4 * 1024;

/// Versions that were read and checked lately, each at the place its seq says; a later one takes the place of an earlier one.
/// Only a shortcut: a version never changes, so what is held is what the log holds.
pub(super) struct ReadLately {
    slots: Vec<Mutex<Option<Arc<Version>>>>,
}

impl Default for ReadLately {
    fn default() -> Self {
        Self { slots: std::iter::repeat_with(Mutex::default).take(SLOTS).collect() }
    }
}

impl ReadLately {
    pub(super) fn get(&self, seq: Seq) -> Option<Arc<Version>> {
        let held = self.slot(seq)?.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|version| version.seq == seq).map(Arc::clone)
    }

    pub(super) fn keep(&self, version: &Arc<Version>, body_bytes: usize) {
        if body_bytes <= BODY_BYTES_MAX
            && let Some(slot) = self.slot(version.seq)
        {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(version));
        }
    }

    fn slot(&self, seq: Seq) -> Option<&Mutex<Option<Arc<Version>>>> {
        self.slots.get(usize::try_from(seq.0).ok()? % SLOTS)
    }
}
