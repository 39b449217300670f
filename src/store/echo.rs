//! Which mentions say the same as others of their author, in the order they were written.

use rusqlite::{Connection, OptionalExtension as _};

use super::Error;
use crate::{
    base::Timestamp,
    model::{MentionName, MentionNumber},
};

/// A mention's place among those that say the same. Places are ordered by time, and by name within a moment, whatever the order of
/// arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EchoPlace {
    /// What they share.
    pub echo: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Which mention.
    pub number: MentionNumber,
    /// Its name.
    pub name: MentionName,
}

impl EchoPlace {
    /// Two texts may share a hash once in a hundred million times a hundred million; then one of two complaints is shown as a
    /// repetition of the other, by name.
    fn hash(&self) -> i64 {
        let mut first_bytes = [0; 8];
        first_bytes.copy_from_slice(&blake3::hash(self.echo.as_bytes()).as_bytes()[..8]);
        i64::from_le_bytes(first_bytes)
    }
}

pub(super) fn put(conn: &Connection, place: &EchoPlace) -> Result<(), Error> {
    let sql = "INSERT OR IGNORE INTO echoes (echo, created_at_us, external_id, number) VALUES (?1, ?2, ?3, ?4)";
    let number = place.number.0.cast_signed();
    conn.prepare_cached(sql)?.execute((
        place.hash(),
        place.created_at.as_microsecond(),
        &place.name.external_id,
        number,
    ))?;
    Ok(())
}

pub(super) fn remove(conn: &Connection, place: &EchoPlace) -> Result<(), Error> {
    let sql = "DELETE FROM echoes WHERE echo = ?1 AND created_at_us = ?2 AND external_id = ?3 AND number = ?4";
    let number = place.number.0.cast_signed();
    conn.prepare_cached(sql)?.execute((
        place.hash(),
        place.created_at.as_microsecond(),
        &place.name.external_id,
        number,
    ))?;
    Ok(())
}

/// The next mention before a place that says the same, written at this moment or later.
pub(super) fn before(
    conn: &Connection,
    place: &EchoPlace,
    created_at_min: Timestamp,
) -> Result<Option<MentionNumber>, Error> {
    let sql = "SELECT number FROM echoes WHERE echo = ?1 AND created_at_us >= ?5 \
               AND (created_at_us, external_id, number) < (?2, ?3, ?4) AND number <> ?4 \
               ORDER BY created_at_us DESC, external_id DESC, number DESC LIMIT 1";
    one(conn, sql, place, created_at_min)
}

/// The next mention after a place that says the same, written at this moment or earlier.
pub(super) fn after(
    conn: &Connection,
    place: &EchoPlace,
    created_at_max: Timestamp,
) -> Result<Option<MentionNumber>, Error> {
    let sql = "SELECT number FROM echoes WHERE echo = ?1 AND created_at_us <= ?5 \
               AND (created_at_us, external_id, number) > (?2, ?3, ?4) AND number <> ?4 \
               ORDER BY created_at_us, external_id, number LIMIT 1";
    one(conn, sql, place, created_at_max)
}

fn one(conn: &Connection, sql: &str, place: &EchoPlace, bound: Timestamp) -> Result<Option<MentionNumber>, Error> {
    let number = place.number.0.cast_signed();
    let found: Option<i64> = conn
        .prepare_cached(sql)?
        .query_row(
            (place.hash(), place.created_at.as_microsecond(), &place.name.external_id, number, bound.as_microsecond()),
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.map(|number| MentionNumber(number.cast_unsigned())))
}
