use std::pin::Pin;

use futures_util::{Stream, stream};
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{ALERTS_PAGE_SIZE_DEFAULT, ALERTS_PAGE_SIZE_MAX, FIRINGS_PAGE_SIZE_DEFAULT, FIRINGS_PAGE_SIZE_MAX},
    engine::EngineError,
    proto::v1::{self as wire, alert_service_server::AlertService},
    server::{
        convert::{
            alert_delivery_to_wire, alert_from_wire, alert_id_from_wire, alert_to_wire, firing_to_wire,
            page_size_from_wire, watch_alerts_from_wire,
        },
        layers::guarded_stream,
    },
};

/// When to be told.
pub(crate) struct Alerts(pub(crate) Context);

/// What whoever watches alerts is told, one after the other.
pub(crate) type AlertDeliveries = Pin<Box<dyn Stream<Item = Result<wire::WatchAlertsResponse, Status>> + Send>>;

impl Alerts {
    /// Begins a stream; what is wrong with the request is told before it begins.
    pub(crate) async fn open(&self, request: wire::WatchAlertsRequest) -> Result<AlertDeliveries, Status> {
        let firings = self.0.engine.watch_alerts(watch_alerts_from_wire(request)?).await?;
        let deliveries = stream::unfold(firings, async |mut firings| {
            let delivery = firings.next().await?;
            Some((Ok(alert_delivery_to_wire(delivery)), firings))
        });
        Ok(Box::pin(guarded_stream(deliveries)))
    }
}

#[tonic::async_trait]
impl AlertService for Alerts {
    type WatchAlertsStream = AlertDeliveries;

    async fn create_alert(&self, request: Request<wire::CreateAlertRequest>) -> Result<Response<wire::Alert>, Status> {
        let alert = alert_from_wire(request.into_inner().alert)?;
        Ok(Response::new(alert_to_wire(self.0.engine.create_alert(alert).await?)))
    }

    async fn get_alert(&self, request: Request<wire::GetAlertRequest>) -> Result<Response<wire::Alert>, Status> {
        let id = alert_id_from_wire("id", request.into_inner().id)?;
        Ok(Response::new(alert_to_wire(self.0.engine.alert(id).await?)))
    }

    async fn list_alerts(
        &self,
        request: Request<wire::ListAlertsRequest>,
    ) -> Result<Response<wire::ListAlertsResponse>, Status> {
        let request = request.into_inner();
        let page_size = page_size_from_wire(request.page_size, ALERTS_PAGE_SIZE_DEFAULT, ALERTS_PAGE_SIZE_MAX)?;
        // The token is the last id given: a page stays right while alerts come and go.
        let after_id = request.page_token;
        if !after_id.is_empty() && alert_id_from_wire("page_token", after_id.clone()).is_err() {
            return Err(foreign_token().into());
        }
        // One more than asked for tells whether there is a next page.
        let mut alerts = self.0.engine.alerts(&after_id, page_size + 1).await?;
        let has_more = alerts.len() > page_size;
        alerts.truncate(page_size);
        let last_id = alerts.last().filter(|_| has_more).map(|last| last.alert.id.clone());
        Ok(Response::new(wire::ListAlertsResponse {
            alerts: alerts.into_iter().map(alert_to_wire).collect(),
            next_page_token: last_id.unwrap_or_default(),
        }))
    }

    async fn update_alert(&self, request: Request<wire::UpdateAlertRequest>) -> Result<Response<wire::Alert>, Status> {
        let request = request.into_inner();
        let alert = alert_from_wire(request.alert)?;
        Ok(Response::new(alert_to_wire(self.0.engine.update_alert(alert, request.etag).await?)))
    }

    async fn delete_alert(&self, request: Request<wire::DeleteAlertRequest>) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let id = alert_id_from_wire("id", request.id)?;
        self.0.engine.delete_alert(id, request.etag).await?;
        Ok(Response::new(()))
    }

    async fn list_firings(
        &self,
        request: Request<wire::ListFiringsRequest>,
    ) -> Result<Response<wire::ListFiringsResponse>, Status> {
        let request = request.into_inner();
        let page_size = page_size_from_wire(request.page_size, FIRINGS_PAGE_SIZE_DEFAULT, FIRINGS_PAGE_SIZE_MAX)?;
        let alert = match request.alert {
            alert if alert.is_empty() => None,
            alert => Some(alert_id_from_wire("alert", alert)?),
        };
        // The token is the last number given.
        let before = match request.page_token.as_str() {
            "" => u64::MAX,
            token => token.parse().map_err(|_| foreign_token())?,
        };
        let mut firings = self.0.engine.firings(alert, before, page_size + 1).await?;
        let has_more = firings.len() > page_size;
        firings.truncate(page_size);
        let last = firings.last().filter(|_| has_more).map(|last| last.number.to_string());
        Ok(Response::new(wire::ListFiringsResponse {
            firings: firings.into_iter().map(firing_to_wire).collect(),
            next_page_token: last.unwrap_or_default(),
        }))
    }

    async fn watch_alerts(
        &self,
        request: Request<wire::WatchAlertsRequest>,
    ) -> Result<Response<Self::WatchAlertsStream>, Status> {
        Ok(Response::new(self.open(request.into_inner()).await?))
    }
}

fn foreign_token() -> EngineError {
    let message = "was not made by this server; use the `next_page_token` of the page before".to_owned();
    EngineError::BadPageToken { message }
}
