use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    proto::v1::{self as wire, correction_service_server::CorrectionService},
    server::convert::{correction_from_wire, mention_name_from_wire, version_to_wire},
};

/// What people say of mentions.
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
}
