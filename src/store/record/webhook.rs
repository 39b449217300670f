use prost::Message as _;

use super::read::time;
use crate::{
    base::Timestamp,
    model::{DeadLetter, Webhook, WebhookSecret, WebhookSource, WebhookState},
    proto::record::{
        DeadLetterRecord, NamesRecord, WebhookQueryRecord, WebhookRecord, WebhookStateRecord, webhook_record::Source,
    },
};

pub(in crate::store) fn encode_webhook(webhook: &Webhook) -> Vec<u8> {
    let source = match &webhook.source {
        WebhookSource::Alerts(alerts) => Source::Alerts(NamesRecord { names: alerts.clone() }),
        WebhookSource::Query { query, time_zone } => {
            Source::Query(WebhookQueryRecord { query: query.clone(), time_zone: time_zone.clone() })
        }
        WebhookSource::SavedSearches(ids) => Source::SavedSearches(NamesRecord { names: ids.clone() }),
    };
    WebhookRecord {
        id: webhook.id.clone(),
        url: webhook.url.clone(),
        source: Some(source),
        secret: webhook.secret.0.clone(),
        enabled: webhook.enabled,
        note: webhook.note.clone(),
        revision: webhook.revision,
        created_at_us: webhook.created_at.as_microsecond(),
        updated_at_us: webhook.updated_at.as_microsecond(),
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_webhook(body: &[u8]) -> Result<Webhook, String> {
    let record = WebhookRecord::decode(body).map_err(|error| error.to_string())?;
    let source = match record.source.ok_or("it does not say what it sends")? {
        Source::Alerts(NamesRecord { names }) => WebhookSource::Alerts(names),
        Source::Query(WebhookQueryRecord { query, time_zone }) => WebhookSource::Query { query, time_zone },
        Source::SavedSearches(NamesRecord { names }) => WebhookSource::SavedSearches(names),
    };
    Ok(Webhook {
        id: record.id,
        url: record.url,
        source,
        secret: WebhookSecret(record.secret),
        enabled: record.enabled,
        note: record.note,
        revision: record.revision,
        created_at: time("created_at_us", record.created_at_us)?,
        updated_at: time("updated_at_us", record.updated_at_us)?,
    })
}

pub(in crate::store) fn encode_webhook_state(state: &WebhookState) -> Vec<u8> {
    WebhookStateRecord {
        position: state.position,
        delivered: state.delivered,
        delivered_at_us: state.delivered_at.map(Timestamp::as_microsecond),
        failing_since_us: state.failing_since.map(Timestamp::as_microsecond),
        attempts: state.attempts,
        failure: state.failure.clone(),
        last_dead_letter: state.last_dead_letter,
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_webhook_state(body: &[u8]) -> Result<WebhookState, String> {
    let record = WebhookStateRecord::decode(body).map_err(|error| error.to_string())?;
    Ok(WebhookState {
        position: record.position,
        delivered: record.delivered,
        delivered_at: record.delivered_at_us.map(|at| time("delivered_at_us", at)).transpose()?,
        failing_since: record.failing_since_us.map(|at| time("failing_since_us", at)).transpose()?,
        attempts: record.attempts,
        failure: record.failure,
        last_dead_letter: record.last_dead_letter,
    })
}

pub(in crate::store) fn encode_dead_letter(letter: &DeadLetter) -> Vec<u8> {
    DeadLetterRecord {
        number: letter.number,
        after: letter.after,
        to: letter.to,
        items: letter.items,
        given_up_at_us: letter.given_up_at.as_microsecond(),
        failure: letter.failure.clone(),
        is_requested: letter.is_requested,
    }
    .encode_to_vec()
}

pub(in crate::store) fn decode_dead_letter(body: &[u8]) -> Result<DeadLetter, String> {
    let record = DeadLetterRecord::decode(body).map_err(|error| error.to_string())?;
    Ok(DeadLetter {
        number: record.number,
        after: record.after,
        to: record.to,
        items: record.items,
        given_up_at: time("given_up_at_us", record.given_up_at_us)?,
        failure: record.failure,
        is_requested: record.is_requested,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(us: i64) -> Timestamp {
        Timestamp::from_microsecond(us).unwrap()
    }

    #[test]
    fn webhooks_with_every_source_read_back() {
        for source in [
            WebhookSource::Alerts(vec!["a".into()]),
            WebhookSource::Alerts(Vec::new()),
            WebhookSource::Query { query: "кофе".into(), time_zone: "Europe/Rome".into() },
            WebhookSource::SavedSearches(vec!["a".into(), "b".into()]),
        ] {
            let webhook = Webhook {
                id: "hook".into(),
                url: "https://example.com/".into(),
                source,
                secret: WebhookSecret(vec![0, 1, 255]),
                enabled: true,
                note: "คน".into(),
                revision: 1,
                created_at: moment(2),
                updated_at: moment(3),
            };
            assert_eq!(decode_webhook(&encode_webhook(&webhook)).unwrap(), webhook);
        }
        assert!(decode_webhook(&[]).is_err(), "without a source");
    }

    #[test]
    fn states_and_dead_letters_read_back() {
        let state = WebhookState {
            position: 1,
            delivered: 2,
            delivered_at: Some(moment(3)),
            failing_since: Some(moment(4)),
            attempts: 5,
            failure: "the answer is 500".into(),
            last_dead_letter: 6,
        };
        assert_eq!(decode_webhook_state(&encode_webhook_state(&state)).unwrap(), state);
        let letter = DeadLetter {
            number: 1,
            after: 2,
            to: 3,
            items: 4,
            given_up_at: moment(5),
            failure: "no".into(),
            is_requested: true,
        };
        assert_eq!(decode_dead_letter(&encode_dead_letter(&letter)).unwrap(), letter);
    }
}
