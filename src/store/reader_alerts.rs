//! What readers find of alerts.

use rusqlite::Connection;

use super::{Error, Reader, alert};
use crate::model::{Alert, AlertPosition, AlertState, Firing};

/// Alerts read at once.
const BATCH_MAX: usize = 1000;

/// All alerts, what they remember and how far the log is counted for them, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertBook {
    /// Where their follower stands.
    pub position: AlertPosition,
    /// Every one with what it remembers.
    pub alerts: Vec<(Alert, AlertState)>,
}

impl Reader {
    /// The alert with this id, and what it remembers.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn alert(&self, id: &str) -> Result<Option<(Alert, AlertState)>, Error> {
        self.shared.with_connection(|conn| {
            at_one_moment(conn, |conn| alert::find(conn, id)?.map(|found| with_state(conn, found)).transpose())
        })
    }

    /// Alerts ordered by id, each with what it remembers: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn alerts_after(&self, id: &str, count_max: usize) -> Result<Vec<(Alert, AlertState)>, Error> {
        self.shared.with_connection(|conn| {
            at_one_moment(conn, |conn| {
                alert::after(conn, id, count_max)?.into_iter().map(|found| with_state(conn, found)).collect()
            })
        })
    }

    /// Everything that a follower needs to go on.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn alert_book(&self) -> Result<AlertBook, Error> {
        self.shared.with_connection(|conn| {
            at_one_moment(conn, |conn| {
                let position = alert::position(conn)?;
                let mut alerts: Vec<(Alert, AlertState)> = Vec::new();
                loop {
                    let last = alerts.last().map_or("", |(last, _)| last.id.as_str());
                    let batch = alert::after(conn, last, BATCH_MAX)?;
                    if batch.is_empty() {
                        return Ok(AlertBook { position, alerts });
                    }
                    for found in batch {
                        alerts.push(with_state(conn, found)?);
                    }
                }
            })
        })
    }

    /// How far the log is counted for alerts, and the number of the newest firing.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn alert_position(&self) -> Result<AlertPosition, Error> {
        self.shared.with_connection(alert::position)
    }

    /// Number of the oldest firing kept; `None` where there is none.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn oldest_firing(&self) -> Result<Option<u64>, Error> {
        self.shared.with_connection(alert::oldest_firing)
    }

    /// Firings after this number, in order, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn firings_after(&self, number: u64, count_max: usize) -> Result<Vec<Firing>, Error> {
        self.shared.with_connection(|conn| alert::firings_after(conn, number, count_max))
    }

    /// Firings before this number, of one alert where one is named, the newest first, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn firings_before(&self, alert: Option<&str>, number: u64, count_max: usize) -> Result<Vec<Firing>, Error> {
        self.shared.with_connection(|conn| alert::firings_before(conn, alert, number, count_max))
    }
}

/// An alert always has a state: they are written together.
fn with_state(conn: &Connection, found: Alert) -> Result<(Alert, AlertState), Error> {
    let state = alert::find_state(conn, &found.id)?;
    let state = state.ok_or_else(|| Error::corrupt(format!("what alert `{}` remembers is missing", found.id)))?;
    Ok((found, state))
}

/// Several reads of one state of the tables.
fn at_one_moment<T>(conn: &Connection, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
    let moment = conn.unchecked_transaction()?;
    let answer = read(&moment);
    moment.finish()?;
    answer
}
