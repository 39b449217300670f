use std::sync::{Arc, PoisonError, RwLock};

use super::{EngineError, record::Understood, tag_rules::TagRules};
use crate::{
    base::{Seq, Timestamp},
    config::IndexConfig,
    enrich::Enricher,
    matcher::{QueryId, QuerySet},
    model::{Cause, Mention, MentionNumber, SetTag, Status, ThreadId, Understanding, Version},
    query::{self, Document, Query, document::Needed},
};

/// Judges mentions by their words: finds their brands through the matcher and hands them to the enricher. Pure.
pub(super) struct Understander {
    enricher: Enricher,
    brand_queries: QuerySet,
    /// By the brand queries.
    needed: Needed,
    /// By query id.
    brand_ids: Vec<String>,
    /// Written when a saved search is edited, read with every mention.
    tag_rules: RwLock<TagRules>,
}

impl Understander {
    /// Compiles the brand profiles; saved searches that set tags come ready.
    pub(super) fn new(config: &IndexConfig, tag_rules: TagRules) -> Result<Self, EngineError> {
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
            tag_rules: RwLock::new(tag_rules),
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
        let mut understanding = self.enricher.understand(&mention, &attributed);
        understanding.tags = self.tags(&mention, &understanding, now);
        Understood { mention, understanding }
    }

    /// The tags that saved searches set on a mention, by its words, its facts and what was judged of them.
    fn tags(&self, mention: &Mention, understanding: &Understanding, now: Timestamp) -> Vec<SetTag> {
        // A panic of another holder leaves rules that are each whole.
        let rules = self.tag_rules.read().unwrap_or_else(PoisonError::into_inner);
        if rules.is_empty() {
            return Vec::new();
        }
        // As it will be recorded, but for its conversation, which no rule asks for.
        let version = Version {
            seq: Seq::ZERO,
            previous_seq: Seq::ZERO,
            number: MentionNumber(0),
            cause: Cause::Ingested,
            recorded_at: now,
            ingested_at: now,
            mention: mention.clone(),
            understanding: understanding.clone(),
            thread: ThreadId(0),
            status: Status::None,
            parent: None,
            answered_by: None,
            correction: None,
            repeats: None,
            deleted: false,
        };
        rules.tags(&Document::of(&version), now)
    }

    /// Takes over an edit of a saved search: the tags it sets (`None`: as before), and what it asks (`None`: it rests).
    pub(super) fn retag(&self, search: &Arc<str>, tags: Option<&[String]>, query: Option<&Query>) {
        self.tag_rules.write().unwrap_or_else(PoisonError::into_inner).put(search, tags, query);
    }
}
