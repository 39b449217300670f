//! The entries in memory, and what ranks them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::ArcSwap;

use crate::{argument::Ranking, model::Argument, store};

/// Entries read at once.
const BATCH_MAX: usize = 100;

/// The argument base in force, and how it is exchanged.
pub(in crate::engine) struct ArgumentBase {
    base: ArcSwap<Base>,
    edits: AtomicU64,
    /// Held while a new one is made.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// The argument base as it was after some edits.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// Ordered by id.
    pub(super) entries: Vec<Arc<Argument>>,
    /// Of all entries, in their order. The title of an entry is its last example.
    pub(super) ranking: Ranking,
    /// How many edits it knows of.
    pub(super) edits: u64,
}

impl ArgumentBase {
    /// What a store holds.
    pub(in crate::engine) fn load_from(store: &store::Reader) -> Result<Self, store::Error> {
        Ok(Self {
            base: ArcSwap::from_pointee(Base::read(store, 0)?),
            edits: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// What is in force.
    pub(super) fn load(&self) -> Arc<Base> {
        self.base.load_full()
    }

    /// How many entries are in force.
    pub(in crate::engine) fn count(&self) -> usize {
        self.base.load().entries.len()
    }

    pub(super) fn publish(&self, base: Base) {
        self.base.store(Arc::new(base));
    }

    /// Something was recorded; its number.
    pub(super) fn edited(&self) -> u64 {
        self.edits.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// How many edits were recorded.
    pub(super) fn edits(&self) -> u64 {
        self.edits.load(Ordering::SeqCst)
    }
}

impl Base {
    /// Reads all entries and makes their ranking.
    pub(super) fn read(store: &store::Reader, edits: u64) -> Result<Self, store::Error> {
        let began = std::time::Instant::now();
        let mut entries: Vec<Arc<Argument>> = Vec::new();
        loop {
            let after = entries.last().map_or("", |last| last.id.as_str());
            let batch = store.arguments_after(after, BATCH_MAX)?;
            if batch.is_empty() {
                break;
            }
            entries.extend(batch.into_iter().map(Arc::new));
        }
        let ranking = Ranking::of(entries.iter().map(|argument| {
            let examples = argument.examples.iter().map(|example| (example.text.as_str(), example.language.as_str()));
            (argument.id.as_str(), examples.chain(std::iter::once((argument.title.as_str(), ""))))
        }));
        if !entries.is_empty() {
            tracing::info!(
                arguments = entries.len(),
                threshold = ranking.threshold(),
                milliseconds = began.elapsed().as_millis(),
                "the argument base is ready"
            );
        }
        Ok(Self { entries, ranking, edits })
    }
}
