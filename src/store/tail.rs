use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{
    Error, log,
    state::{Chain, State},
};
use crate::base::Seq;

/// How old the synced side file may get while groups are committed: a loss of power can hide a loss of this much and no more.
const SYNC_AFTER: Duration = Duration::from_millis(100);

/// Begins the file; the last letter is its format.
const MAGIC: [u8; 8] = *b"asctail1";
/// Magic, seq, chain, checksum.
const MARK_BYTES: usize = 8 + 8 + 32 + 4;

/// The side file that remembers how far the log had come.
///
/// SQLite takes the first bad frame of its write-ahead log for its end, so a flipped bit there takes away every later group
/// in silence. This file, written after each commit, is what notices. It is written in place, well within one disk sector.
pub(super) struct Tail {
    file: File,
    synced_at: Instant,
    is_synced: bool,
}

struct Mark {
    seq: Seq,
    chain: Chain,
}

impl Tail {
    /// Opens the side file and holds the log against it.
    pub(super) fn open(path: &Path, conn: &Connection, state: &State) -> Result<Self, Error> {
        let fault = |error: io::Error| Error::io(path.display().to_string(), &error);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(fault)?;
        let mut bytes = Vec::new();
        (&mut file).take(MARK_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(fault)?;
        match Mark::decode(&bytes) {
            Some(mark) => mark.check(path, conn, state)?,
            None if bytes.is_empty() && state.last_seq == Seq::ZERO => {}
            None => {
                let message = "the side file is missing or damaged: whether the log was shortened cannot be told";
                tracing::warn!(path = %path.display(), last_seq = state.last_seq.0, "{message}");
            }
        }
        file.set_len(MARK_BYTES as u64).map_err(fault)?;
        let mut tail = Self { file, synced_at: Instant::now(), is_synced: false };
        tail.write(state).and_then(|()| tail.sync()).map_err(fault)?;
        Ok(tail)
    }

    /// Remembers a commit. Synced only now and then, so that acknowledgements do not wait for a second sync each.
    pub(super) fn record(&mut self, state: &State) -> io::Result<()> {
        self.write(state)?;
        if self.synced_at.elapsed() >= SYNC_AFTER { self.sync() } else { Ok(()) }
    }

    /// Makes durable what was remembered.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if !self.is_synced {
            self.file.sync_data()?;
            self.synced_at = Instant::now();
            self.is_synced = true;
        }
        Ok(())
    }

    fn write(&mut self, state: &State) -> io::Result<()> {
        self.is_synced = false;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&Mark { seq: state.last_seq, chain: state.chain }.encode())
    }
}

impl Mark {
    fn encode(&self) -> [u8; MARK_BYTES] {
        let mut bytes = [0; MARK_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.seq.0.to_le_bytes());
        bytes[16..48].copy_from_slice(&self.chain.0);
        let crc = crc32fast::hash(&bytes[..48]);
        bytes[48..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; MARK_BYTES] = bytes.try_into().ok()?;
        let crc = u32::from_le_bytes(bytes[48..].try_into().ok()?);
        if bytes[..8] != MAGIC || crc32fast::hash(&bytes[..48]) != crc {
            return None;
        }
        Some(Self {
            seq: Seq(u64::from_le_bytes(bytes[8..16].try_into().ok()?)),
            chain: Chain(bytes[16..48].try_into().ok()?),
        })
    }

    fn check(&self, path: &Path, conn: &Connection, state: &State) -> Result<(), Error> {
        if state.last_seq < self.seq {
            return Err(Error::Shortened { found: state.last_seq, recorded: self.seq, tail: path.to_owned() });
        }
        // Groups committed after the file was last written are normal; the chain must lead to them.
        if log::follow_chain(conn, self.seq, self.chain)? != state.chain {
            let what = format!("the log is another than the one {} was written beside", path.display());
            return Err(Error::Corrupt { what });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_and_every_flipped_bit_is_noticed() {
        let mark = Mark { seq: Seq(0x0102_0304_0506), chain: Chain([7; 32]) };
        let bytes = mark.encode();
        let read = Mark::decode(&bytes).unwrap();
        assert_eq!((read.seq, read.chain), (mark.seq, mark.chain));
        for bit in 0..MARK_BYTES * 8 {
            let mut flipped = bytes;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Mark::decode(&flipped).is_none(), "bit {bit}");
        }
        assert!(Mark::decode(&bytes[..MARK_BYTES - 1]).is_none());
        assert!(Mark::decode(&[]).is_none());
    }
}
