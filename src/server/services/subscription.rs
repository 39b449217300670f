use std::pin::Pin;

use futures_util::{Stream, stream};
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::{
        Seq,
        limits::{SUBSCRIPTIONS_PAGE_SIZE_DEFAULT, SUBSCRIPTIONS_PAGE_SIZE_MAX},
    },
    engine::EngineError,
    proto::v1::{self as wire, subscription_service_server::SubscriptionService},
    server::{
        convert::{
            delivery_to_wire, durable_subscription_to_wire, page_size_from_wire, replacement_from_wire,
            subscription_from_wire, subscription_name_from_wire,
        },
        layers::guarded_stream,
    },
};

/// Live answers.
pub(crate) struct Subscriptions(pub(crate) Context);

/// What a subscriber is told, one after the other. Dropping it ends the subscription.
pub(crate) type Deliveries = Pin<Box<dyn Stream<Item = Result<wire::SubscribeResponse, Status>> + Send>>;

impl Subscriptions {
    /// Begins a subscription; what is wrong with the request is told before the stream begins.
    pub(crate) async fn open(&self, request: wire::SubscribeRequest) -> Result<Deliveries, Status> {
        let request = subscription_from_wire(request)?;
        let subscription = self.0.engine.subscribe(request).await?;
        let deliveries = stream::unfold(subscription, async |mut subscription| {
            let delivery = subscription.next().await?;
            Some((Ok(delivery_to_wire(&delivery)), subscription))
        });
        Ok(Box::pin(guarded_stream(deliveries)))
    }
}

#[tonic::async_trait]
impl SubscriptionService for Subscriptions {
    type SubscribeStream = Deliveries;

    async fn subscribe(
        &self,
        request: Request<wire::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        Ok(Response::new(self.open(request.into_inner()).await?))
    }

    async fn replace_subscription(
        &self,
        request: Request<wire::ReplaceSubscriptionRequest>,
    ) -> Result<Response<wire::ReplaceSubscriptionResponse>, Status> {
        let request = replacement_from_wire(request.into_inner())?;
        let seq = self.0.engine.replace_subscription(request).await?;
        Ok(Response::new(wire::ReplaceSubscriptionResponse { seq: seq.0 }))
    }

    async fn acknowledge_subscription(
        &self,
        request: Request<wire::AcknowledgeSubscriptionRequest>,
    ) -> Result<Response<wire::DurableSubscription>, Status> {
        let request = request.into_inner();
        let name = subscription_name_from_wire("name", request.name)?;
        let known = self.0.engine.acknowledge_subscription(name, Seq(request.seq)).await?;
        Ok(Response::new(durable_subscription_to_wire(known)))
    }

    async fn get_subscription(
        &self,
        request: Request<wire::GetSubscriptionRequest>,
    ) -> Result<Response<wire::DurableSubscription>, Status> {
        let name = subscription_name_from_wire("name", request.into_inner().name)?;
        Ok(Response::new(durable_subscription_to_wire(self.0.engine.durable_subscription(name).await?)))
    }

    async fn list_subscriptions(
        &self,
        request: Request<wire::ListSubscriptionsRequest>,
    ) -> Result<Response<wire::ListSubscriptionsResponse>, Status> {
        let request = request.into_inner();
        let page_size =
            page_size_from_wire(request.page_size, SUBSCRIPTIONS_PAGE_SIZE_DEFAULT, SUBSCRIPTIONS_PAGE_SIZE_MAX)?;
        // The token is the last name given: a page stays right while names come and go.
        let after_name = request.page_token;
        if !after_name.is_empty() && subscription_name_from_wire("page_token", after_name.clone()).is_err() {
            let message = "was not made by this server; use the `next_page_token` of the page before".to_owned();
            return Err(EngineError::BadPageToken { message }.into());
        }
        // One more than asked for tells whether there is a next page.
        let mut known = self.0.engine.durable_subscriptions(&after_name, page_size + 1).await?;
        let has_more = known.len() > page_size;
        known.truncate(page_size);
        let last_name = known.last().filter(|_| has_more).map(|last| last.subscription.name.clone());
        Ok(Response::new(wire::ListSubscriptionsResponse {
            subscriptions: known.into_iter().map(durable_subscription_to_wire).collect(),
            next_page_token: last_name.unwrap_or_default(),
        }))
    }

    async fn delete_subscription(
        &self,
        request: Request<wire::DeleteSubscriptionRequest>,
    ) -> Result<Response<()>, Status> {
        let name = subscription_name_from_wire("name", request.into_inner().name)?;
        self.0.engine.delete_durable_subscription(name).await?;
        Ok(Response::new(()))
    }
}
