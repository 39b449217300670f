use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{QUEUE_PAGE_SIZE_DEFAULT, QUEUE_PAGE_SIZE_MAX},
    care::{self, Step},
    proto::v1::{self as wire, care_service_server::CareService},
    server::{
        convert::{
            agent_from_wire, counts_to_wire, finding_to_wire, history_entry_to_wire, lease_from_wire,
            mention_name_from_wire, outcome_to_wire, page_size_from_wire, queue_item_to_wire, reply_from_wire,
            step_from_wire, version_to_wire, wanted_from_wire,
        },
        status::{reason, status_from_engine},
    },
};

/// The care desk.
pub(crate) struct Care(pub(crate) Context);

impl Care {
    async fn take(&self, name: &str, step: Step, by: &str) -> Result<Response<wire::Version>, Status> {
        let name = mention_name_from_wire("name", name)?;
        let version = self.0.engine.take_step(name, step, by).await?;
        Ok(Response::new(version_to_wire(&version)))
    }
}

#[tonic::async_trait]
impl CareService for Care {
    async fn claim_next(
        &self,
        request: Request<wire::ClaimNextRequest>,
    ) -> Result<Response<wire::ClaimNextResponse>, Status> {
        let wire::ClaimNextRequest { agent, lease, wanted } = request.into_inner();
        let (agent, lease) = (agent_from_wire("agent", agent)?, lease_from_wire(lease)?);
        let claimed = self.0.engine.claim_next(&agent, lease, &wanted_from_wire(wanted)?).await?;
        let proposal = claimed.as_ref().and_then(|version| care::hand_off_proposal(version));
        Ok(Response::new(wire::ClaimNextResponse {
            version: claimed.map(|version| version_to_wire(&version)),
            hand_off_proposal: proposal.unwrap_or_default(),
        }))
    }

    async fn claim(&self, request: Request<wire::ClaimRequest>) -> Result<Response<wire::Version>, Status> {
        let wire::ClaimRequest { name, agent, lease } = request.into_inner();
        let (agent, lease) = (agent_from_wire("agent", agent)?, lease_from_wire(lease)?);
        self.take(&name, Step::Claim { agent: agent.clone(), lease }, &agent).await
    }

    async fn renew_claim(&self, request: Request<wire::RenewClaimRequest>) -> Result<Response<wire::Version>, Status> {
        let wire::RenewClaimRequest { name, token, lease, by } = request.into_inner();
        let (by, lease) = (agent_from_wire("by", by)?, lease_from_wire(lease)?);
        self.take(&name, Step::Renew { token, lease }, &by).await
    }

    async fn release_claim(
        &self,
        request: Request<wire::ReleaseClaimRequest>,
    ) -> Result<Response<wire::Version>, Status> {
        let wire::ReleaseClaimRequest { name, token, by } = request.into_inner();
        let by = agent_from_wire("by", by)?;
        self.take(&name, Step::Release { token }, &by).await
    }

    async fn record_reply(
        &self,
        request: Request<wire::RecordReplyRequest>,
    ) -> Result<Response<wire::RecordReplyResponse>, Status> {
        let request = reply_from_wire(request.into_inner(), self.0.clock.now())?;
        let recorded = self.0.engine.record_reply(request).await?;
        Ok(Response::new(wire::RecordReplyResponse {
            mention: Some(version_to_wire(&recorded.mention)),
            reply: Some(version_to_wire(&recorded.reply)),
            findings: recorded.findings.into_iter().map(finding_to_wire).collect(),
        }))
    }

    async fn take_step(&self, request: Request<wire::TakeStepRequest>) -> Result<Response<wire::Version>, Status> {
        let wire::TakeStepRequest { name, token, by, step } = request.into_inner();
        let by = agent_from_wire("by", by)?;
        let step = step_from_wire(step, token, &by, self.0.clock.now())?;
        self.take(&name, step, &by).await
    }

    async fn take_steps(
        &self,
        request: Request<wire::TakeStepsRequest>,
    ) -> Result<Response<wire::TakeStepsResponse>, Status> {
        let wire::TakeStepsRequest { names, by, step } = request.into_inner();
        let by = agent_from_wire("by", by)?;
        let step = step_from_wire(step, 0, &by, self.0.clock.now())?;
        let parsed = names.iter().map(|name| mention_name_from_wire("names", name)).collect::<Result<Vec<_>, _>>()?;
        let taken = self.0.engine.take_steps(parsed, step, &by).await?;
        let outcomes = names
            .into_iter()
            .zip(&taken)
            .map(|(name, taken)| outcome_to_wire(name, taken.as_deref(), |error| reason(&status_from_engine(error))));
        Ok(Response::new(wire::TakeStepsResponse { outcomes: outcomes.collect() }))
    }

    async fn list_queue(
        &self,
        request: Request<wire::ListQueueRequest>,
    ) -> Result<Response<wire::ListQueueResponse>, Status> {
        let wire::ListQueueRequest { wanted, page_size, page_token } = request.into_inner();
        let page_size = page_size_from_wire(page_size, QUEUE_PAGE_SIZE_DEFAULT, QUEUE_PAGE_SIZE_MAX)?;
        let page = self.0.engine.queue(&wanted_from_wire(wanted)?, &page_token, page_size).await?;
        Ok(Response::new(wire::ListQueueResponse {
            items: page.versions.iter().map(|version| queue_item_to_wire(version)).collect(),
            next_page_token: page.next_page_token,
        }))
    }

    async fn count_queue(
        &self,
        request: Request<wire::CountQueueRequest>,
    ) -> Result<Response<wire::CountQueueResponse>, Status> {
        let wanted = wanted_from_wire(request.into_inner().wanted)?;
        Ok(Response::new(counts_to_wire(&self.0.engine.queue_counts(&wanted).await?)))
    }

    async fn get_history(
        &self,
        request: Request<wire::GetHistoryRequest>,
    ) -> Result<Response<wire::GetHistoryResponse>, Status> {
        let name = mention_name_from_wire("name", &request.into_inner().name)?;
        let versions = self.0.engine.history(&name).await?;
        let entries = versions.iter().map(|version| history_entry_to_wire(version)).collect();
        Ok(Response::new(wire::GetHistoryResponse { entries }))
    }
}
