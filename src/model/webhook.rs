use std::fmt;

use crate::base::Timestamp;

/// An address that is called with what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// Where it is sent.
    pub url: String,
    /// What is sent.
    pub source: WebhookSource,
    /// What deliveries are signed with.
    pub secret: WebhookSecret,
    /// Whether anything is sent. What happens meanwhile is sent later.
    pub enabled: bool,
    /// For people; may be empty.
    pub note: String,
    /// Counts its edits, from 1; goes on over a deletion.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

/// What a webhook sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookSource {
    /// Firings of these alerts; of all where there are none.
    Alerts(Vec<String>),
    /// Events of a query.
    Query {
        /// In the query language.
        query: String,
        /// IANA zone for dates without a time; empty is UTC.
        time_zone: String,
    },
    /// Events of these saved searches.
    SavedSearches(Vec<String>),
}

/// Bytes that only the server and the receiver know. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(pub Vec<u8>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

impl Webhook {
    /// What changes with every edit.
    #[must_use]
    pub fn etag(&self) -> String {
        self.revision.to_string()
    }
}

/// How far a webhook is and how it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookState {
    /// Everything up to here was delivered or given up: a seq, or the number of a firing.
    pub position: u64,
    /// Batches delivered.
    pub delivered: u64,
    /// When the last one was.
    pub delivered_at: Option<Timestamp>,
    /// Since when nothing gets through.
    pub failing_since: Option<Timestamp>,
    /// Attempts without success since then.
    pub attempts: u32,
    /// What went wrong last; empty while all is well.
    pub failure: String,
    /// Number of the newest dead letter.
    pub last_dead_letter: u64,
}

/// A batch that was given up. Only where it lies is kept: what has been deleted since is not kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Dense for its webhook, from 1.
    pub number: u64,
    /// What lies behind this position…
    pub after: u64,
    /// …up to this one.
    pub to: u64,
    /// How many firings or events.
    pub items: u32,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// Why.
    pub failure: String,
    /// Somebody asked to send it again.
    pub is_requested: bool,
}
