use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hashbrown::HashMap;

use super::{
    bits::Bits,
    find::Scratch,
    heard::Moment,
    layer::{Layer, Tuning},
    merge::{Merge, Merged},
    statistics::StreamStatistics,
};
use crate::{
    base::Timestamp,
    query::{Document, Query, document::Needed},
};

/// What a query is known by in a set; chosen by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(pub u64);

/// Queries, filed so that a mention finds those that match it without trying all.
///
/// Most are in a base that never changes. Adding goes into a small delta beside it, removing notes who is dead; both take
/// microseconds and never stop matching. When the delta has grown, or the stream is no longer what the base was filed by,
/// [`Self::begin_merge`] gives a piece of work that makes a new base, for another thread; its result is put in place by
/// [`Self::finish_merge`]. In between everything goes on as before.
#[derive(Debug)]
pub struct QuerySet {
    /// The base, and deltas on their way into it. Matched against, never changed.
    sealed: Vec<Held>,
    delta: Layer,
    /// Where the living queries of the delta are.
    numbers: HashMap<QueryId, u32>,
    dead_in_delta: Bits,
    alive: usize,
    merging: Option<Merging>,
    tuning: Tuning,
    statistics: Arc<StreamStatistics>,
    work: Work,
}

/// A layer that is matched against, with what has been removed since it was sealed.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) layer: Arc<Layer>,
    numbers: Numbers,
    pub(super) dead: Bits,
    pub(super) dead_count: usize,
}

/// Which number a query has in a layer.
#[derive(Clone, Debug)]
enum Numbers {
    /// Ids rise with numbers.
    Sorted,
    /// Of those that were alive.
    Listed(Arc<HashMap<QueryId, u32>>),
}

#[derive(Debug)]
struct Merging {
    /// So many of the oldest layers take part.
    layers: usize,
    /// Removed from them since.
    removed: Vec<QueryId>,
}

/// How much matching costs, so that a base that fits the stream no longer is noticed.
#[derive(Debug, Default)]
struct Work {
    mentions: AtomicU64,
    scanned: AtomicU64,
    /// Entries looked at for a mention right after the base was made; by then zero.
    usual: AtomicU64,
    /// Mentions that were counted when the base was made.
    known_mentions: u32,
}

/// Queries in a delta from which on a merge pays, however small the base is.
const DELTA_QUERIES_MIN: usize = 2_048;
/// Queries in a delta from which on it is merged, however large the base is: matching has to look words up in both, and its
/// tables grow by copying.
const DELTA_QUERIES_MAX: usize = 16_384;
/// Mentions over which the cost of matching is averaged.
const WORK_MENTIONS: u64 = 8_192;
/// So many entries more for a mention than usual are no reason to file all queries anew.
const SCANNED_TOLERATED: u64 = 100;

/// How many queries of which sort a set holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// All.
    pub queries: usize,
    /// Added since the last merge, and not yet as quick as the others.
    pub in_delta: usize,
    /// Without a word or fact to be filed under, so every mention is held against them.
    pub always: usize,
    /// Asking only for common facts; found by class.
    pub filters: usize,
    /// Classes of such.
    pub classes: usize,
    /// Sets of words that many queries share.
    pub shared_sets: usize,
    /// Places at which queries are filed.
    pub entries: usize,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Default for QuerySet {
    fn default() -> Self {
        // Without a stream to learn from, what is known beforehand is all there is; one for all such sets.
        static UNCOUNTED: std::sync::LazyLock<Arc<StreamStatistics>> = std::sync::LazyLock::new(Arc::default);
        Self::new(Arc::clone(&UNCOUNTED))
    }
}

impl QuerySet {
    /// An empty set that files queries by the frequencies of this stream.
    #[must_use]
    pub fn new(statistics: Arc<StreamStatistics>) -> Self {
        Self::tuned(Tuning::default(), statistics)
    }

    pub(super) fn tuned(tuning: Tuning, statistics: Arc<StreamStatistics>) -> Self {
        Self {
            sealed: Vec::new(),
            delta: Layer::growing(tuning, Arc::clone(&statistics)),
            numbers: HashMap::new(),
            dead_in_delta: Bits::default(),
            alive: 0,
            merging: None,
            tuning,
            statistics,
            work: Work::default(),
        }
    }

    /// A set of many queries, filed at once. Of two with one id the later counts.
    #[must_use]
    pub fn of(queries: impl IntoIterator<Item = (QueryId, Query)>, statistics: Arc<StreamStatistics>) -> Self {
        let mut set = Self::new(statistics);
        let mut merge = Merge::of_written(&set.statistics, queries);
        set.work.known_mentions = set.statistics.mentions();
        set.merging = Some(Merging { layers: 0, removed: Vec::new() });
        set.alive = merge.queries();
        set.finish_merge(merge.run());
        set
    }

