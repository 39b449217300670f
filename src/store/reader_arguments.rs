//! What readers find of the argument base.

use super::{ArgumentTotals, Error, Reader, argument};
use crate::model::Argument;

impl Reader {
    /// The entry with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn argument(&self, id: &str) -> Result<Option<Argument>, Error> {
        self.shared.with_connection(|conn| argument::find(conn, id))
    }

    /// Entries ordered by id: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn arguments_after(&self, id: &str, count_max: usize) -> Result<Vec<Argument>, Error> {
        self.shared.with_connection(|conn| argument::after(conn, id, count_max))
    }

    /// How much the argument base holds.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn argument_totals(&self) -> Result<ArgumentTotals, Error> {
        self.shared.with_connection(argument::totals)
    }
}
