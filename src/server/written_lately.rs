use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use prost::Message as _;

use super::convert::version_to_wire;
use crate::{base::Seq, model::Version};

/// Places for versions written lately.
const SLOTS: usize = 8 * 1024;
/// Longer ones are not kept, so that all together take at most 16 MiB.
const BYTES_MAX: usize = 2 * 1024;

/// The bytes of versions that were answered lately, each at the place its seq says; a later one takes the place of an earlier one.
/// Dashboards ask for the same page again and again, and gathering the hundred small pieces of a version costs more than
/// finding it. A version never changes, so its bytes never do.
pub(crate) struct WrittenLately(Vec<Mutex<Option<(Seq, Bytes)>>>);

impl Default for WrittenLately {
    fn default() -> Self {
        Self(std::iter::repeat_with(Mutex::default).take(SLOTS).collect())
    }
}

impl WrittenLately {
    /// The bytes of `v1::Version` that stand for it.
    pub(crate) fn write(&self, version: &Version) -> Bytes {
        // The remainder is below the number of slots.
        let mut slot = self.0[(version.seq.0 % SLOTS as u64) as usize].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((seq, written)) = &*slot
            && *seq == version.seq
        {
            return written.clone();
        }
        let written = Bytes::from(version_to_wire(version).encode_to_vec());
        if written.len() <= BYTES_MAX {
            *slot = Some((version.seq, written.clone()));
        }
        written
    }
}
