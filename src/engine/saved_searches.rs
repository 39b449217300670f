use std::sync::Arc;

use super::{Engine, EngineError, Recorded, Work, ingest::mixed_up, run_blocking};
use crate::{
    base::limits::{SAVED_SEARCH_ID_BYTES_MAX, SAVED_SEARCH_TITLE_BYTES_MAX, SAVED_SEARCHES_MAX},
    live::SavedQuery,
    model::SavedSearch,
    query, store,
};

/// Saved searches read at once.
const BATCH_MAX: usize = 1000;

/// All saved searches, compiled. One that does not compile any more is reported and stops nothing.
pub(super) fn load(store: &store::Reader) -> Result<Vec<SavedQuery>, store::Error> {
    let mut loaded = Vec::new();
    let mut after = String::new();
    loop {
        let batch = store.saved_searches_after(&after, BATCH_MAX)?;
        let Some(last) = batch.last() else { return Ok(loaded) };
        after.clone_from(&last.id);
        for search in batch {
            match compile(&search) {
                Ok(query) => loaded.push(query),
                Err(error) => tracing::warn!(saved_search = search.id, %error, "a saved search is broken and rests"),
            }
        }
    }
}

fn compile(search: &SavedSearch) -> Result<SavedQuery, EngineError> {
    let query = checked(&search.query, &search.time_zone)?;
    Ok(SavedQuery { id: Arc::from(search.id.as_str()), query })
}

/// What a saved search asks for.
pub(super) fn query_of(store: &store::Reader, id: &str) -> Result<query::Query, EngineError> {
    let not_found = || EngineError::NotFound { what: "saved search", name: id.to_owned() };
    let search = store.saved_search(id)?.ok_or_else(not_found)?;
    checked(&search.query, &search.time_zone)
}

/// The query of a text, or all its problems.
pub(super) fn checked(text: &str, time_zone: &str) -> Result<query::Query, EngineError> {
    checked_with_warnings(text, time_zone).map(|(query, _)| query)
}

/// The query of a text with the doubts about it, or all its problems.
pub(super) fn checked_with_warnings(
    text: &str,
    time_zone: &str,
) -> Result<(query::Query, Vec<query::Problem>), EngineError> {
    let zone = query::time_zone(time_zone)
        .map_err(|problem| EngineError::InvalidArgument { field: "time_zone".to_owned(), message: problem.message })?;
    let parsed = query::parse(text, &zone);
    match parsed.query {
        Some(query) => {
            let resolved = query::resolve(query, &query::Nothing);
            resolved.map(|query| (query, parsed.problems)).map_err(|problems| EngineError::InvalidQuery { problems })
        }
        None => Err(EngineError::InvalidQuery { problems: parsed.problems }),
    }
}

impl Engine {
    /// Saves a search under a new id. Its time of creation is now.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::InvalidQuery`], [`EngineError::AlreadyExists`].
    pub async fn create_saved_search(&self, search: SavedSearch) -> Result<SavedSearch, EngineError> {
        let search = SavedSearch { created_at: self.clock.now(), ..search };
        check(&search)?;
        let compiled = compile(&search)?;
        if self.store.saved_search_count() >= SAVED_SEARCHES_MAX as u64 {
            let message = format!("there are {SAVED_SEARCHES_MAX} saved searches; delete some first");
            return Err(EngineError::ResourceExhausted { message });
        }
        match self.record(Work::CreateSavedSearch(search.clone())).await? {
            Recorded::SavedSearchCreated(true) => {
                self.matcher_follower.put_saved(compiled).await;
                self.alert_follower.edited();
                Ok(search)
            }
            Recorded::SavedSearchCreated(false) => {
                Err(EngineError::AlreadyExists { what: "saved search", name: search.id })
            }
            other => Err(mixed_up(&other)),
        }
    }

    /// A saved search.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn get_saved_search(&self, id: &str) -> Result<SavedSearch, EngineError> {
        let (store, name) = (self.store.clone(), id.to_owned());
        run_blocking(move || match store.saved_search(&name)? {
            Some(search) => Ok(search),
            None => Err(EngineError::NotFound { what: "saved search", name }),
        })
        .await
    }

    /// Saved searches ordered by id, those after the given one, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn list_saved_searches(&self, after_id: &str, count: usize) -> Result<Vec<SavedSearch>, EngineError> {
        let (store, after) = (self.store.clone(), after_id.to_owned());
        run_blocking(move || Ok(store.saved_searches_after(&after, count)?)).await
    }

    /// Forgets a saved search. Subscriptions that watch it go on until they end.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn delete_saved_search(&self, id: &str) -> Result<(), EngineError> {
        match self.record(Work::DeleteSavedSearch(id.to_owned())).await? {
            Recorded::SavedSearchDeleted(true) => {
                self.matcher_follower.remove_saved(Arc::from(id)).await;
                self.alert_follower.edited();
                Ok(())
            }
            Recorded::SavedSearchDeleted(false) => {
                Err(EngineError::NotFound { what: "saved search", name: id.to_owned() })
            }
            other => Err(mixed_up(&other)),
        }
    }
}

fn check(search: &SavedSearch) -> Result<(), EngineError> {
    let wrong = |field: &str, message: String| Err(EngineError::InvalidArgument { field: field.to_owned(), message });
    let is_id_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if search.id.is_empty() || search.id.len() > SAVED_SEARCH_ID_BYTES_MAX || !search.id.bytes().all(is_id_letter) {
        let message = format!(
            "must have 1 to {SAVED_SEARCH_ID_BYTES_MAX} of the letters a-z, 0-9, `-`, `_` and `.`, for example `care-it`"
        );
        return wrong("saved_search.id", message);
    }
    if search.title.len() > SAVED_SEARCH_TITLE_BYTES_MAX {
        let message =
            format!("has {} bytes; at most {SAVED_SEARCH_TITLE_BYTES_MAX} are allowed, shorten it", search.title.len());
        return wrong("saved_search.title", message);
    }
    Ok(())
}
