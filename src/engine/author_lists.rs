use std::sync::Arc;

use super::{
    Engine, EngineError,
    committer::Definition as Edit,
    library::Desk,
    run_blocking,
    saved_searches::{check_editor, check_id, check_text, invalid},
};
use crate::{
    base::limits::{
        AUTHOR_LIST_MEMBERS_ALL_MAX, AUTHOR_LIST_MEMBERS_BATCH_MAX, AUTHOR_LIST_MEMBERS_MAX, AUTHOR_LISTS_MAX,
        AUTHOR_NAME_BYTES_MAX, NOTE_BYTES_MAX, SAVED_SEARCH_TITLE_BYTES_MAX,
    },
    live::{Referred, list_handle},
    model::AuthorList,
};

impl Engine {
    /// Makes a list with these members. Its time of creation is now; `list.editor` says who does it.
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`], [`EngineError::AlreadyExists`], [`EngineError::ResourceExhausted`].
    pub async fn create_author_list(
        self: &Arc<Self>,
        list: AuthorList,
        members: Vec<String>,
    ) -> Result<AuthorList, EngineError> {
        check_id("author_list.id", &list.id)?;
        check_texts(&list)?;
        let added = handles(&members)?;
        self.edit(move |desk| {
            if desk.store.author_list(&list.id)?.is_some() {
                return Err(EngineError::AlreadyExists { what: "author list", name: list.id });
            }
            if desk.store.author_lists_after("", AUTHOR_LISTS_MAX)?.len() >= AUTHOR_LISTS_MAX {
                let message = format!("there are {AUTHOR_LISTS_MAX} author lists; delete some first");
                return Err(EngineError::ResourceExhausted { message });
            }
            desk.check_room(0, added.len())?;
            let member_count = added.len() as u64;
            let list = AuthorList { member_count, revision: 1, created_at: desk.now, updated_at: desk.now, ..list };
            Ok((vec![Edit::PutList { list: list.clone(), added, removed: Vec::new() }], list))
        })
        .await
    }

    /// A list.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn get_author_list(&self, id: &str) -> Result<AuthorList, EngineError> {
        let (store, id) = (self.store.clone(), id.to_owned());
        run_blocking(move || store.author_list(&id)?.ok_or_else(|| not_found(&id))).await
    }

    /// Lists ordered by id, those after the given one, at most so many.
    ///
    /// # Errors
    /// What keeps the store from being read.
    pub async fn author_lists(&self, after: &str, count: usize) -> Result<Vec<AuthorList>, EngineError> {
        let (store, after) = (self.store.clone(), after.to_owned());
        run_blocking(move || Ok(store.author_lists_after(&after, count)?)).await
    }

    /// Members of a list in order, those after the given one, at most so many.
    ///
    /// # Errors
    /// [`EngineError::NotFound`].
    pub async fn author_list_members(&self, id: &str, after: &str, count: usize) -> Result<Vec<String>, EngineError> {
        let (store, id, after) = (self.store.clone(), id.to_owned(), after.to_owned());
        run_blocking(move || {
            store.author_list(&id)?.ok_or_else(|| not_found(&id))?;
            Ok(store.author_list_members_after(&id, &after, count)?)
        })
        .await
    }

    /// Changes title and note of a list.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::Stale`], [`EngineError::InvalidArgument`].
    pub async fn update_author_list(self: &Arc<Self>, told: AuthorList, etag: &str) -> Result<AuthorList, EngineError> {
        check_texts(&told)?;
        let etag = etag.to_owned();
        self.edit(move |desk| {
            let before = desk.author_list(&told.id)?;
            if !etag.is_empty() && etag != before.etag() {
                return Err(EngineError::Stale { what: "author list", name: told.id, etag: before.etag() });
            }
            let AuthorList { title, note, editor, .. } = told;
            Ok(desk.changed(AuthorList { title, note, editor, ..before }, Vec::new(), Vec::new()))
        })
        .await
    }

    /// Adds members; those that are there already stay.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::InvalidArgument`], [`EngineError::ResourceExhausted`].
    pub async fn add_author_list_members(
        self: &Arc<Self>,
        id: &str,
        members: &[String],
        editor: &str,
    ) -> Result<AuthorList, EngineError> {
        check_editor(editor)?;
        let (id, mut added, editor) = (id.to_owned(), handles(members)?, editor.to_owned());
        self.edit(move |desk| {
            let before = desk.author_list(&id)?;
            let held = desk.definitions.list(&id).map_or(&[][..], |handles| handles);
            added.retain(|handle| held.binary_search(handle).is_err());
            desk.check_room(held.len(), added.len())?;
            if added.is_empty() {
                return Ok((Vec::new(), before));
            }
            let member_count = before.member_count + added.len() as u64;
            Ok(desk.changed(AuthorList { member_count, editor, ..before }, added, Vec::new()))
        })
        .await
    }

    /// Removes members; those that are none are passed over.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::InvalidArgument`].
    pub async fn remove_author_list_members(
        self: &Arc<Self>,
        id: &str,
        members: &[String],
        editor: &str,
    ) -> Result<AuthorList, EngineError> {
        check_editor(editor)?;
        let (id, mut removed, editor) = (id.to_owned(), handles(members)?, editor.to_owned());
        self.edit(move |desk| {
            let before = desk.author_list(&id)?;
            let held = desk.definitions.list(&id).map_or(&[][..], |handles| handles);
            removed.retain(|handle| held.binary_search(handle).is_ok());
            if removed.is_empty() {
                return Ok((Vec::new(), before));
            }
            let member_count = before.member_count.saturating_sub(removed.len() as u64);
            Ok(desk.changed(AuthorList { member_count, editor, ..before }, Vec::new(), removed))
        })
        .await
    }

    /// Forgets a list and its members.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; [`EngineError::ReferredTo`] unless forced.
    pub async fn delete_author_list(self: &Arc<Self>, id: &str, force: bool) -> Result<(), EngineError> {
        let id = id.to_owned();
        self.edit(move |desk| {
            desk.author_list(&id)?;
            let by = desk.referrers_of(&Referred::List(Arc::from(id.as_str())));
            if !by.is_empty() && !force {
                return Err(EngineError::ReferredTo { what: "author list", name: id, by });
            }
            Ok((vec![Edit::RemoveList(id)], ()))
        })
        .await
    }
}

