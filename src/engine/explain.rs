use std::sync::Arc;

use super::{Engine, EngineError, run_blocking};
use crate::{
    matcher::{Clause, explain},
    model::{MentionName, Version},
    query::Document,
};

/// A question why a mention matches.
#[derive(Clone, Debug)]
pub struct ExplainRequest {
    /// Which mention.
    pub name: MentionName,
    /// In the query language; empty where a saved search is asked about.
    pub query: String,
    /// Id of a saved search; empty where a query is asked about.
    pub saved_search: String,
    /// IANA zone for dates without a time in the query; empty is UTC.
    pub time_zone: String,
}

/// Why a mention matches, or why not.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The query, part by part.
    pub clause: Clause,
    /// Its text.
    pub query: String,
    /// The state of the mention that was looked at: the newest one.
    pub version: Arc<Version>,
}

impl Engine {
    /// Why a mention matches a query as it is now, or why not.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for mention or saved search, and faults of the query.
    pub async fn explain_match(&self, request: ExplainRequest) -> Result<Explained, EngineError> {
        let version = self.get(&request.name).await?;
        let definitions = self.library.definitions();
        let (query, text) = if request.saved_search.is_empty() {
            (self.compile(&request.query, &request.time_zone)?.0, request.query)
        } else {
            let text = definitions.search(&request.saved_search).map(|definition| definition.query.to_string());
            (self.library.query_of(&request.saved_search)?, text.unwrap_or_default())
        };
        let now = self.clock.now();
        run_blocking(move || {
            let clause = explain(&query.root, &Document::of(&version), &version, now);
            Ok(Explained { clause, query: text, version })
        })
        .await
    }
}
