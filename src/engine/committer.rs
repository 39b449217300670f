use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, oneshot};

use super::{
    Acknowledgement, EngineError,
    alerts::{AlertEdit, AlertEdited},
    arguments::{self, ArgumentEdit, ArgumentEdited},
    durable_subscriptions,
    in_flight::Room,
    record::{
        self, Occasion, Understood,
        desk::{NotTaken, Replied},
    },
    webhooks::{WebhookEdit, WebhookEdited},
};
use crate::{
    base::{
        Clock, Seq, Timestamp,
        limits::{COMMIT_QUEUE_MAX, GROUP_BYTES_MAX, GROUP_VERSIONS_MAX},
    },
    care::{Brands, Step},
    model::{AuthorList, CorrectedValues, DurableSubscription, MentionName, MentionNumber, SavedSearch, Version},
    store::{self, Group, Writer},
};

/// How long one small group follows another at the soonest, where many callers write at once. A group costs about the same for one
/// mention as for fifty, and so does what it wakes; who waits for so long is still answered in a tenth of the 50 ms they are promised.
const SMALL_GROUP_INTERVAL: Duration = Duration::from_millis(5);
/// A group of fewer versions is small.
const SMALL_GROUP_VERSIONS: usize = 64;

/// What the committer is asked to record.
pub(super) enum Work {
    /// Mentions that are being understood; they keep their place in the queue meanwhile.
    Ingest(oneshot::Receiver<Vec<Understood>>),
    Delete(MentionName),
    /// Edits of saved searches and author lists, recorded together.
    Define(Vec<Definition>),
    /// `start` counts where the name is new; `None` is a snapshot.
    BeginSubscription {
        name: String,
        start: Option<Seq>,
    },
    AcknowledgeSubscription {
        name: String,
        seq: Seq,
    },
    DeleteSubscription(String),
    Alert(AlertEdit),
    Webhook(WebhookEdit),
    Argument(ArgumentEdit),
    Correction(CorrectionWork),
    Desk(DeskWork),
}

/// What agents do with mentions, and what time does.
pub(super) enum DeskWork {
    /// Each step is taken or refused by itself.
    Steps(Vec<DeskStep>),
    Reply {
        to: MentionName,
        token: Option<u64>,
        by: String,
        reply: Box<Understood>,
        has_own_id: bool,
    },
    Tick(Vec<MentionNumber>),
}

/// A step of an agent with a mention.
#[derive(Clone, Debug)]
pub(super) struct DeskStep {
    pub(super) name: MentionName,
    pub(super) step: Step,
    pub(super) by: String,
}

/// What people say of mentions, and what is done with it.
pub(super) enum CorrectionWork {
    Correct {
        name: MentionName,
        values: CorrectedValues,
        by: String,
    },
    Revert(MentionName),
    /// A brand forgets its labels.
    Forget {
        brand: String,
    },
    /// A brand goes by its labels, or not.
    Pause {
        brand: String,
        paused: bool,
    },
}

/// An edit of a saved search or an author list. Whether it may be made was decided before: edits are made one at a time.
#[derive(Clone, Debug)]
pub(super) enum Definition {
    PutSearch(SavedSearch),
    /// Its last state, with the number, time and author of the deletion.
    RemoveSearch(SavedSearch),
    PutList {
        list: AuthorList,
        added: Vec<String>,
        removed: Vec<String>,
    },
    RemoveList(String),
}

/// What was recorded. By the time it is told it is on disk.
#[derive(Debug)]
pub(super) enum Recorded {
    Ingested(Vec<Acknowledgement>),
    /// `seq` `None`: there is no such mention. With its words examples of the argument base may have gone.
    Deleted {
        seq: Option<Seq>,
        was_example: bool,
    },
    /// The newest version recorded before the edits.
    Defined(Seq),
    /// `None`: there is no such mention.
    Corrected(Option<Arc<Version>>),
    /// One for each step: the newest version of its mention.
    Steps(Vec<Result<Arc<Version>, NotTaken>>),
    Replied(Result<Replied, NotTaken>),
    Ticked,
    /// What a brand was taught is changed.
    Taught,
    /// `None`: there are too many.
    SubscriptionBegun(Option<DurableSubscription>),
    /// `None`: there is none.
    SubscriptionAcknowledged(Option<DurableSubscription>),
    /// False: there was none.
    SubscriptionDeleted(bool),
    Alert(AlertEdited),
    Webhook(WebhookEdited),
    Argument(ArgumentEdited),
}

