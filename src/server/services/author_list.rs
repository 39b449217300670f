use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{
        AUTHOR_LIST_MEMBERS_BATCH_MAX, AUTHOR_LIST_MEMBERS_PAGE_SIZE_DEFAULT, SAVED_SEARCHES_PAGE_SIZE_DEFAULT,
        SAVED_SEARCHES_PAGE_SIZE_MAX,
    },
    proto::v1::{self as wire, author_list_service_server::AuthorListService},
    server::{
        convert::{
            author_list_from_wire, author_list_to_wire, editor_from_wire, page_size_from_wire,
            saved_search_id_from_wire,
        },
        status::too_many,
    },
};

/// Named lists of authors.
pub(crate) struct AuthorLists(pub(crate) Context);

#[tonic::async_trait]
impl AuthorListService for AuthorLists {
    async fn create_author_list(
        &self,
        request: Request<wire::CreateAuthorListRequest>,
    ) -> Result<Response<wire::AuthorList>, Status> {
        let wire::CreateAuthorListRequest { author_list, members, editor } = request.into_inner();
        check_count(&members)?;
        let list = author_list_from_wire(author_list, &editor)?;
        let list = self.0.engine.create_author_list(list, members).await?;
        Ok(Response::new(author_list_to_wire(list)))
    }

    async fn get_author_list(
        &self,
        request: Request<wire::GetAuthorListRequest>,
    ) -> Result<Response<wire::AuthorList>, Status> {
        let id = saved_search_id_from_wire("id", request.into_inner().id)?;
        Ok(Response::new(author_list_to_wire(self.0.engine.get_author_list(&id).await?)))
    }

    async fn list_author_lists(
        &self,
        request: Request<wire::ListAuthorListsRequest>,
    ) -> Result<Response<wire::ListAuthorListsResponse>, Status> {
        let wire::ListAuthorListsRequest { page_size, page_token } = request.into_inner();
        let page_size = page_size_from_wire(page_size, SAVED_SEARCHES_PAGE_SIZE_DEFAULT, SAVED_SEARCHES_PAGE_SIZE_MAX)?;
        let mut lists = self.0.engine.author_lists(&page_token, page_size + 1).await?;
        let has_more = lists.len() > page_size;
        lists.truncate(page_size);
        let next = lists.last().filter(|_| has_more).map(|last| last.id.clone());
        Ok(Response::new(wire::ListAuthorListsResponse {
            author_lists: lists.into_iter().map(author_list_to_wire).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn update_author_list(
        &self,
        request: Request<wire::UpdateAuthorListRequest>,
    ) -> Result<Response<wire::AuthorList>, Status> {
        let wire::UpdateAuthorListRequest { author_list, etag, editor } = request.into_inner();
        let list = author_list_from_wire(author_list, &editor)?;
        Ok(Response::new(author_list_to_wire(self.0.engine.update_author_list(list, &etag).await?)))
    }

    async fn delete_author_list(
        &self,
        request: Request<wire::DeleteAuthorListRequest>,
    ) -> Result<Response<()>, Status> {
        let wire::DeleteAuthorListRequest { id, force } = request.into_inner();
        let id = saved_search_id_from_wire("id", id)?;
        self.0.engine.delete_author_list(&id, force).await?;
        Ok(Response::new(()))
    }

    async fn add_author_list_members(
        &self,
        request: Request<wire::AddAuthorListMembersRequest>,
    ) -> Result<Response<wire::AuthorList>, Status> {
        let wire::AddAuthorListMembersRequest { id, members, editor } = request.into_inner();
        check_count(&members)?;
        let (id, editor) = (saved_search_id_from_wire("id", id)?, editor_from_wire(&editor)?);
        let list = self.0.engine.add_author_list_members(&id, &members, &editor).await?;
        Ok(Response::new(author_list_to_wire(list)))
    }

    async fn remove_author_list_members(
        &self,
        request: Request<wire::RemoveAuthorListMembersRequest>,
    ) -> Result<Response<wire::AuthorList>, Status> {
        let wire::RemoveAuthorListMembersRequest { id, members, editor } = request.into_inner();
        check_count(&members)?;
        let (id, editor) = (saved_search_id_from_wire("id", id)?, editor_from_wire(&editor)?);
        let list = self.0.engine.remove_author_list_members(&id, &members, &editor).await?;
        Ok(Response::new(author_list_to_wire(list)))
    }

    async fn list_author_list_members(
        &self,
        request: Request<wire::ListAuthorListMembersRequest>,
    ) -> Result<Response<wire::ListAuthorListMembersResponse>, Status> {
        let wire::ListAuthorListMembersRequest { id, page_size, page_token } = request.into_inner();
        let id = saved_search_id_from_wire("id", id)?;
        let page_size =
            page_size_from_wire(page_size, AUTHOR_LIST_MEMBERS_PAGE_SIZE_DEFAULT, AUTHOR_LIST_MEMBERS_BATCH_MAX)?;
        // The token is the last handle given.
        let mut members = self.0.engine.author_list_members(&id, &page_token, page_size + 1).await?;
        let has_more = members.len() > page_size;
        members.truncate(page_size);
        let next_page_token = members.last().filter(|_| has_more).cloned().unwrap_or_default();
        Ok(Response::new(wire::ListAuthorListMembersResponse { members, next_page_token }))
    }
}

fn check_count(members: &[String]) -> Result<(), Status> {
    if members.len() > AUTHOR_LIST_MEMBERS_BATCH_MAX {
        return Err(too_many("members", members.len(), AUTHOR_LIST_MEMBERS_BATCH_MAX));
    }
    Ok(())
}
