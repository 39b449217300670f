use std::{
    collections::{HashMap, HashSet, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::{
    Definitions, Event, Progress, Redefined, Referred, Watch, background_merge::BackgroundMerge, change::Step,
    watched::Remaking,
};
use crate::{
    base::{
        Seq,
        limits::{SUBSCRIBER_QUEUE_EVENTS_MAX, UNFILED_QUERIES_MAX},
    },
    matcher::{Census, Cost, CostClass, QueryId, QuerySet, StreamStatistics},
    query::{Document, Query, document::Needed},
    store,
};

/// Versions read from the log at once.
const BATCH_VERSIONS_MAX: usize = 256;
/// Bytes read from the log at once.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Changes of the set of queries that wait for the follower.
const COMMANDS_MAX: usize = 1024;
/// How often an idle follower looks whether a merge is done.
const MERGE_WAIT: std::time::Duration = std::time::Duration::from_millis(50);
/// Changes made before the next versions are looked at: a stretch of a few milliseconds at most.
const COMMANDS_AT_ONCE_MAX: usize = 64;
/// Of the versions recorded before the start, so many teach the frequencies by which the saved searches are filed.
const LEARNT_VERSIONS: u64 = 4096;
/// Afterwards one of so many is counted: frequencies change slowly, and counting takes as long as matching.
const COUNTED_ONE_IN: u64 = 16;
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
    statistics: Arc<StreamStatistics>,
    census: Arc<Mutex<Census>>,
}

/// A saved search, compiled.
#[derive(Debug)]
pub struct SavedQuery {
    /// Its id.
    pub id: Arc<str>,
    /// What it asks.
    pub query: Query,
}

/// An edit of saved searches or author lists, all of which takes effect between two versions.
#[derive(Debug)]
pub struct Redefinition {
    /// The newest version recorded before the edit: those after it are judged by the new text.
    pub after: Seq,
    /// What everything says from then on.
    pub definitions: Arc<Definitions>,
    /// What was edited.
    pub changed: Vec<Referred>,
    /// Saved searches that were edited or refer to what was, made ready; `None` for those that are gone or rest.
    pub saved: Vec<(Arc<str>, Option<Query>)>,
}

#[derive(Debug)]
enum Command {
    Join { watch: Arc<Watch>, joined: oneshot::Sender<Joined> },
    Redefine(Redefinition),
}

/// What comes through the queue of a subscriber.
#[derive(Debug)]
pub(super) enum Told {
    Event(Event),
    /// What is watched was edited; events after it are those of this watch.
    Redefined(Arc<Watch>, Redefined),
}

/// A subscriber's place at the follower.
#[derive(Debug)]
pub(super) struct Joined {
    /// Events of versions after this one come through the queue.
    pub(super) after: Seq,
    /// Ends when the follower goes, or the subscriber fell so far behind that its queue was full.
    pub(super) events: mpsc::Receiver<Told>,
    /// What it wants to watch was edited since it was made ready: what to watch instead.
    pub(super) redefined: Option<(Arc<Watch>, Option<Redefined>)>,
}

impl MatcherFollower {
    /// Starts the follower's thread behind the newest version: what is older is of use to nobody live. It stands still for good when
    /// it has come to `stall_at`: for tests of what is told of that.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        store: store::Reader,
        definitions: Arc<Definitions>,
        saved: Vec<SavedQuery>,
        stall_at: Option<Seq>,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (commands, waiting_commands) = mpsc::channel(COMMANDS_MAX);
        let progress = Arc::new(Progress::new(store.last_seq()));
        let statistics = learnt(&store);
        let (census, now) = (Arc::new(Mutex::new(Census::default())), store.last_seq());
        let (saved_ids, queries): (HashMap<_, _>, Vec<_>) =
            (0..).map(QueryId).zip(saved).map(|(id, saved)| ((saved.id, id), (id, saved.query))).unzip();
        let next_id = queries.len() as u64;
        let follower = Follower {
            wake_ups: store.wake_ups(),
            position: now,
            progress: Arc::clone(&progress),
            commands: waiting_commands,
            stopped,
            store,
            set: QuerySet::of(queries, Arc::clone(&statistics)),
            needed: Needed::default(),
            merge: BackgroundMerge::default(),
            statistics: Arc::clone(&statistics),
            census: Arc::clone(&census),
            recipients: HashMap::new(),
            subscribers: HashMap::new(),
            saved_ids,
            next_id,
            definitions,
            redefinitions: VecDeque::new(),
            stall_at,
        };
        follower.tell_census();
        let thread = std::thread::Builder::new().name("matcher-follower".into()).spawn(move || follower.run())?;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let catching_up = Arc::new(Semaphore::new(processors));
        Ok(Self { thread: Mutex::new(Some(thread)), commands, stop, progress, catching_up, statistics, census })
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// What a query would cost in the stream as it is now.
    #[must_use]
    pub fn cost_of(&self, query: &Query) -> Cost {
        Cost::of(query, &self.statistics)
    }

    /// How many of these queries every mention would have to be held against.
    #[must_use]
    pub fn unfiled_among<'q>(&self, queries: impl IntoIterator<Item = &'q Query>) -> usize {
        let queries = queries.into_iter();
        queries.filter(|query| matches!(self.cost_of(query).class, CostClass::Always)).count()
    }

    /// How many more of such queries there may be. Told by the follower, so what is added at this moment may not be counted yet.
    #[must_use]
    pub fn room_for_unfiled(&self) -> usize {
        UNFILED_QUERIES_MAX.saturating_sub(self.census().always)
    }

    /// How many queries of which sort there are, live and saved.
    #[must_use]
    pub fn census(&self) -> Census {
        *self.census.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an edit take effect. Every version recorded after this call has returned is judged by the new text. Edits come
    /// in the order in which they were recorded.
    pub async fn redefine(&self, redefinition: Redefinition) {
        // It fails only when the follower is gone, and then nobody is served.
        let _ = self.commands.send(Command::Redefine(redefinition)).await;
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

/// The frequencies of the newest versions in the log.
fn learnt(store: &store::Reader) -> Arc<StreamStatistics> {
    let statistics = Arc::new(StreamStatistics::default());
    let mut position =
        Seq(store.last_seq().0.saturating_sub(LEARNT_VERSIONS).max(store.oldest_seq().0.saturating_sub(1)));
    loop {
        match store.versions_after(position, BATCH_VERSIONS_MAX, BATCH_BYTES_MAX) {
            Ok(versions) if versions.is_empty() => break,
            Ok(versions) => {
                for version in versions {
                    position = version.seq;
                    if !version.deleted {
                        statistics.count(&Document::of(&version));
                    }
                }
            }
            Err(error) => {
                // Queries are then filed by what is known beforehand, which costs time and no match.
                tracing::warn!(%error, "the frequencies of words cannot be learnt from the log");
                break;
            }
        }
    }
    statistics
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
    events: mpsc::Sender<Told>,
    /// Of the queries of the watch, in their order.
    query_ids: Vec<QueryId>,
}

/// Whose a query is.
#[derive(Clone, Copy, Debug)]
struct Recipient {
    subscriber: SubscriberId,
    /// Among the queries of its watch.
    place: usize,
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
    /// What it takes to mark the words of subscribers' queries, and of some that have left: it only grows.
    needed: Needed,
    merge: BackgroundMerge,
    statistics: Arc<StreamStatistics>,
    census: Arc<Mutex<Census>>,
    /// Whose query it is; saved ones are nobody's.
    recipients: HashMap<QueryId, Recipient>,
    subscribers: HashMap<SubscriberId, Subscriber>,
    saved_ids: HashMap<Arc<str>, QueryId>,
    next_id: u64,
    /// What saved searches and author lists say at the position.
    definitions: Arc<Definitions>,
    /// Edits that lie ahead of the position, in their order.
    redefinitions: VecDeque<Redefinition>,
    /// A fault point: where it stands still.
    stall_at: Option<Seq>,
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
            if self.stall_at.is_some_and(|at| at <= self.position) {
                tracing::warn!(at = self.position.0, "the matcher follower stands still, as it was asked to");
                // It fails only when nobody can stop it any more.
                let _ = waiting.block_on(self.stopped.wait_for(|stopped| *stopped));
                return;
            }
            for _ in 0..COMMANDS_AT_ONCE_MAX {
                let Ok(command) = self.commands.try_recv() else { break };
                self.obey(command);
            }
            self.merge.attend_to(&mut self.set);
            self.tell_census();
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

    /// Until there is a version to look at, or a command, or a merge may be done, or the end has come.
    async fn wait(&mut self) {
        let position = self.position;
        let is_merging = self.merge.is_running();
        let command = tokio::select! {
            () = tokio::time::sleep(MERGE_WAIT), if is_merging => None,
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
        // After reading: an edit that was answered before one of these was recorded waits among the commands by now.
        while let Ok(command) = self.commands.try_recv() {
            self.obey(command);
        }
        let mut needed = self.needed_now();
        for version in versions {
            let seq = version.seq;
            if seq.0 % COUNTED_ONE_IN == 0 && !version.deleted {
                self.statistics.count(&Document::of(&version));
            }
            if self.redefine_before(seq) {
                needed = self.needed_now();
            }
            if !self.set.is_empty() {
                let step = Step::read(version, &needed, &self.store)?;
                self.deliver(&step);
            }
            self.position = seq;
            if self.stall_at == Some(seq) {
                self.progress.advance(seq);
                return Ok(true);
            }
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
                let Some(&Recipient { subscriber, place }) = self.recipients.get(&id) else { continue };
                let entry = matches.entry(subscriber).or_default();
                if is_now { entry.1.push(place) } else { entry.0.push(place) }
            }
        }
        for (id, (mut before, mut now)) in matches {
            // An event names its searches in the order of the watch.
            before.sort_unstable();
            now.sort_unstable();
            let Some(subscriber) = self.subscribers.get(&id) else { continue };
            let Some(event) = subscriber.watch.event(step, &before, &now) else { continue };
            if subscriber.events.try_send(Told::Event(event)).is_err() {
                // Gone, or slow: its queue ends here, and if it is still there it reads on from the log.
                self.leave(id);
            }
        }
    }

    fn tell_census(&self) {
        *self.census.lock().unwrap_or_else(PoisonError::into_inner) = self.set.census();
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Join { watch, joined } => self.join(watch, joined),
            Command::Redefine(redefinition) => {
                self.redefinitions.push_back(redefinition);
                self.redefine_before(self.position.next());
            }
        }
    }

    /// Makes the edits take effect that were recorded before this version; says whether there were any.
    fn redefine_before(&mut self, seq: Seq) -> bool {
        let mut has_redefined = false;
        while self.redefinitions.front().is_some_and(|next| next.after < seq) {
            let Some(next) = self.redefinitions.pop_front() else { break };
            has_redefined = true;
            for (id, query) in next.saved {
                match query {
                    Some(query) => self.put_saved(id, &query),
                    None => self.remove_saved(&id),
                }
            }
            self.definitions = next.definitions;
            // A position ahead of the edit has been judged by the old text.
            let at = self.position.max(next.after);
            self.retell_subscribers(&next.changed, at);
        }
        has_redefined
    }

    /// What of a version it takes to hold it against all queries, and to mark the words of subscribers' ones.
    fn needed_now(&self) -> Needed {
        self.set.needed().and(&self.needed)
    }

    /// Gives every subscriber that an edit concerns its new watch.
    fn retell_subscribers(&mut self, changed: &[Referred], at: Seq) {
        let changed: HashSet<&Referred> = changed.iter().collect();
        let definitions = Arc::clone(&self.definitions);
        let mut remaking = Remaking::new(&definitions);
        let concerned = self.subscribers.iter().filter_map(|(id, subscriber)| {
            let (watch, told) = subscriber.watch.redefined(&mut remaking, Some(&changed), at)?;
            Some((*id, Arc::new(watch), told))
        });
        for (id, watch, told) in concerned.collect::<Vec<_>>() {
            let is_too_large = watch.is_too_large();
            if !is_too_large {
                self.swap(id, Arc::clone(&watch));
            }
            let Some(told) = told else { continue };
            let Some(subscriber) = self.subscribers.get(&id) else { continue };
            if subscriber.events.try_send(Told::Redefined(watch, told)).is_err() || is_too_large {
                self.leave(id);
            }
        }
    }

    /// Files the queries of the new watch of a subscriber in place of those it had; what is the same stays.
    fn swap(&mut self, id: SubscriberId, watch: Arc<Watch>) {
        let Some(subscriber) = self.subscribers.get_mut(&id) else { return };
        let held = subscriber.query_ids.drain(..).zip(subscriber.watch.queries());
        let mut before: HashMap<_, _> =
            held.map(|(query, watched)| (watched.saved_search(), (query, watched))).collect();
        let mut query_ids = Vec::with_capacity(watch.queries().len());
        for (place, watched) in watch.queries().iter().enumerate() {
            let known = before.remove(&watched.saved_search());
            let query = known.map_or(QueryId(self.next_id), |(query, _)| query);
            if known.is_none() {
                self.next_id += 1;
            }
            if known.is_none_or(|(_, before)| !Arc::ptr_eq(before, watched)) {
                match &watched.query {
                    Some(asked) => {
                        self.set.insert(query, asked);
                        self.needed = std::mem::take(&mut self.needed).and(&Needed::to_match([&asked.root]));
                    }
                    None => {
                        self.set.remove(query);
                    }
                }
            }
            self.recipients.insert(query, Recipient { subscriber: id, place });
            query_ids.push(query);
        }
        for (query, _) in before.into_values() {
            self.set.remove(query);
            self.recipients.remove(&query);
        }
        subscriber.query_ids = query_ids;
        subscriber.watch = watch;
    }

    fn put_saved(&mut self, id: Arc<str>, query: &Query) {
        let fresh = QueryId(self.next_id);
        let id = *self.saved_ids.entry(id).or_insert(fresh);
        if id == fresh {
            self.next_id += 1;
        }
        self.set.insert(id, query);
    }

    fn remove_saved(&mut self, id: &str) {
        if let Some(query) = self.saved_ids.remove(id) {
            self.set.remove(query);
        }
    }

    fn join(&mut self, watch: Arc<Watch>, joined: oneshot::Sender<Joined>) {
        // Those whose clients have gone without an event to notice it by.
        let gone: Vec<SubscriberId> =
            self.subscribers.iter().filter(|(_, held)| held.events.is_closed()).map(|(id, _)| *id).collect();
        gone.into_iter().for_each(|id| self.leave(id));

        let definitions = Arc::clone(&self.definitions);
        let redefined = watch.redefined(&mut Remaking::new(&definitions), None, self.position);
        let redefined = redefined.map(|(watch, told)| (Arc::new(watch), told));
        let watch = redefined.as_ref().map_or(watch, |(watch, _)| Arc::clone(watch));
        let (events, queue) = mpsc::channel(SUBSCRIBER_QUEUE_EVENTS_MAX);
        let id = SubscriberId(self.next_id);
        self.next_id += 1;
        self.subscribers.insert(id, Subscriber { watch: Arc::default(), events, query_ids: Vec::new() });
        let is_too_large = watch.is_too_large();
        if !is_too_large {
            self.swap(id, watch);
        }
        if joined.send(Joined { after: self.position, events: queue, redefined }).is_err() || is_too_large {
            self.leave(id);
        }
    }

    fn leave(&mut self, id: SubscriberId) {
        let Some(subscriber) = self.subscribers.remove(&id) else { return };
        for query in subscriber.query_ids {
            self.set.remove(query);
            self.recipients.remove(&query);
        }
    }
}
