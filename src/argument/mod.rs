//! Which entry of the argument base fits what a customer asks: every entry brings a few examples, in any language, and the question is
//! held against all of them.
//!
//! Pure: no clock, no store, nothing trained beforehand. A ranking is made of the examples alone in well under a second, so an
//! edited entry counts at once. Words are cut by `text`, so scripts without blanks work the same.

mod anonymous;
mod clusters;
mod duplicates;
mod ranking;
mod terms;
mod threshold;

pub use anonymous::anonymous;
pub use clusters::{Cluster, clusters};
pub use duplicates::Duplicate;
pub use ranking::{Fit, Ranking, Suggestion};
