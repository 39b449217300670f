use std::{
    collections::{HashMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use jiff::tz::TimeZone;

use super::{
    Engine, EngineError,
    asked_lately::Asked,
    committer::Definition as Edit,
    library::{self, Desk},
    run_blocking,
    tag_rules::late_clause,
};
use crate::{
    base::limits::{
        EDITOR_BYTES_MAX, FOLDER_BYTES_MAX, FOLDER_DEPTH_MAX, NOTE_BYTES_MAX, SAVED_SEARCH_ID_BYTES_MAX,
        SAVED_SEARCH_TAGS_MAX, SAVED_SEARCH_TITLE_BYTES_MAX, SAVED_SEARCHES_BATCH_MAX, SAVED_SEARCHES_MAX,
        TAG_BYTES_MAX, UNFILED_QUERIES_MAX,
    },
    live::{Compiled, Definition, Definitions, FolderCounts, MatcherFollower, Referred},
    model::{SavedSearch, SavedSearchRevision},
    query::{self, Problem, Query},
};

/// A saved search with what is wrong with it at present.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedSearchState {
    /// As it is kept.
    pub search: SavedSearch,
    /// Empty where it works.
    pub problems: Vec<Problem>,
}

/// A change of a saved search.
#[derive(Clone, Debug)]
pub struct SavedSearchUpdate {
    /// Its id says which; of the rest, what is in `fields` counts.
    pub search: SavedSearch,
    /// What to change.
    pub fields: Vec<SavedSearchField>,
    /// As the caller read it; empty: whatever it is.
    pub etag: String,
}

/// What can be changed of a saved search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedSearchField {
    /// `title`
    Title,
    /// `query`
    Query,
    /// `time_zone`
    TimeZone,
    /// `folder`
    Folder,
    /// `owner`
    Owner,
    /// `note`
    Note,
    /// `tags`
    Tags,
}

impl SavedSearchField {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Title, Self::Query, Self::TimeZone, Self::Folder, Self::Owner, Self::Note, Self::Tags];

    /// Its name in the proto file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Query => "query",
            Self::TimeZone => "time_zone",
            Self::Folder => "folder",
            Self::Owner => "owner",
            Self::Note => "note",
            Self::Tags => "tags",
        }
    }
}

/// The zone of that name; empty is UTC.
pub(super) fn zone(name: &str) -> Result<TimeZone, EngineError> {
    query::time_zone(name).map_err(|problem| invalid("time_zone", problem.message))
}

/// The query of a text with what it refers to, as it is defined here, in its place, and the doubts about it; or all its problems.
pub(super) fn compile(
    definitions: &Definitions,
    text: &str,
    time_zone: &str,
) -> Result<(Query, Vec<Problem>), EngineError> {
    let zone = zone(time_zone)?;
    let compiled = definitions.compile(text, &zone);
    match compiled.query {
        Some(query) => Ok((query, compiled.problems)),
        None => Err(EngineError::InvalidQuery { problems: compiled.problems }),
    }
}

impl Engine {
    /// The query of a text with everything it refers to in its place, and the doubts about it; or all its problems.
    pub(super) fn compile(&self, text: &str, time_zone: &str) -> Result<(Query, Vec<Problem>), EngineError> {
        compile(&self.library.definitions(), text, time_zone)
    }

    /// The same for a text that may be asked often.
    pub(super) fn asked(&self, text: &str, time_zone: &str) -> Result<Arc<Asked>, EngineError> {
        self.asked_lately.read(&self.library.definitions(), text, time_zone)
    }

    /// Saves a search under a new id. Its time of creation is now.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::InvalidQuery`], [`EngineError::AlreadyExists`].
    pub async fn create_saved_search(self: &Arc<Self>, search: SavedSearch) -> Result<SavedSearch, EngineError> {
        let mut created = self.create_saved_searches(vec![search]).await?;
        let message = "a saved search was created without an answer".to_owned();
        created.pop().unwrap_or(Err(EngineError::Internal { message }))
    }

