use super::{
    checks::{rejection, shown, within},
    saved_search_id_from_wire,
    time::any_time_from_wire,
};
use crate::{
    base::{
        Seq,
        limits::{HEARTBEAT_SECONDS_MAX, SUBSCRIPTION_NAME_BYTES_MAX, SUBSCRIPTION_SEARCHES_MAX},
    },
    engine::{EngineError, Rejection, ReplaceRequest, SubscribeRequest, SubscribeStart, SubscribeTo},
    proto::v1::{self as wire, subscribe_request::Start},
};

/// Takes a subscription from the wire.
pub(crate) fn subscription_from_wire(wire: wire::SubscribeRequest) -> Result<SubscribeRequest, EngineError> {
    let to = watched_from_wire(wire.query, wire.saved_searches, wire.folder)?;
    let start = match wire.start {
        None | Some(Start::Now(())) => SubscribeStart::Now,
        Some(Start::AfterSeq(seq)) => SubscribeStart::After(Seq(seq)),
        Some(Start::Snapshot(())) => SubscribeStart::Snapshot,
        Some(Start::AtTime(moment)) => SubscribeStart::AtTime(any_time_from_wire("at_time", moment).map_err(at_fault)?),
    };
    let name = match wire.name {
        name if name.is_empty() => None,
        name => Some(subscription_name_from_wire("name", name)?),
    };
    if wire.heartbeat_seconds > HEARTBEAT_SECONDS_MAX {
        let message = format!("is {}; 1 to {HEARTBEAT_SECONDS_MAX} are allowed", wire.heartbeat_seconds);
        return Err(invalid("heartbeat_seconds", message));
    }
    Ok(SubscribeRequest {
        to,
        start,
        name,
        heartbeat_seconds: wire.heartbeat_seconds,
        time_zone: wire.time_zone,
        explain: wire.explain,
    })
}

/// Takes from the wire what an open stream is to watch from now on.
pub(crate) fn replacement_from_wire(wire: wire::ReplaceSubscriptionRequest) -> Result<ReplaceRequest, EngineError> {
    if wire.subscription_id.is_empty() {
        return Err(invalid(
            "subscription_id",
            "is empty; give the one that `begun` told, the first message of the stream",
        ));
    }
    within("subscription_id", &wire.subscription_id, SUBSCRIPTION_NAME_BYTES_MAX).map_err(at_fault)?;
    Ok(ReplaceRequest {
        subscription_id: wire.subscription_id,
        to: watched_from_wire(wire.query, wire.saved_searches, wire.folder)?,
        time_zone: wire.time_zone,
        explain: wire.explain,
        snapshot: wire.snapshot,
    })
}

fn watched_from_wire(query: String, saved_searches: Vec<String>, folder: String) -> Result<SubscribeTo, EngineError> {
    match (query.is_empty(), saved_searches.len(), folder.is_empty()) {
        (false, 0, true) => Ok(SubscribeTo::Query(query)),
        (true, 1..=SUBSCRIPTION_SEARCHES_MAX, true) => Ok(SubscribeTo::SavedSearches(ids(saved_searches)?)),
        (true, 0, false) => Ok(SubscribeTo::Folder(folder)),
        (true, 0, true) => {
            let message = "is empty; give a query (`*` matches every mention), saved searches, or a folder of them";
            Err(invalid("query", message))
        }
        (true, count, true) => {
            let message = format!("has {count} ids, {SUBSCRIPTION_SEARCHES_MAX} are allowed; open several streams");
            Err(invalid("saved_searches", message))
        }
        (_, _, false) => Err(invalid("folder", "stands beside a query or saved searches; give one of the three")),
        (false, _, true) => Err(invalid("saved_searches", "stands beside a query; give one of the two")),
    }
}

