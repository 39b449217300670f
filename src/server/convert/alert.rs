use super::{
    checks::{rejection, shown, within, without_control},
    time_to_wire,
};
use crate::{
    base::{
        Timestamp,
        limits::{ALERT_ID_BYTES_MAX, ALERT_NOTE_BYTES_MAX, ALERT_SPIKE_MATCHES_MIN_DEFAULT},
    },
    engine::{AlertDelivery, AlertStatus, EngineError, Rejection, WatchAlertsRequest},
    model::{Alert, AlertKind, Firing, Sensitivity},
    proto::v1::{
        self as wire, alert::Kind, alert_goodbye::Kind as GoodbyeKind, spike::Sensitivity as WireSensitivity,
        watch_alerts_request::Start, watch_alerts_response::Message,
    },
};

/// Takes the settings of an alert from the wire; revision and times are the server's.
pub(crate) fn alert_from_wire(wire: Option<wire::Alert>) -> Result<Alert, EngineError> {
    let wire = wire.ok_or_else(|| invalid(rejection("alert", "is missing; give its id, saved search and kind")))?;
    let id = alert_id_from_wire("alert.id", wire.id)?;
    let saved_search = super::saved_search_id_from_wire("alert.saved_search", wire.saved_search)?;
    within("alert.note", &wire.note, ALERT_NOTE_BYTES_MAX).map_err(invalid)?;
    without_control("alert.time_zone", &wire.time_zone).map_err(invalid)?;
    Ok(Alert {
        id,
        saved_search,
        kind: kind_from_wire(wire.kind).map_err(invalid)?,
        cooldown_minutes: wire.cooldown_minutes,
        age_hours_max: wire.age_hours_max,
        time_zone: wire.time_zone,
        enabled: !wire.disabled,
        note: wire.note,
        revision: 0,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    })
}

/// Checks the id of an alert.
pub(crate) fn alert_id_from_wire(field: &str, id: String) -> Result<String, EngineError> {
    if id.is_empty() {
        return Err(invalid(rejection(field, "is empty; give the id of an alert")));
    }
    within(field, &id, ALERT_ID_BYTES_MAX).map_err(invalid)?;
    if id.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
        return Ok(id);
    }
    let message = format!("{} is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`", shown(&id));
    Err(invalid(rejection(field, message)))
}

/// Takes the wish to watch alerts from the wire.
pub(crate) fn watch_alerts_from_wire(wire: wire::WatchAlertsRequest) -> Result<WatchAlertsRequest, EngineError> {
    let after_firing = match wire.start {
        None | Some(Start::Now(())) => None,
        Some(Start::AfterFiring(number)) => Some(number),
    };
    let alerts =
        (0..).zip(wire.alerts).map(|(place, id): (usize, _)| alert_id_from_wire(&format!("alerts[{place}]"), id));
    Ok(WatchAlertsRequest {
        after_firing,
        alerts: alerts.collect::<Result<_, _>>()?,
        heartbeat_seconds: wire.heartbeat_seconds,
    })
}

fn kind_from_wire(kind: Option<Kind>) -> Result<AlertKind, Rejection> {
    match kind {
        Some(Kind::EveryMatch(wire::EveryMatch {})) => Ok(AlertKind::EveryMatch),
        Some(Kind::Count(wire::MatchCount { matches, minutes })) => Ok(AlertKind::Count { matches, minutes }),
        Some(Kind::Spike(spike)) => {
            let sensitivity = match WireSensitivity::try_from(spike.sensitivity) {
                Ok(WireSensitivity::Unspecified | WireSensitivity::Medium) => Sensitivity::Medium,
                Ok(WireSensitivity::Low) => Sensitivity::Low,
                Ok(WireSensitivity::High) => Sensitivity::High,
                Err(_) => {
                    let message = format!("is {}; give low, medium or high", spike.sensitivity);
                    return Err(rejection("alert.spike.sensitivity", message));
                }
            };
            let matches_min = if spike.matches_min == 0 { ALERT_SPIKE_MATCHES_MIN_DEFAULT } else { spike.matches_min };
            Ok(AlertKind::Spike { sensitivity, matches_min })
        }
        Some(Kind::Silence(wire::Silence { minutes })) => Ok(AlertKind::Silence { minutes }),
        None => Err(rejection("alert.kind", "is missing; give `every_match`, `count`, `spike` or `silence`")),
    }
}

