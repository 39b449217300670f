use tokio::sync::mpsc;
use tokio_stream::{StreamExt as _, wrappers::UnboundedReceiverStream};
use tonic::Status;

use super::Client;
use crate::proto::v1::{Acknowledgement, IngestRequest, Mention};

/// Mentions on their way without an acknowledgement: some groups of the committer deep, so that the disk is never idle,
/// and few enough that sending them again after a lost connection takes a moment.
pub const UNACKNOWLEDGED_MENTIONS_MAX: usize = 4000;

/// One ingest call: mentions go in, acknowledgements come out in the same order, and never more than
/// [`UNACKNOWLEDGED_MENTIONS_MAX`] are on their way. Dropping it ends the call.
#[derive(Debug)]
pub struct IngestStream {
    /// Unbounded as a channel; bounded by `room`.
    requests: Option<mpsc::UnboundedSender<IngestRequest>>,
    answers: mpsc::UnboundedReceiver<Result<Vec<Acknowledgement>, Status>>,
    unacknowledged: usize,
    next_position: u64,
}

impl IngestStream {
    /// Begins a call. What goes wrong with it is told by [`Self::acknowledgements`].
    #[must_use]
    pub fn begin(client: &Client) -> Self {
        let (requests, outgoing) = mpsc::unbounded_channel();
        let (answer, answers) = mpsc::unbounded_channel();
        let mut service = client.ingest();
        // On a task of its own: a server may answer the call only when the first mentions are there.
        tokio::spawn(async move {
            let mut incoming = match service.ingest(UnboundedReceiverStream::new(outgoing)).await {
                Ok(response) => response.into_inner(),
                Err(status) => {
                    let _ = answer.send(Err(status));
                    return;
                }
            };
            while let Some(message) = incoming.next().await {
                let failed = message.is_err();
                // Nobody listens any more: the call ends with this task.
                if answer.send(message.map(|message| message.acknowledgements)).is_err() || failed {
                    return;
                }
            }
        });
        Self { requests: Some(requests), answers, unacknowledged: 0, next_position: 0 }
    }

    /// How many mentions may be sent before the next acknowledgement.
    #[must_use]
    pub fn room(&self) -> usize {
        UNACKNOWLEDGED_MENTIONS_MAX.saturating_sub(self.unacknowledged)
    }

    /// How many mentions wait for their acknowledgement.
    #[must_use]
    pub fn unacknowledged(&self) -> usize {
        self.unacknowledged
    }

    /// Sends one message. The caller keeps to [`Self::room`] and to the server's limits of a message.
    ///
    /// # Errors
    /// The mentions come back when the call has ended; [`Self::acknowledgements`] says why.
    pub fn send(&mut self, mentions: Vec<Mention>) -> Result<(), Vec<Mention>> {
        let count = mentions.len();
        let Some(requests) = &self.requests else { return Err(mentions) };
        match requests.send(IngestRequest { mentions }) {
            Ok(()) => {
                self.unacknowledged += count;
                Ok(())
            }
            Err(refused) => Err(refused.0.mentions),
        }
    }

    /// Says that nothing more will be sent; the acknowledgements of what was sent still come.
    pub fn finish(&mut self) {
        self.requests = None;
    }

    /// The next acknowledgements, in the order of the mentions; `None` when the call has ended well. Cancel-safe.
    ///
    /// # Errors
    /// The call failed: mentions without an acknowledgement may or may not be recorded; sending them again does no harm.
    pub async fn acknowledgements(&mut self) -> Result<Option<Vec<Acknowledgement>>, Status> {
        let Some(answer) = self.answers.recv().await else {
            return match self.unacknowledged {
                0 => Ok(None),
                left => {
                    Err(Status::unavailable(format!("the server ended the call with {left} mentions unacknowledged")))
                }
            };
        };
        let acknowledgements = answer?;
        for acknowledgement in &acknowledgements {
            if acknowledgement.position != self.next_position || self.unacknowledged == 0 {
                return Err(Status::internal(format!(
                    "the server acknowledged mention {}, mention {} was due",
                    acknowledgement.position, self.next_position
                )));
            }
            self.next_position += 1;
            self.unacknowledged -= 1;
        }
        Ok(Some(acknowledgements))
    }
}
