use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::Progress;
use crate::{
    base::Seq,
    index::{self, Index, IndexWriter},
    store,
};

/// Versions read from the log at once. Bounds the memory of a follower that is far behind.
const BATCH_VERSIONS_MAX: usize = 1024;
/// Bytes read from the log at once.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A commit makes new mentions searchable, and costs about the same for one as for thousands. A quiet server commits at once;
/// a loaded one waits so long that commits take at most a ninth of the time, as far as [`SEARCHABLE_GOAL`] lets it.
const COMMIT_WAIT_FACTOR: u32 = 8;
/// The shortest time between two commits.
const COMMIT_WAIT_MIN: Duration = Duration::from_millis(40);
/// How late a mention may be searchable after it came. One that comes when a commit has just begun waits for that commit, for the
/// time between two, and for its own. A second is what is promised; a fifth of it is left for a disk that stumbles.
const SEARCHABLE_GOAL: Duration = Duration::from_millis(800);
/// Versions recorded and not yet given to the index: what it takes in during half a second.
const LAG_VERSIONS_MAX: u64 = 8192;
/// How long one message of mentions waits for the index at most.
const LAG_WAIT_MAX: Duration = Duration::from_millis(100);
/// How long a stop waits until everything recorded is in the index; what is left is made good after the next start.
const STOP_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long to leave a failing disk alone at first; the wait doubles, for opening the index again reads all of it.
const RETRY_WAIT_MIN: Duration = Duration::from_secs(1);
/// The longest wait: an index that is behind for longer than its disk is full for would surprise.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(30);

/// Brings every version into the index. It may be killed at any moment: it goes on after the seq of its last commit.
#[derive(Debug)]
pub struct IndexFollower {
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: watch::Sender<bool>,
    progress: Arc<Progress>,
    recorded: watch::Receiver<Seq>,
    applied: watch::Receiver<Seq>,
}

impl IndexFollower {
    /// Starts the follower's thread.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(writer: IndexWriter, index: Arc<Index>, store: store::Reader) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let progress = Arc::new(Progress::new(writer.seq()));
        let (applied_to, applied) = watch::channel(writer.seq());
        let recorded = store.wake_ups();
        let follower =
            Follower { wake_ups: store.wake_ups(), stopped, progress: Arc::clone(&progress), applied_to, index, store };
        let thread = std::thread::Builder::new().name("index-follower".into()).spawn(move || {
            follower.run(writer);
        })?;
        Ok(Self { thread: Mutex::new(Some(thread)), stop, progress, recorded, applied })
    }

    /// Waits while more is recorded than the index keeps up with: else a feed that is faster than the index would be found later
    /// and later. An index that is made anew from the log slows a feed down, and never stops it.
    pub async fn keep_up(&self) {
        let is_near = |applied: Seq, recorded: Seq| recorded.0.saturating_sub(applied.0) <= LAG_VERSIONS_MAX;
        if is_near(*self.applied.borrow(), *self.recorded.borrow()) {
            return;
        }
        let mut applied = self.applied.clone();
        let near = applied.wait_for(|applied| is_near(*applied, *self.recorded.borrow()));
        // Whether it is near, or gone, or the wait was long enough: what comes now is recorded.
        let _ = tokio::time::timeout(LAG_WAIT_MAX, near).await;
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Commits what is applied and waits for the thread. Blocking.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the index follower panicked; the index is made good from the log at the next start");
        }
    }
}

struct Follower {
    wake_ups: watch::Receiver<Seq>,
    stopped: watch::Receiver<bool>,
    progress: Arc<Progress>,
    /// How far the writer has been given the log, committed or not.
    applied_to: watch::Sender<Seq>,
    index: Arc<Index>,
    store: store::Reader,
}

