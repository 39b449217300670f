//! The log of versions and its tables on SQLite: what is acknowledged lies here, and everything else can be rebuilt from it.
//!
//! One [`Writer`] makes groups of versions durable, each in one transaction; any number of [`Reader`]s follow. What SQLite does
//! not promise is added here: a checksum in every row, a chain over all of them, and a side file that tells when the log came
//! back shorter than it was.
//!
//! Everything of SQLite stays inside. No rules ever come in: who belongs to which thread and what needs a reply is decided
//! by the committer; this room only finds and keeps.

mod alert;
mod argument;
mod author_list;
mod checkpointer;
mod durable_subscription;
mod echo;
mod error;
mod group;
mod group_alerts;
mod group_arguments;
mod group_tables;
mod group_webhooks;
mod head;
mod label;
mod log;
mod name_key;
mod open;
mod placeholder;
mod read_lately;
mod reader;
mod reader_alerts;
mod reader_arguments;
mod reader_webhooks;
mod recent;
mod record;
mod saved_search;
mod schema;
mod shared;
mod state;
mod tail;
#[cfg(test)]
mod tests;
mod webhook;
mod writer;

pub use argument::ArgumentTotals;
pub use echo::EchoPlace;
pub use error::Error;
pub use group::{Committed, Group};
pub use head::{AuthorKey, Head};
pub use open::{StoreOptions, open};
pub use reader::Reader;
pub use reader_alerts::AlertBook;
pub use reader_webhooks::KnownWebhook;
pub use writer::Writer;