/// An alert for the wire.
pub(crate) fn alert_to_wire(status: AlertStatus) -> wire::Alert {
    let AlertStatus { alert, learning_until, last_fired_at, last_entered_at, problem } = status;
    let kind = match alert.kind {
        AlertKind::EveryMatch => Kind::EveryMatch(wire::EveryMatch {}),
        AlertKind::Count { matches, minutes } => Kind::Count(wire::MatchCount { matches, minutes }),
        AlertKind::Spike { sensitivity, matches_min } => {
            let sensitivity = match sensitivity {
                Sensitivity::Low => WireSensitivity::Low,
                Sensitivity::Medium => WireSensitivity::Medium,
                Sensitivity::High => WireSensitivity::High,
            };
            Kind::Spike(wire::Spike { sensitivity: sensitivity.into(), matches_min })
        }
        AlertKind::Silence { minutes } => Kind::Silence(wire::Silence { minutes }),
    };
    wire::Alert {
        etag: alert.etag(),
        id: alert.id,
        saved_search: alert.saved_search,
        kind: Some(kind),
        cooldown_minutes: alert.cooldown_minutes,
        age_hours_max: alert.age_hours_max,
        time_zone: alert.time_zone,
        disabled: !alert.enabled,
        note: alert.note,
        created_at: Some(time_to_wire(alert.created_at)),
        updated_at: Some(time_to_wire(alert.updated_at)),
        learning_until: learning_until.map(time_to_wire),
        last_fired_at: last_fired_at.map(time_to_wire),
        last_entered_at: last_entered_at.map(time_to_wire),
        problem: problem.unwrap_or_default(),
    }
}

/// A firing for the wire.
pub(crate) fn firing_to_wire(firing: Firing) -> wire::Firing {
    wire::Firing {
        number: firing.number,
        alert: firing.alert,
        saved_search: firing.saved_search,
        at: Some(time_to_wire(firing.at)),
        recorded_at: Some(time_to_wire(firing.recorded_at)),
        count: firing.count,
        at_least: firing.at_least,
        usual: firing.usual.map(|usual| wire::UsualRange { low: usual.low, high: usual.high }),
        reason: firing.reason,
        sample: firing.sample.iter().map(ToString::to_string).collect(),
        first_seq: firing.first_seq.0,
        last_seq: firing.last_seq.0,
    }
}

/// What whoever watches alerts is told.
pub(crate) fn alert_delivery_to_wire(delivery: AlertDelivery) -> wire::WatchAlertsResponse {
    let message = match delivery {
        AlertDelivery::Firing(firing) => Message::Firing(firing_to_wire(*firing)),
        AlertDelivery::Heartbeat { last_firing, recorded_seq, evaluated_seq, sent_at } => {
            Message::Heartbeat(wire::AlertHeartbeat {
                last_firing,
                recorded_seq: recorded_seq.0,
                evaluated_seq: evaluated_seq.0,
                sent_at: Some(time_to_wire(sent_at)),
            })
        }
        AlertDelivery::Goodbye { last_firing, reason, is_stopping } => {
            let kind = if is_stopping { GoodbyeKind::Stopping } else { GoodbyeKind::Failed };
            Message::Goodbye(wire::AlertGoodbye { last_firing, reason, kind: kind.into() })
        }
    };
    wire::WatchAlertsResponse { message: Some(message) }
}

fn invalid(rejection: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: rejection.field, message: rejection.message }
}
