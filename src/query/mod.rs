//! The query language: text → tree with problems → checked query; printing; and what a mention offers to a query.
//!
//! A text is cut into tokens (`lexer`), made into a tree as it was written (`parser`, `syntax`), and checked against the
//! fields (`check`, `leaf`). No step fails: each notes its problems and goes on, so that all are told at once.
//!
//! No I/O, and no matching: `matcher` holds many queries against one mention, `index` one query against all.

use jiff::tz::TimeZone;

use crate::base::{Span, limits};

mod address;
mod brackets;
mod check;
pub mod document;
mod doubts;
mod field;
mod leaf;
mod letters;
mod level;
mod lexer;
mod parser;
mod pattern;
mod print;
mod problem;
mod ranges;
mod resolve;
pub mod stretches;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;
mod times;
mod tree;
mod words;

pub use document::Document;
pub use field::{ClockPart, KeywordField, NumberField, TextField, TextFields, TimeField};
pub use pattern::{Pattern, Words};
pub use problem::{Problem, ProblemCode, Severity};
pub use resolve::{Library, Nothing, Referent, SavedText, resolve};
pub use times::time_zone;
pub use tree::{
    HasText, Keyword, KeywordTest, LocalTime, Moment, Node, Number, Query, Reference, Refers, Sample, Time,
};

/// What became of a query text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The checked query; none where a problem is an error. What it refers to is put in its place by [`resolve()`].
    pub query: Option<Query<Reference>>,
    /// All problems, ordered by place; at most [`limits::PROBLEMS_MAX`], errors before warnings where that is too few.
    pub problems: Vec<Problem>,
}

/// Reads a query text. Days and wall-clock times in it are those of `zone`.
///
/// Never fails and never panics, whatever the text: what is wrong with it is told in the problems.
#[must_use]
pub fn parse(text: &str, zone: &TimeZone) -> Parsed {
    let mut problems = problem::Problems::default();
    let root = if text.len() > limits::QUERY_BYTES_MAX {
        let mut first_over = limits::QUERY_BYTES_MAX;
        while !text.is_char_boundary(first_over) {
            first_over -= 1;
        }
        problems.error(
            ProblemCode::TooLong,
            Span::new(first_over, text.len()),
            format!("a query has at most {} bytes, and this one has {}", limits::QUERY_BYTES_MAX, text.len()),
            None,
        );
        None
    } else {
        root(text, zone, &mut problems)
    };
    let query = root.filter(|_| !problems.has_error()).map(|root| Query { root });
    Parsed { query, problems: problems.into_vec() }
}

/// Why no mention can ever match a text, where that is so: one part asks for what another one rules out. What it refers to is not looked
/// into.
#[must_use]
pub fn contradiction(text: &str, zone: &TimeZone) -> Option<Problem> {
    let (span, message) = doubts::contradiction(&parse(text, zone).query?.root)?;
    Some(Problem { severity: Severity::Error, code: ProblemCode::NeverMatches, span, message, suggestion: None })
}

fn root(text: &str, zone: &TimeZone, problems: &mut problem::Problems) -> Option<Node<Reference>> {
    let tokens = lexer::lex(text, problems);
    if tokens.is_empty() && !problems.has_error() {
        let message = "there is nothing to look for; `*` matches every mention";
        problems.error(ProblemCode::Empty, Span::new(0, text.len()), message, None);
        return None;
    }
    let tree = parser::parse(text, tokens, problems);
    let root = check::check(text, &tree, zone, problems)?;
    doubts::warn(&root, problems);
    Some(root)
}
