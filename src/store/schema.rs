use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::Error;

/// The format of the tables below. Old formats are opened for ever; a newer one is refused.
pub(super) const FORMAT: i64 = 1;

/// Marks the file as ours in SQLite's header: `ASCO`.
const APPLICATION_ID: i64 = 0x4153_434f;

/// Times are microseconds since 1970. What each index is for:
///
/// - `heads_by_key`: every mention that comes in looks for its name. The only one written at random places.
/// - `heads_by_thread`: conversations, oldest first. A new thread has the highest number, so it grows at its end.
/// - `heads_by_parent`: replies that came before what they answer, what the brand replied to a mention, and what its author added to it,
///   without reading a hundred thousand comments. Only replies are in it.
/// - `heads_own`: what the brand wrote in a private conversation. Few mentions are in it.
/// - `heads_open`: the queue of the care desk, read when a server starts.
/// - `saved_searches_by_folder`: a folder's page without reading the others.
///
/// `echoes` finds what an author wrote twice; only what asks for an answer is in it. `labels` is what people said of mentions.
///
/// `arguments_by_size` holds what bounds the argument base, without its texts. `argument_mentions` finds the examples that go when a mention
/// is deleted.
///
/// `state.id` tells this store from every other, so that an index or a cursor of another one is noticed.
/// `heads` can be made again from the log; it carries no checksums of its own.
const TABLES: &str = "
    CREATE TABLE log (seq INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT;

    CREATE TABLE heads (
        number INTEGER PRIMARY KEY,
        key INTEGER NOT NULL,
        platform TEXT NOT NULL,
        external_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        thread INTEGER NOT NULL,
        created_at_us INTEGER NOT NULL,
        observed_at_us INTEGER NOT NULL,
        status INTEGER NOT NULL,
        own INTEGER NOT NULL,
        asks INTEGER NOT NULL,
        deleted INTEGER NOT NULL,
        parent_key INTEGER,
        in_reply_to TEXT,
        author INTEGER
    ) STRICT;
    CREATE INDEX heads_by_key ON heads (key);
    CREATE INDEX heads_by_thread ON heads (thread, created_at_us);
    CREATE INDEX heads_by_parent ON heads (parent_key, own, author) WHERE parent_key IS NOT NULL;
    CREATE INDEX heads_open ON heads (number) WHERE status IN (2, 4, 5, 6);
    CREATE INDEX heads_own ON heads (thread, created_at_us) WHERE own = 1;

    CREATE TABLE placeholders (
        key INTEGER NOT NULL,
        platform TEXT NOT NULL,
        external_id TEXT NOT NULL,
        thread INTEGER NOT NULL,
        PRIMARY KEY (key, platform, external_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX placeholders_by_thread ON placeholders (thread);

    CREATE TABLE saved_searches (
        id TEXT PRIMARY KEY,
        folder TEXT NOT NULL,
        crc INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX saved_searches_by_folder ON saved_searches (folder, id);
    CREATE TABLE saved_search_revisions (
        id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (id, revision)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE author_lists (id TEXT PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE author_list_members (
        list TEXT NOT NULL,
        handle TEXT NOT NULL,
        crc INTEGER NOT NULL,
        PRIMARY KEY (list, handle)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE subscriptions (name TEXT PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE alerts (id TEXT PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE alert_states (id TEXT PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE TABLE firings (
        number INTEGER PRIMARY KEY,
        alert TEXT NOT NULL,
        crc INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX firings_by_alert ON firings (alert, number);
    CREATE TABLE alert_position (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        seq INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        last_firing INTEGER NOT NULL
    ) STRICT;
    INSERT INTO alert_position VALUES (1, 0, 0, 0);
    CREATE TABLE echoes (
        echo INTEGER NOT NULL,
        created_at_us INTEGER NOT NULL,
        external_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (echo, created_at_us, external_id, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE labels (number INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE TABLE resting_brands (brand TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

    CREATE TABLE webhooks (id TEXT PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE webhook_states (id TEXT PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE dead_letters (
        webhook TEXT NOT NULL,
        number INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (webhook, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE arguments (
        id TEXT PRIMARY KEY,
        examples INTEGER NOT NULL,
        example_bytes INTEGER NOT NULL,
        crc INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX arguments_by_size ON arguments (examples, example_bytes);
    CREATE TABLE argument_mentions (
        mention TEXT NOT NULL,
        argument TEXT NOT NULL,
        PRIMARY KEY (mention, argument)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX argument_mentions_by_argument ON argument_mentions (argument);

    CREATE TABLE state (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        oldest_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        last_number INTEGER NOT NULL,
        mentions INTEGER NOT NULL,
        saved_searches INTEGER NOT NULL,
        chain BLOB NOT NULL,
        id TEXT NOT NULL
    ) STRICT;
    INSERT INTO state VALUES (1, 1, 0, 0, 0, 0, zeroblob(32), lower(hex(randomblob(16))));
";

/// Whether the file is a store of ours, of a format we know (`true`), or empty (`false`). Changes nothing.
pub(super) fn is_made(conn: &Connection, path: &Path) -> Result<bool, Error> {
    let not_a_store = || Error::NotAStore { path: path.to_owned() };
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(|error| {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => not_a_store(),
            _ => error.into(),
        }
    })?;
    let number = |pragma| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application_id, found) = (number("application_id")?, number("user_version")?);
    if tables == 0 && application_id == 0 {
        return Ok(false);
    }
    if application_id != APPLICATION_ID {
        return Err(not_a_store());
    }
    if found != FORMAT {
        return Err(Error::Format { path: path.to_owned(), found, known: FORMAT });
    }
    Ok(true)
}

/// Makes the tables in an empty file.
pub(super) fn create(conn: &Connection) -> Result<(), Error> {
    // One transaction: a server killed in the middle leaves an empty file, which is made again.
    conn.execute_batch(&format!(
        "BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    ))?;
    Ok(())
}
