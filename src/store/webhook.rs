//! Webhooks, how far each is, and what was given up.

use rusqlite::{Connection, Row};

use super::{Error, record, saved_search::checksum};
use crate::model::{DeadLetter, Webhook, WebhookState};

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<Webhook>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM webhooks WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read).transpose()
}

/// Those after the given id, ordered by the bytes of their ids, at most so many.
pub(super) fn after(conn: &Connection, id: &str, count_max: usize) -> Result<Vec<Webhook>, Error> {
    let sql = "SELECT id, crc, body FROM webhooks WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((id, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(super) fn count(conn: &Connection) -> Result<u64, Error> {
    let count: i64 = conn.prepare_cached("SELECT count(*) FROM webhooks")?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn put(conn: &Connection, webhook: &Webhook) -> Result<(), Error> {
    let body = record::encode_webhook(webhook);
    let sql = "INSERT OR REPLACE INTO webhooks (id, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((&webhook.id, checksum(&webhook.id, &body), &body))?;
    Ok(())
}

/// With all that belongs to it. Says whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, Error> {
    conn.prepare_cached("DELETE FROM webhook_states WHERE id = ?1")?.execute([id])?;
    conn.prepare_cached("DELETE FROM dead_letters WHERE webhook = ?1")?.execute([id])?;
    Ok(conn.prepare_cached("DELETE FROM webhooks WHERE id = ?1")?.execute([id])? == 1)
}

pub(super) fn find_state(conn: &Connection, id: &str) -> Result<Option<WebhookState>, Error> {
    let mut statement = conn.prepare_cached("SELECT id, crc, body FROM webhook_states WHERE id = ?1")?;
    statement.query([id])?.next()?.map(read_state).transpose()
}

pub(super) fn put_state(conn: &Connection, id: &str, state: &WebhookState) -> Result<(), Error> {
    let body = record::encode_webhook_state(state);
    let sql = "INSERT OR REPLACE INTO webhook_states (id, crc, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute((id, checksum(id, &body), &body))?;
    Ok(())
}

/// Dead letters of a webhook after a number, in order, at most so many.
pub(super) fn dead_letters_after(
    conn: &Connection,
    id: &str,
    number: u64,
    count_max: usize,
) -> Result<Vec<DeadLetter>, Error> {
    let sql = "SELECT number, crc, body FROM dead_letters WHERE webhook = ?1 AND number > ?2 ORDER BY number LIMIT ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let mut rows = statement.query((id, number, i64::try_from(count_max).unwrap_or(i64::MAX)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_dead_letter(row, id)?);
    }
    Ok(found)
}

pub(super) fn dead_letter_count(conn: &Connection, id: &str) -> Result<u64, Error> {
    let sql = "SELECT count(*) FROM dead_letters WHERE webhook = ?1";
    let count: i64 = conn.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

pub(super) fn put_dead_letter(conn: &Connection, id: &str, letter: &DeadLetter) -> Result<(), Error> {
    let body = record::encode_dead_letter(letter);
    let sql = "INSERT OR REPLACE INTO dead_letters (webhook, number, crc, body) VALUES (?1, ?2, ?3, ?4)";
    let crc = letter_checksum(id, letter.number, &body);
    conn.prepare_cached(sql)?.execute((id, letter.number.cast_signed(), crc, &body))?;
    Ok(())
}

pub(super) fn remove_dead_letter(conn: &Connection, id: &str, number: u64) -> Result<(), Error> {
    let sql = "DELETE FROM dead_letters WHERE webhook = ?1 AND number = ?2";
    conn.prepare_cached(sql)?.execute((id, number.cast_signed()))?;
    Ok(())
}

fn letter_checksum(id: &str, number: u64, body: &[u8]) -> u32 {
    checksum(&format!("{id}/{number}"), body)
}

fn read(row: &Row<'_>) -> Result<Webhook, Error> {
    let (id, body) = checked(row, "webhook")?;
    record::decode_webhook(body).map_err(|what| Error::corrupt(format!("webhook `{id}`: {what}")))
}

fn read_state(row: &Row<'_>) -> Result<WebhookState, Error> {
    let (id, body) = checked(row, "the state of webhook")?;
    record::decode_webhook_state(body).map_err(|what| Error::corrupt(format!("the state of webhook `{id}`: {what}")))
}

fn read_dead_letter(row: &Row<'_>, id: &str) -> Result<DeadLetter, Error> {
    let number = row.get::<_, i64>(0)?.cast_unsigned();
    let crc: u32 = row.get(1)?;
    let body = row.get_ref(2)?.as_blob().map_err(|error| Error::corrupt(error.to_string()))?;
    if letter_checksum(id, number, body) != crc {
        return Err(Error::corrupt(format!("the checksum of dead letter {number} of `{id}` does not fit its body")));
    }
    record::decode_dead_letter(body).map_err(|what| Error::corrupt(format!("dead letter {number} of `{id}`: {what}")))
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
