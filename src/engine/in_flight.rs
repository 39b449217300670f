use std::sync::Arc;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use crate::{
    base::limits::{IN_FLIGHT_BYTES_MAX, IN_FLIGHT_MENTIONS_MAX},
    model::Mention,
};

/// The room for mentions on their way to the disk, by count and by bytes. Who finds none waits, first come first served.
pub(super) struct InFlight {
    mentions: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
}

/// The room that some mentions take, until it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    _mentions: OwnedSemaphorePermit,
    _bytes: OwnedSemaphorePermit,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            mentions: Arc::new(Semaphore::new(IN_FLIGHT_MENTIONS_MAX)),
            bytes: Arc::new(Semaphore::new(IN_FLIGHT_BYTES_MAX)),
        }
    }
}

impl InFlight {
    /// Waits for the room that these take. What is larger than all of it takes all of it.
    ///
    /// # Errors
    /// None as long as nobody closes it.
    pub(super) async fn room_for(&self, mentions: &[Mention]) -> Result<Room, AcquireError> {
        let bytes: usize = mentions.iter().map(Mention::bytes).sum();
        // Always in this order: who holds the one and waits for the other waits for those who need nothing more.
        Ok(Room {
            _mentions: take(&self.mentions, mentions.len().min(IN_FLIGHT_MENTIONS_MAX)).await?,
            _bytes: take(&self.bytes, bytes.min(IN_FLIGHT_BYTES_MAX)).await?,
        })
    }

    /// Mentions and bytes there is room for.
    #[cfg(test)]
    pub(super) fn free(&self) -> (usize, usize) {
        (self.mentions.available_permits(), self.bytes.available_permits())
    }
}

async fn take(room: &Arc<Semaphore>, count: usize) -> Result<OwnedSemaphorePermit, AcquireError> {
    Arc::clone(room).acquire_many_owned(u32::try_from(count).unwrap_or(u32::MAX)).await
}
