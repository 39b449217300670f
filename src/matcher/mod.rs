//! Many queries against one mention: the first back-end.
//!
//! [`evaluate()`] is the slow obvious evaluator, the oracle of both back-ends. [`QuerySet`] files each query under terms that
//! a mention must hold for it to match, so that a mention wakes up only the few queries that may match it.
//! Nothing here does I/O or keeps a mention.

mod evaluate;
mod explain;
mod occurrences;
mod query_set;
mod required;
#[cfg(test)]
mod tests;

pub use evaluate::{evaluate, highlights};
pub use explain::{Clause, ClauseKind, explain};
pub use query_set::{QueryId, QuerySet};
pub use required::Waking;
