use std::{collections::BTreeSet, sync::Arc};

use jiff::tz::TimeZone;

use super::{Definitions, Redefined, Referred, Watch};
use crate::{
    base::Seq,
    query::{Problem, Query, Severity},
};

/// One query of a subscription, with what it comes from, so that it can follow edits of that.
#[derive(Clone, Debug)]
pub struct WatchedQuery {
    source: Source,
    /// What is asked; `None` where it rests, because something it refers to is gone.
    pub(super) query: Option<Query>,
    /// Everything whose edit may change it.
    depends_on: BTreeSet<Referred>,
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
    /// All its problems.
    pub fn of_text(text: &str, zone: &TimeZone, definitions: &Definitions) -> Result<Self, Vec<Problem>> {
        let source = Source::Text { text: Arc::from(text), zone: zone.clone() };
        let (watched, problems) = Self::compiled(source, definitions);
        if watched.query.is_some() { Ok(watched) } else { Err(problems) }
    }

    /// A saved search; `None` where there is none. One that is broken rests until it is mended.
    #[must_use]
    pub fn of_saved_search(id: &Arc<str>, definitions: &Definitions) -> Option<Self> {
        definitions.search(id)?;
        Some(Self::compiled(Source::SavedSearch(Arc::clone(id)), definitions).0)
    }

    fn compiled(source: Source, definitions: &Definitions) -> (Self, Vec<Problem>) {
        let (compiled, own) = match &source {
            Source::SavedSearch(id) => (definitions.compile_search(id), Some(Referred::SavedSearch(Arc::clone(id)))),
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
        let mut depends_on = definitions.closure(&references);
        depends_on.extend(own);
        (Self { source, query, depends_on, why_resting, generation: definitions.generation() }, problems)
    }

    /// The saved search it comes from; `None` for a plain query.
    #[must_use]
    pub fn saved_search(&self) -> Option<&Arc<str>> {
        match &self.source {
            Source::SavedSearch(id) => Some(id),
            Source::Text { .. } => None,
        }
    }
}

impl Watch {
    /// The queries that ask nothing for now, each with the reason.
    pub(super) fn resting(&self) -> Vec<(Option<Arc<str>>, String)> {
        let resting = self.queries().iter().filter(|watched| watched.query.is_none());
        resting.map(|watched| (watched.saved_search().cloned(), watched.why_resting.clone())).collect()
    }

    /// The same watch after an edit, and what that means to the subscriber; `None` where it means nothing. What was edited is
    /// said by `changed`; where that is not known, everything is looked at.
    pub(super) fn redefined(
        &self,
        definitions: &Definitions,
        changed: Option<&[Referred]>,
        seq: Seq,
    ) -> Option<(Self, Redefined)> {
        let concerns = |watched: &WatchedQuery| {
            watched.generation < definitions.generation()
                && !watched.depends_on.is_empty()
                && changed.is_none_or(|changed| changed.iter().any(|one| watched.depends_on.contains(one)))
        };
        if !self.queries().iter().any(concerns) {
            return None;
        }
        let mut told = Redefined { seq, saved_searches: Vec::new(), resting: Vec::new() };
        let mut is_other = false;
        let queries = self.queries().iter().map(|watched| {
            if !concerns(watched) {
                return watched.clone();
            }
            let (now, _) = WatchedQuery::compiled(watched.source.clone(), definitions);
            if now.query == watched.query {
                return now;
            }
            is_other = true;
            told.saved_searches.extend(now.saved_search().cloned());
            if now.query.is_none() {
                told.resting.push((now.saved_search().cloned(), now.why_resting.clone()));
            }
            now
        });
        let queries = queries.collect();
        is_other.then(|| (Self::new(queries, self.explains()), told))
    }
}
