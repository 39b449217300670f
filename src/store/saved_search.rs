use rusqlite::{Connection, Row};

use super::{Error, record};
use crate::{
    base::limits::SAVED_SEARCH_REVISIONS_MAX,
    model::{SavedSearch, SavedSearchRevision},
};

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<SavedSearch>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, folder, crc, body FROM saved_searches WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read).transpose()
}

/// Those after the given id, ordered by the bytes of their ids, at most so many.
pub(super) fn after(conn: &Connection, id: &str, count_max: usize) -> Result<Vec<SavedSearch>, Error> {
    let sql = "SELECT id, folder, crc, body FROM saved_searches WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, limit(count_max)))?;
    let mut searches = Vec::new();
    while let Some(row) = rows.next()? {
        searches.push(read(row)?);
    }
    Ok(searches)
}

/// Those in a folder and in the folders below it, ordered by the bytes of folder and id: those after the given place, at most
/// so many.
pub(super) fn in_folder_after(
    conn: &Connection,
    folder: &str,
    after: (&str, &str),
    count_max: usize,
) -> Result<Vec<SavedSearch>, Error> {
    // `0` comes right behind `/`: between the two lies everything below the folder, and nothing else. Two walks of the index
    // instead of one with OR, which would sort.
    let (below, behind) = (format!("{folder}/"), format!("{folder}0"));
    let mut searches = Vec::new();
    let sql = "SELECT id, folder, crc, body FROM saved_searches WHERE folder >= ?1 AND folder < ?2 \
               AND (folder, id) > (?3, ?4) ORDER BY folder, id LIMIT ?5";
    let mut statement = conn.prepare_cached(sql)?;
    // A folder's own searches come before those below it, for its name is the beginning of theirs. Names that go on with a
    // sign before `/` lie between the two, and belong to neither.
    let just_behind = format!("{folder}\u{0}");
    for (first, end) in [(folder, just_behind.as_str()), (below.as_str(), behind.as_str())] {
        let mut rows = statement.query((first, end, after.0, after.1, limit(count_max - searches.len())))?;
        while let Some(row) = rows.next()? {
            searches.push(read(row)?);
        }
    }
    Ok(searches)
}

/// Says whether the id is new.
pub(super) fn put(conn: &Connection, search: &SavedSearch) -> Result<bool, Error> {
    let body = record::encode_saved_search(search);
    let crc = checksum(&search.id, &body);
    let sql = "INSERT OR IGNORE INTO saved_searches (id, folder, crc, body) VALUES (?1, ?2, ?3, ?4)";
    if conn.prepare_cached(sql)?.execute((&search.id, &search.folder, crc, &body))? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE saved_searches SET folder = ?2, crc = ?3, body = ?4 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute((&search.id, &search.folder, crc, &body))?;
    Ok(false)
}

/// Says whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, Error> {
    Ok(conn.prepare_cached("DELETE FROM saved_searches WHERE id = ?1")?.execute([id])? == 1)
}

/// Writes an edit into the history, and lets the oldest go where there are too many.
pub(super) fn put_revision(conn: &Connection, revision: &SavedSearchRevision) -> Result<(), Error> {
    let id = &revision.search.id;
    let number = revision.search.revision.cast_signed();
    let body = record::encode_revision(revision);
    let crc = revision_checksum(id, number, &body);
    let sql = "INSERT OR REPLACE INTO saved_search_revisions (id, revision, crc, body) VALUES (?1, ?2, ?3, ?4)";
    conn.prepare_cached(sql)?.execute((id, number, crc, &body))?;
    let oldest_kept = number.saturating_sub_unsigned(SAVED_SEARCH_REVISIONS_MAX as u64 - 1);
    let sql = "DELETE FROM saved_search_revisions WHERE id = ?1 AND revision < ?2";
    conn.prepare_cached(sql)?.execute((id, oldest_kept))?;
    Ok(())
}

/// The edits before the given number, the latest first, at most so many.
pub(super) fn revisions_before(
    conn: &Connection,
    id: &str,
    before: u64,
    count_max: usize,
) -> Result<Vec<SavedSearchRevision>, Error> {
    let sql = "SELECT id, revision, crc, body FROM saved_search_revisions WHERE id = ?1 AND revision < ?2 \
               ORDER BY revision DESC LIMIT ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let mut rows = statement.query((id, before, limit(count_max)))?;
    let mut revisions = Vec::new();
    while let Some(row) = rows.next()? {
        revisions.push(read_revision(row)?);
    }
    Ok(revisions)
}

fn limit(count_max: usize) -> i64 {
    i64::try_from(count_max).unwrap_or(i64::MAX)
}

/// Of a row that is known by its id.
pub(super) fn checksum(id: &str, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&[0]);
    hasher.update(body);
    hasher.finalize()
}

fn revision_checksum(id: &str, revision: i64, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&[0]);
    hasher.update(&revision.to_le_bytes());
    hasher.update(body);
    hasher.finalize()
}

fn read(row: &Row<'_>) -> Result<SavedSearch, Error> {
    let id: String = row.get(0)?;
    let folder = row.get_ref(1)?.as_str().map_err(|error| Error::corrupt(error.to_string()))?;
    let crc: u32 = row.get(2)?;
    let body = row.get_ref(3)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&id, body) != crc {
        return Err(Error::corrupt(format!("the checksum of saved search `{id}` does not fit its body")));
    }
    let search =
        record::decode_saved_search(body).map_err(|what| Error::corrupt(format!("saved search `{id}`: {what}")))?;
    if search.folder != folder {
        return Err(Error::corrupt(format!("saved search `{id}` is filed under another folder than its own")));
    }
    Ok(search)
}

fn read_revision(row: &Row<'_>) -> Result<SavedSearchRevision, Error> {
    let (id, number): (String, i64) = (row.get(0)?, row.get(1)?);
    let crc: u32 = row.get(2)?;
    let body = row.get_ref(3)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if revision_checksum(&id, number, body) != crc {
        let what = format!("the checksum of revision {number} of saved search `{id}` does not fit its body");
        return Err(Error::corrupt(what));
    }
    record::decode_revision(body)
        .map_err(|what| Error::corrupt(format!("revision {number} of saved search `{id}`: {what}")))
}