/// Work with the place where its outcome goes.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) reply: Reply,
}

/// Where an outcome goes.
pub(super) struct Reply {
    pub(super) caller: oneshot::Sender<Result<Recorded, EngineError>>,
    /// The room that its mentions take. Held until they are recorded, whether or not the caller still waits: else callers
    /// who vanish could fill the memory.
    pub(super) in_flight: Option<Room>,
}

/// The one task that writes: it gives every version its seq, applies the rules that need state, and makes groups durable.
///
/// It drains what waits, writes one group, and answers. The next group forms while the current one syncs; where that leaves groups
/// small although callers wait, the committer lets them grow. A caller alone never waits.
pub(super) struct Committer {
    thread: Option<JoinHandle<()>>,
    jobs: Option<mpsc::Sender<Job>>,
    failure: Arc<OnceLock<String>>,
}

impl Committer {
    /// Starts the committer's thread. `latest` is when the newest version of the log was recorded.
    pub(super) fn start(
        writer: Writer,
        clock: Arc<dyn Clock>,
        latest: Timestamp,
        brands: Arc<Brands>,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(COMMIT_QUEUE_MAX);
        let failure = Arc::new(OnceLock::new());
        let task = Task { writer, clock, brands, waiting, latest, carried: None, failure: Arc::clone(&failure) };
        let told = Arc::clone(&failure);
        let thread = thread::Builder::new().name("committer".into()).spawn(move || {
            // Two tasks must not write, and none knows what this one left behind: only a restart makes it good.
            if catch_unwind(AssertUnwindSafe(|| task.run())).is_err() {
                tracing::error!("the committer panicked; nothing is recorded until the server is restarted");
                told.get_or_init(|| "the committer panicked".to_owned());
            }
        })?;
        Ok(Self { thread: Some(thread), jobs: Some(jobs), failure })
    }

    /// Why nothing is recorded until a restart.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.get().cloned()
    }

    /// Where jobs go in; `None` once it stops.
    pub(super) fn door(&self) -> Option<mpsc::Sender<Job>> {
        self.jobs.clone()
    }

    /// Takes no more work. The thread that is given ends when it has written what waits and has closed the store; it ends
    /// no sooner than all doors given out are dropped.
    pub(super) fn stop(&mut self) -> Option<JoinHandle<()>> {
        self.jobs = None;
        self.thread.take()
    }
}

struct Task {
    writer: Writer,
    clock: Arc<dyn Clock>,
    brands: Arc<Brands>,
    waiting: mpsc::Receiver<Job>,
    /// When the newest group was recorded: times of recording never fall, so that a moment is a place in the log.
    latest: Timestamp,
    /// Taken from the queue, but not understood yet when the group before closed.
    carried: Option<Job>,
    failure: Arc<OnceLock<String>>,
}

/// Work with everything it needs at hand.
enum Ready {
    Ingest(Vec<Understood>),
    Delete(MentionName),
    Define(Vec<Definition>),
    Correction(CorrectionWork),
    Desk(DeskWork),
    BeginSubscription { name: String, start: Option<Seq> },
    AcknowledgeSubscription { name: String, seq: Seq },
    DeleteSubscription(String),
    Alert(AlertEdit),
    Webhook(WebhookEdit),
    Argument(ArgumentEdit),
}

impl Task {
    fn run(mut self) {
        while let Some(job) = self.carried.take().or_else(|| self.waiting.blocking_recv()) {
            let began = Instant::now();
            let versions = self.write_group(job);
            let others_wait = self.carried.is_some() || !self.waiting.is_empty();
            if others_wait && versions < SMALL_GROUP_VERSIONS {
                thread::sleep(SMALL_GROUP_INTERVAL.saturating_sub(began.elapsed()));
            }
        }
        if let Err(error) = self.writer.close() {
            tracing::error!(%error, "the store was not closed in order; nothing acknowledged is lost");
        }
    }

