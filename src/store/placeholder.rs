//! Threads that wait for a mention that has not arrived: somebody replied to it already.

use rusqlite::{Connection, OptionalExtension as _};

use super::{Error, name_key::KeyedName};
use crate::model::ThreadId;

pub(super) fn find(conn: &Connection, name: KeyedName<'_>) -> Result<Option<ThreadId>, Error> {
    let sql = "SELECT thread FROM placeholders WHERE key = ?1 AND platform = ?2 AND external_id = ?3";
    let thread: Option<i64> = conn
        .prepare_cached(sql)?
        .query_row((name.key, name.platform, name.external_id), |row| row.get(0))
        .optional()?;
    Ok(thread.map(|thread| ThreadId(thread.cast_unsigned())))
}

pub(super) fn put(conn: &Connection, name: KeyedName<'_>, thread: ThreadId) -> Result<(), Error> {
    // Not in one statement: for a row that may take the place of another, SQLite keeps a journal of its own.
    let row = (name.key, name.platform, name.external_id, thread.0.cast_signed());
    let sql = "UPDATE placeholders SET thread = ?4 WHERE key = ?1 AND platform = ?2 AND external_id = ?3";
    if conn.prepare_cached(sql)?.execute(row)? == 0 {
        let sql = "INSERT INTO placeholders (key, platform, external_id, thread) VALUES (?1, ?2, ?3, ?4)";
        conn.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}

pub(super) fn take(conn: &Connection, name: KeyedName<'_>) -> Result<Option<ThreadId>, Error> {
    let thread = find(conn, name)?;
    if thread.is_some() {
        let sql = "DELETE FROM placeholders WHERE key = ?1 AND platform = ?2 AND external_id = ?3";
        conn.prepare_cached(sql)?.execute((name.key, name.platform, name.external_id))?;
    }
    Ok(thread)
}

pub(super) fn move_all(conn: &Connection, from: ThreadId, to: ThreadId) -> Result<(), Error> {
    let sql = "UPDATE placeholders SET thread = ?2 WHERE thread = ?1";
    conn.prepare_cached(sql)?.execute((from.0.cast_signed(), to.0.cast_signed()))?;
    Ok(())
}
