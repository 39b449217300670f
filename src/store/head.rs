use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Params, Row};

use super::{
    Error,
    name_key::{KeyedName, NameKey},
};
use crate::{
    base::{Seq, Timestamp},
    model::{MentionName, MentionNumber, Status, ThreadId, Version},
};

/// The newest state of a mention in short: what can be known of it without reading its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which mention.
    pub number: MentionNumber,
    /// Its name.
    pub name: MentionName,
    /// Its newest version.
    pub seq: Seq,
    /// The conversation it belongs to.
    pub thread: ThreadId,
    /// When its author wrote it.
    pub created_at: Timestamp,
    /// When the source last saw it, as far as it told; may be later than the newest version says.
    pub observed_at: Timestamp,
    /// Where it stands at the care desk.
    pub status: Status,
    /// Who wrote it, as a key: equal for equal handles on a platform, in whatever letter case; `None` where it has no handle.
    pub author: Option<AuthorKey>,
    /// One of the brand's own accounts wrote it.
    pub is_own: bool,
    /// Text and author ask for an answer.
    pub asks: bool,
    /// The source deleted it.
    pub deleted: bool,
    /// The id, on the same platform, of what this answers.
    pub in_reply_to: Option<String>,
}

/// An author by a hash: heads need no more than to tell one from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorKey(i64);

impl AuthorKey {
    /// The key of whoever wrote a mention.
    pub(super) fn of(key: NameKey, platform: &str, handle: &str) -> Option<Self> {
        (!handle.is_empty()).then(|| Self(key(platform, &handle.to_lowercase())))
    }
}

impl Head {
    /// The name of what this answers.
    #[must_use]
    pub fn parent_name(&self) -> Option<MentionName> {
        let external_id = self.in_reply_to.clone()?;
        Some(MentionName { platform: self.name.platform.clone(), external_id })
    }
}

macro_rules! select_heads {
    ($rest:literal) => {
        concat!(
            "SELECT number, platform, external_id, seq, thread, created_at_us, observed_at_us, status, own, asks, deleted, \
             in_reply_to, author FROM heads ",
            $rest
        )
    };
}

/// What replaces a head, and what it replaces.
pub(super) enum Change {
    /// There was none.
    Created,
    /// There was one, of a mention that was deleted or not.
    Replaced { was_deleted: bool },
}

/// Makes the version the head of its mention. The version before it must be the head so far.
pub(super) fn write(conn: &Connection, key: NameKey, version: &Version) -> Result<Change, Error> {
    let name = &version.mention.name;
    let number = version.number.0.cast_signed();
    let in_reply_to = version.mention.in_reply_to.as_deref();
    let author = AuthorKey::of(key, &name.platform, &version.mention.author.handle).map(|author| author.0);
    let parent_key = in_reply_to.map(|external_id| key(&name.platform, external_id));
    if version.previous_seq == Seq::ZERO {
        let keyed = KeyedName::new(key, name);
        // A name must not get two heads, and the index cannot forbid it, because names may share a key. Asked by itself: as a
        // condition of the insertion it would make SQLite keep a journal for every single row, a quarter of all its work.
        let sql = "SELECT EXISTS (SELECT 1 FROM heads WHERE key = ?1 AND platform = ?2 AND external_id = ?3)";
        let named = (keyed.key, keyed.platform, keyed.external_id);
        if conn.prepare_cached(sql)?.query_row(named, |row| row.get(0))? {
            return Err(Error::misuse(format!("mention `{name}` is recorded already; its first version came twice")));
        }
        let sql = "INSERT INTO heads VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        conn.prepare_cached(sql)?.execute((
            number,
            keyed.key,
            keyed.platform,
            keyed.external_id,
            version.seq.0.cast_signed(),
            version.thread.0.cast_signed(),
            version.mention.created_at.as_microsecond(),
            version.mention.observed_at.as_microsecond(),
            version.status.number(),
            version.understanding.is_own(),
            version.understanding.needs_reply.asked,
            version.deleted,
            parent_key,
            in_reply_to,
            author,
        ))?;
        return Ok(Change::Created);
    }
    let sql = "SELECT deleted FROM heads WHERE number = ?1 AND seq = ?2 AND platform = ?3 AND external_id = ?4";
    let previous = version.previous_seq.0.cast_signed();
    let was_deleted: Option<bool> = conn
        .prepare_cached(sql)?
        .query_row((number, previous, &name.platform, &name.external_id), |row| row.get(0))
        .optional()?;
    let Some(was_deleted) = was_deleted else {
        return Err(Error::misuse(format!(
            "version {} is not the newest of mention `{name}`, number {}",
            version.previous_seq, version.number.0
        )));
    };
    let sql = "UPDATE heads SET seq = ?2, thread = ?3, created_at_us = ?4, observed_at_us = max(observed_at_us, ?5), \
               status = ?6, own = ?7, asks = ?8, deleted = ?9, parent_key = ?10, in_reply_to = ?11, author = ?12 WHERE number = ?1";
    conn.prepare_cached(sql)?.execute((
        number,
        version.seq.0.cast_signed(),
        version.thread.0.cast_signed(),
        version.mention.created_at.as_microsecond(),
        version.mention.observed_at.as_microsecond(),
        version.status.number(),
        version.understanding.is_own(),
        version.understanding.needs_reply.asked,
        version.deleted,
        parent_key,
        in_reply_to,
        author,
    ))?;
    Ok(Change::Replaced { was_deleted })
}

