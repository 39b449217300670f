use crate::base::{Seq, Timestamp};

/// A name under which the server keeps how far a subscriber is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurableSubscription {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// Everything up to here is dealt with; `None` after a start with a snapshot of which nothing was acknowledged.
    pub acknowledged: Option<Seq>,
    /// When it was first subscribed under.
    pub created_at: Timestamp,
    /// When something was last acknowledged.
    pub acknowledged_at: Option<Timestamp>,
}
