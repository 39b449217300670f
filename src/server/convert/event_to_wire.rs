use super::{clause_to_wire, query::highlights_to_wire, time_to_wire, version_to_wire, version_to_wire::enum_number};
use crate::{
    engine::Delivery,
    live::{Change, Event, GoodbyeKind, Redefined, Replaced},
    proto::v1::{self as wire, event::Change as WireChange, goodbye::Kind as WireKind, subscribe_response::Message},
};

/// What a subscriber is told.
pub(crate) fn delivery_to_wire(delivery: &Delivery) -> wire::SubscribeResponse {
    let message = match delivery {
        Delivery::Begun { subscription_id } => {
            Message::Begun(wire::Begun { subscription_id: subscription_id.to_string() })
        }
        Delivery::Event(event) => Message::Event(event_to_wire(event)),
        Delivery::CaughtUp { seq } => Message::CaughtUp(wire::CaughtUp { seq: seq.0 }),
        Delivery::Heartbeat { recorded_seq, evaluated_seq, sent_at } => Message::Heartbeat(wire::Heartbeat {
            recorded_seq: recorded_seq.0,
            evaluated_seq: evaluated_seq.0,
            sent_at: Some(time_to_wire(*sent_at)),
        }),
        Delivery::Redefined(redefined) => Message::Redefined(redefined_to_wire(redefined)),
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
        GoodbyeKind::TooLarge => WireKind::TooLarge,
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
        explanations: event
            .explanations
            .iter()
            .map(|(saved_search, clause)| wire::Explanation {
                saved_search: saved_search.as_deref().unwrap_or_default().to_owned(),
                clause: Some(clause_to_wire(clause)),
            })
            .collect(),
    }
}

fn redefined_to_wire(redefined: &Redefined) -> wire::Redefined {
    let resting = redefined.resting.iter().map(|(saved_search, reason)| wire::RestingSearch {
        saved_search: saved_search.as_deref().unwrap_or_default().to_owned(),
        reason: reason.clone(),
    });
    wire::Redefined {
        seq: redefined.seq.0,
        saved_searches: redefined.saved_searches.iter().map(ToString::to_string).collect(),
        resting: resting.collect(),
        added: redefined.added.iter().map(ToString::to_string).collect(),
        removed: redefined.removed.iter().map(ToString::to_string).collect(),
        replaced: redefined.replacement.is_some(),
        snapshot_follows: redefined.replacement == Some(Replaced::Snapshot),
    }
}
