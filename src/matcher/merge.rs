//! Making a new base of layers: every living query is read from its code, and filed anew by what the stream is like now.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    book::Translation,
    layer::{Layer, Sharing, Tuning},
    query_set::{Held, QueryId},
    statistics::StreamStatistics,
};
use crate::query::Query;

/// The work of making a new base. It reads layers that others match against at the same time.
#[derive(Debug)]
pub struct Merge {
    layers: Vec<Held>,
    tuning: Tuning,
    statistics: Arc<StreamStatistics>,
    pace: Option<Pace>,
}

/// A new base.
#[derive(Debug)]
pub struct Merged {
    pub(super) layer: Layer,
    /// How many mentions the frequencies were counted from that it is filed by.
    pub(super) known_mentions: u32,
}

/// Works and rests in turn, so that a machine of few processors has one left for what cannot wait.
#[derive(Clone, Copy, Debug)]
struct Pace {
    work: Duration,
    rest: Duration,
    began: Instant,
}

impl Merge {
    pub(super) fn of(layers: Vec<Held>, tuning: Tuning, statistics: Arc<StreamStatistics>) -> Self {
        Self { layers, tuning, statistics, pace: None }
    }

    /// Of queries that are in no layer yet.
    pub(super) fn of_written(
        statistics: &Arc<StreamStatistics>,
        queries: impl IntoIterator<Item = (QueryId, Query)>,
    ) -> Self {
        let tuning = Tuning::default();
        let mut written = Layer::collecting(0, Sharing::default(), tuning, Arc::clone(statistics));
        let mut numbers = hashbrown::HashMap::new();
        let mut dead = Vec::new();
        for (id, query) in queries {
            dead.extend(numbers.insert(id, written.write_down(id, &query.root)));
        }
        Self::of(vec![Held::written(written, dead)], tuning, Arc::clone(statistics))
    }

    /// Rests for `rest` after every `work` that was done.
    #[must_use]
    pub fn paced(self, work: Duration, rest: Duration) -> Self {
        Self { pace: Some(Pace { work, rest, began: Instant::now() }), ..self }
    }

    /// Queries that will be in the base.
    pub(super) fn queries(&self) -> usize {
        self.living().len()
    }

    /// All living queries by id: the layer and their number in it.
    fn living(&self) -> Vec<(QueryId, u32, u32)> {
        let mut all = Vec::new();
        for (layer, held) in (0..).zip(&self.layers) {
            let numbered = (0..).zip(&held.layer.book.ids);
            all.extend(numbered.filter(|(number, _)| !held.dead.has(*number)).map(|(number, id)| (*id, layer, number)));
        }
        all.sort_unstable();
        all
    }

    /// Does it.
    pub fn run(&mut self) -> Merged {
        let known_mentions = self.statistics.mentions();
        let living = self.living();
        let entries = self.layers.iter().map(|held| held.layer.lists.len()).sum::<usize>() * 9 / 8;
        let mut sharing = Sharing::default();
        let mut book = super::book::Book::default();
        let mut translations: Vec<Translation<'_>> =
            self.layers.iter().map(|held| Translation::new(&held.layer.book)).collect();
        let mut pace = self.pace;
        // Which sets many ask for has to be known before the first of them is filed.
        for &(_, layer, number) in &living {
            let (held, translation) = (&self.layers[layer as usize], &mut translations[layer as usize]);
            let plan = translation.plan(held.layer.book.plan(number), &mut book, &self.statistics);
            sharing.foresee(&plan);
            rest_when_due(&mut pace);
        }
        let mut base = Layer::collecting(entries, sharing, self.tuning, Arc::clone(&self.statistics)).with_book(book);
        for &(id, layer, number) in &living {
            let (held, translation) = (&self.layers[layer as usize], &mut translations[layer as usize]);
            let plan = translation.plan(held.layer.book.plan(number), &mut base.book, &self.statistics);
            base.file(id, plan);
            rest_when_due(&mut pace);
        }
        Merged { layer: base.sealed(), known_mentions }
    }
}

fn rest_when_due(pace: &mut Option<Pace>) {
    if let Some(pace) = pace
        && pace.began.elapsed() >= pace.work
    {
        std::thread::sleep(pace.rest);
        pace.began = Instant::now();
    }
}
