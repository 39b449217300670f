use crate::base::Timestamp;

/// A named list of authors; `from:list:ID` in queries. Its members are kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorList {
    /// Lower-case letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// For people; may be empty.
    pub title: String,
    /// For people; may be empty.
    pub note: String,
    /// How many members it has.
    pub member_count: u64,
    /// Counts its changes, from 1.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it or its members were last changed.
    pub updated_at: Timestamp,
    /// Who changed it last; may be empty.
    pub editor: String,
}

impl AuthorList {
    /// What changes with every change of the list or its members. The moment of its making is in it, for a list that is made
    /// again counts anew.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("{}-{:x}", self.revision, self.created_at.as_microsecond())
    }
}
