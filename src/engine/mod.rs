//! Every use case as a method on plain types. Owns the committer and the followers.
//!
//! Knows nothing of the wire: `server` converts.

mod alerts;
mod arguments;
mod asked_lately;
mod author_lists;
mod authors;
mod brands;
mod care;
mod committer;
mod corrections;
mod durable_subscriptions;
mod error;
mod explain;
mod firing_stream;
mod in_flight;
mod ingest;
mod library;
mod marking;
mod page_token;
mod pinned;
mod preview;
mod read;
mod record;
mod replies;
mod requests;
mod saved_searches;
mod search;
mod subscribe;
mod tag_rules;
mod taught;
#[cfg(test)]
mod tests;
mod took_lately;
mod understand;
mod verify;
mod webhooks;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

pub use alerts::{AlertStatus, WatchAlertsRequest};
pub use arguments::{
    ArgumentImport, ArgumentPut, ArgumentUse, Coverage, CoverageRequest, DuplicateArguments, ImportOutcome, Proposal,
    SuggestRequest, SuggestWhat, SuggestedReply, Suggestions,
};
pub use brands::{BrandProblem, CheckedBrands};
pub use care::{QueuePage, RecordedReply, ReplyRequest};
pub use durable_subscriptions::DurableStatus;
pub use error::{EngineError, Rejection};
pub use firing_stream::{AlertDelivery, FiringStream};
pub use ingest::Pending;
pub use replies::{CheckedReply, ReplyDraft};
pub use requests::{
    Acknowledgement, CheckedQuery, ConversationPage, CountAnswer, EngineStatus, Facet, FacetField, FollowerStatus, Hit,
    Outcome, ReplaceRequest, SearchAnswer, SearchRequest, Sort, SubscribeRequest, SubscribeStart, SubscribeTo,
    VerifyDifference, VerifyProgress,
};
use tokio::{
    runtime::RuntimeFlavor,
    sync::{Semaphore, oneshot, watch},
};

pub use explain::{ExplainRequest, Explained};
pub use preview::{CostClass, Difference, Preview, PreviewRequest, QueryCost};
pub use saved_searches::{SavedSearchField, SavedSearchState, SavedSearchUpdate};
pub use taught::{BrandTaught, KeptLabel};
pub use webhooks::WebhookProgress;

use crate::{
    base::{Clock, Seq, Timestamp},
    care::Brands,
    config::IndexConfig,
    index::Index,
    live::{AlertFollower, CareFollower, IndexFollower, MatcherFollower, OpenSubscriptions},
    store,
};
pub use crate::{
    live::{Change, Delivery, Event, FolderCounts, Redefined, Subscription},
    store::KnownWebhook,
};
use arguments::ArgumentBase;
use asked_lately::AskedLately;
use authors::Authors;
use committer::{Committer, Job, Recorded, Reply, Work};
use in_flight::{InFlight, Room};
use library::{Library, Loaded};
use pinned::PinnedSnapshots;
use taught::Teacher;
use took_lately::TookLately;
use understand::Understander;

/// Where the log lies, below the data directory.
const STORE_FOLDER: &str = "store";
/// Where the index lies, below the data directory. It may be deleted at any time while no server runs: it is made again.
const INDEX_FOLDER: &str = "index";

/// What an engine is opened with.
pub struct EngineOptions {
    /// Where everything lies; made where it does not exist.
    pub data_dir: PathBuf,
    /// Brands, word lists and models.
    pub index_config: IndexConfig,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Most bytes the log may take on disk; ingest is refused beyond.
    pub store_bytes_max: Option<u64>,
    /// A fault point: the matcher stands still for good when it has come to this version. For tests.
    pub stall_matcher_at: Option<Seq>,
}

