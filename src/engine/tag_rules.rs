use std::{collections::HashMap, sync::Arc};

use crate::{
    base::{Timestamp, limits::SET_TAGS_MAX},
    matcher::{QueryId, QuerySet},
    model::SetTag,
    query::{Document, KeywordField, Node, Problem, ProblemCode, Query, Severity, TextField},
};

/// The saved searches that set tags. Pure: a mention's words and facts, and these, decide.
#[derive(Debug, Default)]
pub(super) struct TagRules {
    set: QuerySet,
    by_search: HashMap<Arc<str>, QueryId>,
    rules: HashMap<QueryId, Rule>,
    next_id: u64,
}

#[derive(Debug)]
struct Rule {
    search: Arc<str>,
    tags: Arc<[String]>,
}

impl TagRules {
    /// What a saved search asks for and sets: in place of what it did before. Without tags those it had stay; without a
    /// query it rests.
    pub(super) fn put(&mut self, search: &Arc<str>, tags: Option<&[String]>, query: Option<&Query>) {
        let known = self.by_search.get(search).copied();
        let tags = match (tags, known.and_then(|id| self.rules.get(&id))) {
            (Some(tags), _) => Arc::from(tags),
            (None, Some(rule)) => Arc::clone(&rule.tags),
            (None, None) => return,
        };
        if let Some(id) = known {
            self.set.remove(id);
        }
        if tags.is_empty() {
            if let Some(id) = self.by_search.remove(search) {
                self.rules.remove(&id);
            }
            return;
        }
        let id = known.unwrap_or_else(|| {
            self.next_id += 1;
            QueryId(self.next_id)
        });
        self.by_search.insert(Arc::clone(search), id);
        self.rules.insert(id, Rule { search: Arc::clone(search), tags });
        if let Some(query) = query.filter(|query| late_clause(&query.root).is_none()) {
            self.set.insert(id, query);
        }
    }

    /// Nothing sets a tag.
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// The tags of a mention; ordered, each pair once.
    pub(super) fn tags(&self, document: &Document, now: Timestamp) -> Vec<SetTag> {
        let matching = self.set.matching(document, now);
        let rules = matching.iter().filter_map(|id| self.rules.get(id));
        let mut tags: Vec<SetTag> = rules
            .flat_map(|rule| {
                let set = |tag: &String| SetTag { tag: tag.clone(), saved_search: rule.search.to_string() };
                rule.tags.iter().map(set)
            })
            .collect();
        tags.sort_unstable();
        tags.dedup();
        tags.truncate(SET_TAGS_MAX);
        tags
    }
}

/// These tags and those, as a mention carries them.
pub(super) fn merged(held: &[SetTag], more: &[SetTag]) -> Vec<SetTag> {
    let mut tags: Vec<SetTag> = held.iter().chain(more).cloned().collect();
    tags.sort_unstable();
    tags.dedup();
    tags.truncate(SET_TAGS_MAX);
    tags
}

/// The first clause that asks for what is known only when a mention is recorded, after its tags are set: its conversation and
/// where that stands. A search with such a clause can set no tags.
pub(super) fn late_clause(node: &Node) -> Option<Problem> {
    let (name, span) = match node {
        Node::And(parts) | Node::Or(parts) => return parts.iter().find_map(late_clause),
        Node::Not(part) => return late_clause(part),
        Node::Keyword(keyword)
            if matches!(keyword.field, KeywordField::Thread | KeywordField::Status | KeywordField::Needs) =>
        {
            (keyword.field.name(), keyword.span)
        }
        Node::Words(words) if words.fields.iter().any(|field| field == TextField::Parent) => ("parent", words.span),
        Node::HasText(text) if text.field == TextField::Parent => ("parent", text.span),
        _ => return None,
    };
    let message = format!(
        "`{name}:` is about the conversation, which is looked at after tags are set; a saved search that asks for it can set \
         no tags: take the tags away, or this clause"
    );
    Some(Problem { severity: Severity::Error, code: ProblemCode::NotSupported, span, message, suggestion: None })
}
