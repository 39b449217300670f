use std::collections::hash_map::Entry;

use hashbrown::{HashMap as FastMap, HashSet};

use super::{
    evaluate::evaluate,
    required::{Required, required},
};
use crate::{
    base::Timestamp,
    query::{Document, KeywordField, Query, TextField},
};

/// What a query is known by in a set; chosen by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(pub u64);

/// Queries, filed so that a mention finds those that match it without trying all.
#[derive(Debug, Default)]
pub struct QuerySet {
    queries: std::collections::HashMap<QueryId, Query>,
    by_term: [FastMap<String, Vec<QueryId>>; 5],
    by_value: FastMap<KeywordField, FastMap<String, Vec<QueryId>>>,
    /// Queries that may match a mention without any fact that could be looked up.
    always: Vec<QueryId>,
}

impl QuerySet {
    /// Files a query, in place of the one that had the id.
    pub fn insert(&mut self, id: QueryId, query: Query) {
        self.remove(id);
        match required(&query.root) {
            Some(facts) => {
                for fact in facts {
                    self.list(fact).push(id);
                }
            }
            None => self.always.push(id),
        }
        self.queries.insert(id, query);
    }

    /// Forgets a query; false where there was none.
    pub fn remove(&mut self, id: QueryId) -> bool {
        let Entry::Occupied(entry) = self.queries.entry(id) else { return false };
        let query = entry.remove();
        match required(&query.root) {
            Some(facts) => facts.into_iter().for_each(|fact| self.forget(&fact, id)),
            None => self.always.retain(|held| *held != id),
        }
        true
    }

    /// The query of that id.
    #[must_use]
    pub fn get(&self, id: QueryId) -> Option<&Query> {
        self.queries.get(&id)
    }

    /// How many queries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// There is no query.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// The queries that match, in rising order of their ids.
    #[must_use]
    pub fn matching(&self, document: &Document, now: Timestamp) -> Vec<QueryId> {
        if self.queries.is_empty() {
            return Vec::new();
        }
        let mut candidates: HashSet<QueryId> = self.always.iter().copied().collect();
        for field in TextField::ALL {
            let lists = &self.by_term[field as usize];
            if lists.is_empty() {
                continue;
            }
            for token in document.texts[field as usize].iter() {
                if let Some(list) = lists.get(token.term) {
                    candidates.extend(list);
                }
            }
        }
        for (field, value) in &document.keywords {
            if let Some(list) = self.by_value.get(field).and_then(|lists| lists.get(value)) {
                candidates.extend(list);
            }
        }
        let matches = |id: &QueryId| self.queries.get(id).is_some_and(|query| evaluate(&query.root, document, now));
        let mut matching: Vec<QueryId> = candidates.into_iter().filter(matches).collect();
        matching.sort_unstable();
        matching
    }

    fn list(&mut self, fact: Required) -> &mut Vec<QueryId> {
        match fact {
            Required::Term(field, term) => self.by_term[field as usize].entry(term).or_default(),
            Required::Value(field, value) => self.by_value.entry(field).or_default().entry(value).or_default(),
        }
    }

    fn forget(&mut self, fact: &Required, id: QueryId) {
        let (lists, key) = match fact {
            Required::Term(field, term) => (&mut self.by_term[*field as usize], term),
            Required::Value(field, value) => match self.by_value.get_mut(field) {
                Some(lists) => (lists, value),
                None => return,
            },
        };
        if let Some(list) = lists.get_mut(key.as_str()) {
            list.retain(|held| *held != id);
            if list.is_empty() {
                lists.remove(key.as_str());
            }
        }
    }
}
