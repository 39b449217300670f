//! Alerts, what they remember, what they fired, and how far the log is counted for them.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Error, record, saved_search::checksum};
use crate::{
    base::Seq,
    model::{Alert, AlertPosition, AlertState, Firing},
};

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<Alert>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM alerts WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read).transpose()
}

/// Those after the given id, ordered by the bytes of their ids, at most so many.
pub(super) fn after(conn: &Connection, id: &str, count_max: usize) -> Result<Vec<Alert>, Error> {
    let sql = "SELECT id, crc, body FROM alerts WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(super) fn count(conn: &Connection) -> Result<u64, Error> {
    let count: i64 = conn.prepare_cached("SELECT count(*) FROM alerts")?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn put(conn: &Connection, alert: &Alert) -> Result<(), Error> {
    let body = record::encode_alert(alert);
    let sql = "INSERT OR REPLACE INTO alerts (id, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((&alert.id, checksum(&alert.id, &body), &body))?;
    Ok(())
}

/// With what it remembers. Says whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, Error> {
    conn.prepare_cached("DELETE FROM alert_states WHERE id = ?1")?.execute([id])?;
    Ok(conn.prepare_cached("DELETE FROM alerts WHERE id = ?1")?.execute([id])? == 1)
}

pub(super) fn find_state(conn: &Connection, id: &str) -> Result<Option<AlertState>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM alert_states WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read_state).transpose()
}

pub(super) fn put_state(conn: &Connection, id: &str, state: &AlertState) -> Result<(), Error> {
    let body = record::encode_alert_state(state);
    let sql = "INSERT OR REPLACE INTO alert_states (id, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((id, checksum(id, &body), &body))?;
    Ok(())
}

pub(super) fn position(conn: &Connection) -> Result<AlertPosition, Error> {
    let sql = "SELECT seq, revision, last_firing FROM alert_position";
    let read = |row: &Row<'_>| {
        let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
        Ok(AlertPosition { seq: Seq(number(0)?), revision: number(1)?, last_firing: number(2)? })
    };
    Ok(conn.prepare_cached(sql)?.query_row([], read)?)
}

pub(super) fn put_position(conn: &Connection, position: AlertPosition) -> Result<(), Error> {
    let sql = "UPDATE alert_position SET seq = ?1, revision = ?2, last_firing = ?3";
    let AlertPosition { seq, revision, last_firing } = position;
    conn.prepare_cached(sql)?.execute((seq.0.cast_signed(), revision.cast_signed(), last_firing.cast_signed()))?;
    Ok(())
}

/// The firing must have its number.
pub(super) fn put_firing(conn: &Connection, firing: &Firing) -> Result<(), Error> {
    let body = record::encode_firing(firing);
    let sql = "INSERT INTO firings (number, alert, crc, body) VALUES (?1, ?2, ?3, ?4)";
    let crc = checksum(&firing.number.to_string(), &body);
    conn.prepare_cached(sql)?.execute((firing.number.cast_signed(), &firing.alert, crc, &body))?;
    Ok(())
}

/// Forgets the firings before this number.
pub(super) fn remove_firings_before(conn: &Connection, number: u64) -> Result<(), Error> {
    conn.prepare_cached("DELETE FROM firings WHERE number < ?1")?.execute([number.cast_signed()])?;
    Ok(())
}

pub(super) fn oldest_firing(conn: &Connection) -> Result<Option<u64>, Error> {
    let sql = "SELECT number FROM firings ORDER BY number LIMIT 1";
    let oldest = conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0)).optional()?;
    Ok(oldest.map(i64::cast_unsigned))
}

/// Those after a number, in order, at most so many.
pub(super) fn firings_after(conn: &Connection, number: u64, count_max: usize) -> Result<Vec<Firing>, Error> {
    let sql = "SELECT number, crc, body FROM firings WHERE number > ?1 ORDER BY number LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((number.cast_signed(), i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_firing(row)?);
    }
    Ok(found)
}

/// Those before a number, of one alert where one is named, the newest first, at most so many.
pub(super) fn firings_before(
    conn: &Connection,
    alert: Option<&str>,
    number: u64,
    count_max: usize,
) -> Result<Vec<Firing>, Error> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let count_max = i64::try_from(count_max).unwrap_or(i64::MAX);
    let of_all = "SELECT number, crc, body FROM firings WHERE number < ?1 ORDER BY number DESC LIMIT ?2";
    let of_one = "SELECT number, crc, body FROM firings WHERE alert = ?3 AND number < ?1 ORDER BY number DESC LIMIT ?2";
    let mut statement = conn.prepare_cached(if alert.is_some() { of_one } else { of_all })?;
    let mut rows = match alert {
        Some(alert) => statement.query((number, count_max, alert))?,
        None => statement.query((number, count_max))?,
    };
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_firing(row)?);
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<Alert, Error> {
    let (id, body) = checked(row, "alert")?;
    record::decode_alert(body).map_err(|what| Error::corrupt(format!("alert `{id}`: {what}")))
}

fn read_state(row: &Row<'_>) -> Result<AlertState, Error> {
    let (id, body) = checked(row, "what is remembered of alert")?;
    record::decode_alert_state(body).map_err(|what| Error::corrupt(format!("what alert `{id}` remembers: {what}")))
}

fn read_firing(row: &Row<'_>) -> Result<Firing, Error> {
    let number: i64 = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&number.to_string(), body) != crc {
        return Err(Error::corrupt(format!("the checksum of firing {number} does not fit its body")));
    }
    record::decode_firing(body).map_err(|what| Error::corrupt(format!("firing {number}: {what}")))
}

/// Id and body of a row of id, crc and body.
fn checked<'r>(row: &'r Row<'_>, what: &str) -> Result<(String, &'r [u8]), Error> {
    let id: String = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&id, body) != crc {
        return Err(Error::corrupt(format!("the checksum of {what} `{id}` does not fit its body")));
    }
    Ok((id, body))
}