    /// Saves searches under new ids, also such as refer to each other. One answer for each, in order: one that cannot be saved
    /// stops none of the others.
    ///
    /// # Errors
    /// Too many at once; what keeps the log from being written.
    pub async fn create_saved_searches(
        self: &Arc<Self>,
        searches: Vec<SavedSearch>,
    ) -> Result<Vec<Result<SavedSearch, EngineError>>, EngineError> {
        if searches.len() > SAVED_SEARCHES_BATCH_MAX {
            let message =
                format!("has {} searches; at most {SAVED_SEARCHES_BATCH_MAX} are allowed, split it", searches.len());
            return Err(invalid("saved_searches", message));
        }
        self.edit(move |desk| {
            let created = desk.created(searches);
            let edits = created.iter().flatten().cloned().map(Edit::PutSearch).collect();
            Ok((edits, created))
        })
        .await
    }

    /// A saved search.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn get_saved_search(&self, id: &str) -> Result<SavedSearchState, EngineError> {
        let (store, id, definitions) = (self.store.clone(), id.to_owned(), self.library.definitions());
        run_blocking(move || {
            let search = store.saved_search(&id)?.ok_or_else(|| not_found(&id))?;
            Ok(state(search, &definitions))
        })
        .await
    }

    /// Saved searches ordered by id, those after the given one, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn list_saved_searches(&self, after: &str, count: usize) -> Result<Vec<SavedSearchState>, EngineError> {
        let (store, after, definitions) = (self.store.clone(), after.to_owned(), self.library.definitions());
        run_blocking(move || {
            let searches = store.saved_searches_after(&after, count)?;
            Ok(searches.into_iter().map(|search| state(search, &definitions)).collect())
        })
        .await
    }

    /// Saved searches in a folder and below it, ordered by folder and id: those after the given folder and id, at most so many.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for what is no folder.
    pub async fn list_saved_searches_in(
        &self,
        folder: &str,
        after: (String, String),
        count: usize,
    ) -> Result<Vec<SavedSearchState>, EngineError> {
        check_folder("folder", folder)?;
        let (store, folder, definitions) = (self.store.clone(), folder.to_owned(), self.library.definitions());
        run_blocking(move || {
            let searches = store.saved_searches_in(&folder, (&after.0, &after.1), count)?;
            Ok(searches.into_iter().map(|search| state(search, &definitions)).collect())
        })
        .await
    }

    /// Folders that hold saved searches, in themselves or below, ordered by the bytes of their paths: those after the given one, at
    /// most so many.
    ///
    /// # Errors
    /// What keeps a thread from being had.
    pub async fn list_folders(&self, after: String, count: usize) -> Result<Vec<(String, FolderCounts)>, EngineError> {
        let definitions = self.library.definitions();
        run_blocking(move || {
            let behind = (Bound::Excluded(after), Bound::Unbounded);
            let folders = definitions.folders();
            Ok(folders.range(behind).take(count).map(|(path, counts)| (path.clone(), *counts)).collect())
        })
        .await
    }

    /// Changes a saved search. `search.editor` says who does it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Stale`], [`EngineError::InvalidArgument`], [`EngineError::InvalidQuery`].
    pub async fn update_saved_search(
        self: &Arc<Self>,
        update: SavedSearchUpdate,
    ) -> Result<SavedSearchState, EngineError> {
        self.edit(move |desk| {
            let before = desk.saved_search(&update.search.id, &update.etag)?;
            let SavedSearchUpdate { search: told, fields, .. } = update;
            let mut search = before.clone();
            for field in fields {
                match field {
                    SavedSearchField::Title => search.title.clone_from(&told.title),
                    SavedSearchField::Query => search.query.clone_from(&told.query),
                    SavedSearchField::TimeZone => search.time_zone.clone_from(&told.time_zone),
                    SavedSearchField::Folder => search.folder.clone_from(&told.folder),
                    SavedSearchField::Owner => search.owner.clone_from(&told.owner),
                    SavedSearchField::Note => search.note.clone_from(&told.note),
                    SavedSearchField::Tags => search.tags = each_once(&told.tags),
                }
            }
            if search == before {
                return Ok((Vec::new(), state(search, desk.definitions)));
            }
            check(&search)?;
            let asks_the_same =
                search.query == before.query && search.time_zone == before.time_zone && search.tags == before.tags;
            // A broken search can be given another title or folder before it is mended.
            if !asks_the_same {
                let query = check_query(&search, desk.definitions)?;
                let was_unfiled = desk.definitions.compile_search(&search.id).and_then(|before| before.query);
                // What takes the place of another such query takes up no more than it.
                let mut room = desk.matcher.room_for_unfiled();
                room += was_unfiled.map_or(0, |before| desk.matcher.unfiled_among([&before]));
                take_room(&query, desk.matcher, &mut room)?;
            }
            search.editor = told.editor;
            search.revision += 1;
            search.updated_at = desk.now;
            let answer = SavedSearchState {
                problems: if asks_the_same { library::problems(&search, desk.definitions) } else { Vec::new() },
                search: search.clone(),
            };
            Ok((vec![Edit::PutSearch(search)], answer))
        })
        .await
    }

    /// Forgets a saved search. Its history stays.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Stale`]; [`EngineError::ReferredTo`] unless forced.
    pub async fn delete_saved_search(
        self: &Arc<Self>,
        id: &str,
        etag: &str,
        force: bool,
        editor: &str,
    ) -> Result<(), EngineError> {
        check_editor(editor)?;
        let (id, etag, editor) = (id.to_owned(), etag.to_owned(), editor.to_owned());
        self.edit(move |desk| {
            let before = desk.saved_search(&id, &etag)?;
            let by = desk.referrers_of(&Referred::SavedSearch(Arc::from(id.as_str())));
            if !by.is_empty() && !force {
                return Err(EngineError::ReferredTo { what: "saved search", name: id, by });
            }
            let last = SavedSearch { revision: before.revision + 1, updated_at: desk.now, editor, ..before };
            Ok((vec![Edit::RemoveSearch(last)], ()))
        })
        .await
    }

    /// The history of a saved search, the latest edit first: edits before this number (0: all), at most so many.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] where there never was one.
    pub async fn saved_search_revisions(
        &self,
        id: &str,
        before: u64,
        count: usize,
    ) -> Result<Vec<SavedSearchRevision>, EngineError> {
        let (store, id) = (self.store.clone(), id.to_owned());
        run_blocking(move || {
            let before_number = if before == 0 { u64::MAX } else { before };
            let revisions = store.saved_search_revisions(&id, before_number, count)?;
            if revisions.is_empty() && before == 0 { Err(not_found(&id)) } else { Ok(revisions) }
        })
        .await
    }
}

