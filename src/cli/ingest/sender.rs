use std::time::Duration;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};
use tonic::Status;

use super::{
    book::{Book, MESSAGE_MENTIONS_MAX},
    source::Found,
};
use crate::{
    cli::{exit::Failure, output::Output},
    client::{Client, ConnectError, IngestStream, is_connection_lost},
};

/// Bytes of mentions on their way: bounds memory where mentions are large.
const UNACKNOWLEDGED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Wait before the first attempt to come back; doubles with each.
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
/// The longest wait between two attempts.
const BACK_OFF_LAST: Duration = Duration::from_secs(15);
/// How long Ctrl-C waits for acknowledgements under way.
const INTERRUPT_PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of a call whose mentions are all acknowledged may take.
const FINISH_PATIENCE: Duration = Duration::from_secs(1);

/// How a run ended that nothing failed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Complete,
    Interrupted,
}

/// Keeps the ingest stream full, and comes back when its connection is lost.
pub(super) struct Sender<'a> {
    client: Client,
    retries: u32,
    book: Book<'a>,
    /// Ctrl-C, kept over the whole run so that none is missed.
    interrupt: Signal,
}

/// Why one stream ended before the input did.
enum Broken {
    Lost(Status),
    Stop(Failure),
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Stop(failure)
    }
}

impl<'a> Sender<'a> {
    pub(super) fn new(client: Client, retries: u32, book: Book<'a>) -> Result<Self, Failure> {
        let interrupt = signal(SignalKind::interrupt())
            .map_err(|error| Failure::Failed(format!("cannot listen for signals: {error}")))?;
        Ok(Self { client, retries, book, interrupt })
    }

    /// Gives the book back when the run is over.
    pub(super) fn into_book(self) -> Book<'a> {
        self.book
    }

    /// Sends everything the reader finds; returns when all of it is settled, on Ctrl-C, or when it cannot go on.
    pub(super) async fn run(
        &mut self,
        mut records: mpsc::Receiver<Found>,
        output: &mut Output,
    ) -> Result<Ended, Failure> {
        let mut attempts = 0;
        let mut input_ended = false;
        loop {
            let settled_before = self.book.settled_count();
            let status = match self.stream(&mut records, &mut input_ended, output).await {
                Ok(ended) => return Ok(ended),
                Err(Broken::Stop(failure)) => return Err(failure),
                Err(Broken::Lost(status)) => status,
            };
            if self.book.settled_count() > settled_before {
                attempts = 0;
            }
            self.book.unsend();
            loop {
                if attempts >= self.retries {
                    return Err(Failure::Unreachable(format!("the connection was lost: {}", status.message())));
                }
                let wait = (BACK_OFF_FIRST * 2u32.saturating_pow(attempts.min(16))).min(BACK_OFF_LAST);
                attempts += 1;
                self.book.tell(
                    &format!("connection lost ({}); trying again in {:.1} s", status.message(), wait.as_secs_f64()),
                    output,
                )?;
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    _ = self.interrupt.recv() => return Ok(Ended::Interrupted),
                }
                match Client::connect(self.client.url()).await {
                    Ok(client) => {
                        self.client = client;
                        break;
                    }
                    Err(ConnectError::NoAnswer { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// One ingest call, from what is waiting to the end of the input.
    async fn stream(
        &mut self,
        records: &mut mpsc::Receiver<Found>,
        input_ended: &mut bool,
        output: &mut Output,
    ) -> Result<Ended, Broken> {
        let mut stream = IngestStream::begin(&self.client);
        let mut found = Vec::new();
        let mut stop_by: Option<tokio::time::Instant> = None;
        loop {
            if stop_by.is_none() {
                self.send(&mut stream);
            }
            let nothing_left = stream.unacknowledged() == 0 && (stop_by.is_some() || self.book.is_all_sent());
            if nothing_left && (*input_ended || stop_by.is_some()) {
                stream.finish();
                // The server ends the call in order; nothing is lost where it does not.
                let _ = tokio::time::timeout(FINISH_PATIENCE, stream.acknowledgements()).await;
                return Ok(if stop_by.is_some() { Ended::Interrupted } else { Ended::Complete });
            }
            let may_read = stop_by.is_none()
                && !*input_ended
                && self.book.is_all_sent()
                && stream.room() > 0
                && self.book.waiting_bytes() < UNACKNOWLEDGED_BYTES_MAX;
            tokio::select! {
                answer = stream.acknowledgements() => match answer {
                    Ok(Some(acknowledgements)) => self.book.settle(&acknowledgements, output)?,
                    Ok(None) => return Err(Broken::Lost(Status::unavailable("the server ended the call"))),
                    Err(status) if is_connection_lost(&status) => return Err(Broken::Lost(status)),
                    Err(status) => return Err(Broken::Stop(status.into())),
                },
                count = records.recv_many(&mut found, MESSAGE_MENTIONS_MAX), if may_read => {
                    if count == 0 {
                        return Err(Broken::Stop(Failure::Failed("the reader of the input stopped".to_owned())));
                    }
                    for one in found.drain(..) {
                        *input_ended |= self.book.take(one, output)?;
                    }
                    self.book.settle_front(output)?;
                }
                _ = self.interrupt.recv(), if stop_by.is_none() => {
                    stop_by = Some(tokio::time::Instant::now() + INTERRUPT_PATIENCE);
                    self.book.tell("stopping; waiting for what is on its way", output)?;
                }
                () = sleep_until(stop_by), if stop_by.is_some() => return Ok(Ended::Interrupted),
            }
        }
    }

    /// Sends what waits, as far as there is room.
    fn send(&mut self, stream: &mut IngestStream) {
        while let Some((mentions, reached)) = self.book.unsent(stream.room()) {
            // A call that has ended says why with its acknowledgements.
            if !mentions.is_empty() && stream.send(mentions).is_err() {
                return;
            }
            self.book.sent(reached);
        }
    }
}

async fn sleep_until(deadline: Option<tokio::time::Instant>) {
    if let Some(deadline) = deadline {
        tokio::time::sleep_until(deadline).await;
    }
}