/// Checks the name of a durable subscription.
pub(crate) fn subscription_name_from_wire(field: &str, name: String) -> Result<String, EngineError> {
    if name.is_empty() {
        return Err(invalid(field, "is empty; give the name that was subscribed under"));
    }
    within(field, &name, SUBSCRIPTION_NAME_BYTES_MAX).map_err(at_fault)?;
    if name.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
        return Ok(name);
    }
    let message =
        format!("{} is no name; allowed are lower-case letters a to z, digits, `-`, `_` and `.`", shown(&name));
    Err(at_fault(rejection(field, message)))
}

fn at_fault(rejection: Rejection) -> EngineError {
    EngineError::InvalidArgument { field: rejection.field, message: rejection.message }
}

/// Ids, each once.
fn ids(wire: Vec<String>) -> Result<Vec<String>, EngineError> {
    let mut ids = Vec::with_capacity(wire.len());
    for (at, id) in wire.into_iter().enumerate() {
        ids.push(saved_search_id_from_wire(&format!("saved_searches[{at}]"), id)?);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn invalid(field: &str, message: impl Into<String>) -> EngineError {
    EngineError::InvalidArgument { field: field.to_owned(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> wire::SubscribeRequest {
        wire::SubscribeRequest { query: "needs:reply".to_owned(), ..Default::default() }
    }

    #[test]
    fn it_starts_now_unless_told_otherwise() {
        assert_eq!(subscription_from_wire(request()).unwrap().start, SubscribeStart::Now);
        let after = wire::SubscribeRequest { start: Some(Start::AfterSeq(7)), ..request() };
        assert_eq!(subscription_from_wire(after).unwrap().start, SubscribeStart::After(Seq(7)));
        let snapshot = wire::SubscribeRequest { start: Some(Start::Snapshot(())), ..request() };
        assert_eq!(subscription_from_wire(snapshot).unwrap().start, SubscribeStart::Snapshot);
        let moment = prost_types::Timestamp { seconds: 1_790_000_000, nanos: 0 };
        let then = wire::SubscribeRequest { start: Some(Start::AtTime(moment)), ..request() };
        let moment = crate::base::Timestamp::from_second(1_790_000_000).unwrap();
        assert_eq!(subscription_from_wire(then).unwrap().start, SubscribeStart::AtTime(moment));
    }

    #[test]
    fn it_watches_a_query_or_saved_searches() {
        let searches = |ids: &[&str]| wire::SubscribeRequest {
            query: String::new(),
            saved_searches: ids.iter().map(ToString::to_string).collect(),
            ..request()
        };
        let SubscribeTo::SavedSearches(ids) = subscription_from_wire(searches(&["b", "a", "b"])).unwrap().to else {
            panic!("it watches a query");
        };
        assert_eq!(ids, ["a", "b"]);

        for (request, message) in [
            (
                searches(&[]),
                "query: is empty; give a query (`*` matches every mention), saved searches, or a folder of them",
            ),
            (
                searches(&["ok", "No"]),
                "saved_searches[1]: `No` is no id; allowed are lower-case letters a to z, digits, `-`, `_` and `.`",
            ),
            (searches(&["x"; 1001]), "saved_searches: has 1001 ids, 1000 are allowed; open several streams"),
            (
                wire::SubscribeRequest { saved_searches: vec!["a".to_owned()], ..request() },
                "saved_searches: stands beside a query; give one of the two",
            ),
            (
                wire::SubscribeRequest { folder: "airline".to_owned(), ..request() },
                "folder: stands beside a query or saved searches; give one of the three",
            ),
            (
                wire::SubscribeRequest { name: "Desk 1".to_owned(), ..request() },
                "name: `Desk 1` is no name; allowed are lower-case letters a to z, digits, `-`, `_` and `.`",
            ),
            (
                wire::SubscribeRequest { heartbeat_seconds: 61, ..request() },
                "heartbeat_seconds: is 61; 1 to 60 are allowed",
            ),
        ] {
            assert_eq!(subscription_from_wire(request).unwrap_err().to_string(), message);
        }
    }
}
