//! What people said of mentions, kept to learn from, and the brands that must not learn.

use rusqlite::{Connection, Row};

use super::{Error, record};
use crate::model::{Label, MentionNumber};

/// Keeps a label in place of any other of its mention; says whether it is the first.
pub(super) fn put(conn: &Connection, label: &Label) -> Result<bool, Error> {
    let is_first = !remove(conn, label.number)?;
    let body = record::encode_label(label);
    let sql = "INSERT INTO labels (number, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((label.number.0.cast_signed(), crc32fast::hash(&body), &body))?;
    Ok(is_first)
}

/// Says whether there was one.
pub(super) fn remove(conn: &Connection, number: MentionNumber) -> Result<bool, Error> {
    Ok(conn.prepare_cached("DELETE FROM labels WHERE number = ?1")?.execute([number.0.cast_signed()])? == 1)
}

/// All labels in the order of their mentions' numbers.
pub(super) fn all(conn: &Connection) -> Result<Vec<Label>, Error> {
    let mut statement = conn.prepare_cached("SELECT number, crc, body FROM labels ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push(read(row)?);
    }
    Ok(labels)
}

pub(super) fn count(conn: &Connection) -> Result<u64, Error> {
    let count: i64 = conn.prepare_cached("SELECT count(*) FROM labels")?.query_row([], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

/// Labels of mentions behind a number, in their order.
pub(super) fn after(conn: &Connection, number: MentionNumber, limit: usize) -> Result<Vec<Label>, Error> {
    let sql = "SELECT number, crc, body FROM labels WHERE number > ?1 ORDER BY number LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((number.0.cast_signed(), limit))?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push(read(row)?);
    }
    Ok(labels)
}

/// Lets no label teach a brand any more; those that taught it alone are gone. How many taught it.
pub(super) fn forget(conn: &Connection, brand: &str) -> Result<u64, Error> {
    let mut forgotten = 0;
    for mut label in all(conn)? {
        if !label.brands.iter().any(|taught| taught == brand) {
            continue;
        }
        forgotten += 1;
        label.brands.retain(|taught| taught != brand);
        if label.brands.is_empty() {
            remove(conn, label.number)?;
        } else {
            put(conn, &label)?;
        }
    }
    Ok(forgotten)
}

/// Ids of the brands that must not learn, ordered.
pub(super) fn resting(conn: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = conn.prepare_cached("SELECT brand FROM resting_brands ORDER BY brand")?;
    let brands = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(brands)
}

pub(super) fn set_resting(conn: &Connection, brand: &str, rests: bool) -> Result<(), Error> {
    let sql = if rests {
        "INSERT OR IGNORE INTO resting_brands (brand) VALUES (?1)"
    } else {
        "DELETE FROM resting_brands WHERE brand = ?1"
    };
    conn.prepare_cached(sql)?.execute([brand])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Label, Error> {
    let number: i64 = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if crc32fast::hash(body) != crc {
        return Err(Error::corrupt(format!(
            "the checksum of the label of mention number {number} does not fit its body"
        )));
    }
    record::decode_label(body).map_err(|what| Error::corrupt(format!("label of mention number {number}: {what}")))
}
