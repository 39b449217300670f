use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::tz::TimeZone;

use super::{Definition, Definitions, Redefined, Referred, Watch, definitions::lies_in};
use crate::{
    base::{Seq, limits::FOLDER_SUBSCRIPTION_SEARCHES_MAX},
    query::{self, Problem, Query, Severity},
};

/// One query of a subscription, with what it comes from, so that it can follow edits of that.
#[derive(Clone, Debug)]
pub struct WatchedQuery {
    source: Source,
    /// What is asked; `None` where it rests, because something it refers to is gone.
    pub(super) query: Option<Query>,
    /// Everything whose edit may change it.
    depends_on: BTreeSet<Referred>,
    /// Of a saved search, what it says itself: as long as that stays, and it refers to nothing, it stays.
    definition: Option<Arc<Definition>>,
    /// Why it rests, where it does.
    why_resting: String,
    /// The state of the definitions it was compiled from.
    generation: u64,
}

/// Where a watched query comes from.
#[derive(Clone, Debug)]
enum Source {
    SavedSearch(Arc<str>),
    Text { text: Arc<str>, zone: TimeZone },
}

/// The first error among problems.
fn first_error(problems: &[Problem]) -> String {
    let error = problems.iter().find(|problem| problem.severity == Severity::Error);
    error.map_or_else(String::new, |problem| problem.message.clone())
}

impl WatchedQuery {
    /// A plain query.
    ///
    /// # Errors
    /// All its problems; also where no mention can match it, for a stream of it could not be told from a dead one.
    pub fn of_text(text: &str, zone: &TimeZone, definitions: &Definitions) -> Result<Self, Vec<Problem>> {
        let source = Source::Text { text: Arc::from(text), zone: zone.clone() };
        let (watched, problems) = Self::compiled(source, definitions);
        if watched.query.is_none() {
            return Err(problems);
        }
        match query::contradiction(text, zone) {
            Some(contradiction) => Err(vec![contradiction]),
            None => Ok(watched),
        }
    }

    /// A saved search; `None` where there is none. One that is broken rests until it is mended.
    #[must_use]
    pub fn of_saved_search(id: &Arc<str>, definitions: &Definitions) -> Option<Self> {
        definitions.search(id)?;
        Some(Self::compiled(Source::SavedSearch(Arc::clone(id)), definitions).0)
    }

    fn compiled(source: Source, definitions: &Definitions) -> (Self, Vec<Problem>) {
        let (compiled, own) = match &source {
            Source::SavedSearch(id) => (definitions.compile_search(id), Some(id)),
            Source::Text { text, zone } => (Some(definitions.compile(text, zone)), None),
        };
        let (query, problems, references) = match compiled {
            Some(compiled) => (compiled.query, compiled.problems, compiled.references),
            None => (None, Vec::new(), Vec::new()),
        };
        let why_resting = match (&query, &source) {
            (Some(_), _) => String::new(),
            (None, Source::SavedSearch(id)) if definitions.search(id).is_none() => {
                format!("saved search `{id}` was deleted")
            }
            (None, _) => first_error(&problems),
        };
        let definition = own.and_then(|id| definitions.shared_search(id));
        let mut depends_on = definitions.closure(&references);
        depends_on.extend(own.map(|id| Referred::SavedSearch(Arc::clone(id))));
        (Self { source, query, depends_on, definition, why_resting, generation: definitions.generation() }, problems)
    }

    /// The saved search it comes from; `None` for a plain query.
    #[must_use]
    pub fn saved_search(&self) -> Option<&Arc<str>> {
        match &self.source {
            Source::SavedSearch(id) => Some(id),
            Source::Text { .. } => None,
        }
    }

    /// Whether these definitions may make another query of it. What was edited is said by `changed`; where that is not known, the
    /// definitions themselves are compared.
    fn is_concerned(&self, definitions: &Definitions, changed: Option<&HashSet<&Referred>>) -> bool {
        if self.generation >= definitions.generation() {
            return false;
        }
        match (changed, self.saved_search()) {
            (Some(changed), _) => self.depends_on.iter().any(|one| changed.contains(one)),
            (None, Some(id)) if self.depends_on.len() == 1 => match (&self.definition, definitions.shared_search(id)) {
                (Some(before), Some(now)) => !Arc::ptr_eq(before, &now),
                (before, now) => before.is_some() || now.is_some(),
            },
            (None, _) => !self.depends_on.is_empty(),
        }
    }
}

/// Saved searches made ready after an edit, each once for all subscribers.
pub(super) struct Remaking<'d> {
    definitions: &'d Definitions,
    made: HashMap<Arc<str>, Arc<WatchedQuery>>,
}

impl<'d> Remaking<'d> {
    /// By these definitions.
    pub(super) fn new(definitions: &'d Definitions) -> Self {
        Self { definitions, made: HashMap::new() }
    }

