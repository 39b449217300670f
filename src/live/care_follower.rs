use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::watch;

use super::Progress;
use crate::{
    base::{Clock, Seq},
    care::Queue,
    model::MentionNumber,
    store,
};

/// Versions read from the log at once.
const BATCH_VERSIONS_MAX: usize = 256;
/// Bytes read from the log at once.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Open mentions read at once at the start.
const OPEN_BATCH: usize = 1000;
/// Mentions of which time changes something that are recorded at once.
const TICKS_AT_ONCE_MAX: usize = 500;
/// How often the clock is looked at while a moment is waited for.
const CLOCK_WAIT: Duration = Duration::from_millis(500);
/// How long to leave a store alone that fails.
const RETRY_WAIT: Duration = Duration::from_secs(1);

/// What the follower needs of those above it. Called from a thread of its own; may block.
pub trait TimeKeeper: Send + 'static {
    /// Records what time has done to these mentions.
    ///
    /// # Errors
    /// For people: whether it is durable is not known.
    fn record(&self, mentions: Vec<MentionNumber>) -> Result<(), String>;
}

/// Keeps the queue of the care desk in memory, and sees to it that what must happen by the clock is recorded: the end of a claim, of a
/// snooze, of a promise.
///
/// The queue is made from the log at every start; what should have happened while the server was down is recorded then.
#[derive(Debug)]
pub struct CareFollower {
    queue: Arc<Mutex<Queue>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: watch::Sender<bool>,
    progress: Arc<Progress>,
    reached: watch::Receiver<Seq>,
}

impl CareFollower {
    /// Starts the follower's thread.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(store: store::Reader, clock: Arc<dyn Clock>, time_keeper: impl TimeKeeper) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (advance, reached) = watch::channel(Seq::ZERO);
        let (queue, progress) = (Arc::default(), Arc::new(Progress::new(Seq::ZERO)));
        let follower = Follower {
            wake_ups: store.wake_ups(),
            store,
            clock,
            time_keeper: Box::new(time_keeper),
            stopped,
            advance,
            progress: Arc::clone(&progress),
            queue: Arc::clone(&queue),
            is_loaded: false,
        };
        let thread = std::thread::Builder::new().name("care-follower".into()).spawn(move || follower.run())?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)), stop, progress, reached })
    }

    /// How far it is: the queue holds all that was recorded up to there.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// The queue. Held only for as long as it takes to look.
    pub fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    /// Waits until the queue holds all that was recorded up to here. False where the follower has ended.
    pub async fn reach(&self, seq: Seq) -> bool {
        self.reached.clone().wait_for(|reached| *reached >= seq).await.is_ok()
    }

    /// Waits for the thread. Blocking.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the care follower panicked; the next start makes the queue anew");
        }
    }
}

/// Without [`CareFollower::stop`] the thread ends as soon as it can, and nobody waits for it.
impl Drop for CareFollower {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

struct Follower {
    store: store::Reader,
    clock: Arc<dyn Clock>,
    time_keeper: Box<dyn TimeKeeper>,
    wake_ups: watch::Receiver<Seq>,
    stopped: watch::Receiver<bool>,
    advance: watch::Sender<Seq>,
    progress: Arc<Progress>,
    queue: Arc<Mutex<Queue>>,
    is_loaded: bool,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("what the clock says of mentions was not recorded: {0}")]
    NotRecorded(String),
    #[error("the care follower panicked (the log says where); it makes the queue anew")]
    Panicked,
}

impl Follower {
    fn run(mut self) {
        let Ok(waiting) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
            tracing::error!("no runtime for the care follower");
            return;
        };
        while !*self.stopped.borrow() {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn())).unwrap_or(Err(Error::Panicked));
            match turn {
                Ok(None) => {}
                Ok(Some(at_most)) => waiting.block_on(self.wait(at_most)),
                Err(error) => {
                    if *self.stopped.borrow() {
                        return;
                    }
                    tracing::error!(%error, "the care follower waits and tries again");
                    self.progress.stop_at(&error);
                    if matches!(error, Error::Panicked) {
                        self.is_loaded = false;
                    }
                    waiting.block_on(async {
                        // Whether the time or the end has come, the loop looks.
                        let _ = tokio::time::timeout(RETRY_WAIT, self.stopped.wait_for(|stopped| *stopped)).await;
                    });
                }
            }
        }
    }

    /// Takes over the next versions; where there are none, records what the clock says, or says how long to wait at most.
    fn turn(&mut self) -> Result<Option<Duration>, Error> {
        if !self.is_loaded {
            self.load()?;
            self.is_loaded = true;
        }
        let reached = lock(&self.queue).reached();
        let versions = self.store.versions_after(reached, BATCH_VERSIONS_MAX, BATCH_BYTES_MAX)?;
        if let Some(last) = versions.last() {
            let mut queue = lock(&self.queue);
            versions.iter().for_each(|version| queue.record(version));
            drop(queue);
            self.reach(last.seq);
            return Ok(None);
        }
        self.reach(reached);
        let now = self.clock.now();
        let ticking = lock(&self.queue).ticking(now, TICKS_AT_ONCE_MAX);
        if ticking.is_empty() {
            return Ok(Some(lock(&self.queue).next_tick().map_or(Duration::MAX, |_| CLOCK_WAIT)));
        }
        self.time_keeper.record(ticking).map_err(Error::NotRecorded)?;
        // Where nothing came of it, the same would be tried again at once.
        Ok((self.store.last_seq() == reached).then_some(CLOCK_WAIT))
    }

    /// Makes the queue from what is open in the store; the log goes on behind it.
    fn load(&mut self) -> Result<(), Error> {
        let from = self.store.last_seq();
        let mut queue = Queue::default();
        let mut after = MentionNumber(0);
        loop {
            let open = self.store.open_mentions_after(after, OPEN_BATCH)?;
            let Some((last, _)) = open.last() else { break };
            after = *last;
            for (_, seq) in open {
                queue.record_at_start(&*self.store.version(seq)?);
            }
            if *self.stopped.borrow() {
                return Ok(());
            }
        }
        queue.reach(from);
        *lock(&self.queue) = queue;
        Ok(())
    }

    fn reach(&self, seq: Seq) {
        self.progress.advance(seq);
        self.advance.send_if_modified(|reached| std::mem::replace(reached, seq) != seq);
    }

    /// Until there is a version to take over, or the time or the end has come.
    async fn wait(&mut self, at_most: Duration) {
        let reached = lock(&self.queue).reached();
        tokio::select! {
            _ = self.wake_ups.wait_for(|seq| *seq > reached) => {}
            _ = self.stopped.wait_for(|stopped| *stopped) => {}
            () = tokio::time::sleep(at_most) => {}
        }
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
