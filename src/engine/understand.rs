use super::{EngineError, record::Understood};
use crate::{
    base::Timestamp,
    config::IndexConfig,
    enrich::Enricher,
    matcher::{QueryId, QuerySet},
    model::Mention,
    query::{self, Document, document::Needed},
};

/// Judges mentions by their words: finds their brands through the matcher and hands them to the enricher. Pure.
pub(super) struct Understander {
    enricher: Enricher,
    brand_queries: QuerySet,
    /// By the brand queries.
    needed: Needed,
    /// By query id.
    brand_ids: Vec<String>,
}

impl Understander {
    /// Compiles the brand profiles.
    pub(super) fn new(config: &IndexConfig) -> Result<Self, EngineError> {
        let enricher = Enricher::new(config).map_err(|error| EngineError::InvalidArgument {
            field: "index_config".to_owned(),
            message: error.to_string(),
        })?;
        let mut brand_queries = QuerySet::default();
        let mut queries = Vec::new();
        for (id, brand) in (0..).zip(&config.brands) {
            let parsed = query::parse(&brand.query, &jiff::tz::TimeZone::UTC);
            let fault = |problems: &[query::Problem]| EngineError::InvalidArgument {
                field: format!("index_config: brand `{}`: query", brand.id),
                message: problems.first().map_or_else(String::new, |problem| problem.message.clone()),
            };
            let query = parsed.query.ok_or_else(|| fault(&parsed.problems))?;
            let query = query::resolve(query, &query::Nothing).map_err(|problems| fault(&problems))?;
            queries.push(query.root.clone());
            brand_queries.insert(QueryId(id), &query);
        }
        let needed = Needed::to_match(&queries);
        Ok(Self {
            enricher,
            brand_queries,
            needed,
            brand_ids: config.brands.iter().map(|brand| brand.id.clone()).collect(),
        })
    }

    /// Ids of the brand profiles.
    pub(super) fn brand_ids(&self) -> &[String] {
        &self.brand_ids
    }

    /// Judges one mention.
    pub(super) fn understand(&self, mention: Mention, now: Timestamp) -> Understood {
        let attributed: Vec<&str> = if self.brand_queries.is_empty() {
            Vec::new()
        } else {
            let found = self.brand_queries.matching(&Document::of_mention(&mention, &self.needed), now);
            found.iter().filter_map(|id| self.brand_ids.get(usize::try_from(id.0).ok()?)).map(String::as_str).collect()
        };
        let understanding = self.enricher.understand(&mention, &attributed);
        Understood { mention, understanding }
    }
}