    /// Files a query, in place of the one that had the id.
    pub fn insert(&mut self, id: QueryId, query: &Query) {
        self.remove(id);
        let number = self.delta.insert(id, &query.root);
        self.numbers.insert(id, number);
        self.alive += 1;
    }

    /// Forgets a query; false where there was none.
    pub fn remove(&mut self, id: QueryId) -> bool {
        if let Some(number) = self.numbers.remove(&id) {
            self.dead_in_delta.add(number);
            self.alive -= 1;
            return true;
        }
        let was_there = self.sealed.iter_mut().any(|held| held.bury(id));
        if was_there {
            self.alive -= 1;
            if let Some(merging) = &mut self.merging {
                merging.removed.push(id);
            }
        }
        was_there
    }

    /// How many queries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.alive
    }

    /// There is no query.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alive == 0
    }

    /// What a mention has to be read for to be held against the set.
    #[must_use]
    pub fn needed(&self) -> Needed {
        let layers = self.sealed.iter().map(|held| held.layer.as_ref()).chain([&self.delta]);
        layers.fold(Needed::default(), |all, layer| all.and(&layer.book.needed))
    }

    /// The queries that match, in rising order of their ids. Of the document no more is read than [`Self::needed`] says.
    #[must_use]
    pub fn matching(&self, document: &Document, now: Timestamp) -> Vec<QueryId> {
        let mut found = Vec::new();
        self.find(document, now, &mut found);
        found.sort_unstable();
        found
    }

    /// Puts the queries that match into `found`, each once, in no order. What was in it is gone.
    pub fn find(&self, document: &Document, now: Timestamp, found: &mut Vec<QueryId>) {
        found.clear();
        if self.is_empty() {
            return;
        }
        let moment = Moment { document, now };
        let scanned = SCRATCH.with_borrow_mut(|scratch| {
            scratch.scanned = 0;
            scratch.words.read(document);
            for held in &self.sealed {
                let dead = (held.dead_count > 0).then_some(&held.dead);
                held.layer.find(moment, dead, scratch, found);
            }
            if !self.numbers.is_empty() {
                self.delta.find(moment, Some(&self.dead_in_delta), scratch, found);
            }
            scratch.scanned
        });
        self.work.note(scanned);
    }

    /// The same as [`Self::matching`] by trying every query: what matching is measured by.
    #[must_use]
    pub fn try_all(&self, document: &Document, now: Timestamp) -> Vec<QueryId> {
        let (moment, mut found) = (Moment { document, now }, Vec::new());
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.words.read(document);
            for held in &self.sealed {
                held.layer.try_all(moment, &held.dead, scratch, &mut found);
            }
            self.delta.try_all(moment, &self.dead_in_delta, scratch, &mut found);
        });
        found.sort_unstable();
        found
    }

    /// Whether a merge would make matching quicker.
    #[must_use]
    pub fn wants_merge(&self) -> bool {
        if self.merging.is_some() {
            return false;
        }
        let base: usize = self.sealed.iter().map(|held| held.layer.book.ids.len()).sum();
        let dead: usize = self.sealed.iter().map(|held| held.dead_count).sum();
        let changed = self.delta.book.ids.len() + dead;
        let is_left_over = self.sealed.len() > 1;
        let has_grown = changed > (base / 16).clamp(DELTA_QUERIES_MIN, DELTA_QUERIES_MAX);
        is_left_over || has_grown || (base > DELTA_QUERIES_MIN && self.work.is_base_outdated(&self.statistics))
    }

    /// Seals the delta and gives the work of making a new base, for another thread. `None` while a merge is on its way.
    #[must_use]
    pub fn begin_merge(&mut self) -> Option<Merge> {
        if self.merging.is_some() {
            return None;
        }
        let fresh = Layer::growing(self.tuning, Arc::clone(&self.statistics));
        let delta = std::mem::replace(&mut self.delta, fresh);
        let numbers = std::mem::take(&mut self.numbers);
        let held = Held {
            dead_count: delta.book.ids.len() - numbers.len(),
            dead: std::mem::take(&mut self.dead_in_delta),
            layer: Arc::new(delta),
            numbers: Numbers::Listed(Arc::new(numbers)),
        };
        self.sealed.push(held);
        self.merging = Some(Merging { layers: self.sealed.len(), removed: Vec::new() });
        Some(Merge::of(self.sealed.clone(), self.tuning, Arc::clone(&self.statistics)))
    }

    /// Puts a new base in place. What it replaces is given back: to be dropped where a hundred milliseconds do not matter.
    pub fn finish_merge(&mut self, merged: Merged) -> Retired {
        let Some(merging) = self.merging.take() else { return Retired(Vec::new()) };
        let known_mentions = merged.known_mentions;
        let mut base =
            Held { layer: Arc::new(merged.layer), numbers: Numbers::Sorted, dead: Bits::default(), dead_count: 0 };
        for id in merging.removed {
            base.bury(id);
        }
        let retired = self.sealed.splice(..merging.layers, [base]).collect();
        self.work = Work { known_mentions, ..Work::default() };
        Retired(retired)
    }

    /// Gives a merge up whose work came to nothing. Everything is matched as before; the next one takes it along.
    pub fn abandon_merge(&mut self) {
        self.merging = None;
    }

    /// Merges here and now.
    pub fn merge(&mut self) {
        if let Some(mut merge) = self.begin_merge() {
            let merged = merge.run();
            self.finish_merge(merged);
        }
    }

    /// How many queries of which sort there are. The dead count until they are merged away, but for those of
    /// [`Census::always`], of which only so many may live.
    #[must_use]
    pub fn census(&self) -> Census {
        let sealed = self.sealed.iter().map(|held| (held.layer.as_ref(), &held.dead));
        let mut census = Census { queries: self.alive, in_delta: self.numbers.len(), ..Census::default() };
        for (layer, dead) in sealed.chain([(&self.delta, &self.dead_in_delta)]) {
            let (classes, filters) = layer.classes.count();
            census.always += layer.unfiled().filter(|query| !dead.has(*query)).count();
            census.filters += filters;
            census.classes += classes;
            census.shared_sets += layer.book.sets.count();
            census.entries += layer.lists.len();
        }
        census
    }

    /// Bytes it takes, by what for; without what a thread keeps for matching.
    #[must_use]
    pub fn bytes(&self) -> Vec<(&'static str, usize)> {
        let mut all: Vec<(&'static str, usize)> = Vec::new();
        for layer in self.sealed.iter().map(|held| held.layer.as_ref()).chain([&self.delta]) {
            for (what, bytes) in layer.bytes() {
                match all.iter_mut().find(|(held, _)| *held == what) {
                    Some((_, sum)) => *sum += bytes,
                    None => all.push((what, bytes)),
                }
            }
        }
        all
    }
}

