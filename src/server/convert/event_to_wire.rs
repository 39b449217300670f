use super::{query::highlights_to_wire, time_to_wire, version_to_wire, version_to_wire::enum_number};
use crate::{
    engine::Delivery,
    live::{Change, Event, GoodbyeKind},
    proto::v1::{self as wire, event::Change as WireChange, goodbye::Kind as WireKind, subscribe_response::Message},
};

/// What a subscriber is told.
pub(crate) fn delivery_to_wire(delivery: &Delivery) -> wire::SubscribeResponse {
    let message = match delivery {
        Delivery::Event(event) => Message::Event(event_to_wire(event)),
        Delivery::CaughtUp { seq } => Message::CaughtUp(wire::CaughtUp { seq: seq.0 }),
        Delivery::Heartbeat { recorded_seq, evaluated_seq, sent_at } => Message::Heartbeat(wire::Heartbeat {
            recorded_seq: recorded_seq.0,
            evaluated_seq: evaluated_seq.0,
            sent_at: Some(time_to_wire(*sent_at)),
        }),
        Delivery::Goodbye { seq, reason, kind } => {
            Message::Goodbye(wire::Goodbye { seq: seq.0, reason: reason.clone(), kind: goodbye_kind(*kind).into() })
        }
    };
    wire::SubscribeResponse { message: Some(message) }
}

fn goodbye_kind(kind: GoodbyeKind) -> WireKind {
    match kind {
        GoodbyeKind::Stopping => WireKind::Stopping,
        GoodbyeKind::TakenOver => WireKind::TakenOver,
        GoodbyeKind::Deleted => WireKind::Deleted,
        GoodbyeKind::Failed => WireKind::Failed,
    }
}

/// An event for the wire.
pub(crate) fn event_to_wire(event: &Event) -> wire::Event {
    let change = match event.change {
        Change::Entered => WireChange::Entered,
        Change::Changed => WireChange::Changed,
        Change::Left => WireChange::Left,
    };
    wire::Event {
        seq: event.seq.0,
        change: change.into(),
        cause: enum_number(event.version.cause.number()),
        version: Some(version_to_wire(&event.version)),
        saved_searches: event.saved_searches.iter().map(ToString::to_string).collect(),
        highlights: highlights_to_wire(&event.highlights),
        snapshot: event.is_snapshot,
    }
}
