use crate::base::Timestamp;

/// A query with a name that the server keeps and holds against every mention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// For people; may be empty.
    pub title: String,
    /// In the query language; it was valid when it was saved.
    pub query: String,
    /// IANA zone for dates without a time; empty is UTC.
    pub time_zone: String,
    /// When it was saved.
    pub created_at: Timestamp,
}
