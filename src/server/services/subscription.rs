use std::pin::Pin;

use futures_util::{Stream, stream};
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    proto::v1::{self as wire, subscription_service_server::SubscriptionService},
    server::{
        convert::{delivery_to_wire, subscription_from_wire},
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
}