/// Raises the time it was last seen; says whether there is such a mention.
pub(super) fn observe(conn: &Connection, number: MentionNumber, observed_at: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE heads SET observed_at_us = max(observed_at_us, ?2) WHERE number = ?1";
    Ok(conn.prepare_cached(sql)?.execute((number.0.cast_signed(), observed_at.as_microsecond()))? == 1)
}

/// The head of the mention with this name.
pub(super) fn find(conn: &Connection, name: KeyedName<'_>) -> Result<Option<Head>, Error> {
    let sql = select_heads!("WHERE key = ?1 AND platform = ?2 AND external_id = ?3");
    one(conn.prepare_cached(sql)?, (name.key, name.platform, name.external_id))
}

/// Whether the mention of this number is deleted; no where there is none.
pub(super) fn is_deleted(conn: &Connection, number: MentionNumber) -> Result<bool, Error> {
    let sql = "SELECT deleted FROM heads WHERE number = ?1";
    let found = conn.prepare_cached(sql)?.query_row([number.0.cast_signed()], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(false))
}

/// The head of the mention with this number.
pub(super) fn of_number(conn: &Connection, number: MentionNumber) -> Result<Option<Head>, Error> {
    one(conn.prepare_cached(select_heads!("WHERE number = ?1"))?, [number.0.cast_signed()])
}

/// Heads of a thread, oldest first, those after the given place, at most so many.
pub(super) fn in_thread(
    conn: &Connection,
    thread: ThreadId,
    after: Option<(Timestamp, MentionNumber)>,
    count_max: usize,
) -> Result<Vec<Head>, Error> {
    let sql = select_heads!(
        "WHERE thread = ?1 AND (created_at_us, number) > (?2, ?3) ORDER BY created_at_us, number LIMIT ?4"
    );
    let (created_at_us, number) =
        after.map_or((i64::MIN, 0), |(created_at, number)| (created_at.as_microsecond(), number.0.cast_signed()));
    let limit = i64::try_from(count_max).unwrap_or(i64::MAX);
    all(conn.prepare_cached(sql)?, (thread.0.cast_signed(), created_at_us, number, limit))
}

/// Heads of a thread of others' messages that ask for an answer, answered or not, created after one moment up to another,
/// oldest first.
pub(super) fn asking_between(
    conn: &Connection,
    thread: ThreadId,
    after: Option<Timestamp>,
    created_at_max: Timestamp,
) -> Result<Vec<Head>, Error> {
    let sql = select_heads!(
        "WHERE thread = ?1 AND created_at_us > ?2 AND created_at_us <= ?3 AND asks = 1 AND own = 0 AND deleted = 0 \
         ORDER BY created_at_us, number"
    );
    let after_us = after.map_or(i64::MIN, Timestamp::as_microsecond);
    all(conn.prepare_cached(sql)?, (thread.0.cast_signed(), after_us, created_at_max.as_microsecond()))
}

/// Newest versions of mentions that nobody has answered and no agent closed: those with a higher number than this, at most so many, in the
/// order of their numbers.
pub(super) fn open(
    conn: &Connection,
    after: MentionNumber,
    count_max: usize,
) -> Result<Vec<(MentionNumber, Seq)>, Error> {
    // The condition of the index `heads_open`, word for word.
    let sql = "SELECT number, seq FROM heads WHERE status IN (2, 4, 5, 6) AND number > ?1 ORDER BY number LIMIT ?2";
    let limit = i64::try_from(count_max).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query((after.0.cast_signed(), limit))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let unsigned = |column| Ok::<u64, Error>(row.get::<_, i64>(column)?.cast_unsigned());
        found.push((MentionNumber(unsigned(0)?), Seq(unsigned(1)?)));
    }
    Ok(found)
}

