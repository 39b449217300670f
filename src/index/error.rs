use std::{io, path::PathBuf};

/// Why the index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process, or another writer of this one, has the directory.
    #[error("the index at {dir} is open elsewhere; only one process may write it, stop the other one", dir = dir.display())]
    Locked {
        /// Directory of the index.
        dir: PathBuf,
    },
    /// The directory could not be made, read or cleared.
    #[error("the index directory {dir} is not usable: {source}; check its rights and the room on its disk", dir = dir.display())]
    Directory {
        /// Directory of the index.
        dir: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Writing failed. The writer is of no more use: drop it and ask [`super::Index::reopen_writer`] for a new one.
    #[error("the index could not be written: {reason}; nothing is lost, it continues from the log once the disk works")]
    Write {
        /// What went wrong.
        reason: String,
    },
    /// Reading failed.
    #[error("the index could not be read: {reason}")]
    Read {
        /// What went wrong.
        reason: String,
    },
    /// The query is right, but this index would have to do too much for it.
    #[error(
        "{what} come to {cost} or more here, and one query may cost {cost_max}; write more letters of it, or search for less at a time"
    )]
    TooDear {
        /// What makes it dear.
        what: String,
        /// What it would cost.
        cost: usize,
        /// What a query may cost.
        cost_max: usize,
    },
    /// The values of this field are not kept for counting.
    #[error("the values of field `{field}` cannot be counted; these can: {allowed}")]
    NotAFacet {
        /// The field asked for.
        field: &'static str,
        /// Those that can, with commas.
        allowed: String,
    },
}

impl Error {
    pub(super) fn write(source: impl std::fmt::Display) -> Self {
        Self::Write { reason: source.to_string() }
    }

    pub(super) fn read(source: impl std::fmt::Display) -> Self {
        Self::Read { reason: source.to_string() }
    }
}
