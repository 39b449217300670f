//! A typed client for the command line, the demo and tests: connects, keeps ingest within bounds, keeps live streams going.
//!
//! It speaks the wire types and prints nothing; what an answer looks like to a person is `cli`'s affair.

mod connect;
mod ingest;
mod watch;
mod watch_alerts;

pub use connect::{Client, ConnectError, is_connection_lost};
pub use ingest::{IngestStream, UNACKNOWLEDGED_MENTIONS_MAX};
pub use watch::{Watch, WatchError, WatchItem};
pub use watch_alerts::{AlertWatch, AlertWatchItem};
