//! What a group finds and changes of webhooks. Everything sees the group's own writes.

use super::{Error, Group, webhook};
use crate::model::{DeadLetter, Webhook, WebhookState};

impl Group<'_> {
    /// The webhook with this id.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn webhook(&mut self, id: &str) -> Result<Option<Webhook>, Error> {
        let found = webhook::find(&self.writer.conn, id);
        self.read(found)
    }

    /// How many webhooks there are.
    ///
    /// # Errors
    /// As SQLite says.
    pub fn webhook_count(&mut self) -> Result<u64, Error> {
        let count = webhook::count(&self.writer.conn);
        self.read(count)
    }

    /// Keeps a webhook, in place of any other with its id. Its times are cut to whole microseconds.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_webhook(&mut self, webhook: &Webhook) -> Result<(), Error> {
        let put = webhook::put(&self.writer.conn, webhook);
        self.written(put)
    }

    /// Forgets a webhook and everything about it; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_webhook(&mut self, id: &str) -> Result<bool, Error> {
        let removed = webhook::remove(&self.writer.conn, id);
        self.written(removed)
    }

    /// How far a webhook is.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn webhook_state(&mut self, id: &str) -> Result<Option<WebhookState>, Error> {
        let found = webhook::find_state(&self.writer.conn, id);
        self.read(found)
    }

    /// Keeps how far a webhook is.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_webhook_state(&mut self, id: &str, state: &WebhookState) -> Result<(), Error> {
        let put = webhook::put_state(&self.writer.conn, id, state);
        self.written(put)
    }

    /// Dead letters of a webhook after a number, in order, at most so many.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn dead_letters_after(&mut self, id: &str, number: u64, count_max: usize) -> Result<Vec<DeadLetter>, Error> {
        let found = webhook::dead_letters_after(&self.writer.conn, id, number, count_max);
        self.read(found)
    }

    /// Keeps a dead letter of a webhook, in place of any other with its number.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn put_dead_letter(&mut self, id: &str, letter: &DeadLetter) -> Result<(), Error> {
        let put = webhook::put_dead_letter(&self.writer.conn, id, letter);
        self.written(put)
    }

    /// Forgets a dead letter of a webhook.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn remove_dead_letter(&mut self, id: &str, number: u64) -> Result<(), Error> {
        let removed = webhook::remove_dead_letter(&self.writer.conn, id, number);
        self.written(removed)
    }
}
