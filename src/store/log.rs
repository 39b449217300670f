use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Error, record, state::Chain};
use crate::{base::Seq, model::Version};

/// The checksum of a row. The seq is in it, so that a row in another's place is noticed.
pub(super) fn checksum(seq: Seq, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&seq.0.to_le_bytes());
    hasher.update(body);
    hasher.finalize()
}

/// Writes a row; gives its checksum.
pub(super) fn insert(conn: &Connection, seq: Seq, body: &[u8]) -> Result<u32, Error> {
    let crc = checksum(seq, body);
    conn.prepare_cached("INSERT INTO log (seq, crc, body) VALUES (?1, ?2, ?3)")?.execute((
        seq.0.cast_signed(),
        crc,
        body,
    ))?;
    Ok(crc)
}

/// The version with this seq and the bytes of its body, where there is a row for it.
pub(super) fn read(conn: &Connection, seq: Seq) -> Result<Option<(Version, usize)>, Error> {
    let mut statement = conn.prepare_cached("SELECT seq, crc, body FROM log WHERE seq = ?1")?;
    let mut rows = statement.query([seq.0.cast_signed()])?;
    rows.next()?.map(decode).transpose()
}

/// Versions after one seq up to another, in order, as long as `take` (given a version and the bytes of its body) says yes.
/// A hole is damage.
pub(super) fn read_range(
    conn: &Connection,
    after: Seq,
    up_to: Seq,
    mut take: impl FnMut(Version, usize) -> bool,
) -> Result<(), Error> {
    let mut statement =
        conn.prepare_cached("SELECT seq, crc, body FROM log WHERE seq > ?1 AND seq <= ?2 ORDER BY seq")?;
    let mut rows = statement.query((after.0.cast_signed(), up_to.0.cast_signed()))?;
    let mut expected = after.next();
    while expected <= up_to {
        let Some(row) = rows.next()? else {
            return Err(missing_row(expected));
        };
        if row.get::<_, i64>(0)?.cast_unsigned() != expected.0 {
            return Err(missing_row(expected));
        }
        let (version, body_bytes) = decode(row)?;
        if !take(version, body_bytes) {
            break;
        }
        expected = expected.next();
    }
    Ok(())
}

pub(super) fn missing_row(seq: Seq) -> Error {
    Error::damaged(seq, "its row is missing")
}

pub(super) fn newest_seq(conn: &Connection) -> Result<Seq, Error> {
    let newest: Option<i64> =
        conn.query_row("SELECT seq FROM log ORDER BY seq DESC LIMIT 1", [], |row| row.get(0)).optional()?;
    Ok(Seq(newest.unwrap_or(0).cast_unsigned()))
}

/// Follows a chain that stood at `after` through all later rows.
pub(super) fn follow_chain(conn: &Connection, after: Seq, mut chain: Chain) -> Result<Chain, Error> {
    let mut statement = conn.prepare("SELECT crc FROM log WHERE seq > ?1 ORDER BY seq")?;
    let mut rows = statement.query([after.0.cast_signed()])?;
    while let Some(row) = rows.next()? {
        chain = chain.followed_by(row.get(0)?);
    }
    Ok(chain)
}

/// The version in a row of seq, crc and body, and the bytes of its body.
fn decode(row: &Row<'_>) -> Result<(Version, usize), Error> {
    let seq = Seq(row.get::<_, i64>(0)?.cast_unsigned());
    let damaged = |what: &str| Error::damaged(seq, what);
    let crc: u32 = row.get(1).map_err(|_| damaged("its checksum is not one"))?;
    let body = row.get_ref(2)?.as_blob().map_err(|_| damaged("its body is not one"))?;
    if checksum(seq, body) != crc {
        return Err(damaged("its checksum does not fit its body"));
    }
    let version = record::decode_version(body).map_err(|what| damaged(&what))?;
    if version.seq != seq {
        return Err(damaged("its row holds another version"));
    }
    Ok((version, body.len()))
}
