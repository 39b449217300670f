use std::{
    collections::VecDeque,
    path::Path,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};
use tonic::Status;

use super::{
    rejected::RejectedFile,
    resume::Progress,
    source::{Found, Position, Record},
    summary::Summary,
    value::Fault,
};
use crate::{
    cli::{exit::Failure, output::Output},
    client::{Client, ConnectError, IngestStream, is_connection_lost},
    proto::v1::{Acknowledgement, Mention, Outcome},
};

/// Mentions in one message: more save nothing, fewer cost calls.
const MESSAGE_MENTIONS_MAX: usize = 200;
/// Bytes of mentions in one message: half of what the server takes.
const MESSAGE_BYTES_MAX: usize = crate::base::limits::MESSAGE_BYTES_MAX / 2;
/// Bytes of mentions on their way: bounds memory where mentions are large.
const UNACKNOWLEDGED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How often the book is written.
const SAVE_INTERVAL: Duration = Duration::from_secs(2);
/// Wait before the first attempt to come back; doubles with each.
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
/// The longest wait between two attempts.
const BACK_OFF_LAST: Duration = Duration::from_secs(15);
/// How long Ctrl-C waits for acknowledgements under way.
const INTERRUPT_PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of a call whose mentions are all acknowledged may take.
const FINISH_PATIENCE: Duration = Duration::from_secs(1);
/// Rejections told on standard error; all of them are counted and, where there is a file, written.
const REJECTIONS_TOLD_MAX: u64 = 5;

/// How a run ended that nothing failed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Complete,
    Interrupted,
}

/// A record that has not been settled, or waits behind one.
struct Waiting {
    line: u64,
    end: Position,
    original: Value,
    bytes: usize,
    /// A fault: rejected here, never sent, and told when its turn comes, so that nothing is told twice after an interruption.
    mention: Result<Mention, Fault>,
}

