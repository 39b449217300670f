//! Judges the words of a mention: language, sentiment, intent, stage, topics, brands, and whether it asks for an answer; each
//! with its evidence.
//!
//! One file per judgement, so that a trained model can take the place of a list without the others noticing. Everything here is
//! pure: no clock, no randomness, no network, no state of conversations (that is `care`), no queries (the matcher finds those).

mod brands;
mod enricher;
mod features;
mod intent;
mod language;
mod lexicon;
mod needs_reply;
mod reading;
mod script;
mod seen;
mod sentiment;
mod signs;
mod stage;
mod strip;
mod taught;
#[cfg(test)]
mod tests;
mod topics;
mod units;

pub use enricher::{Attributed, Enricher, Error, whole_text};
pub use language::Wrote;
pub use reading::FEATURES;
pub use seen::Seen;
pub use taught::{Basis, Taught, TaughtBrand, TaughtModel, label_of};
