use std::{fs::File, io, sync::Arc};

use rusqlite::Connection;

use super::{Error, Group, checkpointer::Checkpointer, shared::Shared, state::State, tail::Tail};

/// The one that writes: owned by one thread, one group at a time.
pub struct Writer {
    pub(super) conn: Connection,
    pub(super) shared: Arc<Shared>,
    pub(super) state: State,
    pub(super) tail: Tail,
    pub(super) checkpointer: Checkpointer,
    /// Bodies are encoded into it, one after the other.
    pub(super) body: Vec<u8>,
    /// The first failure of the disk; nothing is written after it.
    pub(super) failure: Option<String>,
    /// Held as long as the store is open, so that no second server opens it.
    pub(super) _lock: File,
}

impl Writer {
    /// Begins a group: everything in it becomes durable together, or not at all.
    ///
    /// # Errors
    /// [`Error::Poisoned`] after the disk failed, until the store is opened again.
    pub fn begin(&mut self) -> Result<Group<'_>, Error> {
        self.check_disk()?;
        let begun = self.conn.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([]));
        match begun {
            Ok(_) => Ok(Group::new(self)),
            Err(error) => Err(self.noticed(error.into())),
        }
    }

    /// Moves everything into the one database file and closes it. A store that is dropped instead loses nothing, but leaves
    /// that work to the next start.
    ///
    /// # Errors
    /// [`Error::Poisoned`] after the disk failed; what was acknowledged before is durable all the same.
    pub fn close(mut self) -> Result<(), Error> {
        self.check_disk()?;
        drop(self.checkpointer);
        self.shared.close_idle();
        // Gives a row that says how far it came; a reader in the way makes it less, which does no harm.
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.tail.sync().map_err(|error| Error::io("the side file of the store", &error))?;
        self.conn.close().map_err(|(_, error)| error.into())
    }

    /// Remembers a failure of the disk.
    pub(super) fn noticed(&mut self, error: Error) -> Error {
        if error.is_disk_failure() && self.failure.is_none() {
            self.failure = Some(error.to_string());
        }
        error
    }

    /// Tells the side file how far the log has come. The group is durable already, so its acknowledgement does not depend on it.
    pub(super) fn record_tail(&mut self) {
        let Err(error) = self.tail.record(&self.state) else { return };
        let error_told = Error::io("the side file of the store", &error);
        tracing::error!(last_seq = self.state.last_seq.0, "{error_told}");
        // A full disk mends itself; anything else is a disk that fails.
        if error.kind() != io::ErrorKind::StorageFull {
            self.noticed(error_told);
        }
    }

    fn check_disk(&self) -> Result<(), Error> {
        match &self.failure {
            Some(message) => Err(Error::Poisoned { message: message.clone() }),
            None => Ok(()),
        }
    }
}