/// Keeps the ingest stream full, and keeps book.
pub(super) struct Sender<'a> {
    client: Client,
    retries: u32,
    /// In the order of the input; those before `unsent_from` are on their way.
    waiting: VecDeque<Waiting>,
    unsent_from: usize,
    waiting_bytes: usize,
    summary: Summary,
    rejected: RejectedFile,
    progress: Option<Progress>,
    file: Option<&'a Path>,
    saved_at: Instant,
    bar: ProgressBar,
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
    pub(super) fn new(
        client: Client,
        retries: u32,
        rejected: RejectedFile,
        progress: Option<Progress>,
        file: Option<&'a Path>,
        bar: ProgressBar,
    ) -> Result<Self, Failure> {
        let interrupt = signal(SignalKind::interrupt())
            .map_err(|error| Failure::Failed(format!("cannot listen for signals: {error}")))?;
        Ok(Self {
            client,
            retries,
            waiting: VecDeque::new(),
            unsent_from: 0,
            waiting_bytes: 0,
            summary: Summary::default(),
            rejected,
            progress,
            file,
            saved_at: Instant::now(),
            bar,
            interrupt,
        })
    }

    pub(super) fn rejected(&self) -> &RejectedFile {
        &self.rejected
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
            let settled_before = self.summary.records;
            let status = match self.stream(&mut records, &mut input_ended, output).await {
                Ok(ended) => return Ok(ended),
                Err(Broken::Stop(failure)) => return Err(failure),
                Err(Broken::Lost(status)) => status,
            };
            if self.summary.records > settled_before {
                attempts = 0;
            }
            self.unsent_from = 0;
            loop {
                if attempts >= self.retries {
                    return Err(Failure::Unreachable(format!("the connection was lost: {}", status.message())));
                }
                let wait = (BACK_OFF_FIRST * 2u32.saturating_pow(attempts.min(16))).min(BACK_OFF_LAST);
                attempts += 1;
                self.tell(
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
            let nothing_left =
                stream.unacknowledged() == 0 && (stop_by.is_some() || self.unsent_from == self.waiting.len());
            if nothing_left && (*input_ended || stop_by.is_some()) {
                stream.finish();
                // The server ends the call in order; nothing is lost where it does not.
                let _ = tokio::time::timeout(FINISH_PATIENCE, stream.acknowledgements()).await;
                return Ok(if stop_by.is_some() { Ended::Interrupted } else { Ended::Complete });
            }
            let may_read = stop_by.is_none()
                && !*input_ended
                && self.unsent_from == self.waiting.len()
                && stream.room() > 0
                && self.waiting_bytes < UNACKNOWLEDGED_BYTES_MAX;
            tokio::select! {
                answer = stream.acknowledgements() => match answer {
                    Ok(Some(acknowledgements)) => self.settle(&acknowledgements, output)?,
                    Ok(None) => return Err(Broken::Lost(Status::unavailable("the server ended the call"))),
                    Err(status) if is_connection_lost(&status) => return Err(Broken::Lost(status)),
                    Err(status) => return Err(Broken::Stop(status.into())),
                },
                count = records.recv_many(&mut found, MESSAGE_MENTIONS_MAX), if may_read => {
                    if count == 0 {
                        return Err(Broken::Stop(Failure::Failed("the reader of the input stopped".to_owned())));
                    }
                    for one in found.drain(..) {
                        *input_ended |= self.take(one, output)?;
                    }
                    self.settle_front(output)?;
                }
                _ = self.interrupt.recv(), if stop_by.is_none() => {
                    stop_by = Some(tokio::time::Instant::now() + INTERRUPT_PATIENCE);
                    self.tell("stopping; waiting for what is on its way", output)?;
                }
                () = sleep_until(stop_by), if stop_by.is_some() => return Ok(Ended::Interrupted),
            }
        }
    }

    /// Takes what the reader found; whether it was the end.
    fn take(&mut self, found: Found, output: &mut Output) -> Result<bool, Failure> {
        match found {
            Found::Record(Record { line, end, original, mention }) => {
                let mention = mention.map(|mention| *mention);
                let bytes = mention.as_ref().map_or(0, prost::Message::encoded_len);
                self.waiting_bytes += bytes;
                self.waiting.push_back(Waiting { line, end, original, bytes, mention });
                Ok(false)
            }
            Found::Broken(message) => Err(Failure::Failed(message)),
            Found::End(unknown) => {
                for key in unknown {
                    self.tell(&format!("nothing is known of the key `{key}`; it was left out"), output)?;
                }
                Ok(true)
            }
        }
    }

    /// Sends what waits, as far as there is room.
    fn send(&mut self, stream: &mut IngestStream) {
        while self.unsent_from < self.waiting.len() {
            let room = stream.room().min(MESSAGE_MENTIONS_MAX);
            let (mut mentions, mut bytes, mut reached) = (Vec::new(), 0, self.unsent_from);
            for waiting in self.waiting.range(self.unsent_from..) {
                if let Ok(mention) = &waiting.mention {
                    if mentions.len() == room || (bytes + waiting.bytes > MESSAGE_BYTES_MAX && !mentions.is_empty()) {
                        break;
                    }
                    bytes += waiting.bytes;
                    mentions.push(mention.clone());
                }
                reached += 1;
            }
            if reached == self.unsent_from {
                return;
            }
            if !mentions.is_empty() && stream.send(mentions).is_err() {
                // The call has ended; its acknowledgements say why.
                return;
            }
            self.unsent_from = reached;
        }
    }

    fn settle(&mut self, acknowledgements: &[Acknowledgement], output: &mut Output) -> Result<(), Failure> {
        for acknowledgement in acknowledgements {
            self.settle_front(output)?;
            let Some(waiting) = self.pop() else {
                return Err(Failure::Failed("the server acknowledged more than was sent".to_owned()));
            };
            if acknowledgement.outcome() == Outcome::Rejected {
                let rejection = acknowledgement.rejection.clone().unwrap_or_default();
                let fault = Fault::new(rejection.field, rejection.message);
                self.reject(waiting.line, &fault, &waiting.original, output)?;
            } else {
                self.summary.add(acknowledgement.outcome(), acknowledgement.seq);
            }
        }
        self.settle_front(output)
    }

    /// Tells and takes away those at the front that are rejected here: nothing before them is open any more.
    fn settle_front(&mut self, output: &mut Output) -> Result<(), Failure> {
        while self.waiting.front().is_some_and(|waiting| waiting.mention.is_err()) {
            if let Some(Waiting { line, original, mention: Err(fault), .. }) = self.pop() {
                self.reject(line, &fault, &original, output)?;
            }
        }
        self.bar.set_message(format!(
            "{:.0} mentions/s",
            self.summary.records as f64 / self.bar.elapsed().as_secs_f64().max(0.001)
        ));
        if self.saved_at.elapsed() >= SAVE_INTERVAL {
            self.save(output)?;
        }
        Ok(())
    }

    fn pop(&mut self) -> Option<Waiting> {
        let waiting = self.waiting.pop_front()?;
        self.unsent_from = self.unsent_from.saturating_sub(1);
        self.waiting_bytes -= waiting.bytes;
        if let Some(progress) = &mut self.progress {
            progress.advance(waiting.end);
        }
        self.bar.set_position(waiting.end.byte);
        Some(waiting)
    }

    fn reject(&mut self, line: u64, fault: &Fault, original: &Value, output: &mut Output) -> Result<(), Failure> {
        self.summary.add_rejected();
        self.rejected.add(line, fault, original).map_err(Failure::Failed)?;
        let told = match self.rejected.count() {
            count if count < REJECTIONS_TOLD_MAX => "",
            REJECTIONS_TOLD_MAX => " (further ones are not told here)",
            _ => return Ok(()),
        };
        let field = if fault.field.is_empty() { String::new() } else { format!("{} ", fault.field) };
        self.tell(&format!("line {line}: {field}{}{told}", fault.message), output)
    }

    /// Writes the book and the rejected ones; a book that cannot be written is worth a warning, once, and nothing more.
    fn save(&mut self, output: &mut Output) -> Result<(), Failure> {
        self.saved_at = Instant::now();
        self.rejected.flush().map_err(Failure::Failed)?;
        if let (Some(progress), Some(file)) = (&self.progress, self.file)
            && let Err(message) = progress.save(file)
        {
            self.progress = None;
            self.tell(&message, output)?;
        }
        Ok(())
    }

    /// Says something without tearing the progress bar.
    fn tell(&self, message: &str, output: &mut Output) -> Result<(), Failure> {
        self.bar.suspend(|| output.warning(message))
    }

    /// Ends the book: taken away when the input is in, kept otherwise. Gives what has been counted.
    pub(super) fn close(&mut self, is_complete: bool, output: &mut Output) -> Result<Summary, Failure> {
        self.bar.finish_and_clear();
        self.save(output)?;
        if let (true, Some(file)) = (is_complete && self.progress.is_some(), self.file) {
            Progress::remove(file).map_err(Failure::Failed)?;
        }
        Ok(self.summary.clone())
    }
}

async fn sleep_until(deadline: Option<tokio::time::Instant>) {
    if let Some(deadline) = deadline {
        tokio::time::sleep_until(deadline).await;
    }
}

/// Bytes of the file and mentions a second; only counts where the input has no size, and nothing where nobody would see it.
pub(super) fn progress_bar(is_shown: bool, size_bytes: Option<u64>, from_byte: u64) -> ProgressBar {
    let (target, form) = match size_bytes {
        Some(_) => (ProgressDrawTarget::stderr(), "{wide_bar} {bytes}/{total_bytes}  {msg}  {eta} left"),
        None => (ProgressDrawTarget::stderr(), "{spinner} {bytes}  {msg}"),
    };
    let bar = ProgressBar::with_draw_target(size_bytes, if is_shown { target } else { ProgressDrawTarget::hidden() });
    bar.set_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_position(from_byte);
    bar.reset_eta();
    bar
}
