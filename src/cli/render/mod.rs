//! What people and programs see. Text from outside enters a line only through `escape`.
//!
//! Nothing here calls a server or knows of arguments.

pub(super) mod card;
pub(super) mod clause;
pub(super) mod detail;
pub(super) mod escape;
pub(super) mod event;
pub(super) mod facets;
pub(super) mod json;
pub(super) mod marked;
pub(super) mod problem;
pub(super) mod style;
pub(super) mod table;
pub(super) mod time;
pub(super) mod words;
