use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{
    Delivery, Ending, Event, GoodbyeKind, MatcherFollower, Place, Redefined, Replaced, Replacement, Watch,
    change::Step,
    matcher_follower::{Door, Joined, Told},
    open_subscriptions::Replacements,
};
use crate::{
    base::{Clock, Seq, Timestamp, limits::FOLDER_SUBSCRIPTION_SEARCHES_MAX},
    care::tombstone,
    index::{Index, Snapshot},
    model::Version,
    query::Node,
    store,
};

/// Deliveries between the subscription and the connection that sends them. Few: the log is the buffer.
const DELIVERIES_WAITING_MAX: usize = 64;
/// Versions evaluated at once while catching up; a piece of work of a few milliseconds.
const BATCH_VERSIONS_MAX: usize = 512;
/// Bytes evaluated at once while catching up.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Matches of a snapshot listed at once; each list costs one walk over all matches.
const SNAPSHOT_MATCHES_MAX: usize = 16 * 1024;
/// Mentions of a snapshot loaded at once.
const SNAPSHOT_BATCH_MAX: usize = 256;

/// Where a subscription begins.
#[derive(Clone)]
pub enum Start {
    /// With the version after this one, which lies in the log.
    After(Seq),
    /// With everything that matches in the snapshot, and then with what follows its seq.
    Snapshot(Snapshot),
}

/// What a subscription needs beside its watch.
pub struct SubscriptionOptions {
    /// Where it begins.
    pub start: Start,
    /// Between two signs of life.
    pub heartbeat: Duration,
    /// For the time of heartbeats.
    pub clock: Arc<dyn Clock>,
    /// Becomes true when the server is going away.
    pub closing: watch::Receiver<bool>,
    /// Its place among the open ones.
    pub place: Place,
    /// Where a snapshot comes from when what is watched is replaced.
    pub index: Arc<Index>,
}

/// A live subscription. Dropping it ends it.
#[derive(Debug)]
pub struct Subscription {
    deliveries: mpsc::Receiver<Delivery>,
}

impl Subscription {
    /// Begins to deliver. Must be called inside a runtime.
    #[must_use]
    pub fn start(
        watch: Watch,
        store: store::Reader,
        follower: &MatcherFollower,
        mut options: SubscriptionOptions,
    ) -> Self {
        let (out, deliveries) = mpsc::channel(DELIVERIES_WAITING_MAX);
        let mut heartbeats = interval_at(Instant::now() + options.heartbeat, options.heartbeat);
        heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let task = Task {
            watch: Arc::new(watch),
            store,
            door: follower.door(),
            out,
            heartbeats,
            position: Seq::ZERO,
            is_behind_since_start: true,
            clock: options.clock,
            replacements: options.place.replacements(),
            stops: Stops { closing: options.closing, place: options.place },
            index: options.index,
        };
        tokio::spawn(task.run(options.start));
        Self { deliveries }
    }

    /// The next thing to tell the subscriber; `None` after [`Delivery::Goodbye`].
    pub async fn next(&mut self) -> Option<Delivery> {
        self.deliveries.recv().await
    }
}

struct Task {
    watch: Arc<Watch>,
    store: store::Reader,
    door: Door,
    out: mpsc::Sender<Delivery>,
    heartbeats: tokio::time::Interval,
    /// Everything up to here is evaluated and its events are delivered.
    position: Seq,
    /// It has not come to the end of history since it began, or began anew with a snapshot.
    is_behind_since_start: bool,
    clock: Arc<dyn Clock>,
    stops: Stops,
    /// What it is to watch instead.
    replacements: Replacements,
    index: Arc<Index>,
}

/// What ends a subscription though its subscriber listens.
struct Stops {
    closing: watch::Receiver<bool>,
    place: Place,
}

impl Stops {
    /// Waits until one of them does.
    async fn wait(&mut self) -> End {
        tokio::select! {
            _ = self.closing.wait_for(|closing| *closing) => closing(),
            ending = self.place.ended() => ended(ending),
        }
    }

    /// Why it has to end now, if it has to.
    fn now(&mut self) -> Option<End> {
        self.wait().now_or_never()
    }
}

/// Why a subscription ends.
enum End {
    /// The subscriber has gone: nobody is left to be told.
    Gone,
    /// It has to be told.
    Because(GoodbyeKind, String),
}

