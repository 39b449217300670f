use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{ARGUMENTS_BATCH_MAX, ARGUMENTS_PAGE_SIZE_DEFAULT, ARGUMENTS_PAGE_SIZE_MAX},
    engine::{ArgumentPut, EngineError},
    proto::v1::{self as wire, argument_service_server::ArgumentService},
    server::{
        convert::{
            argument_from_wire, argument_id_from_wire, argument_to_wire, coverage_from_wire, coverage_to_wire,
            duplicates_to_wire, editor_from_wire, example_to_wire, import_to_wire, mention_name_from_wire,
            page_size_from_wire, suggest_from_wire, suggestions_to_wire,
        },
        status::too_many,
    },
};

/// The argument base.
pub(crate) struct Arguments(pub(crate) Context);

#[tonic::async_trait]
impl ArgumentService for Arguments {
    async fn put_argument(
        &self,
        request: Request<wire::PutArgumentRequest>,
    ) -> Result<Response<wire::Argument>, Status> {
        let wire::PutArgumentRequest { argument, etag, must_be_new, editor } = request.into_inner();
        let argument = argument_from_wire(argument, &editor)?;
        let argument = self.0.engine.put_argument(argument, ArgumentPut { etag, must_be_new }).await?;
        Ok(Response::new(argument_to_wire(argument)))
    }

    async fn import_arguments(
        &self,
        request: Request<wire::ImportArgumentsRequest>,
    ) -> Result<Response<wire::ImportArgumentsResponse>, Status> {
        let wire::ImportArgumentsRequest { arguments, editor } = request.into_inner();
        if arguments.len() > ARGUMENTS_BATCH_MAX {
            return Err(too_many("arguments", arguments.len(), ARGUMENTS_BATCH_MAX));
        }
        editor_from_wire(&editor)?;
        let ids: Vec<String> = arguments.iter().map(|argument| argument.id.clone()).collect();
        let read = arguments.into_iter().map(|argument| argument_from_wire(Some(argument), &editor)).collect();
        let answers = self.0.engine.import_arguments(read).await?;
        let imports = ids.into_iter().zip(answers).map(|(id, answer)| import_to_wire(id, answer));
        Ok(Response::new(wire::ImportArgumentsResponse { imports: imports.collect() }))
    }

    async fn get_argument(
        &self,
        request: Request<wire::GetArgumentRequest>,
    ) -> Result<Response<wire::Argument>, Status> {
        let id = argument_id_from_wire("id", request.into_inner().id)?;
        Ok(Response::new(argument_to_wire(self.0.engine.argument(id).await?)))
    }

    async fn list_arguments(
        &self,
        request: Request<wire::ListArgumentsRequest>,
    ) -> Result<Response<wire::ListArgumentsResponse>, Status> {
        let wire::ListArgumentsRequest { page_size, page_token, brand } = request.into_inner();
        let page_size = page_size_from_wire(page_size, ARGUMENTS_PAGE_SIZE_DEFAULT, ARGUMENTS_PAGE_SIZE_MAX)?;
        // The token is the last id given: a page stays right while entries come and go.
        if !page_token.is_empty() && argument_id_from_wire("page_token", page_token.clone()).is_err() {
            let message = "was not made by this server; use the `next_page_token` of the page before".to_owned();
            return Err(EngineError::BadPageToken { message }.into());
        }
        let (arguments, has_more) = self.0.engine.arguments(&page_token, &brand, page_size).await?;
        let next_page_token = arguments.last().filter(|_| has_more).map(|last| last.id.clone()).unwrap_or_default();
        let arguments = arguments.into_iter().map(argument_to_wire).collect();
        Ok(Response::new(wire::ListArgumentsResponse { arguments, next_page_token }))
    }

    async fn delete_argument(&self, request: Request<wire::DeleteArgumentRequest>) -> Result<Response<()>, Status> {
        let wire::DeleteArgumentRequest { id, etag } = request.into_inner();
        let id = argument_id_from_wire("id", id)?;
        self.0.engine.delete_argument(id, etag).await?;
        Ok(Response::new(()))
    }

    async fn suggest_replies(
        &self,
        request: Request<wire::SuggestRepliesRequest>,
    ) -> Result<Response<wire::SuggestRepliesResponse>, Status> {
        let told = self.0.engine.suggest_replies(suggest_from_wire(request.into_inner())?).await?;
        self.0.metrics.argument_base_was_asked(!told.replies.is_empty());
        Ok(Response::new(suggestions_to_wire(told)))
    }

    async fn add_argument_example(
        &self,
        request: Request<wire::AddArgumentExampleRequest>,
    ) -> Result<Response<wire::AddArgumentExampleResponse>, Status> {
        let wire::AddArgumentExampleRequest { name, argument, editor } = request.into_inner();
        let name = mention_name_from_wire("name", &name)?;
        let id = argument_id_from_wire("argument", argument)?;
        let editor = editor_from_wire(&editor)?;
        let (argument, example) = self.0.engine.add_argument_example(&name, id, editor).await?;
        Ok(Response::new(wire::AddArgumentExampleResponse {
            argument: Some(argument_to_wire(argument)),
            example: Some(example_to_wire(example)),
        }))
    }

    async fn find_duplicate_arguments(
        &self,
        _: Request<wire::FindDuplicateArgumentsRequest>,
    ) -> Result<Response<wire::FindDuplicateArgumentsResponse>, Status> {
        let pairs = self.0.engine.duplicate_arguments().await?.into_iter().map(duplicates_to_wire).collect();
        Ok(Response::new(wire::FindDuplicateArgumentsResponse { pairs }))
    }

    async fn get_argument_coverage(
        &self,
        request: Request<wire::GetArgumentCoverageRequest>,
    ) -> Result<Response<wire::GetArgumentCoverageResponse>, Status> {
        let coverage = self.0.engine.argument_coverage(coverage_from_wire(request.into_inner())?).await?;
        Ok(Response::new(coverage_to_wire(coverage)))
    }
}
