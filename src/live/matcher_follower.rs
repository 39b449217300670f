use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::{Event, Progress, Watch, change::Step};
use crate::{
    base::{Seq, limits::SUBSCRIBER_QUEUE_EVENTS_MAX},
    matcher::{QueryId, QuerySet},
    query::{Query, document::Needed},
    store,
};

/// Versions read from the log at once.
const BATCH_VERSIONS_MAX: usize = 256;
/// Bytes read from the log at once.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Changes of the set of queries that wait for the follower.
const COMMANDS_MAX: usize = 1024;
/// How long to leave a store alone that cannot be read.
const RETRY_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

/// Holds every version against all queries: those of live subscriptions, which it hands their events, and the saved ones.
#[derive(Debug)]
pub struct MatcherFollower {
    thread: Mutex<Option<JoinHandle<()>>>,
    commands: mpsc::Sender<Command>,
    stop: watch::Sender<bool>,
    progress: Arc<Progress>,
    catching_up: Arc<Semaphore>,
}

/// A saved search, compiled.
#[derive(Debug)]
pub struct SavedQuery {
    /// Its id.
    pub id: Arc<str>,
    /// What it asks.
    pub query: Query,
}

#[derive(Debug)]
enum Command {
    Join { watch: Arc<Watch>, joined: oneshot::Sender<Joined> },
    PutSaved(SavedQuery),
    RemoveSaved(Arc<str>),
}

/// A subscriber's place at the follower.
#[derive(Debug)]
pub(super) struct Joined {
    /// Events of versions after this one come through the queue.
    pub(super) after: Seq,
    /// Ends when the follower goes, or the subscriber fell so far behind that its queue was full.
    pub(super) events: mpsc::Receiver<Event>,
}

impl MatcherFollower {
    /// Starts the follower's thread behind the newest version: what is older is of use to nobody live.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(store: store::Reader, saved: Vec<SavedQuery>) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (commands, waiting_commands) = mpsc::channel(COMMANDS_MAX);
        let progress = Arc::new(Progress::new(store.last_seq()));
        let mut follower = Follower {
            wake_ups: store.wake_ups(),
            position: store.last_seq(),
            progress: Arc::clone(&progress),
            commands: waiting_commands,
            stopped,
            store,
            set: QuerySet::default(),
            needed: Needed::default(),
            recipients: HashMap::new(),
            subscribers: HashMap::new(),
            saved_ids: HashMap::new(),
            next_id: 0,
        };
        saved.into_iter().for_each(|saved| follower.put_saved(saved));
        let thread = std::thread::Builder::new().name("matcher-follower".into()).spawn(move || follower.run())?;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let catching_up = Arc::new(Semaphore::new(processors));
        Ok(Self { thread: Mutex::new(Some(thread)), commands, stop, progress, catching_up })
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Holds every version from now on against this saved search too.
    pub async fn put_saved(&self, saved: SavedQuery) {
        // It fails only when the follower is gone, and then nobody is served.
        let _ = self.commands.send(Command::PutSaved(saved)).await;
    }

    /// Forgets a saved search.
    pub async fn remove_saved(&self, id: Arc<str>) {
        let _ = self.commands.send(Command::RemoveSaved(id)).await;
    }

    /// What a subscription joins by; it outlives no follower.
    pub(super) fn door(&self) -> Door {
        Door {
            commands: self.commands.clone(),
            progress: Arc::clone(&self.progress),
            catching_up: Arc::clone(&self.catching_up),
        }
    }

    /// Ends the queues of all subscribers and waits for the thread. Blocking.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the matcher follower panicked");
        }
    }
}

/// What a subscription joins the follower by.
#[derive(Clone, Debug)]
pub(super) struct Door {
    commands: mpsc::Sender<Command>,
    pub(super) progress: Arc<Progress>,
    /// One permit for each processor: after a restart thousands read history at once, and what they would gain from more
    /// threads, ingest and search would lose by waiting behind them.
    pub(super) catching_up: Arc<Semaphore>,
}