impl Desk<'_> {
    /// The saved search of that id, if it is still as the caller read it.
    fn saved_search(&self, id: &str, etag: &str) -> Result<SavedSearch, EngineError> {
        let search = self.store.saved_search(id)?.ok_or_else(|| not_found(id))?;
        if !etag.is_empty() && etag != search.etag() {
            return Err(EngineError::Stale { what: "saved search", name: id.to_owned(), etag: search.etag() });
        }
        Ok(search)
    }

    /// Ids of the saved searches that refer to it.
    pub(super) fn referrers_of(&self, referred: &Referred) -> Vec<String> {
        self.referrers.of(referred).map(ToString::to_string).collect()
    }

    /// The searches as they are created, or why they are not.
    fn created(&self, searches: Vec<SavedSearch>) -> Vec<Result<SavedSearch, EngineError>> {
        let mut room = SAVED_SEARCHES_MAX.saturating_sub(usize::try_from(self.store.saved_search_count()).unwrap_or(0));
        let mut ids = HashSet::new();
        let mut answers: Vec<Result<SavedSearch, EngineError>> = Vec::with_capacity(searches.len());
        for search in searches {
            let answer = if ids.insert(search.id.clone()) {
                self.begun(search, &mut room)
            } else {
                Err(EngineError::AlreadyExists { what: "saved search", name: search.id })
            };
            answers.push(answer);
        }
        self.check_queries(&mut answers);
        answers
    }

    /// Everything of a new search but whether its query can be run.
    fn begun(&self, search: SavedSearch, room: &mut usize) -> Result<SavedSearch, EngineError> {
        check(&search)?;
        zone(&search.time_zone)?;
        if self.definitions.search(&search.id).is_some() {
            return Err(EngineError::AlreadyExists { what: "saved search", name: search.id });
        }
        *room = room.checked_sub(1).ok_or_else(|| EngineError::ResourceExhausted {
            message: format!("there are {SAVED_SEARCHES_MAX} saved searches; delete some first"),
        })?;
        // The count of edits goes on behind a deletion.
        let latest = self.store.saved_search_revisions(&search.id, u64::MAX, 1)?;
        let revision = latest.first().map_or(0, |latest| latest.search.revision) + 1;
        let tags = each_once(&search.tags);
        Ok(SavedSearch { revision, tags, created_at: self.now, updated_at: self.now, ..search })
    }

    /// Takes out those whose queries cannot be run. They may refer to each other, so each is looked at beside all the others
    /// that are left, until none falls.
    fn check_queries(&self, answers: &mut [Result<SavedSearch, EngineError>]) {
        let refers = |search: &SavedSearch| -> Vec<Referred> {
            let parsed = query::parse(&search.query, &zone(&search.time_zone).unwrap_or(TimeZone::UTC));
            parsed.query.map_or_else(Vec::new, |query| crate::live::references(&query.root))
        };
        let mut beside = self.definitions.clone();
        let mut referring = HashMap::new();
        for (place, answer) in answers.iter().enumerate() {
            let Ok(search) = answer else { continue };
            let references = refers(search);
            let definition = Definition {
                query: search.query.as_str().into(),
                zone: zone(&search.time_zone).unwrap_or(TimeZone::UTC),
                folder: search.folder.as_str().into(),
                references: references.clone().into(),
            };
            beside.put_search(&Arc::from(search.id.as_str()), definition);
            referring.insert(place, !references.is_empty());
        }
        let mut is_first = true;
        let mut room = self.matcher.room_for_unfiled();
        loop {
            let mut has_fallen = false;
            for (place, answer) in answers.iter_mut().enumerate() {
                let Ok(search) = answer else { continue };
                // What refers to nothing stays right whatever falls.
                if !is_first && referring.get(&place) != Some(&true) {
                    continue;
                }
                let checked = check_query(search, &beside);
                // Each is counted once.
                let checked = checked
                    .and_then(|query| if is_first { take_room(&query, self.matcher, &mut room) } else { Ok(()) });
                if let Err(error) = checked {
                    beside.remove_search(&search.id);
                    *answer = Err(error);
                    has_fallen = true;
                }
            }
            is_first = false;
            if !has_fallen {
                return;
            }
        }
    }
}

