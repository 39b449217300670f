//! Every use case as a method on plain types. Owns the committer and the followers.
//!
//! Knows nothing of the wire: `server` converts.

mod error;
mod requests;

use std::{path::PathBuf, sync::Arc};

pub use error::{EngineError, Rejection};
pub use requests::{
    Acknowledgement, CheckedQuery, ConversationPage, CountAnswer, EngineStatus, Facet, FacetField, FollowerStatus, Hit,
    Outcome, SearchAnswer, SearchRequest, Sort, SubscribeRequest, SubscribeStart, SubscribeTo,
};

use crate::{
    base::{Clock, Seq},
    config::IndexConfig,
    model::{Mention, MentionName, SavedSearch, Version},
};

/// What an engine is opened with.
pub struct EngineOptions {
    /// Where everything lies; made where it does not exist.
    pub data_dir: PathBuf,
    /// Brands, word lists and models.
    pub index_config: IndexConfig,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Most bytes the log may take on disk; ingest is refused beyond.
    pub store_bytes_max: Option<u64>,
}

/// The running product behind one data directory.
pub struct Engine {}

/// Mentions on their way to the disk; waits in the order they were handed over.
pub struct Pending {}

impl Pending {
    /// Waits until the mentions are on disk. One acknowledgement for each, in order.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] or [`EngineError::ResourceExhausted`]: none of them was recorded.
    pub async fn acknowledged(self) -> Result<Vec<Acknowledgement>, EngineError> {
        todo!()
    }
}

/// A live subscription. Dropping it ends it.
pub struct Subscription {}

pub use crate::live::Delivery;

impl Subscription {
    /// The next thing to tell the subscriber; `None` after [`Delivery::Goodbye`].
    pub async fn next(&mut self) -> Option<Delivery> {
        todo!()
    }
}

impl Engine {
    /// Opens the data directory and starts committer and followers. Blocking.
    pub fn open(_options: EngineOptions) -> Result<Arc<Self>, EngineError> {
        todo!()
    }

    /// Understands the mentions and hands them to the committer; order of calls is order in the log.
    /// Waits while too many are on their way.
    pub async fn submit(&self, _mentions: Vec<Mention>) -> Result<Pending, EngineError> {
        todo!()
    }

    /// Records that the source deleted it. The seq of the deletion, also when it was deleted before.
    pub async fn delete(&self, _name: &MentionName) -> Result<Seq, EngineError> {
        todo!()
    }

    /// Mentions that match, with totals and facets.
    pub async fn search(&self, _request: SearchRequest) -> Result<SearchAnswer, EngineError> {
        todo!()
    }

    /// How many match.
    pub async fn count(&self, _request: SearchRequest) -> Result<CountAnswer, EngineError> {
        todo!()
    }

    /// The newest version, tombstones left out.
    pub async fn get(&self, _name: &MentionName) -> Result<Arc<Version>, EngineError> {
        todo!()
    }

    /// Found ones in the order asked, and the names not found.
    pub async fn batch_get(
        &self,
        _names: Vec<MentionName>,
    ) -> Result<(Vec<Arc<Version>>, Vec<MentionName>), EngineError> {
        todo!()
    }

    /// A page of the conversation the mention belongs to, oldest first.
    pub async fn conversation(
        &self,
        _name: &MentionName,
        _page_size: usize,
        _page_token: &str,
    ) -> Result<ConversationPage, EngineError> {
        todo!()
    }

    /// All problems of a query text.
    pub fn check_query(&self, _query: &str, _time_zone: &str) -> CheckedQuery {
        todo!()
    }

    /// Begins a live subscription.
    pub async fn subscribe(self: &Arc<Self>, _request: SubscribeRequest) -> Result<Subscription, EngineError> {
        todo!()
    }

    /// Saves a search under a new id.
    pub async fn create_saved_search(&self, _search: SavedSearch) -> Result<SavedSearch, EngineError> {
        todo!()
    }

    /// A saved search.
    pub async fn get_saved_search(&self, _id: &str) -> Result<SavedSearch, EngineError> {
        todo!()
    }

    /// Saved searches ordered by id, those after the given one, at most so many.
    pub async fn list_saved_searches(&self, _after_id: &str, _count: usize) -> Result<Vec<SavedSearch>, EngineError> {
        todo!()
    }

    /// Forgets a saved search.
    pub async fn delete_saved_search(&self, _id: &str) -> Result<(), EngineError> {
        todo!()
    }

    /// How the engine is.
    pub fn status(&self) -> EngineStatus {
        todo!()
    }

    /// Says goodbye to all subscribers, makes what waits durable, closes store and index. Later calls are refused.
    pub async fn close(&self) {
        todo!()
    }
}
