use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{Progress, alert_book::Book, change::Step};
use crate::{
    base::{Clock, Seq},
    model::{AlertPosition, AlertState, Firing},
    query::Query,
    store,
};

/// Versions read from the log at once.
const BATCH_VERSIONS_MAX: usize = 256;
/// Bytes read from the log at once.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Firings recorded at once; versions are not looked at further until they are on disk.
const FIRINGS_AT_ONCE_MAX: usize = 1024;
/// Versions counted in memory before that is recorded, where nothing fires: what a start has to count again.
const UNRECORDED_VERSIONS_MAX: u64 = 4096;
/// How long what was counted stays in memory alone, where nothing fires.
const UNRECORDED_WAIT: Duration = Duration::from_secs(5);
/// How often the clock is looked at while a silence is waited for.
const CLOCK_WAIT: Duration = Duration::from_millis(500);
/// How long to leave a store alone that fails.
const RETRY_WAIT: Duration = Duration::from_secs(1);

/// What the follower needs of those above it. Called from a thread of its own; may block.
pub trait AlertDesk: Send + 'static {
    /// What a saved search asks for at present, or why it asks for nothing.
    ///
    /// # Errors
    /// For people.
    fn query(&self, saved_search: &str) -> Result<Query, String>;

    /// Makes a step durable, all of it or nothing.
    ///
    /// # Errors
    /// For people: whether it is durable is not known.
    fn record(&self, step: AlertStep) -> Result<AlertStepOutcome, String>;
}

/// What was counted from one place of the log to another.
#[derive(Clone, Debug)]
pub struct AlertStep {
    /// Where the step began; if it is somewhere else by now, or alerts were edited, the step is outdated.
    pub from: AlertPosition,
    /// Everything up to here is counted.
    pub to: Seq,
    /// It counts time as well: if the log has gone on behind `to`, the step is outdated.
    pub is_at_end: bool,
    /// What has changed of what alerts remember, by their ids.
    pub states: Vec<(String, AlertState)>,
    /// In order, without numbers yet.
    pub firings: Vec<Firing>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertStepOutcome {
    /// It is on disk.
    Recorded(AlertPosition),
    /// It does not fit what is on disk, and nothing of it was recorded: read that and count again.
    Outdated,
}

/// Counts for all alerts what enters their saved searches, and fires.
///
/// What is counted, how far, and what fired become durable together, so whatever a crash takes away is counted again with the
/// same outcome, and nothing fires twice.
#[derive(Debug)]
pub struct AlertFollower {
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: watch::Sender<bool>,
    edits: watch::Sender<u64>,
    newest_firing: watch::Sender<u64>,
    progress: Arc<Progress>,
}

impl AlertFollower {
    /// Starts the follower's thread where the last one stopped.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        store: store::Reader,
        clock: Arc<dyn Clock>,
        last_firing: u64,
        desk: impl AlertDesk,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (edits, edited) = watch::channel(0);
        let newest_firing = watch::Sender::new(last_firing);
        let progress = Arc::new(Progress::new(Seq::ZERO));
        let follower = Follower {
            wake_ups: store.wake_ups(),
            store,
            clock,
            desk: Box::new(desk),
            stopped,
            edited,
            newest_firing: newest_firing.clone(),
            progress: Arc::clone(&progress),
            book: None,
        };
        let thread = std::thread::Builder::new().name("alert-follower".into()).spawn(move || follower.run())?;
        Ok(Self { thread: Mutex::new(Some(thread)), stop, edits, newest_firing, progress })
    }

    /// How far it is: all firings up to there are recorded.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Alerts, or what their saved searches ask for, have been edited.
    pub fn edited(&self) {
        self.edits.send_modify(|edits| *edits += 1);
    }

    /// Tells the number of the newest firing whenever there is a new one, after it is on disk.
    #[must_use]
    pub fn newest_firing(&self) -> watch::Receiver<u64> {
        self.newest_firing.subscribe()
    }

    /// Records what was counted and waits for the thread. Blocking.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the alert follower panicked; the next start counts again from what was recorded");
        }
    }
}

/// Without [`AlertFollower::stop`] the thread ends as soon as it can, and nobody waits for it.
impl Drop for AlertFollower {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

struct Follower {
    store: store::Reader,
    clock: Arc<dyn Clock>,
    desk: Box<dyn AlertDesk>,
    wake_ups: watch::Receiver<Seq>,
    stopped: watch::Receiver<bool>,
    edited: watch::Receiver<u64>,
    newest_firing: watch::Sender<u64>,
    progress: Arc<Progress>,
    /// Everything it counts; `None` where it has to be read from the store.
    book: Option<Book>,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("what was counted for alerts was not recorded: {0}")]
    NotRecorded(String),
    #[error("the alert follower panicked (the log says where); it counts again from what was recorded")]
    Panicked,
}