/// Layers that are no longer matched against.
#[derive(Debug)]
pub struct Retired(#[expect(dead_code, reason = "held to be dropped")] Vec<Held>);

impl Held {
    /// A layer of which these numbers have been replaced.
    pub(super) fn written(layer: Layer, replaced: Vec<u32>) -> Self {
        let mut dead = Bits::default();
        let dead_count = replaced.len();
        replaced.into_iter().for_each(|number| {
            dead.add(number);
        });
        Self { layer: Arc::new(layer), numbers: Numbers::Sorted, dead, dead_count }
    }

    /// Notes that a query is dead; false where it is not here, or was dead.
    fn bury(&mut self, id: QueryId) -> bool {
        let number = match &self.numbers {
            Numbers::Sorted => self.layer.book.ids.binary_search(&id).ok().and_then(|at| u32::try_from(at).ok()),
            Numbers::Listed(numbers) => numbers.get(&id).copied(),
        };
        let was_alive = number.is_some_and(|number| self.dead.add(number));
        self.dead_count += usize::from(was_alive);
        was_alive
    }
}

impl Work {
    fn note(&self, scanned: u64) {
        self.scanned.fetch_add(scanned, Ordering::Relaxed);
        if self.mentions.fetch_add(1, Ordering::Relaxed) + 1 == WORK_MENTIONS && self.usual.load(Ordering::Relaxed) == 0
        {
            // The first stretch is what the others are measured by.
            let scanned = self.scanned.swap(0, Ordering::Relaxed);
            self.mentions.store(0, Ordering::Relaxed);
            self.usual.store((scanned / WORK_MENTIONS).max(1), Ordering::Relaxed);
        }
    }

    /// The stream has become another than the base was filed by, or is far better known by now.
    fn is_base_outdated(&self, statistics: &StreamStatistics) -> bool {
        let (mentions, usual) = (self.mentions.load(Ordering::Relaxed), self.usual.load(Ordering::Relaxed));
        let is_better_known = statistics.mentions() / 8 > self.known_mentions;
        if usual == 0 || mentions < WORK_MENTIONS {
            return is_better_known;
        }
        let scanned = self.scanned.swap(0, Ordering::Relaxed) / mentions;
        self.mentions.store(0, Ordering::Relaxed);
        is_better_known || scanned > 2 * usual + SCANNED_TOLERATED
    }
}
