//! The saved searches and author lists in force, and how edits of them come into force: one at a time, on disk first, then for
//! everybody who asks and everything that refers to them, between two versions of the log.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use arc_swap::ArcSwap;
use tokio::sync::OwnedMutexGuard;

use super::{
    Engine, EngineError, Recorded, Work,
    committer::Definition as Edit,
    ingest::mixed_up,
    run_blocking,
    tag_rules::{TagRules, late_clause},
};
use crate::{
    live::{self, Compiled, Definitions, Redefinition, Referred, SavedQuery},
    model::SavedSearch,
    query::{self, Query},
    store,
};

/// Saved searches, or lists, read at once.
const BATCH_MAX: usize = 1000;

/// What queries can refer to, and who refers to what.
pub(super) struct Library {
    definitions: ArcSwap<Definitions>,
    /// Held while something is edited: what an edit was checked against stays so until it is in force.
    referrers: Arc<tokio::sync::Mutex<Referrers>>,
}

/// Saved searches by what they refer to themselves.
#[derive(Debug, Default)]
pub(super) struct Referrers(HashMap<Referred, BTreeSet<Arc<str>>>);

/// What a store holds, ready for use.
pub(super) struct Loaded {
    pub(super) library: Library,
    pub(super) saved: Vec<SavedQuery>,
    pub(super) tag_rules: TagRules,
}

impl Library {
    /// All saved searches and author lists of a store. A saved search that does not compile any more is reported and rests.
    pub(super) fn load(store: &store::Reader) -> Result<Loaded, store::Error> {
        let began = std::time::Instant::now();
        let (mut definitions, mut referrers) = (Definitions::default(), Referrers::default());
        load_lists(store, &mut definitions)?;
        let (mut saved, mut tag_rules) = (Vec::new(), TagRules::default());
        // Searches that refer to something wait until everything is there.
        let mut waiting = Vec::new();
        let mut take = |id: Arc<str>, tags: &[String], compiled: Result<Query, Vec<query::Problem>>| {
            tag_rules.put(&id, Some(tags), compiled.as_ref().ok());
            match compiled {
                Ok(query) => saved.push(SavedQuery { id, query }),
                Err(problems) => {
                    let problem = problems.first().map_or("", |problem| problem.message.as_str());
                    tracing::warn!(saved_search = &*id, problem, "a saved search is broken and rests");
                }
            }
        };
        let mut after = String::new();
        loop {
            let batch = store.saved_searches_after(&after, BATCH_MAX)?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.id);
            for search in batch {
                let id: Arc<str> = Arc::from(search.id.as_str());
                let zone = match query::time_zone(&search.time_zone) {
                    Ok(zone) => zone,
                    Err(problem) => {
                        take(id, &search.tags, Err(vec![problem]));
                        continue;
                    }
                };
                let parsed = query::parse(&search.query, &zone);
                let references = parsed.query.as_ref().map_or_else(Vec::new, |query| live::references(&query.root));
                referrers.put(&id, &[], &references);
                let refers = !references.is_empty();
                definitions.put_search(
                    &id,
                    live::Definition {
                        query: search.query.into(),
                        zone,
                        folder: search.folder.into(),
                        references: references.into(),
                    },
                );
                match parsed.query {
                    Some(_) if refers => waiting.push((id, search.tags)),
                    Some(query) => take(id, &search.tags, query::resolve(query, &query::Nothing)),
                    None => take(id, &search.tags, Err(parsed.problems)),
                }
            }
        }
        for (id, tags) in waiting {
            if let Some(compiled) = definitions.compile_search(&id) {
                take(id, &tags, compiled.query.ok_or(compiled.problems));
            }
        }
        let count = saved.len();
        if count > 0 {
            tracing::info!(
                saved_searches = count,
                milliseconds = began.elapsed().as_millis(),
                "saved searches are ready"
            );
        }
        let library = Self {
            definitions: ArcSwap::from_pointee(definitions),
            referrers: Arc::new(tokio::sync::Mutex::new(referrers)),
        };
        Ok(Loaded { library, saved, tag_rules })
    }

    /// What a saved search asks for.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::InvalidQuery`] where it rests.
    pub(super) fn query_of(&self, id: &str) -> Result<Query, EngineError> {
        let not_found = || EngineError::NotFound { what: "saved search", name: id.to_owned() };
        let compiled = self.definitions().compile_search(id).ok_or_else(not_found)?;
        compiled.query.ok_or(EngineError::InvalidQuery { problems: compiled.problems })
    }

    /// What is in force.
    pub(super) fn definitions(&self) -> Arc<Definitions> {
        self.definitions.load_full()
    }
}

