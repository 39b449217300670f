use std::sync::Arc;

use tokio::sync::oneshot;

use super::{Acknowledgement, Engine, EngineError, Recorded, Work, not_recorded, stopping};
use crate::{
    base::Seq,
    model::{Mention, MentionName},
};

/// Fewer mentions than this are understood where they arrive: handing them to another thread would cost more.
const UNDERSTOOD_IN_PLACE_MAX: usize = 4;

/// Mentions on their way to the disk; waits in the order they were handed over.
#[derive(Debug)]
pub struct Pending {
    recorded: oneshot::Receiver<Result<Recorded, EngineError>>,
}

impl Pending {
    /// Waits until the mentions are on disk. One acknowledgement for each, in order.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] or [`EngineError::ResourceExhausted`]: none of them was recorded.
    pub async fn acknowledged(self) -> Result<Vec<Acknowledgement>, EngineError> {
        match self.recorded.await.unwrap_or_else(|_| Err(not_recorded()))? {
            Recorded::Ingested(acknowledgements) => Ok(acknowledgements),
            other => Err(mixed_up(&other)),
        }
    }
}

pub(super) fn mixed_up(recorded: &Recorded) -> EngineError {
    EngineError::Internal { message: format!("the committer answered something else: {recorded:?}") }
}

impl Engine {
    /// Understands the mentions and hands them to the committer; order of calls is order in the log.
    /// Waits while too many are on their way.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the server is stopping.
    pub async fn submit(&self, mentions: Vec<Mention>) -> Result<Pending, EngineError> {
        self.index_follower.keep_up().await;
        let room = self.in_flight.room_for(&mentions).await.map_err(|_| stopping())?;

        // They take their place in the queue first and are understood meanwhile, several groups at once.
        let (done, understood) = oneshot::channel();
        let (understander, authors, now) =
            (Arc::clone(&self.understander), Arc::clone(&self.authors), self.clock.now());
        let is_few = mentions.len() <= UNDERSTOOD_IN_PLACE_MAX;
        let work = move || {
            let understand = |mention: Mention| {
                let wrote = authors.before(&mention);
                let understood = understander.understand_after(mention, &wrote, now);
                authors.wrote(&understood.mention, &understood.understanding.language);
                understood
            };
            let all = mentions.into_iter().map(understand).collect();
            // The committer is gone only when the engine is; then nobody waits.
            let _ = done.send(all);
        };
        if is_few {
            work();
        } else {
            tokio::task::spawn_blocking(work);
        }
        let recorded = self.hand_over(Work::Ingest(understood), Some(room)).await?;
        Ok(Pending { recorded })
    }

    /// Records that the source deleted it. The seq of the deletion, also when it was deleted before.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], and what keeps the log from being written.
    pub async fn delete(&self, name: &MentionName) -> Result<Seq, EngineError> {
        match self.record(Work::Delete(name.clone())).await? {
            Recorded::Deleted { seq: Some(seq), was_example } => {
                if was_example {
                    self.refresh_arguments().await?;
                }
                self.teacher.mention_gone();
                Ok(seq)
            }
            Recorded::Deleted { seq: None, .. } => {
                Err(EngineError::NotFound { what: "mention", name: name.to_string() })
            }
            other => Err(mixed_up(&other)),
        }
    }
}
