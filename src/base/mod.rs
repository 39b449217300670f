//! What every room stands on: seq, clock, byte ranges and the named limits.
//!
//! Nothing here knows what a mention is.

mod clock;
pub mod limits;
mod seq;
mod span;

pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use seq::Seq;
pub use span::Span;