fn load_lists(store: &store::Reader, definitions: &mut Definitions) -> Result<(), store::Error> {
    let mut after = String::new();
    loop {
        let batch = store.author_lists_after(&after, BATCH_MAX)?;
        let Some(last) = batch.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for list in batch {
            let members = store.author_list_members(&list)?;
            definitions.put_list(Arc::from(list.id.as_str()), Arc::from(members));
        }
    }
}

impl Referrers {
    /// A saved search refers to other things than before.
    fn put(&mut self, id: &Arc<str>, before: &[Referred], now: &[Referred]) {
        for gone in before {
            if let Some(referrers) = self.0.get_mut(gone) {
                referrers.remove(id);
                if referrers.is_empty() {
                    self.0.remove(gone);
                }
            }
        }
        for referred in now {
            self.0.entry(referred.clone()).or_default().insert(Arc::clone(id));
        }
    }

    /// Who refers to it, ordered.
    pub(super) fn of(&self, referred: &Referred) -> impl Iterator<Item = &Arc<str>> {
        self.0.get(referred).into_iter().flatten()
    }

    /// These saved searches, and all that refer to any of these things, directly or through others.
    fn affected(&self, changed: &[Referred]) -> BTreeSet<Arc<str>> {
        let mut found = BTreeSet::new();
        let mut open: Vec<Referred> = changed.to_vec();
        while let Some(next) = open.pop() {
            if let Referred::SavedSearch(id) = &next
                && !found.insert(Arc::clone(id))
            {
                continue;
            }
            open.extend(self.of(&next).map(|id| Referred::SavedSearch(Arc::clone(id))));
        }
        found
    }
}

/// What the maker of an edit may look at.
pub(super) struct Desk<'a> {
    pub(super) store: &'a store::Reader,
    pub(super) definitions: &'a Definitions,
    pub(super) referrers: &'a Referrers,
    pub(super) now: crate::base::Timestamp,
    pub(super) matcher: &'a live::MatcherFollower,
}

impl Engine {
    /// Makes edits: `decide` says which, looking at what is in force, and what to answer. When the answer is given they are on
    /// disk and in force. An edit that has begun is brought to its end even if the caller goes away.
    pub(super) async fn edit<T: Send + 'static>(
        self: &Arc<Self>,
        decide: impl FnOnce(&Desk<'_>) -> Result<(Vec<Edit>, T), EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let engine = Arc::clone(self);
        let editing = tokio::spawn(async move {
            let referrers = Arc::clone(&engine.library.referrers).lock_owned().await;
            let (desk, now) = (Arc::clone(&engine), engine.clock.now());
            let (referrers, decided) = run_blocking(move || {
                let decided = decide(&Desk {
                    store: &desk.store,
                    definitions: &desk.library.definitions(),
                    referrers: &referrers,
                    now,
                    matcher: &desk.matcher_follower,
                });
                Ok((referrers, decided))
            })
            .await?;
            let (edits, answer) = decided?;
            if !edits.is_empty() {
                match engine.record(Work::Define(edits.clone())).await? {
                    Recorded::Defined(after) => engine.bring_into_force(edits, after, referrers).await?,
                    other => return Err(mixed_up(&other)),
                }
            }
            Ok(answer)
        });
        editing.await.unwrap_or_else(|error| Err(EngineError::Internal { message: error.to_string() }))
    }

