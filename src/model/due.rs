use super::words;
use crate::base::Timestamp;

/// By when the brand has promised an answer. Moments are counted in its coverage hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// From this moment on the answer is due soon.
    pub soon_at: Timestamp,
    /// An answer written before this moment keeps the promise.
    pub at: Timestamp,
    /// How the promise stands.
    pub sla: Sla,
}

words! {
    /// How a promised answer stands; `sla:` in queries.
    Sla {
        /// There is time left, or the answer came in time.
        Ok = 1 "ok",
        /// There is little time left.
        DueSoon = 2 "due_soon",
        /// The promise is broken: no answer in time.
        Breached = 3 "breached",
    }
}
