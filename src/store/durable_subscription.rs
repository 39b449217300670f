use rusqlite::{Connection, Row};

use super::{Error, record, saved_search::checksum};
use crate::model::DurableSubscription;

pub(super) fn find(conn: &Connection, name: &str) -> Result<Option<DurableSubscription>, Error> {
    let mut statement = conn.prepare_cached("SELECT name, crc, body FROM subscriptions WHERE name = ?1")?;
    statement.query([name])?.next()?.map(read).transpose()
}

/// Those after the given name, ordered by the bytes of their names, at most so many.
pub(super) fn after(conn: &Connection, name: &str, count_max: usize) -> Result<Vec<DurableSubscription>, Error> {
    let sql = "SELECT name, crc, body FROM subscriptions WHERE name > ?1 ORDER BY name LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((name, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(super) fn count(conn: &Connection) -> Result<u64, Error> {
    let count: i64 = conn.prepare_cached("SELECT count(*) FROM subscriptions")?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn put(conn: &Connection, subscription: &DurableSubscription) -> Result<(), Error> {
    let body = record::encode_durable_subscription(subscription);
    let crc = checksum(&subscription.name, &body);
    let sql = "INSERT OR REPLACE INTO subscriptions (name, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((&subscription.name, crc, &body))?;
    Ok(())
}

/// Says whether there was one.
pub(super) fn remove(conn: &Connection, name: &str) -> Result<bool, Error> {
    Ok(conn.prepare_cached("DELETE FROM subscriptions WHERE name = ?1")?.execute([name])? == 1)
}

fn read(row: &Row<'_>) -> Result<DurableSubscription, Error> {
    let name: String = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&name, body) != crc {
        return Err(Error::corrupt(format!("the checksum of subscription `{name}` does not fit its body")));
    }
    record::decode_durable_subscription(body).map_err(|what| Error::corrupt(format!("subscription `{name}`: {what}")))
}