/// The latest of the brand's own messages in a thread that was created before this moment and is not deleted.
pub(super) fn last_own(conn: &Connection, thread: ThreadId, before: Timestamp) -> Result<Option<Head>, Error> {
    let sql = select_heads!(
        "WHERE thread = ?1 AND created_at_us < ?2 AND own = 1 AND deleted = 0 \
         ORDER BY created_at_us DESC, platform DESC, external_id DESC LIMIT 1"
    );
    one(conn.prepare_cached(sql)?, (thread.0.cast_signed(), before.as_microsecond()))
}

/// The earliest of the brand's own messages in a thread that was created at this moment or later and is not deleted; of
/// several of one moment the first by name, since numbers tell of the order of arrival.
pub(super) fn first_own(conn: &Connection, thread: ThreadId, created_at_min: Timestamp) -> Result<Option<Head>, Error> {
    let sql = select_heads!(
        "WHERE thread = ?1 AND created_at_us >= ?2 AND own = 1 AND deleted = 0 \
         ORDER BY created_at_us, platform, external_id LIMIT 1"
    );
    one(conn.prepare_cached(sql)?, (thread.0.cast_signed(), created_at_min.as_microsecond()))
}

/// Heads of mentions that answer this one, in the order of their numbers.
pub(super) fn children(conn: &Connection, parent: KeyedName<'_>) -> Result<Vec<Head>, Error> {
    let sql = select_heads!("WHERE parent_key = ?1 AND platform = ?2 AND in_reply_to = ?3 ORDER BY number");
    all(conn.prepare_cached(sql)?, (parent.key, parent.platform, parent.external_id))
}

/// Heads of the brand's own messages that answer this one and are not deleted.
pub(super) fn own_children(conn: &Connection, parent: KeyedName<'_>) -> Result<Vec<Head>, Error> {
    let sql = select_heads!(
        "WHERE parent_key = ?1 AND own = 1 AND platform = ?2 AND in_reply_to = ?3 AND deleted = 0 ORDER BY number"
    );
    all(conn.prepare_cached(sql)?, (parent.key, parent.platform, parent.external_id))
}

/// Heads of one author's messages that answer this one, are not the brand's own and not deleted; the first that came, at most so many.
pub(super) fn children_by(
    conn: &Connection,
    parent: KeyedName<'_>,
    author: AuthorKey,
    count_max: usize,
) -> Result<Vec<Head>, Error> {
    let sql = select_heads!(
        "WHERE parent_key = ?1 AND own = 0 AND author = ?4 AND platform = ?2 AND in_reply_to = ?3 AND deleted = 0 \
         ORDER BY number LIMIT ?5"
    );
    let limit = i64::try_from(count_max).unwrap_or(i64::MAX);
    all(conn.prepare_cached(sql)?, (parent.key, parent.platform, parent.external_id, author.0, limit))
}

fn one(mut statement: CachedStatement<'_>, params: impl Params) -> Result<Option<Head>, Error> {
    statement.query(params)?.next()?.map(read).transpose()
}

fn all(mut statement: CachedStatement<'_>, params: impl Params) -> Result<Vec<Head>, Error> {
    let mut rows = statement.query(params)?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        heads.push(read(row)?);
    }
    Ok(heads)
}

fn read(row: &Row<'_>) -> Result<Head, Error> {
    let unsigned = |column| Ok::<u64, Error>(row.get::<_, i64>(column)?.cast_unsigned());
    let number = unsigned(0)?;
    let corrupt = |what| Error::corrupt(format!("{what} of mention number {number}"));
    let time = |column, what| Timestamp::from_microsecond(row.get::<_, i64>(column)?).map_err(|_| corrupt(what));
    Ok(Head {
        number: MentionNumber(number),
        name: MentionName { platform: row.get(1)?, external_id: row.get(2)? },
        seq: Seq(unsigned(3)?),
        thread: ThreadId(unsigned(4)?),
        created_at: time(5, "created_at")?,
        observed_at: time(6, "observed_at")?,
        status: Status::from_number(row.get(7)?).ok_or_else(|| corrupt("status"))?,
        is_own: row.get(8)?,
        asks: row.get(9)?,
        deleted: row.get(10)?,
        in_reply_to: row.get(11)?,
        author: row.get::<_, Option<i64>>(12)?.map(AuthorKey),
    })
}