type Outcome<T = ()> = Result<T, End>;

impl Task {
    async fn run(mut self, start: Start) {
        let end = match self.deliver_all(start).await {
            Err(end) => end,
            Ok(never) => match never {},
        };
        if let End::Because(kind, reason) = end {
            // If it fails, the subscriber has gone in the meantime.
            let _ = self.out.send(Delivery::Goodbye { seq: self.position, reason, kind }).await;
        }
    }

    async fn deliver_all(&mut self, start: Start) -> Outcome<std::convert::Infallible> {
        self.send(Delivery::Begun { subscription_id: self.stops.place.id() }).await?;
        let resting = self.watch.resting();
        if !resting.is_empty() {
            let seq = match &start {
                Start::After(seq) => *seq,
                Start::Snapshot(snapshot) => snapshot.seq(),
            };
            self.send(Delivery::Redefined(Redefined { seq, resting, ..Redefined::default() })).await?;
        }
        match start {
            Start::After(seq) => self.position = seq,
            Start::Snapshot(snapshot) => self.deliver_snapshot(snapshot).await?,
        }
        loop {
            self.catch_up(None).await?;
            let watch = Arc::clone(&self.watch);
            let Some(mut joined) = self.door.join(watch).await else { return Err(closing()) };
            if let Some((watch, redefined)) = joined.redefined.take() {
                // Edited while it read history: the rest of that is judged by the new text already.
                let redefined = redefined.map(|redefined| Redefined { seq: self.position, ..redefined });
                self.redefine(watch, redefined).await?;
            }
            // The seam: up to the follower's position from the log, behind it from the queue.
            if !self.catch_up(Some(joined.after)).await? {
                continue;
            }
            if std::mem::take(&mut self.is_behind_since_start) {
                self.send(Delivery::CaughtUp { seq: self.position }).await?;
            }
            self.follow_live(joined).await?;
        }
    }

    /// Delivers what the queue brings, until it ends because it was full, or what is watched is replaced.
    async fn follow_live(&mut self, mut joined: Joined) -> Outcome {
        enum Turn {
            Told(Option<Told>),
            Heartbeat,
            Replace(Replacement),
            Gone,
            End(End),
        }
        loop {
            let turn = tokio::select! {
                biased;
                replacement = self.replacements.next() => Turn::Replace(replacement),
                told = joined.events.recv() => Turn::Told(told),
                end = self.stops.wait() => Turn::End(end),
                () = self.out.closed() => Turn::Gone,
                _ = self.heartbeats.tick() => Turn::Heartbeat,
            };
            match turn {
                Turn::Told(Some(told)) => self.send_told(told).await?,
                // A follower that stops has ended the queue too.
                Turn::Told(None) => return self.stops.now().map_or(Ok(()), Err),
                Turn::End(end) => return Err(end),
                Turn::Gone => return Err(End::Gone),
                Turn::Heartbeat => {
                    self.empty(&mut joined).await?;
                    self.send_heartbeat().await?;
                }
                Turn::Replace(replacement) => {
                    self.empty(&mut joined).await?;
                    return self.replace(replacement).await;
                }
            }
        }
    }

    /// Delivers what is in the queue; then everything is delivered up to where the follower was.
    async fn empty(&mut self, joined: &mut Joined) -> Outcome {
        // In this order: what was evaluated by then is in the queue by then.
        let evaluated = self.door.progress.seq();
        while let Ok(told) = joined.events.try_recv() {
            self.send_told(told).await?;
        }
        // A queue that has ended holds less than was evaluated.
        if !joined.events.is_closed() {
            self.position = self.position.max(evaluated);
        }
        Ok(())
    }

    async fn send_told(&mut self, told: Told) -> Outcome {
        match told {
            Told::Event(event) => self.send_live(event).await,
            Told::Redefined(watch, redefined) => self.redefine(watch, Some(redefined)).await,
        }
    }

    /// Goes on by an edited text.
    async fn redefine(&mut self, watch: Arc<Watch>, redefined: Option<Redefined>) -> Outcome {
        if watch.is_too_large() {
            return Err(End::Because(GoodbyeKind::TooLarge, too_large()));
        }
        self.watch = watch;
        match redefined {
            Some(redefined) => self.send(Delivery::Redefined(redefined)).await,
            None => Ok(()),
        }
    }

