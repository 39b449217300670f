use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::{
    rejected::RejectedFile,
    resume::Progress,
    source::{Found, Position, Record},
    summary::Summary,
    value::Fault,
};
use crate::{
    cli::{exit::Failure, output::Output},
    proto::v1::{Acknowledgement, Mention, Outcome},
};

/// Mentions in one message: more save nothing, fewer cost calls.
pub(super) const MESSAGE_MENTIONS_MAX: usize = 200;
/// Bytes of mentions in one message: half of what the server takes.
const MESSAGE_BYTES_MAX: usize = crate::base::limits::MESSAGE_BYTES_MAX / 2;
/// How often the book is written.
const SAVE_INTERVAL: Duration = Duration::from_secs(2);
/// Rejections told on standard error; all of them are counted and, where there is a file, written.
const REJECTIONS_TOLD_MAX: u64 = 5;

/// A record that has not been settled, or waits behind one.
struct Waiting {
    line: u64,
    end: Position,
    original: Value,
    bytes: usize,
    /// A fault: rejected here, never sent, and told when its turn comes, so that nothing is told twice after an interruption.
    mention: Result<Mention, Fault>,
}

/// What has been read and is not settled, and what became of the rest.
pub(super) struct Book<'a> {
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
}

impl<'a> Book<'a> {
    /// An empty book; `progress` is kept beside `file`.
    pub(super) fn new(
        rejected: RejectedFile,
        progress: Option<Progress>,
        file: Option<&'a Path>,
        bar: ProgressBar,
    ) -> Self {
        Self {
            waiting: VecDeque::new(),
            unsent_from: 0,
            waiting_bytes: 0,
            summary: Summary::default(),
            rejected,
            progress,
            file,
            saved_at: Instant::now(),
            bar,
        }
    }

    /// Takes what the reader found; whether it was the end.
    pub(super) fn take(&mut self, found: Found, output: &mut Output) -> Result<bool, Failure> {
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

    /// The next message and the record it reaches to; `None` when all is sent or there is no room.
    pub(super) fn unsent(&self, room: usize) -> Option<(Vec<Mention>, usize)> {
        let room = room.min(MESSAGE_MENTIONS_MAX);
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
        (reached > self.unsent_from).then_some((mentions, reached))
    }

    /// Everything before this record is on its way.
    pub(super) fn sent(&mut self, reached: usize) {
        self.unsent_from = reached;
    }

    /// The connection is lost: everything that waits has to be sent again.
    pub(super) fn unsend(&mut self) {
        self.unsent_from = 0;
    }

    pub(super) fn is_all_sent(&self) -> bool {
        self.unsent_from == self.waiting.len()
    }

    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Records of this run that are settled.
    pub(super) fn settled_count(&self) -> u64 {
        self.summary.records
    }

    pub(super) fn rejected_file(&self) -> Option<&PathBuf> {
        self.rejected.written()
    }

    /// Settles the oldest that wait, in the order they were sent.
    pub(super) fn settle(&mut self, acknowledgements: &[Acknowledgement], output: &mut Output) -> Result<(), Failure> {
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
    pub(super) fn settle_front(&mut self, output: &mut Output) -> Result<(), Failure> {
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
    pub(super) fn tell(&self, message: &str, output: &mut Output) -> Result<(), Failure> {
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
