use rusqlite::Connection;

use super::{Error, log};
use crate::base::Seq;

/// What the store as a whole has come to; one row, written with every group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) oldest_seq: Seq,
    pub(super) last_seq: Seq,
    pub(super) last_number: u64,
    /// Mentions that are not deleted.
    pub(super) mentions: u64,
    pub(super) saved_searches: u64,
    pub(super) chain: Chain,
}

/// A hash over the checksums of all versions so far: equal chains mean equal logs.
///
/// It goes on version by version, so it can be followed without knowing how the versions were grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chain(pub(super) [u8; 32]);

impl Chain {
    pub(super) fn followed_by(self, crc: u32) -> Self {
        let mut link = [0; 36];
        link[..32].copy_from_slice(&self.0);
        link[32..].copy_from_slice(&crc.to_le_bytes());
        Self(*blake3::hash(&link).as_bytes())
    }
}

impl State {
    /// Reads it, and checks that the log ends where it says.
    pub(super) fn read(conn: &Connection) -> Result<Self, Error> {
        let sql = "SELECT oldest_seq, last_seq, last_number, mentions, saved_searches, chain FROM state";
        let state = conn.query_row(sql, [], |row| {
            let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
            Ok(Self {
                oldest_seq: Seq(number(0)?),
                last_seq: Seq(number(1)?),
                last_number: number(2)?,
                mentions: number(3)?,
                saved_searches: number(4)?,
                chain: Chain(row.get(5)?),
            })
        })?;
        let newest = log::newest_seq(conn)?;
        if newest != state.last_seq {
            let what = format!("the log ends with version {newest}, its state with version {}", state.last_seq);
            return Err(Error::Corrupt { what });
        }
        Ok(state)
    }

    pub(super) fn write(&self, conn: &Connection) -> Result<(), Error> {
        let sql = "UPDATE state SET oldest_seq = ?1, last_seq = ?2, last_number = ?3, mentions = ?4, saved_searches = ?5, \
                   chain = ?6";
        conn.prepare_cached(sql)?.execute((
            self.oldest_seq.0.cast_signed(),
            self.last_seq.0.cast_signed(),
            self.last_number.cast_signed(),
            self.mentions.cast_signed(),
            self.saved_searches.cast_signed(),
            self.chain.0,
        ))?;
        Ok(())
    }
}
