use std::pin::Pin;

use futures_util::{Stream, stream};
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    engine::VerifyProgress,
    proto::v1::{self as wire, system_service_server::SystemService},
    server::{convert::time_to_wire, layers::guarded_stream, status::status_from_engine},
};

/// How the server is.
pub(crate) struct System(pub(crate) Context);

/// What whoever verifies is told.
type Reports = Pin<Box<dyn Stream<Item = Result<wire::VerifyQueriesResponse, Status>> + Send>>;

#[tonic::async_trait]
impl SystemService for System {
    type VerifyQueriesStream = Reports;

    async fn verify_queries(
        &self,
        request: Request<wire::VerifyQueriesRequest>,
    ) -> Result<Response<Self::VerifyQueriesStream>, Status> {
        let request = request.into_inner();
        let reports = self.0.engine.verify_queries(&request.queries, &request.time_zone).await?;
        let reports = stream::unfold(reports, async |mut reports| {
            let report = reports.recv().await?;
            Some((report.map(progress_to_wire).map_err(|error| status_from_engine(&error)), reports))
        });
        Ok(Response::new(Box::pin(guarded_stream(reports))))
    }

    async fn get_server_status(
        &self,
        _request: Request<wire::GetServerStatusRequest>,
    ) -> Result<Response<wire::ServerStatus>, Status> {
        let status = self.0.engine.status();
        let followers = status.followers.into_iter().map(|follower| wire::Follower {
            name: follower.name.to_owned(),
            seq: follower.seq.0,
            problem: follower.problem.unwrap_or_default(),
        });
        Ok(Response::new(wire::ServerStatus {
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: Some(time_to_wire(status.started_at)),
            recorded_seq: status.recorded_seq.0,
            oldest_seq: status.oldest_seq.0,
            mentions: status.mentions,
            followers: followers.collect(),
            saved_searches: status.saved_searches,
            subscriptions: status.subscriptions,
        }))
    }
}

fn progress_to_wire(progress: VerifyProgress) -> wire::VerifyQueriesResponse {
    let differences = progress.differences.into_iter().map(|difference| wire::VerifyDifference {
        query: u32::try_from(difference.query).unwrap_or(u32::MAX),
        name: difference.name.to_string(),
        seq: difference.seq.0,
        index: difference.index,
        matcher: difference.matcher,
        evaluator: difference.evaluator,
    });
    wire::VerifyQueriesResponse {
        seq: progress.seq.0,
        versions: progress.versions,
        versions_checked: progress.versions_checked,
        mentions_checked: progress.mentions_checked,
        matches: progress.matches,
        differences_found: progress.differences_found,
        differences: differences.collect(),
    }
}
