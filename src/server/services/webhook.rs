use std::time::Instant;

use bytes::Bytes;
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    base::limits::{
        DEAD_LETTERS_PAGE_SIZE_DEFAULT, DEAD_LETTERS_PAGE_SIZE_MAX, WEBHOOKS_PAGE_SIZE_DEFAULT, WEBHOOKS_PAGE_SIZE_MAX,
    },
    engine::EngineError,
    model::WebhookSecret,
    proto::v1::{self as wire, webhook_service_server::WebhookService},
    server::{
        convert::{dead_letter_to_wire, page_size_from_wire, webhook_from_wire, webhook_id_from_wire, webhook_to_wire},
        status::internal,
        webhooks::{message, test_delivery},
    },
    webhook::{Target, new_secret, shown_secret},
};

/// Addresses that are called.
pub(crate) struct Webhooks(pub(crate) Context);

impl Webhooks {
    /// An address that leads where no webhook may is told of before it is kept.
    async fn check_address(&self, webhook: Option<&wire::Webhook>) -> Result<(), EngineError> {
        let Some(webhook) = webhook else { return Ok(()) };
        let invalid = |message: String| EngineError::InvalidArgument { field: "webhook.url".to_owned(), message };
        let target = Target::parse(&webhook.url).map_err(|error| invalid(error.to_string()))?;
        self.0.caller.resolve(&target).await.map(drop).map_err(|error| invalid(error.to_string()))
    }
}

#[tonic::async_trait]
impl WebhookService for Webhooks {
    async fn create_webhook(
        &self,
        request: Request<wire::CreateWebhookRequest>,
    ) -> Result<Response<wire::CreateWebhookResponse>, Status> {
        let request = request.into_inner();
        self.check_address(request.webhook.as_ref()).await?;
        let secret = fresh_secret()?;
        let webhook = webhook_from_wire(request.webhook, secret.clone())?;
        let known = self.0.engine.create_webhook(webhook).await?;
        let answer =
            wire::CreateWebhookResponse { webhook: Some(webhook_to_wire(known)), secret: shown_secret(&secret) };
        Ok(Response::new(answer))
    }

    async fn get_webhook(&self, request: Request<wire::GetWebhookRequest>) -> Result<Response<wire::Webhook>, Status> {
        let id = webhook_id_from_wire("id", request.into_inner().id)?;
        Ok(Response::new(webhook_to_wire(self.0.engine.webhook(id).await?)))
    }

    async fn list_webhooks(
        &self,
        request: Request<wire::ListWebhooksRequest>,
    ) -> Result<Response<wire::ListWebhooksResponse>, Status> {
        let request = request.into_inner();
        let page_size = page_size_from_wire(request.page_size, WEBHOOKS_PAGE_SIZE_DEFAULT, WEBHOOKS_PAGE_SIZE_MAX)?;
        // The token is the last id given: a page stays right while webhooks come and go.
        let after_id = request.page_token;
        if !after_id.is_empty() && webhook_id_from_wire("page_token", after_id.clone()).is_err() {
            return Err(foreign_token().into());
        }
        // One more than asked for tells whether there is a next page.
        let mut known = self.0.engine.webhooks(&after_id, page_size + 1).await?;
        let has_more = known.len() > page_size;
        known.truncate(page_size);
        let last_id = known.last().filter(|_| has_more).map(|last| last.webhook.id.clone());
        Ok(Response::new(wire::ListWebhooksResponse {
            webhooks: known.into_iter().map(webhook_to_wire).collect(),
            next_page_token: last_id.unwrap_or_default(),
        }))
    }

    async fn update_webhook(
        &self,
        request: Request<wire::UpdateWebhookRequest>,
    ) -> Result<Response<wire::UpdateWebhookResponse>, Status> {
        let request = request.into_inner();
        self.check_address(request.webhook.as_ref()).await?;
        let secret = fresh_secret()?;
        let webhook = webhook_from_wire(request.webhook, secret.clone())?;
        let rotates_secret = request.rotate_secret;
        let known = self.0.engine.update_webhook(webhook, request.etag, rotates_secret).await?;
        Ok(Response::new(wire::UpdateWebhookResponse {
            webhook: Some(webhook_to_wire(known)),
            secret: if rotates_secret { shown_secret(&secret) } else { String::new() },
        }))
    }

    async fn delete_webhook(&self, request: Request<wire::DeleteWebhookRequest>) -> Result<Response<()>, Status> {
        let request = request.into_inner();
        let id = webhook_id_from_wire("id", request.id)?;
        self.0.engine.delete_webhook(id, request.etag).await?;
        Ok(Response::new(()))
    }

    async fn list_dead_letters(
        &self,
        request: Request<wire::ListDeadLettersRequest>,
    ) -> Result<Response<wire::ListDeadLettersResponse>, Status> {
        let request = request.into_inner();
        let page_size =
            page_size_from_wire(request.page_size, DEAD_LETTERS_PAGE_SIZE_DEFAULT, DEAD_LETTERS_PAGE_SIZE_MAX)?;
        let id = webhook_id_from_wire("id", request.id)?;
        // The token is the last number given.
        let after = match request.page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| foreign_token())?,
        };
        let mut letters = self.0.engine.dead_letters(id, after, page_size + 1).await?;
        let has_more = letters.len() > page_size;
        letters.truncate(page_size);
        let last = letters.last().filter(|_| has_more).map(|last| last.number.to_string());
        Ok(Response::new(wire::ListDeadLettersResponse {
            dead_letters: letters.into_iter().map(dead_letter_to_wire).collect(),
            next_page_token: last.unwrap_or_default(),
        }))
    }

    async fn redeliver_dead_letters(
        &self,
        request: Request<wire::RedeliverDeadLettersRequest>,
    ) -> Result<Response<wire::RedeliverDeadLettersResponse>, Status> {
        let request = request.into_inner();
        let id = webhook_id_from_wire("id", request.id)?;
        let requested = self.0.engine.request_dead_letters(id, request.numbers).await?;
        Ok(Response::new(wire::RedeliverDeadLettersResponse { requested }))
    }

    async fn test_webhook(
        &self,
        request: Request<wire::TestWebhookRequest>,
    ) -> Result<Response<wire::TestWebhookResponse>, Status> {
        let id = webhook_id_from_wire("id", request.into_inner().id)?;
        let webhook = self.0.engine.webhook(id).await?.webhook;
        let now = self.0.clock.now();
        let text = self.0.json.write_message("ascolto.v1.WebhookDelivery", &test_delivery(&webhook));
        let body = Bytes::from(text.map_err(|message| internal(&message))?);
        let message = message(&webhook, format!("{}-test-{:x}", webhook.id, now.as_microsecond()), body, now);
        let begun = Instant::now();
        let outcome = match Target::parse(&webhook.url) {
            Ok(target) => self.0.caller.call(&target, &message).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let milliseconds = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(Response::new(match outcome {
            Ok(status) => wire::TestWebhookResponse {
                delivered: true,
                status: status.as_u16().into(),
                milliseconds,
                ..wire::TestWebhookResponse::default()
            },
            Err(failure) => wire::TestWebhookResponse { failure, milliseconds, ..wire::TestWebhookResponse::default() },
        }))
    }
}

fn fresh_secret() -> Result<WebhookSecret, Status> {
    new_secret().ok_or_else(|| internal("the system gives no random numbers"))
}

fn foreign_token() -> EngineError {
    let message = "was not made by this server; use the `next_page_token` of the page before".to_owned();
    EngineError::BadPageToken { message }
}
