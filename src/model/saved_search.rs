use super::words;
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
    /// When it was saved for the first time.
    pub created_at: Timestamp,
    /// Where it lies: names with `/` between; empty at the top.
    pub folder: String,
    /// Who answers for it; may be empty.
    pub owner: String,
    /// For people; may be empty.
    pub note: String,
    /// Set on mentions that match; each once, in the order given.
    pub tags: Vec<String>,
    /// Counts its edits, from 1; goes on behind a deletion, so that no number comes twice.
    pub revision: u64,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// Who edited it last; may be empty.
    pub editor: String,
}

impl SavedSearch {
    /// A search of which only id and query are known yet.
    #[must_use]
    pub fn new(id: impl Into<String>, query: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: String::new(),
            query: query.into(),
            time_zone: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
            folder: String::new(),
            owner: String::new(),
            note: String::new(),
            tags: Vec::new(),
            revision: 0,
            updated_at: Timestamp::UNIX_EPOCH,
            editor: String::new(),
        }
    }

    /// What changes with every edit.
    #[must_use]
    pub fn etag(&self) -> String {
        self.revision.to_string()
    }
}

/// What a saved search was after an edit; after a deletion, what it had been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearchRevision {
    /// What was done.
    pub change: SavedSearchChange,
    /// Its `revision`, `updated_at` and `editor` are those of this edit.
    pub search: SavedSearch,
}

words! {
    /// What an edit did to a saved search.
    SavedSearchChange {
        /// Saved for the first time, or again after a deletion.
        Created = 1 "created",
        /// Something of it was changed.
        Updated = 2 "updated",
        /// Forgotten.
        Deleted = 3 "deleted",
    }
}
