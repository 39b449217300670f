use std::{num::NonZero, sync::Arc, thread::available_parallelism};

use rayon_core::{ThreadPool, ThreadPoolBuilder};

/// Threads that take part in long searches. More would not help: a search has some ten segments, and the largest of them
/// decides.
const HELPERS_MAX: usize = 3;

/// Threads that searches share: whoever searches goes through the segments of the index, and a helper that has nothing else to
/// do takes some of them off it. Nobody waits for a helper that is busy elsewhere.
#[derive(Clone)]
pub(super) struct Helpers(Option<Arc<ThreadPool>>);

impl Helpers {
    /// One for each processor but the one that the searcher itself keeps busy. Where the system gives no threads, searches
    /// do without.
    pub(super) fn start() -> Self {
        let count = available_parallelism().map_or(1, NonZero::get).saturating_sub(1).min(HELPERS_MAX);
        if count == 0 {
            return Self(None);
        }
        let pool = ThreadPoolBuilder::new()
            .num_threads(count)
            .thread_name(|_| "search-helper".to_owned())
            // Whoever searches sees that a helper broke off; without this the server would end.
            .panic_handler(|_| {})
            .build();
        Self(pool.ok().map(Arc::new))
    }

    /// Hands this to every helper, each of which does it when it finds the time: maybe late, and the last ones maybe never.
    pub(super) fn call(&self, work: impl Fn() + Clone + Send + 'static) {
        let Some(pool) = &self.0 else { return };
        for _ in 0..pool.current_num_threads() {
            pool.spawn(work.clone());
        }
    }
}