impl Follower {
    fn run(mut self) {
        let Ok(waiting) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
            tracing::error!("no runtime for the alert follower");
            return;
        };
        while !*self.stopped.borrow() {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn())).unwrap_or(Err(Error::Panicked));
            match turn {
                Ok(None) => {}
                Ok(Some(wait)) => waiting.block_on(self.wait(wait)),
                Err(error) => {
                    // Before the end nothing is recorded any more, and nothing is lost.
                    if *self.stopped.borrow() {
                        return;
                    }
                    tracing::error!(%error, "the alert follower waits and tries again");
                    self.progress.stop_at(&error);
                    self.book = None;
                    waiting.block_on(async {
                        // Whether the time or the end has come, the loop looks.
                        let _ = tokio::time::timeout(RETRY_WAIT, self.stopped.wait_for(|stopped| *stopped)).await;
                    });
                }
            }
        }
        if self.book.as_ref().is_some_and(Book::is_ahead)
            && let Err(error) = self.record(false)
        {
            tracing::warn!(%error, "the next start counts again for alerts what was not recorded");
        }
    }

    /// Counts the next versions; where there are none, says how long to wait at most.
    fn turn(&mut self) -> Result<Option<Wait>, Error> {
        if self.edited.has_changed().unwrap_or(false) {
            // What was counted so far was counted by what was asked for so far.
            if self.book.as_ref().is_some_and(Book::is_ahead) {
                self.record(false)?;
            }
            self.book = None;
        }
        let mut book = match self.book.take() {
            Some(book) => book,
            None => self.load()?,
        };
        if book.is_empty() {
            let newest = self.store.last_seq();
            self.progress.advance(newest);
            self.book = Some(book);
            return Ok(Some(Wait { after: newest, at_most: None }));
        }
        let versions = self.store.versions_after(book.reached(), BATCH_VERSIONS_MAX, BATCH_BYTES_MAX)?;
        if versions.is_empty() {
            return self.rest(book);
        }
        let needed = book.needed();
        for version in versions {
            let seq = version.seq;
            book.time_passes(version.recorded_at);
            if book.watches_something() {
                book.observe(&Step::read(version, &needed, &self.store)?);
            }
            book.reach(seq);
            if book.firings() >= FIRINGS_AT_ONCE_MAX {
                break;
            }
        }
        let is_due = book.firings() > 0 || book.unrecorded_versions() >= UNRECORDED_VERSIONS_MAX;
        let reached = book.reached();
        self.book = Some(book);
        if !is_due || self.record(false)? {
            self.progress.advance(reached);
        }
        Ok(None)
    }

    /// The log has no more: looks at the clock, and says how long to wait.
    fn rest(&mut self, mut book: Book) -> Result<Option<Wait>, Error> {
        book.time_passes(self.clock.now());
        let (reached, fires) = (book.reached(), book.firings() > 0);
        let is_due = fires || (book.is_changed() && book.recorded_at().elapsed() >= UNRECORDED_WAIT);
        let at_most = match (book.waits_for_silence(), book.is_changed()) {
            (true, _) => Some(CLOCK_WAIT),
            (false, true) => Some(UNRECORDED_WAIT.saturating_sub(book.recorded_at().elapsed())),
            (false, false) => None,
        };
        self.book = Some(book);
        if is_due {
            self.record(fires)?;
            return Ok(None);
        }
        self.progress.advance(reached);
        Ok(Some(Wait { after: reached, at_most }))
    }

    fn load(&mut self) -> Result<Book, Error> {
        // Before reading: an edit that comes meanwhile is noticed once more.
        self.edited.mark_unchanged();
        let kept = self.store.alert_book()?;
        let oldest = self.store.oldest_seq();
        Ok(Book::open(kept, oldest, |saved_search| self.desk.query(saved_search)))
    }

    /// Makes what was counted durable. False where it was outdated; then it is read and counted anew.
    fn record(&mut self, is_at_end: bool) -> Result<bool, Error> {
        let Some(mut book) = self.book.take() else { return Ok(false) };
        match self.desk.record(book.step(is_at_end)).map_err(Error::NotRecorded)? {
            AlertStepOutcome::Recorded(position) => {
                book.recorded(position, Instant::now());
                self.book = Some(book);
                self.newest_firing
                    .send_if_modified(|newest| std::mem::replace(newest, position.last_firing) != position.last_firing);
                Ok(true)
            }
            AlertStepOutcome::Outdated => Ok(false),
        }
    }

    /// Until there is a version to look at, or an edit, or the time or the end has come.
    async fn wait(&mut self, wait: Wait) {
        let time = async {
            match wait.at_most {
                Some(at_most) => tokio::time::sleep(at_most).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.wake_ups.wait_for(|seq| *seq > wait.after) => {}
            // Marked as seen where the edit is read.
            _ = self.edited.changed() => self.edited.mark_changed(),
            _ = self.stopped.wait_for(|stopped| *stopped) => {}
            () = time => {}
        }
    }
}

struct Wait {
    after: Seq,
    at_most: Option<Duration>,
}
