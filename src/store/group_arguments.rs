//! What a group finds and changes of the argument base. Everything sees the group's own writes.

use super::{ArgumentTotals, Error, Group, argument};
use crate::model::Argument;

impl Group<'_> {
    /// The entry with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn argument(&mut self, id: &str) -> Result<Option<Argument>, Error> {
        let found = argument::find(&self.writer.conn, id);
        self.read(found)
    }

    /// How much the argument base holds.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn argument_totals(&mut self) -> Result<ArgumentTotals, Error> {
        let totals = argument::totals(&self.writer.conn);
        self.read(totals)
    }

    /// Ids of the entries with an example from a mention, told as `platform/external_id`; ordered.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn arguments_of_mention(&mut self, mention: &str) -> Result<Vec<String>, Error> {
        let ids = argument::of_mention(&self.writer.conn, mention);
        self.read(ids)
    }

    /// Keeps an entry, in place of any other with its id.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_argument(&mut self, argument: &Argument) -> Result<(), Error> {
        let put = argument::put(&self.writer.conn, argument);
        self.written(put)
    }

    /// Forgets an entry; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_argument(&mut self, id: &str) -> Result<bool, Error> {
        let removed = argument::remove(&self.writer.conn, id);
        self.written(removed)
    }
}
