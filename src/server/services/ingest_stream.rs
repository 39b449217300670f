//! The ingest stream: messages are read, checked and submitted in order while the ones before them are on their way to
//! the disk, and acknowledged in order.
//!
//! Everything happens in the stream of answers: a client that does not read its acknowledgements is not read from
//! either, and one that vanishes drops the stream. What was submitted is recorded all the same.

use futures_util::{Stream, StreamExt, future, future::BoxFuture, stream};
use tonic::{Status, Streaming};

use super::{Context, ingest::Checked};
use crate::{
    base::limits::INGEST_MESSAGES_IN_FLIGHT_MAX,
    proto::v1 as wire,
    server::status::{clearer, stopping},
};

type Answer = Result<wire::IngestResponse, Status>;

/// Takes mentions until the client has no more, the server stops or something is wrong; in any case every message before
/// that is answered first.
pub(super) fn acknowledgements(
    context: Context,
    messages: Streaming<wire::IngestRequest>,
) -> impl Stream<Item = Answer> + Send {
    let reader = Reader { stopping: Box::pin(context.stop.begun()), context, messages, position: 0, ended: false };
    stream::unfold(reader, async |mut reader| {
        if reader.ended {
            return None;
        }
        let answer = reader.next().await?;
        Some((answer, reader))
    })
    .buffered(INGEST_MESSAGES_IN_FLIGHT_MAX)
}

/// Reads the messages of one stream.
struct Reader {
    context: Context,
    messages: Streaming<wire::IngestRequest>,
    stopping: BoxFuture<'static, ()>,
    /// Of the next mention, counted over the whole stream.
    position: u64,
    /// Nothing is read any more.
    ended: bool,
}

impl Reader {
    /// Submits the next message; the future waits for the disk.
    async fn next(&mut self) -> Option<BoxFuture<'static, Answer>> {
        let message = tokio::select! {
            biased;
            () = &mut self.stopping => {
                Err(stopping("the server is stopping; send again what was not acknowledged, to the server that follows"))
            }
            message = self.messages.message() => message.map_err(clearer),
        };
        let submitted = match message.transpose()? {
            Ok(message) => self.submit(message).await,
            Err(status) => Err(status),
        };
        Some(submitted.unwrap_or_else(|status| {
            self.ended = true;
            Box::pin(future::ready(Err(status)))
        }))
    }

    async fn submit(&mut self, message: wire::IngestRequest) -> Result<BoxFuture<'static, Answer>, Status> {
        let checked = Checked::from_wire(message.mentions, self.context.clock.now())?;
        let rejections = checked.rejections;
        let first_position = self.position;
        self.position += rejections.len() as u64;
        let pending = if checked.accepted.is_empty() {
            None
        } else {
            // Waits while too many mentions are on their way: the client feels it as flow control.
            Some(self.context.engine.submit(checked.accepted).await?)
        };
        let metrics = self.context.metrics.clone();
        Ok(Box::pin(async move {
            let acknowledged = match pending {
                Some(pending) => pending.acknowledged().await?,
                None => Vec::new(),
            };
            let acknowledgements = rejections.answer(first_position, acknowledged, &metrics)?;
            Ok(wire::IngestResponse { acknowledgements })
        }))
    }
}