/// The running product behind one data directory.
pub struct Engine {
    clock: Arc<dyn Clock>,
    started_at: Timestamp,
    store: store::Reader,
    index: Arc<Index>,
    understander: Arc<Understander>,
    teacher: Arc<Teacher>,
    authors: Arc<Authors>,
    library: Arc<Library>,
    committer: Arc<Mutex<Committer>>,
    index_follower: Arc<IndexFollower>,
    matcher_follower: Arc<MatcherFollower>,
    alert_follower: Arc<AlertFollower>,
    care_follower: Arc<CareFollower>,
    brands: Arc<Brands>,
    webhook_edits: watch::Sender<u64>,
    arguments: ArgumentBase,
    /// Mentions on their way to the disk.
    in_flight: InFlight,
    asked_lately: AskedLately,
    took_lately: TookLately,
    pinned: PinnedSnapshots,
    subscriptions: Arc<OpenSubscriptions>,
    /// Held while the index is held against the log.
    verifying: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

impl Engine {
    /// Opens the data directory and starts committer and followers. Blocking.
    ///
    /// # Errors
    /// Whatever keeps the store or the index from being opened, with the way out; faults of the brand profiles.
    pub fn open(options: EngineOptions) -> Result<Arc<Self>, EngineError> {
        let store_options = store::StoreOptions { bytes_max: options.store_bytes_max };
        let (writer, store) = store::open(&options.data_dir.join(STORE_FOLDER), store_options)?;
        let index_dir = options.data_dir.join(INDEX_FOLDER);
        let (index_writer, index) = crate::index::open(&index_dir, store.id(), store.last_seq())?;
        let Loaded { library, saved, tag_rules } = Library::load(&store)?;
        let library = Arc::new(library);
        let understander = Arc::new(Understander::new(&options.index_config, tag_rules)?);
        let teacher = Teacher::start(store.clone(), Arc::clone(&understander))?;
        let authors = Arc::new(Authors::read(&store)?);
        let arguments = ArgumentBase::load_from(&store)?;
        let thread_error = |error: std::io::Error| EngineError::Internal { message: error.to_string() };
        let index_follower =
            IndexFollower::start(index_writer, Arc::clone(&index), store.clone()).map_err(thread_error)?;
        let matcher_follower =
            MatcherFollower::start(store.clone(), library.definitions(), saved, options.stall_matcher_at)
                .map_err(thread_error)?;
        let latest = match store.last_seq() {
            Seq::ZERO => Timestamp::UNIX_EPOCH,
            newest => store.version(newest)?.recorded_at,
        };
        let brands = Arc::new(Brands::new(options.index_config.brands.iter().cloned()));
        let committer =
            Committer::start(writer, Arc::clone(&options.clock), latest, Arc::clone(&brands)).map_err(thread_error)?;
        let committer = Arc::new(Mutex::new(committer));
        let desk = alerts::Desk { library: Arc::clone(&library), committer: Arc::downgrade(&committer) };
        let last_firing = store.alert_position()?.last_firing;
        let alert_follower =
            AlertFollower::start(store.clone(), Arc::clone(&options.clock), last_firing, desk).map_err(thread_error)?;
        let time_keeper = care::Clockwork { committer: Arc::downgrade(&committer) };
        let care_follower =
            CareFollower::start(store.clone(), Arc::clone(&options.clock), time_keeper).map_err(thread_error)?;
        Ok(Arc::new(Self {
            started_at: options.clock.now(),
            clock: options.clock,
            store,
            index,
            understander,
            teacher: Arc::new(teacher),
            authors,
            library,
            committer,
            index_follower: Arc::new(index_follower),
            matcher_follower: Arc::new(matcher_follower),
            alert_follower: Arc::new(alert_follower),
            care_follower: Arc::new(care_follower),
            brands,
            webhook_edits: watch::Sender::new(0),
            arguments,
            in_flight: InFlight::default(),
            asked_lately: AskedLately::default(),
            took_lately: TookLately::default(),
            pinned: PinnedSnapshots::default(),
            subscriptions: Arc::default(),
            verifying: Arc::new(Semaphore::new(1)),
            closing: watch::channel(false).0,
        }))
    }

    /// How the engine is.
    #[must_use]
    pub fn status(&self) -> EngineStatus {
        let follower = |name, progress: &crate::live::Progress| FollowerStatus {
            name,
            seq: progress.seq(),
            problem: progress.problem(),
        };
        EngineStatus {
            started_at: self.started_at,
            recorded_seq: self.store.last_seq(),
            oldest_seq: self.store.oldest_seq(),
            mentions: self.store.mention_count(),
            recording_problem: lock(&self.committer).failure(),
            followers: vec![
                follower("index", self.index_follower.progress()),
                follower("matcher", self.matcher_follower.progress()),
                follower("alerts", self.alert_follower.progress()),
                follower("care", self.care_follower.progress()),
            ],
            saved_searches: self.store.saved_search_count(),
            arguments: self.arguments.count() as u64,
            subscriptions: self.subscriptions.count() as u64,
            queries: self.matcher_follower.census(),
        }
    }

    /// Says goodbye to all subscribers, makes what waits durable, closes store and index. Later calls are refused.
    pub async fn close(&self) {
        if self.closing.send_replace(true) {
            return;
        }
        let committer = Arc::clone(&self.committer);
        let (matcher, index) = (Arc::clone(&self.matcher_follower), Arc::clone(&self.index_follower));
        let (alerts, care) = (Arc::clone(&self.alert_follower), Arc::clone(&self.care_follower));
        let teacher = Arc::clone(&self.teacher);
        let closed = tokio::task::spawn_blocking(move || {
            // First: they record through the committer.
            alerts.stop();
            care.stop();
            // Not under the lock: whoever comes during the stop must not wait for it on an async thread.
            let committer = lock(&committer).stop();
            committer.map(std::thread::JoinHandle::join);
            matcher.stop();
            teacher.stop();
            // Last: what was acknowledged until now should be searchable at once after the next start.
            index.stop();
        });
        if let Err(error) = closed.await {
            tracing::error!(%error, "closing failed; nothing acknowledged is lost");
        }
    }

    /// Hands work to the committer and waits until it is on disk.
    async fn record(&self, work: Work) -> Result<Recorded, EngineError> {
        self.hand_over(work, None).await?.await.unwrap_or_else(|_| Err(not_recorded()))
    }

    /// Hands work to the committer; order of calls is order in the log.
    async fn hand_over(
        &self,
        work: Work,
        in_flight: Option<Room>,
    ) -> Result<oneshot::Receiver<Result<Recorded, EngineError>>, EngineError> {
        if *self.closing.borrow() {
            return Err(stopping());
        }
        let door = lock(&self.committer).door().ok_or_else(stopping)?;
        let (caller, recorded) = oneshot::channel();
        door.send(Job { work, reply: Reply { caller, in_flight } }).await.map_err(|_| not_recorded())?;
        Ok(recorded)
    }
}

/// What whoever comes during the stop is told.
fn stopping() -> EngineError {
    EngineError::Unavailable { message: "the server is stopping".to_owned() }
}

/// What is told where the committer has gone without a word.
fn not_recorded() -> EngineError {
    let message = "the server records nothing any more: it is stopping, or it has failed and must be restarted (its log says \
                   why); send again what was not acknowledged";
    EngineError::Unavailable { message: message.to_owned() }
}

/// A lock that a panic of another holder does not close for ever: what these guard stays whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Work of more than half a millisecond leaves the async threads: where the runtime has several, by making this one a blocking
/// one for as long, which spares a short search the way to another thread and back.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    if tokio::runtime::Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
        return tokio::task::block_in_place(work);
    }
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(EngineError::Internal { message: error.to_string() }))
}
