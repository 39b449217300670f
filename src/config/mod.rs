//! What the settings and `index-config/` may say, checked and resolved.
//!
//! Files are read and judged here, once; what comes out is plain data that is right. No matching, no judging, no network.

mod brands;
mod built_in;
mod coverage;
mod error;
mod index_config;
mod languages;
mod models;
mod reply_rules;
mod words;

pub use error::{ConfigError, nearest};
pub use index_config::IndexConfig;
pub use languages::LanguageProfile;
pub use words::{SignLists, WordLists, WordRole};