    /// One group: the job, and all behind it that are ready and fit. Nobody waits for what is still being understood. Gives the weight of
    /// the group in versions.
    fn write_group(&mut self, first: Job) -> usize {
        let (mut weight, mut bytes) = (0, 0);
        let mut ready = Vec::new();
        let mut next = Some(ready_now_or_soon(first));
        while let Some((work, reply)) = next.take() {
            match work {
                Some(work) => {
                    weight += work.weight();
                    bytes += work.bytes();
                    ready.push((work, reply));
                }
                None => answer(
                    reply,
                    Err(EngineError::Internal { message: "understanding the mentions failed".to_owned() }),
                ),
            }
            if weight < GROUP_VERSIONS_MAX && bytes < GROUP_BYTES_MAX {
                next = self.next_ready();
            }
        }
        match self.try_group(ready.iter().map(|(work, _)| work)) {
            Ok(recorded) => ready.into_iter().zip(recorded).for_each(|((_, reply), done)| answer(reply, Ok(done))),
            // One row that cannot be read must not stop what has nothing to do with it.
            Err(store::Error::Damaged { .. } | store::Error::Corrupt { .. } | store::Error::Missing { .. })
                if ready.len() > 1 =>
            {
                ready.into_iter().for_each(|(work, reply)| self.write_alone(&work, reply));
            }
            Err(error) => {
                if let store::Error::Io { .. } | store::Error::Poisoned { .. } = &error {
                    self.failure.get_or_init(|| error.to_string());
                }
                let error = EngineError::from(error);
                tracing::error!(%error, mentions = weight, "a group was not recorded");
                ready.into_iter().for_each(|(_, reply)| answer(reply, Err(error.clone())));
            }
        }
        weight
    }

    /// The next job of the queue if it is ready; if it is not, it comes first in the group to come.
    fn next_ready(&mut self) -> Option<(Option<Ready>, Reply)> {
        let mut job = self.waiting.try_recv().ok()?;
        if let Work::Ingest(understood) = &mut job.work {
            match understood.try_recv() {
                Ok(understood) => return Some((Some(Ready::Ingest(understood)), job.reply)),
                Err(oneshot::error::TryRecvError::Closed) => return Some((None, job.reply)),
                Err(oneshot::error::TryRecvError::Empty) => {
                    self.carried = Some(job);
                    return None;
                }
            }
        }
        Some(ready_now_or_soon(job))
    }

    fn write_alone(&mut self, work: &Ready, reply: Reply) {
        let outcome = self.try_group(std::iter::once(work)).map(|mut recorded| recorded.pop());
        match outcome {
            Ok(Some(recorded)) => answer(reply, Ok(recorded)),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "work was not recorded");
                answer(reply, Err(error.into()));
            }
        }
    }

    fn try_group<'w>(&mut self, work: impl Iterator<Item = &'w Ready>) -> Result<Vec<Recorded>, store::Error> {
        let now = self.clock.now().max(self.latest);
        self.latest = now;
        let occasion = Occasion { now, brands: &self.brands, hand: None };
        let mut group = self.writer.begin()?;
        let recorded = work.map(|work| work.record(&mut group, occasion)).collect::<Result<Vec<_>, _>>()?;
        group.commit()?;
        Ok(recorded)
    }
}

impl Ready {
    /// About how many versions it makes.
    fn weight(&self) -> usize {
        match self {
            Self::Ingest(mentions) => mentions.len(),
            Self::Define(definitions) => definitions.len(),
            Self::Alert(edit) => edit.weight(),
            Self::Desk(work) => work.weight(),
            Self::Argument(edit) => edit.weight(),
            _ => 1,
        }
    }

    /// About how many bytes they have.
    fn bytes(&self) -> usize {
        match self {
            Self::Ingest(mentions) => mentions.iter().map(|understood| understood.mention.bytes()).sum(),
            Self::Desk(DeskWork::Reply { reply, .. }) => reply.mention.bytes(),
            _ => 0,
        }
    }