/// Counts a query that every mention would be held against, while there is room for such.
fn take_room(query: &Query, matcher: &MatcherFollower, room: &mut usize) -> Result<(), EngineError> {
    *room = room.checked_sub(matcher.unfiled_among([query])).ok_or_else(no_room)?;
    Ok(())
}

/// There are too many queries that every mention is held against.
pub(super) fn no_room() -> EngineError {
    let message = format!(
        "the query requires no word and no fact that it could be looked up by, so every mention would be held against it, and there \
         are {UNFILED_QUERIES_MAX} such queries already; require one, such as `lang:it`, or end some of the others"
    );
    EngineError::ResourceExhausted { message }
}

fn state(search: SavedSearch, definitions: &Definitions) -> SavedSearchState {
    let problems = library::problems(&search, definitions);
    SavedSearchState { search, problems }
}

/// Whether it can be run under its id, and set the tags it sets.
fn check_query(search: &SavedSearch, definitions: &Definitions) -> Result<Query, EngineError> {
    let zone = zone(&search.time_zone)?;
    let Compiled { query, problems, .. } = definitions.compile_as(&search.id, &search.query, &zone);
    let Some(query) = query else { return Err(EngineError::InvalidQuery { problems }) };
    match late_clause(&query.root).filter(|_| !search.tags.is_empty()) {
        Some(problem) => Err(EngineError::InvalidQuery { problems: vec![problem] }),
        None => Ok(query),
    }
}

