use rusqlite::{Connection, Row};

use super::{Error, record};
use crate::model::SavedSearch;

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<SavedSearch>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM saved_searches WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read).transpose()
}

/// Those after the given id, ordered by the bytes of their ids, at most so many.
pub(super) fn after(conn: &Connection, id: &str, count_max: usize) -> Result<Vec<SavedSearch>, Error> {
    let sql = "SELECT id, crc, body FROM saved_searches WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut searches = Vec::new();
    while let Some(row) = rows.next()? {
        searches.push(read(row)?);
    }
    Ok(searches)
}

/// Says whether the id is new.
pub(super) fn put(conn: &Connection, search: &SavedSearch) -> Result<bool, Error> {
    let body = record::encode_saved_search(search);
    let crc = checksum(&search.id, &body);
    let sql = "INSERT OR IGNORE INTO saved_searches (id, crc, body) VALUES (?1, ?2, ?3)";
    if conn.prepare_cached(sql)?.execute((&search.id, crc, &body))? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE saved_searches SET crc = ?2, body = ?3 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute((&search.id, crc, &body))?;
    Ok(false)
}

/// Says whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, Error> {
    Ok(conn.prepare_cached("DELETE FROM saved_searches WHERE id = ?1")?.execute([id])? == 1)
}

/// Of a row that is known by its id.
pub(super) fn checksum(id: &str, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&[0]);
    hasher.update(body);
    hasher.finalize()
}

fn read(row: &Row<'_>) -> Result<SavedSearch, Error> {
    let id: String = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&id, body) != crc {
        return Err(Error::corrupt(format!("the checksum of saved search `{id}` does not fit its body")));
    }
    record::decode_saved_search(body).map_err(|what| Error::corrupt(format!("saved search `{id}`: {what}")))
}