    fn record(&self, group: &mut Group<'_>, occasion: Occasion<'_>) -> Result<Recorded, store::Error> {
        match self {
            Self::Ingest(mentions) => {
                let acknowledgements = mentions.iter().map(|understood| record::ingest(group, understood, occasion));
                acknowledgements.collect::<Result<_, _>>().map(Recorded::Ingested)
            }
            Self::Delete(name) => {
                let seq = record::delete(group, name, occasion)?;
                Ok(Recorded::Deleted { seq, was_example: arguments::forget_mention(group, name, occasion.now)? })
            }
            Self::Define(definitions) => {
                let after = Seq(group.next_seq().0 - 1);
                definitions.iter().try_for_each(|definition| definition.record(group))?;
                Ok(Recorded::Defined(after))
            }
            Self::BeginSubscription { name, start } => {
                durable_subscriptions::begin(group, name, *start, occasion.now).map(Recorded::SubscriptionBegun)
            }
            Self::AcknowledgeSubscription { name, seq } => {
                durable_subscriptions::acknowledge(group, name, *seq, occasion.now)
                    .map(Recorded::SubscriptionAcknowledged)
            }
            Self::DeleteSubscription(name) => {
                group.remove_durable_subscription(name).map(Recorded::SubscriptionDeleted)
            }
            Self::Alert(edit) => edit.record(group, occasion.now).map(Recorded::Alert),
            Self::Webhook(edit) => edit.record(group, occasion.now).map(Recorded::Webhook),
            Self::Argument(edit) => edit.record(group, occasion.now).map(Recorded::Argument),
            Self::Correction(work) => work.record(group, occasion),
            Self::Desk(work) => work.record(group, occasion),
        }
    }
}

impl CorrectionWork {
    fn record(&self, group: &mut Group<'_>, occasion: Occasion<'_>) -> Result<Recorded, store::Error> {
        match self {
            Self::Correct { name, values, by } => {
                record::correct(group, name, values, by, occasion).map(Recorded::Corrected)
            }
            Self::Revert(name) => record::revert_correction(group, name, occasion).map(Recorded::Corrected),
            Self::Forget { brand } => group.forget_labels(brand).map(|_| Recorded::Taught),
            Self::Pause { brand, paused } => group.set_resting(brand, *paused).map(|()| Recorded::Taught),
        }
    }
}

impl DeskWork {
    fn weight(&self) -> usize {
        match self {
            Self::Steps(steps) => steps.len(),
            Self::Reply { .. } => 2,
            Self::Tick(numbers) => numbers.len(),
        }
    }

    fn record(&self, group: &mut Group<'_>, occasion: Occasion<'_>) -> Result<Recorded, store::Error> {
        match self {
            Self::Steps(steps) => {
                let take = |step: &DeskStep| record::desk::take_step(group, &step.name, &step.step, &step.by, occasion);
                steps.iter().map(take).collect::<Result<_, _>>().map(Recorded::Steps)
            }
            Self::Reply { to, token, by, reply, has_own_id } => {
                record::desk::reply(group, to, *token, by, (reply, *has_own_id), occasion).map(Recorded::Replied)
            }
            Self::Tick(numbers) => {
                numbers.iter().try_for_each(|number| record::desk::tick(group, *number, occasion))?;
                Ok(Recorded::Ticked)
            }
        }
    }
}

impl Definition {
    fn record(&self, group: &mut Group<'_>) -> Result<(), store::Error> {
        match self {
            Self::PutSearch(search) => group.put_saved_search(search),
            Self::RemoveSearch(last) => group.remove_saved_search(last).map(drop),
            Self::PutList { list, added, removed } => group.put_author_list(list, added, removed),
            Self::RemoveList(id) => group.remove_author_list(id),
        }
    }
}

/// Waits where the mentions are still being understood; without work where that failed.
fn ready_now_or_soon(job: Job) -> (Option<Ready>, Reply) {
    let work = match job.work {
        Work::Ingest(understood) => understood.blocking_recv().ok().map(Ready::Ingest),
        Work::Delete(name) => Some(Ready::Delete(name)),
        Work::Define(definitions) => Some(Ready::Define(definitions)),
        Work::Correction(work) => Some(Ready::Correction(work)),
        Work::Desk(work) => Some(Ready::Desk(work)),
        Work::BeginSubscription { name, start } => Some(Ready::BeginSubscription { name, start }),
        Work::AcknowledgeSubscription { name, seq } => Some(Ready::AcknowledgeSubscription { name, seq }),
        Work::DeleteSubscription(name) => Some(Ready::DeleteSubscription(name)),
        Work::Alert(edit) => Some(Ready::Alert(edit)),
        Work::Webhook(edit) => Some(Ready::Webhook(edit)),
        Work::Argument(edit) => Some(Ready::Argument(edit)),
    };
    (work, job.reply)
}

/// A caller that has gone away is not told; what it asked for is recorded all the same.
fn answer(reply: Reply, outcome: Result<Recorded, EngineError>) {
    drop(reply.in_flight);
    let _ = reply.caller.send(outcome);
}
