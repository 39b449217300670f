use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{SAVED_SEARCHES_PAGE_SIZE_DEFAULT, SAVED_SEARCHES_PAGE_SIZE_MAX},
    engine::EngineError,
    proto::v1::{self as wire, saved_search_service_server::SavedSearchService},
    server::convert::{page_size_from_wire, saved_search_from_wire, saved_search_id_from_wire, saved_search_to_wire},
};

/// Queries with a name.
pub(crate) struct SavedSearches(pub(crate) Context);

#[tonic::async_trait]
impl SavedSearchService for SavedSearches {
    async fn create_saved_search(
        &self,
        request: Request<wire::CreateSavedSearchRequest>,
    ) -> Result<Response<wire::SavedSearch>, Status> {
        let search = saved_search_from_wire(request.into_inner().saved_search, self.0.clock.now())?;
        let search = self.0.engine.create_saved_search(search).await?;
        Ok(Response::new(saved_search_to_wire(search)))
    }

    async fn get_saved_search(
        &self,
        request: Request<wire::GetSavedSearchRequest>,
    ) -> Result<Response<wire::SavedSearch>, Status> {
        let id = saved_search_id_from_wire("id", request.into_inner().id)?;
        let search = self.0.engine.get_saved_search(&id).await?;
        Ok(Response::new(saved_search_to_wire(search)))
    }

    async fn list_saved_searches(
        &self,
        request: Request<wire::ListSavedSearchesRequest>,
    ) -> Result<Response<wire::ListSavedSearchesResponse>, Status> {
        let request = request.into_inner();
        let page_size =
            page_size_from_wire(request.page_size, SAVED_SEARCHES_PAGE_SIZE_DEFAULT, SAVED_SEARCHES_PAGE_SIZE_MAX)?;
        // The token is the last id given: a page stays right while searches are added and removed.
        let after_id = request.page_token;
        if !after_id.is_empty() && saved_search_id_from_wire("page_token", after_id.clone()).is_err() {
            let message = "was not made by this server; use the `next_page_token` of the page before".to_owned();
            return Err(EngineError::BadPageToken { message }.into());
        }
        // One more than asked for tells whether there is a next page.
        let mut searches = self.0.engine.list_saved_searches(&after_id, page_size + 1).await?;
        let has_more = searches.len() > page_size;
        searches.truncate(page_size);
        let last_id = searches.last().filter(|_| has_more).map(|search| search.id.clone());
        Ok(Response::new(wire::ListSavedSearchesResponse {
            saved_searches: searches.into_iter().map(saved_search_to_wire).collect(),
            next_page_token: last_id.unwrap_or_default(),
        }))
    }

    async fn delete_saved_search(
        &self,
        request: Request<wire::DeleteSavedSearchRequest>,
    ) -> Result<Response<()>, Status> {
        let id = saved_search_id_from_wire("id", request.into_inner().id)?;
        self.0.engine.delete_saved_search(&id).await?;
        Ok(Response::new(()))
    }
}
