//! Many queries against one mention: the first back-end.
//!
//! [`evaluate()`] is the slow obvious evaluator, the oracle of both back-ends. [`QuerySet`] finds the same, for a million
//! queries in tens of microseconds. Nothing here does I/O or keeps a mention.
//!
//! How a set works, in the order in which to read it:
//!
//! - everything discrete is a term (`term`) in one `dictionary`; `derived` terms are wildcards, beginnings and shared sets;
//! - a query becomes a `plan` over terms (`lower`), which is kept as `code` in a `book`;
//! - what of it has to be held for a match is its `cover`: the terms that the fewest mentions hold, by `statistics`;
//! - a `layer` files it there, as `entries` that decide most cases with `filter_bits`, a guard and an exclusion; what they leave
//!   open the code says. Queries that ask only for common facts are `classes`;
//! - a mention is `heard` by a layer, which is to say: its words become terms; then lists are scanned (`find`), and the code of
//!   those that pass is `run`;
//! - a `query_set` is a base that never changes and a delta beside it; `merge` makes one of both.

mod bits;
mod book;
mod classes;
mod code;
mod cost;
mod cover;
mod derived;
mod dictionary;
mod entries;
mod evaluate;
mod explain;
mod filter_bits;
mod find;
mod heard;
mod layer;
mod lower;
mod merge;
mod occurrences;
mod plan;
mod query_set;
mod run;
mod statistics;
mod term;
#[cfg(test)]
mod tests;

pub use cost::{Cost, CostClass, FiledUnder};
pub use evaluate::{evaluate, highlights};
pub use explain::{Clause, ClauseKind, explain};
pub use merge::{Merge, Merged};
pub use query_set::{Census, QueryId, QuerySet, Retired};
pub use statistics::StreamStatistics;
