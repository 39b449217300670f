use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{SAVED_SEARCHES_BATCH_MAX, SAVED_SEARCHES_PAGE_SIZE_DEFAULT, SAVED_SEARCHES_PAGE_SIZE_MAX},
    engine::{EngineError, FolderCounts},
    proto::v1::{self as wire, saved_search_service_server::SavedSearchService},
    server::{
        convert::{
            creation_to_wire, editor_from_wire, page_size_from_wire, preview_to_wire, revision_to_wire,
            saved_preview_from_wire, saved_search_from_wire, saved_search_id_from_wire, saved_search_state_to_wire,
            saved_search_to_wire, saved_search_update_from_wire,
        },
        status::too_many,
    },
};

/// Queries with a name.
pub(crate) struct SavedSearches(pub(crate) Context);

#[tonic::async_trait]
impl SavedSearchService for SavedSearches {
    async fn create_saved_search(
        &self,
        request: Request<wire::CreateSavedSearchRequest>,
    ) -> Result<Response<wire::SavedSearch>, Status> {
        let request = request.into_inner();
        let search = saved_search_from_wire(request.saved_search, &request.editor)?;
        let search = self.0.engine.create_saved_search(search).await?;
        Ok(Response::new(saved_search_to_wire(search)))
    }

    async fn batch_create_saved_searches(
        &self,
        request: Request<wire::BatchCreateSavedSearchesRequest>,
    ) -> Result<Response<wire::BatchCreateSavedSearchesResponse>, Status> {
        let wire::BatchCreateSavedSearchesRequest { saved_searches, editor } = request.into_inner();
        if saved_searches.len() > SAVED_SEARCHES_BATCH_MAX {
            return Err(too_many("saved_searches", saved_searches.len(), SAVED_SEARCHES_BATCH_MAX));
        }
        editor_from_wire(&editor)?;
        // What cannot even be read has its answer; the others go on and get theirs.
        let read: Vec<_> = saved_searches.into_iter().map(|one| saved_search_from_wire(Some(one), &editor)).collect();
        let fit = read.iter().filter_map(|search| search.as_ref().ok().cloned()).collect();
        let mut created = self.0.engine.create_saved_searches(fit).await?.into_iter();
        let unanswered = || EngineError::Internal { message: "a saved search has no answer".to_owned() };
        let creations = read.into_iter().map(|search| {
            let answer = search.and_then(|_| created.next().unwrap_or_else(|| Err(unanswered())));
            creation_to_wire(answer)
        });
        Ok(Response::new(wire::BatchCreateSavedSearchesResponse { creations: creations.collect() }))
    }

    async fn get_saved_search(
        &self,
        request: Request<wire::GetSavedSearchRequest>,
    ) -> Result<Response<wire::SavedSearch>, Status> {
        let id = saved_search_id_from_wire("id", request.into_inner().id)?;
        let state = self.0.engine.get_saved_search(&id).await?;
        Ok(Response::new(saved_search_state_to_wire(state)))
    }