    /// Goes on with something else from the position on, or begins anew with a snapshot of it.
    async fn replace(&mut self, Replacement { watch, kind, replaced }: Replacement) -> Outcome {
        let resting = watch.resting();
        self.watch = Arc::new(watch);
        let seq = self.position;
        let redefined = Redefined { seq, resting, replacement: Some(kind), ..Redefined::default() };
        self.send(Delivery::Redefined(redefined)).await?;
        // Who asked may have gone.
        let _ = replaced.send(seq);
        if kind == Replaced::Snapshot {
            let snapshot = self.snapshot_from(seq).await?;
            self.is_behind_since_start = true;
            self.deliver_snapshot(snapshot).await?;
        }
        Ok(())
    }

    /// What matches, as soon as everything up to this seq is searchable.
    async fn snapshot_from(&mut self, seq: Seq) -> Outcome<Snapshot> {
        loop {
            let index = Arc::clone(&self.index);
            let visible = index.wait_for(seq);
            tokio::select! {
                () = visible => return Ok(self.index.snapshot()),
                end = self.stops.wait() => return Err(end),
                _ = self.heartbeats.tick() => self.send_heartbeat().await?,
            }
        }
    }

    async fn send_live(&mut self, event: Event) -> Outcome {
        // What was read from the log while joining comes through the queue a second time.
        if event.seq <= self.position {
            return Ok(());
        }
        let seq = event.seq;
        self.send(Delivery::Event(event)).await?;
        self.position = seq;
        Ok(())
    }

    /// Reads the log from the position to `end`, or to its own end, and delivers what it means. Says whether it still watches the
    /// same: what is replaced has to join the follower anew.
    async fn catch_up(&mut self, end: Option<Seq>) -> Outcome<bool> {
        let mut is_the_same = true;
        loop {
            while let Some(replacement) = self.replacements.next().now_or_never() {
                self.replace(replacement).await?;
                is_the_same = false;
            }
            let end = end.unwrap_or_else(|| self.store.last_seq());
            if self.position >= end {
                return Ok(is_the_same);
            }
            let (events, reached) = self.evaluate_batch(end).await?;
            for event in events {
                let seq = event.seq;
                self.send(Delivery::Event(event)).await?;
                self.position = seq;
            }
            self.position = reached;
            if let Some(end) = self.stops.now() {
                return Err(end);
            }
            let is_heartbeat_due = self.heartbeats.tick().now_or_never().is_some();
            if is_heartbeat_due {
                self.send_heartbeat().await?;
            }
        }
    }

    async fn evaluate_batch(&mut self, end: Seq) -> Outcome<(Vec<Event>, Seq)> {
        let (store, watch, position) = (self.store.clone(), Arc::clone(&self.watch), self.position);
        let work = move || -> Result<(Vec<Event>, Seq), store::Error> {
            let versions = store.versions_after(position, BATCH_VERSIONS_MAX, BATCH_BYTES_MAX)?;
            let mut events = Vec::new();
            let mut reached = position;
            for version in versions {
                if version.seq > end {
                    break;
                }
                reached = version.seq;
                let step = Step::read(version, watch.needed(), &store)?;
                events.extend(watch.observe(&step));
            }
            Ok((without_deleted(events, &store)?, reached))
        };
        self.take_turn(work).await
    }

    /// Everything that matches, by seq; it enters at the seq of the snapshot.
    async fn deliver_snapshot(&mut self, snapshot: Snapshot) -> Outcome {
        let seq = snapshot.seq();
        let now = self.clock.now();
        let queries = self.watch.queries().iter().filter_map(|watched| Some(watched.query.as_ref()?.root.clone()));
        let queries: Vec<Node> = queries.collect();
        let any = match <[Node; 1]>::try_from(queries) {
            Ok([one]) => one,
            Err(none) if none.is_empty() => {
                self.position = seq;
                return Ok(());
            }
            Err(several) => Node::Or(several),
        };
        let any = Arc::new(any);
        let mut listed = Seq::ZERO;
        loop {
            let (found, query) = (snapshot.clone(), Arc::clone(&any));
            let list = move || found.matches_after(&query, now, listed, SNAPSHOT_MATCHES_MAX);
            let matches = self.take_turn(list).await?;
            for batch in matches.chunks(SNAPSHOT_BATCH_MAX) {
                let seqs = batch.iter().map(|found| found.seq).collect();
                self.show(seqs, seq, now).await?;
            }
            match matches.last() {
                Some(last) if matches.len() == SNAPSHOT_MATCHES_MAX => listed = last.seq,
                _ => break,
            }
        }
        self.position = seq;
        Ok(())
    }