/// Why the loop over the log ended.
enum End {
    Stopped,
    Failed(Error),
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Index(#[from] index::Error),
    #[error("the index follower panicked (the log says where); it begins again from its last commit")]
    Panicked,
}

/// How long to wait with the next commit when the last one took so long.
fn commit_wait_after(took: Duration) -> Duration {
    // Where commits alone come to more than the goal, half of the time is still left for what they commit.
    let wait_max = SEARCHABLE_GOAL.saturating_sub(took * 2).max(took);
    (took * COMMIT_WAIT_FACTOR).max(COMMIT_WAIT_MIN).min(wait_max.max(COMMIT_WAIT_MIN))
}

impl Follower {
    fn run(mut self, writer: IndexWriter) {
        let Ok(waiting) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
            tracing::error!("no runtime for the index follower");
            return;
        };
        let mut writer = Some(writer);
        let mut retry_wait = RETRY_WAIT_MIN;
        let mut failed_at = Seq::ZERO;
        loop {
            let end = match writer.take() {
                // A panic, ours or of the index, stops it no longer than a disk that fails does.
                Some(writer) => catch_unwind(AssertUnwindSafe(|| self.follow(writer, &waiting)))
                    .unwrap_or(End::Failed(Error::Panicked)),
                None => match self.index.reopen_writer(self.store.last_seq()) {
                    Ok(reopened) => {
                        if reopened.seq() >= self.store.last_seq() {
                            // Nothing is left to do by which it would be seen that it works again.
                            self.progress.advance(reopened.seq());
                        }
                        writer = Some(reopened);
                        continue;
                    }
                    Err(error) => End::Failed(error.into()),
                },
            };
            match end {
                End::Stopped => return,
                End::Failed(error) => {
                    tracing::error!(%error, "the index follower waits and tries again");
                    self.progress.stop_at(&error);
                    // What went well in between begins the waiting anew.
                    retry_wait = if self.progress.seq() > failed_at {
                        RETRY_WAIT_MIN
                    } else {
                        (retry_wait * 2).min(RETRY_WAIT_MAX)
                    };
                    failed_at = self.progress.seq();
                    let stopped = waiting.block_on(async {
                        tokio::time::timeout(retry_wait, self.stopped.wait_for(|stopped| *stopped)).await.is_ok()
                    });
                    if stopped {
                        return;
                    }
                }
            }
        }
    }

    fn follow(&mut self, mut writer: IndexWriter, waiting: &tokio::runtime::Runtime) -> End {
        let mut applied = writer.seq();
        // What an earlier run has left is due at once.
        let mut committed_at = Instant::now().checked_sub(COMMIT_WAIT_MIN).unwrap_or_else(Instant::now);
        let mut commit_wait = COMMIT_WAIT_MIN;
        let mut stopped_at: Option<Instant> = None;
        loop {
            // Asked before reading: what is recorded before the stop is read after it.
            let is_stopped = *self.stopped.borrow();
            let reached = match self.apply_batch(&mut writer, applied) {
                Ok(reached) => reached,
                Err(error) => return End::Failed(error),
            };
            let is_behind = reached != applied;
            applied = reached;
            self.applied_to.send_replace(applied);

            let is_last =
                is_stopped && (!is_behind || stopped_at.get_or_insert_with(Instant::now).elapsed() >= STOP_WAIT_MAX);
            let is_due = is_last || committed_at.elapsed() >= commit_wait;
            if applied > writer.seq() && is_due {
                let began = Instant::now();
                if let Err(error) = writer.commit(applied) {
                    return End::Failed(error.into());
                }
                committed_at = Instant::now();
                commit_wait = commit_wait_after(committed_at - began);
                self.progress.advance(applied);
            }
            if is_last {
                if let Err(error) = writer.close() {
                    tracing::warn!(%error, "the index was not closed in order; it goes on from its last commit");
                }
                return End::Stopped;
            }
            if !is_behind {
                let rest = (applied > writer.seq()).then(|| commit_wait.saturating_sub(committed_at.elapsed()));
                waiting.block_on(self.wait(applied, rest));
            }
        }
    }

    /// Brings the next versions in and says how far it got.
    fn apply_batch(&self, writer: &mut IndexWriter, applied: Seq) -> Result<Seq, Error> {
        let versions = self.store.versions_after(applied, BATCH_VERSIONS_MAX, BATCH_BYTES_MAX)?;
        for version in &versions {
            writer.apply(version)?;
        }
        Ok(versions.last().map_or(applied, |version| version.seq))
    }

    /// Until there is a version after `applied`, or a commit is due, or the end has come.
    async fn wait(&mut self, applied: Seq, commit_due: Option<Duration>) {
        let commit = async {
            match commit_due {
                Some(rest) => tokio::time::sleep(rest).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.wake_ups.wait_for(|seq| *seq > applied) => {}
            _ = self.stopped.wait_for(|stopped| *stopped) => {}
            () = commit => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_rare_while_they_cost_and_in_time_for_the_goal() {
        for (took_ms, wait_ms) in
            [(0, 40), (4, 40), (30, 240), (80, 640), (100, 600), (200, 400), (300, 300), (900, 900)]
        {
            let took = Duration::from_millis(took_ms);
            assert_eq!(commit_wait_after(took), Duration::from_millis(wait_ms), "after {took_ms} ms");
            let is_in_time = took * 2 + commit_wait_after(took) <= SEARCHABLE_GOAL;
            assert!(is_in_time || took * 3 > SEARCHABLE_GOAL, "after {took_ms} ms");
        }
    }
}
