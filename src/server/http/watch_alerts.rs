//! Firings of alerts as server-sent events.
//!
//! Event types: `firing`, `heartbeat`, `goodbye`, and `error` where the stream breaks off. The `id` is the number of a firing, so
//! that a browser resumes by itself with `Last-Event-ID`; heartbeats carry the newest one told.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use tonic::{Code, Status};

use super::{error::HttpError, json::Json, parameters::parameters};
use crate::{
    proto::v1::{self as wire, watch_alerts_request::Start, watch_alerts_response::Message},
    server::{
        layers::{Shape, guarded_call},
        metrics::{CallRecord, Metrics},
        services::{AlertDeliveries, Alerts},
        status::internal,
    },
};

/// Where to listen.
pub(super) const PATH: &str = "/v1/alerts:watch";
/// The name of the same call in gRPC, for the figures.
const METHOD: &str = "AlertService/WatchAlerts";
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// What a listener needs.
#[derive(Clone)]
pub(super) struct WatchAlerts {
    pub(super) alerts: Arc<Alerts>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) json: Arc<Json>,
}

/// Begins a stream, or says in plain HTTP what is wrong with the wish.
pub(super) async fn answer(State(watch): State<WatchAlerts>, request: Request) -> Response {
    let mut record = watch.metrics.call_begins(METHOD.into(), Shape::Listening);
    let wish = match parameters(request.uri()).and_then(|parameters| wish(parameters, request.headers())) {
        Ok(wish) => wish,
        Err(message) => {
            record.code_is(Code::InvalidArgument);
            return HttpError::bad_request(message).into_response();
        }
    };
    match guarded_call(watch.alerts.open(wish)).await.and_then(std::convert::identity) {
        // Proxies that collect an answer before they pass it on would make live into late.
        Ok(deliveries) => {
            ([("x-accel-buffering", "no")], Sse::new(events(deliveries, watch.json, record))).into_response()
        }
        Err(status) => {
            record.code_is(status.code());
            HttpError::from_status(&status).into_response()
        }
    }
}

/// The wish in the parameters. `Last-Event-ID` wins over every start.
fn wish(parameters: Vec<(String, String)>, headers: &HeaderMap) -> Result<wire::WatchAlertsRequest, String> {
    let mut wish = wire::WatchAlertsRequest::default();
    for (name, value) in parameters {
        match name.as_str() {
            "alert" => wish.alerts.push(value),
            "after_firing" => wish.start = Some(Start::AfterFiring(number(&name, &value)?)),
            "heartbeat_seconds" => wish.heartbeat_seconds = number(&name, &value)?,
            _ => {
                return Err(
                    "there is an unknown parameter; known are `alert`, `after_firing`, `heartbeat_seconds`".to_owned()
                );
            }
        }
    }
    if let Some(last) = headers.get("last-event-id") {
        let last = last.to_str().map_err(|_| "`Last-Event-ID` is no number".to_owned())?;
        wish.start = Some(Start::AfterFiring(number("Last-Event-ID", last)?));
    }
    Ok(wish)
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{name}` must be a whole number"))
}

/// The deliveries as events. The record lives as long as they do.
fn events(
    deliveries: AlertDeliveries,
    json: Arc<Json>,
    mut record: CallRecord,
) -> impl Stream<Item = Result<Event, Infallible>> {
    // A goodbye or the client's own leave are no failures.
    record.code_is(Code::Ok);
    let mut is_first = true;
    deliveries.map(move |delivery| {
        let event = delivery.and_then(|delivery| event(&json, &delivery).map_err(|message| internal(&message)));
        let event = event.unwrap_or_else(|status: Status| {
            record.code_is(status.code());
            Event::default().event("error").data(HttpError::from_status(&status).to_json())
        });
        Ok(if std::mem::take(&mut is_first) { event.retry(RETRY) } else { event })
    })
}

fn event(json: &Json, delivery: &wire::WatchAlertsResponse) -> Result<Event, String> {
    let (kind, number, data) = match &delivery.message {
        Some(Message::Firing(firing)) => ("firing", firing.number, json.write_message("ascolto.v1.Firing", firing)?),
        Some(Message::Heartbeat(beat)) => {
            ("heartbeat", beat.last_firing, json.write_message("ascolto.v1.AlertHeartbeat", beat)?)
        }
        Some(Message::Goodbye(goodbye)) => {
            ("goodbye", goodbye.last_firing, json.write_message("ascolto.v1.AlertGoodbye", goodbye)?)
        }
        None => return Err("a delivery without a message".to_owned()),
    };
    Ok(Event::default().event(kind).data(data).id(number.to_string()))
}
