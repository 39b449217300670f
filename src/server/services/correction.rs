use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{LABELS_PAGE_SIZE_DEFAULT, LABELS_PAGE_SIZE_MAX},
    engine::EngineError,
    model::MentionNumber,
    proto::v1::{self as wire, correction_service_server::CorrectionService},
    server::convert::{
        correction_from_wire, label_to_wire, mention_name_from_wire, page_size_from_wire, taught_brand_from_wire,
        taught_to_wire, version_to_wire,
    },
};

/// What people say of mentions, and what brands learn from it.
pub(crate) struct Corrections(pub(crate) Context);

#[tonic::async_trait]
impl CorrectionService for Corrections {
    async fn correct(&self, request: Request<wire::CorrectRequest>) -> Result<Response<wire::Version>, Status> {
        let request = request.into_inner();
        let name = mention_name_from_wire("name", &request.name)?;
        let (values, by) = correction_from_wire(request.values, request.by)?;
        let version = self.0.engine.correct(&name, values, by).await?;
        Ok(Response::new(version_to_wire(&version)))
    }

    async fn revert_correction(
        &self,
        request: Request<wire::RevertCorrectionRequest>,
    ) -> Result<Response<wire::Version>, Status> {
        let name = mention_name_from_wire("name", &request.into_inner().name)?;
        let version = self.0.engine.revert_correction(&name).await?;
        Ok(Response::new(version_to_wire(&version)))
    }

    async fn list_taught(
        &self,
        _: Request<wire::ListTaughtRequest>,
    ) -> Result<Response<wire::ListTaughtResponse>, Status> {
        let brands = self.0.engine.list_taught().await?;
        Ok(Response::new(wire::ListTaughtResponse { brands: brands.iter().map(taught_to_wire).collect() }))
    }

    async fn get_taught(&self, request: Request<wire::GetTaughtRequest>) -> Result<Response<wire::Taught>, Status> {
        let brand = taught_brand_from_wire(request.into_inner().brand)?;
        Ok(Response::new(taught_to_wire(&self.0.engine.taught(&brand).await?)))
    }

    async fn reset_taught(&self, request: Request<wire::ResetTaughtRequest>) -> Result<Response<wire::Taught>, Status> {
        let brand = taught_brand_from_wire(request.into_inner().brand)?;
        Ok(Response::new(taught_to_wire(&self.0.engine.reset_taught(&brand).await?)))
    }

    async fn pause_taught(&self, request: Request<wire::PauseTaughtRequest>) -> Result<Response<wire::Taught>, Status> {
        let brand = taught_brand_from_wire(request.into_inner().brand)?;
        Ok(Response::new(taught_to_wire(&self.0.engine.pause_taught(&brand, true).await?)))
    }

    async fn resume_taught(
        &self,
        request: Request<wire::ResumeTaughtRequest>,
    ) -> Result<Response<wire::Taught>, Status> {
        let brand = taught_brand_from_wire(request.into_inner().brand)?;
        Ok(Response::new(taught_to_wire(&self.0.engine.pause_taught(&brand, false).await?)))
    }

    async fn list_labels(
        &self,
        request: Request<wire::ListLabelsRequest>,
    ) -> Result<Response<wire::ListLabelsResponse>, Status> {
        let request = request.into_inner();
        let page_size = page_size_from_wire(request.page_size, LABELS_PAGE_SIZE_DEFAULT, LABELS_PAGE_SIZE_MAX)?;
        // The token is the number of the last mention given: a page stays right while labels come and go.
        let after = match request.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| foreign_token())?,
        };
        let after = MentionNumber(after);
        // One more than asked for tells whether there is a next page.
        let mut labels = self.0.engine.labels(&request.brand, after, page_size + 1).await?;
        let has_more = labels.len() > page_size;
        labels.truncate(page_size);
        let last = labels.last().filter(|_| has_more).map(|last| last.number.0.to_string());
        Ok(Response::new(wire::ListLabelsResponse {
            labels: labels.into_iter().map(label_to_wire).collect(),
            next_page_token: last.unwrap_or_default(),
        }))
    }
}

fn foreign_token() -> EngineError {
    let message = "was not made by this server; use the `next_page_token` of the page before".to_owned();
    EngineError::BadPageToken { message }
}
