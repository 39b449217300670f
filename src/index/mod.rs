//! One query against all mentions: the searchable image of the log.
//!
//! Everything tantivy stays inside this room, and so does the layout of its directory. What is here is derived: it can be
//! thrown away at any time and is made again from the log. Never in here: the log itself, the text of queries, the wire.

mod bare;
mod careful;
mod columns;
mod compile;
mod directory;
mod error;
mod facet;
mod helpers;
mod merging;
mod page;
mod pass;
mod payload;
mod rank;
mod record;
mod schema;
mod search;
mod seq_set;
mod snapshot;
#[cfg(test)]
mod tests;
mod tokenizer;
mod top;
mod walk;
mod words;
mod writer;

#[doc(hidden)]
pub use bare::BareIndex;
pub use error::Error;
pub use page::{FacetCounts, Match, Order, Page, PageHit, PageKey, PageRequest};
pub use schema::FACET_FIELDS;
pub use seq_set::SeqSet;
pub use snapshot::{Index, Snapshot};
pub use writer::{IndexWriter, open};