fn each_once(tags: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    tags.iter().filter(|tag| seen.insert(tag.as_str())).cloned().collect()
}

pub(super) fn invalid(field: &str, message: impl Into<String>) -> EngineError {
    EngineError::InvalidArgument { field: field.to_owned(), message: message.into() }
}

fn not_found(id: &str) -> EngineError {
    EngineError::NotFound { what: "saved search", name: id.to_owned() }
}

/// Checks the id of a saved search or an author list.
pub(super) fn check_id(field: &str, id: &str) -> Result<(), EngineError> {
    let is_id_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if id.is_empty() || id.len() > SAVED_SEARCH_ID_BYTES_MAX || !id.bytes().all(is_id_letter) {
        let message = format!(
            "must have 1 to {SAVED_SEARCH_ID_BYTES_MAX} of the letters a-z, 0-9, `-`, `_` and `.`, for example `care-it`"
        );
        return Err(invalid(field, message));
    }
    Ok(())
}

pub(super) fn check_text(field: &str, text: &str, bytes_max: usize) -> Result<(), EngineError> {
    if text.len() > bytes_max {
        let message = format!("has {} bytes; at most {bytes_max} are allowed, shorten it", text.len());
        return Err(invalid(field, message));
    }
    Ok(())
}

pub(super) fn check_editor(editor: &str) -> Result<(), EngineError> {
    check_text("editor", editor, EDITOR_BYTES_MAX)
}

fn check(search: &SavedSearch) -> Result<(), EngineError> {
    check_id("saved_search.id", &search.id)?;
    check_text("saved_search.title", &search.title, SAVED_SEARCH_TITLE_BYTES_MAX)?;
    check_text("saved_search.owner", &search.owner, EDITOR_BYTES_MAX)?;
    check_text("saved_search.note", &search.note, NOTE_BYTES_MAX)?;
    check_editor(&search.editor)?;
    check_folder("saved_search.folder", &search.folder)?;
    if search.tags.len() > SAVED_SEARCH_TAGS_MAX {
        let message = format!("has {} tags; at most {SAVED_SEARCH_TAGS_MAX} are allowed", search.tags.len());
        return Err(invalid("saved_search.tags", message));
    }
    for (at, tag) in search.tags.iter().enumerate() {
        let field = format!("saved_search.tags[{at}]");
        if tag.trim() != tag || tag.is_empty() || tag.chars().any(char::is_control) {
            let message = "must not be empty, nor have blanks at its ends or control characters";
            return Err(invalid(&field, message));
        }
        check_text(&field, tag, TAG_BYTES_MAX)?;
    }
    Ok(())
}

/// A folder is a path that can be one on a disk too: names of visible letters, none of them `.` or `..` or beginning with a dot.
pub(super) fn check_folder(field: &str, folder: &str) -> Result<(), EngineError> {
    if folder.is_empty() {
        return Ok(());
    }
    check_text(field, folder, FOLDER_BYTES_MAX)?;
    let names: Vec<&str> = folder.split('/').collect();
    if names.len() > FOLDER_DEPTH_MAX {
        let message = format!("has {} names; at most {FOLDER_DEPTH_MAX} folders lie inside each other", names.len());
        return Err(invalid(field, message));
    }
    for name in names {
        let is_plain = !name.is_empty()
            && name.trim() == name
            && !name.starts_with('.')
            && !name.chars().any(|letter| letter.is_control() || matches!(letter, '\\' | ':' | '|'));
        if !is_plain {
            let message = "must be names with `/` between, such as `airline/crisis`: none of them empty, with blanks at its \
                           ends, with a dot at its beginning, or with `\\`, `:`, `|` or control characters in it";
            return Err(invalid(field, message));
        }
    }
    Ok(())
}
