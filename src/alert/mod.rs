//! When an alert fires: rules over what enters a saved search, one entry after the other.
//!
//! Pure: every moment comes with the entry, no clock is read, and the same entries give the same firings in every life of the
//! server. What follows the log and what is kept on disk is not known here.

mod hours;
mod spike;
#[cfg(test)]
mod tests;
mod watcher;

pub use spike::LEARNING_DAYS;
pub use watcher::{Entry, Watcher};
