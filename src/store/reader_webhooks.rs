//! What readers find of webhooks.

use rusqlite::Connection;

use super::{Error, Reader, webhook};
use crate::model::{DeadLetter, Webhook, WebhookState};

/// A webhook with how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWebhook {
    /// Its settings.
    pub webhook: Webhook,
    /// How far it is.
    pub state: WebhookState,
    /// Batches that were given up and not sent since.
    pub dead_letters: u64,
}

impl Reader {
    /// The webhook with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn webhook(&self, id: &str) -> Result<Option<KnownWebhook>, Error> {
        self.shared.with_connection(|conn| {
            let moment = conn.unchecked_transaction()?;
            webhook::find(&moment, id)?.map(|found| known(&moment, found)).transpose()
        })
    }

    /// Webhooks ordered by id: those after the given one, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn webhooks_after(&self, id: &str, count_max: usize) -> Result<Vec<KnownWebhook>, Error> {
        self.shared.with_connection(|conn| {
            let moment = conn.unchecked_transaction()?;
            webhook::after(&moment, id, count_max)?.into_iter().map(|found| known(&moment, found)).collect()
        })
    }

    /// Dead letters of a webhook after a number, in order, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn dead_letters_after(&self, id: &str, number: u64, count_max: usize) -> Result<Vec<DeadLetter>, Error> {
        self.shared.with_connection(|conn| webhook::dead_letters_after(conn, id, number, count_max))
    }
}

/// A webhook always has a state: they are written together.
fn known(conn: &Connection, webhook: Webhook) -> Result<KnownWebhook, Error> {
    let state = webhook::find_state(conn, &webhook.id)?;
    let state = state.ok_or_else(|| Error::corrupt(format!("the state of webhook `{}` is missing", webhook.id)))?;
    let dead_letters = webhook::dead_letter_count(conn, &webhook.id)?;
    Ok(KnownWebhook { webhook, state, dead_letters })
}
