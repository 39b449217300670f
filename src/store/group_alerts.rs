//! What a group finds and changes of alerts. Everything sees the group's own writes.

use super::{Error, Group, alert};
use crate::{
    base::limits::FIRINGS_KEPT_MAX,
    model::{Alert, AlertPosition, AlertState, Firing},
};

impl Group<'_> {
    /// The alert with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn alert(&mut self, id: &str) -> Result<Option<Alert>, Error> {
        let found = alert::find(&self.writer.conn, id);
        self.read(found)
    }

    /// How many alerts there are.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn alert_count(&mut self) -> Result<u64, Error> {
        let count = alert::count(&self.writer.conn);
        self.read(count)
    }

    /// Keeps an alert, in place of any other with its id. Its times are cut to whole microseconds.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_alert(&mut self, alert: &Alert) -> Result<(), Error> {
        let put = alert::put(&self.writer.conn, alert);
        self.written(put)
    }

    /// Forgets an alert and what it remembers; what it fired stays. Says whether there was one.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_alert(&mut self, id: &str) -> Result<bool, Error> {
        let removed = alert::remove(&self.writer.conn, id);
        self.written(removed)
    }

    /// What an alert remembers.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn alert_state(&mut self, id: &str) -> Result<Option<AlertState>, Error> {
        let found = alert::find_state(&self.writer.conn, id);
        self.read(found)
    }

    /// Keeps what an alert remembers.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_alert_state(&mut self, id: &str, state: &AlertState) -> Result<(), Error> {
        let put = alert::put_state(&self.writer.conn, id, state);
        self.written(put)
    }

    /// How far the log is counted.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn alert_position(&mut self) -> Result<AlertPosition, Error> {
        let found = alert::position(&self.writer.conn);
        self.read(found)
    }

    /// Remembers how far the log is counted.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_alert_position(&mut self, position: AlertPosition) -> Result<(), Error> {
        let put = alert::put_position(&self.writer.conn, position);
        self.written(put)
    }

    /// Keeps a firing under its number, which must be new, and forgets those that are too many.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_firing(&mut self, firing: &Firing) -> Result<(), Error> {
        let conn = &self.writer.conn;
        let put = alert::put_firing(conn, firing).and_then(|()| {
            alert::remove_firings_before(conn, firing.number.saturating_sub(FIRINGS_KEPT_MAX).saturating_add(1))
        });
        self.written(put)
    }
}