    async fn bring_into_force(
        self: &Arc<Self>,
        edits: Vec<Edit>,
        after: crate::base::Seq,
        mut referrers: OwnedMutexGuard<Referrers>,
    ) -> Result<(), EngineError> {
        let engine = Arc::clone(self);
        let (redefinition, referrers) = run_blocking(move || {
            let mut definitions = (*engine.library.definitions()).clone();
            definitions.next_generation();
            let mut changed = Vec::with_capacity(edits.len());
            let mut tags: HashMap<Arc<str>, Vec<String>> = HashMap::new();
            for edit in edits {
                changed.push(apply(edit, &mut definitions, &mut referrers, &mut tags));
            }
            let definitions = Arc::new(definitions);
            let affected = referrers.affected(&changed);
            let compiled = affected.into_iter().map(|id| {
                let query = definitions.compile_search(&id).and_then(|compiled| compiled.query);
                (id, query)
            });
            let saved: Vec<(Arc<str>, Option<Query>)> = compiled.collect();
            for (id, query) in &saved {
                // Of those that only refer to what was edited, the tags are as they were.
                engine.understander.retag(id, tags.get(id).map(Vec::as_slice), query.as_ref());
            }
            engine.library.definitions.store(Arc::clone(&definitions));
            Ok((Redefinition { after, definitions, changed, saved }, referrers))
        })
        .await?;
        self.matcher_follower.redefine(redefinition).await;
        self.alert_follower.edited();
        // Not before: edits reach the follower in the order in which they were recorded.
        drop(referrers);
        Ok(())
    }
}

/// Takes an edit over into what is in force; says what was edited.
fn apply(
    edit: Edit,
    definitions: &mut Definitions,
    referrers: &mut Referrers,
    tags: &mut HashMap<Arc<str>, Vec<String>>,
) -> Referred {
    match edit {
        Edit::PutSearch(search) => {
            let id: Arc<str> = Arc::from(search.id.as_str());
            // It was checked before it was recorded.
            let zone = query::time_zone(&search.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
            let parsed = query::parse(&search.query, &zone);
            let references = parsed.query.map_or_else(Vec::new, |query| live::references(&query.root));
            let before = definitions.search(&id).map(|before| before.references.to_vec()).unwrap_or_default();
            referrers.put(&id, &before, &references);
            let definition = live::Definition {
                query: search.query.into(),
                zone,
                folder: search.folder.into(),
                references: references.into(),
            };
            definitions.put_search(&id, definition);
            tags.insert(Arc::clone(&id), search.tags);
            Referred::SavedSearch(id)
        }
        Edit::RemoveSearch(last) => {
            let id: Arc<str> = Arc::from(last.id.as_str());
            let before = definitions.search(&id).map(|before| before.references.to_vec()).unwrap_or_default();
            referrers.put(&id, &before, &[]);
            definitions.remove_search(&id);
            tags.insert(Arc::clone(&id), Vec::new());
            Referred::SavedSearch(id)
        }
        Edit::PutList { list, added, removed } => {
            let id: Arc<str> = Arc::from(list.id.as_str());
            let removed: BTreeSet<String> = removed.into_iter().collect();
            let before = definitions.list(&id).map(|handles| handles.to_vec()).unwrap_or_default();
            let mut handles: Vec<String> = before.into_iter().chain(added).collect();
            handles.sort_unstable();
            handles.dedup();
            handles.retain(|handle| !removed.contains(handle));
            definitions.put_list(Arc::clone(&id), Arc::from(handles));
            Referred::List(id)
        }
        Edit::RemoveList(id) => {
            definitions.remove_list(&id);
            Referred::List(Arc::from(id))
        }
    }
}

/// What is wrong with a saved search at present; empty where nothing is.
pub(super) fn problems(search: &SavedSearch, definitions: &Definitions) -> Vec<query::Problem> {
    let zone = match query::time_zone(&search.time_zone) {
        Ok(zone) => zone,
        Err(problem) => return vec![problem],
    };
    let Compiled { query, mut problems, .. } = definitions.compile_as(&search.id, &search.query, &zone);
    problems.retain(|problem| problem.severity == query::Severity::Error);
    if !search.tags.is_empty()
        && let Some(problem) = query.as_ref().and_then(|query| late_clause(&query.root))
    {
        problems.push(problem);
    }
    problems
}
