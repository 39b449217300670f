use std::{
    path::PathBuf,
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::watch;

use super::{
    Error,
    name_key::NameKey,
    read_lately::ReadLately,
    recent::{Recent, Recorded},
    state::State,
};
use crate::base::Seq;

/// Read connections kept for the next reader. More may be open at once; the rest is closed after use.
const IDLE_CONNECTIONS_MAX: usize = 8;
/// Pages in memory per read connection, in KiB. The system's page cache does the rest.
const READ_CACHE_KIB: i64 = 4 * 1024;
/// Cached statements per connection: more than there are.
pub(super) const STATEMENTS_MAX: usize = 96;

/// What the writer and all readers share.
pub(super) struct Shared {
    database: PathBuf,
    pub(super) id: String,
    pub(super) name_key: NameKey,
    pub(super) oldest_seq: Seq,
    /// The newest durable seq.
    pub(super) newest: watch::Sender<Seq>,
    pub(super) recent: RwLock<Recent>,
    pub(super) read_lately: ReadLately,
    mentions: AtomicU64,
    saved_searches: AtomicU64,
    idle: Mutex<Vec<Connection>>,
}

impl Shared {
    pub(super) fn new(database: PathBuf, id: String, name_key: NameKey, state: &State) -> Self {
        Self {
            database,
            id,
            name_key,
            oldest_seq: state.oldest_seq,
            newest: watch::Sender::new(state.last_seq),
            recent: RwLock::default(),
            read_lately: ReadLately::default(),
            mentions: AtomicU64::new(state.mentions),
            saved_searches: AtomicU64::new(state.saved_searches),
            idle: Mutex::default(),
        }
    }

    pub(super) fn last_seq(&self) -> Seq {
        *self.newest.borrow()
    }

    pub(super) fn mention_count(&self) -> u64 {
        self.mentions.load(Ordering::Relaxed)
    }

    pub(super) fn saved_search_count(&self) -> u64 {
        self.saved_searches.load(Ordering::Relaxed)
    }

    /// Shows readers what has become durable, and wakes them.
    pub(super) fn publish(&self, versions: Vec<Recorded>, state: &State) {
        self.mentions.store(state.mentions, Ordering::Relaxed);
        self.saved_searches.store(state.saved_searches, Ordering::Relaxed);
        if !versions.is_empty() {
            self.recent.write().unwrap_or_else(PoisonError::into_inner).extend(versions);
            self.newest.send_replace(state.last_seq);
        }
    }

    /// Runs `read` on a read connection of its own.
    pub(super) fn with_connection<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = idle.map_or_else(|| self.connect(), Ok)?;
        let answer = read(&conn);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // One whose transaction did not end would show this moment for ever.
        if idle.len() < IDLE_CONNECTIONS_MAX && conn.is_autocommit() {
            idle.push(conn);
        }
        answer
    }

    /// The same for many reads: all see the same moment, and SQLite takes its locks once for all of them.
    pub(super) fn at_one_moment<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        self.with_connection(|conn| {
            conn.prepare_cached("BEGIN")?.execute([])?;
            let answer = read(conn);
            conn.prepare_cached("COMMIT")?.execute([])?;
            answer
        })
    }

    pub(super) fn close_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn connect(&self) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&self.database, flags)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.pragma_update(None, "cache_size", -READ_CACHE_KIB)?;
        Ok(conn)
    }
}
