//! Live answers as server-sent events.
//!
//! Event types: `begun`, `event`, `redefined`, `caught_up`, `heartbeat`, `goodbye`, and `error` where the stream breaks off. The `id` is the
//! seq to come back with, so that a browser, which sends the last one as `Last-Event-ID`, resumes by itself; heartbeats
//! carry it too, so that a quiet stream does not come back with an old one. Until a snapshot is complete nothing carries
//! an id: who breaks off in the middle of it has to take it again.

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
    base::Timestamp,
    proto::v1::{self as wire, subscribe_request::Start, subscribe_response::Message},
    server::{
        convert::time_to_wire,
        layers::{Shape, guarded_call},
        metrics::{CallRecord, Metrics},
        services::{Deliveries, Subscriptions},
        status::internal,
    },
};

/// Where to listen.
pub(super) const PATH: &str = "/v1/mentions:watch";
/// The name of the same call in gRPC, for the figures.
const METHOD: &str = "SubscriptionService/Subscribe";
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// What a listener needs.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) subscriptions: Arc<Subscriptions>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) json: Arc<Json>,
}

/// Begins a stream, or says in plain HTTP what is wrong with the wish.
pub(super) async fn answer(State(watch): State<Watch>, request: Request) -> Response {
    let mut record = watch.metrics.call_begins(METHOD.into(), Shape::Listening);
    let wish = parameters(request.uri()).and_then(|parameters| subscription(parameters, request.headers()));
    let wish = match wish {
        Ok(wish) => wish,
        Err(message) => {
            record.code_is(Code::InvalidArgument);
            return HttpError::bad_request(message).into_response();
        }
    };
    let snapshot = matches!(wish.start, Some(Start::Snapshot(())));
    let opened = guarded_call(watch.subscriptions.open(wish)).await.and_then(std::convert::identity);
    match opened {
        Ok(deliveries) => {
            let events = events(deliveries, watch.json, snapshot, record);
            // Proxies that collect an answer before they pass it on would make live into late.
            ([("x-accel-buffering", "no")], Sse::new(events)).into_response()
        }
        Err(status) => {
            record.code_is(status.code());
            HttpError::from_status(&status).into_response()
        }
    }
}

/// The wish in the parameters. `Last-Event-ID` wins over every start: the stream goes on where it broke off.
fn subscription(parameters: Vec<(String, String)>, headers: &HeaderMap) -> Result<wire::SubscribeRequest, String> {
    let mut wish = wire::SubscribeRequest::default();
    for (name, value) in parameters {
        match name.as_str() {
            "query" | "q" => wish.query = value,
            "folder" => wish.folder = value,
            "saved_search" => wish.saved_searches.push(value),
            "time_zone" => wish.time_zone = value,
            "explain" => wish.explain = truth(&name, &value)?,
            "heartbeat_seconds" => wish.heartbeat_seconds = number(&name, &value)?,
            "name" => wish.name = value,
            "start" | "after_seq" | "at_time" if wish.start.is_some() => {
                return Err("the start is given twice; give `start`, `after_seq` or `at_time`".to_owned());
            }
            "start" => wish.start = Some(start(&value)?),
            "after_seq" => wish.start = Some(Start::AfterSeq(number(&name, &value)?)),
            "at_time" => wish.start = Some(Start::AtTime(moment(&name, &value)?)),
            _ => {
                return Err(
                    "there is an unknown parameter; known are `query`, `saved_search`, `folder`, `name`, `start`, `after_seq`, \
                            `at_time`, `heartbeat_seconds`, `time_zone`, `explain`"
                        .to_owned(),
                );
            }
        }
    }
    if let Some(last) = headers.get("last-event-id") {
        let last = last.to_str().map_err(|_| "`Last-Event-ID` is no seq".to_owned())?;
        wish.start = Some(Start::AfterSeq(number("Last-Event-ID", last)?));
    }
    Ok(wish)
}

fn start(value: &str) -> Result<Start, String> {
    match value {
        "now" => Ok(Start::Now(())),
        "snapshot" => Ok(Start::Snapshot(())),
        _ => Err("`start` must be `now` or `snapshot`; to start after a seq write `after_seq=N`".to_owned()),
    }
}

fn truth(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("`{name}` must be `true` or `false`"))
}

fn moment(name: &str, value: &str) -> Result<prost_types::Timestamp, String> {
    let moment: Timestamp =
        value.parse().map_err(|_| format!("`{name}` must be a time such as `2026-11-21T08:00:00Z`"))?;
    Ok(time_to_wire(moment))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{name}` must be a whole number"))
}

/// The deliveries as events. The record lives as long as they do.
fn events(
    deliveries: Deliveries,
    json: Arc<Json>,
    snapshot: bool,
    mut record: CallRecord,
) -> impl Stream<Item = Result<Event, Infallible>> {
    // A goodbye or the client's own leave are no failures.
    record.code_is(Code::Ok);
    let mut resumable = !snapshot;
    let mut is_first = true;
    deliveries.map(move |delivery| {
        let event = delivery.and_then(|delivery| {
            match &delivery.message {
                Some(Message::CaughtUp(_)) => resumable = true,
                Some(Message::Redefined(redefined)) => resumable &= !redefined.snapshot_follows,
                _ => {}
            }
            event(&json, &delivery, resumable).map_err(|message| internal(&message))
        });
        let event = event.unwrap_or_else(|status: Status| {
            record.code_is(status.code());
            Event::default().event("error").data(HttpError::from_status(&status).to_json())
        });
        Ok(if std::mem::take(&mut is_first) { event.retry(RETRY) } else { event })
    })
}

fn event(json: &Json, delivery: &wire::SubscribeResponse, resumable: bool) -> Result<Event, String> {
    let (kind, seq, data) = match &delivery.message {
        // It lies nowhere in the log.
        Some(Message::Begun(begun)) => {
            return Ok(Event::default().event("begun").data(json.write_message("ascolto.v1.Begun", begun)?));
        }
        Some(Message::Event(event)) => ("event", event.seq, json.write_message("ascolto.v1.Event", event)?),
        Some(Message::CaughtUp(caught_up)) => {
            ("caught_up", caught_up.seq, json.write_message("ascolto.v1.CaughtUp", caught_up)?)
        }
        Some(Message::Heartbeat(beat)) => {
            ("heartbeat", beat.evaluated_seq, json.write_message("ascolto.v1.Heartbeat", beat)?)
        }
        Some(Message::Redefined(redefined)) => {
            ("redefined", redefined.seq, json.write_message("ascolto.v1.Redefined", redefined)?)
        }
        Some(Message::Goodbye(goodbye)) => ("goodbye", goodbye.seq, json.write_message("ascolto.v1.Goodbye", goodbye)?),
        None => return Err("a delivery without a message".to_owned()),
    };
    let event = Event::default().event(kind).data(data);
    Ok(if resumable { event.id(seq.to_string()) } else { event })
}

#[cfg(test)]
mod tests;