    async fn list_saved_searches(
        &self,
        request: Request<wire::ListSavedSearchesRequest>,
    ) -> Result<Response<wire::ListSavedSearchesResponse>, Status> {
        let wire::ListSavedSearchesRequest { page_size, page_token, folder } = request.into_inner();
        let page_size = checked_page_size(page_size)?;
        // The token is the place of the last one given: a page stays right while searches are added and removed. A folder may
        // hold no `|`.
        let place = match (folder.is_empty(), page_token.rsplit_once('|')) {
            _ if page_token.is_empty() => Some(("", "")),
            (true, None) => Some(("", page_token.as_str())),
            (false, Some(place)) => Some(place),
            _ => None,
        };
        let is_ours = |(_, id): &(&str, &str)| page_token.is_empty() || is_id(id);
        let (after_folder, after_id) = place.filter(is_ours).ok_or_else(bad_page_token)?;
        // One more than asked for tells whether there is a next page.
        let engine = &self.0.engine;
        let mut states = if folder.is_empty() {
            engine.list_saved_searches(after_id, page_size + 1).await?
        } else {
            let after = (after_folder.to_owned(), after_id.to_owned());
            engine.list_saved_searches_in(&folder, after, page_size + 1).await?
        };
        let has_more = states.len() > page_size;
        states.truncate(page_size);
        let next = states.last().filter(|_| has_more).map(|last| match folder.is_empty() {
            true => last.search.id.clone(),
            false => format!("{}|{}", last.search.folder, last.search.id),
        });
        Ok(Response::new(wire::ListSavedSearchesResponse {
            saved_searches: states.into_iter().map(saved_search_state_to_wire).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn list_folders(
        &self,
        request: Request<wire::ListFoldersRequest>,
    ) -> Result<Response<wire::ListFoldersResponse>, Status> {
        let wire::ListFoldersRequest { page_size, page_token } = request.into_inner();
        let page_size = checked_page_size(page_size)?;
        // The token is the last path given; whatever it is, it is a place in the order.
        let mut folders = self.0.engine.list_folders(page_token, page_size + 1).await?;
        let has_more = folders.len() > page_size;
        folders.truncate(page_size);
        let next = folders.last().filter(|_| has_more).map(|(path, _)| path.clone());
        let folder = |(path, counts): (String, FolderCounts)| wire::Folder {
            path,
            saved_searches: counts.own,
            total: counts.total,
        };
        Ok(Response::new(wire::ListFoldersResponse {
            folders: folders.into_iter().map(folder).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn update_saved_search(
        &self,
        request: Request<wire::UpdateSavedSearchRequest>,
    ) -> Result<Response<wire::SavedSearch>, Status> {
        let update = saved_search_update_from_wire(request.into_inner())?;
        let state = self.0.engine.update_saved_search(update).await?;
        Ok(Response::new(saved_search_state_to_wire(state)))
    }

    async fn delete_saved_search(
        &self,
        request: Request<wire::DeleteSavedSearchRequest>,
    ) -> Result<Response<()>, Status> {
        let wire::DeleteSavedSearchRequest { id, force, etag, editor } = request.into_inner();
        let id = saved_search_id_from_wire("id", id)?;
        let editor = editor_from_wire(&editor)?;
        self.0.engine.delete_saved_search(&id, &etag, force, &editor).await?;
        Ok(Response::new(()))
    }

    async fn list_saved_search_revisions(
        &self,
        request: Request<wire::ListSavedSearchRevisionsRequest>,
    ) -> Result<Response<wire::ListSavedSearchRevisionsResponse>, Status> {
        let wire::ListSavedSearchRevisionsRequest { id, page_size, page_token } = request.into_inner();
        let id = saved_search_id_from_wire("id", id)?;
        let page_size = checked_page_size(page_size)?;
        let before = match page_token.as_str() {
            "" => 0,
            token => token.parse().ok().filter(|before| *before > 0).ok_or_else(bad_page_token)?,
        };
        let mut revisions = self.0.engine.saved_search_revisions(&id, before, page_size + 1).await?;
        let has_more = revisions.len() > page_size;
        revisions.truncate(page_size);
        let next = revisions.last().filter(|_| has_more).map(|last| last.search.revision.to_string());
        Ok(Response::new(wire::ListSavedSearchRevisionsResponse {
            revisions: revisions.into_iter().map(revision_to_wire).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn preview_saved_search(
        &self,
        request: Request<wire::PreviewSavedSearchRequest>,
    ) -> Result<Response<wire::PreviewQueryResponse>, Status> {
        let (id, request) = saved_preview_from_wire(request.into_inner())?;
        let preview = self.0.engine.preview_saved_search(&id, request).await?;
        Ok(Response::new(preview_to_wire(&preview)))
    }
}

fn checked_page_size(wire: i32) -> Result<usize, EngineError> {
    page_size_from_wire(wire, SAVED_SEARCHES_PAGE_SIZE_DEFAULT, SAVED_SEARCHES_PAGE_SIZE_MAX)
}

fn is_id(id: &str) -> bool {
    saved_search_id_from_wire("page_token", id.to_owned()).is_ok()
}

fn bad_page_token() -> EngineError {
    let message = "was not made by this server for this list; use the `next_page_token` of the page before".to_owned();
    EngineError::BadPageToken { message }
}
