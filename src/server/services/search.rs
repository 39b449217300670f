use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{BATCH_GET_MAX, CONVERSATION_PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX},
    proto::{
        v1 as wire,
        written::{self, search_service_server::SearchService},
    },
    server::{
        convert::{
            checked_query_to_wire, count_from_wire, explain_from_wire, explained_to_wire, mention_name_from_wire,
            page_size_from_wire, preview_from_wire, preview_to_wire, search_answer_to_wire, search_from_wire,
            version_to_wire,
        },
        status::too_many,
    },
};

/// Questions about all mentions.
pub(crate) struct Search(pub(crate) Context);

#[tonic::async_trait]
impl SearchService for Search {
    async fn search(&self, request: Request<wire::SearchRequest>) -> Result<Response<written::SearchResponse>, Status> {
        let request = search_from_wire(request.into_inner())?;
        let answer = self.0.engine.search(request).await?;
        Ok(Response::new(search_answer_to_wire(answer, &self.0.written)))
    }

    async fn count(&self, request: Request<wire::CountRequest>) -> Result<Response<wire::CountResponse>, Status> {
        let request = count_from_wire(request.into_inner())?;
        let answer = self.0.engine.count(request).await?;
        Ok(Response::new(wire::CountResponse { count: answer.count, visible_seq: answer.visible_seq.0 }))
    }

    async fn get(&self, request: Request<wire::GetRequest>) -> Result<Response<wire::Version>, Status> {
        let name = mention_name_from_wire("name", &request.into_inner().name)?;
        let version = self.0.engine.get(&name).await?;
        Ok(Response::new(version_to_wire(&version)))
    }

    async fn batch_get(
        &self,
        request: Request<wire::BatchGetRequest>,
    ) -> Result<Response<wire::BatchGetResponse>, Status> {
        let names = request.into_inner().names;
        if names.len() > BATCH_GET_MAX {
            return Err(too_many("names", names.len(), BATCH_GET_MAX));
        }
        let names = names.iter().enumerate();
        let names = names.map(|(at, name)| mention_name_from_wire(&format!("names[{at}]"), name));
        let (versions, missing) = self.0.engine.batch_get(names.collect::<Result<_, _>>()?).await?;
        Ok(Response::new(wire::BatchGetResponse {
            versions: versions.iter().map(|version| version_to_wire(version)).collect(),
            missing: missing.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn get_conversation(
        &self,
        request: Request<wire::GetConversationRequest>,
    ) -> Result<Response<wire::GetConversationResponse>, Status> {
        let request = request.into_inner();
        let name = mention_name_from_wire("name", &request.name)?;
        let page_size = page_size_from_wire(request.page_size, CONVERSATION_PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
        let page = self.0.engine.conversation(&name, page_size, &request.page_token).await?;
        Ok(Response::new(wire::GetConversationResponse {
            thread_id: page.thread.0,
            versions: page.versions.iter().map(|version| version_to_wire(version)).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn explain_match(
        &self,
        request: Request<wire::ExplainMatchRequest>,
    ) -> Result<Response<wire::ExplainMatchResponse>, Status> {
        let request = explain_from_wire(request.into_inner())?;
        let explained = self.0.engine.explain_match(request).await?;
        Ok(Response::new(explained_to_wire(&explained)))
    }

    async fn preview_query(
        &self,
        request: Request<wire::PreviewQueryRequest>,
    ) -> Result<Response<wire::PreviewQueryResponse>, Status> {
        let request = preview_from_wire(request.into_inner())?;
        let preview = self.0.engine.preview_query(request).await?;
        Ok(Response::new(preview_to_wire(&preview)))
    }

    async fn check_query(
        &self,
        request: Request<wire::CheckQueryRequest>,
    ) -> Result<Response<wire::CheckQueryResponse>, Status> {
        let request = request.into_inner();
        let checked = self.0.engine.check_query(&request.query, &request.time_zone);
        Ok(Response::new(checked_query_to_wire(checked)))
    }
}
