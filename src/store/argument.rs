//! The argument base.

use rusqlite::{Connection, Row};

use super::{Error, record, saved_search::checksum};
use crate::model::Argument;

/// How much the argument base holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArgumentTotals {
    /// Entries.
    pub entries: u64,
    /// Examples of all entries.
    pub examples: u64,
    /// Bytes of all examples.
    pub example_bytes: u64,
}

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<Argument>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM arguments WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read).transpose()
}

/// Those after the given id, ordered by the bytes of their ids, at most so many.
pub(super) fn after(conn: &Connection, id: &str, count_max: usize) -> Result<Vec<Argument>, Error> {
    let sql = "SELECT id, crc, body FROM arguments WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Ids of the entries that have an example from a mention, ordered.
pub(super) fn of_mention(conn: &Connection, mention: &str) -> Result<Vec<String>, Error> {
    let sql = "SELECT argument FROM argument_mentions WHERE mention = ?1 ORDER BY argument";
    let mut statement = conn.prepare_cached(sql)?;
    let ids = statement.query_map([mention], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

pub(super) fn totals(conn: &Connection) -> Result<ArgumentTotals, Error> {
    let sql = "SELECT count(*), coalesce(sum(examples), 0), coalesce(sum(example_bytes), 0) FROM arguments";
    let totals = conn.prepare_cached(sql)?.query_row([], |row| {
        let number = |at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs());
        Ok(ArgumentTotals { entries: number(0)?, examples: number(1)?, example_bytes: number(2)? })
    })?;
    Ok(totals)
}

pub(super) fn put(conn: &Connection, argument: &Argument) -> Result<(), Error> {
    let body = record::encode_argument(argument);
    let sql = "INSERT OR REPLACE INTO arguments (id, examples, example_bytes, crc, body) VALUES (?1, ?2, ?3, ?4, ?5)";
    let (examples, bytes) = (argument.examples.len() as u64, argument.example_bytes() as u64);
    let crc = checksum(&argument.id, &body);
    conn.prepare_cached(sql)?.execute((&argument.id, examples.cast_signed(), bytes.cast_signed(), crc, &body))?;
    forget_mentions(conn, &argument.id)?;
    let sql = "INSERT OR IGNORE INTO argument_mentions (mention, argument) VALUES (?1, ?2)";
    let mut statement = conn.prepare_cached(sql)?;
    for example in argument.examples.iter().filter(|example| !example.mention.is_empty()) {
        statement.execute((&example.mention, &argument.id))?;
    }
    Ok(())
}

/// Says whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, Error> {
    forget_mentions(conn, id)?;
    Ok(conn.prepare_cached("DELETE FROM arguments WHERE id = ?1")?.execute([id])? == 1)
}

fn forget_mentions(conn: &Connection, id: &str) -> Result<(), Error> {
    conn.prepare_cached("DELETE FROM argument_mentions WHERE argument = ?1")?.execute([id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Argument, Error> {
    let id: String = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&id, body) != crc {
        return Err(Error::corrupt(format!("the checksum of argument `{id}` does not fit its body")));
    }
    record::decode_argument(body).map_err(|what| Error::corrupt(format!("argument `{id}`: {what}")))
}
