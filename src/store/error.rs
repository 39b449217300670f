use std::{io, path::PathBuf};

use rusqlite::ErrorCode;

use crate::base::Seq;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing of the group was recorded; the writer goes on as soon as there is room.
    #[error("the store is full: free space on its disk, or raise the store's limit")]
    Full,
    /// A file could not be read, written or made durable.
    #[error("cannot use {what}: {message}")]
    Io {
        /// Which file.
        what: String,
        /// What the system says.
        message: String,
    },
    /// The disk failed earlier. What it holds is known only after reading it again, so nothing is written until a restart.
    #[error(
        "the disk failed earlier ({message}); nothing is written any more: check the disk, then restart the server"
    )]
    Poisoned {
        /// The first failure.
        message: String,
    },
    /// There is no such version.
    #[error("version {seq} is not in the log, which holds {oldest} to {newest}")]
    Missing {
        /// What was asked for.
        seq: Seq,
        /// The oldest version kept.
        oldest: Seq,
        /// The newest version recorded; before `oldest` when the log is empty.
        newest: Seq,
    },
    /// A version does not read back as it was written.
    #[error("version {seq} is damaged: {what}; restore the store from a backup")]
    Damaged {
        /// Which version.
        seq: Seq,
        /// What was noticed.
        what: String,
    },
    /// A table other than the log does not read back as it was written.
    #[error("the store is damaged: {what}; restore it from a backup")]
    Corrupt {
        /// What was noticed.
        what: String,
    },
    /// The log ends before a version that had been recorded.
    #[error(
        "the log ends with version {found}, but version {recorded} had been recorded: {} to {recorded} are lost. \
         Restore the store from a backup, or delete {} to accept the loss", found.next(), tail.display()
    )]
    Shortened {
        /// The newest version in the log.
        found: Seq,
        /// The newest version that had been recorded.
        recorded: Seq,
        /// The side file that knows.
        tail: PathBuf,
    },
    /// The store was written by another generation of this program.
    #[error("{} has store format {found}, but this program knows format {known}: run the version that wrote it", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// There is a file in the store's place that is something else.
    #[error("{} is not a store of this program: choose another data directory", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// Another server uses the directory.
    #[error("{} is in use by another server: stop it, or choose another data directory", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// This program was built with an SQLite that can lose committed data.
    #[error("this program was built with SQLite {found}, which can lose data: build it with {needed} or newer")]
    SqliteTooOld {
        /// As `sqlite3_libversion` tells it.
        found: String,
        /// The first good one.
        needed: String,
    },
    /// The caller broke a promise of this interface: a fault of ours, not of the data.
    #[error("the store was used wrongly: {what}")]
    Misuse {
        /// Which promise.
        what: String,
    },
    /// Anything else SQLite says.
    #[error("the store failed: {message}")]
    Sqlite {
        /// In its words.
        message: String,
    },
}

impl Error {
    pub(super) fn io(what: impl Into<String>, error: &io::Error) -> Self {
        Self::Io { what: what.into(), message: error.to_string() }
    }

    pub(super) fn misuse(what: impl Into<String>) -> Self {
        Self::Misuse { what: what.into() }
    }

    pub(super) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    pub(super) fn damaged(seq: Seq, what: impl Into<String>) -> Self {
        Self::Damaged { seq, what: what.into() }
    }

    /// After these the state of the disk is unknown. A sync that failed must not be tried again: the second try may succeed
    /// although the pages of the first are gone. A damaged row is none of them: the others are as good as before.
    pub(super) fn is_disk_failure(&self) -> bool {
        matches!(self, Self::Io { .. })
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let message = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::SystemIoFailure) => Self::Io { what: "the database of the store".to_owned(), message },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { what: message },
            Some(_) => Self::Sqlite { message },
            None => match error {
                // A column holds what was never written into it.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => Self::Corrupt { what: message },
                _ => Self::Sqlite { message },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::Error;

    #[test]
    fn what_sqlite_says_becomes_what_the_caller_can_act_on() {
        let error = |code| Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(error(ffi::SQLITE_FULL), Error::Full));
        assert!(matches!(error(ffi::SQLITE_CORRUPT), Error::Corrupt { .. }));
        assert!(matches!(error(ffi::SQLITE_BUSY), Error::Sqlite { .. }));
        for failure in [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_FSYNC] {
            assert!(error(failure).is_disk_failure());
        }
        assert!(!error(ffi::SQLITE_FULL).is_disk_failure(), "a full disk mends itself");
    }
}
