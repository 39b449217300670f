use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    proto::v1::{self as wire, system_service_server::SystemService},
    server::convert::time_to_wire,
};

/// How the server is.
pub(crate) struct System(pub(crate) Context);

#[tonic::async_trait]
impl SystemService for System {
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
