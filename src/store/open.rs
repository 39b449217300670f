use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{
    Error, Reader, Writer,
    checkpointer::Checkpointer,
    name_key::{NameKey, name_key},
    schema,
    shared::{STATEMENTS_MAX, Shared},
    state::State,
    tail::Tail,
};

/// Before 3.51.3, connections that checkpoint at the same time could lose committed data (the "WAL-reset bug").
const SQLITE_VERSION_MIN: (i32, &str) = (3_051_003, "3.51.3");

const PAGE_BYTES: u64 = 4096;
/// Pages in the write-ahead log before the writer moves them into the database: 16 MB. Of some 30 ms of work the checkpointer has done
/// most by then.
const CHECKPOINT_PAGES: i64 = 4000;
/// Pages of the writer in memory, in KiB. More would find more of the index of names, which arrive in random order; but SQLite goes
/// through all of them at the end of a group in which a node was split, and the system's page cache is nearly as near.
const WRITE_CACHE_KIB: i64 = 16 * 1024;
/// How long to wait for an operator's tool that holds the database.
const BUSY_WAIT: Duration = Duration::from_secs(5);

const DATABASE_FILE: &str = "store.sqlite";
const TAIL_FILE: &str = "tail";
const LOCK_FILE: &str = "lock";

/// How a store is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreOptions {
    /// Most bytes the database may take, in whole pages of 4 KiB; the write-ahead log, some 16 MB, comes on top.
    /// `None` is as much as the disk holds.
    pub bytes_max: Option<u64>,
}

/// Opens the store in a directory of its own, which is made where it does not exist. Blocking.
///
/// # Errors
/// [`Error::InUse`], [`Error::NotAStore`], [`Error::Format`]: it is not for us. [`Error::Shortened`], [`Error::Corrupt`]: it
/// is not what had been written. [`Error::Io`], [`Error::Full`]: the disk does not let us.
pub fn open(dir: &Path, options: StoreOptions) -> Result<(Writer, Reader), Error> {
    open_with(dir, options, name_key)
}

pub(super) fn open_with(dir: &Path, options: StoreOptions, key: NameKey) -> Result<(Writer, Reader), Error> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN.0 {
        let needed = SQLITE_VERSION_MIN.1.to_owned();
        return Err(Error::SqliteTooOld { found: rusqlite::version().to_owned(), needed });
    }
    fs::create_dir_all(dir).map_err(|error| Error::io(dir.display().to_string(), &error))?;
    let lock = lock(dir)?;

    let database = dir.join(DATABASE_FILE);
    let conn = connect(&database, options)?;
    let state = State::read(&conn)?;
    let tail = Tail::open(&dir.join(TAIL_FILE), &conn, &state)?;
    // New files are durable only with the directories that name them.
    for named in [Some(dir), dir.parent()].into_iter().flatten().filter(|named| !named.as_os_str().is_empty()) {
        sync_directory(named).map_err(|error| Error::io(named.display().to_string(), &error))?;
    }

    let checkpointer = Checkpointer::start(&database)?;
    let shared = Arc::new(Shared::new(database, State::read_id(&conn)?, key, &state));
    let reader = Reader::new(Arc::clone(&shared));
    let writer = Writer { conn, shared, state, tail, checkpointer, body: Vec::new(), failure: None, _lock: lock };
    Ok((writer, reader))
}

fn lock(dir: &Path) -> Result<File, Error> {
    let path = dir.join(LOCK_FILE);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| Error::io(path.display().to_string(), &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(Error::io(path.display().to_string(), &error)),
    }
}

fn connect(database: &Path, options: StoreOptions) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(database, flags)
        .map_err(|error| Error::Io { what: database.display().to_string(), message: error.to_string() })?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    conn.busy_timeout(BUSY_WAIT)?;
    let is_made = schema::is_made(&conn, database)?;
    // Plans must not depend on the values bound: with partial indexes every look-up would be planned anew.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // `Writer::close` does it, and after a failure of the disk nobody should.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;

    conn.pragma_update(None, "page_size", PAGE_BYTES.cast_signed())?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "cache_size", -WRITE_CACHE_KIB)?;
    if let Some(bytes_max) = options.bytes_max {
        // 0 would mean no limit to SQLite.
        let pages = i64::try_from(bytes_max / PAGE_BYTES).unwrap_or(i64::MAX).max(1);
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    if !is_made {
        schema::create(&conn)?;
    }
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        let message = format!("its file system cannot keep a write-ahead log (SQLite offers `{mode}`)");
        return Err(Error::Io { what: database.display().to_string(), message });
    }
    conn.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))?;
    Ok(conn)
}

#[cfg(unix)]
fn sync_directory(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Elsewhere a directory cannot be opened as a file, and its entries are durable with the files.
#[cfg(not(unix))]
fn sync_directory(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}