impl Desk<'_> {
    fn author_list(&self, id: &str) -> Result<AuthorList, EngineError> {
        self.store.author_list(id)?.ok_or_else(|| not_found(id))
    }

    /// An edit that makes the list this.
    fn changed(&self, list: AuthorList, added: Vec<String>, removed: Vec<String>) -> (Vec<Edit>, AuthorList) {
        let list = AuthorList { revision: list.revision + 1, updated_at: self.now, ..list };
        (vec![Edit::PutList { list: list.clone(), added, removed }], list)
    }

    fn check_room(&self, held: usize, added: usize) -> Result<(), EngineError> {
        if held + added > AUTHOR_LIST_MEMBERS_MAX {
            let message = format!(
                "the list would have {} members; at most {AUTHOR_LIST_MEMBERS_MAX} are allowed, make two lists of it",
                held + added
            );
            return Err(EngineError::ResourceExhausted { message });
        }
        if self.definitions.handle_count() + added > AUTHOR_LIST_MEMBERS_ALL_MAX {
            let message = format!(
                "all author lists together have at most {AUTHOR_LIST_MEMBERS_ALL_MAX} members; remove some first"
            );
            return Err(EngineError::ResourceExhausted { message });
        }
        Ok(())
    }
}

/// Handles as lists hold them; sorted, each once.
fn handles(members: &[String]) -> Result<Vec<String>, EngineError> {
    if members.len() > AUTHOR_LIST_MEMBERS_BATCH_MAX {
        let message =
            format!("has {} handles; at most {AUTHOR_LIST_MEMBERS_BATCH_MAX} are allowed, split it", members.len());
        return Err(invalid("members", message));
    }
    let mut handles = Vec::with_capacity(members.len());
    for (at, member) in members.iter().enumerate() {
        let field = format!("members[{at}]");
        check_text(&field, member, AUTHOR_NAME_BYTES_MAX)?;
        let handle = list_handle(member);
        if handle.is_empty() || handle.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            return Err(invalid(&field, "is no handle: write it as in `@anna`, without blanks or control characters"));
        }
        handles.push(handle);
    }
    handles.sort_unstable();
    handles.dedup();
    Ok(handles)
}

fn check_texts(list: &AuthorList) -> Result<(), EngineError> {
    check_text("author_list.title", &list.title, SAVED_SEARCH_TITLE_BYTES_MAX)?;
    check_text("author_list.note", &list.note, NOTE_BYTES_MAX)?;
    check_editor(&list.editor)
}

fn not_found(id: &str) -> EngineError {
    EngineError::NotFound { what: "author list", name: id.to_owned() }
}