impl Door {
    /// From the follower's position on, events come through a queue. `None` when the follower is gone.
    pub(super) async fn join(&self, watch: Arc<Watch>) -> Option<Joined> {
        let (joined, answer) = oneshot::channel();
        self.commands.send(Command::Join { watch, joined }).await.ok()?;
        answer.await.ok()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct SubscriberId(u64);

#[derive(Debug)]
struct Subscriber {
    watch: Arc<Watch>,
    events: mpsc::Sender<Event>,
    first_query: u64,
}

struct Follower {
    store: store::Reader,
    wake_ups: watch::Receiver<Seq>,
    position: Seq,
    progress: Arc<Progress>,
    commands: mpsc::Receiver<Command>,
    stopped: watch::Receiver<bool>,
    /// All queries: those of subscribers, and the saved ones.
    set: QuerySet,
    /// By the queries of the set, and by some that have left it: it only grows.
    needed: Needed,
    /// Whose query it is; saved ones are nobody's.
    recipients: HashMap<QueryId, SubscriberId>,
    subscribers: HashMap<SubscriberId, Subscriber>,
    saved_ids: HashMap<Arc<str>, QueryId>,
    next_id: u64,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the matcher follower panicked (the log says where); it tries the same version again")]
    Panicked,
}

impl Follower {
    fn run(mut self) {
        let Ok(waiting) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
            tracing::error!("no runtime for the matcher follower");
            return;
        };
        while !*self.stopped.borrow() {
            while let Ok(command) = self.commands.try_recv() {
                self.obey(command);
            }
            // What was delivered before a panic comes again afterwards; subscriptions pass over what they have had.
            let followed = catch_unwind(AssertUnwindSafe(|| self.follow_batch().map_err(Error::from)));
            match followed.unwrap_or(Err(Error::Panicked)) {
                Ok(true) => {}
                Ok(false) => waiting.block_on(self.wait()),
                Err(error) => {
                    tracing::error!(%error, "the matcher follower waits and tries again");
                    self.progress.stop_at(&error);
                    waiting.block_on(async {
                        // Whether the time or the end has come, the loop looks.
                        let _ = tokio::time::timeout(RETRY_WAIT, self.stopped.wait_for(|stopped| *stopped)).await;
                    });
                }
            }
        }
    }

    /// Until there is a version to look at, or a command, or the end has come.
    async fn wait(&mut self) {
        let position = self.position;
        let command = tokio::select! {
            _ = self.wake_ups.wait_for(|seq| *seq > position) => None,
            _ = self.stopped.wait_for(|stopped| *stopped) => None,
            command = self.commands.recv() => command,
        };
        if let Some(command) = command {
            self.obey(command);
        }
    }

    /// Evaluates the next versions; false where there are none.
    fn follow_batch(&mut self) -> Result<bool, store::Error> {
        let versions = self.store.versions_after(self.position, BATCH_VERSIONS_MAX, BATCH_BYTES_MAX)?;
        let is_empty = versions.is_empty();
        for version in versions {
            let seq = version.seq;
            if !self.set.is_empty() {
                let step = Step::read(version, &self.needed, &self.store)?;
                self.deliver(&step);
            }
            self.position = seq;
            // After the events are in their queues: who reads the position and then finds its queue empty has them all.
            self.progress.advance(seq);
        }
        Ok(!is_empty)
    }

    fn deliver(&mut self, step: &Step) {
        let (before, now) = step.matching(&self.set);
        let mut matches: HashMap<SubscriberId, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (ids, is_now) in [(before, false), (now, true)] {
            for id in ids {
                let Some(&recipient) = self.recipients.get(&id) else { continue };
                let Some(subscriber) = self.subscribers.get(&recipient) else { continue };
                let Ok(place) = usize::try_from(id.0 - subscriber.first_query) else { continue };
                let entry = matches.entry(recipient).or_default();
                if is_now { entry.1.push(place) } else { entry.0.push(place) }
            }
        }
        for (id, (before, now)) in matches {
            let Some(subscriber) = self.subscribers.get(&id) else { continue };
            let Some(event) = subscriber.watch.event(step, &before, &now) else { continue };
            if subscriber.events.try_send(event).is_err() {
                // Gone, or slow: its queue ends here, and if it is still there it reads on from the log.
                self.leave(id);
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Join { watch, joined } => self.join(watch, joined),
            Command::PutSaved(saved) => self.put_saved(saved),
            Command::RemoveSaved(id) => {
                if let Some(query) = self.saved_ids.remove(&id) {
                    self.set.remove(query);
                }
            }
        }
    }

    fn put_saved(&mut self, saved: SavedQuery) {
        let fresh = QueryId(self.next_id);
        let id = *self.saved_ids.entry(saved.id).or_insert(fresh);
        if id == fresh {
            self.next_id += 1;
        }
        self.set.insert(id, &saved.query);
        self.need(&saved.query);
    }

    /// From now on versions are read for this query too: to find out whether it matches, and to mark its words.
    fn need(&mut self, query: &Query) {
        self.needed = self.set.needed().and(&self.needed).and(&Needed::to_match([&query.root]));
    }

    fn join(&mut self, watch: Arc<Watch>, joined: oneshot::Sender<Joined>) {
        // Those whose clients have gone without an event to notice it by.
        let gone: Vec<SubscriberId> =
            self.subscribers.iter().filter(|(_, held)| held.events.is_closed()).map(|(id, _)| *id).collect();
        gone.into_iter().for_each(|id| self.leave(id));

        let (events, queue) = mpsc::channel(SUBSCRIBER_QUEUE_EVENTS_MAX);
        let id = SubscriberId(self.next_id);
        let first_query = self.next_id + 1;
        self.next_id = first_query;
        for watched in watch.queries() {
            let query = QueryId(self.next_id);
            self.next_id += 1;
            self.set.insert(query, &watched.query);
            self.need(&watched.query);
            self.recipients.insert(query, id);
        }
        self.subscribers.insert(id, Subscriber { watch, events, first_query });
        if joined.send(Joined { after: self.position, events: queue }).is_err() {
            self.leave(id);
        }
    }

    fn leave(&mut self, id: SubscriberId) {
        let Some(subscriber) = self.subscribers.remove(&id) else { return };
        for (query, _) in (subscriber.first_query..).zip(subscriber.watch.queries()) {
            self.set.remove(QueryId(query));
            self.recipients.remove(&QueryId(query));
        }
    }
}