    /// Delivers these versions as part of the snapshot.
    async fn show(&mut self, seqs: Vec<Seq>, snapshot_seq: Seq, at: Timestamp) -> Outcome {
        let (store, watch) = (self.store.clone(), Arc::clone(&self.watch));
        let work = move || -> Result<Vec<Event>, store::Error> {
            let versions = store.versions(&seqs)?;
            let shown =
                versions.into_iter().filter_map(|version| watch.observe(&Step::first(version, watch.needed(), at)));
            let shown = shown.map(|event| Event { seq: snapshot_seq, is_snapshot: true, ..event });
            without_deleted(shown.collect(), &store)
        };
        for event in self.take_turn(work).await? {
            self.send(Delivery::Event(event)).await?;
        }
        Ok(())
    }

    /// Does a piece of work on history when it is this subscription's turn.
    async fn take_turn<T, E>(&mut self, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Outcome<T>
    where
        T: Send + 'static,
        E: std::error::Error + Send + 'static,
    {
        let mut turn = std::pin::pin!(Arc::clone(&self.door.catching_up).acquire_owned());
        let turn = loop {
            let taken = tokio::select! {
                turn = &mut turn => Some(turn),
                end = self.stops.wait() => return Err(end),
                _ = self.heartbeats.tick() => None,
            };
            match taken {
                Some(turn) => break turn,
                None => self.send_heartbeat().await?,
            }
        };
        let done = run_blocking(work).await;
        drop(turn);
        done
    }

    async fn send_heartbeat(&mut self) -> Outcome {
        let heartbeat = Delivery::Heartbeat {
            recorded_seq: self.store.last_seq(),
            evaluated_seq: self.position,
            sent_at: self.clock.now(),
        };
        self.send(heartbeat).await
    }

    /// Waits for a slow subscriber, but not longer than the server lives and its name is its own.
    async fn send(&mut self, delivery: Delivery) -> Outcome {
        tokio::select! {
            sent = self.out.send(delivery) => sent.map_err(|_| End::Gone),
            end = self.stops.wait() => Err(end),
        }
    }
}

fn closing() -> End {
    End::Because(GoodbyeKind::Stopping, "the server is stopping".to_owned())
}

fn ended(ending: Ending) -> End {
    match ending {
        Ending::TakenOver => End::Because(
            GoodbyeKind::TakenOver,
            "another stream was opened under the same name; give each subscriber a name of its own".to_owned(),
        ),
        Ending::Deleted => End::Because(GoodbyeKind::Deleted, "the subscription was deleted".to_owned()),
    }
}

fn too_large() -> String {
    format!(
        "the folder holds more than {FOLDER_SUBSCRIPTION_SEARCHES_MAX} saved searches by now; subscribe to the folders below it, or to \
         searches by their ids"
    )
}

fn failed(reason: String) -> End {
    End::Because(GoodbyeKind::Failed, reason)
}

async fn run_blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Outcome<T>
where
    T: Send + 'static,
    E: std::error::Error + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::error!(%error, "a subscription cannot go on");
            Err(failed(error.to_string()))
        }
        Err(error) => Err(failed(format!("internal error: {error}"))),
    }
}

/// History tells what happened, but not what somebody has since taken back: of a mention deleted later only its name is told.
fn without_deleted(mut events: Vec<Event>, store: &store::Reader) -> Result<Vec<Event>, store::Error> {
    let deleted = store.deleted_among(events.iter().map(|event| event.version.number))?;
    let taken_back = |event: &&mut Event| !event.version.deleted && deleted.contains(&event.version.number);
    for event in events.iter_mut().filter(taken_back) {
        let (mention, understanding) = tombstone(&event.version.mention);
        event.version = Arc::new(Version { mention, understanding, parent: None, ..(*event.version).clone() });
        event.highlights.clear();
        event.explanations.clear();
    }
    Ok(events)
}
