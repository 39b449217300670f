use super::{
    checks::{rejection, shown, within, without_control},
    time_to_wire,
};
use crate::{
    base::{
        Timestamp,
        limits::{URL_BYTES_MAX, WEBHOOK_ID_BYTES_MAX, WEBHOOK_NOTE_BYTES_MAX},
    },
    engine::{EngineError, KnownWebhook, Rejection},
    model::{DeadLetter, Webhook, WebhookSecret, WebhookSource},
    proto::v1::{self as wire, webhook::Source},
};

/// Takes the settings of a webhook from the wire, with a secret that counts where a new one is wanted.
pub(crate) fn webhook_from_wire(wire: Option<wire::Webhook>, secret: WebhookSecret) -> Result<Webhook, EngineError> {
    let wire = wire.ok_or_else(|| invalid(rejection("webhook", "is missing; give its id, address and source")))?;
    let id = webhook_id_from_wire("webhook.id", wire.id)?;
    within("webhook.url", &wire.url, URL_BYTES_MAX).map_err(invalid)?;
    within("webhook.note", &wire.note, WEBHOOK_NOTE_BYTES_MAX).map_err(invalid)?;
    let source = match wire.source {
        Some(Source::Firings(wire::FiringsSource { alerts })) => WebhookSource::Alerts(
            alerts
                .into_iter()
                .map(|alert| super::alert_id_from_wire("webhook.firings.alerts", alert))
                .collect::<Result<_, _>>()?,
        ),
        Some(Source::Query(wire::QuerySource { query, time_zone })) => {
            without_control("webhook.query.time_zone", &time_zone).map_err(invalid)?;
            WebhookSource::Query { query, time_zone }
        }
        Some(Source::SavedSearches(wire::SavedSearchesSource { ids })) => WebhookSource::SavedSearches(
            ids.into_iter()
                .map(|id| super::saved_search_id_from_wire("webhook.saved_searches.ids", id))
                .collect::<Result<_, _>>()?,
        ),
        None => {
            let message = "is missing; give `firings`, `query` or `saved_searches`";
            return Err(invalid(rejection("webhook.source", message)));
        }
    };
    Ok(Webhook {
        id,
        url: wire.url,
        source,
        secret,
        enabled: !wire.disabled,
        note: wire.note,
        revision: 0,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    })
}

/// Checks the id of a webhook.
pub(crate) fn webhook_id_from_wire(field: &str, id: String) -> Result<String, EngineError> {
    if id.is_empty() {
        return Err(invalid(rejection(field, "is empty; give the id of a webhook")));
    }
    within(field, &id, WEBHOOK_ID_BYTES_MAX).map_err(invalid)?;
    if id.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
        return Ok(id);
    }
    let message = format!("{} is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`", shown(&id));
    Err(invalid(rejection(field, message)))
}

/// A webhook for the wire. Its secret never comes here.
pub(crate) fn webhook_to_wire(known: KnownWebhook) -> wire::Webhook {
    let KnownWebhook { webhook, state, dead_letters } = known;
    let source = match webhook.source.clone() {
        WebhookSource::Alerts(alerts) => Source::Firings(wire::FiringsSource { alerts }),
        WebhookSource::Query { query, time_zone } => Source::Query(wire::QuerySource { query, time_zone }),
        WebhookSource::SavedSearches(ids) => Source::SavedSearches(wire::SavedSearchesSource { ids }),
    };
    wire::Webhook {
        etag: webhook.etag(),
        id: webhook.id,
        url: webhook.url,
        source: Some(source),
        disabled: !webhook.enabled,
        note: webhook.note,
        created_at: Some(time_to_wire(webhook.created_at)),
        updated_at: Some(time_to_wire(webhook.updated_at)),
        position: state.position,
        delivered: state.delivered,
        delivered_at: state.delivered_at.map(time_to_wire),
        failing_since: state.failing_since.map(time_to_wire),
        attempts: state.attempts,
        failure: state.failure,
        dead_letters,
    }
}

/// A dead letter for the wire.
pub(crate) fn dead_letter_to_wire(letter: DeadLetter) -> wire::DeadLetter {
    wire::DeadLetter {
        number: letter.number,
        after: letter.after,
        to: letter.to,
        items: letter.items,
        given_up_at: Some(time_to_wire(letter.given_up_at)),
        failure: letter.failure,
        requested: letter.is_requested,
    }
}

fn invalid(rejection: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: rejection.field, message: rejection.message }
}