    fn remade(&mut self, source: &Source) -> Arc<WatchedQuery> {
        let make = || Arc::new(WatchedQuery::compiled(source.clone(), self.definitions).0);
        match source {
            Source::SavedSearch(id) => Arc::clone(self.made.entry(Arc::clone(id)).or_insert_with(make)),
            Source::Text { .. } => make(),
        }
    }
}

impl Watch {
    /// Watches the saved searches of a folder and those below it, and follows who comes and goes.
    #[must_use]
    pub fn of_folder(folder: Arc<str>, definitions: &Definitions, explains: bool) -> Self {
        let make = |id: Arc<str>| Arc::new(WatchedQuery::compiled(Source::SavedSearch(id), definitions).0);
        let members = definitions.searches_in(&folder).into_iter();
        // One more than is allowed says that there are too many.
        let queries = members.take(FOLDER_SUBSCRIPTION_SEARCHES_MAX + 1).map(make).collect();
        Self::with(queries, Some(folder), explains, definitions.generation())
    }

    /// Its folder holds more searches than one stream may watch.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.folder().is_some() && self.queries().len() > FOLDER_SUBSCRIPTION_SEARCHES_MAX
    }

    /// The queries that ask nothing for now, each with the reason.
    pub(super) fn resting(&self) -> Vec<(Option<Arc<str>>, String)> {
        let resting = self.queries().iter().filter(|watched| watched.query.is_none());
        resting.map(|watched| (watched.saved_search().cloned(), watched.why_resting.clone())).collect()
    }

    /// The same watch after an edit; `None` where that does not concern it. With it what the edit means to the subscriber, if
    /// anything. What was edited is said by `changed`; where that is not known, everything is looked at.
    pub(super) fn redefined(
        &self,
        remaking: &mut Remaking<'_>,
        changed: Option<&HashSet<&Referred>>,
        seq: Seq,
    ) -> Option<(Self, Option<Redefined>)> {
        let definitions = remaking.definitions;
        let (joining, leaving) = self.comings_and_goings(definitions, changed);
        let mut told = Redefined { seq, ..Redefined::default() };
        let mut is_concerned = !joining.is_empty() || !leaving.is_empty();
        let mut queries = Vec::with_capacity(self.queries().len() + joining.len());
        for watched in self.queries() {
            if watched.saved_search().is_some_and(|id| leaving.contains(id)) {
                continue;
            }
            if !watched.is_concerned(definitions, changed) {
                queries.push(Arc::clone(watched));
                continue;
            }
            is_concerned = true;
            let now = remaking.remade(&watched.source);
            if now.query != watched.query {
                told.tell(&now, |told| &mut told.saved_searches);
            }
            queries.push(now);
        }
        if !is_concerned {
            return None;
        }
        for id in joining {
            let now = remaking.remade(&Source::SavedSearch(id));
            told.tell(&now, |told| &mut told.added);
            queries.push(now);
        }
        told.removed.extend(leaving);
        // Events name the searches in the order of the queries.
        queries.sort_by(|one, other| one.saved_search().cmp(&other.saved_search()));
        let says_something =
            told.is_of_query || !(told.saved_searches.is_empty() && told.added.is_empty() && told.removed.is_empty());
        let watch = Self::with(queries, self.folder().cloned(), self.explains(), definitions.generation());
        Some((watch, says_something.then_some(told)))
    }

    /// Which saved searches have come into the folder, and which have left it.
    fn comings_and_goings(
        &self,
        definitions: &Definitions,
        changed: Option<&HashSet<&Referred>>,
    ) -> (BTreeSet<Arc<str>>, BTreeSet<Arc<str>>) {
        let Some(folder) = self.folder().filter(|_| self.generation() < definitions.generation()) else {
            return (BTreeSet::new(), BTreeSet::new());
        };
        let watched: BTreeSet<Arc<str>> = self.queries().iter().filter_map(|one| one.saved_search().cloned()).collect();
        match changed {
            None => {
                let now = definitions.searches_in(folder);
                (&now - &watched, &watched - &now)
            }
            Some(changed) => {
                let (mut joining, mut leaving) = (BTreeSet::new(), BTreeSet::new());
                for referred in changed {
                    let Referred::SavedSearch(id) = referred else { continue };
                    let is_inside = definitions.search(id).is_some_and(|now| lies_in(&now.folder, folder));
                    match (watched.contains(id), is_inside) {
                        (false, true) => joining.insert(Arc::clone(id)),
                        (true, false) => leaving.insert(Arc::clone(id)),
                        _ => false,
                    };
                }
                (joining, leaving)
            }
        }
    }
}

impl Redefined {
    /// Takes a query that asks something else, or is new, into one of the lists, and says if it rests.
    fn tell(&mut self, watched: &WatchedQuery, list: impl FnOnce(&mut Self) -> &mut Vec<Arc<str>>) {
        match watched.saved_search() {
            Some(id) => list(self).push(Arc::clone(id)),
            None => self.is_of_query = true,
        }
        if watched.query.is_none() {
            self.resting.push((watched.saved_search().cloned(), watched.why_resting.clone()));
        }
    }
}
