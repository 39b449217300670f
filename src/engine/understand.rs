use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwap;

use super::{EngineError, brands::brand_query, record::Understood, tag_rules::TagRules};
use crate::{
    base::{Seq, Span, Timestamp},
    config::IndexConfig,
    enrich::{Attributed, Enricher, Taught, Wrote},
    matcher::{self, QueryId, QuerySet},
    model::{Cause, Mention, MentionNumber, SetTag, Status, ThreadId, Understanding, Version},
    query::{Document, Node, Query, TextField, document::Needed},
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
    /// By query id.
    brand_nodes: Vec<Node>,
    /// Changed as a whole when a brand has been taught.
    taught: ArcSwap<Taught>,
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
            let query = brand_query(brand).map_err(|message| EngineError::InvalidArgument {
                field: format!("index_config: brand `{}`: query", brand.id),
                message,
            })?;
            queries.push(query.root.clone());
            brand_queries.insert(QueryId(id), &query);
        }
        let needed = Needed::to_match(&queries);
        Ok(Self {
            enricher,
            brand_queries,
            needed,
            brand_ids: config.brands.iter().map(|brand| brand.id.clone()).collect(),
            brand_nodes: queries,
            tag_rules: RwLock::new(tag_rules),
            taught: ArcSwap::default(),
        })
    }

    /// Judges by what brands have been taught from now on.
    pub(super) fn teach(&self, taught: Taught) {
        self.taught.store(Arc::new(taught));
    }

    pub(super) fn enricher(&self) -> &Enricher {
        &self.enricher
    }

    /// Ids of the brand profiles.
    pub(super) fn brand_ids(&self) -> &[String] {
        &self.brand_ids
    }

    /// Judges one mention by itself.
    #[cfg(test)]
    pub(super) fn understand(&self, mention: Mention, now: Timestamp) -> Understood {
        self.understand_after(mention, &Wrote::default(), now)
    }

    /// Judges one mention by itself and by what its author wrote before.
    pub(super) fn understand_after(&self, mention: Mention, wrote: &Wrote, now: Timestamp) -> Understood {
        let attributed = if self.brand_queries.is_empty() { Vec::new() } else { self.attributed(&mention, now) };
        let mut understanding = self.enricher.understand_after(&mention, &attributed, wrote, &self.taught.load());
        understanding.tags = self.tags(&mention, &understanding, now);
        Understood { mention, understanding }
    }

    /// The language of the words of a mention.
    pub(super) fn language_of(&self, mention: &Mention) -> String {
        self.enricher.understand(mention, &[]).language.code
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
            desk: None,
            due: None,
            priority: None,
            course: crate::model::Course::beginning(mention.created_at),
            repeats: None,
            deleted: false,
        };
        rules.tags(&Document::of(&version), now)
    }

    /// Takes over an edit of a saved search: the tags it sets (`None`: as before), and what it asks (`None`: it rests).
    pub(super) fn retag(&self, search: &Arc<str>, tags: Option<&[String]>, query: Option<&Query>) {
        self.tag_rules.write().unwrap_or_else(PoisonError::into_inner).put(search, tags, query);
    }

    /// The brands whose query matches, with the places where it does where that may matter: if there are several, or an account is named.
    fn attributed(&self, mention: &Mention, now: Timestamp) -> Vec<Attributed<'_>> {
        let document = Document::of_mention(mention, &self.needed);
        let found = self.brand_queries.matching(&document, now);
        let may_name_several = found.len() > 1 || mention.text.contains(['@', '＠']);
        // The text stands behind the title and a line feed.
        let text_start = if mention.title.is_empty() { 0 } else { mention.title.len() + 1 };
        let places = |query: &Node| {
            let marked = matcher::highlights(query, &document, now).into_iter();
            let place = |(field, span): (TextField, Span)| {
                let offset = match field {
                    TextField::Title => 0,
                    TextField::Text => text_start,
                    TextField::Author | TextField::Bio | TextField::Parent => return None,
                };
                Some(span.start as usize + offset..span.end as usize + offset)
            };
            marked.filter_map(place).collect()
        };
        let brand = |id: &QueryId| {
            let number = usize::try_from(id.0).ok()?;
            Some((self.brand_ids.get(number)?, self.brand_nodes.get(number)?))
        };
        let brands = found.iter().filter_map(brand);
        brands
            .map(|(id, query)| Attributed {
                brand: id,
                named: if may_name_several { places(query) } else { Vec::new() },
            })
            .collect()
    }
}
