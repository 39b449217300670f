use rusqlite::{Connection, Row};

use super::{Error, record};
use crate::model::AuthorList;

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<AuthorList>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM author_lists WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read).transpose()
}

/// Those after the given id, ordered by the bytes of their ids, at most so many.
pub(super) fn after(conn: &Connection, id: &str, count_max: usize) -> Result<Vec<AuthorList>, Error> {
    let sql = "SELECT id, crc, body FROM author_lists WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut lists = Vec::new();
    while let Some(row) = rows.next()? {
        lists.push(read(row)?);
    }
    Ok(lists)
}

/// Writes a list, without its members, in place of any other with its id.
pub(super) fn put(conn: &Connection, list: &AuthorList) -> Result<(), Error> {
    let body = record::encode_author_list(list);
    let sql = "INSERT OR REPLACE INTO author_lists (id, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((&list.id, checksum(&list.id, &body), &body))?;
    Ok(())
}

/// Forgets a list and its members.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<(), Error> {
    conn.prepare_cached("DELETE FROM author_list_members WHERE list = ?1")?.execute([id])?;
    conn.prepare_cached("DELETE FROM author_lists WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Adds members; those that are there already stay.
pub(super) fn add_members(conn: &Connection, id: &str, handles: &[String]) -> Result<(), Error> {
    let mut statement =
        conn.prepare_cached("INSERT OR IGNORE INTO author_list_members (list, handle, crc) VALUES (?1, ?2, ?3)")?;
    for handle in handles {
        statement.execute((id, handle, checksum(id, handle.as_bytes())))?;
    }
    Ok(())
}

/// Removes members; those that are none are passed over.
pub(super) fn remove_members(conn: &Connection, id: &str, handles: &[String]) -> Result<(), Error> {
    let mut statement = conn.prepare_cached("DELETE FROM author_list_members WHERE list = ?1 AND handle = ?2")?;
    for handle in handles {
        statement.execute((id, handle))?;
    }
    Ok(())
}

/// Members after the given one, in the order of their bytes, at most so many.
pub(super) fn members_after(conn: &Connection, id: &str, handle: &str, count_max: usize) -> Result<Vec<String>, Error> {
    let sql = "SELECT handle, crc FROM author_list_members WHERE list = ?1 AND handle > ?2 ORDER BY handle LIMIT ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, handle, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut handles = Vec::new();
    while let Some(row) = rows.next()? {
        let handle: String = row.get(0)?;
        if checksum(id, handle.as_bytes()) != row.get::<_, u32>(1)? {
            return Err(Error::corrupt(format!("the checksum of a member of author list `{id}` does not fit")));
        }
        handles.push(handle);
    }
    Ok(handles)
}

/// All members, in the order of their bytes.
pub(super) fn members(conn: &Connection, list: &AuthorList) -> Result<Vec<String>, Error> {
    let handles = members_after(conn, &list.id, "", usize::MAX)?;
    // A row that vanished has no checksum to tell.
    if handles.len() as u64 != list.member_count {
        let what = format!("author list `{}` has {} members instead of {}", list.id, handles.len(), list.member_count);
        return Err(Error::corrupt(what));
    }
    Ok(handles)
}

fn checksum(id: &str, rest: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&[0]);
    hasher.update(rest);
    hasher.finalize()
}

fn read(row: &Row<'_>) -> Result<AuthorList, Error> {
    let id: String = row.get(0)?;
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if checksum(&id, body) != crc {
        return Err(Error::corrupt(format!("the checksum of author list `{id}` does not fit its body")));
    }
    record::decode_author_list(body).map_err(|what| Error::corrupt(format!("author list `{id}`: {what}")))
}
