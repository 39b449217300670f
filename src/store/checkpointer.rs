use std::{
    io,
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Builder, JoinHandle},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::Error;

/// Versions recorded between two rounds: some thousand pages of the write-ahead log, a quarter of what makes the writer do it.
const ROUND_VERSIONS: usize = 512;

/// Moves pages from the write-ahead log into the database while the writer goes on.
///
/// It saves the writer's callers from waiting, and nothing depends on it. By itself it would be a trap: it never reaches the end of a log
/// that goes on growing, and only from its end a log begins anew. So the writer still moves what is left when the log is long, which
/// then is little.
pub(super) struct Checkpointer {
    /// `None` once it has to end.
    rounds: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Since the last round.
    versions: usize,
}

impl Checkpointer {
    /// Starts it beside the writer of this database.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn start(database: &Path) -> Result<Self, Error> {
        let conn =
            Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        // That is the writer's.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        let (rounds, due) = sync_channel(1);
        let thread = Builder::new().name("checkpointer".to_owned()).spawn(move || run(&conn, &due));
        let thread = thread.map_err(|error: io::Error| Error::io(database.display().to_string(), &error))?;
        Ok(Self { rounds: Some(rounds), thread: Some(thread), versions: 0 })
    }

    /// So many versions more are recorded.
    pub(super) fn recorded(&mut self, versions: usize) {
        self.versions += versions;
        if self.versions >= ROUND_VERSIONS {
            self.versions = 0;
            // A round that is due already serves for this one too; and where it has ended, the writer does its work.
            let _ = self.rounds.as_ref().map(|rounds| rounds.try_send(()));
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.rounds = None;
        if let Some(thread) = self.thread.take() {
            // It has said what was wrong.
            let _ = thread.join();
        }
    }
}

fn run(conn: &Connection, due: &Receiver<()>) {
    while due.recv().is_ok() {
        // Gives a row that says how far it came; the writer in the way makes it less, which does no harm.
        if let Err(error) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            tracing::warn!(%error, "the write-ahead log of the store is moved by the writer alone from now on");
            return;
        }
    }
}
