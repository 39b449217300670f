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
mod responsible;
mod words;

pub use brands::{WrittenBrand, read_brands};
pub use error::{ConfigError, key_of_line, nearest};
pub use index_config::IndexConfig;
pub use languages::LanguageProfile;
pub use words::{SignLists, WordLists, WordRole};
