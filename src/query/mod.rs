//! The query language: text → tree with problems → checked query; printing; and what a mention offers to a query.
//!
//! No I/O, and no matching: `matcher` holds many queries against one mention, `index` one query against all.

pub mod document;
mod field;
mod problem;
mod tree;

pub use document::Document;
pub use field::{KeywordField, NumberField, TextField, TextFields, TimeField};
pub use problem::{Problem, ProblemCode, Severity};
pub use tree::{ClockPart, Keyword, KeywordTest, LocalTime, Moment, Node, Number, Phrase, Query, Time};
