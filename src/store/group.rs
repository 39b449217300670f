use std::{mem, sync::Arc};

use super::{
    Error, Writer,
    head::{self, Change},
    log,
    name_key::NameKey,
    recent::Recorded,
    record,
    state::State,
};
use crate::{
    base::Seq,
    model::{MentionNumber, Version},
};

/// Versions and changes of the tables that become durable together. Dropped without [`Group::commit`], it never was.
///
/// After a write that failed it can only be dropped.
pub struct Group<'w> {
    pub(super) writer: &'w mut Writer,
    pub(super) state: State,
    pending: Vec<Recorded>,
    has_failed: bool,
    is_open: bool,
}

/// What a group has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The newest version in the log; durable.
    pub last_seq: Seq,
}

impl<'w> Group<'w> {
    pub(super) fn new(writer: &'w mut Writer) -> Self {
        let state = writer.state;
        Self { writer, state, pending: Vec::new(), has_failed: false, is_open: true }
    }

    /// The seq the next version must have.
    #[must_use]
    pub fn next_seq(&self) -> Seq {
        self.state.last_seq.next()
    }

    /// A number for a mention that comes in for the first time.
    pub fn new_number(&mut self) -> MentionNumber {
        self.state.last_number += 1;
        MentionNumber(self.state.last_number)
    }

    /// Writes a version into the log and makes it the head of its mention. Times are cut to whole microseconds.
    ///
    /// The first version of a mention has a number from [`Group::new_number`] and no version before it; any other follows
    /// the head of its mention.
    ///
    /// # Errors
    /// [`Error::Full`]; [`Error::Misuse`] where the seq, number or version before it is not what it must be.
    pub fn append(&mut self, mut version: Version) -> Result<Arc<Version>, Error> {
        if version.seq != self.next_seq() {
            let what = format!("version {} was appended where {} comes next", version.seq, self.next_seq());
            return self.failed(Error::misuse(what));
        }
        if version.number.0 == 0 || version.number.0 > self.state.last_number {
            return self.failed(Error::misuse(format!("mention number {} was never given", version.number.0)));
        }
        record::cut_to_microseconds(&mut version);
        match self.write(&version) {
            Ok(body_bytes) => {
                let version = Arc::new(version);
                self.pending.push(Recorded { version: Arc::clone(&version), body_bytes });
                Ok(version)
            }
            Err(error) => self.failed(error),
        }
    }

    /// The version with this seq, also one of this group.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Damaged`].
    pub fn version(&mut self, seq: Seq) -> Result<Arc<Version>, Error> {
        let in_group = seq.0.checked_sub(self.writer.state.last_seq.next().0);
        if let Some(place) = in_group {
            let pending = usize::try_from(place).ok().and_then(|place| self.pending.get(place));
            let missing = || Error::Missing { seq, oldest: self.state.oldest_seq, newest: self.state.last_seq };
            return pending.map(|recorded| Arc::clone(&recorded.version)).ok_or_else(missing);
        }
        let found = self.writer.shared.version_with(&self.writer.conn, seq);
        self.read(found)
    }

    /// Makes the group durable, shows it to the readers and wakes them.
    ///
    /// # Errors
    /// [`Error::Full`]: nothing of it was recorded. [`Error::Io`]: what was recorded is known after a restart.
    pub fn commit(mut self) -> Result<Committed, Error> {
        if self.has_failed {
            return Err(Error::misuse("a group with a failed write was committed"));
        }
        let has_changed = self.state != self.writer.state;
        let conn = &self.writer.conn;
        let written = if has_changed { self.state.write(conn) } else { Ok(()) };
        let committed = written.and_then(|()| Ok(conn.prepare_cached("COMMIT")?.execute([])?));
        if let Err(error) = committed {
            return self.failed(error);
        }
        self.is_open = false;
        self.writer.state = self.state;
        let pending = mem::take(&mut self.pending);
        let versions = pending.len();
        self.writer.shared.publish(pending, &self.state);
        if versions > 0 {
            self.writer.record_tail();
            self.writer.checkpointer.recorded(versions);
        }
        Ok(Committed { last_seq: self.state.last_seq })
    }

    pub(super) fn name_key(&self) -> NameKey {
        self.writer.shared.name_key
    }

    /// Passes on the answer of a read, and remembers a disk that fails.
    pub(super) fn read<T>(&mut self, answer: Result<T, Error>) -> Result<T, Error> {
        answer.map_err(|error| self.writer.noticed(error))
    }

    /// Passes on the answer of a write; after a failed one the group cannot be committed.
    pub(super) fn written<T>(&mut self, answer: Result<T, Error>) -> Result<T, Error> {
        answer.or_else(|error| self.failed(error))
    }

    fn failed<T>(&mut self, error: Error) -> Result<T, Error> {
        self.has_failed = true;
        Err(self.writer.noticed(error))
    }

    /// Writes the rows of a version; gives the bytes of its body.
    fn write(&mut self, version: &Version) -> Result<usize, Error> {
        let writer = &mut *self.writer;
        record::encode_version(version, &mut writer.body).map_err(|error| Error::misuse(error.to_string()))?;
        let crc = log::insert(&writer.conn, version.seq, &writer.body)?;
        let was_counted = match head::write(&writer.conn, writer.shared.name_key, version)? {
            Change::Created | Change::Replaced { was_deleted: true } => false,
            Change::Replaced { was_deleted: false } => true,
        };
        match (was_counted, !version.deleted) {
            (false, true) => self.state.mentions += 1,
            (true, false) => self.state.mentions = self.state.mentions.saturating_sub(1),
            _ => {}
        }
        self.state.last_seq = version.seq;
        self.state.chain = self.state.chain.followed_by(crc);
        Ok(writer.body.len())
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        // SQLite has rolled back by itself after some errors.
        if !self.is_open || self.writer.conn.is_autocommit() {
            return;
        }
        if let Err(error) = self.writer.conn.execute_batch("ROLLBACK") {
            let error = self.writer.noticed(error.into());
            tracing::error!("cannot take back a group: {error}");
        }
    }
}
